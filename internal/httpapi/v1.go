package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/oklog/ulid/v2"
	"go.yaml.in/yaml/v3"

	"mynah/api"
	"mynah/internal/fault"
	"mynah/internal/objects"
	"mynah/internal/record"
)

// mostText is the maximum size of an inline script, in bytes of its JSON.
const mostText = 2 << 20

// createBuild receives a project in one call, checks it, and starts its build.
func (s *Server) createBuild(w http.ResponseWriter, r *http.Request) {
	if !s.checkQueryOrRefuse(w, r) {
		return
	}
	b := s.newBuild(r, record.Video)
	if !s.readProject(w, r, &b) {
		return
	}
	done, ok := s.waitForDesk(w, r)
	if !ok {
		s.removeUnusedUpload(r, b)
		return
	}
	defer done()
	found, err := s.o.Desk.CheckProject(r.Context(), getCallerIdentity(r).Tenant, b.Spec)
	if err != nil {
		s.removeUnusedUpload(r, b)
		s.answerError(w, r, err)
		return
	}
	if hasErrors(found) {
		s.removeUnusedUpload(r, b)
		s.answerProblem(w, r, http.StatusUnprocessableEntity, "script", "The script has errors", found...)
		return
	}
	b.Warnings = found
	if err := s.o.Records.Create(r.Context(), b); err != nil {
		s.removeUnusedUpload(r, b)
		s.answerError(w, r, err)
		return
	}
	findNoteOrEmpty(r).build = b.ID
	out, err := s.newBuildView(r, b)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	w.Header().Set("Location", out.Links["self"])
	s.answerJSON(w, r, http.StatusAccepted, out)
}

// answerFormError answers that a form cannot be used.
func (s *Server) answerFormError(w http.ResponseWriter, r *http.Request, err error) {
	var b *bodyError
	switch {
	case errors.As(err, &b):
		s.refuseBody(w, r, err)
	case errors.Is(err, objects.ErrTooLarge):
		s.answerProblem(w, r, http.StatusRequestEntityTooLarge, "too-large",
			fmt.Sprintf("The project is over %d bytes", s.cfg.MaxUpload))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, multipart.ErrMessageTooLarge):
		s.answerProblem(w, r, http.StatusBadRequest, "bad-request", "The form is incomplete")
	default:
		s.answerError(w, r, err)
	}
}

// removeUnusedUpload removes the upload of a build that was not started.
func (s *Server) removeUnusedUpload(r *http.Request, b record.Build) {
	if b.Spec.Type == api.ZipUpload {
		_ = s.o.Objects.Delete(context.WithoutCancel(r.Context()), record.MakeUploadKey(b.Spec.Repository)) // otherwise the periodic cleaning removes it
	}
}

func hasErrors(found []api.Diagnostic) bool {
	for _, d := range found {
		if d.Severity == "error" {
			return true
		}
	}
	return false
}

// newBuildView converts a build to its wire form.
func (s *Server) newBuildView(r *http.Request, b record.Build) (api.Build, error) {
	base, err := s.makeBaseURL(r)
	if err != nil {
		return api.Build{}, err
	}
	self := base.JoinPath("/v1/builds/", b.ID).String()
	out := api.Build{
		ID: b.ID, Kind: string(b.Kind), State: string(b.State), Phase: b.Phase, Percent: b.Percent, Message: b.Message, Name: b.Name, Tags: b.Tags,
		Warnings: b.Warnings, Errors: b.Errors, CreatedAt: b.Created,
		Links: map[string]string{"self": self},
	}
	if out.Links["events"], err = s.o.Objects.SignURL(r.Context(), base, http.MethodGet, "events/"+b.ID, "", statusTTL); err != nil {
		return out, err
	}
	now, stop := s.now(), b.Ended
	if stop.IsZero() {
		stop = now
	}
	out.SecondsWaited = stop.Sub(b.Created).Seconds()
	if !b.Started.IsZero() {
		started := b.Started
		out.StartedAt, out.SecondsWaited, out.SecondsWorked = &started, started.Sub(b.Created).Seconds(), stop.Sub(started).Seconds()
	}
	if !b.Ended.IsZero() {
		ended, expires := b.Ended, b.ComputeExpiry(s.cfg.Keep)
		out.EndedAt, out.ExpiresAt = &ended, &expires
	} else {
		out.Links["cancel"] = self + "/cancel"
	}
	st, err := s.newStatus(r.Context(), r, b)
	if err != nil {
		return out, err
	}
	if b.Result != nil && b.State == record.Succeeded {
		out.DurationInSeconds = b.Result.Seconds
	}
	for name, u := range map[string]string{"result": st.Result, "poster": st.Poster} {
		if u != "" {
			out.Links[name] = u
		}
	}
	out.Results = st.Results
	if st.Subtitles != nil {
		out.Links["srt"], out.Links["vtt"] = st.Subtitles.SRT, st.Subtitles.VTT
	}
	return out, nil
}

// findOwnBuild returns the requested build if it belongs to the caller's tenant.
func (s *Server) findOwnBuild(r *http.Request) (record.Build, error) {
	b, err := s.o.Records.Build(r.Context(), chi.URLParam(r, "id"))
	if err == nil && b.Tenant != getCallerIdentity(r).Tenant {
		return record.Build{}, record.ErrNotFound
	}
	findNoteOrEmpty(r).build = b.ID
	return b, err
}

func (s *Server) getBuild(w http.ResponseWriter, r *http.Request) {
	b, err := s.findOwnBuild(r)
	if err == nil {
		err = s.o.Records.RecordPoll(r.Context(), b)
	}
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerBuild(w, r, b)
}

func (s *Server) answerBuild(w http.ResponseWriter, r *http.Request, b record.Build) {
	out, err := s.newBuildView(r, b)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerJSON(w, r, http.StatusOK, out)
}

func (s *Server) listBuilds(w http.ResponseWriter, r *http.Request) {
	f, ok := s.parseFilter(w, r)
	if !ok {
		return
	}
	limit := f.Limit
	f.Limit++
	list, err := s.o.Records.Builds(r.Context(), getCallerIdentity(r).Tenant, f)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	out := api.BuildList{Builds: []api.Build{}}
	if len(list) > limit {
		list = list[:limit]
		out.Next = list[limit-1].ID
	}
	for _, b := range list {
		v, err := s.newBuildView(r, b)
		if err != nil {
			s.answerError(w, r, err)
			return
		}
		out.Builds = append(out.Builds, v)
	}
	s.answerJSON(w, r, http.StatusOK, out)
}

// parseFilter reads the filter of a list of builds from the query.
func (s *Server) parseFilter(w http.ResponseWriter, r *http.Request) (record.Filter, bool) {
	const usual, most = 20, 100
	f := record.Filter{Limit: usual}
	if !s.checkQueryOrRefuse(w, r, "limit", "cursor", "state", "tag", "since") {
		return f, false
	}
	var v invalid
	q := r.URL.Query()
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if f.Limit = n; err != nil || n < 1 || n > most {
			v.addError("?limit", "must be a number from 1 to %d", most)
		}
	}
	if f.Before = q.Get("cursor"); f.Before != "" {
		if _, err := ulid.ParseStrict(f.Before); err != nil {
			v.addError("?cursor", "is not a valid cursor of this list")
		}
	}
	if f.State = record.State(q.Get("state")); f.State != "" && !slices.Contains(record.ListStates(), f.State) {
		v.addError("?state", "must be queued, running, succeeded, failed, cancelled or expired")
	}
	f.Tag = q.Get("tag")
	if text := q.Get("since"); text != "" {
		at, ok := parseTimeOrDate(text)
		if f.Since = at; !ok {
			v.addError("?since", "must be a time such as 2026-11-26T08:00:00Z, or a day such as 2026-11-26")
		}
	}
	return f, !s.refuseInvalid(w, r, v)
}

var errOver = errors.New("the build has already ended")

// cancelBuild stops a build; a finished build stays unchanged.
func (s *Server) cancelBuild(w http.ResponseWriter, r *http.Request) {
	b, err := s.findOwnBuild(r)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	if b, err = s.stopAndRecordCancel(r, b); err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerBuild(w, r, b)
}

func (s *Server) stopAndRecordCancel(r *http.Request, b record.Build) (record.Build, error) {
	after, err := s.o.Records.Update(r.Context(), b.ID, func(b *record.Build) error {
		if b.State.IsOver() {
			return errOver
		}
		b.Message = "Cancelled"
		return b.MoveToState(record.Cancelled, s.now())
	})
	if errors.Is(err, errOver) {
		return s.o.Records.Build(r.Context(), b.ID)
	}
	if err == nil {
		s.o.Cancel(b.ID)
	}
	return after, err
}

// deleteBuild stops a build and removes its results.
func (s *Server) deleteBuild(w http.ResponseWriter, r *http.Request) {
	b, err := s.findOwnBuild(r)
	if err == nil {
		b, err = s.stopAndRecordCancel(r, b)
	}
	if err == nil {
		err = s.o.Records.DeleteBuild(r.Context(), b.ID)
	}
	if err == nil {
		err = s.o.Objects.Delete(r.Context(), b.Result.ListKeys()...)
	}
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// How often an event stream looks for events, and sends a keep-alive comment.
const (
	followEvery = 150 * time.Millisecond
	reassure    = 15 * time.Second
)

// answerCheck answers with the findings of a script.
func (s *Server) answerCheck(w http.ResponseWriter, r *http.Request) {
	b := record.Build{}
	if !s.checkQueryOrRefuse(w, r) || !s.decodeBuild(w, r, &b) {
		return
	}
	done, ok := s.waitForDesk(w, r)
	if !ok {
		return
	}
	defer done()
	found, err := s.o.Desk.CheckProject(r.Context(), getCallerIdentity(r).Tenant, b.Spec)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	out := api.Checked{OK: !hasErrors(found), Diagnostics: found}
	if out.Diagnostics == nil {
		out.Diagnostics = []api.Diagnostic{}
	}
	s.answerJSON(w, r, http.StatusOK, out)
}

func (s *Server) answerVoiceSample(w http.ResponseWriter, r *http.Request) {
	name, err := url.PathUnescape(chi.URLParam(r, "name")) // ENGINE%2FVOICE
	if err != nil {
		name = ""
	}
	tenant := getCallerIdentity(r).Tenant
	_, known, err := s.o.Desk.CheckSpeechSpec(r.Context(), tenant, &record.SpeechSpec{Voice: name})
	if err != nil && fault.CodeOf(err) != fault.Usage {
		s.answerError(w, r, err)
		return
	}
	if err != nil || !known || name == "" {
		s.answerProblem(w, r, http.StatusNotFound, "not-found", "Unknown voice "+strconv.Quote(shortenForAnswer(name)))
		return
	}
	w.Header().Set("Content-Type", chooseContentType(".mp3"))
	w.Header().Set("Cache-Control", "private, max-age=86400")
	out := &flusher{w: w}
	if _, err := s.o.Desk.WriteVoiceSample(r.Context(), tenant, name, out); err != nil {
		if out.n > 0 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Del("Content-Type")
		s.answerError(w, r, err)
	}
}

func (s *Server) answerHealthz(w http.ResponseWriter, r *http.Request) {
	s.answerJSON(w, r, http.StatusOK, api.Health{Status: "ok"})
}

func (s *Server) answerReadyz(w http.ResponseWriter, r *http.Request) {
	checks, ok := s.o.Ready(r.Context())
	h, status := api.Health{Status: "ok", Checks: checks}, http.StatusOK
	if !ok {
		h.Status, status = "not ready", http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "5")
	}
	s.answerJSON(w, r, status, h)
}

func (s *Server) answerVersion(w http.ResponseWriter, r *http.Request) {
	s.answerJSON(w, r, http.StatusOK, s.cfg.Version)
}

// answerOpenAPI gives the OpenAPI document as JSON.
func (s *Server) answerOpenAPI(w http.ResponseWriter, r *http.Request) {
	var doc map[string]any
	if err := yaml.Unmarshal(api.Document, &doc); err != nil {
		s.answerError(w, r, err)
		return
	}
	if base, err := s.makeBaseURL(r); err == nil {
		doc["servers"] = []map[string]string{{"url": base.String()}}
	}
	if _, err := json.Marshal(doc); err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerJSON(w, r, http.StatusOK, doc)
}
