//go:build linux

package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/house"
	"mynah/internal/testrun"
)

// TestHosts checks that a request with an invalid host is refused and starts nothing, because the
// host becomes part of URLs.
func TestHosts(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := startTestServer(t, nil)
	g := s.uploadProject(t, zipFiles(t, map[string]string{"a.md": silent}))
	u, err := url.Parse(s.startBuild(t, g, "").StatusURL)
	if err != nil {
		t.Fatal(err)
	}
	s.waitSucceeded(t, u.String())
	done := wantJSON[api.BuildList](t, s, http.StatusOK, get("/v1/builds")).Builds[0]
	for _, host := range []string{"[::1", "a:b:c", "[zz]"} {
		for _, q := range []request{
			get("/video/upload-request/zip"),
			post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType)),
			newSpeechRequest("mp3", hello), signedRequest(http.MethodGet, u.RequestURI(), ""),
			newBuildRequest(silent), get("/v1/builds"), get("/v1/builds/" + done.ID), post("/v1/builds/"+done.ID+"/cancel", ""),
		} {
			if a := s.mustSend(t, q.withHeaders("Host", host)); a.status != http.StatusBadRequest {
				t.Errorf("%s %s with the host %q: %s", q.method, q.path, host, a)
			}
		}
		s.mustSend(t, get("/openapi.json").withHeaders("Host", host))
	}
	if l := wantJSON[api.BuildList](t, s, http.StatusOK, get("/v1/builds")); len(l.Builds) != 1 {
		t.Errorf("refused requests started %d builds", len(l.Builds)-1)
	}
}

// TestHeads checks that a HEAD request returns headers at once, without waiting for the content.
func TestHeads(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) { c.Queue.Workers = 1 })
	b := s.createBuild(t, longScript("the film that nobody waits for"))
	for _, path := range []string{"/healthz", "/voices", "/v1/builds", "/v1/builds/" + b.ID, "/v1/builds/" + b.ID + "/events"} {
		got := s.sendRaw(t, "HEAD "+path+" HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: "+goodKey+"\r\nConnection: close\r\n\r\n", false)
		if !strings.HasPrefix(got, "HTTP/1.1 200 ") || !strings.HasSuffix(got, "\r\n\r\n") {
			t.Errorf("HEAD %s: %q", path, got)
		}
		if b := wantJSON[api.Build](t, s, http.StatusOK, get("/v1/builds/"+b.ID)); isOver(b) {
			t.Errorf("HEAD %s was answered only when the build was %s", path, b.State)
		}
	}
	s.wantStatus(t, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", ""))
}

// TestBodyThatDoesNotCome checks that a request without a valid key is refused before its body
// arrives, and that its connection is closed.
func TestBodyThatDoesNotCome(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for key, reason := range map[string]string{
		"":                       "The header x-api-key is missing",
		"x-api-key: unknown\r\n": "This key is not known, or was revoked",
	} {
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

// TestLabelsOfNumbers checks that methods and paths of clients do not become labels of metrics.
func TestLabelsOfNumbers(t *testing.T) {
	t.Parallel()
	shared.sendRaw(t, "BREW /no/such/route HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", false)
	m := string(shared.wantStatus(t, http.StatusOK, get("/metrics")).body)
	if strings.Contains(m, "BREW") || strings.Contains(m, "/no/such") {
		t.Error("the method or path of a client is a label of a metric")
	}
}

// TestOrigins checks that web pages of the configured origins may call every route and use signed
// URLs.
func TestOrigins(t *testing.T) {
	t.Parallel()
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) { c.HTTP.Origins = []string{"https://app.example.com"} })
	preflight := func(path, method, origin string) (status int, header http.Header) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {method},
			"Access-Control-Request-Headers": {"x-api-key"},
		}
		resp, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode, resp.Header
	}
	for path, method := range map[string]string{
		"/video/build": "POST", "/v1/builds": "POST", "/voices": "GET",
		"/objects/uploads/x": "PUT",
	} {
		status, header := preflight(path, method, "https://app.example.com")
		if status/100 != 2 || header.Get("Access-Control-Allow-Origin") != "https://app.example.com" {
			t.Errorf("%s: %d, %v", path, status, header)
		}
		if status, header = preflight(path, method, "https://evil.example.com"); header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s from another origin: %d, %v", path, status, header)
		}
	}
	if a := s.mustSend(t, get("/voices").withHeaders("Origin",
		"https://app.example.com")); a.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%s", a)
	}
}
