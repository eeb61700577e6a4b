package httpapi

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/oklog/ulid/v2"
	"go.yaml.in/yaml/v3"

	"mynah/api"
	"mynah/internal/build"
	"mynah/internal/objects"
	"mynah/internal/script"
)

// mostText is the longest inline script, in bytes of its JSON.
const mostText = 2 << 20

// createBuild takes a project in one call, checks it, and starts its build.
func (s *Server) createBuild(w http.ResponseWriter, r *http.Request) {
	if !s.knownQuery(w, r) {
		return
	}
	b := s.newBuild(r, build.Video)
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "multipart/form-data":
		var wrong invalid
		if err := s.form(r, multipart.NewReader(r.Body, params["boundary"]), &b, &wrong); err != nil {
			s.drop(r, b)
			s.refused(w, r, err)
			return
		}
		if len(wrong) > 0 {
			s.drop(r, b)
			s.refuse(w, r, wrong)
			return
		}
	case "application/json", "":
		if !s.fromJSON(w, r, &b) {
			return
		}
	default:
		s.problem(w, r, http.StatusUnsupportedMediaType, "unsupported-type", "The content type must be multipart/form-data or application/json")
		return
	}
	if script.IsDeck(b.Spec.Source) {
		s.drop(r, b)
		s.noDecks(w, r)
		return
	}
	found, err := s.o.Desk.Check(r.Context(), b.Spec)
	if err != nil {
		s.drop(r, b)
		s.fail(w, r, err)
		return
	}
	if wrong(found) {
		s.drop(r, b)
		s.problem(w, r, http.StatusUnprocessableEntity, "script", "The script is wrong", found...)
		return
	}
	b.Warnings = found
	if err := s.o.Records.Create(r.Context(), b); err != nil {
		s.drop(r, b)
		s.fail(w, r, err)
		return
	}
	noteOf(r).build = b.ID
	out, err := s.view(r, b)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Location", out.Links["self"])
	s.json(w, r, http.StatusAccepted, out)
}

// refused answers that a form cannot be used.
func (s *Server) refused(w http.ResponseWriter, r *http.Request, err error) {
	var b *bodyError
	switch {
	case errors.As(err, &b):
		s.bad(w, r, err)
	case errors.Is(err, objects.ErrTooLarge):
		s.problem(w, r, http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("The project is over %d bytes", s.cfg.MaxUpload))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, multipart.ErrMessageTooLarge):
		s.problem(w, r, http.StatusBadRequest, "bad-request", "The form is not whole")
	default:
		s.fail(w, r, err)
	}
}

// drop removes the upload of a build that was not started.
func (s *Server) drop(r *http.Request, b build.Build) {
	if b.Spec.Type == api.ZipUpload {
		_ = s.o.Objects.Delete(context.WithoutCancel(r.Context()), build.UploadKey(b.Spec.Repository)) // else the janitor finds it
	}
}

func wrong(found []api.Diagnostic) bool {
	for _, d := range found {
		if d.Severity == "error" {
			return true
		}
	}
	return false
}

// form reads a project from a form: a zip named project, or files that are named.
func (s *Server) form(r *http.Request, parts *multipart.Reader, b *build.Build, wrong *invalid) error {
	id := newID()
	if err := s.o.Records.AddUpload(r.Context(), b.Tenant, id); err != nil {
		return err
	}
	b.Spec.Type, b.Spec.Repository = api.ZipUpload, id
	files := &bundle{limit: s.cfg.MaxUpload}
	defer files.close()
	project, fields := false, newBuildFields{b, wrong}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &bodyError{http.StatusBadRequest, "The body is not a whole multipart/form-data"}
		}
		// What cannot be read is the sender's fault, what else goes wrong is ours.
		p, name := &sender{r: part}, part.FormName()
		switch {
		case name == "project" && part.FileName() == "":
			wrong.add("/project", "must be a file, a zip")
		case name == "project" && !project && files.zip == nil && isZip(part.FileName()):
			project = true
			_, err = s.o.Objects.Put(r.Context(), build.UploadKey(id), p, s.cfg.MaxUpload)
		case part.FileName() != "":
			file := formFile(part)
			switch {
			case project:
				return &bodyError{http.StatusBadRequest, "A form holds either one zip named project or files"}
			case len(file) > mostName || strings.HasSuffix(file, "/") || !utf8.ValidString(file):
				return &bodyError{http.StatusBadRequest, fmt.Sprintf("%q cannot be the name of a file", short(file))}
			}
			err = files.add(file, p)
		default:
			var text []byte
			if text, err = io.ReadAll(io.LimitReader(p, mostText)); err == nil {
				fields.field(name, string(text))
			}
		}
		if p.err != nil {
			return &bodyError{http.StatusBadRequest, "The form is not whole"}
		}
		if err != nil {
			return err
		}
	}
	if b.Spec.Text != "" && !project {
		if err := files.add("script.md", strings.NewReader(b.Spec.Text)); err != nil {
			return err
		}
		b.Spec.Text, b.Spec.Source = "", "script.md"
	}
	switch {
	case project && b.Spec.Text != "":
		wrong.add("/script", "cannot go with a zip: name the script in it as source")
	case project || len(*wrong) > 0:
	case files.zip == nil:
		return &bodyError{http.StatusBadRequest, "The form holds no project: send a zip as project, files, or a script"}
	}
	if project || files.zip == nil {
		return nil
	}
	f, err := files.whole()
	if err == nil {
		_, err = s.o.Objects.Put(r.Context(), build.UploadKey(id), f, 0)
	}
	return err
}

// mostName is the longest name of a file, in bytes.
const mostName = 1024

func isZip(name string) bool { return path.Ext(name) == ".zip" }

// formFile gives the name of a file with its folders, which FileName leaves out.
func formFile(p *multipart.Part) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil || params["filename"] == "" {
		return p.FileName()
	}
	return params["filename"]
}

// bundle gathers files into an archive on disk.
type bundle struct {
	file  *os.File
	zip   *zip.Writer
	limit int64
}

func (u *bundle) add(name string, r io.Reader) error {
	if u.zip == nil {
		f, err := os.CreateTemp("", "mynah-form-*")
		if err != nil {
			return err
		}
		_ = os.Remove(f.Name()) // it lives as long as it is open
		u.file, u.zip = f, zip.NewWriter(f)
	}
	w, err := u.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	n, err := io.Copy(w, io.LimitReader(r, u.limit+1))
	if u.limit -= n; u.limit < 0 && err == nil {
		err = objects.ErrTooLarge
	}
	return err
}

// whole gives the archive, from its beginning.
func (u *bundle) whole() (io.Reader, error) {
	if err := u.zip.Close(); err != nil {
		return nil, err
	}
	_, err := u.file.Seek(0, io.SeekStart)
	return u.file, err
}

func (u *bundle) close() {
	if u.file != nil {
		_ = u.file.Close()
	}
}

// view gives a build's wire form.
func (s *Server) view(r *http.Request, b build.Build) (api.Build, error) {
	base, err := s.base(r)
	if err != nil {
		return api.Build{}, err
	}
	self := base.JoinPath("/v1/builds/", b.ID).String()
	out := api.Build{
		ID: b.ID, Kind: string(b.Kind), State: string(b.State), Phase: b.Phase, Percent: b.Percent, Message: b.Message, Name: b.Name, Tags: b.Tags,
		Warnings: b.Warnings, Errors: b.Errors, CreatedAt: b.Created,
		Links: map[string]string{"self": self},
	}
	if out.Links["events"], err = s.o.Objects.Sign(r.Context(), base, http.MethodGet, "events/"+b.ID, "", statusTTL); err != nil {
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
		ended, expires := b.Ended, b.Expires(s.cfg.Keep)
		out.EndedAt, out.ExpiresAt = &ended, &expires
	} else {
		out.Links["cancel"] = self + "/cancel"
	}
	st, err := s.statusOf(r.Context(), r, b)
	if err != nil {
		return out, err
	}
	if b.Result != nil && b.State == build.Succeeded {
		out.DurationInSeconds = b.Result.Seconds
	}
	for name, u := range map[string]string{"result": st.Result, "poster": st.Poster} {
		if u != "" {
			out.Links[name] = u
		}
	}
	if st.Subtitles != nil {
		out.Links["srt"], out.Links["vtt"] = st.Subtitles.SRT, st.Subtitles.VTT
	}
	return out, nil
}

// mine gives a build of the caller's tenant.
func (s *Server) mine(r *http.Request) (build.Build, error) {
	b, err := s.o.Records.Build(r.Context(), chi.URLParam(r, "id"))
	if err == nil && b.Tenant != identity(r).Tenant {
		return build.Build{}, build.ErrNotFound
	}
	noteOf(r).build = b.ID
	return b, err
}

func (s *Server) getBuild(w http.ResponseWriter, r *http.Request) {
	b, err := s.mine(r)
	if err == nil {
		err = s.o.Records.Poll(r.Context(), b)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, b)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, b build.Build) {
	out, err := s.view(r, b)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.json(w, r, http.StatusOK, out)
}

func (s *Server) listBuilds(w http.ResponseWriter, r *http.Request) {
	f, ok := s.filter(w, r)
	if !ok {
		return
	}
	limit := f.Limit
	f.Limit++
	list, err := s.o.Records.Builds(r.Context(), identity(r).Tenant, f)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := api.BuildList{Builds: []api.Build{}}
	if len(list) > limit {
		list = list[:limit]
		out.Next = list[limit-1].ID
	}
	for _, b := range list {
		v, err := s.view(r, b)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		out.Builds = append(out.Builds, v)
	}
	s.json(w, r, http.StatusOK, out)
}

// filter reads which builds are wanted.
func (s *Server) filter(w http.ResponseWriter, r *http.Request) (build.Filter, bool) {
	const usual, most = 20, 100
	f := build.Filter{Limit: usual}
	if !s.knownQuery(w, r, "limit", "cursor", "state", "tag", "since") {
		return f, false
	}
	var v invalid
	q := r.URL.Query()
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if f.Limit = n; err != nil || n < 1 || n > most {
			v.add("?limit", "must be a number from 1 to %d", most)
		}
	}
	if f.Before = q.Get("cursor"); f.Before != "" {
		if _, err := ulid.ParseStrict(f.Before); err != nil {
			v.add("?cursor", "is not a cursor of this list")
		}
	}
	if f.State = build.State(q.Get("state")); f.State != "" && !slices.Contains(build.States(), f.State) {
		v.add("?state", "must be queued, running, succeeded, failed, cancelled or expired")
	}
	f.Tag = q.Get("tag")
	if text := q.Get("since"); text != "" {
		at, ok := since(text)
		if f.Since = at; !ok {
			v.add("?since", "must be a time such as 2026-11-26T08:00:00Z, or a day such as 2026-11-26")
		}
	}
	return f, !s.refuse(w, r, v)
}

var errOver = errors.New("the build is over")

// cancelBuild stops a build; one that is over stays what it is.
func (s *Server) cancelBuild(w http.ResponseWriter, r *http.Request) {
	b, err := s.mine(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if b, err = s.cancel(r, b); err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, b)
}

func (s *Server) cancel(r *http.Request, b build.Build) (build.Build, error) {
	after, err := s.o.Records.Update(r.Context(), b.ID, func(b *build.Build) error {
		if b.State.Over() {
			return errOver
		}
		b.Message = "Cancelled"
		return b.Move(build.Cancelled, s.now())
	})
	if errors.Is(err, errOver) {
		return s.o.Records.Build(r.Context(), b.ID)
	}
	if err == nil {
		s.o.Cancel(b.ID)
	}
	return after, err
}

// deleteBuild stops a build and removes what is stored of it.
func (s *Server) deleteBuild(w http.ResponseWriter, r *http.Request) {
	b, err := s.mine(r)
	if err == nil {
		b, err = s.cancel(r, b)
	}
	if err == nil {
		err = s.o.Records.Delete(r.Context(), b.ID)
	}
	if err == nil {
		err = s.o.Objects.Delete(r.Context(), b.Result.Keys()...)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// How often a follower is looked after, and reassured.
const (
	followEvery = 150 * time.Millisecond
	reassure    = 15 * time.Second
)

// events sends what happens to a build as server-sent events, until it is over.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	b, err := s.mine(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.follow(w, r, b)
}

// signedEvents are the same by a signed address, for EventSource of browsers, which sends no
// headers of its own.
func (s *Server) signedEvents(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := s.signed(w, r); !ok {
		return
	}
	b, err := s.o.Records.Build(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.follow(w, r, b)
}

func (s *Server) follow(w http.ResponseWriter, r *http.Request, b build.Build) {
	var last int64
	var err error
	if v := r.Header.Get("Last-Event-ID"); v != "" {
		if last, err = strconv.ParseInt(v, 10, 64); err != nil || last < 0 {
			s.problem(w, r, http.StatusBadRequest, "bad-request", "Last-Event-ID is not a number of an event")
			return
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	out := &flusher{w: w}
	quiet := s.now()
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		// Whether it is over is asked first: what happens between is then sent below.
		b, err = s.o.Records.Build(r.Context(), b.ID)
		if err != nil {
			return
		}
		list, err := s.o.Records.Events(r.Context(), b.ID, last)
		if err != nil {
			return
		}
		for _, e := range list {
			if _, err := fmt.Fprintf(out, "id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Type, e.Data); err != nil {
				return
			}
			last, quiet = e.Seq, s.now()
		}
		if b.State.Over() && len(list) == 0 {
			return
		}
		if s.now().Sub(quiet) >= reassure {
			if _, err := io.WriteString(out, ": still here\n\n"); err != nil {
				return
			}
			quiet = s.now()
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

// check tells what is wrong with a script.
func (s *Server) check(w http.ResponseWriter, r *http.Request) {
	b := build.Build{}
	if !s.knownQuery(w, r) || !s.fromJSON(w, r, &b) {
		return
	}
	found, err := s.o.Desk.Check(r.Context(), b.Spec)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := api.Checked{OK: !wrong(found), Diagnostics: found}
	if out.Diagnostics == nil {
		out.Diagnostics = []api.Diagnostic{}
	}
	s.json(w, r, http.StatusOK, out)
}

func (s *Server) sample(w http.ResponseWriter, r *http.Request) {
	name, err := url.PathUnescape(chi.URLParam(r, "name")) // ENGINE%2FVOICE
	if err != nil {
		name = ""
	}
	if _, known, err := s.o.Desk.Inspect(r.Context(), &build.SpeechSpec{Voice: name}); err != nil || !known || name == "" {
		s.problem(w, r, http.StatusNotFound, "not-found", "There is no voice "+strconv.Quote(short(name)))
		return
	}
	w.Header().Set("Content-Type", contentType(".mp3"))
	w.Header().Set("Cache-Control", "private, max-age=86400")
	out := &flusher{w: w}
	if _, err := s.o.Desk.Sample(r.Context(), name, out); err != nil {
		if out.n > 0 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Del("Content-Type")
		s.fail(w, r, err)
	}
}

func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	s.json(w, r, http.StatusOK, api.Health{Status: "ok"})
}

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	checks, ok := s.o.Ready(r.Context())
	h, status := api.Health{Status: "ok", Checks: checks}, http.StatusOK
	if !ok {
		h.Status, status = "not ready", http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "5")
	}
	s.json(w, r, status, h)
}

func (s *Server) version(w http.ResponseWriter, r *http.Request) {
	s.json(w, r, http.StatusOK, s.cfg.Version)
}

// document gives the OpenAPI document as JSON.
func (s *Server) document(w http.ResponseWriter, r *http.Request) {
	var doc map[string]any
	if err := yaml.Unmarshal(api.Document, &doc); err != nil {
		s.fail(w, r, err)
		return
	}
	if base, err := s.base(r); err == nil {
		doc["servers"] = []map[string]string{{"url": base.String()}}
	}
	if _, err := json.Marshal(doc); err != nil {
		s.fail(w, r, err)
		return
	}
	s.json(w, r, http.StatusOK, doc)
}
