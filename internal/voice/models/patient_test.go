package models_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/fault"
)

// TestStalls: a transfer that never goes on is a failure of the server, not a stop.
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
			h := hosted(t)
			h.model1 = func(w http.ResponseWriter, r *http.Request) bool {
				answer(w, h)
				<-r.Context().Done()
				return true
			}
			i, _ := h.installer(t)
			_, err := i.Install(t.Context(), name, nil)
			if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), "no byte for 300ms") {
				t.Errorf("%s: %v", fault.CodeOf(err), err)
			}
		})
	}
}
