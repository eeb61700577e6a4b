//go:build linux

// Package hostile_test tries to break builds: with invalid files, names and scripts, full disks,
// programs that crash, hang or print too much, a damaged cache, parallel builds, and kills. The
// expected result is always the same: either one clear error and the unchanged old video, or the
// correct new video. No temporary file and no process may be left.
package hostile_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mynah/internal/cli"
)

// asMynah is the environment variable that makes this test binary run as mynah, because the tests
// kill builds, which must be processes.
const asMynah = "MYNAH_TEST_AS_MYNAH"

// inCells is the environment variable that makes all cases of bad files and scripts run in cells, as the builds of a server
// do. Without it, a fifth of them does.
const inCells = "MYNAH_TEST_CELLS"

// isInCell reports whether a case runs in a cell.
func isInCell(name string) bool {
	return os.Getenv(inCells) != "" || crc32.ChecksumIEEE([]byte(name))%5 == 0
}

func TestMain(m *testing.M) {
	if os.Getenv(asMynah) != "" || len(os.Args) == 2 && os.Args[1] == "cell" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		self, _ := os.Executable()
		code := cli.Main(ctx, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Program: self}, os.Args[1:])
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// site is a project with an old video, a cache and a folder for temporary files.
type site struct {
	project, out, cache, tmp string
	path                     string // value of $PATH; empty means that of the test
	cell                     bool   // builds in a process of its own, as a server does
}

// oldFilm is the content of the video file before a build.
const oldFilm = "\x00\x00\x00\x10ftypisom\x00\x00\x00\x00 an old film"

func newSite(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{
		project: filepath.Join(dir, "p"), out: filepath.Join(dir, "out"), cache: filepath.Join(dir, "cache"),
		tmp: filepath.Join(dir, "tmp"),
	}
	for _, d := range []string{s.project, s.out, s.cache, s.tmp} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.write(t, s.videoPath(), oldFilm)
	return s
}

func (s *site) videoPath() string { return filepath.Join(s.out, "film.mp4") }

// write creates a file. A relative name is in the project's folder.
func (s *site) write(t *testing.T, name, content string) {
	t.Helper()
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.project, name)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command returns a command that builds the script s.md of the project.
func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	all := append([]string{"build", "-q", "--cache-dir", s.cache, "-o", s.videoPath(), filepath.Join(s.project, "s.md")}, args...)
	if s.cell {
		all = append(all, "--cell")
	}
	cmd := exec.CommandContext(ctx, os.Args[0], all...)
	path := s.path
	if path == "" {
		path = os.Getenv("PATH")
	}
	cmd.Env = []string{asMynah + "=1", "PATH=" + path, "TMPDIR=" + s.tmp, "HOME=" + s.tmp}
	return cmd
}

// outcome is the exit code and the output of a build.
type outcome struct {
	code        int
	out, stderr string
}

// run runs a command until it ends.
func run(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), stderr.String()}
}

// patience is the time after which a build counts as hanging. It is long, because the machine may
// be busy.
const patience = 5 * time.Minute

// build runs a build and checks that it leaves no temporary files or processes.
func (s *site) build(t *testing.T, args ...string) outcome {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	before := s.bytes(t)
	o := run(t, s.command(ctx, args...))
	if ctx.Err() != nil {
		t.Errorf("the build did not end: %.300s", o.stderr)
	}
	if o.code != 0 && s.bytes(t) != before {
		t.Error("a failed build changed the old video")
	}
	s.clean(t)
	return o
}

// bytes returns the content of the video file, or "" if it does not exist.
func (s *site) bytes(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(s.videoPath())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

// clean checks that a finished build has left no process and no file other than the video and its
// accompanying files.
func (s *site) clean(t *testing.T) {
	t.Helper()
	for _, name := range names(t, s.out) {
		if !slices.Contains([]string{"film.mp4", "film.jpg", "film.srt", "film.vtt"}, name) {
			t.Errorf("a file was left next to the video: %s", name)
		}
	}
	for _, name := range names(t, s.cache) {
		if !slices.Contains([]string{"CACHEDIR.TAG", "lock", "narration", "pictures", "segments", "sounds", "probes"}, name) {
			t.Errorf("a file was left in the cache: %s", name)
		}
	}
	if left := names(t, s.tmp); len(left) > 0 {
		t.Errorf("files were left in the folder for temporary files: %q", left)
	}
	// Killed processes may need a moment to end.
	left := s.processes()
	for end := time.Now().Add(30 * time.Second); len(left) > 0 && time.Now().Before(end); left = s.processes() {
		time.Sleep(5 * time.Millisecond)
	}
	if len(left) > 0 {
		t.Errorf("processes are still running: %q", left)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// processes lists the processes of the site's builds. It recognizes them by the folder for
// temporary files in their environment.
func (s *site) processes() []string {
	var out []string
	found, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err == nil && bytes.Contains(b, []byte("TMPDIR="+s.tmp+"\x00")) {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
			out = append(out, fmt.Sprintf("%.200s", bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return out
}

// refused checks that a build failed with an exit code and one clear, short error that contains the
// texts want.
func (o outcome) refused(t *testing.T, code int, want ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d: %.600s", o.code, code, o.stderr)
	}
	for _, w := range want {
		if !strings.Contains(o.stderr, w) {
			t.Errorf("%.600q does not contain %q", o.stderr, w)
		}
	}
	if strings.Contains(o.stderr, "goroutine") || strings.Contains(o.stderr, "panic") || len(o.stderr) > 200_000 {
		t.Errorf("the error is not clear: %.600s", o.stderr)
	}
}

// shows checks that other decoders can decode the video and that it has a number of frames (-1
// means any). If color is not nil, it is the expected colour in the middle of each frame.
func (s *site) shows(t *testing.T, o outcome, frames int, color []byte) {
	t.Helper()
	if o.code != 0 {
		t.Fatalf("exit code %d: %.600s", o.code, o.stderr)
	}
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-xerror", "-i", s.videoPath(), "-map", "0:v",
		"-vf", "scale=in_color_matrix=bt709:in_range=tv,format=rgb24,crop=2:2", "-f", "rawvideo", "-")
	d := run(t, cmd)
	if d.code != 0 || d.stderr != "" {
		t.Errorf("the video cannot be decoded: %.600s", d.stderr)
	}
	if n := len(d.out) / 12; frames >= 0 && n != frames || n == 0 {
		t.Errorf("the video has %d frames, want %d", n, frames)
	}
	for i := 0; i < len(d.out) && color != nil; i++ {
		if by := int(d.out[i]) - int(color[i%3]); by > 6 || by < -6 {
			t.Errorf("the colour of frame %d is not %v but %d", i/12, color, d.out[i])
			break
		}
	}
}

// ffmpeg creates a file of the project with ffmpeg, and returns its path.
func (s *site) ffmpeg(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(s.project, name)
	cmd := exec.CommandContext(t.Context(), "ffmpeg",
		append(append([]string{"-v", "error", "-y"}, args...), "-bitexact", "-strict", "-1", path)...)
	if o := run(t, cmd); o.code != 0 {
		t.Fatalf("%q: %s", args, o.stderr)
	}
	return path
}

// change replaces the content of a file of the project by the result of a function.
func (s *site) change(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(s.project, name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, path, string(f(b)))
}

// header is the start of every script: small frames make builds fast.
const header = "---\nsize: 64x64\n---\n"

// siteWithEverything returns a site with a script that uses all kinds of parts: a sentence, an
// image, a drawing, two crossfading images, a clip with sound, an audio file, and music.
func siteWithEverything(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.ffmpeg(t, "a.png", "-f", "lavfi", "-i", "color=teal:s=64x64", "-frames:v", "1")
	s.ffmpeg(t, "b.jpg", "-f", "lavfi", "-i", "testsrc=s=300x200", "-frames:v", "1")
	s.ffmpeg(t, "c.mp4", "-f", "lavfi", "-i", "testsrc=s=64x64:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1", "-pix_fmt", "yuv420p")
	s.ffmpeg(t, "d.wav", "-f", "lavfi", "-i", "sine=f=300:d=0.5")
	s.write(t, "e.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><rect width="64" height="36" fill="#30A080"/></svg>`)
	s.write(t, "s.md", "---\nsize: 64x64\nvoice: marlene\nbackground: d.wav 0.2\n---\n![](a.png)\nGuten Tag.\n---\n![](c.mp4)\n---\n![](a.png)\n![](b.jpg)\n(duration: 2)\n"+
		"---\n![](e.svg)\n(audio: d.wav)\n---\n(voice: amy)\nHello there.\n---\n```\nText\n```\n")
	return s
}

// sum returns a short hash of a video, for messages.
func sum(film string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(film)))[:16] }

// reference builds the project in another site and returns the content of the video.
func (s *site) reference(t *testing.T) string {
	t.Helper()
	o := newSite(t)
	o.project, o.path = s.project, ""
	if got := o.build(t); got.code != 0 {
		t.Fatal(got.stderr)
	}
	return o.bytes(t)
}
