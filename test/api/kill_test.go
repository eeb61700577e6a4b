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
	"mynah/internal/auth"
	"mynah/internal/house"
	"mynah/internal/record"
	"mynah/internal/store"
	"mynah/internal/testrun"
)

// lostAttempts returns how many attempts of each unfinished build were cut off.
func (s *server) lostAttempts(t *testing.T) map[string]int {
	t.Helper()
	records, err := house.OpenRecords(t.Context(), s.data, store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = records.Close() }()
	list, err := records.Builds(t.Context(), auth.DefaultTenant, record.Filter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, b := range list {
		if !b.State.IsOver() {
			out[b.ID] = b.Lease.Lost
		}
	}
	return out
}

// scriptOfOneScene returns a script of several sentences that differ from those of all other scripts.
func scriptOfOneScene(i int) string {
	var b strings.Builder
	b.WriteString("---\nsize: 64x64\n---\n")
	for n := range 3 {
		fmt.Fprintf(&b, "This is sentence %d of film %d.\n\n", n, i)
	}
	return b.String()
}

// TestKills kills the server repeatedly while it builds. Every build must succeed, exactly once,
// and no files of the killed servers may be left.
func TestKills(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	builds, kills := 40, 10
	if testing.Short() {
		builds, kills = 6, 2
	}
	rng := rand.New(rand.NewPCG(7, 7))
	data := t.TempDir()
	s := startProcess(t, data)
	var ids []string
	for i := range kills {
		// New builds are created between the kills, so that each kill interrupts some.
		for len(ids) < builds*(i+1)/kills {
			ids = append(ids, s.createBuild(t, scriptOfOneScene(len(ids))).ID)
		}
		sleep(t, time.Duration(200+rng.IntN(500))*time.Millisecond)
		// A build fails after the maximum number of lost attempts. Builds with one attempt left are
		// allowed to end before the next kill.
		eventually(t, "builds that were cut off twice are over", func() bool {
			for _, n := range s.lostAttempts(t) {
				if n >= record.MostAttempts-1 {
					return false
				}
			}
			return true
		})
		for len(s.lostAttempts(t)) == 0 {
			ids = append(ids, s.createBuild(t, scriptOfOneScene(len(ids))).ID)
		}
		s.kill()
		dead := s.pid
		s.checkPublishedVideos(t)
		s = startProcess(t, data)
		eventually(t, "the programs of the killed server are gone", func() bool { return len(sessionProcesses(t, dead)) == 0 })
		for _, id := range ids {
			s.checkResult(t, id)
		}
	}
	cut := 0
	for _, id := range ids {
		b := s.waitUntil(t, id, isOver)
		if b.State != "succeeded" {
			t.Errorf("%+v", b)
			continue
		}
		got := eventStates(t, s.readEvents(t, id, "", never))
		if n := len(slices.DeleteFunc(slices.Clone(got),
			func(s string) bool { return s != "succeeded" })); n != 1 || got[len(got)-1] != "succeeded" {
			t.Errorf("the states of a build are %q, want one success at the end", got)
		}
		if len(got) > len([]string{"queued", "running", "succeeded"}) {
			cut++
		}
		// A killed server may have left files of an attempt before this one.
		attempt := firstGroup("/results/"+id+"/([0-9]+)/result.mp4", b.Links["result"])
		if files := s.storedObjects(t, "results", id+"/"+attempt); !slices.Equal(files,
			[]string{"poster.jpg", "result.mp4", "result.srt", "result.vtt"}) {
			t.Errorf("the files of a result are %q", files)
		}
		film := s.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, b.Links["result"], "")).body
		if seconds := videoSeconds(t, film); math.Abs(seconds-b.DurationInSeconds) > 0.05 {
			t.Errorf("the video lasts %g s, want %g s", seconds, b.DurationInSeconds)
		}
	}
	t.Logf("%d builds of %d were interrupted by %d kills", cut, len(ids), kills)
	if cut < kills/2 {
		t.Errorf("%d kills interrupted only %d builds, which is too few for this test", kills, cut)
	}
	if n := len(s.listFiles(t, "objects", "results")); n != len(ids) {
		t.Errorf("%d builds have results, want %d", n, len(ids))
	}
	if left := s.listFiles(t, "work"); len(left) > 0 {
		t.Errorf("files were left in the work folder: %q", left)
	}
}

// checkResult checks that the result of a build is complete, or that it has no result.
func (s *server) checkResult(t *testing.T, id string) {
	t.Helper()
	b := wantJSON[api.Build](t, s, http.StatusOK, get("/v1/builds/"+id))
	if (b.State == "succeeded") != (b.Links["result"] != "") {
		t.Errorf("%+v", b)
	}
	if address := b.Links["result"]; address != "" {
		if film := s.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, address, "")).body; !bytes.Contains(film, []byte("moov")) {
			t.Errorf("a video of %d bytes is not complete", len(film))
		}
	}
}

// checkPublishedVideos checks that all videos that the killed server has published are complete.
func (s *server) checkPublishedVideos(t *testing.T) {
	t.Helper()
	for _, dir := range s.listFiles(t, "objects", "results", "*") {
		film, err := os.ReadFile(filepath.Join(dir, "result.mp4"))
		if err == nil && !bytes.Contains(film, []byte("moov")) {
			t.Errorf("a video of %d bytes is not complete", len(film))
		}
	}
}
