package objects_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mynah/internal/blob"
	"mynah/internal/objects"
)

func open(t *testing.T) (*objects.Store, string) {
	t.Helper()
	dir := t.TempDir()
	disk, err := blob.OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := objects.New(disk, bytes.Repeat([]byte("k"), 32))
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// files lists the files in the bucket's folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// failingReader is a reader that returns n bytes and then fails.
type failingReader struct{ n int }

func (b *failingReader) Read(p []byte) (int, error) {
	if b.n--; b.n < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return len(p), nil
}

func TestAnObjectIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if n, err := s.Put(t.Context(), "uploads/a", strings.NewReader("12345"), 5); n != 5 || err != nil {
		t.Fatalf("at the limit: %d, %v", n, err)
	}
	if _, err := s.Put(t.Context(), "uploads/b", strings.NewReader("123456"), 5); !errors.Is(err, objects.ErrTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	if _, err := s.Put(t.Context(), "uploads/c", &failingReader{3}, 0); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a reader that fails: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Put(stopped, "uploads/d", strings.NewReader("x"), 0); err == nil {
		t.Error("an object was stored after its context was cancelled")
	}
	if _, err := s.Put(t.Context(), "uploads/a", &failingReader{1}, 0); err == nil {
		t.Error("an object was stored although its reader failed")
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files were left: %v", got)
	}
	r, err := s.Open(t.Context(), "uploads/a")
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if string(b) != "12345" || errors.Join(err, r.Close()) != nil {
		t.Errorf("the first object is now %q, %v", b, err)
	}
}

func TestAReaderKeepsWhatItOpened(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	for _, text := range []string{"first", "second"} {
		if _, err := s.Put(t.Context(), "k", strings.NewReader(text), 0); err != nil {
			t.Fatal(err)
		}
		if text == "first" {
			f, err := s.OpenAt(t.Context(), "k")
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				b, err := io.ReadAll(f)
				if string(b) != "first" || err != nil {
					t.Errorf("the reader reads %q, %v", b, err)
				}
				_ = f.Close()
			}()
		}
	}
}

func TestAddressesHoldForWhatTheyAreSigned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, checkSignedAddresses) // with a fake clock
}

func checkSignedAddresses(t *testing.T) {
	s, _ := open(t)
	base, _ := url.Parse("https://host.example/under")
	sign := func(method, key, contentType string, ttl time.Duration) string {
		u, err := s.SignURL(t.Context(), base, method, key, contentType, ttl)
		if err != nil {
			t.Fatal(err)
		}
		rest, ok := strings.CutPrefix(u, "https://host.example/under")
		if !ok || !strings.HasPrefix(rest, "/objects/"+key+"?") {
			t.Fatalf("the address of %s is %s", key, u)
		}
		return rest
	}
	verify := func(method, address string) (string, string, error) {
		return s.VerifyURL(httptest.NewRequestWithContext(t.Context(), method, address, nil))
	}
	get := sign(http.MethodGet, "results/1/result.mp4", "", time.Hour)
	put := sign(http.MethodPut, "uploads/2", "application/zip", time.Hour)
	short := sign(http.MethodGet, "results/1/result.mp4", "", time.Nanosecond)
	time.Sleep(2 * time.Second) // expiry times are rounded to seconds
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if key, _, err := verify(method, get); key != "results/1/result.mp4" || err != nil {
			t.Errorf("%s: %q, %v", method, key, err)
		}
	}
	if key, kind, err := verify(http.MethodPut, put); key != "uploads/2" || kind != "application/zip" || err != nil {
		t.Errorf("PUT: %q %q %v", key, kind, err)
	}
	for name, c := range map[string][2]string{
		"another method":     {http.MethodPut, get},
		"a GET of an upload": {http.MethodGet, put},
		"another object":     {http.MethodGet, strings.Replace(get, "/objects/results/1/", "/objects/results/2/", 1)},
		"both changed": {
			http.MethodGet,
			strings.NewReplacer("results/1/", "results/2/", "results%2F1%2F", "results%2F2%2F").Replace(get),
		},
		"no signature":       {http.MethodGet, get[:strings.Index(get, "&signature")]},
		"another signature":  {http.MethodGet, get + "A"},
		"a member twice":     {http.MethodGet, get + "&obj=results%2F1%2Fresult.mp4"},
		"another type":       {http.MethodPut, strings.Replace(put, "zip", "pdf", 1)},
		"it is over":         {http.MethodGet, short},
		"a later end":        {http.MethodGet, strings.Replace(get, "expiry=", "expiry=9", 1)},
		"nothing but a path": {http.MethodGet, "/objects/results/1/result.mp4"},
	} {
		if _, _, err := verify(c[0], c[1]); !errors.Is(err, objects.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCleanRemovesWhatACrashLeft(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if _, err := s.Put(t.Context(), "uploads/a", strings.NewReader("x"), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "uploads", "b.18f.tmp"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.RemovePartlyWritten(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 1 || filepath.Base(got[0]) != "a" {
		t.Errorf("left: %v", got)
	}
	if err := s.Delete(t.Context(), "uploads/a", "not/there"); err != nil {
		t.Errorf("deleting: %v", err)
	}
}

func TestThereIsNoLimitOfZero(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	long := strings.Repeat("0123456789abcdef", 20_000) // several times the size of the copy buffer
	for _, c := range []struct {
		key   string
		text  string
		limit int64
		want  error
	}{
		{"none", "", 0, nil},
		{"none-limited", "", 1, nil},
		{"one", "x", 1, nil},
		{"two", "xy", 1, objects.ErrTooLarge},
		{"open", long, 0, nil},
		{"exact", long, int64(len(long)), nil},
		{"over", long, int64(len(long)) - 1, objects.ErrTooLarge},
		{"far over", long, 10, objects.ErrTooLarge},
	} {
		n, err := s.Put(t.Context(), c.key, strings.NewReader(c.text), c.limit)
		if !errors.Is(err, c.want) || err == nil && n != int64(len(c.text)) {
			t.Errorf("%s: %d bytes were stored, %v, want %v", c.key, n, err, c.want)
		}
		if c.want != nil && n != c.limit+1 {
			t.Errorf("%s: %d bytes were read although the limit was exceeded", c.key, n)
		}
		a, ok, err := s.ReadAttributes(t.Context(), c.key)
		if ok != (c.want == nil) || ok && a.Size != int64(len(c.text)) || err != nil {
			t.Errorf("%s: %+v, %v, %v", c.key, a, ok, err)
		}
	}
}

func TestFilesAndAttributes(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	path := filepath.Join(t.TempDir(), "file")
	if err := s.PutFile(t.Context(), "results/a", path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(path, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.PutFile(t.Context(), "results/a", path); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, "results", "a"), at, at); err != nil {
		t.Fatal(err)
	}
	a, ok, err := s.ReadAttributes(t.Context(), "results/a")
	if want := fmt.Sprintf(`"%x-6"`, at.UnixNano()); !ok || a.Size != 6 || !a.Modified.Equal(at) || a.ETag != want ||
		err != nil {
		t.Errorf("%+v, %v, %v", a, ok, err)
	}
	if a, ok, err := s.ReadAttributes(t.Context(), "results/b"); ok || a != (objects.Attributes{}) || err != nil {
		t.Errorf("attributes of a missing object: %+v, %v, %v", a, ok, err)
	}
	if _, err := s.Open(t.Context(), "results/b"); err == nil {
		t.Error("a missing object was opened")
	}
	if _, err := s.OpenAt(t.Context(), "results/b"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing object was opened at any offset: %v", err)
	}
}

func TestEachObjectUnderAPrefix(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, key := range []string{"uploads/b", "uploads/a", "results/1/x", "results/1/y", "results/12/x"} {
		if _, err := s.Put(t.Context(), key, strings.NewReader(key), 0); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, key), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for prefix, want := range map[string]string{
		"uploads/":   "uploads/a uploads/b",
		"results/1/": "results/1/x results/1/y",
		"results/1":  "results/1/x results/1/y results/12/x",
		"none/":      "",
	} {
		var got []string
		err := s.ForEachObject(t.Context(), prefix, func(key string, modified time.Time) error {
			if !modified.Equal(at) {
				t.Errorf("%s was modified %s", key, modified)
			}
			got = append(got, key)
			return nil
		})
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("%s: %v, %v", prefix, got, err)
		}
	}
	no, calls := errors.New("no"), 0
	err := s.ForEachObject(t.Context(), "", func(string, time.Time) error { calls++; return no })
	if !errors.Is(err, no) || calls != 1 {
		t.Errorf("a call that fails: %v after %d calls", err, calls)
	}
}

// TestAClosedBucketSaysSo checks that the errors of a closed bucket are returned and not taken for
// missing objects.
func TestAClosedBucketSaysSo(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	if _, err := s.Put(t.Context(), "a", strings.NewReader("x"), 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	n, put := s.Put(t.Context(), "b", strings.NewReader("x"), 0)
	_, ok, attributes := s.ReadAttributes(t.Context(), "a")
	for name, err := range map[string]error{
		"put": put, "attributes": attributes,
		"delete": s.Delete(t.Context(), "a"),
		"each":   s.ForEachObject(t.Context(), "", func(string, time.Time) error { return nil }),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if ok || n != 0 {
		t.Errorf("a closed bucket has an object: %v, or stored %d bytes", ok, n)
	}
}

func TestCleanLeavesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "results", "x.tmp"), 0o700), os.MkdirAll(filepath.Join(dir,
		"deep", "er"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"a.tmp", "results/b.tmp", "deep/er/c.tmp", "results/tmp", "results/d.tmp.mp4",
		"results/x.tmp/kept",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RemovePartlyWritten(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, f := range files(t, dir) {
		name, _ := filepath.Rel(dir, f)
		left = append(left, filepath.ToSlash(name))
	}
	if got := strings.Join(left, " "); got != "results/d.tmp.mp4 results/tmp results/x.tmp/kept" {
		t.Errorf("left: %s", got)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.RemovePartlyWritten(t.Context()); err == nil {
		t.Error("cleaning a missing folder did not fail")
	}
}
