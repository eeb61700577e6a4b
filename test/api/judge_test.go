//go:build linux

package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"mynah/api"
)

// document is the OpenAPI document, and the documented answers that tests have received.
type document struct {
	root     map[string]any
	ops      []*operation
	mu       sync.Mutex // guards the fields below
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
	saw      map[string]bool
}

// operation is a method of a path in the document.
type operation struct {
	id, method, path string
	pattern          *regexp.Regexp
	node             map[string]any
	at               string // JSON pointer of the operation in the document
	params           []map[string]any
}

const documentURL = "https://mynah.invalid/openapi.json"

var theDocument = sync.OnceValues(func() (*document, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(api.Document, &doc); err != nil {
		return nil, err
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	d := &document{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}, saw: map[string]bool{}}
	if d.root, err = decodeObject(text); err != nil {
		return nil, err
	}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentURL, d.root); err != nil {
		return nil, err
	}
	for path, item := range asObject(d.root["paths"]) {
		for method, node := range asObject(item) {
			if method == "parameters" {
				continue
			}
			d.ops = append(d.ops, d.operation(path, strings.ToUpper(method), asObject(item), asObject(node)))
		}
	}
	slices.SortFunc(d.ops, func(a, b *operation) int { return strings.Compare(a.id, b.id) })
	return d, nil
})

// decodeObject decodes JSON into the form that the schema validator needs.
func decodeObject(text []byte) (map[string]any, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("no JSON object")
	}
	return m, nil
}

// asObject and asText return a zero value if v has another type.
func asObject(v any) map[string]any { m, _ := v.(map[string]any); return m }
func asText(v any) string           { s, _ := v.(string); return s }

func jsonPointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return b.String()
}

func (d *document) operation(path, method string, item, node map[string]any) *operation {
	o := &operation{
		id: asText(node["operationId"]), method: method, path: path, node: node,
		at: jsonPointer("paths", path, strings.ToLower(method)),
	}
	o.pattern = regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
	for _, list := range []any{item["parameters"], node["parameters"]} {
		params, _ := list.([]any)
		for _, p := range params {
			resolved, _ := d.resolve(asObject(p), "")
			o.params = append(o.params, resolved)
		}
	}
	return o
}

// resolve follows a $ref, and returns the node and its JSON pointer.
func (d *document) resolve(node map[string]any, at string) (map[string]any, string) {
	ref := asText(node["$ref"])
	if ref == "" {
		return node, at
	}
	at = strings.TrimPrefix(ref, "#")
	node = d.root
	for p := range strings.SplitSeq(strings.TrimPrefix(at, "/"), "/") {
		node = asObject(node[strings.NewReplacer("~1", "/", "~0", "~").Replace(p)])
	}
	return d.resolve(node, at)
}

// findOperation returns the operation of a request, or nil. known reports whether the document has the path.
func (d *document) findOperation(method string, u *url.URL) (o *operation, known bool) {
	path := u.EscapedPath()
	if strings.Contains(u.Path, "//") {
		path = regexp.MustCompile(`/+`).ReplaceAllString(u.Path, "/")
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, o := range d.ops {
		if !o.pattern.MatchString(path) {
			continue
		}
		known = true
		if o.method == method {
			return o, true
		}
	}
	return nil, known
}

// validate validates a value against the schema at a JSON pointer of the document.
func (d *document) validate(at string, value any) error {
	d.mu.Lock()
	s, ok := d.schemas[at]
	if !ok {
		var err error
		if s, err = d.compiler.Compile(documentURL + "#" + (&url.URL{Path: at}).EscapedPath()); err != nil {
			d.mu.Unlock()
			return fmt.Errorf("the schema at %s cannot be used: %w", at, err)
		}
		d.schemas[at] = s
	}
	d.mu.Unlock()
	return s.Validate(value)
}

// recordAnswer records that an answer with a status was received.
func (d *document) recordAnswer(o *operation, status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.saw[o.id+" "+strconv.Itoa(status)] = true
}

// unseenAnswers lists the documented answers that no test received, without those for internal
// errors.
func (d *document) unseenAnswers() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range d.ops {
		for status := range asObject(o.node["responses"]) {
			if !d.saw[o.id+" "+status] && status != "500" && status != "503" {
				out = append(out, o.id+" "+status)
			}
		}
	}
	slices.Sort(out)
	return out
}

// answer is a complete answer of a server.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) media() string {
	m, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return m
}

func (a answer) String() string {
	body := a.body
	if !utf8.Valid(body) {
		body = []byte("(bytes)")
	}
	return fmt.Sprintf("%d %v %.2000s", a.status, a.header, body)
}

// judge returns all problems of an answer.
func (s *server) judge(method string, u *url.URL, a answer) (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if a.status >= 300 && a.status < 400 && a.status != http.StatusNotModified {
		bad("it redirects")
	}
	for _, secret := range s.findLeaks(a) {
		bad("it shows %q", secret)
	}
	if strings.HasSuffix(a.media(), "json") && a.status >= 400 && method != http.MethodHead &&
		!bytes.Contains(a.body, []byte(`"finished"`)) && u.Path != "/readyz" {
		for _, w := range checkProblem(a) {
			bad("%s", w)
		}
	}
	o, known := s.doc.findOperation(method, u)
	if o == nil {
		want, media := http.StatusNotFound, "application/json"
		if known {
			want = http.StatusMethodNotAllowed
		}
		if strings.HasPrefix(regexp.MustCompile(`/+`).ReplaceAllString(u.Path, "/"), "/v1/") {
			media = "application/problem+json"
		}
		if strings.HasPrefix(regexp.MustCompile(`/+`).ReplaceAllString(u.Path, "/"), "/objects/") {
			want = http.StatusForbidden // a signed URL is valid for one object and method only
		}
		if a.status != want || a.media() != media {
			bad("it is not documented, and should be %d as %s", want, media)
		}
		return wrong
	}
	if a.status >= 500 && a.status != http.StatusNotImplemented && o.id != "getReadiness" {
		bad("the server failed")
	}
	return append(wrong, s.checkDocumented(o, method, a)...)
}

// checkDocumented returns the differences between an answer and the document.
func (s *server) checkDocumented(o *operation, method string, a answer) (wrong []string) {
	bad := func(format string, args ...any) {
		wrong = append(wrong, o.id+": "+fmt.Sprintf(format, args...))
	}
	responses := asObject(o.node["responses"])
	status := strconv.Itoa(a.status)
	if responses[status] == nil {
		bad("the status is not documented")
		return wrong
	}
	s.doc.recordAnswer(o, a.status)
	node, at := s.doc.resolve(asObject(responses[status]), o.at+jsonPointer("responses", status))
	headers := map[string]bool{}
	for name, h := range asObject(node["headers"]) {
		headers[http.CanonicalHeaderKey(name)] = true
		if err := s.checkHeader(a, name, asObject(h), at+jsonPointer("headers", name)); err != nil {
			bad("header %s: %v", name, err)
		}
	}
	for name := range a.header {
		own := strings.HasPrefix(name, "X-") && name != "X-Content-Type-Options" ||
			slices.Contains([]string{"Location", "Retry-After", "Idempotency-Replayed"}, name)
		if own && !headers[name] {
			bad("the header %s is not documented", name)
		}
	}
	content := asObject(node["content"])
	if len(content) == 0 {
		if len(a.body) > 0 || a.media() != "" {
			bad("it has a body, %q of %d bytes, and should have none", a.media(), len(a.body))
		}
		return wrong
	}
	media, ok := content[a.media()]
	if !ok {
		bad("the content type %q is not documented", a.header.Get("Content-Type"))
		return wrong
	}
	if asObject(media)["schema"] == nil || method == http.MethodHead {
		return wrong
	}
	var value any = string(a.body)
	if strings.HasSuffix(a.media(), "json") {
		var err error
		if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(a.body)); err != nil {
			bad("the body is no JSON: %v", err)
			return wrong
		}
	}
	if err := s.doc.validate(at+jsonPointer("content", a.media(), "schema"), value); err != nil {
		bad("the body is not as documented: %v", err)
	}
	return wrong
}

// checkHeader validates a header of an answer against its description.
func (s *server) checkHeader(a answer, name string, node map[string]any, at string) error {
	node, at = s.doc.resolve(node, at)
	values := a.header.Values(name)
	if len(values) == 0 {
		if node["required"] == true {
			return errors.New("it is not there")
		}
		return nil
	}
	var value any = values[0]
	if asObject(node["schema"])["type"] == "integer" {
		value = json.Number(values[0])
	}
	return s.doc.validate(at+jsonPointer("schema"), value)
}

// checkProblem returns the differences between an error answer and the format of problem documents.
func checkProblem(a answer) (wrong []string) {
	var p api.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		return []string{"the error is no JSON: " + err.Error()}
	}
	if p.Message == "" || p.Message != p.Error || p.Message != p.Detail && p.Message != "Forbidden" {
		wrong = append(wrong, "message, error and detail differ")
	}
	if p.Status != a.status || p.Title != http.StatusText(a.status) {
		wrong = append(wrong, "the error names another status")
	}
	return wrong
}

// findLeaks lists the texts in an answer that reveal facts about the machine.
func (s *server) findLeaks(a answer) (out []string) {
	if !utf8.Valid(a.body) || a.media() == "audio/mpeg" {
		return nil
	}
	all := string(a.body) + fmt.Sprint(a.header)
	dir := os.TempDir()
	wd, _ := os.Getwd()
	for _, place := range []string{s.data, dir + "/", "/tmp/", "/root/", "/work/", "/proc/", wd, filepath.Dir(wd)} {
		if strings.Contains(all, place) {
			out = append(out, place)
		}
	}
	for _, word := range []string{"goroutine ", ".go:", "sqlite", "SQLITE", "SQL logic", "no such file or directory", "permission denied"} {
		if strings.Contains(all, word) {
			out = append(out, word)
		}
	}
	return out
}

// request is an HTTP request of a test.
type request struct {
	method, path string // path may be a complete URL
	header       map[string]string
	body         string
	from         io.Reader // body of unknown length, instead of body
	key          string    // API key; empty means goodKey
}

// noKey is the value of request.key for a request without an API key.
const noKey = "-"

func get(path string) request        { return request{method: http.MethodGet, path: path} }
func post(path, body string) request { return request{method: http.MethodPost, path: path, body: body} }

// signedRequest returns a request to a signed URL.
func signedRequest(method, address, body string) request {
	return request{method: method, path: address, body: body, key: noKey}
}

// withHeaders returns a copy of the request with more headers, as names and values, alternating.
func (q request) withHeaders(pairs ...string) request {
	h := map[string]string{}
	maps.Copy(h, q.header)
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = pairs[i+1]
	}
	q.header = h
	return q
}

func (q request) withKey(key string) request {
	q.key = key
	return q
}

// newHTTPRequest converts the request to one for net/http.
func (s *server) newHTTPRequest(ctx context.Context, q request) (*http.Request, error) {
	address := q.path
	if !strings.HasPrefix(address, "http") {
		address = s.base + address
	}
	body := q.from
	if body == nil && q.body != "" {
		body = strings.NewReader(q.body)
	}
	r, err := http.NewRequestWithContext(ctx, q.method, address, body)
	if err != nil {
		return nil, err
	}
	if q.key == "" {
		q.key = goodKey
	}
	if q.key != noKey {
		r.Header.Set("X-Api-Key", q.key)
	}
	for k, v := range q.header {
		if k == "Host" {
			r.Host = v
			continue
		}
		r.Header.Set(k, v)
	}
	return r, nil
}

// sendAndJudge sends a request and returns the answer and its problems.
func (s *server) sendAndJudge(ctx context.Context, q request) (a answer, wrong []string, err error) {
	r, err := s.newHTTPRequest(ctx, q)
	if err != nil {
		return a, nil, err
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return a, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	a = answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return a, nil, err
	}
	return a, s.judge(q.method, r.URL, a), nil
}

// mustSend sends a request and returns the answer. Problems of the answer fail the test.
func (s *server) mustSend(t *testing.T, q request) answer {
	t.Helper()
	a, wrong, err := s.sendAndJudge(t.Context(), q)
	if err != nil {
		t.Fatalf("%s %s: %v", q.method, q.path, err)
	}
	for _, w := range wrong {
		t.Errorf("%s %s: %s\n%s", q.method, q.path, w, a)
	}
	return a
}

// wantStatus sends a request and fails the test if the answer has another status.
func (s *server) wantStatus(t *testing.T, status int, q request) answer {
	t.Helper()
	a := s.mustSend(t, q)
	if a.status != status {
		t.Fatalf("%s %s: %d, want %d: %s", q.method, q.path, a.status, status, a)
	}
	return a
}

// wantJSON sends a request and decodes the JSON of the answer.
func wantJSON[T any](t *testing.T, s *server, status int, q request) (v T) {
	t.Helper()
	a := s.wantStatus(t, status, q)
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s %s: %v in %s", q.method, q.path, err, a)
	}
	return v
}

// wantRefusal sends a request that must be refused with a status and a message.
func (s *server) wantRefusal(t *testing.T, status int, sentence string, q request) {
	t.Helper()
	if p := wantJSON[api.Problem](t, s, status, q); p.Message != sentence {
		t.Errorf("%s %s: %q, want %q", q.method, q.path, p.Message, sentence)
	}
}

// recordAnswerByID records an answer to an operation, if it was received without sendAndJudge.
func (d *document) recordAnswerByID(id string, status int) {
	for _, o := range d.ops {
		if o.id == id {
			d.recordAnswer(o, status)
		}
	}
}
