//go:build unix

package system

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
)

// TestAReplacedFileIsNotHeld checks that a lock on a file that was removed or replaced meanwhile fails.
func TestAReplacedFileIsNotHeld(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	held := flock.New(path, flock.SetFlag(os.O_RDONLY))
	if ok, err := held.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer func() { _ = held.Unlock() }()
	if !isStillNamed(held, path) {
		t.Error("the file is there")
	}
	other := path + "2"
	if err := errors.Join(os.WriteFile(other, nil, 0o600), os.Rename(other, path)); err != nil {
		t.Fatal(err)
	}
	if isStillNamed(held, path) {
		t.Error("the lock is on a file that no longer has the name")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if isStillNamed(held, path) {
		t.Error("nothing has the name")
	}
}
