package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mynah/internal/system"
)

// Usage is the number and total size of the entries of a kind.
type Usage struct {
	Kind    Kind  `json:"kind"`
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
}

type file struct {
	path string
	kind Kind
	size int64
	used time.Time
}

// listFiles returns the files of all entries.
func (s *Store) listFiles() ([]file, error) { return listFiles(s.dir) }

// listFiles returns the files of all entries in a folder.
func listFiles(dir string) ([]file, error) {
	var out []file
	for _, kind := range listKinds() {
		err := filepath.WalkDir(filepath.Join(dir, string(kind)), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				return err
			}
			if d.IsDir() {
				return nil
			}
			fi, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil // another process removed it meanwhile
			}
			if err != nil {
				return err
			}
			out = append(out, file{p, kind, fi.Size(), fi.ModTime()})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list the cache: %w", err)
		}
	}
	return out, nil
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
func (s *Store) Prune(maxBytes int64) (Pruned, error) { return PruneFolders([]string{s.dir}, maxBytes) }

// PruneFolders prunes the folders of several stores, whether they are open or not, until at most maxBytes are left in
// all of them together. It removes the least recently used entries of all folders first. See Store.Prune.
func PruneFolders(dirs []string, maxBytes int64) (Pruned, error) {
	var out Pruned
	var removable []file
	var errs []error
	for _, dir := range dirs {
		began, running := findOldestBuild(dir)
		files, err := listFiles(dir)
		if err != nil {
			errs = append(errs, err) // the other folders are pruned nevertheless
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

// removeUnused removes the file of an entry unless it was used since it was listed.
func (f file) removeUnused() (bool, error) {
	now, err := os.Lstat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil // somebody else removed it
	}
	if err != nil {
		return false, err
	}
	if !now.ModTime().Equal(f.used) {
		return false, nil
	}
	err = os.Remove(f.path)
	if system.IsBlockedByOpenFile(err) {
		return false, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return err == nil, err
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

// findOldestBuild returns when the oldest running build in a folder began, and whether there is one. It removes the
// folders of processes that have ended.
func findOldestBuild(dir string) (began time.Time, running bool) {
	removeLeftFolders(dir)
	builds, _ := fs.Glob(os.DirFS(dir), sessionPrefix+"*/"+buildPrefix+"*")
	for _, path := range builds {
		fi, err := os.Stat(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			continue // it has ended
		}
		if at := fi.ModTime().Add(-clockError); !running || at.Before(began) {
			began, running = at, true
		}
	}
	return began, running
}
