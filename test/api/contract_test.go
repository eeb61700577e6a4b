//go:build linux

package api_test

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/testrun"
)

// requestsWithKey are requests to routes that need a key.
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
			"none": q.as(noKey), "unknown": q.as("no-such-key-at-all"), "empty": q.as(noKey).with("X-Api-Key", ""),
			"made up": q.as("mynah_AAAAAAAA.BBBBBBBBBBBBBBBB"), "bearer": q.as(noKey).with("Authorization", "Bearer nonsense"),
			"basic": q.as(noKey).with("Authorization", "Basic "+goodKey), "half": q.as(goodKey[:8]),
			// x-api-key goes before Authorization.
			"both": q.as("no-such-key").with("Authorization", "Bearer "+goodKey),
		} {
			p := ask[api.Problem](t, shared, http.StatusForbidden, bad)
			if p.Message != "Forbidden" || p.Error != "Forbidden" {
				t.Errorf("%s %s, key %s: %q and %q", q.method, q.path, name, p.Message, p.Error)
			}
		}
		for _, good := range []request{
			q, q.as(otherKey), q.as(noKey).with("Authorization", "Bearer "+goodKey), q.as(noKey).with("Authorization", "bearer  "+goodKey),
		} {
			if a := shared.do(t, good); a.status == http.StatusForbidden {
				t.Errorf("%s %s with a key: %s", q.method, q.path, a)
			}
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/version", "/openapi.json"} {
		shared.want(t, http.StatusOK, get(path).as(noKey))
		shared.want(t, http.StatusOK, get(path).as("no-such-key"))
	}
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/v1/", "/v1", "/nothing", "/v1/nothing", "/objects", "/video", "/voices/", "/openapi.yaml", "/v1/builds/"} {
		shared.refused(t, http.StatusNotFound, "This address does not exist", get(path))
	}
	for _, path := range []string{"/objects/", "/objects/uploads", "/objects/more/things", "/objects/status/x/y"} {
		shared.refused(t, http.StatusForbidden, "This link is not valid or has expired", get(path))
	}
	for path, method := range map[string]string{"/voices": http.MethodPost, "/video/build": http.MethodGet, "/v1/builds": http.MethodPut, "/healthz": http.MethodDelete} {
		shared.refused(t, http.StatusMethodNotAllowed, "This address does not support the method "+method, request{method: method, path: path})
	}
	shared.refused(t, http.StatusNotFound, `The format "ogg" is not supported; use mp3, m4a or wav`, post("/text-to-speech/ogg", "Hi."))
}

func TestDoubleSlashes(t *testing.T) {
	t.Parallel()
	g := ask[api.UploadGrant](t, shared, http.StatusOK, get("//video///upload-request/zip"))
	// Addresses that are handed out can be joined as badly.
	doubled := strings.Replace(g.URL, "/objects/", "//objects//", 1)
	shared.want(t, http.StatusOK, signedRequest(http.MethodPut, doubled, archive(t, map[string]string{"a.md": silent})).with("Content-Type", g.ContentType))
	task := ask[api.Task](t, shared, http.StatusOK, post("//video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType)))
	if !strings.HasPrefix(task.StatusURL, shared.base+"/objects/status/") {
		t.Errorf("the status is at %s", task.StatusURL)
	}
	shared.succeeded(t, strings.Replace(task.StatusURL, "/objects/", "//objects//", 1))
	ask[api.BuildList](t, shared, http.StatusOK, get("/v1//builds?limit=1"))
}

func TestUploadGrant(t *testing.T) {
	t.Parallel()
	g := shared.requestUpload(t)
	if g.ContentType != "application/zip" || g.RepositoryType != "s3-zip" || !strings.HasPrefix(g.URL, shared.base+"/objects/uploads/") {
		t.Errorf("the grant is %+v", g)
	}
	if again := shared.requestUpload(t); again.Repository == g.Repository {
		t.Error("two grants are the same")
	}
	u, err := url.Parse(g.URL)
	if err != nil {
		t.Fatal(err)
	}
	end, _ := strconv.ParseInt(u.Query().Get("expiry"), 10, 64)
	if left := time.Until(time.Unix(end, 0)); left < 59*time.Minute || left > time.Hour {
		t.Errorf("the grant is valid for %s, want an hour", left)
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	zip := archive(t, map[string]string{"script.md": silent})
	g := shared.requestUpload(t)
	put := signedRequest(http.MethodPut, g.URL, zip).with("Content-Type", "application/zip")
	notUploaded := "Nothing was uploaded to this repository; PUT the archive to the url of the upload's answer first"
	toBuild := post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType))
	shared.refused(t, http.StatusBadRequest, notUploaded, toBuild)

	for _, kind := range []string{"", "application/octet-stream", "application/zip; charset=utf-8", "text/plain"} {
		shared.refused(t, http.StatusForbidden, "The upload must have the content type application/zip", put.with("Content-Type", kind))
	}
	endless := put
	endless.from = io.MultiReader(strings.NewReader(zip))
	shared.refused(t, http.StatusLengthRequired, "The upload must have the header Content-Length", endless)
	tooLong := fmt.Sprintf("The upload is larger than %d bytes", mostUpload)
	big := put
	big.body = strings.Repeat("x", mostUpload+1)
	shared.refused(t, http.StatusRequestEntityTooLarge, tooLong, big)
	if got := shared.storedObjects(t, "uploads", g.Repository); len(got) > 0 {
		t.Errorf("of refused uploads is kept: %q", got)
	}
	shared.refused(t, http.StatusBadRequest, notUploaded, toBuild)

	big.body = big.body[1:] // just what is allowed
	shared.want(t, http.StatusOK, big)
	// A later upload takes the place of the earlier.
	if a := shared.want(t, http.StatusOK, put); len(a.body) > 0 || a.header.Get("Content-Length") != "0" {
		t.Errorf("the answer to an upload is not empty: %s", a)
	}
	if got := shared.storedObjects(t, "uploads", g.Repository); !slices.Equal(got, []string{g.Repository}) {
		t.Errorf("of the upload is kept: %q", got)
	}
	// One upload can be built several times, also in parallel.
	first, second := shared.build(t, g, ""), shared.build(t, g, "script.md")
	if first.TaskID == second.TaskID || first.RequestID == second.RequestID {
		t.Error("two builds are the same")
	}
	shared.succeeded(t, first.StatusURL)
	shared.succeeded(t, second.StatusURL)
	shared.succeeded(t, shared.build(t, g, "").StatusURL)
}

// sendRaw sends bytes as they are, and gives what comes. After half of a request it hangs up
// for writing.
func (s *server) sendRaw(t *testing.T, text string, half bool) string {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	if tcp, ok := c.(*net.TCPConn); ok && half {
		_ = tcp.CloseWrite()
	}
	out, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestUploadThatIsCutOff(t *testing.T) {
	t.Parallel()
	g := shared.requestUpload(t)
	u, err := url.Parse(g.URL)
	if err != nil {
		t.Fatal(err)
	}
	got := shared.sendRaw(t, "PUT "+u.RequestURI()+" HTTP/1.1\r\nHost: "+u.Host+"\r\nContent-Type: application/zip\r\nContent-Length: 5000\r\n\r\nPK\x03\x04 and no more", true)
	if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, `"message":"The upload is incomplete"`) {
		t.Errorf("the answer to a part of an upload: %s", got)
	}
	shared.doc.seeID("upload", http.StatusBadRequest)
	eventually(t, "what came is dropped", func() bool { return len(shared.storedObjects(t, "uploads", g.Repository)) == 0 })
	shared.want(t, http.StatusBadRequest, post("/video/build", body("repository", g.Repository, "repositoryType", g.RepositoryType)))
}

// alteredAddresses returns ways of changing a signed address.
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
	zip := archive(t, map[string]string{"script.md": silent})
	g, h := shared.uploadProject(t, zip), shared.uploadProject(t, zip)
	a, b := shared.build(t, g, ""), shared.build(t, h, "")
	done, other := shared.succeeded(t, a.StatusURL), shared.succeeded(t, b.StatusURL)
	for _, c := range []struct{ method, address, foreign string }{
		{http.MethodPut, g.URL, h.URL},
		{http.MethodGet, a.StatusURL, b.StatusURL},
		{http.MethodGet, done.Result, other.Result},
		{http.MethodHead, done.Result, other.Result},
		{http.MethodGet, done.Poster, done.Result},
	} {
		for name, address := range alteredAddresses(t, c.address, c.foreign) {
			q := signedRequest(c.method, address, "").with("Content-Type", "application/zip")
			got := shared.do(t, q)
			if got.status != http.StatusForbidden {
				t.Errorf("%s with %s: %s\n%s", c.method, name, got, address)
			}
		}
		// A key does not make up for a signature.
		for _, address := range alteredAddresses(t, c.address, c.foreign) {
			if got := shared.do(t, request{method: c.method, path: address}); got.status < 400 {
				t.Errorf("%s with a key: %s", c.method, got)
			}
		}
	}
	// What is for one method is not for another.
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete, http.MethodPatch} {
		shared.want(t, http.StatusForbidden, signedRequest(method, g.URL, ""))
	}
	for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodDelete} {
		shared.want(t, http.StatusForbidden, signedRequest(method, done.Result, zip).with("Content-Type", "application/zip"))
		shared.want(t, http.StatusForbidden, signedRequest(method, a.StatusURL, zip).with("Content-Type", "application/zip"))
	}
	if got := shared.succeeded(t, a.StatusURL); got.Message != "Video ready" {
		t.Errorf("after all that: %+v", got)
	}
}

// What is wrong with the request for a build is told at once, in one sentence.
func TestBuildRequests(t *testing.T) {
	t.Parallel()
	g := shared.uploadProject(t, archive(t, map[string]string{"script.md": silent}))
	const https = "zip-url repository must start with https://"
	ours := []string{"repository", g.Repository, "repositoryType", g.RepositoryType}
	for name, c := range map[string]struct{ body, want string }{
		"plain http":          {body("repository", "http://example.com/a.zip", "repositoryType", "zip-url"), https},
		"upper case":          {body("repository", "HTTPS://example.com/a.zip", "repositoryType", "zip-url"), https},
		"a file":              {body("repository", "file:///etc/passwd", "repositoryType", "zip-url"), https},
		"no scheme":           {body("repository", "example.com/a.zip", "repositoryType", "zip-url"), https},
		"no host":             {body("repository", "https://", "repositoryType", "zip-url"), "repository must be the URL of an archive"},
		"a password":          {body("repository", "https://me:secret@example.com/a.zip", "repositoryType", "zip-url"), "repository must be the URL of an archive"},
		"no repository":       {body("repositoryType", "s3-zip"), "repository is missing"},
		"no type":             {body("repository", g.Repository), "repositoryType is missing; allowed: s3-zip (from the answer to the upload request), zip-url or github"},
		"another type":        {body("repository", g.Repository, "repositoryType", "svn"), `unknown repositoryType "svn"; allowed: s3-zip (from the answer to the upload request), zip-url or github`},
		"no such upload":      {body("repository", "01JZX3M8Q2T5V7W9Y0A1B2C3D4", "repositoryType", "s3-zip"), "repository is not an upload of this server, or the upload has expired; request an upload first"},
		"a path for upload":   {body("repository", "../results/x", "repositoryType", "s3-zip"), "repository is not an upload of this server, or the upload has expired; request an upload first"},
		"no owner":            {body("repository", "films", "repositoryType", "github"), "repository must be OWNER/NAME for the repository type github"},
		"a path for a name":   {body("repository", "octo/films/..", "repositoryType", "github"), "repository must be OWNER/NAME for the repository type github"},
		"a source outside":    {body(append(ours, "source", "../x.md")...), "source must be the path of a script inside the archive"},
		"a source from root":  {body(append(ours, "source", "/etc/passwd")...), "source must be the path of a script inside the archive"},
		"a source with NUL":   {body(append(ours, "source", "a\x00.md")...), "source must be the path of a script inside the archive"},
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
		p := ask[api.Problem](t, shared, http.StatusBadRequest, post("/video/build", c.body))
		if p.Message != c.want {
			t.Errorf("%s: %q, want %q", name, p.Message, c.want)
		}
	}
	shared.refused(t, http.StatusRequestEntityTooLarge, "The request body is larger than 1048576 bytes",
		post("/video/build", body("repository", strings.Repeat("x", 1<<20))))
	// Unknown members, an unusual content type and a byte order do no harm.
	task := ask[api.Task](t, shared, http.StatusOK, post("/video/build",
		`{"more":{"a":[1]},"source":"./script.md","repository":"`+g.Repository+`","repositoryType":"s3-zip","token":null}`).with("Content-Type", "text/plain"))
	shared.succeeded(t, task.StatusURL)
}

// Archives come from elsewhere too.
func TestSources(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	files, github := elsewhere.files.URL, elsewhere.github
	for name, c := range map[string]struct {
		body    string
		seconds int // 0: it fails
		want    string
	}{
		"address":          {body("repository", files+"/main.zip?one", "repositoryType", "zip-url"), 1, ""},
		"address, folder":  {body("repository", files+"/commit.zip", "repositoryType", "zip-url", "source", "octo-films-7fd1a60/videos/intro.md"), 2, ""},
		"redirect":         {body("repository", files+"/again.zip", "repositoryType", "zip-url", "source", "videos/intro.md"), 1, ""},
		"not there":        {body("repository", files+"/gone.zip", "repositoryType", "zip-url"), 0, "The archive's address answered 404"},
		"too large":        {body("repository", files+"/huge.zip", "repositoryType", "zip-url"), 0, "larger than "},
		"no zip":           {body("repository", files+"/text.zip", "repositoryType", "zip-url"), 0, "is not a zip archive"},
		"no host":          {body("repository", "https://no-such-host.invalid/a.zip", "repositoryType", "zip-url"), 0, "The archive could not be fetched from the address"},
		"github":           {body("repository", "octo/films", "repositoryType", "github", "token", gitToken, "source", "videos/intro.md"), 1, ""},
		"github, commit":   {body("repository", "octo/films", "repositoryType", "github", "token", gitToken, "source", "videos/intro.md", "sha", "7fd1a60"), 2, ""},
		"github, no such":  {body("repository", "octo/films", "repositoryType", "github", "token", gitToken, "sha", "0000000"), 0, "does not exist, or the token has no access to it"},
		"github, token":    {body("repository", "octo/films", "repositoryType", "github", "token", "ghp_wrong"), 0, "The repository octo/films or its commit SHA does not exist, or the token has no access to it"},
		"github, no token": {body("repository", "octo/films", "repositoryType", "github"), 0, "The repository octo/films or its commit SHA does not exist, or the token has no access to it"},
		"github, sha":      {body("repository", "octo/films", "repositoryType", "github", "token", gitToken, "sha", "../../x"), 0, "must be a commit SHA, or the name of a branch or tag"},
	} {
		if name == "address" { // the script does not be at the top
			c.body = strings.Replace(c.body, "{", `{"source":"videos/intro.md",`, 1)
		}
		st := shared.waitFinished(t, ask[api.Task](t, shared, http.StatusOK, post("/video/build", c.body)).StatusURL)
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
	// The token is GitHub's alone: not for where it sends us.
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

// The status of a failed build tells the author where, what, and what to write instead.
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
		"no script":    {map[string]string{"a.png": "x"}, "", []string{"There is no .md or .txt file in the archive that could be the script"}},
		"two scripts":  {map[string]string{"a.md": silent, "b.md": silent}, "", []string{`"a.md"`, `"b.md"`, "source"}},
		"a deck":       {map[string]string{"talk.pptx": "x"}, "", []string{"Presentations are not supported by this server"}},
		"wrong source": {map[string]string{"film.md": silent}, "flim.md", []string{`The source "flim.md" is not in the archive`, `"film.md"`}},
		"a folder":     {map[string]string{"a/b.md": silent, "c.md": silent}, "a", []string{`The source "a" is a folder`}},
	} {
		st := shared.built(t, c.files, c.source)
		if st.Succeeded {
			t.Errorf("%s: it succeeded", name)
		}
		for _, want := range c.want {
			if !strings.Contains(st.Message, want) {
				t.Errorf("%s: %q does not tell %q", name, st.Message, want)
			}
		}
	}
}

func TestStatusOfAnUnknownTask(t *testing.T) {
	t.Parallel()
	b := shared.createBuild(t, silent)
	shared.waitUntil(t, b.ID, over)
	g := shared.uploadProject(t, archive(t, map[string]string{"a.md": silent}))
	task := shared.build(t, g, "")
	st := shared.succeeded(t, task.StatusURL)
	shared.want(t, http.StatusNoContent, request{method: http.MethodDelete, path: "/v1/builds/" + task.TaskID})
	gone := ask[api.Status](t, shared, http.StatusNotFound, signedRequest(http.MethodGet, task.StatusURL, ""))
	if !gone.Finished || gone.Succeeded || gone.Message == "" {
		t.Errorf("the status of a task that is gone: %+v", gone)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		shared.want(t, http.StatusNotFound, signedRequest(method, st.Result, ""))
	}
}
