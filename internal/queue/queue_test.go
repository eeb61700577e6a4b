package queue_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"mynah/internal/queue"
	"mynah/internal/record"
)

func database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "q.db")+"?_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func open(t *testing.T, db *sql.DB, workers int, work func(context.Context, string) error) *queue.Queue {
	t.Helper()
	q, err := queue.New(t.Context(), db, queue.Config{Workers: workers, Timeout: time.Minute}, slog.New(slog.DiscardHandler), work)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// enqueue enqueues ids in a transaction, which it commits if keep is true and otherwise rolls back.
func enqueue(t *testing.T, db *sql.DB, q *queue.Queue, keep bool, ids ...string) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := q.Enqueue(t.Context(), tx, id); err != nil {
			t.Fatal(err)
		}
	}
	if keep {
		err = tx.Commit()
	} else {
		err = tx.Rollback()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// seen collects the ids of jobs that ran.
type seen struct {
	mu  sync.Mutex
	ids []string
}

func (s *seen) add(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, id)
	return len(s.ids)
}

func (s *seen) wait(t *testing.T, n int) []string {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		ids := slices.Clone(s.ids)
		s.mu.Unlock()
		if len(ids) >= n {
			return ids
		}
	}
	t.Fatalf("%d of %d jobs ran", len(s.ids), n)
	return nil
}

func TestJobsRunInTheirOrderOnce(t *testing.T) {
	t.Parallel()
	db, s := database(t), &seen{}
	q := open(t, db, 1, func(_ context.Context, id string) error {
		s.add(id)
		if id == "b" {
			return errors.New("a job that fails is not tried again")
		}
		return nil
	})
	enqueue(t, db, q, true, "a", "b")
	enqueue(t, db, q, false, "never")
	enqueue(t, db, q, true, "c")
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wait(t, 3)
	time.Sleep(200 * time.Millisecond) // long enough for an unexpected extra job
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if got := s.wait(t, 3); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("%v", got)
	}
}

func TestAStopCutsShortAndTheNextStartGoesOn(t *testing.T) {
	t.Parallel()
	db, s := database(t), &seen{}
	work := func(ctx context.Context, id string) error {
		if s.add(id) > 1 {
			return nil
		}
		<-ctx.Done()
		return record.ErrStopped
	}
	q := open(t, db, 1, work)
	enqueue(t, db, q, true, "a")
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wait(t, 1)
	grace, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := q.Stop(grace); err != nil {
		t.Errorf("stopping: %v", err)
	}
	q = open(t, db, 1, work)
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wait(t, 2)
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestClear(t *testing.T) {
	t.Parallel()
	db, s := database(t), &seen{}
	q := open(t, db, 1, func(_ context.Context, id string) error { s.add(id); return nil })
	enqueue(t, db, q, true, "a", "b")
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(q.Clear(t.Context(), tx), q.Enqueue(t.Context(), tx, "c"), tx.Commit()); err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.wait(t, 1); !slices.Equal(got, []string{"c"}) {
		t.Errorf("%v", got)
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
