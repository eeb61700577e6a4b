package studio

import (
	"context"

	"golang.org/x/sync/errgroup"

	"mynah/internal/fault"
)

// group runs work side by side and ends with the first failure. A panic in one of its goroutines
// is a failure of the build, not the end of the process.
type group struct {
	errs  *errgroup.Group
	doing string
}

// newGroup makes a group for what doing says, as in "drawing slides", with as many goroutines at
// once as there are programs.
func (j *job) newGroup(ctx context.Context, doing string) (group, context.Context) {
	errs, ctx := errgroup.WithContext(ctx)
	errs.SetLimit(j.studio.run.Jobs())
	return group{errs, doing}, ctx
}

// Go runs f in a goroutine, once there is room for one.
func (g group) Go(f func() error) {
	g.errs.Go(func() error { return fault.Guard(g.doing, f) })
}

// Wait waits for all of them and gives the first failure.
func (g group) Wait() error { return g.errs.Wait() }
