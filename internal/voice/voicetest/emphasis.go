package voicetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// counting counts the requests to an engine.
type counting struct {
	voice.Engine
	asked atomic.Int64
}

// Speak implements voice.Engine.
func (c *counting) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	c.asked.Add(1)
	return c.Engine.Speak(ctx, req)
}

// DescribeVoice implements voice.Namer.
func (c *counting) DescribeVoice(id string) (voice.EngineVoice, bool) {
	return voice.DescribeVoice(c.Engine, id)
}

// ParseEmphasis parses text with emphasis: *…* emphasised, **…** strong, ~…~ reduced.
func ParseEmphasis(text string) []utter.Run {
	var out []utter.Run
	style := utter.Plain
	for text != "" {
		mark, of := "", utter.Plain
		for _, m := range []struct {
			mark string
			of   utter.Style
		}{{"**", utter.Strong}, {"*", utter.Emphasis}, {"~", utter.Reduced}} {
			if strings.HasPrefix(text, m.mark) {
				mark, of = m.mark, m.of
				break
			}
		}
		switch {
		case mark != "" && style == of:
			style, text = utter.Plain, text[len(mark):]
			continue
		case mark != "":
			style, text = of, text[len(mark):]
			continue
		}
		end := strings.IndexAny(text, "*~")
		if end < 0 {
			end = len(text)
		}
		out = append(out, utter.Run{Text: text[:end], Style: style})
		text = text[end:]
	}
	return out
}

// CheckEmphasis checks that a Booth sends one request for a sentence with emphasis, for all engines; that emphasised
// words are longer and louder; and, for engines without emphasis, that all other samples stay the same.
func CheckEmphasis(t *testing.T, e voice.Engine, o Options) {
	t.Helper()
	for i, text := range []string{
		"It is very good **indeed**, she said.",
		"**Never** do this on a Monday.",
		"This is the end of the **story**.",
		"We saw *seven* of them, and **nobody** else, on the ~other~ side.",
		"It is **very good, indeed**, she said.",
		"The **very** **last** one of them all.",
		"We believed that it was un**believ**able in every way.",
		"**All of this is important.**",
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			checkEmphasised(t, e, o, text)
		})
	}
}

// said is a sentence that a Booth spoke.
type said struct {
	pcm   []int16
	words []voice.Word
}

func speakRuns(t *testing.T, e voice.Engine, id string, runs []utter.Run) said {
	t.Helper()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	count := &counting{Engine: e}
	b, err := voice.NewBooth(voice.DefaultConfig(), []voice.Engine{count}, store)
	if err != nil {
		t.Fatal(err)
	}
	v := voice.Voice{Engine: e.Name(), EngineVoice: id, Language: "en-US"}
	s, err := b.Speak(t.Context(), v, utter.Line{Runs: runs})
	if err != nil {
		t.Fatal(err)
	}
	if n := count.asked.Load(); n != 1 {
		t.Errorf("the engine was called %d times for one sentence, want once", n)
	}
	pcm, err := b.ReadSamples(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckClip(voice.Request{Runs: runs}, voice.Clip{PCM: pcm, Rate: voice.Rate, Words: s.Words}); err != nil {
		t.Error(err)
	}
	return said{pcm, s.Words}
}

// findSamplesOfText returns the samples of the words that overlap bytes startByte to endByte of the text.
func (s said) findSamplesOfText(startByte, endByte int) (from, to int) {
	from = -1
	for _, w := range s.words {
		if w.Offset < endByte && w.Offset+len(w.Text) > startByte {
			if from < 0 {
				from = toSamples(w.Start)
			}
			to = toSamples(w.End)
		}
	}
	return max(from, 0), min(to, len(s.pcm))
}

func toSamples(t time.Duration) int { return int(t.Seconds() * voice.Rate) }

func checkEmphasised(t *testing.T, e voice.Engine, o Options, text string) {
	t.Helper()
	runs := ParseEmphasis(text)
	plain := speakRuns(t, e, o.Voice, []utter.Run{{Text: utter.JoinTexts(runs)}})
	got := speakRuns(t, e, o.Voice, runs)
	can := e.Abilities()
	whole := len(runs) == 1
	for i := 1; i < len(got.words) && o.Deterministic; i++ {
		gap := func(s said) time.Duration { return s.words[i].Start - s.words[i-1].End }
		if more := gap(got) - gap(plain)*5/4; more > 40*time.Millisecond {
			t.Errorf("with emphasis elsewhere, the pause before %q is %s longer", got.words[i].Text, more)
		}
	}
	at, plainAt, gotAt := 0, 0, 0 // the positions after the last emphasised range
	for _, r := range runs {
		lo, hi := at, at+len(r.Text)
		at = hi
		if r.Style == utter.Plain {
			continue
		}
		a, b := plain.findSamplesOfText(lo, hi)
		c, d := got.findSamplesOfText(lo, hi)
		speed, _, volume := r.ComputeFactors()
		longer, ours := float64(d-c)/float64(b-a), !can.Emphasis && !whole && !isInWord(runs, lo)
		if ours && math.Abs(longer*speed-1) > 0.15 {
			t.Errorf("with emphasis, %q is %.2f times as long as without, want %.2f times", r.Text, longer, 1/speed)
		} else if o.Deterministic && (longer > 1) != (speed < 1) {
			t.Errorf("with emphasis, %q is %.2f times as long as without, for a speed factor of %.2f", r.Text, longer, speed)
		}
		if !o.Deterministic {
			continue
		}
		if louder := 20 * math.Log10(ComputeRootMeanSquare(got.pcm[c:d])/ComputeRootMeanSquare(plain.pcm[a:b])); (louder > 0) != (volume > 1) {
			t.Errorf("with emphasis, %q is %+.1f dB louder than without, for a volume factor of %.2f", r.Text, louder, volume)
		}
		if !can.Emphasis && !whole && !isInWord(runs, lo) && !directlyFollowsEmphasis(runs, lo) {
			checkSameSamples(t, "before "+r.Text, plain.pcm[plainAt:a], got.pcm[gotAt:c])
		}
		plainAt, gotAt = b, d
	}
	if !can.Emphasis && !whole && o.Deterministic && plainAt < len(plain.pcm) {
		checkSameSamples(t, "at the end", plain.pcm[plainAt:], got.pcm[gotAt:])
	}
	if most := findLargestStep(plain.pcm); !can.Emphasis && float64(findLargestStep(got.pcm)) > 2*float64(most)+100 {
		t.Errorf("there is a click: consecutive samples differ by %d, before by at most %d", findLargestStep(got.pcm), most)
	}
}

// isInWord reports whether textByte is within a word.
func isInWord(runs []utter.Run, textByte int) bool {
	for _, s := range voice.SplitWords(utter.JoinTexts(runs)) {
		if s.Start < textByte && s.End > textByte {
			return true
		}
	}
	return false
}

// directlyFollowsEmphasis reports whether only blanks separate a byte from emphasised words before it. Such text is one
// unit with them.
func directlyFollowsEmphasis(runs []utter.Run, textByte int) bool {
	before := strings.TrimRight(utter.JoinTexts(runs)[:textByte], " ")
	n := 0
	for _, r := range runs {
		if n += len(r.Text); n == len(before) {
			return r.Style != utter.Plain
		}
	}
	return false
}

// checkSameSamples checks that samples are equal except for a fade at both ends.
func checkSameSamples(t *testing.T, where string, want, got []int16) {
	t.Helper()
	const fade = voice.Rate / 100
	if len(want) <= 2*fade+4 {
		return
	}
	if d := len(want) - len(got); d > 2 || d < -2 {
		t.Errorf("%s: got %d samples, want %d as without emphasis", where, len(got), len(want))
		return
	}
	inner := want[fade : len(want)-fade]
	for shift := -2; shift <= 2; shift++ { // times are rounded to samples
		if from := fade + shift; from+len(inner) <= len(got) && slices.Equal(inner, got[from:from+len(inner)]) {
			return
		}
	}
	t.Errorf("%s: the samples differ from those without emphasis", where)
}

// findLargestStep returns the largest difference between consecutive samples.
func findLargestStep(pcm []int16) int {
	most := 0
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		most = max(most, d, -d)
	}
	return most
}
