//go:build linux

package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"mynah/api"
	"mynah/internal/testrun"
)

// requestsWithKey returns requests to the routes that need a key.
func requestsWithKey() []request {
	id := "01JZX3M8Q2T5V7W9Y0A1B2C3D4"
	return []request{
		get("/video/upload-request/zip"), post("/video/build", "{}"), post("/text-to-speech/mp3", "Hi."),
		get("/voices"), get("/account/credits"), get("/metrics"),
		post("/v1/builds", "{}"), get("/v1/builds"), get("/v1/builds/" + id), get("/v1/builds/" + id + "/events"),
		post("/v1/builds/"+id+"/cancel", ""),
		{method: http.MethodDelete, path: "/v1/builds/" + id},
		post("/v1/check", "{}"), get("/v1/voices"), get("/v1/voices/brian/sample"),
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, q := range requestsWithKey() {
		for name, bad := range map[string]request{
			"none": q.withKey(noKey), "unknown": q.withKey("no-such-key-at-all"), "empty": q.withKey(noKey).withHeaders("X-Api-Key", ""),
			"made up": q.withKey("mynah_AAAAAAAA.BBBBBBBBBBBBBBBB"),
			"bearer":  q.withKey(noKey).withHeaders("Authorization", "Bearer nonsense"),
			"basic":   q.withKey(noKey).withHeaders("Authorization", "Basic "+goodKey), "half": q.withKey(goodKey[:8]),
			// x-api-key takes precedence over Authorization.
			"both": q.withKey("no-such-key").withHeaders("Authorization", "Bearer "+goodKey),
		} {
			p := wantJSON[api.Problem](t, shared, http.StatusForbidden, bad)
			if p.Message != "Forbidden" || p.Error != "Forbidden" {
				t.Errorf("%s %s, key %s: %q and %q", q.method, q.path, name, p.Message, p.Error)
			}
		}
		for _, good := range []request{
			q, q.withKey(otherKey), q.withKey(noKey).withHeaders("Authorization", "Bearer "+goodKey),
			q.withKey(noKey).withHeaders("Authorization", "bearer  "+goodKey),
		} {
			if a := shared.mustSend(t, good); a.status == http.StatusForbidden {
				t.Errorf("%s %s with a key: %s", q.method, q.path, a)
			}
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/version", "/openapi.json"} {
		shared.wantStatus(t, http.StatusOK, get(path).withKey(noKey))
		shared.wantStatus(t, http.StatusOK, get(path).withKey("no-such-key"))
	}
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/", "/v1/", "/v1", "/nothing", "/v1/nothing", "/objects", "/video", "/voices/",
		"/openapi.yaml", "/v1/builds/",
	} {
		shared.wantRefusal(t, http.StatusNotFound, "This address does not exist", get(path))
	}
	for _, path := range []string{"/objects/", "/objects/uploads", "/objects/more/things", "/objects/status/x/y"} {
		shared.wantRefusal(t, http.StatusForbidden, "This link is not valid or has expired", get(path))
	}
	for path, method := range map[string]string{
		"/voices": http.MethodPost, "/video/build": http.MethodGet,
		"/v1/builds": http.MethodPut, "/healthz": http.MethodDelete,
	} {
		shared.wantRefusal(t, http.StatusMethodNotAllowed, "This address does not support the method "+method,
			request{method: method, path: path})
	}
	shared.wantRefusal(t, http.StatusNotFound, `The format "ogg" is not supported; use mp3, m4a or wav`, post("/text-to-speech/ogg", "Hi."))
}

func TestDoubleSlashes(t *testing.T) {
	t.Parallel()
	g := wantJSON[api.UploadGrant](t, shared, http.StatusOK, get("//video///upload-request/zip"))
	// Signed URLs work with double slashes, too.
	doubled := strings.Replace(g.URL, "/objects/", "//objects//", 1)
	shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodPut, doubled,
		zipFiles(t, map[string]string{"a.md": silent})).withHeaders("Content-Type", g.ContentType))
	task := wantJSON[api.Task](t, shared, http.StatusOK,
		post("//video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType)))
	if !strings.HasPrefix(task.StatusURL, shared.base+"/objects/status/") {
		t.Errorf("the URL of the status is %s", task.StatusURL)
	}
	shared.waitSucceeded(t, strings.Replace(task.StatusURL, "/objects/", "//objects//", 1))
	wantJSON[api.BuildList](t, shared, http.StatusOK, get("/v1//builds?limit=1"))
}

// alteredAddresses returns changed forms of a signed URL, by the kind of change.
func alteredAddresses(t *testing.T, address, foreign string) map[string]string {
	t.Helper()
	change := func(at string, do func(u *url.URL, q url.Values)) string {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		do(u, q)
		u.RawQuery = q.Encode()
		return u.String()
	}
	set := func(name, value string) string {
		return change(address, func(_ *url.URL, q url.Values) { q.Set(name, value) })
	}
	other, err := url.Parse(foreign)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"another signature":  set("signature", strings.Repeat("A", 43)),
		"an empty signature": set("signature", ""),
		"a later end":        set("expiry", "4102444800"),
		"no end":             change(address, func(_ *url.URL, q url.Values) { q.Del("expiry") }),
		"a past end":         set("expiry", "1"),
		"a broken end":       set("expiry", "soon"),
		"another object":     set("obj", other.Query().Get("obj")),
		"another method":     set("method", http.MethodDelete),
		"another type":       set("contentType", "text/html"),
		"no query":           change(address, func(_ *url.URL, q url.Values) { clear(q) }),
		"the query of another": change(address, func(_ *url.URL, q url.Values) {
			clear(q)
			maps.Copy(q, other.Query())
		}),
		"the path of another": change(foreign, func(u *url.URL, q url.Values) {
			own, _ := url.Parse(address)
			clear(q)
			maps.Copy(q, own.Query())
			_ = u
		}),
		"a member twice":       address + "&signature=x",
		"an object twice":      address + "&obj=" + url.QueryEscape(other.Query().Get("obj")),
		"a path that climbs":   strings.Replace(address, path.Base(other.Path), "..%2f"+path.Base(other.Path), 1) + "x",
		"a path with an extra": strings.Replace(address, "?", "x?", 1),
	}
}

func TestSignedAddresses(t *testing.T) {
	t.Parallel()
	zip := zipFiles(t, map[string]string{"script.md": silent})
	g, h := shared.uploadProject(t, zip), shared.uploadProject(t, zip)
	a, b := shared.startBuild(t, g, ""), shared.startBuild(t, h, "")
	done, other := shared.waitSucceeded(t, a.StatusURL), shared.waitSucceeded(t, b.StatusURL)
	for _, c := range []struct{ method, address, foreign string }{
		{http.MethodPut, g.URL, h.URL},
		{http.MethodGet, a.StatusURL, b.StatusURL},
		{http.MethodGet, done.Result, other.Result},
		{http.MethodHead, done.Result, other.Result},
		{http.MethodGet, done.Poster, done.Result},
	} {
		for name, address := range alteredAddresses(t, c.address, c.foreign) {
			q := signedRequest(c.method, address, "").withHeaders("Content-Type", "application/zip")
			got := shared.mustSend(t, q)
			if got.status != http.StatusForbidden {
				t.Errorf("%s with %s: %s\n%s", c.method, name, got, address)
			}
		}
		// An API key does not replace a signature.
		for _, address := range alteredAddresses(t, c.address, c.foreign) {
			if got := shared.mustSend(t, request{method: c.method, path: address}); got.status < 400 {
				t.Errorf("%s with a key: %s", c.method, got)
			}
		}
	}
	// A URL that is signed for one method is invalid for others.
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete, http.MethodPatch} {
		shared.wantStatus(t, http.StatusForbidden, signedRequest(method, g.URL, ""))
	}
	for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodDelete} {
		shared.wantStatus(t, http.StatusForbidden, signedRequest(method, done.Result, zip).withHeaders("Content-Type", "application/zip"))
		shared.wantStatus(t, http.StatusForbidden, signedRequest(method, a.StatusURL, zip).withHeaders("Content-Type", "application/zip"))
	}
	if got := shared.waitSucceeded(t, a.StatusURL); got.Message != "Video ready" {
		t.Errorf("after all that: %+v", got)
	}
}

// TestBuildRequests checks that an invalid build request is refused at once, with a message of one
// sentence.
func TestBuildRequests(t *testing.T) {
	t.Parallel()
	g := shared.uploadProject(t, zipFiles(t, map[string]string{"script.md": silent}))
	const https = "zip-url repository must start with https://"
	ours := []string{"repository", g.Repository, "repositoryType", g.RepositoryType}
	for name, c := range map[string]struct{ body, want string }{
		"plain http": {jsonBody("repository", "http://example.com/a.zip", "repositoryType", "zip-url"), https},
		"upper case": {jsonBody("repository", "HTTPS://example.com/a.zip", "repositoryType", "zip-url"), https},
		"a file":     {jsonBody("repository", "file:///etc/passwd", "repositoryType", "zip-url"), https},
		"no scheme":  {jsonBody("repository", "example.com/a.zip", "repositoryType", "zip-url"), https},
		"no host": {
			jsonBody("repository", "https://", "repositoryType", "zip-url"),
			"repository must be the URL of an archive",
		},
		"a password": {jsonBody("repository", "https://me:secret@example.com/a.zip", "repositoryType",
			"zip-url"), "repository must be the URL of an archive"},
		"no repository": {jsonBody("repositoryType", "s3-zip"), "repository is missing"},
		"no type": {
			jsonBody("repository", g.Repository),
			"repositoryType is missing; allowed: s3-zip (from the answer to the upload request), zip-url or github",
		},
		"another type": {
			jsonBody("repository", g.Repository, "repositoryType", "svn"),
			`unknown repositoryType "svn"; allowed: s3-zip (from the answer to the upload request), zip-url or github`,
		},
		"no such upload": {
			jsonBody("repository", "01JZX3M8Q2T5V7W9Y0A1B2C3D4", "repositoryType", "s3-zip"),
			"repository is not an upload of this server, or the upload has expired; request an upload first",
		},
		"a path for upload": {
			jsonBody("repository", "../results/x", "repositoryType", "s3-zip"),
			"repository is not an upload of this server, or the upload has expired; request an upload first",
		},
		"no owner": {
			jsonBody("repository", "films", "repositoryType", "github"),
			"repository must be OWNER/NAME for the repository type github",
		},
		"a path for a name": {
			jsonBody("repository", "octo/films/..", "repositoryType", "github"),
			"repository must be OWNER/NAME for the repository type github",
		},
		"a source outside": {jsonBody(append(ours, "source", "../x.md")...), "source must be the path of a script inside the archive"},
		"a source from root": {
			jsonBody(append(ours, "source", "/etc/passwd")...),
			"source must be the path of a script inside the archive",
		},
		"a source with NUL":   {jsonBody(append(ours, "source", "a\x00.md")...), "source must be the path of a script inside the archive"},
		"empty":               {"", "The request body is empty; send a JSON object"},
		"white":               {" \n", "The request body is empty; send a JSON object"},
		"a list":              {"[]", "The request body is not a JSON object"},
		"null":                {"null", "The request body is not a JSON object"},
		"a string":            {`"x"`, "The request body is not a JSON object"},
		"not the JSON":        {"repository=x", "The request body is not a JSON object"},
		"half":                {`{"repository":`, "The request body is not a JSON object"},
		"a number for a name": {`{"repository":7,"repositoryType":"s3-zip"}`, "repository must be a string, not number"},
		"a list for a source": {`{"repository":"x","repositoryType":"s3-zip","source":["a"]}`, "source must be a string, not array"},
		"a truth for a token": {`{"repository":"x","repositoryType":"github","token":true}`, "token must be a string, not bool"},
		"an object for a sha": {`{"repository":"x","repositoryType":"github","sha":{}}`, "sha must be a string, not object"},
	} {
		p := wantJSON[api.Problem](t, shared, http.StatusBadRequest, post("/video/build", c.body))
		if p.Message != c.want {
			t.Errorf("%s: %q, want %q", name, p.Message, c.want)
		}
	}
	shared.wantRefusal(t, http.StatusRequestEntityTooLarge, "The request body is larger than 1048576 bytes",
		post("/video/build", jsonBody("repository", strings.Repeat("x", 1<<20))))
	// Unknown members, an unusual content type and a byte order mark are accepted.
	task := wantJSON[api.Task](t, shared, http.StatusOK, post("/video/build",
		`{"more":{"a":[1]},"source":"./script.md","repository":"`+g.Repository+`","repositoryType":"s3-zip",`+
			`"token":null}`).withHeaders("Content-Type", "text/plain"))
	shared.waitSucceeded(t, task.StatusURL)
}

// TestSources builds archives from URLs and from GitHub.
func TestSources(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	files, github := elsewhere.files.URL, elsewhere.github
	for name, c := range map[string]struct {
		body    string
		seconds int // length of the video; 0 means that the build fails
		want    string
	}{
		"address": {jsonBody("repository", files+"/main.zip?one", "repositoryType", "zip-url"), 1, ""},
		"address, folder": {jsonBody("repository", files+"/commit.zip", "repositoryType", "zip-url", "source",
			"octo-films-7fd1a60/videos/intro.md"), 2, ""},
		"redirect": {jsonBody("repository", files+"/again.zip", "repositoryType", "zip-url", "source", "videos/intro.md"), 1, ""},
		"not there": {
			jsonBody("repository", files+"/gone.zip", "repositoryType", "zip-url"), 0,
			"The archive's address answered 404",
		},
		"too large": {jsonBody("repository", files+"/huge.zip", "repositoryType", "zip-url"), 0, "larger than "},
		"no zip":    {jsonBody("repository", files+"/text.zip", "repositoryType", "zip-url"), 0, "is not a zip archive"},
		"no host": {jsonBody("repository", "https://no-such-host.invalid/a.zip", "repositoryType",
			"zip-url"), 0, "The archive could not be fetched from the address"},
		"github": {jsonBody("repository", "octo/films", "repositoryType", "github", "token", gitToken,
			"source", "videos/intro.md"), 1, ""},
		"github, commit": {jsonBody("repository", "octo/films", "repositoryType", "github", "token", gitToken,
			"source", "videos/intro.md", "sha", "7fd1a60"), 2, ""},
		"github, no such": {jsonBody("repository", "octo/films", "repositoryType", "github", "token", gitToken,
			"sha", "0000000"), 0, "does not exist, or the token has no access to it"},
		"github, token": {
			jsonBody("repository", "octo/films", "repositoryType", "github", "token", "ghp_wrong"),
			0, "The repository octo/films or its commit SHA does not exist, or the token has no access to it",
		},
		"github, no token": {
			jsonBody("repository", "octo/films", "repositoryType", "github"), 0,
			"The repository octo/films or its commit SHA does not exist, or the token has no access to it",
		},
		"github, sha": {jsonBody("repository", "octo/films", "repositoryType", "github", "token", gitToken,
			"sha", "../../x"), 0, "must be a commit SHA, or the name of a branch or tag"},
	} {
		if name == "address" { // the script is in a subfolder
			c.body = strings.Replace(c.body, "{", `{"source":"videos/intro.md",`, 1)
		}
		st := shared.waitFinished(t, wantJSON[api.Task](t, shared, http.StatusOK, post("/video/build", c.body)).StatusURL)
		if st.Succeeded != (c.seconds > 0) || st.DurationInSeconds != c.seconds || !st.Succeeded && !strings.Contains(st.Message, c.want) {
			t.Errorf("%s: %+v, want %d s or %q", name, st, c.seconds, c.want)
		}
		if strings.Contains(st.Message, gitToken) || strings.Contains(st.Message, "ghp_") {
			t.Errorf("%s: the message shows the token: %s", name, st.Message)
		}
	}
	for _, h := range github.requests("/repos/octo/films/zipball") {
		if h.Get("Accept") != "application/vnd.github+json" {
			t.Errorf("GitHub was asked with %v", h)
		}
	}
	// The GitHub token is not sent to the host to which GitHub redirects.
	for _, path := range []string{"/main.zip", "/commit.zip"} {
		asked := elsewhere.files.requests(path)
		if len(asked) == 0 {
			t.Errorf("%s was not fetched", path)
		}
		for _, h := range asked {
			if h.Get("Authorization") != "" {
				t.Errorf("the token was sent to another host: %v", h)
			}
		}
	}
}

// TestScriptErrors checks that the status of a failed build contains the position, the problem and
// a correction.
func TestScriptErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files  map[string]string
		source string
		want   []string
	}{
		"a picture": {
			map[string]string{"film/a.md": "Hello.\n\n![](harbor.jpg)\n", "film/harbour.jpg": "x"},
			"film/a.md",
			[]string{"a.md:3:5: ", `the picture file "harbor.jpg" does not exist`, "harbour.jpg"},
		},
		"a direction": {
			map[string]string{"a.md": "---\nsize: huge\n---\n(duration: soon)\n"},
			"",
			[]string{"a.md:2:7: ", "a.md:4:12: "},
		},
		"no script": {
			map[string]string{"a.png": "x"},
			"",
			[]string{"There is no .md or .txt file in the archive that could be the script"},
		},
		"two scripts": {map[string]string{"a.md": silent, "b.md": silent}, "", []string{`"a.md"`, `"b.md"`, "source"}},
		"a deck":      {map[string]string{"talk.pptx": "x"}, "", []string{"Presentations are not supported by this server"}},
		"wrong source": {
			map[string]string{"film.md": silent},
			"flim.md",
			[]string{`The source "flim.md" is not in the archive`, `"film.md"`},
		},
		"a folder": {map[string]string{"a/b.md": silent, "c.md": silent}, "a", []string{`The source "a" is a folder`}},
	} {
		st := shared.buildProject(t, c.files, c.source)
		if st.Succeeded {
			t.Errorf("%s: the build succeeded", name)
		}
		for _, want := range c.want {
			if !strings.Contains(st.Message, want) {
				t.Errorf("%s: %q does not contain %q", name, st.Message, want)
			}
		}
	}
}

func TestStatusOfAnUnknownTask(t *testing.T) {
	t.Parallel()
	b := shared.createBuild(t, silent)
	shared.waitUntil(t, b.ID, isOver)
	g := shared.uploadProject(t, zipFiles(t, map[string]string{"a.md": silent}))
	task := shared.startBuild(t, g, "")
	st := shared.waitSucceeded(t, task.StatusURL)
	shared.wantStatus(t, http.StatusNoContent, request{method: http.MethodDelete, path: "/v1/builds/" + task.TaskID})
	gone := wantJSON[api.Status](t, shared, http.StatusNotFound, signedRequest(http.MethodGet, task.StatusURL, ""))
	if !gone.Finished || gone.Succeeded || gone.Message == "" {
		t.Errorf("the status of a removed task: %+v", gone)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		shared.wantStatus(t, http.StatusNotFound, signedRequest(method, st.Result, ""))
	}
}
