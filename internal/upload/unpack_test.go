package upload_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/upload"
)

func options() upload.UnpackOptions { return upload.UnpackOptions{Limits: upload.DefaultLimits()} }

// unpack unpacks into a new folder and returns its content. Names of folders end in a slash.
func unpack(t *testing.T, b []byte, opts upload.UnpackOptions) (upload.Unpacked, map[string]string, error) {
	t.Helper()
	outside := t.TempDir()
	dir := filepath.Join(outside, "into")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	got, err := upload.Unpack(t.Context(), bytes.NewReader(b), int64(len(b)), root, opts)
	if list, err := os.ReadDir(outside); err != nil || len(list) != 1 {
		t.Errorf("something was written outside: %v %v", list, err)
	}
	return got, listing(t, root), err
}

func listing(t *testing.T, root *os.Root) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || p == ".":
			return err
		case d.IsDir():
			out[p+"/"] = ""
			return nil
		case !d.Type().IsRegular():
			t.Errorf("%s is %v", p, d.Type())
		}
		b, err := root.ReadFile(p)
		out[p] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func keys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func wantFiles(t *testing.T, got map[string]string, want ...string) {
	t.Helper()
	if k := keys(got); !slices.Equal(k, want) {
		t.Errorf("there is %q, want %q", k, want)
	}
}

func public(err error) string {
	if e, ok := fault.As(err); ok {
		return e.Public
	}
	return fmt.Sprint("no fault: ", err)
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 255)
	deep := strings.Repeat("d/", 31) + "f"
	wide := func(i *item) {
		i.local.packed, i.local.size = 1<<32-1, 1<<32-1
		i.local.extra = field(1, numbers(uint64(i.central.size), uint64(i.central.packed)))
		i.central.extra = field(1, numbers(uint64(i.central.size), uint64(i.central.packed), 0))
		i.central.packed, i.central.size = 1<<32-1, 1<<32-1
		i.offset = 1<<32 - 1
	}
	for name, c := range map[string]struct {
		archive []byte
		want    []string
		top     string
	}{
		"empty":              {archive: archive(nil)},
		"flat":               {archive: archive([]item{small("a.md"), small("b.png")}), want: []string{"a.md", "b.png"}},
		"one file":           {archive: archive([]item{small("a.md")}), want: []string{"a.md"}},
		"empty file":         {archive: archive([]item{file("a", nil), file("b", nil, packed)}), want: []string{"a", "b"}},
		"folders not listed": {archive: archive([]item{small("p/q/a.md")}), want: []string{"p/", "p/q/", "p/q/a.md"}, top: "p"},
		"folders listed": {
			archive: archive([]item{file("p/", nil, mode(0o40755)), small("p/a.md")}),
			want:    []string{"p/", "p/a.md"}, top: "p",
		},
		"folders listed late": {archive: archive([]item{small("p/a.md"), file("p/", nil)}), want: []string{"p/", "p/a.md"}, top: "p"},
		"empty folder":        {archive: archive([]item{file("p/", nil)}), want: []string{"p/"}, top: "p"},
		"deflated folder":     {archive: archive([]item{file("p/", nil, packed)}), want: []string{"p/"}, top: "p"},
		"folder beside file":  {archive: archive([]item{small("p/a.md"), small("b")}), want: []string{"b", "p/", "p/a.md"}},
		"dot in front":        {archive: archive([]item{file("./", nil), small("./a.md")}), want: []string{"a.md"}},
		"deflated":            {archive: archive([]item{small("a.md", packed)}), want: []string{"a.md"}},
		"mode of a file":      {archive: archive([]item{small("a.md", mode(0o100755))}), want: []string{"a.md"}},
		"case differs":        {archive: archive([]item{small("a"), small("A")}), want: []string{"A", "a"}},
		"UTF-8 flagged":       {archive: archive([]item{small("größe 你好 👩‍👧.md", flags(1<<11))}), want: []string{"größe 你好 👩‍👧.md"}},
		"UTF-8 unflagged":     {archive: archive([]item{small("größe.md")}), want: []string{"größe.md"}},
		"name in a field": {archive: archive([]item{small("gr\x94sse.md", both(func(h *head) {
			h.extra = unicodePath(h.name, "größe.md")
		}))}), want: []string{"größe.md"}},
		"stale name in a field": {archive: archive([]item{small("a.md", both(func(h *head) {
			h.extra = unicodePath("b.md", "c.md")
		}))}), want: []string{"a.md"}},
		"padded field": {archive: archive([]item{small("a.md",
			both(func(h *head) { h.extra = "\x00\x00\x00" }))}), want: []string{"a.md"}},
		"descriptor": {
			archive: archive([]item{small("a", packed, described(true, false)), small("b")}),
			want:    []string{"a", "b"},
		},
		"descriptor unsigned": {
			archive: archive([]item{small("a", packed, described(false, false)), small("b")}),
			want:    []string{"a", "b"},
		},
		"descriptor wide": {archive: archive([]item{small("a", packed, described(true, true)), small("b")}), want: []string{"a", "b"}},
		"descriptor bare wide": {
			archive: archive([]item{small("a", packed, described(false, true)), small("b")}),
			want:    []string{"a", "b"},
		},
		"descriptor of nothing": {
			archive: archive([]item{
				file("a", nil, described(true, false)), file("b", nil, described(true, true)),
				file("c", nil, described(false, false)),
			}),
			want: []string{"a", "b", "c"},
		},
		"sizes and descriptor": {archive: archive([]item{small("a", packed, described(true, false), func(i *item) {
			i.local.packed, i.local.size, i.local.crc = i.central.packed, i.central.size, i.central.crc
		})}), want: []string{"a"}},
		"zip64 entry": {archive: archive([]item{small("a.md", wide)}), want: []string{"a.md"}},
		"zip64 end":   {archive: archive([]item{small("a.md")}, wideEnd()), want: []string{"a.md"}},
		"zip64 all":   {archive: archive([]item{small("a.md", packed, wide)}, wideEnd()), want: []string{"a.md"}},
		"comment": {archive: archive([]item{small("a.md")},
			func(f *finish) { f.comment = strings.Repeat("c", 65535) }), want: []string{"a.md"}},
		"gap": {archive: archive([]item{
			small("a", func(i *item) { i.tail = []byte("gap") }),
			small("b"),
		}), want: []string{"a", "b"}},
		"longest name": {archive: archive([]item{small(long)}), want: []string{long}},
		"deepest":      {archive: archive([]item{small(deep)}), want: append(parents(deep), deep), top: "d"},
		"Windows' names": {
			archive: archive([]item{small("gr\x94sse.md"), small("\x81\xe1.png")}),
			want:    []string{"grösse.md", "üß.png"},
		},
		"UTF-8, not said": {archive: archive([]item{small("grösse.md")}), want: []string{"grösse.md"}},
		"through a pipe": {
			archive: archive([]item{small("-", mode(0o010600)), small("a.md", mode(0o010644))}),
			want:    []string{"-", "a.md"},
		},
		"an empty pipe": {archive: archive([]item{small("a.md"), file("-", nil, mode(0o010600))}), want: []string{"-", "a.md"}},
		"what systems add": {
			archive: archive([]item{
				small("a.md"), small("._a.md"), small("p/Thumbs.db"),
				small("p/thumbs.db"), small("p/b.md"), small("p/__MACOSX/._b.md"),
			}),
			want: []string{"a.md", "p/", "p/b.md"},
		},
		"Finder's": {archive: archive([]item{
			small("a.md"), small(".DS_Store"), file("__MACOSX/", nil),
			small("__MACOSX/._a.md"),
		}), want: []string{"a.md"}},
		"Finder's in a top": {archive: archive([]item{
			small("p/a.md"), small("p/.DS_Store"),
			small("__MACOSX/p/._a.md"),
		}), want: []string{"p/", "p/a.md"}, top: "p"},
		"a zip inside": {archive: archive([]item{file("in.zip", archive([]item{small("x")}))}), want: []string{"in.zip"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, files, err := unpack(t, c.archive, options())
			if err != nil {
				t.Fatal(err)
			}
			wantFiles(t, files, c.want...)
			n, size := 0, int64(0)
			for k, v := range files {
				if !strings.HasSuffix(k, "/") {
					n++
					size += int64(len(v))
				}
			}
			if got.Files != n || got.Bytes != size || got.Top != c.top || len(got.Links) > 0 {
				t.Errorf("Unpack returns %+v; there are %d files of %d bytes, want top %q", got, n, size, c.top)
			}
		})
	}
}

func parents(name string) []string {
	var out []string
	for i := range name {
		if name[i] == '/' {
			out = append(out, name[:i+1])
		}
	}
	return out
}

func TestWhatWasThereStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	for _, name := range []string{"p/old", "taken"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := root.WriteFile(name, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"a file is there": archive([]item{small("p/q/new"), small("taken")}),
		"a link is there": archive([]item{small("p/q/new"), small("link")}),
		"file or folder":  archive([]item{small("p/q/new"), file("taken/", nil)}),
		"through a link":  archive([]item{small("p/q/new"), small("link/file")}),
		"bad at the end":  archive([]item{small("p/q/new"), file("p/r/", nil), small("x", both(func(h *head) { h.crc++ }))}),
	} {
		_, err := upload.Unpack(t.Context(), bytes.NewReader(b), int64(len(b)), root, options())
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := os.Lstat(outside); err == nil {
			t.Errorf("%s: written outside", name)
		}
		for p, want := range map[string]bool{"p/old": true, "taken": true, "link": true, "p/q": false, "p/r": false, "x": false} {
			if _, err := root.Lstat(p); (err == nil) != want {
				t.Errorf("%s: %s: %v", name, p, err)
			}
		}
		if b, err := root.ReadFile("taken"); err != nil || string(b) != "old" {
			t.Errorf("%s: overwritten: %q %v", name, b, err)
		}
	}
}

func TestLinksLeftOut(t *testing.T) {
	t.Parallel()
	opts := options()
	opts.SkipLinks = true
	b := archive([]item{
		small("top/a.md"),
		file("top/link", []byte("../../etc/passwd"), mode(0o120777)),
		file("top/other", []byte("a.md"), mode(0o120777), packed),
	})
	got, files, err := unpack(t, b, opts)
	if err != nil || !slices.Equal(got.Links, []string{"top/link", "top/other"}) || got.Top != "top" || got.Files != 1 {
		t.Errorf("%+v %v", got, err)
	}
	wantFiles(t, files, "top/", "top/a.md")
	for _, b := range [][]byte{
		archive([]item{file("l", []byte("x"), mode(0o120777)), small("l/a")}),
		archive([]item{file("l", []byte("x"), mode(0o120777)), small("l")}),
		archive([]item{file("a", nil, mode(0o010644))}),
	} {
		_, files, err := unpack(t, b, opts)
		if err == nil {
			t.Error("accepted")
		}
		wantFiles(t, files)
	}
}

func TestRightsAreOurs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	b := archive([]item{small("run", mode(0o106777)), file("d/", nil, mode(0o40777))})
	if _, err := upload.Unpack(t.Context(), bytes.NewReader(b), int64(len(b)), root, options()); err != nil {
		t.Fatal(err)
	}
	for name, most := range map[string]fs.FileMode{"run": 0o644, "d": fs.ModeDir | 0o755} {
		info, err := root.Lstat(name)
		if err != nil || info.Mode()&^most != 0 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

// ending is a reader that ends a context after some reads.
type ending struct {
	io.ReaderAt
	left int
	end  context.CancelFunc
}

func (e *ending) ReadAt(b []byte, at int64) (int, error) {
	if e.left--; e.left == 0 {
		e.end()
	}
	return e.ReaderAt.ReadAt(b, at)
}

func TestStoppedAnywhere(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	b := archive([]item{small("p/a"), file("p/b", noise), file("p/c", noise, packed)})
	stops := 0
	for n := 1; ; n++ {
		dir := t.TempDir()
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		r := &ending{ReaderAt: bytes.NewReader(b), left: n, end: cancel}
		_, err = upload.Unpack(ctx, r, int64(len(b)), root, options())
		files := listing(t, root)
		_ = root.Close()
		cancel()
		if r.left > 0 { // it finished before it was stopped
			if err != nil || len(files) != 4 {
				t.Errorf("%v %v", keys(files), err)
			}
			break
		}
		if err == nil && n < 20 {
			t.Errorf("not stopped after %d reads", n)
		}
		if err != nil {
			stops++
			if fault.CodeOf(err) != fault.Cancelled {
				t.Errorf("after %d reads: %v", n, err)
			}
			wantFiles(t, files)
		}
	}
	if stops < 20 {
		t.Errorf("stopped only %d times", stops)
	}
}

// broken is a reader that fails after some reads.
type broken struct {
	io.ReaderAt
	left int
}

var errBroken = errors.New("the disk is broken at /secret")

func (b *broken) ReadAt(p []byte, at int64) (int, error) {
	if b.left--; b.left < 0 {
		return 0, errBroken
	}
	return b.ReaderAt.ReadAt(p, at)
}

func TestBrokenDisk(t *testing.T) {
	t.Parallel()
	b := archive([]item{small("p/a"), small("p/b", packed, described(true, false))}, wideEnd())
	for n := 0; ; n++ {
		root, err := os.OpenRoot(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		_, err = upload.Unpack(t.Context(), &broken{bytes.NewReader(b), n}, int64(len(b)), root, options())
		files := listing(t, root)
		_ = root.Close()
		if err == nil {
			if n < 10 {
				t.Errorf("only %d reads", n)
			}
			break
		}
		if fault.CodeOf(err) != fault.Disk || !errors.Is(err, errBroken) || strings.Contains(public(err), "secret") {
			t.Errorf("after %d reads: %v", n, err)
		}
		wantFiles(t, files)
	}
	// A wrong size is an error of the archive.
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	if _, err := upload.Unpack(t.Context(), bytes.NewReader(b), int64(len(b))+1000, root, options()); fault.CodeOf(err) != fault.Input {
		t.Error(err)
	}
	// A file that cannot be written is not.
	sealed, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_ = sealed.Close()
	if _, err := upload.Unpack(t.Context(), bytes.NewReader(b), int64(len(b)), sealed, options()); fault.CodeOf(err) != fault.Disk {
		t.Error(err)
	}
}

func TestLimitsAreChecked(t *testing.T) {
	t.Parallel()
	if err := upload.DefaultLimits().Validate(); err != nil {
		t.Error(err)
	}
	err := upload.Limits{}.Validate()
	for _, name := range []string{"archive", "unpacked", "ratio", "free", "entries", "depth", "path", "name"} {
		if err == nil || !strings.Contains(err.Error(), "limit "+name+":") {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
	if _, _, err := unpack(t, archive(nil), upload.UnpackOptions{}); fault.CodeOf(err) != fault.Usage {
		t.Error(err)
	}
}
