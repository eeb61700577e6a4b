package system_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mynah/internal/system"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestIdentityChangesWithTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, "one")
	before, err := system.Identify(path)
	if err != nil || before.Size() != 3 || time.Since(before.ReadChangeTime()) > time.Minute {
		t.Fatalf("%v, %v", before, err)
	}
	if again, _ := system.IdentifyRegular(path); again != before {
		t.Errorf("an untouched file: %v, then %v", before, again)
	}
	write(t, path, "three")
	if after, _ := system.Identify(path); after == before || after.Size() != 5 {
		t.Errorf("a changed file: %v, then %v", before, after)
	}
	// A different file with the same name and times has another identity.
	old, _ := system.Identify(path)
	other := path + "2"
	write(t, other, "three")
	when := time.Now().Add(-time.Hour)
	if err := errors.Join(os.Chtimes(path, when, when), os.Chtimes(other, when, when), os.Rename(other, path)); err != nil {
		t.Fatal(err)
	}
	if now, _ := system.Identify(path); now[1] == old[1] {
		t.Errorf("a different file has the same identity: %v", now)
	}
}

func TestIdentityOfWhatIsNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := system.Identify(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := system.IdentifyRegular(dir); err == nil {
		t.Error("a folder is no regular file")
	}
	file, name := filepath.Join(dir, "file"), filepath.Join(dir, "name")
	write(t, file, "x")
	if err := os.Symlink(file, name); err != nil {
		t.Skipf("this system or user cannot create symbolic links: %v", err)
	}
	if _, err := system.IdentifyRegular(name); err == nil {
		t.Error("a link is no regular file")
	}
	linked, err := system.Identify(name)
	if direct, _ := system.Identify(file); err != nil || linked != direct {
		t.Errorf("by a link: %v, %v; direct: %v", linked, err, direct)
	}
}

func TestTheProgramIsIdentified(t *testing.T) {
	t.Parallel()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	want, err1 := system.Identify(path)
	got, err2 := system.IdentifyProgram()
	if err1 != nil || err2 != nil || got != want {
		t.Errorf("%v (%v), want %v (%v)", got, err2, want, err1)
	}
}

func TestOneHoldsALock(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	for _, path := range []string{file, t.TempDir()} {
		l, err := system.TryLock(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := system.TryLock(path); !errors.Is(err, system.ErrTaken) {
			t.Errorf("%s is locked twice: %v", path, err)
		}
		l.Unlock()
		again, err := system.TryLock(path)
		if err != nil {
			t.Fatalf("%s was released, but: %v", path, err)
		}
		again.Unlock()
	}
	missing := filepath.Join(t.TempDir(), "none")
	if _, err := system.TryLock(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := os.Lstat(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Error("locking made the file")
	}
}

// TestALockEndsWithItsProcess checks that the lock of a killed process is released.
func TestALockEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	const variable = "MYNAH_TEST_LOCK"
	if path := os.Getenv(variable); path != "" {
		if _, err := system.TryLock(path); err != nil {
			t.Fatal(err)
		}
		if p, err := os.FindProcess(os.Getpid()); err == nil {
			_ = p.Kill()
		}
		select {}
	}
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, "")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), variable+"="+path)
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Fatalf("it was to be killed: %s", out)
	}
	l, err := system.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	l.Unlock()
}

func TestDisks(t *testing.T) {
	t.Parallel()
	if free, err := system.MeasureFreeSpace(t.TempDir()); err != nil || free <= 0 {
		t.Errorf("%d bytes are free, %v", free, err)
	}
	if _, err := system.MeasureFreeSpace(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing folder has no disk")
	}
	if !system.IsDiskFull(&fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}) || system.IsDiskFull(fs.ErrNotExist) {
		t.Error("a full disk is not distinguished from other errors")
	}
}

func TestLinksAndSync(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, name := filepath.Join(dir, "file"), filepath.Join(dir, "name")
	write(t, file, "text")
	if err := errors.Join(system.Link(file, name), system.SyncToDisk(file), system.SyncToDisk(dir)); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(name); err != nil || string(b) != "text" {
		t.Errorf("%q, %v", b, err)
	}
	if err := system.Link(file, name); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a name that is taken: %v", err)
	}
	if system.SyncToDisk(filepath.Join(dir, "none")) == nil {
		t.Error("a missing file cannot be synced")
	}
}
