//go:build linux

package api_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestUploadGrant(t *testing.T) {
	t.Parallel()
	g := shared.requestUpload(t)
	if g.ContentType != "application/zip" || g.RepositoryType != "s3-zip" ||
		!strings.HasPrefix(g.URL, shared.base+"/objects/uploads/") {
		t.Errorf("the grant is %+v", g)
	}
	if again := shared.requestUpload(t); again.Repository == g.Repository {
		t.Error("two grants are equal")
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
	zip := zipFiles(t, map[string]string{"script.md": silent})
	g := shared.requestUpload(t)
	put := signedRequest(http.MethodPut, g.URL, zip).withHeaders("Content-Type", "application/zip")
	notUploaded := "Nothing was uploaded to this repository; PUT the archive to the url of the upload's answer first"
	toBuild := post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType))
	shared.wantRefusal(t, http.StatusBadRequest, notUploaded, toBuild)

	for _, kind := range []string{"", "application/octet-stream", "application/zip; charset=utf-8", "text/plain"} {
		shared.wantRefusal(t, http.StatusForbidden, "The upload must have the content type application/zip",
			put.withHeaders("Content-Type", kind))
	}
	endless := put
	endless.from = io.MultiReader(strings.NewReader(zip))
	shared.wantRefusal(t, http.StatusLengthRequired, "The upload must have the header Content-Length", endless)
	tooLong := fmt.Sprintf("The upload is larger than %d bytes", mostUpload)
	big := put
	big.body = strings.Repeat("x", mostUpload+1)
	shared.wantRefusal(t, http.StatusRequestEntityTooLarge, tooLong, big)
	if got := shared.storedObjects(t, "uploads", g.Repository); len(got) > 0 {
		t.Errorf("files of refused uploads were left: %q", got)
	}
	shared.wantRefusal(t, http.StatusBadRequest, notUploaded, toBuild)

	big.body = big.body[1:] // the maximum size
	shared.wantStatus(t, http.StatusOK, big)
	// A second upload replaces the first.
	if a := shared.wantStatus(t, http.StatusOK, put); len(a.body) > 0 || a.header.Get("Content-Length") != "0" {
		t.Errorf("the answer to an upload is not empty: %s", a)
	}
	if got := shared.storedObjects(t, "uploads", g.Repository); !slices.Equal(got, []string{g.Repository}) {
		t.Errorf("the files of the upload are %q", got)
	}
	// An upload can be built several times, also in parallel.
	first, second := shared.startBuild(t, g, ""), shared.startBuild(t, g, "script.md")
	if first.TaskID == second.TaskID || first.RequestID == second.RequestID {
		t.Error("two builds have the same id")
	}
	shared.waitSucceeded(t, first.StatusURL)
	shared.waitSucceeded(t, second.StatusURL)
	shared.waitSucceeded(t, shared.startBuild(t, g, "").StatusURL)
}

// sendRaw sends bytes and returns the raw answer. If half is true, it closes the connection for
// writing after the bytes.
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
	got := shared.sendRaw(
		t,
		"PUT "+u.RequestURI()+" HTTP/1.1\r\nHost: "+u.Host+"\r\nContent-Type: application/zip\r\nContent-Length: 5000\r\n"+
			"\r\nPK\x03\x04 and no more",
		true,
	)
	if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, `"message":"The upload is incomplete"`) {
		t.Errorf("the answer to a truncated upload: %s", got)
	}
	shared.doc.recordAnswerByID("upload", http.StatusBadRequest)
	eventually(t, "what came is dropped", func() bool {
		return len(shared.storedObjects(t, "uploads", g.Repository)) == 0
	})
	shared.wantStatus(t, http.StatusBadRequest,
		post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType)))
}
