//go:build unix

package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"mynah/internal/cell/host"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
	"mynah/internal/voice/voicetest"
)

func newModels(t *testing.T, change func(*host.ModelsConfig)) (*host.Models, *proc.Runner) {
	t.Helper()
	self, run := findSelf(t)
	cfg := host.DefaultModelsConfig()
	cfg.Program, cfg.Args, cfg.Engine = self, []string{standIn, "model"}, tone.Name
	if change != nil {
		change(&cfg)
	}
	m := host.NewModels(cfg, run, func() (json.RawMessage, error) { return json.RawMessage("{}"), nil })
	t.Cleanup(func() {
		m.Close()
		run.WaitUntilIdle()
		if n := run.ReadStats().Running; n != 0 {
			t.Errorf("%d processes are left", n)
		}
	})
	return m, run
}

// TestEngineOfAModelHost checks that an engine in another process behaves as any engine.
func TestEngineOfAModelHost(t *testing.T) {
	t.Parallel()
	m, _ := newModels(t, nil)
	e := m.NewEngine()
	voices, err := e.Voices(t.Context())
	if err != nil || len(voices) == 0 {
		t.Fatalf("%v, %v", voices, err)
	}
	t.Run("suite", func(t *testing.T) {
		t.Parallel()
		voicetest.RunSuite(t, e, voicetest.Options{Voice: voices[0].ID, ExactWords: true, Deterministic: true})
	})
}

// TestModelHosts checks that each model has a process of its own, which ends when it is idle or too many run, and is
// replaced when it died.
func TestModelHosts(t *testing.T) {
	t.Parallel()
	m, run := newModels(t, func(c *host.ModelsConfig) { c.Most, c.Idle = 2, 2*time.Second })
	e := m.NewEngine()
	voices, err := e.Voices(t.Context())
	if err != nil || len(voices) < 2 {
		t.Fatalf("%v, %v", voices, err)
	}
	say := func(id string) error {
		_, err := e.Speak(t.Context(), voice.Request{Voice: id, Runs: []utter.Run{{Text: "Hello."}}})
		return err
	}
	for _, v := range []string{voices[0].ID, voices[1].ID, voices[0].ID} {
		if err := say(v); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.Count(); n != 2 {
		t.Errorf("%d model hosts run", n)
	}
	for end := time.Now().Add(20 * time.Second); m.Count() > 0 || run.ReadStats().Running > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("an idle model host still runs")
		}
	}
	if err := say(voices[0].ID); err != nil {
		t.Error(err)
	}
}

// TestBusyModelHostsStay checks that no model host ends while somebody uses it, that more are started meanwhile, and
// that those end after use.
func TestBusyModelHostsStay(t *testing.T) {
	t.Parallel()
	m, _ := newModels(t, func(c *host.ModelsConfig) {
		c.Args, c.Most, c.Idle = []string{standIn, "slow model"}, 1, time.Second/2
		c.Exists = func(model string) bool { return model != "missing" }
	})
	e := m.NewEngine()
	say := func(ctx context.Context, id string) error {
		_, err := e.Speak(ctx, voice.Request{Voice: id, Runs: []utter.Run{{Text: "Hello."}}})
		return err
	}
	var all sync.WaitGroup
	for _, v := range []string{"a", "b", "c", "a+1"} { // two places and one speaker more
		all.Go(func() {
			if err := say(t.Context(), v); err != nil {
				t.Errorf("%s: %v", v, err)
			}
		})
	}
	time.Sleep(time.Second / 2)
	if n := m.Count(); n != 2 {
		t.Errorf("%d model hosts run", n)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Second/10)
	defer stop()
	if err := say(ctx, "d"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a sentence without a place: %v", err)
	}
	all.Wait()
	if n := m.Count(); n > 1 {
		t.Errorf("%d model hosts run after use", n)
	}
	if _, ok := errors.AsType[*voice.UnknownVoiceError](say(t.Context(), "missing+1")); !ok {
		t.Error("a missing model is not an unknown voice")
	}
}

// TestSlowModelHosts checks that a model host whose setup never ends fails its sentence.
func TestSlowModelHosts(t *testing.T) {
	t.Parallel()
	m, _ := newModels(t, func(c *host.ModelsConfig) {
		c.Args, c.StartTime = []string{standIn, "slow model setup"}, time.Second
	})
	if _, err := m.NewEngine().Voices(t.Context()); fault.CodeOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
	if n := m.Count(); n != 0 {
		t.Errorf("%d model hosts are left", n)
	}
}
