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

// State is what the page shows.
type State struct {
	// State is building, built or failed.
	State string `json:"state"`
	// Text says it in a line; Findings are what an author is told.
	Text     string `json:"text"`
	Findings string `json:"findings,omitempty"`
	// Percent of a build that is going on.
	Percent int `json:"percent"`
	// Version counts the films that were built; the page loads each anew.
	Version int `json:"version"`
}

// Page shows a film and how its build goes, to browsers on this machine.
type Page struct {
	film    string
	mu      sync.Mutex // guards what follows
	state   State
	changed chan struct{} // closed at the next change
}

// NewPage makes the page of a film's file.
func NewPage(film string) *Page {
	return &Page{film: film, state: State{State: "building", Text: "Waiting for the first build"}, changed: make(chan struct{})}
}

// Show tells the page's readers. A state "built" is a new film.
func (p *Page) Show(s State) {
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

func (p *Page) now() (State, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state, p.changed
}

// Handler serves the page, its events and the film.
func (p *Page) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /film.mp4", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, p.film) })
	mux.HandleFunc("GET /events", p.events)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A page elsewhere must not read the film by a name that leads to this machine.
		if !local(r.Host) {
			http.Error(w, "this page is for its own machine alone", http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// local tells whether a Host header names this machine by an address, or as localhost.
func local(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	_, err = netip.ParseAddr(name)
	return err == nil || name == "localhost"
}

// events sends the state, and again whenever it changes.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		s, changed := p.now()
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
