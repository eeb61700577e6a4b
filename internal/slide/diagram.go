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

// What draws diagrams is fetched by scripts/assets before the build.
//
//go:embed diagrams
var libraries embed.FS

//go:embed assets/sketch.js
var sketchScript string

// sketchPad is the address of the page that draws diagrams. Scripts of ours run on it,
// and nothing of a project comes to it but the text of fences.
const sketchPad = home + "sketch"

// DiagramError is a diagram, graph or formula that its language does not allow.
type DiagramError struct {
	Block int    // which block of the Request, from 0
	Line  int    // of the block's text, from 1; 0 when it is not known
	Text  string // what is wrong
}

func (e *DiagramError) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Text)
}

// library is the source of what draws a kind of fence; nil: the build has none.
func library(kind frame.BlockKind) []byte {
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
	b, err := libraries.ReadFile("diagrams/" + name + ".js")
	if err != nil {
		return nil
	}
	return b
}

func isDiagram(kind frame.BlockKind) bool {
	return kind == frame.MermaidBlock || kind == frame.DotBlock || kind == frame.MathBlock
}

// drawers is what decides how the diagrams of a slide look, beyond their text.
func (r Request) drawers() string {
	var out strings.Builder
	for _, b := range r.Blocks {
		if isDiagram(b.Kind) {
			fmt.Fprintf(&out, "%x %v %s", sha256.Sum256(library(b.Kind)), r.darkGround(), sketchScript)
		}
	}
	return out.String()
}

// darkGround reports whether diagrams are drawn in light lines.
func (r Request) darkGround() bool {
	theme, _ := r.builtIn()
	canvasDark := !r.Over && r.CanvasSet && luminance(r.Canvas) < 0.18
	canvasLight := !r.Over && r.CanvasSet && !canvasDark
	return theme == "default" && r.Over || theme == "dark" && !canvasLight || canvasDark
}

// diagramResult is what sketch.js gives.
type diagramResult struct {
	SVG    string  `json:"svg"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	MathML string  `json:"mathml"`
	Error  string  `json:"error"`
	Line   int     `json:"line"`
}

// diagrams draws those of a slide, by their block.
func (d *Drawer) diagrams(ctx context.Context, b *browser, r Request) (map[int]string, error) {
	var out map[int]string
	for i, block := range r.Blocks {
		if !isDiagram(block.Kind) {
			continue
		}
		s, err := d.diagramResult(ctx, b, block, r.darkGround())
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
			// As an image it cannot load or run anything, whatever is in it.
			out[i] = fmt.Sprintf(`<img width="%s" height="%s" src="data:image/svg+xml;base64,%s">`,
				strconv.FormatFloat(s.Width, 'f', 2, 64), strconv.FormatFloat(s.Height, 'f', 2, 64), base64.StdEncoding.EncodeToString([]byte(s.SVG)))
		}
	}
	return out, nil
}

// diagramResult draws one on the page that is kept for them.
func (d *Drawer) diagramResult(ctx context.Context, b *browser, block Block, dark bool) (diagramResult, error) {
	source := library(block.Kind)
	if source == nil {
		f := fault.New(fault.ToolMissing, nil, "this build of Mynah cannot draw %s", block.Kind)
		return diagramResult{}, f.WithHint("run scripts/assets, which downloads the drawing library with npm, and build Mynah again")
	}
	d.sketching.Lock()
	defer d.sketching.Unlock()
	if d.pad != nil && (d.pad.browser != b || d.pad.drawn >= wornOut) {
		d.pad.close(ctx)
		d.pad = nil
	}
	if d.pad == nil {
		p, err := b.open(ctx, sketchPad)
		if err != nil {
			return diagramResult{}, err
		}
		d.pad = p
	}
	s, err := d.pad.diagramResult(ctx, source, block, dark)
	if err != nil {
		d.pad.close(ctx)
		d.pad = nil
	}
	return s, err
}

func (p *page) diagramResult(ctx context.Context, source []byte, block Block, dark bool) (diagramResult, error) {
	var s diagramResult
	p.drawn++
	if !p.knows[block.Kind] {
		if err := p.call(ctx, "Runtime.evaluate", params{"expression": string(source) + "\n;0"}, nil); err != nil {
			return s, err
		}
		if p.knows == nil {
			p.knows = map[frame.BlockKind]bool{}
		}
		p.knows[block.Kind] = true
	}
	err := p.evaluate(ctx, sketchScript, map[string]any{"kind": block.Kind, "text": block.Text, "dark": dark}, &s)
	return s, err
}
