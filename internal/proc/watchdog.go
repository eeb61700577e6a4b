package proc

import (
	"fmt"
	"sync/atomic"
	"time"
)

// StallError is a child that was killed because nothing came of it any more.
type StallError struct {
	Program string
	After   time.Duration
	// Busy tells that it went on computing all the while.
	Busy bool
}

func (e *StallError) Error() string {
	if e.Busy {
		return fmt.Sprintf("%s was stopped: it read and wrote nothing for %s", e.Program, e.After)
	}
	return fmt.Sprintf("%s was stopped: it used no processor time for %s", e.Program, e.After)
}

// activity is what is seen of a child's work from outside.
type activity struct {
	bytes atomic.Int64 // read and written by it so far
	ours  atomic.Int32 // calls of our readers and writers that it may be waiting for
}

// looks is how often a child is looked at before it counts as stalled. Looks are
// counted, not time: after a sleep of the machine, or a stop of ours, little of the time
// that passed was the child's.
const looks = 12

// watchdog ends a child that stalls: one that neither moves bytes nor computes for
// Config.Stall, or moves no bytes for Config.Silence though it computes. It does not know
// how long work may take, so it does not ask for results, only for signs of life.
func (p *Process) watchdog() {
	cfg := p.runner.cfg
	if cfg.Stall <= 0 {
		return
	}
	every := max(cfg.Stall/looks, time.Millisecond)
	tick := time.NewTicker(every)
	defer tick.Stop()
	var moved, cpu int64
	idle, silent := 0, time.Duration(0)
	for {
		select {
		case <-p.exited:
			return
		case <-tick.C:
		}
		if n := p.moved.bytes.Load(); n != moved || p.moved.ours.Load() > 0 {
			moved, idle, silent = n, 0, 0
			continue
		}
		silent += every
		idle++
		if c, known := p.usedCPU(); c != cpu || !known {
			cpu, idle = c, 0
		}
		switch {
		case idle >= looks:
			p.stop(&StallError{Program: p.name, After: cfg.Stall})
			return
		case cfg.Silence > 0 && silent >= cfg.Silence:
			p.stop(&StallError{Program: p.name, After: cfg.Silence, Busy: true})
			return
		}
	}
}
