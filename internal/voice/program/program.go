// Package program has what speech engines share that are local programs: their settings, how the
// program is run, and the meaning of its failures. It does not know what a program reads or
// prints.
package program

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/voice"
)

// Config are the settings of a program.
type Config struct {
	Program string        // a name or an absolute path
	Helper  string        // a program of ours that speaks in its place, where it is there; may be empty
	TempDir string        // for what it writes to files; empty is the system's
	Timeout time.Duration // of one sentence
}

// DefaultConfig finds a program among the installed ones.
func DefaultConfig(name string) Config { return Config{Program: name, Timeout: time.Minute} }

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	if c.Program == "" {
		errs = append(errs, errors.New("program: empty"))
	}
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout: %s, must be above 0", c.Timeout))
	}
	return errors.Join(errs...)
}

// Program is a speech program.
type Program struct {
	cfg  Config
	run  *proc.Runner
	name string
}

// New returns a program; name is that of its engine, and of the package that installs it.
// Whether it is there shows when it is used.
func New(name string, cfg Config, run *proc.Runner) (*Program, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Program{cfg: cfg, run: run, name: name}, nil
}

// Config are its settings.
func (p *Program) Config() Config { return p.cfg }

// Run runs the program with the arguments, input and output of c; Program and Timeout are set here.
func (p *Program) Run(ctx context.Context, c proc.Command) error {
	c.Program, c.Timeout = p.cfg.Program, p.cfg.Timeout
	return p.explain(ctx, p.run.Run(ctx, c))
}

// Output runs the program and gives what it printed, also when it failed.
func (p *Program) Output(ctx context.Context, c proc.Command) ([]byte, error) {
	c.Program, c.Timeout = p.cfg.Program, p.cfg.Timeout
	out, err := p.run.Output(ctx, c)
	return out, p.explain(ctx, err)
}

func (p *Program) explain(ctx context.Context, err error) error {
	_, missing := errors.AsType[*proc.NotFoundError](err)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case missing:
		return fault.New(fault.ToolMissing, err, "the speech program %s is not installed", p.name).WithHint("install it: apt install %s", p.name)
	default:
		return fault.New(fault.ToolFailed, err, "the speech program %s failed", p.name)
	}
}

// Sound reads what the program wrote as sound: it writes a header, whatever it has to say.
func (p *Program) Sound(wav []byte) (pcm []int16, rate int, err error) {
	if len(wav) == 0 {
		return nil, 0, fault.New(fault.ToolFailed, nil, "the speech program %s produced no sound", p.name)
	}
	if pcm, rate, err = voice.ParseWAV(wav); err != nil {
		return nil, 0, fault.New(fault.ToolFailed, err, "the speech program %s produced no sound", p.name)
	}
	return pcm, rate, nil
}
