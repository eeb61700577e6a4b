// Package proc starts programs; no other package imports os/exec. Every child runs in its own
// process group with a small, fixed environment. The whole group is killed when the child has
// ended, its context has ended, its time is up, or Mynah itself was killed. The package does not
// know the programs: callers write the arguments, which never contain names of users' files.
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

// Config are the settings of a Runner.
type Config struct {
	Jobs       int           // children at once, at least 1
	StderrTail int           // bytes of standard error kept for messages
	MaxOutput  int64         // bytes that Output takes before it gives up
	MaxStderr  int64         // bytes of standard error after which a child is killed
	Stall      time.Duration // how long a child may do nothing at all before it is killed; 0: for ever
	Silence    time.Duration // how long it may compute and neither read nor write; 0: for ever
	Grace      time.Duration // between SIGTERM and SIGKILL; 0 kills at once
	Nice       int           // niceness of children, 0 (as ours) to 19
	Path       string        // folders searched for programs, as in $PATH
	Home       string        // $HOME of children
	TempDir    string        // $TMPDIR of children
	Env        []string      // more variables, "NAME=value"
}

// DefaultConfig runs as many children as there are processors.
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
		Home:       "/nonexistent", // a program finds no settings there, and nobody can plant any
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

// Command is a program to run. Strings go to the program as they are; no shell is
// involved.
type Command struct {
	Program string // a name looked up in Config.Path, or an absolute path
	Args    []string
	Dir     string   // working folder; empty: the root folder
	Env     []string // on top of the fixed environment; the last of a name counts

	// Stdin is fed to the child; nil is an empty input for Run and Output, and a pipe,
	// Process.Stdin, for Start. When reading it fails the child is killed. A Stdin that
	// still blocks when the child has ended is left behind.
	Stdin io.Reader
	// Stdout takes the child's output; nil discards it in Run, and is a pipe,
	// Process.Stdout, for Start. When writing to it fails the child is killed.
	Stdout io.Writer
	// Stderr takes standard error on top of the tail that is kept; may be nil. Its
	// failures are ignored.
	Stderr io.Writer
	// ExtraFiles are handed on as file descriptors 3, 4 and so on; on Windows, as handles of the
	// numbers that they have here.
	ExtraFiles []*os.File

	Timeout   time.Duration // the child is killed after it; 0: never
	MaxStdout int64         // bytes of output after which the child is killed; 0: no limit (Output: Config.MaxOutput)
	Limits    Limits

	// Resident marks a helper that stays for long and mostly waits, such as a browser.
	// It takes no slot, so the holder of a slot can still start other children.
	Resident bool
}

// Limits are put on a child by the kernel, where it can: Windows limits no files, macOS nothing.
// Zero is no limit.
type Limits struct {
	Memory   int64         // bytes of address space
	FileSize int64         // bytes of any file it writes
	CPU      time.Duration // processor time, in whole seconds
}

// Stats are sums over all children so far.
type Stats struct {
	Started int64         // children started
	Running int64         // children running now, Resident ones too
	Peak    int64         // most that ran at once, Resident ones too
	User    time.Duration // processor time of children that have ended
	System  time.Duration
}

// Runner starts children, at most Config.Jobs at once. It is safe for use by many
// goroutines.
//
// A child takes a slot from Start until it has ended, whether or not Wait was called.
// So a caller must not hold one child and wait for a second to start: with all slots
// taken by such callers nobody moves. Feed one from the other by way of memory or a
// file, or mark one of the two Resident.
type Runner struct {
	cfg     Config
	slots   chan struct{}
	started atomic.Int64
	running atomic.Int64
	peak    atomic.Int64
	user    atomic.Int64
	system  atomic.Int64
}

// New makes a runner; cfg must be valid.
func New(cfg Config) (*Runner, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Runner{cfg: cfg, slots: make(chan struct{}, cfg.Jobs)}, nil
}

// Jobs is how many children run at once.
func (r *Runner) Jobs() int { return r.cfg.Jobs }

// Stats are the sums so far.
func (r *Runner) Stats() Stats {
	return Stats{
		Started: r.started.Load(),
		Running: r.running.Load(),
		Peak:    r.peak.Load(),
		User:    time.Duration(r.user.Load()),
		System:  time.Duration(r.system.Load()),
	}
}

// Idle waits until no child runs, for at most as long as one that is stopped may take. It
// is for the end: who gave up a call did not wait for its child, and a child of a child
// outlives a process that ends first.
func (r *Runner) Idle() {
	end := time.NewTimer(r.cfg.Grace + time.Second)
	defer end.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for r.running.Load() > 0 {
		select {
		case <-tick.C:
		case <-end.C:
			return
		}
	}
}

// Look finds a program in Config.Path. Relative folders in it are skipped, so that
// nothing in a project is ever run by accident. The error is a *NotFoundError.
func (r *Runner) Look(program string) (string, error) {
	if filepath.Base(program) != program {
		if filepath.IsAbs(program) && executable(program) {
			return program, nil
		}
		return "", &NotFoundError{Program: program}
	}
	for _, dir := range filepath.SplitList(r.cfg.Path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if p := filepath.Join(dir, programFile(program)); program != "" && executable(p) {
			return p, nil
		}
	}
	return "", &NotFoundError{Program: program}
}

// Identity names a program's file as it is now: another build of it has another.
func (r *Runner) Identity(program string) (string, error) {
	path, err := r.Look(program)
	if err != nil {
		return "", err
	}
	fi, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %d %d", path, fi.Size(), fi.ModTime().UnixNano()), nil
}

func executable(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular() && isExecutable(fi)
}

// Run runs a program to its end. The error is nil when it ended with 0; else a
// *NotFoundError, an *ExitError, a *TimeoutError, a *StallError, an *OutputError, the
// context's error, or that of Stdin or Stdout, wrapped.
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

// Output runs a program to its end and returns what it printed, at most
// Command.MaxStdout bytes. What was printed before an error is returned with it.
func (r *Runner) Output(ctx context.Context, c Command) ([]byte, error) {
	var buf bytes.Buffer
	c.Stdout = &buf
	if c.MaxStdout == 0 {
		c.MaxStdout = r.cfg.MaxOutput
	}
	err := r.Run(ctx, c)
	return buf.Bytes(), err
}

// env is the whole environment of a child: small, the same everywhere, without the
// proxies and secrets of ours.
func (r *Runner) env(extra []string) []string {
	env := []string{
		"PATH=" + r.cfg.Path,
		"HOME=" + r.cfg.Home,
		"TMPDIR=" + r.cfg.TempDir,
		"LANG=C.UTF-8",
		"LC_ALL=C.UTF-8",
		"TZ=UTC",
	}
	return slices.Concat(env, r.cfg.ownEnv(), r.cfg.Env, extra)
}

// NotFoundError is a program that is not installed. It is exec.ErrNotFound.
type NotFoundError struct{ Program string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("the program %s is not installed", e.Program)
}

// Unwrap is exec.ErrNotFound.
func (e *NotFoundError) Unwrap() error { return exec.ErrNotFound }

// ExitError is a child that failed by itself.
type ExitError struct {
	Program string
	Code    int       // exit code; -1 when a signal ended it
	Signal  os.Signal // nil when it ended by itself
	Stderr  string    // the last of its standard error
	Err     error     // the error of os/exec
}

// Error says how it ended, with the last line of its standard error.
func (e *ExitError) Error() string {
	how := fmt.Sprintf("%s ended with code %d", e.Program, e.Code)
	if e.Signal != nil {
		how = fmt.Sprintf("%s was ended by a signal (%s)", e.Program, e.Signal)
	}
	if line := lastLine(e.Stderr); line != "" {
		return how + ": " + line
	}
	return how
}

// Unwrap is the error of os/exec.
func (e *ExitError) Unwrap() error { return e.Err }

func lastLine(s string) string {
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

// TimeoutError is a child that was killed because its Timeout was over.
type TimeoutError struct {
	Program string
	After   time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%s was stopped after %s", e.Program, e.After)
}

// OutputError is a child that was killed because it printed more than MaxStdout, or to
// its standard error more than MaxStderr.
type OutputError struct {
	Program string
	Max     int64
}

func (e *OutputError) Error() string {
	return fmt.Sprintf("%s printed more than %d bytes", e.Program, e.Max)
}

// TakeError is a child that was killed because its output could not be taken: what took
// it failed, or did not understand it.
type TakeError struct {
	Program string
	Err     error
}

func (e *TakeError) Error() string { return fmt.Sprintf("read the output of %s: %s", e.Program, e.Err) }

// Unwrap is how taking it failed.
func (e *TakeError) Unwrap() error { return e.Err }
