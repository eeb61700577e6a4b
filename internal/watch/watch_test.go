package watch_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mynah/internal/watch"
)

// builds reports the builds that begin and that are stopped.
type builds struct {
	began, stopped chan struct{}
	last           time.Duration // time that each build takes
}

func (b *builds) build(ctx context.Context) {
	b.began <- struct{}{}
	select {
	case <-time.After(b.last):
	case <-ctx.Done():
		b.stopped <- struct{}{}
	}
}

// watchFolder watches a folder with a script, and waits for the first build.
func watchFolder(t *testing.T, last time.Duration) (string, *builds) {
	t.Helper()
	return watchWithBurst(t, last, 0)
}

func watchWithBurst(t *testing.T, last, burst time.Duration) (string, *builds) {
	t.Helper()
	dir := t.TempDir()
	save(t, filepath.Join(dir, "script.md"), "one")
	b := &builds{began: make(chan struct{}, 100), stopped: make(chan struct{}, 100), last: last}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	p := watch.Project{Dir: dir, Own: func(path string) bool { return filepath.Base(path) == "script.mp4" }, Burst: burst}
	go func() { ended <- p.BuildOnChanges(ctx, b.build) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	wantSignal(t, b.began, "the first build")
	return dir, b
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantSignal(t *testing.T, what <-chan struct{}, name string) {
	t.Helper()
	select {
	case <-what:
	case <-time.After(2 * time.Minute):
		t.Fatalf("timeout: no %s", name)
	}
}

// wantNoSignal checks for longer than a burst that nothing is received.
func wantNoSignal(t *testing.T, what <-chan struct{}, name string) {
	t.Helper()
	select {
	case <-what:
		t.Fatalf("unexpected: %s", name)
	case <-time.After(700 * time.Millisecond):
	}
}

func TestABurstOfSavesIsOneBuild(t *testing.T) {
	t.Parallel()
	// A busy machine must write two files within this time.
	const long = 3 * time.Second
	dir, b := watchWithBurst(t, 0, long)
	for range 20 {
		save(t, filepath.Join(dir, "script.md"), "two")
		save(t, filepath.Join(dir, "house.png"), "three")
	}
	wantSignal(t, b.began, "a build")
	select {
	case <-b.began:
		t.Fatal("a second build began")
	case <-time.After(long + time.Second):
	}
}

func TestASaveStopsTheBuildThatRuns(t *testing.T) {
	t.Parallel()
	dir, b := watchFolder(t, time.Hour)
	save(t, filepath.Join(dir, "script.md"), "two")
	wantSignal(t, b.stopped, "the end of the first build")
	wantSignal(t, b.began, "the next build")
}

func TestWhatDoesNotMatter(t *testing.T) {
	t.Parallel()
	dir, b := watchFolder(t, 0)
	for _, name := range []string{"script.mp4", ".script.md.swp", "script.md~"} {
		save(t, filepath.Join(dir, name), "x")
	}
	wantNoSignal(t, b.began, "a build for the film itself or an editor's own files")
}

func TestNewFoldersAreWatched(t *testing.T) {
	t.Parallel()
	dir, b := watchFolder(t, 0)
	if err := os.Mkdir(filepath.Join(dir, "pictures"), 0o700); err != nil {
		t.Fatal(err)
	}
	wantSignal(t, b.began, "a build for the folder")
	save(t, filepath.Join(dir, "pictures", "a.png"), "x")
	wantSignal(t, b.began, "a build for a file in it")
	if err := os.Remove(filepath.Join(dir, "script.md")); err != nil {
		t.Fatal(err)
	}
	wantSignal(t, b.began, "a build for a file that went")
}

func TestPage(t *testing.T) {
	t.Parallel()
	film := filepath.Join(t.TempDir(), "film.mp4")
	save(t, film, "0123456789")
	page := watch.NewPage(film)
	srv := httptest.NewServer(page.NewHandler())
	t.Cleanup(srv.Close)
	get := func(path, host string) (int, io.Reader) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Range", "bytes=2-4")
		if host != "" {
			r.Host = host
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp.StatusCode, resp.Body
	}
	for path, want := range map[string]int{"/": 200, "/film.mp4?1": 206, "/other": 404, "/../film.mp4": 206} {
		if status, _ := get(path, ""); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := get("/film.mp4", "evil.example.com"); status != http.StatusForbidden {
		t.Errorf("a page of another site can read the video: status %d", status)
	}
	_, stream := get("/events", "localhost:1")
	events := bufio.NewScanner(stream)
	next := func() (s watch.State) {
		t.Helper()
		for events.Scan() {
			if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &s); err != nil {
					t.Fatal(err)
				}
				return s
			}
		}
		t.Fatal("the events end")
		return s
	}
	if s := next(); s.State != "building" || s.Version != 0 {
		t.Errorf("the initial state is %+v", s)
	}
	for i, s := range []watch.State{
		{State: "built"}, {State: "failed", Findings: "script.md:1:1"}, {State: "building", Percent: 40}, {State: "built"},
	} {
		page.SetState(s)
		s.Version = []int{1, 1, 1, 2}[i]
		if got := next(); got != s {
			t.Errorf("the state %+v is sent as %+v", s, got)
		}
	}
}
