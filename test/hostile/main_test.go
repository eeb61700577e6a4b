//go:build linux

// Package hostile_test tries to break a build: with files, names and scripts that are
// wrong in every way that could be thought of, with disks that are full, programs that
// crash, hang or flood, a damaged cache, builds in parallel, and kills. The rule is the
// same for all of it: one clear error and the old film as it was, or the right film; no
// file of ours is left, and no process.
package hostile_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
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

// asMynah makes this test's binary be mynah: builds that are killed are processes.
const asMynah = "MYNAH_TEST_AS_MYNAH"

func TestMain(m *testing.M) {
	if os.Getenv(asMynah) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		code := cli.Main(ctx, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Args[1:])
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// site is a project with an old film, a cache and a folder of temporary files.
type site struct {
	project, out, cache, tmp string
	path                     string // $PATH; empty: ours
}

// oldFilm is what stands where the film goes before it is built.
const oldFilm = "\x00\x00\x00\x10ftypisom\x00\x00\x00\x00 an old film"

func newSite(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{project: filepath.Join(dir, "p"), out: filepath.Join(dir, "out"), cache: filepath.Join(dir, "cache"), tmp: filepath.Join(dir, "tmp")}
	for _, d := range []string{s.project, s.out, s.cache, s.tmp} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.write(t, s.videoPath(), oldFilm)
	return s
}

func (s *site) videoPath() string { return filepath.Join(s.out, "film.mp4") }

// write makes a file; a name without a folder is one of the project.
func (s *site) write(t *testing.T, name, content string) {
	t.Helper()
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.project, name)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command is a build of the project's s.md.
func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	all := append([]string{"build", "-q", "--cache-dir", s.cache, "-o", s.videoPath(), filepath.Join(s.project, "s.md")}, args...)
	cmd := exec.CommandContext(ctx, os.Args[0], all...)
	path := s.path
	if path == "" {
		path = os.Getenv("PATH")
	}
	cmd.Env = []string{asMynah + "=1", "PATH=" + path, "TMPDIR=" + s.tmp, "HOME=" + s.tmp}
	return cmd
}

// outcome is how a build ended.
type outcome struct {
	code        int
	out, stderr string
}

// run runs a command to its end.
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

// patience is what tells a build that hangs from a machine that has much else to do.
const patience = 5 * time.Minute

// build builds, and looks at what is left behind.
func (s *site) build(t *testing.T, args ...string) outcome {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	before := s.bytes(t)
	o := run(t, s.command(ctx, args...))
	if ctx.Err() != nil {
		t.Errorf("the build does not end: %.300s", o.stderr)
	}
	if o.code != 0 && s.bytes(t) != before {
		t.Error("a failed build touched the old film")
	}
	s.clean(t)
	return o
}

// bytes are those of the film; empty if it does not exist.
func (s *site) bytes(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(s.videoPath())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

// clean holds that nothing is left of a build that has ended: no file but the film and
// what belongs beside it, no temporary file, no process.
func (s *site) clean(t *testing.T) {
	t.Helper()
	for _, name := range names(t, s.out) {
		if !slices.Contains([]string{"film.mp4", "film.jpg", "film.srt", "film.vtt"}, name) {
			t.Errorf("beside the film is left %s", name)
		}
	}
	for _, name := range names(t, s.cache) {
		if !slices.Contains([]string{"CACHEDIR.TAG", "lock", "narration", "pictures", "segments", "sounds", "probes"}, name) {
			t.Errorf("in the cache is left %s", name)
		}
	}
	if left := names(t, s.tmp); len(left) > 0 {
		t.Errorf("in the folder of temporary files is left %q", left)
	}
	// What was killed may take a moment to be gone.
	left := s.processes()
	for end := time.Now().Add(30 * time.Second); len(left) > 0 && time.Now().Before(end); left = s.processes() {
		time.Sleep(5 * time.Millisecond)
	}
	if len(left) > 0 {
		t.Errorf("there still run %q", left)
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

// processes are those of the site's builds: all of them know its folder of temporary
// files by their environment.
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

// refused holds that a build failed with a code and one clear error of that text, which
// is neither a flood nor a crash of ours.
func (o outcome) refused(t *testing.T, code int, want ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("it ended with %d, not %d: %.600s", o.code, code, o.stderr)
	}
	for _, w := range want {
		if !strings.Contains(o.stderr, w) {
			t.Errorf("%.600q does not say %q", o.stderr, w)
		}
	}
	if strings.Contains(o.stderr, "goroutine") || strings.Contains(o.stderr, "panic") || len(o.stderr) > 200_000 {
		t.Errorf("that is no clear error: %.600s", o.stderr)
	}
}

// shows holds that the film is right for decoders of others: of so many frames (-1: any)
// and, if a colour is given, of that colour in the middle of each.
func (s *site) shows(t *testing.T, o outcome, frames int, color []byte) {
	t.Helper()
	if o.code != 0 {
		t.Fatalf("it ended with %d: %.600s", o.code, o.stderr)
	}
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-xerror", "-i", s.videoPath(), "-map", "0:v",
		"-vf", "scale=in_color_matrix=bt709:in_range=tv,format=rgb24,crop=2:2", "-f", "rawvideo", "-")
	d := run(t, cmd)
	if d.code != 0 || d.stderr != "" {
		t.Errorf("the film does not decode: %.600s", d.stderr)
	}
	if n := len(d.out) / 12; frames >= 0 && n != frames || n == 0 {
		t.Errorf("the film has %d frames, not %d", n, frames)
	}
	for i := 0; i < len(d.out) && color != nil; i++ {
		if by := int(d.out[i]) - int(color[i%3]); by > 6 || by < -6 {
			t.Errorf("the colour of frame %d is not %v: %d", i/12, color, d.out[i])
			break
		}
	}
}

// ffmpeg makes a file of the project.
func (s *site) ffmpeg(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(s.project, name)
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append(append([]string{"-v", "error", "-y"}, args...), "-bitexact", "-strict", "-1", path)...)
	if o := run(t, cmd); o.code != 0 {
		t.Fatalf("%q: %s", args, o.stderr)
	}
	return path
}

// change rewrites a file of the project.
func (s *site) change(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(s.project, name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, path, string(f(b)))
}

// header begins every script: small frames are quick.
const header = "---\nsize: 64x64\n---\n"

// siteWithEverything returns the site a script that uses all parts of a build: a sentence, an
// image, a drawing, two crossing images, a clip with sound, an audio file, music.
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

// sum is the hash of a film, which a message can hold.
func sum(film string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(film)))[:16] }

// reference builds the project as it is, elsewhere, and gives the film's bytes.
func (s *site) reference(t *testing.T) string {
	t.Helper()
	o := newSite(t)
	o.project, o.path = s.project, ""
	if got := o.build(t); got.code != 0 {
		t.Fatal(got.stderr)
	}
	return o.bytes(t)
}
