package espeak_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/espeak"
	"mynah/internal/voice/voicetest"
)

// engine returns an engine with the helper, which it builds.
func engine(tb testing.TB) *espeak.Engine {
	tb.Helper()
	cfg := espeak.DefaultConfig()
	cfg.Helper = voicetest.BuildEspeakHelper(tb)
	return with(tb, cfg)
}

func with(tb testing.TB, cfg espeak.Config) *espeak.Engine {
	tb.Helper()
	e := voicetest.NewEngine(tb, cfg, espeak.New)
	tb.Cleanup(e.Close)
	return e
}

// program returns an engine without the helper.
func program(tb testing.TB) *espeak.Engine {
	tb.Helper()
	cfg := espeak.DefaultConfig()
	cfg.Helper = ""
	return with(tb, cfg)
}

func TestEngine(t *testing.T) {
	t.Parallel()
	voicetest.RunSuite(t, engine(t), voicetest.Options{Voice: "en-us+f2", Deterministic: true, ExactWords: true})
}

func TestProgram(t *testing.T) {
	t.Parallel()
	voicetest.RunSuite(t, program(t), voicetest.Options{Voice: "en-us+f2", Deterministic: true})
}

func TestMissingProgram(t *testing.T) {
	t.Parallel()
	voicetest.CheckMissingProgram(t, espeak.DefaultConfig(), espeak.New)
}

// TestCatalogue speaks a word with each voice of the catalogue.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := engine(t)
	list, err := e.Voices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, v := range list {
		have[v.ID] = true
	}
	said := map[string]bool{}
	for _, v := range voice.NewCatalogue().ListVoices() {
		id, variant, _ := strings.Cut(v.EngineVoice, "+")
		if v.Engine != voice.EngineEspeak {
			continue
		}
		if !have[id] || variant == "" {
			t.Errorf("%s has no espeak-ng voice %q", v.Name, v.EngineVoice)
			continue
		}
		if said[id] && variant != "f2" && variant != "m3" && v.Language != "de-DE" {
			continue
		}
		said[id] = true
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			req := voice.Request{Voice: v.EngineVoice, Language: v.Language, Runs: []utter.Run{{Text: "12 mama мама שלום"}}}
			c, err := e.Speak(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if voicetest.ComputeRootMeanSquare(c.PCM) < 100 {
				t.Errorf("level %f", voicetest.ComputeRootMeanSquare(c.PCM))
			}
		})
	}
}

// TestLanguages speaks words in different scripts.
func TestLanguages(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for id, text := range map[string]string{
		"de+f2": "Die Straße ist lang, aber schön.", "fr-fr": "L'été, c'est déjà fini ?", "ru": "Привет, мир!",
		"cmn-latn-pinyin": "你好，世界。今天天气很好。", "yue": "你好，世界。", "ja": "こんにちは", "ar": "مرحبا بالعالم", "hi": "नमस्ते दुनिया।",
		"th": "สวัสดีครับ", "ko": "안녕하세요 세계", "el": "Γειά σου Κόσμε",
	} {
		req := voice.Request{Voice: id, Runs: []utter.Run{{Text: text}}}
		c, err := e.Speak(t.Context(), req)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if err := voicetest.CheckClip(req, c); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if c.Length() < 300*time.Millisecond || c.Length() > 8*time.Second {
			t.Errorf("%s lasts %s", id, c.Length())
		}
		for _, w := range c.Words {
			if w.End == w.Start {
				t.Errorf("%s: %q has no time", id, w.Text)
			}
		}
	}
}

// TestClausesAnchorTheWords checks that the word after a pause starts where the sound starts again.
func TestClausesAnchorTheWords(t *testing.T) {
	t.Parallel()
	req := voice.Request{Voice: "en-us", Runs: []utter.Run{{Text: "Yes, the end of the unbelievably extraordinary story; no, it is not."}}}
	c, err := engine(t).Speak(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{1, 8, 9} {
		w, before := c.Words[i], c.Words[i-1]
		if w.Start-before.End < 60*time.Millisecond {
			t.Errorf("no pause between %+v and %+v", before, w)
		}
		from := int(w.Start.Seconds() * float64(c.Rate))
		if quiet := voicetest.ComputeRootMeanSquare(c.PCM[from-c.Rate/25 : from]); quiet > 50 {
			t.Errorf("level %f before %q", quiet, w.Text)
		}
		if loud := voicetest.ComputeRootMeanSquare(c.PCM[from : from+c.Rate/25]); loud < 100 {
			t.Errorf("level %f at the start of %q", loud, w.Text)
		}
	}
}

func BenchmarkSentence(b *testing.B) { voicetest.BenchmarkSentence(b, engine(b), "en-us") }

// TestMarkup checks that the properties of runs are audible, and that words keep their positions.
func TestMarkup(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := engine(t)
	say := func(runs ...utter.Run) voice.Clip {
		req := voice.Request{Voice: "en-us+f2", Language: "en-US", Runs: runs}
		c, err := e.Speak(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if err := voicetest.CheckClip(req, c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	last := func(c voice.Clip) voice.Word { return c.Words[len(c.Words)-1] }
	const before, word, after = "We met ", "Amanda & <Joe>", " there."
	plain := say(utter.Run{Text: before + word + after})
	with := func(r utter.Run) voice.Clip {
		r.Text = word
		return say(utter.Run{Text: before}, r, utter.Run{Text: after})
	}
	span := func(c voice.Clip) float64 { return (last(c).Start - c.Words[2].Start).Seconds() }
	level := func(c voice.Clip) float64 {
		from, to := c.Words[2].Start, c.Words[4].End
		return voicetest.ComputeRootMeanSquare(c.PCM[int(from.Seconds()*float64(c.Rate)):int(to.Seconds()*float64(c.Rate))])
	}
	if got := span(with(utter.Run{Speed: utter.NewFactor(0.5)})) / span(plain); got < 1.5 {
		t.Errorf("half the speed lasts %.2f times as long", got)
	}
	if got := span(with(utter.Run{Speed: utter.NewFactor(2)})) / span(plain); got > 0.7 {
		t.Errorf("twice the speed lasts %.2f times as long", got)
	}
	if got := level(with(utter.Run{Volume: utter.NewFactor(0.5)})) / level(plain); got < 0.4 || got > 0.65 {
		t.Errorf("half the volume is %.2f times as loud", got)
	}
	if got := level(with(utter.Run{Style: utter.Reduced})) / level(plain); got > 0.85 {
		t.Errorf("reduced is %.2f times as loud", got)
	}
	if got := span(with(utter.Run{Style: utter.Strong})) / span(plain); got < 1.1 {
		t.Errorf("strongly emphasised it lasts %.2f times as long", got)
	}
	if got := span(with(utter.Run{Pause: time.Second})) - span(plain); got < 0.8 || got > 1.3 {
		t.Errorf("a pause of 1 s lasts %.2f s", got)
	}
	if a, b := with(utter.Run{Language: "de"}), plain; slices.Equal(a.PCM, b.PCM) {
		t.Error("the language of a run has no effect")
	}
	said := say(utter.Run{Text: "I say "}, utter.Run{Text: "tomato", IPA: "kæt"}, utter.Run{Text: " now."})
	cat := say(utter.Run{Text: "I say cat now."})
	if d := said.Length() - cat.Length(); d < -30*time.Millisecond || d > 30*time.Millisecond {
		t.Errorf("/kæt/ lasts %s, cat %s", said.Length(), cat.Length())
	}
	for i := range said.Words {
		if d := said.Words[i].Start - cat.Words[i].Start; d < -30*time.Millisecond || d > 30*time.Millisecond || !said.Words[i].Exact {
			t.Errorf("word %d: %+v, not %+v", i, said.Words[i], cat.Words[i])
		}
	}
	say(utter.Run{Text: "[[x]] is "}, utter.Run{Text: "a", IPA: "a"}, utter.Run{Text: " [[[y", Speed: utter.NewFactor(2)})
}

// TestWordTimes checks that a word begins where its sound begins, also next to numbers, dates and spelled
// letters.
func TestWordTimes(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, c := range []struct {
		id   string
		runs []utter.Run
	}{
		{"en-us+f2", []utter.Run{{Text: "Pick 1,250.75 parts of it, on 2026-11-25, for the end of the day & more."}}},
		{"en-us", []utter.Run{{Text: "The "}, {Text: "SARs", Style: utter.Spell}, {Text: " picture, “quoted” — and so on."}}},
		{"de", []utter.Run{{Text: "Der 3. Mai war um 12:30 Uhr schön, z. B. in Köln."}}},
		{"cmn", []utter.Run{{Text: "你好，世界。今天天气很好。"}}},
		{"ru", []utter.Run{{Text: "Привет, мир! Как дела?"}}},
	} {
		req := voice.Request{Voice: c.id, Runs: c.runs}
		clip, err := e.Speak(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if err := voicetest.CheckClip(req, clip); err != nil {
			t.Errorf("%s: %v", c.id, err)
		}
		for _, w := range clip.Words {
			if w.End-w.Start < 15*time.Millisecond {
				t.Errorf("%s: %+v", c.id, w)
			}
		}
	}
}

// TestOnsets measures the deviation of word times from the onsets of the sounds. Each word follows a pause.
func TestOnsets(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := engine(t)
	errs := voicetest.MeasureOnsets(t, e, "en-us+f2")
	if median := errs[len(errs)/2]; median > 40*time.Millisecond {
		t.Errorf("words begin %s off, half of them more", median)
	} else {
		t.Logf("%d onsets: median %s, worst %s", len(errs), median, errs[len(errs)-1])
	}
}

// TestHelperThatFails checks that a failure of the helper is reported, and that the next sentence works if
// possible.
func TestHelperThatFails(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"garbage":  "cat >/dev/null & head -c 100000 /dev/zero; wait",
		"silence":  "read -r line; exit 0",
		"a lie":    "read -r line; printf 'ok 22050 0 999999999\\n'",
		"half":     "read -r line; printf 'ok 22050 1 100\\nw 1 1 0\\nabc'",
		"an error": "read -r line; printf 'error the text cannot be spoken\\n'",
		"too late": "sleep 60",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := filepath.Join(t.TempDir(), espeak.Helper)
			if err := os.WriteFile(bad, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			cfg := espeak.DefaultConfig()
			cfg.Helper, cfg.Timeout = bad, 2*time.Second
			_, err := with(t, cfg).Speak(t.Context(), voice.Request{Voice: "en-us", Runs: []utter.Run{{Text: "Hello."}}})
			if fault.CodeOf(err) != fault.ToolFailed {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestUnreadable compares the table of readable scripts with the program: unreadable text takes far longer,
// because it is spelled, or has no sound.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	e := engine(t)
	for _, c := range []struct{ id, text string }{
		{"en-us", "世界日本"},
		{"en-us", "приветик"},
		{"de", "приветик"},
		{"ru", "приветик"},
		{"cmn-latn-pinyin", "世界日本"},
		{"yue", "世界日本"},
		{"ja", "世界日本"},
		{"ja", "こんにちは"},
		{"ko", "世界日本"},
		{"ko", "안녕하세요"},
		{"en-us", "안녕하세요"},
		{"he", "שלוםלכם"},
		{"en-us", "שלוםלכם"},
		{"th", "สวัสดีครับ"},
		{"en-us", "สวัสดีครับ"},
		{"de", "καλημέρα"},
		{"en-us", "καλημέρα"},
		{"de", "मराठीभाषा"},
		{"de", "ქართული"},
		{"uk", "приветик"},
		{"hak", "世界日本"},
		{"te", "తెలుగుభాష"},
		{"de", "తెలుగుభాష"},
		{"ja", "computer"},
		{"th", "computer"},
		{"he", "computer"},
	} {
		v := voice.Voice{Engine: voice.EngineEspeak, EngineVoice: c.id}
		_, lost, _ := voice.CountUnreadableLetters(c.text, v)
		bad := lost > 0
		clip, err := e.Speak(t.Context(), voice.Request{Voice: c.id, Runs: []utter.Run{{Text: c.text}}})
		if err != nil {
			t.Error(err)
			continue
		}
		each := clip.Length().Seconds() / float64(len([]rune(c.text)))
		if strings.ContainsAny(c.text, "世안") {
			each /= 3 // a character is a syllable
		}
		if named := each > 0.19; named != bad {
			t.Errorf("%s: %q lasts %.2f s a letter, unreadable is %t", c.id, c.text, each, bad)
		}
	}
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for name, e := range map[string]*espeak.Engine{"helper": engine(t), "program": program(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			voicetest.CheckEmphasis(t, e, voicetest.Options{Voice: "en-us+f2", Deterministic: true})
		})
	}
}
