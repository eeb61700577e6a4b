//go:build linux

package api_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/testrun"
)

// TestSnapshots draws scenes of projects that are not built.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	draw := func(path, body string) request {
		return post("/v1/snapshot"+path, body).withHeaders("Content-Type", "application/json")
	}
	const two = `{"script":"---\nsize: 320x180\n---\n(canvas: red)\n(duration: 1)\n\n---\n\n(canvas: blue)\n(duration: 1)\n"}`
	for path, want := range map[string][3]uint32{"": {255, 0, 0}, "?scene=1": {255, 0, 0}, "?scene=2&at=0.5": {0, 0, 255}} {
		a := shared.wantStatus(t, http.StatusOK, draw(path, two))
		if a.media() != "image/png" {
			t.Errorf("%s: %s", path, a.media())
		}
		img, err := png.Decode(bytes.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		r, g, b, _ := img.At(20, 20).RGBA()
		for i, c := range []uint32{r >> 8, g >> 8, b >> 8} {
			if c > want[i]+12 || c+12 < want[i] {
				t.Errorf("%s: the colour is %d %d %d", path, r>>8, g>>8, b>>8)
				break
			}
		}
		if img.Bounds().Dx() != 320 || img.Bounds().Dy() != 180 {
			t.Errorf("%s: the size is %v", path, img.Bounds())
		}
	}
	sheet := shared.wantStatus(t, http.StatusOK, draw("?scene=0", two))
	if _, err := png.Decode(bytes.NewReader(sheet.body)); err != nil {
		t.Error(err)
	}
	form := newFormRequest(t, part{"files", "a.md", "---\nsize: 64x64\n---\n(duration: 1)\n"})
	form.path = "/v1/snapshot"
	shared.wantStatus(t, http.StatusOK, form)
	deck := newFormRequest(t, part{"files", "a.md", silent}, part{"source", "", "slides.pptx"})
	deck.path = "/v1/snapshot"
	shared.wantStatus(t, http.StatusNotImplemented, deck)
	for path, status := range map[string]int{
		"?scene=9": http.StatusBadRequest, "?scene=x": http.StatusBadRequest, "?at=-1": http.StatusBadRequest, "?of=1": http.StatusBadRequest,
	} {
		shared.wantStatus(t, status, draw(path, two))
	}
	shared.wantStatus(t, http.StatusUnprocessableEntity, draw("", `{"script":"![](nowhere.png)"}`))
	shared.wantStatus(t, http.StatusBadRequest, draw("", `{"words":"x"}`))
	shared.wantStatus(t, http.StatusUnsupportedMediaType, post("/v1/snapshot", two).withHeaders("Content-Type", "text/plain"))
}

// TestSay speaks texts of JSON requests.
func TestSay(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	say := func(body string) request {
		return post("/v1/say", body).withHeaders("Content-Type", "application/json")
	}
	for body, media := range map[string]string{
		`{"text":"Good morning."}`: "audio/mpeg", `{"text":"Guten Morgen.","language":"de-DE","format":"m4a","speed":1.2}`: "audio/mp4",
		`{"text":"Good morning.","voice":"brian","format":"wav","pitch":"low"}`: "audio/wav",
	} {
		a := shared.wantStatus(t, http.StatusOK, say(body))
		if s := soundSeconds(t, a.body); a.media() != media || s < 0.3 || s > 5 {
			t.Errorf("%s: %s of %g s", body, a.media(), s)
		}
	}
	for body, want := range map[string]string{
		`{}`:                          "/text: must be a text and not empty",
		`{"text":1,"tone":"x"}`:       `/tone: unknown member`,
		`{"text":"x","format":"ogg"}`: "/format: must be mp3, m4a or wav",
		`{"text":"` + strings.Repeat("a", 2000) + `"}`: "/text: must have at most",
		`[`: "must be a JSON object",
	} {
		if a := shared.wantStatus(t, http.StatusBadRequest, say(body)); !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %s", body[:min(len(body), 60)], a)
		}
	}
}

// TestTheServerStartsOnlyCells checks that the server itself reads no project: its children are cells and browsers.
func TestTheServerStartsOnlyCells(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := startProcess(t, t.TempDir())
	q := post("/v1/builds", `{"script":"`+"```\\n# Hello\\n```\\n\\nGood morning to all of you.\"}").
		withHeaders("Content-Type", "application/json")
	s.wantStatus(t, http.StatusAccepted, q)
	cells, seen := 0, map[string]bool{}
	for range 400 {
		for _, child := range childrenOf(t, s.pid) {
			seen[child] = true
			if strings.Contains(child, " cell ") {
				cells++
			}
		}
		time.Sleep(5 * time.Millisecond)
		if cells > 20 {
			break
		}
	}
	for child := range seen {
		// A child that was forked and has not yet executed its program has the command line of the server.
		if !strings.Contains(child, " cell ") && !strings.Contains(child, "--headless") && !strings.Contains(child, " serve ") {
			t.Errorf("the server started %q", child)
		}
	}
	if cells == 0 {
		t.Error("no cell was seen")
	}
}

// childrenOf returns the command lines of the children of a process, each with a blank at its end.
func childrenOf(t *testing.T, pid int) (out []string) {
	t.Helper()
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for child := range strings.FieldsSeq(string(text)) {
			if _, err := strconv.Atoi(child); err != nil {
				t.Fatal(err)
			}
			line, err := os.ReadFile("/proc/" + child + "/cmdline")
			if err == nil && len(line) > 0 {
				out = append(out, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
			}
		}
	}
	return out
}

// TestUsage reads what a tenant consumed.
func TestUsage(t *testing.T) {
	t.Parallel()
	u := wantJSON[api.Usage](t, shared, http.StatusOK, get("/v1/usage"))
	if u.Tenant == "" || len(u.Month) != len("2026-01") || u.Engines == nil {
		t.Errorf("%+v", u)
	}
	if _, told := u.Builds["running"]; !told {
		t.Errorf("%+v", u)
	}
	shared.wantStatus(t, http.StatusBadRequest, get("/v1/usage?month=1"))
}
