//go:build linux

package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/house"
	"mynah/internal/testrun"
)

// entry is an entry of a crafted archive.
type entry struct {
	name, text string
	mode       fs.FileMode
	flags      uint16
	size       uint64 // size in the header, if it differs from the real one
}

// craftArchive returns a zip with the given entries, which may be invalid.
func craftArchive(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Flags: e.flags}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		var f io.Writer
		var err error
		if e.size > 0 {
			h.Method, h.UncompressedSize64, h.CompressedSize64 = zip.Store, e.size, e.size
			f, err = w.CreateRaw(h)
		} else {
			f, err = w.CreateHeader(h)
		}
		if err == nil {
			_, err = io.WriteString(f, e.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBadArchives checks that the build of an invalid archive or project fails with a message that
// explains why.
func TestBadArchives(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	good := entry{name: "script.md", text: silent}
	whole := craftArchive(t, good)
	for name, c := range map[string]struct{ zip, want string }{
		"text":           {"This is no archive.", "not a zip archive"},
		"nothing in it":  {craftArchive(t), "no .md or .txt file"},
		"truncated":      {whole[:len(whole)-30], "not a zip archive"},
		"beginning lost": {whole[10:], "damaged"},
		"bytes in front": {"#!/bin/sh\n" + whole, "damaged"},
		"damaged": {strings.Replace(craftArchive(t,
			entry{name: "script.md", text: strings.Repeat(silent, 50)}), "\x50\x4b\x07\x08", "\x50\x4b\x07\x09", 1), ""},
		"link": {craftArchive(t, good,
			entry{name: "link", text: "/etc/passwd", mode: fs.ModeSymlink | 0o777}), `"link" is a symbolic link`},
		"script is link": {craftArchive(t, entry{name: "script.md", text: "/etc/passwd", mode: fs.ModeSymlink | 0o777}), "symbolic link"},
		"pipe":           {craftArchive(t, good, entry{name: "pipe", mode: fs.ModeNamedPipe | 0o644}), "named pipe"},
		"climbs":         {craftArchive(t, good, entry{name: "../../evil.md", text: "x"}), `".."`},
		"climbs inside":  {craftArchive(t, good, entry{name: "a/../../evil.md", text: "x"}), `".."`},
		"absolute":       {craftArchive(t, good, entry{name: "/etc/evil", text: "x"}), "absolute path"},
		"backslashes":    {craftArchive(t, good, entry{name: `..\evil`, text: "x"}), "backslash"},
		"drive":          {craftArchive(t, good, entry{name: "C:/evil", text: "x"}), "drive letter"},
		"NUL":            {craftArchive(t, good, entry{name: "a\x00b", text: "x"}), "control character"},
		"twice":          {craftArchive(t, good, good), "twice"},
		"file and folder": {
			craftArchive(t, good, entry{name: "a", text: "x"}, entry{name: "a/b", text: "x"}),
			"a file in one place and a folder in another",
		},
		"deep":      {craftArchive(t, good, entry{name: strings.Repeat("d/", 40) + "f", text: "x"}), "folders deep"},
		"long name": {craftArchive(t, good, entry{name: strings.Repeat("n", 300), text: "x"}), "more than 255 bytes"},
		"encrypted": {craftArchive(t, entry{name: "script.md", text: silent, flags: 1}), "encrypted"},
		"bomb": {
			craftArchive(t, good, entry{name: "zeros.png", text: strings.Repeat("\x00", 40<<20)}),
			"more than 200 times its size",
		},
		"says 8 GiB": {craftArchive(t, good, entry{name: "big.png", text: "x", size: 8 << 30}), ""},
		"picture is text": {craftArchive(t, entry{name: "script.md", text: "![](a.png)"},
			entry{name: "a.png", text: "no picture"}), `"a.png"`},
		"picture is cut": {craftArchive(t, entry{name: "script.md", text: "![](a.png)"},
			entry{name: "a.png", text: "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"}), `"a.png"`},
		"clip is text": {craftArchive(t, entry{name: "script.md", text: "(video:\n  file: a.mp4)"},
			entry{name: "a.mp4", text: "no film"}), `"a.mp4"`},
		"list as clip": {craftArchive(t, entry{name: "script.md", text: "(video:\n  file: a.mp4)"},
			entry{name: "a.mp4", text: "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"}), `"a.mp4"`},
		"sound is text": {craftArchive(t, entry{name: "script.md", text: "(audio: a.mp3)"},
			entry{name: "a.mp3", text: "no sound"}), `"a.mp3"`},
		"names a file":  {craftArchive(t, entry{name: "script.md", text: "![](/etc/passwd)"}), "script.md:1:5"},
		"names above":   {craftArchive(t, entry{name: "script.md", text: "![](../../../etc/passwd)"}), "script.md:1:5"},
		"names a host":  {craftArchive(t, entry{name: "script.md", text: "![](https://example.com/a.png)"}), "script.md:1:5"},
		"names a URL":   {craftArchive(t, entry{name: "script.md", text: "![](file:///etc/passwd)"}), "script.md:1:5"},
		"empty script":  {craftArchive(t, entry{name: "script.md"}), "the script has no scene"},
		"binary script": {craftArchive(t, entry{name: "script.md", text: "\xff\xfe\x00\x01"}), "script.md"},
		"huge film": {craftArchive(t, entry{
			name: "script.md",
			text: "---\nsize: 999999x999999\n---\n(duration: 1)",
		}), "script.md:2:7"},
		"endless film": {craftArchive(t, entry{
			name: "script.md",
			text: "---\nsize: 64x64\n---\n(duration: 99999999999)",
		}), "script.md:4:12"},
	} {
		st := shared.waitFinished(t, shared.startBuild(t, shared.uploadProject(t, c.zip), "").StatusURL)
		if st.Succeeded || !strings.Contains(st.Message, c.want) || len(st.Message) < 15 || st.Result != "" {
			t.Errorf("%s: %+v, want %q", name, st, c.want)
		}
	}
}

// TestBadFileNames uploads files with unusual names in a form.
func TestBadFileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"../a.md", "/etc/passwd", "a/../../b", `..\\a.md`, "folder/", "a//b", ".", "..", "a\x01b", "\xff", strings.Repeat("n", 300),
		strings.Repeat("n/", 600) + "a", strings.Repeat("n", 70_000), "C:/a",
	} {
		for _, parts := range [][]part{{{"f", name, silent}}, {{"f", "a.md", silent}, {"g", name, "x"}}} {
			if a := shared.mustSend(t, newFormRequest(t, parts...)); a.status != http.StatusBadRequest {
				t.Errorf("%.40q: %s", name, a)
			}
		}
	}
}

// wrongArchives lists JSON bodies with members of unexpected types.
func wrongArchives() []string {
	out := []string{
		"", " ", "null", "true", "7", `"x"`, "[]", "[{}]", "{", "}", `{"a"}`, "{\"a\":1}{", "\x00", "\xff\xfe", "<xml/>",
		strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 20_000), `{"script":"\ud800"}`, `{"script":"` + "\xff" + `"}`,
	}
	for _, member := range []string{
		"script", "settings", "variables", "source", "repository", "repositoryType",
		"token", "sha", "settings.size",
	} {
		for _, v := range []string{"null", "true", "1e999", "-1", `""`, `"x"`, "[]", "{}", `[[[]]]`, `{"a":{"b":1}}`} {
			if outer, inner, ok := strings.Cut(member, "."); ok {
				out = append(out, fmt.Sprintf(`{"script":"x",%q:{%q:%s}}`, outer, inner, v))
				continue
			}
			out = append(out, fmt.Sprintf(`{"script":"![](none.png)","repository":"x","repositoryType":"s3-zip",%q:%s}`, member, v))
		}
	}
	return out
}

// TestEveryRouteWithEverything sends odd bodies to all routes. The judge checks that every answer
// is documented, is no internal error, and reveals nothing about the machine.
func TestEveryRouteWithEverything(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	// A short queue limits the number of accepted builds.
	s := startTestServer(t, func(_ *house.Config, c *house.ServeConfig) { c.Store.MaxQueued = 4 })
	st := s.buildProject(t, map[string]string{"a.md": silent}, "")
	g := s.requestUpload(t)
	signedAt := map[string]string{"upload": g.URL, "getResult": st.Result}
	for _, o := range shared.doc.ops {
		address := examplePath(o)
		base := request{method: o.method, path: address}
		for _, key := range []string{noKey, "wrong", goodKey} {
			s.mustSend(t, base.withKey(key))
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			q := base
			q.method = method
			s.mustSend(t, q)
			s.mustSend(t, q.withKey(noKey))
		}
		if u := signedAt[o.id]; u != "" {
			base.path = u
		}
		bodies, kinds := wrongArchives(), []string{"application/json", "multipart/form-data; boundary=x", "text/vtt"}
		if o.method == http.MethodGet { // GET requests have no body
			bodies, kinds = bodies[:8], kinds[:1]
		}
		for i, text := range bodies {
			if testing.Short() && i%5 != 0 {
				continue
			}
			q := base
			q.body = text
			for _, kind := range kinds {
				s.mustSend(t, q.withHeaders("Content-Type", kind))
			}
		}
		if o.method != http.MethodGet {
			q := base
			q.body = strings.Repeat("x", 3<<20)
			for _, kind := range []string{"application/json", "multipart/form-data; boundary=x", "application/zip", ""} {
				s.mustSend(t, q.withHeaders("Content-Type", kind))
			}
		}
		for name, values := range map[string][]string{
			"Accept":           {"application/octet-stream", "nonsense", strings.Repeat("a/b,", 5000)},
			"Content-Type":     {"multipart/form-data; boundary=" + strings.Repeat("b", 200), "a/b; c", "text/vtt; charset=\"", ";"},
			"Content-Encoding": {"gzip"},
			"Idempotency-Key":  {"x", strings.Repeat("k", 300), "'; DROP TABLE builds; --", "\xff"},
			"Last-Event-ID":    {"-1", "x", "9223372036854775808"},
			"Range":            {"bytes=0-0,0-0,0-0,0-0", "bytes=" + strings.Repeat("0-0,", 3000) + "0-0", "x"},
			"If-None-Match":    {"*", `"`, strings.Repeat(`"a",`, 3000)},
			"X-Api-Key":        {strings.Repeat("k", 20_000), "mynah_.", "mynah_" + strings.Repeat("A", 100) + ".x", "'"},
			"Host":             {"a", "[::1]:7"},
		} {
			for _, v := range values {
				q := base.withHeaders(name, v)
				if name == "X-Api-Key" {
					q.key = noKey
				}
				s.mustSend(t, q)
			}
		}
	}
}

// TestUnknownNames sends odd ids, names and query values.
func TestUnknownNames(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	names := []string{
		"x", "..", ".", "...", "a b", "ä", "\x00", "\xff\xfe", "a/b", "a\\b", "%", "'", `"`, "*", "?", "#", "null", "-1",
		"' OR 1=1 --", "01JZX3M8Q2T5V7W9Y0A1B2C3D4", strings.Repeat("x", 5000), "\u202e", "a\r\nX-Evil: 1",
	}
	for _, o := range shared.doc.ops {
		for _, name := range names {
			address := strings.NewReplacer("{id}", url.PathEscape(name), "{name}", url.PathEscape(name), "{format}",
				url.PathEscape(name)).Replace(o.path)
			value := url.QueryEscape(name)
			address += "?limit=" + value + "&cursor=" + value + "&obj=" + value + "&voice=" + value
			if strings.Contains(o.path, "{") || o.method == http.MethodGet {
				shared.mustSend(t, request{method: o.method, path: address})
			}
		}
	}
	for _, word := range []string{"voice", "voice-speed", "voice-pitch", "voice-volume"} {
		for _, name := range names {
			q := newSpeechRequest("wav", hello).withHeaders("Accept", "application/octet-stream") // rejected only after all other checks
			q.path += "?" + word + "=" + url.QueryEscape(name)
			shared.mustSend(t, q)
		}
	}
}

// TestBrokenRequests checks that truncated and malformed requests cause no internal error.
func TestBrokenRequests(t *testing.T) {
	t.Parallel()
	head := func(method, path string, more ...string) string {
		return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: " + goodKey + "\r\n" + strings.Join(more, "\r\n") + "\r\n\r\n"
	}
	put, err := url.Parse(shared.requestUpload(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	const formType = "Content-Type: multipart/form-data; boundary=y"
	const file = "--y\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.md\"\r\n\r\n"
	const project = "--y\r\nContent-Disposition: form-data; name=\"project\"; filename=\"p.zip\"\r\n\r\n"
	chunk := func(text string) string { return strconv.FormatInt(int64(len(text)), 16) + "\r\n" + text + "\r\n" }
	cases := map[string]string{}
	for _, path := range []string{"/video/build", "/text-to-speech/mp3", "/v1/builds", "/v1/check"} {
		for _, word := range []string{"X-More: 1", "Idempotency-Key: broken " + path} {
			cases["cut off "+path+word] = head("POST", path, "Content-Length: 100", word) + `{"script":"`
			cases["cut chunk "+path+word] = head("POST", path, "Transfer-Encoding: chunked", word+" chunk") + "ff\r\n{"
			cases["bad chunk "+path+word] = head("POST", path, "Transfer-Encoding: chunked", word+" bad") + chunk("{") + "nonsense\r\n"
		}
	}
	for name, begin := range map[string]string{
		"file": file, "project": project,
		"field": "--y\r\nContent-Disposition: form-data; name=\"settings\"\r\n\r\n",
	} {
		cases["cut "+name] = head("POST", "/v1/builds", formType, "Content-Length: 1000") + begin + "PK"
		cases["cut chunked "+name] = head("POST", "/v1/builds", formType, "Transfer-Encoding: chunked") + chunk(begin+"PK")
		cases["bad chunk in "+name] = head("POST", "/v1/builds", formType,
			"Transfer-Encoding: chunked") + chunk(begin+"PK") + "nonsense\r\n"
		cases["bad chunk, kept, in "+name] = head("POST", "/v1/builds", formType, "Transfer-Encoding: chunked",
			"Idempotency-Key: "+name) + chunk(begin+"PK") + "nonsense\r\n"
	}
	cases["upload cut"] = head("PUT", put.RequestURI(), "Content-Type: application/zip", "Content-Length: 1000") + "PK"
	cases["no path"] = "GET nothing HTTP/1.1\r\nHost: x\r\n\r\n"
	cases["no host"] = "GET /voices HTTP/1.1\r\n\r\n"
	cases["bad host"] = "GET /v1/builds HTTP/1.1\r\nHost: a b\r\n\r\n"
	cases["no HTTP"] = "hello\r\n\r\n"
	cases["long head"] = head("GET", "/voices", "X-Long: "+strings.Repeat("x", 100_000))
	cases["two lengths"] = head("POST", "/v1/check", "Content-Length: 2", "Content-Length: 3") + "{}"
	cases["bad length"] = head("POST", "/v1/check", "Content-Length: -1") + "{}"
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		got := shared.sendRaw(t, cases[name], true)
		if status := firstGroup(`^HTTP/1\.[01] (\d+) `, got); !strings.HasPrefix(status, "4") {
			t.Errorf("%s: %.600s", name, got)
		}
		if l := shared.findLeaks(answer{body: []byte(got)}); len(l) > 0 {
			t.Errorf("%s reveals %q: %s", name, l, got)
		}
	}
	shared.wantStatus(t, http.StatusOK, get("/readyz"))
}
