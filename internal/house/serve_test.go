package house_test

import (
	"archive/zip"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mynah/api"
	"mynah/client"
	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/testrun"
)

const key = "a-key-for-the-tests"

// serve starts a server on a data folder. It runs until stop is called or the test ends.
func serve(t *testing.T, data string, change func(*house.ServeConfig)) (c *client.Client, stop func()) {
	t.Helper()
	cfg := house.DefaultServeConfig()
	cfg.Data, cfg.Listen, cfg.Auth.Fixed = data, "127.0.0.1:0", []string{key}
	out, in := io.Pipe()
	cfg.Out = in
	if change != nil {
		change(&cfg)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := house.Serve(ctx, house.DefaultConfig(), cfg)
		_ = in.Close()
		ended <- err
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	url, ok := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "mynah is ready: ")
	if err != nil || !ok {
		cancel()
		t.Fatalf("the server did not become ready: %q, %v, %v", line[:n], err, <-ended)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	done := false
	stop = func() {
		if done {
			return
		}
		done = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
	}
	t.Cleanup(stop)
	return &client.Client{URL: url, Key: key, Poll: 20 * time.Millisecond}, stop
}

// zipProject writes a zip with a script and returns its path.
func zipProject(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "project.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("script.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// build builds a project, waits until it is finished, and returns its task and status.
func build(t *testing.T, c *client.Client, zip string) (api.Task, api.Status) {
	t.Helper()
	g, err := c.UploadZip(t.Context(), zip)
	if err != nil {
		t.Fatal(err)
	}
	task, err := c.Build(t.Context(), api.BuildRequest{Source: "script.md", Repository: g.Repository, RepositoryType: g.RepositoryType})
	if err != nil {
		t.Fatal(err)
	}
	status, err := c.Wait(t.Context(), task, nil)
	if err != nil {
		t.Fatal(err)
	}
	return task, status
}

func TestAddressesSurviveARestart(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	data := t.TempDir()
	c, stop := serve(t, data, nil)
	task, status := build(t, c, zipProject(t, "(duration: 1)\n\nHello.\n"))
	stop()
	again, _ := serve(t, data, nil)
	move := func(address string) string { return again.URL + strings.TrimPrefix(address, c.URL) }
	if s, err := again.Status(t.Context(), move(task.StatusURL)); err != nil || !s.Succeeded {
		t.Errorf("after the restart the status is %+v, %v", s, err)
	}
	var film strings.Builder
	if err := again.Download(t.Context(), move(status.Result), &film); err != nil || film.Len() < 1000 {
		t.Errorf("after the restart the film has %d bytes, %v", film.Len(), err)
	}
}

func TestWhatExpiredGoes(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	data := t.TempDir()
	c, _ := serve(t, data, func(cfg *house.ServeConfig) {
		cfg.HTTP.Keep, cfg.HTTP.UploadTTL, cfg.Sweep = time.Second, 8*time.Second, time.Second
	})
	task, _ := build(t, c, zipProject(t, "(duration: 1)\n\nHello.\n"))
	left := func() (names []string) {
		_ = filepath.WalkDir(filepath.Join(data, "objects"), func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, path)
			}
			return nil
		})
		return names
	}
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end) && len(left()) > 0; time.Sleep(100 * time.Millisecond) {
	}
	if names := left(); len(names) > 0 {
		t.Errorf("objects were left: %v", names)
	}
	resp, err := http.Get(task.StatusURL) //nolint:noctx // clients poll without a context, too
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusNotFound ||
		!strings.Contains(string(b), `"finished":true`) || !strings.Contains(string(b), `"succeeded":false`) {
		t.Errorf("%d %s, %v", resp.StatusCode, b, err)
	}
}

func TestAFolderHasOneServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serve(t, data, nil)
	cfg := house.DefaultServeConfig()
	cfg.Data, cfg.Listen = data, "127.0.0.1:0"
	err := house.Serve(t.Context(), house.DefaultConfig(), cfg)
	if f, ok := fault.As(err); !ok || f.Code != fault.Usage || !strings.Contains(f.Public, "another server") {
		t.Errorf("a second server: %v", err)
	}
}

// TestProfilesOfEndedBrowsersGo checks that a start removes what browsers of a killed server have left.
func TestProfilesOfEndedBrowsersGo(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	left := filepath.Join(data, "browsers", "left")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	_, stop := serve(t, data, nil)
	if _, err := os.Lstat(left); err == nil {
		t.Error("a profile is left")
	}
	stop()
}

func TestTheFirstKeyIsShownOnce(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for i := range 2 {
		cfg := house.DefaultServeConfig()
		cfg.Data, cfg.Listen = data, "127.0.0.1:0"
		var out strings.Builder
		ctx, cancel := context.WithCancel(t.Context())
		cfg.Out = writerFunc(func(b []byte) (int, error) {
			out.Write(b)
			if strings.Contains(string(b), "is ready") {
				cancel()
			}
			return len(b), nil
		})
		if err := house.Serve(ctx, house.DefaultConfig(), cfg); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(data, "first-key")
		if named := strings.Contains(out.String(), "is in the file "+file); named != (i == 0) {
			t.Errorf("start %d prints %q", i+1, out.String())
		}
		key, err := os.ReadFile(file)
		if err != nil || strings.Contains(out.String(), strings.TrimSpace(string(key))) {
			t.Errorf("%v, or the key was printed: %s", err, out.String())
		}
		if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", fi, err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestServeSettings(t *testing.T) {
	t.Parallel()
	cfg := house.DefaultServeConfig()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	cfg.Listen, cfg.TLSCert, cfg.Queue.Workers, cfg.HTTP.PublicURL = "nowhere", "cert.pem", 0, "ftp://x"
	err := cfg.Validate()
	for _, want := range []string{"listen", "tls-cert", "workers", "public-url"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
}
