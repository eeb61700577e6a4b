package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"mynah/api"
	"mynah/internal/fault"
	"mynah/internal/record"
	"mynah/internal/turns"
)

// isCompatibleRoute reports whether a route belongs to the compatible family, whose clients read
// message and error of plain JSON.
func isCompatibleRoute(r *http.Request) bool { return !strings.HasPrefix(r.URL.Path, "/v1/") }

// answerJSON answers with a JSON document.
func (s *Server) answerJSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false) // keeps & in URLs readable for shell scripts
	err := e.Encode(v)
	body := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if err != nil {
		s.o.Log.ErrorContext(r.Context(), "an answer cannot be encoded", "error", err)
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// answerProblem answers with an error.
func (s *Server) answerProblem(w http.ResponseWriter, r *http.Request, status int, code, sentence string, found ...api.Diagnostic) {
	drainAndClose(w, r)
	if !isCompatibleRoute(r) {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	s.answerJSON(w, r, status, api.Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: sentence, Code: code,
		Message: sentence, Error: sentence, Errors: found,
	})
}

// refuseDecks answers that presentations are not supported.
func (s *Server) refuseDecks(w http.ResponseWriter, r *http.Request) {
	s.answerProblem(w, r, http.StatusNotImplemented, "presentations-unsupported",
		"Presentations are not supported by this server")
}

// answerError answers with an error; it maps faults to HTTP statuses.
func (s *Server) answerError(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, record.ErrFull) {
		w.Header().Set("Retry-After", "10")
		s.answerProblem(w, r, http.StatusTooManyRequests, "queue-full",
			"This key has too many queued builds; try again when one has ended")
		return
	}
	if errors.Is(err, turns.ErrBusy) {
		w.Header().Set("Retry-After", "20")
		s.answerProblem(w, r, http.StatusServiceUnavailable, "busy",
			"Too many requests are waiting; try again in a moment")
		return
	}
	if errors.Is(err, record.ErrDeck) {
		s.refuseDecks(w, r)
		return
	}
	if errors.Is(err, record.ErrNotFound) {
		s.answerProblem(w, r, http.StatusNotFound, "not-found", "This build does not exist")
		return
	}
	f := fault.From(err)
	status := http.StatusInternalServerError
	switch f.Code {
	case fault.Usage, fault.Input, fault.Script:
		status = http.StatusBadRequest
	case fault.Budget:
		status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", "86400")
	case fault.Cancelled:
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "5")
	default:
		s.o.Log.ErrorContext(r.Context(), "request failed", "error", err, "request", findRequestID(r))
	}
	sentence := f.Public
	if f.Hint != "" && status == http.StatusBadRequest {
		sentence += ": " + f.Hint
	}
	s.answerProblem(w, r, status, string(f.Code), sentence)
}

// bodyError is an error about a request body.
type bodyError struct {
	status   int
	sentence string
}

func (b *bodyError) Error() string { return b.sentence }

// readBody reads a body completely, up to a limit.
func (s *Server) readBody(r *http.Request, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, &bodyError{http.StatusBadRequest, "The request body is incomplete"}
	}
	if int64(len(b)) > limit {
		return nil, &bodyError{
			http.StatusRequestEntityTooLarge,
			fmt.Sprintf("The request body is larger than %d bytes", limit),
		}
	}
	return b, nil
}

// decodeBody reads a JSON object into v. It ignores unknown members and reports wrong types with the
// member's name.
func (s *Server) decodeBody(w http.ResponseWriter, r *http.Request, limit int64, v any) bool {
	b, err := s.readBody(r, limit)
	if err == nil {
		err = unmarshalObject(b, v)
	}
	return err == nil || s.refuseBody(w, r, err)
}

// refuseBody answers that a body cannot be used, and returns false.
func (s *Server) refuseBody(w http.ResponseWriter, r *http.Request, err error) bool {
	b := &bodyError{http.StatusBadRequest, "The request cannot be read"}
	errors.As(err, &b)
	code := "bad-request"
	if b.status == http.StatusRequestEntityTooLarge {
		code = "too-large"
	}
	s.answerProblem(w, r, b.status, code, b.sentence)
	return false
}

func unmarshalObject(b []byte, v any) error {
	trimmed := strings.TrimSpace(string(b))
	if trimmed == "" {
		return &bodyError{http.StatusBadRequest, "The request body is empty; send a JSON object"}
	}
	err := json.Unmarshal(b, v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return &bodyError{
			http.StatusBadRequest,
			fmt.Sprintf("%s must be %s, not %s", wrong.Field, describeJSONType(wrong.Type), wrong.Value),
		}
	}
	if err != nil || !strings.HasPrefix(trimmed, "{") {
		return &bodyError{http.StatusBadRequest, "The request body is not a JSON object"}
	}
	return nil
}

// describeJSONType returns the name of a JSON type with its article.
func describeJSONType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Slice:
		return "a list"
	default:
		return "a number"
	}
}

type contextKey int

const (
	keyRequest contextKey = iota
	keyIdentity
	keyNote
	keyBody
)

func findRequestID(r *http.Request) string {
	id, _ := r.Context().Value(keyRequest).(string)
	return id
}

// newStatus returns the status document of a build.
func (s *Server) newStatus(ctx context.Context, r *http.Request, b record.Build) (api.Status, error) {
	st := api.Status{Finished: b.State.IsOver(), Succeeded: b.State == record.Succeeded, Percent: b.Percent, Message: b.Message}
	if st.Message == "" {
		st.Message = "Waiting"
	}
	if st.Finished {
		st.Percent = 100
	}
	for i, d := range b.Warnings {
		w := newWarning(d)
		if i < len(b.WarningScenes) {
			w.Scene = b.WarningScenes[i]
		}
		st.Warnings = append(st.Warnings, w)
	}
	if !st.Succeeded || b.Result == nil {
		return st, nil
	}
	base, err := s.makeBaseURL(r)
	if err != nil {
		return st, err
	}
	st.DurationInSeconds, st.Voices = int(math.Ceil(b.Result.Seconds)), b.Result.Voices
	var errs []error
	sign := func(key string) string {
		if key == "" {
			return ""
		}
		u, err := s.o.Objects.SignURL(ctx, base, http.MethodGet, key, "", s.cfg.ResultTTL)
		errs = append(errs, err)
		return u
	}
	st.Result, st.Poster = sign(b.Result.Main), sign(b.Result.Poster)
	if len(b.Result.Further) > 0 {
		st.Results = []api.SizedResult{{Size: b.Result.Size, URL: st.Result}}
	}
	for _, f := range b.Result.Further {
		st.Results = append(st.Results, api.SizedResult{Size: f.Size, URL: sign(f.Key)})
	}
	if b.Result.SRT != "" {
		st.Subtitles = &api.Subtitles{SRT: sign(b.Result.SRT), VTT: sign(b.Result.VTT)}
	}
	return st, errors.Join(errs...)
}

func newWarning(d api.Diagnostic) api.Warning {
	w := api.Warning{Type: d.Code, Detail: d.Summary}
	switch {
	case d.File != "" && d.Line == 0:
		w.Detail = d.File + ": " + d.Summary
	case d.File != "":
		w.Detail = fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Summary)
	}
	if w.Type == "" {
		w.Type = "script"
	}
	return w
}
