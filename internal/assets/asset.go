// Package assets prepares the files of a project: it stages each under a generated name, hashes and
// measures it, converts formats that ffmpeg cannot read, and determines how its colours are converted
// for the video. Package cut shows the files.
package assets

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"

	"mynah/internal/cache"
	"mynah/internal/codec"
	"mynah/internal/ffmpeg"
	"mynah/internal/media"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
	"mynah/internal/timeline"
)

// maxPixels is the maximum number of pixels of an image, because decoding needs memory for all of
// them.
const maxPixels = 150_000_000

// Asset is a user's file that was identified and staged under a generated name.
type Asset struct {
	name string
	// Content is the hash of the file's bytes.
	Content cache.Key
	// Input is the staged file, or a converted file in its place.
	Input  ffmpeg.Input
	header media.Header // only for images
	// Info contains the measured properties of a clip, GIF or sound; nil for an image.
	Info *ffmpeg.Info
	// table is the conversion of its colours to the film's; nil if none is needed.
	table *colourTable
	// drawn is true if the picture was drawn in the size in which it is shown (SVG).
	drawn bool
	// converted is true if Input is a converted file.
	converted bool
	// warning is a message for the author about the file, or "".
	warning string
	// advice is the hint that belongs to warning. If it is empty, the hint is about colours.
	advice string
}

// ToPicture returns the asset for package picture. Its Content is a hash of everything that determines
// the pixels, so that, for example, a rotated copy is a different picture.
func (a *Asset) ToPicture() *picture.Asset {
	out := &picture.Asset{Input: a.Input}
	if a.Info != nil && a.Info.Video != nil {
		out.Source = a.Info.Video.Source
		out.Input.AlphaVPX = a.Info.Video.AlphaVPX
	} else {
		out.Source = ffmpeg.Source{
			Width: a.header.Width, Height: a.header.Height, Turn: a.header.Turn,
			PixelW: 1, PixelH: 1, Alpha: a.header.Alpha, Coding: ffmpeg.Coding{Matrix: "rgb", FullRange: a.header.FullRange},
		}
		if a.header.YUV {
			out.Source.Matrix = "bt601"
		}
	}
	if a.table != nil {
		out.Source.Colours = a.table.id
	}
	out.Content = cache.NewHasher("looks 1").AddBytes(a.Content[:]).AddString(fmt.Sprintf("%+v %s", out.Source, a.Input.Format)).Key()
	if a.table != nil {
		out.Source.Table = a.table.path
	}
	return out
}

// ToMedia returns the asset's properties for package timeline.
func (a *Asset) ToMedia() timeline.Media {
	m := timeline.Media{}
	if a == nil || a.Info == nil {
		return m
	}
	if a.Info.Audio != nil {
		m.Sound, m.Length = true, a.Info.Audio.Length
	}
	if v := a.Info.Video; v != nil {
		m.Length, m.Rate, m.Frames = v.Length, v.Rate, v.Frames
		m.Still = (a.Input.Format == media.GIF || a.Input.Cycles) && v.Frames <= 1
	}
	return m
}

// identifyFile stages, hashes and measures a file. number makes its staged name unique; sound is true for
// a file that is used for its sound.
func (w *identifier) identifyFile(ctx context.Context, name string, number int, sound bool) (*Asset, error) {
	head, _, err := w.project.ReadHead(name)
	if err != nil {
		return nil, errors.New("it cannot be read")
	}
	a := &Asset{name: name}
	if a.Input.Path, err = w.project.StageFile(name, w.Work, number); err != nil {
		return nil, err
	}
	if a.Content, err = w.Store.HashFile(ctx, a.Input.Path); err != nil {
		return nil, err
	}
	a.Input.Format = media.DetectFormat(head)
	switch {
	case a.Input.Format == media.GIF:
		if err = checkNotTruncated(a.Input.Path, media.IsGIFComplete); err == nil {
			err = w.probeClip(ctx, a)
		}
	case sound || a.Input.Format.IsVideo():
		err = w.probeClip(ctx, a)
	case a.Input.Format == media.WebP && media.IsAnimatedWebPOrAVIF(head):
		err = w.convertWebP(ctx, a)
	case a.Input.Format == media.AVIF:
		err = w.convertAVIF(ctx, a)
	case a.Input.Format == media.SVG:
		err = w.drawSVG(ctx, a)
	default:
		if err = w.readAndCheckHeader(a); err == nil && a.header.Channels == 4 && a.header.Colours.ICC != "" {
			err = w.convertCMYK(a)
		}
	}
	if err == nil && !sound {
		w.chooseConversion(a)
	}
	return a, err
}

func (w *identifier) readAndCheckHeader(a *Asset) error {
	f, err := os.Open(a.Input.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if a.header, err = media.ReadHeader(f, a.Input.Format); err != nil {
		return err
	}
	if a.Input.Format == media.PNG && !media.IsPNGComplete(f) || a.Input.Format == media.JPEG && !media.IsJPEGComplete(f) {
		return errCut
	}
	return checkPixelCount(a.header.Width, a.header.Height)
}

// errCut is the error for a file whose end is missing.
var errCut = errors.New("the file is truncated: its end is missing")

// checkNotTruncated returns errCut if a file is truncated. ends reports whether a file is complete.
func checkNotTruncated(path string, ends func(io.ReadSeeker) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if !ends(f) {
		return errCut
	}
	return nil
}

func checkPixelCount(w, h int) error {
	if int64(w)*int64(h) > maxPixels {
		return fmt.Errorf("it has %d x %d pixels; a picture may have up to %d million", w, h, maxPixels/1_000_000)
	}
	return nil
}

// probeClip measures a clip or sound, or reads the result from the cache.
func (w *identifier) probeClip(ctx context.Context, a *Asset) error {
	r := Probe{Content: a.Content, Format: a.Input.Format, Cycles: a.Input.Cycles, Tool: w.tools.Version}
	info, err := part.ReadOrMakeJSON(w.Store, cache.Probes, r, func() (*ffmpeg.Info, error) {
		info, err := w.tools.FFmpeg.ProbeFile(ctx, a.Input)
		if err == nil && info.Video != nil {
			err = checkPixelCount(info.Video.Source.Width, info.Video.Source.Height)
		}
		return info, err
	})
	if err != nil {
		return err
	}
	a.Info = info
	return nil
}

// replaceByPNG replaces an asset's image by b, a PNG.
func (w *identifier) replaceByPNG(a *Asset, b []byte) error {
	path := a.Input.Path + ".png"
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return err
	}
	a.Content = cache.NewHasher("converted").AddBytes(b).Key()
	a.Input.Path, a.Input.Format, a.converted = path, media.PNG, true
	return w.readAndCheckHeader(a)
}

// drawSVG draws an SVG image in the browser, in the size in which it is shown, because enlarging it
// afterwards would blur it.
func (w *identifier) drawSVG(ctx context.Context, a *Asset) error {
	version, err := w.tools.Drawer.ReadVersion(ctx, "SVG images")
	if err != nil {
		return err
	}
	width, height := w.board.Film.Width, w.board.Film.Height
	r := Drawing{Content: a.Content, Width: width, Height: height, Tool: version}
	in, err := os.ReadFile(a.Input.Path)
	if err != nil {
		return err
	}
	if file := slide.FindOutsideFile(in); file != "" {
		const most = 80 // maximum number of characters of the address in the message
		a.warning = fmt.Sprintf("it refers to %.*q, which is not embedded in the image file and is left out", most, file)
		a.advice = "export the image with its pictures embedded"
	}
	b, err := part.ReadOrMake(w.Store, cache.Pictures, r, func() ([]byte, error) {
		return w.tools.Drawer.DrawSVG(ctx, slide.Drawing{Source: in, Cover: image.Pt(width, height), MostPixels: maxPixels})
	})
	if err != nil {
		return err
	}
	a.drawn = true
	return w.replaceByPNG(a, b)
}

// convertAVIF decodes an AVIF picture to a PNG and keeps its rotation and colours, which the PNG does not
// contain.
func (w *identifier) convertAVIF(ctx context.Context, a *Asset) error {
	f, err := os.Open(a.Input.Path)
	if err != nil {
		return err
	}
	facts := media.ReadAVIF(f)
	if err := f.Close(); err != nil {
		return err
	}
	if facts.Cut {
		return errCut
	}
	if facts.Sequence {
		return w.probeSequence(ctx, a, facts)
	}
	b, err := w.decodeAVIF(ctx, a)
	if err != nil {
		return err
	}
	if err := w.replaceByPNG(a, b); err != nil {
		return err
	}
	a.header.Turn, a.header.Colours = facts.Turn, facts.Colours
	return nil
}

func (w *identifier) decodeAVIF(ctx context.Context, a *Asset) ([]byte, error) {
	decoder, err := codec.IdentifyAVIFDecoder(w.tools.Run)
	if err != nil {
		return nil, err
	}
	r := Decoded{Content: a.Content, Tool: w.tools.Version, Decoder: decoder}
	return part.ReadOrMake(w.Store, cache.Pictures, r, func() ([]byte, error) {
		return codec.DecodeAVIF(ctx, w.tools.Run, a.Input.Path)
	})
}
