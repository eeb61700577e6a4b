// Package ahead makes the slides, pictures and sound of a video's first scenes while a remote voice still
// speaks the later ones. It only fills the cache. The later steps plan the whole video as usual, find the
// finished parts in the cache, and report the findings. So bytes, findings and explanations do not depend on
// the parts that were made ahead.
package ahead

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"time"

	"mynah/internal/assets"
	"mynah/internal/caption"
	"mynah/internal/cut"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/mix"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// leastAhead is the minimum number of scenes that are made at once, because starting a program takes time.
const leastAhead = 3

// Input is the content of the scenes, and the tools to make them.
type Input struct {
	Board *storyboard.Board
	Files *assets.Set
	// Project contains the files that slides refer to.
	Project fs.FS
	Drawer  *slide.Drawer
	Booth   *voice.Booth
	// Cut returns the tools for the pictures of a video.
	Cut func(*timeline.Line, picture.Layers) cut.Tools
	Mix mix.Tools
	// After is the time that speech must take before anything is made ahead.
	After time.Duration
	// Report receives the fraction of the scenes that are finished, 0 to 1.
	Report func(done float64)
}

// Worker makes scenes of one video while it is being spoken.
type Worker struct {
	in    Input
	maker part.Maker // with a separate book
	book  *part.Book // of the build
	over  chan struct{}
	ended chan struct{}

	mu     sync.Mutex // guards the fields below
	ready  int        // number of leading scenes that are completely spoken
	spoken *speech.Spoken
	wake   chan struct{}
}

// StartWorker starts to make scenes in the background. The caller must call StopAndRecord.
func StartWorker(ctx context.Context, m part.Maker, in Input) *Worker {
	w := &Worker{
		in: in, maker: m, book: m.Book,
		over: make(chan struct{}), ended: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	w.maker.Book, w.maker.Report = part.NewBook(), nil
	go func() {
		defer close(w.ended)
		// the later steps report the error
		_ = fault.Guard("working ahead", func() error { w.makeUntilStopped(ctx); return nil })
	}()
	return w
}

// StopAndRecord waits for the current step, ends the work, and records the finished parts in the build's book.
func (w *Worker) StopAndRecord() {
	close(w.over)
	<-w.ended
	w.book.AdoptMade(w.maker.Book)
}

// NotifySpoken informs the worker that the first n scenes are spoken.
func (w *Worker) NotifySpoken(n int, s *speech.Spoken) {
	w.mu.Lock()
	// the other sentences are still being written
	w.ready, w.spoken = n, &speech.Spoken{Sentences: slices.Clone(s.Sentences[:n])}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// makeUntilStopped makes scenes when they are spoken, until StopAndRecord is called.
func (w *Worker) makeUntilStopped(ctx context.Context) {
	late := time.NewTimer(w.in.After)
	defer late.Stop()
	select {
	case <-w.over:
		return
	case <-late.C: // speech takes long
	}
	done := 0
	for !w.isStopped() {
		w.mu.Lock()
		ready, spoken := w.ready, w.spoken
		w.mu.Unlock()
		// Make scenes in growing batches, because each batch plans all scenes before it again.
		if ready-1-done >= max(leastAhead, done/16) && ready < len(w.in.Board.Scenes) {
			if err := w.makeAllScenesButLast(ctx, ready, spoken); err != nil {
				return // the later steps report the error
			}
			done = ready - 1
			w.in.Report(float64(done) / float64(len(w.in.Board.Scenes)))
			continue
		}
		select {
		case <-w.over:
			return
		case <-ctx.Done():
			return
		case <-w.wake:
		}
	}
}

// isStopped reports whether StopAndRecord was called.
func (w *Worker) isStopped() bool {
	select {
	case <-w.over:
		return true
	default:
		return false
	}
}

// errFindings ends the work if the script has errors. The later steps report them.
var errFindings = errors.New("the script has errors")

// makeAllScenesButLast makes the first n-1 of n scenes. It omits the last one, because the following scene may change
// its end.
func (w *Worker) makeAllScenesButLast(ctx context.Context, n int, spoken *speech.Spoken) error {
	board := *w.in.Board
	board.Scenes = board.Scenes[:n]
	measured := spoken.NewMeasured(w.in.Files.ListMedia())
	if timeline.CheckLength(&board, measured).HasErrors() {
		return errFindings
	}
	line := timeline.Compute(&board, measured)
	cues := caption.MakeCues(&board, line, spoken.ListWords)
	known := len(cues)
	for known > 0 && cues[known-1].Scene == n-1 {
		known--
	}
	cues = cues[:known]
	whole := *line
	board.Scenes, line.Scenes = board.Scenes[:n-1], line.Scenes[:n-1]
	in := overlay.Input{Board: &board, Files: w.in.Project, Drawer: w.in.Drawer, Sizes: w.in.Files.MeasurePicture}
	slides, list, err := overlay.DrawSlides(ctx, w.maker, in, cues)
	if err := errorOrFindings(list, err); err != nil {
		return err
	}
	grounds, err := overlay.DrawGrounds(ctx, w.maker, in, line)
	if err != nil {
		return err
	}
	all := in
	all.Board = w.in.Board
	watermarks, list, err := overlay.DrawWatermarks(ctx, w.maker, all)
	if err := errorOrFindings(list, err); err != nil {
		return err
	}
	captions, list, err := overlay.DrawCaptions(ctx, w.maker, in, line, cues)
	if err := errorOrFindings(list, err); err != nil {
		return err
	}
	layers, err := overlay.NewDrawings(w.maker.Store)
	if err != nil {
		return err
	}
	pictures := cut.Input{
		Board: &board, Line: line, Files: w.in.Files,
		Slides: slides, Captions: captions, Grounds: grounds, Watermarks: watermarks,
	}
	pictures.Callouts, list, err = cut.DrawCallouts(ctx, w.maker, w.in.Cut(line, nil), pictures, in, cues)
	if err := errorOrFindings(list, err); err != nil {
		return err
	}
	c := cut.New(w.maker, w.in.Cut(line, layers), pictures)
	list, err = c.MakePictures(ctx, c.PlanPictures())
	if err := errorOrFindings(list, err); err != nil {
		return err
	}
	x := mix.New(w.maker, w.in.Mix, mix.Input{
		Board: w.in.Board, Line: &whole, Files: w.in.Files, Spoken: spoken, Booth: w.in.Booth,
	})
	return x.MakeChunksBefore(ctx, whole.Scenes[n-1].Sound)
}

// errorOrFindings returns err, or errFindings if the list contains errors.
func errorOrFindings(list diag.List, err error) error {
	if err == nil && list.HasErrors() {
		return errFindings
	}
	return err
}
