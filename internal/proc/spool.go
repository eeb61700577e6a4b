package proc

import (
	"io"
	"os"
)

// Spool is a temporary file that a child writes, seeking in it as it likes. Its content goes
// with us, however we end, where the system can do that.
type Spool struct {
	// Name is that of the file among the arguments of the child.
	Name string
	// Files are the ExtraFiles of the child.
	Files []*os.File

	file *os.File
}

// ReadAll reads what a child that has ended wrote, at most so many bytes.
func (s *Spool) ReadAll(most int64) ([]byte, error) {
	return io.ReadAll(io.NewSectionReader(s.file, 0, most))
}
