package markup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/markup"
	"mynah/internal/testrun"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"heading", "# One", `<h1 dir="auto">One</h1>`},
		{"table", "| a | b |\n|---|--:|\n| 1 | 2 |", `<td style="text-align:right">2</td>`},
		{"directions", "- a\n  - b\n\n    c\n\n> d", "<ul dir=\"auto\">\n<li>a\n<ul>\n<li>\n<p>b</p>"},
		{"direction of a quote", "> d", "<blockquote dir=\"auto\"><p>d</p>"},
		{"direction of a table", "| a |\n|---|", `<table dir="auto">`},
		{"task", "- [x] done", `<input checked="" disabled="" type="checkbox"> done`},
		{"strike", "~~old~~", "<del>old</del>"},
		{"emphasis without blanks", "これは**「重要」**です。这是~~（不）~~。", "これは<strong>「重要」</strong>です。这是<del>（不）</del>。"},
		{"autolink", "see https://example.org/x", `<a href="https://example.org/x">`},
		{"footnote", "a[^1]\n\n[^1]: note", `class="footnotes"`},
		{"kept tags", "H<sub>2</sub>O <KBD>x</KBD><br/>", `H<sub>2</sub>O <kbd>x</kbd><br>`},
		{"tag with an attribute", `<b onclick="x()">b</b>`, `&lt;b onclick=&#34;x()&#34;&gt;b</b>`},
		{"script", "a <script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"block of HTML", "<div>\nhello\n</div>", "&lt;div&gt;\nhello\n&lt;/div&gt;"},
		{"type", "a List<String> b", "List&lt;String&gt;"},
		{"comment", "a <!-- no --> b", "a  b"},
		{"code", "```go\nfunc f() {}\n```", `<span class="kd">func</span>`},
		{"dangerous link", "[x](javascript:alert(1))", `<a href="">x</a>`},
		{"image", "![a b](pics/a%20b.png)", `<img src="pics/a%20b.png" alt="a b">`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := markup.RenderMarkdown(tt.in, markup.All).HTML; !strings.Contains(got, tt.want) {
				t.Errorf("%q gives\n%s\nwithout\n%s", tt.in, got, tt.want)
			}
		})
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want int
	}{
		{"", 0},
		{"text", 0},
		{"- a\n- b\n- c", 3},
		{"1. a\n   - b\n   - c\n2. d", 4},
		{"> - quoted", 1},
		{"- [ ] a\n- [x] b", 2},
		{"a[^1]\n\n[^1]: no item", 0},
		{"- a\n\n      - code, no item", 1},
	}
	for _, tt := range tests {
		if got := markup.CountItems(tt.in); got != tt.want {
			t.Errorf("Items(%q) = %d, want %d", tt.in, got, tt.want)
		}
	}
}

func TestItemsAreShownInOrder(t *testing.T) {
	t.Parallel()
	const src = "- a\n  - b\n- c"
	for shown, want := range map[int]int{markup.All: 0, 0: 3, 1: 2, 2: 1, 3: 0, 9: 0} {
		doc := markup.RenderMarkdown(src, shown)
		if got := strings.Count(doc.HTML, `class="later"`); got != want || doc.Items != 3 {
			t.Errorf("with %d shown, %d of %d items wait, want %d of 3:\n%s", shown, got, doc.Items, want, doc.HTML)
		}
	}
}

func TestImages(t *testing.T) {
	t.Parallel()
	doc := markup.RenderMarkdown("![](a.png) ![](<b c.png>)\n\n- ![](../d.svg)", markup.All)
	if got := fmt.Sprint(doc.Images); got != "[a.png b c.png ../d.svg]" {
		t.Errorf("images %s", got)
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	got := markup.RenderCode("go", "a := 1\n\n// <b>\n", func(line int) bool { return line == 3 })
	if n := strings.Count(got, `class="line`); n != 4 {
		t.Errorf("%d lines, want 4:\n%s", n, got)
	}
	if n := strings.Count(got, `class="line dim"`); n != 3 {
		t.Errorf("%d dimmed lines, want 3:\n%s", n, got)
	}
	if !strings.Contains(got, `<span class="c1">// &lt;b&gt;</span>`) {
		t.Errorf("no comment in\n%s", got)
	}
	plain := markup.RenderCode("no-such-language", "if <a>", nil)
	if want := `<span class="line">if &lt;a&gt;` + "\n</span>"; !strings.Contains(plain, want) {
		t.Errorf("%s, want %s", plain, want)
	}
}

func TestCodeStyle(t *testing.T) {
	t.Parallel()
	light, dark := markup.ComposeCodeStyle("github", "#ffffff"), markup.ComposeCodeStyle("github-dark", "#000000")
	if !strings.Contains(light, ".code .kd{") || light == dark {
		t.Errorf("styles\n%s\n%s", light, dark)
	}
	if strings.Contains(light, "background") {
		t.Errorf("a background in\n%s", light)
	}
	if got := markup.ComposeCodeStyle("github", "#ffffff"); got != light {
		t.Error("not the same twice")
	}
}

func TestCodeIsReadable(t *testing.T) {
	t.Parallel()
	// The style is designed for white; its black text needs no change there.
	white, black := markup.ComposeCodeStyle("github", "#ffffff"), markup.ComposeCodeStyle("github", "#000000")
	const word = ".code .nx{color: #1f2328}"
	if !strings.Contains(white, word) || strings.Contains(black, word) || !strings.Contains(black, ".code .nx{color: #") {
		t.Errorf("on white:\n%s\non black:\n%s", white, black)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	want := "<div dir=\"auto\">a &lt;b&gt;</div>\n<div><br></div>\n<div dir=\"auto\">  c</div>\n"
	if got := markup.RenderText("a <b>\n\n  c  "); got != want {
		t.Errorf("%q", got)
	}
}

// TestTime parses texts for which Markdown parsers are slow.
func TestTime(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, unit := range []string{
		">", "> ", "- ", "* a\n", "[", "![", "[](", "**a *b ", "`", "<", "<!--", "a_", "~~", "|", "| a | b |\n", "&", "[^1]", "[^a]: b\n\n",
		"[a]: b\n", "http://", "\t", "- a\n  ", "<b", "\\", "*_", "1. ", "+ - ", "[a](<b", "![[]()", "a**b", "# a\n", "```\n", "<a href=\"",
	} {
		start := time.Now()
		markup.RenderMarkdown(strings.Repeat(unit, 200_000/len(unit)), markup.All)
		if d := time.Since(start); d > 15*time.Second {
			t.Errorf("200 kB of %q take %s", unit, d)
		}
	}
	start := time.Now()
	markup.RenderCode("go", strings.Repeat("func main() { println(\"hello\", 1) } // comment\n", 10_000), nil)
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("10,000 lines of code take %s", d)
	}
}

// TestEmoji checks that emoji codes become emoji, and that unknown codes are reported and stay.
func TestEmoji(t *testing.T) {
	t.Parallel()
	got := markup.RenderMarkdown("Ready :rocket: and :rokcet:, at 10:30:15, `:no:`, a:b:c", markup.All)
	if !strings.Contains(got.HTML, "Ready 🚀 and :rokcet:, at 10:30:15") {
		t.Errorf("got %s", got.HTML)
	}
	if !slices.Equal(got.Unknown, []string{":rokcet:"}) {
		t.Errorf("unknown codes %q", got.Unknown)
	}
	if h := markup.FindHeading("# Launch :rocket:"); h != "Launch 🚀" {
		t.Errorf("heading %q", h)
	}
}

// TestSourceOfAQuote checks which line of a quote is its source.
func TestSourceOfAQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"> Invent it.\n>\n> — Alan Kay":      `<p class="source">— Alan Kay</p>`,
		"> Invent it.\n> – Alan Kay, *1971*": `<p class="source">– Alan Kay, <em>1971</em></p>`,
		"> Invent it.\n> -- Alan Kay":        `<p class="source">-- Alan Kay</p>`,
		"> — a dialogue begins":              "",
		"> — Who is there?\n> — I am.":       "",
		"> One.\n> — Two.\n> Three.":         "",
		"> Invent it,\n> said Alan - Kay":    "",
		"Invent it.\n— Alan Kay":             "",
	} {
		got := markup.RenderMarkdown(text, markup.All).HTML
		if want == "" && strings.Contains(got, "source") || !strings.Contains(got, want) {
			t.Errorf("%q becomes %s", text, got)
		}
	}
}
