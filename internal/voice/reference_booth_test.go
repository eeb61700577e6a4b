package voice_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// asReference replaces espeak-ng and speaks in tones.
type asReference struct{ *counted }

func (r asReference) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	req.Voice = "high"
	return r.counted.Speak(ctx, req)
}

func (r asReference) DescribeVoice(string) (voice.EngineVoice, bool) {
	return voice.EngineVoice{}, false
}

// estimating returns an engine whose word times are estimates.
func estimating() *counted { return &counted{Engine: guessing{tone.New()}, name: tone.Name} }

func reference(version string, speak func() error) asReference {
	return asReference{&counted{Engine: tone.New(), name: voice.EngineEspeak, version: version, speak: speak}}
}

// TestReferenceVersionIsInTheKey checks that a new version of the reference engine invalidates word times.
func TestReferenceVersionIsInTheKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	say := func(version string, l utter.Line) voice.Spoken {
		s, err := booth(t, dir, estimating(), reference(version, nil)).Speak(t.Context(), tone.NewVoice(), l)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	l := line("Hello there, and goodbye.")
	first, again, newer := say("a", l), say("a", l), say("b", l)
	if first.Key != again.Key || again.New || !newer.New || newer.Key == first.Key {
		t.Errorf("%v, %v, %v", first.Key, again.Key, newer.Key)
	}
}

// TestFailedReferenceIsTriedAgain checks that estimates after a failure of the reference are not cached as if
// they came from it.
func TestFailedReferenceIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Hello there, and goodbye.", "A **very** long one."} {
		dir := t.TempDir()
		l := line(text)
		say := func(speak func() error) voice.Spoken {
			b := booth(t, dir, estimating(), reference("", speak))
			s, err := b.Speak(t.Context(), tone.NewVoice(), l)
			if err != nil {
				t.Fatal(err)
			}
			if r, err := b.OpenSamples(s.Key, 0); err != nil {
				t.Error(err)
			} else {
				_ = r.Close()
			}
			return s
		}
		failed := say(func() error { return errors.New("out of memory") })
		good := say(nil)
		again := say(nil)
		if !failed.New || !good.New || again.New || failed.Key == good.Key || again.Key != good.Key {
			t.Errorf("%q: %v %v, %v %v, %v %v", text, failed.Key, failed.New, good.Key, good.New, again.Key, again.New)
		}
	}
}

// TestPanicOfAnEngine checks that a panic is a fault of the sentence, also for callers that wait for the same
// sentence.
func TestPanicOfAnEngine(t *testing.T) {
	t.Parallel()
	e := &counted{Engine: tone.New(), speak: func() error { panic("boom") }}
	_, err := booth(t, t.TempDir(), e).Speak(t.Context(), tone.NewVoice(), line("Hello."))
	if f, ok := fault.As(err); !ok || f.Code != fault.Internal || strings.Contains(f.Public, "boom") ||
		!strings.Contains(err.Error(), "boom") {
		t.Errorf("%v", err)
	}
}
