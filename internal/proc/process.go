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
	// drainTime is how long a pipe may stay silent, yet open, after the child's group
	// is gone: a process that left the group could hold it for ever.
	drainTime = time.Second
	// reapTime is how long Wait looks on while init reaps killed grandchildren.
	reapTime = 50 * time.Millisecond
)

// Process is a running child.
type Process struct {
	name   string
	runner *Runner
	cmd    *exec.Cmd
	group  group // with all that it started
	grace  time.Duration

	streams
	tail  *tail
	moved activity

	mu sync.Mutex // guards ending
	ending

	exited  chan struct{} // closed when the child and its group are gone
	over    atomic.Bool   // the same, for the copiers
	waitErr error         // of the child; set before exited closes
}

// streams are a child's input and output.
type streams struct {
	stdin   *os.File // our end, where the caller writes; nil when fed from Command.Stdin
	stdout  *os.File // our end, where the caller reads; nil when copied to Command.Stdout
	inputs  sync.WaitGroup
	outputs sync.WaitGroup
	pipes   []*os.File // our ends, closed by Wait
}

// ending is how a child comes to its end.
type ending struct {
	cause  error // why we ended it; nil when it ended by itself
	reaped bool  // the process id may belong to somebody else by now
}

// Start starts a program, waiting for a slot first; see Runner on that. The child is
// killed with its group when ctx ends. Wait must be called.
func (r *Runner) Start(ctx context.Context, c Command) (*Process, error) {
	path, err := r.Look(c.Program)
	if err != nil {
		return nil, err
	}
	if err := r.acquire(ctx, c.Resident); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	p := &Process{
		name:   filepath.Base(path),
		runner: r,
		grace:  r.cfg.Grace,
		tail:   newTail(r.cfg.StderrTail),
		exited: make(chan struct{}),
	}
	p.cmd = &exec.Cmd{
		Path:        path,
		Args:        append([]string{p.name}, c.Args...),
		Dir:         c.Dir,
		Env:         r.env(c.Env),
		SysProcAttr: groupAttr(),
	}
	if p.cmd.Dir == "" {
		p.cmd.Dir = "/"
	}
	err = passFiles(p.cmd, c.ExtraFiles)
	if err == nil {
		err = p.launch(c)
	}
	if err != nil {
		r.release(c.Resident)
		return nil, err
	}
	go p.watch(ctx, c.Timeout)
	// Where others hold an end of the pipes, nothing is seen of what moves.
	if p.stdin == nil && p.stdout == nil && p.cmd.Stdin != c.Stdin && p.cmd.Stdout != c.Stdout && !c.Resident {
		go p.watchdog()
	}
	return p, nil
}

func (r *Runner) acquire(ctx context.Context, resident bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if resident {
		return nil
	}
	select {
	case r.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Runner) release(resident bool) {
	if !resident {
		<-r.slots
	}
}

// pipes are the pipes of a child that is about to start.
type pipes struct {
	theirs []*os.File
	ours   []*os.File
	err    error
}

func (pl *pipes) pipe() (r, w *os.File) {
	if pl.err != nil {
		return nil, nil
	}
	if r, w, pl.err = os.Pipe(); pl.err == nil {
		widen(w)
	}
	return r, w
}

// pipeSize is how much a pipe holds, chunk how much is written to one at once, in bytes.
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

// launch makes the pipes, starts the child and the goroutines that serve it.
func (p *Process) launch(c Command) error {
	var pl pipes
	inR, inW := pl.pipe()
	outR, outW := pl.pipe()
	errR, errW := pl.pipe()
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
	go p.live(c, started)
	err := <-started
	closeAll(pl.theirs)
	if err != nil {
		closeAll(pl.ours)
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.pipes = pl.ours
	p.serve(c, inW, outR, errR)
	return nil
}

// live starts the child and stays with it to its end, on one thread: the kernel sends
// the child its death signal when the thread that forked it ends, not the process.
func (p *Process) live(c Command, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	r := p.runner
	var err error
	if p.group, err = gather(p.cmd, r.cfg.Nice, c.Limits); err != nil {
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
	r.release(c.Resident)
}

// serve feeds and drains the child.
func (p *Process) serve(c Command, in, out, errs *os.File) {
	switch {
	case c.Stdin == nil:
		p.stdin = in
	case p.cmd.Stdin == c.Stdin:
		_ = in.Close()
	default:
		p.inputs.Go(func() { p.feed(in, c.Stdin) })
	}
	switch {
	case c.Stdout == nil:
		p.stdout = out
	case p.cmd.Stdout == c.Stdout:
		_ = out.Close()
	default:
		p.outputs.Go(func() { p.drain(out, p.limited(c), &p.moved) })
	}
	p.outputs.Go(func() {
		w := io.Writer(p.tail)
		if c.Stderr != nil {
			w = io.MultiWriter(p.tail, &errorIgnorer{w: c.Stderr})
		}
		p.drain(errs, &limitedWriter{w: w, left: p.runner.cfg.MaxStderr, max: p.runner.cfg.MaxStderr, name: p.name}, &activity{})
	})
	go func() {
		<-p.exited
		_ = errs.SetReadDeadline(time.Now().Add(drainTime))
		if p.stdout == nil || p.stopCause() != nil {
			_ = out.SetReadDeadline(time.Now().Add(drainTime))
		}
	}()
}

// watch ends the child when it has to.
func (p *Process) watch(ctx context.Context, timeout time.Duration) {
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
		p.stop(fmt.Errorf("%s: %w", p.name, err))
	case <-late:
		p.stop(&TimeoutError{Program: p.name, After: timeout})
	}
}

// stop ends the group, softly at first. The first cause counts; a child that has ended
// already has none.
func (p *Process) stop(cause error) {
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

// failOutput records that the output could not be taken, and ends the child. The child may
// have ended already: what it wrote before is still missing from the caller's writer.
func (p *Process) failOutput(cause error) {
	p.stop(cause)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause == nil {
		p.cause = cause
	}
}

func (p *Process) stopCause() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cause
}

// Kill ends the group at once. It does nothing when the child has ended. Wait then
// returns an *ExitError with the signal.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		p.group.kill()
	}
}

// Pid is the child's process id, for messages.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stdin is where to write the child's input, nil when Command.Stdin was given. Close
// it so that the child sees the end.
func (p *Process) Stdin() io.WriteCloser {
	if p.stdin == nil {
		return nil
	}
	return p.stdin
}

// Stdout is where to read the child's output, nil when Command.Stdout was given. Read
// it to its end before Wait, which closes it.
func (p *Process) Stdout() io.Reader {
	if p.stdout == nil {
		return nil
	}
	return p.stdout
}

// Done is closed when the child and its group are gone.
func (p *Process) Done() <-chan struct{} { return p.exited }

// Wait waits until the child has ended and its output was copied, and tells how it
// ended; see Run. It may be called more than once.
func (p *Process) Wait() error {
	<-p.exited
	p.outputs.Wait()
	p.waitInputs()
	closeAll(p.pipes)
	if cause := p.stopCause(); cause != nil {
		return cause
	}
	if p.waitErr == nil {
		return nil
	}
	e := &ExitError{Program: p.name, Code: -1, Stderr: p.tail.String(), Err: p.waitErr}
	if st := p.cmd.ProcessState; st != nil {
		e.Code = st.ExitCode()
		e.Signal = endSignal(st)
	}
	return e
}

// waitInputs waits a moment for the feeder; it may be blocked in a reader of the caller's.
func (p *Process) waitInputs() {
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

// usedCPU is the processor time that the group has taken, in units of the system's.
func (p *Process) usedCPU() (units int64, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return 0, false
	}
	return p.group.cpu()
}

func (p *Process) closeGroup() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.group.close()
}
