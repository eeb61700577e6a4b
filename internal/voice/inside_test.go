package voice_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"mynah/internal/voice"
	"mynah/internal/voice/tone"
	"mynah/internal/voice/voicetest"
)

// asking is an engine that can do nothing by itself, and keeps what it was asked.
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

// told says runs by such an engine and checks that it was asked once.
func told(t *testing.T, e *asking, runs ...voice.Run) ([]int16, []voice.Word) {
	t.Helper()
	e.asked = nil
	b := booth(t, t.TempDir(), e)
	s, err := b.Speak(t.Context(), voice.Line{Voice: tone.Voice(), Runs: runs})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.asked) != 1 {
		t.Errorf("the engine was asked %d times", len(e.asked))
	}
	for _, r := range e.asked[0].Runs {
		if r.Pause != 0 || r.IPA != "" || r.Language != "" || r.Speed != 0 || r.Pitch != 0 || r.Volume != 0 || r.Style != voice.Plain && r.Style != voice.Spell {
			t.Errorf("the engine was asked for %+v", r)
		}
	}
	pcm, err := b.PCM(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := voicetest.Check(voice.Request{Runs: runs}, voice.Clip{PCM: pcm, Rate: voice.Rate, Words: s.Words}); err != nil {
		t.Error(err)
	}
	return pcm, s.Words
}

func near(t *testing.T, what string, got, want, within time.Duration) {
	t.Helper()
	if (got - want).Abs() > within {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// TestNoRunCutsASentence: of all that may change within a sentence, nothing is a request of
// its own, and the words are timed as they are heard.
func TestNoRunCutsASentence(t *testing.T) {
	t.Parallel()
	e := &asking{Engine: tone.New()}
	length := func(w voice.Word) time.Duration { return w.End - w.Start }
	_, plain := told(t, e, voice.Run{Text: "aaaaaa bbbbbb, cccccc dddddd."})
	for name, c := range map[string]struct {
		runs   []voice.Run
		second time.Duration // of "bbbbbb"
		third  time.Duration // when "cccccc" begins
	}{
		"plain":  {[]voice.Run{{Text: "aaaaaa bbbbbb, cccccc dddddd."}}, 360 * time.Millisecond, 970 * time.Millisecond},
		"slower": {[]voice.Run{{Text: "aaaaaa "}, {Text: "bbbbbb", Speed: 0.5}, {Text: ", cccccc dddddd."}}, 720 * time.Millisecond, 1330 * time.Millisecond},
		"faster": {[]voice.Run{{Text: "aaaaaa "}, {Text: "bbbbbb", Speed: 2}, {Text: ", cccccc dddddd."}}, 180 * time.Millisecond, 790 * time.Millisecond},
		"higher": {[]voice.Run{{Text: "aaaaaa "}, {Text: "bbbbbb", Pitch: 1.5}, {Text: ", cccccc dddddd."}}, 360 * time.Millisecond, 970 * time.Millisecond},
		"louder": {[]voice.Run{{Text: "aaaaaa "}, {Text: "bbbbbb", Volume: 2}, {Text: ", cccccc dddddd."}}, 360 * time.Millisecond, 970 * time.Millisecond},
		"pronounced": {
			[]voice.Run{{Text: "aaaaaa "}, {Text: "bbbbbb", IPA: "bɪ"}, {Text: ", cccccc dddddd."}}, 360 * time.Millisecond, 970 * time.Millisecond,
		},
		"said": {
			[]voice.Run{{Text: "aaaaaa "}, {Text: "b", Say: "bbbbbb", Style: voice.Plain}, {Text: ", cccccc dddddd."}}, 360 * time.Millisecond, 970 * time.Millisecond,
		},
		"said and stressed": {
			[]voice.Run{{Text: "aaaaaa "}, {Text: "b", Say: "bbbbbb", Speed: 0.5}, {Text: ", cccccc dddddd."}}, 720 * time.Millisecond, 1330 * time.Millisecond,
		},
		"its own language": {
			[]voice.Run{{Text: "aaaaaa "}, {Text: "bbbbbb", Language: "en-GB"}, {Text: ", cccccc dddddd."}}, 360 * time.Millisecond, 970 * time.Millisecond,
		},
		"a pause": {
			[]voice.Run{{Text: "aaaaaa bbbbbb, ", Pause: time.Second}, {Text: "cccccc dddddd."}}, 360 * time.Millisecond, 1770 * time.Millisecond,
		},
		"a short pause": {
			[]voice.Run{{Text: "aaaaaa bbbbbb, ", Pause: time.Second / 10}, {Text: "cccccc dddddd."}}, 360 * time.Millisecond, 970 * time.Millisecond,
		},
		"a pause without a comma": {
			[]voice.Run{{Text: "aaaaaa bbbbbb", Pause: time.Second}, {Text: " cccccc dddddd."}}, 360 * time.Millisecond, 1770 * time.Millisecond,
		},
		"stressed before a pause": {
			[]voice.Run{{Text: "aaaaaa "}, {Text: "bbbbbb", Speed: 0.5, Pause: time.Second}, {Text: ", cccccc dddddd."}}, 720 * time.Millisecond, 2130 * time.Millisecond,
		},
		"a pause at the end": {
			[]voice.Run{{Text: "aaaaaa bbbbbb, cccccc dddddd.", Pause: time.Second}}, 360 * time.Millisecond, 970 * time.Millisecond,
		},
	} {
		pcm, words := told(t, e, c.runs...)
		near(t, name+": the second word lasts", length(words[1]), c.second, 12*time.Millisecond)
		near(t, name+": the third word begins at", words[2].Start, c.third, 15*time.Millisecond)
		near(t, name+": the third word lasts", length(words[2]), length(plain[2]), 2*time.Millisecond)
		middle := func(w voice.Word) []int16 {
			return between(pcm, w.Start+20*time.Millisecond, w.End-20*time.Millisecond)
		}
		want := 0.0
		if name == "louder" {
			want = 6
		}
		if got := 20 * math.Log10(voicetest.Level(middle(words[1]))/voicetest.Level(middle(words[0]))); math.Abs(got-want) > 0.5 {
			t.Errorf("%s: the second word is %+.1f dB louder", name, got)
		}
		for i := 1; i < len(words); i++ {
			if gap := between(pcm, words[i-1].End+8*time.Millisecond, words[i].Start-8*time.Millisecond); voicetest.Level(gap) > 1 {
				t.Errorf("%s: between words %d and %d is sound", name, i-1, i)
			}
		}
	}
}

func between(pcm []int16, from, to time.Duration) []int16 {
	at := func(t time.Duration) int { return min(max(int(t.Seconds()*voice.Rate), 0), len(pcm)) }
	return pcm[at(from):max(at(to), at(from))]
}

// TestStressWithoutTimes: an engine that tells no times is asked once too, and what is stressed
// is where its word is about.
func TestStressWithoutTimes(t *testing.T) {
	t.Parallel()
	runs := func(style voice.Style) []voice.Run {
		return []voice.Run{{Text: "aaaa bbbb "}, {Text: "cccc", Style: style}, {Text: " dddd eeee."}}
	}
	e := &asking{Engine: tone.New(), untimed: true}
	before, _ := told(t, e, runs(voice.Plain)...)
	pcm, words := told(t, e, runs(voice.Strong)...)
	if words[2].End-words[2].Start < 270*time.Millisecond || len(pcm)-len(before) < voice.Rate/30 {
		t.Errorf("%+v in %d samples, which were %d", words, len(pcm), len(before))
	}
}

// TestStressWithoutBlanks: in Chinese each sign has a time of its own.
func TestStressWithoutBlanks(t *testing.T) {
	t.Parallel()
	e := &asking{Engine: tone.New()}
	_, plain := told(t, e, voice.Run{Text: "我非常喜欢你的书。"})
	_, words := told(t, e, voice.Run{Text: "我"}, voice.Run{Text: "非常", Style: voice.Strong}, voice.Run{Text: "喜欢你的书。"})
	for i, w := range words {
		want := plain[i].End - plain[i].Start
		if i == 1 || i == 2 {
			want = time.Duration(float64(want) / 0.82)
		}
		near(t, w.Text, w.End-w.Start, want, 9*time.Millisecond)
	}
}

// TestStressAcrossSentences: each of two sentences is one request.
func TestStressAcrossSentences(t *testing.T) {
	t.Parallel()
	e := &asking{Engine: tone.New()}
	list := voice.SplitRuns(voicetest.Marked("It was **good. It was** better."), "en-US")
	if len(list) != 2 {
		t.Fatalf("%d sentences", len(list))
	}
	for _, runs := range list {
		_, words := told(t, e, runs...)
		for _, w := range words {
			stressed := strings.Contains("good It was", w.Text) && (w.Text != "It" && w.Text != "was" || strings.HasPrefix(runs[0].Text, "It was") && runs[0].Style == voice.Strong)
			want := time.Duration(len(w.Text)) * 60 * time.Millisecond
			if stressed {
				want = time.Duration(float64(want) / 0.82)
			}
			near(t, w.Text, w.End-w.Start, want, 12*time.Millisecond)
		}
	}
}
