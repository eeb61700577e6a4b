// Package blobtest contains the tests that all drivers of blob.Store must pass.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/blob"
)

// Options contains what the suite needs from a driver.
type Options struct {
	// New returns an empty store.
	New func(t *testing.T) blob.Store
	// PutLarge stores a blob of zero bytes without writing them one by one, with the last byte 1. It may be nil.
	PutLarge func(t *testing.T, s blob.Store, name string, size int64)
}

// RunSuite runs the tests as parallel subtests.
func RunSuite(t *testing.T, o Options) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, blob.Store){
		"ranges":            checkRanges,
		"empty":             checkEmpty,
		"missing":           checkMissing,
		"replace":           checkReplace,
		"info":              checkInfo,
		"invalid names":     checkInvalidNames,
		"odd names":         checkOddNames,
		"list":              checkList,
		"list stops":        checkListStops,
		"put if absent":     checkPutIfAbsent,
		"failing reader":    checkFailingReader,
		"cancelled put":     checkCancelledPut,
		"cancelled get":     checkCancelled,
		"concurrent puts":   checkConcurrentPuts,
		"one put wins":      checkOnePutWins,
		"put beside delete": checkPutBesideDelete,
		"kept by reader":    checkReaderKeepsBytes,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, o.New(t))
		})
	}
	t.Run("large", func(t *testing.T) {
		t.Parallel()
		if o.PutLarge != nil {
			checkLarge(t, o.New(t), o.PutLarge)
		}
	})
}

func put(t *testing.T, s blob.Store, name, text string) {
	t.Helper()
	if err := s.Put(t.Context(), name, strings.NewReader(text)); err != nil {
		t.Fatalf("put %q: %v", name, err)
	}
}

func get(t *testing.T, s blob.Store, name string, offset, length int64) (string, error) {
	t.Helper()
	r, err := s.Get(t.Context(), name, offset, length)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), errors.Join(err, r.Close())
}

// expect checks the whole content of a blob.
func expect(t *testing.T, s blob.Store, name, want string) {
	t.Helper()
	if got, err := get(t, s, name, 0, -1); got != want || err != nil {
		t.Errorf("%q contains %.80q, %v, want %.80q", name, got, err, want)
	}
}

// list returns the names of the blobs with a prefix.
func list(t *testing.T, s blob.Store, prefix string) []string {
	t.Helper()
	var out []string
	for info, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Errorf("list %q: %v", prefix, err)
			break
		}
		out = append(out, info.Name)
	}
	return out
}

func expectNames(t *testing.T, s blob.Store, prefix string, want ...string) {
	t.Helper()
	if got := list(t, s, prefix); !slices.Equal(got, want) {
		t.Errorf("the blobs with prefix %q are %q, want %q", prefix, got, want)
	}
}

func checkRanges(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "a", "0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{
		{0, -1, "0123456789"},
		{0, 10, "0123456789"},
		{0, 11, "0123456789"},
		{0, 1, "0"},
		{0, 0, ""},
		{3, 4, "3456"},
		{9, 1, "9"},
		{9, -1, "9"},
		{9, 2, "9"},
		{10, -1, ""},
		{10, 0, ""},
		{10, 1, ""},
		{11, -1, ""},
		{11, 5, ""},
		{5, math.MinInt64, "56789"},
		{1, math.MaxInt64, "123456789"},
		{math.MaxInt64, math.MaxInt64, ""},
		{math.MaxInt64, -1, ""},
		{5 << 30, 1, ""},
	} {
		if got, err := get(t, s, "a", c.offset, c.length); got != c.want || err != nil {
			t.Errorf("%d bytes from %d: %q, %v, want %q", c.length, c.offset, got, err, c.want)
		}
	}
	for _, offset := range []int64{-1, math.MinInt64} {
		if _, err := get(t, s, "a", offset, 1); !errors.Is(err, blob.ErrOffset) {
			t.Errorf("offset %d: %v", offset, err)
		}
	}
}

func checkEmpty(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "dir/empty", "")
	expect(t, s, "dir/empty", "")
	for _, r := range [][2]int64{{0, 0}, {0, 1}, {1, -1}, {1, 1}} {
		if got, err := get(t, s, "dir/empty", r[0], r[1]); got != "" || err != nil {
			t.Errorf("range %v: %q, %v", r, got, err)
		}
	}
	if info, err := s.Stat(t.Context(), "dir/empty"); info.Size != 0 || info.Name != "dir/empty" || err != nil {
		t.Errorf("%+v, %v", info, err)
	}
	expectNames(t, s, "", "dir/empty")
}

func checkMissing(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "dir/a", "x")
	for _, name := range []string{"b", "dir", "dir/b", "dir/a/b", "di", "dir2/a"} {
		_, get := get(t, s, name, 0, -1)
		_, stat := s.Stat(t.Context(), name)
		for _, err := range []error{get, stat} {
			if !errors.Is(err, blob.ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Delete(t.Context(), name); err != nil {
			t.Errorf("delete %s: %v", name, err)
		}
	}
	expect(t, s, "dir/a", "x")
	if err := s.Delete(t.Context(), "dir/a"); err != nil {
		t.Error(err)
	}
	if _, err := s.Stat(t.Context(), "dir/a"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("deleted, and still there: %v", err)
	}
	expectNames(t, s, "")
	put(t, s, "dir/a", "again")
	expect(t, s, "dir/a", "again")
}

func checkReplace(t *testing.T, s blob.Store) {
	t.Helper()
	for _, text := range []string{"first", strings.Repeat("long", 100_000), "", "end"} {
		put(t, s, "a/b", text)
		expect(t, s, "a/b", text)
		if info, err := s.Stat(t.Context(), "a/b"); info.Size != int64(len(text)) || err != nil {
			t.Errorf("%+v, %v, want %d bytes", info, err, len(text))
		}
	}
	expectNames(t, s, "", "a/b")
}

func checkInfo(t *testing.T, s blob.Store) {
	t.Helper()
	before := time.Now()
	put(t, s, "a", "four")
	info, err := s.Stat(t.Context(), "a")
	if err != nil || info.Name != "a" || info.Size != 4 {
		t.Errorf("%+v, %v", info, err)
	}
	if d := info.Modified.Sub(before); d < -2*time.Second || d > time.Minute { // clocks and time stamps are coarse
		t.Errorf("modified %s, put at %s", info.Modified, before)
	}
	for listed, err := range s.List(t.Context(), "") {
		if listed.Size != 4 || !listed.Modified.Equal(info.Modified) || err != nil {
			t.Errorf("listed as %+v, %v, want %+v", listed, err, info)
		}
	}
}

func checkInvalidNames(t *testing.T, s blob.Store) {
	t.Helper()
	for _, name := range []string{
		"", ".", "..", "/", "/a", "a/", "a//b", "../a", "a/../b", "a/..", "./a", "a/.", "a\x00b", "a\nb", "a\x7fb", `a\b`,
		`..\a`, "a\xffb", strings.Repeat("a", 256), strings.Repeat("abcd/", 300) + "a",
	} {
		_, get := get(t, s, name, 0, -1)
		_, stat := s.Stat(t.Context(), name)
		for what, err := range map[string]error{
			"get": get, "stat": stat, "delete": s.Delete(t.Context(), name),
			"put":           s.Put(t.Context(), name, strings.NewReader("x")),
			"put if absent": s.PutIfAbsent(t.Context(), name, strings.NewReader("x")),
		} {
			if !errors.Is(err, blob.ErrName) {
				t.Errorf("%s %.40q: %v", what, name, err)
			}
		}
	}
	expectNames(t, s, "")
}

func checkOddNames(t *testing.T, s blob.Store) {
	t.Helper()
	names := []string{
		"with space", " leading", "trailing ", "a+b&c=d", "100%", "%2e%2e", "__0x2f__", "#?;:@!$'()*,[]~`^{}|<>\"", "..a",
		"a..", "...", ".hidden", "dir.tmp/x.tmp", "-rf", "é", "e\u0301", "日本語/名前", "🎬", "a\u202eb",
		strings.Repeat("ü", 127), strings.Repeat("deep/", 60) + "end", "x.attrs", "CON.txt",
	}
	for _, name := range names {
		put(t, s, name, name)
	}
	for _, name := range names {
		expect(t, s, name, name)
		if info, err := s.Stat(t.Context(), name); info.Name != name || err != nil {
			t.Errorf("%q: %+v, %v", name, info, err)
		}
	}
	want := slices.Sorted(slices.Values(names))
	expectNames(t, s, "", want...)
	for _, name := range names {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Errorf("delete %q: %v", name, err)
		}
	}
	expectNames(t, s, "")
}

func checkList(t *testing.T, s blob.Store) {
	t.Helper()
	names := []string{"a", "a-b", "a.b/c", "aa", "b!", "b-", "b/a", "b/b/c", "b/b-", "b/c", "b0", "c/d/e/f", "Z", "z"}
	for _, name := range names {
		put(t, s, name, "")
	}
	slices.Sort(names)
	for _, prefix := range []string{
		"", "a", "a.", "a.b", "a.b/", "b", "b/", "b/b", "b/b/", "b/b/c", "b/b/cd", "c/d", "c/d/e/f", "nothing", "Z", "/", "..",
		"../", "b/../a", "//", "b//",
	} {
		var want []string
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				want = append(want, name)
			}
		}
		expectNames(t, s, prefix, want...)
	}
}

func checkListStops(t *testing.T, s blob.Store) {
	t.Helper()
	for i := range 10 {
		put(t, s, fmt.Sprintf("d%d/x", i), "")
	}
	seen := 0
	for _, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Error(err)
		}
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("the loop ran %d times", seen)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen = 0
	var last error
	for _, err := range s.List(ctx, "") {
		seen++
		last = err
		cancel()
	}
	if !errors.Is(last, context.Canceled) || seen > 10 {
		t.Errorf("a cancelled list ended after %d with %v", seen, last)
	}
	// A loop may delete what it gets.
	for info, err := range s.List(t.Context(), "") {
		if err != nil || s.Delete(t.Context(), info.Name) != nil {
			t.Errorf("%+v, %v", info, err)
		}
	}
	expectNames(t, s, "")
}

func checkPutIfAbsent(t *testing.T, s blob.Store) {
	t.Helper()
	if err := s.PutIfAbsent(t.Context(), "d/a", strings.NewReader("first")); err != nil {
		t.Fatal(err)
	}
	err := s.PutIfAbsent(t.Context(), "d/a", strings.NewReader("second"))
	if !errors.Is(err, blob.ErrExists) || !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second put: %v", err)
	}
	expect(t, s, "d/a", "first")
	if err := s.Delete(t.Context(), "d/a"); err != nil {
		t.Error(err)
	}
	if err := s.PutIfAbsent(t.Context(), "d/a", strings.NewReader("third")); err != nil {
		t.Error(err)
	}
	expect(t, s, "d/a", "third")
	expectNames(t, s, "", "d/a")
}

// putters returns both ways of storing a blob.
func putters(s blob.Store) map[string]func(context.Context, string, io.Reader) error {
	return map[string]func(context.Context, string, io.Reader) error{"put": s.Put, "absent": s.PutIfAbsent}
}

func checkFailingReader(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "put", "old")
	fail := errors.New("no more")
	for name, do := range putters(s) {
		r := io.MultiReader(bytes.NewReader(make([]byte, 300_000)), failingReader{fail})
		if err := do(t.Context(), name, r); !errors.Is(err, fail) {
			t.Errorf("%s: %v", name, err)
		}
	}
	expectNames(t, s, "", "put")
	expect(t, s, "put", "old")
}

type failingReader struct{ err error }

// Read implements io.Reader.
func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// cancellingReader cancels a context in the middle of its bytes.
type cancellingReader struct {
	left   int
	cancel func()
}

// Read implements io.Reader.
func (r *cancellingReader) Read(p []byte) (int, error) {
	if r.left--; r.left == 1 {
		r.cancel()
	}
	if r.left < 0 {
		return 0, io.EOF
	}
	return len(p), nil
}

func checkCancelledPut(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "put", "old")
	for name, do := range putters(s) {
		for _, left := range []int{1, 2, 4} {
			ctx, cancel := context.WithCancel(t.Context())
			r := &cancellingReader{left + 1, cancel}
			if err := do(ctx, name, r); !errors.Is(err, context.Canceled) {
				t.Errorf("%s with %d reads: %v", name, left, err)
			}
			cancel()
		}
	}
	expectNames(t, s, "", "put")
	expect(t, s, "put", "old")
}

func checkCancelled(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "a", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, get := s.Get(ctx, "a", 0, -1)
	_, stat := s.Stat(ctx, "a")
	for what, err := range map[string]error{
		"get": get, "stat": stat, "delete": s.Delete(ctx, "a"), "put": s.Put(ctx, "a", strings.NewReader("y")),
		"put if absent": s.PutIfAbsent(ctx, "b", strings.NewReader("y")),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
	expect(t, s, "a", "x")
	expectNames(t, s, "", "a")
}
