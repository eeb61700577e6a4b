package compile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/project"
	"mynah/internal/reading"
	"mynah/internal/storyboard"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// renamedTone is the tone engine with the name of an engine that voices of the catalogue need.
type renamedTone struct {
	*tone.Engine
	name string
}

func (l renamedTone) Name() string { return l.name }

// pixel is the start of a PNG file of 1x1 pixels.
const pixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"

// newPlanner creates a planner of s.md in a folder with the given files, with some engines of the
// catalogue.
func newPlanner(t *testing.T, files map[string]string, engines ...string) *planner {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); store.Close() })
	all := []voice.Engine{tone.New()}
	for _, name := range engines {
		all = append(all, renamedTone{tone.New(), name})
	}
	booth, err := voice.NewBooth(voice.DefaultConfig(), all, store)
	if err != nil {
		t.Fatal(err)
	}
	return &planner{Project: in, ctx: t.Context(), booth: booth, sources: map[string][]byte{}, script: "s.md"}
}

// TestReads checks that a voice accepts a text if it can read at least half of its letters.
func TestReads(t *testing.T) {
	t.Parallel()
	p := newPlanner(t, nil, voice.EngineFlite)
	for text, want := range map[string]bool{
		"abcd": true, "abcп": true, "abпр": true, "aпрт": false, "прти": false, "aпр": false, "abпрт": false, "": true,
		"123": true,
	} {
		if got := p.CanRead(text, storyboard.Voice{Name: "brian"}); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// TestLegible checks that only the letters that the voice itself must read are counted.
func TestLegible(t *testing.T) {
	t.Parallel()
	p := newPlanner(t, nil, voice.EngineFlite, voice.EngineEspeak)
	for _, c := range []struct {
		runs          []utter.Run
		letters, lost int
		reader        string
	}{
		{[]utter.Run{{Text: "ab "}, {Text: "cd"}}, 4, 0, ""},
		{[]utter.Run{{Text: "ab "}, {Text: "мир"}}, 5, 3, "tatyana"},
		{[]utter.Run{{Text: "ab "}, {Text: "мир", Say: "meer"}}, 6, 0, ""},
		{[]utter.Run{{Text: "ab "}, {Text: "мир", IPA: "mir"}}, 2, 0, ""},
		{[]utter.Run{{Text: "ab "}, {Text: "мир", Language: "ru"}}, 2, 0, ""},
		{[]utter.Run{{Text: "ab", Say: "пр"}}, 2, 2, "tatyana"},
		{[]utter.Run{{Text: "abп"}}, 3, 1, "tatyana"},
	} {
		got := p.CountLegible(c.runs, storyboard.Voice{Name: "brian", Language: "en-GB"})
		if got.Letters != c.letters || got.Lost != c.lost || !strings.HasPrefix(got.Reader, c.reader) ||
			(got.Reader == "") != (c.reader == "") {
			t.Errorf("%v: %+v", c.runs, got)
		}
		if (got.ReaderLanguage == "") != (c.reader == "") {
			t.Errorf("%v: its reader speaks %q", c.runs, got.ReaderLanguage)
		}
	}
}

// TestInstallHint checks that the hint to install a voice is only for names in the form of a
// model's name.
func TestInstallHint(t *testing.T) {
	t.Parallel()
	const other = "run mynah voices to list the installed voices, or mynah voices available to list those that can be installed"
	for name, want := range map[string]string{
		"piper/en_US-amy-medium":        "to install that voice: mynah voices install en_US-amy-medium",
		"piper/en_US-a-b-medium":        "to install that voice: mynah voices install en_US-a-b-medium",
		"piper/en_US-libritts-high+p12": "to install that voice: mynah voices install en_US-libritts-high",
		"piper/en_US-amy":               other,
		"piper/en-amy-medium":           other,
		"piper/amy":                     other,
		"piper/":                        other,
		"en_US-amy-medium":              "",
		"brian":                         "",
	} {
		if got := formatVoiceInstallHint(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestVoiceProblems checks the finding and the hint for each kind of name that is no usable voice.
func TestVoiceProblems(t *testing.T) {
	t.Parallel()
	both, espeak := []string{voice.EngineFlite, voice.EngineEspeak}, []string{voice.EngineEspeak}
	for _, c := range []struct {
		name, language string
		code           diag.Code
		hint           string
		engines        []string
	}{
		{"brian", "", "", "", both},
		{"brain", "", diag.UnknownVoice, "did you mean brian? run mynah voices to list all", both},
		{"zzzzzzzz", "", diag.UnknownVoice, "run mynah voices to list all", both},
		{"nowhere/alloy", "", diag.UnknownVoice, `the engine "nowhere" is not configured`, both},
		{"", "gl", "", "available --language gl to see", both},
		{"de-DE-KatjaNeural", "", diag.OtherVoice, "", both},
		{"aicelle", "", diag.UnspokenLanguage, "", both},
		{"brian", "", diag.MissingVoice, "run mynah doctor", espeak},
	} {
		p := newPlanner(t, nil, c.engines...)
		v := p.ResolveVoice(c.name, c.language)
		if v.Code != c.code || !strings.Contains(v.Hint, c.hint) || v.Unspoken != (c.code == diag.UnspokenLanguage) {
			t.Errorf("%s %s: %+v", c.name, c.language, v)
		}
		if (v.Problem == "") != (v.Hint == "") || (v.Problem == "") != (c.hint == "" && c.code == "") {
			t.Errorf("%s: a problem %q with the hint %q", c.name, v.Problem, v.Hint)
		}
		if (p.missing != "") != (c.code == diag.MissingVoice) {
			t.Errorf("%s: missing is %q", c.name, p.missing)
		}
	}
}

// TestLexiconFile checks that a lexicon of exactly the maximum length is read, and that a longer or
// missing one causes an error.
func TestLexiconFile(t *testing.T) {
	t.Parallel()
	fill := "Mynah: MY nah\n#" + strings.Repeat("x", reading.MaxLexicon)
	p := newPlanner(t, map[string]string{"full.txt": fill[:reading.MaxLexicon], "long.txt": fill[:reading.MaxLexicon+1]})
	if list := p.AddLexicon("full.txt"); len(list) > 0 || len(p.sources["full.txt"]) != reading.MaxLexicon {
		t.Errorf("%v", list)
	}
	said := p.SplitSentences([]utter.Run{{Text: "Mynah sings. He left."}}, "en")
	if len(said) != 2 || said[0][0].Say != "MY nah" {
		t.Errorf("%+v", said)
	}
	for _, name := range []string{"long.txt", "none.txt"} {
		list := p.AddLexicon(name)
		first := diag.Pos{Line: 1, Column: 1}
		if len(list) != 1 || !list.HasErrors() || list[0].Range != (diag.Range{File: name, Start: first, End: first}) ||
			list[0].Hint == "" {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

// TestSlips checks the distances between file names.
func TestSlips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"photo.png", "photo.png", 0},
		{"photo.png", "phto.png", 1},
		{"photo.png", "phot.jpg", 3},      // different base name and extension
		{"photo.png", "photo.jpeg", 1},    // different extension
		{"photo.png", "img/photo.png", 1}, // different folder
		{"a/photo.png", "b/photo.jpg", 3}, // different folder and extension
		{"a/photo.png", "b/photo.png", 1},
		{"abcd.png", "abxy.png", 2},
		{"abcd.png", "abc.png", 1},
		{"abc.png", "abcd.png", 2}, // in short names each difference counts twice
		{"a.png", "b.png", 2},
		{"abc.png", "axy.png", 4},
		{"photo.png", "zzzzzzz.png", 4},
	} {
		if got := measureNameDistance(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestNearestFits checks that the suggested file is of the required type, is not written by Mynah,
// and has the nearest name.
func TestNearestFits(t *testing.T) {
	t.Parallel()
	files := map[string]string{"s.md": "x", "s.jpg": pixel, "s.mp4": "x", "s.srt": "x"}
	for _, name := range []string{
		"look.css", "type.ttf", "mark.otf", "words.txt", "words.png", "notes.md", "sound.MP3", "sound.wav", "tune.flac",
		"image.png", "photo.webp",
		"clips.m4v", "clips.css", "photos.png", "photox.png", "real.bin",
	} {
		files[name] = "x"
	}
	files["real.bin"], files["tones.bin"] = pixel, "RIFF\x24\x00\x00\x00WAVEfmt "
	p := newPlanner(t, files)
	for _, c := range [][3]string{
		{"lok.css", "theme", "look.css"},
		{"look.ttf", "theme", "look.css"},
		{"typo.css", "theme", ""},
		{"typ.ttf", "font", "type.ttf"},
		{"mrk.otf", "font", "mark.otf"},
		{"look.otf", "font", "mark.otf"},
		{"sound.otf", "font", ""},
		{"wrods.txt", "lexicon", "words.txt"},
		{"noets.md", "lexicon", ""},
		{"real.txt", "lexicon", ""},
		{"sonud.mp3", "audio", "sound.MP3"},
		{"tnue.flac", "background", "tune.flac"},
		{"image.mp3", "audio", ""},
		{"tnoes.bin", "audio", "tones.bin"},
		{"tnoes.bin", "picture", ""},
		{"imgae.png", "picture", "image.png"},
		{"clip.m4v", "video", "clips.m4v"},
		{"raels.bin", "picture", "real.bin"},
		{"look.png", "picture", ""},
		{"phooxs.png", "picture", "photos.png"},
		{"s.jgp", "picture", ""},
		{"s.mp5", "video", ""},
		{"x.md", "lexicon", ""},
	} {
		if got := p.SuggestFile(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s: %q, want %q", c[1], c[0], got, c[2])
		}
	}
}

// TestNearestGivesUp checks that no suggestions are made after the 200th missing file.
func TestNearestGivesUp(t *testing.T) {
	t.Parallel()
	p := newPlanner(t, map[string]string{"look.css": "a{}"})
	for i := range 202 {
		if got, want := p.SuggestFile("lok.css", "theme"), map[bool]string{true: "look.css"}[i < 200]; got != want {
			t.Fatalf("suggestion %d is %q", i+1, got)
		}
	}
	if len(p.listed) != 1 {
		t.Errorf("the listed folders are %v", p.listed)
	}
}

// TestWritten checks that files with a script's base name and the extension of an output are
// recognized as written by Mynah.
func TestWritten(t *testing.T) {
	t.Parallel()
	p := &planner{script: "a/talk.md"}
	for name, want := range map[string]bool{
		"a/talk.md": true, "a/talk.mp4": true, "a/talk.srt": true, "a/talk.vtt": true, "talk.mp4": false,
		"a/talks.mp4": false, "a/talk.png": false, "a/talk": false,
	} {
		if got := p.isOutputName(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
