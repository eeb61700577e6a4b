//go:build unix

package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/cell/inside"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/turns"
	"mynah/internal/voice/tone"
)

// standIn is the first argument of a process that plays a cell.
const standIn = "stand-in"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == standIn {
		os.Exit(play(os.Args[2]))
	}
	os.Exit(m.Run())
}

// play is a cell that behaves as it is told.
func play(how string) int {
	peer, err := cell.Connect(cell.CellLimits(), func(p *cell.Peer) map[string]cell.Handler {
		if strings.Contains(how, "model") {
			return serveTones(how)
		}
		return map[string]cell.Handler{
			cell.SetUp: cell.Answer(func(context.Context, cell.Setup) (struct{}, error) {
				switch how {
				case "slow setup":
					select {}
				case "killed in setup":
					_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
					select {}
				case "no setup":
					return struct{}{}, fault.New(fault.Disk, nil, "the cache cannot be used")
				}
				return struct{}{}, nil
			}),
			cell.Build: func(ctx context.Context, m cell.Message, send func(cell.Message) error) (cell.Message, error) {
				return build(ctx, p, how, m, send)
			},
			cell.CheckSpeech: cell.Answer(func(context.Context, struct{}) (int, error) {
				time.Sleep(time.Second)
				return os.Getpid(), nil
			}),
			cell.ListVoices: cell.Answer(func(context.Context, struct{}) (int, error) { return os.Getpid(), nil }),
			cell.CheckTools: func(ctx context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
				var what string
				if m.Decode(&what) == nil && what == "stay" {
					<-ctx.Done()
					return cell.Message{}, ctx.Err()
				}
				_, _ = cell.Ask[struct{}](ctx, p, cell.TakeSlot, 1)
				os.Exit(1) //nolint:revive // the stand-in dies
				return cell.Message{}, nil
			},
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	<-peer.Done()
	return 0
}

// serveTones is a model host with an engine of tones.
func serveTones(how string) map[string]cell.Handler {
	all := cell.ServeEngines(tone.New())
	all[cell.SetUpModel] = cell.Answer(func(context.Context, cell.Setup) (struct{}, error) {
		if how == "slow model setup" {
			select {}
		}
		return struct{}{}, nil
	})
	if how == "slow model" {
		all[cell.SpeakByEngine] = cell.Answer(func(context.Context, cell.EngineRequest) (cell.Clip, error) {
			time.Sleep(time.Second)
			return cell.Clip{Rate: 8000}, nil
		})
	}
	return all
}

func build(ctx context.Context, p *cell.Peer, how string, m cell.Message, send func(cell.Message) error) (cell.Message, error) {
	var w cell.BuildWork
	if err := m.Decode(&w); err != nil {
		return cell.Message{}, err
	}
	_ = send(cell.Message{Body: cell.Progress{Phase: "drawing slides", Percent: 40, Part: "scene 3"}})
	switch how {
	case "panic":
		go panic("a bug in the cell")
		select {}
	case "killed":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "stall":
		<-ctx.Done()
		select {}
	case "no answer":
		os.Exit(0) //nolint:revive // the stand-in dies
	case "lie":
		_ = send(cell.Message{Body: cell.Progress{Phase: strings.Repeat("x", 1000), Percent: -5}})
		return cell.Message{Body: "done"}, nil
	case "keep slots":
		for n := range 2 {
			if _, err := cell.Ask[struct{}](ctx, p, cell.TakeSlot, n); err != nil {
				return cell.Message{}, err
			}
		}
		if _, err := cell.Ask[struct{}](ctx, p, cell.GiveSlot, 77); err != nil { // one that it does not have
			return cell.Message{}, err
		}
	case "tool":
		return cell.Message{Body: cell.BuildResult{
			Warnings: []api.Diagnostic{{Summary: "odd"}}, Fault: cell.NewFault(fault.New(fault.ToolFailed, nil, "ffmpeg failed")),
		}}, nil
	case "cancelled takes":
		return cell.Message{}, cancelTakes(ctx, inside.NewHost(p))
	case "numbers":
		return cell.Message{}, misuseNumbers(ctx, p)
	case "browsers":
		return openBrowsers(ctx, p)
	case "events":
		for {
			if err := send(cell.Message{Body: cell.Progress{Phase: "x"}, Data: make([]byte, 1<<20)}); err != nil {
				return cell.Message{}, err
			}
		}
	}
	return cell.Message{Body: cell.BuildResult{Seconds: 2}}, nil
}

// findSelf returns the path of this test binary, and what starts it.
func findSelf(t *testing.T) (string, *proc.Runner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return self, run
}

// newHost returns a host whose cells behave as they are told, and the slots that it hands out.
func newHost(t *testing.T, how string, change func(*host.Config)) (*host.Host, *turns.Queue) {
	t.Helper()
	self, run := findSelf(t)
	cfg := host.DefaultConfig()
	cfg.Program, cfg.Args, cfg.Grace = self, []string{standIn, how}, 2*time.Second
	if change != nil {
		change(&cfg)
	}
	slots := turns.New(turns.Config{Most: 2})
	h, err := host.New(cfg, host.Services{
		Run: run, Slots: slots, Log: slog.New(slog.DiscardHandler),
		SetUp:       func(string, int) (json.RawMessage, error) { return json.RawMessage("{}"), nil },
		OpenBrowser: func(context.Context) (*slide.Pipes, error) { return nil, errors.New("no browser") },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.Close()
		run.WaitUntilIdle()
		if n := run.ReadStats().Running; n != 0 {
			t.Errorf("%d processes are left", n)
		}
	})
	return h, slots
}

func TestBuildsInCells(t *testing.T) {
	t.Parallel()
	for how, check := range map[string]func(t *testing.T, r cell.BuildResult, err error){
		"honest": func(t *testing.T, r cell.BuildResult, err error) {
			t.Helper()
			if err != nil || r.Seconds != 2 {
				t.Errorf("%+v, %v", r, err)
			}
		},
		"panic": func(t *testing.T, _ cell.BuildResult, err error) {
			t.Helper()
			if f := fault.From(err); f.Code != fault.Internal || !strings.Contains(f.Public, "drawing slides, scene 3") {
				t.Errorf("%v", err)
			}
		},
		"killed": func(t *testing.T, _ cell.BuildResult, err error) {
			t.Helper()
			if _, ok := errors.AsType[*host.KilledError](err); !ok {
				t.Errorf("%v", err)
			}
		},
		"killed in setup": func(t *testing.T, _ cell.BuildResult, err error) {
			t.Helper()
			if _, ok := errors.AsType[*host.KilledError](err); !ok {
				t.Errorf("%v", err)
			}
		},
		"no answer": func(t *testing.T, _ cell.BuildResult, err error) {
			t.Helper()
			if fault.CodeOf(err) != fault.Internal {
				t.Errorf("%v", err)
			}
		},
		"no setup": func(t *testing.T, _ cell.BuildResult, err error) {
			t.Helper()
			if fault.CodeOf(err) != fault.Disk {
				t.Errorf("%v", err)
			}
		},
		"lie": func(t *testing.T, _ cell.BuildResult, err error) {
			t.Helper()
			if fault.CodeOf(err) != fault.Internal {
				t.Errorf("%v", err)
			}
		},
		"tool": func(t *testing.T, r cell.BuildResult, err error) {
			t.Helper()
			if fault.CodeOf(err) != fault.ToolFailed || len(r.Warnings) != 1 || r.Warnings[0].Summary != "odd" {
				t.Errorf("%+v, %v", r, err)
			}
		},
		"keep slots": func(t *testing.T, r cell.BuildResult, err error) {
			t.Helper()
			if err != nil || r.Seconds != 2 {
				t.Errorf("%+v, %v", r, err)
			}
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			h, slots := newHost(t, how, nil)
			r, err := h.Build(t.Context(), "main", cell.BuildWork{}, nil, func(p cell.Progress) {
				if len(p.Phase) > 200 || p.Percent < 0 {
					t.Errorf("the progress is %+v", p)
				}
			})
			check(t, r, err)
			if waiting, working := slots.CountWaiting(); waiting != 0 || working != 0 {
				t.Errorf("%d wait for slots and %d have some", waiting, working)
			}
		})
	}
}

// TestStoppedBuilds checks that a cell that does not end is killed when its build is stopped.
func TestStoppedBuilds(t *testing.T) {
	t.Parallel()
	h, _ := newHost(t, "stall", nil)
	ctx, stop := context.WithCancel(t.Context())
	var reports atomic.Int32
	start := time.Now()
	_, err := h.Build(ctx, "main", cell.BuildWork{}, nil, func(cell.Progress) {
		reports.Add(1)
		stop()
	})
	if !errors.Is(err, context.Canceled) || reports.Load() != 1 || time.Since(start) > 10*time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

// TestDesks checks that a tenant has one desk cell, which is replaced after its last request and when it died.
func TestDesks(t *testing.T) {
	t.Parallel()
	h, slots := newHost(t, "honest", func(c *host.Config) { c.DeskRequests, c.Desks = 3, 2 })
	ask := func(tenant string) int {
		t.Helper()
		m, err := h.Ask(t.Context(), tenant, cell.ListVoices, cell.Message{}, nil)
		var pid int
		if err == nil {
			err = m.Decode(&pid)
		}
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	a1, b1, a2, a3 := ask("a"), ask("b"), ask("a"), ask("a")
	if a1 == b1 || a1 != a2 || a1 != a3 {
		t.Errorf("the cells are %d, %d, %d, %d", a1, b1, a2, a3)
	}
	if a4 := ask("a"); a4 == a1 {
		t.Error("the cell was not replaced after three requests")
	}
	if _, err := h.Ask(t.Context(), "a", cell.CheckTools, cell.Message{}, nil); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a request whose cell dies: %v", err)
	}
	ask("a")
	if _, working := slots.CountWaiting(); working != 0 {
		t.Errorf("%d slots are not given back", working)
	}
	ask("c")
	ask("d")
	if n := h.CountDesks(); n > 2 {
		t.Errorf("%d desks", n)
	}
	if ask("a") == a1 {
		t.Error("the desk used least recently was kept")
	}
}

// TestSlowStart checks that a cell whose setup never ends fails its request, and does not delay Close.
func TestSlowStart(t *testing.T) {
	t.Parallel()
	h, _ := newHost(t, "slow setup", func(c *host.Config) { c.StartTime = time.Second })
	begin := time.Now()
	_, err := h.Ask(t.Context(), "a", cell.ListVoices, cell.Message{}, nil)
	if took := time.Since(begin); fault.CodeOf(err) != fault.Internal || took < time.Second || took > 10*time.Second {
		t.Errorf("a request fails after %s: %v", took, err)
	}
	if _, err := h.Build(t.Context(), "a", cell.BuildWork{}, nil, nil); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a build fails: %v", err)
	}
	h, _ = newHost(t, "slow setup", nil)
	failed := make(chan error, 1)
	go func() {
		_, err := h.Ask(context.WithoutCancel(t.Context()), "a", cell.ListVoices, cell.Message{}, nil)
		failed <- err
	}()
	for end := time.Now().Add(10 * time.Second); h.CountDesks() == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	begin = time.Now()
	h.Close()
	if took := time.Since(begin); took > time.Second {
		t.Errorf("Close took %s", took)
	}
	if err := <-failed; fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("a request fails: %v", err)
	}
}

// TestCloseEndsBusyDesks checks that Close waits for no request.
func TestCloseEndsBusyDesks(t *testing.T) {
	t.Parallel()
	h, _ := newHost(t, "honest", func(c *host.Config) { c.DeskRequests = 1 })
	var all sync.WaitGroup
	for range 2 { // the first desk is retired
		all.Go(func() {
			ctx := context.WithoutCancel(t.Context())
			if _, err := h.Ask(ctx, "a", cell.CheckTools, cell.Message{Body: "stay"}, nil); err == nil {
				t.Error("a request has an answer")
			}
		})
	}
	time.Sleep(time.Second / 2)
	begin := time.Now()
	h.Close()
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("Close took %s", took)
	}
	all.Wait()
}

// TestDesksWaitForAPlace checks that no more cells than desks run when all desks have requests.
func TestDesksWaitForAPlace(t *testing.T) {
	t.Parallel()
	h, _ := newHost(t, "honest", func(c *host.Config) { c.Desks = 1 })
	begin := time.Now()
	var all sync.WaitGroup
	for _, tenant := range []string{"a", "b", "c"} {
		all.Go(func() {
			if _, err := h.Ask(t.Context(), tenant, cell.CheckSpeech, cell.Message{Body: struct{}{}}, nil); err != nil {
				t.Errorf("%s: %v", tenant, err)
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if _, err := h.Ask(ctx, "d", cell.ListVoices, cell.Message{}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a request that must wait: %v", err)
	}
	all.Wait()
	if took := time.Since(begin); took < 3*time.Second {
		t.Errorf("three requests of a second took %s at one desk", took)
	}
}

func TestIdleDesksEnd(t *testing.T) {
	t.Parallel()
	h, _ := newHost(t, "honest", func(c *host.Config) { c.DeskIdle = time.Second })
	if _, err := h.Ask(t.Context(), "a", cell.ListVoices, cell.Message{}, nil); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); h.CountDesks() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the desk still runs")
		}
	}
}

// TestOpenResult checks which files of a cell are read.
func TestOpenResult(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, secret := filepath.Join(dir, "out"), filepath.Join(dir, "secret")
	path := func(name string) string { return filepath.Join(out, name) }
	for _, err := range []error{
		os.Mkdir(out, 0o700), os.WriteFile(secret, []byte("secret"), 0o600), os.WriteFile(path("good"), []byte("film"), 0o600),
		os.Symlink(secret, path("link out")), os.Symlink("good", path("link in")), os.Link(secret, path("hard link")),
		syscall.Mkfifo(path("fifo"), 0o600), os.Mkdir(path("folder"), 0o700), os.Symlink(path("none"), path("dangling")),
		os.WriteFile(path("sparse"), nil, 0o600), os.Truncate(path("sparse"), 1<<40),
		os.WriteFile(path("hole"), make([]byte, 1<<20), 0o600), os.Truncate(path("hole"), 1<<29),
		os.WriteFile(path("zeros"), make([]byte, 20<<20), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	const most = 1 << 30
	for name, size := range map[string]int64{"good": 4, "zeros": 20 << 20} {
		f, err := host.OpenResult(root, name, most)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, f); n != size || err != nil {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		_ = f.Close()
	}
	for _, name := range []string{
		"link out", "link in", "hard link", "fifo", "folder", "dangling", "sparse", "hole", "../secret", secret,
	} {
		if f, err := host.OpenResult(root, name, most); err == nil || errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
			_ = f.Close()
		}
	}
	if _, err := host.OpenResult(root, "absent", most); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}

// TestOpenResultWhileItIsSwapped checks that a file that is replaced by a link all the time never leads outside.
func TestOpenResultWhileItIsSwapped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, secret := filepath.Join(dir, "out"), filepath.Join(dir, "secret")
	if err := errors.Join(os.Mkdir(out, 0o700), os.WriteFile(secret, []byte("secret"), 0o600)); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	swapped := make(chan struct{})
	go func() {
		defer close(swapped)
		name := filepath.Join(out, "film")
		for ctx.Err() == nil {
			_ = os.WriteFile(name, []byte("mine"), 0o600)
			_ = os.Remove(name)
			_ = os.Symlink(secret, name)
			_ = os.Remove(name)
		}
	}()
	opened := 0
	for ctx.Err() == nil {
		f, err := host.OpenResult(root, "film", 1<<20)
		if err != nil {
			continue
		}
		b := make([]byte, 6)
		n, _ := f.Read(b)
		_ = f.Close()
		opened++
		if string(b[:n]) == "secret" {
			t.Fatal("the secret was read")
		}
	}
	<-swapped
	t.Logf("opened %d times", opened)
}
