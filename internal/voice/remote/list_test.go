package remote_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"mynah/internal/voice"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
)

// listing returns a listing of a server that answers when let is closed.
func listing(t *testing.T) (l *remote.Listing, s *remotetest.Server, let chan struct{}) {
	t.Helper()
	let = make(chan struct{})
	s = remotetest.StartServer(t, func(_ *remotetest.Server, w http.ResponseWriter, r *http.Request) {
		select {
		case <-let:
			_, _ = w.Write([]byte("alloy"))
		case <-r.Context().Done():
		}
	})
	c, err := remote.NewClient(remotetest.NewConfig("service", s.URL))
	if err != nil {
		t.Fatal(err)
	}
	return remote.NewListing(c, nil, "", remote.Call{Method: http.MethodGet}, func(body []byte) []voice.EngineVoice {
		return []voice.EngineVoice{{ID: string(body)}}
	}), s, let
}

// TestImpatient checks that a canceled caller does not cancel the request of others.
func TestImpatient(t *testing.T) {
	t.Parallel()
	l, s, let := listing(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if list, err := l.Voices(ctx); len(list) != 0 || err != nil {
		t.Error(list, err)
	}
	close(let)
	for range 2 {
		if list, err := l.Voices(t.Context()); err != nil || len(list) != 1 || list[0].ID != "alloy" {
			t.Error(list, err)
		}
	}
	if n := s.Requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// TestNobodyWaits checks that known voices are returned while the server is being asked.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	l, s, let := listing(t)
	go func() { _, _ = l.Voices(t.Context()) }()
	for s.Requests.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	v, ok := l.DescribeVoice("alloy") // a request would block forever
	if !ok || v.Language != "" {
		t.Errorf("%+v, %t", v, ok)
	}
	close(let)
}

// TestOwnVoices checks that voices of the settings prevent a request to the server. Missing languages come from
// the voice's name, else from the settings.
func TestOwnVoices(t *testing.T) {
	t.Parallel()
	s := remotetest.StartServer(t, func(_ *remotetest.Server, _ http.ResponseWriter, _ *http.Request) {})
	c, err := remote.NewClient(remotetest.NewConfig("service", s.URL))
	if err != nil {
		t.Fatal(err)
	}
	own := []voice.EngineVoice{{ID: "a", Language: "de-DE"}, {ID: "fr-FR-x", Gender: voice.Male}, {ID: "c"}}
	l := remote.NewListing(c, own, "pl-PL", remote.Call{}, nil)
	list, err := l.Voices(t.Context())
	if fmt.Sprint(list, err) != "[{a de-DE } {fr-FR-x fr-FR male} {c pl-PL }] <nil>" || s.Requests.Load() != 0 {
		t.Error(list, err)
	}
	for _, want := range list {
		if v, ok := l.DescribeVoice(want.ID); !ok || v != want {
			t.Error(v, ok)
		}
	}
	if _, ok := l.DescribeVoice("d"); ok {
		t.Error("a voice that is not in the settings is there")
	}
}
