package host

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/turns"
)

// assistant answers the calls of one cell, and takes back what the cell holds when it ends.
type assistant struct {
	host   *Host
	tenant string
	lane   turns.Lane

	mu       sync.Mutex
	slots    claims
	browsers claims
	ended    bool
}

func newAssistant(h *Host, tenant string, lane turns.Lane) *assistant {
	return &assistant{
		host: h, tenant: tenant, lane: lane,
		slots: claims{held: map[int64]*claim{}, most: mostClaims}, browsers: claims{held: map[int64]*claim{}, most: mostBrowsers},
	}
}

func (a *assistant) handlers() map[string]cell.Handler {
	all := a.host.speakers.handlers(a)
	all[cell.TakeSlot] = cell.Answer(a.takeSlot)
	all[cell.GiveSlot] = cell.Answer(a.giveSlot)
	all[cell.OpenBrowser] = a.openBrowser
	all[cell.CloseBrowser] = cell.Answer(a.closeBrowser)
	return all
}

// claims are the things of one kind that the cell holds or waits for, by the numbers that the cell chose.
type claims struct {
	held map[int64]*claim
	most int
	// early are numbers that were given back before they were taken: the calls of a cell are handled concurrently. The
	// oldest ones are forgotten.
	early []int64
}

// claim is a thing that the cell holds or waits for.
type claim struct {
	stop context.CancelFunc // ends the wait
	give func()             // nil during the wait
}

const (
	// mostBrowsers is how many browsers a cell may have at once: one is in use, and a second replaces it after a crash.
	mostBrowsers = 2
	// mostClaims bounds the slots that a cell holds or waits for; it is more than a cell may have calls in progress.
	mostClaims = 1024
	// mostEarly bounds the numbers that were given back before they were taken.
	mostEarly = 1024
)

// errEnded is the error of a call whose cell has ended in the meantime.
var errEnded = errors.New("the cell has ended")

// errGivenBack is the error of a call whose number the cell has given back in the meantime.
var errGivenBack = fault.New(fault.Cancelled, context.Canceled, "stopped")

// obtain waits for a thing with get and keeps it under the number n. The number is reserved during the wait, so that
// release ends the wait.
func (a *assistant) obtain(ctx context.Context, c *claims, n int64, get func(context.Context) (give func(), err error)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	mine := &claim{stop: stop}
	if err := a.reserve(c, n, mine); err != nil {
		return err
	}
	give, err := get(ctx)
	a.mu.Lock()
	kept := c.held[n] == mine
	switch {
	case kept && err != nil:
		delete(c.held, n)
	case kept:
		mine.give = give
	}
	a.mu.Unlock()
	if !kept && err == nil {
		give()
		return errGivenBack
	}
	return err
}

func (a *assistant) reserve(c *claims, n int64, mine *claim) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return errEnded
	}
	if i := slices.Index(c.early, n); i >= 0 {
		c.early = slices.Delete(c.early, i, i+1)
		return errGivenBack
	}
	if c.held[n] != nil {
		return fault.New(fault.Internal, nil, "the number %d is in use", n)
	}
	if len(c.held) >= c.most {
		return fault.New(fault.Internal, nil, "the cell has %d of these already", c.most)
	}
	c.held[n] = mine
	return nil
}

// release gives back what the cell holds under a number, or ends the wait for it.
func (a *assistant) release(c *claims, n int64) {
	a.mu.Lock()
	mine := c.held[n]
	delete(c.held, n)
	if mine == nil {
		if len(c.early) >= mostEarly {
			c.early = slices.Delete(c.early, 0, 1)
		}
		c.early = append(c.early, n)
	}
	a.mu.Unlock()
	if mine != nil {
		mine.end()
	}
}

// end ends the wait, or gives back. The claim must be out of its map.
func (c *claim) end() {
	c.stop()
	if c.give != nil {
		c.give()
	}
}

// end takes back everything. It may be called more than once.
func (a *assistant) end() {
	a.mu.Lock()
	a.ended = true
	var all []*claim
	for _, c := range []*claims{&a.slots, &a.browsers} {
		for _, mine := range c.held {
			all = append(all, mine)
		}
		clear(c.held)
	}
	a.mu.Unlock()
	for _, mine := range all {
		mine.end()
	}
}

func (a *assistant) takeSlot(ctx context.Context, n int64) (struct{}, error) {
	return struct{}{}, a.obtain(ctx, &a.slots, n, func(ctx context.Context) (func(), error) {
		return a.host.services.Slots.Wait(ctx, a.tenant, a.lane)
	})
}

func (a *assistant) giveSlot(_ context.Context, n int64) (struct{}, error) {
	a.release(&a.slots, n)
	return struct{}{}, nil
}

func (a *assistant) openBrowser(ctx context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
	closeFiles(m.Files)
	var n int64
	if err := m.Decode(&n); err != nil {
		return cell.Message{}, fault.New(fault.Internal, err, "the request of a cell cannot be read")
	}
	var files []*os.File
	err := a.obtain(ctx, &a.browsers, n, func(ctx context.Context) (func(), error) {
		pipes, err := a.host.browsers.take(ctx)
		if err != nil {
			return nil, err
		}
		files = []*os.File{pipes.In, pipes.Out}
		return pipes.Stop, nil
	})
	if err != nil {
		closeFiles(files)
		return cell.Message{}, err
	}
	return cell.Message{Files: files}, nil
}

func (a *assistant) closeBrowser(_ context.Context, n int64) (struct{}, error) {
	a.release(&a.browsers, n)
	return struct{}{}, nil
}
