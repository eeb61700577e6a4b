package voicetest

import (
	"slices"
	"testing"
	"time"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

// MeasureOnsets returns the deviations of word times from the onsets of the sounds, smallest first. Its sentences have
// short clauses with silence between them. So the first loud sample after a silence is the onset of a clause's
// first word.
func MeasureOnsets(t *testing.T, e voice.Engine, id string) []time.Duration {
	t.Helper()
	var out []time.Duration
	for _, text := range []string{
		"Apples, oranges, and pears; then nothing, really, at all.",
		"Yes, the end of the unbelievably extraordinary story; no, it is not.",
		"First, open it, then close it: slowly, carefully, and without noise.",
		"Monday, Tuesday, Wednesday, Thursday, Friday, at 10:30, all of them.",
		"Dogs, cats, 250 birds, and 3.5 elephants, I believe, were there.",
	} {
		c, err := e.Speak(t.Context(), voice.Request{Voice: id, Language: "en-US", Runs: []utter.Run{{Text: text}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, onset := range findOnsets(c) {
			least := time.Duration(-1)
			for _, w := range c.Words {
				if d := (w.Start - onset).Abs(); least < 0 || d < least {
					least = d
				}
			}
			out = append(out, least)
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d beginnings of words can be found in the sound, too few for the test", len(out))
	}
	slices.Sort(out)
	return out
}

// findOnsets returns the times at which sound begins after at least 60 ms of silence.
func findOnsets(c voice.Clip) []time.Duration {
	const silence = 60 * time.Millisecond
	frame := c.Rate / 200
	loud := 0.0
	for i := 0; i+frame <= len(c.PCM); i += frame {
		loud = max(loud, ComputeRootMeanSquare(c.PCM[i:i+frame]))
	}
	var out []time.Duration
	quiet := time.Duration(0)
	for i := 0; i+frame <= len(c.PCM); i += frame {
		if ComputeRootMeanSquare(c.PCM[i:i+frame]) < loud/50 {
			quiet += 5 * time.Millisecond
			continue
		}
		if quiet >= silence && i > 0 {
			out = append(out, time.Duration(i)*time.Second/time.Duration(c.Rate))
		}
		quiet = 0
	}
	return out
}
