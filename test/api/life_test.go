//go:build linux

package api_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
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
	"mynah/internal/testrun"
)

// process starts a server as a process of its own, in a session of its own: what it
// starts is found by that.
func process(t *testing.T, data string, args ...string) *server {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], append([]string{
		"serve", "--data", data, "--listen", "127.0.0.1:0", "--rate", "0", "--max-queued", "0", "--log-level", "error",
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
			t.Errorf("the server ends with %v: %s", err, stderr.String())
		}
	})
	if err := s.wait(out, ":0"); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return s
}

// children lists the processes of a session beside its leader.
func children(t *testing.T, session int) (out []string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		// The name of the program stands in brackets, and may hold some.
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

// Stopping a build stops its programs.
func TestCancelLeavesNoProcess(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := process(t, t.TempDir())
	b := s.createBuild(t, long("the film that is cancelled in time"))
	eventually(t, "a program runs", func() bool { return len(children(t, s.pid)) > 0 })
	s.want(t, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", ""))
	eventually(t, "no program runs", func() bool { return len(children(t, s.pid)) == 0 })
	pause(t, 200*time.Millisecond)
	if left := children(t, s.pid); len(left) > 0 {
		t.Errorf("programs run on: %q", left)
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	data := t.TempDir()
	s := process(t, data, "--grace", "0s", "--workers", "1")
	g, later := s.uploadProject(t, archive(t, map[string]string{"a.md": silent})), s.requestUpload(t)
	task := s.build(t, g, "")
	done := s.succeeded(t, task.StatusURL)
	film := s.want(t, http.StatusOK, signedRequest(http.MethodGet, done.Result, ""))
	speech := ask[api.Task](t, s, http.StatusOK, say("wav", hello))
	s.succeeded(t, speech.StatusURL)
	// What is being built, and what waits, when the server is stopped.
	var running []string
	for i := range 20 {
		running = append(running, fmt.Sprintf("This is sentence %d of a film that is cut short.", i))
	}
	cut := s.createBuild(t, "---\nsize: 64x64\n---\n"+strings.Join(running, "\n\n"))
	waits := s.createBuild(t, silent)
	s.waitUntil(t, cut.ID, func(b api.Build) bool { return b.State == "running" })
	first := s.want(t, http.StatusAccepted, newBuild(silent).with("Idempotency-Key", "over a restart"))
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if left := children(t, s.pid); len(left) > 0 {
		t.Errorf("programs outlive the server: %q", left)
	}

	s = process(t, data)
	again := s.succeeded(t, s.local(task.StatusURL))
	for _, address := range []string{s.local(done.Result), again.Result} {
		if a := s.want(t, http.StatusOK, signedRequest(http.MethodGet, address, "")); !bytes.Equal(a.body, film.body) {
			t.Error("the film is another after a restart")
		}
	}
	s.succeeded(t, s.local(speech.StatusURL))
	s.want(t, http.StatusOK, signedRequest(http.MethodPut, s.local(later.URL), archive(t, map[string]string{"a.md": silent})).with("Content-Type", later.ContentType))
	s.succeeded(t, s.build(t, later, "").StatusURL)
	for _, b := range []api.Build{cut, waits} {
		if b = s.waitUntil(t, b.ID, over); b.State != "succeeded" {
			t.Errorf("after the restart it is %s: %s", b.State, b.Message)
		}
	}
	if got := states(t, s.follow(t, cut.ID, "", never)); strings.Join(got, " ") != "queued running queued running succeeded" {
		t.Errorf("the states of what was cut short are %q", got)
	}
	if second := s.want(t, http.StatusAccepted, newBuild(silent).with("Idempotency-Key", "over a restart")); !bytes.Equal(first.body, second.body) {
		t.Error("the word for a request is forgotten over a restart")
	}
}

// Two servers do not work on one folder.
func TestLockedFolder(t *testing.T) {
	t.Parallel()
	c, second := settings(shared.data)
	err := house.Serve(t.Context(), c, second)
	if err == nil || !strings.Contains(err.Error(), "another server is using the data folder") {
		t.Errorf("a second server: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "serve", "--data", shared.data, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), asServer+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another server is using the data folder") || !strings.Contains(string(out), "stop it, or") {
		t.Errorf("a second process: %v: %s", err, out)
	}
	shared.want(t, http.StatusOK, get("/readyz"))
}

func TestFirstKey(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) { c.Auth.Fixed = nil })
	file := regexpFirst(`it is in the file (\S+)`, s.told.all())
	if file == "" || !strings.Contains(s.told.all(), "curl -H \"x-api-key: $(cat '"+file+"')\" "+s.base+"/voices") {
		t.Fatalf("the server says %q", s.told.all())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key := strings.TrimSpace(string(b))
	s.want(t, http.StatusOK, get("/voices").as(key))
	s.want(t, http.StatusForbidden, get("/voices"))
}

// freeAddress is one that nobody listens on, most likely.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// Addresses name the server as it is told to call itself, and not what a request says.
func TestPublicURL(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const public = "https://films.example.com/mynah"
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) { c.HTTP.PublicURL, c.Listen = public, freeAddress(t) })
	g := ask[api.UploadGrant](t, s, http.StatusOK, get("/video/upload-request/zip").with("Host", "evil.example.com"))
	b := s.createBuild(t, silent)
	for _, address := range []string{g.URL, b.Links["self"], b.Links["events"], b.Links["cancel"]} {
		if !strings.HasPrefix(address, public+"/") {
			t.Errorf("an address is %s", address)
		}
	}
	s.waitUntil(t, b.ID, over)
	// Without that, it is as the request says.
	if g := ask[api.UploadGrant](t, shared, http.StatusOK, get("/video/upload-request/zip").with("Host", "mynah.example.com:8443")); !strings.HasPrefix(g.URL, "http://mynah.example.com:8443/objects/") {
		t.Errorf("the upload goes to %s", g.URL)
	}
}

// What is signed for a second is of no use after it; what is kept for a while goes.
func TestAddressesAndResultsExpire(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) {
		c.HTTP.UploadTTL, c.HTTP.ResultTTL, c.HTTP.Keep, c.Sweep = 4*time.Second, 4*time.Second, 20*time.Second, time.Second
	})
	zip := archive(t, map[string]string{"a.md": silent})
	g, kept := s.requestUpload(t), s.uploadProject(t, zip)
	task := s.build(t, kept, "")
	st := s.succeeded(t, task.StatusURL)
	pause(t, 5*time.Second)
	s.want(t, http.StatusForbidden, signedRequest(http.MethodPut, g.URL, zip).with("Content-Type", g.ContentType))
	s.want(t, http.StatusForbidden, signedRequest(http.MethodGet, st.Result, ""))
	s.want(t, http.StatusForbidden, signedRequest(http.MethodGet, st.Poster, ""))
	// A poll hands out new addresses.
	st = s.succeeded(t, task.StatusURL)
	s.want(t, http.StatusOK, signedRequest(http.MethodGet, st.Result, ""))

	eventually(t, "the result is gone", func() bool {
		return s.do(t, signedRequest(http.MethodGet, task.StatusURL, "")).status == http.StatusNotFound
	})
	gone := ask[api.Status](t, s, http.StatusNotFound, signedRequest(http.MethodGet, task.StatusURL, ""))
	if !gone.Finished || gone.Succeeded || gone.Result != "" {
		t.Errorf("a status that expired is %+v", gone)
	}
	if b := ask[api.Build](t, s, http.StatusOK, get("/v1/builds/"+task.TaskID)); b.State != "expired" || b.Links["result"] != "" {
		t.Errorf("a build that expired is %+v", b)
	}
	eventually(t, "its files are gone", func() bool { return len(s.storedObjects(t, "results", task.TaskID)) == 0 })
	eventually(t, "its upload is gone", func() bool { return len(s.storedObjects(t, "uploads", kept.Repository)) == 0 })
	s.refused(t, http.StatusBadRequest, "repository is not an upload of this server, or the upload has expired; request an upload first",
		post("/video/build", body("repository", kept.Repository, "repositoryType", kept.RepositoryType)))
}

func TestSettingsOfTheServer(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) {
		c.HTTP.StrictVoices, c.HTTP.OpenMetrics, c.Fetch.AllowPrivate = true, true, false
	})
	p := ask[api.Problem](t, s, http.StatusBadRequest, post("/text-to-speech/mp3?voice=briann", hello))
	if !strings.HasPrefix(p.Message, `Unknown voice "briann"; did you mean brian?`) {
		t.Errorf("an unknown voice: %q", p.Message)
	}
	p = ask[api.Problem](t, s, http.StatusBadRequest, post("/text-to-speech/mp3?voice=xyzzy", hello))
	if !strings.HasPrefix(p.Message, `Unknown voice "xyzzy"`) || strings.HasSuffix(p.Message, " ") {
		t.Errorf("an unknown voice that is like no other: %q", p.Message)
	}
	if m := s.want(t, http.StatusOK, get("/metrics").as(noKey)); !bytes.Contains(m.body, []byte("mynah_requests_total")) {
		t.Errorf("the numbers are %.300s", m.body)
	}
	// Nothing is fetched from a private network, and nothing is told of it.
	st := s.waitFinished(t, ask[api.Task](t, s, http.StatusOK, post("/video/build", body("repository", elsewhere.files.URL+"/main.zip?private", "repositoryType", "zip-url"))).StatusURL)
	if st.Succeeded || st.Message != "The archive could not be fetched from the address" || len(elsewhere.files.requests("/main.zip?private")) > 0 {
		t.Errorf("a private address: %+v", st)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	shared.want(t, http.StatusOK, get("/healthz"))
	m := string(shared.want(t, http.StatusOK, get("/metrics")).body)
	for _, want := range []string{`mynah_requests_total{method="GET",route="/healthz",status="200"}`, "mynah_request_seconds_bucket", `mynah_builds{state="queued"}`} {
		if !strings.Contains(m, want) {
			t.Errorf("the numbers lack %s", want)
		}
	}
	shared.want(t, http.StatusOK, get("/metrics").with("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"))
}

// operations returns a request for each operation, which need not be a good one.
func operations() (out []request) {
	for _, o := range shared.doc.ops {
		out = append(out, request{method: o.method, path: somewhere(o), body: "{}"}.with("Content-Type", "application/json"))
	}
	return out
}

// A key that asks too often waits; others do not.
func TestRates(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) { c.Auth.PerSecond, c.Auth.Burst = 0.001, 1 })
	s.want(t, http.StatusOK, get("/voices"))
	for _, q := range operations() {
		a := s.do(t, q)
		if open := slices.Contains([]string{"/healthz", "/readyz", "/version", "/openapi.json"}, q.path) || strings.HasPrefix(q.path, "/objects/"); (a.status == http.StatusTooManyRequests) == open {
			t.Errorf("%s %s: %s", q.method, q.path, a)
		}
		if wait, _ := strconv.Atoi(a.header.Get("Retry-After")); a.status == http.StatusTooManyRequests && wait < 1 {
			t.Errorf("%s %s: %s", q.method, q.path, a)
		}
	}
	s.want(t, http.StatusOK, get("/voices").as(otherKey))
}

// A key has its share of the queue.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) { c.Store.MaxQueued, c.Queue.Workers = 1, 1 })
	b := s.createBuild(t, long("the film in front of all others"))
	g := s.uploadProject(t, archive(t, map[string]string{"a.md": silent}))
	const full = "This key has too many queued builds; try again when one has ended"
	for _, q := range []request{newBuild(silent), say("mp3", hello), post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType))} {
		s.refused(t, http.StatusTooManyRequests, full, q)
		// That is not what is remembered.
		word := q.with("Idempotency-Key", q.path)
		s.refused(t, http.StatusTooManyRequests, full, word)
		if a := s.want(t, http.StatusTooManyRequests, word); a.header.Get("Idempotency-Replayed") != "" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %s", q.path, a)
		}
	}
	s.want(t, http.StatusOK, stream("mp3", hello)) // never through the queue
	other := ask[api.Build](t, s, http.StatusAccepted, newBuild(silent).as(otherKey))
	s.want(t, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", ""))
	s.waitUntil(t, other.ID, over)
	s.waitUntil(t, s.createBuild(t, silent).ID, over)
}

// A server that is about to stop says that it is not ready, and ends those who follow.
func TestStop(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	s := process(t, t.TempDir(), "--grace", "1s")
	b := s.createBuild(t, long("the film that outlives its server"))
	s.waitUntil(t, b.ID, func(b api.Build) bool { return b.State == "running" })
	r, err := s.make(t.Context(), get("/v1/builds/"+b.ID+"/events"))
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
	eventually(t, "it is not ready", func() bool { return s.do(t, get("/readyz")).status == http.StatusServiceUnavailable })
	h := ask[api.Health](t, s, http.StatusServiceUnavailable, get("/readyz"))
	if h.Status != "not ready" || h.Checks["queue"] != "the server is stopping" {
		t.Errorf("a server that stops: %+v", h)
	}
	s.want(t, http.StatusOK, get("/healthz"))
	if _, err := io.Copy(io.Discard, events.Body); err == nil {
		t.Log("the events ended in good order")
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ends with %v", err)
	}
	if left := children(t, s.pid); len(left) > 0 {
		t.Errorf("programs outlive the server: %q", left)
	}
}

// Addresses are handed out with the host that a request names: it must be one, or nothing
// is begun.
func TestHosts(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := serve(t, nil)
	g := s.uploadProject(t, archive(t, map[string]string{"a.md": silent}))
	u, err := url.Parse(s.build(t, g, "").StatusURL)
	if err != nil {
		t.Fatal(err)
	}
	s.succeeded(t, u.String())
	done := ask[api.BuildList](t, s, http.StatusOK, get("/v1/builds")).Builds[0]
	for _, host := range []string{"[::1", "a:b:c", "[zz]"} {
		for _, q := range []request{
			get("/video/upload-request/zip"), post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType)),
			say("mp3", hello), signedRequest(http.MethodGet, u.RequestURI(), ""),
			newBuild(silent), get("/v1/builds"), get("/v1/builds/" + done.ID), post("/v1/builds/"+done.ID+"/cancel", ""),
		} {
			if a := s.do(t, q.with("Host", host)); a.status != http.StatusBadRequest {
				t.Errorf("%s %s with the host %q: %s", q.method, q.path, host, a)
			}
		}
		s.do(t, get("/openapi.json").with("Host", host))
	}
	if l := ask[api.BuildList](t, s, http.StatusOK, get("/v1/builds")); len(l.Builds) != 1 {
		t.Errorf("requests that were refused began %d builds", len(l.Builds)-1)
	}
}

// A HEAD asks for the headers alone, and does not wait for what comes after them.
func TestHeads(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) { c.Queue.Workers = 1 })
	b := s.createBuild(t, long("the film that nobody waits for"))
	for _, path := range []string{"/healthz", "/voices", "/v1/builds", "/v1/builds/" + b.ID, "/v1/builds/" + b.ID + "/events"} {
		got := s.sendRaw(t, "HEAD "+path+" HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: "+goodKey+"\r\nConnection: close\r\n\r\n", false)
		if !strings.HasPrefix(got, "HTTP/1.1 200 ") || !strings.HasSuffix(got, "\r\n\r\n") {
			t.Errorf("HEAD %s: %q", path, got)
		}
		if b := ask[api.Build](t, s, http.StatusOK, get("/v1/builds/"+b.ID)); over(b) {
			t.Errorf("HEAD %s waited until the build was %s", path, b.State)
		}
	}
	s.want(t, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", ""))
}

// A request that announces a body and sends a byte of it is refused at once, and does not hold
// its connection.
func TestBodyThatDoesNotCome(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for key, reason := range map[string]string{"": "The header x-api-key is missing", "x-api-key: unknown\r\n": "This key is not known, or was revoked"} {
		begin := time.Now()
		got := shared.sendRaw(t, "POST /video/build HTTP/1.1\r\nHost: localhost\r\n"+key+"Content-Length: 100000\r\n\r\n{", false)
		if !strings.HasPrefix(got, "HTTP/1.1 403 ") || !strings.Contains(got, reason) || !strings.Contains(got, "Connection: close") {
			t.Errorf("%s", got)
		}
		if took := time.Since(begin); took > patience/2 {
			t.Errorf("the answer took %s", took)
		}
	}
}

// A client's own words do not become labels.
func TestLabelsOfNumbers(t *testing.T) {
	t.Parallel()
	shared.sendRaw(t, "BREW /no/such/route HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", false)
	m := string(shared.want(t, http.StatusOK, get("/metrics")).body)
	if strings.Contains(m, "BREW") || strings.Contains(m, "/no/such") {
		t.Error("a client's method or path is a label")
	}
}

// Pages of the named origins may call every route, signed addresses too.
func TestOrigins(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ *house.Config, c *house.ServeConfig) { c.HTTP.Origins = []string{"https://app.example.com"} })
	preflight := func(path, method, origin string) (status int, header http.Header) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Origin": {origin}, "Access-Control-Request-Method": {method}, "Access-Control-Request-Headers": {"x-api-key"}}
		resp, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode, resp.Header
	}
	for path, method := range map[string]string{"/video/build": "POST", "/v1/builds": "POST", "/voices": "GET", "/objects/uploads/x": "PUT"} {
		status, header := preflight(path, method, "https://app.example.com")
		if status/100 != 2 || header.Get("Access-Control-Allow-Origin") != "https://app.example.com" {
			t.Errorf("%s: %d, %v", path, status, header)
		}
		if status, header = preflight(path, method, "https://evil.example.com"); header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s, of another origin: %d, %v", path, status, header)
		}
	}
	if a := s.do(t, get("/voices").with("Origin", "https://app.example.com")); a.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%s", a)
	}
}
