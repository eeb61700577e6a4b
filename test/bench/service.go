package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"mynah/api"
	"mynah/client"
)

const benchKey = "a-key-for-the-benchmark"

// server is a running mynah serve.
type server struct {
	cmd *exec.Cmd
	*client.Client
}

// serve starts a server with an empty data folder.
func (b *bench) serve(args ...string) (*server, error) {
	cmd := exec.CommandContext(b.ctx, b.mynah, append([]string{
		"serve", "--data", filepath.Join(b.dir, "data"), "--listen", "127.0.0.1:0", "--log-level", "error",
		"--rate", "0", "--max-queued", "0",
	}, args...)...)
	cmd.Env = append(os.Environ(), "MYNAH_API_KEYS="+benchKey)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "mynah is ready: "); ok {
			t := &http.Transport{MaxIdleConnsPerHost: 256}
			return &server{cmd, &client.Client{URL: url, Key: benchKey, Poll: 5 * time.Millisecond, HTTP: &http.Client{Transport: t}}}, nil
		}
	}
	return nil, errors.Join(errors.New("the server did not become ready"), cmd.Wait())
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// service measures the server.
func (b *bench) service() error {
	s, err := b.serve()
	if err != nil {
		return err
	}
	defer s.stop()
	for _, part := range []func(*server) error{b.latency, b.firstByte, b.polls, b.uploads} {
		if err := part(s); err != nil {
			return err
		}
	}
	return nil
}

// writeOneScene creates a project of one scene with a distinct sentence.
func (b *bench) writeOneScene(i int) (dir, zip string, err error) {
	dir = filepath.Join(b.dir, fmt.Sprintf("one-%d", i))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", err
	}
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "testsrc2=s=1280x720", "-frames:v", "1", "p.png"); err != nil {
		return "", "", err
	}
	text := fmt.Sprintf("---\nsize: 720p\n---\n\n![](p.png)\n\nThis is sentence number %d of the benchmark.\n", i)
	if err := os.WriteFile(filepath.Join(dir, "script.md"), []byte(text), 0o600); err != nil {
		return "", "", err
	}
	zip = dir + ".zip"
	f, err := os.Create(zip)
	if err != nil {
		return "", "", err
	}
	return dir, zip, errors.Join(client.ZipFolder(dir, f), f.Close())
}

// latency compares the time from POST to the finished status with the time of mynah build.
func (b *bench) latency(s *server) error {
	var ours, other []float64
	for i := range max(b.runs, 9) {
		dir, zip, err := b.writeOneScene(i)
		if err != nil {
			return err
		}
		g, err := s.UploadZip(b.ctx, zip)
		if err != nil {
			return err
		}
		start := time.Now()
		task, err := s.Build(b.ctx, api.BuildRequest{Source: "script.md", Repository: g.Repository, RepositoryType: g.RepositoryType})
		if err != nil {
			return err
		}
		for {
			st, err := s.Status(b.ctx, task.StatusURL)
			if err != nil {
				return err
			}
			if st.Finished {
				if !st.Succeeded {
					return errors.New(st.Message)
				}
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		ours = append(ours, since(start))
		c, err := b.measure(dir, b.mynah, "build", "script.md", "-q", "--cache-dir", filepath.Join(b.dir, "one-cache"))
		if err != nil {
			return err
		}
		other = append(other, c.wall)
	}
	p, q := median(ours), median(other)
	b.add(row{
		"POST to finished, a scene", fmt.Sprintf("%.3f s", p), fmt.Sprintf("%.3f s by mynah build", q),
		fmt.Sprintf("%+.3f s", p-q), "<= +0.3 s", p-q <= 0.3,
	})
	return nil
}

// firstByte measures the time until the first byte of streamed sentences.
func (b *bench) firstByte(s *server) error {
	var first []float64
	for i := range 2*max(b.runs, 9) + 1 {
		r, err := http.NewRequestWithContext(b.ctx, http.MethodPost, s.URL+"/text-to-speech/mp3",
			strings.NewReader(fmt.Sprintf("This is the streamed sentence number %d.", i)))
		if err != nil {
			return err
		}
		r.Header.Set("X-Api-Key", benchKey)
		r.Header.Set("Accept", "application/octet-stream")
		start := time.Now()
		resp, err := s.HTTP.Do(r)
		if err != nil {
			return err
		}
		_, err = io.ReadFull(resp.Body, make([]byte, 1))
		took := since(start)
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("streaming: %s %w", resp.Status, err)
		}
		if i > 0 { // the first request warms up the server
			first = append(first, took)
		}
	}
	m := median(first)
	b.add(row{"first byte of a streamed sentence", fmt.Sprintf("%.0f ms", m*1e3), "", "", "< 100 ms", m < 0.1})
	return nil
}

// polls requests the status a thousand times a second while two builds run.
func (b *bench) polls(s *server) error {
	const rate, seconds = 1000, 30
	zip, err := b.writeLongProject()
	if err != nil {
		return err
	}
	g, err := s.UploadZip(b.ctx, zip)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(b.ctx)
	defer stop()
	running := func() (api.Task, error) {
		return s.Build(ctx, api.BuildRequest{Source: "script.md", Repository: g.Repository, RepositoryType: g.RepositoryType})
	}
	var tasks []api.Task
	for range 2 {
		t, err := running()
		if err != nil {
			return err
		}
		tasks = append(tasks, t)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var took []float64
	var bad, ended atomic.Int64
	start := time.Now()
	for i := range rate * seconds {
		time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / rate)))
		wg.Go(func() {
			at := time.Now()
			st, err := s.Status(ctx, tasks[i%2].StatusURL)
			d := since(at)
			if err != nil {
				bad.Add(1)
			}
			if st.Finished {
				ended.Add(1)
			}
			mu.Lock()
			took = append(took, d)
			mu.Unlock()
		})
	}
	wg.Wait()
	for _, t := range tasks {
		if _, err := s.Cancel(b.ctx, t.TaskID); err != nil {
			return err
		}
	}
	slices.Sort(took)
	p99, rss := took[len(took)*99/100], peakMemory(s.cmd.Process.Pid)
	if ended.Load() > 0 {
		return fmt.Errorf("the builds ended during the polls (%d answers)", ended.Load())
	}
	b.add(row{
		"1,000 polls a second for 30 s, two builds",
		fmt.Sprintf("%d answered, p50 %.1f ms", len(took)-int(bad.Load()), took[len(took)/2]*1e3), "",
		fmt.Sprintf("%d failed", bad.Load()), "all 200", bad.Load() == 0,
	})
	b.add(row{"their p99", fmt.Sprintf("%.1f ms", p99*1e3), "", "", "< 100 ms", p99 < 0.1})
	b.add(row{"the server's memory then", fmt.Sprintf("%.0f MB", float64(rss)/1e6), "", "", "< 300 MB", rss < 300e6})
	return nil
}

// writeLongProject creates a project with clips whose build takes minutes.
func (b *bench) writeLongProject() (string, error) {
	dir := filepath.Join(b.dir, "long")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("---\nsize: 1080p\n---\n")
	for i := range 8 {
		if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i",
			fmt.Sprintf("testsrc2=s=1280x720:r=30,noise=alls=5:allf=t:all_seed=%d", i+1), "-t", "40", "-c:v", "libx264",
			"-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p", fmt.Sprintf("c%d.mp4", i)); err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "![](c%d.mp4)\n\n---\n\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "script.md"), []byte(text.String()), 0o600); err != nil {
		return "", err
	}
	f, err := os.Create(dir + ".zip")
	if err != nil {
		return "", err
	}
	return dir + ".zip", errors.Join(client.ZipFolder(dir, f), f.Close())
}

// zeros is an endless reader of zero bytes.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// uploads sends 50 archives of 100 MB at once.
func (b *bench) uploads(s *server) error {
	const count, size = 50, 100 << 20
	before := residentMemory(s.cmd.Process.Pid)
	var most atomic.Int64
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				most.Store(max(most.Load(), residentMemory(s.cmd.Process.Pid)))
			}
		}
	}()
	var wg sync.WaitGroup
	errs := make([]error, count)
	for i := range count {
		wg.Go(func() {
			g, err := s.Grant(b.ctx)
			if err == nil {
				err = s.Upload(b.ctx, g, io.LimitReader(zeros{}, size), size)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	close(done)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	grown := most.Load() - before
	b.add(row{"memory for 50 uploads of 100 MB at once", fmt.Sprintf("%+.0f MB", float64(grown)/1e6), "", "", "< +100 MB", grown < 100e6})
	return nil
}

// residentMemory returns the resident memory of a process in bytes.
func residentMemory(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range bytes.Lines(status) {
		var kb int64
		if n, _ := fmt.Sscanf(string(line), "VmRSS: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	return 0
}
