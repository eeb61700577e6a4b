//go:build linux

package api_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"mynah/api"
)

func TestVideo(t *testing.T) {
	t.Parallel()
	g := shared.uploadProject(t, archive(t, map[string]string{
		"films/one.md": "---\nsize: 64x64\n---\nHello there, this is a film.\n", "films/two.md": silent,
	}))
	task := shared.build(t, g, "films/one.md")
	if b := ask[api.Build](t, shared, http.StatusOK, get("/v1/builds/"+task.TaskID)); b.ID != task.TaskID || b.Kind != "video" {
		t.Errorf("the task is the build %+v", b)
	}
	// The document is there before the answer was sent.
	shared.want(t, http.StatusOK, signedRequest(http.MethodGet, task.StatusURL, ""))
	st := shared.succeeded(t, task.StatusURL)
	if st.Message != "Video ready" {
		t.Errorf("the message is %q", st.Message)
	}
	film := shared.want(t, http.StatusOK, signedRequest(http.MethodGet, st.Result, ""))
	seconds := length(t, film.body)
	if float64(st.DurationInSeconds) < seconds || float64(st.DurationInSeconds) > seconds+1.1 {
		t.Errorf("the film lasts %g s, the status says %d", seconds, st.DurationInSeconds)
	}
	for _, c := range []struct{ address, path, media string }{
		{st.Result, "result.mp4", "video/mp4"}, {st.Poster, "poster.jpg", "image/jpeg"},
	} {
		u, err := url.Parse(c.address)
		if err != nil || path.Base(u.Path) != c.path || u.Host != strings.TrimPrefix(shared.base, "http://") {
			t.Errorf("%s is at %s", c.path, c.address)
		}
		a := shared.want(t, http.StatusOK, signedRequest(http.MethodGet, c.address, ""))
		if a.media() != c.media || a.header.Get("Content-Disposition") != "attachment; filename="+c.path {
			t.Errorf("%s: %v", c.path, a.header)
		}
	}
	end, _ := strconv.ParseInt(regexpFirst(`expiry=(\d+)`, st.Result), 10, 64)
	if left := time.Until(time.Unix(end, 0)); left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("the result is valid for %s, want a day", left)
	}
}

// length asks another program how long a film is, after it decoded all of it.
func length(t *testing.T, film []byte) float64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", "-")
	cmd.Stdin = strings.NewReader(string(film))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe: %v: %s", err, out)
	}
	s, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSubtitlesOfAVideo(t *testing.T) {
	t.Parallel()
	st := shared.built(t, map[string]string{"a.md": "---\nsize: 64x64\n---\nHello there.\n"}, "")
	if st.Subtitles == nil {
		t.Fatalf("there are no subtitles: %+v", st)
	}
	for address, want := range map[string]string{st.Subtitles.SRT: "-->", st.Subtitles.VTT: "WEBVTT"} {
		a := shared.want(t, http.StatusOK, signedRequest(http.MethodGet, address, ""))
		if !strings.Contains(string(a.body), want) || !strings.Contains(string(a.body), "Hello there") {
			t.Errorf("the subtitles are %q", a.body)
		}
	}
}

func TestDownloads(t *testing.T) {
	t.Parallel()
	st := shared.built(t, map[string]string{"a.md": silent}, "")
	q := signedRequest(http.MethodGet, st.Result, "")
	whole := shared.want(t, http.StatusOK, q)
	n := len(whole.body)
	if whole.header.Get("Content-Length") != strconv.Itoa(n) || whole.header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("the headers of %d bytes: %v", n, whole.header)
	}
	tag, modified := whole.header.Get("ETag"), whole.header.Get("Last-Modified")
	for _, c := range []struct {
		ask  request
		want int
		body string
	}{
		{q.with("Range", "bytes=0-99"), http.StatusPartialContent, string(whole.body[:100])},
		{q.with("Range", "bytes=100-"), http.StatusPartialContent, string(whole.body[100:])},
		{q.with("Range", "bytes=-7"), http.StatusPartialContent, string(whole.body[n-7:])},
		{q.with("Range", "bytes=5-100000000"), http.StatusPartialContent, string(whole.body[5:])},
		{q.with("Range", "bytes=5-6", "If-Range", tag), http.StatusPartialContent, string(whole.body[5:7])},
		{q.with("Range", "bytes=5-6", "If-Range", `"other"`), http.StatusOK, string(whole.body)},
		{q.with("If-None-Match", tag), http.StatusNotModified, ""},
		{q.with("If-Modified-Since", modified), http.StatusNotModified, ""},
		{q.with("If-None-Match", `"other"`), http.StatusOK, string(whole.body)},
		{q.with("If-Match", `"other"`), http.StatusPreconditionFailed, ""},
	} {
		a := shared.want(t, c.want, c.ask)
		if string(a.body) != c.body {
			t.Errorf("%v: %d bytes, want %d", c.ask.header, len(a.body), len(c.body))
		}
	}
	if a := shared.want(t, http.StatusPartialContent, q.with("Range", "bytes=0-99")); a.header.Get("Content-Range") != fmt.Sprintf("bytes 0-99/%d", n) {
		t.Errorf("the range is %q", a.header.Get("Content-Range"))
	}
	if a := shared.want(t, http.StatusPartialContent, q.with("Range", "bytes=0-1,4-5")); a.media() != "multipart/byteranges" {
		t.Errorf("two ranges come as %q", a.media())
	}
	for _, r := range []string{"bytes=100000000-", "bytes=9-3", "lines=1-2"} {
		shared.want(t, http.StatusRequestedRangeNotSatisfiable, q.with("Range", r))
	}
	head := q
	head.method = http.MethodHead
	if a := shared.want(t, http.StatusOK, head); len(a.body) > 0 || a.header.Get("Content-Length") != strconv.Itoa(n) || a.header.Get("ETag") != tag {
		t.Errorf("the answer to a HEAD: %s", a)
	}
	shared.want(t, http.StatusPartialContent, head.with("Range", "bytes=0-9"))
	shared.want(t, http.StatusNotModified, head.with("If-None-Match", tag))
	shared.want(t, http.StatusPreconditionFailed, head.with("If-Match", `"other"`))
	shared.want(t, http.StatusRequestedRangeNotSatisfiable, head.with("Range", "bytes=100000000-"))
	if again := shared.want(t, http.StatusOK, q); sha256.Sum256(again.body) != sha256.Sum256(whole.body) || again.header.Get("ETag") != tag {
		t.Error("a second download is another")
	}
}
