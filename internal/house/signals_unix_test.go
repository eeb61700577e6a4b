//go:build unix

package house

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/proc"
	"mynah/internal/upload"
)

// TestSignalsKillCells checks that a cell that a person or a service manager ends by a signal has not failed: its build
// can be tried again.
func TestSignalsKillCells(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, sent := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(sent.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := func(name string) string { return filepath.Join(dir, name) }
			// The shell becomes the cell, and keeps its process ID.
			script := fmt.Sprintf("#!/bin/sh\necho $$ > '%s'\nexec '%s' \"$@\"\n", path("pid"), self)
			if err := os.WriteFile(path("program"), []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"work/project", "work/out"} {
				if err := os.MkdirAll(path(name), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			run, err := proc.New(proc.DefaultConfig())
			if err != nil {
				t.Fatal(err)
			}
			c := CellsConfig{
				Host: host.DefaultConfig(), Limits: upload.DefaultLimits(), Log: slog.New(slog.DiscardHandler),
				Profiles: path("browsers"), CacheOf: func(string) string { return path("cache") },
			}
			c.Host.Program = path("program")
			h, models, err := newHost(DefaultConfig(), c, run)
			if err != nil {
				t.Fatal(err)
			}
			defer run.WaitUntilIdle()
			defer models.Close()
			defer h.Close()
			var send bool
			w := cell.BuildWork{ProjectWork: cell.ProjectWork{Dir: path("work"), Text: "# A\n\nA sentence.\n"}}
			_, err = h.Build(t.Context(), "main", w, nil, func(cell.Progress) {
				if !send {
					send = true
					killByFile(t, path("pid"), sent)
				}
			})
			if _, ok := errors.AsType[*host.KilledError](err); !ok || !send {
				t.Errorf("the signal was sent: %t; the build ended with %v", send, err)
			}
			if errors.Is(err, context.Canceled) {
				t.Error("the build was cancelled")
			}
		})
	}
}

// killByFile sends a signal to the process whose ID is in a file.
func killByFile(t *testing.T, path string, sent syscall.Signal) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		var pid int
		if pid, err = strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			err = syscall.Kill(pid, sent)
		}
	}
	if err != nil {
		t.Error(err)
	}
}
