package openai_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/openai"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
	"mynah/internal/voice/voicetest"
)

// service answers like OpenAI's POST /audio/speech, as its reference describes.
func service(s *remotetest.Server, w http.ResponseWriter, r *http.Request) {
	fail := func(code int, param, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
			"message": message, "type": "invalid_request_error", "param": param, "code": nil,
		}})
	}
	if r.Header.Get("Authorization") != "Bearer "+remotetest.Key {
		fail(http.StatusUnauthorized, "", "Incorrect API key provided.")
		return
	}
	if r.URL.Path == "/audio/voices" && r.Method == http.MethodGet {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"voices":["alloy","af_bella"]}`))
		return
	}
	var b struct {
		Model, Voice, Input, ResponseFormat string
		Format                              string   `json:"response_format"`
		Speed                               *float64 `json:"speed"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil || r.Method != http.MethodPost || r.URL.Path != "/audio/speech" ||
		r.Header.Get("Content-Type") != "application/json" || b.Model != "tts-1" || b.Input == "" {
		s.RejectWrongFormat(w, "%s %s %+v %v", r.Method, r.URL, b, err)
		return
	}
	speed := 1.0
	if b.Speed != nil {
		speed = *b.Speed
	}
	switch {
	case b.Voice != "alloy":
		fail(http.StatusBadRequest, "voice", "Input should be 'alloy'")
		return
	case len(b.Input) > 4096:
		fail(http.StatusBadRequest, "input", "Invalid 'input': string too long. Expected a string with maximum length 4096.")
		return
	case speed < 0.25 || speed > 4:
		fail(http.StatusBadRequest, "speed", "speed out of range")
		return
	}
	clip, err := s.SpeakAsTones(r.Context(), []utter.Run{{Text: b.Input}}, speed, 1)
	if err != nil {
		return
	}
	if b.Format == "pcm" {
		w.Header().Set("Content-Type", "audio/pcm")
		_, _ = w.Write(remotetest.FormatPCM(clip.PCM))
		return
	}
	w.Header().Set("Content-Type", "audio/wav")
	_, _ = w.Write(remotetest.FormatWAV(clip.PCM, clip.Rate))
}

func makes(change func(*openai.Config)) remotetest.Maker {
	return func(t *testing.T, cfg remote.Config) voice.Engine {
		t.Helper()
		c := openai.DefaultConfig("service")
		c.Config = cfg
		change(&c)
		e, err := openai.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func engine(t *testing.T, change func(*openai.Config)) voice.Engine {
	t.Helper()
	s := remotetest.StartServer(t, service)
	return makes(change)(t, remotetest.NewConfig("service", s.URL))
}

func TestEngine(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"wav", "pcm"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			voicetest.RunSuite(t, engine(t, func(c *openai.Config) { c.Format = format }),
				voicetest.Options{Voice: "alloy", Deterministic: true})
		})
	}
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	remotetest.CheckFailureHandling(t, "alloy", "audio/wav", service, makes(func(*openai.Config) {}))
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	_, err := engine(t, func(*openai.Config) {}).Speak(t.Context(),
		voice.Request{Voice: "alloy", Runs: []utter.Run{{Text: strings.Repeat("word ", 1000)}}})
	if f := fault.From(err); f == nil || f.Public != "the sentence is too long for service" || f.Hint == "" {
		t.Error(err)
	}
}

// TestNoVoice checks that the error mentions the problem once and has the right type.
func TestNoVoice(t *testing.T) {
	t.Parallel()
	s := remotetest.StartServer(t, service)
	s.SetNextAnswers(remotetest.NewStatusAnswer(http.StatusBadRequest, "", `{"detail":"voice not found"}`))
	_, err := makes(func(*openai.Config) {})(t, remotetest.NewConfig("service", s.URL)).Speak(t.Context(),
		voice.Request{Voice: "ann", Runs: []utter.Run{{Text: "Hello."}}})
	unknown, ok := errors.AsType[*voice.UnknownVoiceError](err)
	if !ok || unknown.Voice != "ann" || strings.Count(err.Error(), "has no voice") != 1 ||
		!strings.Contains(err.Error(), "voice not found") {
		t.Error(err)
	}
	if f, ok := errors.AsType[*remote.RequestError](err); !ok || f.Status != http.StatusBadRequest {
		t.Error(err)
	}
}

func TestNoCredit(t *testing.T) {
	t.Parallel()
	s := remotetest.StartServer(t, service)
	s.SetNextAnswers(remotetest.NewStatusAnswer(http.StatusTooManyRequests, "",
		`{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`))
	cfg := remotetest.NewConfig("service", s.URL)
	_, err := remote.WithRetries(makes(func(*openai.Config) {})(t, cfg), cfg).Speak(t.Context(),
		voice.Request{Voice: "alloy", Runs: []utter.Run{{Text: "Hello."}}})
	if err == nil || !strings.Contains(err.Error(), "no credit left") || s.Requests.Load() != 1 {
		t.Error(err, s.Requests.Load())
	}
}

// TestBadSound checks that answers in a different format are recognised.
func TestBadSound(t *testing.T) {
	t.Parallel()
	whole := remotetest.FormatWAV(make([]int16, 1000), 24000)
	two := append([]byte(nil), whole...)
	two[24]++ // the rate no longer matches the bytes per second
	for name, c := range map[string]struct{ kind, body, says string }{
		"cut":       {"audio/wav", string(whole[:1000]), "truncated"},
		"two rates": {"audio/wav", string(two), "two rates"},
		"mp3":       {"audio/mpeg", "ID3\x04\x00", "MP3"},
		"mp3 bare":  {"audio/wav", "\xff\xfb\x90\x64", "did not return"},
		"html":      {"audio/wav", "<html>sorry</html>", "HTML"},
		"json":      {"application/octet-stream", `{"error":"busy"}`, "JSON"},
		"odd":       {"audio/pcm", "abc", "inside a sample"},
		"rate":      {"audio/L16; rate=5", "abcd", "5 samples per second"},
		"headless":  {"audio/wav", "RIFF\x00\x00\x00\x00WAVE", "without sound"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := remotetest.StartServer(t, service)
			s.SetNextAnswers(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				_, _ = w.Write([]byte(c.body))
			})
			e := makes(func(*openai.Config) {})(t, remotetest.NewConfig("service", s.URL))
			_, err := e.Speak(t.Context(), voice.Request{Voice: "alloy", Runs: []utter.Run{{Text: "Hello."}}})
			f, ok := errors.AsType[*remote.RequestError](err)
			if !ok || !f.Temporary || !strings.Contains(err.Error(), c.says) || fault.From(err).Hint == "" {
				t.Errorf("%v does not say %q", err, c.says)
			}
		})
	}
}

// TestRates checks that the sample rate comes from the WAV header or from the media type of raw samples.
func TestRates(t *testing.T) {
	t.Parallel()
	for kind, body := range map[string][]byte{
		"audio/wav":                         remotetest.FormatWAV(make([]int16, 1600), 16000),
		"audio/L16; rate=16000; channels=1": make([]byte, 3200),
	} {
		s := remotetest.StartServer(t, service)
		s.SetNextAnswers(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(body)
		})
		e := makes(func(*openai.Config) {})(t, remotetest.NewConfig("service", s.URL))
		c, err := e.Speak(t.Context(), voice.Request{Voice: "alloy", Runs: []utter.Run{{Text: "Hello."}}})
		if err != nil || c.Rate != 16000 || len(c.PCM) != 1600 {
			t.Errorf("%s: %d samples at %d, %v", kind, len(c.PCM), c.Rate, err)
		}
	}
}

func TestVoices(t *testing.T) {
	t.Parallel()
	list, err := engine(t, func(*openai.Config) {}).Voices(t.Context())
	if err != nil || fmt.Sprint(list) != "[{alloy en-US } {af_bella en-US }]" {
		t.Error(list, err)
	}
	for body, want := range map[string]string{
		`["a"]`: "[{a en-US }]", `{"data":[{"id":"b"}]}`: "[{b en-US }]", `[{"name":"c"}]`: "[{c en-US }]",
		`{}`: "[]", `{"voices":[1]}`: "[]",
	} {
		s := remotetest.StartServer(t, service)
		s.SetNextAnswers(remotetest.NewStatusAnswer(http.StatusOK, "", body))
		list, err := makes(func(*openai.Config) {})(t, remotetest.NewConfig("service", s.URL)).Voices(t.Context())
		if err != nil || fmt.Sprint(list) != want {
			t.Errorf("%s is parsed as %v, %v", body, list, err)
		}
	}
}

// TestNamed checks that no language is reported for a voice if it is only a guess.
func TestNamed(t *testing.T) {
	t.Parallel()
	e := engine(t, func(*openai.Config) {})
	_, _ = e.Voices(t.Context())
	if v, ok := voice.DescribeVoice(e, "alloy"); !ok || v.Language != "" {
		t.Error(v, ok)
	}
	if v, ok := voice.DescribeVoice(engine(t, func(c *openai.Config) { c.Language = "fr-FR" }), "alloy"); !ok || v.Language != "fr-FR" {
		t.Error(v, ok)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	c := openai.DefaultConfig("x")
	c.URL, c.Model, c.Format, c.Rate = "ftp://x", "", "mp3", 5
	err := c.Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Error(err)
	}
}

// TestVersion checks that all settings that change the sound are part of the version.
func TestVersion(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for name, change := range map[string]func(*openai.Config){
		"plain": func(*openai.Config) {}, "model": func(c *openai.Config) { c.Model = "tts-1-hd" },
		"format": func(c *openai.Config) { c.Format = "pcm" },
		"rate":   func(c *openai.Config) { c.Rate = 16000 }, "speed": func(c *openai.Config) { c.Speed = false },
	} {
		c := openai.DefaultConfig("service")
		change(&c)
		e, err := openai.New(c)
		if err != nil {
			t.Fatal(err)
		}
		v, err := e.Version(t.Context())
		if other, ok := seen[v]; ok || err != nil {
			t.Errorf("%s has the version of %s, %v", name, other, err)
		}
		seen[v] = name
	}
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	for name, speed := range map[string]bool{"with speed": true, "without speed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			voicetest.CheckEmphasis(t, engine(t, func(c *openai.Config) { c.Speed = speed }),
				voicetest.Options{Voice: "alloy", Deterministic: true})
		})
	}
}
