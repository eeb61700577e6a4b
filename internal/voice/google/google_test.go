package google_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/google"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
	"mynah/internal/voice/voicetest"
)

const neural = "en-US-Neural2-C"

// service answers like Google's v1beta1 text:synthesize, as its reference describes.
func service(s *remotetest.Server, w http.ResponseWriter, r *http.Request) {
	fail := func(code int, status, message string) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message, "status": status}})
	}
	if r.Header.Get("X-Goog-Api-Key") != remotetest.Key && r.Header.Get("Authorization") != "Bearer ya29.token" {
		fail(http.StatusBadRequest, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if r.URL.Path == "/v1/voices" {
		_, _ = w.Write([]byte(`{"voices":[{"languageCodes":["en-US"],"name":"en-US-Neural2-C","ssmlGender":"FEMALE",` +
			`"naturalSampleRateHertz":24000}]}`))
		return
	}
	var b struct {
		Input       struct{ Text, SSML string }
		Voice       struct{ LanguageCode, Name string }
		AudioConfig struct {
			AudioEncoding       string
			SampleRateHertz     int
			SpeakingRate, Pitch float64
		}
		EnableTimePointing []string
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1beta1/text:synthesize" ||
		b.AudioConfig.AudioEncoding != "LINEAR16" || (b.Input.Text == "") == (b.Input.SSML == "") || b.Voice.LanguageCode != "en-US" {
		if r.Context().Err() == nil && err == nil {
			s.RejectWrongFormat(w, "%s %s %+v", r.Method, r.URL, b)
		}
		return
	}
	if b.AudioConfig.SpeakingRate == 0 {
		b.AudioConfig.SpeakingRate = 1
	}
	a := b.AudioConfig
	switch {
	case strings.Contains(b.Voice.Name, "Chirp") && b.Input.SSML != "":
		fail(http.StatusBadRequest, "INVALID_ARGUMENT", "This voice does not support SSML input.")
		return
	case b.Voice.Name != neural && !strings.Contains(b.Voice.Name, "Chirp"):
		fail(http.StatusBadRequest, "INVALID_ARGUMENT", "Voice '"+b.Voice.Name+"' does not exist. Is it misspelled?")
		return
	case len(b.Input.SSML)+len(b.Input.Text) > 5000:
		fail(http.StatusBadRequest, "INVALID_ARGUMENT", "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes.")
		return
	case a.SpeakingRate < 0.25 || a.SpeakingRate > 2 || math.Abs(a.Pitch) > 20:
		s.RejectWrongFormat(w, "%+v", a)
		return
	}
	p := remotetest.Performance{}
	var err error
	if b.Input.Text != "" {
		p.Clip, err = s.SpeakAsTones(r.Context(), []utter.Run{{Text: b.Input.Text}}, a.SpeakingRate, 1)
	} else {
		// Apply the pitch of the request to the whole text.
		whole := strings.NewReplacer("<speak>", fmt.Sprintf(`<speak><prosody pitch="%+f%%">`, 5*a.Pitch), "</speak>",
			"</prosody></speak>").Replace(b.Input.SSML)
		p, err = s.Perform(r.Context(), whole, a.SpeakingRate,
			"speak prosody@rate,pitch,volume emphasis@level lang@xml:lang phoneme@alphabet,ph break@time mark@name")
	}
	if r.Context().Err() != nil {
		return
	}
	if err != nil {
		s.RejectWrongFormat(w, "%v in %s", err, b.Input.SSML)
		return
	}
	answer := map[string]any{"audioContent": base64.StdEncoding.EncodeToString(remotetest.FormatWAV(p.Clip.PCM,
		p.Clip.Rate))}
	if len(b.EnableTimePointing) > 0 {
		var times []map[string]any
		for name, at := range p.Marks {
			times = append(times, map[string]any{"markName": name, "timeSeconds": at.Seconds()})
		}
		answer["timepoints"] = times
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func makes(change func(*google.Config)) remotetest.Maker {
	return func(t *testing.T, cfg remote.Config) voice.Engine {
		t.Helper()
		c := google.DefaultConfig("service")
		c.Config = cfg
		change(&c)
		e, err := google.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func engine(t *testing.T, change func(*google.Config)) voice.Engine {
	t.Helper()
	return makes(change)(t, remotetest.NewConfig("service", remotetest.StartServer(t, service).URL))
}

func TestEngine(t *testing.T) {
	t.Parallel()
	t.Run("ssml", func(t *testing.T) {
		t.Parallel()
		voicetest.RunSuite(t, engine(t, func(*google.Config) {}), voicetest.Options{Voice: neural, Deterministic: true, ExactWords: true})
	})
	t.Run("text", func(t *testing.T) {
		t.Parallel()
		e := engine(t, func(c *google.Config) { c.SSML = false })
		voicetest.RunSuite(t, e, voicetest.Options{Voice: "en-US-Chirp3-HD-Kore", Deterministic: true})
	})
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	remotetest.CheckFailureHandling(t, neural, "application/json", service, makes(func(*google.Config) {}))
}

func TestWrongRequests(t *testing.T) {
	t.Parallel()
	hello := []utter.Run{{Text: "Hello."}}
	for says, c := range map[string]struct {
		key string
		req voice.Request
	}{
		"the key in THE_TEST_KEY was refused": {"wrong", voice.Request{Voice: neural, Runs: hello}},
		"does not accept markup":              {remotetest.Key, voice.Request{Voice: "en-US-Chirp-HD-D", Runs: hello}},
		"too long": {
			remotetest.Key,
			voice.Request{Voice: neural, Runs: []utter.Run{{Text: strings.Repeat("word ", 1200)}}},
		},
	} {
		s := remotetest.StartServer(t, service)
		cfg := remotetest.NewConfig("service", s.URL)
		cfg.Key = remote.NewSecret(c.key)
		_, err := remote.WithRetries(makes(func(*google.Config) {})(t, cfg), cfg).Speak(t.Context(), c.req)
		if f := fault.From(err); f == nil || !strings.Contains(f.Public, says) || f.Hint == "" || s.Requests.Load() != 1 {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	cfg := remotetest.NewConfig("service", remotetest.StartServer(t, service).URL)
	cfg.Key = remote.NewSecret("ya29.token")
	if _, err := makes(func(*google.Config) {})(t, cfg).Speak(t.Context(), voice.Request{Voice: neural, Runs: hello}); err != nil {
		t.Error(err)
	}
}

// TestLanguage checks that the request has the language of the voice, or that of the text if the voice's is
// unknown.
func TestLanguage(t *testing.T) {
	t.Parallel()
	var sent struct{ Voice struct{ LanguageCode string } }
	s := remotetest.StartServer(t, func(_ *remotetest.Server, w http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&sent)
		w.WriteHeader(http.StatusBadRequest)
	})
	e := makes(func(*google.Config) {})(t, remotetest.NewConfig("service", s.URL))
	for _, c := range []struct{ id, language, want string }{{neural, "en", "en-US"}, {"own", "pl-PL", "pl-PL"}, {"own", "", "en-US"}} {
		_, _ = e.Speak(t.Context(), voice.Request{Voice: c.id, Language: c.language, Runs: []utter.Run{{Text: "Hallo."}}})
		if sent.Voice.LanguageCode != c.want {
			t.Errorf("%s in %q: %s", c.id, c.language, sent.Voice.LanguageCode)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	c, err := engine(t, func(*google.Config) {}).Speak(t.Context(),
		voice.Request{Voice: neural, Runs: []utter.Run{
			{Text: "One", Pause: time.Second},
			{Text: " two", Language: "de"},
			{Text: " & three", Style: utter.Strong},
		}})
	if err != nil || len(c.Words) != 4 {
		t.Fatal(c.Words, err)
	}
	if gap := c.Words[1].Start - c.Words[0].Start; gap < time.Second {
		t.Errorf("two begins %s behind one", gap)
	}
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	for name, markup := range map[string]bool{"ssml": true, "text": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			voicetest.CheckEmphasis(t, engine(t, func(c *google.Config) { c.SSML = markup }),
				voicetest.Options{Voice: neural, Deterministic: true})
		})
	}
}
