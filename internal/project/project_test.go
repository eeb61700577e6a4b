//go:build unix

package project_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"mynah/internal/project"
	"mynah/internal/storyboard"
)

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"

func open(t *testing.T, files map[string]string) (in *project.Project, dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	in, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	return in, dir
}

// TestFile checks that the kind of a file depends on its content and not on its name, and the
// descriptions of other files.
func TestFile(t *testing.T) {
	t.Parallel()
	in, dir := open(t, map[string]string{"a.png": png, "b.txt": png, "c.png": "hello", "d/e.wav": "RIFF\x24\x00\x00\x00WAVEfmt "})
	outside := filepath.Join(t.TempDir(), "secret.png")
	err := errors.Join(os.WriteFile(outside, []byte(png), 0o600), os.Symlink(outside, filepath.Join(dir, "out.png")),
		os.Symlink("a.png", filepath.Join(dir, "link.png")), syscall.Mkfifo(filepath.Join(dir, "pipe.png"), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]storyboard.File{
		"a.png":    {Exists: true, Kind: storyboard.Image},
		"b.txt":    {Exists: true, Kind: storyboard.Image},
		"link.png": {Exists: true, Kind: storyboard.Image},
		"c.png":    {Exists: true},
		"d/e.wav":  {Exists: true, Sound: true},
		"d":        {Exists: true, Dir: true, Describe: "is a folder"},
		"out.png":  {Exists: true, Describe: "is a link to a place outside the project's folder"},
		"pipe.png": {Exists: true, Describe: "is not a regular file"},
		"none.png": {},
	} {
		for range 2 { // the second result comes from memory
			got := in.DescribeFile(name)
			if want.Describe == "" {
				got.Describe = ""
			}
			if got != want {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	in, dir := open(t, map[string]string{"s.md": "Hello.", "cafe\u0301.txt": "x"})
	if b, err := in.ReadFile("s.md", 6); err != nil || string(b) != "Hello." {
		t.Errorf("%q, %v", b, err)
	}
	for name, most := range map[string]int64{"s.md": 5, "none.md": 100, ".": 100, "../x": 100} {
		if _, err := in.ReadFile(name, most); err == nil {
			t.Errorf("%s can be read", name)
		}
	}
	if b, info, err := in.ReadHead("s.md"); err != nil || string(b) != "Hello." || info.Size() != 6 {
		t.Errorf("%q, %v", b, err)
	}
	if b, err := in.ReadFile("caf\u00e9.txt", 10); err != nil || string(b) != "x" {
		t.Errorf("a name of another normal form: %q, %v", b, err)
	}
	if !in.IsAbsent("none.md") || in.IsAbsent("s.md") {
		t.Error("what is there is absent, or the other way round")
	}
	if list := in.ListFiles(); !slices.Contains(list, "s.md") || len(list) != 2 {
		t.Errorf("%q", list)
	}
	path, err := in.StageFile("s.md", t.TempDir(), 3)
	if err != nil || filepath.Base(path) != "in-3" {
		t.Fatalf("%s, %v", path, err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "Hello." {
		t.Errorf("%q, %v", b, err)
	}
	resolved, err := filepath.EvalSymlinks(dir)
	if err != nil || in.Dir() != resolved || in.MakePathOnDisk("s.md") != filepath.Join(resolved, "s.md") {
		t.Errorf("%s lies at %s (%v)", in.Dir(), in.MakePathOnDisk("s.md"), err)
	}
	if !in.IsTrack("Corporate-1") || in.IsTrack("nothing") {
		t.Error("built-in tracks are not known")
	}
}

// TestEmpty checks that a project without a folder has no files.
func TestEmpty(t *testing.T) {
	t.Parallel()
	in := project.NewEmpty()
	if f := in.DescribeFile("a.png"); f.Exists {
		t.Errorf("%+v", f)
	}
	if _, err := in.ReadFile("s.md", 10); err == nil {
		t.Error("a file can be read")
	}
	if _, err := in.Stat("s.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if !in.IsAbsent("mynah.yaml") || len(in.ListFiles()) > 0 || in.Close() != nil {
		t.Error("it holds files, or cannot be closed")
	}
	if _, err := fs.ReadFile(in.FS(), "s.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	if _, err := project.Open(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("got %v", err)
	}
}

// TestPages checks that files in memory hide files of the folder, and can be staged.
func TestPages(t *testing.T) {
	t.Parallel()
	pages := fstest.MapFS{
		"page-1.png": {Data: []byte(png)}, "notes/s.md": {Data: []byte("From the deck.")},
		"s.md": {Data: []byte("Over.")},
	}
	in, _ := open(t, map[string]string{"s.md": "Under.", "notes/x.txt": "x", "a.png": png})
	in.AddPages(pages)
	for name, in := range map[string]*project.Project{"over a folder": in, "alone": project.NewFromPages(pages)} {
		if f := in.DescribeFile("page-1.png"); f.Kind != storyboard.Image {
			t.Errorf("%s: %+v", name, f)
		}
		if b, err := in.ReadFile("s.md", 100); err != nil || string(b) != "Over." {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		if b, err := fs.ReadFile(in.FS(), "notes/s.md"); err != nil || string(b) != "From the deck." {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		if in.IsAbsent("page-1.png") || !in.IsAbsent("page-2.png") {
			t.Errorf("%s: what is there is absent, or the other way round", name)
		}
		path, err := in.StageFile("page-1.png", t.TempDir(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != png {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	want := []string{"a.png", "notes/s.md", "notes/x.txt", "page-1.png", "s.md"}
	if got := in.ListFiles(); !slices.Equal(got, want) {
		t.Errorf("files are %q, want %q", got, want)
	}
	if b, err := in.ReadFile("notes/x.txt", 10); err != nil || string(b) != "x" {
		t.Errorf("a file of the folder: %q, %v", b, err)
	}
	if path, err := in.StageFile("a.png", t.TempDir(), 2); err != nil || path == "" {
		t.Errorf("%q, %v", path, err)
	}
}
