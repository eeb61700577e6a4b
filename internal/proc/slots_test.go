//go:build linux

package proc_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"mynah/internal/proc"
)

func TestJobsBound(t *testing.T) {
	t.Parallel()
	r := runner(t, func(c *proc.Config) { c.Jobs = 2 })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := r.Run(t.Context(), sh("sleep 0.05")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s := r.ReadStats(); s.Peak != 2 || s.Started != 8 {
		t.Errorf("Stats = %+v", s)
	}
}

func TestWaitingForASlot(t *testing.T) {
	t.Parallel()
	r := runner(t, func(c *proc.Config) { c.Jobs = 1 })
	holder, err := r.Start(t.Context(), sh("sleep 100"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := r.Run(ctx, sh("true")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with all slots taken: %v", err)
	}
	resident := sh("true")
	resident.Resident = true
	if err := r.Run(t.Context(), resident); err != nil {
		t.Errorf("a resident needs no slot: %v", err)
	}
	holder.Kill()
	<-holder.Done() // the slot is free although Wait was not called
	if err := r.Run(t.Context(), sh("true")); err != nil {
		t.Error(err)
	}
	_ = holder.Wait()
}
