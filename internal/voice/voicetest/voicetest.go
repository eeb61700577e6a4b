// Package voicetest contains the tests that all speech engines must pass. It never skips a test: Options lists
// what an engine cannot do.
package voicetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

// Options contains the differences between engines.
type Options struct {
	Voice      string // a voice of the engine
	ExactWords bool   // word times are measured for plain English text
	// Deterministic is false for engines that use a remote service.
	Deterministic bool
}

// RunSuite runs the tests as parallel subtests.
func RunSuite(t *testing.T, e voice.Engine, o Options) {
	t.Helper()
	s := suite{e, o}
	for name, f := range map[string]func(*testing.T){
		"identity":   s.checkNameVersionVoices,
		"clip":       s.checkClip,
		"same again": s.checkRepeatable,
		"speed":      s.checkSpeed,
		"pitch":      s.checkPitch,
		"nothing":    s.checkEmptyText,
		"hostile":    s.checkHostileText,
		"literal":    s.checkLiteralMarkup,
		"spell":      s.checkSpelling,
		"fragment":   s.checkFragment,
		"long":       s.checkLongText,
		"cancel":     s.checkCancel,
		"no voice":   s.checkUnknownVoice,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
}

type suite struct {
	e voice.Engine
	o Options
}

const sentence = "The quick brown fox, who was late, jumps over 3 lazy dogs."

func (s suite) newRequest(text string) voice.Request {
	return voice.Request{Voice: s.o.Voice, Language: "en-US", Runs: []utter.Run{{Text: text}}}
}

// speakAndCheck speaks a text and checks what must be true for all clips.
func (s suite) speakAndCheck(t *testing.T, req voice.Request) voice.Clip {
	t.Helper()
	c, err := s.e.Speak(t.Context(), req)
	if err != nil {
		t.Fatalf("Speak(%.60q): %v", req.Text(), err)
	}
	if err := CheckClip(req, c); err != nil {
		t.Fatalf("Speak(%.60q): %v", req.Text(), err)
	}
	return c
}

// CheckClip returns an error if a clip is invalid for its request: its rate is out of range, or its words are not
// those of the text, in order and within the clip.
func CheckClip(req voice.Request, c voice.Clip) error {
	if c.Rate < 8000 || c.Rate > 48000 {
		return fmt.Errorf("the sample rate is %d, want 8000 to 48000", c.Rate)
	}
	text := req.Text()
	spans := voice.SplitWords(text)
	if len(spans) != len(c.Words) {
		return fmt.Errorf("the clip has times of %d words, the text has %d words", len(c.Words), len(spans))
	}
	at := time.Duration(0)
	for i, w := range c.Words {
		if want := text[spans[i].Start:spans[i].End]; w.Text != want || w.Offset != spans[i].Start {
			return fmt.Errorf("word %d of the clip is %q at byte %d, want %q at byte %d", i, w.Text, w.Offset, want, spans[i].Start)
		}
		if w.Start < at || w.End < w.Start {
			return fmt.Errorf("word %d (%q) lasts from %s to %s, but the word before it ends at %s", i, w.Text, w.Start, w.End, at)
		}
		at = w.End
	}
	if at > c.Length()+time.Millisecond {
		return fmt.Errorf("the last word ends at %s, after the end of the clip at %s", at, c.Length())
	}
	return nil
}

// ComputeRootMeanSquare returns the root mean square of samples.
func ComputeRootMeanSquare(pcm []int16) float64 {
	if len(pcm) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

func (s suite) checkNameVersionVoices(t *testing.T) {
	ctx := t.Context()
	if n := s.e.Name(); n == "" || n != strings.ToLower(n) || strings.ContainsAny(n, " \t") {
		t.Errorf("the engine's name is %q, want lower case without spaces", n)
	}
	v, err := s.e.Version(ctx)
	if again, _ := s.e.Version(ctx); err != nil || v == "" || again != v || strings.Contains(v, "/") {
		t.Errorf("Version returned %q, then %q, error %v", v, again, err)
	}
	list, err := s.e.Voices(ctx)
	if err != nil || len(list) == 0 {
		t.Fatalf("Voices returned %v, error %v", list, err)
	}
	for _, v := range list {
		if v.ID == "" || v.Language == "" {
			t.Errorf("the voice %+v has no ID or no language", v)
		}
	}
}

func (s suite) checkClip(t *testing.T) {
	c := s.speakAndCheck(t, s.newRequest(sentence))
	if l := c.Length(); l < time.Second || l > 10*time.Second {
		t.Errorf("the sentence lasts %s, want 1 s to 10 s", l)
	}
	if ComputeRootMeanSquare(c.PCM) < 300 {
		t.Errorf("the sentence has the level %f, want at least 300", ComputeRootMeanSquare(c.PCM))
	}
	for i, w := range c.Words {
		if w.End-w.Start < 10*time.Millisecond || w.End-w.Start > 2*time.Second {
			t.Errorf("the word %q lasts %s, want 10 ms to 2 s", w.Text, w.End-w.Start)
		}
		if s.o.ExactWords && !w.Exact {
			t.Errorf("the times of word %d (%q) are estimated, want exact ones", i, w.Text)
		}
	}
}

func (s suite) checkRepeatable(t *testing.T) {
	if !s.o.Deterministic {
		t.Log("skipped: the engine does not return equal clips for equal requests")
		return
	}
	first := s.speakAndCheck(t, s.newRequest(sentence))
	for range 3 {
		again := s.speakAndCheck(t, s.newRequest(sentence))
		if !slices.Equal(first.PCM, again.PCM) || !slices.Equal(first.Words, again.Words) {
			t.Fatal("equal requests return different clips")
		}
	}
}

func (s suite) checkSpeed(t *testing.T) {
	can := s.e.Abilities()
	normal := s.speakAndCheck(t, s.newRequest(sentence)).Length().Seconds()
	for _, speed := range []float64{voice.MinSpeed, 0.5, 0.8, 1.25, 2, voice.MaxSpeed} {
		if speed < can.Slowest || speed > can.Fastest {
			continue // the Booth never requests it
		}
		req := s.newRequest(sentence)
		req.Speed = utter.NewFactor(speed)
		got := normal / s.speakAndCheck(t, req).Length().Seconds()
		if got < speed*0.75 || got > speed*1.35 {
			t.Errorf("at speed %g the sentence is spoken %.2f times as fast", speed, got)
		}
	}
}

func (s suite) checkPitch(t *testing.T) {
	if !s.e.Abilities().Pitch {
		t.Log("skipped: the engine cannot change the pitch")
		return
	}
	req := s.newRequest(sentence)
	normal := s.speakAndCheck(t, req)
	req.Pitch = utter.NewFactor(1.5)
	high := s.speakAndCheck(t, req)
	if slices.Equal(normal.PCM, high.PCM) {
		t.Error("another pitch returns the same samples")
	}
	if a, b := normal.Length().Seconds(), high.Length().Seconds(); b < 0.8*a || b > 1.25*a {
		t.Errorf("another pitch changes the length from %.2f s to %.2f s, want about the same", a, b)
	}
}

func (s suite) checkEmptyText(t *testing.T) {
	for _, text := range []string{"", " ", "\n\t ", "...", "!?", "—", "(„“)", "\x00", "\u200b"} {
		c := s.speakAndCheck(t, s.newRequest(text))
		if len(c.Words) > 0 {
			t.Errorf("%q has no words, but the clip has times of %v", text, c.Words)
		}
	}
	for _, text := range []string{"😀", "👩‍👩‍👧", "🇩🇪 ❤️", "™"} {
		s.speakAndCheck(t, s.newRequest(text))
	}
}

// checkHostileText checks that text never causes a failure and is never interpreted as options, commands or files.
func (s suite) checkHostileText(t *testing.T) {
	for _, text := range []string{
		"--help", "-v nothing", "-f /etc/passwd", "--version", "; reboot", "$(reboot) `reboot`", "| cat", "& wait",
		"zero\x00byte", "two\nlines\r\n\r\nhere", "bell\a escape\x1b[2J", "\x01 50S fast", "broken \xff\xfe bytes",
		"%s %n %d", `back\slash "quotes"`, "/etc/passwd", "<mark name='x'/>", "&lt;&amp;", "a\u202eb", "\ufeffmark",
		"naïve café “quoted” — dash…", "Привет мир", "你好，世界。", "สวัสดีครับ", "مرحبا", strings.Repeat("ha", 100),
		strings.Repeat("a b. ", 20), "one.two.three!four?five", "1,000,000.55 and 1/2",
	} {
		s.speakAndCheck(t, s.newRequest(text))
	}
}

// checkLiteralMarkup checks that text which looks like markup is spoken.
func (s suite) checkLiteralMarkup(t *testing.T) {
	for _, c := range []struct{ text, obeyed string }{
		{`One <break time="9s"/> two.`, "One two."},
		{"One [[h@l'oU]] two.", "One two."},
		{`<prosody rate="x-fast">One two.</prosody>`, "One two."},
	} {
		got := s.speakAndCheck(t, s.newRequest(c.text))
		plain := s.speakAndCheck(t, s.newRequest(c.obeyed))
		if got.Length() <= plain.Length() {
			t.Errorf("%q lasts %s, want longer than %q (%s)", c.text, got.Length(), c.obeyed, plain.Length())
		}
		if measureLongestSilence(got) > 2*time.Second {
			t.Errorf("%q contains a silence of %s, want at most 2 s", c.text, measureLongestSilence(got))
		}
	}
	// If "[[" started phonemes, the text after it would not be spoken, and the clips would be equal.
	if a, b := s.speakAndCheck(t, s.newRequest("It is [[kat]].")),
		s.speakAndCheck(t, s.newRequest("It is [[dQg]].")); slices.Equal(a.PCM,
		b.PCM) {
		t.Error("texts with different letters in [[ ]] sound the same: the letters are not spoken")
	}
}

func measureLongestSilence(c voice.Clip) time.Duration {
	most, run := 0, 0
	for _, v := range c.PCM {
		if v < 100 && v > -100 {
			run++
		} else {
			most, run = max(most, run), 0
		}
	}
	return time.Duration(max(most, run)) * time.Second / time.Duration(c.Rate)
}

func (s suite) checkSpelling(t *testing.T) {
	req := s.newRequest("")
	req.Runs = []utter.Run{{Text: "A "}, {Text: "SAR", Style: utter.Spell}, {Text: "s picture."}}
	spelled := s.speakAndCheck(t, req)
	req.Runs = []utter.Run{{Text: "A SARs picture."}}
	plain := s.speakAndCheck(t, req)
	if spelled.Length() <= plain.Length() {
		t.Errorf("the spelled text lasts %s, want longer than the same text read normally, %s", spelled.Length(), plain.Length())
	}
}

func (s suite) checkFragment(t *testing.T) {
	req := s.newRequest("This is not the end.")
	req.Fragment = true
	if c := s.speakAndCheck(t, req); ComputeRootMeanSquare(c.PCM) < 100 {
		t.Errorf("the fragment has the level %f, want at least 100", ComputeRootMeanSquare(c.PCM))
	}
}

func (s suite) checkLongText(t *testing.T) {
	words := strings.Repeat("There is always another word to say, ", 30) // about 1,100 characters
	c := s.speakAndCheck(t, s.newRequest(words+"and then it ends."))
	if c.Length() < 20*time.Second {
		t.Errorf("the long text lasts %s, want at least 20 s", c.Length())
	}
}

func (s suite) checkCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.e.Speak(ctx, s.newRequest(sentence)); !errors.Is(err, context.Canceled) {
		t.Errorf("Speak with a cancelled context returned %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(3*time.Millisecond, cancel)
	began := time.Now()
	_, err := s.e.Speak(ctx, s.newRequest(strings.Repeat("Go on and on and on. ", 2000)))
	if err == nil && time.Since(began) > time.Second {
		t.Error("Speak went on for over a second after its context was cancelled")
	}
	// A service may refuse so long a text.
	if err != nil && !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "too long") {
		t.Errorf("Speak returned %v after its context was cancelled", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Speak returned %s after its start, want at most 2 s after cancelling", took)
	}
}

func (s suite) checkUnknownVoice(t *testing.T) {
	for _, id := range []string{"nobody-at-all", "", "../../x", "-h", "x y", "en/../en"} {
		req := s.newRequest("Hello.")
		req.Voice = id
		var unknown *voice.UnknownVoiceError
		if _, err := s.e.Speak(t.Context(), req); !errors.As(err, &unknown) {
			t.Errorf("voice %q: %v", id, err)
		}
	}
}
