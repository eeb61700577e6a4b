package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"mynah/internal/objects"
)

// The times that a client has for the body of a request. Without them a client that announces
// a body and sends a byte of it holds its connection for ever.
const (
	bodyTime = time.Minute      // for all of it
	idleTime = 30 * time.Second // between two parts of an upload
	// A request that is refused is answered at once: as much of its body is read first, for so
	// long, as it takes for the answer to arrive.
	lingerTime  = 500 * time.Millisecond
	lingerBytes = 64 << 10
)

// timedBody is the body of a request that has to come in time. It takes its deadline away once
// it was read to its end: the answer may take longer.
type timedBody struct {
	io.ReadCloser
	rc   *http.ResponseController
	now  func() time.Time
	end  time.Time
	idle time.Duration // 0: all of it has to come until end
	over bool          // read to its end
}

// timed gives a request's body its time. Uploads may take as long as they go on.
func (s *Server) limitTime(w http.ResponseWriter, r *http.Request) *timedBody {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	b := &timedBody{ReadCloser: r.Body, rc: http.NewResponseController(w), now: s.now, end: s.now().Add(bodyTime)}
	upload := r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, objects.Prefix) || r.Method == http.MethodPost && r.URL.Path == "/v1/builds"
	if upload {
		b.end, b.idle = s.now().Add(uploadTime), idleTime
	}
	b.renew()
	r.Body = b
	return b
}

func (b *timedBody) renew() {
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
		b.renew()
	}
	return n, err
}

// linger reads a little of what is left of a body that nobody wants, and closes the connection
// behind the answer.
func linger(w http.ResponseWriter, r *http.Request) {
	b, ok := r.Context().Value(keyBody).(*timedBody)
	if !ok || b == nil || b.over {
		return
	}
	w.Header().Set("Connection", "close")
	_ = b.rc.SetReadDeadline(b.now().Add(lingerTime))
	_, _ = io.CopyN(io.Discard, b.ReadCloser, lingerBytes)
	_ = b.rc.SetReadDeadline(b.now().Add(lingerTime)) // for what net/http still reads
	b.over = true
}
