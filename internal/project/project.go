// Package project provides the files of a script: those of a folder, and files in memory that take
// precedence over it. Files outside the folder cannot be read, not even through links. Programs get
// files under generated names, so that they never see a name that a user chose.
package project

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"mynah/internal/media"
	"mynah/internal/music"
	"mynah/internal/names"
	"mynah/internal/storyboard"
	"mynah/internal/system"
)

// Project provides the files of a folder with a script, combined with files in memory (pages). It is
// safe for concurrent use.
type Project struct {
	root *os.Root // nil without a folder
	// pages are files in memory. They hide files of the folder with the same name.
	pages fs.FS
	fsys  *names.FS
	dir   string // absolute path with links resolved

	mu    sync.Mutex
	files map[string]storyboard.File
}

// Open returns the project of a folder.
func Open(dir string) (*Project, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	return &Project{root: root, pages: noFiles{}, fsys: names.NewAnyFormFS(root.FS()), dir: abs, files: map[string]storyboard.File{}}, nil
}

// NewEmpty returns a project without files.
func NewEmpty() *Project { return NewFromPages(noFiles{}) }

// NewFromPages returns a project without a folder, with only the files in pages, such as the pages of a
// presentation.
func NewFromPages(pages fs.FS) *Project {
	return &Project{pages: pages, fsys: names.NewAnyFormFS(pages), files: map[string]storyboard.File{}}
}

// AddPages adds files in memory that hide files of the folder with the same name. It must be called before
// any file is read.
func (p *Project) AddPages(pages fs.FS) {
	p.pages = pages
	p.fsys = names.NewAnyFormFS(overlayFS{pages, p.root.FS()})
}

// Close closes the folder.
func (p *Project) Close() error {
	if p.root == nil {
		return nil
	}
	return p.root.Close()
}

// Dir returns the absolute path of the folder with links resolved, or "" without a folder.
func (p *Project) Dir() string { return p.dir }

// MakePathOnDisk returns the path on disk of a file in the project's folder.
func (p *Project) MakePathOnDisk(name string) string {
	return filepath.Join(p.dir, p.makeRelativePath(name))
}

// isPageInMemory reports whether a file is one of the files in memory.
func (p *Project) isPageInMemory(name string) bool {
	info, err := fs.Stat(p.pages, p.fsys.FindStoredName(name))
	return err == nil && info.Mode().IsRegular()
}

// openRelativeFile opens a file of the project.
func (p *Project) openRelativeFile(name string) (fs.File, error) {
	if p.isPageInMemory(name) {
		return p.pages.Open(p.fsys.FindStoredName(name))
	}
	if p.root == nil {
		return nil, fs.ErrNotExist
	}
	return p.root.Open(p.makeRelativePath(name))
}

// Stat returns information about a file of the project.
func (p *Project) Stat(name string) (fs.FileInfo, error) {
	if p.isPageInMemory(name) || p.root == nil {
		return fs.Stat(p.pages, p.fsys.FindStoredName(name))
	}
	return p.root.Stat(p.makeRelativePath(name))
}

// IsAbsent reports whether nothing with this name exists, not even a broken link.
func (p *Project) IsAbsent(name string) bool {
	if p.isPageInMemory(name) {
		return false
	}
	if p.root == nil {
		return true
	}
	_, err := p.root.Lstat(p.makeRelativePath(name))
	return errors.Is(err, fs.ErrNotExist)
}

// StageFile makes a file of the project available in the folder work, under a generated name that contains
// number, and returns its path.
func (p *Project) StageFile(name, work string, number int) (string, error) {
	path := filepath.Join(work, "in-"+strconv.Itoa(number))
	if !p.isPageInMemory(name) {
		return path, system.Link(p.MakePathOnDisk(name), path)
	}
	in, err := p.openRelativeFile(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	return path, errors.Join(err, out.Close())
}

// FS returns the project's files. Names are found in any Unicode normal form.
func (p *Project) FS() fs.FS { return p.fsys }

// FindSpellingOnDisk returns the name of a file as it is spelled on disk.
func (p *Project) FindSpellingOnDisk(name string) string { return p.fsys.FindStoredName(name) }

// makeRelativePath returns the path of a file relative to the project's folder, with the separators of the
// system.
func (p *Project) makeRelativePath(name string) string {
	return filepath.FromSlash(p.fsys.FindStoredName(name))
}

// ReadHead returns the first bytes of a file. It returns nil if the file is not a regular file.
func (p *Project) ReadHead(name string) ([]byte, fs.FileInfo, error) {
	// Opening a pipe or a device could block, so check the kind of the file first.
	info, err := p.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, info, err
	}
	f, err := p.openRelativeFile(name)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	b := make([]byte, media.HeadSize)
	n, err := io.ReadFull(f, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil, err
	}
	return b[:n], info, nil
}

// ReadFile reads a file of at most most bytes.
func (p *Project) ReadFile(name string, most int64) ([]byte, error) {
	info, err := p.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("it cannot be read")
	}
	if info.Size() > most {
		return nil, errors.New("it is too large")
	}
	f, err := p.openRelativeFile(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, most))
}

// DescribeFile implements storyboard.Project.
func (p *Project) DescribeFile(name string) storyboard.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.files[name]; ok {
		return f
	}
	f := p.readFileFacts(name)
	p.files[name] = f
	return f
}

func (p *Project) readFileFacts(name string) storyboard.File {
	head, info, err := p.ReadHead(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return storyboard.File{}
	// os.Root has no typed error for links that leave the folder, so the text is compared.
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return storyboard.File{Exists: true, Describe: "is a link to a place outside the project's folder"}
	case err != nil:
		return storyboard.File{Exists: true, Describe: "cannot be read"}
	case info.IsDir():
		return storyboard.File{Exists: true, Dir: true, Describe: "is a folder"}
	case !info.Mode().IsRegular():
		return storyboard.File{Exists: true, Describe: "is not a regular file"}
	}
	format := media.DetectFormat(head)
	f := storyboard.File{Exists: true, Sound: format.IsAudio(), Describe: media.DescribeUnsupported(head)}
	switch {
	case format == media.GIF, media.IsAnimatedWebPOrAVIF(head):
		f.Kind = storyboard.GIF
	case format.IsPicture():
		f.Kind = storyboard.Image
	case format.IsVideo():
		f.Kind = storyboard.Clip
	}
	return f
}

// ListFiles returns the names of the project's files, at most 2000.
func (p *Project) ListFiles() (found []string) {
	const most = 2000
	_ = fs.WalkDir(p.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // skip folders that cannot be read
		}
		if len(found) == most {
			return fs.SkipAll
		}
		found = append(found, path)
		return nil
	})
	return found
}

// IsTrack implements storyboard.Project.
func (p *Project) IsTrack(name string) bool {
	return music.CountSampleFrames(strings.ToLower(name)) > 0
}
