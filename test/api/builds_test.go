//go:build linux

package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/auth"
	"mynah/internal/house"
	"mynah/internal/store"
	"mynah/internal/testrun"
)

// part of a form: a file when it has a file name.
type part struct{ name, file, text string }

// form makes a request of parts.
func form(t *testing.T, parts ...part) request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("----a-boundary-that-stays-the-same")
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		d := `form-data; name="` + p.name + `"`
		if p.file != "" {
			d += `; filename="` + p.file + `"`
		}
		h.Set("Content-Disposition", d)
		f, err := w.CreatePart(h)
		if err == nil {
			_, err = io.WriteString(f, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return post("/v1/builds", b.String()).with("Content-Type", w.FormDataContentType())
}

func TestBuildInOneCall(t *testing.T) {
	t.Parallel()
	zip := archive(t, map[string]string{"film/a.md": silent, "film/b.md": "---\nsize: 64x64\n---\n(duration: {{n}})\n"})
	for name, c := range map[string]struct {
		q       request
		seconds float64
	}{
		"a zip":      {form(t, part{"project", "p.zip", zip}, part{"source", "", "film/b.md"}, part{"variables", "", `{"n":"2"}`}), 2},
		"source 1st": {form(t, part{"source", "", "a.md"}, part{"project", "p.zip", zip}), 1},
		"files":      {form(t, part{"files", "film/a.md", silent}, part{"other", "film/notes/b.txt", "x"}, part{"source", "", "film/a.md"}), 1},
		"a script":   {form(t, part{"project", "a.md", silent}), 1},
		"settings":   {form(t, part{"project", "a.md", "(duration: 3)"}, part{"settings", "", `{"size":"64x64","fps":"10"}`}), 3},
		"JSON":       {post("/v1/builds", `{"script":"(duration: {{n}})","variables":{"n":"2"},"settings":{"size":"64x64"}}`).with("Content-Type", "application/json; charset=utf-8"), 2},
		"no type":    {post("/v1/builds", `{"script":"---\nsize: 64x64\n---\n(duration: 1)"}`), 1},
	} {
		a := shared.want(t, http.StatusAccepted, c.q)
		var b api.Build
		if err := json.Unmarshal(a.body, &b); err != nil {
			t.Fatal(err)
		}
		if b.State != "queued" || a.header.Get("Location") != shared.base+"/v1/builds/"+b.ID || b.Links["self"] != a.header.Get("Location") {
			t.Errorf("%s: %s", name, a)
		}
		b = shared.waitUntil(t, b.ID, over)
		if b.State != "succeeded" || b.DurationInSeconds != c.seconds {
			t.Errorf("%s: %+v", name, b)
			continue
		}
		film := shared.want(t, http.StatusOK, signedRequest(http.MethodGet, b.Links["result"], ""))
		if s := length(t, film.body); s < c.seconds-0.1 || s > c.seconds+0.1 {
			t.Errorf("%s: the film lasts %g s", name, s)
		}
		if b.StartedAt == nil || b.EndedAt == nil || b.ExpiresAt == nil || b.ExpiresAt.Sub(*b.EndedAt) != 24*time.Hour || b.Links["cancel"] != "" {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func TestBuildsThatAreRefused(t *testing.T) {
	t.Parallel()
	zip := archive(t, map[string]string{"a.md": silent})
	js := func(body string) request {
		return post("/v1/builds", body).with("Content-Type", "application/json")
	}
	for name, c := range map[string]struct {
		q      request
		status int
		want   string
	}{
		"no script":      {js("{}"), http.StatusBadRequest, "Invalid request: /script: is missing"},
		"wrong type":     {js(`{"script":1}`), http.StatusBadRequest, "Invalid request: /script: must be a text and not empty"},
		"wrong settings": {js(`{"script":"x","settings":{"strict":"yes"}}`), http.StatusBadRequest, "Invalid request: /settings/strict: must be true or false"},
		"no object":      {js(`{"script":"x","settings":[]}`), http.StatusBadRequest, "Invalid request: /settings: must be an object of properties of the header"},
		"size":           {js(`{"script":"x","settings":{"size":"huge"}}`), http.StatusBadRequest, "Invalid request: /settings/size: size cannot be \"huge\""},
		"fps":            {js(`{"script":"x","settings":{"fps":"many"}}`), http.StatusBadRequest, "Invalid request: /settings/fps: fps cannot be \"many\""},
		"too long":       {js(`{"script":"` + strings.Repeat("x", 2<<20) + `"}`), http.StatusRequestEntityTooLarge, "The request body is larger than 2097152 bytes"},
		"another type":   {post("/v1/builds", "x").with("Content-Type", "text/plain"), http.StatusUnsupportedMediaType, "The content type must be multipart/form-data or application/json"},
		"no boundary":    {post("/v1/builds", "x").with("Content-Type", "multipart/form-data"), http.StatusBadRequest, "The multipart/form-data body is incomplete or damaged"},
		"no form":        {post("/v1/builds", "x").with("Content-Type", "multipart/form-data; boundary=y"), http.StatusBadRequest, "The form contains no project: send a zip as project, files, or a script"},
		"half a form":    {post("/v1/builds", "--y\r\nContent-Disposition: form-data; name=\"project\"; filename=\"p.zip\"\r\n\r\nPK").with("Content-Type", "multipart/form-data; boundary=y"), http.StatusBadRequest, "The form is incomplete"},
		"empty form":     {form(t, part{"source", "", "a.md"}), http.StatusBadRequest, "The form contains no project: send a zip as project, files, or a script"},
		"no file":        {form(t, part{"project", "", zip}), http.StatusBadRequest, "Invalid request: /project: must be a file, a zip"},
		"both":           {form(t, part{"project", "p.zip", zip}, part{"f", "b.md", "x"}), http.StatusBadRequest, "A form must contain either one zip named project, or files"},
		"script, source": {form(t, part{"script", "", "Hello."}, part{"source", "", "other.md"}, part{"f", "other.md", "x"}), http.StatusBadRequest, "Invalid request: /source: cannot be combined with script"},
		"script, file":   {form(t, part{"script", "", "Hello."}, part{"f", "script.md", "x"}), http.StatusBadRequest, "Invalid request: /script: cannot be combined with a file script.md"},
		"long script":    {form(t, part{"script", "", strings.Repeat("x ", 1<<20) + "x"}), http.StatusRequestEntityTooLarge, `The field "script" is larger than 2097152 bytes`},
		"twice":          {form(t, part{"script", "", "Hello."}, part{"script", "", "Hello."}), http.StatusBadRequest, "Invalid request: /script: is given twice"},
		"many tags":      {form(t, part{"script", "", "Hello."}, part{"tags", "", strings.Repeat("a,", 15) + "a"}, part{"tags", "", strings.Repeat("b,", 15) + "b"}), http.StatusBadRequest, "Invalid request: /tags: must be a list of at most 20 texts"},
		"many parts":     {form(t, slices.Repeat([]part{{"more", "", ""}}, 10_001)...), http.StatusRequestEntityTooLarge, "The form has more than 10000 parts: send a zip"},
		"bad source":     {form(t, part{"project", "p.zip", zip}, part{"source", "", "../x"}), http.StatusBadRequest, "Invalid request: /source: must be the path of a script inside the project"},
		"bad variables":  {form(t, part{"project", "p.zip", zip}, part{"variables", "", "[]"}), http.StatusBadRequest, "Invalid request: /variables: must be a JSON object"},
		"no such source": {form(t, part{"project", "p.zip", zip}, part{"source", "", "b.md"}), http.StatusBadRequest, `the source "b.md" is not in the archive; the nearest is "a.md"`},
		"bad zip":        {form(t, part{"project", "p.zip", "no zip"}), http.StatusBadRequest, "the file is not a zip archive, or its end is missing"},
		"climbing file":  {form(t, part{"f", "../../a.md", silent}), http.StatusBadRequest, ""},
		"too large":      {form(t, part{"project", "p.zip", strings.Repeat("x", mostUpload+1)}), http.StatusRequestEntityTooLarge, "The project is over 200000 bytes"},
		"files too large": {
			form(t, part{"f", "a.md", silent}, part{"g", "b.png", strings.Repeat("x", mostUpload-10)}),
			http.StatusRequestEntityTooLarge, "The project is over 200000 bytes",
		},
	} {
		p := ask[api.Problem](t, shared, c.status, c.q)
		if !strings.HasPrefix(p.Message, c.want) {
			t.Errorf("%s: %q, want %q", name, p.Message, c.want)
		}
	}
}

// A wrong script is refused with all that is wrong with it; a doubtful one is built, and
// the doubts are told.
func TestDiagnostics(t *testing.T) {
	t.Parallel()
	p := ask[api.Problem](t, shared, http.StatusUnprocessableEntity, newBuild("---\nsize: huge\n---\n![](a.png)\n(duration: soon)"))
	if p.Code != "script" || len(p.Errors) != 3 || p.Errors[0].Line != 2 || p.Errors[0].File != "script.md" || p.Errors[0].Severity != "error" {
		t.Errorf("%+v", p)
	}
	b := ask[api.Build](t, shared, http.StatusAccepted, newBuild("---\nsize: 64x64\ncolour: red\n---\n(duration: 1)"))
	if len(b.Warnings) != 1 || b.Warnings[0].Code != "unknown-property" {
		t.Errorf("%+v", b)
	}
	shared.waitUntil(t, b.ID, over)
	// With settings that are strict, it is wrong.
	q := post("/v1/builds", `{"script":"---\ncolour: red\n---\n(duration: 1)","settings":{"strict":true}}`).with("Content-Type", "application/json")
	shared.want(t, http.StatusUnprocessableEntity, q)
	// A project that is wrong leaves nothing after.
	before := len(shared.storedObjects(t, "uploads", "*"))
	shared.want(t, http.StatusUnprocessableEntity, form(t, part{"project", "p.zip", archive(t, map[string]string{"a.md": "![](no.png)"})}))
	eventually(t, "the upload is gone", func() bool { return len(shared.storedObjects(t, "uploads", "*")) <= before+10 })
}

func TestCheck(t *testing.T) {
	t.Parallel()
	check := func(body string) api.Checked {
		return ask[api.Checked](t, shared, http.StatusOK, post("/v1/check", body))
	}
	if c := check(`{"script":"Hello."}`); !c.OK || len(c.Diagnostics) != 0 {
		t.Errorf("%+v", c)
	}
	if c := check(`{"script":"(voice: brain)\n\nHello {{who}}.","variables":{"who":"you"}}`); !c.OK || len(c.Diagnostics) != 1 || c.Diagnostics[0].Code != "unknown-voice" {
		t.Errorf("%+v", c)
	}
	if c := check(`{"script":"![](a.png)"}`); c.OK || len(c.Diagnostics) != 1 || c.Diagnostics[0].Line != 1 || c.Diagnostics[0].Column != 5 {
		t.Errorf("%+v", c)
	}
	shared.refused(t, http.StatusBadRequest, "Invalid request: /script: is missing", post("/v1/check", "{}"))
	shared.refused(t, http.StatusBadRequest, "Invalid request: /variables/a: must be a text", post("/v1/check", `{"script":"x","variables":{"a":1}}`))
	shared.refused(t, http.StatusBadRequest, `Invalid request: /settings/sise: unknown setting "sise"; did you mean size?`, post("/v1/check", `{"script":"x","settings":{"sise":"64x64"}}`))
	shared.want(t, http.StatusBadRequest, post("/v1/check", "x"))
	shared.want(t, http.StatusRequestEntityTooLarge, post("/v1/check", strings.Repeat(" ", 2<<20)+"{}"))
}

// Words of the query that a route does not know are refused on all of /v1.
func TestUnknownQueryWords(t *testing.T) {
	t.Parallel()
	b := shared.waitUntil(t, shared.createBuild(t, silent).ID, over)
	path := "/v1/builds/" + b.ID
	for _, q := range []request{
		get("/v1/builds"), get(path), get(path + "/events"), post(path+"/cancel", ""),
		{method: http.MethodDelete, path: path},
		post("/v1/builds", `{"script":"x"}`), post("/v1/check", `{"script":"x"}`), get("/v1/voices"), get("/v1/voices/brian/sample"),
	} {
		q.path += "?foo=1"
		shared.refused(t, http.StatusBadRequest, `Invalid request: ?foo: unknown query parameter "foo"`, q)
	}
}

// Presentations are refused alike wherever they are sent.
func TestPresentations(t *testing.T) {
	t.Parallel()
	const sentence = "Presentations are not supported by this server"
	deck := archive(t, map[string]string{"talk.pptx": "x"})
	for _, q := range []request{
		post("/video/build", body("repository", "x", "repositoryType", "s3-zip", "source", "talk.PPTX")),
		form(t, part{"project", "p.zip", deck}), form(t, part{"project", "p.zip", deck}, part{"source", "", "talk.pptx"}),
		get("/presentation/pptx/upload-request"), post("/presentation/odp/x/import", ""), post("/presentation/pdf/x/y/build", "{}"),
	} {
		if p := ask[api.Problem](t, shared, http.StatusNotImplemented, q); p.Code != "presentations-unsupported" || p.Message != sentence || p.Error != sentence {
			t.Errorf("%s: %+v", q.path, p)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := serve(t, nil)
	var want []string
	for range 5 {
		want = append(want, s.createBuild(t, silent).ID)
	}
	slices.Reverse(want)
	for _, limit := range []int{1, 2, 5, 100} {
		var got []string
		for cursor := ""; ; {
			l := ask[api.BuildList](t, s, http.StatusOK, get("/v1/builds?limit="+strconv.Itoa(limit)+"&cursor="+cursor))
			if len(l.Builds) > limit || len(l.Builds) == 0 {
				t.Fatalf("a page of %d has %d", limit, len(l.Builds))
			}
			for _, b := range l.Builds {
				got = append(got, b.ID)
			}
			if cursor = l.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d give %q, want %q", limit, got, want)
		}
	}
	for _, limit := range []string{"0", "-1", "101", "x", "1.5", "99999999999999999999"} {
		s.refused(t, http.StatusBadRequest, "Invalid request: ?limit: must be a number from 1 to 100", get("/v1/builds?limit="+limit))
	}
	s.refused(t, http.StatusBadRequest, "Invalid request: ?cursor: is not a valid cursor of this list", get("/v1/builds?cursor=%00%ff'"))
	for _, id := range want {
		s.waitUntil(t, id, over)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := shared.waitUntil(t, shared.createBuild(t, silent).ID, over)
	if got := shared.storedObjects(t, "results", b.ID); !slices.Equal(got, []string{"poster.jpg", "result.mp4"}) {
		t.Errorf("a result is %q", got)
	}
	q := request{method: http.MethodDelete, path: "/v1/builds/" + b.ID}
	shared.want(t, http.StatusNoContent, q)
	for _, path := range []string{"", "/events"} {
		shared.refused(t, http.StatusNotFound, "This build does not exist", get(q.path+path))
	}
	shared.want(t, http.StatusNotFound, q)
	shared.want(t, http.StatusNotFound, post(q.path+"/cancel", ""))
	shared.refused(t, http.StatusNotFound, "This result has expired", signedRequest(http.MethodGet, b.Links["result"], ""))
	if got := shared.storedObjects(t, "results", b.ID); len(got) > 0 {
		t.Errorf("of a result is left %q", got)
	}
	// One that is being built is stopped first.
	b = shared.createBuild(t, long("the film that is deleted"))
	shared.waitUntil(t, b.ID, func(b api.Build) bool { return b.State == "running" })
	q.path = "/v1/builds/" + b.ID
	shared.want(t, http.StatusNoContent, q)
	shared.want(t, http.StatusNotFound, get(q.path))
	eventually(t, "its work is gone", func() bool { return len(shared.files(t, "work", b.ID)) == 0 })
	if got := shared.storedObjects(t, "results", b.ID); len(got) > 0 {
		t.Errorf("of a result is left %q", got)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	done := shared.waitUntil(t, shared.createBuild(t, silent).ID, over)
	if b := ask[api.Build](t, shared, http.StatusOK, post("/v1/builds/"+done.ID+"/cancel", "")); b.State != "succeeded" || b.Links["result"] == "" {
		t.Errorf("a build that is over is now %+v", b)
	}
	b := shared.createBuild(t, long("the film that is cancelled"))
	shared.waitUntil(t, b.ID, func(b api.Build) bool { return b.Percent > 0 })
	stopped := ask[api.Build](t, shared, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", "ignored"))
	if stopped.State != "cancelled" || stopped.Message != "Cancelled" || stopped.EndedAt == nil {
		t.Errorf("a cancelled build is %+v", stopped)
	}
	eventually(t, "its work is gone", func() bool { return len(shared.files(t, "work", b.ID)) == 0 })
	if again := ask[api.Build](t, shared, http.StatusOK, get("/v1/builds/"+b.ID)); again.State != "cancelled" {
		t.Errorf("afterwards it is %s", again.State)
	}
	if got := strings.Join(states(t, shared.follow(t, b.ID, "", never)), " "); got != "queued running cancelled" {
		t.Errorf("its states are %s", got)
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	g := shared.uploadProject(t, archive(t, map[string]string{"a.md": silent}))
	for name, c := range map[string]struct{ q, other request }{
		"video":  {post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType)), post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType, "source", "a.md"))},
		"speech": {say("mp3", hello), say("wav", hello)},
		"stream": {stream("mp3", hello), stream("mp3", hello+"!")},
		"build":  {newBuild(silent), newBuild(silent + "\n")},
		"wrong":  {post("/v1/builds", "{}"), post("/v1/builds", "{ }")},
		"form":   {form(t, part{"f", "a.md", silent}), form(t, part{"f", "b.md", silent})},
	} {
		key := "key for " + name
		first := shared.do(t, c.q.with("Idempotency-Key", key))
		again := shared.do(t, c.q.with("Idempotency-Key", key))
		if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: first %s, then %s", name, first, again)
		}
		for _, h := range []string{"Content-Type", "Location", "X-Duration-Seconds"} {
			if first.header.Get(h) != again.header.Get(h) {
				t.Errorf("%s: the header %s is %q first, then %q", name, h, first.header.Get(h), again.header.Get(h))
			}
		}
		shared.refused(t, http.StatusUnprocessableEntity, "This Idempotency-Key was used for a different request before", c.other.with("Idempotency-Key", key))
		// Another API key has words of its own.
		if a := shared.do(t, c.q.as(otherKey).with("Idempotency-Key", key)); a.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: another key is answered with %s", name, a)
		}
	}
	shared.refused(t, http.StatusBadRequest, "The Idempotency-Key is longer than 255 characters", say("mp3", hello).with("Idempotency-Key", strings.Repeat("x", 256)))
	shared.want(t, http.StatusBadRequest, newBuild(silent).with("Idempotency-Key", strings.Repeat("x", 256)))
}

// Of many that come at once, one begins something.
func TestIdempotencySideBySide(t *testing.T) {
	t.Parallel()
	g := shared.uploadProject(t, archive(t, map[string]string{"a.md": silent}))
	for _, q := range []request{
		post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType)), say("mp3", hello), newBuild(silent),
	} {
		waited := false
		for round := 0; round < 50 && !waited; round++ {
			ids := map[string]bool{}
			var mu sync.Mutex
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					a, wrong, err := shared.try(t.Context(), q.with("Idempotency-Key", q.path+strconv.Itoa(round)))
					if err != nil || len(wrong) > 0 {
						t.Errorf("%s: %v %q", q.path, err, wrong)
						return
					}
					var v struct{ TaskID, ID string }
					_ = json.Unmarshal(a.body, &v)
					mu.Lock()
					defer mu.Unlock()
					if a.status == http.StatusConflict {
						waited = true
					} else {
						ids[v.TaskID+v.ID] = true
					}
				})
			}
			all.Wait()
			if len(ids) != 1 {
				t.Errorf("%s: one request began %d builds", q.path, len(ids))
			}
		}
		if !waited {
			t.Errorf("%s: nobody was told to wait", q.path)
		}
	}
}

// Keys are made, listed and revoked while the server runs; what belongs to one tenant is
// not there for another.
func TestKeysOfTheDatabase(t *testing.T) {
	t.Parallel()
	records, err := house.OpenRecords(t.Context(), shared.data, store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = records.Close() }()
	mint := func(name, tenant string) (string, auth.Key) {
		shown, k := auth.New(name, time.Now())
		k.Tenant = tenant
		if err := records.AddKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		return shown, k
	}
	shown, k := mint("the docs team", "")
	shared.want(t, http.StatusOK, get("/voices").as(shown))
	shared.want(t, http.StatusForbidden, get("/voices").as(k.ID))
	shared.want(t, http.StatusForbidden, get("/voices").as(shown+"x"))
	if c := ask[api.Credits](t, shared, http.StatusOK, get("/account/credits").as(shown)); c.Identity != k.ID {
		t.Errorf("the credits are %+v", c)
	}
	list, err := records.Keys(t.Context())
	if err != nil || !slices.ContainsFunc(list, func(l auth.Key) bool { return l.ID == k.ID && l.Name == "the docs team" && !l.LastUse.IsZero() }) {
		t.Errorf("the keys are %+v, %v", list, err)
	}
	if err := records.RevokeKey(t.Context(), k.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	shared.want(t, http.StatusForbidden, get("/voices").as(shown))

	ours, _ := mint("ours", "us")
	theirs, _ := mint("theirs", "them")
	b := ask[api.Build](t, shared, http.StatusAccepted, newBuild(silent).as(ours))
	for _, q := range []request{get("/v1/builds/" + b.ID), get("/v1/builds/" + b.ID + "/events"), post("/v1/builds/"+b.ID+"/cancel", ""), {method: http.MethodDelete, path: "/v1/builds/" + b.ID}} {
		shared.want(t, http.StatusNotFound, q.as(theirs))
	}
	if l := ask[api.BuildList](t, shared, http.StatusOK, get("/v1/builds").as(theirs)); len(l.Builds) != 0 {
		t.Errorf("another tenant sees %+v", l)
	}
	if l := ask[api.BuildList](t, shared, http.StatusOK, get("/v1/builds").as(ours)); len(l.Builds) != 1 {
		t.Errorf("the tenant sees %+v", l)
	}
	g := ask[api.UploadGrant](t, shared, http.StatusOK, get("/video/upload-request/zip").as(ours))
	shared.want(t, http.StatusOK, signedRequest(http.MethodPut, g.URL, archive(t, map[string]string{"a.md": silent})).with("Content-Type", g.ContentType))
	ask[api.Problem](t, shared, http.StatusBadRequest, post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType)).as(theirs))
}
