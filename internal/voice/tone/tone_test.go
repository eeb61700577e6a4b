package tone_test

import (
	"testing"
	"time"

	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
	"mynah/internal/voice/voicetest"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	voicetest.RunSuite(t, tone.New(), voicetest.Options{Voice: "high", ExactWords: true, Deterministic: true})
}

func TestTimesFollowFromTheText(t *testing.T) {
	t.Parallel()
	c, err := tone.New().Speak(t.Context(), voice.Request{Voice: "low", Runs: []utter.Run{{Text: "Hi, you."}}})
	if err != nil {
		t.Fatal(err)
	}
	ms := time.Millisecond
	want := []voice.Word{
		{Text: "Hi", Offset: 0, Start: 0, End: 120 * ms, Exact: true},
		{Text: "you", Offset: 4, Start: 320 * ms, End: 500 * ms, Exact: true},
	}
	for i, w := range want {
		if c.Words[i] != w {
			t.Errorf("word %+v, want %+v", c.Words[i], w)
		}
	}
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	voicetest.CheckEmphasis(t, tone.New(), voicetest.Options{Voice: "high", Deterministic: true})
}
