package espeak

import (
	"io"

	"mynah/internal/proc"
)

// phonemeFile receives the phonemes that the program prints. It is a temporary file, because Windows has no
// file name for standard error.
type phonemeFile struct{ spool *proc.Spool }

func newPhonemeFile(dir string) (*phonemeFile, error) {
	spool, err := proc.NewSpool(dir)
	return &phonemeFile{spool}, err
}

func (p *phonemeFile) name() string { return p.spool.Name }

func (*phonemeFile) stderr() io.Writer { return nil }

func (p *phonemeFile) read() (string, error) {
	b, err := p.spool.ReadUpTo(1 << 20)
	return string(b), err
}

func (p *phonemeFile) close() { p.spool.Close() }
