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

// RequestError is the cause of a failed request. The fault around it contains the public message.
type RequestError struct {
	Status    int           // HTTP status; 0 if there was no answer
	Message   string        // the server's message, shortened and without keys; may be empty
	Temporary bool          // a retry may succeed
	After     time.Duration // the delay that the server requests; 0 if none
	Err       error         // error of the network; may be nil
}

// Error implements error.
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

// Unwrap returns the error of the network.
func (f *RequestError) Unwrap() error { return f.Err }

// Client sends requests to one server, without retries.
type Client struct {
	cfg  Config
	http *http.Client
}

// NewClient returns a client.
func NewClient(cfg Config) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Client{cfg: cfg, http: &http.Client{
		// Do not follow redirects: the key would go to an address that is not in the settings.
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
	Method string // empty means POST
	Path   string // appended to the base URL
	Query  url.Values
	Header http.Header
	Body   []byte
	// Accept lists the media types that the caller can use, such as "audio/wav". A type that ends in "/"
	// matches all of its subtypes. Empty matches everything.
	Accept []string
	// Sign adds a signature to the request; may be nil.
	Sign func(*http.Request, []byte) error
	// Explain converts an error status to a fault. It may be nil, and may return nil for unknown errors.
	Explain func(Refusal) *fault.Error
}

// Refusal is an answer with an error status.
type Refusal struct {
	Status int
	Header http.Header
	Body   []byte
}

// Answer is a complete answer of a server with a good status and an accepted media type.
type Answer struct {
	Type   string            // media type in lower case, without parameters
	Params map[string]string // parameters of the media type
	Body   []byte
}

// SendCall sends a request. The error is the error of ctx, or a fault whose cause is a *RequestError.
func (c *Client) SendCall(ctx context.Context, call Call) (Answer, error) {
	timed, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	req, err := c.newRequest(timed, call)
	if err != nil {
		return Answer{}, c.newRequestFault(&RequestError{Err: err}, "the request to %s cannot be created", c.cfg.Name)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, c.toNetworkFault(ctx, timed, err, "cannot be reached at "+c.cfg.FindHost())
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.cfg.MaxBody+1))
	if err != nil {
		return Answer{}, c.toNetworkFault(ctx, timed, err, "closed the connection in the middle of its answer")
	}
	if int64(len(body)) > c.cfg.MaxBody {
		return Answer{}, c.newRequestFault(&RequestError{}, "the answer of %s is longer than %d bytes", c.cfg.Name,
			c.cfg.MaxBody)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return Answer{}, c.newStatusFault(resp, body, call.Explain)
	}
	a := Answer{Body: body}
	a.Type, a.Params, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if len(body) == 0 {
		return Answer{}, c.NewBadAnswerFault("%s returned an empty answer", c.cfg.Name)
	}
	if !isAcceptedType(a.Type, call.Accept) {
		f := &RequestError{Temporary: true, Message: c.findErrorMessage(body)}
		return Answer{}, c.newRequestFault(f, "%s returned %s instead of %s",
			c.cfg.Name, describeMediaType(a.Type), strings.TrimSuffix(call.Accept[0], "/")).
			WithHint("is %s the address of the speech service?", c.cfg.URL)
	}
	return a, nil
}

// CheckReachable returns an error if a server does not answer. Any answer counts, even an error status.
func CheckReachable(ctx context.Context, cfg Config) error {
	cfg.Timeout = min(cfg.Timeout, 5*time.Second)
	c, err := NewClient(cfg)
	if err != nil {
		return err
	}
	defer c.http.CloseIdleConnections()
	_, err = c.SendCall(ctx, Call{Method: http.MethodGet})
	if f, ok := errors.AsType[*RequestError](err); ok && f.Err != nil && f.Status == 0 {
		return err
	}
	return ctx.Err()
}

// describeMediaType returns a media type for a message.
func describeMediaType(t string) string {
	if t == "" {
		return "an answer without a content type"
	}
	return t
}

// newRequest builds and signs the HTTP request.
func (c *Client) newRequest(ctx context.Context, call Call) (*http.Request, error) {
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
		return nil, fmt.Errorf("the setting url of %s is not a valid address", c.cfg.Name)
	}
	maps.Copy(req.Header, call.Header)
	req.Header.Set("User-Agent", "mynah")
	if call.Sign != nil {
		return req, call.Sign(req, call.Body)
	}
	return req, nil
}

// isAcceptedType reports whether a media type matches one of want.
func isAcceptedType(got string, want []string) bool {
	return len(want) == 0 || slices.ContainsFunc(want, func(w string) bool {
		return got == w || strings.HasSuffix(w, "/") && strings.HasPrefix(got, w)
	})
}

// toNetworkFault converts an error of the network to a fault, or returns the error of ctx.
func (c *Client) toNetworkFault(ctx, timed context.Context, err error, what string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its text contains the URL, which may contain secrets
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
	return c.newRequestFault(f, "%s %s", c.cfg.Name, what).
		WithHint("check that the service is running and url is right; run mynah doctor to test it")
}

// newRequestFault returns the fault of a failed request.
func (c *Client) newRequestFault(f *RequestError, format string, args ...any) *fault.Error {
	return fault.New(fault.ToolFailed, f, format, args...)
}

// NewBadAnswerFault returns the fault for an unusable answer; a retry may succeed.
func (c *Client) NewBadAnswerFault(format string, args ...any) *fault.Error {
	return c.newRequestFault(&RequestError{Temporary: true}, format, args...).
		WithHint("try again later, or check url and model in mynah.yaml")
}

// NewRefusedFault returns the fault for a request that can never succeed, with the server's message.
func (c *Client) NewRefusedFault(r Refusal, format string, args ...any) *fault.Error {
	return c.newRequestFault(&RequestError{Status: r.Status, Message: c.findErrorMessage(r.Body)}, format, args...)
}

// NewTooLongFault returns the fault for a sentence that is too long for the service.
func (c *Client) NewTooLongFault(r Refusal) *fault.Error {
	return c.NewRefusedFault(r, "the sentence is too long for %s", c.cfg.Name).WithHint("split it in two")
}

// NewNoKeyFault returns the fault for a key whose environment variable is not set.
func (c *Client) NewNoKeyFault(variable string) *fault.Error {
	return c.newNoKeyFault(&RequestError{Message: "nothing was sent"}, variable)
}

func (c *Client) newNoKeyFault(f *RequestError, variable string) *fault.Error {
	return c.newRequestFault(f, "%s needs a key, but %s is not set", c.cfg.Name, variable).WithHint("set %s", variable)
}

// NewKeyRefusedFault returns the fault for a key that the service rejects.
func (c *Client) NewKeyRefusedFault(r Refusal) *fault.Error {
	return c.NewRefusedFault(r, "the key in %s was refused by %s", c.cfg.KeyEnv, c.cfg.Name).
		WithHint("set %s to a valid key", c.cfg.KeyEnv)
}

// NewNoVoiceFault returns the fault for a voice that the service does not have.
func (c *Client) NewNoVoiceFault(r Refusal, id string) *fault.Error {
	f := c.NewRefusedFault(r, "%s has no voice %q", c.cfg.Name, id).WithHint("run mynah voices to list all")
	f.Cause = noVoiceError{f.Cause, &voice.UnknownVoiceError{Engine: c.cfg.Name, Voice: id}}
	return f
}

// noVoiceError is the error of a refusal that also matches UnknownVoiceError. Its text is that of the refusal.
type noVoiceError struct {
	error
	unknown *voice.UnknownVoiceError
}

// Unwrap returns both errors.
func (n noVoiceError) Unwrap() []error { return []error{n.error, n.unknown} }

// NewNoCreditFault returns the fault for an account without credit.
func (c *Client) NewNoCreditFault(r Refusal) *fault.Error {
	return c.NewRefusedFault(r, "the account at %s has no credit left", c.cfg.Name)
}

// NewBusyFault returns the fault for a server with too many requests.
func (c *Client) NewBusyFault(r Refusal) *fault.Error {
	f := &RequestError{
		Status: r.Status, Message: c.findErrorMessage(r.Body), Temporary: true,
		After: parseRetryAfter(r.Header.Get("Retry-After"), time.Now()),
	}
	return c.newRequestFault(f, "%s has too many requests",
		c.cfg.Name).WithHint("try again later, or lower at-once in mynah.yaml")
}

// newStatusFault returns the fault for an error status. explain may be nil.
func (c *Client) newStatusFault(resp *http.Response, body []byte, explain func(Refusal) *fault.Error) error {
	if explain != nil {
		if f := explain(Refusal{resp.StatusCode, resp.Header, body}); f != nil {
			return f
		}
	}
	f := &RequestError{
		Status: resp.StatusCode, Message: c.findErrorMessage(body),
		After: parseRetryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}
	name := c.cfg.Name
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized && c.cfg.Key.IsEmpty() && c.cfg.KeyEnv != "":
		return c.newNoKeyFault(f, c.cfg.KeyEnv)
	case code == http.StatusUnauthorized && c.cfg.KeyEnv != "":
		return c.newRequestFault(f, "the key in %s was refused by %s", c.cfg.KeyEnv, name).
			WithHint("set %s to a valid key", c.cfg.KeyEnv)
	case code == http.StatusUnauthorized:
		return c.newRequestFault(f, "%s needs a key", name).
			WithHint("set key-env in mynah.yaml to the name of the environment variable that contains the key")
	case code == http.StatusPaymentRequired:
		return c.newRequestFault(f, "the account at %s has no credit left", name)
	case code == http.StatusForbidden:
		return c.newRequestFault(f, "%s does not allow this", name).WithHint("check the permissions of the key in %s",
			c.cfg.KeyEnv)
	case code == http.StatusNotFound:
		return c.newRequestFault(f, "%s does not know this address, voice or model", name).
			WithHint("check url, model and the voice in mynah.yaml")
	case code == http.StatusRequestEntityTooLarge:
		return c.newRequestFault(f, "the sentence is too long for %s", name).WithHint("split it in two")
	case code == http.StatusTooManyRequests:
		return c.NewBusyFault(Refusal{code, resp.Header, body})
	case code >= 500 || code == http.StatusRequestTimeout:
		f.Temporary = code != http.StatusNotImplemented
		return c.newRequestFault(f, "%s failed", name).WithHint("try again later")
	case code >= 300 && code < 400:
		return c.newRequestFault(f, "%s has moved to another address",
			name).WithHint("put the new address into url in mynah.yaml")
	default:
		return c.newRequestFault(f, "%s refused the request", name)
	}
}

// parseRetryAfter parses Retry-After (RFC 9110, 10.2.3): seconds, or a date. It returns 0 if s is neither.
func parseRetryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		return max(time.Duration(n)*time.Second, 0)
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// findErrorMessage extracts the error message from a server's answer, in the formats that are in use. It returns "" for
// HTML pages. It removes the key, because some servers repeat it.
func (c *Client) findErrorMessage(body []byte) string {
	const most = 300
	s := strings.TrimSpace(string(body))
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) == nil {
		s = findMessage(object)
	} else if strings.HasPrefix(s, "<") || strings.ContainsRune(s, 0) {
		return ""
	}
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if !c.cfg.Key.IsEmpty() {
		s = strings.ReplaceAll(s, c.cfg.Key.RevealKey(), "…")
	}
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// findMessage returns the message in an error object, which may be nested.
func findMessage(m map[string]json.RawMessage) string {
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
			return findMessage(deeper)
		case json.Unmarshal(raw, &list) == nil && len(list) > 0:
			return findMessage(list[0])
		}
	}
	return ""
}
