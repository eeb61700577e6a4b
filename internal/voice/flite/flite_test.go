package flite_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/flite"
	"mynah/internal/voice/voicetest"
)

func engine(tb testing.TB, cfg flite.Config) *flite.Engine {
	tb.Helper()
	return voicetest.NewEngine(tb, cfg, flite.New)
}

func TestEngine(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"slt", "kal16"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			voicetest.RunSuite(t, engine(t, flite.DefaultConfig()), voicetest.Options{Voice: id, ExactWords: true, Deterministic: true})
		})
	}
}

// TestCatalogue speaks a word with each voice of the catalogue.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := engine(t, flite.DefaultConfig())
	for _, v := range voice.NewCatalogue().ListVoices() {
		if v.Engine != voice.EngineFlite {
			continue
		}
		req := voice.Request{Voice: v.EngineVoice, Pitch: v.Pitch, Runs: []utter.Run{{Text: "Hello."}}}
		if c, err := e.Speak(t.Context(), req); err != nil || voicetest.ComputeRootMeanSquare(c.PCM) < 200 {
			t.Errorf("%s: level %f, %v", v.Name, voicetest.ComputeRootMeanSquare(c.PCM), err)
		}
	}
}

func TestMissingProgram(t *testing.T) {
	t.Parallel()
	voicetest.CheckMissingProgram(t, flite.DefaultConfig(), flite.New)
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := flite.DefaultConfig()
	cfg.TempDir = dir
	e := engine(t, cfg)
	if _, err := e.Speak(t.Context(), voice.Request{Voice: "slt", Runs: []utter.Run{{Text: "Hello."}}}); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	cfg.TempDir = dir + "/none"
	e = engine(t, cfg)
	_, err := e.Speak(t.Context(), voice.Request{Voice: "slt", Runs: []utter.Run{{Text: "Hello."}}})
	if fault.CodeOf(err) != fault.Disk || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

// TestWordTimesMatchTheSound checks that there is silence before a word that follows a comma, across several
// utterances of the program, with numbers and abbreviations.
func TestWordTimesMatchTheSound(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	req := voice.Request{Voice: "slt", Runs: []utter.Run{{Text: "Dr. Smith paid $5 for 3.14 apples, then left. Nobody asked why."}}}
	c, err := engine(t, flite.DefaultConfig()).Speak(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := voicetest.CheckClip(req, c); err != nil {
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
			l := voicetest.ComputeRootMeanSquare(c.PCM[from : from+c.Rate/50])
			if l > voicetest.ComputeRootMeanSquare(c.PCM)/10 {
				t.Errorf("level %f before %q", l, w.Text)
			}
		}
	}
	if number := c.Words[5]; number.Text != "3.14" || number.End-number.Start < 600*time.Millisecond {
		t.Errorf("the number is %+v", number)
	}
}

// TestNoPausesAroundSpeech checks that a clip begins and ends with speech, so that pauses between clips have
// the requested length.
func TestNoPausesAroundSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := engine(t, flite.DefaultConfig())
	for _, id := range []string{"slt", "rms", "awb", "kal16", "kal"} {
		c, err := e.Speak(t.Context(), voice.Request{Voice: id, Runs: []utter.Run{{Text: "Then the others come."}}})
		if err != nil {
			t.Fatal(err)
		}
		first, last := c.Words[0], c.Words[len(c.Words)-1]
		if first.Start > 30*time.Millisecond || c.Length()-last.End > 80*time.Millisecond || last.End > c.Length() {
			t.Errorf("%s: words from %s to %s of %s", id, first.Start, last.End, c.Length())
		}
	}
}

func BenchmarkSentence(b *testing.B) {
	voicetest.BenchmarkSentence(b, engine(b, flite.DefaultConfig()), "slt")
}

// TestOnsets measures the deviation of word times; see voicetest.Onsets.
func TestOnsets(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	errs := voicetest.MeasureOnsets(t, engine(t, flite.DefaultConfig()), "slt")
	if median := errs[len(errs)/2]; median > 120*time.Millisecond {
		t.Errorf("words begin %s off, half of them more", median)
	} else {
		t.Logf("%d onsets: median %s, worst %s", len(errs), median, errs[len(errs)-1])
	}
}

// TestPhonemes checks that a word with IPA has this pronunciation, and that the other words do not change.
func TestPhonemes(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := engine(t, flite.DefaultConfig())
	say := func(runs ...utter.Run) voice.Clip {
		req := voice.Request{Voice: "slt", Language: "en-US", Runs: runs}
		c, err := e.Speak(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if err := voicetest.CheckClip(req, c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	said := say(utter.Run{Text: "I say <b> & "}, utter.Run{Text: "tomato", IPA: "kæt"}, utter.Run{Text: " now."})
	cat := say(utter.Run{Text: "I say less than b greater than and cat now."})
	if d := (said.Length() - cat.Length()).Abs(); d > 200*time.Millisecond {
		t.Errorf("/kæt/ lasts %s, cat %s", said.Length(), cat.Length())
	}
	w := said.Words[len(said.Words)-2]
	c := cat.Words[len(cat.Words)-2]
	if d := ((w.End - w.Start) - (c.End - c.Start)).Abs(); w.Text != "tomato" || !w.Exact || d > 30*time.Millisecond {
		t.Errorf("%+v, not as long as %+v", w, c)
	}
	say(utter.Run{Text: "New York", IPA: "nuː ˈjɔːɹk"}, utter.Run{Text: " it is."})
	say(utter.Run{Text: "日本", IPA: "x"})
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, id := range []string{"slt", "rms"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			voicetest.CheckEmphasis(t, engine(t, flite.DefaultConfig()), voicetest.Options{Voice: id, Deterministic: true})
		})
	}
}
