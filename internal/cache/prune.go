package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// Usage is the number and total size of the entries of a kind.
type Usage struct {
	Kind    Kind  `json:"kind"`
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
}

// file is the file of an entry.
type file struct {
	folder folder
	path   string // in the folder, with slashes
	kind   Kind
	size   int64
	used   time.Time
}

// listFiles returns the files of all entries.
func (s *Store) listFiles() ([]file, error) {
	f, err := openFolder(s.dir, true)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the cache: %w", err)
	}
	return f.listFiles()
}

// ListUsage returns the usage of each kind.
func (s *Store) ListUsage() ([]Usage, error) {
	files, err := s.listFiles()
	if err != nil {
		return nil, err
	}
	var out []Usage
	for _, kind := range listKinds() {
		u := Usage{Kind: kind}
		for _, f := range files {
			if f.kind == kind {
				u.Entries++
				u.Bytes += f.size
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// Pruned describes what Prune did.
type Pruned struct {
	Entries int   // that were removed
	Bytes   int64 // of the removed entries
	Left    int64 // bytes of the entries that are left; above the limit, running builds need them
}

// Prune removes the least recently used entries until at most maxBytes are left. It removes no entry that was used
// since the oldest running build began, so more may be left. It also removes the temporary files of killed processes.
func (s *Store) Prune(maxBytes int64) (Pruned, error) { return prune([]string{s.dir}, maxBytes, true) }

// PruneFolders prunes the folders of several stores, whether they are open or not, until at most maxBytes are left in
// all of them together. It removes the least recently used entries of all folders first. A folder that is a link is
// left alone. See Store.Prune.
func PruneFolders(dirs []string, maxBytes int64) (Pruned, error) { return prune(dirs, maxBytes, false) }

func prune(dirs []string, maxBytes int64, follow bool) (Pruned, error) {
	var out Pruned
	var removable []file
	var errs []error
	for _, dir := range dirs {
		store, err := openFolder(dir, follow)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			errs = append(errs, err) // the other folders are pruned nevertheless
			continue
		}
		began, running := store.findOldestBuild()
		files, err := store.listFiles()
		if err != nil {
			errs = append(errs, err)
		}
		for _, f := range files {
			out.Left += f.size
			if !running || f.used.Before(began) {
				removable = append(removable, f)
			}
		}
	}
	slices.SortFunc(removable, func(a, b file) int {
		if c := a.used.Compare(b.used); c != 0 {
			return c
		}
		return strings.Compare(a.path, b.path)
	})
	for _, f := range removable {
		if out.Left <= maxBytes {
			break
		}
		switch removed, err := f.removeUnused(); {
		case err != nil:
			errs = append(errs, fmt.Errorf("prune the cache: %w", err))
		case removed:
			out.Left -= f.size
			out.Entries++
			out.Bytes += f.size
		}
	}
	return out, errors.Join(errs...)
}

// Builds in the folder of a process are files whose modification time is the beginning of the build.
const (
	buildPrefix = "build-"
	// clockError is how far the times of files may be behind the clock: most file systems take a coarse clock, and
	// some round to two seconds.
	clockError = 2 * time.Second
)

// MarkInUse marks the store as in use until the returned function is called or the process ends, even if it is
// killed. Prune then removes no entry that was used since.
func (s *Store) MarkInUse() (func(), error) {
	dir, err := s.own.ensureFolder(s.dir)
	if err != nil {
		return nil, fmt.Errorf("mark the cache as in use: %w", err)
	}
	f, err := os.CreateTemp(dir, buildPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("mark the cache as in use: %w", err)
	}
	_ = f.Close()
	return func() { _ = os.Remove(f.Name()) }, nil
}
