package store_test

import (
	"errors"
	"path/filepath"
	"testing"

	"mynah/internal/record"
	"mynah/internal/store"
)

func TestUsage(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, c := range []struct {
		tenant, engine string
		n, budget      int64
		refused        bool
	}{
		{"a", "x", 90, 100, false},
		{"a", "x", 11, 100, true},
		{"a", "x", 10, 100, false},
		{"a", "x", -40, 100, false},
		{"a", "x", 41, 100, true},
		{"a", "y", 1000, 0, false},
		{"b", "x", 101, 100, true},
		{"b", "x", 5, 100, false},
	} {
		err := s.Spend(t.Context(), c.tenant, c.engine, c.n, c.budget)
		if errors.Is(err, record.ErrBudget) != c.refused || err != nil && !c.refused {
			t.Errorf("%+v: %v", c, err)
		}
	}
	month, used, err := s.ReadUsage(t.Context(), "a")
	if err != nil || len(month) != 7 || len(used) != 2 || used["x"] != 60 || used["y"] != 1000 {
		t.Errorf("%s %v, %v", month, used, err)
	}
	if _, used, _ := s.ReadUsage(t.Context(), "b"); used["x"] != 5 {
		t.Errorf("b: %v", used)
	}
}
