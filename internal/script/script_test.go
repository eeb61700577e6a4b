package script_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
)

func parse(t *testing.T, src string) *script.Script {
	t.Helper()
	s, list := script.Parse("s.md", []byte(src))
	for _, d := range list {
		t.Errorf("%v: %s", d, d.Severity)
	}
	return s
}

// shape formats a script's content without ranges, for comparison.
func shape(s *script.Script) string {
	var b strings.Builder
	write := func(p script.Properties) {
		p.Places = nil
		v := reflect.ValueOf(p)
		for i := range v.NumField() {
			f := v.Field(i)
			if f.Kind() == reflect.Pointer && !f.IsNil() {
				e := f.Elem().Interface()
				switch x := e.(type) {
				case script.File:
					x.Range = diag.Range{}
					e = x
				case script.Background:
					x.Range = diag.Range{}
					e = x
				case script.Subtitles:
					if x.Font != nil {
						font := *x.Font
						font.Range = diag.Range{}
						e = fmt.Sprint(x.Mode, x.Break, x.Size, x.Scale, x.Color, x.Background, x.Outline, font,
							x.Position, x.Karaoke, x.Highlight)
					} else {
						e = fmt.Sprint(x.Mode, x.Break, x.Size, x.Scale, x.Color, x.Background, x.Outline,
							x.Position, x.Karaoke, x.Highlight)
					}
				}
				fmt.Fprintf(&b, " %s=%v", v.Type().Field(i).Name, e)
			}
		}
	}
	write(s.Header.Properties)
	for _, scene := range s.Scenes {
		b.WriteString("\n---\n")
		for _, n := range scene.Nodes {
			switch n := n.(type) {
			case *script.Narration:
				type run struct{ Style, Text string }
				var runs []run
				for _, r := range n.Runs {
					runs = append(runs, run{string(r.Style), r.Text})
				}
				fmt.Fprintf(&b, "say %q\n", runs)
			case *script.SSML:
				fmt.Fprintf(&b, "ssml %q\n", n.Source)
			case *script.Quote:
				fmt.Fprintf(&b, "quote %q\n", n.Text)
			case *script.Fence:
				fmt.Fprintf(&b, "fence %s %q %q\n", n.Kind, n.Info, n.Text)
			case *script.Picture:
				c := *n
				c.Range, c.FileRange = diag.Range{}, diag.Range{}
				segment, volume := "", ""
				if c.Segment != nil {
					segment = fmt.Sprint(*c.Segment)
				}
				if c.Volume != nil {
					volume = fmt.Sprint(*c.Volume)
				}
				c.Segment, c.Volume = nil, nil
				fmt.Fprintf(&b, "picture %+v %s %s\n", c, segment, volume)
			case *script.Pause:
				fmt.Fprintf(&b, "pause %s\n", n.Length)
			case *script.Audio:
				fmt.Fprintf(&b, "audio %q\n", n.File)
			case *script.Set:
				fmt.Fprintf(&b, "set %s", n.Name)
				write(n.Properties)
				b.WriteByte('\n')
			case *script.Callout:
				c := *n
				c.Range = diag.Range{}
				fmt.Fprintf(&b, "callout %+v\n", c)
			case *script.Chapter:
				fmt.Fprintf(&b, "chapter %q\n", n.Title)
			case *script.Reveal:
				fmt.Fprintf(&b, "reveal %v %v\n", n.Items, n.Ranges)
			case *script.Highlight:
				fmt.Fprintf(&b, "highlight %v\n", n.Ranges)
			case *script.Include:
				fmt.Fprintf(&b, "include %q\n", n.File)
			}
		}
	}
	return b.String()
}

func TestStructure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, src, want string }{
		{"scenes", "One.\n\n---\n\nTwo.\n---\n", "\n---\nsay [{\"\" \"One.\"}]\n\n---\nsay [{\"\" \"Two.\"}]\n"},
		{"separator with blanks, after narration", "One.\n----   \nTwo.", "\n---\nsay [{\"\" \"One.\"}]\n\n---\nsay [{\"\" \"Two.\"}]\n"},
		{"line of white space is blank", "One.\n \t \nTwo.", "\n---\nsay [{\"\" \"One.\"}]\nsay [{\"\" \"Two.\"}]\n"},
		{"lines join", "One\ntwo.", "\n---\nsay [{\"\" \"One two.\"}]\n"},
		{"CRLF and BOM", "\ufeffOne.\r\n\r\nTwo.\r\n", "\n---\nsay [{\"\" \"One.\"}]\nsay [{\"\" \"Two.\"}]\n"},
		{"comment in a line", "One <!-- (pause: 2) --> two.", "\n---\nsay [{\"\" \"One two.\"}]\n"},
		{
			"comment over lines with dashes", "One.\n<!-- a\n---\n![](x.png)\n-->\nTwo.",
			"\n---\nsay [{\"\" \"One.\"}]\nsay [{\"\" \"Two.\"}]\n",
		},
		{"comment in a fence is text", "```\n<!-- a -->\n```", "\n---\nfence text \"\" \"<!-- a -->\"\n"},
		{"dashes in a fence are text", "~~~ md\n---\n~~~\n(pause: 3)", "\n---\nfence markdown \"md\" \"---\"\npause 3s\n"},
		{
			"direction in the middle of a paragraph", "One\n  (pause: 1.5)\ntwo.",
			"\n---\nsay [{\"\" \"One\"}]\npause 1.5s\nsay [{\"\" \"two.\"}]\n",
		},
		{
			"brackets that are no direction", "(laughs) and he left\n\n(see below)",
			"\n---\nsay [{\"\" \"(laughs) and he left\"}]\nsay [{\"\" \"(see below)\"}]\n",
		},
		{"prose that looks like a map", "(note: he left\nand came back)", "\n---\nsay [{\"\" \"(note: he left and came back)\"}]\n"},
		{
			"heading and list are sentences", "# Title\n- one\n2. two",
			"\n---\nsay [{\"\" \"Title\"}]\nsay [{\"\" \"one\"}]\nsay [{\"\" \"two\"}]\n",
		},
		{"quote", "> a\n> b...\n\n>", "\n---\nquote \"a\\nb...\"\nquote \"\"\n"},
		{
			"markup", "*a* _b_ **c** ~~d~~ `SAR` [e](http://x) f_g_h &amp; \\*",
			"\n---\nsay [{\"emphasis\" \"a\"} {\"\" \" \"} {\"emphasis\" \"b\"} {\"\" \" \"} {\"strong\" \"c\"} {\"\" \" \"} " +
				"{\"reduced\" \"d\"} {\"\" \" \"} {\"spell\" \"SAR\"} {\"\" \" e f_g_h & *\"}]\n",
		},
		{
			"multi-line with blank lines and tabs",
			"(callout:\n\ttype: rectangle\n\n  left: 1\n  top: 2\n\tright: 30\n bottom: 40)", "\n---\ncallout {At:{Range:" +
				"{File: Start:{Line:0 Column:0} End:{Line:0 Column:0}}} Shape:rectangle CX:0 CY:0 Size:0 Left:1 Top:2 Right:30 " +
				"Bottom:40 Alpha:0.5 Style: OfImage:false Label:}\n",
		},
		{"text after the first colon", "(chapter: Part 2: the API)", "\n---\nchapter \"Part 2: the API\"\n"},
		{
			"speak over lines", "<speak>\n\n---\na <break time=\"1s\"/> b\n</speak>",
			"\n---\nssml \"<speak>\\n\\n---\\na <break time=\\\"1s\\\"/> b\\n</speak>\"\n",
		},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := shape(parse(t, c.src)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	s := parse(t, `---
size: 1080x1920

voice: "no"   # a comment
voice-speed: fast
background: my music.mp3 0.5 fade-in fade-out
transition: wipe 0.3
canvas: #ff0000
fps: 29.97
font-size: 40
subtitles:
  mode: overlay
  color: "#ffee0080"
  break: 42

poster: 1:30
loudness: none
title: A film: the second
---
x`)
	h := s.Header
	if h.Size == nil || *h.Size != (frame.Size{Width: 1080, Height: 1920}) || *h.Voice != "no" || *h.VoiceSpeed != 1.25 {
		t.Errorf("size, voice: %v %v %v", h.Size, h.Voice, h.VoiceSpeed)
	}
	if b := h.Background; b.Name != "my music.mp3" || b.Volume != 0.5 || !b.FadeIn || !b.FadeOut {
		t.Errorf("background: %+v", b)
	}
	if tr := h.Transition; tr.Type != "wipe-right" || tr.Duration != 300*time.Millisecond {
		t.Errorf("transition: %+v", tr)
	}
	if *h.Canvas != (frame.Color{R: 255, A: 255}) || *h.FPS != (frame.Rate{Num: 30000, Den: 1001}) || *h.FontSize != 40 {
		t.Errorf("canvas, fps, font: %v %v %v", h.Canvas, h.FPS, *h.FontSize)
	}
	if sub := h.Subtitles; sub.Mode != script.SubtitlesOverlay || sub.Break != 42 || *sub.Color != (frame.Color{R: 255, G: 238, A: 128}) {
		t.Errorf("subtitles: %+v", sub)
	}
	if h.Poster.At != 90*time.Second || !h.Loudness.None || *h.Title != "A film: the second" {
		t.Errorf("poster, loudness, title: %v %v %v", h.Poster, h.Loudness, *h.Title)
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src  string
		want script.Picture
	}{
		{"![](a.png)", script.Picture{File: "a.png"}},
		{
			"  ![contain top-left](a b (1).png)",
			script.Picture{
				File: "a b (1).png",
				Placing: frame.Placing{
					Fit:      frame.Contain,
					Position: frame.Position{X: frame.AlignStart, Y: frame.AlignStart},
				}, Edge: "top-left",
			},
		},
		{"![zoom focus 70% 30.5%](a.png)", script.Picture{
			File: "a.png", Motion: frame.Zoom, Placing: frame.Placing{Focus: frame.Focus{Set: true, X: 0.7, Y: 0.305}},
		}},
		{"![BLUR](a.png)", script.Picture{File: "a.png", Placing: frame.Placing{Fit: frame.Blur}}},
		{"(image:\n  file: a.png\n  size: blur\n  focus: 0% 100%)", script.Picture{
			File: "a.png", Placing: frame.Placing{Fit: frame.Blur, Focus: frame.Focus{Set: true, Y: 1}},
		}},
		{"![pan right](a.png)", script.Picture{
			File: "a.png", Motion: frame.Pan, Edge: "right",
			Placing: frame.Placing{Position: frame.Position{X: frame.AlignEnd}},
		}},
		{"![loop mute](c.mp4)", script.Picture{File: "c.mp4", Playing: script.Playing{Sync: script.Loop, Mute: true}}},
		{"![end](c.mp4)", script.Picture{File: "c.mp4", Playing: script.Playing{Still: script.StillEnd}}},
		{"![10-14.5](c.mp4)", script.Picture{
			File:    "c.mp4",
			Playing: script.Playing{Segment: &script.ClipRange{From: 10 * time.Second, To: 14500 * time.Millisecond}},
		}},
		{"![00-08](c.mp4)", script.Picture{File: "c.mp4", Playing: script.Playing{Segment: &script.ClipRange{To: 8 * time.Second}}}},
		{
			"![00:00:02 - 00:00:04 fit](c.mp4)",
			script.Picture{
				File: "c.mp4", Placing: frame.Placing{Fit: frame.Stretch},
				Playing: script.Playing{Segment: &script.ClipRange{From: 2 * time.Second, To: 4 * time.Second}},
			},
		},
		{
			"(video:\n  file: c.mp4\n  segment: 1:30-1:31\n  volume: 0.2\n  sync: freeze)",
			script.Picture{
				File: "c.mp4", Video: true,
				Playing: script.Playing{Sync: script.Freeze, Segment: &script.ClipRange{From: 90 * time.Second, To: 91 * time.Second}},
			},
		},
	} {
		s := parse(t, c.src)
		got := *s.Scenes[0].Nodes[0].(*script.Picture)
		got.Range, got.FileRange, got.Volume = diag.Range{}, diag.Range{}, nil
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v", c.src, got)
		}
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, src, place, summary, help string }{
		{"misspelled property", "---\nsizze: 720p\n---\nx", "2:1", "sizze", `size`},
		{"misspelled direction", "x\n\n(pauze: 3)", "3:2", "pauze", `pause`},
		{"odd size", "---\nsize: 641x480\n---\nx", "2:7", "641x480", ""},
		{"wrong word", "(transition: wype)", "1:14", "wype", `wipe`},
		{"out of range", "(voice-speed: 9)", "1:15", `"9"`, ""},
		{"no time", "(pause: soon)", "1:9", "soon", ""},
		{"unclosed fence", "a\n\n```md\nb", "3:1", "not closed", "```"},
		{"unclosed comment", "a <!-- b", "1:3", "not closed", "-->"},
		{"unclosed speak", "<speak>a", "1:1", "not closed", "</speak>"},
		{"unclosed direction", "(callout:\n  cx: 1", "1:1", "not closed", ""},
		{"unclosed header", "---\nsize: 720p\n", "1:1", "not closed", "---"},
		{"malformed SSML", "<speak>\na <p>c</s>\n</speak>", "2:7", "</s>", ""},
		{"backwards segment", "![4-2](c.mp4)", "1:3", "4-2", ``},
		{"out of the project by path", "![](/etc/passwd)", "1:5", "/etc/passwd", ""},
		{"colour lost to a comment", "(callout:\n  cx: 1\n  cy: 1\n  size:\n  type: circle)", "4:8", "size", ""},
		{"not UTF-8", "a\xff", "1:2", "UTF-8", "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, list := script.Parse("s.md", []byte(c.src))
			for _, d := range list {
				at := fmt.Sprintf("%d:%d", d.Range.Start.Line, d.Range.Start.Column)
				if d.Severity == diag.Error && at == c.place && strings.Contains(d.Summary, c.summary) && strings.Contains(d.Hint, c.help) {
					return
				}
			}
			t.Errorf("want an error at %s about %q with help %q, got %+v", c.place, c.summary, c.help, list)
		})
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, src, summary string }{
		{"unknown direction", "(resolution-hint: 9)", "resolution-hint"},
		{"direction inside a sentence", "He said (pause: 3) and left.", "inside a sentence"},
		{"twice in a scene", "(duration: 2)\n(duration: 3)", "twice"},
		{"header property in a scene", "(size: 720p)\n\nx", "header"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, list := script.Parse("s.md", []byte(c.src))
			if len(list) != 1 || list[0].Severity != diag.Warning || !strings.Contains(list[0].Summary, c.summary) {
				t.Errorf("%+v", list)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"a/main.md": {
			Data: []byte("Hello {{name}} of {{place}}.\n\n(include: part.md)\n\n(include: gone.md)\n\n" +
				"(include: ../../x.md)\n\n![](a.png"),
		},
		"a/part.md":  {Data: []byte("---\nsize: 4k\n---\nPart one.\n\n---\n\n(include: loop.md)")},
		"a/loop.md":  {Data: []byte("(include: part.md)")},
		"a/break.md": {Data: []byte("{{x}}")},
	}
	l, found := script.Load(files, "a/main.md", script.Options{Variables: map[string]string{"name": "World"}})
	var texts []string
	for _, d := range found {
		texts = append(texts, d.Error())
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"a/main.md:1:19:", "a/main.md:5:11:", "a/main.md:7:11:", "a/loop.md:1:11: \"part.md\" includes itself"} {
		if !strings.Contains(all, want) {
			t.Errorf("no finding %q in\n%s", want, all)
		}
	}
	if got := shape(l.Script); !strings.Contains(got, "Hello World of {{place}}.") ||
		!strings.Contains(got, "Part one.") || strings.Contains(got, "Size") {
		t.Errorf("%s", got)
	}
	l, _ = script.Load(files, "a/break.md", script.Options{Variables: map[string]string{"x": "a\n---\n(pause: 3)\nb"}})
	if got := shape(l.Script); got != "\n---\nsay [{\"\" \"a --- (pause: 3) b\"}]\n" {
		t.Errorf("a variable made structure: %q", got)
	}
}

// seeds returns scripts for tests and for the seed corpus of fuzz tests.
func seeds(tb testing.TB) []string {
	tb.Helper()
	out := []string{
		"---\nsize: 720p\nsubtitles: {style: karaoke, highlight: yellow}\n---\n\n![cover](a.png)\n\n" +
			"Hello *world*... `SAR`.\n\n(callout:\n  cx: 1\n  cy: 2\n  size: 3)\n\n---\n\n```md\n# x\n```\n(pause: 3)\n",
		"<speak><p>a <emphasis level=\"strong\">b</emphasis></p></speak> tail\n\n> quote\n\n(reveal: 1-3, 4-6)\n(highlight: 2)\n",
		"<!-- a\n--> b <!-- c --> d\n\n(voice: amy)\nx\n(background:\n audio: m.mp3\n volume: 0.2)\n{{v}}\n| a | b |\n|---|---|\n",
		"(video:\n\tfile: a.mp4\n\n\tsegment: 1-2)\n~~~\n```\n~~~\n----\n# h\n* l\n1. n\n![](a.png) ![](b.png)\ntext ![](c.png) more",
	}
	found, err := filepath.Glob(filepath.Join("..", "..", "examples", "*", "script.md"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range found {
		b, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

func checkFormat(t *testing.T, src []byte) {
	t.Helper()
	out, list := script.Format("s.md", src)
	if list.HasErrors() {
		return
	}
	a, _ := script.Parse("s.md", src)
	b, list := script.Parse("s.md", out)
	if list.HasErrors() || shape(a) != shape(b) {
		t.Fatalf("printing changed the meaning of %q\nto %q\nfrom %s\nto %s\n%v", src, out, shape(a), shape(b), list)
	}
	again, _ := script.Format("s.md", out)
	if string(again) != string(out) {
		t.Fatalf("formatting %q twice returns %q, then %q", src, out, again)
	}
}

func TestFormatKeepsTheMeaning(t *testing.T) {
	t.Parallel()
	for _, s := range seeds(t) {
		checkFormat(t, []byte(s))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, list := script.Parse("s.md", src)
		lines := strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(src)), "\n") + 1
		for _, d := range list {
			if d.Range.Start.Line < 1 || d.Range.Start.Line > lines || d.Range.Start.Column < 1 {
				t.Fatalf("a finding outside of the file: %+v", d)
			}
		}
		for _, scene := range s.Scenes {
			if len(scene.Nodes) == 0 {
				t.Fatal("an empty scene")
			}
		}
		checkFormat(t, src)
	})
}

// fuzzWithin runs a fuzz test whose inputs are inserted into a frame, so that they reach one part of
// the parser.
func fuzzWithin(f *testing.F, before, after string, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		src := []byte(before + text + after)
		_, list := script.Parse("s.md", src)
		for _, d := range list {
			if d.Range.Start.Line < 1 || d.Range.Start.Column < 1 || d.Summary == "" {
				t.Fatalf("a finding outside of the file, or of nothing: %+v", d)
			}
		}
		checkFormat(t, src)
	})
}

func FuzzHeader(f *testing.F) {
	fuzzWithin(f, "---\n", "\n---\na\n",
		"size: 64x64", "title: 'it''s' # x\nfps: 29.97\nposter: 2.5", "subtitles: {mode: overlay, break: 60, outline: \"#00000080\"}",
		"subtitles:\n  mode: embed\n  scale: 1.2\n\n  font: a.ttf", "background:\n  audio: m.mp3\n  volume: 0.3",
		"transition:\n - a\n - b", "a: &a [*a]", "title: |\n  x\n y", "\tsize: 4k\r")
}

func FuzzSSML(f *testing.F) {
	fuzzWithin(f, "<speak>", "</speak>\n",
		"<p>a <emphasis level=\"strong\">b</emphasis></p>", "<break time=\"800ms\"/><mark name='x'/>",
		"<say-as interpret-as=\"characters\">2B</say-as>",
		"<sub alias=\"x y\">z</sub>", "<s>a</p>", "<!-- c --><![CDATA[x]]>&amp;&#x41;&bad;", "<p>\n\n---\n</p>",
		"<voice name=\"amy\">a<voice>b</voice>", "<?pi x?><!DOCTYPE a>")
}

func FuzzVariables(f *testing.F) {
	f.Add("{{a}} and {{ b }}", "x")
	f.Add("![{{a}}](x)\n```\n{{a}}\n```", "---\n")
	f.Fuzz(func(t *testing.T, src, v string) {
		_, found := script.Load(fstest.MapFS{"s.md": {Data: []byte(src)}}, "s.md", script.Options{Variables: map[string]string{"a": v}})
		for _, d := range found {
			if d.Range.Start.Line < 1 || d.Range.Start.Column < 1 {
				t.Fatalf("a finding outside of the file: %+v", d)
			}
		}
	})
}
