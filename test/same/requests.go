package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// sendAll sends all kinds of requests to the server.
func (a *asker) sendAll(work string) {
	project, err := zipFolder(work)
	if err != nil {
		a.err = err
		return
	}
	a.requestFacts()
	a.requestRefusals()
	a.requestChecks()
	a.requestBuilds(project)
	a.requestCompatibleBuilds(project)
	a.requestSpeech()
	a.get("the list of builds", "/v1/builds?limit=2")
	a.get("the list of builds that failed", "/v1/builds?state=failed")
	a.get("the list of builds with a tag", "/v1/builds?tag=comparison")
}

// requestFacts requests the addresses whose answers do not depend on builds.
func (a *asker) requestFacts() {
	for _, path := range []string{
		"/healthz", "/readyz", "/version", "/openapi.json", "/voices", "/v1/voices", "/account/credits",
		"/v1/voices/brian/sample", "/v1/voices/MARLENE/sample",
	} {
		a.get("GET "+path, path)
	}
}

// requestRefusals sends requests that the server must refuse.
func (a *asker) requestRefusals() {
	for _, path := range []string{"/voices", "/v1/builds", "/metrics"} {
		a.ask(query{label: "without a key " + path, method: http.MethodGet, path: path, plain: true})
		a.ask(query{
			label: "with a wrong key " + path, method: http.MethodGet, path: path, plain: true,
			header: []string{"X-Api-Key", "no-such-key"},
		})
	}
	for _, path := range []string{
		"/", "/nothing", "/v1/nothing", "/objects/uploads/x", "/objects/status/x/y", "/video/build",
		"/v1/builds/01JZX3M8Q2T5V7W9Y0A1B2C3D4", "/v1/builds?cursor=x", "/v1/builds?state=x&limit=0&new=1",
		"/v1/voices/nobody/sample",
	} {
		a.get("GET "+path, path)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		a.ask(query{label: method + " /voices", method: method, path: "/voices"})
		a.ask(query{label: method + " /v1/builds", method: method, path: "/v1/builds"})
	}
	for _, body := range []string{
		"", "{", "[]", "null", `{}`, `{"script":1}`, `{"script":""}`, `{"script":"x","new":1,"other":2}`,
		`{"script":"x","settings":{"size":"huge","fps":"many","strict":"yes","colour":1}}`,
		`{"script":"x","settings":[]}`, `{"script":"x","variables":{"a":1}}`, `{"script":"x","tags":"one"}`,
		`{"script":"(pauze: 3)\n\n![](no.png)\n\n(duration: soon)"}`, `{"script":"x"} {"script":"y"}`,
	} {
		a.post("POST /v1/builds "+body, "/v1/builds", body, "Content-Type", "application/json")
		a.post("POST /v1/check "+body, "/v1/check", body, "Content-Type", "application/json")
	}
	for _, body := range []string{
		"", "{}", `{"repository":1}`, `{"repository":"x","repositoryType":"s3-zip"}`,
		`{"repository":"http://example.org/a.zip","repositoryType":"zip-url"}`,
		`{"repository":"x","repositoryType":"tape"}`, `{"repository":"a","repositoryType":"github"}`,
		`{"repository":"a/b","repositoryType":"github","sha":"../x"}`,
	} {
		label := "POST /video/build " + body
		a.finishTask(label, a.post(label, "/video/build", body, "Content-Type", "application/json"))
	}
	a.post("presentations", "/presentation/pptx/x/import", "")
	a.get("presentations' upload", "/presentation/pptx/upload-request")
	a.get("presentations of another kind", "/presentation/doc/upload-request")
}

// requestChecks sends scripts to be checked.
func (a *asker) requestChecks() {
	for _, script := range []string{
		"Hello.", "---\nsizze: 1\nvoice: nobody\n---\n(pauze: 1)\n\n![](a.png)", "```\nnever closed",
		"<speak>Hi <break time=\"xx\"/></speak>", "(callout:\n  typ: circle)", "Hello {{name}}.", "—\n\n(pause 2)",
		"---\ntransition: melt 2\nsubtitles:\n  mode: maybe\n  break: x\n---\nПривет.",
	} {
		body, _ := json.Marshal(map[string]any{"script": script, "settings": map[string]any{"fps": "30"}})
		a.post("check of "+strconv.Quote(script), "/v1/check", string(body))
	}
}

// requestBuilds starts builds under /v1.
func (a *asker) requestBuilds(project string) {
	body := `{"script":"---\nvoice: amy\n---\nHello {{who}}.\n\n---\n\n(duration: 1)\n\n(canvas: navy)",` +
		`"settings":{"size":"320x180","fps":"30","subtitles":"overlay"},"variables":{"who":"there"},` +
		`"name":"a name","tags":["comparison","two"]}`
	b := a.finishBuild("a script", a.post("a script", "/v1/builds", body, "Idempotency-Key", "first"))
	a.post("a script, once more", "/v1/builds", body, "Idempotency-Key", "first")
	a.post("another script with its key", "/v1/builds", `{"script":"x"}`, "Idempotency-Key", "first")
	if link := b.member("links", "result"); link != "" {
		a.ask(query{
			label: "a part of a result", method: http.MethodGet, path: link, plain: true,
			header: []string{"Range", "bytes=100-299"},
		})
		a.fetch("a result with a changed signature", strings.Replace(link, "signature=", "signature=x", 1))
		a.ask(query{label: "a result, put", method: http.MethodPut, path: link, body: "x", plain: true})
	}
	if self := b.member("links", "self"); self != "" {
		a.post("an ended build, cancelled", self+"/cancel", "")
	}
	text, kind := multipartForm("source", "film.md", "settings", `{"voice":"brian"}`, "project=film.zip", project)
	c := a.finishBuild("a project", a.post("a project", "/v1/builds", text, "Content-Type", kind))
	text, kind = multipartForm("files=script.md", "![](a.png)\n\nHi.", "files=a.png", "no picture", "nonsense", "1")
	a.post("files that are wrong", "/v1/builds", text, "Content-Type", kind)
	text, kind = multipartForm("project=film.zip", project[:len(project)/2])
	a.finishBuild("half an archive", a.post("half an archive", "/v1/builds", text, "Content-Type", kind))
	if self := c.member("links", "self"); self != "" {
		a.ask(query{label: "a build, deleted", method: http.MethodDelete, path: self})
		a.get("a deleted build", self)
	}
}

// requestCompatibleBuilds starts builds by the routes that are compatible with the hosted service.
func (a *asker) requestCompatibleBuilds(project string) {
	for _, c := range []struct{ label, source, upload string }{
		{"an upload", "film.md", project},
		{"an upload without a source", "", project},
		{"an upload with errors", "wrong.md", project},
		{"an upload without that script", "flim.md", project},
		{"an upload that is no archive", "film.md", "This is a text."},
	} {
		grant := a.get(c.label+", its grant", "/video/upload-request/zip")
		a.ask(query{
			label: c.label + ", sent as text", method: http.MethodPut, path: grant.member("url"), body: c.upload, plain: true,
			header: []string{"Content-Type", "text/plain"},
		})
		a.ask(query{
			label: c.label + ", sent", method: http.MethodPut, path: grant.member("url"), body: c.upload, plain: true,
			header: []string{"Content-Type", grant.member("contentType")},
		})
		body, _ := json.Marshal(map[string]string{
			"source": c.source, "repository": grant.member("repository"), "repositoryType": grant.member("repositoryType"),
		})
		a.finishTask(c.label, a.post(c.label, "/video/build", string(body)))
	}
}

// requestSpeech requests spoken texts.
func (a *asker) requestSpeech() {
	const hello = "Good morning to all of you. It is *half* past 10:30 a.m."
	stream := []string{"Accept", "application/octet-stream"}
	for _, path := range []string{
		"/text-to-speech/mp3?voice=amy", "/text-to-speech/m4a?voice=marlene&voice-speed=fast",
		"/text-to-speech/mp3?voice=nobody&language=de", "/text-to-speech/wav", "/text-to-speech/ogg",
	} {
		a.post("streamed "+path, path, hello, stream...)
	}
	a.post("streamed, too long", "/text-to-speech/mp3", strings.Repeat("word ", 300), stream...)
	a.post("streamed, nothing", "/text-to-speech/mp3", "", stream...)
	a.post("streamed, not readable", "/text-to-speech/mp3?voice=amy", "Привет.", stream...)
	srt := "1\n00:00:00,500 --> 00:00:01,000\nOne <i>long</i> sentence for half a second.\n\n" +
		"2\n00:00:03,000 --> 00:00:05,000\n{\\an8}Two &amp; three.\n"
	for _, c := range []struct{ label, path, body, accept, kind string }{
		{"a wav", "/text-to-speech/wav?voice=victoria&voice-pitch=low", hello, "", "text/plain"},
		{"an mp3", "/text-to-speech/mp3", "(voice: brian)\n\nHello.\n\n(pause: 1)\n\nBye.", "*/*", "application/json"},
		{"an m4a with subtitles", "/text-to-speech/m4a", hello, "application/json+vtt", "text/plain"},
		{"a zip", "/text-to-speech/mp3", "One.\n\n---\n\nTwo.", "application/zip", "text/plain"},
		{"subtitles, spoken", "/text-to-speech/wav?voice=amy", srt, "application/json+vtt", "application/x-subrip"},
		{"a vtt, spoken", "/text-to-speech/mp3", "WEBVTT\n\n00:01.000 --> 00:02.000\nHi.\n", "", "text/vtt"},
		{"an unknown voice", "/text-to-speech/wav?voice=nobody", hello, "", ""},
		{"a wrong text", "/text-to-speech/wav", "<speak>Hi", "", ""},
		{"music under speech", "/text-to-speech/mp3", "---\nbackground: ukulele-1 0.4\n---\nHello there.", "", ""},
	} {
		a.finishTask(c.label, a.post(c.label, c.path, c.body, "Accept", c.accept, "Content-Type", c.kind))
	}
}
