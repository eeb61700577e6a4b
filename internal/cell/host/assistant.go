package host

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/slide"
	"mynah/internal/turns"
)

// assistant answers the calls of one cell, and takes back what the cell holds when it ends.
type assistant struct {
	host   *Host
	tenant string
	lane   turns.Lane

	mu       sync.Mutex
	last     int
	slots    map[int]func()
	browsers map[int]*slide.Pipes
	ended    bool
}

func newAssistant(h *Host, tenant string, lane turns.Lane) *assistant {
	return &assistant{host: h, tenant: tenant, lane: lane, slots: map[int]func(){}, browsers: map[int]*slide.Pipes{}}
}

func (a *assistant) handlers() map[string]cell.Handler {
	all := a.host.speakers.handlers(a)
	all[cell.TakeSlot] = cell.Answer(a.takeSlot)
	all[cell.GiveSlot] = cell.Answer(a.giveSlot)
	all[cell.OpenBrowser] = a.openBrowser
	all[cell.CloseBrowser] = cell.Answer(a.closeBrowser)
	return all
}

// end takes back everything. It may be called more than once.
func (a *assistant) end() {
	a.mu.Lock()
	a.ended = true
	slots, browsers := slices.Collect(maps.Values(a.slots)), slices.Collect(maps.Values(a.browsers))
	clear(a.slots)
	clear(a.browsers)
	a.mu.Unlock()
	for _, give := range slots {
		give()
	}
	for _, b := range browsers {
		b.Stop()
	}
}

// errEnded is the error of a call whose cell has ended in the meantime.
var errEnded = errors.New("the cell has ended")

// add keeps something that the cell holds and returns its number, or 0 if the cell has ended.
func add[T any](a *assistant, to map[int]T, v T) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return 0
	}
	a.last++
	to[a.last] = v
	return a.last
}

// take removes something that the cell holds.
func take[T any](a *assistant, from map[int]T, n int) (v T, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, ok = from[n]
	delete(from, n)
	return v, ok
}

func (a *assistant) takeSlot(ctx context.Context, _ struct{}) (int, error) {
	give, err := a.host.services.Slots.Wait(ctx, a.tenant, a.lane)
	if err != nil {
		return 0, err
	}
	n := add(a, a.slots, give)
	if n == 0 {
		give()
		return 0, errEnded
	}
	return n, nil
}

func (a *assistant) giveSlot(_ context.Context, n int) (struct{}, error) {
	if give, ok := take(a, a.slots, n); ok {
		give()
	}
	return struct{}{}, nil
}

// mostBrowsers is how many browsers a cell may have at once: one is in use, and a second replaces it after a crash.
const mostBrowsers = 2

func (a *assistant) openBrowser(ctx context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
	closeFiles(m.Files)
	a.mu.Lock()
	many := len(a.browsers) >= mostBrowsers
	a.mu.Unlock()
	if many {
		return cell.Message{}, fault.New(fault.Internal, nil, "the cell has %d browsers", mostBrowsers)
	}
	pipes, err := a.host.browsers.take(ctx)
	if err != nil {
		return cell.Message{}, err
	}
	n := add(a, a.browsers, pipes)
	out := cell.Message{Body: cell.BrowserInfo{Number: n}}
	out.Files = append(out.Files, pipes.In, pipes.Out)
	if n == 0 {
		pipes.Stop()
		closeFiles(out.Files)
		return cell.Message{}, errEnded
	}
	return out, nil
}

func (a *assistant) closeBrowser(_ context.Context, n int) (struct{}, error) {
	if b, ok := take(a, a.browsers, n); ok {
		b.Stop()
	}
	return struct{}{}, nil
}
