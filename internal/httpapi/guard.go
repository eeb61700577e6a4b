package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mynah/api"
	"mynah/internal/auth"
	"mynah/internal/fault"
	"mynah/internal/record"
)

// note is what a handler adds to the log entry of a request.
type note struct{ build, key string }

func findNoteOrEmpty(r *http.Request) *note {
	n, _ := r.Context().Value(keyNote).(*note)
	if n == nil {
		return &note{}
	}
	return n
}

// observeRequests gives each request an id, logs and counts it, and turns a panic in a handler into an
// answer. URLs are logged without their queries, which contain signatures.
func (s *Server) observeRequests(routes chi.Router, cors func(http.Handler) http.Handler) http.Handler {
	handler := cors(routes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, id, n := s.now(), newID(), &note{}
		ctx := context.WithValue(context.WithValue(r.Context(), keyRequest, id), keyNote, n)
		rc := chi.NewRouteContext()
		rc.Routes = routes
		r = r.WithContext(context.WithValue(ctx, chi.RouteCtxKey, rc))
		for strings.Contains(r.URL.Path, "//") { // some clients join URLs this way
			r.URL.Path = strings.ReplaceAll(r.URL.Path, "//", "/")
			r.URL.RawPath = ""
		}
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		if b := s.limitBodyTime(ww, r); b != nil {
			r = r.WithContext(context.WithValue(r.Context(), keyBody, b))
		}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				s.o.Log.ErrorContext(ctx, "a handler panicked", "request", id, "panic", p, "stack", string(debug.Stack()))
				if ww.Status() == 0 {
					s.answerProblem(ww, r, http.StatusInternalServerError, "internal", "An internal error occurred")
				}
			}
			route := rc.RoutePattern()
			took := s.now().Sub(start)
			s.metrics.requests.WithLabelValues(route, chooseMethodLabel(r.Method), strconv.Itoa(ww.Status())).Inc()
			s.metrics.seconds.WithLabelValues(route).Observe(took.Seconds())
			level := slog.LevelInfo
			switch {
			case ww.Status() >= http.StatusInternalServerError:
				level = slog.LevelError
			case r.Method == http.MethodGet && ww.Status() < http.StatusBadRequest:
				level = slog.LevelDebug
			}
			s.o.Log.Log(ctx, level, "request", "request", id, "method", r.Method, "route", route, "status", ww.Status(),
				"bytes", ww.BytesWritten(), "took", took.Round(time.Microsecond), "key", n.key, "build", n.build)
		}()
		handler.ServeHTTP(ww, r)
	})
}

// requireKey lets requests through that have a valid key and are within its limits.
func (s *Server) requireKey(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("X-Api-Key")
		if key == "" {
			scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			if strings.EqualFold(scheme, "bearer") {
				key = strings.TrimSpace(rest)
			}
		}
		id, err := s.o.Guard.IdentifyKey(r.Context(), key)
		if errors.Is(err, auth.ErrUnknown) {
			s.refuseWithoutValidKey(w, r, key == "")
			return
		}
		if err != nil {
			s.answerError(w, r, err)
			return
		}
		findNoteOrEmpty(r).key = id.Key
		if wait, ok := s.o.Guard.AdmitRequest(id); !ok {
			w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
			s.answerProblem(w, r, http.StatusTooManyRequests, "too-many-requests", "Too many requests; wait a moment")
			return
		}
		// Answers contain URLs: do nothing if they cannot be made.
		if _, err := s.makeBaseURL(r); err != nil {
			s.answerError(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), keyIdentity, id)))
	})
}

// refuseWithoutValidKey answers a request without a valid key, and closes its connection.
func (s *Server) refuseWithoutValidKey(w http.ResponseWriter, r *http.Request, missing bool) {
	detail := "This key is not known, or was revoked"
	if missing {
		detail = "The header x-api-key is missing"
	}
	w.Header().Set("Connection", "close")
	drainAndClose(w, r)
	p := api.Problem{
		Type: "about:blank", Title: http.StatusText(http.StatusForbidden), Status: http.StatusForbidden, Detail: detail, Code: "forbidden",
		Message: "Forbidden", Error: "Forbidden",
	}
	if !isCompatibleRoute(r) {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	s.answerJSON(w, r, http.StatusForbidden, p)
}

// chooseMethodLabel returns the metrics label of a method: one of a fixed set, since clients can send
// any method.
func chooseMethodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return method
	}
	return "other"
}

func getCallerIdentity(r *http.Request) auth.Identity {
	id, _ := r.Context().Value(keyIdentity).(auth.Identity)
	return id
}

// recorder copies an answer while it is written.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// mostReplayed is the maximum size in bytes of an answer that is kept for repeated requests.
const mostReplayed = 1 << 20

func (c *recorder) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *recorder) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	if c.body.Len() <= mostReplayed { // longer ones are not kept
		c.body.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (c *recorder) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// replayAnswers answers a request with a known Idempotency-Key with the earlier answer.
func (s *Server) replayAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if key == "" {
			next.ServeHTTP(w, r)
			return
		}
		if len(key) > 255 {
			s.answerProblem(w, r, http.StatusBadRequest, "bad-request", "The Idempotency-Key is longer than 255 characters")
			return
		}
		sum, body, err := s.spoolAndHashBody(r)
		if _, ok := fault.As(err); ok {
			s.answerError(w, r, err)
			return
		}
		if err != nil {
			s.refuseBody(w, r, err)
			return
		}
		defer func() { _ = body.Close() }()
		r.Body = body
		who := getCallerIdentity(r)
		ctx := context.WithoutCancel(r.Context())
		fresh, same, answer, err := s.o.Records.BeginAnswer(ctx, who.Tenant, who.Key+" "+key, sum)
		switch {
		case err != nil:
			s.answerError(w, r, err)
		case fresh:
			rec := &recorder{ResponseWriter: w}
			kept := false
			defer func() {
				if !kept {
					_ = s.o.Records.FinishAnswer(ctx, who.Tenant, who.Key+" "+key, nil)
				}
			}()
			next.ServeHTTP(rec, r)
			// Answers that may differ at the next try are not kept.
			if rec.status < http.StatusInternalServerError && rec.status != http.StatusTooManyRequests && rec.body.Len() <= mostReplayed {
				a := &record.Answer{Status: rec.status, Header: map[string]string{}, Body: rec.body.Bytes()}
				for _, h := range []string{"Content-Type", "Location", durationHeader, "X-Mynah-Warning"} {
					if v := w.Header()[h]; len(v) > 0 {
						a.Header[h] = v[0]
					}
				}
				kept = s.o.Records.FinishAnswer(ctx, who.Tenant, who.Key+" "+key, a) == nil
			}
		case !same:
			s.answerProblem(w, r, http.StatusUnprocessableEntity, "idempotency-key-reused",
				"This Idempotency-Key was used for a different request before")
		case answer == nil:
			w.Header().Set("Retry-After", "1")
			s.answerProblem(w, r, http.StatusConflict, "in-flight",
				"The first request with this Idempotency-Key is still in progress")
		default:
			for h, v := range answer.Header {
				w.Header()[h] = []string{v}
			}
			w.Header().Set("Idempotency-Replayed", "true")
			w.WriteHeader(answer.Status)
			_, _ = w.Write(answer.Body) //nolint:gosec // our own answer, with its content type and nosniff
		}
	})
}

// spoolAndHashBody writes a body to disk, and returns a hash of the body and its route.
func (s *Server) spoolAndHashBody(r *http.Request) ([]byte, io.ReadCloser, error) {
	f, err := os.CreateTemp("", "mynah-body-*")
	if err != nil {
		return nil, nil, fault.New(fault.Disk, err, "the request cannot be stored")
	}
	_ = os.Remove(f.Name()) // on Unix the file exists until it is closed
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n"+r.Header.Get("Content-Type")+"\n") // writing to a hash never fails
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(r.Body, s.cfg.MaxUpload+1<<20))
	if err == nil && n >= s.cfg.MaxUpload+1<<20 {
		err = &bodyError{http.StatusRequestEntityTooLarge, "The request body is too large"}
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return h.Sum(nil), f, nil
}

// metrics are the metrics for Prometheus.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	handler  http.Handler
}

func newMetrics(o Services) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(
			prometheus.CounterOpts{Name: "mynah_requests_total", Help: "Requests by route, method and status."},
			[]string{"route", "method", "status"},
		),
		seconds: prometheus.NewHistogramVec(
			prometheus.HistogramOpts{Name: "mynah_request_seconds", Help: "Time to answer by route."}, []string{"route"},
		),
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(
		m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&builds{o},
	)
	m.handler = promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	return m
}

// builds is a collector that counts builds by state.
type builds struct{ o Services }

func (b *builds) newDescription() *prometheus.Desc {
	return prometheus.NewDesc("mynah_builds", "Builds on record by state.", []string{"state"}, nil)
}

// Describe implements prometheus.Collector.
func (b *builds) Describe(c chan<- *prometheus.Desc) { c <- b.newDescription() }

// Collect implements prometheus.Collector.
func (b *builds) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	counts, err := b.o.Records.CountBuilds(ctx)
	if err != nil {
		c <- prometheus.NewInvalidMetric(b.newDescription(), err)
		return
	}
	for _, st := range []record.State{record.Queued, record.Running, record.Succeeded, record.Failed, record.Cancelled, record.Expired} {
		c <- prometheus.MustNewConstMetric(b.newDescription(), prometheus.GaugeValue, float64(counts[st]), string(st))
	}
}
