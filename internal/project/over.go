package project

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// noFiles is a file system without files.
type noFiles struct{}

// Open implements fs.FS.
func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// overlayFS combines two file systems. A file of the upper one hides a file with the same name in the
// lower one.
type overlayFS struct{ upper, lower fs.FS }

// Open implements fs.FS.
func (o overlayFS) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(o.upper, name); err == nil && !info.IsDir() {
		return o.upper.Open(name)
	}
	f, err := o.lower.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.upper.Open(name) // a folder of the upper file system
	}
	return f, err
}

// ReadDir implements fs.ReadDirFS. It returns the entries of both file systems, sorted by name.
func (o overlayFS) ReadDir(name string) ([]fs.DirEntry, error) {
	upper, errUpper := fs.ReadDir(o.upper, name)
	lower, errLower := fs.ReadDir(o.lower, name)
	if errUpper != nil && errLower != nil {
		return nil, errLower
	}
	out := upper
	for _, e := range lower {
		if !slices.ContainsFunc(upper, func(u fs.DirEntry) bool { return u.Name() == e.Name() }) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}
