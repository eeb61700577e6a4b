package watch

import (
	_ "embed" // the page
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

//go:embed page.html
var page []byte

// State is the state of the build that the page shows.
type State struct {
	// State is "building", "built" or "failed".
	State string `json:"state"`
	// Text describes the state in one line; Findings are the script's findings.
	Text     string `json:"text"`
	Findings string `json:"findings,omitempty"`
	// Percent is the progress of a running build.
	Percent int `json:"percent"`
	// Version counts the built videos; the page reloads when it changes.
	Version int `json:"version"`
}

// Page shows a video and the progress of its build to browsers on this machine.
type Page struct {
	film    string
	mu      sync.Mutex // guards the fields below
	state   State
	changed chan struct{} // closed and replaced at every change
}

// NewPage creates the page for a video file.
func NewPage(film string) *Page {
	return &Page{film: film, state: State{State: "building", Text: "Waiting for the first build"}, changed: make(chan struct{})}
}

// SetState updates the page in all browsers. The state "built" means a new video.
func (p *Page) SetState(s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.Version = p.state.Version
	if s.State == "built" {
		s.Version++
	}
	if s != p.state {
		p.state = s
		close(p.changed)
		p.changed = make(chan struct{})
	}
}

func (p *Page) getState() (State, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state, p.changed
}

// NewHandler serves the page, its events and the video.
func (p *Page) NewHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy",
			"default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /film.mp4", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, p.film) })
	mux.HandleFunc("GET /events", p.sendEvents)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Web pages of other sites must not read the video through a host name that resolves to
		// this machine.
		if !isLocalHost(r.Host) {
			http.Error(w, "this page is only for the machine that it runs on", http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// isLocalHost reports whether a Host header is a loopback address or localhost.
func isLocalHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	_, err = netip.ParseAddr(name)
	return err == nil || name == "localhost"
}

// sendEvents sends the current state and every change of it.
func (p *Page) sendEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		s, changed := p.getState()
		b, err := json.Marshal(s)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", b); err != nil {
			return
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
