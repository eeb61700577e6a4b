package upload_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/upload"
)

const unreachable = "the archive could not be fetched from the address"

// pool returns a pool with the certificate of all httptest servers.
func pool(servers ...*httptest.Server) *x509.CertPool {
	p := x509.NewCertPool()
	for _, s := range servers {
		p.AddCert(s.Certificate())
	}
	return p
}

func secure(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // suppress errors about refused handshakes, which are expected
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// local returns a configuration that allows the test servers.
func local(servers ...*httptest.Server) upload.FetchConfig {
	c := upload.DefaultFetchConfig()
	c.AllowPrivate, c.AllowPlain, c.RootCAs = true, true, pool(servers...)
	c.Timeout, c.ConnectTimeout = 10*time.Second, 5*time.Second
	return c
}

func fetcher(t *testing.T, c upload.FetchConfig) *upload.Fetcher {
	t.Helper()
	f, err := upload.NewFetcher(c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantFault(t *testing.T, err error, code fault.Code, want string) {
	t.Helper()
	if got := public(err); got != want || fault.CodeOf(err) != code {
		t.Errorf("%s %q, want %s %q (%v)", fault.CodeOf(err), got, code, want, err)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("zip"), 100000)
	var s *httptest.Server
	s = secure(t, func(w http.ResponseWriter, r *http.Request) {
		for name, want := range map[string]string{"Accept-Encoding": "identity", "Cookie": "", "Authorization": "", "Referer": ""} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if !r.Close {
			t.Error("the connection would be kept")
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		switch r.URL.Path {
		case "/direct":
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			_, _ = w.Write(data)
		case "/chunked":
			w.(http.Flusher).Flush()
			_, _ = w.Write(data)
		case "/relative":
			http.Redirect(w, r, "direct", http.StatusFound)
		case "/3", "/2", "/1":
			code := map[string]int{"/3": 301, "/2": 307, "/1": 308}[r.URL.Path]
			to := map[string]string{"/3": s.URL + "/2", "/2": s.URL + "/1", "/1": s.URL + "/direct"}[r.URL.Path]
			http.Redirect(w, r, to, code)
		case "/query":
			if r.URL.RawQuery != "sig=a%2Fb&x=%20" {
				t.Error(r.URL.RawQuery)
			}
			_, _ = w.Write(data)
		}
	})
	f := fetcher(t, local(s))
	for _, path := range []string{"/direct", "/chunked", "/relative", "/3", "/query?sig=a%2Fb&x=%20", "/direct#fragment"} {
		var b bytes.Buffer
		n, err := f.FetchURL(t.Context(), s.URL+path, &b)
		if err != nil || n != int64(len(data)) || !bytes.Equal(b.Bytes(), data) {
			t.Errorf("%s: %d bytes, %v", path, n, err)
		}
	}
}

// TestOneSentenceForAll checks that all addresses that may not be reached have the same message.
func TestOneSentenceForAll(t *testing.T) {
	t.Parallel()
	asked := func(http.ResponseWriter, *http.Request) { t.Error("a private server was asked") }
	quiet := secure(t, asked)
	plain := httptest.NewServer(http.HandlerFunc(asked))
	t.Cleanup(plain.Close)
	s := answers(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "https://" + listener.Addr().String() + "/"
	_ = listener.Close()

	guarded := local(s, quiet)
	guarded.AllowPrivate = false
	untrusting := local()
	name := func(s *httptest.Server, host string) string {
		u, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		return u.Scheme + "://" + net.JoinHostPort(host, u.Port()) + "/"
	}
	for what, c := range map[string]struct {
		config  upload.FetchConfig
		address string
	}{
		"loopback":           {guarded, quiet.URL},
		"loopback, plain":    {guarded, plain.URL},
		"localhost":          {guarded, name(quiet, "localhost")},
		"localhost, dotted":  {guarded, name(quiet, "localhost.")},
		"IPv6 loopback":      {guarded, name(quiet, "::1")},
		"IPv4-mapped":        {guarded, name(quiet, "::ffff:127.0.0.1")},
		"unspecified":        {guarded, name(quiet, "0.0.0.0")},
		"any loopback":       {guarded, name(quiet, "127.9.9.9")},
		"a number":           {guarded, name(quiet, "2130706433")},
		"metadata":           {guarded, "http://169.254.169.254/latest/meta-data"},
		"metadata, IPv6":     {guarded, "http://[fd00:ec2::254]/latest/meta-data"},
		"no such name":       {local(s), "https://no-such-name.invalid/"},
		"no server":          {local(s), closed},
		"unknown authority":  {untrusting, s.URL + "/ok"},
		"TLS to plain":       {local(s), strings.Replace(plain.URL, "http", "https", 1)},
		"redirect nowhere":   {local(s), s.URL + "/nowhere"},
		"redirect to a file": {local(s), s.URL + "/file"},
		"redirect with user": {local(s), s.URL + "/user"},
		"coded":              {local(s), s.URL + "/coded"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			_, err := fetcher(t, c.config).FetchURL(t.Context(), c.address, io.Discard)
			wantFault(t, err, fault.Input, unreachable)
			if e, ok := fault.As(err); ok && (e.Cause == nil || e.Hint != "" || strings.Contains(e.Cause.Error(), c.address)) {
				t.Errorf("cause %v, hint %q", e.Cause, e.Hint)
			}
		})
	}
}

// answers is a server that answers in many wrong ways.
func answers(t *testing.T) *httptest.Server {
	t.Helper()
	var s *httptest.Server
	s = secure(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/4":
			http.Redirect(w, r, "/3", http.StatusFound)
		case "/3":
			http.Redirect(w, r, "/2", http.StatusFound)
		case "/2":
			http.Redirect(w, r, "/1", http.StatusFound)
		case "/1":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/ok":
			_, _ = w.Write([]byte("zip"))
		case "/nowhere":
			w.WriteHeader(http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/user":
			http.Redirect(w, r, strings.Replace(s.URL, "://", "://user:pass@", 1), http.StatusFound)
		case "/coded":
			w.Header().Set("Content-Encoding", "gzip")
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("short"))
		case "/partial":
			w.WriteHeader(http.StatusPartialContent)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	return s
}

// TestReasons checks that the status of a permitted server's answer is reported.
func TestReasons(t *testing.T) {
	t.Parallel()
	s := answers(t)
	for path, want := range map[string]string{
		"/absent":  "the archive's address answered 404",
		"/partial": "the archive's address answered 206",
		"/loop":    "the archive's address redirected more than 3 times",
		"/4":       "the archive's address redirected more than 3 times",
		"/cut":     "the download of the archive is incomplete",
	} {
		_, err := fetcher(t, local(s)).FetchURL(t.Context(), s.URL+path, io.Discard)
		wantFault(t, err, fault.Input, want)
	}
}

// TestRedirectToAPrivateAddress treats the first server as public, so that only its redirect is refused.
func TestRedirectToAPrivateAddress(t *testing.T) {
	t.Parallel()
	inside := secure(t, func(http.ResponseWriter, *http.Request) { t.Error("the private server was asked") })
	outside := secure(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL, http.StatusFound)
	})
	var seen []string
	f := upload.FetcherOpenTo(t, local(inside, outside), outside.Listener.Addr().String(), &seen)
	_, err := f.FetchURL(t.Context(), outside.URL, io.Discard)
	wantFault(t, err, fault.Input, unreachable)
	if want := []string{outside.Listener.Addr().String(), inside.Listener.Addr().String()}; fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("connected to %v, want %v", seen, want)
	}
}

func TestAddressForms(t *testing.T) {
	t.Parallel()
	strict := upload.DefaultFetchConfig()
	plain := strict
	plain.AllowPlain = true
	const port = "the archive's address must use port 443"
	for _, c := range []struct {
		config  upload.FetchConfig
		address string
		want    string
	}{
		{strict, "", upload.HTTPSOnly},
		{strict, "http://example.com/a.zip", upload.HTTPSOnly},
		{strict, "ftp://example.com/a.zip", upload.HTTPSOnly},
		{strict, "file:///etc/passwd", upload.HTTPSOnly},
		{strict, "example.com/a.zip", upload.HTTPSOnly},
		{strict, " https://example.com", upload.HTTPSOnly},
		{strict, "https:/example.com", upload.HTTPSOnly},
		{plain, "ftp://example.com/a.zip", upload.HTTPSOnly},
		{strict, "https://", "the archive's address has no host"},
		{strict, "https://:443/", "the archive's address has no host"},
		{strict, "https:///a.zip", "the archive's address has no host"},
		{strict, "https://exa mple.com/", "the archive's address is not a URL"},
		{strict, "https://example.com/%zz", "the archive's address is not a URL"},
		{strict, "https://example.com/\n", "the archive's address is not a URL"},
		{strict, "https://[::1/", "the archive's address is not a URL"},
		{strict, "https://me:secret@example.com/", "the archive's address must not hold a user name or password"},
		{strict, "https://me@example.com/", "the archive's address must not hold a user name or password"},
		{strict, "https://@example.com/", "the archive's address must not hold a user name or password"},
		{plain, "http://me@example.com/", "the archive's address must not hold a user name or password"},
		{strict, "https://example.com:80/", port},
		{strict, "https://example.com:8443/", port},
		{strict, "https://example.com:0443/", port},
		{strict, "https://example.com:22/", port},
		{strict, "https://127.0.0.1:443/", unreachable},
		{strict, "https://127.0.0.1/", unreachable},
	} {
		_, err := fetcher(t, c.config).FetchURL(t.Context(), c.address, io.Discard)
		wantFault(t, err, fault.Input, c.want)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Error("the error contains the password")
		}
	}
}

// failing is a writer that fails after some bytes.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestSizes(t *testing.T) {
	t.Parallel()
	const most = 100000
	s := secure(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscan(r.URL.Query().Get("n"), &n)
		if r.URL.Path == "/chunked" {
			w.(http.Flusher).Flush()
		} else {
			w.Header().Set("Content-Length", fmt.Sprint(n))
		}
		_, _ = w.Write(make([]byte, n))
	})
	c := local(s)
	c.MaxBytes = most
	f := fetcher(t, c)
	for _, path := range []string{"/", "/chunked"} {
		var b bytes.Buffer
		if n, err := f.FetchURL(t.Context(), fmt.Sprintf("%s%s?n=%d", s.URL, path, most), &b); err != nil || n != most || b.Len() != most {
			t.Errorf("%s: %d, %v", path, n, err)
		}
		b.Reset()
		_, err := f.FetchURL(t.Context(), fmt.Sprintf("%s%s?n=%d", s.URL, path, most+1), &b)
		wantFault(t, err, fault.Input, "the archive is larger than 98 KiB")
		if b.Len() > most || path == "/" && b.Len() > 0 {
			t.Errorf("%s: %d bytes were written", path, b.Len())
		}
	}
	_, err := f.FetchURL(t.Context(), fmt.Sprintf("%s/?n=%d", s.URL, most), &failing{left: 1000})
	wantFault(t, err, fault.Disk, "the archive could not be stored")
}

// late is a writer that blocks one second longer than the fetcher's timeout.
type late struct{ ready <-chan time.Time }

func (l late) Write(p []byte) (int, error) {
	<-l.ready
	return len(p), nil
}

// TestWholeTooLate checks that an answer that is complete only after the timeout is refused: the server may
// have noticed that the client closed the connection, and ended its answer properly.
func TestWholeTooLate(t *testing.T) {
	t.Parallel()
	s := secure(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		_, _ = w.Write([]byte("zip"))
	})
	c := local(s)
	c.Timeout = time.Second
	_, err := fetcher(t, c).FetchURL(t.Context(), s.URL, late{time.After(2 * time.Second)})
	wantFault(t, err, fault.Input, "the archive's address took too long to answer")
}

func TestTime(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := secure(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/trickle" {
			_, _ = w.Write([]byte("some"))
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) })
	// A server that accepts connections but sends nothing, so that the TLS handshake does not start.
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })

	c := local(s)
	c.Timeout = 200 * time.Millisecond
	short := c
	short.Timeout, short.ConnectTimeout = time.Minute, 200*time.Millisecond
	const slow = "the archive's address took too long to answer"
	for name, address := range map[string]string{
		"head": s.URL + "/", "body": s.URL + "/trickle",
		"handshake": "https://" + silent.Addr().String(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := fetcher(t, c).FetchURL(t.Context(), address, io.Discard)
			wantFault(t, err, fault.Input, slow)

			patient := c
			patient.Timeout = time.Minute
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			_, err = fetcher(t, patient).FetchURL(ctx, address, io.Discard)
			wantFault(t, err, fault.Cancelled, "fetching the archive was stopped")

			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err = fetcher(t, patient).FetchURL(ctx, address, io.Discard)
			wantFault(t, err, fault.Cancelled, "fetching the archive was stopped")
		})
	}
	_, err = fetcher(t, short).FetchURL(t.Context(), "https://"+silent.Addr().String(), io.Discard)
	wantFault(t, err, fault.Input, slow)
}

//nolint:paralleltest // sets environment variables, which is for the whole process
func TestNoProxyFromTheEnvironment(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	t.Cleanup(proxy.Close)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	f := fetcher(t, local())
	_, err := f.FetchURL(t.Context(), "http://no-such-name.invalid/", io.Discard)
	wantFault(t, err, fault.Input, unreachable)
}

func TestFetchConfig(t *testing.T) {
	t.Parallel()
	if err := upload.DefaultFetchConfig().Validate(); err != nil {
		t.Error(err)
	}
	bad := upload.FetchConfig{Redirects: -1, GitHubURL: "http://github.example"}
	err := bad.Validate()
	for _, name := range []string{"redirects", "timeout", "connect timeout", "max bytes", "GitHub URL"} {
		if err == nil || !strings.Contains(err.Error(), name+":") {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
	if _, err := upload.NewFetcher(bad); fault.CodeOf(err) != fault.Usage {
		t.Error(err)
	}
	for address, want := range map[string]bool{
		"https://git.example/api/v3": true, "https://git.example/?a=b": false, "https://me@git.example": false,
		"https://git.example:8443": false,
	} {
		c := upload.DefaultFetchConfig()
		c.GitHubURL = address
		if err := c.Validate(); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestOldTLSIsRefused needs servers with TLS; otherwise, it would not test the rules for TLS.
func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	s.StartTLS()
	t.Cleanup(s.Close)
	_, err := fetcher(t, local(s)).FetchURL(t.Context(), s.URL, io.Discard)
	wantFault(t, err, fault.Input, unreachable)
}
