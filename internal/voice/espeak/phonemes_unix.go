//go:build unix

package espeak

import (
	"bytes"
	"io"
)

// phonemeFile receives the phonemes that the program prints.
type phonemeFile struct{ said bytes.Buffer }

func newPhonemeFile(string) (*phonemeFile, error) { return &phonemeFile{}, nil }

// name returns the name of the file for the program's arguments.
func (*phonemeFile) name() string { return "/dev/stderr" }

// stderr returns the writer for the program's standard error.
func (p *phonemeFile) stderr() io.Writer { return &p.said }

// read returns the phonemes. Call it after the program has ended.
func (p *phonemeFile) read() (string, error) { return p.said.String(), nil }

func (*phonemeFile) close() {}
