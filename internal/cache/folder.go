package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"mynah/internal/system"
)

// A folder is the folder of a store as somebody sees it who does not trust the store's process, which may put links and
// FIFOs anywhere in the folder, and may replace the folder by a link. Nothing that is not in the folder is removed.
type folder struct {
	dir string
	id  fs.FileInfo
}

// openFolder looks at a store's folder. With follow, it may be a link.
func openFolder(dir string, follow bool) (folder, error) {
	look := os.Lstat
	if follow {
		look = os.Stat
	}
	id, err := look(dir)
	if err == nil && !id.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: errors.New("it is not a folder")}
	}
	return folder{dir, id}, err
}

// use calls do with the root of the folder. It fails if another folder has its name.
func (f folder) use(do func(root *os.Root) error) error {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	now, err := root.Stat(".")
	if err != nil {
		return err
	}
	if !os.SameFile(now, f.id) {
		return &fs.PathError{Op: "open", Path: f.dir, Err: errors.New("it was replaced by another folder")}
	}
	return do(root)
}

// listEntries lists a folder in the root. It returns nothing for what is not a folder, such as a link or a FIFO.
func listEntries(root *os.Root, name string) ([]fs.DirEntry, error) {
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := root.OpenFile(name, os.O_RDONLY|system.OpenWithoutWaiting, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, err
	}
	defer func() { _ = d.Close() }()
	if now, err := d.Stat(); err != nil || !os.SameFile(now, info) {
		return nil, err
	}
	return d.ReadDir(-1)
}

// listFiles returns the files of all entries. The list is useful even with an error.
func (f folder) listFiles() (out []file, err error) {
	err = f.use(func(root *os.Root) error {
		var errs []error
		for _, kind := range listKinds() {
			const depth = 4 // entries are in a folder of their kind's folder
			files, err := f.listBelow(root, kind, string(kind), depth)
			out = append(out, files...)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	if err != nil {
		err = fmt.Errorf("list the cache: %w", err)
	}
	return out, err
}

// listBelow returns the files in a folder of the root and in its folders.
func (f folder) listBelow(root *os.Root, kind Kind, name string, depth int) (out []file, err error) {
	entries, err := listEntries(root, name)
	errs := []error{err}
	for _, e := range entries {
		at := path.Join(name, e.Name())
		info, err := root.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist): // another process removed it meanwhile
		case err != nil:
			errs = append(errs, err)
		case !info.IsDir():
			out = append(out, file{folder: f, path: at, kind: kind, size: info.Size(), used: info.ModTime()})
		case depth > 0:
			files, err := f.listBelow(root, kind, at, depth-1)
			out = append(out, files...)
			errs = append(errs, err)
		}
	}
	return out, errors.Join(errs...)
}

// removeLeftFolders removes the folders of processes that have ended. Their locks are free.
func (f folder) removeLeftFolders() {
	_ = f.use(func(root *os.Root) error {
		for _, name := range listSessions(root) {
			// The lock is that of the folder with this name, or of none.
			if lock, err := system.TryLock(filepath.Join(f.dir, name)); err == nil {
				_ = root.RemoveAll(name)
				lock.Unlock()
			}
		}
		return nil
	})
}

// listSessions returns the folders of processes.
func listSessions(root *os.Root) (names []string) {
	entries, _ := listEntries(root, ".")
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), sessionPrefix) {
			names = append(names, e.Name())
		}
	}
	return names
}

// findOldestBuild returns when the oldest running build in the folder began, and whether there is one. It removes the
// folders of processes that have ended.
func (f folder) findOldestBuild() (began time.Time, running bool) {
	f.removeLeftFolders()
	_ = f.use(func(root *os.Root) error {
		for _, session := range listSessions(root) {
			builds, _ := listEntries(root, session)
			for _, b := range builds {
				if !strings.HasPrefix(b.Name(), buildPrefix) {
					continue
				}
				info, err := root.Lstat(path.Join(session, b.Name()))
				if err != nil {
					continue // it has ended
				}
				if at := info.ModTime().Add(-clockError); !running || at.Before(began) {
					began, running = at, true
				}
			}
		}
		return nil
	})
	return began, running
}

// removeUnused removes the file of an entry unless it was used since it was listed.
func (f file) removeUnused() (removed bool, err error) {
	err = f.folder.use(func(root *os.Root) error {
		now, err := root.Lstat(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			removed = true // somebody else removed it
			return nil
		}
		if err != nil || !now.ModTime().Equal(f.used) {
			return err
		}
		err = root.Remove(f.path)
		if system.IsBlockedByOpenFile(err) {
			return nil
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		removed = err == nil
		return err
	})
	return removed, err
}
