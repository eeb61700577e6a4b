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

// document is the OpenAPI document, and which of its answers were seen.
type document struct {
	root     map[string]any
	ops      []*operation
	mu       sync.Mutex // guards what follows
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
	saw      map[string]bool
}

// operation is a method of a path.
type operation struct {
	id, method, path string
	pattern          *regexp.Regexp
	node             map[string]any
	at               string // where it stands in the document
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
	for path, item := range object(d.root["paths"]) {
		for method, node := range object(item) {
			if method == "parameters" {
				continue
			}
			d.ops = append(d.ops, d.operation(path, strings.ToUpper(method), object(item), object(node)))
		}
	}
	slices.SortFunc(d.ops, func(a, b *operation) int { return strings.Compare(a.id, b.id) })
	return d, nil
})

// decodeObject reads JSON as the validator of schemas wants it.
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

// object and text are empty for what is of another type.
func object(v any) map[string]any { m, _ := v.(map[string]any); return m }
func text(v any) string           { s, _ := v.(string); return s }

func pointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return b.String()
}

func (d *document) operation(path, method string, item, node map[string]any) *operation {
	o := &operation{id: text(node["operationId"]), method: method, path: path, node: node, at: pointer("paths", path, strings.ToLower(method))}
	o.pattern = regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
	for _, list := range []any{item["parameters"], node["parameters"]} {
		params, _ := list.([]any)
		for _, p := range params {
			resolved, _ := d.resolve(object(p), "")
			o.params = append(o.params, resolved)
		}
	}
	return o
}

// resolve follows a $ref, and tells where it led.
func (d *document) resolve(node map[string]any, at string) (map[string]any, string) {
	ref := text(node["$ref"])
	if ref == "" {
		return node, at
	}
	at = strings.TrimPrefix(ref, "#")
	node = d.root
	for p := range strings.SplitSeq(strings.TrimPrefix(at, "/"), "/") {
		node = object(node[strings.NewReplacer("~1", "/", "~0", "~").Replace(p)])
	}
	return d.resolve(node, at)
}

// find returns the operation of a request; known tells whether there is anything at its path.
func (d *document) find(method string, u *url.URL) (o *operation, known bool) {
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

// valid holds a value against the schema at a place of the document.
func (d *document) valid(at string, value any) error {
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

// see notes that an answer was seen.
func (d *document) see(o *operation, status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.saw[o.id+" "+strconv.Itoa(status)] = true
}

// unseenAnswers lists the documented answers that nobody saw; failures of the server aside.
func (d *document) unseenAnswers() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range d.ops {
		for status := range object(o.node["responses"]) {
			if !d.saw[o.id+" "+status] && status != "500" && status != "503" {
				out = append(out, o.id+" "+status)
			}
		}
	}
	slices.Sort(out)
	return out
}

// answer is what a server answered, whole.
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

// judge tells all that is wrong with an answer.
func (s *server) judge(method string, u *url.URL, a answer) (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if a.status >= 300 && a.status < 400 && a.status != http.StatusNotModified {
		bad("it redirects")
	}
	for _, secret := range s.leaks(a) {
		bad("it shows %q", secret)
	}
	if strings.HasSuffix(a.media(), "json") && a.status >= 400 && method != http.MethodHead && !bytes.Contains(a.body, []byte(`"finished"`)) && u.Path != "/readyz" {
		for _, w := range problems(a) {
			bad("%s", w)
		}
	}
	o, known := s.doc.find(method, u)
	if o == nil {
		want, media := http.StatusNotFound, "application/json"
		if known {
			want = http.StatusMethodNotAllowed
		}
		if strings.HasPrefix(regexp.MustCompile(`/+`).ReplaceAllString(u.Path, "/"), "/v1/") {
			media = "application/problem+json"
		}
		if strings.HasPrefix(regexp.MustCompile(`/+`).ReplaceAllString(u.Path, "/"), "/objects/") {
			want = http.StatusForbidden // a signed address is for one object and method
		}
		if a.status != want || a.media() != media {
			bad("it is not documented, and should be %d as %s", want, media)
		}
		return wrong
	}
	if a.status >= 500 && a.status != http.StatusNotImplemented && o.id != "getReadiness" {
		bad("the server failed")
	}
	return append(wrong, s.documented(o, method, a)...)
}

// documented reports where an answer is not as the document says.
func (s *server) documented(o *operation, method string, a answer) (wrong []string) {
	bad := func(format string, args ...any) {
		wrong = append(wrong, o.id+": "+fmt.Sprintf(format, args...))
	}
	responses := object(o.node["responses"])
	status := strconv.Itoa(a.status)
	if responses[status] == nil {
		bad("the status is not documented")
		return wrong
	}
	s.doc.see(o, a.status)
	node, at := s.doc.resolve(object(responses[status]), o.at+pointer("responses", status))
	headers := map[string]bool{}
	for name, h := range object(node["headers"]) {
		headers[http.CanonicalHeaderKey(name)] = true
		if err := s.header(a, name, object(h), at+pointer("headers", name)); err != nil {
			bad("header %s: %v", name, err)
		}
	}
	for name := range a.header {
		own := strings.HasPrefix(name, "X-") && name != "X-Content-Type-Options" || slices.Contains([]string{"Location", "Retry-After", "Idempotency-Replayed"}, name)
		if own && !headers[name] {
			bad("the header %s is not documented", name)
		}
	}
	content := object(node["content"])
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
	if object(media)["schema"] == nil || method == http.MethodHead {
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
	if err := s.doc.valid(at+pointer("content", a.media(), "schema"), value); err != nil {
		bad("the body is not as documented: %v", err)
	}
	return wrong
}

// header holds a header against its description.
func (s *server) header(a answer, name string, node map[string]any, at string) error {
	node, at = s.doc.resolve(node, at)
	values := a.header.Values(name)
	if len(values) == 0 {
		if node["required"] == true {
			return errors.New("it is not there")
		}
		return nil
	}
	var value any = values[0]
	if object(node["schema"])["type"] == "integer" {
		value = json.Number(values[0])
	}
	return s.doc.valid(at+pointer("schema"), value)
}

// problems reports where an error is not one.
func problems(a answer) (wrong []string) {
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

// leaks lists what an answer reveals about the machine.
func (s *server) leaks(a answer) (out []string) {
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

// request is what a test asks.
type request struct {
	method, path string // or a whole address
	header       map[string]string
	body         string
	from         io.Reader // instead of body, and without a length
	key          string    // goodKey when empty
}

// noKey asks without one.
const noKey = "-"

func get(path string) request        { return request{method: http.MethodGet, path: path} }
func post(path, body string) request { return request{method: http.MethodPost, path: path, body: body} }

// signedRequest asks at an address that was handed out.
func signedRequest(method, address, body string) request {
	return request{method: method, path: address, body: body, key: noKey}
}

// with adds headers, in pairs.
func (q request) with(pairs ...string) request {
	h := map[string]string{}
	maps.Copy(h, q.header)
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = pairs[i+1]
	}
	q.header = h
	return q
}

func (q request) as(key string) request {
	q.key = key
	return q
}

// make makes the request for net/http.
func (s *server) make(ctx context.Context, q request) (*http.Request, error) {
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

// try asks and judges.
func (s *server) try(ctx context.Context, q request) (a answer, wrong []string, err error) {
	r, err := s.make(ctx, q)
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

// do asks; what is wrong with the answer by itself fails the test.
func (s *server) do(t *testing.T, q request) answer {
	t.Helper()
	a, wrong, err := s.try(t.Context(), q)
	if err != nil {
		t.Fatalf("%s %s: %v", q.method, q.path, err)
	}
	for _, w := range wrong {
		t.Errorf("%s %s: %s\n%s", q.method, q.path, w, a)
	}
	return a
}

// want asks for a status.
func (s *server) want(t *testing.T, status int, q request) answer {
	t.Helper()
	a := s.do(t, q)
	if a.status != status {
		t.Fatalf("%s %s: %d, want %d: %s", q.method, q.path, a.status, status, a)
	}
	return a
}

// ask asks for JSON.
func ask[T any](t *testing.T, s *server, status int, q request) (v T) {
	t.Helper()
	a := s.want(t, status, q)
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s %s: %v in %s", q.method, q.path, err, a)
	}
	return v
}

// refused asks for an error with a sentence.
func (s *server) refused(t *testing.T, status int, sentence string, q request) {
	t.Helper()
	if p := ask[api.Problem](t, s, status, q); p.Message != sentence {
		t.Errorf("%s %s: %q, want %q", q.method, q.path, p.Message, sentence)
	}
}

// seeID notes an answer that came by another way than try.
func (d *document) seeID(id string, status int) {
	for _, o := range d.ops {
		if o.id == id {
			d.see(o, status)
		}
	}
}

// regexpFirst returns the first group of a pattern in a text.
func regexpFirst(pattern, text string) string {
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if len(m) < 2 {
		return ""
	}
	return m[1]
}
