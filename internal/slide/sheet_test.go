package slide_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	xdraw "golang.org/x/image/draw"

	"mynah/internal/frame"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

type sample struct {
	name   string
	blocks []slide.Block
}

func md(text string) []slide.Block { return []slide.Block{{Kind: frame.MarkdownBlock, Text: text}} }

func text(s string) []slide.Block { return []slide.Block{{Kind: frame.TextBlock, Text: s}} }

func code(language, s string) []slide.Block {
	return []slide.Block{{Kind: frame.CodeBlock, Language: language, Text: s}}
}

func diagram(kind frame.BlockKind, s string) []slide.Block {
	return []slide.Block{{Kind: kind, Text: s}}
}

const goSample = `// Draw draws a slide.
func (d *Drawer) Draw(ctx context.Context, r Request) (*Drawn, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("slide %d: %w", 42, err)
	}
	return d.try(ctx, r)
}`

// samples returns slides of every kind, as in real scripts.
func samples() []sample {
	return []sample{
		{"text", text("Videos from\nplain text")},
		{"list", md("# Three good reasons\n\n- It is **fast**\n- It runs on *your* machine\n- It reads `script.md`")},
		{"nested", md("## Getting started\n\n1. Install the program\n   - on Debian, `apt install`\n   - or with Docker\n" +
			"2. Write a script\n3. Build the film")},
		{"table", md("## Plans\n\n| Plan | Minutes | Price |\n|---|--:|--:|\n| Free | 20 | $0 |\n| Team | 300 | $45 |\n" +
			"| Company | 2,000 | $200 |")},
		{"code", code("go", goSample)},
		{"quote", md("> The best way to predict the future is to invent it.\n\nAlan Kay, 1971[^1]\n\n" +
			"[^1]: At a meeting of PARC; quoted in many places since.")},
		{"tasks", md("## Today\n\n- [x] Write the script\n- [x] Draw the slides\n- [ ] Record the clip, press <kbd>R</kbd>")},
		{"cjk", md("# 你好，世界\n\n- 日本語のスライド\n- 한국어 슬라이드\n- 简体中文与繁體中文")},
		{"rtl", md("# שלום עולם\n\n- مرحبا بالعالم\n- שורה בעברית עם English\n- السطر الثالث")},
		{"emoji", text("Ready? 🚀🎉\n👩‍💻 ❤️ 🇩🇪")},
		{"mixed", md("### Inline\n\nPress `Ctrl+C`, read [the guide](x), ==not== ~~never~~ <mark>always</mark>.\n\n" +
			"```python\ndef hello(name: str) -> None:\n    print(f\"Hello, {name}!\")\n```")},
		{"m-flow", diagram(frame.MermaidBlock, `flowchart LR
  A[Write a script] --> B{Check}
  B -->|fine| C[(Build)]
  B -->|mistakes| A
  subgraph Studio
    C --> D((Video))
  end`)},
		{"m-sequence", diagram(frame.MermaidBlock, `sequenceDiagram
  participant A as Author
  participant M as Mynah
  A->>M: script.md
  activate M
  M-->>A: film.mp4
  deactivate M
  Note over A,M: no editing
  loop every save
    A->>M: change
  end`)},
		{"m-pie", diagram(frame.MermaidBlock, `pie title Time of a build
  "Voices" : 45
  "Pictures" : 30
  "Sound" : 15
  "Other" : 10`)},
		{"m-xychart", diagram(frame.MermaidBlock, `xychart-beta
  title "Builds a day"
  x-axis [Mon, Tue, Wed, Thu, Fri]
  y-axis "Builds" 0 --> 100
  bar [30, 45, 60, 80, 95]
  line [20, 40, 55, 70, 90]`)},
		{"m-gantt", diagram(frame.MermaidBlock, `gantt
  title Plan
  dateFormat YYYY-MM-DD
  section Write
  Script :done, a1, 2026-01-05, 5d
  Review :active, a2, after a1, 3d
  section Build
  Video :crit, b1, after a2, 2d
  Publish :b2, after b1, 2d`)},
		{"m-mindmap", diagram(frame.MermaidBlock, `mindmap
  root((Mynah))
    Scripts
      Markdown
      Variables
    Voices
      Neural
      Remote
    Videos
      Captions`)},
		{"m-timeline", diagram(frame.MermaidBlock, `timeline
  title Releases
  2024 : First
  2025 : Voices : Themes
  2026 : Studio : Decks`)},
		{"m-git", diagram(frame.MermaidBlock, `gitGraph
  commit
  branch feature
  checkout feature
  commit
  commit
  checkout main
  merge feature
  commit`)},
		{"m-quadrant", diagram(frame.MermaidBlock, `quadrantChart
  title Reach and effort
  x-axis Low effort --> High effort
  y-axis Low reach --> High reach
  quadrant-1 Plan
  quadrant-2 Do now
  quadrant-3 Later
  quadrant-4 Avoid
  Themes: [0.3, 0.6]
  Decks: [0.7, 0.8]`)},
		{"m-sankey", diagram(frame.MermaidBlock, `sankey-beta
Script,Speech,40
Script,Slides,30
Speech,Video,40
Slides,Video,30`)},
		{"m-class", diagram(frame.MermaidBlock, `classDiagram
  Engine <|-- Piper
  Engine <|-- Flite
  Engine : +Speak(text) Clip
  Piper : -model path`)},
		{"m-state", diagram(frame.MermaidBlock, `stateDiagram-v2
  [*] --> Queued
  Queued --> Running
  Running --> Succeeded
  Running --> Failed
  Succeeded --> [*]`)},
		{"m-er", diagram(frame.MermaidBlock, `erDiagram
  TENANT ||--o{ KEY : owns
  TENANT ||--o{ BUILD : starts
  BUILD { string id  string state }`)},
		{"m-journey", diagram(frame.MermaidBlock, `journey
  title A first video
  section Write
    Script: 4: Author
    Check: 5: Author, Mynah
  section Build
    Wait: 3: Author
    Watch: 5: Author`)},
		{"mermaid", diagram(frame.MermaidBlock,
			"flowchart LR\n  A[Write a script] --> B{Check}\n  B -->|fine| C[Build the film]\n  B -->|mistakes| A")},
		{"sequence", diagram(frame.MermaidBlock,
			"sequenceDiagram\n  participant A as Author\n  participant M as Mynah\n  A->>M: script.md\n  M-->>A: film.mp4\n"+
				"  Note over A,M: no editing")},
		{"dot", diagram(frame.DotBlock, `digraph {
  rankdir=LR
  script -> storyboard -> timeline -> film
  voice -> timeline
}`)},
		{"math", diagram(frame.MathBlock, "\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}\n\nx = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}")},
		{"full-list", md("## Release notes\n\n" + strings.Repeat("- The importer reads files of any size and says which "+
			"lines of them are wrong, with a remedy\n", 9))},
		{"full-table", md("| Setting | Default | Meaning |\n|---|---|---|\n" + strings.Repeat("| `max-upload` | 1 GiB | "+
			"the largest archive that the server accepts from a client |\n", 14))},
		{"wide-code", code("sh", "curl -H 'x-api-key: secret' -F project=@project.zip -F source=script.md "+
			strings.Repeat("-F variables='{\"name\": \"value\"}' ", 7)+"http://localhost:8080/v1/builds\necho done")},
		{"tall-code", code("go", strings.Repeat(goSample+"\n\n", 5))},
		{"german", text("Donaudampfschifffahrtsgesellschaftskapitän\nund Rindfleischetikettierung")},
		{"essay", md("# On paragraphs\n\n" + strings.Repeat("A paragraph of some length that says little, and takes its "+
			"time to say it. ", 14) + "[^1]\n\n[^1]: A note about it.")},
		{"long", md("## A slide that says far too much\n\nA paragraph that goes on for a while, as paragraphs in scripts " +
			"of real authors do, and that must shrink until it fits.\n\n- one thing that takes more than a line when it is " +
			"set in letters of the usual size\n- another\n- and another\n- and yet one more\n- and the last")},
	}
}

// picture returns a synthetic photograph: soft gradients with noise.
func picture(w, h int, dark bool) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	base, swing := 205.0, 50.0
	if dark {
		base, swing = 45, 40
	}
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(h), float64(y)/float64(h)
			a := math.Sin(5*u+3*math.Sin(2*v)) * math.Cos(4*v-1.5*u)
			g := float64((x*7919+y*104729)%17) - 8
			c := func(shift float64) uint8 {
				return uint8(max(0, min(255, base+swing*a*shift+g+18*math.Sin(3*u+shift*2))))
			}
			img.SetRGBA(x, y, color.RGBA{c(1), c(0.8), c(0.5), 255})
		}
	}
	return img
}

// flatten draws a slide over a picture.
func flatten(d *slide.Drawn, over image.Image) *image.RGBA {
	out := image.NewRGBA(over.Bounds())
	draw.Draw(out, out.Bounds(), over, over.Bounds().Min, draw.Src)
	rest := image.NewUniform(d.Rest)
	b, f := d.Bounds, out.Bounds()
	for _, r := range []image.Rectangle{
		{f.Min, image.Pt(f.Max.X, b.Min.Y)},
		{image.Pt(f.Min.X, b.Max.Y), f.Max},
		{image.Pt(f.Min.X, b.Min.Y), image.Pt(b.Min.X, b.Max.Y)},
		{image.Pt(b.Max.X, b.Min.Y), image.Pt(f.Max.X, b.Max.Y)},
	} {
		draw.Draw(out, r, rest, image.Point{}, draw.Over)
	}
	draw.Draw(out, b, d.Image, b.Min, draw.Over)
	return out
}

// TestSheets draws every sample in each theme. If MYNAH_TEST_SHEETS names a folder, it writes contact
// sheets there, also over a light and a dark picture.
func TestSheets(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("MYNAH_TEST_SHEETS")
	only := os.Getenv("MYNAH_TEST_SHEETS_ONLY")
	d := drawer(t, nil)
	const w, h, tw, th = 1280, 720, 512, 288
	grounds := []*image.RGBA{nil, picture(w, h, false), picture(w, h, true)}
	if dir == "" {
		testrun.SkipShort(t)
		dir, grounds = t.TempDir(), grounds[:1]
	}
	for _, theme := range slide.ListThemes() {
		for part, all := range slices.Collect(slices.Chunk(slices.DeleteFunc(samples(),
			func(s sample) bool { return only != "" && !slices.Contains(strings.Fields(only), s.name) }), 6)) {
			sheet := image.NewRGBA(image.Rect(0, 0, 3*(tw+8), len(all)*(th+8)))
			draw.Draw(sheet, sheet.Rect, image.NewUniform(color.Gray{120}), image.Point{}, draw.Src)
			for i, s := range all {
				for j, ground := range grounds {
					got, err := d.Draw(t.Context(), slide.Request{
						Width: w, Height: h, Theme: theme, Language: s.language(), Blocks: s.blocks, Over: ground != nil,
					})
					if err != nil {
						t.Fatal(theme, s.name, err)
					}
					for _, warning := range got.Warnings {
						t.Log(theme, s.name, warning.Summary)
					}
					under := image.Image(image.NewRGBA(image.Rect(0, 0, w, h)))
					if ground != nil {
						under = ground
					}
					full := flatten(got, under)
					at := image.Pt(j*(tw+8)+4, i*(th+8)+4)
					xdraw.CatmullRom.Scale(sheet, image.Rectangle{at, at.Add(image.Pt(tw, th))}, full, full.Rect, draw.Src, nil)
				}
			}
			save(t, filepath.Join(dir, fmt.Sprintf("%s-%d.png", theme, part+1)), sheet)
		}
	}
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func save(t *testing.T, name string, img image.Image) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// language returns the language of a sample, which decides how its words are divided.
func (s sample) language() string {
	if s.name == "german" {
		return "de"
	}
	return "en"
}
