package compile_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"mynah/internal/compile"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

var update = flag.Bool("update", false, "write what the golden tests see")

// otherTone is the tone engine with the name of another engine.
type otherTone struct {
	*tone.Engine
	name string
}

func (n otherTone) Name() string { return n.name }

func (n otherTone) Speak(ctx context.Context, r voice.Request) (voice.Clip, error) {
	r.Voice = "high"
	return n.Engine.Speak(ctx, r)
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"

// projects returns the files of small projects, by the project's name. The file "build" names the
// script to build, if it is not s.md.
func projects() map[string]map[string]string {
	one := func(script string) map[string]string { return map[string]string{"s.md": script} }
	with := func(script string, more ...string) map[string]string {
		out := one(script)
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	return map[string]map[string]string{
		"voice unknown":             one("---\nvoice: zaphod\n---\nHello there.\n"),
		"voice near":                one("---\nvoice: brain\n---\nHello there.\n"),
		"voice of a missing engine": one("---\nvoice: piper/en_US-amy-medium\n---\nHello there.\n"),
		"voice of an engine":        one("---\nvoice: nowhere/alloy\n---\nHello there.\n"),
		"voice of another service":  one("---\nvoice: de-DE-KatjaNeural\n---\nGuten Tag, alle zusammen.\n"),
		"voice short of piper":      one("---\nvoice: piper/thing\n---\nHello there.\n"),
		"voice of no engine here":   one("---\nvoice: Angelo\n---\nKumusta kayo dito.\n"),
		"language without a voice":  one("---\nlanguage: gl\n---\nOla a todos.\n"),
		"letters of another script": one("---\nvoice: brian\n---\nПривет, мир.\n"),
		"a few other letters":       one("---\nvoice: brian\n---\nThe word мир means peace.\n"),
		"half other letters":        one("---\nvoice: brian\n---\nпеace мирo\n"),
		"names of the project": with("---\nvoice: Narrator\n---\nHello there.\n", "mynah.yaml",
			"voices: {narrator: amy, Two: {voice: brian, language: en}}\n"),
		"defaults": with("Hello there.\n", "mynah.yaml",
			"header:\n  size: 64x36\n  title: Ours\n  voice: amy\nengines: {}\nnonsense: 1\n"),
		"defaults of a translation": {
			"s.de.md": "Guten Tag.\n", "s.md": "Hello.\n",
			"mynah.yaml": "header: {voice: amy, title: Ours, size: 64x36}\n", "build": "s.de.md",
		},
		"defaults that are a list": with("Hello there.\n", "mynah.yaml", "- a\n"),
		"defaults without voices":  with("Hello there.\n", "mynah.yaml", "voices:\n  a: [x]\n  '': amy\n  b:\n"),
		"lexicon": with("---\nvoice: brian\nlexicon: words.txt\n---\nMynah sings.\n", "words.txt",
			"Mynah: MY nah\n# a\nbad line\n"),
		"lexicon missing":           with("---\nvoice: brian\nlexicon: wrods.txt\n---\nMynah sings.\n", "words.txt", "a: b\n"),
		"picture near":              with("![](phto.png)\n", "photo.png", png),
		"picture elsewhere":         with("![](photo.png)\n", "img/photo.png", png),
		"picture of another ending": with("![](photo.jpg)\n", "photo.png", png),
		"picture with a short name": with("![](a.png)\n", "b.png", png, "c/d.png", png),
		"picture written by Mynah":  with("![](t.jpg)\n", "s.jpg", png),
		"picture that is a text":    with("![](note.txt)\n", "note.txt", "hello"),
		"picture that is a folder":  with("![](img)\n", "img/x.txt", "hello"),
		"audio near": with("(audio: sonud.mp3)\n\nHello.\n", "sound.mp3",
			"ID3\x04\x00\x00\x00\x00\x00\x00", "sound.txt", "x"),
		"background missing": with("---\nbackground: corporate-11\n---\nHello.\n"),
		"theme near":         with("(theme: lok.css)\n\n```md\n# x\n```\n\nHello.\n", "look.css", "a{}"),
		"font near":          with("---\nsubtitles: {mode: overlay, font: Onw.ttf}\n---\nHello.\n", "Own.ttf", "x", "Own.txt", "x"),
		"include":            with("One.\n\n(include: more.md)\n", "more.md", "(nonsense: 1)\n\nTwo.\n"),
		"say as": one("---\nvoice: brian\n---\n<speak>On <say-as interpret-as=\"date\" " +
			"format=\"mdy\">10/3/2025</say-as> and <say-as interpret-as=\"nonsense\">x</say-as>.</speak>\n"),
		"sentences": one("---\nvoice: brian\n---\nDr. Smith paid $5.20 at 10:30. He left. \"Why?\" I asked.\n"),
	}
}

// TestFindings compares the findings in small projects, and the sentences that are sent to voices,
// with a golden file.
func TestFindings(t *testing.T) {
	t.Parallel()
	b := newBooth(t, tone.New(), otherTone{tone.New(), voice.EngineEspeak}, otherTone{tone.New(), voice.EngineFlite})
	var out strings.Builder
	all := projects()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		files := all[name]
		script := "s.md"
		if s, ok := files["build"]; ok {
			script = s
			delete(files, "build")
		}
		src, err := compile.PlanScript(t.Context(), open(t, files), b, compile.Request{Script: script})
		fmt.Fprintf(&out, "== %s\n", name)
		if err != nil {
			fmt.Fprintf(&out, "error: %v\n", err)
			continue
		}
		for _, d := range src.Findings {
			fmt.Fprintf(&out, "%s:%d:%d-%d %s %s: %s\n", d.Range.File,
				d.Range.Start.Line, d.Range.Start.Column, d.Range.End.Column, d.Severity, d.Code, d.Summary)
			if d.Detail != "" {
				fmt.Fprintf(&out, "    %s\n", d.Detail)
			}
			if d.Hint != "" {
				fmt.Fprintf(&out, "    hint: %s\n", d.Hint)
			}
		}
		if src.Board == nil {
			continue
		}
		fmt.Fprintf(&out, "film: %dx%d %q %s\n", src.Board.Film.Width, src.Board.Film.Height, src.Board.Film.Title, src.Board.Film.Language)
		for _, s := range src.Board.Scenes {
			for _, p := range s.Parts {
				if p.Kind == storyboard.Speech {
					fmt.Fprintf(&out, "says %s: %v\n", p.Voice, p.Runs)
				}
			}
		}
	}
	const golden = "testdata/findings.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != string(want) {
		a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d is\n%s\nwant\n%s", i+1, a[i], b[i])
			}
		}
		t.Fatalf("%d lines, want %d", len(a), len(b))
	}
}
