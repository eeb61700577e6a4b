// Package blame says whose failure an error is: that of a file of the project, of a program, or
// of the disk. Every step of a build asks it, so that all failures read alike.
package blame

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/proc"
	"mynah/internal/system"
)

// HintDoctor is what to do about a program that failed.
const HintDoctor = "mynah doctor checks the programs that Mynah needs"

// Fault returns an error of a program or a disk as a fault; others as they are.
func Fault(err error) error {
	if full(err) { // whatever a package below makes of it
		return Disk(err, "")
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	if missing, ok := errors.AsType[*proc.NotFoundError](err); ok {
		return fault.New(fault.ToolMissing, err, "the program %s is not installed", missing.Program).
			WithHint("mynah doctor tells which programs are missing and how to install them")
	}
	if exit, ok := errors.AsType[*proc.ExitError](err); ok {
		return fault.New(fault.ToolFailed, err, "%s failed", filepath.Base(exit.Program)).WithHint(HintDoctor)
	}
	if errors.Is(err, cache.ErrLost) {
		return fault.New(fault.Disk, err, "the cache was changed by somebody else").
			WithHint("build again, and leave the cache's folder alone meanwhile")
	}
	if failed := tool(err); failed != "" {
		return fault.New(fault.ToolFailed, err, "%s failed", failed).WithHint(HintDoctor)
	}
	if onPath(err) {
		return Disk(err, "a file cannot be written or read")
	}
	return err
}

// tool names the program that failed by itself, whatever it was working on; it is empty
// when the program's input may be to blame, or when no program failed.
func tool(err error) string {
	if exit, ok := errors.AsType[*proc.ExitError](err); ok && exit.Signal != nil {
		return filepath.Base(exit.Program)
	}
	if stall, ok := errors.AsType[*proc.StallError](err); ok {
		return stall.Program
	}
	if late, ok := errors.AsType[*proc.TimeoutError](err); ok {
		return late.Program
	}
	if flood, ok := errors.AsType[*proc.OutputError](err); ok {
		return flood.Program
	}
	// A writer of ours that fails without a path did not understand what it was given.
	if take, ok := errors.AsType[*proc.TakeError](err); ok && !onPath(err) {
		return take.Program
	}
	return ""
}

// onPath reports whether a failure is that of a file's name or disk.
func onPath(err error) bool {
	var path *os.PathError
	var link *os.LinkError
	return errors.As(err, &path) || errors.As(err, &link)
}

// full reports whether a failure is that of a disk without room.
func full(err error) bool {
	if system.IsDiskFull(err) {
		return true
	}
	exit, ok := errors.AsType[*proc.ExitError](err)
	// What a program of another's met is told in its words alone.
	return ok && (exit.IsOverFileSize() || strings.Contains(exit.Stderr, "No space left"))
}

const errFull = "the disk is full"

// Disk returns a failure of the disk as a fault.
func Disk(err error, format string, args ...any) error {
	if !full(err) {
		return fault.New(fault.Disk, err, format, args...).WithHint("check that the folder exists and may be written to")
	}
	if f, ok := fault.As(err); ok && f.Public == errFull {
		return err
	}
	return fault.New(fault.Disk, err, errFull).
		WithHint("make room, or name a folder on another disk: -o for the film, --cache-dir for what is kept")
}

// ToolAt returns the failure of a program as a fault that names the file it failed at; other
// errors as they are.
func ToolAt(err error, place diag.Range, name string) error {
	failed := tool(err)
	if failed == "" {
		return err
	}
	return fault.New(fault.ToolFailed, err, "%s:%d: %s failed at %q", place.File, place.Start.Line, failed, name).
		WithHint("export the file again, perhaps in another format; mynah doctor checks the programs that Mynah needs")
}

// IsFiles reports whether a failure may be that of the file that was being read, rather than
// of the program or the machine.
func IsFiles(err error) bool {
	if _, ok := errors.AsType[*proc.NotFoundError](err); ok || tool(err) != "" || full(err) || errors.Is(err, cache.ErrLost) {
		return false
	}
	if _, ok := fault.As(err); ok {
		return false
	}
	if _, ok := errors.AsType[*proc.ExitError](err); ok {
		return true
	}
	return !onPath(err)
}

// CannotUse adds the error that a file of the project cannot be used.
func CannotUse(list *diag.List, place diag.Range, name string, err error) {
	list.Errorf(place, "%q cannot be used: %s", name, Reason(err)).
		Hint = "check that the file opens in a player or viewer, and export it again"
}

// Reason says in one line what a program complained about.
func Reason(err error) string {
	var exit *proc.ExitError
	if !errors.As(err, &exit) {
		return err.Error()
	}
	return ffmpeg.Complaint(exit.Stderr)
}
