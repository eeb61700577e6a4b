//go:build unix

package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/cell/inside"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/turns"
)

// cancelTakes takes slots with contexts that end after 0 to 60 µs. The slots that it gets are given back. Then it takes
// all slots of the host, which is possible only if none is lost.
func cancelTakes(ctx context.Context, h inside.Host) error {
	var all sync.WaitGroup
	for i := range 2000 {
		all.Go(func() {
			ctx, stop := context.WithTimeout(ctx, time.Duration(i%60)*time.Microsecond)
			defer stop()
			if give, err := h.Take(ctx); err == nil {
				give()
			}
		})
		if i%10 == 0 {
			all.Wait()
		}
	}
	all.Wait()
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	for range 2 {
		give, err := h.Take(ctx)
		if err != nil {
			return fmt.Errorf("a slot is lost: %w", err)
		}
		defer give()
	}
	return nil
}

// misuseNumbers takes a number twice, and gives numbers back before it takes them.
func misuseNumbers(ctx context.Context, p *cell.Peer) error {
	if _, err := cell.Ask[struct{}](ctx, p, cell.TakeSlot, 1); err != nil {
		return err
	}
	if _, err := cell.Ask[struct{}](ctx, p, cell.TakeSlot, 1); err == nil {
		return errors.New("a number was taken twice")
	}
	for n := 10; n < 5000; n++ {
		if _, err := cell.Ask[struct{}](ctx, p, cell.GiveSlot, n); err != nil {
			return err
		}
	}
	if _, err := cell.Ask[struct{}](ctx, p, cell.TakeSlot, 4999); err == nil {
		return errors.New("a number was taken that had been given back")
	}
	return nil
}

// openBrowsers opens 200 browsers at once and returns how many it got.
func openBrowsers(ctx context.Context, p *cell.Peer) (cell.Message, error) {
	var all sync.WaitGroup
	var got atomic.Int32
	for n := range 200 {
		all.Go(func() {
			if m, err := p.Call(ctx, cell.OpenBrowser, cell.Message{Body: n}, nil); err == nil && len(m.Files) == 2 {
				got.Add(1)
			}
		})
	}
	all.Wait()
	return cell.Message{Body: cell.BuildResult{Seconds: float64(got.Load())}}, nil
}

func TestCancelledTakesLeaveNoSlot(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"cancelled takes", "numbers"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			h, slots := newHost(t, how, nil)
			if _, err := h.Build(t.Context(), "t", cell.BuildWork{}, nil, func(cell.Progress) {}); err != nil {
				t.Error(err)
			}
			if waiting, working := slots.CountWaiting(); waiting != 0 || working != 0 {
				t.Errorf("%d wait for slots and %d have some", waiting, working)
			}
		})
	}
}

// TestCellsGetFewBrowsers checks that no more browsers than a cell may have exist at any time.
func TestCellsGetFewBrowsers(t *testing.T) {
	t.Parallel()
	var open, most, opened atomic.Int32
	opener := func(context.Context) (*slide.Pipes, error) {
		opened.Add(1)
		n := open.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(20 * time.Millisecond)
		in, out, err := os.Pipe()
		return &slide.Pipes{In: in, Out: out, Stop: sync.OnceFunc(func() { open.Add(-1) })}, err
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	cfg := host.DefaultConfig()
	cfg.Program, cfg.Args, cfg.Browsers = self, []string{standIn, "browsers"}, 0
	h, err := host.New(cfg, host.Services{
		Run: run, Slots: turns.New(turns.Config{Most: 2}), Log: slog.New(slog.DiscardHandler), OpenBrowser: opener,
		SetUp: func(string, int) (json.RawMessage, error) { return json.RawMessage("{}"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r, err := h.Build(t.Context(), "t", cell.BuildWork{}, nil, func(cell.Progress) {})
	if err != nil || r.Seconds != 2 || most.Load() != 2 || opened.Load() != 2 {
		t.Errorf("%v, %v, %d browsers at once, %d in all", r, err, most.Load(), opened.Load())
	}
	if n := open.Load(); n != 0 {
		t.Errorf("%d browsers are left", n)
	}
}
