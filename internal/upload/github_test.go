package upload_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/upload"
)

// gitHub answers like the API, with a redirect to another host.
type gitHub struct {
	api, files *httptest.Server
	mu         sync.Mutex
	requests   []string
}

func newGitHub(t *testing.T, answer http.HandlerFunc) *gitHub {
	t.Helper()
	g := &gitHub{}
	note := func(where string, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.requests = append(g.requests, where+" "+r.URL.EscapedPath()+" "+r.Header.Get("Authorization"))
	}
	g.files = secure(t, func(w http.ResponseWriter, r *http.Request) {
		note("files", r)
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte("zip"))
	})
	g.api = secure(t, func(w http.ResponseWriter, r *http.Request) {
		note("api", r)
		answer(w, r)
	})
	return g
}

func (g *gitHub) config() upload.FetchConfig {
	c := local(g.api, g.files)
	c.GitHubURL = g.api.URL + "/api/v3/"
	return c
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sha, token string
		want       []string
	}{
		{"", "tok", []string{"api /api/v3/repos/me/my.repo_1/zipball Bearer tok", "files /zip "}},
		{"", "", []string{"api /api/v3/repos/me/my.repo_1/zipball ", "files /zip "}},
		{
			"0123456789abcdef0123456789abcdef01234567", "tok",
			[]string{
				"api /api/v3/repos/me/my.repo_1/zipball/0123456789abcdef0123456789abcdef01234567 Bearer tok",
				"files /zip ",
			},
		},
		{"v1.2.3", "tok", []string{"api /api/v3/repos/me/my.repo_1/zipball/v1.2.3 Bearer tok", "files /zip "}},
		{"feature/a#1", "tok", []string{"api /api/v3/repos/me/my.repo_1/zipball/feature%2Fa%231 Bearer tok", "files /zip "}},
		{"moved", "tok", []string{
			"api /api/v3/repos/me/my.repo_1/zipball/moved Bearer tok",
			"api /api/v3/repositories/1/zipball/moved Bearer tok", "files /zip ",
		}},
		{"back", "tok", []string{"api /api/v3/repos/me/my.repo_1/zipball/back Bearer tok", "files /zip "}},
	} {
		var g *gitHub
		g = newGitHub(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "repo_1/zipball/moved") {
				http.Redirect(w, r, "/api/v3/repositories/1/zipball/moved", http.StatusMovedPermanently)
				return
			}
			http.Redirect(w, r, g.files.URL+"/zip", http.StatusFound)
		})
		var b bytes.Buffer
		n, err := fetcher(t, g.config()).FetchGitHub(t.Context(), "me/my.repo_1", c.sha, c.token, &b)
		if err != nil || n != 3 || b.String() != "zip" {
			t.Errorf("%d %q %v", n, &b, err)
		}
		if fmt.Sprint(g.requests) != fmt.Sprint(c.want) {
			t.Errorf("asked\n%q, want\n%q", g.requests, c.want)
		}
	}
}

// TestTokenStaysAtTheHost checks that another port or another name of the same machine counts as another host.
func TestTokenStaysAtTheHost(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	files := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- fmt.Sprint(r.Header)
	}))
	t.Cleanup(files.Close)
	_, port, err := net.SplitHostPort(files.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		g := newGitHub(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+net.JoinHostPort(host, port)+"/zip", http.StatusTemporaryRedirect)
		})
		if _, err := fetcher(t, g.config()).FetchGitHub(t.Context(), "me/repo", "", "secret-token", io.Discard); err != nil {
			t.Fatal(err)
		}
		if h := <-got; strings.Contains(h, "secret") || !strings.Contains(h, "mynah") {
			t.Errorf("%s was sent %s", host, h)
		}
	}
}

func TestGitHubSaysNo(t *testing.T) {
	t.Parallel()
	const absent = "the repository me/repo or its commit SHA does not exist, or the token has no access to it"
	for code, want := range map[int]string{
		400: "the archive's address answered 400", 401: absent, 403: absent, 404: absent, 422: absent,
		429: "the archive's address answered 429", 500: "the archive's address answered 500", 204: "the archive's address answered 204",
	} {
		g := newGitHub(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		_, err := fetcher(t, g.config()).FetchGitHub(t.Context(), "me/repo", "main", "secret-token", io.Discard)
		wantFault(t, err, fault.Input, want)
		if strings.Contains(err.Error(), "secret") {
			t.Error("the error contains the token")
		}
	}
	var g *gitHub
	g = newGitHub(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, g.files.URL+"/gone", http.StatusFound)
	})
	_, err := fetcher(t, g.config()).FetchGitHub(t.Context(), "me/repo", "", "", io.Discard)
	wantFault(t, err, fault.Input, absent)

	guarded := g.config()
	guarded.AllowPrivate = false
	_, err = fetcher(t, guarded).FetchGitHub(t.Context(), "me/repo", "", "", io.Discard)
	wantFault(t, err, fault.Input, unreachable)
}

func TestGitHubForms(t *testing.T) {
	t.Parallel()
	g := newGitHub(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	f := fetcher(t, g.config())
	for _, repository := range []string{
		"", "me", "me/", "/repo", "me/repo/more", "../repo", "me/..", "me/.", "me/re po", "me/repo?x", "me/repo#x",
		"me/%2e%2e", "-me/repo", "me/r\u00e9po", "https://github.com/me/repo", "me\\repo", "me/repo\n", strings.Repeat("a", 101) + "/r",
	} {
		_, err := f.FetchGitHub(t.Context(), repository, "", "", io.Discard)
		if got := public(err); !strings.HasSuffix(got, "must have the form owner/name") || strings.Contains(got, "\n") {
			t.Errorf("%q: %s", repository, got)
		}
	}
	for _, sha := range []string{
		"..", "a..b", "../../user", "/a", "a/", "a//b", "a/../b", "a/.b", ".a", "a.", "-a", "a b", "a?b", "a%2f",
		"a\n", "a\\b", "a:b", "a^", "a~1", strings.Repeat("a", 251),
	} {
		_, err := f.FetchGitHub(t.Context(), "me/repo", sha, "", io.Discard)
		if got := public(err); !strings.HasSuffix(got, "must be a commit SHA, or the name of a branch or tag") {
			t.Errorf("%q: %s", sha, got)
		}
	}
	for _, token := range []string{"a b", "a\r\nX: y", "\x00", "t\u00f6ken", strings.Repeat("a", 1001)} {
		_, err := f.FetchGitHub(t.Context(), "me/repo", "", token, io.Discard)
		if got := public(err); !strings.HasPrefix(got, "the token for GitHub must be") || strings.Contains(err.Error(), token) {
			t.Errorf("%q: %s", token, got)
		}
	}
}
