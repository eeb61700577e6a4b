// Package proc starts programs; no other package imports os/exec. Every child runs in a new process group with
// a small, fixed environment. The package kills the whole group when the child has ended, its context has
// ended, its timeout has passed, or Mynah itself was killed. It is independent of the programs: its callers
// write the arguments, which never contain names of users' files.
package proc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Config contains the settings of a Runner.
type Config struct {
	Jobs       int           // maximum concurrent children, at least 1
	StderrTail int           // bytes of standard error that are kept for messages
	MaxOutput  int64         // default limit of the output of RunForOutput, in bytes
	MaxStderr  int64         // bytes of standard error after which a child is killed
	Stall      time.Duration // a child that does nothing for this time is killed; 0: never
	Silence    time.Duration // a child that computes but neither reads nor writes for this time is killed; 0: never
	Grace      time.Duration // time between SIGTERM and SIGKILL; 0: SIGKILL immediately
	Nice       int           // niceness of children, 0 (same as Mynah) to 19
	Path       string        // folders searched for programs, as in $PATH
	Home       string        // $HOME of children
	TempDir    string        // $TMPDIR of children
	Env        []string      // additional variables, "NAME=value"
}

// DefaultConfig returns settings with one job per processor.
func DefaultConfig() Config {
	path := os.Getenv("PATH")
	if path == "" {
		path = "/usr/local/bin:/usr/bin:/bin"
	}
	return Config{
		Jobs:       runtime.NumCPU(),
		StderrTail: 8 << 10,
		MaxOutput:  64 << 20,
		MaxStderr:  256 << 20,
		Stall:      time.Minute,
		Silence:    10 * time.Minute,
		Grace:      200 * time.Millisecond,
		Path:       path,
		Home:       "/nonexistent", // does not exist, so that programs find no settings
		TempDir:    os.TempDir(),
	}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Jobs >= 1, "jobs: %d, must be at least 1", c.Jobs)
	check(c.StderrTail >= 0, "stderr tail: %d, must not be negative", c.StderrTail)
	check(c.MaxOutput >= 1, "max output: %d, must be at least 1", c.MaxOutput)
	check(c.MaxStderr >= 1, "max stderr: %d, must be at least 1", c.MaxStderr)
	check(c.Stall >= 0, "stall: %s, must not be negative", c.Stall)
	check(c.Silence >= 0, "silence: %s, must not be negative", c.Silence)
	check(c.Grace >= 0, "grace: %s, must not be negative", c.Grace)
	check(c.Nice >= 0 && c.Nice <= 19, "nice: %d, must be 0 to 19", c.Nice)
	for _, e := range c.Env {
		check(strings.IndexByte(e, '=') > 0, "env: %q, must be NAME=value", e)
	}
	return errors.Join(errs...)
}

// Command is a program to run. Strings are passed to the program unchanged; no shell is involved.
type Command struct {
	Program string // a name to look up in Config.Path, or an absolute path
	Args    []string
	Dir     string   // working folder; empty: the root folder
	Env     []string // added to the fixed environment; the last value of a name counts

	// Stdin is copied to the child's standard input. nil means empty input for Run and RunForOutput, and a pipe,
	// Process.Stdin, for Start. If reading from it fails, the child is killed. If Stdin still blocks when the
	// child has ended, Wait does not wait for it.
	Stdin io.Reader
	// Stdout receives the child's output. nil discards it in Run, and means a pipe, Process.Stdout, for Start.
	// If writing to it fails, the child is killed.
	Stdout io.Writer
	// Stderr receives standard error in addition to the tail that is kept; may be nil. Its write errors are
	// ignored.
	Stderr io.Writer
	// ExtraFiles are passed as file descriptors 3, 4 and so on; on Windows, as handles with the same numbers as
	// in this process.
	ExtraFiles []*os.File

	Timeout   time.Duration // the child is killed after it; 0: never
	MaxStdout int64         // bytes of output after which the child is killed; 0: none (RunForOutput: Config.MaxOutput)
	Limits    Limits
	Nice      int // niceness of this child, if it is higher than Config.Nice

	// Resident marks a helper that stays for long and mostly waits, such as a browser. It takes no slot, so
	// that its user can still start other children.
	Resident bool
}

// Limits are limits of a child that the kernel enforces, as far as it can: Windows does not limit file sizes,
// macOS limits nothing. Zero means no limit.
type Limits struct {
	Memory   int64         // bytes of address space
	FileSize int64         // bytes of any file it writes
	CPU      time.Duration // processor time, in whole seconds
}

// Stats contains totals of all children so far.
type Stats struct {
	Started int64         // children started
	Running int64         // children that run now, including Resident ones
	Peak    int64         // maximum that ran at once, including Resident ones
	User    time.Duration // user processor time of children that have ended
	System  time.Duration
}

// Runner starts children, at most Config.Jobs at once. It is safe for concurrent use.
//
// A child takes a slot from Start until it has ended, whether or not Wait was called. So a caller must not hold
// one child while it waits for a second to start: if all slots belong to such callers, they block forever. Pass
// data from one to the other through memory or a file, or mark one of the two Resident.
type Runner struct {
	cfg      Config
	slots    Slots
	started  atomic.Int64
	running  atomic.Int64
	starting atomic.Int64 // calls of Start that have not returned
	peak     atomic.Int64
	user     atomic.Int64
	system   atomic.Int64
}

// Slots decides when a child may start. Take waits for a slot; give returns it, exactly once.
type Slots interface {
	Take(ctx context.Context) (give func(), err error)
}

// New returns a runner with Config.Jobs slots of its own. It returns an error if cfg is invalid.
func New(cfg Config) (*Runner, error) { return NewWithSlots(cfg, make(ownSlots, max(cfg.Jobs, 1))) }

// NewWithSlots returns a runner that takes its slots from elsewhere.
func NewWithSlots(cfg Config, slots Slots) (*Runner, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Runner{cfg: cfg, slots: slots}, nil
}

// ownSlots are the slots of one runner.
type ownSlots chan struct{}

// Take implements Slots.
func (s ownSlots) Take(ctx context.Context) (give func(), err error) {
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// MaxChildren returns the maximum number of concurrent children.
func (r *Runner) MaxChildren() int { return r.cfg.Jobs }

// ReadStats returns the totals so far.
func (r *Runner) ReadStats() Stats {
	return Stats{
		Started: r.started.Load(),
		Running: r.running.Load(),
		Peak:    r.peak.Load(),
		User:    time.Duration(r.user.Load()),
		System:  time.Duration(r.system.Load()),
	}
}

// WaitUntilIdle waits until no child runs, but no longer than stopping one may take. Call it before the process ends: a
// canceled call does not wait for its child, and grandchildren outlive a process that ends first.
func (r *Runner) WaitUntilIdle() {
	end := time.NewTimer(r.cfg.Grace + time.Second)
	defer end.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for r.starting.Load()+r.running.Load() > 0 {
		select {
		case <-tick.C:
		case <-end.C:
			return
		}
	}
}

// FindProgram returns the path of a program in Config.Path. It skips relative folders, so that a program in a project
// is never run by accident. The error is a *NotFoundError.
func (r *Runner) FindProgram(program string) (string, error) {
	if filepath.Base(program) != program {
		if filepath.IsAbs(program) && isExecutableFile(program) {
			return program, nil
		}
		return "", &NotFoundError{Program: program}
	}
	for _, dir := range filepath.SplitList(r.cfg.Path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if p := filepath.Join(dir, formatProgramFile(program)); program != "" && isExecutableFile(p) {
			return p, nil
		}
	}
	return "", &NotFoundError{Program: program}
}

// IdentifyProgram returns a text that identifies a program's file: path, size and modification time.
func (r *Runner) IdentifyProgram(program string) (string, error) {
	path, err := r.FindProgram(program)
	if err != nil {
		return "", err
	}
	fi, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %d %d", path, fi.Size(), fi.ModTime().UnixNano()), nil
}

// isExecutableFile reports whether a path is an executable file.
func isExecutableFile(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular() && isExecutable(fi)
}

// Run runs a program to its end. The error is nil if it exits with status 0. Otherwise it is a *NotFoundError,
// an *ExitError, a *TimeoutError, a *StallError, an *OutputError, the context's error, or a wrapped error of
// Stdin or Stdout.
func (r *Runner) Run(ctx context.Context, c Command) error {
	if c.Stdin == nil {
		c.Stdin = bytes.NewReader(nil)
	}
	if c.Stdout == nil {
		c.Stdout = io.Discard
	}
	p, err := r.Start(ctx, c)
	if err != nil {
		return err
	}
	return p.Wait()
}

// RunForOutput runs a program to its end and returns its output, at most Command.MaxStdout bytes. With an error, it
// returns the output so far.
func (r *Runner) RunForOutput(ctx context.Context, c Command) ([]byte, error) {
	var buf bytes.Buffer
	c.Stdout = &buf
	if c.MaxStdout == 0 {
		c.MaxStdout = r.cfg.MaxOutput
	}
	err := r.Run(ctx, c)
	return buf.Bytes(), err
}

// listChildEnv returns the complete environment of a child: small, the same everywhere, without the proxies and secrets
// of this process.
func (r *Runner) listChildEnv(extra []string) []string {
	env := []string{
		"PATH=" + r.cfg.Path,
		"HOME=" + r.cfg.Home,
		"TMPDIR=" + r.cfg.TempDir,
		"LANG=C.UTF-8",
		"LC_ALL=C.UTF-8",
		"TZ=UTC",
	}
	return slices.Concat(env, r.cfg.listSystemEnv(), r.cfg.Env, extra)
}

// NotFoundError means that a program is not installed. It wraps exec.ErrNotFound.
type NotFoundError struct{ Program string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("the program %s is not installed", e.Program)
}

// Unwrap returns exec.ErrNotFound.
func (e *NotFoundError) Unwrap() error { return exec.ErrNotFound }

// ExitError is the failure of a child that was not stopped by this package.
type ExitError struct {
	Program string
	Code    int       // exit code; -1 if a signal ended it
	Signal  os.Signal // nil if it exited
	Stderr  string    // end of its standard error
	Err     error     // error of os/exec
}

// Error describes how the child ended, with the last line of its standard error.
func (e *ExitError) Error() string {
	how := fmt.Sprintf("%s ended with code %d", e.Program, e.Code)
	if e.Signal != nil {
		how = fmt.Sprintf("%s was ended by a signal (%s)", e.Program, e.Signal)
	}
	if line := findLastLine(e.Stderr); line != "" {
		return how + ": " + line
	}
	return how
}

// Unwrap returns the error of os/exec.
func (e *ExitError) Unwrap() error { return e.Err }

// findLastLine returns the last line of a text, at most 300 bytes of it.
func findLastLine(s string) string {
	const most = 300
	s = strings.TrimSpace(s)
	if i := strings.LastIndexAny(s, "\r\n"); i >= 0 {
		s = s[i+1:]
	}
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// TimeoutError means that a child was killed because it ran longer than its Timeout.
type TimeoutError struct {
	Program string
	After   time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%s was stopped after %s", e.Program, e.After)
}

// OutputError means that a child was killed because it wrote more than MaxStdout to standard output or more
// than MaxStderr to standard error.
type OutputError struct {
	Program string
	Max     int64
}

func (e *OutputError) Error() string {
	return fmt.Sprintf("%s printed more than %d bytes", e.Program, e.Max)
}

// TakeError means that a child was killed because the receiver of its output failed.
type TakeError struct {
	Program string
	Err     error
}

func (e *TakeError) Error() string { return fmt.Sprintf("read the output of %s: %s", e.Program, e.Err) }

// Unwrap returns the error of the receiver.
func (e *TakeError) Unwrap() error { return e.Err }
