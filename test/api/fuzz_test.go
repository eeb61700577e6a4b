//go:build linux

package api_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/house"
	"mynah/internal/testrun"
)

var (
	requests = flag.Int("requests", 2000, "how many requests to generate from the document")
	seed     = flag.Uint64("seed", 1, "what they are generated from")
)

// TestGeneratedRequests sends random requests, valid and invalid ones, that are generated from the
// OpenAPI document. Every answer must be documented and must not be an internal error.
func TestGeneratedRequests(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	n := *requests
	if testing.Short() {
		n = min(n, 500)
	}
	// A short queue and one build at a time limit the number of videos that are built.
	s := startTestServer(t, func(c *house.Config, sc *house.ServeConfig) {
		sc.Store.MaxQueued, sc.Queue.Workers, c.Proc.Jobs = 2, 1, 1
	})
	pool := newPool(t, s)
	var next atomic.Int64
	var failures atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(n) || failures.Load() > 10 {
					return
				}
				// Each request has its own seed, so that it can be repeated alone.
				g := &generator{rng: rand.New(rand.NewPCG(*seed, uint64(i))), doc: s.doc, pool: pool}
				q, id := g.randomRequest()
				a, wrong, err := s.sendHurried(t.Context(), q)
				if err != nil {
					wrong = append(wrong, err.Error())
				}
				for _, w := range wrong {
					failures.Add(1)
					t.Errorf("request %d of seed %d, %s: %s\n%s %.300s\n%v\n%.500q\nanswer %s", i, *seed, id, w,
						q.method, q.path, q.header, q.body, a)
				}
				pool.addFrom(a)
			}
		})
	}
	all.Wait()
	s.cancelAll(t)
}

// sendHurried sends a request and judges the answer. It reads only the beginning of an event
// stream.
func (s *server) sendHurried(ctx context.Context, q request) (a answer, wrong []string, err error) {
	if !strings.Contains(q.path, "/events") {
		return s.sendAndJudge(ctx, q)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
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
	if a.media() != "text/event-stream" {
		if a.body, err = io.ReadAll(resp.Body); err != nil {
			return a, nil, err
		}
	}
	return a, s.judge(q.method, r.URL, a), nil
}

// cancelAll cancels all builds that are not over.
func (s *server) cancelAll(t *testing.T) {
	t.Helper()
	for _, key := range []string{goodKey, otherKey} {
		l := wantJSON[api.BuildList](t, s, http.StatusOK, get("/v1/builds?limit=100").withKey(key))
		for _, b := range l.Builds {
			if !isOver(b) {
				s.mustSend(t, post("/v1/builds/"+b.ID+"/cancel", ""))
			}
		}
	}
}

// pool contains existing ids, uploads and signed URLs for generated requests.
type pool struct {
	mu        sync.Mutex
	ids       []string
	addresses map[string][]string // signed URLs, by operation
	uploads   []string
}

func newPool(t *testing.T, s *server) *pool {
	t.Helper()
	p := &pool{addresses: map[string][]string{}}
	zip := zipFiles(t, map[string]string{"a.md": silent, "b/c.md": silent, "wrong.md": "![](no.png)"})
	for range 3 {
		g := s.uploadProject(t, zip)
		p.uploads = append(p.uploads, g.Repository)
		p.addresses["upload"] = append(p.addresses["upload"], g.URL)
		task := s.startBuild(t, g, "a.md")
		st := s.waitSucceeded(t, task.StatusURL)
		p.ids = append(p.ids, task.TaskID)
		p.addresses["getStatus"] = append(p.addresses["getStatus"], task.StatusURL)
		p.addresses["getResult"] = append(p.addresses["getResult"], st.Result, st.Poster)
	}
	return p
}

// addFrom adds the ids, uploads and URLs of an answer to the pool.
func (p *pool) addFrom(a answer) {
	var v struct{ StatusURL, TaskID, ID, URL, Repository string }
	if a.media() != "application/json" || json.Unmarshal(a.body, &v) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	add := func(list []string, v string) []string {
		if v == "" {
			return list
		}
		return append(list, v)[max(0, len(list)-20):]
	}
	p.ids = add(add(p.ids, v.TaskID), v.ID)
	p.addresses["getStatus"] = add(p.addresses["getStatus"], v.StatusURL)
	p.addresses["upload"] = add(p.addresses["upload"], v.URL)
}

// generator generates random requests.
type generator struct {
	rng  *rand.Rand
	doc  *document
	pool *pool
}

func pick[T any](g *generator, list ...T) T { return list[g.rng.IntN(len(list))] }

// oneIn returns true with a probability of 1/n.
func (g *generator) oneIn(n int) bool { return g.rng.IntN(n) == 0 }

func (g *generator) pickKnownID(list func(*pool) []string) string {
	g.pool.mu.Lock()
	defer g.pool.mu.Unlock()
	l := list(g.pool)
	if len(l) == 0 {
		return ""
	}
	return pick(g, l...)
}

func (g *generator) randomRequest() (request, string) {
	o := pick(g, g.doc.ops...)
	q := request{method: o.method, key: pick(g, goodKey, goodKey, goodKey, goodKey, goodKey, otherKey, noKey, "wrong")}
	if o.method == http.MethodGet && g.oneIn(10) {
		q.method = http.MethodHead
	}
	path, query := o.path, url.Values{}
	for _, p := range o.params {
		name := asText(p["name"])
		switch p["in"] {
		case "path":
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(g.randomParameter(name, p)))
		case "query":
			if p["required"] == true || g.oneIn(2) {
				query.Add(name, g.randomParameter(name, p))
			}
		case "header":
			if g.oneIn(4) {
				q = q.withHeaders(name, headerSafe(g.randomParameter(name, p)))
			}
		}
	}
	if g.oneIn(20) {
		query.Add(g.randomJunk(), g.randomJunk())
	}
	q.path = path
	if len(query) > 0 {
		q.path += "?" + query.Encode()
	}
	if address := g.pickKnownID(func(p *pool) []string { return p.addresses[o.id] }); address != "" && !g.oneIn(4) {
		q.path, q.key = address, noKey
		if g.oneIn(4) {
			q.path = g.changeByte(q.path)
		}
	}
	if g.oneIn(30) {
		q.path = strings.Replace(q.path, "/"+strings.Split(o.path, "/")[1], "//"+strings.Split(o.path, "/")[1], 1)
	}
	q = g.addRandomBody(o, q)
	if g.oneIn(10) {
		q = q.withHeaders("Accept", pick(g, "*/*", "application/zip", "application/json+vtt", "text/html",
			"application/json;q=0.5, */*;q=0.1"))
	}
	if o.id == "textToSpeech" && g.oneIn(25) { // streamed speech is slow
		q = q.withHeaders("Accept", "application/octet-stream")
	}
	return q, o.id
}

// changeByte changes one byte of a signed URL.
func (g *generator) changeByte(address string) string {
	b := []byte(address)
	at := strings.LastIndex(address, "/objects/") + len("/objects/")
	i := at + g.rng.IntN(len(b)-at)
	b[i] = pick(g, []byte("abcXYZ019-_&=")...)
	return string(b)
}

// randomParameter returns a value for a parameter, which may be valid by its schema.
func (g *generator) randomParameter(name string, p map[string]any) string {
	if name == "id" && !g.oneIn(5) {
		return g.pickKnownID(func(p *pool) []string { return p.ids })
	}
	if v := p["example"]; v != nil && g.oneIn(3) {
		return fmt.Sprint(v)
	}
	if g.oneIn(5) {
		return g.randomJunk()
	}
	return fmt.Sprint(g.randomValue(asObject(p["schema"]), 0))
}

// randomJunk returns a text that is valid for almost no parameter.
func (g *generator) randomJunk() string {
	return pick(g, "", "x", "..", "a/b", "%2e%2e", "\x00", "\xff", "ä", "-1", "0", "1e9", "null", "'", `"`, "<b>", strings.Repeat("y", 300),
		"\u202e", "99999999999999999999", "true", " ", "a\tb", strconv.Itoa(g.rng.Int()))
}

// headerSafe removes characters that Go's HTTP client does not send in headers.
func headerSafe(v string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '.'
		}
		return r
	}, v)
}

// addRandomBody adds a body to a request: one of a content type that the operation accepts, or another one.
func (g *generator) addRandomBody(o *operation, q request) request {
	content := asObject(asObject(o.node["requestBody"])["content"])
	if len(content) == 0 {
		if g.oneIn(10) {
			q.body = g.randomJunk()
		}
		return q
	}
	kind := pick(g, slices.Sorted(maps.Keys(content))...)
	schema, _ := g.doc.resolve(asObject(asObject(content[kind])["schema"]), "")
	switch {
	case kind == "multipart/form-data":
		q.body, kind = g.randomForm(schema), kind+"; boundary=generated"
	case strings.HasSuffix(kind, "json"):
		v := g.randomValue(schema, 0)
		if m := asObject(v); m != nil && g.oneIn(2) {
			g.makePlausible(m)
		}
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte("{}")
		}
		q.body = string(b)
	case kind == "application/zip":
		q.body = "PK\x03\x04" + g.randomJunk()
	default:
		q.body = g.randomScript()
		if example := asText(asObject(content[kind])["example"]); example != "" && g.oneIn(2) {
			q.body = example
		}
	}
	if kind == "*/*" {
		kind = g.randomJunk()
	}
	switch g.rng.IntN(16) {
	case 0:
		q.body = q.body[:g.rng.IntN(len(q.body)+1)] // a truncated body
	case 1:
		q.body = g.randomJunk()
	case 2:
		i := g.rng.IntN(len(q.body) + 1)
		q.body = q.body[:i] + g.randomJunk() + q.body[i:]
	case 3:
		kind = pick(g, "text/plain", "application/json", "multipart/form-data", "text/vtt", g.randomJunk())
	}
	return q.withHeaders("Content-Type", headerSafe(kind))
}

// makePlausible sets members of a random build request so that it can be valid.
func (g *generator) makePlausible(m map[string]any) {
	if _, ok := m["script"]; ok {
		m["script"] = g.randomScript()
		delete(m, "settings")
	}
	if _, ok := m["repository"]; ok {
		m["repositoryType"], m["source"] = "s3-zip", pick(g, "a.md", "b/c.md", "wrong.md", "no.md", "")
		m["repository"] = g.pickKnownID(func(p *pool) []string { return p.uploads })
	}
}

// randomScript returns a short script.
func (g *generator) randomScript() string {
	return pick(g, silent, "Hello.", "---\nsize: 64x64\n---\nHello, {{name}}.", "(voice: nobody)\n\nHello.",
		"![](no.png)", "---\n---\n", "(duration: x)", g.randomJunk())
}

// randomForm returns the parts of a multipart form.
func (g *generator) randomForm(schema map[string]any) string {
	var b strings.Builder
	names := append(slices.Sorted(maps.Keys(asObject(schema["properties"]))), "file", g.randomJunk())
	for range 1 + g.rng.IntN(4) {
		name := pick(g, names...)
		b.WriteString("--generated\r\nContent-Disposition: form-data; name=" + strconv.Quote(headerSafe(name)))
		value := g.randomScript()
		switch {
		case name == "project" || name == "file" || g.oneIn(8):
			b.WriteString("; filename=" + strconv.Quote(headerSafe(pick(g, "a.md", "p.zip", "b/c.png", "d/", "../e.md", g.randomJunk()))))
		case name == "settings" || name == "variables":
			ref := "#/components/schemas/" + strings.ToUpper(name[:1]) + name[1:]
			if v, err := json.Marshal(g.randomValue(map[string]any{"$ref": ref}, 0)); err == nil {
				value = string(v)
			}
		}
		b.WriteString("\r\n\r\n" + value + "\r\n")
	}
	if !g.oneIn(10) {
		b.WriteString("--generated--\r\n")
	}
	return b.String()
}

// randomValue returns a value of a schema, and sometimes a value of another type.
func (g *generator) randomValue(schema map[string]any, depth int) any {
	schema, _ = g.doc.resolve(schema, "")
	if g.oneIn(12) || depth > 4 {
		return pick[any](g, nil, true, 7, -1.5, "x", []any{}, map[string]any{}, []any{nil})
	}
	if list, ok := schema["enum"].([]any); ok {
		return pick(g, list...)
	}
	if v, ok := schema["const"]; ok {
		return v
	}
	if list, ok := schema["examples"].([]any); ok && g.oneIn(2) {
		return pick(g, list...)
	}
	switch schema["type"] {
	case "object":
		m := map[string]any{}
		required, _ := schema["required"].([]any)
		for name, s := range asObject(schema["properties"]) {
			if slices.Contains(required, any(name)) && !g.oneIn(10) || g.oneIn(2) {
				m[name] = g.randomValue(asObject(s), depth+1)
			}
		}
		if s := asObject(schema["additionalProperties"]); s != nil || g.oneIn(5) {
			m[pick(g, "name", "more", g.randomJunk())] = g.randomValue(s, depth+1)
		}
		return m
	case "array":
		return []any{g.randomValue(asObject(schema["items"]), depth+1)}
	case "integer", "number":
		return pick[any](g, 0, 1, 2, 20, 100, 101, -1, time.Now().Unix())
	case "boolean":
		return g.oneIn(2)
	default:
		return pick(g, g.randomScript(), g.randomJunk(), "brian", "fast", "1.5")
	}
}
