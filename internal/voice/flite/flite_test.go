package flite_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/voice"
	"mynah/internal/voice/flite"
	"mynah/internal/voice/voicetest"
)

func engine(tb testing.TB, change func(*flite.Config)) *flite.Engine {
	tb.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		tb.Fatal(err)
	}
	cfg := flite.DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	e, err := flite.New(cfg, run)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func TestEngine(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"slt", "kal16"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			voicetest.Run(t, engine(t, nil), voicetest.Options{Voice: id, ExactWords: true, Deterministic: true})
		})
	}
}

// TestCatalogue says a word with every voice of the catalogue.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	e := engine(t, nil)
	for _, v := range voice.NewCatalogue().Voices() {
		if v.Engine != voice.EngineFlite {
			continue
		}
		req := voice.Request{Voice: v.EngineVoice, Pitch: v.Pitch, Runs: []voice.Run{{Text: "Hello."}}}
		if c, err := e.Speak(t.Context(), req); err != nil || voicetest.Level(c.PCM) < 200 {
			t.Errorf("%s: level %f, %v", v.Name, voicetest.Level(c.PCM), err)
		}
	}
}

func TestMissingProgram(t *testing.T) {
	t.Parallel()
	_, err := engine(t, func(c *flite.Config) { c.Program = "no-such-flite" }).Version(t.Context())
	if fault.CodeOf(err) != fault.ToolMissing {
		t.Errorf("Version: %v", err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := engine(t, func(c *flite.Config) { c.TempDir = dir })
	if _, err := e.Speak(t.Context(), voice.Request{Voice: "slt", Runs: []voice.Run{{Text: "Hello."}}}); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	e = engine(t, func(c *flite.Config) { c.TempDir = dir + "/none" })
	_, err := e.Speak(t.Context(), voice.Request{Voice: "slt", Runs: []voice.Run{{Text: "Hello."}}})
	if fault.CodeOf(err) != fault.Disk || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

// TestWordTimesMatchTheSound: a silence lies before the word after a comma, across
// several of the program's own utterances, numbers and abbreviations.
func TestWordTimesMatchTheSound(t *testing.T) {
	t.Parallel()
	req := voice.Request{Voice: "slt", Runs: []voice.Run{{Text: "Dr. Smith paid $5 for 3.14 apples, then left. Nobody asked why."}}}
	c, err := engine(t, nil).Speak(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := voicetest.Check(req, c); err != nil {
		t.Fatal(err)
	}
	for i, w := range c.Words {
		if !w.Exact {
			t.Errorf("%+v is not exact", w)
		}
		if w.Text == "then" || w.Text == "Nobody" {
			if gap := w.Start - c.Words[i-1].End; gap < 50*time.Millisecond {
				t.Errorf("%s between %q and %q", gap, c.Words[i-1].Text, w.Text)
			}
			from := int((w.Start - 50*time.Millisecond).Seconds() * float64(c.Rate))
			if l := voicetest.Level(c.PCM[from : from+c.Rate/50]); l > voicetest.Level(c.PCM)/10 {
				t.Errorf("level %f before %q", l, w.Text)
			}
		}
	}
	if number := c.Words[5]; number.Text != "3.14" || number.End-number.Start < 600*time.Millisecond {
		t.Errorf("the number is %+v", number)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := (flite.Config{}).Validate(); err == nil || !strings.Contains(err.Error(), "program") || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("%v", err)
	}
}

func BenchmarkSentence(b *testing.B) {
	e := engine(b, nil)
	for b.Loop() {
		if _, err := e.Speak(b.Context(), voice.Request{Voice: "slt", Runs: []voice.Run{{Text: "The quick brown fox, who was late, jumps over 3 lazy dogs."}}}); err != nil {
			b.Fatal(err)
		}
	}
}
