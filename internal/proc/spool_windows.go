package proc

import "os"

// NewSpool makes a spool in a folder, or in that of temporary files.
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
