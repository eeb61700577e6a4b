package compile_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/frame"
	"mynah/internal/project"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

func newBooth(t *testing.T, engines ...voice.Engine) *voice.Booth {
	t.Helper()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	b, err := voice.NewBooth(voice.DefaultConfig(), engines, store)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t *testing.T, files map[string]string) *project.Project {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	in, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	return in
}

// summaries formats findings as "file:line severity summary".
func summaries(list diag.List) string {
	var out []string
	for _, d := range list {
		out = append(out, d.Range.File+": "+d.Summary)
	}
	return strings.Join(out, "\n")
}

const said = "---\nvoice: tone/high\n---\n"

func TestRead(t *testing.T) {
	t.Parallel()
	in := open(t, map[string]string{
		"s.md":       said + "One.\n\n---\nTwo.\n\n---\nThree (include: x.md)\n",
		"mynah.yaml": "header: {title: Ours, size: 64x36}\nvoices: {me: tone/low}\n",
		"s.de.md":    "Eins.\n\n---\nZwei.\n\n---\nDrei.\n", "me.md": "---\nvoice: Me\n---\nHello.\n",
		"bad.md": "(nonsense: 1)\n\n(size: huge)\n", "empty.md": "",
	})
	b := newBooth(t, tone.New())
	src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md"})
	if err != nil || src.Board == nil || len(src.Board.Scenes) != 3 || src.Name != "s.md" ||
		src.Board.Film.Title != "Ours" || src.Board.Film.Width != 64 {
		t.Fatalf("%v, %+v", err, src)
	}
	if len(src.Sources) != 2 || string(src.Sources["s.md"]) == "" || string(src.Sources["mynah.yaml"]) == "" {
		t.Errorf("sources are %v", src.Sources)
	}
	title := "Mine"
	req := compile.Request{
		Script: "s.md", Size: &frame.Size{Width: 128, Height: 72}, FPS: &frame.Rate{Num: 50, Den: 1},
		Voice: "tone/low", Scenes: [2]int{2, 3},
	}
	req.Header.Title = &title
	src, err = compile.PlanScript(t.Context(), in, b, req)
	if err != nil || len(src.Board.Scenes) != 2 || src.Board.Film.Width != 128 || src.Board.Film.FPS.Num != 50 ||
		src.Board.Film.Title != "Mine" ||
		src.Board.Scenes[0].Parts[0].Voice != "tone/low" || src.Board.Scenes[0].Parts[0].Text != "Two." {
		t.Errorf("%v, %+v", err, src.Board)
	}
	_, err = compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md", Scenes: [2]int{3, 4}})
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), "scene 4 does not exist: the last scene of s.md is 3") {
		t.Errorf("got %v", err)
	}
	src, err = compile.PlanScript(t.Context(), in, b, compile.Request{Script: "me.md"})
	if err != nil || src.Board.Scenes[0].Parts[0].Voice != "tone/low" {
		t.Errorf("a voice name defined by the project: %v, %s", err, summaries(src.Findings))
	}
	src, err = compile.PlanScript(t.Context(), in, b, compile.Request{Script: "none.md"})
	if err != nil || !src.Findings.HasErrors() {
		t.Errorf("a missing script: %v, %s", err, summaries(src.Findings))
	}
	src, err = compile.PlanScript(t.Context(), in, b, compile.Request{Script: "empty.md"})
	if err != nil || !src.Findings.HasErrors() {
		t.Errorf("an empty script: %v, %s", err, summaries(src.Findings))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := compile.PlanScript(ctx, in, b, compile.Request{Script: "s.md"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context returns %v", err)
	}
}

// TestTranslations checks that the script of the requested language is read, with the properties
// that it inherits from the original.
func TestTranslations(t *testing.T) {
	t.Parallel()
	in := open(t, map[string]string{
		"s.md": said + "One.\n\n(duration: 7)\n\n---\nTwo.\n", "s.de.md": "---\nvoice: tone/low\n---\nEins.\n\n---\nZwei.\n",
		"h.md": "---\nvoice: tone/high\nlanguage: de\n---\nOne.\n", "h.de.md": "---\nvoice: tone/low\n---\nEins.\n",
		"l.md": said + "One.\n\n---\nTwo.\n", "l.de.md": "---\nvoice: tone/low\n---\nEins.\n", "b.md": "(((\n", "b.de.md": said + "x\n",
	})
	b := newBooth(t, tone.New())
	for _, c := range []struct{ script, language, name, text string }{
		{"s.md", "de", "s.de.md", "Eins."},
		{"s.md", "", "s.md", "One."},
		{"s.de.md", "", "s.de.md", "Eins."},
		{"h.md", "", "h.de.md", "Eins."},
		{"s.de.md", "en", "s.md", "One."},
	} {
		src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: c.script, Language: c.language})
		if err != nil || src.Name != c.name || src.Board == nil || src.Board.Scenes[0].Parts[0].Text != c.text {
			t.Errorf("%s in %q: %v, %s, %s", c.script, c.language, err, src.Name, summaries(src.Findings))
			continue
		}
	}
	_, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md", Language: "fr"})
	if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), `s.md has no translation for the language "fr"`) {
		t.Errorf("got %v", err)
	}
	src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "l.de.md"})
	if err != nil || !strings.Contains(summaries(src.Findings), "scene") {
		t.Errorf("a translation with a missing scene: %v, %q", err, summaries(src.Findings))
	}
}

// TestVoices checks the findings for invalid voices and for text that a voice cannot speak.
func TestVoices(t *testing.T) {
	t.Parallel()
	b := newBooth(t, tone.New())
	for text, want := range map[string]string{
		"---\nvoice: tone/high\n---\nHello.\n":                     "",
		"---\nvoice: zaphod\n---\nHello there.\n":                  "zaphod",
		"---\nvoice: far/alloy\n---\nHello there.\n":               "far",
		"---\nvoice: tone/high\nlexicon: words.txt\n---\nHello.\n": "",
		"---\nvoice: tone/high\nlexicon: wrods.txt\n---\nHello.\n": "wrods.txt",
	} {
		in := open(t, map[string]string{"s.md": text, "words.txt": "Mynah: MY nah\n"})
		src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md"})
		if err != nil {
			t.Fatal(err)
		}
		if got := summaries(src.Findings); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	in := open(t, map[string]string{"s.md": said + "(lexicon: x)\n\nMynah sings.\n", "bad.txt": "no colon here\n"})
	_, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md"})
	if err != nil {
		t.Error(err)
	}
}

// TestNearest checks which existing file is suggested for a missing one.
func TestNearest(t *testing.T) {
	t.Parallel()
	in := open(t, map[string]string{
		"s.md": "", "img/photo.png": png, "photo.txt": "x", "s.jpg": png, "sound.mp3": "ID3", "look.css": "a{}",
		"Own.ttf": "x", "words.txt": "a: b\n",
	})
	b := newBooth(t, tone.New())
	for text, want := range map[string]string{
		"![](img/phto.png)\n":                "img/photo.png",
		"![](photo.png)\n":                   "img/photo.png",
		"![](photo.jpg)\n":                   "",
		"![](zzzzzzzz.png)\n":                "",
		"(audio: sonud.mp3)\n\nHello.\n":     "sound.mp3",
		"![](s.jgp)\n":                       "",
		"```md {theme: lok.css}\n# x\n```\n": "",
	} {
		if err := os.WriteFile(in.MakePathOnDisk("s.md"), []byte(said+text), 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md"})
		if err != nil {
			t.Fatal(err)
		}
		hints := ""
		for _, d := range src.Findings {
			hints += d.Hint + "\n"
		}
		if want != "" && !strings.Contains(hints, want) || want == "" && strings.Contains(hints, "did you mean img/") {
			t.Errorf("%q: %q, want %q", text, hints, want)
		}
	}
}

// TestStrict checks that a missing engine fails a strict build only, and that an unknown name is a
// finding.
func TestStrict(t *testing.T) {
	t.Parallel()
	b := newBooth(t, tone.New(), otherTone{tone.New(), voice.EngineEspeak})
	for _, c := range []struct {
		text   string
		strict bool
		ends   bool
	}{
		{"---\nvoice: brian\n---\nHello.\n", true, true},
		{"---\nvoice: brian\n---\nHello.\n", false, false},
		{said + "Hello.\n", true, false},
		{"---\nvoice: zaphod/x\n---\n(pause: 1)\n", true, false},
	} {
		in := open(t, map[string]string{"s.md": c.text})
		src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md", Strict: c.strict})
		f, ok := fault.As(err)
		if ok != c.ends || ok && (f.Code != fault.ToolMissing || !strings.Contains(f.Public, "the voice brian needs flite")) {
			t.Errorf("%q strict %t: %v, %q", c.text, c.strict, err, summaries(src.Findings))
		}
	}
}

// TestScenesToBuild checks the first and the last scene of a request, which count from 1.
func TestScenesToBuild(t *testing.T) {
	t.Parallel()
	in := open(t, map[string]string{"s.md": said + "One.\n\n---\nTwo.\n\n---\nThree.\n"})
	b := newBooth(t, tone.New())
	for scenes, want := range map[[2]int]string{
		{}: "One. Two. Three.", {1, 1}: "One.", {1, 3}: "One. Two. Three.", {2, 2}: "Two.", {3, 3}: "Three.", {2, 4}: "",
		{4, 4}: "",
	} {
		src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md", Scenes: scenes})
		if (err == nil) != (want != "") || err != nil && fault.CodeOf(err) != fault.Usage {
			t.Errorf("%v: %v", scenes, err)
			continue
		}
		var got []string
		if src.Board != nil {
			for _, s := range src.Board.Scenes {
				got = append(got, s.Parts[0].Text)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%v: %q, want %q", scenes, text, want)
		}
	}
	in = open(t, map[string]string{"s.md": said + "One.\n\n---\nTwo ![](none.png).\n"})
	src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: "s.md", Scenes: [2]int{2, 2}})
	if err != nil || src.Board.Scenes[0].Range.Start.Line != 7 || !src.Findings.HasErrors() {
		t.Errorf("%v, %q", err, summaries(src.Findings))
	}
}

// TestNoBoard checks that a parse error without any scene returns no storyboard, and that otherwise
// the storyboard is planned in spite of errors.
func TestNoBoard(t *testing.T) {
	t.Parallel()
	b := newBooth(t, tone.New())
	for _, c := range []struct {
		files           map[string]string
		strict, planned bool
	}{
		{map[string]string{"s.md": ""}, false, true},
		{map[string]string{}, false, false},
		{map[string]string{"s.md": said}, false, true},
		{map[string]string{"s.md": "(nonsense: 1)\n"}, false, true},
		{map[string]string{"s.md": "(nonsense: 1)\n"}, true, false},
		{map[string]string{"s.md": "", "mynah.yaml": "- a\n"}, false, false},
		{map[string]string{"s.md": said + "(size: huge)\n\nHello.\n"}, false, true},
		{map[string]string{"s.md": said + "Hello.\n", "mynah.yaml": "- a\n"}, false, true},
		{map[string]string{"s.md": said + "(nonsense: 1)\n\nHello.\n"}, true, true},
	} {
		src, err := compile.PlanScript(t.Context(), open(t, c.files), b, compile.Request{Script: "s.md", Strict: c.strict})
		if err != nil || (src.Board != nil) != c.planned || len(src.Findings) == 0 {
			t.Errorf("%q: %v, %t, %q", c.files, err, src.Board != nil, summaries(src.Findings))
		}
	}
}

// TestTranslationsOfWrongScripts checks that mistakes in the original are reported with its
// translation, and that a file that only looks like a translation is a script.
func TestTranslationsOfWrongScripts(t *testing.T) {
	t.Parallel()
	in := open(t, map[string]string{
		"alone.de.md": said + "Eins.\n", "bad.md": said + "One.\n\n(include: none.md)\n", "bad.de.md": said + "Eins.\n",
		"s.md": said + "One.\n\n(duration: 7)\n", "s.de.md": said + "Eins.\n\n(include: none.md)\n",
		"own.md": "---\nlanguage: de-AT\n---\nOne.\n", "own.de.md": said + "Eins.\n",
		"far.md": "---\nlanguage: fr\n---\nOne.\n", "far.de.md": said + "Eins.\n",
	})
	b := newBooth(t, tone.New())
	for _, c := range []struct{ script, name, wrong, sources string }{
		{"alone.de.md", "alone.de.md", "", "alone.de.md"},
		{"bad.de.md", "bad.de.md", "bad.md", "bad.de.md bad.md"},
		{"s.de.md", "s.de.md", "s.de.md", "s.de.md"},
		{"own.md", "own.de.md", "", "own.de.md own.md"},
		{"far.md", "far.md", "", "far.md"},
	} {
		src, err := compile.PlanScript(t.Context(), in, b, compile.Request{Script: c.script})
		if err != nil || src.Name != c.name {
			t.Errorf("%s: %v, %s", c.script, err, src.Name)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(src.Sources)), " "); got != c.sources {
			t.Errorf("%s: sources are %s", c.script, got)
		}
		if c.wrong == "" && len(src.Findings) > 0 || c.wrong != "" &&
			(len(src.Findings) == 0 || src.Findings[0].Range.File != c.wrong) {
			t.Errorf("%s: %q", c.script, summaries(src.Findings))
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	b := newBooth(t, tone.New())
	src, cues, err := compile.PlanText(t.Context(), project.NewEmpty(), b, compile.TextRequest{
		Text: "---\nvoice: tone/high\nbackground: corporate-1\n---\nOne. ![](a.png)\n\n(background: song.mp3)\n\n" +
			"(transition: wipe)\n\n---\n```md\n# slide\n```\n\nTwo.\n",
		Header: map[string]string{"voice-speed": "fast", "voice": "tone/low", "language": "en-GB"},
	})
	if err != nil || cues != nil || src.Board == nil || src.Findings.HasErrors() {
		t.Fatalf("%v, %s", err, summaries(src.Findings))
	}
	if got := summaries(src.Findings); !strings.Contains(got,
		`text: the background "song.mp3" is a file and is left out: a spoken text has no files`) {
		t.Errorf("findings are %q", got)
	}
	var parts []storyboard.Part
	for _, s := range src.Board.Scenes {
		if len(s.Slides) > 0 || len(s.Shots) > 0 {
			t.Errorf("the text still contains pictures: %+v", s)
		}
		parts = append(parts, s.Parts...)
	}
	i := slices.IndexFunc(parts, func(p storyboard.Part) bool { return p.Kind == storyboard.Speech })
	if i < 0 || parts[i].Voice != "tone/low" || parts[i].Speed != 1.25 || src.Board.Film.Music == nil {
		t.Errorf("%+v", parts)
	}
	src, cues, err = compile.PlanText(t.Context(), project.NewEmpty(), b, compile.TextRequest{
		Text:  "1\n00:00:01,000 --> 00:00:02,000\nFirst.\n\n2\n00:00:03,000 --> 00:00:04,000\nSecond.\n",
		Timed: "srt", Header: map[string]string{"voice": "tone/high"},
	})
	if err != nil || len(cues) != 2 || len(src.Board.Scenes) != 2 || src.Board.Scenes[1].Range.Start.Line != cues[1].Line {
		t.Errorf("%v, %+v, %s", err, cues, summaries(src.Findings))
	}
	for _, r := range []compile.TextRequest{
		{Text: "x", Header: map[string]string{"voice-speed": "warp"}},
		{Text: "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", Timed: "vtt", Longest: time.Second},
		{Text: "nothing", Timed: "srt"},
	} {
		if _, _, err := compile.PlanText(t.Context(), project.NewEmpty(), b, r); err == nil {
			t.Errorf("%+v was accepted", r)
		}
	}
	if err := compile.CheckTextHeader(map[string]string{"voice-pitch": "low"}); err != nil {
		t.Error(err)
	}
	if err := compile.CheckTextHeader(map[string]string{"voice-pitch": "99"}); err == nil {
		t.Error("a pitch of 99 was accepted")
	}
}
