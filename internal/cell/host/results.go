package host

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
)

// validSize matches the size of a video, such as 1080x1920.
var validSize = regexp.MustCompile(`^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$`)

// IsValidSize reports whether what a cell names as the size of a video is one, such as 1080x1920. Such a size is safe
// in names of files.
func IsValidSize(size string) bool { return validSize.MatchString(size) }

// OpenResult opens a file in the folder out of a cell that has ended with its programs: a process that still runs could
// change the names of a file while they are counted. The cell may have put anything there: only a
// regular file with one name, of the user of this process, of at most most bytes is opened. Links are not followed. The
// error is fs.ErrNotExist if there is no such file.
func OpenResult(out *os.Root, name string, most int64) (*os.File, error) {
	seen, err := out.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, refuse(name, "it is not a regular file")
	}
	f, err := out.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	if err := checkResult(f, name, seen, most); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func checkResult(f *os.File, name string, seen fs.FileInfo, most int64) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || !os.SameFile(info, seen):
		return refuse(name, "it was replaced")
	case info.Size() > most:
		return refuse(name, fmt.Sprintf("it has more than %d bytes", most))
	}
	if err := checkOwner(info, name); err != nil {
		return err
	}
	if isSparse(f, info) {
		return refuse(name, "most of it is a hole")
	}
	return nil
}

func refuse(name, why string) error {
	return fmt.Errorf("the cell's file %s is refused: %s", name, why)
}
