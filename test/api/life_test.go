//go:build linux

package api_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/house"
	"mynah/internal/record"
	"mynah/internal/store"
	"mynah/internal/testrun"
)

// startProcess starts a server as a process with a new session, which identifies the processes that it
// starts.
func startProcess(t *testing.T, data string, args ...string) *server {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], append([]string{
		"serve", "--data", data, "--listen", "127.0.0.1:0", "--rate", "0", "--max-queued", "0", "--log-level", "error",
		"--desk-idle", "1s", "--browsers", "0",
	}, args...)...)
	cmd.Env = append(os.Environ(), asServer+"=1", "MYNAH_API_KEYS="+goodKey)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{data: data, told: &lines{}, pid: cmd.Process.Pid}
	ended := make(chan struct{})
	s.stop = func() error {
		select {
		case <-ended:
			return nil
		default:
			close(ended)
		}
		_ = cmd.Process.Signal(syscall.SIGTERM)
		return cmd.Wait()
	}
	s.kill = func() {
		close(ended)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("the server ended with %v: %s", err, stderr.String())
		}
	})
	if err := s.wait(out, ":0"); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return s
}

// sessionProcesses lists the processes of a session without its leader.
func sessionProcesses(t *testing.T, session int) (out []string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // the process has ended
		}
		// The program's name is in parentheses, and may contain parentheses.
		i := strings.LastIndexByte(string(b), ')')
		if i < 0 {
			continue
		}
		f := strings.Fields(string(b)[i+1:]) // state, parent, group, session, …
		pid := filepath.Base(filepath.Dir(name))
		if len(f) > 3 && f[3] == strconv.Itoa(session) && f[0] != "Z" && pid != strconv.Itoa(session) {
			out = append(out, string(b))
		}
	}
	return out
}

// TestCancelLeavesNoProcess checks that cancelling a build stops its programs.
func TestCancelLeavesNoProcess(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := startProcess(t, t.TempDir())
	b := s.createBuild(t, longScript("the film that is cancelled in time"))
	eventually(t, "a program runs", func() bool { return len(sessionProcesses(t, s.pid)) > 0 })
	s.wantStatus(t, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", ""))
	eventually(t, "no program runs", func() bool { return len(sessionProcesses(t, s.pid)) == 0 })
	sleep(t, 200*time.Millisecond)
	if left := sessionProcesses(t, s.pid); len(left) > 0 {
		t.Errorf("programs are still running: %q", left)
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	data := t.TempDir()
	s := startProcess(t, data, "--grace", "0s", "--workers", "1")
	g, later := s.uploadProject(t, zipFiles(t, map[string]string{"a.md": silent})), s.requestUpload(t)
	task := s.startBuild(t, g, "")
	done := s.waitSucceeded(t, task.StatusURL)
	film := s.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, done.Result, ""))
	speech := wantJSON[api.Task](t, s, http.StatusOK, newSpeechRequest("wav", hello))
	s.waitSucceeded(t, speech.StatusURL)
	// One build runs, and others wait, when the server is stopped.
	var running []string
	for i := range 20 {
		running = append(running, fmt.Sprintf("This is sentence %d of a film that is cut short.", i))
	}
	cut := s.createBuild(t, "---\nsize: 64x64\n---\n"+strings.Join(running, "\n\n"))
	waits := s.createBuild(t, silent)
	s.waitUntil(t, cut.ID, func(b api.Build) bool { return b.State == "running" })
	first := s.wantStatus(t, http.StatusAccepted, newBuildRequest(silent).withHeaders("Idempotency-Key", "over a restart"))
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if left := sessionProcesses(t, s.pid); len(left) > 0 {
		t.Errorf("programs are still running after the server has ended: %q", left)
	}

	s = startProcess(t, data)
	again := s.waitSucceeded(t, s.localURL(task.StatusURL))
	for _, address := range []string{s.localURL(done.Result), again.Result} {
		if a := s.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, address, "")); !bytes.Equal(a.body, film.body) {
			t.Error("the video differs after a restart")
		}
	}
	s.waitSucceeded(t, s.localURL(speech.StatusURL))
	s.wantStatus(t, http.StatusOK, signedRequest(http.MethodPut, s.localURL(later.URL),
		zipFiles(t, map[string]string{"a.md": silent})).withHeaders("Content-Type", later.ContentType))
	s.waitSucceeded(t, s.startBuild(t, later, "").StatusURL)
	for _, b := range []api.Build{cut, waits} {
		if b = s.waitUntil(t, b.ID, isOver); b.State != "succeeded" {
			t.Errorf("after the restart the build is %s: %s", b.State, b.Message)
		}
	}
	if got := eventStates(t, s.readEvents(t, cut.ID, "", never)); strings.Join(got, " ") != "queued running queued running succeeded" {
		t.Errorf("the states of the interrupted build are %q", got)
	}
	if second := s.wantStatus(t, http.StatusAccepted,
		newBuildRequest(silent).withHeaders("Idempotency-Key", "over a restart")); !bytes.Equal(first.body, second.body) {
		t.Error("the Idempotency-Key of a request was lost at a restart")
	}
}

// TestLockedFolder checks that two servers cannot use the same data folder.
func TestLockedFolder(t *testing.T) {
	t.Parallel()
	c, second := testSettings(shared.data)
	err := house.Serve(t.Context(), c, second)
	if err == nil || !strings.Contains(err.Error(), "another server is using the data folder") {
		t.Errorf("a second server: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "serve", "--data", shared.data, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), asServer+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another server is using the data folder") ||
		!strings.Contains(string(out), "stop it, or") {
		t.Errorf("a second process: %v: %s", err, out)
	}
	shared.wantStatus(t, http.StatusOK, get("/readyz"))
}

func TestFirstKey(t *testing.T) {
	t.Parallel()
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) { c.Auth.Fixed = nil })
	file := firstGroup(`it is in the file (\S+)`, s.told.all())
	if file == "" || !strings.Contains(s.told.all(), "curl -H \"x-api-key: $(cat '"+file+"')\" "+s.base+"/voices") {
		t.Fatalf("the server printed %q", s.told.all())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key := strings.TrimSpace(string(b))
	s.wantStatus(t, http.StatusOK, get("/voices").withKey(key))
	s.wantStatus(t, http.StatusForbidden, get("/voices"))
}

// TestPublicURL checks that URLs have the configured public URL, whatever host a request names.
func TestPublicURL(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const public = "https://films.example.com/mynah"
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) { c.HTTP.PublicURL, c.Listen = public, freeAddress(t) })
	g := wantJSON[api.UploadGrant](t, s, http.StatusOK, get("/video/upload-request/zip").withHeaders("Host", "evil.example.com"))
	b := s.createBuild(t, silent)
	for _, address := range []string{g.URL, b.Links["self"], b.Links["events"], b.Links["cancel"]} {
		if !strings.HasPrefix(address, public+"/") {
			t.Errorf("a URL is %s", address)
		}
	}
	s.waitUntil(t, b.ID, isOver)
	// Without a public URL, the host of the request is used.
	if g := wantJSON[api.UploadGrant](t, shared, http.StatusOK,
		get("/video/upload-request/zip").withHeaders("Host", "mynah.example.com:8443")); !strings.HasPrefix(g.URL,
		"http://mynah.example.com:8443/objects/") {
		t.Errorf("the URL of the upload is %s", g.URL)
	}
}

// TestAddressesAndResultsExpire checks that signed URLs expire, and that results are removed after
// their time.
func TestAddressesAndResultsExpire(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) {
		c.HTTP.UploadTTL, c.HTTP.ResultTTL, c.HTTP.Keep, c.Sweep = 4*time.Second, 4*time.Second, 20*time.Second, time.Second
	})
	zip := zipFiles(t, map[string]string{"a.md": silent})
	g, kept := s.requestUpload(t), s.uploadProject(t, zip)
	task := s.startBuild(t, kept, "")
	st := s.waitSucceeded(t, task.StatusURL)
	sleep(t, 5*time.Second)
	s.wantStatus(t, http.StatusForbidden, signedRequest(http.MethodPut, g.URL, zip).withHeaders("Content-Type", g.ContentType))
	s.wantStatus(t, http.StatusForbidden, signedRequest(http.MethodGet, st.Result, ""))
	s.wantStatus(t, http.StatusForbidden, signedRequest(http.MethodGet, st.Poster, ""))
	// A new poll returns new URLs.
	st = s.waitSucceeded(t, task.StatusURL)
	s.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, st.Result, ""))

	eventually(t, "the result is gone", func() bool {
		return s.mustSend(t, signedRequest(http.MethodGet, task.StatusURL, "")).status == http.StatusNotFound
	})
	gone := wantJSON[api.Status](t, s, http.StatusNotFound, signedRequest(http.MethodGet, task.StatusURL, ""))
	if !gone.Finished || gone.Succeeded || gone.Result != "" {
		t.Errorf("the status of an expired build is %+v", gone)
	}
	if b := wantJSON[api.Build](t, s, http.StatusOK, get("/v1/builds/"+task.TaskID)); b.State != "expired" || b.Links["result"] != "" {
		t.Errorf("an expired build is %+v", b)
	}
	eventually(t, "its files are gone", func() bool { return len(s.storedObjects(t, "results", task.TaskID)) == 0 })
	eventually(t, "its upload is gone", func() bool { return len(s.storedObjects(t, "uploads", kept.Repository)) == 0 })
	s.wantRefusal(t, http.StatusBadRequest, "repository is not an upload of this server, or the upload has expired; request an upload first",
		post("/video/build", jsonBody("repository", kept.Repository, "repositoryType", kept.RepositoryType)))
}

// TestResultsOfEarlierVersions checks that results can be downloaded whose keys do not contain an attempt.
func TestResultsOfEarlierVersions(t *testing.T) {
	t.Parallel()
	s := startTestServer(t, nil)
	b := s.waitUntil(t, s.createBuild(t, silent).ID, isOver)
	records, err := house.OpenRecords(t.Context(), s.data, store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = records.Close() }()
	folder := filepath.Join(s.data, "objects", "results", b.ID)
	if err := os.Rename(filepath.Join(folder, "1", "result.mp4"), filepath.Join(folder, "result.mp4")); err != nil {
		t.Fatal(err)
	}
	if _, err := records.Update(t.Context(), b.ID, func(b *record.Build) error {
		b.Result.Main = "results/" + b.ID + "/result.mp4"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b = wantJSON[api.Build](t, s, http.StatusOK, get("/v1/builds/"+b.ID))
	resp, err := s.client.Get(b.Links["result"]) //nolint:noctx // the address is all that clients have
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	film, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !bytes.Contains(film, []byte("moov")) ||
		!strings.Contains(b.Links["result"], "/"+b.ID+"/result.mp4") {
		t.Errorf("%s: %s, %d bytes, %v", b.Links["result"], resp.Status, len(film), err)
	}
}

func TestSettingsOfTheServer(t *testing.T) {
	t.Parallel()
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) {
		c.HTTP.StrictVoices, c.HTTP.OpenMetrics, c.Fetch.AllowPrivate = true, true, false
	})
	p := wantJSON[api.Problem](t, s, http.StatusBadRequest, post("/text-to-speech/mp3?voice=briann", hello))
	if !strings.HasPrefix(p.Message, `Unknown voice "briann"; did you mean brian?`) {
		t.Errorf("an unknown voice: %q", p.Message)
	}
	p = wantJSON[api.Problem](t, s, http.StatusBadRequest, post("/text-to-speech/mp3?voice=xyzzy", hello))
	if !strings.HasPrefix(p.Message, `Unknown voice "xyzzy"`) || strings.HasSuffix(p.Message, " ") {
		t.Errorf("an unknown voice without a similar name: %q", p.Message)
	}
	if m := s.wantStatus(t, http.StatusOK, get("/metrics").withKey(noKey)); !bytes.Contains(m.body, []byte("mynah_requests_total")) {
		t.Errorf("the metrics are %.300s", m.body)
	}
	// Nothing is downloaded from a private network, and the message reveals nothing about it.
	st := s.waitFinished(t, wantJSON[api.Task](t, s, http.StatusOK,
		post("/video/build", jsonBody("repository", elsewhere.files.URL+"/main.zip?private", "repositoryType", "zip-url"))).StatusURL)
	if st.Succeeded || st.Message != "The archive could not be fetched from the address" ||
		len(elsewhere.files.requests("/main.zip?private")) > 0 {
		t.Errorf("a private address: %+v", st)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	shared.wantStatus(t, http.StatusOK, get("/healthz"))
	m := string(shared.wantStatus(t, http.StatusOK, get("/metrics")).body)
	for _, want := range []string{
		`mynah_requests_total{method="GET",route="/healthz",status="200"}`,
		"mynah_request_seconds_bucket", `mynah_builds{state="queued"}`,
	} {
		if !strings.Contains(m, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	shared.wantStatus(t, http.StatusOK, get("/metrics").withHeaders("Accept",
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"))
}

// TestRates checks that a key with too many requests must wait, and that other keys need not.
func TestRates(t *testing.T) {
	t.Parallel()
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) { c.Auth.PerSecond, c.Auth.Burst = 0.001, 1 })
	s.wantStatus(t, http.StatusOK, get("/voices"))
	for _, q := range requestOfEachOperation() {
		a := s.mustSend(t, q)
		if open := slices.Contains([]string{"/healthz", "/readyz", "/version", "/openapi.json"}, q.path) ||
			strings.HasPrefix(q.path, "/objects/"); (a.status == http.StatusTooManyRequests) == open {
			t.Errorf("%s %s: %s", q.method, q.path, a)
		}
		if wait, _ := strconv.Atoi(a.header.Get("Retry-After")); a.status == http.StatusTooManyRequests && wait < 1 {
			t.Errorf("%s %s: %s", q.method, q.path, a)
		}
	}
	s.wantStatus(t, http.StatusOK, get("/voices").withKey(otherKey))
}

// TestFullQueue checks that each key has its own limit of queued builds.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) { c.Store.MaxQueued, c.Queue.Workers = 1, 1 })
	b := s.createBuild(t, longScript("the film in front of all others"))
	g := s.uploadProject(t, zipFiles(t, map[string]string{"a.md": silent}))
	const full = "This key has too many queued builds; try again when one has ended"
	for _, q := range []request{
		newBuildRequest(silent), newSpeechRequest("mp3", hello),
		post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType)),
	} {
		s.wantRefusal(t, http.StatusTooManyRequests, full, q)
		// Refusals for a full queue are not replayed for the same Idempotency-Key.
		word := q.withHeaders("Idempotency-Key", q.path)
		s.wantRefusal(t, http.StatusTooManyRequests, full, word)
		if a := s.wantStatus(t, http.StatusTooManyRequests, word); a.header.Get("Idempotency-Replayed") != "" ||
			a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %s", q.path, a)
		}
	}
	s.wantStatus(t, http.StatusOK, newStreamRequest("mp3", hello)) // streamed speech does not use the queue
	other := wantJSON[api.Build](t, s, http.StatusAccepted, newBuildRequest(silent).withKey(otherKey))
	s.wantStatus(t, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", ""))
	s.waitUntil(t, other.ID, isOver)
	s.waitUntil(t, s.createBuild(t, silent).ID, isOver)
}

// TestStop checks that a stopping server reports that it is not ready, and ends event streams.
func TestStop(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	s := startProcess(t, t.TempDir(), "--grace", "1s")
	b := s.createBuild(t, longScript("the film that outlives its server"))
	s.waitUntil(t, b.ID, func(b api.Build) bool { return b.State == "running" })
	r, err := s.newHTTPRequest(t.Context(), get("/v1/builds/"+b.ID+"/events"))
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = events.Body.Close() }()
	ended := make(chan error, 1)
	go func() { ended <- s.stop() }()
	eventually(t, "it is not ready", func() bool { return s.mustSend(t, get("/readyz")).status == http.StatusServiceUnavailable })
	h := wantJSON[api.Health](t, s, http.StatusServiceUnavailable, get("/readyz"))
	if h.Status != "not ready" || h.Checks["queue"] != "the server is stopping" {
		t.Errorf("the health of a stopping server: %+v", h)
	}
	s.wantStatus(t, http.StatusOK, get("/healthz"))
	if _, err := io.Copy(io.Discard, events.Body); err == nil {
		t.Log("the event stream was closed properly")
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if left := sessionProcesses(t, s.pid); len(left) > 0 {
		t.Errorf("programs are still running after the server has ended: %q", left)
	}
}
