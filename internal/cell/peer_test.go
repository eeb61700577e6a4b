package cell_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
)

type text struct {
	Text string `json:"text"`
}

func upper(_ context.Context, in text) (text, error) { return text{strings.ToUpper(in.Text)}, nil }

// always returns handlers that do not depend on the peer.
func always(m map[string]cell.Handler) cell.Handlers {
	return func(*cell.Peer) map[string]cell.Handler { return m }
}

func pair(t *testing.T, left, right map[string]cell.Handler) (*cell.Peer, *cell.Peer) {
	t.Helper()
	a, b := cell.Pair(cell.CellLimits(), always(left), always(right))
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func TestCallsGoBothWays(t *testing.T) {
	t.Parallel()
	a, b := pair(t, map[string]cell.Handler{"upper": cell.Answer(upper)}, map[string]cell.Handler{"upper": cell.Answer(upper)})
	for _, p := range []*cell.Peer{a, b} {
		got, err := cell.Ask[text](t.Context(), p, "upper", text{"abc"})
		if err != nil || got.Text != "ABC" {
			t.Errorf("%v, %v", got, err)
		}
	}
	if _, err := cell.Ask[text](t.Context(), a, "lower", text{}); fault.CodeOf(err) != fault.Internal {
		t.Errorf("an unknown function: %v", err)
	}
}

func TestFaultsKeepCodeSentenceAndHint(t *testing.T) {
	t.Parallel()
	a, _ := pair(t, nil, map[string]cell.Handler{
		"fail": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) {
			return cell.Message{}, fault.New(fault.Input, errors.New("inner"), "the file is broken").WithHint("export it again")
		},
		"panic": func(context.Context, cell.Message, func(cell.Message) error) (cell.Message, error) { panic("oh") },
	})
	_, err := a.Call(t.Context(), "fail", cell.Message{}, nil)
	f, ok := fault.As(err)
	if !ok || f.Code != fault.Input || f.Public != "the file is broken" || f.Hint != "export it again" || f.Cause.Error() != "inner" {
		t.Errorf("%+v", err)
	}
	if _, err = a.Call(t.Context(), "panic", cell.Message{}, nil); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a panic: %v", err)
	}
}

func TestEventsArriveInOrderBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	a, _ := pair(t, nil, map[string]cell.Handler{
		"count": func(_ context.Context, _ cell.Message, send func(cell.Message) error) (cell.Message, error) {
			for i := range 100 {
				if err := send(cell.Message{Body: i, Data: []byte{byte(i)}}); err != nil {
					return cell.Message{}, err
				}
			}
			return cell.Message{Data: []byte("end")}, nil
		},
	})
	next := 0
	out, err := a.Call(t.Context(), "count", cell.Message{}, func(m cell.Message) {
		var i int
		if m.Decode(&i) != nil || i != next || m.Data[0] != byte(i) {
			t.Errorf("event %d is %v", next, m)
		}
		next++
	})
	if err != nil || string(out.Data) != "end" || next != 100 {
		t.Errorf("%v, %v, %d events", out, err, next)
	}
}

func TestCancelEndsTheOtherSide(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	a, _ := pair(t, nil, map[string]cell.Handler{
		"wait": func(ctx context.Context, _ cell.Message, _ func(cell.Message) error) (cell.Message, error) {
			<-ctx.Done()
			close(ended)
			return cell.Message{}, ctx.Err()
		},
	})
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := a.Call(ctx, "wait", cell.Message{}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the handler still runs")
	}
}

func TestCallsEndWithTheConnection(t *testing.T) {
	t.Parallel()
	var running atomic.Int32
	a, b := pair(t, nil, map[string]cell.Handler{
		"wait": func(ctx context.Context, _ cell.Message, _ func(cell.Message) error) (cell.Message, error) {
			running.Add(1)
			defer running.Add(-1)
			<-ctx.Done()
			return cell.Message{}, nil
		},
	})
	failed := make(chan error)
	go func() {
		_, err := a.Call(t.Context(), "wait", cell.Message{}, nil)
		failed <- err
	}()
	for running.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	b.Close()
	if running.Load() != 0 {
		t.Error("Close returned before the handler")
	}
	if err := <-failed; !errors.Is(err, cell.ErrGone) {
		t.Errorf("%v", err)
	}
	if _, err := a.Call(t.Context(), "wait", cell.Message{}, nil); !errors.Is(err, cell.ErrGone) {
		t.Errorf("a later call: %v", err)
	}
}

func TestMessagesLargerThanTheLimitsAreNotSent(t *testing.T) {
	t.Parallel()
	limits := cell.CellLimits()
	small := cell.FrameLimits{Head: 1000, Data: 1000}
	limits.Call, limits.Answer, limits.Event = small, small, small
	a, b := cell.Pair(limits, nil, always(map[string]cell.Handler{"upper": cell.Answer(upper), "large": func(
		context.Context, cell.Message, func(cell.Message) error,
	) (cell.Message, error) {
		return cell.Message{Data: make([]byte, 2000)}, nil
	}}))
	defer a.Close()
	defer b.Close()
	if _, err := a.Call(t.Context(), "upper", cell.Message{Body: text{strings.Repeat("a", 2000)}}, nil); err == nil {
		t.Error("a long body was sent")
	}
	if _, err := a.Call(t.Context(), "large", cell.Message{}, nil); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a long answer: %v", err)
	}
	if got, err := cell.Ask[text](t.Context(), a, "upper", text{"still"}); err != nil || got.Text != "STILL" {
		t.Errorf("afterwards: %v, %v", got, err)
	}
}
