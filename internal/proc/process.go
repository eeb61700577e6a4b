package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// drainTime is how long a pipe may stay open without data after the child's group has ended. A process that
	// left the group could keep it open forever.
	drainTime = time.Second
	// reapTime is how long Wait waits for init to reap killed grandchildren.
	reapTime = 50 * time.Millisecond
)

// Process is a running child.
type Process struct {
	name   string
	runner *Runner
	cmd    *exec.Cmd
	group  group // the child and all of its descendants
	grace  time.Duration
	give   func() // returns the slot

	streams
	tail  *tail
	moved activity

	mu sync.Mutex // guards ending
	ending

	exited  chan struct{} // closed when the child and its group have ended
	over    atomic.Bool   // the same, for the goroutines that copy
	waitErr error         // of the child; set before exited is closed
}

// streams contains a child's input and output.
type streams struct {
	stdin   *os.File // this process's end for the caller to write; nil if Command.Stdin is copied
	stdout  *os.File // this process's end for the caller to read; nil if copied to Command.Stdout
	inputs  sync.WaitGroup
	outputs sync.WaitGroup
	pipes   []*os.File // this process's ends, closed by Wait
}

// ending contains how a child ends.
type ending struct {
	cause  error // why this package stopped the child; nil if it did not
	reaped bool  // another process may already have the process ID
}

// Start starts a program; see Runner about waiting for a slot. When ctx ends, the child is killed with its
// group. The caller must call Wait.
func (r *Runner) Start(ctx context.Context, c Command) (*Process, error) {
	// A call that has passed the check of ctx must be seen by WaitUntilIdle before its child runs.
	r.starting.Add(1)
	defer r.starting.Add(-1)
	path, err := r.FindProgram(c.Program)
	if err != nil {
		return nil, err
	}
	give, err := r.takeSlotUnlessResident(ctx, c.Resident)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	p := &Process{
		name:   filepath.Base(path),
		runner: r,
		grace:  r.cfg.Grace,
		tail:   newTail(r.cfg.StderrTail),
		give:   give,
		exited: make(chan struct{}),
	}
	p.cmd = &exec.Cmd{
		Path:        path,
		Args:        append([]string{p.name}, c.Args...),
		Dir:         c.Dir,
		Env:         r.listChildEnv(c.Env),
		SysProcAttr: newGroupAttr(),
	}
	if p.cmd.Dir == "" {
		p.cmd.Dir = "/"
	}
	err = passFiles(p.cmd, c.ExtraFiles)
	if err == nil {
		err = p.startServedChild(c)
	}
	if err != nil {
		give()
		return nil, err
	}
	go p.stopOnCancelOrTimeout(ctx, c.Timeout)
	// If other code holds an end of the pipes, the transferred bytes are not known.
	if p.stdin == nil && p.stdout == nil && p.cmd.Stdin != c.Stdin && p.cmd.Stdout != c.Stdout && !c.Resident {
		go p.stopWhenStalled()
	}
	return p, nil
}

// takeSlotUnlessResident takes a slot for a child that is not resident.
func (r *Runner) takeSlotUnlessResident(ctx context.Context, resident bool) (give func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if resident {
		return func() {}, nil
	}
	return r.slots.Take(ctx)
}

// pipes contains the pipes of a child that is about to start.
type pipes struct {
	theirs []*os.File
	ours   []*os.File
	err    error
}

// newPipe creates a pipe. It records the first error in err and then returns nil.
func (pl *pipes) newPipe() (r, w *os.File) {
	if pl.err != nil {
		return nil, nil
	}
	if r, w, pl.err = os.Pipe(); pl.err == nil {
		enlargePipe(w)
	}
	return r, w
}

// pipeSize is the size of a pipe's buffer, chunk the size of a write to it, in bytes.
const (
	pipeSize = 1 << 20
	chunk    = 256 << 10
)

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}

// startServedChild creates the pipes, and starts the child and the goroutines that serve it.
func (p *Process) startServedChild(c Command) error {
	var pl pipes
	inR, inW := pl.newPipe()
	outR, outW := pl.newPipe()
	errR, errW := pl.newPipe()
	pl.theirs = []*os.File{inR, outW, errW}
	pl.ours = []*os.File{inW, outR, errR}
	if pl.err != nil {
		closeAll(pl.theirs)
		closeAll(pl.ours)
		return fmt.Errorf("start %s: %w", p.name, pl.err)
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = inR, outW, errW
	if f, ok := c.Stdin.(*os.File); ok {
		p.cmd.Stdin = f
	}
	if f, ok := c.Stdout.(*os.File); ok && c.MaxStdout == 0 {
		p.cmd.Stdout = f
	}

	started := make(chan error, 1)
	go p.startAndAwaitChild(c, started)
	err := <-started
	closeAll(pl.theirs)
	if err != nil {
		closeAll(pl.ours)
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.pipes = pl.ours
	p.serveStreams(c, inW, outR, errR)
	return nil
}

// startAndAwaitChild starts the child and waits for its end on one OS thread: the kernel kills the child when the
// thread that forked it ends, not when the process ends.
func (p *Process) startAndAwaitChild(c Command, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	r := p.runner
	var err error
	if p.group, err = setUpGroup(p.cmd, max(r.cfg.Nice, c.Nice), c.Limits); err != nil {
		_ = p.cmd.Wait()
		started <- err
		return
	}
	r.started.Add(1)
	now := r.running.Add(1)
	for old := r.peak.Load(); now > old && !r.peak.CompareAndSwap(old, now); old = r.peak.Load() {
	}
	started <- nil

	p.group.awaitExit()
	p.group.kill()
	p.mu.Lock()
	p.waitErr = p.cmd.Wait()
	p.reaped = true
	p.mu.Unlock()
	p.group.awaitEnd(reapTime)

	if st := p.cmd.ProcessState; st != nil {
		r.user.Add(int64(st.UserTime()))
		r.system.Add(int64(st.SystemTime()))
	}
	r.running.Add(-1)
	p.over.Store(true)
	p.closeGroup()
	close(p.exited)
	p.give()
}

// serveStreams copies the child's input and output.
func (p *Process) serveStreams(c Command, in, out, errs *os.File) {
	switch {
	case c.Stdin == nil:
		p.stdin = in
	case p.cmd.Stdin == c.Stdin:
		_ = in.Close()
	default:
		p.inputs.Go(func() { p.copyInput(in, c.Stdin) })
	}
	switch {
	case c.Stdout == nil:
		p.stdout = out
	case p.cmd.Stdout == c.Stdout:
		_ = out.Close()
	default:
		p.outputs.Go(func() { p.copyOutput(out, p.limitOutput(c), &p.moved) })
	}
	p.outputs.Go(func() {
		w := io.Writer(p.tail)
		if c.Stderr != nil {
			w = io.MultiWriter(p.tail, &errorIgnorer{w: c.Stderr})
		}
		limited := &limitedWriter{w: w, left: p.runner.cfg.MaxStderr, max: p.runner.cfg.MaxStderr, name: p.name}
		p.copyOutput(errs, limited, &activity{})
	})
	go func() {
		<-p.exited
		_ = errs.SetReadDeadline(time.Now().Add(drainTime))
		if p.stdout == nil || p.readStopCause() != nil {
			_ = out.SetReadDeadline(time.Now().Add(drainTime))
		}
	}()
}

// stopOnCancelOrTimeout stops the child when ctx ends or the timeout passes.
func (p *Process) stopOnCancelOrTimeout(ctx context.Context, timeout time.Duration) {
	var late <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		late = t.C
	}
	select {
	case <-p.exited:
	case <-ctx.Done():
		err := ctx.Err()
		if cause := context.Cause(ctx); !errors.Is(cause, err) {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		p.stopGroup(fmt.Errorf("%s: %w", p.name, err))
	case <-late:
		p.stopGroup(&TimeoutError{Program: p.name, After: timeout})
	}
}

// stopGroup ends the group, first with SIGTERM. Only the first cause is recorded, and none for a child that has
// already ended.
func (p *Process) stopGroup(cause error) {
	p.mu.Lock()
	first := !p.reaped && p.cause == nil
	if first {
		p.cause = cause
		if p.grace > 0 {
			p.group.terminate()
		}
	}
	p.mu.Unlock()
	if !first {
		return
	}
	if p.grace > 0 {
		t := time.NewTimer(p.grace)
		defer t.Stop()
		select {
		case <-p.exited:
			return
		case <-t.C:
		}
	}
	p.Kill()
}

// stopForOutputError records an error of the output's receiver, and stops the child. It records the error even if the
// child has ended, because the caller's writer lacks a part of the output.
func (p *Process) stopForOutputError(cause error) {
	p.stopGroup(cause)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause == nil {
		p.cause = cause
	}
}

// readStopCause returns why this package stopped the child, nil if it did not.
func (p *Process) readStopCause() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cause
}

// Kill kills the group. It does nothing if the child has ended. Wait then returns an *ExitError with the
// signal.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		p.group.kill()
	}
}

// ProcessID returns the child's process ID, for messages.
func (p *Process) ProcessID() int { return p.cmd.Process.Pid }

// Stdin returns a writer to the child's standard input, nil if Command.Stdin was set. Close it to signal the
// end of the input.
func (p *Process) Stdin() io.WriteCloser {
	if p.stdin == nil {
		return nil
	}
	return p.stdin
}

// Stdout returns a reader of the child's output, nil if Command.Stdout was set. Read it to its end before
// calling Wait, which closes it.
func (p *Process) Stdout() io.Reader {
	if p.stdout == nil {
		return nil
	}
	return p.stdout
}

// Done returns a channel that is closed when the child and its group have ended.
func (p *Process) Done() <-chan struct{} { return p.exited }

// Wait waits until the child has ended and its output was copied, and returns the error that Run documents. It
// may be called more than once.
func (p *Process) Wait() error {
	<-p.exited
	p.outputs.Wait()
	p.waitBrieflyForInput()
	closeAll(p.pipes)
	if cause := p.readStopCause(); cause != nil {
		return cause
	}
	if p.waitErr == nil {
		return nil
	}
	e := &ExitError{Program: p.name, Code: -1, Stderr: p.tail.String(), Err: p.waitErr}
	if st := p.cmd.ProcessState; st != nil {
		e.Code = st.ExitCode()
		e.Signal = findEndSignal(st)
	}
	return e
}

// waitBrieflyForInput waits a short time for copyInput, which may be blocked in the caller's reader.
func (p *Process) waitBrieflyForInput() {
	done := make(chan struct{})
	go func() {
		p.inputs.Wait()
		close(done)
	}()
	t := time.NewTimer(p.grace + reapTime)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
}

// readGroupCPU returns the processor time of the group, in a unit of the system.
func (p *Process) readGroupCPU() (units int64, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return 0, false
	}
	return p.group.readCPU()
}

// closeGroup releases the group's resources.
func (p *Process) closeGroup() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.group.close()
}
