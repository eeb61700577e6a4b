package cell_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// TestDescriptionsAreRememberedOnlyWithoutFault checks that a fault passes, and that a call without an answer does not
// stop others.
func TestDescriptionsAreRememberedOnlyWithoutFault(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	honest := cell.ServeEngines(tone.New())[cell.DescribeEngine]
	a, _ := pair(t, nil, map[string]cell.Handler{
		cell.DescribeEngine: func(ctx context.Context, m cell.Message, send func(cell.Message) error) (cell.Message, error) {
			switch asked.Add(1) {
			case 1:
				return cell.Message{Body: cell.EngineInfo{NoVoices: cell.NewFault(fault.New(fault.ToolFailed, nil, "busy"))}}, nil
			case 2:
				<-ctx.Done()
				return cell.Message{}, ctx.Err()
			default:
				return honest(ctx, m, send)
			}
		},
	})
	e := cell.NewEngine(tone.New().Name(), func(context.Context, string) (*cell.Peer, error) { return a, nil })
	if _, err := e.Voices(t.Context()); fault.CodeOf(err) != fault.ToolFailed {
		t.Errorf("%v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { _, _ = e.Voices(ctx) }()
	for asked.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	var voices []voice.EngineVoice
	for range 3 {
		limited, done := context.WithTimeout(t.Context(), 5*time.Second)
		var err error
		if voices, err = e.Voices(limited); err != nil || len(voices) == 0 {
			t.Errorf("%v, %v", voices, err)
		}
		done()
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("asked %d times, want 3", n)
	}
}
