package host

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/record"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// slowEngine counts its calls, which wait for go on.
type slowEngine struct {
	voice.Engine
	calls atomic.Int32
	goOn  chan struct{}
	fails atomic.Bool
}

// Speak implements voice.Engine.
func (e *slowEngine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	e.calls.Add(1)
	select {
	case <-e.goOn:
	case <-ctx.Done():
		return voice.Clip{}, fault.New(fault.Cancelled, ctx.Err(), "stopped")
	}
	if e.fails.Load() {
		return voice.Clip{}, errors.New("no answer")
	}
	return e.Engine.Speak(ctx, req)
}

// purse is a budget of 20 characters for each tenant.
type purse struct {
	mu    sync.Mutex
	spent map[string]int64
}

func (p *purse) spend(_ context.Context, tenant, _ string, n int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	const most = 20
	if p.spent[tenant]+n > most {
		return record.ErrBudget
	}
	p.spent[tenant] += n
	return nil
}

func newSentence(text string) voice.Request {
	return voice.Request{Voice: tone.NewVoice().EngineVoice, Runs: []utter.Run{{Text: text}}}
}

// TestEqualSentencesAreSpokenOnce checks that equal sentences of several cells become one call, which one tenant pays,
// and that a cell that stops does not fail the others.
func TestEqualSentencesAreSpokenOnce(t *testing.T) {
	t.Parallel()
	slow := &slowEngine{Engine: tone.New(), goOn: make(chan struct{})}
	p := &purse{spent: map[string]int64{}}
	s := newSpeakers([]voice.Engine{slow}, nil, p.spend)
	first, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := (&paid{s.remote[0], "a"}).Speak(first, newSentence("Hello.")); err == nil {
			t.Error("the stopped cell got a sentence")
		}
	})
	for slow.calls.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	for _, tenant := range []string{"b", "b", "b"} {
		all.Go(func() {
			c, err := (&paid{s.remote[0], tenant}).Speak(t.Context(), newSentence("Hello."))
			if err != nil || len(c.PCM) == 0 {
				t.Errorf("%d samples, %v", len(c.PCM), err)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	stop()
	time.Sleep(20 * time.Millisecond)
	close(slow.goOn)
	all.Wait()
	if n := slow.calls.Load(); n != 2 || p.spent["a"] != 0 || p.spent["b"] != 6 {
		t.Errorf("%d calls; spent %v", n, p.spent)
	}
}

// TestBudget checks that a tenant whose budget is used up gets an error of its own, and that failures cost nothing.
func TestBudget(t *testing.T) {
	t.Parallel()
	slow := &slowEngine{Engine: tone.New(), goOn: make(chan struct{})}
	close(slow.goOn)
	p := &purse{spent: map[string]int64{}}
	a := &paid{newSpeakers([]voice.Engine{slow}, nil, p.spend).remote[0], "a"}
	slow.fails.Store(true)
	if _, err := a.Speak(t.Context(), newSentence("Fifteen letters")); err == nil || p.spent["a"] != 0 {
		t.Errorf("a failure: %v, spent %v", err, p.spent)
	}
	slow.fails.Store(false)
	if _, err := a.Speak(t.Context(), newSentence("Fifteen letters")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Speak(t.Context(), newSentence("Six more.")); fault.CodeOf(err) != fault.Budget {
		t.Errorf("over the budget: %v", err)
	}
}

// TestBudgetOfOneTenant checks that a tenant whose budget is used up does not fail the same sentence of another.
func TestBudgetOfOneTenant(t *testing.T) {
	t.Parallel()
	for _, refusal := range []error{record.ErrBudget, errors.New("the disk is full")} {
		slow := &slowEngine{Engine: tone.New(), goOn: make(chan struct{})}
		close(slow.goOn)
		asked, goOn := make(chan struct{}), make(chan struct{})
		s := newSpeakers([]voice.Engine{slow}, nil, func(_ context.Context, tenant, _ string, _ int64) error {
			if tenant == "rich" {
				return nil
			}
			close(asked)
			<-goOn
			return refusal
		})
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := (&paid{s.remote[0], "poor"}).Speak(t.Context(), newSentence("Hello.")); err == nil {
				t.Error("the tenant without a budget got a sentence")
			}
		})
		<-asked
		for range 3 {
			all.Go(func() {
				c, err := (&paid{s.remote[0], "rich"}).Speak(t.Context(), newSentence("Hello."))
				if err != nil || len(c.PCM) == 0 {
					t.Errorf("%d samples, %v", len(c.PCM), err)
				}
			})
		}
		time.Sleep(20 * time.Millisecond)
		close(goOn)
		all.Wait()
	}
}

// TestIdentifySentence checks that requests that differ in any byte differ.
func TestIdentifySentence(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for i, req := range []voice.Request{
		newSentence("caf\xe9"), newSentence("caf\xe8"), newSentence("caf\ufffd"),
		newSentence(`caf\xe9`), newSentence(""),
		{Voice: "a\xff"},
		{Voice: "a\xfe"},
		{Speed: utter.NewFactor(1.5)},
		{Speed: utter.NewFactor(1.25)},
		{Runs: []utter.Run{{Say: "\xff"}}},
		{Runs: []utter.Run{{Say: "\xfe"}}},
		{Runs: []utter.Run{{IPA: "\xfe"}}},
		{Runs: []utter.Run{{Volume: utter.NewFactor(2)}}},
		{Runs: []utter.Run{{Volume: utter.NewFactor(3)}}},
	} {
		if other, ok := seen[identifySentence(req)]; ok {
			t.Errorf("the requests %d and %d are equal", other, i)
		}
		seen[identifySentence(req)] = i
	}
	again := newSentence("caf\xe9")
	if _, ok := seen[identifySentence(again)]; !ok {
		t.Error("equal requests differ")
	}
}
