// Package program contains the common parts of speech engines that run local programs: their settings, how they
// run a program, and how they explain its failures. It is independent of a program's input and output format.
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

// Config contains the settings of a program.
type Config struct {
	Program string        // a name or an absolute path
	Helper  string        // one of Mynah's own programs that is used instead if it is installed; may be empty
	TempDir string        // for the program's output files; empty means the system's
	Timeout time.Duration // for one sentence
}

// DefaultConfig returns the settings for an installed program.
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

// New returns a program. name is the name of its engine and of its Debian package. A missing program is
// reported at the first use.
func New(name string, cfg Config, run *proc.Runner) (*Program, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Program{cfg: cfg, run: run, name: name}, nil
}

// Config returns the program's settings.
func (p *Program) Config() Config { return p.cfg }

// RunCommand runs the program with the arguments, input and output of c. It sets c's Program and Timeout.
func (p *Program) RunCommand(ctx context.Context, c proc.Command) error {
	c.Program, c.Timeout = p.cfg.Program, p.cfg.Timeout
	return p.explainFailure(ctx, p.run.Run(ctx, c))
}

// RunForOutput runs the program and returns its standard output, even if it fails.
func (p *Program) RunForOutput(ctx context.Context, c proc.Command) ([]byte, error) {
	c.Program, c.Timeout = p.cfg.Program, p.cfg.Timeout
	out, err := p.run.RunForOutput(ctx, c)
	return out, p.explainFailure(ctx, err)
}

// explainFailure converts an error of running the program to a fault.
func (p *Program) explainFailure(ctx context.Context, err error) error {
	_, missing := errors.AsType[*proc.NotFoundError](err)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case missing:
		return fault.New(fault.ToolMissing, err, "the speech program %s is not installed", p.name).
			WithHint("install it: apt install %s", p.name)
	default:
		return fault.New(fault.ToolFailed, err, "the speech program %s failed", p.name)
	}
}

// ParseSound parses the program's output as a WAV file. Empty output is an error, because the programs write a
// header even if there is nothing to say.
func (p *Program) ParseSound(wav []byte) (pcm []int16, rate int, err error) {
	if len(wav) == 0 {
		return nil, 0, fault.New(fault.ToolFailed, nil, "the speech program %s produced no sound", p.name)
	}
	if pcm, rate, err = voice.ParseWAV(wav); err != nil {
		return nil, 0, fault.New(fault.ToolFailed, err, "the speech program %s produced no sound", p.name)
	}
	return pcm, rate, nil
}
