// Package elevenlabs is the engine for the service ElevenLabs, which returns the time of each character. It
// sends plain text. It replaces characters of the service's own markup, so that the service speaks them.
package elevenlabs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/voice"
	"mynah/internal/voice/remote"
)

// Config contains the settings of the engine.
type Config struct {
	remote.Config
	Model    string
	Rate     int                 // Hz, one of the rates at which the service returns raw samples
	Language string              // for voices without a language; empty means the script's
	Voices   []voice.EngineVoice // empty means those of the account
}

// DefaultConfig returns the settings for the service.
func DefaultConfig(name string) Config {
	c := Config{
		Config: remote.DefaultConfig(name, "https://api.elevenlabs.io"), Model: "eleven_multilingual_v2",
		Rate: 24000,
	}
	c.KeyEnv = "ELEVENLABS_API_KEY"
	return c
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	errs := []error{c.Config.Validate()}
	if c.Model == "" {
		errs = append(errs, errors.New("model: empty, must be a model such as eleven_multilingual_v2"))
	}
	if !slices.Contains([]int{8000, 16000, 22050, 24000, 44100, 48000}, c.Rate) {
		errs = append(errs, fmt.Errorf("rate: %d, must be 8000, 16000, 22050, 24000, 44100 or 48000", c.Rate))
	}
	return errors.Join(errs...)
}

// Engine implements voice.Engine with the service.
type Engine struct {
	*remote.Listing
	cfg    Config
	client *remote.Client
}

// New returns the engine. It does not contact the service.
func New(cfg Config) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	client, err := remote.NewClient(cfg.Config)
	if err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, client: client}
	list := remote.Call{Method: http.MethodGet, Path: "/v1/voices", Header: e.newAuthHeader()}
	e.Listing = remote.NewListing(client, cfg.Voices, cfg.Language, list, parseVoices)
	return e, nil
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return e.cfg.Name }

// Version implements voice.Engine.
func (e *Engine) Version(context.Context) (string, error) {
	return "elevenlabs 1 " + e.cfg.FormatIdentity(e.cfg.Model, fmt.Sprint(e.cfg.Rate)), nil
}

// Abilities implements voice.Engine.
func (e *Engine) Abilities() voice.Abilities {
	return voice.Abilities{Remote: true, Slowest: 0.7, Fastest: 1.2, Times: true}
}

// parseVoices parses the service's list of voices.
func parseVoices(body []byte) []voice.EngineVoice {
	var said struct {
		Voices []struct {
			ID     string `json:"voice_id"`
			Labels struct{ Gender, Language string }
		}
	}
	_ = json.Unmarshal(body, &said)
	var out []voice.EngineVoice
	for _, v := range said.Voices {
		out = append(out, voice.EngineVoice{
			ID: v.ID, Language: v.Labels.Language,
			Gender: voice.ParseGender(v.Labels.Gender),
		})
	}
	return out
}

// newAuthHeader returns the header with the key.
func (e *Engine) newAuthHeader() http.Header {
	h := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	if !e.cfg.Key.IsEmpty() {
		h.Set("xi-api-key", e.cfg.Key.RevealKey())
	}
	return h
}

// body is the JSON body of a request. The fixed seed makes it likely that equal requests sound equal.
type body struct {
	Text     string   `json:"text"`
	Model    string   `json:"model_id"`
	Seed     int      `json:"seed"`
	Settings settings `json:"voice_settings,omitzero"`
}

type settings struct {
	Speed float64 `json:"speed,omitempty"`
}

// alignment contains the characters and their start and end times, in seconds.
type alignment struct {
	Characters []string  `json:"characters"`
	Starts     []float64 `json:"character_start_times_seconds"`
	Ends       []float64 `json:"character_end_times_seconds"`
}

// Speak implements voice.Engine.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	s, silent, err := e.BeginSentence(ctx, req)
	req, clip := s.Request, s.Clip
	if err != nil || silent {
		return clip, err
	}
	b := body{Text: e.replaceMarkupCharacters(s.Text), Model: e.cfg.Model, Seed: 1}
	if speed := req.Speed.ValueOrOne(); speed != 1 {
		b.Settings.Speed = math.Round(speed*100) / 100
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return clip, err
	}
	answer, err := e.client.SendCall(ctx, remote.Call{
		Path:   "/v1/text-to-speech/" + url.PathEscape(req.Voice) + "/with-timestamps",
		Query:  url.Values{"output_format": {fmt.Sprintf("pcm_%d", e.cfg.Rate)}},
		Header: e.newAuthHeader(), Body: raw, Accept: []string{"application/json"},
		Explain: func(r remote.Refusal) *fault.Error { return e.explainRefusal(r, req.Voice) },
	})
	if err != nil {
		return clip, err
	}
	var said struct {
		Audio     string    `json:"audio_base64"`
		Alignment alignment `json:"alignment"`
	}
	if err := json.Unmarshal(answer.Body, &said); err != nil {
		return clip, e.client.NewBadAnswerFault("%s returned an unreadable answer", e.cfg.Name)
	}
	if clip.PCM, clip.Rate, err = e.client.DecodeSound(said.Audio, "audio/pcm", e.cfg.Rate); err != nil {
		return clip, err
	}
	voice.EstimateTimes(&clip, s.Phrases)
	setWordTimes(&clip, s.Phrases, b.Text, said.Alignment)
	return clip, nil
}

// replaceMarkupCharacters replaces characters that the service would interpret as markup: <break> in all models,
// [laughs] in models of the third generation. It keeps the length in bytes, so that character times still match.
func (e *Engine) replaceMarkupCharacters(text string) string {
	text = strings.NewReplacer("<", "(", ">", ")").Replace(text)
	if strings.Contains(e.cfg.Model, "_v3") {
		text = strings.NewReplacer("[", "(", "]", ")").Replace(text)
	}
	return text
}

// setWordTimes sets word times from character times. It does nothing if the characters differ from the text that
// was sent.
func setWordTimes(clip *voice.Clip, phrases []voice.Phrase, sent string, a alignment) {
	if len(a.Starts) != len(a.Characters) || len(a.Ends) != len(a.Characters) ||
		strings.Join(a.Characters, "") != sent {
		return
	}
	seconds := func(s float64) time.Duration {
		return min(max(time.Duration(s*float64(time.Second)), 0), clip.Length())
	}
	at := -countLeadingBlanks(phrases) // the text that was sent has no leading blanks
	char, byteAt := 0, 0
	last := time.Duration(0)
	for _, p := range phrases {
		from, to := at, at+len(p.Text)
		at = to
		if p.Word < 0 {
			continue
		}
		for char < len(a.Characters) && byteAt+len(a.Characters[char]) <= from {
			byteAt += len(a.Characters[char])
			char++
		}
		w := &clip.Words[p.Word]
		first := true
		for char < len(a.Characters) && byteAt < to {
			if first {
				w.Start, first = max(seconds(a.Starts[char]), last), false
			}
			w.End = max(seconds(a.Ends[char]), w.Start)
			byteAt += len(a.Characters[char])
			char++
		}
		if first {
			w.Start, w.End = last, last
		}
		w.Exact, last = !first, w.End
	}
}

// countLeadingBlanks returns the number of bytes of blanks at the start of the phrases.
func countLeadingBlanks(phrases []voice.Phrase) int {
	n := 0
	for _, p := range phrases {
		rest := strings.TrimLeft(p.Text, " \t\r\n\u0085\u00a0")
		n += len(p.Text) - len(rest)
		if rest != "" {
			break
		}
	}
	return n
}

// explainRefusal converts the service's error objects to faults. It returns nil for errors that it does not recognise.
func (e *Engine) explainRefusal(r remote.Refusal, id string) *fault.Error {
	var said struct{ Detail struct{ Status string } }
	_ = json.Unmarshal(r.Body, &said)
	switch status := said.Detail.Status; {
	case status == "quota_exceeded":
		return e.client.NewNoCreditFault(r)
	case status == "voice_not_found" || status == "invalid_uid":
		return e.client.NewNoVoiceFault(r, id)
	case strings.Contains(status, "character_limit") || strings.Contains(status, "text_too_long"):
		return e.client.NewTooLongFault(r)
	case status == "too_many_concurrent_requests" || status == "system_busy":
		return e.client.NewBusyFault(r)
	}
	return nil
}
