package house

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mynah/internal/cache"
)

// TestPruneCaches checks that the caches of tenants and the one of earlier versions share a limit.
func TestPruneCaches(t *testing.T) {
	t.Parallel()
	caches := t.TempDir()
	const size, limit = 1 << 20, 3 << 20
	o := &server{caches: caches}
	o.cfg.CacheSize = limit
	if err := o.pruneCaches(); err != nil {
		t.Fatal(err)
	}
	var files []string
	for age, dir := range []string{findTenantCache(caches, "Ab"), findTenantCache(caches, "main"), caches} {
		s, err := cache.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			key := cache.NewHasher("test").AddInts(int64(n)).Key()
			if err := s.PutBytes(cache.Narration, key, make([]byte, size/2)); err != nil {
				t.Fatal(err)
			}
		}
		s.Close()
		found, err := filepath.Glob(filepath.Join(dir, "narration", "*", "*"))
		if err != nil || len(found) != 2 {
			t.Fatalf("%v, %v", found, err)
		}
		for _, f := range found {
			at := time.Now().Add(-time.Duration(age+1) * time.Hour)
			if err := os.Chtimes(f, at, at); err != nil {
				t.Fatal(err)
			}
		}
		files = append(files, found...)
	}
	if err := o.pruneCaches(); err != nil {
		t.Fatal(err)
	}
	// Six entries have a few bytes more than the limit: one of the oldest goes.
	var left int
	for _, f := range files {
		if _, err := os.Stat(f); err == nil {
			left++
		}
	}
	if left != 5 {
		t.Errorf("%d entries are left", left)
	}
	o.cfg.CacheSize = 0
	if err := o.pruneCaches(); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, err := os.Stat(f); err == nil {
			t.Errorf("%s is left", f)
		}
	}
}
