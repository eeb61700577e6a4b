package httpapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"mynah/api"
	"mynah/internal/auth"
	"mynah/internal/objects"
	"mynah/internal/project"
	"mynah/internal/record"
	"mynah/internal/upload"
)

const zipType = "application/zip"

// grantUpload answers a request for an upload with its signed URL.
func (s *Server) grantUpload(w http.ResponseWriter, r *http.Request) {
	id := newID()
	base, err := s.makeBaseURL(r)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	u, err := s.o.Objects.SignURL(r.Context(), base, http.MethodPut, record.MakeUploadKey(id), zipType, s.cfg.UploadTTL)
	if err == nil {
		err = s.o.Records.AddUpload(r.Context(), getCallerIdentity(r).Tenant, id)
	}
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerJSON(w, r, http.StatusOK, api.UploadGrant{URL: u, ContentType: zipType, Repository: id, RepositoryType: api.ZipUpload})
}

// verifySignatureOrRefuse returns the key and content type of a signed URL, or answers with an error.
func (s *Server) verifySignatureOrRefuse(w http.ResponseWriter, r *http.Request) (key, contentType string, ok bool) {
	key, contentType, err := s.o.Objects.VerifyURL(r)
	if err != nil {
		s.refuseLink(w, r)
		return "", "", false
	}
	return key, contentType, true
}

// refuseLink answers that a signed URL was changed, has expired, or is for another use.
func (s *Server) refuseLink(w http.ResponseWriter, r *http.Request) {
	s.answerProblem(w, r, http.StatusForbidden, "forbidden", "This link is not valid or has expired")
}

// uploadTime is the maximum time of an upload.
const uploadTime = 2 * time.Hour

// storeUpload stores an upload.
func (s *Server) storeUpload(w http.ResponseWriter, r *http.Request) {
	key, contentType, ok := s.verifySignatureOrRefuse(w, r)
	if !ok {
		return
	}
	if r.Header.Get("Content-Type") != contentType {
		s.answerProblem(w, r, http.StatusForbidden, "forbidden", "The upload must have the content type "+contentType)
		return
	}
	if r.ContentLength < 0 {
		s.answerProblem(w, r, http.StatusLengthRequired, "length-required", "The upload must have the header Content-Length")
		return
	}
	if r.ContentLength > s.cfg.MaxUpload {
		w.Header().Set("Connection", "close")
		s.answerProblem(w, r, http.StatusRequestEntityTooLarge, "too-large",
			fmt.Sprintf("The upload is larger than %d bytes", s.cfg.MaxUpload))
		return
	}
	body := &sender{r: r.Body}
	_, err := s.o.Objects.Put(r.Context(), key, body, s.cfg.MaxUpload)
	switch {
	case errors.Is(err, objects.ErrTooLarge):
		s.answerProblem(w, r, http.StatusRequestEntityTooLarge, "too-large",
			fmt.Sprintf("The upload is larger than %d bytes", s.cfg.MaxUpload))
	case err != nil && (r.Context().Err() != nil || body.err != nil):
		s.answerProblem(w, r, http.StatusBadRequest, "cut-off", "The upload is incomplete")
	case err != nil:
		s.answerError(w, r, err)
	default:
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
	}
}

// sender is a request body that remembers a read error, to tell it from errors of the server.
type sender struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (s *sender) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// The sentence for URLs without https is upload.HTTPSOnly, which clients compare.
var repositoryName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$`)

// startBuildOfUpload starts a build from an archive.
func (s *Server) startBuildOfUpload(w http.ResponseWriter, r *http.Request) {
	var q api.BuildRequest
	if !s.decodeBody(w, r, 1<<20, &q) {
		return
	}
	wrong := func(format string, args ...any) {
		s.answerProblem(w, r, http.StatusBadRequest, "bad-request", fmt.Sprintf(format, args...))
	}
	if project.IsPresentationName(q.Source) { // checked first: no upload could change it
		s.refuseDecks(w, r)
		return
	}
	if q.Repository == "" {
		wrong("repository is missing")
		return
	}
	switch q.RepositoryType {
	case api.ZipUpload:
		if !s.checkUploadOrRefuse(w, r, q.Repository) {
			return
		}
	case api.ZipURL:
		plain := s.cfg.PlainSources && strings.HasPrefix(q.Repository, "http://")
		if !strings.HasPrefix(q.Repository, "https://") && !plain {
			s.answerProblem(w, r, http.StatusBadRequest, "bad-request", upload.HTTPSOnly)
			return
		}
		if u, err := url.Parse(q.Repository); err != nil || u.Host == "" || u.User != nil {
			wrong("repository must be the URL of an archive")
			return
		}
	case api.GitHub:
		if !repositoryName.MatchString(q.Repository) {
			wrong("repository must be OWNER/NAME for the repository type github")
			return
		}
	case "":
		wrong("repositoryType is missing; allowed: %s (from the answer to the upload request), zip-url or github",
			api.ZipUpload)
		return
	default:
		wrong("unknown repositoryType %q; allowed: %s (from the answer to the upload request), zip-url or github",
			shortenForAnswer(q.RepositoryType), api.ZipUpload)
		return
	}
	if !isSourceName(q.Source) {
		wrong("source must be the path of a script inside the archive")
		return
	}
	b := s.newBuild(r, record.Video)
	b.Spec = record.Spec{Type: q.RepositoryType, Repository: q.Repository, Token: q.Token, SHA: q.SHA, Source: q.Source}
	s.startBuild(w, r, b)
}

func shortenForAnswer(v string) string {
	if r := []rune(v); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return v
}

// isSourceName reports whether a path can be a script in an archive.
func isSourceName(name string) bool {
	if name == "" {
		return true
	}
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	return len(name) <= 1024 && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) &&
		!path.IsAbs(clean) && clean != ".." && !strings.HasPrefix(clean, "../")
}

// checkUploadOrRefuse reports whether an upload was granted and has arrived; otherwise it answers with an
// error.
func (s *Server) checkUploadOrRefuse(w http.ResponseWriter, r *http.Request, id string) bool {
	granted, err := s.o.Records.HasUpload(r.Context(), getCallerIdentity(r).Tenant, id)
	if err != nil {
		s.answerError(w, r, err)
		return false
	}
	if !granted {
		s.answerProblem(w, r, http.StatusBadRequest, "no-such-upload",
			"repository is not an upload of this server, or the upload has expired; request an upload first")
		return false
	}
	_, there, err := s.o.Objects.ReadAttributes(r.Context(), record.MakeUploadKey(id))
	if err != nil {
		s.answerError(w, r, err)
		return false
	}
	if !there {
		s.answerProblem(w, r, http.StatusBadRequest, "not-uploaded",
			"Nothing was uploaded to this repository; PUT the archive to the url of the upload's answer first")
	}
	return there
}

func (s *Server) newBuild(r *http.Request, kind record.Kind) record.Build {
	id := getCallerIdentity(r)
	return record.Build{
		ID: newID(), Tenant: id.Tenant, Key: id.Key, Kind: kind, State: record.Queued, Message: "Waiting", Created: s.now().UTC(),
	}
}

// startBuild stores a build and answers with its task.
func (s *Server) startBuild(w http.ResponseWriter, r *http.Request, b record.Build) {
	if err := s.o.Records.Create(r.Context(), b); err != nil {
		s.answerError(w, r, err)
		return
	}
	findNoteOrEmpty(r).build = b.ID
	s.answerTask(w, r, b.ID)
}

// answerStatus answers a poll with the state of a build.
func (s *Server) answerStatus(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := s.verifySignatureOrRefuse(w, r); !ok {
		return
	}
	b, err := s.o.Records.Build(r.Context(), chi.URLParam(r, "id"))
	if errors.Is(err, record.ErrNotFound) || err == nil && b.State == record.Expired {
		s.answerJSON(w, r, http.StatusNotFound, api.Status{Finished: true, Percent: 100, Message: "This task does not exist or has expired"})
		return
	}
	if err == nil {
		err = s.o.Records.RecordPoll(r.Context(), b)
	}
	var st api.Status
	if err == nil {
		st, err = s.newStatus(r.Context(), r, b)
	}
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerJSON(w, r, http.StatusOK, st)
}

// chooseContentType returns the content type of a result by its extension.
func chooseContentType(name string) string {
	t, ok := map[string]string{
		".mp4": "video/mp4", ".jpg": "image/jpeg", ".srt": "application/x-subrip", ".vtt": "text/vtt; charset=utf-8",
		".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".wav": "audio/wav", ".zip": zipType,
	}[path.Ext(name)]
	if !ok {
		return "application/octet-stream"
	}
	return t
}

// routeEarlierResults serves results of versions that did not number the attempts, until they expire.
func (s *Server) routeEarlierResults(r chi.Router) {
	r.Get(objects.Prefix+record.ResultPrefix+"{id}/{name}", s.sendResultFile)
}

// sendResultFile sends a file of a build's result. It uses only the build's record.
func (s *Server) sendResultFile(w http.ResponseWriter, r *http.Request) {
	key, _, ok := s.verifySignatureOrRefuse(w, r)
	if !ok {
		return
	}
	b, err := s.o.Records.Build(r.Context(), chi.URLParam(r, "id"))
	gone := errors.Is(err, record.ErrNotFound)
	if err != nil && !gone {
		s.answerError(w, r, err)
		return
	}
	there := false
	for _, k := range b.Result.ListKeys() {
		there = there || k == key && b.State == record.Succeeded
	}
	a, ok, err := s.o.Objects.ReadAttributes(r.Context(), key)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	if gone || !there || !ok {
		s.answerProblem(w, r, http.StatusNotFound, "not-found", "This result has expired")
		return
	}
	f, err := s.o.Objects.OpenAt(r.Context(), key)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	defer func() { _ = f.Close() }()
	name := path.Base(key)
	h := w.Header()
	h.Set("Content-Type", chooseContentType(name))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": chooseDownloadName(b.Name, name)}))
	h.Set("ETag", a.ETag)
	h.Set("Cache-Control", "private, max-age=3600")
	out := &rangeWriter{ResponseWriter: w}
	http.ServeContent(out, r, name, a.Modified, f)
	if out.refused {
		for _, name := range []string{"Content-Disposition", "ETag", "Content-Type", "Last-Modified"} {
			h.Del(name)
		}
		h.Set("Cache-Control", "no-store")
		s.answerProblem(w, r, http.StatusRequestedRangeNotSatisfiable, "bad-range",
			"The range is outside the file; see Content-Range")
	}
}

// chooseDownloadName returns the file name of a result for downloads: that of its build if it has one.
func chooseDownloadName(name, file string) string {
	if name == "" {
		return file
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/\\:*?\"<>|", r) {
			return '-'
		}
		return r
	}, name) + path.Ext(file)
}

// rangeWriter replaces the answer of net/http to an unsatisfiable range.
type rangeWriter struct {
	http.ResponseWriter
	refused bool
}

// WriteHeader implements http.ResponseWriter.
func (w *rangeWriter) WriteHeader(status int) {
	if w.refused = status == http.StatusRequestedRangeNotSatisfiable; !w.refused {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write implements io.Writer.
func (w *rangeWriter) Write(b []byte) (int, error) {
	if w.refused {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// ReadFrom implements io.ReaderFrom, so that the kernel can send files.
func (w *rangeWriter) ReadFrom(r io.Reader) (int64, error) {
	if w.refused {
		return io.Copy(io.Discard, r)
	}
	return io.Copy(w.ResponseWriter, r)
}

// refusePresentations answers the routes for presentations, which are not supported.
func (s *Server) refusePresentations(w http.ResponseWriter, r *http.Request) {
	if ext := chi.URLParam(r, "ext"); !project.IsPresentationName("." + ext) {
		s.answerProblem(w, r, http.StatusBadRequest, "bad-request",
			"The kind of presentation "+strconv.Quote(shortenForAnswer(ext))+" is not supported; use pptx, ppt, odp or pdf")
		return
	}
	s.refuseDecks(w, r)
}

func (s *Server) answerVoices(w http.ResponseWriter, r *http.Request) {
	voices, err := s.o.Desk.ListVoices(r.Context(), getCallerIdentity(r).Tenant)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.answerJSON(w, r, http.StatusOK, voices)
}

// manyCredits is the number of credits of every account: they are not counted.
const manyCredits = 1_000_000_000

func (s *Server) answerCredits(w http.ResponseWriter, r *http.Request) {
	id := getCallerIdentity(r)
	billing := id.Tenant
	if billing == auth.DefaultTenant {
		billing = "selfhosted"
	}
	s.answerJSON(w, r, http.StatusOK, api.Credits{
		CreditSeconds: manyCredits, RequestID: findRequestID(r), Identity: id.Key,
		BillingID: billing, Plan: "SELFHOSTED",
	})
}

// The maximum lengths of texts to speak.
const (
	mostStreamed = 1024    // characters
	mostPolled   = 1 << 20 // bytes
)
