package pending_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/pending"
)

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func TestWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, strings.Repeat("n", 255))
	for _, text := range []string{"old", "new"} {
		f, err := pending.CreateFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err == nil && string(b) == text {
			t.Error("it is there before it was published")
		}
		if err := f.Publish(); err != nil {
			t.Fatal(err)
		}
		f.Discard()
		if b, err := os.ReadFile(path); err != nil || string(b) != text {
			t.Errorf("%q %v", b, err)
		}
	}
	f, err := pending.CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Discard()
	if b, _ := os.ReadFile(path); string(b) != "new" || names(t, dir) != filepath.Base(path) {
		t.Errorf("after one was discarded there are %s, with %q", names(t, dir), b)
	}
}

// TestLeftFilesAreRemoved checks that the file of a killed writer, which has no lock, is removed, and that of a
// running one is not.
func TestLeftFilesAreRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	alive, err := pending.CreateFile(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".mynah-part-dead"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := pending.CreateFile(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*pending.File{alive, other} {
		if err := f.Publish(); err != nil {
			t.Error(err)
		}
	}
	if got := names(t, dir); got != "a b" {
		t.Errorf("available engines: %s", got)
	}
}
