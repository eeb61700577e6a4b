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
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/api"
)

// silent is the smallest film: a second without a word.
const silent = "---\nsize: 64x64\n---\n(duration: 1)\n"

// long is a script whose building takes a while: no two of its sentences are alike.
func long(name string) string {
	var b strings.Builder
	b.WriteString("---\nsize: 64x64\n---\n")
	for i := range 800 {
		fmt.Fprintf(&b, "Sentence %d of %s, which is spoken slowly.\n\n", i, name)
	}
	return b.String()
}

// archive zips files.
func archive(t *testing.T, files map[string]string) string {
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

// requestUpload asks for an upload.
func (s *server) requestUpload(t *testing.T) api.UploadGrant {
	t.Helper()
	return ask[api.UploadGrant](t, s, http.StatusOK, get("/video/upload-request/zip"))
}

// uploadProject uploads an archive.
func (s *server) uploadProject(t *testing.T, zip string) api.UploadGrant {
	t.Helper()
	g := s.requestUpload(t)
	a := s.want(t, http.StatusOK, signedRequest(http.MethodPut, s.local(g.URL), zip).with("Content-Type", g.ContentType))
	if len(a.body) > 0 {
		t.Errorf("the upload's answer has a body: %s", a)
	}
	return g
}

// local is an address as it is to be asked: a server may be told that its name is another.
func (s *server) local(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return s.base + u.RequestURI()
}

// body is JSON of pairs.
func body(pairs ...string) string {
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

// build asks for a video of what was uploaded.
func (s *server) build(t *testing.T, g api.UploadGrant, source string) api.Task {
	t.Helper()
	return ask[api.Task](t, s, http.StatusOK, post("/video/build",
		body("repository", g.Repository, "repositoryType", g.RepositoryType, "source", source)))
}

// built returns the last status of a project's build.
func (s *server) built(t *testing.T, files map[string]string, source string) api.Status {
	t.Helper()
	return s.waitFinished(t, s.build(t, s.uploadProject(t, archive(t, files)), source).StatusURL)
}

// patience is what tells a thing that hangs from a machine that has much else
// to do: no test asks that anything be fast.
const patience = 5 * time.Minute

// waitFinished polls to the end. Percent is a whole number that never goes back.
func (s *server) waitFinished(t *testing.T, address string) api.Status {
	t.Helper()
	percent := -1
	for end := time.Now().Add(patience); ; {
		a := s.want(t, http.StatusOK, signedRequest(http.MethodGet, s.local(address), ""))
		var st api.Status
		if err := json.Unmarshal(a.body, &st); err != nil { // a percent of 12.5 ends here
			t.Fatalf("%v: %s", err, a)
		}
		if st.Percent < percent {
			t.Fatalf("the percent went back from %d to %d", percent, st.Percent)
		}
		percent = st.Percent
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("a status may be cached: %q", got)
		}
		if st.Finished {
			if st.Percent != 100 {
				t.Errorf("it is finished and at %d percent", st.Percent)
			}
			return st
		}
		if st.Succeeded || st.Result != "" {
			t.Errorf("it is not finished and succeeded: %s", a)
		}
		if time.Now().After(end) {
			t.Fatalf("it is not finished after %s: %s", patience, a)
		}
		pause(t, 20*time.Millisecond)
	}
}

// succeeded polls to a good end.
func (s *server) succeeded(t *testing.T, address string) api.Status {
	t.Helper()
	st := s.waitFinished(t, address)
	if !st.Succeeded {
		t.Fatalf("it failed: %s", st.Message)
	}
	return st
}

// createBuild starts a build of an inline script.
func (s *server) createBuild(t *testing.T, script string) api.Build {
	t.Helper()
	return ask[api.Build](t, s, http.StatusAccepted, newBuild(script))
}

func newBuild(script string) request {
	b, err := json.Marshal(api.NewBuild{Script: script})
	if err != nil {
		panic(err)
	}
	return post("/v1/builds", string(b)).with("Content-Type", "application/json")
}

// waitUntil waits for a state of a build.
func (s *server) waitUntil(t *testing.T, id string, ok func(api.Build) bool) api.Build {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		b := ask[api.Build](t, s, http.StatusOK, get("/v1/builds/"+id))
		if ok(b) {
			return b
		}
		if time.Now().After(end) {
			t.Fatalf("after %s the build is %+v", patience, b)
		}
		pause(t, 10*time.Millisecond)
	}
}

func over(b api.Build) bool { return b.State != "queued" && b.State != "running" }

// pause waits, unless the test ends.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
		t.Fatal("the test ended")
	case <-time.After(d):
	}
}

// eventually waits for something that need not be at once.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not after %s", what, patience)
		}
		pause(t, 10*time.Millisecond)
	}
}

// storedObjects lists the files of an object: the upload or the results of an id.
func (s *server) storedObjects(t *testing.T, kind, id string) (out []string) {
	t.Helper()
	for _, pattern := range []string{id + "*", id + "/*"} {
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

// samples reads a mono WAV file of 16 bits.
func samples(t *testing.T, wav []byte) (pcm []int16, rate int) {
	t.Helper()
	if len(wav) < 12 || string(wav[:4]) != "RIFF" || string(wav[8:12]) != "WAVE" {
		t.Fatalf("this is no WAV file: %.20q", wav)
	}
	for at := 12; at+8 <= len(wav); {
		kind, size := string(wav[at:at+4]), int(binary.LittleEndian.Uint32(wav[at+4:]))
		part := wav[at+8 : min(at+8+size, len(wav))]
		switch kind {
		case "fmt ":
			if f, ch, bits := binary.LittleEndian.Uint16(part), binary.LittleEndian.Uint16(part[2:]), binary.LittleEndian.Uint16(part[14:]); f != 1 || ch != 1 || bits != 16 {
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

// onset returns when something is heard after a time, in seconds.
func onset(pcm []int16, rate int, after float64) float64 {
	for i := int(after * float64(rate)); i < len(pcm); i++ {
		if pcm[i] > 600 || pcm[i] < -600 {
			return float64(i) / float64(rate)
		}
	}
	return -1
}

// plainHost is a host of archives that notes what it is asked.
type plainHost struct {
	*httptest.Server
	mu    sync.Mutex
	asked []http.Header
	paths []string
}

func host(handler func(w http.ResponseWriter, r *http.Request)) *plainHost {
	h := &plainHost{}
	h.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked, h.paths = append(h.asked, r.Header.Clone()), append(h.paths, r.URL.RequestURI())
		h.mu.Unlock()
		handler(w, r)
	}))
	return h
}

// requests returns the headers of the requests for a path.
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

// repository is a source archive as GitHub makes them: one folder around everything.
func repository(seconds int) []byte {
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

// newHosts starts something like GitHub's API, which sends on to another host, that one,
// and with it a host of zips.
func newHosts() *hosts {
	h := &hosts{}
	h.files = host(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/main.zip":
			_, _ = w.Write(repository(1))
		case "/commit.zip":
			_, _ = w.Write(repository(2))
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
	h.github = host(func(w http.ResponseWriter, r *http.Request) {
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

// files lists what is in a folder of the data folder.
func (s *server) files(t *testing.T, parts ...string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(append(append([]string{s.data}, parts...), "*")...))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
