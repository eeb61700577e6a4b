// Package objects keeps what is stored by key: uploads and results. It exists so that
// the doors and the worker hand bytes to each other through a bucket, and strangers
// reach one object, for one method and a while, by a signed address. It refuses to know
// what the bytes are.
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

// Prefix is the path under which a server answers signed addresses.
const Prefix = "/objects/"

// Verifier checks the signature of an address that a bucket signed.
type Verifier interface {
	// KeyFromURL gives the key that an address is signed for, if it is and still valid.
	KeyFromURL(ctx context.Context, u *url.URL) (string, error)
}

// Store is a bucket on disk.
type Store struct {
	bucket   *blob.Bucket
	verifier Verifier
	dir      string
}

// New takes a bucket whose objects are the files of a folder, and what verifies the
// addresses that it signs.
func New(bucket *blob.Bucket, verifier Verifier, dir string) *Store {
	return &Store{bucket: bucket, verifier: verifier, dir: dir}
}

// Close closes the bucket.
func (s *Store) Close() error { return s.bucket.Close() }

// Sign gives the address of a key for a method, under the server's base address.
// contentType binds a PUT to it; it is empty for all else.
func (s *Store) Sign(ctx context.Context, base *url.URL, method, key, contentType string, ttl time.Duration) (string, error) {
	signed, err := s.bucket.SignedURL(ctx, key, &blob.SignedURLOptions{Method: method, Expiry: ttl, ContentType: contentType})
	if err != nil {
		return "", err
	}
	_, query, _ := strings.Cut(signed, "?")
	out := base.JoinPath(Prefix, key)
	out.RawQuery = query
	return out.String(), nil
}

// ErrSignature is an address that is changed, expired, or used for something else.
var ErrSignature = errors.New("the address is not valid, or no longer")

// Verify tells which key and content type a request's address is signed for.
func (s *Store) Verify(r *http.Request) (key, contentType string, err error) {
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

// ErrTooLarge is a body over the limit.
var ErrTooLarge = errors.New("too many bytes")

// Put stores what a reader gives, whole or not at all, and not more than limit bytes
// (0 is no limit). It is on the disk when Put returns.
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
		cancel() // the writer drops what it has
		_ = w.Close()
		return n, err
	}
	if err := w.Close(); err != nil {
		return n, err
	}
	return n, s.sync(key)
}

// sync makes an object outlive a loss of power: the bucket's driver leaves that to the
// system.
func (s *Store) sync(key string) error {
	path := filepath.Join(s.dir, filepath.FromSlash(key))
	for _, p := range []string{path, filepath.Dir(path)} {
		if err := system.Sync(p); err != nil {
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

// Attributes of an object.
type Attributes struct {
	Size     int64
	Modified time.Time
	ETag     string
}

// Attributes describes an object; ok is false if it does not exist.
func (s *Store) Attributes(ctx context.Context, key string) (a Attributes, ok bool, err error) {
	attrs, err := s.bucket.Attributes(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return a, false, nil
	}
	if err != nil {
		return a, false, err
	}
	return Attributes{Size: attrs.Size, Modified: attrs.ModTime, ETag: fmt.Sprintf(`"%x-%x"`, attrs.ModTime.UnixNano(), attrs.Size)}, true, nil
}

// Open gives an object to read and to seek in.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	return s.bucket.NewReader(ctx, key, nil)
}

// Delete removes objects; those that are not there are no error.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	var errs []error
	for _, k := range keys {
		if err := s.bucket.Delete(ctx, k); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Each calls a function for every object under a prefix.
func (s *Store) Each(ctx context.Context, prefix string, do func(key string, modified time.Time) error) error {
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

// OpenAt gives an object to read anywhere in. It stays what it was when a new one is put
// under the same key.
func (s *Store) OpenAt(_ context.Context, key string) (*os.File, error) {
	return os.Open(filepath.Join(s.dir, filepath.FromSlash(key)))
}

// Clean removes what a crash left of objects that were being written; none may be now.
func (s *Store) Clean() error {
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
