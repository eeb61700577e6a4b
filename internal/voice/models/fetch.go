package models

import (
	"context"
	"crypto/md5"  //nolint:gosec // Piper's index has no better; it is against damage, not malice
	"crypto/sha1" //nolint:gosec // names a file by its address
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mynah/internal/fault"
	"mynah/internal/system"
)

// fetchPrefix is the prefix of the names of partial downloads.
const fetchPrefix = ".fetch-"

// expectation contains what is known about a file before its download.
type expectation struct {
	sha256, md5 string // lower-case hex; empty if unknown
	size        int64  // in bytes; 0 if unknown
}

func (c expectation) hasSum() bool { return c.sha256 != "" || c.md5 != "" }

// state is stored next to a partial download, and decides whether the download can be resumed.
type state struct {
	URL  string `json:"url"`
	ETag string `json:"etag"`
	Date string `json:"date"`
}

// formatIfRange returns the value for If-Range (RFC 9110, 13.1.5), which must not be a weak ETag.
func (s state) formatIfRange() string {
	if s.ETag != "" && !strings.HasPrefix(s.ETag, "W/") {
		return s.ETag
	}
	return s.Date
}

// download downloads a URL to a file of Config.Dir whose name depends only on the URL, so that a later call can
// resume it. If the error is nil, the file is complete and matches want. The caller must rename or remove the
// file before closing it: until it is closed, no other process writes to it.
func (i *Installer) download(
	ctx context.Context, address string, want expectation, progress func(done, total int64),
) (*heldFile, error) {
	sum := sha1.Sum([]byte(address)) //nolint:gosec // see above
	path := filepath.Join(i.cfg.Dir, fetchPrefix+hex.EncodeToString(sum[:8]))
	f, err := openAndLockFile(path)
	switch {
	case errors.Is(err, system.ErrTaken):
		return nil, fault.New(fault.Usage, nil, "%s is being downloaded by another process", removeSecretsFromURL(address))
	case err != nil:
		return nil, newDiskFault(err)
	}
	if err := i.downloadWithRetries(ctx, f.File, address, want, progress); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// heldFile is a file with a lock that keeps other processes from writing to it until it is closed.
type heldFile struct {
	*os.File
	lock *system.Lock
}

// Close closes the file and releases the lock.
func (h *heldFile) Close() error {
	err := h.File.Close()
	h.lock.Unlock()
	return err
}

// closeAndRename closes and renames the file while the lock is still held, because some systems cannot rename open
// files. The caller must still call Close.
func (h *heldFile) closeAndRename(to string) error {
	return errors.Join(h.File.Close(), os.Rename(h.Name(), to))
}

// openAndLockFile opens or creates a file and locks it. If another process has the lock, the error is system.ErrTaken.
// If the file was renamed or removed before the lock succeeded, it tries again.
func openAndLockFile(path string) (*heldFile, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		lock, err := system.TryLock(path)
		if err != nil {
			_ = f.Close()
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return nil, err
		}
		held, err1 := f.Stat()
		named, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(held, named) {
			return &heldFile{File: f, lock: lock}, nil
		}
		_ = f.Close()
		lock.Unlock()
	}
}

// downloadWithRetries downloads the part that the file lacks, with retries.
func (i *Installer) downloadWithRetries(
	ctx context.Context, f *os.File, address string, want expectation, progress func(done, total int64),
) error {
	path := f.Name()
	wait := i.newBackOff()
	failed := 0 // consecutive failures without any new byte
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		before := measureFile(f)
		err := i.requestRest(ctx, f, path, address, want, progress)
		broken, ok := errors.AsType[*brokenError](err)
		if err == nil || !ok || broken.permanent || failed+1 >= i.cfg.Tries {
			return struct{}{}, markPermanent(err)
		}
		if measureFile(f) > before {
			failed = 0 // there was progress
			wait.Reset()
		}
		failed++
		return struct{}{}, err
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(0))
	switch {
	case ctx.Err() != nil:
		return fault.New(fault.Cancelled, ctx.Err(), "stopped; the downloaded part is kept for the next try")
	case err != nil:
		return toFault(err, address)
	}
	if err := verifyDownload(f, want); err != nil {
		_ = os.Remove(path)
		_ = os.Remove(path + ".json")
		return fault.New(fault.Input, err, "%s is not the expected file", removeSecretsFromURL(address)).
			WithHint("the download is complete, but differs from the expected file: check the address and its checksum")
	}
	_ = os.Remove(path + ".json")
	if err := f.Sync(); err != nil {
		return newDiskFault(err)
	}
	return nil
}

// newBackOff returns the delays between retries: each is twice as long as the one before, up to 64 times the first.
func (i *Installer) newBackOff() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{InitialInterval: i.cfg.Wait, Multiplier: 2, MaxInterval: i.cfg.Wait << 6}
}

// markPermanent marks an error as one that ends the retries. It returns nil for nil.
func markPermanent(err error) error {
	if err == nil {
		return nil
	}
	return backoff.Permanent(err)
}

// measureFile returns the size of a file, 0 if it is unknown.
func measureFile(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// brokenError is a transfer that did not complete.
type brokenError struct {
	err       error
	permanent bool // a retry would fail, too
}

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// toFault returns err if it is a fault, and otherwise the fault of a failed download.
func toFault(err error, address string) error {
	if f, ok := fault.As(err); ok {
		return f
	}
	return fault.New(fault.Input, err, "%s could not be downloaded", removeSecretsFromURL(address)).
		WithHint("try again: the downloaded part is kept")
}

// newDiskFault returns the fault for an error of writing to the voices' folder.
func newDiskFault(err error) error {
	if system.IsDiskFull(err) {
		return fault.New(fault.Disk, err, "the disk of the voices' folder is full").
			WithHint("free some space, or choose another folder with --voices-dir")
	}
	return fault.New(fault.Disk, err, "the voices' folder cannot be written").
		WithHint("choose another folder with --voices-dir")
}

// removeSecretsFromURL returns a URL without its query and user, which may contain keys.
func removeSecretsFromURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// requestRest makes one request, for the part that the file lacks.
func (i *Installer) requestRest(
	ctx context.Context, f *os.File, path, address string, want expectation, progress func(done, total int64),
) error {
	have := measureFile(f)
	var old state
	if b, err := os.ReadFile(path + ".json"); err == nil {
		_ = json.Unmarshal(b, &old)
	}
	moving, stop := context.WithCancel(ctx)
	defer stop()
	stall := time.AfterFunc(i.cfg.Stall, stop)
	defer stall.Stop()
	// A stall cancels the request's context, too, but is reported as a different error.
	broken := func(err error) error {
		if moving.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("no data for %s", i.cfg.Stall)
		}
		return &brokenError{removeURLFromError(err), false}
	}
	req, err := http.NewRequestWithContext(moving, http.MethodGet, address, nil)
	if err != nil {
		return &brokenError{errors.New("it is not a URL"), true}
	}
	req.Header.Set("User-Agent", "mynah")
	req.Header.Set("Accept-Encoding", "identity")
	resume := have > 0 && old.URL == address && old.formatIfRange() != ""
	if resume {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		req.Header.Set("If-Range", old.formatIfRange())
	}
	resp, err := i.client.Do(req)
	if err != nil {
		return broken(err)
	}
	defer func() { _ = resp.Body.Close() }()
	total := resp.ContentLength
	switch {
	case resp.StatusCode == http.StatusPartialContent && resume && startsAtByte(resp, have):
		total += have
	case resp.StatusCode == http.StatusOK:
		have = 0
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && resume,
		resp.StatusCode == http.StatusPartialContent:
		_ = f.Truncate(0) // the partial download does not match the server's file
		return &brokenError{errors.New("the file on the server has changed"), false}
	default:
		gone := resp.StatusCode >= 400 && resp.StatusCode < 500 &&
			resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusRequestTimeout
		return &brokenError{fmt.Errorf("the server answered %s", resp.Status), gone}
	}
	if want.size > 0 && resp.ContentLength >= 0 && total != want.size {
		return fault.New(fault.Input, nil, "%s has %d bytes instead of %d", removeSecretsFromURL(address), total, want.size)
	}
	if err := i.checkFreeSpace(max(total, want.size) - have); err != nil {
		return err
	}
	if err := f.Truncate(have); err != nil {
		return newDiskFault(err)
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return newDiskFault(err)
	}
	now := state{URL: address, ETag: resp.Header.Get("ETag"), Date: resp.Header.Get("Last-Modified")}
	if b, err := json.Marshal(now); err == nil {
		_ = os.WriteFile(path+".json", b, 0o600)
	}
	err = i.copyBody(f, resp.Body, have, max(total, want.size), func(done, total int64) {
		stall.Reset(i.cfg.Stall)
		progress(done, total)
	})
	if b, ok := errors.AsType[*brokenError](err); ok {
		return broken(b.err)
	}
	return err
}

// startsAtByte reports whether a partial response begins at byte have.
func startsAtByte(resp *http.Response, have int64) bool {
	var from int64
	_, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-", &from)
	return err == nil && from == have
}

// checkFreeSpace returns an error if the disk has no space for more bytes.
func (i *Installer) checkFreeSpace(more int64) error {
	free, err := system.MeasureFreeSpace(i.cfg.Dir)
	if err != nil {
		return nil //nolint:nilerr // a write will report the error
	}
	if more > free {
		return newDiskFault(fmt.Errorf("it needs %d MB, but only %d MB are free: %w", more>>20, free>>20, syscall.ENOSPC))
	}
	return nil
}

// copyBody copies body to f and reports progress.
func (i *Installer) copyBody(f *os.File, body io.Reader, done, total int64, progress func(done, total int64)) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := body.Read(buf)
		if done+int64(n) > i.cfg.MaxBytes {
			return fault.New(fault.Input, nil, "the voice is larger than %d MB", i.cfg.MaxBytes>>20)
		}
		if _, err := f.Write(buf[:n]); err != nil {
			return newDiskFault(err)
		}
		done += int64(n)
		progress(done, total)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return &brokenError{removeURLFromError(err), false}
		}
	}
}

// removeURLFromError returns an error without the URL, which may contain a key.
func removeURLFromError(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// verifyDownload compares a downloaded file with what is known about it.
func verifyDownload(f io.ReadSeeker, want expectation) error {
	n, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if want.size > 0 && n != want.size {
		return fmt.Errorf("it has %d bytes instead of %d", n, want.size)
	}
	for _, c := range []struct {
		name, want string
		sum        hash.Hash
	}{{"SHA-256", want.sha256, sha256.New()}, {"MD5", want.md5, md5.New()}} { //nolint:gosec // see above
		if c.want == "" {
			continue
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(c.sum, f); err != nil {
			return err
		}
		if got := hex.EncodeToString(c.sum.Sum(nil)); got != strings.ToLower(c.want) {
			return fmt.Errorf("its %s is %s, not %s", c.name, got, c.want)
		}
	}
	return nil
}

// downloadToMemory downloads a small file into memory. It returns nil if the server does not have the file.
func (i *Installer) downloadToMemory(ctx context.Context, address string, most int64) ([]byte, error) {
	b, err := backoff.Retry(ctx, func() ([]byte, error) {
		b, again, err := i.requestToMemory(ctx, address, most)
		if !again {
			err = markPermanent(err)
		}
		return b, err
	}, backoff.WithBackOff(i.newBackOff()), backoff.WithMaxTries(uint(i.cfg.Tries)), backoff.WithMaxElapsedTime(0))
	switch {
	case ctx.Err() != nil:
		return nil, fault.New(fault.Cancelled, ctx.Err(), "stopped")
	case err != nil:
		return nil, toFault(err, address)
	}
	return b, nil
}

// requestToMemory makes one request of small. again reports whether a retry may succeed.
func (i *Installer) requestToMemory(ctx context.Context, address string, most int64) (b []byte, again bool, err error) {
	timed, stop := context.WithTimeout(ctx, i.cfg.Stall)
	defer stop()
	defer func() {
		if err != nil && timed.Err() != nil && ctx.Err() == nil {
			b, again, err = nil, true, fmt.Errorf("no answer within %s", i.cfg.Stall)
		}
	}()
	req, err := http.NewRequestWithContext(timed, http.MethodGet, address, nil)
	if err != nil {
		return nil, false, errors.New("it is not a URL")
	}
	req.Header.Set("User-Agent", "mynah")
	resp, err := i.client.Do(req)
	if err != nil {
		return nil, true, removeURLFromError(err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return nil, false, nil
	case resp.StatusCode != http.StatusOK:
		return nil, resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests,
			fmt.Errorf("the server answered %s",
				resp.Status)
	}
	b, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err == nil && int64(len(b)) > most {
		return nil, false, fmt.Errorf("it is longer than %d bytes", most)
	}
	return b, true, removeURLFromError(err)
}
