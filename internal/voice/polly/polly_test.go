package polly_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/polly"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
	"mynah/internal/voice/voicetest"
)

const secret = "the-secret-of-the-test"

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}

// isSigned checks a signature with an independent implementation of AWS Signature Version 4.
func isSigned(r *http.Request, body []byte) bool {
	auth := r.Header.Get("Authorization")
	var credential, headers, signature string
	for part := range strings.SplitSeq(strings.TrimPrefix(auth, "AWS4-HMAC-SHA256 "), ", ") {
		k, v, _ := strings.Cut(part, "=")
		switch k {
		case "Credential":
			credential = v
		case "SignedHeaders":
			headers = v
		case "Signature":
			signature = v
		}
	}
	id, scope, _ := strings.Cut(credential, "/")
	date := r.Header.Get("X-Amz-Date")
	at, err := time.Parse("20060102T150405Z", date)
	if err != nil || time.Since(at).Abs() > 5*time.Minute || id != remotetest.Key || scope != date[:8]+"/eu-west-1/polly/aws4_request" {
		return false
	}
	sum := sha256.Sum256(body)
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n" + r.URL.Query().Encode() + "\n"
	for name := range strings.SplitSeq(headers, ";") {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = fmt.Sprint(len(body))
		}
		canonical += name + ":" + strings.TrimSpace(value) + "\n"
	}
	canonical += "\n" + headers + "\n" + hex.EncodeToString(sum[:])
	hash := sha256.Sum256([]byte(canonical))
	key := mac(mac(mac(mac([]byte("AWS4"+secret), date[:8]), "eu-west-1"), "polly"), "aws4_request")
	want := hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+hex.EncodeToString(hash[:])))
	return signature == want && strings.Contains(headers, "host")
}

// service answers like SynthesizeSpeech, as its reference describes.
func service(s *remotetest.Server, w http.ResponseWriter, r *http.Request) {
	fail := func(code int, kind, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-Errortype", kind+":http://internal.amazon.com/coral/com.amazonaws.polly/")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
	}
	raw, _ := io.ReadAll(r.Body)
	if r.Context().Err() != nil {
		return
	}
	if !isSigned(r, raw) {
		fail(http.StatusForbidden, "InvalidSignatureException",
			"The request signature we calculated does not match the signature you provided.")
		return
	}
	if r.Method == http.MethodGet && r.URL.Path == "/v1/voices" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"Voices":[{"Id":"Joanna","Gender":"Female","LanguageCode":"en-US","SupportedEngines":` +
			`["neural","standard"]},{"Id":"Zhiyu","Gender":"Female","LanguageCode":"cmn-CN"}]}`))
		return
	}
	var b struct {
		Engine, OutputFormat, SampleRate, Text, TextType string
		VoiceID                                          string `json:"VoiceId"`
		SpeechMarkTypes                                  []string
	}
	if err := json.Unmarshal(raw, &b); err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/speech" || b.TextType != "ssml" {
		s.RejectWrongFormat(w, "%s %s %s %v", r.Method, r.URL, raw, err)
		return
	}
	allowed := "speak prosody@rate,volume lang@xml:lang phoneme@alphabet,ph break@time"
	if b.Engine == "standard" {
		allowed = "speak prosody@rate,pitch,volume emphasis@level lang@xml:lang phoneme@alphabet,ph break@time"
	}
	p, err := s.Perform(r.Context(), b.Text, 1, allowed)
	switch {
	case r.Context().Err() != nil:
	case b.VoiceID != "Joanna":
		fail(http.StatusBadRequest, "ValidationException",
			"1 validation error detected: Value '"+b.VoiceID+"' at 'voiceId' failed to satisfy constraint")
	case err != nil:
		s.RejectWrongFormat(w, "%v in %s", err, b.Text)
		fail(http.StatusBadRequest, "InvalidSsmlException", "Invalid SSML request")
	case len(b.Text) > 6000 || len(p.Text) > 3000:
		fail(http.StatusBadRequest, "TextLengthExceededException", "Maximum text length has been exceeded")
	case b.OutputFormat == "json" && len(b.SpeechMarkTypes) == 1 && b.SpeechMarkTypes[0] == "word" && b.SampleRate == "":
		w.Header().Set("Content-Type", "application/x-json-stream")
		for _, h := range p.Words {
			_ = json.NewEncoder(w).Encode(map[string]any{
				"time": h.Time.Milliseconds(), "type": "word",
				"start": h.Start, "end": h.End, "value": h.Value,
			})
		}
		if len(p.Words) == 0 {
			_, _ = w.Write([]byte("\n"))
		}
	case b.OutputFormat == "pcm" && b.SampleRate == "16000" && b.SpeechMarkTypes == nil:
		w.Header().Set("Content-Type", "audio/pcm")
		_, _ = w.Write(remotetest.FormatPCM(lower(p.Clip.PCM)))
	default:
		s.RejectWrongFormat(w, "%s", raw)
	}
}

// lower converts samples from 24,000 Hz to 16,000 Hz.
func lower(pcm []int16) []int16 {
	out := make([]int16, 0, len(pcm)*2/3)
	for i := 0; i+2 < len(pcm); i += 3 {
		out = append(out, pcm[i], int16((int(pcm[i+1])+int(pcm[i+2]))/2))
	}
	return out
}

func makes(change func(*polly.Config)) remotetest.Maker {
	return func(t *testing.T, cfg remote.Config) voice.Engine {
		t.Helper()
		c := polly.DefaultConfig("service", "eu-west-1")
		c.Config, c.Secret = cfg, remote.NewSecret(secret)
		change(&c)
		e, err := polly.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func engine(t *testing.T, change func(*polly.Config)) voice.Engine {
	t.Helper()
	return makes(change)(t, remotetest.NewConfig("service", remotetest.StartServer(t, service).URL))
}

func TestEngine(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"neural", "standard"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			e := engine(t, func(c *polly.Config) { c.Engine = kind })
			voicetest.RunSuite(t, e, voicetest.Options{Voice: "Joanna", Deterministic: true, ExactWords: true})
		})
	}
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	remotetest.CheckFailureHandling(t, "Joanna", "audio/pcm", service, makes(func(*polly.Config) {}))
}

func TestVoices(t *testing.T) {
	t.Parallel()
	e := engine(t, func(*polly.Config) {})
	list, err := e.Voices(t.Context())
	if err != nil || fmt.Sprint(list) != "[{Joanna en-US female} {Zhiyu zh-CN female}]" {
		t.Error(list, err)
	}
}

// TestExceptions checks exceptions in headers, where AWS uses status codes differently from others.
func TestExceptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status     int
		kind, says string
		tries      int64
	}{
		{http.StatusBadRequest, "ThrottlingException", "", 3}, // the sound and the times, after one refused request
		{http.StatusBadRequest, "TextLengthExceededException", "too long", 1},
		{http.StatusForbidden, "UnrecognizedClientException", "the key in THE_TEST_KEY was refused", 1},
		{http.StatusBadRequest, "EngineNotSupportedException", "does not speak with the engine neural", 1},
		{http.StatusBadRequest, "InvalidSsmlException", "refused the request", 1},
	} {
		s := remotetest.StartServer(t, service)
		s.SetNextAnswers(remotetest.NewStatusAnswer(c.status, "X-Amzn-Errortype: "+c.kind, `{"message":"m"}`))
		cfg := remotetest.NewConfig("service", s.URL)
		_, err := remote.WithRetries(makes(func(*polly.Config) {})(t, cfg), cfg).Speak(t.Context(),
			voice.Request{Voice: "Joanna", Runs: []utter.Run{{Text: "Hello."}}})
		if (c.says == "") != (err == nil) || err != nil && !strings.Contains(fault.From(err).Public, c.says) ||
			s.Requests.Load() != c.tries {
			t.Errorf("%s: %v after %d requests", c.kind, err, s.Requests.Load())
		}
	}
	s := remotetest.StartServer(t, service)
	e := makes(func(c *polly.Config) { c.Secret = remote.NewSecret("another") })(t, remotetest.NewConfig("service", s.URL))
	if _, err := e.Speak(t.Context(), voice.Request{
		Voice: "Joanna",
		Runs:  []utter.Run{{Text: "Hello."}},
	}); err == nil || !strings.Contains(err.Error(), "was refused") {
		t.Error(err)
	}
}

// TestKeys checks that a missing part of the key is reported before anything is sent.
func TestKeys(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(*polly.Config){
		"service needs a key, but MINE_AWS_SECRET_ACCESS_KEY is not set": func(c *polly.Config) {
			c.Secret,
				c.SecretEnv = remote.Secret{}, "MINE_AWS_SECRET_ACCESS_KEY"
		},
		"service needs a key, but AWS_SECRET_ACCESS_KEY is not set": func(c *polly.Config) { c.Secret = remote.Secret{} },
		"service needs a key, but THE_TEST_KEY is not set":          func(c *polly.Config) { c.Key = remote.Secret{} },
	} {
		s := remotetest.StartServer(t, service)
		cfg := remotetest.NewConfig("service", s.URL)
		_, err := remote.WithRetries(makes(change)(t, cfg), cfg).Speak(t.Context(),
			voice.Request{Voice: "Joanna", Runs: []utter.Run{{Text: "Hello."}}})
		if f := fault.From(err); f == nil || f.Public != says || f.Hint == "" || s.Requests.Load() != 0 {
			t.Errorf("%v is not %q", err, says)
		}
	}
}

// TestTimes checks marks, whose positions are bytes of the escaped markup.
func TestTimes(t *testing.T) {
	t.Parallel()
	c, err := engine(t, func(*polly.Config) {}).Speak(t.Context(),
		voice.Request{Voice: "Joanna", Runs: []utter.Run{
			{Text: "Ça & <that>", Pause: time.Second},
			{Text: " it's", IPA: "ɪts"},
			{Text: " “all”."},
		}})
	if err != nil {
		t.Fatal(err)
	}
	last := time.Duration(-1)
	for _, w := range c.Words {
		if !w.Exact || w.Start <= last {
			t.Errorf("%+v behind %s", w, last)
		}
		last = w.Start
	}
	if len(c.Words) != 5 || c.Words[3].Start < time.Second {
		t.Errorf("%+v", c.Words)
	}
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	for _, kind := range polly.ListEngines() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			voicetest.CheckEmphasis(t, engine(t, func(c *polly.Config) { c.Engine = kind }),
				voicetest.Options{Voice: "Joanna", Deterministic: kind != "standard"})
		})
	}
}
