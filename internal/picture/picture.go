// Package picture turns shots into frames: it knows how an image, a frame of a clip or
// a plain text comes to fill the film's frame, and paints it as raw 4:2:0. It exists
// so that each distinct picture is decoded, scaled and converted once. It refuses to
// encode; see package film.
package picture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/proc"
	"mynah/internal/script"
)

// Asset is a user's picture file, staged under a name of ours and identified.
type Asset struct {
	Input ffmpeg.Input
	// Content addresses the file's bytes.
	Content cache.Key
	Source  ffmpeg.Source
}

// Still is what one standing picture shows. Exactly one of Asset and Text is set, or
// none for the plain canvas.
type Still struct {
	Canvas   script.Color
	Asset    *Asset
	Fit      script.Fit
	Position script.Position
	// AtEnd takes the last frame of a clip's stretch, From its beginning in
	// microseconds, Length its length, 0 for all.
	Clip         bool
	AtEnd        bool
	From, Length int64
	Text         *Text
}

// Text is a slide's plain text, drawn bold and centred.
type Text struct {
	Text string
	// Size in pixels of a frame whose shorter side is 720.
	Size float64
	// Color of the letters.
	Color script.Color
}

// formVersion changes whenever the same request would be painted otherwise.
const formVersion = "picture 1"

// Key addresses what the still looks like in a frame of w x h.
func (s Still) Key(w, h int) cache.Key {
	k := cache.NewHasher(formVersion).Int(int64(w), int64(h)).
		Int(int64(s.Canvas.R), int64(s.Canvas.G), int64(s.Canvas.B))
	if s.Asset != nil {
		k.Bytes(s.Asset.Content[:]).String(string(s.Fit)).String(string(s.Position.X)).String(string(s.Position.Y)).
			Bool(s.Clip, s.AtEnd).Int(s.From, s.Length)
	}
	if s.Text != nil {
		k.String(s.Text.Text).Float(s.Text.Size).Int(int64(s.Text.Color.R), int64(s.Text.Color.G), int64(s.Text.Color.B))
	}
	return k.Key()
}

// Failure is a picture that could not be painted; Index is its place in the request.
type Failure struct { //nolint:errname // it says which picture failed; the error is inside
	Index int
	Err   error
}

// Error implements error.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Painter paints stills at one frame size.
type Painter struct {
	tools   *ffmpeg.Tools
	pic     ffmpeg.Picture
	scratch string
}

// NewPainter gives a painter of frames of pic's size; scratch is a folder of ours for
// small files.
func NewPainter(tools *ffmpeg.Tools, pic ffmpeg.Picture, scratch string) *Painter {
	return &Painter{tools: tools, pic: pic, scratch: scratch}
}

// FrameSize is the number of bytes of a raw frame.
func (p *Painter) FrameSize() int { return p.pic.Width * p.pic.Height * 3 / 2 }

// Paint paints stills, in order. All images are read by one process; when that fails,
// each alone tells which one is to blame, and the error is a *Failure.
func (p *Painter) Paint(ctx context.Context, stills []Still) ([][]byte, error) {
	frames := make([][]byte, len(stills))
	var images []int
	for i, s := range stills {
		switch {
		case s.Image():
			images = append(images, i)
			continue
		case s.Asset == nil && s.Text == nil:
			frames[i] = p.plain(s.Canvas)
			continue
		}
		frame, err := p.paintOne(ctx, s)
		if err != nil {
			return nil, blame(ctx, i, err)
		}
		frames[i] = frame
	}
	if len(images) == 0 {
		return frames, nil
	}
	got, err := p.read(ctx, stills, images)
	if err != nil {
		if len(images) == 1 || ctx.Err() != nil {
			return nil, blame(ctx, images[0], err)
		}
		for _, i := range images {
			if _, err := p.read(ctx, stills, []int{i}); err != nil {
				return nil, blame(ctx, i, err)
			}
		}
		return nil, err
	}
	for n, i := range images {
		frames[i] = got[n]
	}
	return frames, nil
}

// Image tells whether a still is an image file and nothing else, so that an encoder can
// read it by itself.
func (s Still) Image() bool { return s.Asset != nil && !s.Clip }

// Input says how a still that is an image comes to fill the frame.
func (p *Painter) Input(s Still) ffmpeg.StillInput {
	w, h := s.Asset.Source.Upright()
	return ffmpeg.StillInput{
		Input: s.Asset.Input, Source: s.Asset.Source, Canvas: s.Canvas,
		Placement: ffmpeg.Place(w, h, p.pic.Width, p.pic.Height, s.Fit, s.Position),
	}
}

func blame(ctx context.Context, i int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*proc.NotFoundError](err); ok {
		return err
	}
	return &Failure{Index: i, Err: err}
}

// read reads images by one process.
func (p *Painter) read(ctx context.Context, stills []Still, images []int) ([][]byte, error) {
	var in []ffmpeg.StillInput
	for _, i := range images {
		in = append(in, p.Input(stills[i]))
	}
	sink := &frameSink{size: p.FrameSize(), keep: len(images)}
	if err := p.tools.Run(ctx, ffmpeg.ReadStills(in), nil, sink); err != nil {
		return nil, err
	}
	if len(sink.frames) != len(images) || sink.n != 0 {
		return nil, errors.New("the image cannot be decoded")
	}
	return sink.frames, nil
}

// paintOne paints a frame of a clip, or text.
func (p *Painter) paintOne(ctx context.Context, s Still) ([]byte, error) {
	if s.Text != nil {
		return p.text(ctx, s)
	}
	frames := int64(1)
	from, length := s.From, s.Length
	if s.AtEnd {
		frames = 1 << 40
	}
	w, h := s.Asset.Source.Upright()
	clip := ffmpeg.ClipInput{
		Input: s.Asset.Input, Source: s.Asset.Source, Canvas: s.Canvas,
		Placement: ffmpeg.Place(w, h, p.pic.Width, p.pic.Height, s.Fit, s.Position),
		From:      from, Length: length, Frames: frames,
	}
	// The last frame: decode the last seconds; all of it when those hold none.
	const tail = 3_000_000
	if s.AtEnd && length > tail {
		clip.From, clip.Length = from+length-tail, tail+1_000_000
	}
	for {
		sink := &frameSink{size: p.FrameSize(), keep: 1}
		if err := p.tools.Run(ctx, p.pic.ReadClip(clip), nil, sink); err != nil {
			return nil, err
		}
		if len(sink.frames) > 0 {
			return sink.frames[len(sink.frames)-1], nil
		}
		if clip.From == from {
			return nil, errors.New("the clip holds no picture that can be decoded")
		}
		clip.From, clip.Length = from, length
	}
}

// frameSink cuts a stream into frames and keeps the last of them.
type frameSink struct {
	size, keep int
	frames     [][]byte
	cur        []byte
	n          int
}

func (f *frameSink) Write(b []byte) (int, error) {
	written := len(b)
	for len(b) > 0 {
		if f.cur == nil {
			f.cur = make([]byte, f.size)
		}
		n := copy(f.cur[f.n:], b)
		b = b[n:]
		f.n += n
		if f.n == f.size {
			f.frames = append(f.frames, f.cur)
			f.cur, f.n = nil, 0
			if len(f.frames) > f.keep {
				f.cur = f.frames[0]
				f.frames = append(f.frames[:0], f.frames[1:]...)
			}
		}
	}
	return written, nil
}

var _ io.Writer = (*frameSink)(nil)

// plain paints the canvas, by the matrix of bt709 in limited range (ITU-R BT.709-6).
func (p *Painter) plain(c script.Color) []byte {
	y, u, v := bt709(c)
	n := p.pic.Width * p.pic.Height
	frame := make([]byte, n*3/2)
	fill(frame[:n], y)
	fill(frame[n:n*5/4], u)
	fill(frame[n*5/4:], v)
	return frame
}

func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}

func bt709(c script.Color) (y, u, v byte) {
	r, g, b := float64(c.R)/255, float64(c.G)/255, float64(c.B)/255
	l := 0.2126*r + 0.7152*g + 0.0722*b
	return byte(16 + 219*l + 0.5), byte(128 + 224*(b-l)/1.8556 + 0.5), byte(128 + 224*(r-l)/1.5748 + 0.5)
}

// text draws text by the subtitle renderer, which shapes every script and finds a
// font for each letter.
func (p *Painter) text(ctx context.Context, s Still) ([]byte, error) {
	f, err := os.CreateTemp(p.scratch, "text-*.ass")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = io.WriteString(f, p.ass(s))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(f.Name())
	if err != nil {
		return nil, err
	}
	sink := &frameSink{size: p.FrameSize(), keep: 1}
	if err := p.tools.Run(ctx, p.pic.ReadText(path, s.Canvas), nil, sink); err != nil {
		return nil, err
	}
	if len(sink.frames) != 1 {
		return nil, errors.New("the text could not be drawn")
	}
	return sink.frames[0], nil
}

// ass writes a slide's text as a subtitle of the form ASS that fills the frame.
func (p *Painter) ass(s Still) string {
	scale := float64(min(p.pic.Width, p.pic.Height)) / 720
	size := s.Text.Size * scale
	margin := int(60 * scale)
	lines := strings.Split(s.Text.Text, "\n")
	// Shrink what would not fit: the renderer wraps lines but does not shrink.
	longest := 1
	for _, l := range lines {
		longest = max(longest, len([]rune(l)))
	}
	room := float64(p.pic.Height-2*margin) / (1.25 * float64(len(lines)))
	size = max(min(size, room, 1.9*float64(p.pic.Width-2*margin)/float64(min(longest, 60))), 12*scale)
	escape := strings.NewReplacer("\\", "\\\u2060", "{", "\\{", "}", "\\}", "\t", "    ", "\r", "")
	for i := range lines {
		lines[i] = escape.Replace(lines[i])
	}
	return fmt.Sprintf(`[Script Info]
ScriptType: v4.00+
PlayResX: %d
PlayResY: %d
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Slide,Noto Sans,%.1f,&H00%02X%02X%02X,&H0,&H0,&H0,-1,0,0,0,100,100,0,0,1,0,0,5,%d,%d,%d,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.00,9:59:59.00,Slide,,0,0,0,,%s
`, p.pic.Width, p.pic.Height, size*1.36, s.Text.Color.B, s.Text.Color.G, s.Text.Color.R, margin, margin, margin, strings.Join(lines, "\\N"))
}
