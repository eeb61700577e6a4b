//go:build linux

package hostile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/testrun"
)

// TestScripts builds very large and broken scripts.
func TestScripts(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	const mega = 1 << 20
	scenes := func(n int, scene func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("---\n" + scene(i) + "\n")
		}
		return strings.TrimPrefix(b.String(), "---\n")
	}
	for name, c := range map[string]struct {
		script string
		check  bool // only check the script: speaking it takes hours
		errors []string
		frames int
		slow   bool
	}{
		"2000 scenes of 4 canvases": {script: header + scenes(2000,
			func(i int) string { return fmt.Sprintf("(canvas: #%03x)\n(duration: 0.2)", i%4) }), frames: 10000, slow: true},
		"2000 scenes, all spoken": {script: header + scenes(2000, func(i int) string { return fmt.Sprintf("Word %d.", i) }), check: true},
		"a paragraph of 1 MiB":    {script: header + strings.Repeat("This is one line of a long paragraph.\n", mega/38), check: true},
		"a line of 1 MiB":         {script: header + strings.Repeat("word ", mega/5), check: true},
		"a word of 1 MiB":         {script: header + strings.Repeat("w", mega), check: true},
		"stars":                   {script: header + strings.Repeat("*a", mega/2), check: true},
		"brackets":                {script: header + strings.Repeat("[", mega), check: true},
		"braces":                  {script: header + strings.Repeat("{{", mega/2), check: true},
		"images that never close": {script: header + strings.Repeat("![](", mega/4), errors: []string{"s.md:4:", "not closed"}},
		"backticks":               {script: header + strings.Repeat("`", mega), errors: []string{"s.md:4:1: error:", "not closed"}},
		"pauses": {
			script: header + "![](none.png)\n" + strings.Repeat("(pause: 0)\n", mega/11),
			errors: []string{"s.md:4:5: error:", "does not exist"},
		},
		"wrong directions": {
			script: header + strings.Repeat("(pauze: 0)\n", mega/11),
			errors: []string{"s.md:4:2: error:", "did you mean pause?", "more findings are not shown"},
		},
		"open directions": {
			script: header + strings.Repeat("(video:\n", mega/8),
			errors: []string{"s.md:4:1: error:", "not closed"},
		},
		"open comments": {script: header + strings.Repeat("<!--", mega/4), errors: []string{"s.md:4:1: error:", "not closed"}},
		"deep SSML": {
			script: header + "<speak>" + strings.Repeat("<p>", mega/4) + "</speak>",
			errors: []string{"s.md:4:", "more than 64 deep"},
		},
		"deep YAML": {script: "---\nsize: 64x64\nsubtitles: " + strings.Repeat("[",
			mega) + "\n---\na\n", errors: []string{"s.md:3:"}},
		"an alias bomb": {script: "---\nsize: 64x64\nsubtitles:\n  a: &a [x,x,x,x,x,x,x,x,x]\n  b: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n  c: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n---\na\n", errors: []string{"s.md:"}},
		"invalid UTF-8": {
			script: header + "Hello \xff\xfe w\xc3rld.\n",
			errors: []string{"s.md:4:7: error:", "UTF-8", "help: save"},
		},
		"NUL":    {script: header + "Hello \x00 world.\n", errors: []string{"s.md:4:7: error:", "NUL"}},
		"UTF-16": {script: "\xff\xfe-\x00-\x00-\x00\n\x00H\x00i\x00", errors: []string{"s.md:1:1: error:", "UTF-16"}},
		"a day": {
			script: header + "(duration: 24:00:00)\n",
			errors: []string{
				"s.md:4:1: error: with this scene the video lasts 24 hours", "up to 10 hours",
				"help: split it into several videos",
			},
		},
		"pauses that add up": {
			script: header + strings.Repeat("(pause: 1:00:00)\n", 2000),
			errors: []string{"2000 hours", "up to 10 hours"},
		},
		"nothing":           {script: "", errors: []string{"s.md:1:1: error:", "no scene"}},
		"Windows line ends": {script: "---\r\nsize: 64x64\r\n---\r\n(duration: 1)\r\n---\r\n(duration: 2)\r\n", frames: 75},
		"old Mac line ends": {script: "---\rsize: 64x64\r---\r(duration: 1)\r---\r(duration: 2)\r", frames: 75},
		"all line ends":     {script: "---\rsize: 64x64\n---\r\n(duration: 1)\r---\n(duration: 2)", frames: 75},
		"a script that includes itself a thousand times": {script: header + strings.Repeat("(include: s.md)\n",
			1000), errors: []string{"s.md:4:11: error:", "includes itself"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.slow {
				testrun.SkipShort(t)
			}
			s := newSite(t)
			s.cell = isInCell(name)
			s.write(t, "s.md", c.script)
			if c.check {
				cmd := s.command(t.Context())
				cmd.Args = []string{cmd.Args[0], "check", "--cache-dir", s.cache, filepath.Join(s.project, "s.md")}
				if o := run(t, cmd); o.code != 0 || len(o.stderr) > 100_000 {
					t.Errorf("%d %.600s", o.code, o.stderr)
				}
				s.clean(t)
				return
			}
			o := s.build(t)
			if c.errors != nil {
				o.refused(t, 3, c.errors...)
				return
			}
			s.shows(t, o, c.frames, nil)
		})
	}
}

// TestNames builds videos of pictures and clips whose names have a special meaning for other
// programs. Each name must be treated literally, so that every frame is red.
func TestNames(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for kind, args := range map[string][]string{
		"picture": {"-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"},
		"clip":    {"-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-pix_fmt", "yuv420p", "-f", "mp4"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			b, err := os.ReadFile(s.ffmpeg(t, "red."+map[string]string{"picture": "png", "clip": "mp4"}[kind], args...))
			if err != nil {
				t.Fatal(err)
			}
			script, n := header, 0
			for _, name := range []string{
				"concat:a.png|b.png", "pipe:0", "pipe:", "file:red.png", "subfile,,start,0,end,9,,:red.png",
				"-dash.png", "-i", "--", "%03d.png", "%s%n", "a%d", "*.png", "#.png", "~",
				`it's "q".png`, "$(touch x).png", "a;b&c.png", `back\slash.png`, "<b>.png", "[x](y).png", "sp  ace .png", "tab\there.png",
				"ünï 日本 😀.png", "\u202egnp.png", strings.Repeat("n", 251) + ".png", strings.Repeat("é", 125) + "x.png", "{{v}}.png",
			} {
				s.write(t, name, string(b))
				script += "![](" + name + ")\n---\n"
				n++
			}
			s.write(t, "s.md", script)
			s.shows(t, s.build(t), 25*n, []byte{255, 0, 0})
		})
	}
}

// TestWrongNames checks that text that cannot be the name of a file causes an error with its
// position, and that the error contains no control characters for terminals.
func TestWrongNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"nl\nx.png": "s.md:4:1: error: this image is not closed", "cr\rx.png": "s.md:4:1: error: this image is not closed",
		"bell\x07.png": "s.md:4:5: error:", "\x1b[31mred.png": "s.md:4:6: error:", "a)b.png": "s.md:4:5: error:",
		"http://x/y.png": "s.md:4:5: error:",
		"\xff.png":       "s.md:4:5: error:",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			if !strings.Contains(name, "/") {
				s.write(t, name, "x")
			}
			s.write(t, "s.md", header+"![]("+name+")\n")
			o := s.build(t)
			o.refused(t, 3, want)
			if strings.ContainsAny(o.stderr, "\x1b\x07") {
				t.Errorf("the output contains control characters: %q", o.stderr)
			}
		})
	}
}

// TestLongestScriptName checks that the name of the video may be as long as the file system allows.
func TestLongestScriptName(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newSite(t)
	path := filepath.Join(s.project, strings.Repeat("s", 251)+".txt")
	s.write(t, path, header+"(duration: 1)\n")
	cmd := s.command(t.Context())
	cmd.Args = []string{cmd.Args[0], "build", "-q", "--cache-dir", s.cache, path}
	if o := run(t, cmd); o.code != 0 {
		t.Errorf("%d %s", o.code, o.stderr)
	}
	if got := names(t, s.project); len(got) != 3 {
		t.Errorf("the folder contains %q", got)
	}
}

// TestManyFindings checks that JSON output has the same limit of findings as text for people.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newSite(t)
	s.write(t, "s.md", header+strings.Repeat("(pauze: 0)\n", 1000))
	for _, command := range []string{"build", "check"} {
		cmd := s.command(t.Context(), "--json")
		if command == "check" {
			cmd.Args = []string{cmd.Args[0], command, "--json", "--cache-dir", s.cache, filepath.Join(s.project, "s.md")}
		}
		o := run(t, cmd)
		n := strings.Count(o.out, `"severity":`)
		if o.code != 3 || n != 101 || !strings.Contains(o.out, "900 more findings are not shown") ||
			!strings.Contains(o.out, `"more-findings"`) {
			t.Errorf("%s: code %d, %d findings: %.300s … %s", command, o.code, n, o.out, o.out[max(0, len(o.out)-300):])
		}
	}
}
