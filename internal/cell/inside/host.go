package inside

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/slide"
	"mynah/internal/voice"
)

// Host are the services of the host, as the parts of a cell use them.
type Host struct {
	peer *cell.Peer
	// last is the last number of a slot or browser. The cell chooses the numbers, so that it can give back what it was
	// given just when it stopped waiting.
	last *atomic.Int64
}

// NewHost returns the services of the host at the other end of a connection.
func NewHost(p *cell.Peer) Host { return Host{peer: p, last: new(atomic.Int64)} }

// Take implements proc.Slots: the host decides when a program may start.
func (h Host) Take(ctx context.Context) (give func(), err error) {
	n := h.last.Add(1)
	give = func() { h.giveBack(ctx, cell.GiveSlot, n) }
	if _, err := cell.Ask[struct{}](ctx, h.peer, cell.TakeSlot, n); err != nil {
		if ctx.Err() != nil {
			go give()
		}
		return nil, err
	}
	return give, nil
}

// giveBack gives a slot or browser back to the host, or ends the host's wait for it. It does so even if ctx has ended.
func (h Host) giveBack(ctx context.Context, function string, n int64) {
	const longest = 10 * time.Second
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer done()
	_ = h.peer.Free(ctx, function, n)
}

// OpenBrowser implements slide.Opener: the host starts the browser.
func (h Host) OpenBrowser(ctx context.Context) (*slide.Pipes, error) {
	n := h.last.Add(1)
	stop := func() { h.giveBack(ctx, cell.CloseBrowser, n) }
	m, err := h.peer.Call(ctx, cell.OpenBrowser, cell.Message{Body: n}, nil)
	if err != nil {
		if ctx.Err() != nil {
			go stop()
		}
		return nil, err
	}
	const pipes = 2
	if len(m.Files) != pipes {
		closeFiles(m.Files)
		stop()
		return nil, fault.New(fault.Internal, nil, "the host gave no browser")
	}
	return &slide.Pipes{In: m.Files[0], Out: m.Files[1], Stop: sync.OnceFunc(stop)}, nil
}

// NewEngine returns an engine that speaks in the host: it needs keys or the network, which a cell does not have.
func (h Host) NewEngine(name string) voice.Engine {
	return cell.NewEngine(name, func(context.Context, string) (*cell.Peer, error) { return h.peer, nil })
}
