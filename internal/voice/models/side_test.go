package models_test

import (
	"bytes"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"mynah/internal/voice/models"
)

// TestSideBySide checks that concurrent installations of one voice do not use each other's finished file, even
// if all transfers but the first break in the middle.
func TestSideBySide(t *testing.T) {
	t.Parallel()
	for range 8 {
		h := newHub(t)
		h.model1 = func(w http.ResponseWriter, _ *http.Request) bool {
			if h.requests.Load() == 1 {
				return false
			}
			w.Header().Set("Content-Length", strconv.Itoa(len(h.model)))
			_, _ = w.Write(h.model[:len(h.model)/2])
			return true
		}
		i, dir := h.installer(t)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for {
					_, err := i.Install(t.Context(), h.address(), nil)
					if err == nil || !strings.Contains(err.Error(), "another process") {
						return
					}
				}
			})
		}
		wg.Wait()
		list := models.ListVoices(dir)
		if len(list) != 1 {
			t.Fatalf("%v", list)
		}
		if b, _ := os.ReadFile(list[0].Model); !bytes.Equal(b, h.model) {
			t.Fatalf("the model is %d bytes, not %d", len(b), len(h.model))
		}
	}
}
