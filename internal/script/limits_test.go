package script_test

import (
	"fmt"
	"strconv"
	"testing"

	"mynah/internal/diag"
	"mynah/internal/script"
)

// accepts reports whether a value of a property, or of a key of its map, is parsed without an error.
func accepts(p script.Property, key, value string) bool {
	said := p.Name + ": " + value
	if key != "" {
		said = p.Name + ":\n  " + key + ": " + value
		switch {
		case p.Name == "background" && key != "audio":
			said += "\n  audio: a.mp3"
		case p.Name == "image" || p.Name == "video":
			said += "\n  file: a.mp4"
		case p.Name == "callout":
			for _, k := range []string{"cx", "cy", "size"} {
				if k != key {
					said += "\n  " + k + ": 5"
				}
			}
		}
	}
	src := "---\n" + said + "\n---\n"
	if !p.Header {
		src = "(" + said + ")"
	}
	_, list := script.Parse("a.md", []byte(src))
	return !list.HasErrors()
}

// TestLimits checks that the limits of number ranges are allowed and values beyond them are not, with
// and without the unit.
func TestLimits(t *testing.T) {
	t.Parallel()
	tried := 0
	try := func(p script.Property, key string, f script.Form) {
		if f.From == f.To || f.Kind == script.LinesKind {
			return
		}
		tried++
		const step = 0.001
		number := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
		low, high := f.From, f.To
		for value, want := range map[float64]bool{low: true, high: true, low - step: false, high + step: false} {
			if value == 0 && p.Name == "duration" && p.Direction && key == "" {
				want = false // the range is "more than 0 seconds"
			}
			for _, unit := range []string{"", f.Unit} {
				if got := accepts(p, key, number(value)+unit); got != want {
					t.Errorf("%s %s: %v%s is accepted: %v, of %v to %v", p.Name, key, value, unit, got, low, high)
				}
			}
		}
		for _, bad := range []string{"1e1", "1.2.3", "--1", "inf"} {
			if accepts(p, key, bad) {
				t.Errorf("%s %s takes %s, which is no plain number", p.Name, key, bad)
			}
		}
	}
	for _, p := range script.ListProperties() {
		try(p, "", p.Form)
		for _, k := range p.Keys {
			try(p, k.Name, k.Form)
		}
	}
	if tried < 25 {
		t.Errorf("%d ranges were tried", tried)
	}
}

// TestWordsOfKeys checks that each listed word of a key is a valid value, and that a misspelt word
// gets a suggestion.
func TestWordsOfKeys(t *testing.T) {
	t.Parallel()
	for _, p := range script.ListProperties() {
		for _, k := range p.Keys {
			for _, word := range k.Words {
				if !accepts(p, k.Name, word) && word != "rectangle" { // which needs other keys
					t.Errorf("%s of %s is not taken as the %s of %s", word, p.Name, k.Name, p.Name)
				}
				if k.Kind == script.ChoiceKind && len(word) > 4 && k.Name != "style" && accepts(p, k.Name, word[:len(word)-1]+"~") {
					t.Errorf("%s~ is taken as the %s of %s", word, k.Name, p.Name)
				}
			}
			if k.Name == "cx" || k.Name == "cy" { // a letter from each other
				continue
			}
			src := fmt.Sprintf("---\n%s:\n  %s: 1\n---\n", p.Name, k.Name+"x")
			if !p.Header {
				src = fmt.Sprintf("(%s:\n  %s: 1)", p.Name, k.Name+"x")
			}
			_, list := script.Parse("a.md", []byte(src))
			hint := "did you mean " + k.Name + "?"
			if len(list) == 0 || len(k.Name) > 2 && (list[0].Severity != diag.Error || list[0].Hint != hint) {
				t.Errorf("%sx of %s: %+v", k.Name, p.Name, list)
			}
		}
	}
}

// TestCascade checks the precedence of FillMissing and Override: FillMissing changes only properties that are not
// set, Override replaces them.
func TestCascade(t *testing.T) {
	t.Parallel()
	header := func(src string) script.Properties {
		s, list := script.Parse("a.md", []byte("---\n"+src+"\n---\n"))
		if len(list) > 0 {
			t.Fatal(list)
		}
		return s.Header.Properties
	}
	p := header("voice: amy\nfont-size: 20")
	p.FillMissing(header("title: t\nvoice: bob"))
	if *p.Voice != "amy" || *p.Title != "t" || *p.FontSize != 20 || p.Canvas != nil ||
		p.Places["title"].Start.Line != 2 || p.Places["voice"].Start.Line != 2 {
		t.Errorf("%+v", p)
	}
	p.Override(header("canvas: red\nvoice: zoe"))
	if *p.Voice != "zoe" || *p.Title != "t" || p.Canvas == nil || *p.FontSize != 20 || p.Places["voice"].Start.Line != 3 {
		t.Errorf("%+v", p)
	}
	p.RemoveUntranslated()
	if p.Voice != nil || p.Title != nil || p.Canvas == nil || *p.FontSize != 20 {
		t.Errorf("%+v", p)
	}
}

// TestUTF16 checks that a file in UTF-16, in either byte order, is an error at its first character.
func TestUTF16(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		"\xff\xfea\x00": 1, "\xfe\xff\x00a": 1, "\xff\xfe": 1, "\xfe": 0, "\xff\xffa": 0,
	} {
		_, list := script.Parse("a.md", []byte(src))
		found := 0
		for _, d := range list {
			if d.Summary == "the file is written in UTF-16" {
				found++
				if r := d.Range; r.Start != (diag.Pos{Line: 1, Column: 1}) || r.End != (diag.Pos{Line: 1, Column: 2}) {
					t.Errorf("%q: %+v", src, r)
				}
			}
		}
		if found != want {
			t.Errorf("%q: %v", src, list)
		}
	}
}
