// Package openai is the engine for servers that implement POST /audio/speech like OpenAI; many local speech
// servers do. It uses only what all of them support; the Booth does the rest.
package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/voice"
	"mynah/internal/voice/remote"
)

// Config contains the settings of the engine.
type Config struct {
	remote.Config
	Model  string
	Format string // wav, or pcm: 16-bit mono, little-endian
	Rate   int    // Hz, for pcm answers that do not state their rate
	// Speed: the model supports a speed, as OpenAI's models up to tts-1-hd do.
	Speed    bool
	Language string              // BCP 47, for voices that are not in Voices; empty means the script's
	Voices   []voice.EngineVoice // empty means that all names are valid and the server lists them
}

// DefaultConfig returns the settings for OpenAI's own service.
func DefaultConfig(name string) Config {
	c := Config{
		Config: remote.DefaultConfig(name, "https://api.openai.com/v1"), Model: "tts-1", Format: "wav", Rate: 24000,
		Speed: true,
	}
	c.KeyEnv = "OPENAI_API_KEY"
	return c
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	errs := []error{c.Config.Validate()}
	if c.Model == "" {
		errs = append(errs, errors.New("model: empty, must be one of the server's, such as tts-1"))
	}
	if c.Format != "wav" && c.Format != "pcm" {
		errs = append(errs, fmt.Errorf("format: %q, must be wav or pcm", c.Format))
	}
	if c.Rate < 8000 || c.Rate > 48000 {
		errs = append(errs, fmt.Errorf("rate: %d, must be 8000 to 48000", c.Rate))
	}
	return errors.Join(errs...)
}

// Engine implements voice.Engine with such a server.
type Engine struct {
	*remote.Listing
	cfg    Config
	client *remote.Client
}

// New returns the engine. It does not contact the server.
func New(cfg Config) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	client, err := remote.NewClient(cfg.Config)
	if err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, client: client}
	list := remote.Call{
		Method: http.MethodGet, Path: "/audio/voices", Header: e.newAuthHeader(), Accept: []string{"application/json"},
	}
	e.Listing = remote.NewListing(client, cfg.Voices, cfg.Language, list, func(body []byte) []voice.EngineVoice {
		var out []voice.EngineVoice
		for _, id := range parseVoiceNames(body) {
			out = append(out, voice.EngineVoice{ID: id})
		}
		return out
	})
	return e, nil
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return e.cfg.Name }

// Version implements voice.Engine.
func (e *Engine) Version(context.Context) (string, error) {
	return "openai 1 " + e.cfg.FormatIdentity(e.cfg.Model, e.cfg.Format, fmt.Sprint(e.cfg.Rate, e.cfg.Speed)), nil
}

// Abilities implements voice.Engine.
func (e *Engine) Abilities() voice.Abilities {
	if !e.cfg.Speed {
		return voice.Abilities{Remote: true}
	}
	return voice.Abilities{Remote: true, Slowest: voice.MinSpeed, Fastest: voice.MaxSpeed} // the API allows 0.25 to 4
}

// parseVoiceNames parses a list of voices in the formats that servers use: strings, or objects with an id or a name, at
// the top level or under "voices" or "data".
func parseVoiceNames(body []byte) []string {
	var whole struct{ Voices, Data json.RawMessage }
	list := json.RawMessage(body)
	if json.Unmarshal(body, &whole) == nil {
		if list = whole.Voices; list == nil {
			list = whole.Data
		}
	}
	var out []string
	if json.Unmarshal(list, &out) == nil {
		return out
	}
	var objects []struct{ ID, Name string }
	_ = json.Unmarshal(list, &objects)
	out = nil
	for _, o := range objects {
		if o.ID == "" {
			o.ID = o.Name
		}
		out = append(out, o.ID)
	}
	return out
}

// newAuthHeader returns the header with the key.
func (e *Engine) newAuthHeader() http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if !e.cfg.Key.IsEmpty() {
		h.Set("Authorization", "Bearer "+e.cfg.Key.RevealKey())
	}
	return h
}

// body is the JSON body of a request.
type body struct {
	Model  string  `json:"model"`
	Voice  string  `json:"voice"`
	Input  string  `json:"input"`
	Format string  `json:"response_format"`
	Speed  float64 `json:"speed,omitempty"`
}

// Speak implements voice.Engine. Word times are estimates.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	s, silent, err := e.BeginSentence(ctx, req)
	req, clip := s.Request, s.Clip
	if err != nil || silent {
		return clip, err
	}
	b := body{Model: e.cfg.Model, Voice: req.Voice, Input: s.Text, Format: e.cfg.Format}
	if speed := req.Speed.ValueOrOne(); e.cfg.Speed && speed != 1 {
		b.Speed = math.Round(speed*1000) / 1000
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return clip, err
	}
	answer, err := e.client.SendCall(ctx, remote.Call{
		Path: "/audio/speech", Header: e.newAuthHeader(), Body: raw,
		Accept:  []string{"audio/", "application/octet-stream"},
		Explain: func(r remote.Refusal) *fault.Error { return e.explainRefusal(r, req.Voice) },
	})
	if err != nil {
		return clip, err
	}
	if clip.PCM, clip.Rate, err = e.client.ParseSound(answer, e.cfg.Rate); err != nil {
		return clip, err
	}
	voice.EstimateTimes(&clip, s.Phrases)
	return clip, nil
}

// explainRefusal converts OpenAI's error objects to faults. It returns nil for errors that it does not recognise.
func (e *Engine) explainRefusal(r remote.Refusal, id string) *fault.Error {
	var said struct {
		Error struct{ Message, Type, Param, Code string }
	}
	_ = json.Unmarshal(r.Body, &said)
	lower := strings.ToLower(string(r.Body))
	switch {
	case said.Error.Code == "insufficient_quota":
		return e.client.NewNoCreditFault(r)
	case r.Status < 400 || r.Status >= 500 || r.Status == http.StatusTooManyRequests ||
		r.Status == http.StatusUnauthorized:
		return nil
	case strings.Contains(lower, "too long") || strings.Contains(lower, "maximum length") ||
		strings.Contains(lower, "string_too_long"):
		return e.client.NewTooLongFault(r)
	case said.Error.Param == "voice" || r.Status != http.StatusForbidden && strings.Contains(lower, "voice") &&
		!strings.Contains(lower, "model"):
		return e.client.NewNoVoiceFault(r, id)
	}
	return nil
}
