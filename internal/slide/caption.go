package slide

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html"
	"image"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/frame"
)

//go:embed assets/caption.js
var captionScript string

// CaptionStyle is the appearance of captions.
type CaptionStyle struct {
	// Size is the font size, in pixels of the video frame.
	Size float64
	// Family is the name of the font; "" means the built-in font. File is a font file of the project and
	// takes precedence over Family.
	Family, File string
	// A colour with alpha 0 is not drawn.
	Color, Background, Outline frame.Color
	// Box draws the background as a rounded box, with more room around the text. Heavy draws heavy letters.
	Box, Heavy bool
	// Highlight is the colour of highlighted words, for captions with Words.
	Highlight frame.Color
}

// Captions is a list of captions in one style, to be drawn together.
type Captions struct {
	// Width is the width of the video frame, in pixels. Language is the language of the texts (BCP 47), or
	// "". Files is the project's file system, as in Request.
	Width    int
	Language string
	Files    fs.FS
	Style    CaptionStyle
	Texts    []CaptionText
}

// CaptionText is the text of one caption. Words are the words to highlight one after the other; it is
// empty for a caption without highlighting.
type CaptionText struct {
	Lines []string
	Words []CaptionWord
}

// CaptionWord is the position of a word in the caption. A word that is broken over lines has several
// parts.
type CaptionWord []CaptionPart

// CaptionPart is a range of a line: Line is the index of the line, From and To are byte offsets.
type CaptionPart struct{ Line, From, To int }

// DrawnCaption is the picture of a caption: transparent around the text, with straight (not
// premultiplied) alpha.
type DrawnCaption struct {
	// Plain is the caption without highlighting. Lit is the same caption with every word highlighted; it
	// is nil for a caption without words.
	Plain, Lit *image.NRGBA
	// Margin is the width, in pixels, of the area around the text's box on each side.
	Margin int
	// Words contains, for each word, its boxes in the picture.
	Words [][]image.Rectangle
	// Tofu are characters of the caption that no font has. Lacked are characters that the project's font
	// does not have, but another font does.
	Tofu, Lacked []rune
}

// CaptionFonts reports problems with the font of captions.
type CaptionFonts struct {
	Missing bool // there is no such family
	Broken  bool // the file is not a font
}

// mostOnSheet is the maximum number of captions that are drawn together, sheetHeight the maximum
// height of their common picture in pixels.
const (
	mostOnSheet = 40
	sheetHeight = 8000
)

// MaxPerSheet returns the maximum number of captions for one call of DrawCaptions.
func (c Captions) MaxPerSheet() int {
	high := c.computeLineHeight()*2 + 2*c.computeOuterMargin()
	return max(min(mostOnSheet, sheetHeight/max(2*high, 1)), 1)
}

// computeLineHeight returns the height of a line of text, in pixels.
func (c Captions) computeLineHeight() int { return max(int(math.Round(c.Style.Size*1.28)), 2) }

// computeBackgroundInset returns the distance between the text and the edge of its background, in pixels; 0 without a
// background.
func (c Captions) computeBackgroundInset() int {
	if c.Style.Background.A == 0 {
		return 0
	}
	if c.Style.Box {
		return int(math.Round(c.Style.Size * 0.36))
	}
	return int(math.Round(c.Style.Size * 0.22))
}

// ComputeBoxHeight returns the height of the box of a caption with the given number of lines, in pixels of the
// video frame.
func (c Captions) ComputeBoxHeight(lines int) int {
	return lines*c.computeLineHeight() + 2*c.computeBackgroundInset()
}

// computeOuterMargin returns the width, in pixels, of the area around the text's box that outline and shadow can
// cover.
func (c Captions) computeOuterMargin() int { return int(math.Ceil(c.Style.Size*0.55)) + 1 }

// ComputeKeys returns the cache keys of the captions' pictures. Each key depends on everything that
// determines the picture; version is the result of Drawer.ReadVersion. The font file, which may be large,
// is read and hashed only once.
func (c Captions) ComputeKeys(version string) []cache.Key {
	k := c.readProjectFont()
	font := cache.NewHasher("caption font 1")
	for _, name := range k.listFileNames() {
		font.AddString(name).AddBytes(k.files[name])
	}
	sum := font.Key()
	keys := make([]cache.Key, len(c.Texts))
	for i, t := range c.Texts {
		one := c
		one.Texts = c.Texts[i : i+1]
		h := cache.NewHasher("caption 3").AddString(version).AddString(one.formatSheetHTML(k)).
			AddString(captionScript).AddInts(int64(c.Width)).AddBytes(sum[:])
		for _, w := range t.Words {
			h.AddInts(int64(len(w)))
			for _, p := range w {
				h.AddInts(int64(p.Line), int64(p.From), int64(p.To))
			}
		}
		keys[i] = h.Key()
	}
	return keys
}

// readProjectFont reads the font file of the project, if the style has one.
func (c Captions) readProjectFont() *projectFiles {
	k := &projectFiles{files: map[string][]byte{}, fsys: c.Files}
	if c.Style.File != "" {
		k.readFile(path.Clean(c.Style.File))
	}
	return k
}

// formatSheetHTML returns the HTML of the sheet with all captions.
func (c Captions) formatSheetHTML(k *projectFiles) string {
	s := c.Style
	var out strings.Builder
	fmt.Fprintf(&out, `<!doctype html><html lang="%s"><head><meta charset="utf-8"><base href="%s">`,
		html.EscapeString(c.Language), baseMark)
	out.WriteString("<style>" + readBuiltInSheet("base") + "</style><style>" + readBuiltInSheet("caption"))
	family := s.Family
	if s.File != "" {
		family = "caption-font"
		if len(k.files) > 0 {
			fmt.Fprintf(&out, `@font-face { font-family: %s; src: url("%s%s") }`, family, baseMark, escapePath(path.Clean(s.File)))
		}
	}
	set := func(name, value string) { fmt.Fprintf(&out, " --%s: %s;", name, value) }
	out.WriteString(":root {")
	if family == "" {
		set("caption", "Inter")
	} else {
		set("caption", quoteForCSS(family))
	}
	set("size", fmt.Sprintf("%gpx", s.Size))
	set("line", fmt.Sprintf("%dpx", c.computeLineHeight()))
	set("margin", fmt.Sprintf("%dpx", c.computeOuterMargin()))
	set("color", formatCSSColor(s.Color))
	set("highlight", formatCSSColor(s.Highlight))
	setOutlineVariables(s, set)
	set("box", formatCSSColor(s.Background))
	inset := c.computeBackgroundInset()
	set("inset", fmt.Sprintf("%dpx %dpx", inset, 2*inset))
	if s.Box {
		set("radius", fmt.Sprintf("%.3fpx", s.Size*0.38))
	}
	if s.Heavy {
		set("weight", "900")
	}
	out.WriteString("}</style></head><body>")
	for _, t := range c.Texts {
		t.writeHTML(&out, "caption")
		if len(t.Words) > 0 {
			t.writeHTML(&out, "caption lit")
		}
	}
	out.WriteString("</body></html>")
	return out.String()
}

// setOutlineVariables sets the CSS variables of the letters' outline and soft shadow.
func setOutlineVariables(s CaptionStyle, set func(name, value string)) {
	// The letters cover the inner half of the stroke.
	stroke, shadow := fmt.Sprintf("%.3fpx", s.Size*0.16), "none"
	if s.Outline.A == 0 {
		stroke = "0"
	}
	if s.Outline.A > 0 && s.Background.A == 0 {
		soft := s.Outline
		soft.A = byte(int(soft.A) * 6 / 10)
		shadow = fmt.Sprintf("0 0 %.3fpx %s, 0 %.3fpx %.3fpx %s", s.Size*0.1, formatCSSColor(soft), s.Size*0.05, s.Size*0.3, formatCSSColor(soft))
	}
	set("stroke", stroke)
	set("outline", formatCSSColor(s.Outline))
	set("shadow", shadow)
}

func (t CaptionText) writeHTML(out *strings.Builder, class string) {
	fmt.Fprintf(out, `<div class="%s"><div class="said" dir="auto">`, class)
	for _, l := range t.Lines {
		out.WriteString(`<div class="row">` + html.EscapeString(l) + "</div>")
	}
	out.WriteString("</div></div>")
}

func formatCSSColor(c frame.Color) string {
	return fmt.Sprintf("rgb(%d %d %d / %.4f)", c.R, c.G, c.B, float64(c.A)/255)
}

// quoteForCSS quotes a string for CSS that is inside an HTML style element.
func quoteForCSS(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		if r == '"' || r == '\\' || r == '<' || unicode.IsControl(r) {
			fmt.Fprintf(&out, `\%x `, r)
		} else {
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// DrawCaptions draws captions together on one sheet. MaxPerSheet is the recommended maximum number. It
// waits until one of the Config.Pages pages is free. If no browser is installed, the error is a
// fault.ToolMissing.
func (d *Drawer) DrawCaptions(ctx context.Context, c Captions) ([]DrawnCaption, CaptionFonts, error) {
	var out []DrawnCaption
	var fonts CaptionFonts
	err := d.doOnPageWithRetry(ctx, func(ctx context.Context, p *page) error {
		var err error
		out, fonts, err = d.drawSheetOnPage(ctx, p, c)
		return err
	})
	if _, ours := fault.As(err); err == nil || ours || ctx.Err() != nil {
		return out, fonts, err
	}
	return nil, fonts, fault.New(fault.ToolFailed, err, "the subtitles could not be drawn").
		WithHint("run mynah doctor to check the browser")
}

// captionLayout is the result of caption.js: the positions of the captions on the sheet. Lengths are
// in pixels.
type captionLayout struct {
	Captions []struct {
		Box   [4]float64     `json:"box"`
		Lit   [4]float64     `json:"lit"`
		Words [][][4]float64 `json:"words"`
	} `json:"captions"`
	Missing bool   `json:"missing"`
	Broken  bool   `json:"broken"`
	Tofu    []rune `json:"tofu"`
}

type sheetArgs struct {
	Room   float64      `json:"room"`
	Runes  []rune       `json:"runes"`
	Family string       `json:"family"`
	Words  [][][][3]int `json:"words"`
}

// sheetShare is the maximum width of a caption, as a share of the frame's width.
const sheetShare = 0.94

func (d *Drawer) drawSheetOnPage(ctx context.Context, p *page, c Captions) ([]DrawnCaption, CaptionFonts, error) {
	k := c.readProjectFont()
	fonts := CaptionFonts{Broken: c.Style.File != "" && len(k.files) == 0}
	base := p.beginSlide(k, nil)
	if err := p.resize(ctx, [3]float64{float64(c.Width), 720, 1}); err != nil {
		return nil, fonts, err
	}
	if err := p.setBackground(ctx, params{"r": 0, "g": 0, "b": 0, "a": 0}); err != nil {
		return nil, fonts, err
	}
	page := strings.ReplaceAll(c.formatSheetHTML(k), baseMark, base)
	if err := p.call(ctx, "Page.setDocumentContent", params{"frameId": p.frame, "html": page}, nil); err != nil {
		return nil, fonts, err
	}
	args := sheetArgs{
		Room: float64(c.Width) * sheetShare, Family: c.Style.Family, Runes: d.listUntestedCharacters(c.listAllLines()),
		Words: [][][][3]int{},
	}
	for _, t := range c.Texts {
		args.Words = append(args.Words, t.listWordOffsets())
	}
	var m captionLayout
	if err := p.callFunction(ctx, captionScript, args, &m); err != nil {
		return nil, fonts, err
	}
	d.recordTestedGlyphs(args.Runes, m.Tofu)
	fonts.Missing, fonts.Broken = m.Missing, fonts.Broken || m.Broken
	if len(m.Captions) != len(c.Texts) {
		return nil, fonts, errors.New("the browser returned an unexpected number of captions")
	}
	img, err := p.captureSheet(ctx, m)
	if err != nil {
		return nil, fonts, err
	}
	var out []DrawnCaption
	for i, t := range c.Texts {
		box := m.Captions[i]
		drawn := DrawnCaption{
			Plain: copyCaptionBox(img, box.Box), Margin: c.computeOuterMargin(),
			Tofu: d.listKnownTofu(t.Lines),
		}
		if font, ok := k.files[path.Clean(c.Style.File)]; ok {
			drawn.Lacked = d.removeKnownTofu(findMissingCharacters([][]byte{font}, strings.Join(t.Lines, " ")))
		}
		if len(t.Words) > 0 {
			drawn.Lit = copyCaptionBox(img, box.Lit)
		}
		for w, boxes := range box.Words {
			drawn.Words = append(drawn.Words, t.listWordBoxes(w, boxes, c.Style.Size))
		}
		out = append(out, drawn)
	}
	return out, fonts, nil
}

// captureSheet takes a screenshot of all captions.
func (p *page) captureSheet(ctx context.Context, m captionLayout) (*image.NRGBA, error) {
	w, h := 2.0, 2.0
	for _, c := range m.Captions {
		w, h = max(w, c.Box[2], c.Lit[2]), max(h, c.Box[3], c.Lit[3])
	}
	if err := p.resize(ctx, [3]float64{w, h, 1}); err != nil {
		return nil, err
	}
	img, err := p.captureScreenshot(ctx, image.Rect(0, 0, int(w), int(h)), 1)
	if err == nil && (img.Rect.Dx() < int(w) || img.Rect.Dy() < int(h)) {
		err = fmt.Errorf("the browser drew %v instead of a sheet of %g x %g", img.Rect.Size(), w, h)
	}
	return img, err
}

// copyCaptionBox copies a caption from the sheet into a new image whose bounds begin at 0, 0.
func copyCaptionBox(img *image.NRGBA, box [4]float64) *image.NRGBA {
	r := image.Rect(int(box[0]), int(box[1]), int(box[2]), int(box[3]))
	out := image.NewNRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		copy(out.Pix[y*out.Stride:][:4*r.Dx()], img.Pix[img.PixOffset(r.Min.X, r.Min.Y+y):])
	}
	return out
}

// listWordBoxes returns the boxes of a word in whole pixels. Slanted letters extend beyond their boxes, so
// the boxes of a word between spaces include a part of each space.
func (t CaptionText) listWordBoxes(w int, boxes [][4]float64, size float64) []image.Rectangle {
	lean := 0.06 * size
	for _, p := range t.Words[w] {
		line := t.Lines[p.Line]
		if p.From > 0 && line[p.From-1] != ' ' || p.To < len(line) && line[p.To] != ' ' {
			lean = 0
		}
	}
	var out []image.Rectangle
	for _, b := range boxes {
		out = append(out, image.Rect(int(math.Round(b[0]-lean)), int(math.Floor(b[1]-0.1*size)),
			int(math.Round(b[2]+lean)), int(math.Ceil(b[3]+0.1*size))))
	}
	return out
}

// listWordOffsets returns the positions of the words for caption.js: the index of the line, and offsets in
// UTF-16 units.
func (t CaptionText) listWordOffsets() [][][3]int {
	out := [][][3]int{}
	count := func(s string) int { return len(utf16.Encode([]rune(s))) }
	for _, w := range t.Words {
		parts := [][3]int{}
		for _, p := range w {
			line := t.Lines[p.Line]
			parts = append(parts, [3]int{p.Line, count(line[:p.From]), count(line[:p.To])})
		}
		out = append(out, parts)
	}
	return out
}

func (c Captions) listAllLines() []string {
	var out []string
	for _, t := range c.Texts {
		out = append(out, t.Lines...)
	}
	return out
}

// listKnownTofu returns the characters of texts that are known to be in no font, at most ten.
func (d *Drawer) listKnownTofu(texts []string) []rune {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []rune
	for _, text := range texts {
		for _, ch := range text {
			if has, known := d.glyphs[ch]; known && !has && !slices.Contains(out, ch) && len(out) < 10 {
				out = append(out, ch)
			}
		}
	}
	return out
}
