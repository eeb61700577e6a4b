//go:build unix

package cell_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mynah/internal/cell"
)

// TestManyCallsWait checks that more calls than the other side accepts wait for each other, also if they are cancelled.
func TestManyCallsWait(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	a, _ := pair(t, nil, map[string]cell.Handler{
		"work": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(5 * time.Millisecond)
			now.Add(-1)
			return cell.Message{}, nil
		},
	})
	var all sync.WaitGroup
	for i := range 1200 {
		all.Go(func() {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if i%2 == 1 {
				time.AfterFunc(time.Duration(i%60)*time.Microsecond, stop)
			}
			if _, err := a.Call(ctx, "work", cell.Message{}, nil); err != nil && ctx.Err() == nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if n := most.Load(); n < 2 || int(n) > cell.CellLimits().Calls {
		t.Errorf("%d calls at once", n)
	}
	if _, err := a.Call(t.Context(), "work", cell.Message{}, nil); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestFreeingCallsDoNotWait checks that a call that frees something is answered while the calls that wait for it take
// all places.
func TestFreeingCallsDoNotWait(t *testing.T) {
	t.Parallel()
	free := make(chan struct{}, 1)
	a, _ := pair(t, nil, map[string]cell.Handler{
		"take": func(ctx context.Context, _ cell.Message, _ func(cell.Message) error) (cell.Message, error) {
			select {
			case <-free:
			case <-ctx.Done():
			}
			return cell.Message{}, ctx.Err()
		},
		"give": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
			free <- struct{}{}
			return cell.Message{}, nil
		},
	})
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var all sync.WaitGroup
	for range 600 {
		all.Go(func() {
			if _, err := a.Call(ctx, "take", cell.Message{}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	for range 600 {
		if err := a.Free(ctx, "give", nil); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
}

// TestStoppedCellBlocksNobody checks that calls of a cell that does not read return when their contexts end, and that
// the connection ends after a while.
func TestStoppedCellBlocksNobody(t *testing.T) {
	t.Parallel()
	limits := cell.HostLimits()
	c, err := launch(t, "honest", limits, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(c.ProcessID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("a", 4<<20)
	for range 3 {
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		start := time.Now()
		if _, err := c.Call(ctx, "read", cell.Message{Body: text}, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("a call returned after %s", took)
		}
		stop()
	}
}

// TestConnectionOfASlowReaderEnds checks that a write that takes too long ends the connection.
func TestConnectionOfASlowReaderEnds(t *testing.T) {
	t.Parallel()
	limits := cell.CellLimits()
	limits.Write = 200 * time.Millisecond
	begun := make(chan struct{})
	a, b := cell.Pair(limits, always(map[string]cell.Handler{}), always(map[string]cell.Handler{
		"block": func(_ context.Context, _ cell.Message, send func(cell.Message) error) (cell.Message, error) {
			close(begun)
			for send(cell.Message{}) == nil {
			}
			return cell.Message{}, nil
		},
	}))
	hold := make(chan struct{})
	defer func() { close(hold); a.Close(); b.Close() }()
	go func() { // its events are not handled, so nothing is read
		_, _ = a.Call(context.Background(), "block", cell.Message{}, func(cell.Message) { <-hold })
	}()
	<-begun
	select {
	case <-b.Done():
	case <-time.After(10 * time.Second):
		t.Error("the connection does not end")
	}
}

// TestCallsOfADeadCellAreGone checks that each call returns ErrGone while the other side dies, whatever it was doing.
func TestCallsOfADeadCellAreGone(t *testing.T) {
	t.Parallel()
	c, err := launch(t, "honest", cell.HostLimits(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				_, err := c.Call(t.Context(), "read", cell.Message{Body: strings.Repeat("a", 1<<16)}, nil)
				if err == nil {
					continue
				}
				if !errors.Is(err, cell.ErrGone) {
					t.Errorf("%v", err)
				}
				return
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	if err := syscall.Kill(c.ProcessID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	all.Wait()
}

// TestFilesThatNobodyTakesAreClosed checks that files do not stay open in a cell whose handlers, or whose cancelled
// calls, do not take them.
func TestFilesThatNobodyTakesAreClosed(t *testing.T) {
	t.Parallel()
	f, err := os.CreateTemp(t.TempDir(), "f")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	c, err := launch(t, "honest", cell.HostLimits(), map[string]cell.Handler{
		"host": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
			g, err := os.Open(f.Name())
			return cell.Message{Files: []*os.File{g}}, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	count := func() int {
		n, err := cell.Ask[int](t.Context(), c.Peer, "count files", nil)
		if err != nil {
			t.Skip("this system has no /proc/self/fd, in which open files are counted")
		}
		return n
	}
	before := count()
	for i := range 100 {
		if _, err := c.Call(t.Context(), "ignore", cell.Message{Files: []*os.File{f, f, f}}, nil); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Duration(10*i)*time.Microsecond)
		_, _ = c.Call(ctx, "ask", cell.Message{}, nil)
		stop()
	}
	for start := time.Now(); count() > before+2; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 5*time.Second {
			t.Fatalf("%d files are open, before %d", count(), before)
		}
	}
}

// TestHostsAcceptLittle checks that frames that only a host may send end the connection if a cell sends them.
func TestHostsAcceptLittle(t *testing.T) {
	t.Parallel()
	for how, m := range map[string]cell.Message{
		"head": {Body: strings.Repeat("a", 300<<10)}, "data": {Data: []byte("a")}, "files": {Files: []*os.File{os.Stdin}},
	} {
		c, err := launch(t, "honest", cell.HostLimits(), nil)
		if err != nil {
			t.Fatal(err)
		}
		// A cell refuses to send it.
		if _, err := c.Call(t.Context(), "forward", m, nil); err == nil || errors.Is(err, cell.ErrGone) {
			t.Errorf("%s: %v", how, err)
		}
		if _, err := c.Call(t.Context(), "read", cell.Message{}, nil); err != nil {
			t.Errorf("%s, afterwards: %v", how, err)
		}
	}
	for _, how := range []string{"call data", "call files", "event data", "call head"} {
		if _, err := launch(t, how, cell.HostLimits(), nil); err == nil {
			t.Errorf("%s: the start succeeded", how)
		}
	}
}

// TestHeldBytesAreBounded checks that a side that sends more than its calls may hold at once loses the connection, and
// that what was answered no longer counts.
func TestHeldBytesAreBounded(t *testing.T) {
	t.Parallel()
	limits := cell.CellLimits()
	limits.Held = 1 << 20
	a, b := cell.Pair(limits, nil, always(map[string]cell.Handler{
		"drop": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
			return cell.Message{Data: make([]byte, 600<<10)}, nil
		},
		"hold": func(ctx context.Context, _ cell.Message, _ func(cell.Message) error) (cell.Message, error) {
			<-ctx.Done()
			return cell.Message{}, ctx.Err()
		},
	}))
	defer b.Close()
	defer a.Close()
	m := cell.Message{Data: make([]byte, 600<<10)}
	for range 5 {
		if _, err := a.Call(t.Context(), "drop", m, nil); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if _, err := a.Call(t.Context(), "hold", m, nil); !errors.Is(err, cell.ErrGone) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if b.Err() == nil {
		t.Error("the connection ended without an error")
	}
}
