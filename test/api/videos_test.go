//go:build linux

package api_test

import (
	"crypto/sha256"
	"encoding/json"
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
	g := shared.uploadProject(t, zipFiles(t, map[string]string{
		"films/one.md": "---\nsize: 64x64\n---\nHello there, this is a film.\n", "films/two.md": silent,
	}))
	task := shared.startBuild(t, g, "films/one.md")
	if b := wantJSON[api.Build](t, shared, http.StatusOK, get("/v1/builds/"+task.TaskID)); b.ID != task.TaskID || b.Kind != "video" {
		t.Errorf("the build of the task is %+v", b)
	}
	// The URL of the status is valid as soon as the answer was sent.
	shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, task.StatusURL, ""))
	st := shared.waitSucceeded(t, task.StatusURL)
	if st.Message != "Video ready" {
		t.Errorf("the message is %q", st.Message)
	}
	film := shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, st.Result, ""))
	seconds := videoSeconds(t, film.body)
	if float64(st.DurationInSeconds) < seconds || float64(st.DurationInSeconds) > seconds+1.1 {
		t.Errorf("the video lasts %g s, but the status says %d", seconds, st.DurationInSeconds)
	}
	for _, c := range []struct{ address, path, media string }{
		{st.Result, "result.mp4", "video/mp4"}, {st.Poster, "poster.jpg", "image/jpeg"},
	} {
		u, err := url.Parse(c.address)
		if err != nil || path.Base(u.Path) != c.path || u.Host != strings.TrimPrefix(shared.base, "http://") {
			t.Errorf("the URL of %s is %s", c.path, c.address)
		}
		a := shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, c.address, ""))
		if a.media() != c.media || a.header.Get("Content-Disposition") != "attachment; filename="+c.path {
			t.Errorf("%s: %v", c.path, a.header)
		}
	}
	end, _ := strconv.ParseInt(firstGroup(`expiry=(\d+)`, st.Result), 10, 64)
	if left := time.Until(time.Unix(end, 0)); left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("the result is valid for %s, want a day", left)
	}
}

// videoSeconds decodes a video with ffmpeg and returns its length in seconds.
func videoSeconds(t *testing.T, film []byte) float64 {
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
	st := shared.buildProject(t, map[string]string{"a.md": "---\nsize: 64x64\n---\nHello there.\n"}, "")
	if st.Subtitles == nil {
		t.Fatalf("the status has no subtitles: %+v", st)
	}
	for address, want := range map[string]string{st.Subtitles.SRT: "-->", st.Subtitles.VTT: "WEBVTT"} {
		a := shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, address, ""))
		if !strings.Contains(string(a.body), want) || !strings.Contains(string(a.body), "Hello there") {
			t.Errorf("the subtitles are %q", a.body)
		}
	}
}

func TestDownloads(t *testing.T) {
	t.Parallel()
	st := shared.buildProject(t, map[string]string{"a.md": silent}, "")
	q := signedRequest(http.MethodGet, st.Result, "")
	whole := shared.wantStatus(t, http.StatusOK, q)
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
		{q.withHeaders("Range", "bytes=0-99"), http.StatusPartialContent, string(whole.body[:100])},
		{q.withHeaders("Range", "bytes=100-"), http.StatusPartialContent, string(whole.body[100:])},
		{q.withHeaders("Range", "bytes=-7"), http.StatusPartialContent, string(whole.body[n-7:])},
		{q.withHeaders("Range", "bytes=5-100000000"), http.StatusPartialContent, string(whole.body[5:])},
		{q.withHeaders("Range", "bytes=5-6", "If-Range", tag), http.StatusPartialContent, string(whole.body[5:7])},
		{q.withHeaders("Range", "bytes=5-6", "If-Range", `"other"`), http.StatusOK, string(whole.body)},
		{q.withHeaders("If-None-Match", tag), http.StatusNotModified, ""},
		{q.withHeaders("If-Modified-Since", modified), http.StatusNotModified, ""},
		{q.withHeaders("If-None-Match", `"other"`), http.StatusOK, string(whole.body)},
		{q.withHeaders("If-Match", `"other"`), http.StatusPreconditionFailed, ""},
	} {
		a := shared.wantStatus(t, c.want, c.ask)
		if string(a.body) != c.body {
			t.Errorf("%v: %d bytes, want %d", c.ask.header, len(a.body), len(c.body))
		}
	}
	if a := shared.wantStatus(t, http.StatusPartialContent,
		q.withHeaders("Range", "bytes=0-99")); a.header.Get("Content-Range") != fmt.Sprintf("bytes 0-99/%d", n) {
		t.Errorf("Content-Range is %q", a.header.Get("Content-Range"))
	}
	if a := shared.wantStatus(t, http.StatusPartialContent, q.withHeaders("Range", "bytes=0-1,4-5")); a.media() != "multipart/byteranges" {
		t.Errorf("the content type of two ranges is %q", a.media())
	}
	for _, r := range []string{"bytes=100000000-", "bytes=9-3", "lines=1-2"} {
		shared.wantStatus(t, http.StatusRequestedRangeNotSatisfiable, q.withHeaders("Range", r))
	}
	head := q
	head.method = http.MethodHead
	if a := shared.wantStatus(t, http.StatusOK, head); len(a.body) > 0 ||
		a.header.Get("Content-Length") != strconv.Itoa(n) || a.header.Get("ETag") != tag {
		t.Errorf("the answer to a HEAD: %s", a)
	}
	shared.wantStatus(t, http.StatusPartialContent, head.withHeaders("Range", "bytes=0-9"))
	shared.wantStatus(t, http.StatusNotModified, head.withHeaders("If-None-Match", tag))
	shared.wantStatus(t, http.StatusPreconditionFailed, head.withHeaders("If-Match", `"other"`))
	shared.wantStatus(t, http.StatusRequestedRangeNotSatisfiable, head.withHeaders("Range", "bytes=100000000-"))
	if again := shared.wantStatus(t, http.StatusOK, q); sha256.Sum256(again.body) != sha256.Sum256(whole.body) ||
		again.header.Get("ETag") != tag {
		t.Error("a second download differs")
	}
}

// TestSizedResults checks that the status lists a video for each size of the script, and that each can be downloaded.
func TestSizedResults(t *testing.T) {
	t.Parallel()
	body := `{"script":"---\nsize: 64x64\nsizes: 32x64, 64x32\n---\n(duration: 1)"}`
	var b api.Build
	if err := json.Unmarshal(shared.wantStatus(t, http.StatusAccepted, post("/v1/builds", body)).body, &b); err != nil {
		t.Fatal(err)
	}
	b = shared.waitUntil(t, b.ID, isOver)
	if b.State != "succeeded" || len(b.Results) != 3 || b.Results[0].URL != b.Links["result"] {
		t.Fatalf("%+v", b)
	}
	for i, size := range []string{"64x64", "32x64", "64x32"} {
		got := b.Results[i]
		film := shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, got.URL, "")).body
		if s := videoSeconds(t, film); s < 0.9 || s > 1.1 || got.Size != size {
			t.Errorf("the video %d of size %s lasts %g s, want %s", i, got.Size, s, size)
		}
		if u, err := url.Parse(got.URL); err != nil || i > 0 && path.Base(u.Path) != "result-"+size+".mp4" {
			t.Errorf("%s: %v", got.URL, err)
		}
	}
	// A video of one size has no list.
	g := shared.uploadProject(t, zipFiles(t, map[string]string{
		"a.md": silent, "b.md": "---\nsize: 64x64\nsizes: 32x32\n---\n(duration: 1)",
	}))
	if st := shared.waitSucceeded(t, shared.startBuild(t, g, "a.md").StatusURL); len(st.Results) > 0 {
		t.Errorf("%+v", st.Results)
	}
	st := shared.waitSucceeded(t, shared.startBuild(t, g, "b.md").StatusURL)
	if len(st.Results) != 2 || st.Results[0].URL != st.Result || st.Results[1].Size != "32x32" {
		t.Errorf("%+v, the result is %s", st.Results, st.Result)
	}
}
