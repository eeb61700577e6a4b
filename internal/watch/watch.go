// Package watch rebuilds a project whenever one of its files is saved, and shows the video on a
// page that reloads by itself. The caller provides the build.
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

// Burst is the default time without changes before a build begins: editors write a file in
// several steps, and several files at once.
const Burst = 120 * time.Millisecond

// Project is a watched project.
type Project struct {
	// Dir is the project's folder; its subfolders are watched too.
	Dir string
	// Own reports whether a file is written by the build itself.
	Own func(path string) bool
	// Burst is the time without changes before a build begins; 0 means the constant Burst.
	Burst time.Duration
}

// BuildOnChanges builds once, then after each change, until ctx ends. A change cancels the context of a
// running build, which must then return soon.
func (p Project) BuildOnChanges(ctx context.Context, build func(context.Context)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("files cannot be watched: %w", err)
	}
	defer func() { _ = w.Close() }()
	if err := p.watchFolder(w, p.Dir); err != nil {
		return err
	}
	for {
		one, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			build(one)
		}()
		err := p.waitForChange(ctx, w)
		stop()
		<-ended
		if err != nil || ctx.Err() != nil {
			return err
		}
		if err := p.waitForQuiet(ctx, w); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// watchFolder watches a folder and its subfolders.
func (p Project) watchFolder(w *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == dir {
				return err
			}
			return nil // deleted or unreadable: the build will report it
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

// waitForChange waits until a file of the project changes.
func (p Project) waitForChange(ctx context.Context, w *fsnotify.Watcher) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.Errors:
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("files cannot be watched any more: %w", err)
			}
			return nil // events were lost: assume a change
		case e := <-w.Events:
			if p.acceptChange(w, e) {
				return nil
			}
		}
	}
}

// acceptChange reports whether an event is a change of the project. It also starts to watch new
// folders.
func (p Project) acceptChange(w *fsnotify.Watcher, e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(e.Name), ".") || strings.HasSuffix(e.Name, "~") || p.Own(e.Name) {
		return false
	}
	if e.Has(fsnotify.Create) {
		if fi, err := os.Stat(e.Name); err == nil && fi.IsDir() {
			_ = p.watchFolder(w, e.Name) // a folder that cannot be watched is still read at the next build
		}
	}
	return true
}

// waitForQuiet waits until nothing has changed for the time of Burst.
func (p Project) waitForQuiet(ctx context.Context, w *fsnotify.Watcher) error {
	burst := p.Burst
	if burst == 0 {
		burst = Burst
	}
	for {
		quiet, stop := context.WithTimeout(ctx, burst)
		err := p.waitForChange(quiet, w)
		over := quiet.Err() != nil
		stop()
		if err != nil || over {
			return err
		}
	}
}
