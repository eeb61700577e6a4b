package script_test

import (
	"strconv"
	"strings"
	"testing"

	"mynah/internal/diag"
	"mynah/internal/script"
)

func TestTranslationNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"script.de.md": "script.md de", "a/b.pt-BR.txt": "a/b.txt pt-BR", "script.zh-Hant.md": "script.md zh-Hant",
		"script.md": "", "v1.2.md": "", ".de.md": "", "a.b.md": "", "lesson.draft1x-.md": "",
		"s.old.md": "", "s.new.md": "", "s.bak.md": "", "s.tmp.md": "", "s.OLD-US.md": "", "s.x-de.md": "",
		"s.fil.md": "s.md fil", "s.yue-HK.md": "s.md yue-HK", "s.Haw.md": "s.md Haw",
	} {
		base, tag, ok := script.ParseTranslationName(name)
		if got := strings.TrimSpace(base + " " + tag); got != want || ok != (want != "") {
			t.Errorf("%s is a translation of %q, want %q", name, got, want)
		}
		if ok && script.FormatTranslationName(base, tag) != name {
			t.Errorf("%s in %s is %s", base, tag, script.FormatTranslationName(base, tag))
		}
	}
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	base, _ := script.Parse(
		"s.md",
		[]byte("---\nsize: 1080p\nvoice: joanna\ntitle: Hello\ntheme: dark\nlanguage: en\n---\nOne.\n\n---\n"+
			"![](a.png)\n\n---\nThree.\n"),
	)
	parse := func(src string) *script.Script {
		s, list := script.Parse("s.de.md", []byte(src))
		if list.HasErrors() {
			t.Fatal(list)
		}
		return s
	}
	good := parse("---\ntheme: light\n---\nEins.\n\n---\n![](a.png)\n\n---\nDrei.\n")
	if list := script.CompleteTranslation(good, base, "de"); len(list) > 0 {
		t.Fatal(list)
	}
	h := good.Header
	if h.Size.Height != 1080 || h.Theme.Name != "light" || h.Voice != nil || h.Title != nil || *h.Language != "de" {
		t.Errorf("the header is %+v", h.Properties)
	}
	for src, want := range map[string]string{
		"Eins.\n\n---\n![](a.png)\n":                                  "s.md:14 scene 3 has no translation",
		"Eins.\n\n---\n![](a.png)\n\n---\n![](b.png)\n":               "s.de.md:7 scene 3 has no narration",
		"Eins.\n\n---\n![](a.png)\n\n---\nDrei.\n\n---\nVier.\n":      "s.de.md:10 scene 4 has no original",
		"![](a.png)\n\n---\nDrei.\n":                                  "s.md:8 scene 1 has no translation",
		"Eins.\n\n---\nDrei.\n":                                       "s.md:11 scene 2 has no translation",
		"Eins.\n\n---\n![](b.png)\n\n---\n![](a.png)\n\n---\nDrei.\n": "s.de.md:4 scene 2 has no original",
	} {
		list := script.CompleteTranslation(parse(src), base, "de")
		if len(list) != 1 {
			t.Errorf("%q: %v", src, list)
			continue
		}
		file, rest, _ := strings.Cut(want, " ")
		name, _, _ := strings.Cut(file, ":")
		if d := list[0]; d.Range.File != name || !strings.HasSuffix(file, ":"+strconv.Itoa(d.Range.Start.Line)) ||
			!strings.HasPrefix(d.Summary, rest) || d.Hint == "" {
			t.Errorf("%q: %+v", src, d)
		}
	}
}

// TestMissingScenes checks that each scene without a translation is reported at its place.
func TestMissingScenes(t *testing.T) {
	t.Parallel()
	parse := func(file, src string) *script.Script {
		s, list := script.Parse(file, []byte(strings.ReplaceAll(src, "|", "\n\n---\n")))
		if list.HasErrors() {
			t.Fatal(list)
		}
		return s
	}
	const all = "One.|![](a.png)\nTwo.|![](b.png)\nThree.|```\nFour\n```|Five.|![](a.png)\nSix.|Seven."
	for _, c := range []struct{ translation, want string }{
		{"Eins.|![](b.png)\nDrei.|Fünf.|![](a.png)\nSechs.|Sieben.", "scene 2 scene 4"},
		{"![](a.de.png)\nZwei.|![](b.png)\nDrei.|```\nVier\n```|Fünf.|![](a.png)\nSechs.", "scene 1 scene 7"},
		{"Eins.|![](a.png)\nZwei.|![](b.png)\nDrei.", "scene 4 scene 5 scene 6 scene 7"},
		{"Eins.|![](a.png)\n|![](b.png)\nDrei.", "scene 2 scene 4 scene 5 scene 6 scene 7"},
	} {
		var got []string
		for _, d := range script.CompleteTranslation(parse("s.de.md", c.translation), parse("s.md", all), "de") {
			f := strings.Fields(d.Summary)
			got = append(got, f[0]+" "+f[1])
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %q, want %s", c.translation, got, c.want)
		}
	}
}

// TestTranslationLacks checks that pictures, callouts and chapters that a translation lacks are
// reported in a warning with the scenes' numbers.
func TestTranslationLacks(t *testing.T) {
	t.Parallel()
	parse := func(file, src string) *script.Script {
		s, list := script.Parse(file, []byte(strings.ReplaceAll(src, "|", "\n\n---\n")))
		if list.HasErrors() {
			t.Fatal(list)
		}
		return s
	}
	const picture, callout = "![](a.png)\n", "(callout:\n  cx: 1\n  cy: 2\n  size: 3\n  label: L)\n"
	const second = "(chapter: A)\nZwei.|" + picture + callout + "Drei."
	const base = picture + picture + "One.|" + picture + "(chapter: A)\nTwo.|" + picture + callout + "Three."
	for translation, want := range map[string]string{
		base:                                  "",
		picture + "Eins.|" + picture + second: "pictures that s.md has in scene 1",
		strings.Replace(base, "\n  label: L", "", 1): "labels of callouts that s.md has in scene 3",
		picture + "Eins.|" + second:                  "pictures that s.md has in scenes 1 and 2",
		"Eins.|Zwei.|Drei.": "pictures that s.md has in scenes 1, 2 and 3, " +
			"callouts that s.md has in scene 3, labels of callouts that s.md has in scene 3, chapters that s.md has in scene 2",
	} {
		var got []string
		for _, d := range script.CompleteTranslation(parse("s.de.md", translation), parse("s.md", base), "de") {
			got = append(got, strings.TrimPrefix(d.Summary, "s.de.md is missing "))
			if d.Severity != diag.Warning || d.Code != diag.TranslationLacks ||
				d.Range.File != "s.de.md" || d.Range.Start.Line != 1 {
				t.Errorf("%q: %+v", translation, d)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %q, want %q", translation, got, want)
		}
	}
}
