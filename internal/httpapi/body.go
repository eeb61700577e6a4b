package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"mynah/internal/objects"
)

// Time limits for reading the body of a request. Without them a client that sends one byte of a
// body could hold its connection forever.
const (
	bodyTime = time.Minute      // for the whole body
	idleTime = 30 * time.Second // between two parts of an upload
	// A refused request is answered at once. Up to this much of its body is read first, for up to
	// this time, so that the answer arrives before the connection closes.
	lingerTime  = 500 * time.Millisecond
	lingerBytes = 64 << 10
)

// timedBody is a request body with a read deadline. At its end it removes the deadline, since the
// answer may take longer.
type timedBody struct {
	io.ReadCloser
	rc   *http.ResponseController
	now  func() time.Time
	end  time.Time
	idle time.Duration // 0: the whole body must arrive before end
	over bool          // read to its end
}

// limitBodyTime sets the time limits of a request's body. Uploads have no total limit while data
// arrive.
func (s *Server) limitBodyTime(w http.ResponseWriter, r *http.Request) *timedBody {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	b := &timedBody{ReadCloser: r.Body, rc: http.NewResponseController(w), now: s.now, end: s.now().Add(bodyTime)}
	upload := r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, objects.Prefix) ||
		r.Method == http.MethodPost && r.URL.Path == "/v1/builds"
	if upload {
		b.end, b.idle = s.now().Add(uploadTime), idleTime
	}
	b.extendDeadline()
	r.Body = b
	return b
}

func (b *timedBody) extendDeadline() {
	at := b.end
	if b.idle > 0 && b.now().Add(b.idle).Before(at) {
		at = b.now().Add(b.idle)
	}
	_ = b.rc.SetReadDeadline(at)
}

// Read implements io.Reader.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		b.over = true
		_ = b.rc.SetReadDeadline(time.Time{})
	case err == nil && b.idle > 0:
		b.extendDeadline()
	}
	return n, err
}

// drainAndClose reads a little of an unwanted body, and closes the connection after the answer.
func drainAndClose(w http.ResponseWriter, r *http.Request) {
	b, ok := r.Context().Value(keyBody).(*timedBody)
	if !ok || b == nil || b.over {
		return
	}
	w.Header().Set("Connection", "close")
	_ = b.rc.SetReadDeadline(b.now().Add(lingerTime))
	_, _ = io.CopyN(io.Discard, b.ReadCloser, lingerBytes)
	_ = b.rc.SetReadDeadline(b.now().Add(lingerTime)) // for what net/http reads afterwards
	b.over = true
}
