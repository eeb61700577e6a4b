package cell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
)

// Version is the version of the protocol and of the kinds of work.
const Version = 2

// greeting is the first call of the host.
const greeting = "hello"

// hello is the body of the greeting and of its answer.
type hello struct {
	Version int `json:"version"`
}

// insideVariable is the environment variable of cells. Cells start no cells: a program that is started as a cell by
// mistake must not start itself again and again.
const insideVariable = "MYNAH_INSIDE_CELL"

// startTime is how long a new process may take to answer the greeting.
const startTime = 20 * time.Second

// Child is a process of this binary at the other end of a connection.
type Child struct {
	*Peer
	process *proc.Process
}

// Launch starts a child process, which is a cell, and waits until it is ready. limits bound what is accepted from it;
// handlers are the functions that it may call. When ctx
// ends, the process is killed. The caller must call Stop.
func Launch(ctx context.Context, run *proc.Runner, c proc.Command, limits Limits, handlers Handlers) (*Child, error) {
	if os.Getenv(insideVariable) != "" {
		return nil, fault.New(fault.Internal, nil, "a cell cannot start another cell")
	}
	c.Resident, c.Env = true, append(c.Env, insideVariable+"=1")
	p, link, err := launch(ctx, run, c)
	if err != nil {
		return nil, fault.New(fault.Internal, err, "a process for the work cannot be started")
	}
	child := &Child{Peer: newPeer(link, limits, CellLimits(), handlers), process: p} //nolint:contextcheck // the connection outlives the start
	limited, done := context.WithTimeout(ctx, startTime)
	defer done()
	got, err := Ask[hello](limited, child.Peer, greeting, hello{Version: Version})
	if err == nil && got.Version != Version {
		err = fmt.Errorf("it speaks version %d, this process %d", got.Version, Version)
	}
	if err != nil {
		said := child.Kill()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault.New(fault.Internal, errors.Join(err, said), "a process for the work does not start")
	}
	return child, nil
}

// ProcessID returns the child's process ID, for messages.
func (c *Child) ProcessID() int { return c.process.ProcessID() }

// Stop closes the connection, on which the child ends by itself, and kills it if it has not ended after grace. It
// returns how the process ended; see proc.Process.Wait.
func (c *Child) Stop(grace time.Duration) error {
	c.Close()
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-c.process.Done():
	case <-t.C:
		c.process.Kill()
	}
	return c.process.Wait()
}

// Kill kills the child, and returns how it ended.
func (c *Child) Kill() error {
	c.process.Kill()
	c.Close()
	return c.process.Wait()
}

// Exited is closed when the process has ended.
func (c *Child) Exited() <-chan struct{} { return c.process.Done() }

// Connect opens the connection to the process that started this one, and answers its greeting. It fails in a process
// that was not started by Launch.
func Connect(limits Limits, handlers Handlers) (*Peer, error) {
	link, err := connect()
	if err != nil {
		return nil, fault.New(fault.Usage, err, "this command is started by mynah serve, not by people")
	}
	return newPeer(link, limits, HostLimits(), func(p *Peer) map[string]Handler {
		all := handlers(p)
		all[greeting] = Answer(func(_ context.Context, in hello) (hello, error) {
			if in.Version != Version {
				return hello{}, fault.New(fault.Internal, nil, "the host speaks version %d, this process %d", in.Version, Version)
			}
			return hello{Version: Version}, nil
		})
		return all
	}), nil
}

// Pair returns two connected peers in this process, for tests and for work in the same process.
func Pair(limits Limits, left, right Handlers) (*Peer, *Peer) {
	leftIn, rightOut := io.Pipe()
	rightIn, leftOut := io.Pipe()
	shut := func() error {
		return errors.Join(leftIn.Close(), leftOut.Close(), rightIn.Close(), rightOut.Close())
	}
	return newPeer(newPipes(leftIn, leftOut, shut), limits, limits, left),
		newPeer(newPipes(rightIn, rightOut, shut), limits, limits, right)
}
