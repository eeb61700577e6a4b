package speech_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/part"
	"mynah/internal/project"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// engine is the tone engine with another name; it can be slow or fail.
type engine struct {
	*tone.Engine
	name string
	// remote: the engine is a remote service.
	remote bool
	// fails is a text that sentences contain which fail, silent one for sentences that are silent.
	fails, silent string
	wait          bool
	mu            sync.Mutex
	rng           *rand.Rand
}

func (e *engine) Name() string {
	if e.name == "" {
		return tone.Name
	}
	return e.name
}

func (e *engine) Abilities() voice.Abilities {
	a := e.Engine.Abilities()
	a.Remote = e.remote
	return a
}

func (e *engine) Speak(ctx context.Context, r voice.Request) (voice.Clip, error) {
	var text string
	for _, run := range r.Runs {
		text += run.Text
	}
	if e.wait {
		e.mu.Lock()
		d := time.Duration(e.rng.IntN(8)) * time.Millisecond
		e.mu.Unlock()
		time.Sleep(d)
	}
	if e.fails != "" && strings.Contains(text, e.fails) {
		return voice.Clip{}, fault.New(fault.ToolFailed, nil, "the service is gone").WithHint("ask its owner")
	}
	if e.name == voice.EngineEspeak {
		r.Voice = "high" // accept all voices of the catalogue
	}
	c, err := e.Engine.Speak(ctx, r)
	if e.silent != "" && strings.Contains(text, e.silent) {
		clear(c.PCM)
	}
	return c, err
}

// stage contains a storyboard, a booth, and a maker.
type stage struct {
	board *storyboard.Board
	booth *voice.Booth
	maker part.Maker
	cues  []caption.Timed
}

func newStage(t *testing.T, store *cache.Store, text string, cfg voice.Config, engines ...voice.Engine) stage {
	t.Helper()
	if store == nil {
		var err error
		if store, err = cache.Open(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
	}
	booth, err := voice.NewBooth(cfg, engines, store)
	if err != nil {
		t.Fatal(err)
	}
	s := stage{booth: booth, maker: part.Maker{Store: store, Book: part.NewBook(), Jobs: 3, Work: t.TempDir()}}
	if strings.HasPrefix(text, "WEBVTT") {
		src, cues, err := compile.PlanText(t.Context(), project.NewEmpty(), booth,
			compile.TextRequest{Text: text, Timed: "vtt", Header: map[string]string{"voice": "tone/high"}})
		if err != nil || src.Findings.HasErrors() {
			t.Fatal(err, src.Findings)
		}
		s.board, s.cues = src.Board, cues
		return s
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	src, err := compile.PlanScript(t.Context(), in, booth, compile.Request{Script: "s.md"})
	if err != nil || src.Findings.HasErrors() {
		t.Fatal(err, src.Findings)
	}
	s.board = src.Board
	return s
}

const threeScenes = "---\nvoice: tone/high\n---\nOne is here. Two is there.\n\n---\n![](none.png)\n\n---\n(voice: tone/low)\n\nThree.\n"

// silentScene returns threeScenes with a silent scene in the middle.
func silentScene() string { return strings.Replace(threeScenes, "![](none.png)\n", "(pause: 1)\n", 1) }

// TestSay checks that each sentence is spoken once, at its position, and is in the cache the next time.
func TestSay(t *testing.T) {
	t.Parallel()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	e := &engine{Engine: tone.New(), wait: true, rng: rand.New(rand.NewPCG(1, 1))}
	for round := range 2 {
		s := newStage(t, store, silentScene(), voice.DefaultConfig(), e)
		var progress []float64
		s.maker.Report = func(d float64) { progress = append(progress, d) }
		var ready []int
		spoken, list, err := speech.SpeakBoard(t.Context(), s.maker, s.booth, s.board, func(n int, sp *speech.Spoken) {
			ready = append(ready, n)
			for i := range n {
				for k, p := range s.board.Scenes[i].Parts {
					if p.Kind == storyboard.Speech && sp.Sentences[i][k].Samples == 0 {
						t.Errorf("scene %d is ready and not spoken", i+1)
					}
				}
			}
		})
		if err != nil || len(list) > 0 {
			t.Fatal(err, list)
		}
		if !slices.Equal(progress, []float64{1. / 3, 2. / 3, 1}) {
			t.Errorf("progress is %v", progress)
		}
		if grew := slices.Compact(slices.Sorted(slices.Values(ready))); !slices.Equal(ready, grew) || len(ready) == 0 ||
			ready[len(ready)-1] != 3 {
			t.Errorf("ready were %v", ready)
		}
		lengths := spoken.ListLengths()
		if len(lengths) != 3 || lengths[0][0] == 0 || lengths[2][0] == 0 {
			t.Errorf("lengths are %v", lengths)
		}
		if err := spoken.CheckAllHeard(s.board); err != nil {
			t.Error(err)
		}
		words := spoken.ListWords(0, 0)
		if len(words) != 3 || words[0].Start >= words[0].End || words[2].Offset != len("One is ") || words[2].End > lengths[0][0] {
			t.Errorf("words are %+v", words)
		}
		uses := spoken.ListVoiceUses(s.board)
		if len(uses) != 2 || uses[0].Name != "tone/high" || !slices.Equal(uses[0].Scenes, []int{1}) || uses[1].Name != "tone/low" ||
			!slices.Equal(uses[1].Scenes, []int{3}) || uses[1].Engine != tone.Name {
			t.Errorf("uses are %+v", uses)
		}
		if s.maker.Book.CountParts() != 3 {
			t.Errorf("the book has %d parts", s.maker.Book.CountParts())
		}
		made := s.maker.Book.ExplainMade(store, cache.Key{byte(round + 1)})
		if want := []int{3, 0}[round]; len(made) != want {
			t.Errorf("round %d made %+v", round, made)
		}
		for i, m := range made {
			if m.What != part.Sentence || m.Name != []string{"One is here.", "Two is there.", "Three."}[i] || m.Scene != []int{1, 1, 3}[i] {
				t.Errorf("made %+v", m)
			}
		}
		source := speech.NewSource(s.booth, spoken.Sentences[0][0])
		n, err := source.Frames()
		if err != nil || n != lengths[0][0] || source.Channels() != 1 {
			t.Errorf("a source of %d samples, %v", n, err)
		}
		r, err := source.Open(n - 1)
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 8)
		if got, _ := r.Read(b); got != 2 {
			t.Errorf("the last sample has %d bytes", got)
		}
		_ = r.Close()
	}
}

// TestFailures checks that errors name the sentence and its position.
func TestFailures(t *testing.T) {
	t.Parallel()
	e := &engine{Engine: tone.New(), fails: "Three"}
	s := newStage(t, nil, silentScene(), voice.DefaultConfig(), e)
	_, _, err := speech.SpeakBoard(t.Context(), s.maker, s.booth, s.board, nil)
	f, ok := fault.As(err)
	if !ok || f.Code != fault.ToolFailed ||
		f.Public != `s.md:12: the sentence "Three." of scene 3 could not be spoken by tone/low: the service is gone` ||
		f.Hint != "ask its owner" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := speech.SpeakBoard(ctx, s.maker, s.booth, s.board, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancellation returns %v", err)
	}
	e = &engine{Engine: tone.New(), silent: "Three"}
	s = newStage(t, nil, silentScene(), voice.DefaultConfig(), e)
	spoken, _, err := speech.SpeakBoard(t.Context(), s.maker, s.booth, s.board, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := spoken.CheckAllHeard(s.board); err == nil || !strings.Contains(err.Error(),
		`s.md:12: scene 3: the voice tone/low was silent for "Three."`) {
		t.Errorf("a silent sentence returns %v", err)
	}
}

// TestStandIn checks that another voice speaks everything of a failing voice if the settings allow it.
func TestStandIn(t *testing.T) {
	t.Parallel()
	cfg := voice.DefaultConfig()
	cfg.Fallback = true
	bad := &engine{Engine: tone.New(), name: "far", fails: "Two"}
	s := newStage(t, nil, "---\nvoice: far/high\n---\nOne is here. Two is there.\n", cfg, bad,
		&engine{Engine: tone.New(), name: voice.EngineEspeak})
	spoken, list, err := speech.SpeakBoard(t.Context(), s.maker, s.booth, s.board, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Code != diag.MissingVoice || list[0].Severity != diag.Warning ||
		!strings.Contains(list[0].Summary, "speaks all of far/high instead") {
		t.Errorf("%+v", list)
	}
	for _, u := range spoken.ListVoiceUses(s.board) {
		if u.Engine == "far" {
			t.Errorf("uses are %+v", spoken.ListVoiceUses(s.board))
		}
	}
	if s.maker.Book.CountParts() != 2 {
		t.Errorf("the book has %d parts", s.maker.Book.CountParts())
	}
}

// TestCues checks that a cue that does not fit its time is spoken faster, at most at twice the speed.
func TestCues(t *testing.T) {
	t.Parallel()
	const text = "WEBVTT\n\n00:01.000 --> 00:03.000\nShort.\n\n00:04.000 --> 00:05.000\nThis is some text here\n\n" +
		"00:06.000 --> 00:06.100\nThis is much too long for a tenth of a second\n"
	s := newStage(t, nil, text, voice.DefaultConfig(), &engine{Engine: tone.New()})
	spoken, list, err := speech.SpeakCues(t.Context(), s.maker, s.booth, s.board, s.cues)
	if err != nil || len(list) > 0 {
		t.Fatal(err, list)
	}
	length := func(cue int) (n int64) {
		for _, sp := range spoken.Sentences[cue] {
			n += sp.Samples
		}
		return n
	}
	plain := newStage(t, nil,
		"---\nvoice: tone/high\n---\nShort.\n\n---\nThis is some text here\n\n---\n"+
			"This is much too long for a tenth of a second\n", voice.DefaultConfig(), tone.New())
	usual, _, err := speech.SpeakBoard(t.Context(), plain.maker, plain.booth, plain.board, nil)
	if err != nil {
		t.Fatal(err)
	}
	near := func(a, b, within float64) bool { return a > b*(1-within) && a < b*(1+within) }
	full := func(scene int) float64 { return float64(usual.ListLengths()[scene][0]) }
	if !near(float64(length(0)), full(0), 0.01) {
		t.Errorf("a cue with room has %d samples, usual are %.0f", length(0), full(0))
	}
	if n := length(1); n > timeline.SampleRate || float64(n) < 0.8*timeline.SampleRate {
		t.Errorf("a cue of a second has %d samples", n)
	}
	if n := float64(length(2)); !near(n, full(2)/2, 0.1) {
		t.Errorf("a cue without room has %.0f samples, usual are %.0f", n, full(2))
	}
	s = newStage(t, nil, text, voice.DefaultConfig(), &engine{Engine: tone.New(), fails: "some text"})
	if _, _, err := speech.SpeakCues(t.Context(), s.maker, s.booth, s.board, s.cues); err == nil ||
		!strings.Contains(err.Error(), "of cue 2 could not be spoken") {
		t.Errorf("got %v", err)
	}
	s = newStage(t, nil, text, voice.DefaultConfig(), &engine{Engine: tone.New(), silent: "some text"})
	if _, _, err := speech.SpeakCues(t.Context(), s.maker, s.booth, s.board, s.cues); err == nil ||
		!strings.Contains(err.Error(), "was silent") {
		t.Errorf("got %v", err)
	}
}

// TestLoudest checks that the volume is that of the loudest run.
func TestLoudest(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "---\nvoice: tone/high\nvoice-volume: 0.5\n---\nQuiet here.\n", voice.DefaultConfig(), tone.New())
	p := s.board.Scenes[0].Parts[0]
	if got := speech.FindLoudestVolume(p); got != 0.5 {
		t.Errorf("got %g", got)
	}
	p.Runs = nil
	if got := speech.FindLoudestVolume(p); got != 0.5 {
		t.Errorf("without runs %g", got)
	}
}

// TestWaits checks that a script with a sentence by a remote voice is recognised.
func TestWaits(t *testing.T) {
	t.Parallel()
	far := &engine{Engine: tone.New(), name: "far", remote: true}
	s := newStage(t, nil, "---\nvoice: tone/high\n---\nHello.\n", voice.DefaultConfig(), tone.New(), far)
	say := func(kind storyboard.PartKind, voice string) storyboard.Part {
		return storyboard.Part{Kind: kind, Voice: voice}
	}
	near, service := say(storyboard.Speech, "tone/high"), say(storyboard.Speech, "far/high")
	for name, c := range map[string]struct {
		scenes []storyboard.Scene
		want   bool
	}{
		"nothing": {nil, false},
		"this machine": {
			[]storyboard.Scene{{Parts: []storyboard.Part{near, near}}, {Parts: []storyboard.Part{near}}},
			false,
		},
		"a service": {[]storyboard.Scene{{Parts: []storyboard.Part{service}}}, true},
		"a service at last": {[]storyboard.Scene{
			{Parts: []storyboard.Part{near, near}},
			{Parts: []storyboard.Part{near, service}},
		}, true},
		"a pause, and no one": {
			[]storyboard.Scene{{Parts: []storyboard.Part{say(storyboard.Pause, "far/high"), near}}},
			false,
		},
	} {
		board := *s.board
		board.Scenes = c.scenes
		if got := speech.UsesRemoteVoice(t.Context(), s.booth, &board); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestCuesThatFit checks that a cue with exactly its time, or without a time, is spoken at its own speed.
func TestCuesThatFit(t *testing.T) {
	t.Parallel()
	const text = "WEBVTT\n\n00:01.000 --> 00:09.000\nThis is some text here\n\n00:10.000 --> 00:19.000\nOne. Two.\n"
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := newStage(t, store, text, voice.DefaultConfig(), &engine{Engine: tone.New()})
	var progress []float64
	s.maker.Report = func(d float64) { progress = append(progress, d) }
	say := func(length time.Duration) int64 {
		t.Helper()
		cues := slices.Clone(s.cues)
		cues[0].To = cues[0].From + length
		spoken, _, err := speech.SpeakCues(t.Context(), s.maker, s.booth, s.board, cues)
		if err != nil {
			t.Fatal(err)
		}
		if len(spoken.Sentences[0]) != 1 || len(spoken.ListVoiceUses(s.board)) != 1 {
			t.Fatalf("%+v", spoken.Sentences)
		}
		return spoken.ListLengths()[0][0]
	}
	usual := say(9 * time.Second)
	if !slices.Equal(progress, []float64{0.5, 1}) {
		t.Errorf("progress is %v", progress)
	}
	exact := time.Duration(usual) * time.Second / timeline.SampleRate
	for timeline.ToSamplesDown(exact) < usual {
		exact++
	}
	for length, same := range map[time.Duration]bool{
		exact: true, 0: true, -time.Second: true, exact + time.Second: true,
		exact - time.Millisecond: false, time.Millisecond: false,
	} {
		if got := say(length); (got == usual) != same || got > usual {
			t.Errorf("a cue of %s has %d samples, usual are %d", length, got, usual)
		}
	}
}

// TestTwoStandIns checks that each failing voice gets its own replacement and one warning.
func TestTwoStandIns(t *testing.T) {
	t.Parallel()
	cfg := voice.DefaultConfig()
	text := "---\nvoice: far/high\n---\nOne is here. Two is there.\n\n---\n(voice: gone/low)\n\nTwo again.\n\n" +
		"---\n(voice: tone/low)\n\nThree.\n"
	engines := []voice.Engine{
		&engine{Engine: tone.New(), name: "far", fails: "Two"}, &engine{Engine: tone.New(), name: "gone", fails: "Two"},
		&engine{Engine: tone.New()}, &engine{Engine: tone.New(), name: voice.EngineEspeak},
	}
	for _, fallback := range []bool{true, false} {
		cfg.Fallback = fallback
		s := newStage(t, nil, text, cfg, engines...)
		spoken, list, err := speech.SpeakBoard(t.Context(), s.maker, s.booth, s.board, nil)
		if !fallback {
			if fault.CodeOf(err) != fault.ToolFailed || len(list) > 0 || s.maker.Book.CountParts() > 0 {
				t.Errorf("%v, %v, %d parts", err, list, s.maker.Book.CountParts())
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		list.SortByPlace()
		if len(list) != 2 || list[0].Range.Start.Line != 4 || list[1].Range.Start.Line != 9 || list[0].Hint == "" ||
			!strings.HasPrefix(list[0].Summary, "the service is gone; ") ||
			!strings.HasSuffix(list[1].Summary, " speaks all of gone/low instead") {
			t.Errorf("%+v", list)
		}
		uses := spoken.ListVoiceUses(s.board)
		if len(uses) != 2 || uses[0].Engine != voice.EngineEspeak || !slices.Equal(uses[0].Scenes, []int{1, 2}) ||
			uses[1].Name != "tone/low" {
			t.Errorf("uses are %+v", uses)
		}
		if s.maker.Book.CountParts() != 4 {
			t.Errorf("the book has %d parts", s.maker.Book.CountParts())
		}
	}
}
