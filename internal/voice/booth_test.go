package voice_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
	"mynah/internal/voice/voicetest"
)

// counted wraps an engine. It counts calls, and can be made slow, failing or missing.
type counted struct {
	voice.Engine
	name    string
	version string
	missing bool
	calls   atomic.Int64
	delay   time.Duration
	speak   func() error
}

func (c *counted) Name() string {
	if c.name != "" {
		return c.name
	}
	return c.Engine.Name()
}

func (c *counted) Version(context.Context) (string, error) {
	if c.missing {
		return "", fault.New(fault.ToolMissing, nil, "missing")
	}
	return "1" + c.version, nil
}

func (c *counted) Speak(ctx context.Context, r voice.Request) (voice.Clip, error) {
	c.calls.Add(1)
	if c.delay > 0 {
		select {
		case <-time.After(c.delay):
		case <-ctx.Done():
			return voice.Clip{}, ctx.Err()
		}
	}
	if c.speak != nil {
		if err := c.speak(); err != nil {
			return voice.Clip{}, err
		}
	}
	return c.Engine.Speak(ctx, r)
}

func booth(t *testing.T, dir string, engines ...voice.Engine) *voice.Booth {
	t.Helper()
	store, err := cache.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := voice.NewBooth(voice.DefaultConfig(), engines, store)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func line(text string) utter.Line {
	return utter.Line{Runs: []utter.Run{{Text: text}}}
}

func TestSpeak(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := &counted{Engine: tone.New()}
	b := booth(t, dir, e)
	s, err := b.Speak(t.Context(), tone.NewVoice(), line("Hello, big world."))
	if err != nil {
		t.Fatal(err)
	}
	pcm, err := b.ReadSamples(s.Key)
	if err != nil || int64(len(pcm)) != s.Samples {
		t.Fatalf("%d samples, %v; want %d", len(pcm), err, s.Samples)
	}
	// 5+3+5 letters of 60 ms, pauses of 200 and 40 ms. A tone may become silent a little before its end.
	if got := time.Duration(s.Samples) * time.Second / voice.Rate; got < 1015*time.Millisecond || got > 1040*time.Millisecond {
		t.Errorf("lasts %s", got)
	}
	if err := voicetest.CheckClip(voice.Request{Runs: line("Hello, big world.").Runs},
		voice.Clip{PCM: pcm, Rate: voice.Rate, Words: s.Words}); err != nil {
		t.Error(err)
	}
	if w := s.Words[1]; !w.Exact || w.Start < 495*time.Millisecond || w.Start > 505*time.Millisecond {
		t.Errorf("%+v", w)
	}
	r, err := b.OpenSamples(s.Key, 0)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || len(raw) != 2*len(pcm) ||
		int16(binary.LittleEndian.Uint16(raw[4000:])) != pcm[2000] {
		t.Errorf("Open returns %d bytes, %v", len(raw), err)
	}
	again, err := booth(t, dir, e).Speak(t.Context(), tone.NewVoice(), line("Hello, big world."))
	if err != nil || again.Key != s.Key || again.Samples != s.Samples || !slices.Equal(again.Words, s.Words) {
		t.Errorf("from the cache %+v, %v", again, err)
	}
	if n := e.calls.Load(); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// TestVolumesOutlastTheLevel checks that the volume in markup still applies to a sentence with a target
// loudness.
func TestVolumesOutlastTheLevel(t *testing.T) {
	t.Parallel()
	b := booth(t, t.TempDir(), tone.New())
	power := func(l utter.Line) float64 {
		t.Helper()
		l.Level = -30
		s, err := b.Speak(t.Context(), tone.NewVoice(), l)
		if err != nil {
			t.Fatal(err)
		}
		pcm, err := b.ReadSamples(s.Key)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range pcm {
			sum += float64(v) * float64(v)
		}
		return sum / float64(len(pcm))
	}
	const said = "aaaa aaaa aaaa aaaa"
	plain := power(utter.Line{Runs: []utter.Run{{Text: said}}})
	for _, c := range []struct {
		name string
		line utter.Line
		want float64 // dB, difference
	}{
		{"all of it louder", utter.Line{Runs: []utter.Run{{Text: said, Volume: utter.NewFactor(2)}}}, 6},
		{"all of it softer", utter.Line{Runs: []utter.Run{{Text: said, Volume: utter.NewFactor(0.25)}}}, -12},
		{"all of it stressed", utter.Line{Runs: []utter.Run{{Text: said, Style: utter.Strong}}}, 3.5},
		{"the emphasis of the sentence", utter.Line{Runs: []utter.Run{{Text: said}}, Emphasis: "reduced"}, -3.1},
		{"a half of it", utter.Line{Runs: []utter.Run{{Text: said[:10]}, {Text: said[10:], Volume: utter.NewFactor(2)}}}, 4},
		{"with the volume of the line", utter.Line{Runs: []utter.Run{{Text: said, Volume: utter.NewFactor(2)}}, Volume: utter.NewFactor(0.5)}, 0},
		{"the most there is", utter.Line{Runs: []utter.Run{{Text: said}}, Volume: utter.NewFactor(8)}, 18},
	} {
		if got := 10 * math.Log10(power(c.line)/plain); math.Abs(got-c.want) > 0.7 {
			t.Errorf("%s: %+.1f dB, want %+.1f", c.name, got, c.want)
		}
	}
}

// TestFactorOfNothing checks that the factor 0 is not treated like a missing factor, which counts as 1.
func TestFactorOfNothing(t *testing.T) {
	t.Parallel()
	b := booth(t, t.TempDir(), tone.New())
	mute := utter.NewFactor(0)
	speak := func(l utter.Line) (voice.Spoken, []int16) {
		t.Helper()
		s, err := b.Speak(t.Context(), tone.NewVoice(), l)
		if err != nil {
			t.Fatal(err)
		}
		pcm, err := b.ReadSamples(s.Key)
		if err != nil {
			t.Fatal(err)
		}
		return s, pcm
	}
	keys := map[cache.Key]string{}
	plain, _ := speak(line("Hello you."))
	keys[plain.Key] = "plain"
	for name, l := range map[string]utter.Line{
		"line":     {Runs: []utter.Run{{Text: "Hello you."}}, Volume: mute},
		"run":      {Runs: []utter.Run{{Text: "Hello you.", Volume: mute}}},
		"levelled": {Runs: []utter.Run{{Text: "Hello you.", Volume: mute}}, Level: -16},
		"runs in styles": {Runs: []utter.Run{
			{Text: "Hello ", Style: utter.Strong, Volume: mute},
			{Text: "you", Volume: mute},
			{Text: "."},
		}},
	} {
		s, pcm := speak(l)
		if other, taken := keys[s.Key]; taken {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[s.Key] = name
		if s.Heard || len(pcm) == 0 || slices.ContainsFunc(pcm, func(v int16) bool { return v != 0 }) {
			t.Errorf("%s: %d samples are heard", name, len(pcm))
		}
	}
	slow, _ := speak(utter.Line{Runs: line("Hello you.").Runs, Speed: utter.NewFactor(0)})
	least, _ := speak(utter.Line{Runs: line("Hello you.").Runs, Speed: utter.NewFactor(voice.MinSpeed)})
	if slow.Key != least.Key || slow.Samples < 2*plain.Samples {
		t.Errorf("%d samples at speed 0, %d at the minimum, %d without a speed", slow.Samples, least.Samples, plain.Samples)
	}
}

// able is an engine that supports everything and records its requests.
type able struct {
	*counted
	asked []voice.Request
}

func (*able) Abilities() voice.Abilities {
	return voice.Abilities{Slowest: voice.MinSpeed, Fastest: voice.MaxSpeed, Pitch: true, Prosody: true, Pauses: true}
}

func (a *able) Speak(ctx context.Context, r voice.Request) (voice.Clip, error) {
	a.asked = append(a.asked, r)
	return a.counted.Speak(ctx, r)
}

// TestWhatAllRunsHaveIsTheSentences checks that a speed and pitch that all runs share are moved to the
// sentence, where engines support wider ranges.
func TestWhatAllRunsHaveIsTheSentences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		runs         []utter.Run
		speed, pitch float64
		own          float64 // speed of the first run
	}{
		"volume": {[]utter.Run{{Text: "Hello you", Volume: utter.NewFactor(0.001)}}, 1.5, 1, 1},
		"all alike": {[]utter.Run{
			{Text: "Hello", Speed: utter.NewFactor(0.5), Pitch: utter.NewFactor(1.5)},
			{Text: " you", Speed: utter.NewFactor(0.5), Pitch: utter.NewFactor(1.5)},
		}, 0.75, 1.5, 1},
		"but for what is mute": {[]utter.Run{{Text: "Hello", Speed: utter.NewFactor(0.5)}, {Text: "."}}, 0.75, 1, 1},
		"two ways":             {[]utter.Run{{Text: "Hello", Speed: utter.NewFactor(0.5)}, {Text: " you."}}, 1.5, 1, 0.5},
		"one pitch, two speeds": {[]utter.Run{
			{Text: "Hello", Pitch: utter.NewFactor(1.5)},
			{Text: " you.", Pitch: utter.NewFactor(1.5), Speed: utter.NewFactor(2)},
		}, 1.5, 1, 1},
		"said in its place": {
			[]utter.Run{{Text: "!", Say: "Wow", Speed: utter.NewFactor(0.5)}, {Text: " you."}},
			1.5, 1,
			0.5,
		},
	} {
		e := &able{counted: &counted{Engine: tone.New()}}
		if _, err := booth(t, t.TempDir(), e).Speak(t.Context(), tone.NewVoice(),
			utter.Line{Runs: c.runs, Speed: utter.NewFactor(1.5)}); err != nil {
			t.Fatal(err)
		}
		if len(e.asked) != 1 || e.asked[0].Speed.ValueOrOne() != c.speed || e.asked[0].Pitch.ValueOrOne() != c.pitch ||
			e.asked[0].Runs[0].Speed.ValueOrOne() != c.own || e.asked[0].Runs[0].Volume.ValueOrOne() != 1 {
			t.Errorf("%s: the request is %+v", name, e.asked)
		}
	}
}

func TestWhatDecidesTheKey(t *testing.T) {
	t.Parallel()
	b := booth(t, t.TempDir(), tone.New())
	keys := map[cache.Key]string{}
	for name, change := range map[string]func(*voice.Voice, *utter.Line){
		"plain":    func(*voice.Voice, *utter.Line) {},
		"speed":    func(_ *voice.Voice, l *utter.Line) { l.Speed = utter.NewFactor(1.5) },
		"pitch":    func(_ *voice.Voice, l *utter.Line) { l.Pitch = utter.NewFactor(1.5) },
		"volume":   func(_ *voice.Voice, l *utter.Line) { l.Volume = utter.NewFactor(0.5) },
		"emphasis": func(_ *voice.Voice, l *utter.Line) { l.Emphasis = "strong" },
		"fragment": func(_ *voice.Voice, l *utter.Line) { l.Fragment = true },
		"style":    func(_ *voice.Voice, l *utter.Line) { l.Runs[0].Style = utter.Spell },
		"runs":     func(_ *voice.Voice, l *utter.Line) { l.Runs = []utter.Run{{Text: "He"}, {Text: "llo."}} },
		"voice":    func(v *voice.Voice, _ *utter.Line) { v.EngineVoice = "low" },
		"factor":   func(v *voice.Voice, _ *utter.Line) { v.Pitch = utter.NewFactor(0.8) },
		"text":     func(_ *voice.Voice, l *utter.Line) { l.Runs[0].Text = "Hullo." },
	} {
		v, l := tone.NewVoice(), line("Hello.")
		change(&v, &l)
		s, err := b.Speak(t.Context(), v, l)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := keys[s.Key]; taken {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[s.Key] = name
	}
	v, l := tone.NewVoice(), line("Hello.")
	l.Speed, l.Pitch, l.Volume, v.Name = utter.NewFactor(1), utter.NewFactor(1), utter.NewFactor(1), "other"
	if s, err := b.Speak(t.Context(), v, l); err != nil || keys[s.Key] != "plain" {
		t.Errorf("defaults spelled out have the key of %q, %v", keys[s.Key], err)
	}
	newer := booth(t, t.TempDir(), &counted{Engine: tone.New(), version: "b"})
	if s, err := newer.Speak(t.Context(), tone.NewVoice(), line("Hello.")); err != nil || keys[s.Key] != "" {
		t.Errorf("a different version has the same key as %q, %v", keys[s.Key], err)
	}
}

func TestNothingToSay(t *testing.T) {
	t.Parallel()
	e := &counted{Engine: tone.New()}
	b := booth(t, t.TempDir(), e)
	for _, text := range []string{"", " ", "...", "—"} {
		s, err := b.Speak(t.Context(), tone.NewVoice(), line(text))
		if err != nil || s.Samples != 0 || len(s.Words) != 0 {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
		if pcm, err := b.ReadSamples(s.Key); err != nil || len(pcm) != 0 {
			t.Errorf("%q: %d samples, %v", text, len(pcm), err)
		}
	}
	if n := e.calls.Load(); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestConcurrentLinesAreSaidOnce(t *testing.T) {
	t.Parallel()
	e := &counted{Engine: tone.New(), delay: 30 * time.Millisecond}
	b := booth(t, t.TempDir(), e)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if _, err := b.Speak(t.Context(), tone.NewVoice(), line([]string{"One.", "Two."}[i%2])); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := e.calls.Load(); n != 2 {
		t.Errorf("%d calls", n)
	}
}

// TestOneGivesUpTheOtherDoesNot checks that a canceled caller does not cancel others that wait for the same
// sentence.
func TestOneGivesUpTheOtherDoesNot(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := &counted{Engine: tone.New(), delay: 2 * time.Second}
	b := booth(t, t.TempDir(), e)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := b.Speak(ctx, tone.NewVoice(), line("One.")); !errors.Is(err, context.Canceled) {
			t.Errorf("the first: %v", err)
		}
	})
	time.Sleep(20 * time.Millisecond)
	wg.Go(func() {
		if _, err := b.Speak(t.Context(), tone.NewVoice(), line("One.")); err != nil {
			t.Errorf("the second: %v", err)
		}
	})
	time.Sleep(20 * time.Millisecond)
	cancel()
	wg.Wait()
}

func TestFailuresAreNotKept(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	e := &counted{Engine: tone.New(), speak: func() error { return boom }}
	b := booth(t, t.TempDir(), e)
	if _, err := b.Speak(t.Context(), tone.NewVoice(), line("One.")); !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
	e.speak = nil
	if _, err := b.Speak(t.Context(), tone.NewVoice(), line("One.")); err != nil {
		t.Error(err)
	}
	nobody := tone.NewVoice()
	nobody.Engine = "nowhere"
	if _, err := b.Speak(t.Context(), nobody, line("One.")); fault.CodeOf(err) != fault.ToolMissing {
		t.Errorf("without an engine: %v", err)
	}
	if _, err := b.ReadSamples(cache.Key{}); fault.CodeOf(err) != fault.Disk {
		t.Errorf("without an entry: %v", err)
	}
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := booth(t, dir, tone.New())
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Speak(t.Context(), tone.NewVoice(), line("One.")); fault.CodeOf(err) != fault.Disk {
		t.Errorf("error %v", err)
	}
}

func TestStandIn(t *testing.T) {
	t.Parallel()
	espeak := &counted{Engine: tone.New(), name: voice.EngineEspeak}
	for name, engines := range map[string][]voice.Engine{
		"not given": {espeak},
		"missing":   {espeak, &counted{Engine: tone.New(), name: voice.EngineFlite, missing: true}},
	} {
		b := booth(t, t.TempDir(), engines...)
		v, m := b.Resolve(t.Context(), "Matthew", "")
		if v.Engine != voice.EngineEspeak || v.Gender != voice.Male || v.Language != "en-US" || !m.StandIn || m.Kind != voice.Named ||
			!strings.Contains(m.Warning, "flite") {
			t.Errorf("%s: %+v, %+v", name, v, m)
		}
		if v, m := b.Resolve(t.Context(), "", ""); v.Gender != voice.Male || v.Language != "en-US" || !m.StandIn {
			t.Errorf("%s: %+v, %+v", name, v, m)
		}
		if v, m := b.Resolve(t.Context(), "hans", ""); v.Name != "hans" || m.StandIn || m.Warning != "" {
			t.Errorf("%s: %+v, %+v", name, v, m)
		}
		for _, v := range b.ListVoices(t.Context()) {
			if v.Engine == voice.EngineFlite {
				t.Fatalf("%s: %s is listed", name, v.Name)
			}
		}
	}
	b := booth(t, t.TempDir(), espeak, &counted{Engine: tone.New(), name: voice.EngineFlite})
	if v, m := b.Resolve(t.Context(), "Matthew", ""); v.Name != "matthew" || m.StandIn {
		t.Errorf("%+v, %+v", v, m)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if err := (voice.Config{Volume: 9}).Validate(); err == nil || !strings.Contains(err.Error(), "language") ||
		!strings.Contains(err.Error(), "volume") {
		t.Errorf("%v", err)
	}
	if _, err := voice.NewBooth(voice.Config{}, nil, nil); err == nil {
		t.Error("an invalid configuration is taken")
	}
}
