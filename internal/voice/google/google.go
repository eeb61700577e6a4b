// Package google is the engine for Google's Cloud Text-to-Speech. It uses the version of the REST interface
// that reports when the speech reaches marks in the text.
package google

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
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
	SSML     bool                // false for voices that accept only plain text, such as Chirp
}

// DefaultConfig returns the settings for the service.
func DefaultConfig(name string) Config {
	c := Config{Config: remote.DefaultConfig(name, "https://texttospeech.googleapis.com"), SSML: true}
	c.KeyEnv = "GOOGLE_API_KEY"
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
		Method: http.MethodGet, Path: "/v1/voices", Header: e.newAuthHeader(), Accept: []string{"application/json"},
	}
	e.Listing = remote.NewListing(client, cfg.Voices, cfg.Language, list, parseVoices)
	return e, nil
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return e.cfg.Name }

// Version implements voice.Engine.
func (e *Engine) Version(context.Context) (string, error) {
	kind := "text"
	if e.cfg.SSML {
		kind = "ssml"
	}
	return "google 1 " + e.cfg.FormatIdentity(kind), nil
}

// mostBytes is the service's limit for the length of a text.
const mostBytes = 5000

// Abilities implements voice.Engine. It does not claim emphasis: many voices accept <emphasis>, but ignore it.
func (e *Engine) Abilities() voice.Abilities {
	a := voice.Abilities{Remote: true, Slowest: voice.MinSpeed, Fastest: 2}
	if e.cfg.SSML {
		a.Pitch, a.Prosody, a.Language, a.Phonemes, a.Pauses, a.Times = true, true, true, true, true, true
	}
	return a
}

// parseVoices parses the service's list of voices.
func parseVoices(body []byte) []voice.EngineVoice {
	var said struct {
		Voices []struct {
			Name          string
			LanguageCodes []string
			SSMLGender    string `json:"ssmlGender"`
		}
	}
	_ = json.Unmarshal(body, &said)
	var out []voice.EngineVoice
	for _, v := range said.Voices {
		ev := voice.EngineVoice{ID: v.Name, Gender: voice.ParseGender(v.SSMLGender)}
		if len(v.LanguageCodes) > 0 {
			ev.Language = v.LanguageCodes[0]
		}
		out = append(out, ev)
	}
	return out
}

// newAuthHeader returns the header with the API key or the access token. Access tokens begin with "ya29.".
func (e *Engine) newAuthHeader() http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	switch key := e.cfg.Key.RevealKey(); {
	case strings.HasPrefix(key, "ya29."):
		h.Set("Authorization", "Bearer "+key)
	case key != "":
		h.Set("X-Goog-Api-Key", key)
	}
	return h
}

// body is the JSON body of a request.
type body struct {
	Input struct {
		Text string `json:"text,omitempty"`
		SSML string `json:"ssml,omitempty"`
	} `json:"input"`
	Voice struct {
		Language string `json:"languageCode"`
		Name     string `json:"name"`
	} `json:"voice"`
	Audio struct {
		Encoding string  `json:"audioEncoding"`
		Rate     int     `json:"sampleRateHertz"`
		Speed    float64 `json:"speakingRate,omitempty"`
		Pitch    float64 `json:"pitch,omitempty"`
	} `json:"audioConfig"`
	Times []string `json:"enableTimePointing,omitempty"`
}

// newBody returns the body of the request for a sentence. text is its plain text.
func (e *Engine) newBody(req voice.Request, text, language string) body {
	var b body
	b.Voice.Language, b.Voice.Name = language, req.Voice
	b.Audio.Encoding, b.Audio.Rate = "LINEAR16", 24000
	if speed := req.Speed.ValueOrOne(); speed != 1 {
		b.Audio.Speed = math.Round(speed*100) / 100
	}
	if !e.cfg.SSML {
		b.Input.Text = text
		return b
	}
	if pitch := req.Pitch.ValueOrOne(); pitch != 1 {
		b.Audio.Pitch = math.Round(12*math.Log2(pitch)*100) / 100
	}
	d := ssml.Dialect{
		Open: "<speak>", Close: "</speak>", Marks: true, Pitch: true, Semitones: true, Emphasis: true, Language: true,
		IPA:          true,
		LongestBreak: 10 * time.Second,
	}
	b.Input.SSML, b.Times = ssml.FormatSSML(req, d).Text, []string{"SSML_MARK"}
	if len(b.Input.SSML) > mostBytes { // marks make the text longer
		d.Marks = false
		b.Input.SSML, b.Times = ssml.FormatSSML(req, d).Text, nil
	}
	return b
}

// Speak implements voice.Engine.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	s, silent, err := e.BeginSentence(ctx, req)
	req, clip := s.Request, s.Clip
	if err != nil || silent {
		return clip, err
	}
	// The service rejects a language that differs from the voice's, even "en" for "en-US".
	raw, err := json.Marshal(e.newBody(req, s.Text, cmp.Or(s.Voice.Language, req.Language, remote.Language)))
	if err != nil {
		return clip, err
	}
	answer, err := e.client.SendCall(ctx, remote.Call{
		Path: "/v1beta1/text:synthesize", Header: e.newAuthHeader(), Body: raw, Accept: []string{"application/json"},
		Explain: func(r remote.Refusal) *fault.Error { return e.explainRefusal(r, req.Voice) },
	})
	if err != nil {
		return clip, err
	}
	var said struct {
		Audio string `json:"audioContent"`
		Times []struct {
			Mark    string  `json:"markName"`
			Seconds float64 `json:"timeSeconds"`
		} `json:"timepoints"`
	}
	if json.Unmarshal(answer.Body, &said) != nil {
		return clip, e.client.NewBadAnswerFault("%s returned an unreadable answer", e.cfg.Name)
	}
	if clip.PCM, clip.Rate, err = e.client.DecodeSound(said.Audio, "audio/wav", 24000); err != nil {
		return clip, err
	}
	at := map[string]float64{}
	for _, t := range said.Times {
		at[t.Mark] = t.Seconds
	}
	starts := make([]time.Duration, len(clip.Words))
	for i := range starts {
		starts[i] = -1
		if s, ok := at[ssml.FormatMark(i)]; ok {
			starts[i] = time.Duration(s * float64(time.Second))
		}
	}
	remote.SetWordStarts(&clip, s.Phrases, starts)
	return clip, nil
}

// explainRefusal converts the service's error objects to faults. It returns nil for errors that it does not recognise.
func (e *Engine) explainRefusal(r remote.Refusal, id string) *fault.Error {
	text := strings.ToLower(string(r.Body))
	switch {
	case strings.Contains(text, "api_key_invalid") || strings.Contains(text, "api key not valid"):
		return e.client.NewKeyRefusedFault(r)
	case r.Status != http.StatusBadRequest && r.Status != http.StatusNotFound:
		return nil
	case strings.Contains(text, "voice") && strings.Contains(text, "does not exist"):
		return e.client.NewNoVoiceFault(r, id)
	case strings.Contains(text, "longer than") || strings.Contains(text, "limit of 5000") ||
		strings.Contains(text, "too long"):
		return e.client.NewTooLongFault(r)
	case strings.Contains(text, "ssml") && strings.Contains(text, "support"):
		return e.client.NewRefusedFault(r, "the voice %s of %s does not accept markup", id, e.cfg.Name).
			WithHint("set ssml: false for the engine of such voices in mynah.yaml")
	}
	return nil
}
