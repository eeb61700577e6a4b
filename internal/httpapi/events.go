package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"mynah/internal/record"
)

// sendEvents sends the events of a build as server-sent events, until it ends.
func (s *Server) sendEvents(w http.ResponseWriter, r *http.Request) {
	b, err := s.findOwnBuild(r)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.streamEvents(w, r, b)
}

// sendEventsBySignature is events with a signed URL, for EventSource in browsers, which cannot send
// headers.
func (s *Server) sendEventsBySignature(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := s.verifySignatureOrRefuse(w, r); !ok {
		return
	}
	b, err := s.o.Records.Build(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	s.streamEvents(w, r, b)
}

func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request, b record.Build) {
	var last int64
	var err error
	if v := r.Header.Get("Last-Event-ID"); v != "" {
		if last, err = strconv.ParseInt(v, 10, 64); err != nil || last < 0 {
			s.answerProblem(w, r, http.StatusBadRequest, "bad-request", "Last-Event-ID must be the number of an event")
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
		// Read the state first: events that happen in between are then sent below.
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
		if b.State.IsOver() && len(list) == 0 {
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
