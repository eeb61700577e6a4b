package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"mynah/internal/system"
)

// partial is the folder of partly written files. Each process has a locked folder in it.
const partial = ".partial"

// Disk keeps each blob in a file of a folder. The name of the file is the name of the blob, so a name cannot also be
// the folder of another: with a, there is no a/b. Links and files that are not regular count as missing.
type Disk struct {
	root *os.Root
	own  string // the folder of this process for partly written files, relative to root
	lock *system.Lock
	next atomic.Int64 // number of the last partly written file
}

// OpenDisk opens a folder of blobs, and creates it if it is missing. It removes the files that killed processes have
// partly written. The caller closes the Disk. Several processes may use the folder.
func OpenDisk(dir string) (*Disk, error) {
	if err := makePrivateFolders(dir); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &Disk{root: root}
	if err := d.openPartial(dir); err != nil {
		_ = root.Close()
		return nil, err
	}
	return d, nil
}

// makePrivateFolders creates a folder and its parents. Only the user may use the folder, whatever the umask.
func makePrivateFolders(dir string) error {
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		return os.Chmod(dir, 0o700) //nolint:gosec // a folder needs the permission to search
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir:
		if err := makePrivateFolders(filepath.Dir(dir)); err != nil {
			return err
		}
		return makePrivateFolders(dir)
	case errors.Is(err, fs.ErrExist):
		return nil // opening it fails if it is not a folder
	default:
		return err
	}
}

// openPartial removes the folders of processes that have ended, whose locks are free, and makes one for this process.
func (d *Disk) openPartial(dir string) error {
	if err := d.makeFolder(d.root, partial); err != nil {
		return err
	}
	entries, err := fs.ReadDir(d.root.FS(), partial)
	if err != nil {
		return err
	}
	for _, e := range entries {
		lock, err := system.TryLock(filepath.Join(dir, partial, e.Name()))
		if err != nil {
			continue
		}
		err = d.root.RemoveAll(path.Join(partial, e.Name()))
		lock.Unlock()
		if err != nil {
			return err
		}
	}
	for {
		name, err := os.MkdirTemp(filepath.Join(dir, partial), "process-*")
		if err != nil {
			return err
		}
		err = os.Chmod(name, 0o700) //nolint:gosec // a folder needs the permission to search
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		d.lock, err = system.TryLock(name)
		// Before the lock succeeded, another process may have removed the folder as a leftover.
		if errors.Is(err, system.ErrTaken) || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		d.own = path.Join(partial, filepath.Base(name))
		return err
	}
}

// Close releases the folder and removes partly written files. Nothing may be writing.
func (d *Disk) Close() error {
	_ = d.root.RemoveAll(d.own)
	d.lock.Unlock()
	return d.root.Close()
}

// checkName checks a name, also for what only this driver does not allow.
func (d *Disk) checkName(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	first, _, _ := strings.Cut(name, "/")
	if strings.EqualFold(first, partial) || runtime.GOOS == "windows" && strings.ContainsAny(name, `<>:"|?*`) {
		return fmt.Errorf("%w: %q", ErrName, shorten(name))
	}
	return nil
}

// makeFolder creates a folder unless it exists, and syncs its parent. Only the user may use it, whatever the umask.
func (d *Disk) makeFolder(parent *os.Root, name string) error {
	err := parent.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(parent.Chmod(name, 0o700), syncFolder(parent))
}

// syncFolder waits until the names in a folder are on the disk. Windows cannot do it.
func syncFolder(dir *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := dir.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// errLink is returned for a link or a file in the place of a folder.
var errLink = errors.New("it is not a folder")

// openFolder opens a folder below the root, element by element, without following links. With create, it creates
// missing folders. The caller closes it.
func (d *Disk) openFolder(name string, create bool) (*os.Root, error) {
	at, err := d.root.OpenRoot(".")
	if err != nil || name == "." {
		return at, err
	}
	for element := range strings.SplitSeq(name, "/") {
		next, err := d.stepInto(at, element, create)
		_ = at.Close()
		if err != nil {
			return nil, err
		}
		at = next
	}
	return at, nil
}

// stepInto opens a folder in another one.
func (d *Disk) stepInto(at *os.Root, element string, create bool) (*os.Root, error) {
	if create {
		if err := d.makeFolder(at, element); err != nil {
			return nil, err
		}
	}
	named, err := at.Lstat(element)
	if err != nil {
		return nil, err
	}
	if !named.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: element, Err: errLink}
	}
	next, err := at.OpenRoot(element)
	if err != nil {
		return nil, err
	}
	if opened, err := next.Stat("."); err != nil || !os.SameFile(named, opened) {
		_ = next.Close()
		return nil, errors.Join(err, &fs.PathError{Op: "open", Path: element, Err: errLink})
	}
	return next, nil
}

// Put implements Store.
func (d *Disk) Put(ctx context.Context, name string, r io.Reader) error {
	return d.put(ctx, name, r, d.root.Rename)
}

// PutIfAbsent implements Store.
func (d *Disk) PutIfAbsent(ctx context.Context, name string, r io.Reader) error {
	if _, err := d.Stat(ctx, name); err == nil { // do not read r in vain
		return ErrExists
	}
	err := d.put(ctx, name, r, d.root.Link)
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	return err
}

// put writes a temporary file and gives it its name by calling place.
func (d *Disk) put(ctx context.Context, name string, r io.Reader, place func(from, to string) error) error {
	if err := d.checkName(name); err != nil {
		return err
	}
	temporary := path.Join(d.own, fmt.Sprint(d.next.Add(1)))
	defer func() { _ = d.root.Remove(temporary) }() // fails after Rename
	if err := d.writeFile(ctx, temporary, r); err != nil {
		return err
	}
	for tries := 0; ; tries++ {
		dir, err := d.openFolder(path.Dir(name), true)
		if err == nil {
			if err = place(temporary, name); err == nil {
				err = syncFolder(dir)
			}
			_ = dir.Close()
		}
		// Delete may have removed the empty folder meanwhile.
		if !errors.Is(err, fs.ErrNotExist) || tries >= maxTries {
			return err
		}
	}
}

// maxTries limits how often put creates a folder that Delete removes.
const maxTries = 1000

// writeFile writes and syncs a new file.
func (d *Disk) writeFile(ctx context.Context, name string, r io.Reader) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{f}, contextReader{ctx, r}, make([]byte, 128<<10))
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Sync())
	}
	return errors.Join(err, f.Close(), ctx.Err())
}

// contextReader is a reader that fails when its context ends.
type contextReader struct {
	ctx context.Context //nolint:containedctx // io.Reader has no parameter for it
	r   io.Reader
}

// Read implements io.Reader.
func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// OpenFile opens the file of a blob for reading. It keeps its bytes when the blob is replaced or deleted.
func (d *Disk) OpenFile(ctx context.Context, name string) (*os.File, error) {
	if err := errors.Join(ctx.Err(), d.checkName(name)); err != nil {
		return nil, err
	}
	dir, err := d.openFolder(path.Dir(name), false)
	if err != nil {
		return nil, toNotFound(err)
	}
	defer func() { _ = dir.Close() }()
	for {
		named, err := lstatRegular(dir, path.Base(name))
		if err != nil {
			return nil, err
		}
		f, err := dir.Open(path.Base(name))
		if err != nil {
			return nil, toNotFound(err)
		}
		opened, err := f.Stat()
		if err == nil && os.SameFile(named, opened) {
			return f, nil
		}
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		// The blob was replaced between the two calls.
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// lstatRegular describes a file. It returns ErrNotFound for a file that is not regular.
func lstatRegular(dir *os.Root, name string) (fs.FileInfo, error) {
	info, err := dir.Lstat(name)
	if err != nil {
		return nil, toNotFound(err)
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotFound
	}
	return info, nil
}

// toNotFound returns ErrNotFound for the errors of paths that do not exist.
func toNotFound(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLink) {
		return ErrNotFound
	}
	return err
}

// Get implements Store.
func (d *Disk) Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	if offset < 0 {
		return nil, ErrOffset
	}
	f, err := d.OpenFile(ctx, name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil { // file systems refuse offsets above their largest file
		_, err = f.Seek(min(offset, info.Size()), io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	r := contextReader{ctx, f}
	if length < 0 {
		return readCloser{r, f}, nil
	}
	return readCloser{io.LimitReader(r, length), f}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// Stat implements Store.
func (d *Disk) Stat(ctx context.Context, name string) (Info, error) {
	if err := errors.Join(ctx.Err(), d.checkName(name)); err != nil {
		return Info{}, err
	}
	dir, err := d.openFolder(path.Dir(name), false)
	if err != nil {
		return Info{}, toNotFound(err)
	}
	defer func() { _ = dir.Close() }()
	info, err := lstatRegular(dir, path.Base(name))
	if err != nil {
		return Info{}, err
	}
	return Info{Name: name, Size: info.Size(), Modified: info.ModTime()}, nil
}

// Delete implements Store. It also removes the folders that become empty.
func (d *Disk) Delete(ctx context.Context, name string) error {
	if err := errors.Join(ctx.Err(), d.checkName(name)); err != nil {
		return err
	}
	dir, err := d.openFolder(path.Dir(name), false)
	if err != nil {
		if errors.Is(toNotFound(err), ErrNotFound) {
			return nil
		}
		return err
	}
	defer func() { _ = dir.Close() }()
	if _, err := lstatRegular(dir, path.Base(name)); err != nil {
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	}
	if err := dir.Remove(path.Base(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for up := path.Dir(name); up != "."; up = path.Dir(up) {
		if d.root.Remove(up) != nil {
			return syncFolder(dir) // up is not empty
		}
	}
	return syncFolder(d.root)
}

// List implements Store.
func (d *Disk) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		l := lister{ctx: ctx, prefix: prefix, yield: yield}
		dir, err := d.openFolder(".", false)
		if err != nil {
			yield(Info{}, err)
			return
		}
		defer func() { _ = dir.Close() }()
		l.list(dir, "")
	}
}
