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
