package script

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestReadSettings(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`{}`: "",
		`{"size":"1080x1920","fps":30,"voice":"brian","language":"de","title":"C# for ` +
			`\"all\"","subtitles":{"mode":"overlay","size":20,"color":"#ff0000"}}`: "",
		`{"background":"ukulele-1 0.3 fade-in","transition":{"type":"wipe","duration":1},"canvas":"#00ff00","loudness":-20,` +
			`"ducking":"none"}`: "",
		`{"sizze":"720p"}`:              `/sizze: unknown setting "sizze"`,
		`{"pause":1}`:                   `/pause: unknown setting "pause"`,
		`{"size":"13x13"}`:              `/size: size cannot be "13x13"`,
		`{"size":7}`:                    `/size: size cannot be "7"`,
		`{"size":null}`:                 `/size: size is null`,
		`{"size":""}`:                   `/size: size is empty`,
		`{"size":["720p"]}`:             `/size: size cannot be a list`,
		`{"size":{"w":1}}`:              `/size/w: size cannot be a map`,
		`{"subtitles":{"mode":"over"}}`: `/subtitles/mode: mode of subtitles cannot be "over"`,
		`{"subtitles":{"mod":"overlay","break":1}}`: `/subtitles/break`,
		`{"subtitles":{"mode":{"a":1}}}`:            `/subtitles/mode`,
		`{"a/b":1}`:                                 `/a~1b: unknown setting`,
		`{"voice":"a\nb: c"}`:                       `/voice: voice has more than one line`,
	} {
		var values map[string]any
		if err := json.Unmarshal([]byte(src), &values); err != nil {
			t.Fatal(err)
		}
		p, wrong := ReadSettings(values)
		var got []string
		for _, w := range wrong {
			got = append(got, w.Pointer+": "+w.Summary)
		}
		if all := strings.Join(got, "\n"); want == "" && all != "" || !strings.Contains(all, want) {
			t.Errorf("%s: %q, want %q", src, all, want)
		}
		if strings.Contains(src, "1080x1920") &&
			(*p.Title != `C# for "all"` || p.Size.Height != 1920 || p.FPS.Num != 30 || p.Subtitles.Size != 20 || *p.Language != "de") {
			t.Errorf("%+v", p)
		}
	}
}

func FuzzReadSettings(f *testing.F) {
	f.Add(`{"size":"720p","subtitles":{"mode":"overlay"}}`)
	f.Add(`{"title":"---\n"}`)
	f.Fuzz(func(t *testing.T, src string) {
		var values map[string]any
		if json.Unmarshal([]byte(src), &values) != nil {
			return
		}
		_, wrong := ReadSettings(values)
		for _, w := range wrong {
			if w.Pointer == "" || w.Summary == "" {
				t.Errorf("%+v", w)
			}
		}
	})
}
