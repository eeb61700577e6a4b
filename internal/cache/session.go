package cache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// session is the folder of a process's temporary files. The process holds a lock on it
// for as long as it lives, however it ends, so that another can tell a folder in use
// from one that a killed process left.
type session struct {
	mu     sync.Mutex
	path   string
	lock   *os.File
	closed bool
	puts   sync.WaitGroup
}

const sessionPrefix = "tmp-"

// put is folder for a write that close waits for, until done is called.
func (s *session) put(dir string) (path string, done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if path, err = s.make(dir); err != nil {
		return "", nil, err
	}
	s.puts.Add(1)
	return path, s.puts.Done, nil
}

// folder gives the session's folder in dir, made at the first use.
func (s *session) folder(dir string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.make(dir)
}

func (s *session) make(dir string) (string, error) {
	if s.closed {
		return "", fs.ErrClosed
	}
	for s.lock == nil {
		path, err := os.MkdirTemp(dir, sessionPrefix+"*")
		if err != nil {
			return "", err
		}
		f, err := lockFolder(path)
		// Before it was locked, another process may have taken it for one that was left.
		switch {
		case errors.Is(err, errTaken), errors.Is(err, fs.ErrNotExist):
		case err != nil:
			_ = os.Remove(path)
			return "", err
		case isAt(f, path):
			s.path, s.lock = path, f
		default:
			_ = f.Close()
		}
	}
	return s.path, nil
}

// close ends the session: a write that somebody began and gave up is waited for, and a
// later one fails.
func (s *session) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.puts.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock != nil {
		_ = os.RemoveAll(s.path)
		_ = s.lock.Close()
		s.lock = nil
	}
}

// errTaken tells that another process has locked a folder.
var errTaken = errors.New("another process uses the folder")

// lockFolder locks a folder for as long as the file is open.
func lockFolder(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		_ = f.Close()
		return nil, errTaken
	}
	return f, nil
}

func isAt(f *os.File, path string) bool {
	a, err1 := f.Stat()
	b, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// sweep removes the folders of processes that are no more: nobody holds their lock.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), sessionPrefix) {
			continue
		}
		name := filepath.Join(dir, e.Name())
		if f, err := lockFolder(name); err == nil {
			_ = os.RemoveAll(name)
			_ = f.Close()
		}
	}
}
