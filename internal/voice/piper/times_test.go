package piper_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/piper"
	"mynah/internal/voice/voicetest"
)

func speakWords(t *testing.T, e *piper.Engine, runs ...utter.Run) voice.Clip {
	t.Helper()
	req := voice.Request{Voice: "en_US-test-medium", Language: "en-US", Runs: runs}
	c, err := e.Speak(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := voicetest.CheckClip(req, c); err != nil {
		t.Error(err)
	}
	return c
}

// TestDurations checks that word times come from the model's lengths. In the test's model, each symbol and each
// gap lasts 600 samples.
func TestDurations(t *testing.T) {
	t.Parallel()
	e := engine(t, byLibrary(t))
	c := speakWords(t, e, utter.Run{Text: "aaa ", IPA: "ˈæb"}, utter.Run{Text: "bbb", IPA: "sɪːt"}, utter.Run{Text: "?"})
	at := func(symbols int) time.Duration { // after the start symbol and its gap
		return time.Duration(float64(600*(2+2*symbols)) / 22050 * float64(time.Second))
	}
	for i, want := range [][2]time.Duration{{at(0), at(3)}, {at(4), at(8)}} {
		w := c.Words[i]
		if (w.Start-want[0]).Abs() > time.Millisecond || (w.End-want[1]).Abs() > time.Millisecond || !w.Exact {
			t.Errorf("%+v, want %s to %s", w, want[0], want[1])
		}
	}
}

// TestDurationsOfSentences checks word times for words that are spoken as one unit, numbers and letters.
func TestDurationsOfSentences(t *testing.T) {
	t.Parallel()
	e := engine(t, byLibrary(t))
	for _, runs := range [][]utter.Run{
		{{Text: "The end of the story is in the book, and 3.5 of them; it's done."}},
		{
			{Text: "Press "},
			{Text: "CTRL", Style: utter.Spell},
			{Text: " and the "},
			{Text: "tomato", IPA: "təmˈɑːtəʊ"},
			{Text: " will go."},
		},
	} {
		c := speakWords(t, e, runs...)
		for _, w := range c.Words {
			if !w.Exact || w.End-w.Start < 50*time.Millisecond {
				t.Errorf("%+v", w)
			}
		}
	}
}

// TestNoDurations checks that a model without lengths still works, with estimated word times.
func TestNoDurations(t *testing.T) {
	t.Parallel()
	want := speakWords(t, engine(t, byLibrary(t)), utter.Run{Text: "Hello there."})
	for name, change := range map[string]func([]byte) []byte{
		"no Ceil": func(m []byte) []byte { return bytes.ReplaceAll(m, []byte("\x04Ceil"), []byte("\x04Relu")) },
	} {
		var dir string
		e := engine(t, func(c *piper.Config) { byLibrary(t)(c); dir = c.Dir })
		path := filepath.Join(dir, "en_US-test-medium.onnx")
		if err := os.WriteFile(path, change(voicetest.NewPiperModel(false)), 0o600); err != nil {
			t.Fatal(err)
		}
		c := speakWords(t, e, utter.Run{Text: "Hello there."})
		if len(c.PCM) != len(want.PCM) || c.Words[0].Exact {
			t.Errorf("%s: %d samples, %+v", name, len(c.PCM), c.Words)
		}
	}
}
