// Package names finds files by name in any Unicode normal form, and lists the extensions of a
// build's files.
package names

import (
	"io/fs"
	"path"
	"slices"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// FS finds files whatever the Unicode normal form of their names: macOS may write "é" as two code
// points where a script has one. An exact match is preferred; among several other matches, the
// first by bytes.
type FS struct {
	plain fs.FS

	mu      sync.Mutex
	folders map[string]map[string]string // by folder: names by their normal form C
}

// NewAnyFormFS wraps a file system so that names match in any normal form.
func NewAnyFormFS(plain fs.FS) *FS {
	return &FS{plain: plain, folders: map[string]map[string]string{}}
}

// FindStoredName returns the stored name of a file, or the name itself if there is no match.
func (a *FS) FindStoredName(name string) string {
	ascii := !slices.ContainsFunc([]byte(name), func(c byte) bool { return c >= 0x80 })
	if ascii || !fs.ValidPath(name) {
		return name
	}
	if _, err := fs.Lstat(a.plain, name); err == nil {
		return name
	}
	dir, base := path.Split(name)
	dir = a.FindStoredName(path.Clean("./" + dir))
	if found, ok := a.mapStoredNames(dir)[norm.NFC.String(base)]; ok {
		return path.Join(dir, found)
	}
	return name
}

// mapStoredNames returns the names in a folder by their normal form C.
func (a *FS) mapStoredNames(dir string) map[string]string {
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
func (a *FS) Open(name string) (fs.File, error) { return a.plain.Open(a.FindStoredName(name)) }

// Stat implements fs.StatFS.
func (a *FS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(a.plain, a.FindStoredName(name)) }

// ReadFile implements fs.ReadFileFS.
func (a *FS) ReadFile(name string) ([]byte, error) {
	return fs.ReadFile(a.plain, a.FindStoredName(name))
}

// ReadDir implements fs.ReadDirFS.
func (a *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(a.plain, a.FindStoredName(name))
}
