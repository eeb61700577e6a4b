package blob

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// lister lists the blobs of a Disk.
type lister struct {
	ctx    context.Context //nolint:containedctx // a lister is one call of List
	prefix string
	yield  func(Info, error) bool
}

// list yields the blobs in a folder, whose path is empty or ends in a slash. It returns false to stop.
func (l lister) list(dir *os.Root, at string) bool {
	names, err := readNames(dir, at)
	if err != nil {
		return at != "" && errors.Is(err, fs.ErrNotExist) || l.fail(err)
	}
	for _, name := range names {
		if err := l.ctx.Err(); err != nil {
			return l.fail(err)
		}
		full := at + name
		if element, isFolder := strings.CutSuffix(name, "/"); isFolder {
			if (strings.HasPrefix(full, l.prefix) || strings.HasPrefix(l.prefix, full)) && !l.listFolder(dir, element, full) {
				return false
			}
			continue
		}
		if !strings.HasPrefix(full, l.prefix) || CheckName(full) != nil {
			continue
		}
		switch info, err := lstatRegular(dir, name); {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile
		case err != nil:
			return l.fail(err)
		case !l.yield(Info{Name: full, Size: info.Size(), Modified: info.ModTime()}, nil):
			return false
		}
	}
	return true
}

// listFolder lists a folder in another one.
func (l lister) listFolder(dir *os.Root, element, full string) bool {
	named, err := dir.Lstat(element)
	if err != nil || !named.IsDir() {
		return true // deleted meanwhile
	}
	sub, err := dir.OpenRoot(element)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		return l.fail(err)
	}
	defer func() { _ = sub.Close() }()
	return l.list(sub, full)
}

func (l lister) fail(err error) bool {
	l.yield(Info{}, err)
	return false
}

// readNames returns the names of the files and folders in a folder. The names of folders end in a slash, and the
// order is that of full names: a-b before a/b.
func readNames(dir *os.Root, at string) ([]string, error) {
	entries, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		switch {
		case e.IsDir() && (at != "" || e.Name() != partial):
			out = append(out, e.Name()+"/")
		case e.Type().IsRegular():
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, nil
}
