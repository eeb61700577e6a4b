package compile

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/project"
	"mynah/internal/script"
)

// TestDefaultsOfAllStyles checks that the same settings can be written in all YAML styles and with
// all line endings.
func TestDefaultsOfAllStyles(t *testing.T) {
	t.Parallel()
	const block = "# ours\nheader:\n  # who\n  title: \"a # b\"\n  voice: brian # he\n  canvas: #102030\n" +
		"  theme: looks/own.css\n  subtitles:\n    mode: overlay\n    color: #fff\n  description: >\n    two\n    lines\n" +
		"voices:\n  me: amy\n"
	for name, text := range map[string]string{
		"block": block, "CR": strings.ReplaceAll(block, "\n", "\r"), "CRLF": strings.ReplaceAll(block, "\n", "\r\n"),
		"NEL": strings.ReplaceAll(block, "# ours\n", "# ours\u0085\u2028"),
		"flow": `header: {title: "a # b", voice: 'brian', canvas: "#102030", theme: looks/own.css, ` +
			`subtitles: {mode: overlay, "color": "#fff"}, description: "two lines"}` + "\nvoices: {me: amy}",
		"flow over lines": "header: {title: 'a # b', # c\n voice: brian, canvas: '#102030',\n\n" +
			" theme: looks/own.css, subtitles: {\n mode: overlay, color: \"#fff\"},\n description: two\n  lines}\n" +
			"voices: {me: amy}\n",
		"JSON": `{"header": {"title": "a # b", "voice": "brian", "canvas": "#102030", "theme": "looks/own.css", ` +
			`"subtitles": {"mode": "overlay", "color": "#fff"}, "description": "two lines"}, "voices": {"me": "amy"}}`,
	} {
		d, list := parseDefaults("in/mynah.yaml", []byte(text), false)
		if len(list) > 0 || d.header == nil {
			t.Errorf("%s: %v", name, list)
			continue
		}
		h := d.header
		if h.Title == nil || *h.Title != "a # b" || h.Voice == nil || *h.Voice != "brian" || h.Description == nil ||
			*h.Description != "two lines" {
			t.Errorf("%s: %+v", name, h.Properties)
		}
		if h.Canvas == nil || *h.Canvas != (frame.Color{R: 16, G: 32, B: 48, A: 255}) || h.Theme == nil || h.Theme.Name != "looks/own.css" {
			t.Errorf("%s: canvas %v, theme %v", name, h.Canvas, h.Theme)
		}
		if s := h.Subtitles; s == nil || s.Mode != script.SubtitlesOverlay || s.Color == nil ||
			*s.Color != (frame.Color{R: 255, G: 255, B: 255, A: 255}) {
			t.Errorf("%s: subtitles %+v", name, s)
		}
		if d.resolveVoiceName("Me") != "amy" {
			t.Errorf("%s: voices %v", name, d.voices)
		}
	}
}

// TestDefaultsFindings checks the positions of findings in all YAML styles.
func TestDefaultsFindings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"header:\r# c\r  voice: brian\r":                    "",
		"header:\r\r  size: huge\r":                         `mynah.yaml:3:9: size cannot be "huge"`,
		"\nheader: {title: x,\n size: huge}":                `mynah.yaml:3:8: size cannot be "huge"`,
		"header: {subtitles: {mode: loud}}":                 `mynah.yaml:1:28: `,
		"header: {voice: }":                                 "mynah.yaml:1:17: voice has no value and is ignored",
		"header:\n  colour-of-the-sea: blue":                `mynah.yaml:2:3: the property "colour-of-the-sea" is unknown and ignored`,
		"header:\n  voice: [a, b]":                          "mynah.yaml:2:10: voice cannot be a list",
		"header:\n  voice: &v brian\n  title: *v":           "mynah.yaml:2:10: voice uses a YAML anchor or alias",
		"header:\n  voice: a\n  Voice: b":                   `mynah.yaml:3:3: "voice" is set twice in the header; the last one is used`,
		`header: {title: "a\0b"}`:                           "mynah.yaml:1:17: title contains a control character",
		"header: [1]":                                       "mynah.yaml:1:9: header: contains no properties",
		"header:\n  ? [a]\n  : b":                           "mynah.yaml:2:5: a name in the header is not a plain word",
		"voices: {'': amy}":                                 "mynah.yaml:1:10: a name in the map voices is empty or not a plain word",
		"header: {size: 64x64}\n--- \nheader: {size: huge}": "",
	} {
		_, list := parseDefaults("mynah.yaml", []byte(text), false)
		got := ""
		if len(list) > 0 {
			got = list[0].Error()
		}
		if (want == "") != (got == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestDefaultsThatCannotBeRead checks that an unreadable settings file is an error and is not
// ignored.
func TestDefaultsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(outside, []byte("header: {voice: brian}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, put := range map[string]func(path string) error{
		"a link that leads out":    func(p string) error { return os.Symlink(outside, p) },
		"a link to nothing":        func(p string) error { return os.Symlink("nothing", p) },
		"a link to itself":         func(p string) error { return os.Symlink(defaultsFile, p) },
		"a folder":                 func(p string) error { return os.Mkdir(p, 0o700) },
		"a file that is too large": func(p string) error { return os.WriteFile(p, make([]byte, 1<<20+1), 0o600) },
		"nothing":                  func(string) error { return nil },
	} {
		dir := t.TempDir()
		if err := put(filepath.Join(dir, defaultsFile)); err != nil {
			t.Fatal(err)
		}
		in, err := project.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		c := &compiler{project: in, out: Script{Sources: map[string][]byte{}}}
		if _, list := c.readDefaults("s.md"); list.HasErrors() != (name != "nothing") {
			t.Errorf("%s: %v", name, list)
		}
		_ = in.Close()
	}
}

func FuzzDefaults(f *testing.F) {
	for _, text := range []string{
		"header:\r# c\r  voice: brian\r", "header: {title: \"a # b\", subtitles: {mode: overlay}}",
		"header:\n  canvas: #102030\nvoices:\n  a: {voice: b}\n",
		"header: &a {voice: *a}", "header:\n  ? {a: b}\n  : c\n", "engines: {}\nfallback: yes\n",
		"a\u0085b:\u2028 c", "header:\n  description: |\n    a\n    b\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, list := parseDefaults("mynah.yaml", []byte(text), false)
		for _, l := range list {
			if l.Range.File != "mynah.yaml" || l.Range.Start.Line < 1 || l.Range.Start.Column < 1 || l.Summary == "" {
				t.Fatalf("%+v", l)
			}
		}
		d.fillHeader(&script.Script{}, false)
		d.resolveVoiceName("brian")
	})
}

// TestVoicesOfTheProject checks that names of voices are case-insensitive, and that a voice may be
// set with its language.
func TestVoicesOfTheProject(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[string]string{
		"voices: {One: amy}":                               {"one": "amy"},
		"voices: {' One ': ' amy '}":                       {"one": "amy"},
		"voices: {a: {voice: amy}}":                        {"a": "amy"},
		"voices: {a: {language: en, voice: amy, x: y}}":    {"a": "amy"},
		"voices: {a: {x: voice, voice: amy, voice2: bob}}": {"a": "amy"},
		"voices: {a: {language: en}, b: amy}":              {"b": "amy"},
		"voices: {a: {voice: [amy]}, b: amy}":              {"b": "amy"},
		"voices: {a: {}, b: amy, '  ': bob, c: ' '}":       {"b": "amy"},
		"voices: {}":    {},
		"voices:":       nil,
		"voices: [amy]": nil,
		"":              nil,
	} {
		d, _ := parseDefaults(defaultsFile, []byte(text), false)
		if !maps.Equal(d.voices, want) || (d.voices == nil) != (want == nil) {
			t.Errorf("%q: %v, want %v", text, d.voices, want)
		}
	}
}

// TestDefaultsCounted checks that each mistake causes exactly one finding, at its first character.
func TestDefaultsCounted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                   nil,
		"# nothing\n":        nil,
		"~":                  nil,
		"header:\nvoices:\n": nil,
		"- a":                {"1:1-2 mynah.yaml contains no settings"},
		"a: [":               {"1:1-2 mynah.yaml is not valid YAML: "},
		"header: x":          {"1:9-10 header: contains no properties"},
		"voices: x":          {"1:9-10 voices: contains no names"},
		"voices: {a: {voice: ''}, b: }": {
			`1:10-11 the name "a" in mynah.yaml has no voice`,
			`1:26-27 the name "b" in mynah.yaml has no voice`,
		},
		"x: 1\nengines: 1\nfallback: 1\nheader:": {
			`1:1-2 mynah.yaml has an unknown setting, "x"`,
			"2:1-2 engines is ignored in a project's mynah.yaml", "3:1-2 fallback is ignored in a project's mynah.yaml",
		},
		"header:\n canvas: #102030\nvoices: [a]":    {"3:9-10 voices: contains no names"},
		"header:\n  canvas: #102\n  title: x\na: b": {`4:1-2 mynah.yaml has an unknown setting, "a"`},
	} {
		_, list := parseDefaults(defaultsFile, []byte(text), false)
		var got []string
		for _, d := range list {
			got = append(got, fmt.Sprintf("%d:%d-%d %s", d.Range.Start.Line, d.Range.Start.Column, d.Range.End.Column,
				d.Summary))
		}
		if !slices.EqualFunc(got, want, strings.HasPrefix) {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestSettingsOfTheMachine checks that machine settings cause no warning in the file that the
// command line has read, and do in any other.
func TestSettingsOfTheMachine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own, other := filepath.Join(dir, "sub", defaultsFile), filepath.Join(dir, defaultsFile)
	const text = "engines: {}\nfallback: true\n"
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{own, other} {
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for settings, want := range map[string]int{"": 2, own: 0, other: 2, filepath.Join(dir, "none.yaml"): 2} {
		c := &compiler{project: in, req: Request{Settings: settings}, out: Script{Sources: map[string][]byte{}}}
		if _, list := c.readDefaults("sub/s.md"); len(list) != want {
			t.Errorf("%q: %v", settings, list)
		}
		if string(c.out.Sources["sub/"+defaultsFile]) != text {
			t.Errorf("sources are %v", c.out.Sources)
		}
	}
}

// TestDefaultsAtTheLimit checks that a file of exactly 1 MiB is read, and that a longer one causes
// an error at its first character.
func TestDefaultsAtTheLimit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	text := append([]byte("voices: {a: amy}\n#"), bytes.Repeat([]byte("x"), 1<<20)...)
	for _, size := range []int{1 << 20, 1<<20 + 1} {
		if err := os.WriteFile(filepath.Join(dir, defaultsFile), text[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		c := &compiler{project: in, out: Script{Sources: map[string][]byte{}}}
		d, list := c.readDefaults("s.md")
		if size == 1<<20 {
			if len(list) > 0 || d.resolveVoiceName(" A ") != "amy" || d.resolveVoiceName("b") != "b" {
				t.Errorf("%d bytes: %v, %v", size, list, d.voices)
			}
			continue
		}
		first := diag.Range{File: defaultsFile, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 2}}
		if len(list) != 1 || list[0].Range != first || list[0].Hint == "" {
			t.Errorf("%d bytes: %+v", size, list)
		}
	}
}

// TestFillHeader checks that defaults fill in missing properties of a header, and that a
// translation keeps its own language.
func TestFillHeader(t *testing.T) {
	t.Parallel()
	d, _ := parseDefaults(defaultsFile, []byte("header: {voice: amy, title: Ours, language: fr, fps: 50}\n"), false)
	for _, c := range []struct {
		text        string
		translation bool
		want        string
	}{
		{"Hello.\n", false, "amy Ours fr 50 mynah.yaml"},
		{"Hello.\n", true, "- - - 50 mynah.yaml"},
		{"---\nvoice: brian\nlanguage: de\n---\nHello.\n", false, "brian Ours de 50 s.md"},
		{"---\nfps: 25\n---\nHello.\n", true, "- - - 25 s.md"},
	} {
		s, _ := script.Parse("s.md", []byte(c.text))
		d.fillHeader(s, c.translation)
		var got []string
		for _, p := range []*string{s.Header.Voice, s.Header.Title, s.Header.Language} {
			if p == nil {
				got = append(got, "-")
				continue
			}
			got = append(got, *p)
		}
		if s.Header.FPS == nil {
			t.Fatalf("%q: no rate", c.text)
		}
		got = append(got, fmt.Sprint(s.Header.FPS.Num), s.Header.Range.File)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%q: %s, want %s", c.text, text, c.want)
		}
	}
	s, _ := script.Parse("s.md", []byte("Hello.\n"))
	defaults{}.fillHeader(s, false)
	if s.Header.Range.File != "" || s.Header.Title != nil {
		t.Errorf("defaults without a header set %+v", s.Header)
	}
}
