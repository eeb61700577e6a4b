package script_test

import (
	"strings"
	"testing"

	"mynah/internal/script"
)

// narrated returns the paragraphs of narration of a script, joined by "|".
func narrated(t *testing.T, src string) string {
	t.Helper()
	var out []string
	for _, scene := range parse(t, src).Scenes {
		for _, n := range scene.Nodes {
			if n, ok := n.(*script.Narration); ok {
				out = append(out, n.Text())
			}
		}
	}
	return strings.Join(out, "|")
}

func TestFootnotes(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"A note[^1] here [^two].\n\n[^1]: Text.\n[^two]: More\nof it.\n\nNext.": "A note here.|Next.",
		"A[^a]\n[^a]: note\n\n    goes on, indented\n\nAfter.":                  "A|After.",
		"Use `[^a-z]` and [^](x) and [^ b].":                                    "Use [^a-z] and ^ and [^ b].",
		"# A title[^1]\n\n- an item[^1]\n\n[^1]: Only this.":                    "A title|an item",
		"**Bold[^1]** and *more*[^2]":                                           "Bold and more",
		"[^1]: Nothing else.":                                                   "",
		"No [link](a.html)[^1], no [^x](y.html).":                               "No link, no ^x.",
	} {
		if got := narrated(t, src); got != want {
			t.Errorf("%q gives %q, want %q", src, got, want)
		}
	}
}

func TestBullets(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"Our goals:\n\n• one\n• two\n– three": "one|two|three",
		"He came\n– at last – and went.":      "He came – at last – and went.",
		"Twelve is 2*3*2, *not* 2*3.":         "Twelve is 2*3*2, not 2*3.",
		"• a bullet\ngoes on\n▪ another":      "a bullet goes on|another",
		"A dash alone, – as it is – stays.":   "A dash alone, – as it is – stays.",
	} {
		if got := narrated(t, src); !strings.HasSuffix(got, want) {
			t.Errorf("%q gives %q, want %q", src, got, want)
		}
	}
}

// TestNormalForm checks that the parser normalizes scripts to NFC.
func TestNormalForm(t *testing.T) {
	t.Parallel()
	if got, want := narrated(t, "Mu\u0308ller ho\u0308rt im Cafe\u0301."), "Müller hört im Café."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
