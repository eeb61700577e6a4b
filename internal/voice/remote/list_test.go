package remote_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"mynah/internal/voice"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
)

// listing asks a server that answers when it is let.
func listing(t *testing.T) (l *remote.Listing, s *remotetest.Server, let chan struct{}) {
	t.Helper()
	let = make(chan struct{})
	s = remotetest.New(t, func(_ *remotetest.Server, w http.ResponseWriter, r *http.Request) {
		select {
		case <-let:
			_, _ = w.Write([]byte("alloy"))
		case <-r.Context().Done():
		}
	})
	c, err := remote.NewClient(remotetest.Config("service", s.URL))
	if err != nil {
		t.Fatal(err)
	}
	return remote.NewListing(c, remote.Call{Method: http.MethodGet}, func(body []byte) []voice.EngineVoice {
		return []voice.EngineVoice{{ID: string(body)}}
	}), s, let
}

// TestImpatient: one who does not wait for the list does not empty it for others.
func TestImpatient(t *testing.T) {
	t.Parallel()
	l, s, let := listing(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if list := l.Voices(ctx); len(list) != 0 {
		t.Error(list)
	}
	close(let)
	for range 2 {
		if list := l.Voices(t.Context()); len(list) != 1 || list[0].ID != "alloy" {
			t.Error(list)
		}
	}
	if n := s.Requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// TestNobodyWaits: what is known is told while the server is asked.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	l, s, let := listing(t)
	go l.Voices(t.Context())
	for s.Requests.Load() == 0 {
		time.Sleep(time.Millisecond) //nolint:forbidigo // nothing tells that the server was asked
	}
	begun := time.Now()
	_, known := l.Known("alloy")
	if took := time.Since(begun); known || took > time.Second {
		t.Errorf("known %t after %s", known, took)
	}
	close(let)
}
