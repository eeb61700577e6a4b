package upload

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"mynah/internal/fault"
)

// HTTPSOnly is the message for a URL that does not begin with https://. Clients of the hosted
// service compare it.
const HTTPSOnly = "zip-url repository must start with https://"

// unreachable is the message for a URL that is refused, that does not resolve, or whose server
// has no valid TLS. It is the same for all of these, so that nobody can explore a private network
// with it. Answers of servers are reported, since those servers are public.
const unreachable = "the archive could not be fetched from the address"

// FetchConfig is the configuration of a Fetcher.
type FetchConfig struct {
	AllowPrivate   bool // allow addresses that are not public
	AllowPlain     bool // allow http, and all ports
	Redirects      int  // maximum number
	Timeout        time.Duration
	ConnectTimeout time.Duration // for the connection and for its TLS handshake, each
	MaxBytes       int64         // maximum size of an archive
	GitHubURL      string        // URL of GitHub's API
	RootCAs        *x509.CertPool
}

// DefaultFetchConfig allows only the public internet. RootCAs is nil: the system's.
func DefaultFetchConfig() FetchConfig {
	return FetchConfig{
		Redirects:      3,
		Timeout:        5 * time.Minute,
		ConnectTimeout: 10 * time.Second,
		MaxBytes:       1 << 30,
		GitHubURL:      "https://api.github.com",
	}
}

// Validate reports all errors at once.
func (c FetchConfig) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Redirects >= 0 && c.Redirects <= 20, "redirects: %d, must be 0 to 20", c.Redirects)
	check(c.Timeout > 0, "timeout: %s, must be above 0", c.Timeout)
	check(c.ConnectTimeout > 0, "connect timeout: %s, must be above 0", c.ConnectTimeout)
	check(c.MaxBytes >= 1, "max bytes: %d, must be at least 1", c.MaxBytes)
	if u, err := parseAllowedURL(c.GitHubURL, c.AllowPlain); err != nil {
		errs = append(errs, fmt.Errorf("GitHub URL: %q, must be an address such as https://api.github.com",
			c.GitHubURL))
	} else {
		check(u.RawQuery == "" && u.Fragment == "", "GitHub URL: %q, must not have anything after its path",
			c.GitHubURL)
	}
	return errors.Join(errs...)
}

// Fetcher downloads archives from URLs of users. It keeps no connections or cookies and uses no
// proxy. It is safe for concurrent use.
type Fetcher struct {
	config FetchConfig
	github *url.URL
	client *http.Client
}

// NewFetcher creates a Fetcher. The error is a fault: Usage, for an invalid configuration.
func NewFetcher(config FetchConfig) (*Fetcher, error) {
	if err := config.Validate(); err != nil {
		return nil, fault.New(fault.Usage, err, "the configuration for fetching archives is invalid")
	}
	github, err := parseAllowedURL(config.GitHubURL, config.AllowPlain)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: config.ConnectTimeout}
	if !config.AllowPrivate {
		dialer.ControlContext = newAddressGuard(newPublicAddresses())
	}
	return &Fetcher{config: config, github: github, client: &http.Client{
		// get follows redirects, and checks each of them.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  nil, // not even from the environment: a proxy would resolve names
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: config.RootCAs, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    config.ConnectTimeout,
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}}, nil
}

var errRefused = errors.New("the address is not public")

// newAddressGuard returns a function that checks each address before a connection, after names are
// resolved: so a name cannot resolve to another address after the check.
func newAddressGuard(a addresses) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !a.isPublic(to.Addr()) {
			return fmt.Errorf("%s: %w", to.Addr(), errRefused)
		}
		return nil
	}
}

// FetchURL downloads the archive at an https URL and returns its size in bytes. After an error, what
// was written to w is unusable.
//
// The error is a fault: Input if the URL or its content cannot be used, Disk if w fails,
// Cancelled if ctx ends.
func (f *Fetcher) FetchURL(ctx context.Context, address string, w io.Writer) (int64, error) {
	u, err := parseAllowedURL(address, f.config.AllowPlain)
	if err != nil {
		return 0, err
	}
	return f.copyAnswer(ctx, request{url: u, status: newUnreachableFault}, w)
}

// parseAllowedURL parses a URL. The fault describes what is wrong with it.
func parseAllowedURL(address string, plain bool) (*url.URL, error) {
	secure := strings.HasPrefix(address, "https://")
	if !secure && (!plain || !strings.HasPrefix(address, "http://")) {
		return nil, newRefusal("%s", HTTPSOnly)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		// The cause would quote the URL, which may contain a key.
		return nil, newRefusal("the archive's address is not a URL")
	case u.Hostname() == "":
		return nil, newRefusal("the archive's address has no host")
	case u.User != nil:
		return nil, newRefusal("the archive's address must not hold a user name or password")
	case !plain && u.Port() != "" && u.Port() != "443":
		return nil, newRefusal("the archive's address must use port 443")
	}
	return u, nil
}

// request is a request of get.
type request struct {
	url    *url.URL
	header http.Header                 // sent only to the host of url
	status func(code int) *fault.Error // the error for a status other than 200
}

func newUnreachableFault(code int) *fault.Error {
	return fault.New(fault.Input, fmt.Errorf("status %d", code), "the archive's address answered %d", code)
}

// copyAnswer copies the answer to a request, within the limits.
func (f *Fetcher) copyAnswer(ctx context.Context, r request, w io.Writer) (int64, error) {
	timed, cancel := context.WithTimeout(ctx, f.config.Timeout)
	defer cancel()
	failed := func(err error) error { return f.toFault(ctx, timed, err) }

	resp, err := f.followRedirects(timed, r)
	if err != nil {
		return 0, failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return 0, r.status(resp.StatusCode)
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return 0, failed(errors.New("the answer has a content encoding that was not requested"))
	}
	if resp.ContentLength > f.config.MaxBytes {
		return 0, f.newTooLargeError()
	}
	n, err := f.copyAndCount(w, resp.Body, failed)
	if err == nil && timed.Err() != nil {
		// When a timeout closes the connection, the server may end its answer properly first, so
		// that it looks complete.
		err = failed(timed.Err())
	}
	return n, err
}

// copyAndCount copies and counts: an answer may be longer than its Content-Length.
func (f *Fetcher) copyAndCount(w io.Writer, body io.Reader, failed func(error) error) (int64, error) {
	buf := make([]byte, 64<<10)
	var done int64
	for {
		n, err := body.Read(buf)
		if int64(n) > f.config.MaxBytes-done {
			return done, f.newTooLargeError()
		}
		if n, err := w.Write(buf[:n]); err != nil {
			return done + int64(n), fault.New(fault.Disk, err, "the archive could not be stored")
		}
		done += int64(n)
		if errors.Is(err, io.EOF) {
			return done, nil
		}
		if err != nil {
			return done, failed(fault.New(fault.Input, err, "the download of the archive is incomplete"))
		}
	}
}

func (f *Fetcher) newTooLargeError() error {
	return newRefusal("the archive is larger than %s", formatBytes(f.config.MaxBytes))
}

// toFault converts an error to a fault that may be shown to callers.
func (f *Fetcher) toFault(ctx, timed context.Context, err error) error {
	wait, waited := errors.AsType[net.Error](err)
	_, dns := errors.AsType[*net.DNSError](err)
	switch {
	case ctx.Err() != nil:
		return fault.New(fault.Cancelled, context.Cause(ctx), "fetching the archive was stopped")
	case timed.Err() != nil,
		// A name server that does not answer is treated like an unknown name.
		waited && wait.Timeout() && !dns:
		return fault.New(fault.Input, err, "the archive's address took too long to answer")
	}
	if known, ok := fault.As(err); ok && !errors.Is(err, errHop) {
		return known
	}
	return fault.New(fault.Input, err, unreachable)
}

// errHop is returned for a redirect to a URL that is not allowed.
var errHop = errors.New("the address of a redirect is not allowed")

// followRedirects follows redirects, to which the rules of the first URL apply.
func (f *Fetcher) followRedirects(ctx context.Context, r request) (*http.Response, error) {
	at := r.url
	for redirects := 0; ; redirects++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, errors.New("the address is not valid for a request")
		}
		req.Header.Set("User-Agent", "mynah")
		req.Header.Set("Accept-Encoding", "identity")
		if isSameHost(at, r.url) {
			maps.Copy(req.Header, r.header)
		}
		resp, err := f.client.Do(req)
		if err != nil {
			return nil, removeURLFromError(err)
		}
		if !isRedirect(resp.StatusCode) {
			return resp, nil
		}
		_ = resp.Body.Close()
		if redirects == f.config.Redirects {
			return nil, fault.New(fault.Input, fmt.Errorf("status %d", resp.StatusCode),
				"the archive's address redirected more than %d times", f.config.Redirects)
		}
		to, err := resp.Location()
		if err != nil {
			return nil, errors.New("a redirect without a valid address")
		}
		if at, err = parseAllowedURL(to.String(), f.config.AllowPlain); err != nil {
			return nil, fmt.Errorf("redirect %d: %w: %w", redirects+1, errHop, err)
		}
	}
}

// removeURLFromError removes the URL from an error: it may contain a key, which must not be logged.
func removeURLFromError(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func isRedirect(code int) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// isSameHost compares scheme, name and port.
func isSameHost(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) &&
		chooseEffectivePort(a) == chooseEffectivePort(b)
}

func chooseEffectivePort(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}
