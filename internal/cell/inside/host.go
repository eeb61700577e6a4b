package inside

import (
	"context"
	"sync"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/slide"
	"mynah/internal/voice"
)

// Host are the services of the host, as the parts of a cell use them.
type Host struct{ peer *cell.Peer }

// Take implements proc.Slots: the host decides when a program may start.
func (h Host) Take(ctx context.Context) (give func(), err error) {
	n, err := cell.Ask[int](ctx, h.peer, cell.TakeSlot, struct{}{})
	if err != nil {
		return nil, err
	}
	return func() {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer done()
		_, _ = cell.Ask[struct{}](ctx, h.peer, cell.GiveSlot, n)
	}, nil
}

// OpenBrowser implements slide.Opener: the host starts the browser.
func (h Host) OpenBrowser(ctx context.Context) (*slide.Pipes, error) {
	m, err := h.peer.Call(ctx, cell.OpenBrowser, cell.Message{}, nil)
	if err != nil {
		return nil, err
	}
	var info cell.BrowserInfo
	const pipes = 2
	if err := m.Decode(&info); err != nil || len(m.Files) != pipes {
		closeFiles(m.Files)
		return nil, fault.New(fault.Internal, err, "the host gave no browser")
	}
	return &slide.Pipes{In: m.Files[0], Out: m.Files[1], Stop: sync.OnceFunc(func() {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer done()
		_, _ = cell.Ask[struct{}](ctx, h.peer, cell.CloseBrowser, info.Number)
	})}, nil
}

// NewEngine returns an engine that speaks in the host: it needs keys or the network, which a cell does not have.
func (h Host) NewEngine(name string) voice.Engine {
	return cell.NewEngine(name, func(context.Context, string) (*cell.Peer, error) { return h.peer, nil })
}
