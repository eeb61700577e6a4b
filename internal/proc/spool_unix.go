//go:build unix

package proc

import "os"

// NewSpool creates a spool in a folder; empty means the folder for temporary files.
func NewSpool(dir string) (*Spool, error) {
	f, err := os.CreateTemp(dir, "spool-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return nil, err
	}
	return &Spool{Name: "/dev/fd/3", Files: []*os.File{f}, file: f}, nil
}

// Close releases the file, which is already unlinked.
func (s *Spool) Close() { _ = s.file.Close() }
