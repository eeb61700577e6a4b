// Package part has what all steps of a build share when they make parts of a video: the cache in
// which parts are found again, the book with the recipe of each part, and groups of parallel work.
// It does not know the kinds of parts.
package part

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"mynah/internal/cache"
	"mynah/internal/fault"
)

// Maker is what a step of a build makes its parts with.
type Maker struct {
	Store *cache.Store
	Book  *Book
	// Executor decides where parts are made; nil: in this process.
	Executor Executor
	// Jobs is how many pieces of work run in parallel, at least 1.
	Jobs int
	// Work is the folder for temporary files of the build.
	Work string
	// Report receives how far the step is, 0 to 1. It may be nil; calls come one at a time.
	Report func(done float64)
}

// Progress reports how far the step is, 0 to 1.
func (m Maker) Progress(done float64) {
	if m.Report != nil {
		m.Report(done)
	}
}

// ScratchPath names a temporary file of the build that belongs to a part.
func (m Maker) ScratchPath(kind string, key cache.Key) string {
	return filepath.Join(m.Work, kind+"-"+key.String()[:32])
}

// Scratch writes a temporary file of the build, which a program reads.
func (m Maker) Scratch(kind string, key cache.Key, b []byte) (string, error) {
	path := m.ScratchPath(kind, key)
	return path, os.WriteFile(path, b, 0o600)
}

// Group runs work in parallel, ends with the first failure and reports progress. A panic in
// one of its goroutines is a failure of the build, not the end of the process.
type Group struct {
	errs   *errgroup.Group
	maker  Maker
	doing  string
	weight float64 // of all work

	mu   sync.Mutex
	done float64
}

// Group returns a group for work of a whole weight; doing says what the work is, as in
// "drawing slides". A weight of 0 reports no progress.
func (m Maker) Group(ctx context.Context, doing string, weight float64) (*Group, context.Context) {
	errs, ctx := errgroup.WithContext(ctx)
	errs.SetLimit(max(m.Jobs, 1))
	return &Group{errs: errs, maker: m, doing: doing, weight: weight}, ctx
}

// Go runs f in a goroutine, once there is room for one. When f succeeds, weight is added to
// what is done.
func (g *Group) Go(weight float64, f func() error) {
	g.errs.Go(func() error {
		return fault.Guard(g.doing, func() error {
			if err := f(); err != nil {
				return err
			}
			g.add(weight)
			return nil
		})
	})
}

func (g *Group) add(weight float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.weight <= 0 || weight <= 0 {
		return
	}
	g.done += weight
	g.maker.Progress(g.done / g.weight)
}

// Wait waits for all work and returns the first failure.
func (g *Group) Wait() error { return g.errs.Wait() }
