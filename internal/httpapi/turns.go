package httpapi

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// turns lets a limited number of requests work at once: in order within a tenant, and tenants in
// turn.
type turns struct {
	most    int           // at once
	longest time.Duration // maximum wait of a request

	mu      sync.Mutex
	working int
	order   []string                   // waiting tenants, the next one first
	waiting map[string][]chan struct{} // waiting requests by tenant
	count   int                        // number of waiting requests
	usual   time.Duration              // moving average of the time of a request
}

func newTurns(most int, longest time.Duration) *turns {
	const first = 300 * time.Millisecond
	return &turns{most: max(most, 1), longest: longest, waiting: map[string][]chan struct{}{}, usual: first}
}

// errBusy is returned for a request that would wait too long.
var errBusy = errors.New("too many requests are waiting")

// waitForTurn waits for a turn; done ends it. A request that would wait too long gets errBusy at once.
func (t *turns) waitForTurn(ctx context.Context, tenant string) (done func(), err error) {
	t.mu.Lock()
	if t.working < t.most && t.count == 0 {
		t.working++
		t.mu.Unlock()
		return t.newTurnRelease(), nil
	}
	if wait := t.usual * time.Duration(t.count/t.most+1); wait > t.longest {
		t.mu.Unlock()
		return nil, errBusy
	}
	turn := make(chan struct{})
	if len(t.waiting[tenant]) == 0 {
		t.order = append(t.order, tenant)
	}
	t.waiting[tenant] = append(t.waiting[tenant], turn)
	t.count++
	t.mu.Unlock()
	timer := time.NewTimer(t.longest)
	defer timer.Stop()
	select {
	case <-turn:
		return t.newTurnRelease(), nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
		err = errBusy
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-turn: // the turn came at the same moment
		t.grantNextTurn()
	default:
		t.cancelWait(tenant, turn)
	}
	return nil, err
}

// cancelWait removes a request that no longer waits.
func (t *turns) cancelWait(tenant string, turn chan struct{}) {
	left := slices.DeleteFunc(t.waiting[tenant], func(c chan struct{}) bool { return c == turn })
	t.count--
	if t.waiting[tenant] = left; len(left) == 0 {
		delete(t.waiting, tenant)
		t.order = slices.DeleteFunc(t.order, func(o string) bool { return o == tenant })
	}
}

// newTurnRelease returns a function that ends a turn, once.
func (t *turns) newTurnRelease() func() {
	start := time.Now()
	return sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		const weight = 8
		t.usual += (time.Since(start) - t.usual) / weight
		t.grantNextTurn()
	})
}

// grantNextTurn gives a free place to the first request of the next tenant. The lock must be held.
func (t *turns) grantNextTurn() {
	if len(t.order) == 0 {
		t.working--
		return
	}
	tenant := t.order[0]
	turn := t.waiting[tenant][0]
	t.order = t.order[1:]
	t.waiting[tenant] = t.waiting[tenant][1:]
	t.count--
	if len(t.waiting[tenant]) > 0 {
		t.order = append(t.order, tenant)
	} else {
		delete(t.waiting, tenant)
	}
	close(turn)
}
