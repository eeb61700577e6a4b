package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// serviceKey is the API key of the local servers that this program starts.
const serviceKey = "a-key-for-comparisons"

// asker sends requests to one side's server and collects the answers.
type asker struct {
	ctx   context.Context
	base  string
	http  *http.Client
	found []artifact
	err   error // first error; later requests do nothing
}

// query describes a request.
type query struct {
	label, method, path string
	body                string
	header              []string // names and values, alternating
	plain               bool     // sent without the API key
}

// serve starts the side's server, sends all requests, and stops it.
func (s *side) serve(ctx context.Context, work string) (found []artifact, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	data := filepath.Join(s.home, "data")
	cmd := s.command(ctx, work, filepath.Join(s.home, "cache-service"), "serve", "--data", data,
		"--listen", "127.0.0.1:0", "--log-level", "error", "--rate", "0", "--max-upload", "2MiB")
	cmd.Env = append(cmd.Env, "MYNAH_API_KEYS="+serviceKey)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err = errors.Join(err, cmd.Wait()); err != nil {
			err = fmt.Errorf("%w: %.2000s", err, stderr.String())
		}
	}()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "mynah is ready: "); ok {
			a := &asker{ctx: ctx, base: url, http: &http.Client{
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			}}
			a.sendAll(work)
			if s.name == "base" && a.err == nil {
				a.err = checkBaseResults(a.found)
			}
			return a.found, a.err
		}
	}
	return nil, errors.New("the server did not become ready")
}

// checkBaseResults returns an error unless the base builds every result that it should. Otherwise two refusals
// would count as equal.
func checkBaseResults(found []artifact) error {
	for _, label := range []string{"a script", "a project", "an upload", "a wav", "a zip", "subtitles, spoken"} {
		if !slices.ContainsFunc(found, func(a artifact) bool { return a.place == "service: "+label+", result" }) {
			return fmt.Errorf("the base does not build %s", label)
		}
	}
	return nil
}

// answer is a server's answer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request and returns the answer.
func (a *asker) do(q query) answer {
	if a.err != nil {
		return answer{}
	}
	address := q.path
	if !strings.HasPrefix(address, "http") {
		address = a.base + q.path
	}
	r, err := http.NewRequestWithContext(a.ctx, q.method, address, strings.NewReader(q.body))
	if err != nil {
		a.err = fmt.Errorf("%s: %w", q.label, err)
		return answer{}
	}
	if !q.plain {
		r.Header.Set("X-Api-Key", serviceKey)
	}
	for pair := range slices.Chunk(q.header, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	resp, err := a.http.Do(r)
	if err != nil {
		a.err = fmt.Errorf("%s: %w", q.label, err)
		return answer{}
	}
	body, err := io.ReadAll(resp.Body)
	if a.err = errors.Join(err, resp.Body.Close()); a.err != nil {
		return answer{}
	}
	return answer{resp.StatusCode, resp.Header, body}
}

// recordAnswer records an answer as an artifact.
func (a *asker) recordAnswer(label string, got answer) {
	if a.err != nil {
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "status %d\n", got.status)
	for _, name := range []string{
		"Content-Type", "Content-Disposition", "Location", "Allow", "Cache-Control", "Retry-After", "Accept-Ranges",
		"Content-Range", "X-Duration-Seconds", "X-Mynah-Warning", "Www-Authenticate", "Idempotency-Replayed",
	} {
		if v := got.header.Values(name); len(v) > 0 {
			fmt.Fprintf(&text, "%s %s\n", name, strings.Join(v, ", "))
		}
	}
	media, _, _ := mime.ParseMediaType(got.header.Get("Content-Type"))
	switch {
	case media == "application/zip":
		fmt.Fprintf(&text, "\n%s", listZip(got.body))
	case strings.HasSuffix(media, "json"), media == "text/event-stream", media == "":
		fmt.Fprintf(&text, "\n%s", got.body)
	default:
		fmt.Fprintf(&text, "\n%d bytes, sha256 %x", len(got.body), sha256.Sum256(got.body))
	}
	a.found = append(a.found, artifact{kind: "API answers", place: "service: " + label, text: text.String()})
}

// ask sends a request, records its answer and returns it.
func (a *asker) ask(q query) answer {
	got := a.do(q)
	a.recordAnswer(q.label, got)
	return got
}

// get requests a path of the server.
func (a *asker) get(label, path string) answer {
	return a.ask(query{label: label, method: http.MethodGet, path: path})
}

// post sends a body, which is JSON unless the headers set another content type.
func (a *asker) post(label, path, body string, header ...string) answer {
	return a.ask(query{label: label, method: http.MethodPost, path: path, body: body, header: header})
}

// fetch requests a signed URL, without the API key.
func (a *asker) fetch(label, address string) answer {
	return a.ask(query{label: label, method: http.MethodGet, path: address, plain: true})
}

// member returns the text at a path in the JSON of an answer, or "" if none exists.
func (a answer) member(path ...string) string {
	var v any
	_ = json.Unmarshal(a.body, &v)
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	return s
}

// pollUntil polls an address until over is true for the answer, and records the last answer.
func (a *asker) pollUntil(label, address string, over func(answer) bool) answer {
	for a.err == nil {
		got := a.do(query{label: label, method: http.MethodGet, path: address})
		if over(got) {
			a.recordAnswer(label, got)
			return got
		}
		select {
		case <-a.ctx.Done():
			a.err = fmt.Errorf("%s: %w", label, a.ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return answer{}
}

// isTaskFinished reports whether the answer is the last status of a task of the compatible routes.
func isTaskFinished(got answer) bool {
	var st struct{ Finished bool }
	return json.Unmarshal(got.body, &st) != nil || st.Finished || got.status != http.StatusOK
}

// isBuildOver reports whether the build of an answer under /v1 has ended.
func isBuildOver(got answer) bool {
	return !slices.Contains([]string{"queued", "running"}, got.member("state"))
}

// finishTask polls a task of the compatible routes until it is finished, and downloads its results.
func (a *asker) finishTask(label string, started answer) {
	address := started.member("statusUrl")
	if address == "" {
		return
	}
	st := a.pollUntil(label+", its end", address, isTaskFinished)
	for _, path := range [][]string{{"result"}, {"poster"}, {"subtitles", "srt"}, {"subtitles", "vtt"}} {
		if link := st.member(path...); link != "" {
			a.fetch(label+", "+strings.Join(path, " "), link)
		}
	}
}

// finishBuild polls a build under /v1 until it has ended, and downloads its results.
func (a *asker) finishBuild(label string, started answer) answer {
	self := started.member("links", "self")
	if self == "" {
		return started
	}
	b := a.pollUntil(label+", its end", self, isBuildOver)
	for _, name := range []string{"result", "poster", "srt", "vtt", "events"} {
		if link := b.member("links", name); link != "" {
			got := a.do(query{label: label, method: http.MethodGet, path: link, plain: true})
			if name == "events" {
				got.body = lastEvent(got.body)
			}
			a.recordAnswer(label+", "+name, got)
		}
	}
	return b
}

// lastEvent returns the last event of a stream, because the number of events depends on timing.
func lastEvent(stream []byte) []byte {
	var last []byte
	for block := range bytes.SplitSeq(stream, []byte("\n\n")) {
		if _, data, ok := bytes.Cut(block, []byte("data:")); ok {
			last = bytes.TrimSpace(data)
		}
	}
	return last
}

// listZip lists the entries of a zip without their times, which are those of their creation.
func listZip(archive []byte) string {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, f := range z.File {
		h := sha256.New()
		r, err := f.Open()
		if err == nil {
			_, err = io.Copy(h, r)
			err = errors.Join(err, r.Close())
		}
		fmt.Fprintf(&b, "%s %d %x %v\n", f.Name, f.Method, h.Sum(nil), err)
	}
	return b.String()
}

// zipFolder returns the files of a folder as a zip.
func zipFolder(dir string) (string, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		f, err := w.Create(path)
		if err == nil {
			_, err = f.Write(content)
		}
		return err
	})
	err = errors.Join(err, w.Close())
	return b.String(), err
}

// multipartForm returns a multipart body and its content type. pairs are names and values, alternating; a
// name such as "project=p.zip" is a file.
func multipartForm(pairs ...string) (body, kind string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("a-boundary-that-stays-the-same")
	for pair := range slices.Chunk(pairs, 2) {
		var part io.Writer
		if name, file, ok := strings.Cut(pair[0], "="); ok {
			part, _ = w.CreateFormFile(name, file)
		} else {
			part, _ = w.CreateFormField(name)
		}
		_, _ = io.WriteString(part, pair[1])
	}
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}
