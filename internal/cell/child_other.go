//go:build !unix

package cell

import (
	"context"
	"errors"
	"os"

	"mynah/internal/proc"
)

// CanPassFiles reports whether messages can carry files on this system.
const CanPassFiles = false

// launch starts a child that is connected by its standard input and output.
func launch(ctx context.Context, run *proc.Runner, c proc.Command) (*proc.Process, transport, error) {
	c.Stdin, c.Stdout = nil, nil
	p, err := run.Start(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	in := p.Stdin()
	return p, newPipes(p.Stdout(), in, func() error {
		err := in.Close()
		p.Kill()
		return err
	}), nil
}

// connect opens the connection to the process that started this one.
func connect() (transport, error) {
	in, out := os.Stdin, os.Stdout
	return newPipes(in, out, func() error { return errors.Join(in.Close(), out.Close()) }), nil
}
