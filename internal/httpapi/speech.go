package httpapi

import (
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"mynah/internal/record"
	"mynah/internal/turns"
)

// speakAndAnswer speaks the body of the request.
func (s *Server) speakAndAnswer(w http.ResponseWriter, r *http.Request) {
	format := chi.URLParam(r, "format")
	if format != "mp3" && format != "m4a" && format != "wav" {
		s.answerProblem(w, r, http.StatusNotFound, "not-found",
			"The format "+strconv.Quote(shortenForAnswer(format))+" is not supported; use mp3, m4a or wav")
		return
	}
	accept := strings.TrimSpace(r.Header.Get("Accept"))
	streaming := accept == "application/octet-stream"
	if streaming && format == "wav" {
		s.answerProblem(w, r, http.StatusNotAcceptable, "not-acceptable", "wav cannot be streamed; use mp3 or m4a, or poll")
		return
	}
	text, ok := s.readSpeechText(w, r, streaming)
	if !ok {
		return
	}
	q := r.URL.Query()
	spec := &record.SpeechSpec{
		Format: format, Voice: q.Get("voice"), Language: q.Get("language"),
		Speed: q.Get("voice-speed"), Pitch: q.Get("voice-pitch"), Volume: q.Get("voice-volume"),
		Scenes: accept == zipType, Captions: accept == "application/json+vtt", Timed: detectSubtitleFormat(r.Header.Get("Content-Type")),
	}
	if !s.checkSpeechOrRefuse(w, r, spec) {
		return
	}
	if streaming {
		s.speakIntoAnswer(w, r, text, spec)
		return
	}
	b := s.newBuild(r, record.Speech)
	b.Spec = record.Spec{Text: text, Speech: spec}
	s.startBuild(w, r, b)
}

// checkSpeechOrRefuse checks speech properties. It answers a request that it refuses, and then returns false.
func (s *Server) checkSpeechOrRefuse(w http.ResponseWriter, r *http.Request, spec *record.SpeechSpec) bool {
	near, known, err := s.o.Desk.CheckSpeechSpec(r.Context(), getCallerIdentity(r).Tenant, spec)
	if err != nil {
		s.answerError(w, r, err)
		return false
	}
	if s.cfg.StrictVoices && !known {
		s.answerProblem(w, r, http.StatusBadRequest, "unknown-voice",
			"Unknown voice "+strconv.Quote(shortenForAnswer(spec.Voice))+"; "+formatNearestHint(near))
		return false
	}
	return true
}

// formatNearestHint returns the hint for an unknown voice.
func formatNearestHint(near []string) string {
	if len(near) == 0 {
		return "GET /voices lists all"
	}
	return "did you mean " + strings.Join(near, ", ") + "?"
}

func detectSubtitleFormat(contentType string) string {
	t, _, _ := mime.ParseMediaType(contentType)
	switch t {
	case "text/vtt":
		return "vtt"
	case "application/x-subrip", "text/srt":
		return "srt"
	default:
		return ""
	}
}

// readSpeechText reads the text of a request.
func (s *Server) readSpeechText(w http.ResponseWriter, r *http.Request, streaming bool) (string, bool) {
	switch r.Header.Get("Content-Encoding") {
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			s.answerProblem(w, r, http.StatusBadRequest, "bad-request",
				"The body is not compressed with gzip, although its Content-Encoding is gzip")
			return "", false
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{z, r.Body}
	case "", "identity":
	default:
		s.answerProblem(w, r, http.StatusUnsupportedMediaType, "unsupported-encoding",
			"The Content-Encoding must be gzip or absent")
		return "", false
	}
	b, err := s.readBody(r, mostPolled)
	if err != nil {
		return "", s.refuseBody(w, r, err)
	}
	switch {
	case !utf8.Valid(b):
		s.answerProblem(w, r, http.StatusBadRequest, "bad-request",
			"The text is not UTF-8: save it as UTF-8 and send it again")
	case strings.TrimSpace(strings.TrimPrefix(string(b), "\ufeff")) == "":
		s.answerProblem(w, r, http.StatusBadRequest, "bad-request", "The request has no text to speak")
	case streaming && utf8.RuneCount(b) > mostStreamed:
		s.answerProblem(w, r, http.StatusRequestEntityTooLarge, "too-large",
			fmt.Sprintf("A streamed text has at most %d characters; poll for longer ones", mostStreamed))
	default:
		return string(b), true
	}
	return "", false
}

// durationHeader is sent in lower case, since clients look for it that way.
const durationHeader = "x-duration-seconds"

// speakIntoAnswer answers with the sound itself. The text is spoken completely first, because the header
// contains its length.
func (s *Server) speakIntoAnswer(w http.ResponseWriter, r *http.Request, text string, spec *record.SpeechSpec) {
	done, err := s.streams.Wait(r.Context(), getCallerIdentity(r).Tenant, turns.Streamed)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	defer done()
	sp, warnings, err := s.o.Desk.Speak(r.Context(), getCallerIdentity(r).Tenant, text, spec)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	defer sp.Close()
	h := w.Header()
	h.Set("Content-Type", chooseContentType("."+spec.Format))
	h[durationHeader] = []string{strconv.Itoa(int(math.Ceil(sp.Seconds())))}
	if len(warnings) > 0 {
		h.Set("X-Mynah-Warning", sanitizeHeaderValue(strings.Join(warnings, "; ")))
	}
	out := &flusher{w: w}
	if err := sp.Stream(r.Context(), spec.Format, out); err != nil {
		if out.n == 0 {
			delete(h, durationHeader)
			h.Del("X-Mynah-Warning")
			h.Del("Content-Type")
			s.answerError(w, r, err)
			return
		}
		s.o.Log.WarnContext(r.Context(), "a stream was interrupted", "error", err, "request", findRequestID(r))
		panic(http.ErrAbortHandler) // otherwise the client would take the partial sound for complete
	}
}

// flusher sends written data at once.
type flusher struct {
	w http.ResponseWriter
	n int64
}

// Write implements io.Writer.
func (f *flusher) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	f.n += int64(n)
	if err == nil {
		err = http.NewResponseController(f.w).Flush()
	}
	return n, err
}

// sanitizeHeaderValue makes a text valid in a header.
func sanitizeHeaderValue(v string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, shortenForAnswer(v))
}
