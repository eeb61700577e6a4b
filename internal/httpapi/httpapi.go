// Package httpapi is the REST server: it decodes what comes in, calls the office, and
// encodes what goes out. It exists so that the contract of the wire stands in one place.
// It never renders, starts no program, and speaks no SQL.
package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/cors"
	"github.com/oklog/ulid/v2"

	"mynah/api"
	"mynah/internal/auth"
	"mynah/internal/fault"
	"mynah/internal/objects"
	"mynah/internal/record"
)

// Config of the doors.
type Config struct {
	// PublicURL is the base of all addresses that are handed out; empty takes each
	// request's host.
	PublicURL string
	// MaxUpload bytes of an archive.
	MaxUpload int64
	// UploadTTL, ResultTTL are how long signed addresses are valid.
	UploadTTL, ResultTTL time.Duration
	// Keep is how long what is stored of a build stays after its end.
	Keep time.Duration
	// StrictVoices refuses speech by an unknown voice instead of using another.
	StrictVoices bool
	// OpenMetrics serves /metrics without a key.
	OpenMetrics bool
	// Origins are those of web pages whose scripts may call this server; "*" is any.
	Origins []string
	// Streams is how many streamed requests for speech work at once; 0 is one for each core.
	Streams int
	// PlainSources lets zip-url name http addresses, for tests and private networks.
	PlainSources bool
	Version      api.Version
}

// DefaultConfig is that of the contract.
func DefaultConfig() Config {
	return Config{MaxUpload: 1 << 30, UploadTTL: time.Hour, ResultTTL: 24 * time.Hour, Keep: 24 * time.Hour}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			errs = append(errs, fmt.Errorf("public-url: %q, must be like https://mynah.example.com", c.PublicURL))
		}
	}
	for _, o := range c.Origins {
		u, err := url.Parse(o)
		if o != "*" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.TrimPrefix(o, u.Scheme+"://"+u.Host) != "") {
			errs = append(errs, fmt.Errorf("cors-origin: %q, must be like https://docs.example.com, or *", o))
		}
	}
	for _, v := range []struct {
		name string
		ok   bool
	}{
		{"max-upload: must be at least 1 kB", c.MaxUpload >= 1000},
		{"upload-ttl: must be at least a second", c.UploadTTL >= time.Second},
		{"result-ttl: must be at least a second", c.ResultTTL >= time.Second},
		{"keep: must be at least a second", c.Keep >= time.Second},
	} {
		if !v.ok {
			errs = append(errs, errors.New(v.name))
		}
	}
	return errors.Join(errs...)
}

// Records are what the doors need of the store beside builds.
type Records interface {
	record.Store
	AddUpload(ctx context.Context, tenant, id string) error
	HasUpload(ctx context.Context, tenant, id string) (bool, error)
	Poll(ctx context.Context, b record.Build) error
	Delete(ctx context.Context, id string) error
	Counts(ctx context.Context) (map[record.State]int, error)
	Begin(ctx context.Context, tenant, key string, body []byte) (fresh, same bool, answer *record.Answer, err error)
	Finish(ctx context.Context, tenant, key string, answer *record.Answer) error
}

// Desk answers what needs the studio.
type Desk interface {
	Check(ctx context.Context, spec record.Spec) ([]api.Diagnostic, error)
	Speak(ctx context.Context, text string, s *record.SpeechSpec) (record.Spoken, []string, error)
	Voices(ctx context.Context) []api.Voice
	// Inspect tells what cannot be in a speech's properties, and whether its voice is
	// known, else which names are near.
	Inspect(ctx context.Context, s *record.SpeechSpec) (near []string, known bool, err error)
	// Sample writes a voice's sample as MP3; ok is false for an unknown voice.
	Sample(ctx context.Context, voice string, w io.Writer) (ok bool, err error)
}

// Office is what the doors lead to.
type Services struct {
	Records Records
	Objects *objects.Store
	Guard   *auth.Guard
	Desk    Desk
	// Cancel stops a running build.
	Cancel func(id string)
	// Ready tells what keeps the server from building; the values are "ok" or a sentence.
	Ready func(ctx context.Context) (checks map[string]string, ok bool)
	Log   *slog.Logger
}

// Server is the handler of all routes.
type Server struct {
	cfg     Config
	o       Services
	metrics *metrics
	streams *turns
	now     func() time.Time
}

// longestWait is how long a streamed request for speech may wait for its turn.
const longestWait = 20 * time.Second

// New makes the handler; cfg must be valid.
func New(cfg Config, o Services) *Server {
	streams := cmp.Or(cfg.Streams, runtime.NumCPU())
	return &Server{cfg: cfg, o: o, metrics: newMetrics(o), streams: newTurns(streams, longestWait), now: time.Now}
}

// Handler gives all routes.
func (s *Server) Handler() http.Handler {
	r := chi.NewRouter()
	routes := r
	r.Use(middleware.GetHead)
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, objects.Prefix) {
			s.refuseSignature(w, r)
			return
		}
		s.answerProblem(w, r, http.StatusNotFound, "not-found", "This address does not exist")
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, objects.Prefix) {
			s.refuseSignature(w, r)
			return
		}
		w.Header().Set("Allow", strings.Join(allowedMethods(routes, r.URL.Path), ", "))
		s.answerProblem(w, r, http.StatusMethodNotAllowed, "method-not-allowed", "This address does not support the method "+r.Method)
	})
	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)
	r.Get("/version", s.version)
	r.Get("/openapi.json", s.document)
	if s.cfg.OpenMetrics {
		r.Method(http.MethodGet, "/metrics", s.metrics.handler)
	}
	r.Group(func(r chi.Router) { // signed addresses
		r.Get(objects.Prefix+"status/{id}", s.status)
		r.Get(objects.Prefix+"events/{id}", s.eventsBySignature)
		r.Put(objects.Prefix+"uploads/{id}", s.put)
		r.Get(objects.Prefix+"results/{id}/{name}", s.result)
	})
	r.Group(func(r chi.Router) {
		r.Use(s.authorize)
		if !s.cfg.OpenMetrics {
			r.Method(http.MethodGet, "/metrics", s.metrics.handler)
		}
		r.Get("/video/upload-request/zip", s.grantUpload)
		r.With(s.replayAnswers).Post("/video/build", s.buildVideo)
		r.With(s.replayAnswers).Post("/text-to-speech/{format}", s.textToSpeech)
		r.Get("/presentation/{ext}/upload-request", s.presentation)
		r.Post("/presentation/{ext}/{upload}/import", s.presentation)
		r.Post("/presentation/{ext}/{upload}/{conversion}/build", s.presentation)
		r.Get("/voices", s.voices)
		r.Get("/account/credits", s.credits)
		r.With(s.replayAnswers).Post("/v1/builds", s.createBuild)
		r.Get("/v1/builds", s.listBuilds)
		r.With(s.refuseQuery).Get("/v1/builds/{id}", s.getBuild)
		r.With(s.refuseQuery).Delete("/v1/builds/{id}", s.deleteBuild)
		r.With(s.refuseQuery).Get("/v1/builds/{id}/events", s.events)
		r.With(s.refuseQuery).Post("/v1/builds/{id}/cancel", s.cancelBuild)
		r.Post("/v1/check", s.check)
		r.With(s.refuseQuery).Get("/v1/voices", s.voices)
		r.With(s.refuseQuery).Get("/v1/voices/{name}/sample", s.sample)
	})
	return s.observe(r, s.cors())
}

// allowed lists the methods that an address takes.
func allowedMethods(routes chi.Routes, path string) []string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		get := m
		if m == http.MethodHead {
			get = http.MethodGet
		}
		if routes.Match(chi.NewRouteContext(), get, path) {
			out = append(out, m)
		}
	}
	return out
}

// cors lets the scripts of web pages of some origins call all routes, signed addresses too.
func (s *Server) cors() func(http.Handler) http.Handler {
	if len(s.cfg.Origins) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	const hour = 3600
	return cors.Handler(cors.Options{
		AllowedOrigins: s.cfg.Origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowedHeaders: []string{"Accept", "Authorization", "Content-Encoding", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Range", "X-Api-Key"},
		ExposedHeaders: []string{
			"Allow", "Content-Disposition", "Content-Length", "Content-Range", "ETag", "Idempotency-Replayed", "Location", "Retry-After",
			"X-Duration-Seconds", "X-Mynah-Warning", "X-Request-Id",
		},
		MaxAge: hour,
	})
}

// newID gives a new id: ULIDs sort by time.
func newID() string { return ulid.Make().String() }

// base gives the address under which clients reach the server.
func (s *Server) baseURL(r *http.Request) (*url.URL, error) {
	if s.cfg.PublicURL != "" {
		return url.Parse(s.cfg.PublicURL)
	}
	u := &url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	if again, err := url.Parse(u.String()); err != nil || again.Host != r.Host || r.Host == "" || again.User != nil {
		return nil, fault.New(fault.Usage, nil, "the Host header is not a host")
	}
	return u, nil
}

// statusTTL is longer than any record lives: the record decides.
const statusTTL = 10 * 365 * 24 * time.Hour

// task answers that a build is worked on.
func (s *Server) answerTask(w http.ResponseWriter, r *http.Request, id string) {
	base, err := s.baseURL(r)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	u, err := s.o.Objects.Sign(r.Context(), base, http.MethodGet, "status/"+id, "", statusTTL)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerJSON(w, r, http.StatusOK, api.Task{StatusURL: u, TaskID: id, RequestID: requestID(r)})
}
