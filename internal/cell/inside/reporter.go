package inside

import (
	"sync"
	"time"

	"mynah/internal/cell"
	"mynah/internal/meter"
)

const (
	// progressPause is the shortest time between two events of a phase.
	progressPause = 500 * time.Millisecond
	// phasePause is the shortest time before an event of a new phase.
	phasePause = 100 * time.Millisecond
)

// reporter sends the latest progress as events, not too often.
type reporter struct {
	send func(cell.Message) error

	mu      sync.Mutex
	sent    meter.Progress
	at      time.Time // of the last event
	latest  meter.Progress
	waiting *time.Timer // sends latest; nil if it was sent
	ended   bool
}

// newReporter returns a function that sends progress, and one that ends sending.
func newReporter(send func(cell.Message) error) (report func(meter.Progress), end func()) {
	r := &reporter{send: send}
	return r.report, r.end
}

// report sends progress now, or later with what has become of it by then.
func (r *reporter) report(p meter.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.latest = p
	pause := progressPause
	if p.Phase != r.sent.Phase {
		pause = phasePause
	}
	left := time.Until(r.at.Add(pause))
	switch {
	case left <= 0:
		r.sendLatest()
	case r.waiting == nil:
		r.waiting = time.AfterFunc(left, r.sendWaiting)
	case pause == phasePause: // earlier than the timer may have been set to
		r.waiting.Reset(left)
	}
}

func (r *reporter) sendWaiting() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting != nil && time.Since(r.at) >= phasePause {
		r.sendLatest()
	}
}

// sendLatest sends the latest progress. The lock must be held.
func (r *reporter) sendLatest() {
	if r.waiting != nil {
		r.waiting.Stop()
		r.waiting = nil
	}
	if r.ended {
		return
	}
	r.at, r.sent = time.Now(), r.latest
	_ = r.send(cell.Message{Body: cell.Progress{Phase: r.latest.Phase, Percent: r.latest.Percent}})
}

// end ends sending. What waits is not sent: the answer follows.
func (r *reporter) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	if r.waiting != nil {
		r.waiting.Stop()
		r.waiting = nil
	}
}
