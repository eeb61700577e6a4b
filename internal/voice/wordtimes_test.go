package voice_test

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/espeak"
	"mynah/internal/voice/flite"
	"mynah/internal/voice/voicetest"
)

// guessing is flite without its word times: an engine that only estimates them.
type guessing struct{ voice.Engine }

func (guessing) Abilities() voice.Abilities { return voice.Abilities{} }

// Speak replaces exact times by estimates, so that trimming cannot use them.
func (g guessing) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	c, err := g.Engine.Speak(ctx, req)
	if err == nil {
		phrases, _, _ := voice.SplitPhrases(req)
		voice.EstimateTimes(&c, phrases)
	}
	return c, err
}

func espeakEngine(t *testing.T) *espeak.Engine {
	t.Helper()
	cfg := espeak.DefaultConfig()
	cfg.Helper = voicetest.BuildEspeakHelper(t)
	e := voicetest.NewEngine(t, cfg, espeak.New)
	t.Cleanup(e.Close)
	return e
}

// deviations contains the deviations of word starts from measured ones, smallest first.
type deviations []time.Duration

func (d deviations) at(percent int) time.Duration { return d[len(d)*percent/100] }

func (d *deviations) add(got, want []voice.Word) {
	for i, w := range want {
		*d = append(*d, (got[i].Start - w.Start).Abs())
	}
}

// TestWordTimesOfEstimatingEngines uses two voices with measured word times, discards these, and checks the
// deviation of the aligned times. With -v, it prints the figures.
func TestWordTimesOfEstimatingEngines(t *testing.T) {
	t.Parallel()
	f, e := voicetest.NewEngine(t, flite.DefaultConfig(), flite.New), espeakEngine(t)
	for name, v := range map[string]struct{ id, reference string }{
		"joanna": {"slt", "en-us+f2"}, "matthew": {"rms", "en-us+m3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var before, after deviations
			var cost, sound time.Duration
			refused := 0
			one := func(text string) {
				req := voice.Request{Voice: v.id, Language: "en-US", Runs: []utter.Run{{Text: text}}}
				exact, err := f.Speak(t.Context(), req)
				if err != nil {
					t.Error(err)
					return
				}
				c := exact
				c.Words = slices.Clone(exact.Words)
				phrases, _, _ := voice.SplitPhrases(req)
				voice.EstimateTimes(&c, phrases)
				guess := slices.Clone(c.Words)
				req.Voice = v.reference
				ref, err := e.Speak(t.Context(), req)
				if err != nil {
					t.Error(err)
					return
				}
				began := time.Now()
				aligned := voice.AlignWordsToReference(&c, ref)
				took := time.Since(began)
				if err := voicetest.CheckClip(req, c); err != nil {
					t.Errorf("%q: %v", text, err)
				}
				mu.Lock()
				defer mu.Unlock()
				cost, sound = cost+took, sound+c.Length()
				if !aligned {
					refused++
				}
				before.add(guess, exact.Words)
				after.add(c.Words, exact.Words)
			}
			texts := strings.Split(strings.TrimSpace(sentencesToTime), "\n")
			if len(texts) < 60 {
				t.Fatalf("only %d sentences", len(texts))
			}
			if testing.Short() {
				texts = texts[:20]
			}
			var wg sync.WaitGroup
			limit := make(chan struct{}, runtime.GOMAXPROCS(0))
			for _, text := range texts {
				wg.Go(func() {
					limit <- struct{}{}
					defer func() { <-limit }()
					one(text)
				})
			}
			wg.Wait()
			slices.SortFunc(before, cmp.Compare[time.Duration])
			slices.SortFunc(after, cmp.Compare[time.Duration])
			if len(after) == 0 {
				t.Fatal("there are no words")
			}
			t.Logf("%d words of %d sentences, %d not aligned; %.1f ms for a second of sound", len(after), len(texts), refused,
				1000*cost.Seconds()/sound.Seconds())
			t.Logf("estimated: median %3d ms, 95 %% within %3d ms", before.at(50).Milliseconds(), before.at(95).Milliseconds())
			t.Logf("aligned:   median %3d ms, 95 %% within %3d ms", after.at(50).Milliseconds(), after.at(95).Milliseconds())
			if after.at(50) >= 25*time.Millisecond || after.at(95) >= 140*time.Millisecond {
				t.Errorf("words begin too far off")
			}
			if refused > 2 {
				t.Errorf("%d sentences were not aligned", refused)
			}
		})
	}
}

// TestBoothAlignsWords checks that the Booth's times for an engine with estimates are about as exact as
// measured ones, also for emphasised words, and that this requires espeak-ng.
func TestBoothAlignsWords(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	f, e := voicetest.NewEngine(t, flite.DefaultConfig(), flite.New), espeakEngine(t)
	say := func(text string, engines ...voice.Engine) voice.Spoken {
		v := voice.Voice{Engine: voice.EngineFlite, EngineVoice: "rms", Language: "en-US", Gender: voice.Male}
		b := booth(t, t.TempDir(), engines...)
		s, err := b.Speak(t.Context(), v, utter.Line{Runs: voicetest.ParseEmphasis(text)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	mean := func(got, want voice.Spoken) time.Duration {
		var d deviations
		d.add(got.Words, want.Words)
		sum := time.Duration(0)
		for _, v := range d {
			sum += v
		}
		return sum / time.Duration(len(d))
	}
	for _, text := range []string{
		"The patient, a teacher of music, recovered within six weeks, or so they say.",
		"With a few clicks you can turn a **very** long text into a video.",
	} {
		exact, with, without := say(text, f, e), say(text, guessing{f}, e), say(text, guessing{f})
		if with.Key == without.Key {
			t.Error("times by a reference have the key of estimates")
		}
		if a, b := mean(with, exact), mean(without, exact); a > 30*time.Millisecond || 2*a > b {
			t.Errorf("%q: words are %s off, without espeak-ng %s", text, a, b)
		}
	}
}

// TestAlignSpeechRefuses checks that a clip is unchanged if the recordings contain different words.
func TestAlignSpeechRefuses(t *testing.T) {
	t.Parallel()
	e := espeakEngine(t)
	say := func(text string) voice.Clip {
		c, err := e.Speak(t.Context(), voice.Request{Voice: "en-us+m3", Language: "en-US", Runs: []utter.Run{{Text: text}}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	f := voicetest.NewEngine(t, flite.DefaultConfig(), flite.New)
	const said = "The bridge was built in the last century."
	clip, err := f.Speak(t.Context(), voice.Request{Voice: "rms", Runs: []utter.Run{{Text: said}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, ref := range map[string]voice.Clip{
		"other words":  say("Never mind what everybody else has told us."),
		"fewer words":  say("The bridge was built."),
		"much longer":  {PCM: slices.Repeat(clip.PCM, 4), Rate: clip.Rate, Words: clip.Words},
		"only silence": {PCM: make([]int16, len(clip.PCM)), Rate: clip.Rate, Words: clip.Words},
		"no sound":     {Rate: clip.Rate, Words: clip.Words},
	} {
		c := clip
		c.Words = slices.Clone(clip.Words)
		if voice.AlignWordsToReference(&c, ref) || !slices.Equal(c.Words, clip.Words) {
			t.Errorf("%s: aligned", name)
		}
	}
}

// sentencesToTime contains short and long sentences with numbers, abbreviations, names and pauses.
const sentencesToTime = `
It is very good indeed, she said.
Welcome to the second part of our course on growing vegetables.
First, open the lid; then pour in the water, slowly, and wait.
The train leaves at 10:30 from platform 4.
Dr. Miller said that the results were, on the whole, encouraging.
No.
Yes, of course.
In 1998 the company had 250 employees in 12 countries.
Click the blue button in the upper right corner of the window.
The temperature fell to 3.5 degrees during the night.
Apples, oranges, pears, and grapes are on sale this week.
Could you tell me where the nearest post office is?
She sells sea shells by the sea shore.
The quick brown fox, who was late, jumps over 3 lazy dogs.
Our new headquarters, which we moved into last spring, is close to the river.
Never do this without asking an expert first!
Mr. and Mrs. Johnson live at number 42, Park Avenue.
To be, or not to be: that is the question.
Press Ctrl and C to copy the text to the clipboard.
The price rose by 15 percent, from 80 to 92 dollars.
A cat sat.
This sentence goes on and on without a comma so that it has to be said in one breath up to the very last word.
However, nobody had told the children about the change of plans.
We measured it twice, and twice it was exactly the same.
Please send the form to the address below before the end of May.
Everything that can go wrong will go wrong, sooner or later.
The U.S. economy grew faster than most people had expected.
Save your work, close all windows, and restart the computer.
There were thousands of birds above the lake that evening.
Why would anyone want to do such a thing?
Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.
He paused, looked around, and quietly closed the door behind him.
Our service is available 24 hours a day, 7 days a week.
On Monday, Tuesday and Thursday the museum opens at nine.
I think it was about a quarter past eight when the phone rang.
The function returns an error if the file cannot be opened.
Step two: attach the cable to the back of the device.
Unfortunately, the original manuscript was destroyed in a fire.
Let us begin with a simple example.
You can choose between three colors: red, green, and blue.
Although it was raining, we decided to walk home through the park.
The committee will meet again in September to discuss the budget.
What you see here is a map of the old town, as it looked in 1850.
Thank you for watching, and see you next time.
Light travels at roughly 300 thousand kilometers per second.
Do not forget to water the plants while we are away.
Some say the world will end in fire, some say in ice.
The bridge, built in 1932, is more than 500 meters long.
It works.
Our team includes designers, engineers, writers and testers from all over the world.
If the lamp blinks red, replace the battery; if it blinks green, everything is fine.
An onion, two carrots, a little salt and a pinch of pepper are all you need.
He had been waiting for her answer for almost twenty years.
The answer, my friend, is blowing in the wind.
With a few clicks you can turn a text into a video.
Nothing is more important than a good night's sleep.
Version 2.0 adds support for tables, footnotes and diagrams.
From here, take the second street on the left and go straight ahead.
They asked whether the museum was open on Sundays as well.
In other words, the whole is more than the sum of its parts.
The patient, a 54 year old teacher, recovered within six weeks.
Once upon a time there was a king who had three daughters.
Add the flour, stir well, and bake it for 45 minutes at 180 degrees.
As far as we know, this species lives nowhere else on Earth.
`
