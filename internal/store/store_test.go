package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/auth"
	"mynah/internal/record"
	"mynah/internal/store"
)

func open(t *testing.T, cfg store.Config) *store.Store {
	t.Helper()
	return reopen(t, filepath.Join(t.TempDir(), "a b?.db"), cfg)
}

func reopen(t *testing.T, path string, cfg store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func queued(id string) record.Build {
	return record.Build{ID: id, Key: "k", Kind: record.Video, State: record.Queued, Created: time.Now().UTC()}
}

func create(t *testing.T, s *store.Store, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := s.Create(t.Context(), queued(id)); err != nil {
			t.Fatal(err)
		}
	}
}

func move(t *testing.T, s *store.Store, id string, states ...record.State) {
	t.Helper()
	for _, to := range states {
		move := func(b *record.Build) error { return b.MoveToState(to, time.Now()) }
		if _, err := s.Update(t.Context(), id, move); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAKeyHasItsShareOfTheQueue(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{MaxQueued: 2})
	create(t, s, "01", "02")
	if err := s.Create(t.Context(), queued("03")); !errors.Is(err, record.ErrFull) {
		t.Errorf("a third build: %v", err)
	}
	other := queued("04")
	other.Key = "another"
	if err := s.Create(t.Context(), other); err != nil {
		t.Errorf("another key's: %v", err)
	}
	move(t, s, "01", record.Cancelled)
	create(t, s, "05")
	move(t, s, "05", record.Running)
	if err := s.Create(t.Context(), queued("06")); !errors.Is(err, record.ErrFull) {
		t.Errorf("a third build, one of them running: %v", err)
	}
}

func TestTheSmallestAndTheOpenQueue(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{MaxQueued: 1})
	create(t, s, "01")
	if err := s.Create(t.Context(), queued("02")); !errors.Is(err, record.ErrFull) {
		t.Errorf("a second build: %v", err)
	}
	s = open(t, store.Config{})
	for i := range 20 {
		create(t, s, fmt.Sprint(i))
	}
}

func TestUpdatesAreWholeAndEventsTellThem(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	create(t, s, "01")
	move(t, s, "01", record.Running)
	for _, percent := range []int{10, 40, 20} {
		if _, err := s.Update(t.Context(), "01", func(b *record.Build) error { b.Percent = percent; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	b, err := s.Build(t.Context(), "01")
	if err != nil || b.Percent != 40 {
		t.Errorf("percent decreased to %d, %v", b.Percent, err)
	}
	no := errors.New("no")
	if _, err := s.Update(t.Context(), "01", func(b *record.Build) error { b.Percent = 99; return no }); !errors.Is(err, no) {
		t.Errorf("a failing update: %v", err)
	}
	_, err = s.Update(t.Context(), "01", func(b *record.Build) error {
		b.Warnings = []api.Diagnostic{{Summary: "careful"}}
		return b.MoveToState(record.Succeeded, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.Events(t.Context(), "01", 1)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for i, e := range events {
		kinds = append(kinds, e.Type)
		if e.Seq != int64(i+2) {
			t.Errorf("event %d has the number %d", i, e.Seq)
		}
	}
	if want := []string{"state", "progress", "progress", "warnings", "state"}; !slices.Equal(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
}

func TestUpdatesSideBySideLoseNothing(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	create(t, s, "01")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := s.Update(t.Context(), "01", func(b *record.Build) error { b.Lease.Attempt++; return nil }); err != nil {
				t.Error(err)
			}
			if _, err := s.Build(t.Context(), "01"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if b, err := s.Build(t.Context(), "01"); b.Lease.Attempt != 50 || err != nil {
		t.Errorf("%d updates of 50, %v", b.Lease.Attempt, err)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	create(t, s, "01", "02", "03", "04", "05")
	var got []string
	for before := ""; ; {
		page, err := s.Builds(t.Context(), "", record.Filter{Before: before, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, b := range page {
			got = append(got, b.ID)
		}
		before = got[len(got)-1]
	}
	if want := []string{"05", "04", "03", "02", "01"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if page, _ := s.Builds(t.Context(), "somebody else", record.Filter{Limit: 10}); len(page) != 0 {
		t.Errorf("another tenant gets %d builds", len(page))
	}
}

func TestWhatIsOverGoesInTime(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	create(t, s, "01", "02")
	move(t, s, "01", record.Running, record.Succeeded)
	old, err := s.ListEnded(t.Context(), time.Now().Add(time.Minute), 10)
	if err != nil || len(old) != 1 || old[0].ID != "01" {
		t.Fatalf("%v, %v", old, err)
	}
	if old, _ = s.ListEnded(t.Context(), time.Now().Add(-time.Minute), 10); len(old) != 0 {
		t.Errorf("builds were listed too early: %v", old)
	}
	if err := s.DeleteBuild(t.Context(), "02"); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("a queued build was deleted: %v", err)
	}
	if err := s.DeleteBuild(t.Context(), "01"); err != nil {
		t.Errorf("deleting: %v", err)
	}
	if events, _ := s.Events(t.Context(), "01", 0); len(events) != 0 {
		t.Errorf("%d events were left", len(events))
	}
}

func TestUploadsStayWhileTheyAreNeeded(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	for _, id := range []string{"a", "b"} {
		if err := s.AddUpload(t.Context(), "", id); err != nil {
			t.Fatal(err)
		}
	}
	b := queued("01")
	b.Spec.Repository = "a"
	if err := s.Create(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	gone, err := s.TakeExpiredUploads(t.Context(), time.Now().Add(time.Hour))
	if err != nil || !slices.Equal(gone, []string{"b"}) {
		t.Errorf("%v, %v", gone, err)
	}
	for id, want := range map[string]bool{"a": true, "b": false} {
		if ok, err := s.HasUpload(t.Context(), "", id); ok != want || err != nil {
			t.Errorf("%s: %v, %v", id, ok, err)
		}
	}
	if ok, _ := s.HasUpload(t.Context(), "somebody else", "a"); ok {
		t.Error("a tenant has another tenant's upload")
	}
}

func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	begin := func(body string) (fresh, same bool, a *record.Answer) {
		t.Helper()
		fresh, same, a, err := s.BeginAnswer(t.Context(), "", "key", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return fresh, same, a
	}
	if fresh, _, _ := begin("x"); !fresh {
		t.Error("the first request is not fresh")
	}
	if fresh, same, a := begin("x"); fresh || !same || a != nil {
		t.Errorf("a request in progress: %v %v %v", fresh, same, a)
	}
	if err := s.FinishAnswer(t.Context(), "", "key", &record.Answer{Status: 202, Body: []byte("made")}); err != nil {
		t.Fatal(err)
	}
	if fresh, same, a := begin("x"); fresh || !same || a == nil || string(a.Body) != "made" {
		t.Errorf("an answered request: %v %v %v", fresh, same, a)
	}
	if fresh, same, _ := begin("y"); fresh || same {
		t.Errorf("another body: %v %v", fresh, same)
	}
	if err := s.FinishAnswer(t.Context(), "", "key", nil); err != nil {
		t.Fatal(err)
	}
	if fresh, _, _ := begin("y"); !fresh {
		t.Error("a removed request is not fresh")
	}
}

func TestKeysAndSecrets(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s := reopen(t, path, store.Config{})
	_, k := auth.NewKey("name", time.Now())
	if err := s.AddKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := errors.Join(s.TouchKey(t.Context(), k.ID, now), s.RevokeKey(t.Context(), k.ID, now)); err != nil {
		t.Fatal(err)
	}
	if err := s.RevokeKey(t.Context(), k.ID, now); !errors.Is(err, auth.ErrUnknown) {
		t.Errorf("revoked again: %v", err)
	}
	first, err := s.LoadOrCreateSecret(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path, store.Config{})
	if again, err := s.LoadOrCreateSecret(t.Context(), "x"); !slices.Equal(first, again) || len(again) != 32 ||
		err != nil {
		t.Errorf("the secret changes: %x, %x, %v", first, again, err)
	}
	keys, err := s.Keys(t.Context())
	if err != nil || len(keys) != 1 || keys[0].Name != "name" || keys[0].Revoked.IsZero() || keys[0].LastUse.IsZero() {
		t.Errorf("%+v, %v", keys, err)
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s := reopen(t, path, store.Config{})
	if _, err := s.Writer().ExecContext(t.Context(), fmt.Sprintf("PRAGMA user_version = %d", 1000)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path, store.Config{}); err == nil {
		t.Error("a database of a newer version was opened")
	}
}
