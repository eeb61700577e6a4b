// Package names finds files by names whose letters are composed otherwise.
package names

import (
	"io/fs"
	"path"
	"slices"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// FS finds files whatever the Unicode normal form of their names: a Mac writes "é" as
// two letters where a script has one. A name that is there as it is written wins; of
// several others that look like it, the first by its bytes.
type FS struct {
	plain fs.FS

	mu      sync.Mutex
	folders map[string]map[string]string // by folder: names by their form C
}

// AnyForm returns the files of a file system whatever the form of their names.
func AnyForm(plain fs.FS) *FS {
	return &FS{plain: plain, folders: map[string]map[string]string{}}
}

// Real returns the name by which a file is found; one that is not found is left as it is.
func (a *FS) Real(name string) string {
	ascii := !slices.ContainsFunc([]byte(name), func(c byte) bool { return c >= 0x80 })
	if ascii || !fs.ValidPath(name) {
		return name
	}
	if _, err := fs.Lstat(a.plain, name); err == nil {
		return name
	}
	dir, base := path.Split(name)
	dir = a.Real(path.Clean("./" + dir))
	if found, ok := a.list(dir)[norm.NFC.String(base)]; ok {
		return path.Join(dir, found)
	}
	return name
}

// list returns the names of a folder by their form C.
func (a *FS) list(dir string) map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if names, ok := a.folders[dir]; ok {
		return names
	}
	names := map[string]string{}
	entries, _ := fs.ReadDir(a.plain, dir) // sorted by name
	for _, e := range entries {
		form := norm.NFC.String(e.Name())
		if _, ok := names[form]; !ok {
			names[form] = e.Name()
		}
	}
	a.folders[dir] = names
	return names
}

// Open implements fs.FS.
func (a *FS) Open(name string) (fs.File, error) { return a.plain.Open(a.Real(name)) }

// Stat implements fs.StatFS.
func (a *FS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(a.plain, a.Real(name)) }

// ReadFile implements fs.ReadFileFS.
func (a *FS) ReadFile(name string) ([]byte, error) { return fs.ReadFile(a.plain, a.Real(name)) }

// ReadDir implements fs.ReadDirFS.
func (a *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(a.plain, a.Real(name))
}
