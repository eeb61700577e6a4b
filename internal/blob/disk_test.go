package blob_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mynah/internal/blob"
	"mynah/internal/blob/blobtest"
)

func open(t *testing.T, dir string) *blob.Disk {
	t.Helper()
	d, err := blob.OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// folder is a store that knows its folder.
type folder struct {
	*blob.Disk
	dir string
}

func TestDiskConforms(t *testing.T) {
	t.Parallel()
	blobtest.RunSuite(t, blobtest.Options{
		New: func(t *testing.T) blob.Store {
			t.Helper()
			dir := filepath.Join(t.TempDir(), "new", "folder")
			return folder{open(t, dir), dir}
		},
		PutLarge: func(t *testing.T, s blob.Store, name string, size int64) {
			t.Helper()
			path := filepath.Join(s.(folder).dir, name)
			err := os.MkdirAll(filepath.Dir(path), 0o700)
			f, err2 := os.Create(path)
			if errors.Join(err, err2) != nil {
				t.Fatal(err, err2)
			}
			_, err = f.WriteAt([]byte{1}, size-1)
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		},
	})
}

// TestDiskIsPrivate checks the permissions of files and folders in a process with each umask.
func TestDiskIsPrivate(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("MYNAH_TEST_BLOBS"); dir != "" { // the child process
		d := open(t, filepath.Join(dir, "a", "b"))
		if err := d.Put(t.Context(), "c/d/e", strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		return
	}
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not have the permissions of Unix files")
	}
	for _, mask := range []string{"000", "077", "022", "277"} {
		dir := t.TempDir()
		run := exec.CommandContext(t.Context(), "sh", "-c", "umask "+mask+`; exec "$0" -test.run '^TestDiskIsPrivate$'`,
			os.Args[0])
		run.Env = append(os.Environ(), "MYNAH_TEST_BLOBS="+dir)
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("umask %s: %v: %s", mask, err, out)
		}
		err := filepath.WalkDir(filepath.Join(dir, "a"), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			want := fs.FileMode(0o600)
			if d.IsDir() {
				want = 0o700
			}
			if err == nil && info.Mode().Perm() != want {
				t.Errorf("umask %s: %s has the permissions %s", mask, path, info.Mode().Perm())
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestDiskIgnoresLinks checks that no operation follows a link, inside or out of the folder, or waits for a FIFO.
func TestDiskIgnoresLinks(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	d := open(t, dir)
	if err := errors.Join(
		d.Put(t.Context(), "real/file", strings.NewReader("inside")),
		os.WriteFile(filepath.Join(outside, "file"), []byte("secret"), 0o600),
		os.Symlink(outside, filepath.Join(dir, "away")),
		os.Symlink(filepath.Join(outside, "file"), filepath.Join(dir, "file")),
		os.Symlink("real", filepath.Join(dir, "alias")),
		os.Symlink("file", filepath.Join(dir, "real", "alias")),
		os.Symlink("missing", filepath.Join(dir, "dangling")),
	); err != nil {
		t.Fatal(err)
	}
	names := []string{"away/file", "file", "alias/file", "real/alias", "dangling"}
	if out, err := exec.CommandContext(t.Context(), "mkfifo", filepath.Join(dir, "fifo")).CombinedOutput(); err == nil {
		names = append(names, "fifo")
	} else {
		t.Logf("no FIFO: %v %s", err, out)
	}
	for _, name := range names {
		_, get := d.Get(t.Context(), name, 0, -1)
		_, stat := d.Stat(t.Context(), name)
		_, file := d.OpenFile(t.Context(), name)
		for what, err := range map[string]error{"get": get, "stat": stat, "open": file} {
			if !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("%s %s: %v", what, name, err)
			}
		}
		if err := d.Delete(t.Context(), name); err != nil {
			t.Errorf("delete %s: %v", name, err)
		}
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s was deleted", name)
		}
	}
	for info, err := range d.List(t.Context(), "") {
		if info.Name != "real/file" || err != nil {
			t.Errorf("listed %+v, %v", info, err)
		}
	}
	for _, name := range []string{"away/new", "alias/new"} {
		if err := d.Put(t.Context(), name, strings.NewReader("x")); err == nil {
			t.Errorf("%s was written through a link", name)
		}
	}
	// A put replaces the link itself.
	if err := d.Put(t.Context(), "file", strings.NewReader("mine")); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(outside, "file")); string(b) != "secret" || err != nil {
		t.Errorf("the file outside contains %q, %v", b, err)
	}
	if left, _ := os.ReadDir(outside); len(left) != 1 {
		t.Errorf("files outside: %v", left)
	}
}

// TestDiskRemovesPartlyWritten kills a process in the middle of a put.
func TestDiskRemovesPartlyWritten(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("MYNAH_TEST_KILLED"); dir != "" { // the child process
		d := open(t, dir)
		_ = d.Put(t.Context(), "a/b", io.MultiReader(strings.NewReader("half"), os.Stdin))
		return
	}
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestDiskRemovesPartlyWritten$")
	child.Env = append(os.Environ(), "MYNAH_TEST_KILLED="+dir)
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	written := func() []string {
		out, _ := filepath.Glob(filepath.Join(dir, ".partial", "*", "*"))
		return out
	}
	for len(written()) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	live := open(t, dir) // while the child writes
	if len(written()) != 1 {
		t.Error("the file of a running process was removed")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	open(t, dir)
	if left := written(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if err := live.Put(t.Context(), "a/b", strings.NewReader("whole")); err != nil {
		t.Errorf("a store that was open meanwhile: %v", err)
	}
	if _, err := live.Stat(t.Context(), ".partial/x"); !errors.Is(err, blob.ErrName) {
		t.Errorf("a name in the folder of partly written files: %v", err)
	}
}

func TestDiskConflictsAndClose(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	if err := d.Put(t.Context(), "a/b", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "a/b/c"} {
		if err := d.Put(t.Context(), name, strings.NewReader("y")); err == nil {
			t.Errorf("%s was put beside a/b", name)
		}
	}
	if _, err := blob.OpenDisk(filepath.Join(os.Args[0], "folder")); err == nil {
		t.Error("a folder in a file was opened")
	}
	f, err := d.OpenFile(t.Context(), "a/b")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.WriteString("y"); err == nil {
		t.Error("an opened file can be written")
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	_, stat := d.Stat(context.Background(), "a/b")
	for what, err := range map[string]error{
		"stat": stat, "put": d.Put(t.Context(), "c", strings.NewReader("")), "delete": d.Delete(t.Context(), "a/b"),
	} {
		if err == nil || errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%s in a closed store: %v", what, err)
		}
	}
}

// FuzzNames puts blobs with arbitrary names. A name is refused, or leads to one file in the folder.
func FuzzNames(f *testing.F) {
	for _, name := range []string{
		"a", "a/b", "../a", "a/../../b", "/etc/passwd", ".", "", "a//b", `a\b`, ".partial/x", "C:x", "a\x00b", "é/日本",
		strings.Repeat("a/", 600), strings.Repeat("x", 300), "a/./b", "CON", "a ", "a.",
	} {
		f.Add(name)
	}
	parent := f.TempDir()
	dir := filepath.Join(parent, "store")
	d, err := blob.OpenDisk(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = d.Close() })
	f.Fuzz(func(t *testing.T, name string) {
		valid := blob.CheckName(name) == nil
		err := d.Put(t.Context(), name, strings.NewReader(name))
		if !valid && !errors.Is(err, blob.ErrName) {
			t.Fatalf("%q: %v", name, err)
		}
		if err != nil {
			return
		}
		if !filepath.IsLocal(name) {
			t.Fatalf("%q was stored", name)
		}
		if b, err := os.ReadFile(filepath.Join(dir, name)); string(b) != name || err != nil {
			t.Fatalf("%q: %q, %v", name, b, err)
		}
		for info, err := range d.List(t.Context(), "") {
			if info.Name != name || err != nil {
				t.Fatalf("%q is listed as %+v, %v", name, info, err)
			}
		}
		if err := d.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(parent); len(left) != 1 {
			t.Fatalf("%q left files outside: %v", name, left)
		}
	})
}
