// Package objects stores uploads and results by key. Clients get access to one object, for one
// method and a limited time, through signed URLs.
package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"mynah/internal/system"
)

// Prefix is the path prefix of signed URLs.
const Prefix = "/objects/"

// Verifier checks the signatures of URLs that a bucket has signed.
type Verifier interface {
	// KeyFromURL returns the key of a signed URL if it is valid and not expired.
	KeyFromURL(ctx context.Context, u *url.URL) (string, error)
}

// Store keeps objects in a bucket on disk.
type Store struct {
	bucket   *blob.Bucket
	verifier Verifier
	dir      string
}

// New creates a Store from a bucket whose objects are the files of a folder, and a verifier of
// its signed URLs.
func New(bucket *blob.Bucket, verifier Verifier, dir string) *Store {
	return &Store{bucket: bucket, verifier: verifier, dir: dir}
}

// Close closes the bucket.
func (s *Store) Close() error { return s.bucket.Close() }

// SignURL returns a signed URL of a key for a method, under the server's base URL. For PUT,
// contentType fixes the content type of the upload; otherwise it is empty.
func (s *Store) SignURL(ctx context.Context, base *url.URL, method, key, contentType string, ttl time.Duration) (string, error) {
	signed, err := s.bucket.SignedURL(ctx, key, &blob.SignedURLOptions{Method: method, Expiry: ttl, ContentType: contentType})
	if err != nil {
		return "", err
	}
	_, query, _ := strings.Cut(signed, "?")
	out := base.JoinPath(Prefix, key)
	out.RawQuery = query
	return out.String(), nil
}

// ErrSignature is returned for a URL that was changed, has expired, or is for another use.
var ErrSignature = errors.New("the link is not valid or has expired")

// VerifyURL returns the key and content type of a request's signed URL.
func (s *Store) VerifyURL(r *http.Request) (key, contentType string, err error) {
	q := r.URL.Query()
	for _, v := range q {
		if len(v) != 1 {
			return "", "", ErrSignature
		}
	}
	key, err = s.verifier.KeyFromURL(r.Context(), r.URL)
	if err != nil || key == "" || strings.TrimPrefix(r.URL.Path, Prefix) != key {
		return "", "", ErrSignature
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if q.Get("method") != method {
		return "", "", ErrSignature
	}
	return key, q.Get("contentType"), nil
}

// ErrTooLarge is returned for a body over the limit.
var ErrTooLarge = errors.New("too many bytes")

// Put stores the bytes of a reader completely or not at all, up to limit bytes (0 means no
// limit). When Put returns, they are synced to disk.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, limit int64) (n int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return 0, err
	}
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	n, err = io.CopyBuffer(w, struct{ io.Reader }{r}, make([]byte, 64<<10))
	if err == nil && limit > 0 && n > limit {
		err = ErrTooLarge
	}
	if err != nil {
		cancel() // makes the writer discard its data
		_ = w.Close()
		return n, err
	}
	if err := w.Close(); err != nil {
		return n, err
	}
	return n, s.syncToDisk(key)
}

// syncToDisk makes an object survive a loss of power, which the bucket's driver does not ensure.
func (s *Store) syncToDisk(key string) error {
	path := filepath.Join(s.dir, filepath.FromSlash(key))
	for _, p := range []string{path, filepath.Dir(path)} {
		if err := system.SyncToDisk(p); err != nil {
			return fmt.Errorf("syncing %s: %w", key, err)
		}
	}
	return nil
}

// PutFile stores a file.
func (s *Store) PutFile(ctx context.Context, key, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = s.Put(ctx, key, f, 0)
	return err
}

// Attributes describe an object.
type Attributes struct {
	Size     int64
	Modified time.Time
	ETag     string
}

// ReadAttributes returns the attributes of an object; ok is false if it does not exist.
func (s *Store) ReadAttributes(ctx context.Context, key string) (a Attributes, ok bool, err error) {
	attrs, err := s.bucket.Attributes(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return a, false, nil
	}
	if err != nil {
		return a, false, err
	}
	return Attributes{
		Size: attrs.Size, Modified: attrs.ModTime,
		ETag: fmt.Sprintf(`"%x-%x"`, attrs.ModTime.UnixNano(), attrs.Size),
	}, true, nil
}

// Open opens an object for reading and seeking.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	return s.bucket.NewReader(ctx, key, nil)
}

// Delete removes objects; missing objects are not an error.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	var errs []error
	for _, k := range keys {
		if err := s.bucket.Delete(ctx, k); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// ForEachObject calls a function for every object under a prefix.
func (s *Store) ForEachObject(ctx context.Context, prefix string, do func(key string, modified time.Time) error) error {
	it := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(o.Key, o.ModTime); err != nil {
			return err
		}
	}
}

// OpenAt opens an object for reading at any offset. The opened object does not change when its
// key is written again.
func (s *Store) OpenAt(_ context.Context, key string) (*os.File, error) {
	return os.Open(filepath.Join(s.dir, filepath.FromSlash(key)))
}

// RemovePartlyWritten removes partly written objects after a crash. Nothing may be writing objects.
func (s *Store) RemovePartlyWritten() error {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".tmp") {
			return err
		}
		return root.Remove(path)
	})
}
