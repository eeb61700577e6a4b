package espeak_test

import (
	"strings"
	"testing"
	"time"

	"mynah/internal/voice"
	"mynah/internal/voice/espeak"
	"mynah/internal/voice/voicetest"
)

func engine(tb testing.TB) *espeak.Engine {
	tb.Helper()
	return voicetest.Program(tb, espeak.DefaultConfig(), espeak.New)
}

func TestEngine(t *testing.T) {
	t.Parallel()
	voicetest.Run(t, engine(t), voicetest.Options{Voice: "en-us+f2", Deterministic: true})
}

func TestMissingProgram(t *testing.T) {
	t.Parallel()
	voicetest.Missing(t, espeak.DefaultConfig(), espeak.New)
}

// TestCatalogue says a word with every voice of the catalogue.
func TestCatalogue(t *testing.T) {
	t.Parallel()
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
	for _, v := range voice.NewCatalogue().Voices() {
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
			req := voice.Request{Voice: v.EngineVoice, Language: v.Language, Runs: []voice.Run{{Text: "12 mama мама שלום"}}}
			c, err := e.Speak(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if voicetest.Level(c.PCM) < 100 {
				t.Errorf("level %f", voicetest.Level(c.PCM))
			}
		})
	}
}

// TestLanguages reads words in scripts of their own.
func TestLanguages(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for id, text := range map[string]string{
		"de+f2": "Die Straße ist lang, aber schön.", "fr-fr": "L'été, c'est déjà fini ?", "ru": "Привет, мир!",
		"cmn-latn-pinyin": "你好，世界。今天天气很好。", "yue": "你好，世界。", "ja": "こんにちは", "ar": "مرحبا بالعالم", "hi": "नमस्ते दुनिया।",
		"th": "สวัสดีครับ", "ko": "안녕하세요 세계", "el": "Γειά σου Κόσμε",
	} {
		req := voice.Request{Voice: id, Runs: []voice.Run{{Text: text}}}
		c, err := e.Speak(t.Context(), req)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if err := voicetest.Check(req, c); err != nil {
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

// TestClausesAnchorTheWords: what follows a pause starts where the sound does.
func TestClausesAnchorTheWords(t *testing.T) {
	t.Parallel()
	req := voice.Request{Voice: "en-us", Runs: []voice.Run{{Text: "Yes, the end of the unbelievably extraordinary story; no, it is not."}}}
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
		if quiet := voicetest.Level(c.PCM[from-c.Rate/25 : from]); quiet > 50 {
			t.Errorf("level %f before %q", quiet, w.Text)
		}
		if loud := voicetest.Level(c.PCM[from : from+c.Rate/25]); loud < 100 {
			t.Errorf("level %f at the start of %q", loud, w.Text)
		}
	}
}

func BenchmarkSentence(b *testing.B) { voicetest.Bench(b, engine(b), "en-us") }
