package turns

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// waitUntilWaiting waits until n users wait.
func waitUntilWaiting(q *Queue, n int) {
	for {
		if waiting, _ := q.CountWaiting(); waiting == n {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// checkEmpty checks that nobody works or waits.
func checkEmpty(t *testing.T, q *Queue) {
	t.Helper()
	if waiting, working := q.CountWaiting(); waiting != 0 || working != 0 {
		t.Errorf("%d wait and %d work", waiting, working)
	}
	for _, l := range q.waiting {
		if len(l.order) != 0 || len(l.tenant) != 0 {
			t.Errorf("the queue still contains %+v", l)
		}
	}
}

// TestTurns checks that users of one tenant are served in order, that tenants take turns, and that earlier lanes come
// first.
func TestTurns(t *testing.T) {
	t.Parallel()
	q := New(Config{Most: 1})
	done, err := q.Wait(t.Context(), "a", Builds)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var order []string
	var all sync.WaitGroup
	for i, who := range []string{"a1", "a2", "a3", "b1", "c1", "b2", "c!", "a!"} {
		lane := Builds
		if who[1] == '!' {
			lane = Streamed
		}
		all.Go(func() {
			done, err := q.Wait(t.Context(), who[:1], lane)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			order = append(order, who)
			mu.Unlock()
			done()
		})
		waitUntilWaiting(q, i+1)
	}
	done()
	done() // a second call has no effect
	all.Wait()
	if got := strings.Join(order, " "); got != "c! a! a1 b1 c1 a2 b2 a3" {
		t.Errorf("the order was %s", got)
	}
	checkEmpty(t, q)
}

// TestTurnsThatAreNotTaken checks that users that give up leave nothing in the queue.
func TestTurnsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	q := New(Config{Most: 1, Longest: time.Minute})
	done, _ := q.Wait(t.Context(), "a", Streamed)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.Wait(ctx, "b", Streamed); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	q.usual = 2 * time.Minute
	if _, err := q.Wait(t.Context(), "b", Streamed); !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	q.usual, q.cfg.Longest = 0, 10*time.Millisecond
	if _, err := q.Wait(t.Context(), "b", Streamed); !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	done()
	checkEmpty(t, q)
}

// TestImpatientUsers checks that an interactive user does not wait for builds longer than Patience, that few may do so,
// and that the number of users returns to Most afterwards.
func TestImpatientUsers(t *testing.T) {
	t.Parallel()
	q := New(Config{Most: 1, Patience: 20 * time.Millisecond})
	build, _ := q.Wait(t.Context(), "a", Builds)
	start := time.Now()
	first, err := q.Wait(t.Context(), "b", Interactive)
	if took := time.Since(start); err != nil || took < 20*time.Millisecond || took > 10*time.Second {
		t.Fatalf("%v after %s", err, took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := q.Wait(ctx, "b", Interactive); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second user over the limit: %v", err)
	}
	waits := make(chan func())
	go func() {
		done, _ := q.Wait(t.Context(), "a", Builds)
		waits <- done
	}()
	waitUntilWaiting(q, 1)
	first()
	if waiting, working := q.CountWaiting(); waiting != 1 || working != 1 {
		t.Errorf("%d wait and %d work after the user over the limit has ended", waiting, working)
	}
	build()
	(<-waits)()
	checkEmpty(t, q)
}
