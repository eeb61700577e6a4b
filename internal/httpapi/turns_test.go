package httpapi

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTurns checks that requests of one tenant are served in order, and that tenants take turns.
func TestTurns(t *testing.T) {
	t.Parallel()
	q := newTurns(1, time.Minute)
	done, err := q.waitForTurn(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var order []string
	var all sync.WaitGroup
	for i, who := range []string{"a1", "a2", "a3", "b1", "c1", "b2"} {
		all.Go(func() {
			done, err := q.waitForTurn(t.Context(), who[:1])
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			order = append(order, who)
			mu.Unlock()
			done()
		})
		for waiting := 0; waiting != i+1; { // wait until the request is in the queue
			q.mu.Lock()
			waiting = q.count
			q.mu.Unlock()
			time.Sleep(time.Millisecond)
		}
	}
	done()
	done() // a second call has no effect
	all.Wait()
	if got := strings.Join(order, " "); got != "a1 b1 c1 a2 b2 a3" {
		t.Errorf("the order was %s", got)
	}
	if q.working != 0 || q.count != 0 || len(q.order) != 0 || len(q.waiting) != 0 {
		t.Errorf("the queue still contains %+v", q)
	}
}

// TestTurnsThatAreNotTaken checks that requests that give up leave nothing in the queue.
func TestTurnsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	q := newTurns(1, time.Minute)
	done, _ := q.waitForTurn(t.Context(), "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.waitForTurn(ctx, "b"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	q.usual = 2 * time.Minute
	if _, err := q.waitForTurn(t.Context(), "b"); !errors.Is(err, errBusy) {
		t.Error(err)
	}
	q.usual, q.longest = 0, 10*time.Millisecond
	if _, err := q.waitForTurn(t.Context(), "b"); !errors.Is(err, errBusy) {
		t.Error(err)
	}
	done()
	if q.working != 0 || q.count != 0 || len(q.order) != 0 {
		t.Errorf("the queue still contains %+v", q)
	}
}
