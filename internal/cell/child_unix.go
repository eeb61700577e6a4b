//go:build unix

package cell

import (
	"context"
	"os"

	"mynah/internal/proc"
)

// childFile is the descriptor of the connection in a child: the first of exec.Cmd's ExtraFiles.
const childFile = 3

// launch starts a child with one end of a socket pair.
func launch(ctx context.Context, run *proc.Runner, c proc.Command) (*proc.Process, transport, error) {
	ours, theirs, err := newSocketPair()
	if err != nil {
		return nil, nil, err
	}
	c.ExtraFiles = []*os.File{theirs}
	p, err := run.Start(ctx, c)
	_ = theirs.Close()
	if err != nil {
		_ = ours.Close()
		return nil, nil, err
	}
	return p, ours, nil
}

// connect opens the connection to the process that started this one.
func connect() (transport, error) { return newSocket(os.NewFile(childFile, "host")) }
