package proc

import (
	"fmt"
	"sync/atomic"
	"time"
)

// StallError means that a child was killed because it made no progress.
type StallError struct {
	Program string
	After   time.Duration
	// Busy: the child used processor time during the whole period.
	Busy bool
}

func (e *StallError) Error() string {
	if e.Busy {
		return fmt.Sprintf("%s was stopped: it read and wrote nothing for %s", e.Program, e.After)
	}
	return fmt.Sprintf("%s was stopped: it used no processor time for %s", e.Program, e.After)
}

// activity contains the observable signs of a child's work.
type activity struct {
	bytes atomic.Int64 // read and written by it so far
	ours  atomic.Int32 // running calls of this process's readers and writers, for which the child may wait
}

// looks is the number of checks without progress after which a child counts as stalled. Checks are counted
// instead of time: after the machine or this process was suspended, the child ran for only a small part of the
// time that passed.
const looks = 12

// stopWhenStalled stops a child that stalls: one that neither transfers bytes nor uses processor time for
// Config.Stall, or that transfers no bytes for Config.Silence although it uses processor time.
func (p *Process) stopWhenStalled() {
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
		if c, known := p.readGroupCPU(); c != cpu || !known {
			cpu, idle = c, 0
		}
		switch {
		case idle >= looks:
			p.stopGroup(&StallError{Program: p.name, After: cfg.Stall})
			return
		case cfg.Silence > 0 && silent >= cfg.Silence:
			p.stopGroup(&StallError{Program: p.name, After: cfg.Silence, Busy: true})
			return
		}
	}
}
