package blobtest

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mynah/internal/blob"
)

// checkConcurrentPuts checks that readers see one of the contents as a whole.
func checkConcurrentPuts(t *testing.T, s blob.Store) {
	t.Helper()
	const size = 100_000
	put(t, s, "d/a", strings.Repeat("x", size))
	var writers, readers sync.WaitGroup
	var done atomic.Bool
	for c := range 4 {
		writers.Go(func() {
			for range 5 {
				err := s.Put(t.Context(), "d/a", strings.NewReader(strings.Repeat(string(rune('a'+c)), size)))
				if err != nil {
					t.Errorf("put: %v", err)
				}
			}
		})
	}
	readers.Go(func() {
		for !done.Load() {
			b, err := get(t, s, "d/a", 0, -1)
			if err != nil || len(b) != size || strings.Trim(b, b[:1]) != "" {
				t.Errorf("read %d bytes, %v, or a mixture", len(b), err)
				return
			}
		}
	})
	writers.Wait()
	done.Store(true)
	readers.Wait()
	expectNames(t, s, "", "d/a")
}

func checkOnePutWins(t *testing.T, s blob.Store) {
	t.Helper()
	for round := range 5 {
		name := fmt.Sprintf("new%d/lease", round)
		var wins atomic.Int64
		var winner atomic.Value
		var group sync.WaitGroup
		for c := range 8 {
			group.Go(func() {
				text := fmt.Sprintf("content %d", c)
				switch err := s.PutIfAbsent(t.Context(), name, strings.NewReader(text)); {
				case err == nil:
					wins.Add(1)
					winner.Store(text)
				case !errors.Is(err, blob.ErrExists):
					t.Error(err)
				}
			})
		}
		group.Wait()
		if wins.Load() != 1 {
			t.Fatalf("%d puts won", wins.Load())
		}
		expect(t, s, name, winner.Load().(string))
	}
}

// checkPutBesideDelete puts blobs under one prefix while others under it are deleted.
func checkPutBesideDelete(t *testing.T, s blob.Store) {
	t.Helper()
	var group sync.WaitGroup
	for c := range 4 {
		group.Go(func() {
			for i := range 20 {
				name := fmt.Sprintf("p/q/%d", c)
				if err := s.Put(t.Context(), name, strings.NewReader(name)); err != nil {
					t.Errorf("put %d: %v", i, err)
				}
				expect(t, s, name, name)
				if err := s.Delete(t.Context(), name); err != nil {
					t.Errorf("delete %d: %v", i, err)
				}
			}
		})
	}
	group.Wait()
	expectNames(t, s, "")
}

func checkReaderKeepsBytes(t *testing.T, s blob.Store) {
	t.Helper()
	text := strings.Repeat("0123456789", 50_000)
	for what, change := range map[string]func() error{
		"replaced": func() error { return s.Put(t.Context(), "a", strings.NewReader("new")) },
		"deleted":  func() error { return s.Delete(t.Context(), "a") },
	} {
		put(t, s, "a", text)
		r, err := s.Get(t.Context(), "a", 5, -1)
		if err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 5)
		if _, err := io.ReadFull(r, first); err != nil {
			t.Fatal(err)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(r)
		if string(first)+string(rest) != text[5:] || errors.Join(err, r.Close()) != nil {
			t.Errorf("%s: the reader got %d bytes, %v", what, len(rest), err)
		}
	}
}

// checkLarge checks sizes and offsets above 4 GiB.
func checkLarge(t *testing.T, s blob.Store, putLarge func(*testing.T, blob.Store, string, int64)) {
	t.Helper()
	const size = 5<<30 + 7
	putLarge(t, s, "large/one", size)
	if info, err := s.Stat(t.Context(), "large/one"); info.Size != size || err != nil {
		t.Errorf("%+v, %v", info, err)
	}
	for info, err := range s.List(t.Context(), "large/") {
		if info.Size != size || err != nil {
			t.Errorf("listed as %+v, %v", info, err)
		}
	}
	for _, c := range []struct {
		offset, length int64
		want           string
	}{
		{size - 1, -1, "\x01"},
		{size - 3, 100, "\x00\x00\x01"},
		{4<<30 - 1, 2, "\x00\x00"},
		{size, 1, ""},
		{size - 2, math.MaxInt64, "\x00\x01"},
	} {
		if got, err := get(t, s, "large/one", c.offset, c.length); got != c.want || err != nil {
			t.Errorf("%d bytes from %d: %q, %v", c.length, c.offset, got, err)
		}
	}
}
