// Package azure is the engine for Microsoft Azure's speech service. It uses the REST interface, which does not
// return word times.
package azure

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/voice"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/ssml"
)

// Config contains the settings of the engine.
type Config struct {
	remote.Config
	Language string              // for voices whose names contain no language; empty means the script's
	Voices   []voice.EngineVoice // empty means the voices that the service lists
}

// FormatAddress returns the URL of the service in a region.
func FormatAddress(region string) string { return "https://" + region + ".tts.speech.microsoft.com" }

// DefaultConfig returns the settings for the service in a region.
func DefaultConfig(name, region string) Config {
	c := Config{Config: remote.DefaultConfig(name, FormatAddress(region))}
	c.KeyEnv = "AZURE_SPEECH_KEY"
	return c
}

// Engine implements voice.Engine with the service.
type Engine struct {
	*remote.Listing
	cfg    Config
	client *remote.Client
}

// New returns the engine. It does not contact the service.
func New(cfg Config) (*Engine, error) {
	client, err := remote.NewClient(cfg.Config)
	if err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, client: client}
	list := remote.Call{
		Method: http.MethodGet, Path: "/cognitiveservices/voices/list", Header: e.newAuthHeader(),
		Accept: []string{"application/json"},
	}
	e.Listing = remote.NewListing(client, cfg.Voices, cfg.Language, list, parseVoices)
	return e, nil
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return e.cfg.Name }

// Version implements voice.Engine.
func (e *Engine) Version(context.Context) (string, error) {
	return "azure 1 " + e.cfg.FormatIdentity(), nil
}

// Abilities implements voice.Engine. It claims neither emphasis nor languages within a sentence, because only
// some voices support them.
func (e *Engine) Abilities() voice.Abilities {
	return voice.Abilities{
		Remote: true, Slowest: 0.5, Fastest: 2, Pitch: true, Prosody: true, Phonemes: true,
		Pauses: true,
	}
}

// parseVoices parses the service's list of voices.
func parseVoices(body []byte) []voice.EngineVoice {
	var list []struct{ ShortName, Gender, Locale string }
	_ = json.Unmarshal(body, &list)
	var out []voice.EngineVoice
	for _, v := range list {
		out = append(out, voice.EngineVoice{ID: v.ShortName, Language: v.Locale, Gender: voice.ParseGender(v.Gender)})
	}
	return out
}

// newAuthHeader returns the header with the key.
func (e *Engine) newAuthHeader() http.Header {
	h := http.Header{}
	if !e.cfg.Key.IsEmpty() {
		h.Set("Ocp-Apim-Subscription-Key", e.cfg.Key.RevealKey())
	}
	return h
}

// newDialect returns the SSML dialect for a voice.
func newDialect(id, language string) ssml.Dialect {
	return ssml.Dialect{
		Open: `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis"` +
			ssml.FormatAttribute("xml:lang", language) + "><voice" + ssml.FormatAttribute("name", id) + ">",
		Close: `</voice></speak>`, Pitch: true, Semitones: true, Factors: true, IPA: true, SpeedAround: true,
		LongestBreak: 20 * time.Second,
	}
}

// Speak implements voice.Engine. Word times are estimates.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	s, silent, err := e.BeginSentence(ctx, req)
	req, clip := s.Request, s.Clip
	if err != nil || silent {
		return clip, err
	}
	h := e.newAuthHeader()
	h.Set("Content-Type", "application/ssml+xml")
	h.Set("X-Microsoft-OutputFormat", "riff-24khz-16bit-mono-pcm")
	answer, err := e.client.SendCall(ctx, remote.Call{
		Path: "/cognitiveservices/v1", Header: h,
		Body: []byte(ssml.FormatSSML(req, newDialect(req.Voice, cmp.Or(req.Language, s.Voice.Language,
			remote.Language))).Text),
		Accept:  []string{"audio/", "application/octet-stream"},
		Explain: func(r remote.Refusal) *fault.Error { return e.explainRefusal(r, req.Voice) },
	})
	if err != nil {
		return clip, err
	}
	if clip.PCM, clip.Rate, err = e.client.ParseSound(answer, 24000); err != nil {
		return clip, err
	}
	voice.EstimateTimes(&clip, s.Phrases)
	return clip, nil
}

// explainRefusal converts the service's error messages to faults. The service has no error codes. It returns nil for
// messages that it does not recognise.
func (e *Engine) explainRefusal(r remote.Refusal, id string) *fault.Error {
	text := strings.ToLower(string(r.Body))
	switch {
	case r.Status == http.StatusBadRequest && strings.Contains(text, "unsupported voice"),
		r.Status == http.StatusBadRequest && strings.Contains(text, "voice") && strings.Contains(text, "not found"):
		return e.client.NewNoVoiceFault(r, id)
	case r.Status == http.StatusBadRequest && (strings.Contains(text, "too long") || strings.Contains(text, "exceed")):
		return e.client.NewTooLongFault(r)
	case r.Status == http.StatusForbidden && strings.Contains(text, "quota"):
		return e.client.NewNoCreditFault(r)
	}
	return nil
}
