package objects_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob/fileblob"

	"mynah/internal/objects"
)

func open(t *testing.T) (*objects.Store, string) {
	t.Helper()
	dir := t.TempDir()
	signer := fileblob.NewURLSignerHMAC(&url.URL{Path: objects.Prefix}, bytes.Repeat([]byte("k"), 32))
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{URLSigner: signer, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		t.Fatal(err)
	}
	s := objects.New(bucket, signer, dir)
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// files lists what lies in the bucket's folder.
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

// breaks gives some bytes and then fails.
type breaks struct{ n int }

func (b *breaks) Read(p []byte) (int, error) {
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
	if _, err := s.Put(t.Context(), "uploads/c", &breaks{3}, 0); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("broken off: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Put(stopped, "uploads/d", strings.NewReader("x"), 0); err == nil {
		t.Error("stopped, it is stored")
	}
	if _, err := s.Put(t.Context(), "uploads/a", &breaks{1}, 0); err == nil {
		t.Error("a second object that breaks off is stored")
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("left behind: %v", got)
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
					t.Errorf("the reader sees %q, %v", b, err)
				}
				_ = f.Close()
			}()
		}
	}
}

func TestAddressesHoldForWhatTheyAreSigned(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	base, _ := url.Parse("https://host.example/under")
	sign := func(method, key, contentType string, ttl time.Duration) string {
		u, err := s.Sign(t.Context(), base, method, key, contentType, ttl)
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
		return s.Verify(httptest.NewRequestWithContext(t.Context(), method, address, nil))
	}
	get := sign(http.MethodGet, "results/1/result.mp4", "", time.Hour)
	put := sign(http.MethodPut, "uploads/2", "application/zip", time.Hour)
	short := sign(http.MethodGet, "results/1/result.mp4", "", time.Nanosecond)
	time.Sleep(2 * time.Second) // ends are whole seconds
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
		"both changed":       {http.MethodGet, strings.NewReplacer("results/1/", "results/2/", "results%2F1%2F", "results%2F2%2F").Replace(get)},
		"no signature":       {http.MethodGet, get[:strings.Index(get, "&signature")]},
		"another signature":  {http.MethodGet, get + "A"},
		"a member twice":     {http.MethodGet, get + "&obj=results%2F1%2Fresult.mp4"},
		"another type":       {http.MethodPut, strings.Replace(put, "zip", "pdf", 1)},
		"it is over":         {http.MethodGet, short},
		"a later end":        {http.MethodGet, strings.Replace(get, "expiry=1", "expiry=2", 1)},
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
	if err := s.Clean(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 1 || filepath.Base(got[0]) != "a" {
		t.Errorf("left: %v", got)
	}
	if err := s.Delete(t.Context(), "uploads/a", "not/there"); err != nil {
		t.Errorf("deleting: %v", err)
	}
}
