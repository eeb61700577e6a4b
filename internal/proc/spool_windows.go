package proc

import "os"

// NewSpool creates a spool in a folder; empty means the folder for temporary files.
func NewSpool(dir string) (*Spool, error) {
	f, err := os.CreateTemp(dir, "spool-*")
	if err != nil {
		return nil, err
	}
	return &Spool{Name: f.Name(), file: f}, nil
}

// Close removes the file.
func (s *Spool) Close() {
	_ = s.file.Close()
	_ = os.Remove(s.Name)
}
