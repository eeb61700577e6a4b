package stories_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mynah/internal/cli"
)

// TestWatch follows mynah watch through a first build, a mistake, and its mending.
func TestWatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := filepath.Join(dir, "script.md")
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(script, []byte("---\nsize: 64x64\n---\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save("(duration: 1)\n")
	ctx, cancel := context.WithCancel(t.Context())
	out, told := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- cli.Main(ctx, cli.Streams{In: strings.NewReader(""), Out: told, Err: told},
			[]string{"watch", dir, "--listen", "127.0.0.1:0", "--cache-dir", filepath.Join(t.TempDir(), "cache")})
	}()
	lines := make(chan string, 100)
	go func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	says := func(part string) {
		t.Helper()
		for {
			select {
			case l := <-lines:
				if strings.Contains(l, part) {
					return
				}
			case <-time.After(5 * time.Minute):
				t.Fatalf("it does not say %q", part)
			}
		}
	}
	says("shows the video")
	says("script.mp4  1.00 s, 1 scene")
	save("(durration: 2)\n")
	says("did you mean duration?")
	save("(duration: 2)\n")
	says("script.mp4  2.00 s, 1 scene")
	cancel()
	if c := <-code; c != 130 {
		t.Errorf("it ends with %d", c)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("it leaves %q", left)
	}
}
