package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// row is a script with its expected nodes and findings.
type row struct {
	name, src, want, diags string
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s, list := Parse("a.md", []byte(r.src))
			if got := dump(s); got != strings.TrimSpace(r.want) {
				t.Errorf("script:\n%s\nis:\n%s\nwant:\n%s", r.src, got, r.want)
			}
			if got := brief(list); got != strings.TrimSpace(r.diags) {
				t.Errorf("script:\n%s\ndiagnostics:\n%s\nwant:\n%s", r.src, got, r.diags)
			}
			roundTrip(t, []byte(r.src))
		})
	}
}

// roundTrip checks that formatting preserves the meaning and is idempotent.
func roundTrip(t *testing.T, src []byte) {
	t.Helper()
	before, _ := Parse("a.md", src)
	out, ok := formatSource("a.md", src)
	if !ok {
		return
	}
	after, _ := Parse("a.md", out)
	if d := DescribeDifference(before, after); d != "" {
		t.Errorf("printing changed the meaning at %s\nof:\n%q\nto:\n%q", d, src, out)
	}
	again, ok := formatSource("a.md", out)
	if !ok || string(again) != string(out) {
		t.Errorf("printing twice differs: of %q\nonce:\n%q\ntwice:\n%q", src, out, again)
	}
}

func TestStructure(t *testing.T) {
	t.Parallel()
	check(t, structureRows())
}

func structureRows() []row {
	return []row{
		{name: "empty"},
		{name: "blank", src: "\n \t\n\n"},
		{name: "scenes", src: "one\n\n---\n\ntwo\n", want: "say \"one\"\n---\nsay \"two\""},
		{
			name: "separator touches narration", src: "one\n---\ntwo\n-----  \nthree",
			want: "say \"one\"\n---\nsay \"two\"\n---\nsay \"three\"",
		},
		{
			name: "separator touches direction and fence", src: "(pause: 1)\n---\n```\nx\n```\n---\n```\ny\n```\n",
			want: "pause 1s\n---\nfence text  \"x\"\n---\nfence text  \"y\"",
		},
		{name: "empty scenes dropped", src: "\n---\n\n---\n<!-- c -->\n---\na\n---\n", want: "say \"a\""},
		{name: "byte-order mark", src: "\ufeff---\nsize: 720p\n---\na", want: "header Size=1280x720\nsay \"a\""},
		{
			name: "CRLF", src: "---\r\nsize: 720p\r\n---\r\none\r\ntwo\r\n\r\nthree\r\n",
			want: "header Size=1280x720\nsay \"one two\"\nsay \"three\"",
		},
		{name: "lone CR", src: "one\r\rtwo\r---\rthree", want: "say \"one\"\nsay \"two\"\n---\nsay \"three\""},
		{name: "line of blanks", src: "one\n \t \ntwo", want: "say \"one\"\nsay \"two\""},
		{
			name: "header with blank lines and maps", src: "---  \n\nsize: 1080p\n\nsubtitles:\n  color: \"#ff0000\"\n\n" +
				"  break: 60\ntitle: A # note\n---\n",
			want: "header Size=1920x1080 Subtitles={overlay break=60 color=#ff0000ff} Title=\"A\"",
		},
		{name: "header of more dashes", src: "-----\nvoice: amy\n------\nhi", want: "header Voice=\"amy\"\nsay \"hi\""},
		{
			name: "header only on the first line", src: "\n---\nvoice: amy\n---\n", want: "say \"voice: amy\"",
			diags: "2:1 warning: this header is not at the start of the file and is read as narration",
		},
		{name: "comment on a line of its own parts paragraphs", src: "one\n<!-- x -->\ntwo", want: "say \"one\"\nsay \"two\""},
		{name: "comment within a line", src: "one <!-- (pause: 1) --> two", want: "say \"one two\""},
		{
			name: "comment over lines", src: "one\n<!--\n(pause: 3)\n![](a.png)\n---\n<speak>\n```\n-->\ntwo",
			want: "say \"one\"\nsay \"two\"",
		},
		{name: "comment joins lines", src: "(pause: <!-- a\nb --> 3)", want: "pause 3s"},
		{name: "comment in fence is text", src: "```html\n<!-- x -->\n```", want: "fence code html \"<!-- x -->\""},
		{name: "fence in comment", src: "<!--\n```\n-->\ntext", want: "say \"text\""},
		{name: "fence after comment", src: "<!-- c -->```css\na\n```", want: "fence code css \"a\""},
		{name: "comment in a map", src: "(callout:\n  cx: 1\n  <!-- y -->\n  cy: 2\n  size: 3)", want: "callout circle 1,2 r3 alpha=0.5"},
		{name: "short comments", src: "a<!-->b<!--->c<!---->d", want: "say \"abcd\""},
		{name: "separator in fence", src: "```\na\n---\n\nb\n```", want: "fence text  \"a\\n---\\n\\nb\""},
		{
			name: "fence touches all", src: "one\n```\nx\n```\n(pause: 3)\ntwo",
			want: "say \"one\"\nfence text  \"x\"\npause 3s\nsay \"two\"",
		},
		{name: "fence with tildes and longer end", src: "~~~~ md extra\n~~~\n~~~~~  \na", want: "fence markdown  \"~~~\"\nsay \"a\""},
		{
			name: "indented fence", src: "    ```\n    a\n      b\n   c\n    ```\n\t```js\n\tx\n\t```",
			want: "fence text  \"a\\n  b\\nc\"\nfence code js \"x\"",
		},
		{name: "fence in fence", src: "````md\n```\nx\n```\n````", want: "fence markdown  \"```\\nx\\n```\""},
		{name: "three backticks in a line", src: "a\n```x``` b", want: "say \"a \" spell\"x\" \" b\""},
		{
			name: "direction and image in the middle", src: "one\n  (pause: 1)\ntwo\n\t![](a b.png)\nthree",
			want: "say \"one\"\npause 1s\nsay \"two\"\nimage a b.png\nsay \"three\"",
		},
		{
			name: "stacked directions", src: "(voice: amy)\n(voice-speed: fast)\nhello",
			want: "set voice Voice=\"amy\"\nset voice-speed VoiceSpeed=1.25\nsay \"hello\"",
		},
		{
			name: "direction in a sentence", src: "he waits (pause: 3) and goes", want: "say \"he waits (pause: 3) and goes\"",
			diags: "1:10 warning: the direction (pause: …) is inside a sentence and is spoken",
		},
		{
			name: "brackets are narration", src: "(laughs) and he left\n\n(see below)\n\n(he said: no)\n\n(a) b: c)",
			want: "say \"(laughs) and he left\"\nsay \"(see below)\"\nsay \"(he said: no)\"\nsay \"(a) b: c)\"",
		},
		{
			name: "unknown direction", src: "(mood: happy)\ntext", want: "say \"text\"",
			diags: "1:2 warning: the direction \"mood\" is unknown and ignored",
		},
		{name: "misspelt direction", src: "(pauze: 3)", diags: "1:2 error: the direction \"pauze\" is unknown | did you mean pause?"},
		{
			name: "header's name as direction", src: "(fps: 30)",
			diags: "1:2 warning: \"fps\" can be set only in the header and is ignored here",
		},
		{
			name: "several on a line", src: "(pause: 1) (voice: amy)\n![](a.png) ![](b.png)",
			want: "pause 1s\nset voice Voice=\"amy\"\nimage a.png\nimage b.png",
		},
		{
			name: "direction then text", src: "(pause: 1) text", want: "say \"(pause: 1) text\"",
			diags: "1:1 warning: the direction (pause: …) is inside a sentence and is spoken",
		},
		{
			name: "brackets in values", src: "(audio: a (1).mp3)\n(chapter: Smile :))\n(chapter: \"a) b\")",
			want: "audio a (1).mp3\nchapter \"Smile :)\"\nchapter \"a) b\"", diags: "3:2 warning: \"chapter\" is set twice in " +
				"this scene; the last one is used",
		},
		{
			name: "image in a sentence", src: "look ![cover](a.png) here", want: "image a.png cover\nsay \"look here\"",
			diags: "1:6 warning: this image is inside narration",
		},
		{
			name: "map over blank lines and separators", src: "one\n(callout:\n\n  cx: 1\n  cy: 2\n---\n  size: 3\n)\ntwo",
			want:  "say \"one\"\nsay \"two\"",
			diags: "2:2 error: the callout has no size",
		},
		{name: "tabs in maps", src: "(callout:\n\tcx: 1\n    cy: 2\n\t size: 3)", want: "callout circle 1,2 r3 alpha=0.5"},
		{
			name: "map in braces", src: "(callout: {cx: 1, cy: 2, size: 3})\n(callout: {\n cx: 4, cy: 5,\n size: 6 })",
			want: "callout circle 1,2 r3 alpha=0.5\ncallout circle 4,5 r6 alpha=0.5",
		},
		{name: "value on the next line", src: "(audio:\n  a.mp3\n)", want: "audio a.mp3"},
		{name: "long title", src: "(chapter: one\n  two)", want: "chapter \"one two\""},
		{name: "prose over lines", src: "(note: he left\nand came back)", want: "say \"(note: he left and came back)\""},
		{
			name: "unknown map", src: "(stamp:\n  file: a.png)\ntext", want: "say \"text\"",
			diags: "1:2 warning: the direction \"stamp\" is unknown and ignored",
		},
		{
			name: "unclosed fence", src: "one\n```js\nx\n---\ntwo (pause: 1)", want: "say \"one\"\nfence code js \"x\"\n---\nsay \"two (pause: 1)\"",
			diags: "2:1 error: this fenced block is not closed\n5:5 warning: the direction (pause: …) is inside a sentence and is spoken",
		},
		{
			name: "an image over two lines", src: "![](a\nb.png)", want: "say \"![](a b.png)\"",
			diags: "1:1 error: this image is not closed on its line",
		},
		{
			name: "unclosed comment", src: "a <!-- x\ny\n---\nb", want: "say \"a\"\n---\nsay \"b\"",
			diags: "1:3 error: this comment is not closed",
		},
		{
			name: "unclosed speak", src: "a\n<speak>\nx\n---\nb", want: "say \"a\"\n---\nsay \"b\"",
			diags: "2:1 error: this <speak> block is not closed",
		},
		{
			name: "unclosed direction", src: "(pause: 3\n\ntext\n(voice: amy)", want: "say \"text\"\nset voice Voice=\"amy\"",
			diags: "1:1 error: the direction (pause: … is not closed",
		},
		{
			name: "unclosed map", src: "(callout:\n  cx: 3\n\n![](a.png)\n", want: "image a.png",
			diags: "1:1 error: the direction (callout: … is not closed",
		},
		{
			name: "unclosed header", src: "---\nsize: 720p\nvoice: amy\n\nHello: there\n", want: "header Size=1280x720 " +
				"Voice=\"amy\"\nsay \"Hello: there\"",
			diags: "1:1 error: the header is not closed",
		},
		{
			name: "invalid UTF-8", src: "a\xffb\n(pause: 1)", want: "say \"a\ufffdb\"\npause 1s",
			diags: "1:2 error: this text is not valid UTF-8",
		},
		{name: "NUL", src: "é\x00b", want: "say \"é\ufffdb\"", diags: "1:2 error: there is a NUL byte in the text"},
		{name: "UTF-16", src: "\xff\xfea\x00", diags: "1:1 error: the file is written in UTF-16"},
		{
			name: "set twice", src: "(duration: 1)\n(duration: 2)\n(voice: a)\n(voice: b)\n---\n(duration: 3)",
			want:  "set duration Duration=1s\nset duration Duration=2s\nset voice Voice=\"a\"\nset voice Voice=\"b\"\n---\nset duration Duration=3s",
			diags: "2:2 warning: \"duration\" is set twice in this scene; the last one is used",
		},
		{
			name: "variable not given", src: "Hi {{name}}\n\n```\n{{x}}\n```\n<!-- {{y}} -->", want: "say \"Hi {{name}}\"\nfence text  \"{{x}}\"",
			diags: "1:4 warning: the variable \"name\" has no value and stays as it is",
		},
	}
}

func TestNarration(t *testing.T) {
	t.Parallel()
	check(t, narrationRows())
}

func narrationRows() []row {
	return []row{
		{name: "paragraph", src: "one\n  two\n\nthree", want: "say \"one two\"\nsay \"three\""},
		{
			name: "emphasis", src: "*a* _b_ **c** __d__ ~~e~~ `SAR` ***f***",
			want: "say emphasis\"a\" \" \" emphasis\"b\" \" \" strong\"c\" \" \" strong\"d\" \" \" reduced\"e\" \" \" " +
				"spell\"SAR\" \" \" strong\"f\"",
		},
		{name: "nested", src: "**a *b* c** *x `y`*", want: "say strong\"a b c\" \" \" emphasis\"x \" spell\"y\""},
		{name: "emphasis without blanks", src: "これは**「重要」**です。", want: "say \"これは\" strong\"「重要」\" \"です。\""},
		{
			name: "emphasis up to a stop", src: "这是**重点。**然后*“继续”*吧~~（不）~~。",
			want: "say \"这是\" strong\"重点。\" \"然后\" emphasis\"“继续”\" \"吧\" reduced\"（不）\" \"。\"",
		},
		{name: "emphasis without a blank behind", src: "**Bold.**Next f(*a)*2", want: "say strong\"Bold.\" \"Next f(*a)*2\""},
		{name: "stars of code", src: "2**(3)**4 and f(**kwargs, **more)", want: "say \"2**(3)**4 and f(**kwargs, **more)\""},
		{
			name: "lines without blanks", src: "今日は、\n良い**天気**\n です。\n*Yes*\n한국\n어",
			want: "say \"今日は、良い\" strong\"天気\" \" です。 \" emphasis\"Yes\" \" 한국 어\"",
		},
		{name: "no entity", src: "&notanentity; &semi; &copy;", want: "say \"&notanentity; ; ©\""},
		{name: "over lines", src: "a **b\nc** d", want: "say \"a \" strong\"b c\" \" d\""},
		{name: "no markup", src: "snake_case 2 * 3 * 4 a~b", want: "say \"snake_case 2 * 3 * 4 a~b\""},
		{name: "escapes and entities", src: `\*a\* &amp; &copy; &#65; \&amp; AT&T`, want: `say "*a* & © A &amp; AT&T"`},
		{
			name: "links", src: "see [the *site*](http://x.y/z_a) <https://a.b> [r][1]\n\n[1]: http://x",
			want: "say \"see the \" emphasis\"site\" \" https://a.b r\"",
		},
		{name: "dots", src: "wait... and…", want: "say \"wait... and…\""},
		{
			name: "hard breaks", src: "a  \nb\\\nc<br>d", want: "say \"a b c d\"",
			diags: "3:2 warning: the HTML tag \"<br>\" is left out of the narration",
		},
		{
			name: "HTML", src: "a <b>bold</b> word", want: "say \"a bold word\"",
			diags: "1:3 warning: the HTML tag \"<b>\" is left out of the narration",
		},
		{
			name: "headings and lists", src: "# One #\nintro\n- a\n- b\n  more\n* c\n1. d\n2) e\n\n- [x] task\n## C#",
			want: "say \"One\"\nsay \"intro\"\nsay \"a\"\nsay \"b more\"\nsay \"c\"\nsay \"d\"\nsay \"e\"\nsay \"task\"\nsay \"C#\"",
		},
		{
			name: "no lists", src: "#tag -5 degrees\nin 3. grade\n\n1984. A year.",
			want: "say \"#tag -5 degrees in 3. grade\"\nsay \"1984. A year.\"",
		},
		{name: "table", src: "| a | b |\n|---|:-:|\n| *c* | d |", want: "say \"a, b\"\nsay emphasis\"c\" \", d\""},
		{
			name: "rules", src: "a\n===\nb\n***\nc", want: "say \"a\"\nsay \"b\"\nsay \"c\"",
			diags: "4:1 warning: \"***\" does not separate scenes and is ignored",
		},
		{
			name: "quotes", src: "> a *b*\n>  c...\n\ntext\n>\n> > x <!-- y -->\nmore",
			want: "quote \"a b\\nc...\"\nsay \"text\"\nquote \"x\"\nsay \"more\"",
		},
		{name: "empty quote", src: ">", want: "quote \"\""},
		{name: "quote with direction", src: "> smaller (font-size: 20)", want: "quote \"smaller (font-size: 20)\""},
		{
			name: "speak", src: "<speak version=\"1.1\" xml:lang='en'>\nHi <break time=\"1s\"/>\n\n---\n" +
				"<emphasis level='strong'>you &amp; me</emphasis>\n</speak>",
			want: "ssml <speak version=\"1.1\" xml:lang=\"en\">\nHi <break time=\"1s\"></break>\n\n---\n" +
				"<emphasis level=\"strong\">you & me</emphasis>\n</speak>",
		},
		{
			name: "speak touches narration", src: "a\n<speak>b</speak> c\nd <speak>e</speak>",
			want: "say \"a\"\nssml <speak>b</speak>\nsay \"c d\"\nssml <speak>e</speak>",
		},
		{name: "speak in code", src: "the `<speak>` tag `</speak>`", want: "say \"the \" spell\"<speak>\" \" tag \" spell\"</speak>\""},
		{
			name: "entity of HTML", src: "<speak>\na&nbsp;b</speak>",
			diags: "2:2 error: this <speak> block is not well-formed SSML: invalid character entity &nbsp;",
		},
		{
			name: "attribute twice", src: "<speak>\n<break time='1s' time='2s'/></speak>",
			want: "ssml <speak>\n<break time=\"2s\"></break></speak>", diags: "2:1 error: the attribute time of <break> is there twice",
		},
		{
			name: "SSML in narration", src: "a <break time='1s'/> b", want: "say \"a b\"",
			diags: "1:3 warning: the HTML tag \"<break time='1s'/>\" is left out of the narration",
		},
		{name: "malformed nesting", src: "<speak>\n<p>\n<s>a</p>\n</speak>", diags: "3:1 error: <s> is not closed"},
		{name: "malformed end", src: "<speak>\n</p></speak>", diags: "2:1 error: </p> closes nothing | did you mean </speak>?"},
		{
			name: "malformed attribute", src: "<speak>\nx <break time=1s/></speak>",
			diags: "2:3 error: this <speak> block is not well-formed SSML: unquoted or missing attribute value in element",
		},
		{
			name: "unknown elements", src: "<speak><brake/><break tme='1s'/></speak>", want: "ssml <speak><brake></brake>" +
				"<break tme=\"1s\"></break></speak>",
			diags: "1:8 warning: <brake> is not an element of SSML 1.1; its text is spoken | did you mean <break>?\n" +
				"1:16 warning: <break> has no attribute \"tme\" in SSML 1.1; it is ignored | did you mean time?",
		},
		{
			name: "external entity", src: "<speak><!DOCTYPE x SYSTEM 'file:///etc/passwd'></speak>",
			diags: "1:8 error: declarations are not allowed in a <speak> block",
		},
	}
}

func TestSlides(t *testing.T) {
	t.Parallel()
	check(t, slideRows())
}

func slideRows() []row {
	return []row{
		{
			name: "kinds", src: "```\na\n```\n```md\n# a\n```\n```css\nb\n```\n```mermaid\nc\n```\n```dot\nd\n```\n```math\ne\n```",
			want: "fence text  \"a\"\nfence markdown  \"# a\"\nfence code css \"b\"\nfence mermaid  \"c\"\nfence dot  \"d\"\nfence math  \"e\"",
		},
		{name: "empty", src: "```\n```", want: "fence text  \"\""},
		{name: "info", src: "```js {1,2} title\nx\n```", want: "fence code js \"x\""},
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.FromSlash("../../../shared/examples/*/script/source.md"))
	if len(files) == 0 {
		t.Skip("shared/examples is not next to the repository: its scripts are not tested")
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		s, list := Parse("source.md", src)
		if len(list) > 0 || len(s.Scenes) == 0 {
			t.Errorf("%s: %d scenes, %s", f, len(s.Scenes), brief(list))
		}
		roundTrip(t, src)
	}
}

// TestHintsOfMarkup checks the hints of findings about markup.
func TestHintsOfMarkup(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"<speak>a &nbsp; b</speak>":                 "write &#160;",
		"<speak>a &bogus; b</speak>":                "write &amp;",
		"<speak>a & b</speak>":                      "write &amp;",
		"<speak><break time='1s' time=''/></speak>": "remove one of them",
		"a <break time='1s'/> b":                    "<speak> … </speak>",
		"a <emphasis>b</emphasis>":                  "<speak> … </speak>",
		"a </speak>":                                "on a line of its own",
		"a <p>b":                                    `write \<`,
	} {
		_, list := Parse("s.md", []byte(src))
		if len(list) == 0 || !strings.Contains(list[0].Hint, want) {
			t.Errorf("%q: %v, want %q", src, list, want)
		}
	}
}
