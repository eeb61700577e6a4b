//go:build unix

package espeak

import (
	"bytes"
	"io"
)

// phonemeFile is where the program writes the phonemes that it speaks.
type phonemeFile struct{ said bytes.Buffer }

func newPhonemes(string) (*phonemeFile, error) { return &phonemeFile{}, nil }

// name is that of the file among the program's arguments.
func (*phonemeFile) name() string { return "/dev/stderr" }

// stderr takes what the program writes to its standard error.
func (p *phonemeFile) stderr() io.Writer { return &p.said }

// read returns the phonemes, once the program has ended.
func (p *phonemeFile) read() (string, error) { return p.said.String(), nil }

func (*phonemeFile) close() {}
