package host

import (
	"context"
	"errors"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/turns"
)

// desk is the desk cell of a tenant.
type desk struct {
	tenant  string
	started chan struct{} // closed when cell or err is set
	cell    *running
	err     error

	users   int // requests in progress
	count   int // requests so far
	lastUse time.Time
	retired bool // takes no more requests; ends with the last one
}

// Ask does something in the desk cell of a tenant; it is started if it does not run.
func (h *Host) Ask(ctx context.Context, tenant, function string, m cell.Message, event func(cell.Message)) (cell.Message, error) {
	d, err := h.enter(ctx, tenant)
	if err != nil {
		closeFiles(m.Files)
		return cell.Message{}, err
	}
	defer h.leave(d)
	out, err := d.cell.Call(ctx, function, m, event)
	closeFiles(m.Files)
	if errors.Is(err, cell.ErrGone) {
		return out, fault.New(fault.Internal, errors.Join(err, d.cell.Err()), "the process that worked on the request ended").
			WithHint("try again; if it happens again, the script or one of its files cannot be processed")
	}
	return out, err
}

// enter returns the desk of a tenant, with a request more.
func (h *Host) enter(ctx context.Context, tenant string) (*desk, error) {
	d, err := h.waitForDesk(ctx, tenant)
	if err != nil {
		return nil, err
	}
	select {
	case <-d.started:
	case <-ctx.Done():
		h.leave(d)
		return nil, ctx.Err()
	}
	if d.err != nil {
		h.leave(d)
		return nil, d.err
	}
	return d, nil
}

// waitForDesk returns the desk of a tenant, with a request more. It creates one as soon as a place is free.
func (h *Host) waitForDesk(ctx context.Context, tenant string) (*desk, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting++
	defer func() { h.waiting-- }()
	for {
		if h.closed {
			return nil, fault.New(fault.Cancelled, nil, "the server is stopping")
		}
		d := h.desks[tenant]
		if d != nil && (d.count >= h.cfg.DeskRequests || d.hasEnded()) {
			h.retire(d)
			d = nil
		}
		if d == nil && h.makeRoom() {
			d = &desk{tenant: tenant, started: make(chan struct{})}
			h.desks[tenant] = d
			h.ending.Go(func() { h.open(d) }) //nolint:contextcheck // the desk outlives its first request
		}
		if d != nil {
			d.users++
			d.count++
			d.lastUse = time.Now()
			return d, nil
		}
		freed := h.freed
		h.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
		}
		h.mu.Lock()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// makeRoom reports whether there is a place for a desk more. It retires the desk that was used least recently; one that
// has requests keeps its place until they end. The lock must be held.
func (h *Host) makeRoom() bool {
	for len(h.desks)+len(h.leaving) >= h.cfg.Desks {
		if len(h.desks) == 0 || len(h.leaving) >= h.waiting && !h.hasIdleDesk() {
			return false
		}
		h.retireLeastUsed()
	}
	return true
}

// hasIdleDesk reports whether a desk has no requests. The lock must be held.
func (h *Host) hasIdleDesk() bool {
	for _, d := range h.desks {
		if d.users == 0 {
			return true
		}
	}
	return false
}

// signalFree wakes the requests that wait for a place. The lock must be held.
func (h *Host) signalFree() {
	close(h.freed)
	h.freed = make(chan struct{})
}

// open starts the cell of a desk.
func (h *Host) open(d *desk) {
	d.cell, d.err = h.start(context.Background(), d.tenant, turns.Interactive)
	if killed, ok := errors.AsType[*KilledError](d.err); ok {
		d.err = fault.New(fault.Internal, killed, "the process that worked on the request ended").WithHint("try again")
	}
	if d.err != nil {
		h.mu.Lock()
		if h.desks[d.tenant] == d {
			delete(h.desks, d.tenant)
		}
		h.signalFree()
		h.mu.Unlock()
	}
	close(d.started)
}

// hasEnded reports whether the cell has ended by itself.
func (d *desk) hasEnded() bool {
	select {
	case <-d.started:
	default:
		return false
	}
	if d.err != nil {
		return true
	}
	select {
	case <-d.cell.Done():
		return true
	default:
		return false
	}
}

// leave ends a request.
func (h *Host) leave(d *desk) {
	large := false
	select {
	case <-d.started:
		large = d.err == nil && d.cell.MeasureMemory() > h.cfg.DeskMemory
	default:
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	d.users--
	d.lastUse = time.Now()
	switch {
	case h.closed: // Close ends all
	case d.retired && d.users == 0:
		delete(h.leaving, d)
		h.stop(d)
	case large && !d.retired && h.desks[d.tenant] == d:
		h.retire(d)
	}
	if d.users == 0 {
		h.signalFree()
	}
}

// retire ends a desk when its last request has ended. The lock must be held.
func (h *Host) retire(d *desk) {
	if h.desks[d.tenant] == d {
		delete(h.desks, d.tenant)
	}
	d.retired = true
	if d.users == 0 {
		h.stop(d)
	} else {
		h.leaving[d] = true
	}
}

// retireLeastUsed retires the desk that was used least recently. The lock must be held.
func (h *Host) retireLeastUsed() {
	var oldest *desk
	for _, d := range h.desks {
		if oldest == nil || (d.users > 0) == (oldest.users > 0) && d.lastUse.Before(oldest.lastUse) || d.users == 0 && oldest.users > 0 {
			oldest = d
		}
	}
	if oldest != nil {
		h.retire(oldest)
	}
}

// stop ends the cell of a desk in the background.
func (h *Host) stop(d *desk) {
	h.ending.Go(func() {
		<-d.started
		if d.err == nil {
			_ = d.cell.stop(h.cfg.Grace)
		}
	})
}

// endIdleDesks ends desks that are idle, until Close.
func (h *Host) endIdleDesks() {
	sweep := time.NewTicker(max(h.cfg.DeskIdle/4, time.Second/4))
	defer sweep.Stop()
	for {
		var now time.Time
		select {
		case <-h.closing:
			return
		case now = <-sweep.C:
		}
		h.mu.Lock()
		for _, d := range h.desks {
			if d.users == 0 && now.Sub(d.lastUse) >= h.cfg.DeskIdle {
				h.retire(d)
			}
		}
		h.mu.Unlock()
	}
}

// CountDesks returns the number of desk cells.
func (h *Host) CountDesks() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.desks)
}
