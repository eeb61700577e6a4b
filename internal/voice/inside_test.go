package voice_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
	"mynah/internal/voice/voicetest"
)

// asking is an engine that supports nothing and records its requests.
type asking struct {
	voice.Engine
	asked   []voice.Request
	untimed bool
}

func (*asking) Abilities() voice.Abilities { return voice.Abilities{} }

func (a *asking) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	a.asked = append(a.asked, req)
	c, err := a.Engine.Speak(ctx, req)
	for i := range c.Words {
		if a.untimed {
			c.Words[i].Start, c.Words[i].End, c.Words[i].Exact = 0, 0, false
		}
	}
	return c, err
}

// speakRuns speaks runs with such an engine and checks that it gets one request.
func speakRuns(t *testing.T, e *asking, runs ...utter.Run) ([]int16, []voice.Word) {
	t.Helper()
	e.asked = nil
	b := booth(t, t.TempDir(), e)
	s, err := b.Speak(t.Context(), tone.NewVoice(), utter.Line{Runs: runs})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.asked) != 1 {
		t.Errorf("the engine was asked %d times", len(e.asked))
	}
	for _, r := range e.asked[0].Runs {
		if r != (utter.Run{Text: r.Text}) {
			t.Errorf("the request to the engine is %+v", r)
		}
	}
	pcm, err := b.ReadSamples(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := voicetest.CheckClip(voice.Request{Runs: runs}, voice.Clip{PCM: pcm, Rate: voice.Rate, Words: s.Words}); err != nil {
		t.Error(err)
	}
	return pcm, s.Words
}

func checkNear(t *testing.T, what string, got, want, within time.Duration) {
	t.Helper()
	if (got - want).Abs() > within {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// TestNoRunCutsASentence checks that no property of a run splits a sentence into several requests, and that
// word times match the sound.
func TestNoRunCutsASentence(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := &asking{Engine: tone.New()}
	length := func(w voice.Word) time.Duration { return w.End - w.Start }
	_, plain := speakRuns(t, e, utter.Run{Text: "aaaaaa bbbbbb, cccccc dddddd."})
	const first, rest = "aaaaaa ", ", cccccc dddddd."
	with := func(r utter.Run) []utter.Run { return []utter.Run{{Text: first}, r, {Text: rest}} }
	for name, c := range map[string]struct {
		runs          []utter.Run
		second, third int // length of "bbbbbb" and start of "cccccc", in ms
	}{
		"plain":             {with(utter.Run{Text: "bbbbbb"}), 360, 970},
		"slower":            {with(utter.Run{Text: "bbbbbb", Speed: utter.NewFactor(0.5)}), 720, 1330},
		"faster":            {with(utter.Run{Text: "bbbbbb", Speed: utter.NewFactor(2)}), 180, 790},
		"higher":            {with(utter.Run{Text: "bbbbbb", Pitch: utter.NewFactor(1.5)}), 360, 970},
		"louder":            {with(utter.Run{Text: "bbbbbb", Volume: utter.NewFactor(2)}), 360, 970},
		"pronounced":        {with(utter.Run{Text: "bbbbbb", IPA: "bɪ"}), 360, 970},
		"said":              {with(utter.Run{Text: "b", Say: "bbbbbb"}), 360, 970},
		"said and stressed": {with(utter.Run{Text: "b", Say: "bbbbbb", Speed: utter.NewFactor(0.5)}), 720, 1330},
		"its own language":  {with(utter.Run{Text: "bbbbbb", Language: "en-GB"}), 360, 970},
		"a pause":           {[]utter.Run{{Text: first + "bbbbbb, ", Pause: time.Second}, {Text: rest[2:]}}, 360, 1770},
		"a short pause":     {[]utter.Run{{Text: first + "bbbbbb, ", Pause: time.Second / 10}, {Text: rest[2:]}}, 360, 970},
		"a pause without a comma": {
			[]utter.Run{{Text: first + "bbbbbb", Pause: time.Second}, {Text: rest[1:]}}, 360, 1770,
		},
		"stressed before a pause": {
			with(utter.Run{Text: "bbbbbb", Speed: utter.NewFactor(0.5), Pause: time.Second}), 720,
			2130,
		},
		"a pause at the end": {[]utter.Run{{Text: first + "bbbbbb" + rest, Pause: time.Second}}, 360, 970},
		"an open end":        {[]utter.Run{{Text: first + "bbbbbb" + rest[:14], Pause: time.Second}}, 360, 970},
	} {
		pcm, words := speakRuns(t, e, c.runs...)
		if strings.HasSuffix(e.asked[0].Text(), ",") {
			t.Errorf("%s: the engine's text is %q", name, e.asked[0].Text())
		}
		checkNear(t, name+": the second word lasts", length(words[1]), time.Duration(c.second)*time.Millisecond, 12*time.Millisecond)
		checkNear(t, name+": the third word begins at", words[2].Start, time.Duration(c.third)*time.Millisecond, 15*time.Millisecond)
		checkNear(t, name+": the third word lasts", length(words[2]), length(plain[2]), 2*time.Millisecond)
		middle := func(w voice.Word) []int16 {
			return cutBetween(pcm, w.Start+20*time.Millisecond, w.End-20*time.Millisecond)
		}
		want := 0.0
		if name == "louder" {
			want = 6
		}
		got := 20 * math.Log10(voicetest.ComputeRootMeanSquare(middle(words[1]))/
			voicetest.ComputeRootMeanSquare(middle(words[0])))
		if math.Abs(got-want) > 0.5 {
			t.Errorf("%s: the second word is %+.1f dB louder", name, got)
		}
		for i := 1; i < len(words); i++ {
			gap := cutBetween(pcm, words[i-1].End+8*time.Millisecond, words[i].Start-8*time.Millisecond)
			if voicetest.ComputeRootMeanSquare(gap) > 1 {
				t.Errorf("%s: between words %d and %d is sound", name, i-1, i)
			}
		}
	}
}

func cutBetween(pcm []int16, from, to time.Duration) []int16 {
	at := func(t time.Duration) int { return min(max(int(t.Seconds()*voice.Rate), 0), len(pcm)) }
	return pcm[at(from):max(at(to), at(from))]
}

// TestStressWithoutTimes checks that an engine without word times gets one request, too, and that the emphasis
// is near its word.
func TestStressWithoutTimes(t *testing.T) {
	t.Parallel()
	runs := func(style utter.Style) []utter.Run {
		return []utter.Run{{Text: "aaaa bbbb "}, {Text: "cccc", Style: style}, {Text: " dddd eeee."}}
	}
	e := &asking{Engine: tone.New(), untimed: true}
	before, _ := speakRuns(t, e, runs(utter.Plain)...)
	pcm, words := speakRuns(t, e, runs(utter.Strong)...)
	if words[2].End-words[2].Start < 270*time.Millisecond || len(pcm)-len(before) < voice.Rate/30 {
		t.Errorf("%+v in %d samples, which were %d", words, len(pcm), len(before))
	}
}

// TestStressWithoutBlanks checks that each Chinese character has its own times.
func TestStressWithoutBlanks(t *testing.T) {
	t.Parallel()
	e := &asking{Engine: tone.New()}
	_, plain := speakRuns(t, e, utter.Run{Text: "我非常喜欢你的书。"})
	_, words := speakRuns(t, e, utter.Run{Text: "我"}, utter.Run{Text: "非常", Style: utter.Strong}, utter.Run{Text: "喜欢你的书。"})
	for i, w := range words {
		want := plain[i].End - plain[i].Start
		if i == 1 || i == 2 {
			want = time.Duration(float64(want) / 0.82)
		}
		checkNear(t, w.Text, w.End-w.Start, want, 9*time.Millisecond)
	}
}

// TestStressAcrossSentences checks that each of two sentences is one request.
func TestStressAcrossSentences(t *testing.T) {
	t.Parallel()
	e := &asking{Engine: tone.New()}
	list := voice.SplitRuns(voicetest.ParseEmphasis("It was **good. It was** better."), "en-US")
	if len(list) != 2 {
		t.Fatalf("%d sentences", len(list))
	}
	for i, runs := range list {
		_, words := speakRuns(t, e, runs...)
		for k, w := range words {
			stressed := i == 0 && k == 2 || i == 1 && k < 2
			want := time.Duration(len(w.Text)) * 60 * time.Millisecond
			if stressed {
				want = time.Duration(float64(want) / 0.82)
			}
			checkNear(t, w.Text, w.End-w.Start, want, 12*time.Millisecond)
		}
	}
}
