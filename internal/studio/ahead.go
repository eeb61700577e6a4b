package studio

import (
	"context"
	"slices"
	"sync"
	"time"

	"mynah/internal/assets"
	"mynah/internal/caption"
	"mynah/internal/cut"
	"mynah/internal/fault"
	"mynah/internal/mix"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// leastAhead is the fewest scenes that are made ahead at once: the start of a program pays for
// several.
const leastAhead = 3

// ahead makes the slides, pictures and sound of the first scenes while later ones are still spoken:
// what takes long is often a voice on another machine. It only fills the cache. The steps that
// follow plan all of the video as if ahead had not been, find there what it made, and meet and
// report what is wrong; so bytes, findings and explanations do not depend on what it did, or when.
type ahead struct {
	e     *session
	board *storyboard.Board
	files *assets.Set
	maker part.Maker // with a book of its own
	begin time.Time

	mu     sync.Mutex // guards what follows
	ready  int        // scenes whose sentences are all spoken, with all before them
	spoken *speech.Spoken
	wake   chan struct{}
}

// startAhead begins to make scenes ahead of a video's speech; stop ends it, after the work that is
// going on.
func (e *session) startAhead(ctx context.Context, board *storyboard.Board, files *assets.Set) (a *ahead, stop func()) {
	a = &ahead{e: e, board: board, files: files, maker: e.maker, begin: time.Now(), wake: make(chan struct{}, 1)}
	a.maker.Book = part.NewBook()
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	over := make(chan struct{})
	go func() {
		defer close(ended)
		_ = fault.Guard("working ahead", func() error { a.run(ctx, over); return nil }) // the steps behind meet it again
	}()
	return a, func() {
		close(over)
		<-ended
		cancel()
		e.maker.Book.Adopt(a.maker.Book)
	}
}

// spokenUpTo takes that the first n scenes are spoken.
func (a *ahead) spokenUpTo(n int, s *speech.Spoken) {
	a.mu.Lock()
	a.ready, a.spoken = n, &speech.Spoken{Sentences: slices.Clone(s.Sentences[:n])} // the rest is being written
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// run makes scenes as they get ready, until over is closed.
func (a *ahead) run(ctx context.Context, over <-chan struct{}) {
	late := time.NewTimer(a.e.studio.cfg.Ahead)
	defer late.Stop()
	select {
	case <-over:
		return
	case <-late.C: // speech takes long
	}
	done := 0
	for {
		a.mu.Lock()
		ready, spoken := a.ready, a.spoken
		a.mu.Unlock()
		// In growing steps: each plans all scenes up to its last.
		if ready-1-done >= max(leastAhead, done/16) && ready < len(a.board.Scenes) {
			if err := a.make(ctx, ready, spoken); err != nil {
				return // the steps behind meet it again
			}
			done = ready - 1
			continue
		}
		select {
		case <-over:
			return
		case <-ctx.Done():
			return
		case <-a.wake:
		}
	}
}

// make makes all but the last of the first n scenes: what follows a scene may change its end.
func (a *ahead) make(ctx context.Context, n int, spoken *speech.Spoken) error {
	board := *a.board
	board.Scenes = board.Scenes[:n]
	measured := timeline.Measured{Files: a.files.Media(), Speech: spoken.Lengths()}
	if timeline.Check(&board, measured).HasErrors() {
		return nil
	}
	line := timeline.Compute(&board, measured)
	cues := caption.Cues(&board, line, spoken.Words)
	known := len(cues)
	for known > 0 && cues[known-1].Scene == n-1 {
		known--
	}
	cues = cues[:known]
	whole := *line
	board.Scenes, line.Scenes = board.Scenes[:n-1], line.Scenes[:n-1]
	in := overlay.Input{Board: &board, Files: a.e.project.FS(), Drawer: a.e.studio.drawer}
	slides, _, err := overlay.DrawSlides(ctx, a.maker, in, cues)
	if err != nil {
		return err
	}
	captions, _, err := overlay.DrawCaptions(ctx, a.maker, in, line, cues)
	if err != nil {
		return err
	}
	layers, err := overlay.NewDrawings(a.e.studio.store)
	if err != nil {
		return err
	}
	c := cut.New(a.maker, a.e.studio.cutTools(line, layers), cut.Input{Board: &board, Line: line, Files: a.files, Slides: slides, Captions: captions})
	if _, err := c.Make(ctx, c.Plan()); err != nil {
		return err
	}
	x := mix.New(a.maker, a.e.studio.mixTools(), mix.Input{Board: a.board, Line: &whole, Files: a.files, Spoken: spoken, Booth: a.e.studio.booth})
	return x.MakeBefore(ctx, whole.Scenes[n-1].Sound)
}
