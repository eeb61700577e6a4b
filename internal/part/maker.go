// Package part contains what all steps of a build need to make parts of a video: access to the cache, the book
// with the recipe of each part, and groups of parallel work. It is independent of the kinds of parts.
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

// Maker contains what a step of a build needs to make parts.
type Maker struct {
	Store *cache.Store
	Book  *Book
	// Executor decides where parts are made; nil means in this process.
	Executor Executor
	// Jobs is the maximum number of parallel tasks, at least 1.
	Jobs int
	// Work is the folder for temporary files of the build.
	Work string
	// Report receives the progress of the step, 0 to 1. It may be nil. It is never called concurrently.
	Report func(done float64)
}

// ReportProgress reports the progress of the step, 0 to 1.
func (m Maker) ReportProgress(done float64) {
	if m.Report != nil {
		m.Report(done)
	}
}

// MakeScratchPath returns the path of a temporary file of the build that belongs to a part.
func (m Maker) MakeScratchPath(kind string, key cache.Key) string {
	return filepath.Join(m.Work, kind+"-"+key.String()[:32])
}

// WriteScratch writes a temporary file of the build for a program to read, and returns its path.
func (m Maker) WriteScratch(kind string, key cache.Key, b []byte) (string, error) {
	path := m.MakeScratchPath(kind, key)
	return path, os.WriteFile(path, b, 0o600)
}

// Group runs tasks in parallel, stops at the first failure, and reports progress. A panic in a task is a
// failure of the build and does not end the process.
type Group struct {
	errs   *errgroup.Group
	maker  Maker
	doing  string
	weight float64 // total weight of all tasks

	mu   sync.Mutex
	done float64
}

// NewGroup returns a group for tasks with a total weight. doing describes the work, such as "drawing slides". With
// a weight of 0, the group reports no progress.
func (m Maker) NewGroup(ctx context.Context, doing string, weight float64) (*Group, context.Context) {
	errs, ctx := errgroup.WithContext(ctx)
	errs.SetLimit(max(m.Jobs, 1))
	return &Group{errs: errs, maker: m, doing: doing, weight: weight}, ctx
}

// Go runs f in a goroutine. It waits if Jobs tasks are running. After f succeeds, weight is added to the
// progress.
func (g *Group) Go(weight float64, f func() error) {
	g.errs.Go(func() error {
		return fault.Guard(g.doing, func() error {
			if err := f(); err != nil {
				return err
			}
			g.addDone(weight)
			return nil
		})
	})
}

// addDone adds to the completed weight and reports the progress.
func (g *Group) addDone(weight float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.weight <= 0 || weight <= 0 {
		return
	}
	g.done += weight
	g.maker.ReportProgress(g.done / g.weight)
}

// Wait waits for all tasks and returns the first error.
func (g *Group) Wait() error { return g.errs.Wait() }
