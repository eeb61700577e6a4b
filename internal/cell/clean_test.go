package cell_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mynah/api"
	"mynah/internal/cell"
)

func TestCleanKeepsHonestResults(t *testing.T) {
	t.Parallel()
	const honest = `{"failure":"s.md:1: wrong","errors":[{"file":"s.md","line":1,"column":2,"severity":"error","summary":"wrong"}],
		"warnings":[{"file":"s.md","line":3,"column":1,"severity":"warning","summary":"odd","hint":"do"}],"warningScenes":[-1],
		"seconds":12.5,"voices":[{"name":"Ann","engine":"tone","scenes":[0,2]}],"size":"1280x720","further":["1080x1920"]}`
	var got, want cell.BuildResult
	if json.Unmarshal([]byte(honest), &got) != nil || json.Unmarshal([]byte(honest), &want) != nil {
		t.Fatal("the sample cannot be read")
	}
	cell.Clean(&got)
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestCleanBoundsResults(t *testing.T) {
	t.Parallel()
	findings := slices.Repeat([]api.Diagnostic{{Summary: strings.Repeat("é", 5000), Line: -3}}, 5000)
	r := cell.BuildResult{
		Failure: strings.Repeat("x", 1<<20), Errors: findings, Warnings: findings, WarningScenes: make([]int, 9000), Seconds: -1,
		Voices: slices.Repeat([]api.VoiceUse{{Scenes: []int{-1, 2, 1 << 40}}}, 5000), Size: "../x",
		Further: append(slices.Repeat([]string{"../../etc/passwd", "0x1", "1x1/"}, 20), slices.Repeat([]string{"2x2"}, 40)...),
	}
	cell.Clean(&r)
	d := r.Warnings[0]
	if len(r.Errors) != 2000 || len(r.Warnings) != 2000 || len(r.WarningScenes) > 2000 || r.Seconds != 0 || d.Line != 0 ||
		len(d.Summary) > 4<<10 || !utf8.ValidString(d.Summary) || len(r.Failure) > 64<<10 {
		t.Errorf("%d, %d, %d, %v, %d", len(r.Errors), len(r.Warnings), len(r.WarningScenes), r.Seconds, len(d.Summary))
	}
	if r.Size != "" || len(r.Further) != 16 || r.Further[0] != "2x2" || len(r.Voices) > 1000 || len(r.Voices[0].Scenes) != 1 {
		t.Errorf("%q, %q, %d", r.Size, r.Further, len(r.Voices))
	}
	voices := make([]api.Voice, 30_000)
	cell.Clean(&voices)
	said := cell.SpeakResult{Seconds: 1e300}
	cell.Clean(&said)
	if len(voices) != 20_000 || said.Seconds != 360_000 {
		t.Errorf("%d voices, %f s", len(voices), said.Seconds)
	}
}

// FuzzClean checks that results within the bounds come out of any JSON.
func FuzzClean(f *testing.F) {
	f.Add([]byte(`{"failure":"f","warnings":[{"line":-1}],"warningScenes":[1,2],"seconds":1e308,"size":"1x2","further":["/"]}`))
	f.Add([]byte(`{"voices":[{"scenes":[-1,9007199254740993]}],"fault":{"code":"x","public":"p"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r cell.BuildResult
		if json.Unmarshal(b, &r) != nil {
			return
		}
		r.Clean()
		if len(r.WarningScenes) > len(r.Warnings) || len(r.Further) > 16 || !(r.Seconds >= 0 && r.Seconds <= 360_000) {
			t.Fatalf("%+v", r)
		}
		for _, s := range r.Further {
			if strings.ContainsAny(s, "/.\\") {
				t.Fatalf("size %q", s)
			}
		}
	})
}
