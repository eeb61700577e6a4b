package markup_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"mynah/internal/markup"
)

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{
		"# a\n\n- b\n  - c", "<script>x</script>", "<b onclick=x>", "![a](javascript:x)", "[a](data:text/html,x)", "| a |\n|-|\n| <i> |",
		"a[^1]\n\n[^1]: b", "```go\nx\n```", "<!-- a", "<br/><KBD>", "\x00\xff", "> - > a", "- [x] a", "<a href='x'", "&lt;script&gt;",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		doc := markup.RenderMarkdown(src, 1)
		if n := markup.CountItems(src); n != doc.Items {
			t.Errorf("%d items, and %d", n, doc.Items)
		}
		if want := max(doc.Items-1, 0); strings.Count(doc.HTML, ` class="later"`) < want {
			t.Errorf("fewer than %d items wait", want)
		}
		checkHarmless(t, doc.HTML)
	})
}

func FuzzCode(f *testing.F) {
	f.Add("go", "func f() {}")
	f.Add("html", "<script>alert(1)</script>\n")
	f.Add("", "a\r\nb\n\n")
	f.Add("no", "\x00\xff\n")
	f.Fuzz(func(t *testing.T, language, src string) {
		out := markup.RenderCode(language, src, nil)
		checkHarmless(t, out)
		checkHarmless(t, markup.RenderText(src))
	})
}

// checkHarmless parses HTML as a browser does and checks that it contains nothing active.
func checkHarmless(t *testing.T, s string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader("<!doctype html><body>" + s))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains([]string{
			"script", "style", "iframe", "object", "embed", "link", "meta", "base", "svg",
			"math", "form", "template",
		}, n.Data) {
			t.Errorf("an element %s in %q", n.Data, s)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
				t.Errorf("an attribute %s=%q in %q", a.Key, a.Val, s)
			}
		}
	}
}
