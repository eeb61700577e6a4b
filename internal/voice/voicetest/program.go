package voicetest

import (
	"errors"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/program"
)

// Maker returns an engine that runs a program.
type Maker[E voice.Engine] func(program.Config, *proc.Runner) (E, error)

// NewEngine returns an engine with the given settings.
func NewEngine[E voice.Engine](tb testing.TB, cfg program.Config, makes Maker[E]) E {
	tb.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		tb.Fatal(err)
	}
	e, err := makes(cfg, run)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// CheckMissingProgram checks that an engine reports a missing program and refuses invalid settings.
func CheckMissingProgram[E voice.Engine](t *testing.T, cfg program.Config, makes Maker[E]) {
	t.Helper()
	cfg.Program = "no-such-program"
	_, err := NewEngine(t, cfg, makes).Version(t.Context())
	if _, ok := errors.AsType[*proc.NotFoundError](err); !ok || fault.CodeOf(err) != fault.ToolMissing {
		t.Errorf("Version of a missing program returned %v, want proc.NotFoundError with fault.ToolMissing", err)
	}
	if _, err := makes(program.Config{}, nil); err == nil {
		t.Error("New accepted an empty program name")
	}
}

// BenchmarkSentence measures the time for a sentence.
func BenchmarkSentence(b *testing.B, e voice.Engine, id string) {
	b.Helper()
	for b.Loop() {
		if _, err := e.Speak(b.Context(), voice.Request{Voice: id, Runs: []utter.Run{{Text: sentence}}}); err != nil {
			b.Fatal(err)
		}
	}
}
