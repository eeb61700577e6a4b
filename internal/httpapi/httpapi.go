// Package httpapi is the REST server: it decodes requests, calls the services of the server, and
// encodes answers. The wire protocol is defined here and in package api. It renders nothing,
// starts no programs and contains no SQL.
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
	"mynah/internal/turns"
)

// Config contains the settings of the REST server.
type Config struct {
	// PublicURL is the base of all URLs in answers; if it is empty, the host of each request is
	// used.
	PublicURL string
	// MaxUpload is the maximum size of an archive in bytes.
	MaxUpload int64
	// UploadTTL and ResultTTL are how long signed URLs are valid.
	UploadTTL, ResultTTL time.Duration
	// Keep is how long the results of a build are kept after its end.
	Keep time.Duration
	// StrictVoices refuses speech requests with an unknown voice instead of using another voice.
	StrictVoices bool
	// OpenMetrics serves /metrics without a key.
	OpenMetrics bool
	// Origins are the origins of web pages that may call this server; "*" allows any.
	Origins []string
	// Streams is the number of streamed speech requests processed at once; 0 means one per core.
	Streams int
	// PlainSources allows http URLs for zip-url, for tests and private networks.
	PlainSources bool
	Version      api.Version
}

// DefaultConfig returns the default settings, as documented in docs/api.md.
func DefaultConfig() Config {
	return Config{MaxUpload: 1 << 30, UploadTTL: time.Hour, ResultTTL: 24 * time.Hour, Keep: 24 * time.Hour}
}

// Validate reports all errors at once.
func (c Config) Validate() error {
	var errs []error
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" ||
			u.Fragment != "" || u.User != nil {
			errs = append(errs, fmt.Errorf("public-url: %q, must be like https://mynah.example.com", c.PublicURL))
		}
	}
	for _, o := range c.Origins {
		u, err := url.Parse(o)
		if o != "*" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
			strings.TrimPrefix(o, u.Scheme+"://"+u.Host) != "") {
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

// Records are the methods of the store that this package needs in addition to those for builds.
type Records interface {
	record.Store
	AddUpload(ctx context.Context, tenant, id string) error
	HasUpload(ctx context.Context, tenant, id string) (bool, error)
	RecordPoll(ctx context.Context, b record.Build) error
	DeleteBuild(ctx context.Context, id string) error
	CountBuilds(ctx context.Context) (map[record.State]int, error)
	CountTenantBuilds(ctx context.Context, tenant string) (map[record.State]int, error)
	ReadUsage(ctx context.Context, tenant string) (month string, characters map[string]int64, err error)
	BeginAnswer(ctx context.Context, tenant, key string, body []byte) (fresh, same bool, answer *record.Answer, err error)
	FinishAnswer(ctx context.Context, tenant, key string, answer *record.Answer) error
}

// Desk answers requests that need no build, in a cell of the tenant.
type Desk interface {
	CheckProject(ctx context.Context, tenant string, spec record.Spec) ([]api.Diagnostic, error)
	// DrawSnapshot draws a scene, from 1, or a contact sheet for 0, as PNG. seconds is the time in the scene; nil means
	// its middle. The findings contain errors if there is no picture.
	DrawSnapshot(ctx context.Context, tenant string, spec record.Spec, scene int, seconds *float64) ([]byte, []api.Diagnostic, error)
	Speak(ctx context.Context, tenant, text string, s *record.SpeechSpec) (record.Spoken, []string, error)
	ListVoices(ctx context.Context, tenant string) ([]api.Voice, error)
	// CheckSpeechSpec returns an error for invalid speech properties, and reports whether the voice is
	// known, with similar names if it is not.
	CheckSpeechSpec(ctx context.Context, tenant string, s *record.SpeechSpec) (near []string, known bool, err error)
	// WriteVoiceSample writes a sample of a voice as MP3; ok is false for an unknown voice.
	WriteVoiceSample(ctx context.Context, tenant, voice string, w io.Writer) (ok bool, err error)
}

// Services are the parts of the server that handlers use.
type Services struct {
	Records Records
	Objects *objects.Store
	Guard   *auth.Guard
	Desk    Desk
	// Budgets are the engines that are paid for, with the characters that a tenant may have spoken in a month; 0 means
	// no limit.
	Budgets map[string]int64
	// Cancel stops a running build.
	Cancel func(id string)
	// Ready reports whether the server can build; the values of checks are "ok" or a sentence.
	Ready func(ctx context.Context) (checks map[string]string, ok bool)
	Log   *slog.Logger
}

// Server is the handler of all routes.
type Server struct {
	cfg     Config
	o       Services
	metrics *metrics
	streams *turns.Queue // of streamed speech
	desks   *turns.Queue // of interactive requests
	now     func() time.Time
}

// longestWait is the maximum time that a request for speech, a check or a picture waits for its turn.
const longestWait = 20 * time.Second

// New creates the handler; cfg must be valid.
func New(cfg Config, o Services) *Server {
	streams := cmp.Or(cfg.Streams, runtime.NumCPU())
	return &Server{
		cfg: cfg, o: o, metrics: newMetrics(o),
		streams: turns.New(turns.Config{Most: streams, Longest: longestWait}),
		desks:   turns.New(turns.Config{Most: 2 * streams, Longest: longestWait}),
		now:     time.Now,
	}
}

// Handler returns the handler of all routes.
func (s *Server) Handler() http.Handler {
	r := chi.NewRouter()
	routes := r
	r.Use(middleware.GetHead)
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, objects.Prefix) {
			s.refuseLink(w, r)
			return
		}
		s.answerProblem(w, r, http.StatusNotFound, "not-found", "This address does not exist")
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, objects.Prefix) {
			s.refuseLink(w, r)
			return
		}
		w.Header().Set("Allow", strings.Join(listAllowedMethods(routes, r.URL.Path), ", "))
		s.answerProblem(w, r, http.StatusMethodNotAllowed, "method-not-allowed",
			"This address does not support the method "+r.Method)
	})
	r.Get("/healthz", s.answerHealthz)
	r.Get("/readyz", s.answerReadyz)
	r.Get("/version", s.answerVersion)
	r.Get("/openapi.json", s.answerOpenAPI)
	if s.cfg.OpenMetrics {
		r.Method(http.MethodGet, "/metrics", s.metrics.handler)
	}
	r.Group(func(r chi.Router) { // signed URLs
		r.Get(objects.Prefix+"status/{id}", s.answerStatus)
		r.Get(objects.Prefix+"events/{id}", s.sendEventsBySignature)
		r.Put(objects.Prefix+"uploads/{id}", s.storeUpload)
		r.Get(objects.Prefix+"results/{id}/{attempt}/{name}", s.sendResultFile)
		s.routeEarlierResults(r)
	})
	r.Group(func(r chi.Router) {
		r.Use(s.requireKey)
		if !s.cfg.OpenMetrics {
			r.Method(http.MethodGet, "/metrics", s.metrics.handler)
		}
		r.Get("/video/upload-request/zip", s.grantUpload)
		r.With(s.replayAnswers).Post("/video/build", s.startBuildOfUpload)
		r.With(s.replayAnswers).Post("/text-to-speech/{format}", s.speakAndAnswer)
		r.Get("/presentation/{ext}/upload-request", s.refusePresentations)
		r.Post("/presentation/{ext}/{upload}/import", s.refusePresentations)
		r.Post("/presentation/{ext}/{upload}/{conversion}/build", s.refusePresentations)
		r.Get("/voices", s.answerVoices)
		r.Get("/account/credits", s.answerCredits)
		r.With(s.replayAnswers).Post("/v1/builds", s.createBuild)
		r.Get("/v1/builds", s.listBuilds)
		r.With(s.refuseQueryParameters).Get("/v1/builds/{id}", s.getBuild)
		r.With(s.refuseQueryParameters).Delete("/v1/builds/{id}", s.deleteBuild)
		r.With(s.refuseQueryParameters).Get("/v1/builds/{id}/events", s.sendEvents)
		r.With(s.refuseQueryParameters).Post("/v1/builds/{id}/cancel", s.cancelBuild)
		r.Post("/v1/check", s.answerCheck)
		r.Post("/v1/snapshot", s.answerSnapshot)
		r.Post("/v1/say", s.sayText)
		r.With(s.refuseQueryParameters).Get("/v1/usage", s.answerUsage)
		r.With(s.refuseQueryParameters).Get("/v1/voices", s.answerVoices)
		r.With(s.refuseQueryParameters).Get("/v1/voices/{name}/sample", s.answerVoiceSample)
	})
	return s.observeRequests(r, s.newCORS())
}

// listAllowedMethods lists the methods of the routes at a path.
func listAllowedMethods(routes chi.Routes, path string) []string {
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

// newCORS allows scripts of web pages from Config.Origins to call all routes, including signed URLs.
func (s *Server) newCORS() func(http.Handler) http.Handler {
	if len(s.cfg.Origins) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	const hour = 3600
	return cors.Handler(cors.Options{
		AllowedOrigins: s.cfg.Origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowedHeaders: []string{
			"Accept", "Authorization", "Content-Encoding", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Range",
			"X-Api-Key",
		},
		ExposedHeaders: []string{
			"Allow", "Content-Disposition", "Content-Length", "Content-Range", "ETag", "Idempotency-Replayed", "Location", "Retry-After",
			"X-Duration-Seconds", "X-Mynah-Warning", "X-Request-Id",
		},
		MaxAge: hour,
	})
}

// newID returns a new id. ULIDs sort by time.
func newID() string { return ulid.Make().String() }

// makeBaseURL returns the URL under which clients reach the server.
func (s *Server) makeBaseURL(r *http.Request) (*url.URL, error) {
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

// statusTTL is longer than any record is kept: the record decides.
const statusTTL = 10 * 365 * 24 * time.Hour

// answerTask answers with the task of a build.
func (s *Server) answerTask(w http.ResponseWriter, r *http.Request, id string) {
	base, err := s.makeBaseURL(r)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	u, err := s.o.Objects.SignURL(r.Context(), base, http.MethodGet, "status/"+id, "", statusTTL)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerJSON(w, r, http.StatusOK, api.Task{StatusURL: u, TaskID: id, RequestID: findRequestID(r)})
}
