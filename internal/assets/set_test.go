package assets

import (
	"errors"
	"testing"
)

// TestWriteFilesAgain checks that a failed function is called again by the next WriteFiles, and a
// successful one is not.
func TestWriteFilesAgain(t *testing.T) {
	t.Parallel()
	s := &Set{tables: map[string]*colourTable{}}
	boom := errors.New("boom")
	first, second := 0, 0
	s.deferWrite(func() error { first++; return nil })
	s.deferWrite(func() error { second++; return boom })
	for range 2 {
		if err := s.WriteFiles(); !errors.Is(err, boom) {
			t.Errorf("got %v", err)
		}
	}
	if first != 1 || second != 2 {
		t.Errorf("the first was done %d times, the second %d", first, second)
	}
}
