// Package picture paints shots as raw 4:2:0 frames: it places images and frames of clips in the video
// frame, moves images, darkens them around callouts, and draws slides and captions on them. Each
// distinct picture is decoded, scaled and converted once. Package film encodes the frames.
package picture

import (
	"context"
	"errors"
	"image"
	"io"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/proc"
)

// Asset is a picture file of the user that was staged under an internal name and probed.
type Asset struct {
	Input ffmpeg.Input
	// Content is the hash of the file's bytes.
	Content cache.Key
	Source  ffmpeg.Source
}

// Still is a picture that does not move. Without an Asset it is only the canvas.
type Still struct {
	frame.Placing
	Canvas frame.Color
	Asset  *Asset
	// Clip is true if Asset is a clip, of which one frame is shown: the first of the range, or with AtEnd
	// the last. From and Length are the range in microseconds; Length 0 means to the end.
	Clip         bool
	AtEnd        bool
	From, Length int64
	// Backdrops are the filters that a slide in front applies to the picture.
	Backdrops []ffmpeg.Backdrop
}

// Failure is an error in painting one picture. Index is its index in the request.
type Failure struct { //nolint:errname // it says which picture failed; the error is inside
	Index int
	Err   error
}

// Error implements error.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Painter paints frames of one size. It is safe for concurrent use.
type Painter struct {
	tools  *ffmpeg.Tools
	pic    ffmpeg.Picture
	layers Layers

	// kept contains the frames of recent stills, because a still is often needed again: for its shot and
	// the transitions before and after it.
	kept *lru.Cache[cache.Key, []byte]

	mu sync.Mutex // guards paneSizes
	// paneSizes are painters of pictures in panes, by the size of the pane.
	paneSizes map[image.Point]*Painter
	// larger contains recent stills of the painters of larger frames, because the camera's movements to a callout and
	// back need the same one. enlarged is set in those painters.
	larger   *largerStills
	enlarged bool
}

// largerStills are stills at the scales of the camera. Only one is painted at a time.
type largerStills struct {
	mu   sync.Mutex
	kept *lru.Cache[cache.Key, []byte]
}

// keptBytes is the maximum size of the frames in Painter.kept.
const keptBytes = 64 << 20

// NewPainter returns a Painter of frames in the size of pic. It reads layers from layers, which may be
// nil if no view has layers.
func NewPainter(tools *ffmpeg.Tools, pic ffmpeg.Picture, layers Layers) *Painter {
	p := &Painter{tools: tools, pic: pic, layers: layers, larger: &largerStills{}}
	const largerCount = 3
	p.larger.kept, _ = lru.New[cache.Key, []byte](largerCount)
	p.kept, _ = lru.New[cache.Key, []byte](max(keptBytes/max(p.CountFrameBytes(), 1), 3)) // lru.New fails only for a size below 1
	return p
}

// PaintAndKeep paints stills that will be needed soon and keeps them in memory. Errors are as in Paint.
func (p *Painter) PaintAndKeep(ctx context.Context, stills []Still) error {
	var missing []Still
	var keys []cache.Key
	var places []int
	for i, s := range stills {
		k := s.computeLook().Key()
		if _, ok := p.kept.Get(k); ok || s.Asset == nil {
			continue
		}
		missing, keys, places = append(missing, s), append(keys, k), append(places, i)
	}
	frames, err := p.PaintStills(ctx, missing)
	if f, ok := errors.AsType[*Failure](err); ok {
		return &Failure{Index: places[f.Index], Err: f.Err}
	}
	for i, f := range frames {
		p.kept.Add(keys[i], f)
	}
	return err
}

// paintOrRecallStill returns the frame of a still. Callers must not change it.
func (p *Painter) paintOrRecallStill(ctx context.Context, s Still) ([]byte, error) {
	k := s.computeLook().Key()
	if f, ok := p.kept.Get(k); ok {
		return f, nil
	}
	paint := func() ([]byte, error) {
		frames, err := p.PaintStills(ctx, []Still{s})
		if err != nil {
			return nil, err
		}
		return frames[0], nil
	}
	if p.enlarged {
		size := cache.NewHasher("larger").AddBytes(k[:]).AddInts(int64(p.pic.Width), int64(p.pic.Height)).Key()
		paint = p.larger.recallOr(size, paint)
	}
	frame, err := paint()
	if err == nil {
		p.kept.Add(k, frame)
	}
	return frame, err
}

// recallOr returns a function that returns a still that is kept, or else paints and keeps it.
func (l *largerStills) recallOr(k cache.Key, paint func() ([]byte, error)) func() ([]byte, error) {
	return func() ([]byte, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if f, ok := l.kept.Get(k); ok {
			return f, nil
		}
		f, err := paint()
		if err == nil {
			l.kept.Add(k, f)
		}
		return f, err
	}
}

// CountFrameBytes returns the number of bytes of a raw frame.
func (p *Painter) CountFrameBytes() int { return p.pic.Width * p.pic.Height * 3 / 2 }

// PaintStills paints stills and returns their frames in order. One ffmpeg process reads all images. If it
// fails, each image is read separately to find the one that failed; the error is then a *Failure.
func (p *Painter) PaintStills(ctx context.Context, stills []Still) ([][]byte, error) {
	frames := make([][]byte, len(stills))
	var images []int
	for i, s := range stills {
		switch {
		case s.IsImageFile():
			images = append(images, i)
			continue
		case s.Asset == nil:
			frames[i] = p.newSolidFrame(s.Canvas)
			continue
		}
		frame, err := p.paintClipStill(ctx, s)
		if err != nil {
			return nil, newImageFailure(ctx, i, err)
		}
		frames[i] = frame
	}
	if len(images) == 0 {
		return frames, nil
	}
	got, err := p.readImages(ctx, stills, images)
	if err != nil {
		if len(images) == 1 || ctx.Err() != nil {
			return nil, newImageFailure(ctx, images[0], err)
		}
		for _, i := range images {
			if _, err := p.readImages(ctx, stills, []int{i}); err != nil {
				return nil, newImageFailure(ctx, i, err)
			}
		}
		return nil, err
	}
	for n, i := range images {
		frames[i] = got[n]
	}
	return frames, nil
}

// IsImageFile reports whether a still is an image file, which an encoder can read directly.
func (s Still) IsImageFile() bool { return s.Asset != nil && !s.Clip }

// NewStillInput returns the parameters for reading a still that is an image.
func (p *Painter) NewStillInput(s Still) ffmpeg.StillInput {
	w, h := s.Asset.Source.ComputeUprightSize()
	return ffmpeg.StillInput{
		Input: s.Asset.Input, Source: s.Asset.Source, Canvas: s.Canvas, Backdrops: s.Backdrops,
		Placement: ffmpeg.PlaceSource(w, h, p.pic.Width, p.pic.Height, s.Placing),
	}
}

func newImageFailure(ctx context.Context, i int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*proc.NotFoundError](err); ok {
		return err
	}
	return &Failure{Index: i, Err: err}
}

// readImages reads the images with one ffmpeg process. images are indexes of stills.
func (p *Painter) readImages(ctx context.Context, stills []Still, images []int) ([][]byte, error) {
	var in []ffmpeg.StillInput
	for _, i := range images {
		in = append(in, p.NewStillInput(stills[i]))
	}
	sink := &frameSink{size: p.CountFrameBytes(), keep: len(images)}
	if err := p.tools.RunFFmpeg(ctx, ffmpeg.ReadStillsArgs(in), nil, sink); err != nil {
		return nil, err
	}
	if len(sink.frames) != len(images) || sink.n != 0 {
		return nil, errors.New("the image cannot be decoded")
	}
	return sink.frames, nil
}

// paintClipStill paints a frame of a clip.
func (p *Painter) paintClipStill(ctx context.Context, s Still) ([]byte, error) {
	frames := int64(1)
	from, length := s.From, s.Length
	if s.AtEnd {
		frames = 1 << 40
	}
	w, h := s.Asset.Source.ComputeUprightSize()
	clip := ffmpeg.ClipInput{
		Input: s.Asset.Input, Source: s.Asset.Source, Canvas: s.Canvas,
		Placement: ffmpeg.PlaceSource(w, h, p.pic.Width, p.pic.Height, s.Placing),
		Stretch:   ffmpeg.Stretch{From: from, Length: length}, Frames: frames, ClipOverlays: ffmpeg.ClipOverlays{Backdrops: s.Backdrops},
	}
	// For the last frame, decode only the last seconds; decode everything if they contain no frame.
	const tail = 3_000_000
	if s.AtEnd && length > tail {
		clip.From, clip.Length = from+length-tail, tail
	}
	for {
		sink := &frameSink{size: p.CountFrameBytes(), keep: 1}
		if err := p.tools.RunFFmpeg(ctx, p.pic.ReadClipArgs(clip), nil, sink); err != nil {
			return nil, err
		}
		if len(sink.frames) > 0 {
			return sink.frames[len(sink.frames)-1], nil
		}
		if clip.From == from {
			return nil, errors.New("the clip contains no picture that can be decoded")
		}
		clip.From, clip.Length = from, length
	}
}

// frameSink splits a stream into frames and keeps the last ones.
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

// newSolidFrame returns a frame of one colour.
func (p *Painter) newSolidFrame(c frame.Color) []byte {
	y, u, v := toBT709(c)
	n := p.pic.Width * p.pic.Height
	frame := make([]byte, n*3/2)
	fillBytes(frame[:n], y)
	fillBytes(frame[n:n*5/4], u)
	fillBytes(frame[n*5/4:], v)
	return frame
}

func fillBytes(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}

// toBT709 converts a colour to BT.709 limited range.
func toBT709(c frame.Color) (y, u, v byte) {
	r, g, b := int(c.R), int(c.G), int(c.B)
	u, v = toChroma(r, g, b)
	return toLuma(r, g, b), u, v
}

// Shrink returns a raw frame of w x h pixels reduced by the factor by: each pixel is the mean of by x
// by pixels. The size is rounded down to even numbers.
func Shrink(frame []byte, w, h, by int) []byte {
	sw, sh := w/by&^1, h/by&^1
	out := make([]byte, 0, sw*sh*3/2)
	n := w * h
	for i, plane := range [][]byte{frame[:n], frame[n : n*5/4], frame[n*5/4:]} {
		pw, qw, qh := w, sw, sh
		if i > 0 {
			pw, qw, qh = w/2, sw/2, sh/2
		}
		for y := range qh {
			for x := range qw {
				sum := 0
				for k := range by * by {
					sum += int(plane[(y*by+k/by)*pw+x*by+k%by])
				}
				out = append(out, byte((sum+by*by/2)/(by*by)))
			}
		}
	}
	return out
}
