package cache

import (
	"errors"
	"io/fs"
	"os"
	"sync"

	"mynah/internal/system"
)

// session is the folder of a process's temporary files. The process locks it until it ends, even if it is
// killed, so that other processes can distinguish a folder in use from one that a killed process left behind.
type session struct {
	mu     sync.Mutex
	path   string
	lock   *system.Lock
	closed bool
	puts   sync.WaitGroup
}

const sessionPrefix = "tmp-"

// beginWrite returns the folder like ensureFolder. close waits until the caller calls done.
func (s *session) beginWrite(dir string) (path string, done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if path, err = s.makeFolderOnce(dir); err != nil {
		return "", nil, err
	}
	s.puts.Add(1)
	return path, s.puts.Done, nil
}

// ensureFolder returns the session's folder in dir. It creates the folder at the first call.
func (s *session) ensureFolder(dir string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.makeFolderOnce(dir)
}

// makeFolderOnce creates and locks the folder if none exists, also if somebody has removed it. The caller holds s.mu.
func (s *session) makeFolderOnce(dir string) (string, error) {
	if s.closed {
		return "", fs.ErrClosed
	}
	if s.lock != nil {
		if _, err := os.Lstat(s.path); errors.Is(err, fs.ErrNotExist) {
			s.lock.Unlock()
			s.lock = nil
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return "", err
			}
		}
	}
	for s.lock == nil {
		path, err := os.MkdirTemp(dir, sessionPrefix+"*")
		if err != nil {
			return "", err
		}
		lock, err := system.TryLock(path)
		// Before the lock succeeded, another process may have removed the folder as a leftover.
		switch {
		case errors.Is(err, system.ErrTaken), errors.Is(err, fs.ErrNotExist):
		case err != nil:
			_ = os.Remove(path)
			return "", err
		default:
			s.path, s.lock = path, lock
		}
	}
	return s.path, nil
}

// close ends the session. It waits for running writes; later ones fail.
func (s *session) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.puts.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock != nil {
		_ = os.RemoveAll(s.path)
		s.lock.Unlock()
		s.lock = nil
	}
}
