package proc

import (
	"io"
	"os"
)

// Spool is a temporary file to which a child writes and in which it may seek. Where the system supports it, the
// file is removed even if this process crashes.
type Spool struct {
	// Name is the file name for the child's arguments.
	Name string
	// Files are for Command.ExtraFiles.
	Files []*os.File

	file *os.File
}

// ReadUpTo returns up to most bytes that a child wrote. Call it after the child has ended.
func (s *Spool) ReadUpTo(most int64) ([]byte, error) {
	return io.ReadAll(io.NewSectionReader(s.file, 0, most))
}
