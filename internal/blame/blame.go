// Package blame decides what an error is caused by: a file of the project, a program, or the
// disk. Every step of a build uses it, so that the same failure always has the same message.
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

// HintDoctor is the hint for a program that failed.
const HintDoctor = "run mynah doctor to check the programs that Mynah needs"

// ToFault converts an error of a program or a disk to a fault, and returns other errors unchanged.
func ToFault(err error) error {
	if isDiskFull(err) { // even if a lower package has wrapped it in another fault
		return NewDiskFault(err, "")
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	if missing, ok := errors.AsType[*proc.NotFoundError](err); ok {
		return fault.New(fault.ToolMissing, err, "the program %s is not installed", missing.Program).
			WithHint("run mynah doctor to see which programs are missing and how to install them")
	}
	if exit, ok := errors.AsType[*proc.ExitError](err); ok {
		return fault.New(fault.ToolFailed, err, "%s failed", filepath.Base(exit.Program)).WithHint(HintDoctor)
	}
	if errors.Is(err, cache.ErrLost) {
		return fault.New(fault.Disk, err, "the cache was changed by another process during the build").
			WithHint("build again, and do not change the cache folder during the build")
	}
	if failed := findToolToBlame(err); failed != "" {
		return fault.New(fault.ToolFailed, err, "%s failed", failed).WithHint(HintDoctor)
	}
	if isFileError(err) {
		return NewDiskFault(err, "a file cannot be read or written")
	}
	return err
}

// findToolToBlame returns the program that failed in a way that does not prove a fault of its input: it
// crashed, hung or wrote too much. It returns "" if it exited with an error, or if no program failed.
func findToolToBlame(err error) string {
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
	// If a writer of ours fails, and not because of a file, it did not understand the program's
	// output.
	if take, ok := errors.AsType[*proc.TakeError](err); ok && !isFileError(err) {
		return take.Program
	}
	return ""
}

// isFileError reports whether an error is about a file or its path.
func isFileError(err error) bool {
	var path *os.PathError
	var link *os.LinkError
	return errors.As(err, &path) || errors.As(err, &link)
}

// isDiskFull reports whether a disk has no space left.
func isDiskFull(err error) bool {
	if system.IsDiskFull(err) {
		return true
	}
	exit, ok := errors.AsType[*proc.ExitError](err)
	// Programs report a full disk only in their output.
	return ok && (exit.IsOverFileSize() || strings.Contains(exit.Stderr, "No space left"))
}

const errFull = "the disk is full"

// NewDiskFault converts an error of the disk to a fault.
func NewDiskFault(err error, format string, args ...any) error {
	if !isDiskFull(err) {
		return fault.New(fault.Disk, err, format, args...).WithHint("check that the folder exists and is writable")
	}
	if f, ok := fault.As(err); ok && f.Public == errFull {
		return err
	}
	return fault.New(fault.Disk, err, errFull).
		WithHint("free some space, or use a folder on another disk: -o for the video, --cache-dir for the cache")
}

// ToToolFault converts the failure of a program to a fault that names the file that the program worked
// on. It returns other errors unchanged.
func ToToolFault(err error, place diag.Range, name string) error {
	failed := findToolToBlame(err)
	if failed == "" {
		return err
	}
	return fault.New(fault.ToolFailed, err, "%s:%d: %s failed on %q", place.File, place.Start.Line, failed, name).
		WithHint("export the file again, perhaps in another format; run mynah doctor to check the programs that Mynah needs")
}

// MayBeInputError reports whether a failure may be caused by the file that was being read, and not by the
// program or the machine.
func MayBeInputError(err error) bool {
	if _, ok := errors.AsType[*proc.NotFoundError](err); ok || findToolToBlame(err) != "" ||
		isDiskFull(err) || errors.Is(err, cache.ErrLost) {
		return false
	}
	if _, ok := fault.As(err); ok {
		return false
	}
	if _, ok := errors.AsType[*proc.ExitError](err); ok {
		return true
	}
	return !isFileError(err)
}

// AddUnusableFile adds a finding that a file of the project cannot be used.
func AddUnusableFile(list *diag.List, place diag.Range, name string, err error) {
	list.Errorf(place, "%q cannot be used: %s", name, FormatReason(err)).
		Hint = "check that the file opens in a player or viewer, and export it again"
}

// FormatReason returns a program's error message in one line.
func FormatReason(err error) string {
	var exit *proc.ExitError
	if !errors.As(err, &exit) {
		return err.Error()
	}
	return ffmpeg.FindComplaint(exit.Stderr)
}
