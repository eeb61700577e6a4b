//go:build unix

package blame_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"mynah/internal/blame"
	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/proc"
)

func sampleFailures() map[string]error {
	return map[string]error{
		"missing": &proc.NotFoundError{Program: "ffmpeg"},
		"exit": &proc.ExitError{
			Program: "/usr/bin/ffmpeg", Code: 1, Stderr: "a.mp4: Invalid data found when processing input\n",
			Err: errors.New("exit status 1"),
		},
		"killed":  &proc.ExitError{Program: "/usr/bin/ffmpeg", Code: -1, Signal: syscall.SIGSEGV, Err: errors.New("signal")},
		"late":    &proc.TimeoutError{Program: "ffmpeg"},
		"stalled": &proc.StallError{Program: "ffmpeg"},
		"flood":   &proc.OutputError{Program: "ffmpeg", Max: 5},
		"taken":   &proc.TakeError{Program: "ffmpeg", Err: errors.New("no picture in it")},
		"path":    &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission},
		"link":    &os.LinkError{Op: "symlink", Old: "a", New: "b", Err: fs.ErrExist},
		"full":    &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC},
		"limit":   &proc.ExitError{Program: "sh", Code: 128 + int(syscall.SIGXFSZ), Err: errors.New("exit")},
		"full too": &proc.ExitError{
			Program: "ffmpeg", Code: 1, Stderr: "av_interleaved_write_frame(): No space left on device", Err: errors.New("exit"),
		},
		"lost":   fmt.Errorf("read: %w", cache.ErrLost),
		"fault":  fault.New(fault.Usage, nil, "no such scene"),
		"format": errors.New("it holds no picture"),
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	want := map[string]fault.Code{
		"missing": fault.ToolMissing, "exit": fault.ToolFailed, "killed": fault.ToolFailed,
		"late": fault.ToolFailed, "stalled": fault.ToolFailed,
		"flood": fault.ToolFailed, "taken": fault.ToolFailed, "path": fault.Disk, "link": fault.Disk,
		"full": fault.Disk, "limit": fault.Disk,
		"full too": fault.Disk, "lost": fault.Disk, "fault": fault.Usage,
	}
	for name, err := range sampleFailures() {
		f, ok := fault.As(blame.ToFault(err))
		if name == "format" {
			if ok {
				t.Errorf("an error without a known cause became %v", f)
			}
			continue
		}
		if !ok || f.Code != want[name] {
			t.Errorf("%s: %v, want the code %s", name, f, want[name])
			continue
		}
		if name != "fault" && (f.Hint == "" || !errors.Is(f, err)) {
			t.Errorf("%s: no hint, or no cause: %+v", name, f)
		}
		if full := name == "full" || name == "limit" || name == "full too"; full != (f.Public == "the disk is full") {
			t.Errorf("%s: %q", name, f.Public)
		}
	}
	if got := blame.NewDiskFault(blame.ToFault(sampleFailures()["full"]),
		"the video cannot be written"); strings.Contains(got.Error(), "cannot be written") {
		t.Errorf("the message names a full disk and another problem: %v", got)
	}
}

// TestFiles checks which failures may be caused by the file being read, and which by the program or
// the machine.
func TestFiles(t *testing.T) {
	t.Parallel()
	files := map[string]bool{"exit": true, "format": true}
	tools := map[string]bool{"killed": true, "late": true, "stalled": true, "flood": true, "taken": true}
	place := diag.Range{File: "s.md", Start: diag.Pos{Line: 7, Column: 1}}
	for name, err := range sampleFailures() {
		if got := blame.MayBeInputError(err); got != files[name] {
			t.Errorf("%s: IsInputError is %t", name, got)
		}
		at := blame.ToToolFault(err, place, "a.mp4")
		f, ok := fault.As(at)
		named := ok && strings.Contains(f.Public, `s.md:7: ffmpeg failed on "a.mp4"`)
		if named != tools[name] || !named && at != err { //nolint:errorlint // the very error is expected
			t.Errorf("%s: %v", name, at)
		}
	}
}

func TestCannotUse(t *testing.T) {
	t.Parallel()
	var list diag.List
	blame.AddUnusableFile(&list, diag.Range{File: "s.md"}, "a.mp4", sampleFailures()["exit"])
	blame.AddUnusableFile(&list, diag.Range{File: "s.md"}, "b.mp4", sampleFailures()["format"])
	if len(list) != 2 || !list.HasErrors() || list[0].Hint == "" ||
		!strings.HasPrefix(list[0].Summary, `"a.mp4" cannot be used: `) || strings.Contains(list[0].Summary, "exit status") ||
		list[1].Summary != `"b.mp4" cannot be used: it holds no picture` {
		t.Errorf("%+v", list)
	}
}
