// Package watch builds a project again whenever a file of it is saved, and shows the film
// on a page that reloads by itself. It exists so that an author writes on one side of the
// screen and sees the film on the other. It refuses to know how a film is built.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Burst is how long files usually must be left alone before a build begins: editors write
// a file in several steps, and several files at once.
const Burst = 120 * time.Millisecond

// Project is what is watched.
type Project struct {
	// Dir is its folder; folders in it are watched too.
	Dir string
	// Own tells whether a file is written by the build itself.
	Own func(path string) bool
	// Burst is how long files must be left alone before a build begins; 0 is Burst.
	Burst time.Duration
}

// Run builds once, then after each change, until ctx ends. A change during a build stops
// that build. build must return soon after its context ends.
func (p Project) Run(ctx context.Context, build func(context.Context)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("files cannot be watched: %w", err)
	}
	defer func() { _ = w.Close() }()
	if err := p.add(w, p.Dir); err != nil {
		return err
	}
	for {
		one, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			build(one)
		}()
		err := p.change(ctx, w)
		stop()
		<-ended
		if err != nil || ctx.Err() != nil {
			return err
		}
		if err := p.settle(ctx, w); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// add watches a folder and those in it.
func (p Project) add(w *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == dir {
				return err
			}
			return nil // it went meanwhile, or may not be read: the build will tell
		}
		if !d.IsDir() {
			return nil
		}
		if path != p.Dir && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if err := w.Add(path); err != nil {
			return fmt.Errorf("the folder %s cannot be watched: %w", path, err)
		}
		return nil
	})
}

// change waits until a file of the project changes.
func (p Project) change(ctx context.Context, w *fsnotify.Watcher) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.Errors:
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("files cannot be watched any more: %w", err)
			}
			return nil // something changed
		case e := <-w.Events:
			if p.matters(w, e) {
				return nil
			}
		}
	}
}

// matters tells whether an event is a change of the project; new folders are watched.
func (p Project) matters(w *fsnotify.Watcher, e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(e.Name), ".") || strings.HasSuffix(e.Name, "~") || p.Own(e.Name) {
		return false
	}
	if e.Has(fsnotify.Create) {
		if fi, err := os.Stat(e.Name); err == nil && fi.IsDir() {
			_ = p.add(w, e.Name) // what cannot be watched is still found at the next build
		}
	}
	return true
}

// settle waits until nothing has changed for a moment.
func (p Project) settle(ctx context.Context, w *fsnotify.Watcher) error {
	burst := p.Burst
	if burst == 0 {
		burst = Burst
	}
	for {
		quiet, stop := context.WithTimeout(ctx, burst)
		err := p.change(quiet, w)
		over := quiet.Err() != nil
		stop()
		if err != nil || over {
			return err
		}
	}
}
