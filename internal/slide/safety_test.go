//go:build linux

package slide_test

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"mynah/internal/fault"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

func TestNothingLeavesThePage(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	secret := filepath.Join(t.TempDir(), "secret.svg")
	if err := os.WriteFile(secret, []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><rect `+
		`width="900" height="600" fill="#0f0"/></svg>`), 0o600); err != nil {
		t.Fatal(err)
	}
	css := strings.NewReplacer("URL", server.URL, "SECRET", "file://"+secret).Replace(`
@import "URL/a.css";
@import url(//localhost/b.css);
@font-face{font-family:F;src:url("URL/f.woff2")}
body{background:url(URL/b.png);font-family:F}
h1{background:u\72l(URL/escaped.png)}
p{background:url(SECRET)}
li{background:image-set("URL/set.png" 1x);cursor:url(URL/c.png),auto;list-style-image:url(URL/l.png)}
.slide::after{content:url(../../outside.png)}
</style><script>fetch("URL/script")</script><img src=x onerror="fetch('URL/x')">`)
	files := fstest.MapFS{"t.css": {Data: []byte(css)}}
	d := drawer(t, nil)
	r := request(md("# Title\n\ntext\n\n- item\n\n![](" + server.URL + "/img.png)\n\n<img src=" + server.URL +
		"/raw.png>\n\n![](file://" + secret + ") ![](../up.png)"))
	r.Theme, r.Files = "t.css", files
	got := drawOne(t, d, r)
	time.Sleep(500 * time.Millisecond) // wait for requests that may still arrive
	if asked.Load() != 0 {
		t.Errorf("%d requests reached the server", asked.Load())
	}
	for _, name := range []string{
		"/a.css", "//localhost/b.css", "/f.woff2", "/b.png", "/escaped.png", "secret.svg",
		"/l.png", "../../outside.png", "/img.png", "../up.png",
	} {
		if !warned(got, name) {
			t.Errorf("nothing says that %s was refused:\n%s", name, warnings(got))
		}
	}
	if green := inkedBox(got, func(c color.NRGBA) bool { return c.G == 255 && c.R == 0 && c.B == 0 }); !green.Empty() {
		t.Errorf("a file outside of the project is seen at %v", green)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	dir := t.TempDir()
	d := drawer(t, func(c *slide.Config) { c.TempDir = dir })
	drawOne(t, d, request(text("a")))
	pid := slide.PidOf(d)
	if pid == 0 {
		t.Fatal("no browser runs")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d profiles while it runs", len(left))
	}
	d.Close()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v are left", left)
	}
	if left := running(t, pid); len(left) != 0 {
		t.Errorf("processes %v of the browser run", left)
	}
	if _, err := d.Draw(t.Context(), request(text("a"))); err == nil {
		t.Error("a slide is drawn after Close")
	}
}

// running returns the processes of a process group that are not zombies.
func running(t *testing.T, group int) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range stats {
		b, _ := os.ReadFile(name)
		fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(fields) > 2 && fields[2] == strconv.Itoa(group) && fields[0] != "Z" {
			out = append(out, string(b))
		}
	}
	return out
}

func TestBrowserThatCrashes(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	first := drawOne(t, d, request(text("before")))
	pid := slide.PidOf(d)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if got := drawOne(t, d, request(text("before"))); !sameSlide(got, first) {
		t.Error("the slide looks otherwise after the crash")
	}
	if slide.PidOf(d) == pid {
		t.Error("the same browser")
	}
}

func TestBrowserThatHangs(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, func(c *slide.Config) { c.Timeout = 4 * time.Second })
	drawOne(t, d, request(text("a")))
	pid := slide.PidOf(d)
	if err := syscall.Kill(-pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	drawOne(t, d, request(text("b")))
	if slide.PidOf(d) == pid {
		t.Error("the same browser")
	}
	t.Logf("after %s", time.Since(start))
}

func TestSlideThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, func(c *slide.Config) { c.Timeout = time.Millisecond })
	_, err := d.Draw(t.Context(), request(text("a")))
	f, ok := fault.As(err)
	if !ok || f.Code != fault.ToolFailed || !strings.Contains(f.Public, "script.md:7") || f.Hint == "" {
		t.Errorf("%v", err)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Draw(ctx, request(text("a"))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	v, err := d.ReadVersion(t.Context(), "slides")
	if err != nil || !strings.Contains(v, "Chrom") || !strings.Contains(v, "fonts ") {
		t.Errorf("%q, %v", v, err)
	}
}

func TestSideBySide(t *testing.T) {
	t.Parallel()
	d := drawer(t, func(c *slide.Config) { c.Pages = 3 })
	want := map[int]*slide.Drawn{}
	for i := range 4 {
		want[i] = drawOne(t, d, request(text(fmt.Sprint("slide ", i))))
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			got, err := d.Draw(t.Context(), request(text(fmt.Sprint("slide ", i%4))))
			if err != nil {
				t.Error(err)
			} else if !sameSlide(got, want[i%4]) {
				t.Errorf("slide %d looks otherwise", i)
			}
		})
	}
	wg.Wait()
}

func benchmarkSlides(b *testing.B, n int, cold bool) {
	b.Helper()
	d := drawer(b, nil)
	r := request(md("# A heading\n\n- one thing\n- **another**\n- and `more`"))
	r.Width, r.Height = 1920, 1080
	if !cold {
		if _, err := d.Draw(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if cold {
			d = drawer(b, nil)
		}
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				one := r
				one.Over = i%2 == 0
				one.Blocks = md(fmt.Sprintf("# Slide %d\n\n- one thing\n- **another**\n- and `more` %d", i, i*i))
				if _, err := d.Draw(b.Context(), one); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

// BenchmarkWarmSlide draws one slide of 1920x1080 in a running browser.
func BenchmarkWarmSlide(b *testing.B) { benchmarkSlides(b, 1, false) }

// BenchmarkSixtySlides draws sixty different slides, including the start of the browser.
func BenchmarkSixtySlides(b *testing.B) { benchmarkSlides(b, 60, true) }
