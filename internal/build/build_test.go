package build_test

import (
	"errors"
	"testing"
	"time"

	"mynah/internal/build"
)

func TestMoves(t *testing.T) {
	t.Parallel()
	legal := map[[2]build.State]bool{
		{build.Queued, build.Running}: true, {build.Queued, build.Failed}: true, {build.Queued, build.Cancelled}: true,
		{build.Running, build.Queued}: true, {build.Running, build.Succeeded}: true, {build.Running, build.Failed}: true,
		{build.Running, build.Cancelled}: true, {build.Succeeded, build.Expired}: true, {build.Failed, build.Expired}: true,
		{build.Cancelled, build.Expired}: true,
	}
	all := []build.State{build.Queued, build.Running, build.Succeeded, build.Failed, build.Cancelled, build.Expired}
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, from := range all {
		for _, to := range all {
			b := build.Build{State: from, Spec: build.Spec{Token: "secret"}}
			err := b.Move(to, now)
			if legal[[2]build.State{from, to}] != (err == nil) || err != nil && (!errors.Is(err, build.ErrMove) || b.State != from) {
				t.Errorf("from %s to %s: %v, now %s", from, to, err, b.State)
			}
			if err == nil && to.Over() && to != build.Expired && (b.Spec.Token != "" || !b.Ended.Equal(now)) {
				t.Errorf("from %s to %s: the token stays, or the end is not noted", from, to)
			}
		}
	}
}

func TestWhatIsPolledIsKeptLonger(t *testing.T) {
	t.Parallel()
	end := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	b := build.Build{State: build.Succeeded, Ended: end}
	if got := b.Expires(time.Hour); !got.Equal(end.Add(time.Hour)) {
		t.Errorf("expires %s", got)
	}
	b.Polled = end.Add(30 * time.Minute)
	if got := b.Expires(time.Hour); !got.Equal(end.Add(90 * time.Minute)) {
		t.Errorf("polled, it expires %s", got)
	}
	b.State = build.Running
	if got := b.Expires(time.Hour); !got.IsZero() {
		t.Errorf("running, it expires %s", got)
	}
}
