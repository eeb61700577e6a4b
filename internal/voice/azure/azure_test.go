package azure_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/azure"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
	"mynah/internal/voice/voicetest"
)

const katja = "de-DE-KatjaNeural"

// service answers like Azure, as its REST reference describes.
func service(s *remotetest.Server, w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Ocp-Apim-Subscription-Key") != remotetest.Key {
		w.WriteHeader(http.StatusUnauthorized) // without a body, like Azure
		return
	}
	if r.Method == http.MethodGet && r.URL.Path == "/cognitiveservices/voices/list" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write([]byte(`[{"Name":"Microsoft Server Speech…","ShortName":"de-DE-KatjaNeural","Gender":"Female",` +
			`"Locale":"de-DE","SampleRateHertz":"48000","VoiceType":"Neural"},{"ShortName":"en-US-GuyNeural","Gender":"Male",` +
			`"Locale":"en-US"}]`))
		return
	}
	body, _ := io.ReadAll(r.Body)
	if r.Method != http.MethodPost || r.URL.Path != "/cognitiveservices/v1" || r.Header.Get("Content-Type") != "application/ssml+xml" ||
		r.Header.Get("X-Microsoft-OutputFormat") != "riff-24khz-16bit-mono-pcm" || r.Header.Get("User-Agent") == "" {
		s.RejectWrongFormat(w, "%s %s %v", r.Method, r.URL, r.Header)
		return
	}
	if !strings.Contains(string(body), `<voice name="`+katja+`">`) {
		http.Error(w, "Unsupported voice.", http.StatusBadRequest)
		return
	}
	const head = `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="`
	if !strings.HasPrefix(string(body), head+`de-DE">`) && !strings.HasPrefix(string(body), head+`en-US">`) {
		s.RejectWrongFormat(w, "%.100s", body)
		return
	}
	p, err := s.Perform(r.Context(), string(body), 1,
		"speak@version,xmlns,xml:lang voice@name prosody@rate,pitch,volume phoneme@alphabet,ph break@time")
	if r.Context().Err() != nil {
		return
	}
	if err != nil {
		s.RejectWrongFormat(w, "%v in %s", err, body)
		return
	}
	w.Header().Set("Content-Type", "audio/x-wav")
	_, _ = w.Write(remotetest.FormatWAV(p.Clip.PCM, p.Clip.Rate))
}

func makes(t *testing.T, cfg remote.Config) voice.Engine {
	t.Helper()
	e, err := azure.New(azure.Config{Config: cfg})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func engine(t *testing.T) voice.Engine {
	t.Helper()
	return makes(t, remotetest.NewConfig("service", remotetest.StartServer(t, service).URL))
}

func TestEngine(t *testing.T) {
	t.Parallel()
	voicetest.RunSuite(t, engine(t), voicetest.Options{Voice: katja, Deterministic: true})
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	remotetest.CheckFailureHandling(t, katja, "audio/x-wav", service, makes)
}

func TestVoices(t *testing.T) {
	t.Parallel()
	e := engine(t)
	list, err := e.Voices(t.Context())
	if err != nil || fmt.Sprint(list) != "[{de-DE-KatjaNeural de-DE female} {en-US-GuyNeural en-US male}]" {
		t.Error(list, err)
	}
	if v, ok := voice.DescribeVoice(e, "pt-BR-FranciscaNeural"); !ok || v.Language != "pt-BR" {
		t.Error(v, ok)
	}
}

// TestRuns checks that everything that Abilities claims reaches the service as valid markup.
func TestRuns(t *testing.T) {
	t.Parallel()
	e := engine(t)
	say := func(r utter.Run) time.Duration {
		c, err := e.Speak(t.Context(), voice.Request{Voice: katja, Runs: []utter.Run{{Text: "Eins "}, r, {Text: " zwei."}}})
		if err != nil {
			t.Fatal(err)
		}
		return c.Length()
	}
	plain := say(utter.Run{Text: "drei vier"})
	if got := say(utter.Run{Text: "drei vier", Pause: time.Second}); got != plain+time.Second {
		t.Errorf("a pause lasts %s", got-plain)
	}
	if say(utter.Run{Text: "drei vier", Speed: utter.NewFactor(0.5)}) <= plain ||
		say(utter.Run{Text: "drei vier", Style: utter.Strong, IPA: "draɪ"}) <= plain {
		t.Error("slower is not longer")
	}
	if slices.Contains([]bool{e.Abilities().Prosody, e.Abilities().Phonemes, e.Abilities().Pauses, !e.Abilities().Language}, false) {
		t.Errorf("%+v", e.Abilities())
	}
}

// TestLanguage checks that the requested language has precedence over the one in the voice's name.
func TestLanguage(t *testing.T) {
	t.Parallel()
	var sent string
	s := remotetest.StartServer(t, func(_ *remotetest.Server, w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		sent = string(b)
		w.WriteHeader(http.StatusBadRequest)
	})
	e := makes(t, remotetest.NewConfig("service", s.URL))
	for _, c := range []struct{ id, language, want string }{{katja, "de-AT", "de-AT"}, {katja, "", "de-DE"}, {"own", "pl-PL", "pl-PL"}} {
		_, _ = e.Speak(t.Context(), voice.Request{Voice: c.id, Language: c.language, Runs: []utter.Run{{Text: "Hallo."}}})
		if !strings.Contains(sent, `xml:lang="`+c.want+`"`) {
			t.Errorf("%s in %q: %s", c.id, c.language, sent)
		}
	}
}

func TestNoKey(t *testing.T) {
	t.Parallel()
	cfg := remotetest.NewConfig("service", remotetest.StartServer(t, service).URL)
	cfg.Key = remote.Secret{}
	_, err := makes(t, cfg).Speak(t.Context(), voice.Request{Voice: katja, Runs: []utter.Run{{Text: "Hallo."}}})
	if f := fault.From(err); f == nil || f.Public != "service needs a key, but THE_TEST_KEY is not set" || f.Hint != "set THE_TEST_KEY" {
		t.Error(err)
	}
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	voicetest.CheckEmphasis(t, engine(t), voicetest.Options{Voice: katja, Deterministic: true})
}
