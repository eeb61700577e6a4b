//go:build unix

package cell_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/proc"
)

// behave is the child's side of the tests below.
func behave(how string) int {
	read := func(_ context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
		var all []byte
		for _, f := range m.Files {
			b, err := io.ReadAll(f)
			if err != nil {
				return cell.Message{}, err
			}
			_ = f.Close()
			all = append(all, b...)
		}
		return cell.Message{Data: append(all, m.Data...)}, nil
	}
	raw := func(b []byte) int {
		f := os.NewFile(3, "host")
		_, _ = f.Write(b)
		_, _ = io.Copy(io.Discard, f)
		return 0
	}
	switch how {
	case "exit":
		return 3
	case "stall":
		time.Sleep(time.Minute)
	case "large":
		return raw([]byte{255, 255, 255, 255, 0, 0, 0, 1})
	case "garbage":
		return raw([]byte("\x00\x00\x00\x05\x00\x00\x00\x00hello"))
	case "kind":
		text := `{"kind":"order","id":1}`
		return raw(append([]byte{0, 0, 0, byte(len(text)), 0, 0, 0, 0}, text...))
	case "files":
		text := `{"kind":"event","id":1,"files":3}`
		return raw(append([]byte{0, 0, 0, byte(len(text)), 0, 0, 0, 0}, text...))
	case "call data":
		return raw(encode(`{"kind":"call","id":1,"name":"host"}`, 1))
	case "call files":
		return raw(encode(`{"kind":"call","id":1,"name":"host","files":1}`, 0))
	case "event data":
		return raw(encode(`{"kind":"event","id":1}`, 2<<20))
	case "call head":
		return raw(encode(`{"kind":"call","id":1,"body":"`+strings.Repeat("a", 300<<10)+`"}`, 0))
	case "cut":
		f := os.NewFile(3, "host")
		_, _ = f.Write([]byte{0, 0, 0, 9, 0, 0, 0, 0, '{'})
		return 0
	}
	peer, err := cell.Connect(cell.CellLimits(), func(p *cell.Peer) map[string]cell.Handler {
		return map[string]cell.Handler{
			"read": read,
			"ignore": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
				return cell.Message{}, nil
			},
			"count files": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
				list, err := os.ReadDir("/proc/self/fd")
				return cell.Message{Body: len(list)}, err
			},
			"forward": func(ctx context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
				return p.Call(ctx, "host", m, nil)
			},
			"ask": func(ctx context.Context, _ cell.Message, _ func(cell.Message) error) (cell.Message, error) {
				return p.Call(ctx, "host", cell.Message{Body: "question"}, nil)
			},
			"crash": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
				go panic("a bug")
				select {}
			},
			"flood": func(_ context.Context, _ cell.Message, send func(cell.Message) error) (cell.Message, error) {
				for {
					if err := send(cell.Message{Body: "x"}); err != nil {
						return cell.Message{}, err
					}
				}
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

// encode returns a frame with data of zeros.
func encode(head string, data int) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(head)))
	b = binary.BigEndian.AppendUint32(b, uint32(data))
	return append(append(b, head...), make([]byte, data)...)
}

func launch(t *testing.T, how string, limits cell.Limits, handlers map[string]cell.Handler) (*cell.Child, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	c, err := cell.Launch(t.Context(), run, proc.Command{Program: self, Env: []string{"CELL_TEST=" + how}}, limits,
		func(*cell.Peer) map[string]cell.Handler { return handlers })
	if err == nil {
		t.Cleanup(func() { _ = c.Kill() })
	}
	return c, err
}

func TestChild(t *testing.T) {
	t.Parallel()
	c, err := launch(t, "honest", cell.HostLimits(), map[string]cell.Handler{
		"host": cell.Answer(func(_ context.Context, in string) (string, error) { return in + ", answered", nil }),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Call(t.Context(), "ask", cell.Message{}, nil)
	var got string
	if err != nil || out.Decode(&got) != nil || got != "question, answered" {
		t.Errorf("%q, %v", got, err)
	}
	if cell.CanPassFiles {
		var files []*os.File
		for _, text := range []string{"one ", "two "} {
			name := t.TempDir() + "/f"
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		out, err = c.Call(t.Context(), "read", cell.Message{Files: files, Data: []byte("three")}, nil)
		if err != nil || string(out.Data) != "one two three" {
			t.Errorf("%q, %v", out.Data, err)
		}
	}
	if err := c.Stop(5 * time.Second); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// TestCellsThatMisbehave checks that each kind of misbehaviour ends the connection or the start with an error.
func TestCellsThatMisbehave(t *testing.T) {
	t.Parallel()
	if !cell.CanPassFiles {
		t.Skip("this system cannot pass Unix sockets to a child, which the stand-ins write to")
	}
	for _, how := range []string{"exit", "large", "garbage", "kind", "files", "cut"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			if _, err := launch(t, how, cell.HostLimits(), nil); fault.CodeOf(err) != fault.Internal {
				t.Errorf("%v", err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	t.Run("crash", func(t *testing.T) {
		t.Parallel()
		c, err := launch(t, "honest", cell.HostLimits(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Call(t.Context(), "crash", cell.Message{}, nil); !errors.Is(err, cell.ErrGone) {
			t.Errorf("%v", err)
		}
		exit, ok := errors.AsType[*proc.ExitError](c.Stop(5 * time.Second))
		if !ok || exit.Code != 2 {
			t.Errorf("it ended with %v", exit)
		}
	})
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		c, err := launch(t, "honest", cell.HostLimits(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(c.ProcessID(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-c.Done()
		exit, ok := errors.AsType[*proc.ExitError](c.Stop(5 * time.Second))
		if !ok || exit.Signal != syscall.SIGKILL {
			t.Errorf("it ended with %v", exit)
		}
	})
	t.Run("flood", func(t *testing.T) {
		t.Parallel()
		limits := cell.HostLimits()
		limits.Events, limits.Rate, limits.Burst = 1000, 100_000, 1000
		c, err := launch(t, "honest", limits, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Call(t.Context(), "flood", cell.Message{}, func(cell.Message) {}); !errors.Is(err, cell.ErrGone) {
			t.Errorf("%v", err)
		}
		if c.Err() == nil {
			t.Error("the connection ended without an error")
		}
	})
}

func TestMain(m *testing.M) {
	if behaviour := os.Getenv("CELL_TEST"); behaviour != "" {
		os.Exit(behave(behaviour))
	}
	os.Exit(m.Run())
}
