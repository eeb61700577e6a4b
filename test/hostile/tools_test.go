//go:build linux

package hostile_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mynah/internal/compile"
	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/proc"
	"mynah/internal/studio"
	"mynah/internal/testrun"
)

// standIn replaces a program by a shell script. The word "real" in the script runs the replaced
// program, which also always answers requests for its version.
func (s *site) standIn(t *testing.T, program, script string) {
	t.Helper()
	realPath, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script = "#!/bin/sh\ncase \"$1\" in -version|--version) exec " + realPath + " \"$@\";; esac\n" +
		strings.ReplaceAll(script, "real", "exec "+realPath+" \"$@\"") + "\n"
	if err := os.WriteFile(filepath.Join(dir, program), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	s.path = dir + ":" + os.Getenv("PATH")
}

// TestProgramsThatFail replaces one program by one that fails in a certain way.
func TestProgramsThatFail(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for name, script := range map[string]string{
		"crashes":         "kill -SEGV $$",
		"crashes late":    "head -c 100; kill -SEGV $$",
		"ends with 1":     "exit 1",
		"says nothing":    "exit 0",
		"says nonsense":   "echo nonsense",
		"floods stderr":   "exec cat /dev/zero >&2",
		"floods stdout":   "exec cat /dev/zero",
		"dies of its own": "kill -KILL $$",
	} {
		for _, program := range []string{"ffmpeg", "ffprobe", "espeak-ng"} {
			t.Run(program+" "+name, func(t *testing.T) {
				t.Parallel()
				testrun.SkipShort(t)
				s := newSite(t)
				s.ffmpeg(t, "c.mp4", "-f", "lavfi", "-i", "testsrc=s=64x64:r=25:d=1", "-pix_fmt", "yuv420p")
				s.write(t, "s.md", "---\nsize: 64x64\nvoice: marlene\n---\n![](c.mp4)\n---\n(canvas: teal)\nGuten Tag.\n")
				s.standIn(t, program, script)
				o := s.build(t)
				// If a program reports an error in its input file, the build reports it, because it
				// may be true.
				if program != "espeak-ng" && strings.HasPrefix(o.stderr, "s.md:5:1: error: ") &&
					!strings.Contains(o.stderr, "s.md:7") && !strings.Contains(script, "kill") && !strings.Contains(script, "cat") {
					o.refused(t, 3, "c.mp4")
					return
				}
				o.refused(t, 4, "mynah: ", program)
				if program != "ffmpeg" || strings.Contains(o.stderr, "c.mp4") {
					o.refused(t, 4, "s.md:")
				}
			})
		}
	}
}

// TestProgramsThatHang cancels a build whose program never ends. The build must end within a
// second.
func TestProgramsThatHang(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, program := range []string{"ffmpeg", "ffprobe", "espeak-ng"} {
		for name, script := range map[string]string{
			"sleeping": "exec sleep 600",
			"deaf":     "trap '' TERM INT HUP; while :; do :; done", "with a child": "sleep 600 & wait",
		} {
			t.Run(program+" "+name, func(t *testing.T) {
				t.Parallel()
				testrun.SkipShort(t)
				s := newSite(t)
				s.ffmpeg(t, "c.mp4", "-f", "lavfi", "-i", "testsrc=s=64x64:r=25:d=1", "-pix_fmt", "yuv420p")
				s.write(t, "s.md", "---\nsize: 64x64\nvoice: marlene\n---\n![](c.mp4)\n---\nGuten Tag.\n")
				begun := filepath.Join(t.TempDir(), "begun")
				s.standIn(t, program, ": > "+begun+"\n"+script)
				cmd := s.command(t.Context())
				var stderr strings.Builder
				cmd.Stderr = &stderr
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				waitUntil(t, "the program runs", func() bool { _, err := os.Stat(begun); return err == nil })
				at := time.Now()
				if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()
				// On an idle machine, a second suffices; but tests run in parallel.
				if took := time.Since(at); took > time.Minute || cmd.ProcessState.ExitCode() != 130 {
					t.Errorf("exit code %d after %s: %s", cmd.ProcessState.ExitCode(), took, stderr.String())
				}
				if s.bytes(t) != oldFilm {
					t.Error("the old video was changed")
				}
				s.clean(t)
			})
		}
	}
}

// TestStalledPrograms checks that a build ends if its program makes no progress.
func TestStalledPrograms(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, program := range []string{"ffmpeg", "ffprobe", "espeak-ng"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.ffmpeg(t, "c.mp4", "-f", "lavfi", "-i", "testsrc=s=64x64:r=25:d=1", "-pix_fmt", "yuv420p")
			s.write(t, "s.md", "---\nsize: 64x64\nvoice: marlene\n---\n![](c.mp4)\n---\nGuten Tag.\n")
			s.standIn(t, program, "exec sleep 600")
			cfg := house.DefaultConfig()
			cfg.CacheDir, cfg.Proc.Path, cfg.Proc.TempDir, cfg.Proc.Stall = s.cache, s.path, s.tmp, time.Second
			h, err := house.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.Studio.Produce(t.Context(),
				studio.Request{Dir: s.project, Request: compile.Request{Script: "s.md"}, Output: s.videoPath()})
			h.Close()
			f, ok := fault.As(err)
			_, stalled := errors.AsType[*proc.StallError](err)
			if !ok || !stalled || f.Code != fault.ToolFailed || f.Hint == "" ||
				!strings.Contains(f.Public, program) || !strings.Contains(f.Public, "s.md:") {
				t.Errorf("%v", err)
			}
			s.clean(t)
		})
	}
}

// waitUntil waits until a condition is true. what describes the condition.
func waitUntil(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("timeout while waiting until %s", what)
		}
	}
}

// TestPicturesThatCannotBePlayed checks an encoder that succeeds but writes pictures that no player
// can decode. The build must fail with an error that names the scene, and the next build must
// succeed.
func TestPicturesThatCannotBePlayed(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newSite(t)
	s.ffmpeg(t, "a.png", "-f", "lavfi", "-i", "testsrc2=s=256x256", "-frames:v", "1")
	s.write(t, "s.md", "---\nsize: 256x256\n---\n(canvas: teal)\n(duration: 1)\n---\n![](a.png)\n(duration: 1)\n")
	s.standIn(t, "ffmpeg", `case "$*" in *libx264*) (real) | (head -c 2500; tr '\200-\377' '\0');; *) real;; esac`)
	s.build(t).refused(t, 1, "scene 2", "cannot be played", "a.png")
	s.path = ""
	if o := s.build(t); o.code != 0 {
		t.Errorf("the exit code of the next build is %d: %s", o.code, o.stderr)
	}
}
