package espeak

import (
	"io"

	"mynah/internal/proc"
)

// phonemeFile is where the program writes the phonemes that it speaks: a temporary file, as the
// system has no name for a program's standard error.
type phonemeFile struct{ spool *proc.Spool }

func newPhonemes(dir string) (*phonemeFile, error) {
	spool, err := proc.NewSpool(dir)
	return &phonemeFile{spool}, err
}

func (p *phonemeFile) name() string { return p.spool.Name }

func (*phonemeFile) stderr() io.Writer { return nil }

func (p *phonemeFile) read() (string, error) {
	b, err := p.spool.ReadAll(1 << 20)
	return string(b), err
}

func (p *phonemeFile) close() { p.spool.Close() }
