package studio

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/film"
	"mynah/internal/mp4"
	"mynah/internal/pending"
)

// sidecar is a file beside the film whose content is known before anything is written.
type sidecar struct {
	path    string
	content []byte
}

// publish writes the film and what stands beside it. Each file is written whole under
// another name, synced and renamed; the film comes last. Where all of it stands as an
// earlier build wrote it, nothing is written.
func (j *job) publish(ctx context.Context) (*Result, error) {
	f := &film.Film{
		Picture: j.form, Pieces: j.cut.pieces, Sound: j.track.sound, Samples: j.line.Samples, AAC: j.studio.aac(j.track.channels),
		Language: iso639(j.board.Film.Language), Tag: bcp47(j.board.Film.Language), Cues: j.soft(), Chapters: j.chapters(),
		Tags: []mp4.Tag{
			{Code: mp4.TagTitle, Value: j.board.Film.Title},
			{Code: mp4.TagArtist, Value: j.board.Film.Author},
			{Code: mp4.TagDescription, Value: j.board.Film.Description},
			{Code: mp4.TagComment, Value: j.board.Film.Description}, // some players show only this
			{Code: mp4.TagTool, Value: "Mynah"},
		},
	}
	r, beside, err := j.result()
	if err != nil {
		return nil, err
	}
	key, err := j.standingKey(f, beside)
	if err != nil {
		return nil, onDisk(err, "the video cannot be put in its place")
	}
	if n, ok := j.stands(key, r); ok {
		r.Bytes = n
		return r, nil
	}
	poster, err := j.poster(ctx, f)
	if err != nil {
		return nil, err
	}
	w := &release{job: j}
	defer w.discard()
	for _, s := range append([]sidecar{{r.Poster, poster}}, beside...) {
		if err := w.beside(s); err != nil {
			return nil, err
		}
	}
	err = w.add(r.Film, "", func(w io.Writer) error {
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
	checked := j.clock(phaseCheck)
	err = j.verify(ctx, f, w.files[len(w.files)-1], r.Bytes, beside)
	checked()
	if err != nil {
		return nil, err
	}
	if err := w.publish(ctx); err != nil {
		return nil, err
	}
	if r.SRT == "" && j.replaces {
		// Subtitles of the film that was replaced would be taken for this one's.
		for _, path := range j.subtitles() {
			_ = os.Remove(path)
		}
	}
	if j.staleChapters(r) {
		_ = os.Remove(j.named(endChapters))
	}
	w.note(key, r.Bytes)
	return r, nil
}

// result says what the film is, and which files stand beside it.
func (j *job) result() (*Result, []sidecar, error) {
	r := &Result{
		Film: j.req.Output, Width: j.line.Width, Height: j.line.Height, FPS: j.line.FPS, Frames: j.line.Frames,
		Length: time.Duration(j.line.Samples) * time.Second / 48000, Scenes: len(j.line.Scenes), Warnings: j.list, Sources: j.sources,
	}
	r.Seconds = r.Length.Seconds()
	for _, s := range j.board.Scenes {
		r.places = append(r.places, s.Range)
	}
	r.Voices = j.voiceUses()
	r.Poster = j.named(".jpg")
	var beside []sidecar
	if len(j.cues) > 0 {
		r.SRT, r.VTT = j.subtitles()[0], j.subtitles()[1]
		beside = append(beside, sidecar{r.SRT, []byte(caption.SRT(j.cues))}, sidecar{r.VTT, []byte(caption.VTT(j.cues))})
	}
	if j.req.Timeline {
		r.Timeline = j.named(".timeline.json")
		b, err := json.MarshalIndent(Plan{Board: j.board, Line: j.line, Captions: j.cues}, "", "  ")
		if err != nil {
			return nil, nil, err
		}
		beside = append(beside, sidecar{r.Timeline, append(b, '\n')})
	}
	if j.req.Transcript {
		text, list := j.transcript()
		r.Transcript = j.named(endTranscript)
		beside = append(beside, sidecar{r.Transcript, []byte(text)})
		if list != "" {
			r.Chapters = j.named(endChapters)
			beside = append(beside, sidecar{r.Chapters, []byte(list)})
		}
	}
	return r, beside, nil
}

// staleChapters reports a list of chapters that an earlier build wrote, of a film that has
// none any more.
func (j *job) staleChapters(r *Result) bool {
	return j.req.Transcript && r.Chapters == "" && j.replaces && j.ours(j.named(endChapters))
}

// release are files on their way to their places.
type release struct {
	job   *job
	files []*pending.File
	notes []standingFile // of the files, before they have their places
}

// add writes a file under another name; made names the note that it is a build's own.
func (w *release) add(path, made string, write func(io.Writer) error) error {
	p, err := pending.Create(path)
	if err != nil {
		return onDisk(err, "%s cannot be written", path)
	}
	w.files = append(w.files, p)
	sum := newSum()
	if err := write(io.MultiWriter(p, sum)); err != nil {
		return err
	}
	w.notes = append(w.notes, standingFile{Path: path, Sum: sum.Sum32(), Made: made})
	return nil
}

// beside writes a file beside the film, unless something of others is in its place.
func (w *release) beside(s sidecar) error {
	if err := w.job.claim(s.path, s.content); err != nil {
		return err
	}
	return w.add(s.path, madeKey(s.content).String(), func(w io.Writer) error { _, err := w.Write(s.content); return err })
}

// publish gives all files their names.
func (w *release) publish(ctx context.Context) error {
	for _, p := range w.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.Publish(); err != nil {
			return onDisk(err, "the video cannot be put in its place")
		}
	}
	return nil
}

// discard removes what was not published.
func (w *release) discard() {
	for _, p := range w.files {
		p.Discard()
	}
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

// posterFrame is the frame that the header names for the poster, else the middle of the
// first scene.
func (j *job) posterFrame() int64 {
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
	return max(0, min(n, j.line.Frames-1))
}

// poster makes the poster image.
func (j *job) poster(ctx context.Context, f *film.Film) ([]byte, error) {
	n := j.posterFrame()
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
