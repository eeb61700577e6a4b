package models_test

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
)

// TestStalls checks that a stalled transfer is reported as a failure of the server, not as a cancellation.
func TestStalls(t *testing.T) {
	t.Parallel()
	for what, answer := range map[string]func(http.ResponseWriter, *hub){
		"no answer": func(http.ResponseWriter, *hub) {},
		"half": func(w http.ResponseWriter, h *hub) {
			w.Header().Set("Content-Length", strconv.Itoa(len(h.model)))
			_, _ = w.Write(h.model[:len(h.model)/2])
			w.(http.Flusher).Flush()
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.model1 = func(w http.ResponseWriter, r *http.Request) bool {
				answer(w, h)
				<-r.Context().Done()
				return true
			}
			i, _ := h.installer(t)
			_, err := i.Install(t.Context(), name, nil)
			if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), "no data for 300ms") {
				t.Errorf("%s: %v", fault.CodeOf(err), err)
			}
		})
	}
}

// TestNoChecksum checks that a voice can be installed no matter how the server answers the request for a
// checksum.
func TestNoChecksum(t *testing.T) {
	t.Parallel()
	for what, answer := range map[string]http.HandlerFunc{
		"forbidden": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"a page":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("<p>"), 5000)) },
		"broken":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"silence":   func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.beside = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, ".sha256") {
					return false
				}
				answer(w, r)
				return true
			}
			i, dir := h.installer(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			in, err := i.Install(ctx, h.address(), nil)
			if err != nil || in.Checked {
				t.Fatalf("%+v, %v", in, err)
			}
			checkWhole(t, dir, h)
		})
	}
}

// TestSmallFileStalls checks that waiting for a voice's description has a time limit.
func TestSmallFileStalls(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.beside = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, ".json") {
			_, _ = w.Write([]byte("{"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return true
		}
		return false
	}
	i, _ := h.installer(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := i.Install(ctx, h.address(), nil)
	if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), "no answer within 300ms") {
		t.Errorf("%s: %v", fault.CodeOf(err), err)
	}
}
