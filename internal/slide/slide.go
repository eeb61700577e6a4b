// Package slide draws the fenced blocks of a script as pictures with alpha: HTML of package
// markup, laid out by one headless Chromium that keeps running. It is the only package that knows
// the browser. Nothing that an author wrote is executed: no script of theirs runs on a slide's
// page, every request is answered from the project's files or refused, and the browser has no
// network. Callers cache the pictures under the Key of a Request.
package slide

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/markup"
)

// shorter is the length of a frame's shorter side in CSS pixels, whatever the film's size.
const shorter = 720

// Config are the settings of a Drawer.
type Config struct {
	Program string        // the browser; empty: the first of Programs that is installed
	Pages   int           // slides drawn in parallel; 0: as many as there are processors
	Timeout time.Duration // how long drawing one slide may take before it is tried again
	TempDir string        // where the browser's profile is while it runs; empty: the system's place
}

// DefaultConfig looks for a browser.
func DefaultConfig() Config { return Config{Timeout: 20 * time.Second} }

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	if c.Pages < 0 {
		errs = append(errs, fmt.Errorf("pages: %d, must not be negative", c.Pages))
	}
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout: %s, must be above 0", c.Timeout))
	}
	return errors.Join(errs...)
}

// Themes are the names of the built-in themes.
func Themes() []string { return []string{"default", "light", "dark", "paper", "bold"} }

// Request is a slide to draw.
type Request struct {
	Width, Height int     // of the film's frame, in pixels
	Blocks        []Block // from top to bottom
	Theme         string  // one of Themes, or the name of a CSS file of the project; empty: default
	Language      string  // of the text (BCP 47), picks between forms of Chinese letters; may be empty

	// Files is the project: the theme, what its url() names, images. A file system that
	// follows symbolic links out of the project, as os.DirFS does, must not be given;
	// that of an os.Root does not. Nil is a project without files.
	Files fs.FS

	Over      bool        // a picture or clip is behind the slide
	Canvas    frame.Color // the colour behind a slide alone, if CanvasSet
	CanvasSet bool

	// Behind is the picture behind (PNG or JPEG, of the frame's shape), if it stands
	// still. It is used only where the theme has a backdrop-filter: the slide then is
	// drawn upon it, and Drawn is opaque.
	Behind []byte

	// Captions are the strips of the frame, in pixels of a frame whose shorter side is 720
	// and measured from its upper and lower edge, that captions take while the slide is on.
	// A slide whose text would meet them is laid out in what is left.
	Captions Strips

	// State is which step of a slide with Reveal is drawn, from 0; one that is too high
	// is the last.
	State int
}

// Strips are heights at the upper and lower edge of a frame; 0 reserves nothing.
type Strips struct{ Top, Bottom float64 }

// Block is a fenced block.
type Block struct {
	Kind      frame.BlockKind
	Language  string  // of code
	Text      string  // its lines, joined by "\n"
	FontSize  float64 // base size in pixels of a frame whose shorter side is 720, 0: 50; plain text has twice that
	Range     diag.Range
	Reveal    bool              // shown step by step: by Ranges for code, else by items
	Ranges    []frame.LineRange // of code: the lines that each step lights
	Highlight []frame.LineRange // of code: the lines that are lit
}

// States is how many steps a block has: 1 unless it is revealed.
func (b Block) States() int {
	switch {
	case b.Reveal && b.Kind == frame.MarkdownBlock:
		return max(markup.Items(b.Text), 1)
	case b.Reveal && b.Kind == frame.CodeBlock:
		return max(len(b.Ranges), 1)
	default:
		return 1
	}
}

// States is how many steps the slide has. Blocks are revealed one after the other: those
// behind the one whose turn it is do not show their items yet.
func (r Request) States() int {
	n := 0
	for _, b := range r.Blocks {
		if b.Reveal {
			n += b.States()
		}
	}
	return max(n, 1)
}

// Drawn is a slide's picture.
type Drawn struct {
	// Image is what is not uniform, not premultiplied, and stands at Bounds of the frame.
	// All around it the frame has the colour Rest, which may be translucent or nothing.
	Image  *image.NRGBA
	Bounds image.Rectangle
	Rest   color.NRGBA

	// Backdrops are the backdrop filters that the theme asks for and that are not in the
	// picture: what is behind the rectangles is to be changed by them before the picture
	// is laid over it. None for a slide alone, and where Behind was used.
	Backdrops []Backdrop

	Opaque   bool // no pixel lets anything through
	Warnings []Warning
}

// Backdrop is how the picture behind a rectangle of the frame is changed, one filter
// after the other.
type Backdrop struct {
	Bounds  image.Rectangle
	Filters []Filter
}

// Filter is a filter function of CSS: blur (Value is the standard deviation in pixels of
// the frame), brightness, contrast, grayscale, hue-rotate (degrees), invert, opacity,
// saturate, sepia (factors). Others, such as drop-shadow, have their whole text in Text
// and no Value.
type Filter struct {
	Name  string
	Value float64
	Text  string
}

// Warning is what an author should know about a slide that was drawn all the same.
type Warning struct {
	Range   diag.Range
	Summary string // a sentence without a final stop
	Hint    string // what to do about it; may be empty
}

// builtIn reports whether the theme is one of ours, and its name.
func (r Request) builtIn() (string, bool) {
	if r.Theme == "" {
		return "default", true
	}
	return r.Theme, slices.Contains(Themes(), r.Theme)
}

// describePlace is where the slide stands, for messages.
func (r Request) describePlace() string {
	if len(r.Blocks) == 0 {
		return "a slide"
	}
	at := r.Blocks[0].Range
	return fmt.Sprintf("the slide at %s:%d", at.File, at.Start.Line)
}

// at is where warnings about the whole slide point to.
func (r Request) at() diag.Range {
	if len(r.Blocks) == 0 {
		return diag.Range{}
	}
	return r.Blocks[0].Range
}

// themeFile is the project's file of the theme, empty for a built-in one.
func (r Request) themeFile() string {
	name, ours := r.builtIn()
	if ours {
		return ""
	}
	return path.Clean(strings.ReplaceAll(name, `\`, "/"))
}

// scale is how many pixels of the frame a CSS pixel has.
func (r Request) scale() float64 { return float64(min(r.Width, r.Height)) / shorter }

// Validate reports what no slide can be drawn from.
func (r Request) Validate() error {
	const most = 8192
	if r.Width < 2 || r.Height < 2 || r.Width > most || r.Height > most {
		return fmt.Errorf("a frame of %dx%d, must be 2 to %d pixels wide and high", r.Width, r.Height, most)
	}
	return nil
}
