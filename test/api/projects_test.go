//go:build linux

package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/api"
)

// silent is the script of the smallest video: one second without speech.
const silent = "---\nsize: 64x64\n---\n(duration: 1)\n"

// longScript returns a script whose build takes a while, because all of its sentences differ.
func longScript(name string) string {
	var b strings.Builder
	b.WriteString("---\nsize: 64x64\n---\n")
	for i := range 800 {
		fmt.Fprintf(&b, "Sentence %d of %s, which is spoken slowly.\n\n", i, name)
	}
	return b.String()
}

// zipFiles returns a zip of files.
func zipFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// requestUpload requests a URL for an upload.
func (s *server) requestUpload(t *testing.T) api.UploadGrant {
	t.Helper()
	return wantJSON[api.UploadGrant](t, s, http.StatusOK, get("/video/upload-request/zip"))
}

// uploadProject uploads a zip.
func (s *server) uploadProject(t *testing.T, zip string) api.UploadGrant {
	t.Helper()
	g := s.requestUpload(t)
	a := s.wantStatus(t, http.StatusOK, signedRequest(http.MethodPut, s.localURL(g.URL), zip).withHeaders("Content-Type", g.ContentType))
	if len(a.body) > 0 {
		t.Errorf("the upload's answer has a body: %s", a)
	}
	return g
}

// localURL replaces the host of a URL by the address on which the server listens, because its public
// URL may differ.
func (s *server) localURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return s.base + u.RequestURI()
}

// jsonBody returns a JSON object; pairs are names and values, alternating.
func jsonBody(pairs ...string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// startBuild starts a build of an upload.
func (s *server) startBuild(t *testing.T, g api.UploadGrant, source string) api.Task {
	t.Helper()
	return wantJSON[api.Task](t, s, http.StatusOK, post("/video/build",
		jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType, "source", source)))
}

// buildProject builds a project and returns its final status.
func (s *server) buildProject(t *testing.T, files map[string]string, source string) api.Status {
	t.Helper()
	return s.waitFinished(t, s.startBuild(t, s.uploadProject(t, zipFiles(t, files)), source).StatusURL)
}

// patience is the time after which something counts as hanging. It is long, because the machine may
// be busy.
const patience = 5 * time.Minute

// waitFinished polls a status until it is finished. It fails the test if the percentage decreases
// or is not an integer.
func (s *server) waitFinished(t *testing.T, address string) api.Status {
	t.Helper()
	percent := -1
	for end := time.Now().Add(patience); ; {
		a := s.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, s.localURL(address), ""))
		var st api.Status
		if err := json.Unmarshal(a.body, &st); err != nil { // fails for a fractional percentage
			t.Fatalf("%v: %s", err, a)
		}
		if st.Percent < percent {
			t.Fatalf("the percentage decreased from %d to %d", percent, st.Percent)
		}
		percent = st.Percent
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("a status may be cached: %q", got)
		}
		if st.Finished {
			if st.Percent != 100 {
				t.Errorf("the task is finished at %d percent", st.Percent)
			}
			return st
		}
		if st.Succeeded || st.Result != "" {
			t.Errorf("the task has succeeded but is not finished: %s", a)
		}
		if time.Now().After(end) {
			t.Fatalf("the task is not finished after %s: %s", patience, a)
		}
		sleep(t, 20*time.Millisecond)
	}
}

// waitSucceeded polls a status until it is finished, and fails the test if the task did not succeed.
func (s *server) waitSucceeded(t *testing.T, address string) api.Status {
	t.Helper()
	st := s.waitFinished(t, address)
	if !st.Succeeded {
		t.Fatalf("the task failed: %s", st.Message)
	}
	return st
}

// createBuild starts a build of an inline script.
func (s *server) createBuild(t *testing.T, script string) api.Build {
	t.Helper()
	return wantJSON[api.Build](t, s, http.StatusAccepted, newBuildRequest(script))
}

func newBuildRequest(script string) request {
	b, err := json.Marshal(api.NewBuild{Script: script})
	if err != nil {
		panic(err)
	}
	return post("/v1/builds", string(b)).withHeaders("Content-Type", "application/json")
}

// waitUntil polls a build until ok returns true for it.
func (s *server) waitUntil(t *testing.T, id string, ok func(api.Build) bool) api.Build {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		b := wantJSON[api.Build](t, s, http.StatusOK, get("/v1/builds/"+id))
		if ok(b) {
			return b
		}
		if time.Now().After(end) {
			t.Fatalf("after %s the build is %+v", patience, b)
		}
		sleep(t, 10*time.Millisecond)
	}
}

func isOver(b api.Build) bool { return b.State != "queued" && b.State != "running" }

// sleep waits for a duration. It fails the test if the test ends meanwhile.
func sleep(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
		t.Fatal("the test ended")
	case <-time.After(d):
	}
}

// eventually waits until ok returns true. what describes the condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not after %s", what, patience)
		}
		sleep(t, 10*time.Millisecond)
	}
}

// storedObjects lists the files of an upload or of the results of a build.
func (s *server) storedObjects(t *testing.T, kind, id string) (out []string) {
	t.Helper()
	for _, pattern := range []string{id + "*", id + "/*", id + "/*/*"} {
		found, err := filepath.Glob(filepath.Join(s.data, "objects", kind, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if info, err := os.Stat(f); err == nil && !info.IsDir() {
				out = append(out, filepath.Base(f))
			}
		}
	}
	slices.Sort(out)
	return out
}

// decodeWAV decodes a WAV file with one channel and 16 bits.
func decodeWAV(t *testing.T, wav []byte) (pcm []int16, rate int) {
	t.Helper()
	if len(wav) < 12 || string(wav[:4]) != "RIFF" || string(wav[8:12]) != "WAVE" {
		t.Fatalf("this is not a WAV file: %.20q", wav)
	}
	for at := 12; at+8 <= len(wav); {
		kind, size := string(wav[at:at+4]), int(binary.LittleEndian.Uint32(wav[at+4:]))
		part := wav[at+8 : min(at+8+size, len(wav))]
		switch kind {
		case "fmt ":
			if f, ch, bits := binary.LittleEndian.Uint16(part), binary.LittleEndian.Uint16(part[2:]),
				binary.LittleEndian.Uint16(part[14:]); f != 1 || ch != 1 || bits != 16 {
				t.Fatalf("the WAV has format %d, %d channels, %d bits", f, ch, bits)
			}
			rate = int(binary.LittleEndian.Uint32(part[4:]))
		case "data":
			for i := 0; i+1 < len(part); i += 2 {
				pcm = append(pcm, int16(binary.LittleEndian.Uint16(part[i:])))
			}
			return pcm, rate
		}
		at += 8 + size + size%2
	}
	t.Fatal("the WAV has no data")
	return nil, 0
}

// firstLoudSecond returns the time of the first loud sample after a time, in seconds.
func firstLoudSecond(pcm []int16, rate int, after float64) float64 {
	for i := int(after * float64(rate)); i < len(pcm); i++ {
		if pcm[i] > 600 || pcm[i] < -600 {
			return float64(i) / float64(rate)
		}
	}
	return -1
}

// plainHost is a server of archives that records the requests that it gets.
type plainHost struct {
	*httptest.Server
	mu    sync.Mutex
	asked []http.Header
	paths []string
}

func newPlainHost(handler func(w http.ResponseWriter, r *http.Request)) *plainHost {
	h := &plainHost{}
	h.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked, h.paths = append(h.asked, r.Header.Clone()), append(h.paths, r.URL.RequestURI())
		h.mu.Unlock()
		handler(w, r)
	}))
	return h
}

// requests returns the headers of all requests for a path.
func (h *plainHost) requests(path string) (out []http.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, p := range h.paths {
		if p == path {
			out = append(out, h.asked[i])
		}
	}
	return out
}

const gitToken = "ghp_a-token-that-may-read"

// githubArchive returns a source archive in GitHub's form, with one folder at the top.
func githubArchive(seconds int) []byte {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	f, err := w.Create("octo-films-7fd1a60/videos/intro.md")
	if err == nil {
		_, err = fmt.Fprintf(f, "---\nsize: 64x64\n---\n(duration: %d)\n", seconds)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// newHosts starts a server that imitates GitHub's API and redirects to a second server, which also
// serves zips.
func newHosts() *hosts {
	h := &hosts{}
	h.files = newPlainHost(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/main.zip":
			_, _ = w.Write(githubArchive(1))
		case "/commit.zip":
			_, _ = w.Write(githubArchive(2))
		case "/again.zip":
			http.Redirect(w, r, "/main.zip", http.StatusFound)
		case "/huge.zip":
			_, _ = w.Write(make([]byte, 2*mostUpload))
		case "/text.zip":
			_, _ = io.WriteString(w, "<html>no zip</html>")
		default:
			http.NotFound(w, r)
		}
	})
	h.github = newPlainHost(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+gitToken {
			http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
			return
		}
		switch r.URL.Path {
		case "/repos/octo/films/zipball":
			http.Redirect(w, r, h.files.URL+"/main.zip", http.StatusFound)
		case "/repos/octo/films/zipball/7fd1a60":
			http.Redirect(w, r, h.files.URL+"/commit.zip", http.StatusFound)
		default:
			http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		}
	})
	return h
}

// listFiles lists the files in a folder of the server's data folder.
func (s *server) listFiles(t *testing.T, parts ...string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(append(append([]string{s.data}, parts...), "*")...))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// firstGroup returns the first group of the first match of a pattern, or "".
func firstGroup(pattern, text string) string {
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if len(m) < 2 {
		return ""
	}
	return m[1]
}
