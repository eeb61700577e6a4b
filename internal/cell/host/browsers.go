package host

import (
	"context"
	"os"
	"sync"
	"time"

	"mynah/internal/fault"
	"mynah/internal/slide"
)

// browserPool keeps browsers ready. A browser is used by one cell and never given back.
type browserPool struct {
	keep int
	open slide.Opener

	mu       sync.Mutex
	ready    []*slide.Pipes
	starting int
	closed   bool
	filling  sync.WaitGroup
}

func newBrowserPool(keep int, open slide.Opener) *browserPool {
	return &browserPool{keep: keep, open: open}
}

// take returns a ready browser, or starts one, and prepares the next.
func (p *browserPool) take(ctx context.Context) (*slide.Pipes, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, fault.New(fault.Cancelled, nil, "the server is stopping")
	}
	var b *slide.Pipes
	for b == nil && len(p.ready) > 0 {
		b, p.ready = p.ready[0], p.ready[1:]
		if !isAlive(b) {
			drop(b)
			b = nil
		}
	}
	p.mu.Unlock()
	if b == nil {
		var err error
		if b, err = p.open(ctx); err != nil {
			return nil, err
		}
	}
	p.fill() //nolint:contextcheck // the next browser is for another cell
	return b, nil
}

// fill starts browsers in the background until enough are ready.
func (p *browserPool) fill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed && len(p.ready)+p.starting < p.keep {
		p.starting++
		p.filling.Go(func() {
			const longest = time.Minute
			ctx, done := context.WithTimeout(context.Background(), longest)
			defer done()
			b, err := p.open(ctx)
			p.mu.Lock()
			defer p.mu.Unlock()
			p.starting--
			switch {
			case err != nil: // the next cell that needs a browser is told why
			case p.closed:
				drop(b)
			default:
				p.ready = append(p.ready, b)
			}
		})
	}
}

// isAlive reports whether a browser that has nothing to say still runs: the pipe of one that has ended is closed.
func isAlive(b *slide.Pipes) bool {
	if b.In.SetReadDeadline(time.Now().Add(time.Millisecond)) != nil {
		return true
	}
	var buf [1]byte
	_, err := b.In.Read(buf[:])
	return os.IsTimeout(err) && b.In.SetReadDeadline(time.Time{}) == nil
}

// drop ends a browser that is in no cell.
func drop(b *slide.Pipes) {
	b.Stop()
	closeFiles([]*os.File{b.In, b.Out})
}

func (p *browserPool) close() {
	p.mu.Lock()
	p.closed = true
	ready := p.ready
	p.ready = nil
	p.mu.Unlock()
	p.filling.Wait()
	for _, b := range ready {
		drop(b)
	}
}

func closeFiles(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}
