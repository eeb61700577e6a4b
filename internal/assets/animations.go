package assets

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"time"

	"mynah/internal/animation"
	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/media"
	"mynah/internal/part"
)

// convertWebP converts an animated WebP to a file that ffmpeg can read.
func (w *identifier) convertWebP(ctx context.Context, a *Asset) error {
	if err := w.readAndCheckHeader(a); err != nil {
		return err
	}
	f, err := os.Open(a.Input.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	movie, err := animation.ReadWebP(f, info.Size())
	if err != nil {
		return err
	}
	var ms []int64
	for _, frame := range movie.Frames {
		ms = append(ms, frame.Duration.Milliseconds())
	}
	a.Info = ffmpeg.DescribeMovie(movie.Width, movie.Height, ms)
	a.Info.Video.Source.Turn = a.header.Turn
	return w.replaceByMovie(a, "WebP", func(w io.Writer) error {
		out, err := ffmpeg.NewMovieWriter(w, movie.Width, movie.Height)
		if err != nil {
			return err
		}
		err = movie.PlayFrames(func(picture *image.NRGBA, d time.Duration) error {
			return errors.Join(ctx.Err(), out.AddPicture(picture.Pix, d.Milliseconds()))
		})
		return errors.Join(err, out.Close())
	})
}

// replaceByMovie replaces an asset's file by a converted one. The converted file is stored in the cache, and
// copied to the work folder only when a picture is painted. from is the original format.
func (w *identifier) replaceByMovie(a *Asset, from string, write func(io.Writer) error) error {
	key := part.ComputeKey(Movie{Content: a.Content, From: from, Tool: w.tools.Version})
	if !w.Store.HasEntry(cache.Pictures, key) {
		if err := w.Store.Put(cache.Pictures, key, write); err != nil {
			return err
		}
	}
	path := a.Input.Path + ".mkv"
	a.Input.Path, a.Input.Format, a.Input.Cycles = path, media.Matroska, true
	w.set.deferWrite(func() error {
		e, ok := w.Store.OpenEntry(cache.Pictures, key)
		if !ok {
			return cache.ErrLost
		}
		defer func() { _ = e.Close() }()
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return fault.New(fault.Disk, err, "cannot write to the temporary folder")
		}
		_, err = io.Copy(f, e)
		return errors.Join(err, f.Close())
	})
	return nil
}

// probeSequence probes an AVIF file with moving pictures.
func (w *identifier) probeSequence(ctx context.Context, a *Asset, facts media.AVIFFacts) error {
	a.Input.Format, a.Input.Cycles = media.MOV, true
	if err := w.probeClip(ctx, a); err != nil {
		return err
	}
	if a.Info.Video == nil {
		return errors.New("it contains no pictures")
	}
	a.Info.Audio = nil
	if facts.Alpha {
		source := a.Input
		err := w.replaceByMovie(a, "AVIF", func(out io.Writer) error {
			return w.tools.FFmpeg.RunFFmpeg(ctx, ffmpeg.MergeAlphaArgs(source), nil, out)
		})
		if err != nil {
			return err
		}
		v := &a.Info.Video.Source
		v.Alpha, v.Plain, v.Matrix, v.FullRange = true, false, "rgb", false
	}
	a.Info.Video.Source.Turn = facts.Turn
	a.header.Colours, a.header.Channels = facts.Colours, 3
	return nil
}
