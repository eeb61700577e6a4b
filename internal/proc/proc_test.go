//go:build linux

package proc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mynah/internal/proc"
	"mynah/internal/testrun"
)

const helperEnv = "MYNAH_PROC_TEST_HELPER"

// TestMain makes the test binary the parent process that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv(helperEnv) != "" {
		helper()
		return
	}
	os.Exit(m.Run())
}

// helper starts children, prints their process IDs, and waits to be killed.
func helper() {
	r, err := proc.New(proc.DefaultConfig())
	if err != nil {
		panic(err)
	}
	for range 3 {
		p, err := r.Start(context.Background(), proc.Command{Program: "sleep", Args: []string{"100"}, Resident: true})
		if err != nil {
			panic(err)
		}
		fmt.Println(p.ProcessID())
	}
	fmt.Println("ready")
	select {}
}

func runner(t *testing.T, change func(*proc.Config)) *proc.Runner {
	t.Helper()
	cfg := proc.DefaultConfig()
	cfg.Jobs = 8
	if change != nil {
		change(&cfg)
	}
	r, err := proc.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sh(script string) proc.Command {
	return proc.Command{Program: "sh", Args: []string{"-c", script}}
}

// alive reports whether a process runs. Zombies do not count.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	rest := string(b[bytes.LastIndexByte(b, ')')+1:])
	return !strings.HasPrefix(strings.TrimSpace(rest), "Z")
}

func awaitDead(t *testing.T, pids []int, most time.Duration) {
	t.Helper()
	for end := time.Now().Add(most); ; time.Sleep(5 * time.Millisecond) {
		if !slices.ContainsFunc(pids, alive) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("still alive: %v", pids)
		}
	}
}

func TestOutput(t *testing.T) {
	t.Parallel()
	r := runner(t, nil)
	c := sh("cat; echo $MORE")
	c.Stdin = strings.NewReader("in ")
	c.Env = []string{"MORE=out"}
	got, err := r.RunForOutput(t.Context(), c)
	if err != nil || string(got) != "in out\n" {
		t.Fatalf("Output = %q, %v", got, err)
	}
	s := r.ReadStats()
	if s.Started != 1 || s.Running != 0 || s.Peak != 1 {
		t.Errorf("Stats = %+v", s)
	}
}

func TestEnvironmentIsFixed(t *testing.T) {
	t.Setenv("https_proxy", "http://localhost:1")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	got, err := runner(t, nil).RunForOutput(t.Context(), proc.Command{Program: "env"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(got)) {
		name, _, _ := strings.Cut(line, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{"HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ"}
	if !slices.Equal(names, want) {
		t.Errorf("environment %v, want %v", names, want)
	}
}

func TestCPUIsCounted(t *testing.T) {
	t.Parallel()
	r := runner(t, nil)
	if err := r.Run(t.Context(), sh("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")); err != nil {
		t.Fatal(err)
	}
	if s := r.ReadStats(); s.User+s.System < 10*time.Millisecond {
		t.Errorf("Stats = %+v", s)
	}
}

func TestExitError(t *testing.T) {
	t.Parallel()
	err := runner(t, nil).Run(t.Context(), sh("echo one >&2; echo why >&2; exit 7"))
	var e *proc.ExitError
	if !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	if e.Code != 7 || e.Signal != nil || e.Program != "sh" || e.Stderr != "one\nwhy\n" {
		t.Errorf("%+v", e)
	}
	if want := "sh ended with code 7: why"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}

func TestSignalledChild(t *testing.T) {
	t.Parallel()
	err := runner(t, nil).Run(t.Context(), sh("kill -SEGV $$"))
	var e *proc.ExitError
	if !errors.As(err, &e) || e.Signal != syscall.SIGSEGV || e.Code != -1 {
		t.Fatalf("error %#v", err)
	}
}

func TestMissingProgram(t *testing.T) {
	t.Parallel()
	r := runner(t, nil)
	for _, name := range []string{"no-such-program", "", "./proc_test.go", "/no/such", "/etc/passwd", "/tmp"} {
		err := r.Run(t.Context(), proc.Command{Program: name})
		var nf *proc.NotFoundError
		if !errors.As(err, &nf) || nf.Program != name || !errors.Is(err, exec.ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if p, err := r.FindProgram("sh"); err != nil || !filepath.IsAbs(p) {
		t.Errorf("Look(sh) = %q, %v", p, err)
	}
	if s := r.ReadStats(); s.Started != 0 {
		t.Errorf("Stats = %+v", s)
	}
}

// TestCancelKillsTheGroup also tests a child that ignores SIGTERM.
func TestCancelKillsTheGroup(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		"echo $$; sleep 100 & echo $!; sleep 100 & echo $!; echo end; sleep 100",
		"trap '' TERM; echo $$; sleep 100 & echo $!; sleep 100 & echo $!; echo end; while :; do sleep 1; done",
	} {
		r := runner(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p, err := r.Start(ctx, sh(script))
		if err != nil {
			t.Fatal(err)
		}
		pids := readPids(t, p.Stdout(), "end")
		if len(pids) != 3 {
			t.Fatalf("pids %v", pids)
		}
		began := time.Now()
		cancel()
		err = p.Wait()
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("cancelling took %s", took)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Wait = %v", err)
		}
		awaitDead(t, pids, 0)
	}
}

func readPids(t *testing.T, r io.Reader, end string) []int {
	t.Helper()
	var pids []int
	var line []byte
	one := make([]byte, 1)
	for {
		if _, err := r.Read(one); err != nil {
			t.Fatalf("read: %v after %v", err, pids)
		}
		if one[0] != '\n' {
			line = append(line, one[0])
			continue
		}
		if string(line) == end {
			return pids
		}
		pid, err := strconv.Atoi(string(line))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
		line = line[:0]
	}
}

func TestLeftoversOfASuccessAreKilled(t *testing.T) {
	t.Parallel()
	began := time.Now()
	out, err := runner(t, nil).RunForOutput(t.Context(), sh("sleep 100 & echo $!"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	awaitDead(t, []int{pid}, 0)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestEscapedDescendantDoesNotBlock tests a descendant that left the group and holds the pipes open.
func TestEscapedDescendantDoesNotBlock(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	began := time.Now()
	out, err := runner(t, nil).RunForOutput(t.Context(), sh("echo hello; setsid sleep 40 & sleep 0.2"))
	if err != nil || string(out) != "hello\n" {
		t.Fatalf("Output = %q, %v", out, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	c := sh("sleep 100")
	c.Timeout = 50 * time.Millisecond
	err := runner(t, nil).Run(t.Context(), c)
	var e *proc.TimeoutError
	if !errors.As(err, &e) || e.After != c.Timeout {
		t.Fatalf("error %v", err)
	}
}

func TestStderrFlood(t *testing.T) {
	t.Parallel()
	c := sh("head -c 200000000 /dev/zero >&2; echo last >&2; exit 1")
	err := runner(t, func(c *proc.Config) { c.StderrTail = 1000 }).Run(t.Context(), c)
	var e *proc.ExitError
	if !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	if len(e.Stderr) != 1000 || !strings.HasSuffix(e.Stderr, "\x00last\n") {
		t.Errorf("tail of %d bytes ends in %q", len(e.Stderr), e.Stderr[max(0, len(e.Stderr)-10):])
	}
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	c := sh("yes")
	c.MaxStdout = 100_000
	got, err := runner(t, nil).RunForOutput(t.Context(), c)
	var e *proc.OutputError
	if !errors.As(err, &e) || e.Max != c.MaxStdout {
		t.Fatalf("error %v", err)
	}
	if int64(len(got)) != c.MaxStdout {
		t.Errorf("%d bytes", len(got))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestFailingStreamsKill(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	r := runner(t, nil)
	in := sh("cat; sleep 100")
	in.Stdin = failing{boom}
	if err := r.Run(t.Context(), in); !errors.Is(err, boom) {
		t.Errorf("input: %v", err)
	}
	out := sh("echo hi; sleep 100")
	out.Stdout = failing{boom}
	if err := r.Run(t.Context(), out); !errors.Is(err, boom) {
		t.Errorf("output: %v", err)
	}
}

// TestBlockedInputIsLeftBehind checks that Wait does not wait for a blocked Stdin if the child ends early.
func TestBlockedInputIsLeftBehind(t *testing.T) {
	t.Parallel()
	pr, pw := io.Pipe()
	defer func() { _ = pw.Close() }()
	c := sh("exit 0")
	c.Stdin = pr
	began := time.Now()
	if err := runner(t, nil).Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestSlowReaderLosesNothing checks that output is copied completely after the child has ended.
func TestSlowReaderLosesNothing(t *testing.T) {
	t.Parallel()
	c := sh("head -c 300000 /dev/zero")
	slow := &slowWriter{}
	c.Stdout = slow
	if err := runner(t, nil).Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if slow.n != 300000 {
		t.Errorf("%d bytes", slow.n)
	}
}

type slowWriter struct{ n int }

func (s *slowWriter) Write(b []byte) (int, error) {
	time.Sleep(200 * time.Millisecond)
	s.n += len(b)
	return len(b), nil
}

func TestStartPipes(t *testing.T) {
	t.Parallel()
	p, err := runner(t, nil).Start(t.Context(), proc.Command{Program: "cat"})
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"one", "two"} {
		if _, err := io.WriteString(p.Stdin(), word); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3)
		if _, err := io.ReadFull(p.Stdout(), got); err != nil || string(got) != word {
			t.Fatalf("read %q, %v", got, err)
		}
	}
	if err := p.Stdin().Close(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(p.Stdout()); err != nil || len(rest) > 0 {
		t.Fatalf("rest %q, %v", rest, err)
	}
	for range 2 {
		if err := p.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKill(t *testing.T) {
	t.Parallel()
	p, err := runner(t, nil).Start(t.Context(), sh("sleep 100"))
	if err != nil {
		t.Fatal(err)
	}
	p.Kill()
	var e *proc.ExitError
	if err := p.Wait(); !errors.As(err, &e) || e.Signal != syscall.SIGKILL {
		t.Fatalf("Wait = %v", err)
	}
	p.Kill() // has no effect on a child that has ended
}

// TestKilledParentLeavesNoChild kills a process with children by SIGKILL.
func TestKilledParentLeavesNoChild(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := runner(t, nil).Start(t.Context(), proc.Command{Program: self, Env: []string{helperEnv + "=1"}})
	if err != nil {
		t.Fatal(err)
	}
	pids := readPids(t, p.Stdout(), "ready")
	if len(pids) != 3 || !alive(pids[0]) {
		t.Fatalf("pids %v", pids)
	}
	if err := syscall.Kill(p.ProcessID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	awaitDead(t, pids, time.Second)
}

// TestChildOutlivesItsStarter checks that the child continues when the goroutine that started it ends.
func TestChildOutlivesItsStarter(t *testing.T) {
	t.Parallel()
	r := runner(t, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := r.Run(t.Context(), sh("sleep 0.3")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestNiceAndLimits(t *testing.T) {
	t.Parallel()
	r := runner(t, func(c *proc.Config) { c.Nice = 7 })
	c := sh("sleep 0.1; cut -d' ' -f19 /proc/self/stat; ulimit -f; ulimit -c")
	c.Limits = proc.Limits{FileSize: 512 * 100, Memory: 1 << 30, CPU: time.Minute}
	got, err := r.RunForOutput(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if want := "7\n100\n0\n"; string(got) != want {
		t.Errorf("niceness and limits %q, want %q", got, want)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	err := proc.Config{Jobs: 0, MaxOutput: 1, Nice: 30, Env: []string{"=x"}}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"jobs", "nice", "env"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
	if _, err := proc.New(proc.Config{}); err == nil {
		t.Error("New accepts an invalid configuration")
	}
	if err := proc.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
}
