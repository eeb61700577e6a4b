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
	"mynah/internal/testrun"
)

// part is a part of a form; with a file name it is a file.
type part struct{ name, file, text string }

// newFormRequest returns a request with a multipart form.
func newFormRequest(t *testing.T, parts ...part) request {
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
	return post("/v1/builds", b.String()).withHeaders("Content-Type", w.FormDataContentType())
}

func TestBuildInOneCall(t *testing.T) {
	t.Parallel()
	zip := zipFiles(t, map[string]string{"film/a.md": silent, "film/b.md": "---\nsize: 64x64\n---\n(duration: {{n}})\n"})
	for name, c := range map[string]struct {
		q       request
		seconds float64
	}{
		"a zip": {newFormRequest(t, part{"project", "p.zip", zip}, part{"source", "", "film/b.md"},
			part{"variables", "", `{"n":"2"}`}), 2},
		"source 1st": {newFormRequest(t, part{"source", "", "a.md"}, part{"project", "p.zip", zip}), 1},
		"files": {newFormRequest(t, part{"files", "film/a.md", silent}, part{"other", "film/notes/b.txt", "x"},
			part{"source", "", "film/a.md"}), 1},
		"a script": {newFormRequest(t, part{"project", "a.md", silent}), 1},
		"settings": {newFormRequest(t, part{"project", "a.md", "(duration: 3)"}, part{"settings", "", `{"size":"64x64","fps":"10"}`}), 3},
		"JSON": {
			post(
				"/v1/builds", `{"script":"(duration: {{n}})","variables":{"n":"2"},"settings":{"size":"64x64"}}`,
			).withHeaders("Content-Type", "application/json; charset=utf-8"),
			2,
		},
		"no type": {post("/v1/builds", `{"script":"---\nsize: 64x64\n---\n(duration: 1)"}`), 1},
	} {
		a := shared.wantStatus(t, http.StatusAccepted, c.q)
		var b api.Build
		if err := json.Unmarshal(a.body, &b); err != nil {
			t.Fatal(err)
		}
		if b.State != "queued" || a.header.Get("Location") != shared.base+"/v1/builds/"+b.ID ||
			b.Links["self"] != a.header.Get("Location") {
			t.Errorf("%s: %s", name, a)
		}
		b = shared.waitUntil(t, b.ID, isOver)
		if b.State != "succeeded" || b.DurationInSeconds != c.seconds {
			t.Errorf("%s: %+v", name, b)
			continue
		}
		film := shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, b.Links["result"], ""))
		if s := videoSeconds(t, film.body); s < c.seconds-0.1 || s > c.seconds+0.1 {
			t.Errorf("%s: the video lasts %g s", name, s)
		}
		if b.StartedAt == nil || b.EndedAt == nil || b.ExpiresAt == nil ||
			b.ExpiresAt.Sub(*b.EndedAt) != 24*time.Hour || b.Links["cancel"] != "" {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func TestBuildsThatAreRefused(t *testing.T) {
	t.Parallel()
	zip := zipFiles(t, map[string]string{"a.md": silent})
	js := func(body string) request {
		return post("/v1/builds", body).withHeaders("Content-Type", "application/json")
	}
	for name, c := range map[string]struct {
		q      request
		status int
		want   string
	}{
		"no script":  {js("{}"), http.StatusBadRequest, "Invalid request: /script: is missing"},
		"wrong type": {js(`{"script":1}`), http.StatusBadRequest, "Invalid request: /script: must be a text and not empty"},
		"wrong settings": {
			js(`{"script":"x","settings":{"strict":"yes"}}`), http.StatusBadRequest,
			"Invalid request: /settings/strict: must be true or false",
		},
		"no object": {
			js(`{"script":"x","settings":[]}`), http.StatusBadRequest,
			"Invalid request: /settings: must be an object of properties of the header",
		},
		"size": {
			js(`{"script":"x","settings":{"size":"huge"}}`), http.StatusBadRequest,
			"Invalid request: /settings/size: size cannot be \"huge\"",
		},
		"fps": {
			js(`{"script":"x","settings":{"fps":"many"}}`), http.StatusBadRequest,
			"Invalid request: /settings/fps: fps cannot be \"many\"",
		},
		"too long": {
			js(`{"script":"` + strings.Repeat("x", 2<<20) + `"}`), http.StatusRequestEntityTooLarge,
			"The request body is larger than 2097152 bytes",
		},
		"another type": {
			post("/v1/builds", "x").withHeaders("Content-Type", "text/plain"),
			http.StatusUnsupportedMediaType, "The content type must be multipart/form-data or application/json",
		},
		"no boundary": {
			post("/v1/builds", "x").withHeaders("Content-Type", "multipart/form-data"),
			http.StatusBadRequest, "The multipart/form-data body is incomplete or damaged",
		},
		"no form": {
			post("/v1/builds", "x").withHeaders("Content-Type", "multipart/form-data; boundary=y"),
			http.StatusBadRequest, "The form contains no project: send a zip as project, files, or a script",
		},
		"half a form": {post("/v1/builds",
			"--y\r\nContent-Disposition: form-data; name=\"project\"; filename=\"p.zip\"\r\n\r\nPK",
		).withHeaders("Content-Type", "multipart/form-data; boundary=y"), http.StatusBadRequest, "The form is incomplete"},
		"empty form": {
			newFormRequest(t, part{"source", "", "a.md"}), http.StatusBadRequest,
			"The form contains no project: send a zip as project, files, or a script",
		},
		"no file": {
			newFormRequest(t, part{"project", "", zip}), http.StatusBadRequest,
			"Invalid request: /project: must be a file, a zip",
		},
		"both": {
			newFormRequest(t, part{"project", "p.zip", zip}, part{"f", "b.md", "x"}),
			http.StatusBadRequest, "A form must contain either one zip named project, or files",
		},
		"script, source": {newFormRequest(t, part{"script", "", "Hello."}, part{"source", "", "other.md"},
			part{"f", "other.md", "x"}), http.StatusBadRequest, "Invalid request: /source: cannot be combined with script"},
		"script, file": {
			newFormRequest(t, part{"script", "", "Hello."}, part{"f", "script.md", "x"}),
			http.StatusBadRequest, "Invalid request: /script: cannot be combined with a file script.md",
		},
		"long script": {
			newFormRequest(t, part{"script", "", strings.Repeat("x ", 1<<20) + "x"}),
			http.StatusRequestEntityTooLarge, `The field "script" is larger than 2097152 bytes`,
		},
		"twice": {
			newFormRequest(t, part{"script", "", "Hello."}, part{"script", "", "Hello."}),
			http.StatusBadRequest, "Invalid request: /script: is given twice",
		},
		"many tags": {
			newFormRequest(t, part{"script", "", "Hello."},
				part{"tags", "", strings.Repeat("a,", 15) + "a"}, part{"tags", "", strings.Repeat("b,", 15) + "b"}),
			http.StatusBadRequest, "Invalid request: /tags: must be a list of at most 20 texts",
		},
		"many parts": {
			newFormRequest(t, slices.Repeat([]part{{"more", "", ""}}, 10_001)...),
			http.StatusRequestEntityTooLarge, "The form has more than 10000 parts: send a zip",
		},
		"bad source": {
			newFormRequest(t, part{"project", "p.zip", zip}, part{"source", "", "../x"}),
			http.StatusBadRequest, "Invalid request: /source: must be the path of a script inside the project",
		},
		"bad variables": {
			newFormRequest(t, part{"project", "p.zip", zip}, part{"variables", "", "[]"}),
			http.StatusBadRequest, "Invalid request: /variables: must be a JSON object",
		},
		"no such source": {
			newFormRequest(t, part{"project", "p.zip", zip}, part{"source", "", "b.md"}),
			http.StatusBadRequest, `the source "b.md" is not in the archive; the nearest is "a.md"`,
		},
		"bad zip": {
			newFormRequest(t, part{"project", "p.zip", "no zip"}), http.StatusBadRequest,
			"the file is not a zip archive, or its end is missing",
		},
		"climbing file": {newFormRequest(t, part{"f", "../../a.md", silent}), http.StatusBadRequest, ""},
		"too large": {
			newFormRequest(t, part{"project", "p.zip", strings.Repeat("x", mostUpload+1)}),
			http.StatusRequestEntityTooLarge, "The project is over 200000 bytes",
		},
		"files too large": {
			newFormRequest(t, part{"f", "a.md", silent}, part{"g", "b.png", strings.Repeat("x", mostUpload-10)}),
			http.StatusRequestEntityTooLarge, "The project is over 200000 bytes",
		},
	} {
		p := wantJSON[api.Problem](t, shared, c.status, c.q)
		if !strings.HasPrefix(p.Message, c.want) {
			t.Errorf("%s: %q, want %q", name, p.Message, c.want)
		}
	}
}

// TestDiagnostics checks that a script with errors is refused with all its findings, and that a
// script with warnings is built and its build contains them.
func TestDiagnostics(t *testing.T) {
	t.Parallel()
	p := wantJSON[api.Problem](t, shared, http.StatusUnprocessableEntity,
		newBuildRequest("---\nsize: huge\n---\n![](a.png)\n(duration: soon)"))
	if p.Code != "script" || len(p.Errors) != 3 || p.Errors[0].Line != 2 || p.Errors[0].File != "script.md" ||
		p.Errors[0].Severity != "error" {
		t.Errorf("%+v", p)
	}
	b := wantJSON[api.Build](t, shared, http.StatusAccepted, newBuildRequest("---\nsize: 64x64\ncolour: red\n---\n(duration: 1)"))
	if len(b.Warnings) != 1 || b.Warnings[0].Code != "unknown-property" {
		t.Errorf("%+v", b)
	}
	shared.waitUntil(t, b.ID, isOver)
	// With the setting strict, the warning is an error.
	q := post(
		"/v1/builds", `{"script":"---\ncolour: red\n---\n(duration: 1)","settings":{"strict":true}}`,
	).withHeaders("Content-Type", "application/json")
	shared.wantStatus(t, http.StatusUnprocessableEntity, q)
	// The files of a refused project are removed.
	before := len(shared.storedObjects(t, "uploads", "*"))
	shared.wantStatus(t, http.StatusUnprocessableEntity,
		newFormRequest(t, part{"project", "p.zip", zipFiles(t, map[string]string{"a.md": "![](no.png)"})}))
	eventually(t, "the upload is gone", func() bool { return len(shared.storedObjects(t, "uploads", "*")) <= before+10 })
}

func TestCheck(t *testing.T) {
	t.Parallel()
	check := func(body string) api.Checked {
		return wantJSON[api.Checked](t, shared, http.StatusOK, post("/v1/check", body))
	}
	if c := check(`{"script":"Hello."}`); !c.OK || len(c.Diagnostics) != 0 {
		t.Errorf("%+v", c)
	}
	if c := check(`{"script":"(voice: brain)\n\nHello {{who}}.","variables":{"who":"you"}}`); !c.OK ||
		len(c.Diagnostics) != 1 || c.Diagnostics[0].Code != "unknown-voice" {
		t.Errorf("%+v", c)
	}
	if c := check(`{"script":"![](a.png)"}`); c.OK || len(c.Diagnostics) != 1 || c.Diagnostics[0].Line != 1 ||
		c.Diagnostics[0].Column != 5 {
		t.Errorf("%+v", c)
	}
	shared.wantRefusal(t, http.StatusBadRequest, "Invalid request: /script: is missing", post("/v1/check", "{}"))
	shared.wantRefusal(t, http.StatusBadRequest, "Invalid request: /variables/a: must be a text",
		post("/v1/check", `{"script":"x","variables":{"a":1}}`))
	shared.wantRefusal(t, http.StatusBadRequest,
		`Invalid request: /settings/sise: unknown setting "sise"; did you mean size?`,
		post("/v1/check", `{"script":"x","settings":{"sise":"64x64"}}`))
	shared.wantStatus(t, http.StatusBadRequest, post("/v1/check", "x"))
	shared.wantStatus(t, http.StatusRequestEntityTooLarge, post("/v1/check", strings.Repeat(" ", 2<<20)+"{}"))
}

// TestUnknownQueryWords checks that all routes of /v1 refuse unknown query parameters.
func TestUnknownQueryWords(t *testing.T) {
	t.Parallel()
	b := shared.waitUntil(t, shared.createBuild(t, silent).ID, isOver)
	path := "/v1/builds/" + b.ID
	for _, q := range []request{
		get("/v1/builds"), get(path), get(path + "/events"), post(path+"/cancel", ""),
		{method: http.MethodDelete, path: path},
		post("/v1/builds", `{"script":"x"}`), post("/v1/check", `{"script":"x"}`), get("/v1/voices"), get("/v1/voices/brian/sample"),
	} {
		q.path += "?foo=1"
		shared.wantRefusal(t, http.StatusBadRequest, `Invalid request: ?foo: unknown query parameter "foo"`, q)
	}
}

// TestPresentations checks that all routes refuse presentations in the same way.
func TestPresentations(t *testing.T) {
	t.Parallel()
	const sentence = "Presentations are not supported by this server"
	deck := zipFiles(t, map[string]string{"talk.pptx": "x"})
	for _, q := range []request{
		post("/video/build", jsonBody("repository", "x", "repositoryType", "s3-zip", "source", "talk.PPTX")),
		newFormRequest(t, part{"project", "p.zip", deck}),
		newFormRequest(t, part{"project", "p.zip", deck}, part{"source", "", "talk.pptx"}),
		get("/presentation/pptx/upload-request"), post("/presentation/odp/x/import", ""), post("/presentation/pdf/x/y/build", "{}"),
	} {
		if p := wantJSON[api.Problem](t, shared, http.StatusNotImplemented,
			q); p.Code != "presentations-unsupported" || p.Message != sentence || p.Error != sentence {
			t.Errorf("%s: %+v", q.path, p)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := startTestServer(t, nil)
	var want []string
	for range 5 {
		want = append(want, s.createBuild(t, silent).ID)
	}
	slices.Reverse(want)
	for _, limit := range []int{1, 2, 5, 100} {
		var got []string
		for cursor := ""; ; {
			l := wantJSON[api.BuildList](t, s, http.StatusOK, get("/v1/builds?limit="+strconv.Itoa(limit)+"&cursor="+cursor))
			if len(l.Builds) > limit || len(l.Builds) == 0 {
				t.Fatalf("a page of at most %d builds has %d", limit, len(l.Builds))
			}
			for _, b := range l.Builds {
				got = append(got, b.ID)
			}
			if cursor = l.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d builds list %q, want %q", limit, got, want)
		}
	}
	for _, limit := range []string{"0", "-1", "101", "x", "1.5", "99999999999999999999"} {
		s.wantRefusal(t, http.StatusBadRequest, "Invalid request: ?limit: must be a number from 1 to 100", get("/v1/builds?limit="+limit))
	}
	s.wantRefusal(t, http.StatusBadRequest, "Invalid request: ?cursor: is not a valid cursor of this list",
		get("/v1/builds?cursor=%00%ff'"))
	for _, id := range want {
		s.waitUntil(t, id, isOver)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := shared.waitUntil(t, shared.createBuild(t, silent).ID, isOver)
	if got := shared.storedObjects(t, "results", b.ID); !slices.Equal(got, []string{"poster.jpg", "result.mp4"}) {
		t.Errorf("the files of a result are %q", got)
	}
	q := request{method: http.MethodDelete, path: "/v1/builds/" + b.ID}
	shared.wantStatus(t, http.StatusNoContent, q)
	for _, path := range []string{"", "/events"} {
		shared.wantRefusal(t, http.StatusNotFound, "This build does not exist", get(q.path+path))
	}
	shared.wantStatus(t, http.StatusNotFound, q)
	shared.wantStatus(t, http.StatusNotFound, post(q.path+"/cancel", ""))
	shared.wantRefusal(t, http.StatusNotFound, "This result has expired", signedRequest(http.MethodGet, b.Links["result"], ""))
	if got := shared.storedObjects(t, "results", b.ID); len(got) > 0 {
		t.Errorf("files of a deleted result were left: %q", got)
	}
	// Deleting a running build stops it first.
	b = shared.createBuild(t, longScript("the film that is deleted"))
	shared.waitUntil(t, b.ID, func(b api.Build) bool { return b.State == "running" })
	q.path = "/v1/builds/" + b.ID
	shared.wantStatus(t, http.StatusNoContent, q)
	shared.wantStatus(t, http.StatusNotFound, get(q.path))
	eventually(t, "its work is gone", func() bool { return len(shared.listFiles(t, "work", b.ID+"-*")) == 0 })
	if got := shared.storedObjects(t, "results", b.ID); len(got) > 0 {
		t.Errorf("files of a deleted result were left: %q", got)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	done := shared.waitUntil(t, shared.createBuild(t, silent).ID, isOver)
	if b := wantJSON[api.Build](t, shared, http.StatusOK,
		post("/v1/builds/"+done.ID+"/cancel", "")); b.State != "succeeded" || b.Links["result"] == "" {
		t.Errorf("a finished build became %+v", b)
	}
	b := shared.createBuild(t, longScript("the film that is cancelled"))
	shared.waitUntil(t, b.ID, func(b api.Build) bool { return b.Percent > 0 })
	stopped := wantJSON[api.Build](t, shared, http.StatusOK, post("/v1/builds/"+b.ID+"/cancel", "ignored"))
	if stopped.State != "cancelled" || stopped.Message != "Cancelled" || stopped.EndedAt == nil {
		t.Errorf("a cancelled build is %+v", stopped)
	}
	eventually(t, "its work is gone", func() bool { return len(shared.listFiles(t, "work", b.ID+"-*")) == 0 })
	if again := wantJSON[api.Build](t, shared, http.StatusOK, get("/v1/builds/"+b.ID)); again.State != "cancelled" {
		t.Errorf("the state later is %s", again.State)
	}
	if got := strings.Join(eventStates(t, shared.readEvents(t, b.ID, "", never)), " "); got != "queued running cancelled" {
		t.Errorf("the states of its events are %s", got)
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	g := shared.uploadProject(t, zipFiles(t, map[string]string{"a.md": silent}))
	for name, c := range map[string]struct{ q, other request }{
		"video": {
			post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType)),
			post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType, "source", "a.md")),
		},
		"speech": {newSpeechRequest("mp3", hello), newSpeechRequest("wav", hello)},
		"stream": {newStreamRequest("mp3", hello), newStreamRequest("mp3", hello+"!")},
		"build":  {newBuildRequest(silent), newBuildRequest(silent + "\n")},
		"wrong":  {post("/v1/builds", "{}"), post("/v1/builds", "{ }")},
		"form":   {newFormRequest(t, part{"f", "a.md", silent}), newFormRequest(t, part{"f", "b.md", silent})},
	} {
		key := "key for " + name
		first := shared.mustSend(t, c.q.withHeaders("Idempotency-Key", key))
		again := shared.mustSend(t, c.q.withHeaders("Idempotency-Key", key))
		if again.status != first.status || !bytes.Equal(again.body, first.body) ||
			again.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: first %s, then %s", name, first, again)
		}
		for _, h := range []string{"Content-Type", "Location", "X-Duration-Seconds"} {
			if first.header.Get(h) != again.header.Get(h) {
				t.Errorf("%s: the header %s is %q first, then %q", name, h, first.header.Get(h), again.header.Get(h))
			}
		}
		shared.wantRefusal(t, http.StatusUnprocessableEntity,
			"This Idempotency-Key was used for a different request before", c.other.withHeaders("Idempotency-Key", key))
		// The same Idempotency-Key of another API key is independent.
		if a := shared.mustSend(t, c.q.withKey(otherKey).withHeaders("Idempotency-Key", key)); a.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: another key is answered with %s", name, a)
		}
	}
	shared.wantRefusal(t, http.StatusBadRequest, "The Idempotency-Key is longer than 255 characters",
		newSpeechRequest("mp3", hello).withHeaders("Idempotency-Key", strings.Repeat("x", 256)))
	shared.wantStatus(t, http.StatusBadRequest, newBuildRequest(silent).withHeaders("Idempotency-Key", strings.Repeat("x", 256)))
}

// TestIdempotencySideBySide sends several equal requests at the same time: only one of them starts
// a build.
func TestIdempotencySideBySide(t *testing.T) {
	t.Parallel()
	g := shared.uploadProject(t, zipFiles(t, map[string]string{"a.md": silent}))
	for _, q := range []request{
		post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType)),
		newSpeechRequest("mp3", hello), newBuildRequest(silent),
	} {
		waited := false
		for round := 0; round < 50 && !waited; round++ {
			ids := map[string]bool{}
			var mu sync.Mutex
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					a, wrong, err := shared.sendAndJudge(t.Context(), q.withHeaders("Idempotency-Key", q.path+strconv.Itoa(round)))
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
				t.Errorf("%s: one Idempotency-Key started %d builds", q.path, len(ids))
			}
		}
		if !waited {
			t.Errorf("%s: no request was told to wait", q.path)
		}
	}
}
