//go:build linux

package script

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// worst returns inputs of a megabyte that make parsers slow: openings that are never closed, deep
// nesting, and many repetitions.
func worst() map[string]string {
	size := 1 << 20
	if testing.Short() {
		size = 1 << 16
	}
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"brackets":             fill("("),
		"bracket lines":        fill("(\n"),
		"balanced brackets":    fill("(") + fill(")"),
		"directions":           fill("(pause: 1)\n"),
		"directions in a line": fill("(pause: 1) "),
		"unknown directions":   fill("(x: 1)\n"),
		"near directions":      fill("(pauze: 1)\n"),
		"open directions":      fill("(callout:\n"),
		"open text directions": fill("(chapter: a\n"),
		"open paragraphs":      fill("(callout:\n\n"),
		"open in a line":       fill("(pause:"),
		"known in prose":       fill("a (pause: 1 "),
		"named brackets":       fill("(a:\nb: c\n"),
		"named and nothing":    fill("(a:\n\n"),
		"small maps":           fill("(image:\nfile: a)\n"),
		"small YAML maps":      fill("(image: {file: a})\n"),
		"small quoted maps":    fill("(image:\nfile: \"\\a\")\n"),
		"image openings":       fill("!["),
		"image halves":         fill("![]("),
		"image brackets":       fill("![[[[[[[[[[[[[["),
		"images":               fill("![](a)\n"),
		"images in a line":     fill("![](a) "),
		"images in prose":      fill("a ![](a) "),
		"long alternative":     "![" + fill("a ") + "](a)",
		"long options":         "![" + fill("top ") + "](a)",
		"comments":             fill("<!--"),
		"comment lines":        fill("<!--\n---\n"),
		"whole comments":       fill("<!-- -->"),
		"comment endings":      fill("-->"),
		"words and comments":   fill("a<!---->"),
		"variables":            fill("{{a}}"),
		"variable lines":       fill("{{a}}\n\n"),
		"variable openings":    fill("{{"),
		"variable halves":      fill("{{a "),
		"variables in fences":  "```\n" + fill("{{a}}") + "\n```",
		"asterisks":            fill("*"),
		"emphasis openings":    fill("*a "),
		"emphasis endings":     fill("a* "),
		"mixed emphasis":       fill("*a _b ~~c "),
		"strong":               fill("a**b"),
		"asterisk paragraphs":  fill("*\n\n"),
		"emphasis paragraphs":  fill("*a*\n\n"),
		"underscores":          fill("_a__ "),
		"tildes":               fill("~"),
		"strikes":              fill("~a "),
		"backticks":            fill("`"),
		"growing backticks":    growing("`", size),
		"code":                 fill("`a "),
		"square brackets":      fill("["),
		"links":                fill("[a]("),
		"nested links":         fill("[a](b "),
		"link definitions":     fill("[a]: b\n"),
		"link uses":            fill("[a]: b\n\n[a] "),
		"tags":                 fill("<a "),
		"tag openings":         fill("<"),
		"whole tags":           fill("<b>"),
		"declarations":         fill("<!a"),
		"instructions":         fill("<?"),
		"entities":             fill("&amp;"),
		"ampersands":           fill("&"),
		"backslashes":          fill("\\"),
		"speak":                fill("<speak>"),
		"speak lines":          fill("<speak>\n---\n"),
		"speak and fences":     fill("<speak>\n---\n") + "```\n```\n</speak>",
		"speak blocks":         fill("<speak>a</speak>\n"),
		"speak in a line":      fill("a <speak>a</speak> "),
		"speak nested":         "<speak>" + fill("<p>") + "</speak>",
		"speak wide":           "<speak>" + fill("<p/>") + "</speak>",
		"speak attributes":     "<speak " + fill("a='' ") + "/>",
		"speak unknown":        "<speak>" + fill("<x y='z'/>") + "</speak>",
		"quotes":               fill(">"),
		"quote lines":          fill("> a\n"),
		"quote paragraphs":     fill("> *\n\n"),
		"one word":             fill("a"),
		"one line":             fill("word "),
		"one paragraph":        fill("some words\n"),
		"small paragraphs":     fill("a\n\n"),
		"separators":           fill("---\n"),
		"scenes":               fill("a\n---\n"),
		"dashes":               fill("-"),
		"fences":               fill("```\n```\n"),
		"fence openings":       fill("```a\n---\n"),
		"shrinking fences":     shrinking(size),
		"lists":                fill("- a\n"),
		"headings":             fill("# a\n"),
		"table":                "a|b\n-|-\n" + fill("a|b\n"),
		"wide table":           "a|b\n-|-\n" + fill("a|"),
		"header":               "---\n" + fill("x: y\n") + "---\n",
		"header twice":         "---\n" + fill("voice: y\n") + "---\n",
		"open header":          "---\n" + fill("voice: y\n"),
		"header maps":          "---\n" + fill("transition:\n type: fade\n") + "---\n",
		"header braces":        "---\nsubtitles: " + fill("{") + "\n---\n",
		"header brace lines":   "---\n" + fill("x: {\n") + "---\n",
		"header junk":          "---\n" + fill("junk\n") + "---\n",
		"deep YAML":            "(callout: " + fill("{a: ") + ")",
		"deep lists":           "(callout:\n  a: " + fill("[") + ")",
		"indented YAML":        "(callout:\n" + indented(size) + ")",
		"long map":             "(callout:\n" + fill("  a: b\n") + ")",
		"aliases":              "(callout:\n  a: &a [x]\n" + fill("  b: [*a, *a]\n") + ")",
		"blank lines":          fill("\n"),
		"carriage returns":     fill("\r"),
		"blanks":               fill(" "),
		"tabs":                 fill("\t"),
		"invalid bytes":        fill("\xff"),
		"invalid lines":        fill("\xff\n"),
		"NULs":                 fill("\x00"),
		"wide characters":      fill("漢"),
	}
}

func growing(s string, size int) string {
	var b strings.Builder
	for i := 1; b.Len() < size; i++ {
		b.WriteString(strings.Repeat(s, i) + " ")
	}
	return b.String()
}

// shrinking returns fences of which each is shorter than the one before, so that the failed search for
// the end of one does not answer that of the next.
func shrinking(size int) string {
	var b strings.Builder
	for i := 1400; b.Len() < size && i > 3; i-- {
		b.WriteString(strings.Repeat("`", i) + "a\n---\n")
	}
	return b.String()
}

func indented(size int) string {
	var b strings.Builder
	for i := 1; b.Len() < size; i++ {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestWorst checks that parsing time does not grow with the square of the input's size. The limit is
// wide, and counts CPU time of the thread, which other processes do not affect.
func TestWorst(t *testing.T) {
	t.Parallel()
	for name, src := range worst() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			start := threadTime(t)
			Parse("a.md", []byte(src))
			if d := threadTime(t) - start; d > 10*time.Second {
				t.Errorf("%d bytes took %s", len(src), d)
			}
		})
	}
}

// threadTime returns the CPU time that this thread has used.
func threadTime(t *testing.T) time.Duration {
	t.Helper()
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &r); err != nil {
		t.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func BenchmarkWorst(b *testing.B) {
	for name, src := range worst() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				Parse("a.md", []byte(src))
			}
		})
	}
}
