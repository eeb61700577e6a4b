package remote

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/voice"
)

// RequestError is why a request failed, after the fault's public sentence.
type RequestError struct {
	Status    int           // of the answer; 0 when there was none
	Message   string        // what the server said, shortened, without keys; may be empty
	Temporary bool          // the same request may work in a moment
	After     time.Duration // that the server asks to wait; 0 when it does not say
	Err       error         // of the network; may be nil
}

// Error says what is known.
func (f *RequestError) Error() string {
	var parts []string
	if f.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", f.Status, http.StatusText(f.Status))))
	}
	if f.Message != "" {
		parts = append(parts, f.Message)
	}
	if f.Err != nil {
		parts = append(parts, f.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap is the error of the network.
func (f *RequestError) Unwrap() error { return f.Err }

// Client makes requests to one server. It repeats none.
type Client struct {
	cfg  Config
	http *http.Client
}

// NewClient makes a client.
func NewClient(cfg Config) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Client{cfg: cfg, http: &http.Client{
		// A redirect would carry the key to an address that nobody set.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableCompression: true,
			MaxIdleConnsPerHost: cfg.AtOnce, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
	}}, nil
}

// Call is one request.
type Call struct {
	Method string // empty is POST
	Path   string // after the base of the addresses
	Query  url.Values
	Header http.Header
	Body   []byte
	// Accept are the types of answers that can be used, as "audio/wav"; a type that ends
	// in "/" is all of its kind. Empty is any.
	Accept []string
	// Sign puts on what proves who asks; it may be nil.
	Sign func(*http.Request, []byte) error
	// Explain refines what a bad status means; it may be nil, and gives nil for what it
	// does not know.
	Explain func(Refusal) *fault.Error
}

// Refusal is an answer with a bad status.
type Refusal struct {
	Status int
	Header http.Header
	Body   []byte
}

// Answer is what a server gave, with a good status, a type that was asked for, and whole.
type Answer struct {
	Type   string            // without parameters, lower-case
	Params map[string]string // of the type
	Body   []byte
}

// Do makes a request. The error is a fault whose cause is a *RequestError, or that of ctx.
func (c *Client) Do(ctx context.Context, call Call) (Answer, error) {
	timed, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	req, err := c.request(timed, call)
	if err != nil {
		return Answer{}, c.fail(&RequestError{Err: err}, "no request can be sent to %s", c.cfg.Name)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, c.network(ctx, timed, err, "cannot be reached at "+c.cfg.Host())
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.cfg.MaxBody+1))
	if err != nil {
		return Answer{}, c.network(ctx, timed, err, "closed the connection in the middle of its answer")
	}
	if int64(len(body)) > c.cfg.MaxBody {
		return Answer{}, c.fail(&RequestError{}, "the answer of %s is longer than %d bytes", c.cfg.Name, c.cfg.MaxBody)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return Answer{}, c.status(resp, body, call.Explain)
	}
	a := Answer{Body: body}
	a.Type, a.Params, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if len(body) == 0 {
		return Answer{}, c.Bad("%s returned an empty answer", c.cfg.Name)
	}
	if !isAccepted(a.Type, call.Accept) {
		f := &RequestError{Temporary: true, Message: c.message(body)}
		return Answer{}, c.fail(f, "%s returned %s instead of %s",
			c.cfg.Name, named(a.Type), strings.TrimSuffix(call.Accept[0], "/")).
			WithHint("is %s the address of the speech service?", c.cfg.URL)
	}
	return a, nil
}

// Reach reports whether a server answers at all, whatever it says.
func Reach(ctx context.Context, cfg Config) error {
	cfg.Timeout = min(cfg.Timeout, 5*time.Second)
	c, err := NewClient(cfg)
	if err != nil {
		return err
	}
	defer c.http.CloseIdleConnections()
	_, err = c.Do(ctx, Call{Method: http.MethodGet})
	if f, ok := errors.AsType[*RequestError](err); ok && f.Err != nil && f.Status == 0 {
		return err
	}
	return ctx.Err()
}

func named(t string) string {
	if t == "" {
		return "an answer without a content type"
	}
	return t
}

func (c *Client) request(ctx context.Context, call Call) (*http.Request, error) {
	method := call.Method
	if method == "" {
		method = http.MethodPost
	}
	address := strings.TrimRight(c.cfg.URL, "/") + call.Path
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(call.Body))
	if err != nil {
		return nil, errors.New("the address is not valid for a request")
	}
	maps.Copy(req.Header, call.Header)
	req.Header.Set("User-Agent", "mynah")
	if call.Sign != nil {
		return req, call.Sign(req, call.Body)
	}
	return req, nil
}

func isAccepted(got string, want []string) bool {
	return len(want) == 0 || slices.ContainsFunc(want, func(w string) bool {
		return got == w || strings.HasSuffix(w, "/") && strings.HasPrefix(got, w)
	})
}

// network says what an error below HTTP means.
func (c *Client) network(ctx, timed context.Context, err error, what string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its text holds the address, which may hold more than a host
	}
	f := &RequestError{Err: err, Temporary: true}
	if timed.Err() != nil {
		f.Err = fmt.Errorf("no answer within %s", c.cfg.Timeout)
	}
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	if unknown || host {
		f.Temporary = false
	}
	return c.fail(f, "%s %s", c.cfg.Name, what).
		WithHint("check that the service is running and url is right; run mynah doctor to test it")
}

// fail makes the fault of a failure.
func (c *Client) fail(f *RequestError, format string, args ...any) *fault.Error {
	return fault.New(fault.ToolFailed, f, format, args...)
}

// Bad is a fault for an answer that cannot be used, though another might.
func (c *Client) Bad(format string, args ...any) *fault.Error {
	return c.fail(&RequestError{Temporary: true}, format, args...).WithHint("try again later, or check url and model in mynah.yaml")
}

// Refused is a fault for a request that will never work, with the server's message.
func (c *Client) Refused(r Refusal, format string, args ...any) *fault.Error {
	return c.fail(&RequestError{Status: r.Status, Message: c.message(r.Body)}, format, args...)
}

// TooLong is the fault of a sentence that a service does not take.
func (c *Client) TooLong(r Refusal) *fault.Error {
	return c.Refused(r, "the sentence is too long for %s", c.cfg.Name).WithHint("split it in two")
}

// NoKey is the fault of a key whose variable is not set.
func (c *Client) NoKey(variable string) *fault.Error {
	return c.noKey(&RequestError{Message: "nothing was sent"}, variable)
}

func (c *Client) noKey(f *RequestError, variable string) *fault.Error {
	return c.fail(f, "%s needs a key, but %s is not set", c.cfg.Name, variable).WithHint("set %s", variable)
}

// KeyRefused is the fault of a key that a service does not take, whatever its status.
func (c *Client) KeyRefused(r Refusal) *fault.Error {
	return c.Refused(r, "the key in %s was refused by %s", c.cfg.KeyEnv, c.cfg.Name).WithHint("set %s to a valid key", c.cfg.KeyEnv)
}

// NoVoice is the fault of a voice that a service does not have.
func (c *Client) NoVoice(r Refusal, id string) *fault.Error {
	f := c.Refused(r, "%s has no voice %q", c.cfg.Name, id).WithHint("run mynah voices to list all")
	f.Cause = noVoiceError{f.Cause, &voice.UnknownVoiceError{Engine: c.cfg.Name, Voice: id}}
	return f
}

// noVoiceError is a refusal that is an UnknownVoiceError too, which its text does not repeat.
type noVoiceError struct {
	error
	unknown *voice.UnknownVoiceError
}

// Unwrap returns both.
func (n noVoiceError) Unwrap() []error { return []error{n.error, n.unknown} }

// NoCredit is the fault of an account that is used up.
func (c *Client) NoCredit(r Refusal) *fault.Error {
	return c.Refused(r, "the account at %s has no credit left", c.cfg.Name)
}

// Busy is a fault for what works later.
func (c *Client) Busy(r Refusal) *fault.Error {
	f := &RequestError{Status: r.Status, Message: c.message(r.Body), Temporary: true, After: retryAfter(r.Header.Get("Retry-After"), time.Now())}
	return c.fail(f, "%s has too many requests", c.cfg.Name).WithHint("try again later, or lower at-once in mynah.yaml")
}

// status says what a bad status means.
func (c *Client) status(resp *http.Response, body []byte, explain func(Refusal) *fault.Error) error {
	if explain != nil {
		if f := explain(Refusal{resp.StatusCode, resp.Header, body}); f != nil {
			return f
		}
	}
	f := &RequestError{Status: resp.StatusCode, Message: c.message(body), After: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	name := c.cfg.Name
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized && c.cfg.Key.Empty() && c.cfg.KeyEnv != "":
		return c.noKey(f, c.cfg.KeyEnv)
	case code == http.StatusUnauthorized && c.cfg.KeyEnv != "":
		return c.fail(f, "the key in %s was refused by %s", c.cfg.KeyEnv, name).WithHint("set %s to a valid key", c.cfg.KeyEnv)
	case code == http.StatusUnauthorized:
		return c.fail(f, "%s needs a key", name).WithHint("set key-env in mynah.yaml to the variable with the key")
	case code == http.StatusPaymentRequired:
		return c.fail(f, "the account at %s has no credit left", name)
	case code == http.StatusForbidden:
		return c.fail(f, "%s does not allow this", name).WithHint("check the permissions of the key in %s", c.cfg.KeyEnv)
	case code == http.StatusNotFound:
		return c.fail(f, "%s does not know this address, voice or model", name).WithHint("check url, model and the voice in mynah.yaml")
	case code == http.StatusRequestEntityTooLarge:
		return c.fail(f, "the sentence is too long for %s", name).WithHint("split it in two")
	case code == http.StatusTooManyRequests:
		return c.Busy(Refusal{code, resp.Header, body})
	case code >= 500 || code == http.StatusRequestTimeout:
		f.Temporary = code != http.StatusNotImplemented
		return c.fail(f, "%s failed", name).WithHint("try again later")
	case code >= 300 && code < 400:
		return c.fail(f, "%s has moved to another address", name).WithHint("put the new address into url in mynah.yaml")
	default:
		return c.fail(f, "%s refused the request", name)
	}
}

// retryAfter reads RFC 9110, 10.2.3: seconds, or a date.
func retryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		return max(time.Duration(n)*time.Second, 0)
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// message finds what a server says went wrong, in the forms that are in use. A page of
// HTML says nothing to anybody. The key is taken out: some servers repeat it.
func (c *Client) message(body []byte) string {
	const most = 300
	s := strings.TrimSpace(string(body))
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) == nil {
		s = inside(object)
	} else if strings.HasPrefix(s, "<") || strings.ContainsRune(s, 0) {
		return ""
	}
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if !c.cfg.Key.Empty() {
		s = strings.ReplaceAll(s, c.cfg.Key.Reveal(), "…")
	}
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// inside digs for the sentence in an error's object.
func inside(m map[string]json.RawMessage) string {
	for _, name := range []string{"message", "Message", "error", "detail", "error_description", "msg"} {
		raw, ok := m[name]
		if !ok {
			continue
		}
		var s string
		var deeper map[string]json.RawMessage
		var list []map[string]json.RawMessage
		switch {
		case json.Unmarshal(raw, &s) == nil && s != "":
			return s
		case json.Unmarshal(raw, &deeper) == nil && deeper != nil:
			return inside(deeper)
		case json.Unmarshal(raw, &list) == nil && len(list) > 0:
			return inside(list[0])
		}
	}
	return ""
}
