package slide

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/frame"
)

// The libraries are downloaded by scripts/assets before the build.
//
//go:embed diagrams
var libraries embed.FS

//go:embed assets/sketch.js
var sketchScript string

// sketchPad is the address of the page on which diagrams are drawn. Only Mynah's own scripts run on
// it, and the only data from a project is the text of fenced blocks.
const sketchPad = home + "sketch"

// DiagramError is an error in the source of a diagram, graph or formula.
type DiagramError struct {
	Block int    // index of the block in the Request
	Line  int    // line of the block's text, from 1; 0 if it is unknown
	Text  string // description of the error
}

func (e *DiagramError) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Text)
}

// readDiagramLibrary returns the JavaScript library that draws a kind of block. It returns nil if the kind is not
// a diagram or the library is not part of this build.
func readDiagramLibrary(kind frame.BlockKind) []byte {
	var name string
	switch kind {
	case frame.MermaidBlock:
		name = "mermaid"
	case frame.DotBlock:
		name = "viz"
	case frame.MathBlock:
		name = "temml"
	default:
		return nil
	}
	return readEmbedded(name)
}

// readEmbedded returns an embedded JavaScript library, or nil if it is not part of this build.
func readEmbedded(name string) []byte {
	b, err := libraries.ReadFile("diagrams/" + name + ".js")
	if err != nil {
		return nil
	}
	return b
}

func isDiagram(kind frame.BlockKind) bool {
	return kind == frame.MermaidBlock || kind == frame.DotBlock || kind == frame.MathBlock
}

// computeDiagramFingerprint returns everything except the text that determines how the diagrams of a slide look. It is
// part of the slide's cache key.
func (r Request) computeDiagramFingerprint() string {
	var out strings.Builder
	for _, b := range r.Blocks {
		if isDiagram(b.Kind) {
			fmt.Fprintf(&out, "%x %+v %s", sha256.Sum256(readDiagramLibrary(b.Kind)), r.chooseDiagramLook(), sketchScript)
		}
	}
	return out.String()
}

// hasDarkBackground reports whether diagrams are drawn with light lines, for a dark background.
func (r Request) hasDarkBackground() bool {
	theme, _ := r.chooseBuiltInTheme()
	canvasDark := !r.Over && r.CanvasSet && computeLuminance(r.Canvas) < 0.18
	canvasLight := !r.Over && r.CanvasSet && !canvasDark
	return theme == "default" && r.Over || theme == "dark" && !canvasLight || canvasDark
}

// chooseDiagramLook is how diagrams of a slide look: the colours ("#rrggbb") and font of its theme, and the
// room in CSS pixels.
type diagramLook struct {
	Ink    string   `json:"ink"`    // text
	Muted  string   `json:"muted"`  // lines
	Ground string   `json:"ground"` // what is behind the diagram
	Fill   string   `json:"fill"`   // boxes
	Edge   string   `json:"edge"`   // outlines of boxes
	Series []string `json:"series"` // data, branches and sections
	Font   string   `json:"font"`   // CSS font families
	Width  float64  `json:"width"`
	Height float64  `json:"height"`
}

// The padding of the card on which the theme paper draws slides over pictures, on both sides together, in CSS pixels.
const paperCardWidth, paperCardHeight = 130, 90

// The padding of the panel on which the theme bold draws diagrams over pictures, likewise.
const panelWidth, panelHeight = 80, 48

// chooseDiagramLook returns how the diagrams of the slide look.
func (r Request) chooseDiagramLook() diagramLook {
	const sans = `Inter, "Noto Sans", "Noto Sans CJK SC", sans-serif`
	look := diagramLook{
		Ink: "#14181d", Muted: "#4a5563", Ground: "#ffffff", Fill: "#e8f0fe", Edge: "#3b6fd4", Font: sans,
		Series: []string{"#3b6fd4", "#2b9173", "#d4762a", "#8a5cd1", "#c2456b", "#2382ad", "#8f8120", "#6b7686"},
	}
	theme, _ := r.chooseBuiltInTheme()
	switch {
	case r.hasDarkBackground():
		look = diagramLook{
			Ink: "#eef2f7", Muted: "#a3afbf", Ground: "#0d1219", Fill: "#1c2a40", Edge: "#6cb8ff", Font: sans,
			Series: []string{"#6cb8ff", "#5fd0a5", "#ffb454", "#c39bff", "#ff8fa3", "#5fd3e6", "#e3d26f", "#9aa7b8"},
		}
	case theme == "paper":
		look = diagramLook{
			Ink: "#2a231c", Muted: "#6a5d4f", Ground: "#f8f2e4", Fill: "#f0e2c6", Edge: "#9c2f1f",
			Series: []string{"#9c2f1f", "#3f6f5e", "#a86f24", "#4d5f8a", "#7a4a6d", "#5f7a35", "#8a6a4f", "#6a5d4f"},
			Font:   `"EB Garamond", "Noto Serif", "Noto Serif CJK SC", serif`,
		}
	case theme == "bold":
		look.Ink, look.Muted, look.Edge, look.Fill = "#111111", "#111111", "#111111", "#ffdf2b"
		if !r.Over {
			look.Ground, look.Fill = "#ffdf2b", "#ffffff"
		}
		look.Series = []string{"#15151a", "#d7263d", "#1b7fbd", "#2e933c", "#e2552a", "#7b2d8b", "#00808a", "#6b5b00"}
	}
	if !r.Over && r.Brand != "" {
		look.apply(gatherFiles(r).brand)
	}
	const wide, high, besideOthers = 0.92, 0.86, 0.72 // shares of the frame
	areaW, areaH := r.measureArea()
	look.Width, look.Height = wide*float64(areaW)/r.computeScale(), high*float64(areaH)/r.computeScale()
	if theme == "paper" && r.Over {
		// The card takes a part of the room.
		look.Width, look.Height = look.Width-paperCardWidth, look.Height-paperCardHeight
	}
	if theme == "bold" && r.Over {
		look.Width, look.Height = look.Width-panelWidth, look.Height-panelHeight
	}
	if len(r.Blocks) > 1 {
		look.Height = besideOthers * float64(r.Height) / r.computeScale()
	}
	return look
}

// diagramResult is the result of sketch.js.
type diagramResult struct {
	SVG    string  `json:"svg"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Text   float64 `json:"text"` // size of the smallest text, or 0
	MathML string  `json:"mathml"`
	Error  string  `json:"error"`
	Line   int     `json:"line"`
}

// drawDiagrams draws the diagrams of a slide. It returns their HTML by the index of the block.
func (d *Drawer) drawDiagrams(ctx context.Context, b *browser, r Request) (map[int]string, error) {
	var out map[int]string
	for i, block := range r.Blocks {
		if !isDiagram(block.Kind) {
			continue
		}
		s, err := d.drawDiagram(ctx, b, block, r.chooseDiagramLook())
		if err != nil {
			return nil, err
		}
		if s.Error != "" {
			return nil, &DiagramError{Block: i, Line: s.Line, Text: s.Error}
		}
		if out == nil {
			out = map[int]string{}
		}
		out[i] = s.MathML
		if s.SVG != "" {
			// An SVG in an img element cannot load files or run scripts.
			out[i] = fmt.Sprintf(`<img data-text="%.2f" width="%s" height="%s" src="data:image/svg+xml;base64,%s">`,
				s.Text, strconv.FormatFloat(s.Width, 'f', 2, 64), strconv.FormatFloat(s.Height, 'f', 2,
					64), base64.StdEncoding.EncodeToString([]byte(s.SVG)))
		}
	}
	return out, nil
}

// drawDiagram draws one diagram on the page sketchPad, which is kept open for the next ones.
func (d *Drawer) drawDiagram(ctx context.Context, b *browser, block Block, look diagramLook) (diagramResult, error) {
	source := readDiagramLibrary(block.Kind)
	if source == nil {
		f := fault.New(fault.ToolMissing, nil, "this build of Mynah cannot draw %s", block.Kind)
		return diagramResult{}, f.WithHint("run scripts/assets, which downloads the drawing library with npm, and build Mynah again")
	}
	var s diagramResult
	err := d.onSketchPad(ctx, b, func(p *page) error {
		if err := p.loadLibraryOnce(ctx, string(block.Kind), string(source)); err != nil {
			return err
		}
		return p.callFunction(ctx, sketchScript, map[string]any{"kind": block.Kind, "text": block.Text, "look": look}, &s)
	})
	return s, err
}

// onSketchPad runs f on the page sketchPad, which is kept open for the next call. After an error the page is
// closed.
func (d *Drawer) onSketchPad(ctx context.Context, b *browser, f func(p *page) error) error {
	select {
	case d.sketching <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.sketching }()
	if d.pad != nil && (d.pad.browser != b || d.pad.drawn >= wornOut) {
		d.pad.close(ctx)
		d.pad = nil
	}
	if d.pad == nil {
		p, err := b.openPage(ctx, sketchPad)
		if err != nil {
			return err
		}
		d.pad = p
	}
	d.pad.drawn++
	err := f(d.pad)
	if err != nil {
		d.pad.close(ctx)
		d.pad = nil
	}
	return err
}

// loadLibraryOnce runs the source of a library in the page, unless it did so before.
func (p *page) loadLibraryOnce(ctx context.Context, library, source string) error {
	if p.loadedLibraries[library] {
		return nil
	}
	if err := p.call(ctx, "Runtime.evaluate", params{"expression": source + "\n;0"}, nil); err != nil {
		return err
	}
	if p.loadedLibraries == nil {
		p.loadedLibraries = map[string]bool{}
	}
	p.loadedLibraries[library] = true
	return nil
}
