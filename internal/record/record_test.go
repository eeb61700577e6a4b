package record_test

import (
	"errors"
	"testing"
	"time"

	"mynah/internal/record"
)

func TestMoves(t *testing.T) {
	t.Parallel()
	legal := map[[2]record.State]bool{
		{record.Queued, record.Running}: true, {record.Queued, record.Failed}: true, {record.Queued, record.Cancelled}: true,
		{record.Running, record.Queued}: true, {record.Running, record.Succeeded}: true, {record.Running, record.Failed}: true,
		{record.Running, record.Cancelled}: true, {record.Succeeded, record.Expired}: true, {record.Failed, record.Expired}: true,
		{record.Cancelled, record.Expired}: true,
	}
	all := []record.State{record.Queued, record.Running, record.Succeeded, record.Failed, record.Cancelled, record.Expired}
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, from := range all {
		for _, to := range all {
			b := record.Build{State: from, Spec: record.Spec{Token: "secret"}}
			err := b.MoveToState(to, now)
			if legal[[2]record.State{from, to}] != (err == nil) || err != nil && (!errors.Is(err, record.ErrMove) || b.State != from) {
				t.Errorf("from %s to %s: %v, now %s", from, to, err, b.State)
			}
			if err == nil && to.IsOver() && to != record.Expired && (b.Spec.Token != "" || !b.Ended.Equal(now)) {
				t.Errorf("from %s to %s: the token was not removed, or the end was not recorded", from, to)
			}
		}
	}
}

func TestWhatIsPolledIsKeptLonger(t *testing.T) {
	t.Parallel()
	end := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	b := record.Build{State: record.Succeeded, Ended: end}
	if got := b.ComputeExpiry(time.Hour); !got.Equal(end.Add(time.Hour)) {
		t.Errorf("a finished build expires at %s", got)
	}
	b.Polled = end.Add(30 * time.Minute)
	if got := b.ComputeExpiry(time.Hour); !got.Equal(end.Add(90 * time.Minute)) {
		t.Errorf("a polled build expires at %s", got)
	}
	b.State = record.Running
	if got := b.ComputeExpiry(time.Hour); !got.IsZero() {
		t.Errorf("a running build expires at %s", got)
	}
}

func TestKeysOfResults(t *testing.T) {
	t.Parallel()
	key := record.MakeResultKey("01J", 12, "result.mp4")
	if key != "results/01J/12/result.mp4" {
		t.Errorf("the key is %s", key)
	}
	for key, want := range map[string]struct {
		id      string
		attempt int
		ok      bool
	}{
		key: {"01J", 12, true}, "results/01J/result.mp4": {"01J", 0, true}, "results/01J": {}, "uploads/01J": {},
		"results/01J/x/result.mp4": {id: "01J"}, "results/01J/0/result.mp4": {id: "01J"}, "results/01J/1/2/result.mp4": {},
	} {
		if id, attempt, ok := record.ParseResultKey(key); id != want.id || attempt != want.attempt || ok != want.ok {
			t.Errorf("%s: %s, %d, %v", key, id, attempt, ok)
		}
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	b := record.Build{State: record.Queued}
	begin := func() {
		t.Helper()
		if err := b.Begin("me", now, now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	begin()
	if b.Lease != (record.Lease{Owner: "me", Until: now.Add(time.Minute), Attempt: 1}) || !b.IsHeldBy("me", 1) {
		t.Errorf("%+v", b.Lease)
	}
	if err := b.Begin("another", now, now); !errors.Is(err, record.ErrMove) || !b.IsHeldBy("me", 1) {
		t.Errorf("a running build begins again: %v", err)
	}
	if err := b.PutBack(now); err != nil || b.Lease != (record.Lease{Attempt: 1}) || b.State != record.Queued {
		t.Errorf("put back: %+v, %v", b, err)
	}
	for lost := 1; lost <= record.MostAttempts; lost++ {
		begin()
		want := record.Queued
		if lost == record.MostAttempts {
			want = record.Failed
		}
		lease := record.Lease{Attempt: lost + 1, Lost: lost}
		if err := b.LoseAttempt(now); err != nil || b.State != want || b.Lease != lease {
			t.Errorf("lost %d times: %+v, %v", lost, b, err)
		}
	}
	c := record.Build{State: record.Queued}
	if err := errors.Join(c.Begin("me", now, now), c.MoveToState(record.Cancelled, now)); err != nil || !c.Lease.Cancel ||
		c.Lease.Owner != "me" {
		t.Errorf("a cancelled build tells its owner nothing: %+v, %v", c.Lease, err)
	}
	d := record.Build{State: record.Queued}
	if err := d.MoveToState(record.Cancelled, now); err != nil || d.Lease.Cancel {
		t.Errorf("a cancelled build that waited has an owner: %+v, %v", d.Lease, err)
	}
}
