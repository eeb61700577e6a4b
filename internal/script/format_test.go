package script_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"mynah/internal/diag"
	"mynah/internal/script"
)

// TestFormat compares scripts with their formatted text.
func TestFormat(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"":                                    "",
		"\n\n":                                "",
		"a":                                   "a\n",
		"a\r\nb\r\n\r\n\r\nc":                 "a\nb\n\nc\n",
		"a  \nb":                              "a\nb\n",
		"---\nsize:720p\nTitle :  x \n---\na": "---\nsize: 720p\ntitle: x\n---\n\na\n",
		"-----\n\nsize: 720p\n\n\n\nfps: 3\n\n----\na": "---\nsize: 720p\n\nfps: 3\n---\n\na\n",
		"---\nsubtitles:\n    mode: embed  \n\n    break: 40\n---\na": "---\nsubtitles:\n    mode: embed\n\n" +
			"    break: 40\n---\n\na\n",
		"---\nsize: 720p <!-- x -->\nFPS:3\n---\na": "---\nsize: 720p <!-- x -->\nFPS:3\n---\n\na\n",
		"---\n# c\nvoice: amy # d\n---\na":          "---\n# c\nvoice: amy # d\n---\n\na\n",
		"---\na: b\n---":                            "---\na: b\n---\n",
		"a\n----\n\n---\nb\n---\n":                  "a\n\n---\n\nb\n",
		"---\n---\n\n---\na":                        "---\n---\n\na\n",
		"( Pause:2 )":                               "(pause: 2)\n",
		"(pause: 1) (voice:amy)":                    "(pause: 1)\n(voice: amy)\n",
		"(voice: amy)\n(pause: 1)\n\n![](a.png)\n![](b.png)\nText.": "(voice: amy)\n(pause: 1)\n\n" +
			"![](a.png)\n![](b.png)\n\nText.\n",
		"<!-- c -->\n(pause: 1)\n\n<!-- d -->\n\n(pause: 2)": "<!-- c -->\n(pause: 1)\n\n<!-- d -->\n\n(pause: 2)\n",
		"<!-- c -->\n---\na":                               "<!-- c -->\n\n---\n\na\n",
		"![mute 1-2 top zoom cover](a.mp4)":                "![cover top zoom 1-2 mute](a.mp4)\n",
		"![my house left cover top](a.png)":                "![cover left top my house](a.png)\n",
		"![end match strong pan](a.mp4)":                   "![pan strong match end](a.mp4)\n",
		"![zoom {{x}} cover](a.png)":                       "![zoom {{x}} cover](a.png)\n",
		"![ ]( a b.png 'title' )":                          "![](a b.png)\n",
		"![](<a b.png>)":                                   "![](<a b.png>)\n",
		"![10 - 14.5,  mute](a.mp4)":                       "![10-14.5 mute](a.mp4)\n",
		"(callout:\n      cx: 1\n\n   cy:  2\n\tsize: 3 )": "(callout:\n  cx: 1\n  cy: 2\n  size: 3)\n",
		"(callout:\n  cx: 1\n  cy: 2 # c\n  size: 3)":      "(callout:\n  cx: 1\n  cy: 2 # c\n  size: 3)\n",
		"(callout: {cx: 1,\n cy: 2, size: 3})":             "(callout: {cx: 1,\n cy: 2, size: 3})\n",
		"(callout:\n  \"cx\": 1\n  cy: 2\n  size: 3)":      "(callout:\n  \"cx\": 1\n  cy: 2\n  size: 3)\n",
		"  ```md\n  a\n   b\n  ```":                        "```md\na\n b\n```\n",
		"```\na\n````  \nb":                                "```\na\n```\n\nb\n",
		"~~~ js\nx\n~~~":                                   "~~~js\nx\n~~~\n",
		">a\n> >  b\n>":                                    "> a\n> b\n>\n",
		"a <speak>\n x </speak> b":                         "a <speak>\n x </speak> b\n",
	} {
		got, list := script.Format("a.md", []byte(src))
		if string(got) != want {
			t.Errorf("%q is printed as\n%q, want\n%q; %v", src, got, want, list)
		}
	}
	// A script with an unclosed block is returned unchanged.
	for _, src := range []string{
		"```\na  \n\n\n", "(pause: 1\n\n\n\na", "---\nsize:720p\n\n\na", "<speak>\n\n\n\na", "<!-- a\n\n\n\nb",
	} {
		if got, _ := script.Format("a.md", []byte(src)); string(got) != src {
			t.Errorf("%q is printed as %q", src, got)
		}
	}
}

// TestMisspeltOptions checks that an unknown word in an image is an error if it is nearly an option,
// and no other unknown word is ordinary text.
func TestMisspeltOptions(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"contian": "contain", //nolint:misspell // on purpose
		"covr":    "cover", "zom": "zoom", "zooom": "zoom", "muet": "mute", "pann": "pan", "lop": "loop",
		"man": "", "cat": "", "pa": "", "x": "", "fat": "", "room": "", "our house": "",
		"covr house": "", "covr muet": "cover",
		"focsu 1% 2%": "focus", "blurr": "blur", "our focus": "", "focus": "none",
		"panzom": "panzoom", "loop-audo": "loop-audio", "edn": "", "tpo": "",
	} {
		_, list := script.Parse("a.md", []byte("!["+words+"](a.mp4)"))
		got := ""
		if len(list) > 0 && list[0].Severity == diag.Error && !strings.HasPrefix(list[0].Hint, "did you mean") {
			got = "none"
		} else if len(list) > 0 && list[0].Severity == diag.Error {
			got = strings.TrimSuffix(strings.TrimPrefix(list[0].Hint, "did you mean "), "?")
		}
		if got != want || len(list) == 0 {
			t.Errorf("%q: %q, want %q; %v", words, got, want, list)
		}
	}
}

// TestIncludeLimits checks that scripts that include others without end are stopped with one error.
func TestIncludeLimits(t *testing.T) {
	t.Parallel()
	chain := func(n int) fstest.MapFS {
		fsys := fstest.MapFS{fmt.Sprintf("%d.md", n): {Data: []byte("End.")}}
		for i := range n {
			fsys[fmt.Sprintf("%d.md", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "(include: %d.md)", i+1)}
		}
		return fsys
	}
	many := func(n int, text string) fstest.MapFS {
		all := strings.Repeat("(include: a.md)\n\n---\n\n", n)
		return fstest.MapFS{"0.md": {Data: []byte(all)}, "a.md": {Data: []byte(text)}}
	}
	large := strings.Repeat(" ", 4<<20)
	for _, c := range []struct {
		name string
		fsys fstest.MapFS
		want string
	}{
		{"15 deep", chain(15), ""},
		{"16 deep", chain(16), "includes are nested more than 16 deep"},
		{"1000 includes", many(1000, "A."), ""},
		{"1001 includes", many(1001, "A."), "the script includes other scripts more than 1000 times"},
		{"12 MiB", many(3, large), ""},
		{"16 MiB", many(4, large), "the script and its includes are larger than 16 MiB"},
	} {
		_, list := script.Load(c.fsys, "0.md", script.Options{})
		got := ""
		if len(list) > 0 {
			got = list[0].Summary
		}
		if got != c.want || len(list) > 1 {
			t.Errorf("%s: %q, want %q; %d findings", c.name, got, c.want, len(list))
		}
	}
}

// TestHeaderValues checks which lines belong to a value of the header.
func TestHeaderValues(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"description: |\n  one\n\n  two\ntitle: x": "one two / x",
		"description: >-\n  one\ntitle: x":         "one / x",
		"description:\n  one\n  two\ntitle: x":     "one two / x",
		"  description:\n    one\n  title: x":      "one / x",
		"description: a | b\ntitle: x":             "a | b / x",
		"description: '|'\ntitle: x":               "| / x",
		"description: \"a # b\" # c\ntitle: x":     "a # b / x",
		"description: a # b\ntitle: x#y":           "a / x#y",
		"description: #a\ntitle: x":                "#a / x",
		"description: 'it''s'\ntitle: x":           "it's / x",
		"description: \"a\" b\ntitle: x":           "\"a\" b / x",
		"description: a\\b\ntitle: x":              "a\\b / x",
		"description: \"a \\\\ b\"\ntitle: x":      "a \\ b / x",
		"description:a\ntitle:x":                   "a / x",
		"\"description\": a\n'title': x":           "a / x",
		"description: https://a.b\ntitle: x":       "https://a.b / x",
	} {
		s, list := script.Parse("a.md", []byte("---\n"+src+"\n---\n"))
		h := s.Header.Properties
		if h.Description == nil || h.Title == nil || len(list) > 0 {
			t.Errorf("%q: %+v; %v", src, h, list)
			continue
		}
		if got := *h.Description + " / " + *h.Title; got != want {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
}
