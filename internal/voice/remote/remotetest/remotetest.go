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

// New starts a server that is closed when the test ends.
func New(t *testing.T, h Handler) *Server {
	t.Helper()
	s := &Server{strict: t.Errorf}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Requests.Add(1)
		n := s.now.Add(1)
		defer s.now.Add(-1)
		for old := s.Most.Load(); n > old && !s.Most.CompareAndSwap(old, n); old = s.Most.Load() {
		}
		if bad := s.next(); bad != nil {
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

// Wrong reports a request that does not have the service's format.
func (s *Server) Wrong(w http.ResponseWriter, format string, args ...any) {
	s.strict("request: "+format, args...)
	http.Error(w, fmt.Sprintf(format, args...), http.StatusBadRequest)
}

func (s *Server) next() http.HandlerFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.bad) == 0 {
		return nil
	}
	h := s.bad[0]
	s.bad = s.bad[1:]
	return h
}

// Misbehave sets the answers to the next requests.
func (s *Server) Misbehave(h ...http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad = h
}

// Before sets a function that sees every request first and returns true if it answered it. Call it before any
// request.
func (s *Server) Before(f func(w http.ResponseWriter, r *http.Request) bool) { s.before = f }

// Alter changes the samples of the next answers.
func (s *Server) Alter(f ...func([]int16) []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alter = f
}

// Say speaks text as tones.
func (s *Server) Say(ctx context.Context, runs []utter.Run, speed, pitch float64) (voice.Clip, error) {
	clip, err := tone.New().Speak(ctx, voice.Request{
		Voice: "high", Runs: runs, Speed: utter.Times(speed), Pitch: utter.Times(pitch),
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.alter) > 0 {
		clip.PCM = s.alter[0](clip.PCM)
		s.alter = s.alter[1:]
	}
	return clip, err
}

// PCM returns samples as bytes.
func PCM(pcm []int16) []byte {
	var b []byte
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// WAV returns a mono WAV file.
func WAV(pcm []int16, rate int) []byte {
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
	b.Write(PCM(pcm))
	return b.Bytes()
}

// Status answers with a status, an optional header "Name: value", and a body.
func Status(code int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if name, v, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, v)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// Die announces more bytes than it sends, and closes the connection.
func Die(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write(bytes.Repeat([]byte("RIFF"), 100))
	}
}

// Page answers with an HTML page, like a proxy or a wrong URL.
func Page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<!doctype html><html><body>Welcome</body></html>"))
}

// Nothing answers with status 200 and no body.
func Nothing(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// Config returns settings for tests, with short delays before retries and long timeouts.
func Config(name, url string) remote.Config {
	c := remote.DefaultConfig(name, url)
	c.Key, c.KeyEnv = remote.NewSecret(Key), "THE_TEST_KEY"
	c.Wait, c.Timeout, c.Tries, c.Most = time.Millisecond, time.Minute, 3, 3*time.Minute
	return c
}

// Maker returns an engine, not yet wrapped, for a server.
type Maker func(t *testing.T, cfg remote.Config) voice.Engine

// Troubles checks that an engine retries temporary failures, and reports permanent ones with its name and
// without its key. id is a voice of the engine; kind is the media type of its answers.
func Troubles(t *testing.T, id, kind string, h Handler, makes Maker) {
	t.Helper()
	req := voice.Request{
		Voice: id, Language: "en-US",
		Runs: []utter.Run{{Text: "The quick brown fox jumps over three lazy dogs."}},
	}
	try := func(t *testing.T, change func(*Server, *remote.Config)) (*Server, voice.Clip, error) {
		t.Helper()
		s := New(t, h)
		cfg := Config("service", s.URL)
		change(s, &cfg)
		clip, err := remote.Steady(makes(t, cfg), cfg).Speak(t.Context(), req)
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, fault.From(err), cfg), Key) {
			t.Errorf("the error contains the key: %v", err)
		}
		return s, clip, err
	}
	for name, c := range passing(kind) {
		t.Run("passes: "+name, func(t *testing.T) {
			t.Parallel()
			_, clip, err := try(t, func(s *Server, _ *remote.Config) { c(s) })
			_, good, _ := try(t, func(*Server, *remote.Config) {})
			if err != nil || len(clip.PCM) == 0 || !slices.Equal(clip.PCM, good.PCM) {
				t.Errorf("got %d samples and the error %v, want %d samples", len(clip.PCM), err, len(good.PCM))
			}
		})
	}
	for name, c := range lasting() {
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
		s := New(t, func(s *Server, w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-r.Context().Done():
			}
			h(s, w, r)
		})
		cfg := Config("service", s.URL)
		cfg.AtOnce = 2
		e := remote.Steady(makes(t, cfg), cfg)
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
		s := New(t, h)
		s.Misbehave(Status(http.StatusTooManyRequests, "Retry-After: 15", ""))
		cfg := Config("service", s.URL)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := remote.Steady(makes(t, cfg), cfg).Speak(ctx, req); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// passing returns failures after which a second or third attempt succeeds.
func passing(kind string) map[string]func(*Server) {
	soon := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
	return map[string]func(*Server){
		"throttled": func(s *Server) {
			s.Misbehave(Status(http.StatusTooManyRequests, "", `{"error":{"message":"slow down"}}`))
		},
		"for seconds": func(s *Server) { s.Misbehave(Status(http.StatusTooManyRequests, "Retry-After: 1", "")) },
		"for a date":  func(s *Server) { s.Misbehave(Status(http.StatusServiceUnavailable, "Retry-After: "+soon, "")) },
		"twice": func(s *Server) {
			s.Misbehave(Status(http.StatusBadGateway, "", "<html>bad gateway</html>"),
				Status(http.StatusInternalServerError, "", ""))
		},
		"dies":       func(s *Server) { s.Misbehave(Die(kind)) },
		"a page":     func(s *Server) { s.Misbehave(Page) },
		"nothing":    func(s *Server) { s.Misbehave(Nothing) },
		"silence":    func(s *Server) { s.Alter(func(p []int16) []int16 { return make([]int16, len(p)) }) },
		"half":       func(s *Server) { s.Alter(func(p []int16) []int16 { return p[:len(p)*2/5] }) },
		"no samples": func(s *Server) { s.Alter(func([]int16) []int16 { return nil }) },
		"noise": func(s *Server) {
			s.Alter(func(p []int16) []int16 {
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

// lasting returns failures that do not disappear with a retry.
func lasting() map[string]trouble {
	always := func(h http.HandlerFunc) func(*Server, *remote.Config) {
		return func(s *Server, _ *remote.Config) { s.Misbehave(h, h, h, h, h, h) }
	}
	told := `{"error":{"message":"bad key ` + Key + `"}}`
	return map[string]trouble{
		"401": {
			always(Status(http.StatusUnauthorized, "", told)),
			"the key in THE_TEST_KEY was refused by service", 1,
		},
		"403":    {always(Status(http.StatusForbidden, "", told)), "service", 1},
		"404":    {always(Status(http.StatusNotFound, "", "<html>"+Key)), "service", 1},
		"400":    {always(Status(http.StatusBadRequest, "", told)), "service", 1},
		"moved":  {always(Status(http.StatusFound, "Location: http://127.0.0.1:1/elsewhere", "")), "moved", 1},
		"503":    {always(Status(http.StatusServiceUnavailable, "", "")), "service failed", 3},
		"a page": {always(Page), "service returned", 3},
		"an hour": {
			always(Status(http.StatusTooManyRequests, "Retry-After: 3600", "")), "service has too many requests", 1,
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
			s.Misbehave(late, late)
		}, "service cannot be reached", 2},
		"too much": {func(_ *Server, cfg *remote.Config) { cfg.MaxBody = 100 }, "longer than 100 bytes", 3},
	}
}
