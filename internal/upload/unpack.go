// Package upload obtains the projects of builds on a server: it unpacks archives from unknown senders, and
// downloads archives from URLs that they specify.
//
// Unpack has a strict zip reader of its own. Common readers try to read any archive: they accept entries that
// share bytes, contradictory headers, and names that lead outside of the folder. Here, an archive has exactly
// one meaning or is refused. Fetcher connects only to public addresses, even after name resolution and
// redirects.
//
// The package stores nothing: it downloads to a writer and unpacks to a folder, both from the caller.
package upload

import (
	"bufio"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/dustin/go-humanize"

	"mynah/internal/fault"
)

// Limits are the maximum sizes of an archive, packed and unpacked.
type Limits struct {
	Archive  int64 // bytes of the archive
	Unpacked int64 // bytes of all files together
	Ratio    int64 // unpacked bytes per byte of the archive
	Free     int64 // unpacked bytes below which Ratio does not apply
	Entries  int   // files, folders and links, including folders that are not listed
	Depth    int   // components of a path
	Path     int   // bytes of a path
	Name     int   // bytes of a component
}

// DefaultLimits suits video projects: many large media files, which hardly compress, and a few
// thousand files.
func DefaultLimits() Limits {
	return Limits{
		Archive:  1 << 30,
		Unpacked: 4 << 30,
		Ratio:    200,
		Free:     16 << 20, // silence or a plain picture compresses a thousandfold
		Entries:  20000,
		Depth:    32,
		Path:     1024,
		Name:     255,
	}
}

// Validate reports all errors at once.
func (l Limits) Validate() error {
	var errs []error
	check := func(name string, value int64) {
		if value < 1 {
			errs = append(errs, fmt.Errorf("limit %s: %d, must be at least 1", name, value))
		}
	}
	check("archive", l.Archive)
	check("unpacked", l.Unpacked)
	check("ratio", l.Ratio)
	check("free", l.Free)
	check("entries", int64(l.Entries))
	check("depth", int64(l.Depth))
	check("path", int64(l.Path))
	check("name", int64(l.Name))
	return errors.Join(errs...)
}

// UnpackOptions are the options of Unpack.
type UnpackOptions struct {
	Limits Limits
	// SkipLinks leaves out and lists symbolic links, for archives of repositories; otherwise a
	// link is an error.
	SkipLinks bool
}

// Unpacked describes what Unpack wrote.
type Unpacked struct {
	Files int
	Bytes int64
	Links []string // symbolic links that were left out
	Top   string   // folder that contains everything else, as in GitHub's archives; "" if none exists
}

// Unpack writes the files of a zip archive of size bytes to a folder, without their times and
// execute permissions. Everything except the data is checked before the first file is written.
// After an error nothing of the archive is left in the folder. Existing files are never changed.
//
// The error is a fault: Input for an error of the archive, Disk if reading the archive or writing
// a file fails, Cancelled if ctx ends, Usage for invalid limits.
func Unpack(ctx context.Context, archive io.ReaderAt, size int64, into *os.Root, opts UnpackOptions) (Unpacked, error) {
	if err := opts.Limits.Validate(); err != nil {
		return Unpacked{}, fault.New(fault.Usage, err, "the limits for archives are invalid")
	}
	p, err := readPlan(ctx, archive, size, opts)
	if err != nil {
		return Unpacked{}, err
	}
	u := unpacker{archive: archive, into: into, buf: make([]byte, 64<<10)}
	if err := u.writeEntries(ctx, p); err != nil {
		if left := u.removeWritten(); left != nil {
			err = errors.Join(err, left)
		}
		return Unpacked{}, err
	}
	return Unpacked{Files: len(p.files), Bytes: p.bytes, Links: p.links, Top: p.top}, nil
}

// unpacker writes the files of a plan, and records them for undo.
type unpacker struct {
	archive io.ReaderAt
	into    *os.Root
	made    []string
	buf     []byte
	packed  *bufio.Reader
	inflate io.ReadCloser
}

func (u *unpacker) writeEntries(ctx context.Context, p plan) error {
	for _, name := range p.folders {
		if err := checkContext(ctx); err != nil {
			return err
		}
		if err := u.makeFolder(name); err != nil {
			return fault.New(fault.Disk, err, "a folder of the archive could not be created")
		}
	}
	for _, e := range p.files {
		if err := u.writeFile(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacker) makeFolder(name string) error {
	err := u.into.Mkdir(name, 0o755)
	if err == nil {
		u.made = append(u.made, name)
		return nil
	}
	if there, e := u.into.Lstat(name); e == nil && there.IsDir() {
		return nil
	}
	return err
}

func (u *unpacker) writeFile(ctx context.Context, e *entry) error {
	// O_EXCL, so that no existing file or link is written to.
	f, err := u.into.OpenFile(e.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return newWriteError(err)
	}
	u.made = append(u.made, e.name)
	err = u.writeContent(ctx, e, f)
	if e := f.Close(); err == nil && e != nil {
		err = newWriteError(e)
	}
	return err
}

// writeContent unpacks an entry and checks it against its headers.
func (u *unpacker) writeContent(ctx context.Context, e *entry, w io.Writer) error {
	body := u.openBody(e)
	sum := crc32.NewIEEE()
	left := e.size
	for {
		if err := checkContext(ctx); err != nil {
			return err
		}
		n, err := body.Read(u.buf)
		if int64(n) > left {
			return newRefusal("the archive's entry %s unpacks to more than its stated size", e)
		}
		left -= int64(n)
		_, _ = sum.Write(u.buf[:n])
		if _, err := w.Write(u.buf[:n]); err != nil {
			return newWriteError(err)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return e.toReadError(err)
		}
	}
	if left > 0 {
		return newRefusal("the archive's entry %s is truncated", e)
	}
	if _, err := u.packed.Peek(1); err == nil {
		return newRefusal("the archive's entry %s has extra bytes after its data", e)
	} else if !errors.Is(err, io.EOF) {
		return e.toReadError(err)
	}
	if sum.Sum32() != e.crc {
		return newRefusal("the archive's entry %s is damaged: its checksum is wrong", e)
	}
	return nil
}

// openBody returns a reader of an entry's unpacked bytes. Its buffer is kept in u.packed: what
// remains there at the end was not part of the data.
func (u *unpacker) openBody(e *entry) io.Reader {
	section := io.NewSectionReader(u.archive, e.data, e.packed)
	if u.packed == nil {
		u.packed = bufio.NewReaderSize(section, 64<<10)
		u.inflate = flate.NewReader(u.packed)
	}
	u.packed.Reset(section)
	if e.method == stored {
		return u.packed
	}
	if r, ok := u.inflate.(flate.Resetter); !ok || r.Reset(u.packed, nil) != nil {
		u.inflate = flate.NewReader(u.packed)
	}
	return u.inflate
}

// removeWritten removes what was written in reverse order, so that folders are empty by then.
func (u *unpacker) removeWritten() error {
	var errs []error
	for _, name := range slices.Backward(u.made) {
		if err := u.into.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// toReadError distinguishes damaged data from a failed disk.
func (e *entry) toReadError(err error) error {
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return fault.New(fault.Input, err, "the archive's entry %s is damaged", e)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fault.New(fault.Input, err, "the archive's entry %s is truncated", e)
	}
	return newArchiveError(err)
}

func newArchiveError(err error) error {
	return fault.New(fault.Disk, err, "the archive could not be read")
}

func newWriteError(err error) error {
	return fault.New(fault.Disk, err, "a file of the archive could not be written")
}

func newRefusal(format string, args ...any) error {
	return fault.New(fault.Input, nil, format, args...)
}

func checkContext(ctx context.Context) error {
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, context.Cause(ctx), "unpacking the archive was stopped")
	}
	return nil
}

func formatBytes(n int64) string { return humanize.IBytes(uint64(n)) }
