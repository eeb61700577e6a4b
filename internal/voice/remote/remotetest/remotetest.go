// Package remotetest contains helpers for tests of engines that use HTTP: a server that speaks words as tones
// and can produce failures, and the failures that every such engine must handle. The formats of requests and
// answers are in the engines' tests.
package remotetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/tone"
)

// Key is the key that test servers require. It must not be in any message.
const Key = "secret-key-of-the-test"

// Server is a local speech service.
type Server struct {
	*httptest.Server
	Requests atomic.Int64 // number of requests so far
	Most     atomic.Int64 // maximum number of concurrent requests

	now    atomic.Int64
	mu     sync.Mutex
	bad    []http.HandlerFunc
	alter  []func([]int16) []int16
	before func(w http.ResponseWriter, r *http.Request) bool
	strict func(format string, args ...any)
}

// Handler answers valid requests in the format of the service.
type Handler func(s *Server, w http.ResponseWriter, r *http.Request)

// StartServer starts a server that is closed when the test ends.
func StartServer(t *testing.T, h Handler) *Server {
	t.Helper()
	s := &Server{strict: t.Errorf}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Requests.Add(1)
		n := s.now.Add(1)
		defer s.now.Add(-1)
		for old := s.Most.Load(); n > old && !s.Most.CompareAndSwap(old, n); old = s.Most.Load() {
		}
		if bad := s.takeMisbehaviour(); bad != nil {
			bad(w, r)
			return
		}
		if s.before != nil && s.before(w, r) {
			return
		}
		h(s, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// RejectWrongFormat reports a request that does not have the service's format.
func (s *Server) RejectWrongFormat(w http.ResponseWriter, format string, args ...any) {
	s.strict("request: "+format, args...)
	http.Error(w, fmt.Sprintf(format, args...), http.StatusBadRequest)
}

func (s *Server) takeMisbehaviour() http.HandlerFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.bad) == 0 {
		return nil
	}
	h := s.bad[0]
	s.bad = s.bad[1:]
	return h
}

// SetNextAnswers sets the answers to the next requests.
func (s *Server) SetNextAnswers(h ...http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad = h
}

// SetInterceptor sets a function that sees every request first and returns true if it answered it. Call it before any
// request.
func (s *Server) SetInterceptor(f func(w http.ResponseWriter, r *http.Request) bool) { s.before = f }

// AlterNextSamples changes the samples of the next answers.
func (s *Server) AlterNextSamples(f ...func([]int16) []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alter = f
}

// SpeakAsTones speaks text as tones.
func (s *Server) SpeakAsTones(ctx context.Context, runs []utter.Run, speed, pitch float64) (voice.Clip, error) {
	clip, err := tone.New().Speak(ctx, voice.Request{
		Voice: "high", Runs: runs, Speed: utter.NewFactor(speed), Pitch: utter.NewFactor(pitch),
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.alter) > 0 {
		clip.PCM = s.alter[0](clip.PCM)
		s.alter = s.alter[1:]
	}
	return clip, err
}

// FormatPCM returns samples as bytes.
func FormatPCM(pcm []int16) []byte {
	var b []byte
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// FormatWAV returns a mono WAV file.
func FormatWAV(pcm []int16, rate int) []byte {
	n := uint32(2 * len(pcm))
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, 36+n)
	b.WriteString("WAVEfmt ")
	_ = binary.Write(&b, binary.LittleEndian, struct {
		Size         uint32
		Form, Chans  uint16
		Rate, Second uint32
		Block, Bits  uint16
	}{16, 1, 1, uint32(rate), 2 * uint32(rate), 2, 16})
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, n)
	b.Write(FormatPCM(pcm))
	return b.Bytes()
}

// NewStatusAnswer answers with a status, an optional header "Name: value", and a body.
func NewStatusAnswer(code int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if name, v, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, v)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// NewBrokenAnswer announces more bytes than it sends, and closes the connection.
func NewBrokenAnswer(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write(bytes.Repeat([]byte("RIFF"), 100))
	}
}

// AnswerPage answers with an HTML page, like a proxy or a wrong URL.
func AnswerPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<!doctype html><html><body>Welcome</body></html>"))
}

// AnswerNothing answers with status 200 and no body.
func AnswerNothing(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// NewConfig returns settings for tests, with short delays before retries and long timeouts.
func NewConfig(name, url string) remote.Config {
	c := remote.DefaultConfig(name, url)
	c.Key, c.KeyEnv = remote.NewSecret(Key), "THE_TEST_KEY"
	c.Wait, c.Timeout, c.Tries, c.Most = time.Millisecond, time.Minute, 3, 3*time.Minute
	return c
}

// Maker returns an engine, not yet wrapped, for a server.
type Maker func(t *testing.T, cfg remote.Config) voice.Engine

// CheckFailureHandling checks that an engine retries temporary failures, and reports permanent ones with its name and
// without its key. id is a voice of the engine; kind is the media type of its answers.
func CheckFailureHandling(t *testing.T, id, kind string, h Handler, makes Maker) {
	t.Helper()
	req := voice.Request{
		Voice: id, Language: "en-US",
		Runs: []utter.Run{{Text: "The quick brown fox jumps over three lazy dogs."}},
	}
	try := func(t *testing.T, change func(*Server, *remote.Config)) (*Server, voice.Clip, error) {
		t.Helper()
		s := StartServer(t, h)
		cfg := NewConfig("service", s.URL)
		change(s, &cfg)
		clip, err := remote.WithRetries(makes(t, cfg), cfg).Speak(t.Context(), req)
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, fault.From(err), cfg), Key) {
			t.Errorf("the error contains the key: %v", err)
		}
		return s, clip, err
	}
	for name, c := range listPassingFailures(kind) {
		t.Run("passes: "+name, func(t *testing.T) {
			t.Parallel()
			_, clip, err := try(t, func(s *Server, _ *remote.Config) { c(s) })
			_, good, _ := try(t, func(*Server, *remote.Config) {})
			if err != nil || len(clip.PCM) == 0 || !slices.Equal(clip.PCM, good.PCM) {
				t.Errorf("got %d samples and the error %v, want %d samples", len(clip.PCM), err, len(good.PCM))
			}
		})
	}
	for name, c := range listLastingFailures() {
		t.Run("lasts: "+name, func(t *testing.T) {
			t.Parallel()
			s, _, err := try(t, func(s *Server, cfg *remote.Config) { c.bad(s, cfg) })
			if fault.CodeOf(err) != fault.ToolFailed || !strings.Contains(fault.From(err).Public, c.says) {
				t.Errorf("got the error %q, want one that contains %q", err, c.says)
			}
			if n := s.Requests.Load(); n > c.most {
				t.Errorf("the server received %d requests", n)
			}
		})
	}
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		s := StartServer(t, func(s *Server, w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-r.Context().Done():
			}
			h(s, w, r)
		})
		cfg := NewConfig("service", s.URL)
		cfg.AtOnce = 2
		e := remote.WithRetries(makes(t, cfg), cfg)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if _, err := e.Speak(t.Context(), req); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := s.Most.Load(); n > 2 {
			t.Errorf("the server received %d requests at the same time", n)
		}
	})
	t.Run("stop while waiting", func(t *testing.T) {
		t.Parallel()
		s := StartServer(t, h)
		s.SetNextAnswers(NewStatusAnswer(http.StatusTooManyRequests, "Retry-After: 15", ""))
		cfg := NewConfig("service", s.URL)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := remote.WithRetries(makes(t, cfg), cfg).Speak(ctx, req); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// listPassingFailures returns failures after which a second or third attempt succeeds.
func listPassingFailures(kind string) map[string]func(*Server) {
	soon := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
	return map[string]func(*Server){
		"throttled": func(s *Server) {
			s.SetNextAnswers(NewStatusAnswer(http.StatusTooManyRequests, "", `{"error":{"message":"slow down"}}`))
		},
		"for seconds": func(s *Server) {
			s.SetNextAnswers(NewStatusAnswer(http.StatusTooManyRequests, "Retry-After: 1",
				""))
		},
		"for a date": func(s *Server) {
			s.SetNextAnswers(NewStatusAnswer(http.StatusServiceUnavailable, "Retry-After: "+soon, ""))
		},
		"twice": func(s *Server) {
			s.SetNextAnswers(NewStatusAnswer(http.StatusBadGateway, "", "<html>bad gateway</html>"),
				NewStatusAnswer(http.StatusInternalServerError, "", ""))
		},
		"dies":       func(s *Server) { s.SetNextAnswers(NewBrokenAnswer(kind)) },
		"a page":     func(s *Server) { s.SetNextAnswers(AnswerPage) },
		"nothing":    func(s *Server) { s.SetNextAnswers(AnswerNothing) },
		"silence":    func(s *Server) { s.AlterNextSamples(func(p []int16) []int16 { return make([]int16, len(p)) }) },
		"half":       func(s *Server) { s.AlterNextSamples(func(p []int16) []int16 { return p[:len(p)*2/5] }) },
		"no samples": func(s *Server) { s.AlterNextSamples(func([]int16) []int16 { return nil }) },
		"noise": func(s *Server) {
			s.AlterNextSamples(func(p []int16) []int16 {
				x := uint32(1)
				for i := range p {
					x = x*1664525 + 1013904223
					p[i] = int16(x >> 16)
				}
				return p
			})
		},
	}
}

type trouble struct {
	bad  func(*Server, *remote.Config)
	says string
	most int64 // maximum number of requests
}

// listLastingFailures returns failures that do not disappear with a retry.
func listLastingFailures() map[string]trouble {
	always := func(h http.HandlerFunc) func(*Server, *remote.Config) {
		return func(s *Server, _ *remote.Config) { s.SetNextAnswers(h, h, h, h, h, h) }
	}
	told := `{"error":{"message":"bad key ` + Key + `"}}`
	return map[string]trouble{
		"401": {
			always(NewStatusAnswer(http.StatusUnauthorized, "", told)),
			"the key in THE_TEST_KEY was refused by service", 1,
		},
		"403":    {always(NewStatusAnswer(http.StatusForbidden, "", told)), "service", 1},
		"404":    {always(NewStatusAnswer(http.StatusNotFound, "", "<html>"+Key)), "service", 1},
		"400":    {always(NewStatusAnswer(http.StatusBadRequest, "", told)), "service", 1},
		"moved":  {always(NewStatusAnswer(http.StatusFound, "Location: http://127.0.0.1:1/elsewhere", "")), "moved", 1},
		"503":    {always(NewStatusAnswer(http.StatusServiceUnavailable, "", "")), "service failed", 3},
		"a page": {always(AnswerPage), "service returned", 3},
		"an hour": {
			always(NewStatusAnswer(http.StatusTooManyRequests, "Retry-After: 3600", "")), "service has too many requests", 1,
		},
		"nobody there": {func(s *Server, _ *remote.Config) { s.Close() }, "service cannot be reached", 0},
		"too late": {func(s *Server, cfg *remote.Config) {
			cfg.Timeout, cfg.Tries = 500*time.Millisecond, 2
			late := func(_ http.ResponseWriter, r *http.Request) {
				select {
				case <-r.Context().Done():
				case <-time.After(2 * time.Second): // a request whose body nobody reads has no end
				}
			}
			s.SetNextAnswers(late, late)
		}, "service cannot be reached", 2},
		"too much": {func(_ *Server, cfg *remote.Config) { cfg.MaxBody = 100 }, "longer than 100 bytes", 3},
	}
}
