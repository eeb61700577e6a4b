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

// TestGeneratedRequests asks what the document lets one ask, and what it does not, at
// random: no answer is a failure of the server, and each is as documented.
func TestGeneratedRequests(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	n := *requests
	if testing.Short() {
		n = min(n, 500)
	}
	// The queue is short, and one build runs at a time: few are ever built.
	s := serve(t, func(c *house.Config, sc *house.ServeConfig) {
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
				// Each request has a seed of its own, so that it can be made again alone.
				g := &generator{rng: rand.New(rand.NewPCG(*seed, uint64(i))), doc: s.doc, pool: pool}
				q, id := g.request()
				a, wrong, err := s.sendHurried(t.Context(), q)
				if err != nil {
					wrong = append(wrong, err.Error())
				}
				for _, w := range wrong {
					failures.Add(1)
					t.Errorf("request %d of seed %d, %s: %s\n%s %.300s\n%v\n%.500q\nanswer %s", i, *seed, id, w, q.method, q.path, q.header, q.body, a)
				}
				pool.learn(a)
			}
		})
	}
	all.Wait()
	s.cancelAll(t)
}

// sendHurried asks and judges. Of a stream of events it reads only the beginning.
func (s *server) sendHurried(ctx context.Context, q request) (a answer, wrong []string, err error) {
	if !strings.Contains(q.path, "/events") {
		return s.try(ctx, q)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
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
	if a.media() != "text/event-stream" {
		if a.body, err = io.ReadAll(resp.Body); err != nil {
			return a, nil, err
		}
	}
	return a, s.judge(q.method, r.URL, a), nil
}

// cancelAll stops what is still being built.
func (s *server) cancelAll(t *testing.T) {
	t.Helper()
	for _, key := range []string{goodKey, otherKey} {
		l := ask[api.BuildList](t, s, http.StatusOK, get("/v1/builds?limit=100").as(key))
		for _, b := range l.Builds {
			if !over(b) {
				s.do(t, post("/v1/builds/"+b.ID+"/cancel", ""))
			}
		}
	}
}

// pool are things that are really there: ids, uploads, addresses.
type pool struct {
	mu        sync.Mutex
	ids       []string
	addresses map[string][]string // by operation
	uploads   []string
}

func newPool(t *testing.T, s *server) *pool {
	t.Helper()
	p := &pool{addresses: map[string][]string{}}
	zip := archive(t, map[string]string{"a.md": silent, "b/c.md": silent, "wrong.md": "![](no.png)"})
	for range 3 {
		g := s.uploadProject(t, zip)
		p.uploads = append(p.uploads, g.Repository)
		p.addresses["upload"] = append(p.addresses["upload"], g.URL)
		task := s.build(t, g, "a.md")
		st := s.succeeded(t, task.StatusURL)
		p.ids = append(p.ids, task.TaskID)
		p.addresses["getStatus"] = append(p.addresses["getStatus"], task.StatusURL)
		p.addresses["getResult"] = append(p.addresses["getResult"], st.Result, st.Poster)
	}
	return p
}

// learn takes from an answer what can be asked for.
func (p *pool) learn(a answer) {
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

// generator makes a request.
type generator struct {
	rng  *rand.Rand
	doc  *document
	pool *pool
}

func pick[T any](g *generator, list ...T) T { return list[g.rng.IntN(len(list))] }

// maybe is true one time of n.
func (g *generator) maybe(n int) bool { return g.rng.IntN(n) == 0 }

func (g *generator) knownID(list func(*pool) []string) string {
	g.pool.mu.Lock()
	defer g.pool.mu.Unlock()
	l := list(g.pool)
	if len(l) == 0 {
		return ""
	}
	return pick(g, l...)
}

func (g *generator) request() (request, string) {
	o := pick(g, g.doc.ops...)
	q := request{method: o.method, key: pick(g, goodKey, goodKey, goodKey, goodKey, goodKey, otherKey, noKey, "wrong")}
	if o.method == http.MethodGet && g.maybe(10) {
		q.method = http.MethodHead
	}
	path, query := o.path, url.Values{}
	for _, p := range o.params {
		name := text(p["name"])
		switch p["in"] {
		case "path":
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(g.parameter(name, p)))
		case "query":
			if p["required"] == true || g.maybe(2) {
				query.Add(name, g.parameter(name, p))
			}
		case "header":
			if g.maybe(4) {
				q = q.with(name, headerSafe(g.parameter(name, p)))
			}
		}
	}
	if g.maybe(20) {
		query.Add(g.junk(), g.junk())
	}
	q.path = path
	if len(query) > 0 {
		q.path += "?" + query.Encode()
	}
	if address := g.knownID(func(p *pool) []string { return p.addresses[o.id] }); address != "" && !g.maybe(4) {
		q.path, q.key = address, noKey
		if g.maybe(4) {
			q.path = g.bendAddress(q.path)
		}
	}
	if g.maybe(30) {
		q.path = strings.Replace(q.path, "/"+strings.Split(o.path, "/")[1], "//"+strings.Split(o.path, "/")[1], 1)
	}
	q = g.body(o, q)
	if g.maybe(10) {
		q = q.with("Accept", pick(g, "*/*", "application/zip", "application/json+vtt", "text/html", "application/json;q=0.5, */*;q=0.1"))
	}
	if o.id == "textToSpeech" && g.maybe(25) { // it is spoken while we wait
		q = q.with("Accept", "application/octet-stream")
	}
	return q, o.id
}

// bendAddress changes a signed address.
func (g *generator) bendAddress(address string) string {
	b := []byte(address)
	at := strings.LastIndex(address, "/objects/") + len("/objects/")
	i := at + g.rng.IntN(len(b)-at)
	b[i] = pick(g, []byte("abcXYZ019-_&=")...)
	return string(b)
}

// parameter returns a value that may be what the document wants.
func (g *generator) parameter(name string, p map[string]any) string {
	if name == "id" && !g.maybe(5) {
		return g.knownID(func(p *pool) []string { return p.ids })
	}
	if v := p["example"]; v != nil && g.maybe(3) {
		return fmt.Sprint(v)
	}
	if g.maybe(5) {
		return g.junk()
	}
	return fmt.Sprint(g.value(object(p["schema"]), 0))
}

// junk is a text that is nothing.
func (g *generator) junk() string {
	return pick(g, "", "x", "..", "a/b", "%2e%2e", "\x00", "\xff", "ä", "-1", "0", "1e9", "null", "'", `"`, "<b>", strings.Repeat("y", 300),
		"\u202e", "99999999999999999999", "true", " ", "a\tb", strconv.Itoa(g.rng.Int()))
}

// headerSafe leaves out what our own client would not send.
func headerSafe(v string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '.'
		}
		return r
	}, v)
}

// body returns a request one of the bodies that its operation takes, or something else.
func (g *generator) body(o *operation, q request) request {
	content := object(object(o.node["requestBody"])["content"])
	if len(content) == 0 {
		if g.maybe(10) {
			q.body = g.junk()
		}
		return q
	}
	kind := pick(g, slices.Sorted(maps.Keys(content))...)
	schema, _ := g.doc.resolve(object(object(content[kind])["schema"]), "")
	switch {
	case kind == "multipart/form-data":
		q.body, kind = g.form(schema), kind+"; boundary=generated"
	case strings.HasSuffix(kind, "json"):
		v := g.value(schema, 0)
		if m := object(v); m != nil && g.maybe(2) {
			g.improve(m)
		}
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte("{}")
		}
		q.body = string(b)
	case kind == "application/zip":
		q.body = "PK\x03\x04" + g.junk()
	default:
		q.body = g.script()
		if example := text(object(content[kind])["example"]); example != "" && g.maybe(2) {
			q.body = example
		}
	}
	if kind == "*/*" {
		kind = g.junk()
	}
	switch g.rng.IntN(16) {
	case 0:
		q.body = q.body[:g.rng.IntN(len(q.body)+1)] // cut off
	case 1:
		q.body = g.junk()
	case 2:
		i := g.rng.IntN(len(q.body) + 1)
		q.body = q.body[:i] + g.junk() + q.body[i:]
	case 3:
		kind = pick(g, "text/plain", "application/json", "multipart/form-data", "text/vtt", g.junk())
	}
	return q.with("Content-Type", headerSafe(kind))
}

// improve makes of a random request for a build one that could be good.
func (g *generator) improve(m map[string]any) {
	if _, ok := m["script"]; ok {
		m["script"] = g.script()
		delete(m, "settings")
	}
	if _, ok := m["repository"]; ok {
		m["repositoryType"], m["source"] = "s3-zip", pick(g, "a.md", "b/c.md", "wrong.md", "no.md", "")
		m["repository"] = g.knownID(func(p *pool) []string { return p.uploads })
	}
}

// script is a short text.
func (g *generator) script() string {
	return pick(g, silent, "Hello.", "---\nsize: 64x64\n---\nHello, {{name}}.", "(voice: nobody)\n\nHello.", "![](no.png)", "---\n---\n", "(duration: x)", g.junk())
}

// form makes the parts of a form.
func (g *generator) form(schema map[string]any) string {
	var b strings.Builder
	names := append(slices.Sorted(maps.Keys(object(schema["properties"]))), "file", g.junk())
	for range 1 + g.rng.IntN(4) {
		name := pick(g, names...)
		b.WriteString("--generated\r\nContent-Disposition: form-data; name=" + strconv.Quote(headerSafe(name)))
		value := g.script()
		switch {
		case name == "project" || name == "file" || g.maybe(8):
			b.WriteString("; filename=" + strconv.Quote(headerSafe(pick(g, "a.md", "p.zip", "b/c.png", "d/", "../e.md", g.junk()))))
		case name == "settings" || name == "variables":
			if v, err := json.Marshal(g.value(map[string]any{"$ref": "#/components/schemas/" + strings.ToUpper(name[:1]) + name[1:]}, 0)); err == nil {
				value = string(v)
			}
		}
		b.WriteString("\r\n\r\n" + value + "\r\n")
	}
	if !g.maybe(10) {
		b.WriteString("--generated--\r\n")
	}
	return b.String()
}

// value makes one of a schema; now and then of another type.
func (g *generator) value(schema map[string]any, depth int) any {
	schema, _ = g.doc.resolve(schema, "")
	if g.maybe(12) || depth > 4 {
		return pick[any](g, nil, true, 7, -1.5, "x", []any{}, map[string]any{}, []any{nil})
	}
	if list, ok := schema["enum"].([]any); ok {
		return pick(g, list...)
	}
	if v, ok := schema["const"]; ok {
		return v
	}
	if list, ok := schema["examples"].([]any); ok && g.maybe(2) {
		return pick(g, list...)
	}
	switch schema["type"] {
	case "object":
		m := map[string]any{}
		required, _ := schema["required"].([]any)
		for name, s := range object(schema["properties"]) {
			if slices.Contains(required, any(name)) && !g.maybe(10) || g.maybe(2) {
				m[name] = g.value(object(s), depth+1)
			}
		}
		if s := object(schema["additionalProperties"]); s != nil || g.maybe(5) {
			m[pick(g, "name", "more", g.junk())] = g.value(s, depth+1)
		}
		return m
	case "array":
		return []any{g.value(object(schema["items"]), depth+1)}
	case "integer", "number":
		return pick[any](g, 0, 1, 2, 20, 100, 101, -1, time.Now().Unix())
	case "boolean":
		return g.maybe(2)
	default:
		return pick(g, g.script(), g.junk(), "brian", "fast", "1.5")
	}
}
