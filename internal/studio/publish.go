package studio

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/film"
	"mynah/internal/mp4"
	"mynah/internal/pending"
)

// publish writes the film and what stands beside it. Each file is written whole under
// another name, synced and renamed; the film comes last.
func (j *job) publish(ctx context.Context) (*Result, error) {
	f := &film.Film{
		Picture: j.form, Pieces: j.cut.pieces, Sound: j.track.sound, Samples: j.line.Samples, AAC: j.studio.aac(j.track.channels),
		Language: iso639(j.board.Film.Language),
		Tags: []mp4.Tag{
			{Code: mp4.TagTitle, Value: j.board.Film.Title},
			{Code: mp4.TagArtist, Value: j.board.Film.Author},
			{Code: mp4.TagDescription, Value: j.board.Film.Description},
			{Code: mp4.TagTool, Value: "Mynah"},
		},
	}
	out := j.req.Output
	base := strings.TrimSuffix(out, filepath.Ext(out))
	r := &Result{
		Film: out, Width: j.line.Width, Height: j.line.Height, FPS: j.line.FPS, Frames: j.line.Frames,
		Length: time.Duration(j.line.Samples) * time.Second / 48000, Scenes: len(j.line.Scenes), Warnings: j.list, Sources: j.sources,
	}
	r.Seconds = r.Length.Seconds()
	for _, s := range j.board.Scenes {
		r.places = append(r.places, s.Range)
	}
	var files []*pending.File
	defer func() {
		for _, p := range files {
			p.Discard()
		}
	}()
	add := func(path string, write func(io.Writer) error) error {
		p, err := pending.Create(path)
		if err != nil {
			return onDisk(err, "%s cannot be written", path)
		}
		files = append(files, p)
		return write(p)
	}
	beside := func(path string, content []byte) error {
		if err := j.claim(path, content); err != nil {
			return err
		}
		return add(path, func(w io.Writer) error { _, err := w.Write(content); return err })
	}
	poster, err := j.poster(ctx, f)
	if err != nil {
		return nil, err
	}
	r.Poster = base + ".jpg"
	if err := beside(r.Poster, poster); err != nil {
		return nil, err
	}
	if len(j.cues) > 0 {
		r.SRT, r.VTT = base+".srt", base+".vtt"
		if err := errors.Join(beside(r.SRT, []byte(caption.SRT(j.cues))), beside(r.VTT, []byte(caption.VTT(j.cues)))); err != nil {
			return nil, err
		}
	}
	if j.req.Timeline {
		r.Timeline = base + ".timeline.json"
		b, err := json.MarshalIndent(Plan{Board: j.board, Line: j.line, Captions: j.cues}, "", "  ")
		if err == nil {
			err = beside(r.Timeline, append(b, '\n'))
		}
		if err != nil {
			return nil, err
		}
	}
	err = add(out, func(w io.Writer) error {
		m := &meter{w: &stopper{ctx: ctx, w: w}, total: j.line.Frames * 100, report: func(p float64) { j.progress(phaseFilm, min(p, 0.9)) }}
		b := bufio.NewWriterSize(m, 256<<10) // packets are small
		if r.Bytes, err = f.Write(j.store, b); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return nil, err
	}
	for _, p := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.Publish(); err != nil {
			return nil, onDisk(err, "the film cannot be put in its place")
		}
	}
	if len(j.cues) == 0 && j.replaces {
		// Subtitles of the film that was replaced would be taken for this one's.
		_ = os.Remove(base + ".srt")
		_ = os.Remove(base + ".vtt")
	}
	return r, nil
}

// stopper ends a long copy when it is no longer wanted.
type stopper struct {
	ctx context.Context //nolint:containedctx // lives as long as the copy
	w   io.Writer
}

// Write implements io.Writer.
func (s *stopper) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

// poster makes the poster image: the frame that the header names, else the middle of
// the first scene.
func (j *job) poster(ctx context.Context, f *film.Film) ([]byte, error) {
	fps := j.line.FPS
	n := j.line.Scenes[0].Frames / 2
	p := j.board.Film.Poster
	switch p.Word {
	case "start":
		n = 0
	case "end":
		n = j.line.Frames - 1
	case "":
		n = int64(p.At.Seconds() * float64(fps.Num) / float64(fps.Den))
	}
	n = max(0, min(n, j.line.Frames-1))
	track, err := f.Track(j.store)
	if err != nil {
		return nil, err
	}
	defer track.Close()
	var stream bytes.Buffer
	count, err := track.AnnexB(&stream, n)
	if err != nil {
		return nil, err
	}
	key := cache.NewHasher("poster 1").String(j.studio.version).Bytes(stream.Bytes()).Key()
	if b, ok := j.store.Get(cache.Pictures, key); ok {
		return b, nil
	}
	var out bytes.Buffer
	j.part(key, partPoster, fmt.Sprintf("frame %d", n), 0, of("the picture", key))
	draw := func() error { return j.studio.tools.Run(ctx, j.form.Poster(count), &stream, &out) }
	if err := j.making(draw, key); err != nil {
		return nil, err
	}
	return out.Bytes(), j.store.PutBytes(cache.Pictures, key, out.Bytes())
}

// meter tells how much of a stream has passed.
type meter struct {
	w        io.Writer
	n, total int64
	last     int64
	report   func(float64)
}

// Write implements io.Writer.
func (m *meter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.n += int64(n)
	if m.n-m.last > m.total/50 {
		m.last = m.n
		m.report(float64(m.n) / float64(m.total))
	}
	return n, err
}
