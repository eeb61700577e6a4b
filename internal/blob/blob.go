// Package blob is the port for named bytes: uploads, results and the shared tier of the cache. Disk keeps them in a
// folder. Package blobtest has the tests that each driver must pass.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"time"
	"unicode/utf8"
)

// Store keeps blobs: bytes under names. It is safe for concurrent use. Names are checked with CheckName. A reader
// sees either all bytes of one put or none of it.
type Store interface {
	// Put stores the bytes of r completely or not at all, and replaces older ones. When it returns nil, they
	// survive a loss of power.
	Put(ctx context.Context, name string, r io.Reader) error
	// PutIfAbsent is like Put, but returns ErrExists if the name is taken. Of concurrent calls, one succeeds.
	PutIfAbsent(ctx context.Context, name string, r io.Reader) error
	// Get returns a reader of length bytes from offset. It returns fewer bytes if the blob ends before, and none if
	// offset is at or behind its end. A negative length means up to the end. The caller closes the reader. The
	// reader keeps its bytes when the blob is replaced or deleted.
	Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error)
	// Stat returns the size and the time of a blob.
	Stat(ctx context.Context, name string) (Info, error)
	// List yields the blobs whose names begin with prefix, in the order of the bytes of their names. It ends after
	// an error. Blobs that are put or deleted meanwhile may be missing.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Delete removes a blob. A missing blob is not an error.
	Delete(ctx context.Context, name string) error
}

// Info describes a blob.
type Info struct {
	Name     string
	Size     int64 // in bytes
	Modified time.Time
}

// ErrNotFound means that there is no blob with the name.
var ErrNotFound = fmt.Errorf("no such blob: %w", fs.ErrNotExist)

// ErrExists means that PutIfAbsent found a blob with the name.
var ErrExists = fmt.Errorf("blob: %w", fs.ErrExist)

// ErrName means that a name is not allowed.
var ErrName = errors.New("invalid name of a blob")

// ErrOffset means that an offset is negative.
var ErrOffset = errors.New("the offset is negative")

// Limits of names in bytes: S3 allows 1,024 for a name, Linux 255 for an element.
const (
	maxName    = 1024
	maxElement = 255
)

// CheckName returns ErrName unless a name consists of elements that are separated by single slashes. Elements are not
// "." or "..", and contain neither control characters nor backslashes.
func CheckName(name string) error {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return fmt.Errorf("%w: %q", ErrName, shorten(name))
	}
	for element := range strings.SplitSeq(name, "/") {
		bad := element == "" || element == "." || element == ".." || len(element) > maxElement ||
			strings.ContainsFunc(element, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' })
		if bad {
			return fmt.Errorf("%w: %q", ErrName, shorten(name))
		}
	}
	return nil
}

// shorten cuts a name for a message.
func shorten(name string) string { return name[:min(len(name), 100)] }
