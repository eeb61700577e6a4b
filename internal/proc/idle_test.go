//go:build linux

package proc_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"mynah/internal/proc"
)

// TestIdleWithStarts checks that WaitUntilIdle also waits for children that are about to start.
func TestIdleWithStarts(t *testing.T) {
	t.Parallel()
	for range 20 {
		r := runner(t, func(c *proc.Config) { c.Jobs = 16 })
		ctx, cancel := context.WithCancel(t.Context())
		begun := make(chan struct{})
		var calls sync.WaitGroup
		for i := range 16 {
			calls.Go(func() {
				if i == 0 {
					close(begun)
				}
				if p, err := r.Start(ctx, sh("sleep 100 & wait")); err == nil {
					_ = p.Wait()
				}
			})
		}
		<-begun
		cancel()
		at := time.Now()
		r.WaitUntilIdle()
		limited := time.Since(at) >= time.Second // it waits no longer than stopping a child may take
		before := r.ReadStats()
		calls.Wait()
		if after := r.ReadStats(); !limited && (before.Running != 0 || after.Started != before.Started) {
			t.Fatalf("%d children run after WaitUntilIdle, %d start", before.Running, after.Started-before.Started)
		}
	}
}

// TestIdle checks that after a canceled call, WaitUntilIdle waits for the child and its children.
func TestIdle(t *testing.T) {
	t.Parallel()
	r := runner(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := r.Start(ctx, sh("sleep 100 & wait")); err != nil {
		t.Fatal(err)
	}
	cancel()
	r.WaitUntilIdle()
	if s := r.ReadStats(); s.Running != 0 {
		t.Errorf("%d still run", s.Running)
	}
	r.WaitUntilIdle() // returns immediately if no child runs
}
