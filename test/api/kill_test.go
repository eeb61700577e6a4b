//go:build linux

package api_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/house"
	"mynah/internal/record"
	"mynah/internal/store"
	"mynah/internal/testrun"
)

// attempts reports how often each build that is not over was begun.
func (s *server) attempts(t *testing.T) map[string]int {
	t.Helper()
	records, err := house.OpenRecords(t.Context(), s.data, store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = records.Close() }()
	list, err := records.Builds(t.Context(), "", record.Filter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, b := range list {
		if !b.State.IsOver() {
			out[b.ID] = b.Attempts
		}
	}
	return out
}

// oneScene is a script of a few sentences that no other has.
func oneScene(i int) string {
	var b strings.Builder
	b.WriteString("---\nsize: 64x64\n---\n")
	for n := range 3 {
		fmt.Fprintf(&b, "This is sentence %d of film %d.\n\n", n, i)
	}
	return b.String()
}

// TestKills kills the server again and again while it builds. Every build ends well,
// once, and nothing is left of the dead.
func TestKills(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	builds, kills := 40, 10
	if testing.Short() {
		builds, kills = 6, 2
	}
	rng := rand.New(rand.NewPCG(7, 7))
	data := t.TempDir()
	s := process(t, data)
	var ids []string
	for i := range kills {
		// New builds come between the kills, so that each finds some.
		for len(ids) < builds*(i+1)/kills {
			ids = append(ids, s.createBuild(t, oneScene(len(ids))).ID)
		}
		pause(t, time.Duration(200+rng.IntN(500))*time.Millisecond)
		// A build that was begun three times is given up, as it should be: it is let
		// end before, for here it is not its fault.
		eventually(t, "builds that were begun twice are over", func() bool {
			for _, n := range s.attempts(t) {
				if n >= record.MostAttempts-1 {
					return false
				}
			}
			return true
		})
		for len(s.attempts(t)) == 0 {
			ids = append(ids, s.createBuild(t, oneScene(len(ids))).ID)
		}
		s.kill()
		dead := s.pid
		s.checkWhole(t)
		s = process(t, data)
		eventually(t, "the programs of the killed server are gone", func() bool { return len(children(t, dead)) == 0 })
		for _, id := range ids {
			s.readable(t, id)
		}
	}
	cut := 0
	for _, id := range ids {
		b := s.waitUntil(t, id, over)
		if b.State != "succeeded" {
			t.Errorf("%+v", b)
			continue
		}
		got := states(t, s.follow(t, id, "", never))
		if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != "succeeded" })); n != 1 || got[len(got)-1] != "succeeded" {
			t.Errorf("the states of a build are %q", got)
		}
		if len(got) > len([]string{"queued", "running", "succeeded"}) {
			cut++
		}
		if files := s.storedObjects(t, "results", id); !slices.Equal(files, []string{"poster.jpg", "result.mp4", "result.srt", "result.vtt"}) {
			t.Errorf("a result is %q", files)
		}
		film := s.want(t, http.StatusOK, signedRequest(http.MethodGet, b.Links["result"], "")).body
		if seconds := length(t, film); math.Abs(seconds-b.DurationInSeconds) > 0.05 {
			t.Errorf("the film lasts %g s, not %g s", seconds, b.DurationInSeconds)
		}
	}
	t.Logf("%d builds of %d were cut short by %d kills", cut, len(ids), kills)
	if cut < kills/2 {
		t.Errorf("%d kills cut short %d builds: that proves nothing", kills, cut)
	}
	if n := len(s.files(t, "objects", "results")); n != len(ids) {
		t.Errorf("there are the results of %d builds, not of %d", n, len(ids))
	}
	if left := s.files(t, "work"); len(left) > 0 {
		t.Errorf("in the work folder is left %q", left)
	}
}

// readable reports whether a build's result is there whole, or not at all.
func (s *server) readable(t *testing.T, id string) {
	t.Helper()
	b := ask[api.Build](t, s, http.StatusOK, get("/v1/builds/"+id))
	if (b.State == "succeeded") != (b.Links["result"] != "") {
		t.Errorf("%+v", b)
	}
	if address := b.Links["result"]; address != "" {
		if film := s.want(t, http.StatusOK, signedRequest(http.MethodGet, address, "")).body; !bytes.Contains(film, []byte("moov")) {
			t.Errorf("a film of %d bytes is not whole", len(film))
		}
	}
}

// checkWhole looks at what the dead server left on the disk: a film that has its name is whole.
func (s *server) checkWhole(t *testing.T) {
	t.Helper()
	for _, dir := range s.files(t, "objects", "results") {
		film, err := os.ReadFile(filepath.Join(dir, "result.mp4"))
		if err == nil && !bytes.Contains(film, []byte("moov")) {
			t.Errorf("%d bytes are no whole film", len(film))
		}
	}
}
