// Package turns lets a limited number of users work at once: in order within a tenant, and tenants in turn. Users of
// an earlier lane come before those of a later one.
package turns

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Lane is the urgency of a user. Lower lanes come first.
type Lane int

// The lanes.
const (
	Interactive Lane = iota // a person waits: checks, pictures of scenes
	Streamed                // speech that is sent as it is made
	Builds
	lanes // the number of lanes
)

// Config contains the limits of a queue.
type Config struct {
	// Most is the number of users at once.
	Most int
	// Longest is the maximum time that a user waits for a turn; 0 means no limit.
	Longest time.Duration
	// Patience is how long an interactive user waits for others before it gets a turn of its own, over Most; at most
	// Most users have one. 0 means that it always waits.
	Patience time.Duration
}

// Queue hands out turns. It is safe for concurrent use.
type Queue struct {
	cfg Config

	mu      sync.Mutex
	working int // users over Most included
	waiting [lanes]line
	usual   time.Duration // moving average of the length of a turn
}

// line is the users of a lane that wait.
type line struct {
	order  []string                   // waiting tenants, the next one first
	tenant map[string][]chan struct{} // their users
	count  int
}

// New creates a queue.
func New(cfg Config) *Queue {
	const first = 300 * time.Millisecond
	cfg.Most = max(cfg.Most, 1)
	q := &Queue{cfg: cfg, usual: first}
	for i := range q.waiting {
		q.waiting[i].tenant = map[string][]chan struct{}{}
	}
	return q
}

// ErrBusy is returned for a user that waits, or would wait, too long.
var ErrBusy = errors.New("too many requests are waiting")

// Wait waits for a turn; done ends it, and may be called more than once. A user that would probably wait longer than
// Config.Longest gets ErrBusy at once.
func (q *Queue) Wait(ctx context.Context, tenant string, lane Lane) (done func(), err error) {
	q.mu.Lock()
	before := q.countBefore(lane)
	if q.working < q.cfg.Most && before == 0 {
		q.working++
		q.mu.Unlock()
		return q.newRelease(), nil
	}
	if wait := q.usual * time.Duration(before/q.cfg.Most+1); q.cfg.Longest > 0 && wait > q.cfg.Longest {
		q.mu.Unlock()
		return nil, ErrBusy
	}
	turn := make(chan struct{})
	q.waiting[lane].add(tenant, turn)
	q.mu.Unlock()

	var late, impatient <-chan time.Time
	if q.cfg.Longest > 0 {
		t := time.NewTimer(q.cfg.Longest)
		defer t.Stop()
		late = t.C
	}
	if lane == Interactive && q.cfg.Patience > 0 {
		t := time.NewTimer(q.cfg.Patience)
		defer t.Stop()
		impatient = t.C
	}
	for {
		select {
		case <-turn:
			return q.newRelease(), nil
		case <-ctx.Done():
			return nil, q.giveUp(tenant, lane, turn, ctx.Err())
		case <-late:
			return nil, q.giveUp(tenant, lane, turn, ErrBusy)
		case <-impatient:
			q.grantOver(tenant, turn)
		}
	}
}

// countBefore returns the number of users that come before a new one of a lane.
func (q *Queue) countBefore(lane Lane) int {
	n := 0
	for _, l := range q.waiting[:lane+1] {
		n += l.count
	}
	return n
}

// giveUp removes a user that does not wait any longer, and returns why.
func (q *Queue) giveUp(tenant string, lane Lane, turn chan struct{}, why error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.waiting[lane].remove(tenant, turn) { // the turn came at the same moment
		q.endTurn()
	}
	return why
}

// grantOver gives an interactive user a turn over Config.Most, if few have one.
func (q *Queue) grantOver(tenant string, turn chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.working < 2*q.cfg.Most && q.waiting[Interactive].remove(tenant, turn) {
		q.working++
		close(turn)
	}
}

// newRelease returns a function that ends a turn, once.
func (q *Queue) newRelease() func() {
	start := time.Now()
	return sync.OnceFunc(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		const weight = 8
		q.usual += (time.Since(start) - q.usual) / weight
		q.endTurn()
	})
}

// endTurn gives the place of a user that has ended to the next. The lock must be held.
func (q *Queue) endTurn() {
	q.working--
	for q.working < q.cfg.Most {
		i := slices.IndexFunc(q.waiting[:], func(l line) bool { return l.count > 0 })
		if i < 0 {
			return
		}
		q.working++
		close(q.waiting[i].takeNext())
	}
}

// CountWaiting returns the number of users that wait, and of those that work.
func (q *Queue) CountWaiting() (waiting, working int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.countBefore(lanes - 1), q.working
}

func (l *line) add(tenant string, turn chan struct{}) {
	if len(l.tenant[tenant]) == 0 {
		l.order = append(l.order, tenant)
	}
	l.tenant[tenant] = append(l.tenant[tenant], turn)
	l.count++
}

// remove removes a user, and reports whether it was waiting.
func (l *line) remove(tenant string, turn chan struct{}) bool {
	i := slices.Index(l.tenant[tenant], turn)
	if i < 0 {
		return false
	}
	l.count--
	if l.tenant[tenant] = slices.Delete(l.tenant[tenant], i, i+1); len(l.tenant[tenant]) == 0 {
		delete(l.tenant, tenant)
		l.order = slices.DeleteFunc(l.order, func(o string) bool { return o == tenant })
	}
	return true
}

// takeNext removes the first user of the next tenant.
func (l *line) takeNext() chan struct{} {
	tenant := l.order[0]
	turn := l.tenant[tenant][0]
	l.order = l.order[1:]
	l.tenant[tenant] = l.tenant[tenant][1:]
	l.count--
	if len(l.tenant[tenant]) > 0 {
		l.order = append(l.order, tenant)
	} else {
		delete(l.tenant, tenant)
	}
	return turn
}
