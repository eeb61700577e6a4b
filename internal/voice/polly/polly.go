// Package polly is the engine for Amazon Polly. It uses the REST interface with AWS signatures. Each sentence
// takes two requests: one for the sound and one for the word times.
package polly

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"mynah/internal/fault"
	"mynah/internal/voice"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/ssml"
)

// Config contains the settings of the engine. Config.Key is the ID of an access key.
type Config struct {
	remote.Config
	Secret    remote.Secret // the secret of the access key
	SecretEnv string        // name of the variable with the secret, for messages
	Session   remote.Secret // session token of temporary keys; may be empty
	Region    string
	Engine    string // neural, standard, long-form or generative
	Language  string // for voices that are not in the service's list; empty means the script's
	Voices    []voice.EngineVoice
}

// FormatAddress returns the URL of the service in a region.
func FormatAddress(region string) string { return "https://polly." + region + ".amazonaws.com" }

// ListEngines returns the names of the service's own engines.
func ListEngines() []string { return []string{"neural", "standard", "long-form", "generative"} }

// DefaultConfig returns the settings for the service in a region.
func DefaultConfig(name, region string) Config {
	c := Config{Config: remote.DefaultConfig(name, FormatAddress(region)), Region: region, Engine: "neural"}
	c.KeyEnv, c.SecretEnv = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
	return c
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	errs := []error{c.Config.Validate()}
	if c.Region == "" || strings.Trim(c.Region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		errs = append(errs, fmt.Errorf("region: %q, must be a region such as eu-west-1", c.Region))
	}
	if !slices.Contains(ListEngines(), c.Engine) {
		errs = append(errs, fmt.Errorf("engine: %q, must be one of %s", c.Engine, strings.Join(ListEngines(), ", ")))
	}
	return errors.Join(errs...)
}

// Engine implements voice.Engine with the service.
type Engine struct {
	*remote.Listing
	cfg    Config
	client *remote.Client
	signer *v4.Signer
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
	e := &Engine{cfg: cfg, client: client, signer: v4.NewSigner()}
	list := remote.Call{
		Method: http.MethodGet, Path: "/v1/voices", Query: url.Values{"Engine": {cfg.Engine}}, Sign: e.signRequest,
		Accept: []string{"application/json"},
	}
	e.Listing = remote.NewListing(client, cfg.Voices, cfg.Language, list, parseVoices)
	return e, nil
}

// checkKeys returns an error if a part of the key is missing. The service's own message for unsigned requests is
// misleading: it says that the key is wrong.
func (e *Engine) checkKeys() error {
	switch {
	case e.cfg.Key.IsEmpty():
		return e.client.NewNoKeyFault(e.cfg.KeyEnv)
	case e.cfg.Secret.IsEmpty():
		return e.client.NewNoKeyFault(e.cfg.SecretEnv)
	}
	return nil
}

// signRequest adds an AWS signature of version 4 to a request.
func (e *Engine) signRequest(req *http.Request, body []byte) error {
	if err := e.checkKeys(); err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	who := aws.Credentials{
		AccessKeyID: e.cfg.Key.RevealKey(), SecretAccessKey: e.cfg.Secret.RevealKey(),
		SessionToken: e.cfg.Session.RevealKey(),
	}
	return e.signer.SignHTTP(req.Context(), who, req, hex.EncodeToString(sum[:]), "polly", e.cfg.Region, time.Now())
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return e.cfg.Name }

// Version implements voice.Engine.
func (e *Engine) Version(context.Context) (string, error) {
	return "polly 1 " + e.cfg.FormatIdentity(e.cfg.Engine), nil
}

// Abilities implements voice.Engine. Only standard voices support pitch and emphasis.
func (e *Engine) Abilities() voice.Abilities {
	standard := e.cfg.Engine == "standard"
	a := voice.Abilities{
		Remote: true, Slowest: voice.MinSpeed, Fastest: 2, Pitch: standard, Prosody: standard, Emphasis: standard,
		Language: true, Phonemes: true, Pauses: true, Times: true,
	}
	if e.cfg.Engine == "generative" {
		a.Language, a.Phonemes, a.Times = false, false, false
	}
	return a
}

// parseVoices parses the service's list of voices.
func parseVoices(body []byte) []voice.EngineVoice {
	var said struct {
		Voices []struct {
			ID           string `json:"Id"`
			Gender       string
			LanguageCode string
		}
	}
	_ = json.Unmarshal(body, &said)
	var out []voice.EngineVoice
	for _, v := range said.Voices {
		out = append(out, voice.EngineVoice{
			ID: v.ID, Language: toBCP47(v.LanguageCode),
			Gender: voice.ParseGender(v.Gender),
		})
	}
	return out
}

// toBCP47 converts the service's language codes to BCP 47.
func toBCP47(code string) string {
	switch code {
	case "arb":
		return "ar"
	case "cmn-CN":
		return "zh-CN"
	case "yue-CN":
		return "zh-HK"
	}
	return code
}

// body is the JSON body of a request.
type body struct {
	Engine     string
	Format     string   `json:"OutputFormat"`
	SampleRate string   `json:",omitempty"`
	Marks      []string `json:"SpeechMarkTypes,omitempty"`
	Text       string
	TextType   string
	VoiceID    string `json:"VoiceId"`
}

// rate is the higher of the two sample rates of the service's raw output, in Hz.
const rate = 16000

// newDialect returns the SSML dialect of the service.
func (e *Engine) newDialect() ssml.Dialect {
	standard := e.cfg.Engine == "standard"
	return ssml.Dialect{
		Open: "<speak>", Close: "</speak>", Pitch: standard, Emphasis: standard, SpeedAround: true,
		LongestBreak: 10 * time.Second,
		Language:     e.cfg.Engine != "generative", IPA: e.cfg.Engine != "generative",
	}
}

// Speak implements voice.Engine.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	s, silent, err := e.BeginSentence(ctx, req)
	req, clip := s.Request, s.Clip
	if err != nil || silent {
		return clip, err
	}
	if strings.Trim(req.Voice, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return clip, remote.NewUnknownVoiceFault(e.cfg.Name, req.Voice)
	}
	if err := e.checkKeys(); err != nil {
		return clip, err
	}
	doc := ssml.FormatSSML(req, e.newDialect())
	b := body{
		Engine: e.cfg.Engine, Format: "pcm", SampleRate: fmt.Sprint(rate), Text: doc.Text, TextType: "ssml",
		VoiceID: req.Voice,
	}
	answer, err := e.sendRequest(ctx, b, "audio/")
	if err != nil {
		return clip, err
	}
	if clip.PCM, clip.Rate, err = e.client.ParseSound(answer, rate); err != nil {
		return clip, err
	}
	voice.EstimateTimes(&clip, s.Phrases)
	if e.cfg.Engine == "generative" {
		return clip, nil // this engine returns no word times
	}
	b.Format, b.SampleRate, b.Marks = "json", "", []string{"word"}
	if answer, err = e.sendRequest(ctx, b, "application/"); err != nil {
		return clip, err
	}
	remote.SetWordStarts(&clip, s.Phrases, parseWordStarts(doc, answer.Body))
	return clip, nil
}

// sendRequest sends a request. accept is the required media type of the answer.
func (e *Engine) sendRequest(ctx context.Context, b body, accept string) (remote.Answer, error) {
	raw, err := json.Marshal(b)
	if err != nil {
		return remote.Answer{}, err
	}
	return e.client.SendCall(ctx, remote.Call{
		Path: "/v1/speech", Header: http.Header{"Content-Type": {"application/json"}}, Body: raw, Sign: e.signRequest,
		Accept:  []string{accept},
		Explain: func(r remote.Refusal) *fault.Error { return e.explainRefusal(r, b.VoiceID) },
	})
}

// parseWordStarts returns the start time of each word, -1 if unknown. body contains one JSON object per line; its
// positions are bytes of the markup.
func parseWordStarts(doc ssml.Document, body []byte) []time.Duration {
	out := make([]time.Duration, len(doc.At))
	for i := range out {
		out[i] = -1
	}
	for line := range strings.Lines(string(body)) {
		var m struct {
			Time       int64 // milliseconds
			Type       string
			Start, End int
		}
		if json.Unmarshal([]byte(line), &m) != nil || m.Type != "word" {
			continue
		}
		for i := range out {
			if out[i] < 0 && doc.At[i] >= 0 && doc.At[i] < m.End && doc.Ends[i] > m.Start {
				out[i] = time.Duration(m.Time) * time.Millisecond
			}
		}
	}
	return out
}

// explainRefusal converts the exceptions of the service, and those that all AWS services share, to faults. It returns
// nil for others.
func (e *Engine) explainRefusal(r remote.Refusal, id string) *fault.Error {
	kind, _, _ := strings.Cut(r.Header.Get("X-Amzn-Errortype"), ":")
	text := strings.ToLower(string(r.Body))
	switch kind {
	case "TextLengthExceededException":
		return e.client.NewTooLongFault(r)
	case "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded":
		return e.client.NewBusyFault(r)
	case "UnrecognizedClientException", "InvalidSignatureException", "InvalidClientTokenId", "ExpiredTokenException",
		"MissingAuthenticationTokenException", "IncompleteSignatureException":
		return e.client.NewKeyRefusedFault(r)
	case "EngineNotSupportedException":
		return e.client.NewRefusedFault(r, "the voice %s of %s does not speak with the engine %s", id, e.cfg.Name,
			e.cfg.Engine).
			WithHint("set engine to one of %s in mynah.yaml", strings.Join(ListEngines(), ", "))
	case "ValidationException":
		if strings.Contains(text, "voiceid") {
			return e.client.NewNoVoiceFault(r, id)
		}
	}
	return nil
}
