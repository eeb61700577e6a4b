package films_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/diag"
	"mynah/internal/testrun"
)

// TestCheckOfLooks checks the warnings of check about text over pictures, watermarks and brands.
func TestCheckOfLooks(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	h := openHouse(t, "", nil)
	t.Cleanup(h.Close)
	const (
		bare   = ".backdrop { background: none } body { color: white }"
		dark   = ".backdrop { background: rgb(0 0 0 / .6) } body { color: white }"
		text   = "\n\n```\nHello\n```\n\n(duration: 1)\n"
		image  = "![](white.png)" + text
		clip   = "![mute](white.mp4)" + text
		header = "---\nsize: 640x360\n"
	)
	shape := func(style string) string {
		return "(callout:\n  type: rectangle\n  left: 40\n  top: 40\n  right: 140\n  bottom: 100\n  style: " + style + ")\n\n"
	}
	const low, mark = "hard to read over its picture", "the watermark"
	for name, c := range map[string]struct{ script, css, want string }{
		"a white image":             {header + "theme: my.css\n---\n" + image, bare, low},
		"a white clip":              {header + "theme: my.css\n---\n" + clip, bare, low},
		"a dark backdrop":           {header + "theme: my.css\n---\n" + image, dark, ""},
		"a dark backdrop on a clip": {header + "theme: my.css\n---\n" + clip, dark, ""},
		"dark text": {
			header + "theme: my.css\n---\n" + image, ".backdrop { background: none } body { color: #222 }", "",
		},
		"text on a box": {
			header + "theme: my.css\n---\n" + image, ".backdrop { background: none } .slide { background: #000; color: #fff }",
			"",
		},
		"no picture": {header + "theme: my.css\n---\n" + text, "body { color: #eee }", ""},
		"grey text": {
			header + "theme: my.css\n---\n" + image, ".backdrop { background: none } body { color: #888 }", low,
		},
		"one of two pictures": {header + "theme: my.css\n---\n![](blue.png)\n" + image, bare, low},
		"the theme default":   {header + "---\n" + image, "", ""},
		"the theme light":     {header + "theme: light\n---\n" + image, "", ""},
		"the theme paper":     {header + "theme: paper\n---\n" + image, "", ""},
		"a large watermark": {
			header + "watermark: large.svg\n---\n![](red.png)\n", "", mark + " large.svg is larger than the frame",
		},
		"a watermark that is broken": {
			header + "watermark: broken.png\n---\n![](red.png)\n", "", mark + " broken.png cannot be drawn",
		},
		"a watermark": {header + "watermark: small.svg\nprogress: bar\n---\n![](red.png)\n", "", ""},
		"a brand of rules": {
			header + "brand: my.css\n---\n![](red.png)\n", ":root{--accent:red}\nbody{margin:0}", "the brand sets body",
		},
		"a brand of rules, slides": {
			header + "brand: my.css\n---\n" + image, ":root{--accent:red}\nbody{margin:0}", "the brand sets body",
		},
		"timed callouts": {
			header + "theme: my.css\n---\n![](white.png)\n\n" + shape("outline\n  label: here") + shape("highlight") + shape("zoom") +
				text, dark, "",
		},
		"timed callouts, one after the other": {
			header + "theme: my.css\n---\n(reveal: callouts)\n\n![zoom](white.png)\n\n" + shape("mask") + shape("outline") + text,
			dark, "",
		},
		"timed callouts on a clip and a layout": {
			header + "theme: my.css\n---\n![mute](white.mp4)\n\n" + shape("outline") + shape("zoom") + text +
				"\n---\n(layout: split)\n![screen zoom](white.png)\n\n" + shape("outline") + "~~~\nHello\n~~~\n\n(duration: 1)\n", dark, "",
		},
		"a label without font": {
			header + "---\n![](red.png)\n\n" + shape("outline\n  label: here \U00011F12"), "", "font contains",
		},
		"timed callouts, low contrast": {header + "theme: my.css\n---\n![](white.png)\n\n" + shape("outline") + text, bare, low},
		"a brand":                      {header + "brand: my.css\n---\n" + image, ":root{--accent:red}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := written(t, c.script)
			for file, text := range map[string]string{
				"my.css": c.css, "broken.png": "no image",
				"large.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="50"/>`,
				"small.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="50"/>`,
			} {
				if err := os.WriteFile(filepath.Join(filepath.Dir(path), file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			request := requestVideo(path, "")
			request.Slides = true
			list, _, err := h.Studio.Check(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(list) > 0 {
				t.Errorf("%v", list)
			}
			if c.want != "" && (len(list) != 1 || !strings.Contains(list[0].Summary, c.want) || list[0].Hint == "") {
				t.Fatalf("%v, want %s", list, c.want)
			}
			if c.want == low && (list[0].Code != diag.LowContrast || list[0].Range.Start.Line == 0) {
				t.Errorf("%+v", list[0])
			}
		})
	}
}
