package slide

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestReferences(t *testing.T) {
	t.Parallel()
	tests := []struct{ css, want string }{
		{`a{background:url(a.png)}`, "[{a.png true}]"},
		{`a{background:url( "a b.png" )}`, "[{a b.png true}]"},
		{`a{background:URL('a.png')}`, "[{a.png true}]"},
		{`a{background:u\72l(a\.png)}`, "[{a.png true}]"},
		{`a{background:\75 rl(a.png)}`, "[{a.png true}]"},
		{`@import "x.css"; @import url(y.css);`, "[{x.css true} {y.css true}]"},
		{`@import/**/"x.css";`, "[{x.css true}]"},
		{`/* url(no.png) */ a{content:"url(no.png)"}`, "[{url(no.png) false}]"},
		{`a{background:image-set("a.png" 1x, url(b.png) 2x)}`, "[{a.png false} {b.png true}]"},
		{`a{content:"\"";background:url(a.png)}`, `[{" false} {a.png true}]`},
		{`a{content:"open` + "\n" + `;background:url(a.png)}`, "[{open false} {a.png true}]"},
		{`url(`, "[{ true}]"},
		{`a{b:curl(x.png)}`, "[]"},
	}
	for _, tt := range tests {
		if got := fmt.Sprint(findReferences(tt.css)); got != tt.want {
			t.Errorf("%s gives %s, want %s", tt.css, got, tt.want)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"a.png": "themes/a.png", "../a%20b.png?x#y": "a b.png", "../../a.png": "", "/a.png": "", "http://h/a.png": "",
		"//h/a.png": "", "file:///etc/passwd": "", "..": "", "%2e%2e/%2e%2e/a.png": "", "": "",
	} {
		got, ok := toProjectPath(address, "themes")
		if ok != (want != "") && address != ".." || ok && want != "" && got != want {
			t.Errorf("local(%q) = %q, %v, want %q", address, got, ok, want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(parseFilters("blur(4px) drop-shadow(rgb(0, 0, 0) 1px 1px 2px) saturate(150%) hue-rotate(90deg)", 1.5))
	want := "[{blur 6 blur(4px)} {drop-shadow 0 drop-shadow(rgb(0, 0, 0) 1px 1px 2px)} " +
		"{saturate 1.5 saturate(150%)} {hue-rotate 90 hue-rotate(90deg)}]"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzReferences(f *testing.F) {
	for _, s := range []string{`url(a)`, `@import "a"`, `/*`, `"\`, `url("`, `\72`, `u\`, "url( \"a\" )"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		start := time.Now()
		for _, r := range findReferences(s) {
			if name, ok := toProjectPath(r.text, "a"); ok && (strings.HasPrefix(name, "..") || strings.HasPrefix(name, "/")) {
				t.Errorf("%q leaves the project: %q", r.text, name)
			}
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%d bytes take %s", len(s), d)
		}
		parseFilters(s, 1)
	})
}
