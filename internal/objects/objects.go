// Package objects stores uploads and results by key. Clients get access to one object, for one
// method and a limited time, through signed URLs.
package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"mynah/internal/blob"
)

// Store keeps objects as blobs.
type Store struct {
	blobs  blob.Store
	secret []byte
}

// New creates a Store of blobs. secret signs URLs; it must not be empty.
func New(blobs blob.Store, secret []byte) *Store { return &Store{blobs: blobs, secret: secret} }

// Close closes the blobs.
func (s *Store) Close() error {
	if c, ok := s.blobs.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// ErrTooLarge is returned for a body over the limit.
var ErrTooLarge = errors.New("too many bytes")

// Put stores the bytes of a reader completely or not at all, up to limit bytes (0 means no
// limit). When Put returns, they are synced to disk.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, limit int64) (n int64, err error) {
	c := &countingReader{r: r, limit: limit}
	err = s.blobs.Put(ctx, key, c)
	return c.n, err
}

// PutReader stores all bytes of a reader completely or not at all.
func (s *Store) PutReader(ctx context.Context, key string, r io.Reader) error {
	_, err := s.Put(ctx, key, r, 0)
	return err
}

// countingReader counts bytes, and fails after limit bytes if limit is not 0.
type countingReader struct {
	r        io.Reader
	n, limit int64
}

// Read implements io.Reader.
func (c *countingReader) Read(p []byte) (int, error) {
	if c.limit > 0 {
		p = p[:min(int64(len(p)), c.limit+1-c.n)]
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.limit > 0 && c.n > c.limit {
		return n, ErrTooLarge
	}
	return n, err
}

// PutFile stores a file.
func (s *Store) PutFile(ctx context.Context, key, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return s.PutReader(ctx, key, f)
}

// Attributes describe an object.
type Attributes struct {
	Size     int64
	Modified time.Time
	ETag     string
}

// ReadAttributes returns the attributes of an object; ok is false if it does not exist.
func (s *Store) ReadAttributes(ctx context.Context, key string) (a Attributes, ok bool, err error) {
	info, err := s.blobs.Stat(ctx, key)
	if isMissing(err) {
		return a, false, nil
	}
	if err != nil {
		return a, false, err
	}
	return Attributes{
		Size: info.Size, Modified: info.Modified,
		ETag: fmt.Sprintf(`"%x-%x"`, info.Modified.UnixNano(), info.Size),
	}, true, nil
}

// isMissing reports whether an error means that there is no object. Keys may come from clients, so an invalid key is a
// missing object.
func isMissing(err error) bool {
	return errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrName)
}

// Open opens an object for reading and seeking.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	f, err := s.OpenAt(ctx, key)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// OpenAt opens an object for reading at any offset. The opened object does not change when its
// key is written again.
func (s *Store) OpenAt(ctx context.Context, key string) (*os.File, error) {
	f, _, err := s.OpenFile(ctx, key)
	return f, err
}

// filer is a store of blobs that are files.
type filer interface {
	OpenFile(ctx context.Context, name string) (*os.File, error)
}

// OpenFile opens an object as a file that can only be read, and returns its size in bytes. If the blobs are not files
// of this machine, it is a temporary copy without a name. The caller closes the file.
func (s *Store) OpenFile(ctx context.Context, key string) (*os.File, int64, error) {
	f, err := s.openOrCopy(ctx, key)
	if isMissing(err) {
		return nil, 0, blob.ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func (s *Store) openOrCopy(ctx context.Context, key string) (*os.File, error) {
	if files, ok := s.blobs.(filer); ok {
		return files.OpenFile(ctx, key)
	}
	r, err := s.blobs.Get(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	w, err := os.CreateTemp("", "mynah-object-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(w.Name()) }()
	_, err = io.Copy(w, r)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return os.Open(w.Name())
}

// Delete removes objects; missing objects are not an error.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	var errs []error
	for _, k := range keys {
		if err := s.blobs.Delete(ctx, k); err != nil && !isMissing(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// ForEachObject calls a function for every object under a prefix.
func (s *Store) ForEachObject(ctx context.Context, prefix string, do func(key string, modified time.Time) error) error {
	for info, err := range s.blobs.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if err := do(info.Name, info.Modified); err != nil {
			return err
		}
	}
	return nil
}

// RemovePartlyWritten removes objects that version 0.1 has partly written, whose names end in .tmp. Nothing may be
// writing objects.
func (s *Store) RemovePartlyWritten(ctx context.Context) error {
	return s.ForEachObject(ctx, "", func(key string, _ time.Time) error {
		if !strings.HasSuffix(key, ".tmp") {
			return nil
		}
		return s.blobs.Delete(ctx, key)
	})
}
