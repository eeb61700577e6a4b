package slide

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// describeBrand returns what parseBrand reads, as text.
func describeBrand(css string) string {
	b, ignored, failure := parseBrand(css, func(address string) string { return "BASE/" + address })
	var out []string
	for _, v := range b.variables {
		out = append(out, v.name+"="+v.value)
	}
	out = append(out, b.fonts...)
	for _, rule := range ignored {
		out = append(out, fmt.Sprintf("ignored %s in line %d", rule.text, rule.line))
	}
	if failure != nil {
		out = append(out, fmt.Sprintf("error in line %d", failure.line))
	}
	return strings.Join(out, "\n")
}

func TestParseBrand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ css, want string }{
		"variables": {
			":root { --accent: #e4002b; --ink:rgb(1 2 3 / .5) }", "--accent=#e4002b\n--ink=rgb(1 2 3 / .5)",
		},
		"several rules": {":root{--a:1}\nhtml{--b:2}\n:ROOT{--a:3}", "--a=1\n--b=2\n--a=3"},
		"both names":    {":root, html { --a: 1 }", "--a=1"},
		"root among others": {
			".x, :root, .y { --a: 1 }", "--a=1\nignored .x in line 1\nignored .y in line 1",
		},
		"comments": {
			"/* :root{--no:1} */:root{/* a */--a:/* b */1;/*--b:2*/}/* open", "--a=/* b */1",
		},
		"lists of fonts": {`:root{--sans:"House Sans", Inter, sans-serif}`, `--sans="House Sans", Inter, sans-serif`},
		"fonts": {
			"@font-face { font-family: X; src: local('Y'), url(fonts/a.woff2) format('woff2'), URL( \"b c.ttf\" ) }",
			`@font-face{font-family:X;src:local('Y'),url("BASE/fonts/a.woff2") format('woff2'),url("BASE/b c.ttf");}`,
		},
		"other rules": {
			":root{--a:1;\n  color: red\n}\nbody {\n  margin: 0 }\nh1 > b{--c:2}\n@import 'x.css';",
			"--a=1\nignored color in line 2\nignored body in line 4\nignored h1>b in line 6\nignored @import in line 7",
		},
		"conditions": {
			"\n@media print {\n  :root { --a: 1 }\n  @font-face { font-family: X }\n}\n:root{--b:2}",
			"--b=2\nignored @media in line 2\nignored @font-face in line 4",
		},
		"nested rules": {":root { --a: 1; & b { --c: 3 } --d: 4 }", "--a=1\n--d=4\nignored & b in line 1"},
		"an invalid part": {
			":root {\n --a: 1;\n nonsense;\n --b: 2 }\n:root{--c:3}", "--a=1\n--b=2\n--c=3\nerror in line 3",
		},
		"an open block":     {":root { --a: 1; --b: 2", "--a=1\n--b=2"},
		"an open address":   {"@font-face { src: url(", `@font-face{src:url("BASE/");}`},
		"nothing":           {"", ""},
		"no style sheet":    {"PNG\x00\xff\xfe", "error in line 1"},
		"only a close":      {"}", "error in line 1"},
		"a value in braces": {":root { --a: { b: c }; --d: 1 }", "--a={ b: c }\n--d=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := describeBrand(c.css); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// requestWithBrand returns the request of a slide with a brand, in a project with these files.
func requestWithBrand(css string) Request {
	return Request{
		Width: 1280, Height: 720, Brand: "looks/house.css",
		Blocks: []Block{{Kind: frame.TextBlock, Text: "a", Range: diag.Range{File: "script.md"}}},
		Files:  fstest.MapFS{"looks/house.css": {Data: []byte(css)}, "looks/a b.woff2": {Data: []byte("font")}},
	}
}

// TestBrandFiles checks what a brand adds to the page, and the warnings about it.
func TestBrandFiles(t *testing.T) {
	t.Parallel()
	style := func(css string) (string, []Warning) {
		r := requestWithBrand(css)
		k := gatherFiles(r)
		return k.brand.formatStyle(), k.warnings
	}
	t.Run("addresses are those of the project", func(t *testing.T) {
		t.Parallel()
		got, list := style("@font-face{font-family:X;src:url('a b.woff2')}:root{--sans:X}")
		const want = `<style class="brand">` +
			`@font-face{font-family:X;src:url("mynah-base:looks/a%20b.woff2");}:root{--sans:X;}</style>`
		if got != want || len(list) > 0 {
			t.Errorf("%s, want %s; %+v", got, want, list)
		}
	})
	t.Run("files that are missing or outside", func(t *testing.T) {
		t.Parallel()
		got, list := style("@font-face{src:url(none.woff2),url(../../x.woff2),url(https://x.y/z.woff2)}")
		if strings.Contains(got, "x.y") || strings.Contains(got, "..") || len(list) != 3 {
			t.Errorf("%s; %+v", got, list)
		}
	})
	t.Run("it cannot leave its element", func(t *testing.T) {
		t.Parallel()
		for _, css := range []string{
			`:root{--a:"</style><script>1</script>"}`, `@font-face{font-family:"</STYLE>";}`,
			`:root{--</style>:1}`, `:root{--a:</style>}`,
		} {
			got, _ := style(css)
			if strings.Contains(strings.TrimSuffix(got, "</style>"), "</") {
				t.Errorf("%s becomes %s", css, got)
			}
		}
	})
	t.Run("other rules are warnings at their lines", func(t *testing.T) {
		t.Parallel()
		_, list := style(":root{--a:1}\n\nbody{margin:0}\n" + strings.Repeat("p{color:red}\n", 30))
		if len(list) != mostIgnored+1 || list[0].Range.File != "looks/house.css" || list[0].Range.Start.Line != 3 ||
			!strings.Contains(list[0].Summary, "body, which is ignored") || list[0].Hint == "" ||
			!strings.Contains(list[mostIgnored].Summary, "21 more rules") {
			t.Errorf("%+v", list)
		}
	})
	t.Run("an error is a warning at its line", func(t *testing.T) {
		t.Parallel()
		got, list := style(":root{--a:1;\nnonsense;\n--b:2}")
		if !strings.Contains(got, "--b:2") || len(list) != 1 || list[0].Range.Start.Line != 2 {
			t.Errorf("%s; %+v", got, list)
		}
	})
	t.Run("a file that is missing", func(t *testing.T) {
		t.Parallel()
		r := requestWithBrand("")
		r.Brand = "none.css"
		list := gatherFiles(r).warnings
		if len(list) != 1 || !strings.Contains(list[0].Summary, "none.css cannot be read") {
			t.Errorf("%+v", list)
		}
	})
	t.Run("its bytes are part of the key", func(t *testing.T) {
		t.Parallel()
		if requestWithBrand(":root{--a:1}").ComputeKey("1") == requestWithBrand(":root{--a:2}").ComputeKey("1") {
			t.Error("another brand has the same key")
		}
	})
}

// TestLargeBrand checks that the time grows with the length of a brand, not with its square.
func TestLargeBrand(t *testing.T) {
	t.Parallel()
	for name, css := range map[string]string{
		"variables":     ":root{" + strings.Repeat("--accent:#123456;\n", 1<<16) + "}",
		"ignored rules": strings.Repeat("p{color:red}\n", 1<<16),
		"open brackets": strings.Repeat("a{(", 1<<18),
		"errors":        ":root{" + strings.Repeat("x;\n", 1<<18),
	} {
		start := time.Now()
		parseBrand(css, func(string) string { return "" })
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: %d bytes take %s", name, len(css), took)
		}
	}
}

func FuzzBrand(f *testing.F) {
	for _, s := range []string{
		":root{--a:1}", "@font-face{src:url(a)}", "url(",
		"@media{:root{--a:1}", ":root{--a:</style>}", "@font-face{src:url(\"a", "}{",
		":root{--a:{;b}", "/*", "@import \"x\";",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, ignored, failure := parseBrand(s, func(address string) string { return address })
		lines := strings.Count(s, "\n") + 1
		for _, rule := range ignored {
			if rule.line < 1 || rule.line > lines {
				t.Errorf("%q: line %d of %d", s, rule.line, lines)
			}
		}
		if failure != nil && (failure.line < 1 || failure.line > lines) {
			t.Errorf("%q: error in line %d of %d", s, failure.line, lines)
		}
		if style := b.formatStyle(); strings.Count(style, "</") > 1 {
			t.Errorf("%q leaves its element: %q", s, style)
		}
	})
}
