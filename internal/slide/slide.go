// Package slide draws the fenced blocks of a script as pictures with alpha. Package markup converts
// them to HTML, which a headless Chromium lays out; the browser keeps running between slides. Other
// packages do not use the browser directly. Nothing that an author wrote is executed: scripts are
// disabled on slide pages, every request is answered from the project's files or blocked, and the
// browser has no network. Callers cache the pictures under Request.Key.
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

// shorter is the length of a frame's shorter side in CSS pixels, independent of the video's size.
const shorter = 720

// Config contains the settings of a Drawer.
type Config struct {
	Program string        // browser executable; "" means the first of ListPrograms that is installed
	Pages   int           // number of slides drawn in parallel; 0 means the number of CPUs
	Timeout time.Duration // maximum time of one attempt to draw a slide
	TempDir string        // folder for the browser's temporary profile; "" means the system's
}

// DefaultConfig returns the settings that find an installed browser.
func DefaultConfig() Config { return Config{Timeout: 20 * time.Second} }

// Validate returns all invalid settings as one error, or nil.
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

// ListThemes returns the names of the built-in themes.
func ListThemes() []string { return []string{"default", "light", "dark", "paper", "bold"} }

// Request describes a slide to be drawn.
type Request struct {
	Width, Height int     // size of the video frame, in pixels
	Blocks        []Block // in order from top to bottom
	Theme         string  // a name of ListThemes, or of a CSS file of the project; "" means default
	Brand         string  // name of a style sheet of variables that is laid over the theme, or ""
	Language      string  // language of the text (BCP 47) or ""; it selects regional forms of Chinese characters

	// Files is the project's file system, which contains the theme and images. It must not follow symbolic
	// links out of the project: use os.Root.FS, not os.DirFS. Nil means a project without files.
	Files fs.FS

	Over      bool        // a picture or clip is behind the slide
	Canvas    frame.Color // background of a slide without a picture, if CanvasSet
	CanvasSet bool

	// Behind is the picture behind the slide (PNG or JPEG, in the frame's aspect ratio), if it does not
	// move. It is used only if the theme has a backdrop-filter: the slide is then drawn on it, and Drawn
	// is opaque.
	Behind []byte

	// Captions are the strips at the top and bottom that captions occupy while the slide is shown, in
	// pixels of a frame whose shorter side is 720. Text that would overlap them is moved into the
	// remaining area.
	Captions Strips

	Place
	// Ground requests a drawing without blocks: the background, with what surrounds pictures.
	Ground *Ground

	// Only requests the text of the slide without its background, or the background without the text.
	Only Part

	// Waits is true if nothing is revealed before the first step: State 0 then shows none of the items.
	Waits bool
	// State is the index of the reveal step that is drawn. Values above the last step mean the last.
	State int
}

// Strips are the heights of areas at the top and bottom edge of a frame; 0 means none.
type Strips struct{ Top, Bottom float64 }

// Block is a fenced block.
type Block struct {
	Kind      frame.BlockKind
	Language  string  // programming language, for code
	Text      string  // lines of the block, joined by "\n"
	FontSize  float64 // base font size in pixels of a frame whose shorter side is 720; 0 means 50
	Range     diag.Range
	Reveal    bool              // shown step by step: code by Ranges, lists by items
	Ranges    []frame.LineRange // the lines of code that each step highlights
	Highlight []frame.LineRange // the lines of code that are highlighted
}

// CountSteps returns the number of reveal steps of a block; it is 1 for a block without Reveal.
func (b Block) CountSteps() int {
	switch {
	case b.Reveal && b.Kind == frame.MarkdownBlock:
		return max(markup.CountItems(b.Text), 1)
	case b.Reveal && b.Kind == frame.CodeBlock:
		return max(len(b.Ranges), 1)
	default:
		return 1
	}
}

// CountSteps returns the number of reveal steps of the slide, including the state before the first if Waits is set.
// Blocks are revealed one after the other; later blocks do not show their items yet.
func (r Request) CountSteps() int {
	n := 0
	for _, b := range r.Blocks {
		if b.Reveal {
			n += b.CountSteps()
		}
	}
	if r.Waits {
		n++
	}
	return max(n, 1)
}

// Drawn is the picture of a slide.
type Drawn struct {
	// Image is the part of the slide that is not of one colour; Bounds is its position in the frame. Its
	// alpha is straight (not premultiplied). The rest of the frame has the colour Rest, which may be
	// translucent or transparent.
	Image  *image.NRGBA
	Bounds image.Rectangle
	Rest   color.NRGBA

	// Backdrops are the theme's backdrop filters that are not part of Image. The caller applies them to
	// the picture behind the slide before it draws the slide on it. It is nil for a slide without a
	// picture behind it, and if Behind was used.
	Backdrops []Backdrop

	// Texts are the places and colours of the letters; set only for UnderText.
	Texts []Text

	Opaque   bool // all pixels are opaque
	Warnings []Warning

	layout slideLayout // for tests
}

// Text is a line of letters of one colour: its bounds in the frame, and the colour.
type Text struct {
	Bounds image.Rectangle `json:"bounds"`
	Color  color.NRGBA     `json:"color"`
}

// Backdrop is a list of filters, and the rectangle of the picture behind the slide to which they are
// applied in order.
type Backdrop struct {
	Bounds  image.Rectangle
	Filters []Filter
}

// Filter is a CSS filter function: blur (Value is the standard deviation in pixels of the frame),
// brightness, contrast, grayscale, hue-rotate (degrees), invert, opacity, saturate, sepia (factors).
// Text is the CSS source. Other filters, such as drop-shadow, have no Value.
type Filter struct {
	Name  string
	Value float64
	Text  string
}

// Warning is a message to the author about a slide that was drawn.
type Warning struct {
	Range   diag.Range
	Code    diag.Code
	Summary string // sentence without a full stop
	Hint    string // what the author can do, or ""
}

// chooseBuiltInTheme returns the name of the theme, and whether it is a built-in one.
func (r Request) chooseBuiltInTheme() (string, bool) {
	if r.Theme == "" {
		return "default", true
	}
	return r.Theme, slices.Contains(ListThemes(), r.Theme)
}

// describePlace returns the place of the slide in the script, for messages.
func (r Request) describePlace() string {
	if len(r.Blocks) == 0 {
		return "a slide"
	}
	at := r.Blocks[0].Range
	return fmt.Sprintf("the slide at %s:%d", at.File, at.Start.Line)
}

// newWarningRange returns the range for warnings about the whole slide.
func (r Request) newWarningRange() diag.Range {
	if len(r.Blocks) == 0 {
		return diag.Range{}
	}
	return r.Blocks[0].Range
}

// findThemeFile returns the file name of the theme in the project, or "" for a built-in theme.
func (r Request) findThemeFile() string {
	name, ours := r.chooseBuiltInTheme()
	if ours {
		return ""
	}
	return path.Clean(strings.ReplaceAll(name, `\`, "/"))
}

// computeScale returns the size of a CSS pixel in pixels of the frame.
func (r Request) computeScale() float64 { return float64(min(r.Width, r.Height)) / shorter }

// Validate returns an error if the frame's size is not supported.
func (r Request) Validate() error {
	const most = 8192
	if r.Width < 2 || r.Height < 2 || r.Width > most || r.Height > most {
		return fmt.Errorf("a frame of %dx%d, must be 2 to %d pixels wide and high", r.Width, r.Height, most)
	}
	return nil
}
