package elevenlabs_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/elevenlabs"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
	"mynah/internal/voice/voicetest"
)

const rachel = "21m00Tcm4TlvDq8ikWAM"

// service answers like ElevenLabs' with-timestamps, as its reference describes.
func service(s *remotetest.Server, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fail := func(code int, status, message string) {
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]any{"detail": map[string]any{"status": status, "message": message}})
	}
	if r.Header.Get("xi-api-key") != remotetest.Key {
		fail(http.StatusUnauthorized, "invalid_api_key", "Invalid API key")
		return
	}
	if r.URL.Path == "/v1/voices" {
		_, _ = w.Write([]byte(`{"voices":[{"voice_id":"21m00Tcm4TlvDq8ikWAM","name":"Rachel","labels":{"gender":"female",` +
			`"accent":"american"}}]}`))
		return
	}
	id, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/v1/text-to-speech/"), "/with-timestamps")
	var b struct {
		Text     string
		ModelID  string `json:"model_id"`
		Seed     int
		Settings *struct{ Speed float64 } `json:"voice_settings"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil || !ok || r.Method != http.MethodPost || b.Text == "" ||
		r.URL.Query().Get("output_format") != "pcm_24000" {
		if r.Context().Err() == nil {
			s.RejectWrongFormat(w, "%s %s %+v %v", r.Method, r.URL, b, err)
		}
		return
	}
	speed := 1.0
	if b.Settings != nil {
		speed = b.Settings.Speed
	}
	switch {
	case id != rachel:
		fail(http.StatusNotFound, "voice_not_found", "A voice with the voice_id "+id+" was not found.")
		return
	case len(b.Text) > 10000:
		fail(http.StatusBadRequest, "max_character_limit_exceeded", "The text is too long.")
		return
	case speed < 0.7 || speed > 1.2 || strings.ContainsAny(b.Text, "<>"):
		s.RejectWrongFormat(w, "speed %g of %q", speed, b.Text)
		return
	}
	clip, err := s.SpeakAsTones(r.Context(), []utter.Run{{Text: b.Text}}, speed, 1)
	if err != nil {
		return
	}
	var chars []string
	var starts, ends []float64
	for at, c := range b.Text {
		from, to := 0.0, 0.0
		for _, word := range clip.Words {
			if at < word.Offset {
				break
			}
			// Divide the time of a word among its characters.
			n := float64(len(word.Text))
			k := min(float64(at-word.Offset), n)
			each := (word.End - word.Start).Seconds() / n
			from = word.Start.Seconds() + k*each
			to = from + min(float64(len(string(c))), n-k)*each
		}
		chars, starts, ends = append(chars, string(c)), append(starts, from), append(ends, max(from, to))
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"audio_base64": base64.StdEncoding.EncodeToString(remotetest.FormatPCM(clip.PCM)),
		"alignment":    map[string]any{"characters": chars, "character_start_times_seconds": starts, "character_end_times_seconds": ends},
	})
}

func makes(change func(*elevenlabs.Config)) remotetest.Maker {
	return func(t *testing.T, cfg remote.Config) voice.Engine {
		t.Helper()
		c := elevenlabs.DefaultConfig("service")
		c.Config = cfg
		change(&c)
		e, err := elevenlabs.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func engine(t *testing.T) voice.Engine {
	t.Helper()
	return makes(func(*elevenlabs.Config) {})(t, remotetest.NewConfig("service", remotetest.StartServer(t, service).URL))
}

func TestEngine(t *testing.T) {
	t.Parallel()
	voicetest.RunSuite(t, engine(t), voicetest.Options{Voice: rachel, Deterministic: true, ExactWords: true})
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	remotetest.CheckFailureHandling(t, rachel, "application/json", service, makes(func(*elevenlabs.Config) {}))
}

// TestTimes checks that word times come from character times, including spelled words and multi-byte
// characters.
func TestTimes(t *testing.T) {
	t.Parallel()
	c, err := engine(t).Speak(t.Context(), voice.Request{
		Voice: rachel,
		Runs:  []utter.Run{{Text: "  Grüße <b>, "}, {Text: "SAR", Style: utter.Spell}, {Text: " — wörld."}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range c.Words {
		got = append(got, w.Text+" "+strconv.FormatBool(w.Exact))
	}
	if strings.Join(got, ", ") != "Grüße true, <b> true, SAR true, wörld true" {
		t.Errorf("%q", got)
	}
	for i, w := range c.Words[1:] {
		if d := w.Start - c.Words[i].End; d < 0 || d > 300*time.Millisecond {
			t.Errorf("%s begins %s behind the word before", w.Text, d)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		detail string
		says   string
		tries  int64
	}{
		{http.StatusUnauthorized, "quota_exceeded", "no credit left", 1},
		{http.StatusUnauthorized, "invalid_api_key", "the key in THE_TEST_KEY was refused", 1},
		{http.StatusTooManyRequests, "too_many_concurrent_requests", "", 2},
		{http.StatusBadRequest, "max_character_limit_exceeded", "too long", 1},
		{http.StatusNotFound, "voice_not_found", "has no voice", 1},
	} {
		s := remotetest.StartServer(t, service)
		s.SetNextAnswers(remotetest.NewStatusAnswer(c.status, "",
			fmt.Sprintf(`{"detail":{"status":%q,"message":"m"}}`, c.detail)))
		cfg := remotetest.NewConfig("service", s.URL)
		_, err := remote.WithRetries(makes(func(*elevenlabs.Config) {})(t, cfg), cfg).Speak(t.Context(),
			voice.Request{Voice: rachel, Runs: []utter.Run{{Text: "Hello."}}})
		if (c.says == "") != (err == nil) || err != nil && !strings.Contains(fault.From(err).Public, c.says) ||
			s.Requests.Load() != c.tries {
			t.Errorf("%s: %v after %d requests", c.detail, err, s.Requests.Load())
		}
	}
}

func TestThirdGeneration(t *testing.T) {
	t.Parallel()
	var sent string
	s := remotetest.StartServer(t, func(_ *remotetest.Server, w http.ResponseWriter, r *http.Request) {
		var b struct{ Text string }
		_ = json.NewDecoder(r.Body).Decode(&b)
		sent = b.Text
		http.Error(w, "{}", http.StatusBadRequest)
	})
	e := makes(func(c *elevenlabs.Config) { c.Model = "eleven_v3" })(t, remotetest.NewConfig("service", s.URL))
	_, _ = e.Speak(t.Context(), voice.Request{Voice: rachel, Runs: []utter.Run{{Text: "So [laughs] <break/>."}}})
	if sent != "So (laughs) (break/)." {
		t.Errorf("%q was sent", sent)
	}
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	voicetest.CheckEmphasis(t, engine(t), voicetest.Options{Voice: rachel, Deterministic: true})
}
