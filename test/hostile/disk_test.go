//go:build linux

package hostile_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"mynah/internal/testrun"
)

// TestFullDisk builds on disks that become full at different moments: the disk of the video, of the
// cache, or of temporary files.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	all := siteWithEverything(t)
	want := all.reference(t)
	for which, sizes := range map[string][]int{"out": {4, 8, 40, 64}, "cache": {4, 16, 64, 128, 256, 384, 512, 768}, "tmp": {4, 64}} {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s of %d KiB", which, size), func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				s.project = all.project
				dir := map[string]string{"out": s.out, "cache": s.cache, "tmp": s.tmp}[which]
				if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk,nr_inodes=1000", size)); err != nil {
					t.Skip("needs the right to mount a small disk, which only root has:", err)
				}
				defer func() { _ = syscall.Unmount(dir, 0) }()
				if which == "out" {
					s.write(t, s.videoPath(), oldFilm)
				}
				s.holds(t, s.build(t), want)
			})
		}
	}
}

// holds checks that the video is correct, or that the build failed with a message about the full
// disk.
func (s *site) holds(t *testing.T, o outcome, want string) {
	t.Helper()
	if o.code == 0 {
		if s.bytes(t) != want {
			t.Errorf("on a full disk the video differs: %s", o.stderr)
		}
		return
	}
	o.refused(t, 1, "the disk is full", "help: free some space")
}

// TestFileSizeLimit checks that a limit on the size of files is treated like a full disk. It also
// runs where small disks cannot be mounted.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	all := siteWithEverything(t)
	want := all.reference(t)
	for _, blocks := range []int{0, 8, 100, 400} { // limits in blocks of 512 bytes
		t.Run(fmt.Sprint(blocks), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.project = all.project
			cmd := s.command(t.Context())
			shell, err := exec.LookPath("sh")
			if err != nil {
				t.Fatal(err)
			}
			cmd.Args = append([]string{"sh", "-c", fmt.Sprintf("ulimit -f %d; exec \"$0\" \"$@\"", blocks), cmd.Path}, cmd.Args[1:]...)
			cmd.Path = shell
			o := run(t, cmd)
			s.clean(t)
			if o.code != 0 && s.bytes(t) != oldFilm {
				t.Error("a failed build changed the old video")
			}
			s.holds(t, o, want)
		})
	}
}

// TestDeviceAsOutput checks that a build does not write to a file that is not a regular file.
func TestDeviceAsOutput(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write(t, "s.md", header+"(duration: 1)\n")
	if err := errors.Join(os.Remove(s.videoPath()), os.Symlink("/dev/full", s.videoPath())); err != nil {
		t.Fatal(err)
	}
	o := run(t, s.command(t.Context()))
	o.refused(t, 2, "is a device or a pipe", "help:")
	if fi, err := os.Lstat(s.videoPath()); err != nil || fi.Mode()&os.ModeSymlink == 0 {
		t.Error("the device was replaced")
	}
	s.clean(t)
}
