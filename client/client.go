// Package client is a Go client of a Mynah server, or any server with the same protocol: it
// uploads projects, starts builds, polls their status, downloads results, and requests speech. Of
// the other packages it uses only api.
package client

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mynah/api"
)

// Client calls one server. Poll and HTTP may be zero.
type Client struct {
	// URL is the server's base URL, such as https://mynah.example.com.
	URL string
	// Key is an API key.
	Key string
	// Poll is the time between two polls; 0 is a second.
	Poll time.Duration
	// HTTP sends the requests; nil is http.DefaultClient.
	HTTP *http.Client
}

// Error is an error answer of the server.
type Error struct {
	Status int
	// Message is a sentence for a person.
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// FailedError is a task that ended without a result.
type FailedError struct{ Status api.Status }

// Error returns the message of the status.
func (e *FailedError) Error() string { return e.Status.Message }

// request is a request to the server. It is sent with the API key unless its URL is signed.
type request struct {
	method, address string
	body            io.Reader
	length          int64 // size of the body in bytes; negative if unknown
	header          http.Header
	signed          bool
}

// sendAndCheck sends a request. It returns an error unless the status is 2xx.
func (c *Client) sendAndCheck(ctx context.Context, q request) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, q.address, q.body)
	if err != nil {
		return nil, err
	}
	if q.length >= 0 && q.body != nil {
		r.ContentLength = q.length
	}
	maps.Copy(r.Header, q.header)
	if !q.signed {
		r.Header.Set("X-Api-Key", c.Key)
	}
	h := c.HTTP
	if h == nil {
		h = http.DefaultClient
	}
	resp, err := h.Do(r)
	if err != nil {
		return nil, fmt.Errorf("the server %s cannot be reached: %w", c.URL, removeURL(err))
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }()
	return nil, parseError(resp)
}

// removeURL removes the URL from an error, since its query may contain a signature.
func removeURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// parseError converts an error answer to an Error: its text, error or message.
func parseError(resp *http.Response) error {
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var doc api.Problem
	text := strings.TrimSpace(string(b))
	if json.Unmarshal(b, &doc) == nil {
		switch {
		case len(doc.Errors) > 0:
			return &ScriptError{doc.Errors}
		case doc.Error == "Forbidden" && doc.Detail != "":
			text = doc.Detail
		case doc.Error != "":
			text = doc.Error
		case doc.Message != "":
			text = doc.Message
		}
	}
	if text == "" || len(text) > 4000 || strings.HasPrefix(text, "<") {
		text = "the server answered " + resp.Status
	}
	return &Error{Status: resp.StatusCode, Message: text}
}

// makeURL returns the URL of a path.
func (c *Client) makeURL(path string) string { return strings.TrimSuffix(c.URL, "/") + path }

// callJSON sends JSON, or no body for nil, and reads JSON.
func (c *Client) callJSON(ctx context.Context, method, path string, in, out any) error {
	q := request{method: method, address: c.makeURL(path)}
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		q.body, q.length, q.header = bytes.NewReader(b), int64(len(b)), http.Header{"Content-Type": {"application/json"}}
	}
	resp, err := c.sendAndCheck(ctx, q)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	return decodeJSON(resp.Body, out)
}

func decodeJSON(r io.Reader, out any) error {
	if err := json.NewDecoder(io.LimitReader(r, 64<<20)).Decode(out); err != nil {
		return fmt.Errorf("the server's answer cannot be read: %w", err)
	}
	return nil
}

// Grant requests a URL for the upload of a zip.
func (c *Client) Grant(ctx context.Context) (g api.UploadGrant, err error) {
	return g, c.callJSON(ctx, http.MethodGet, "/video/upload-request/zip", nil, &g)
}

// Upload sends size bytes to the URL of a grant.
func (c *Client) Upload(ctx context.Context, g api.UploadGrant, r io.Reader, size int64) error {
	resp, err := c.sendAndCheck(ctx, request{
		method: http.MethodPut, address: g.URL, body: r, length: size, header: http.Header{"Content-Type": {g.ContentType}}, signed: true,
	})
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// UploadZip requests an upload and sends a zip file.
func (c *Client) UploadZip(ctx context.Context, path string) (g api.UploadGrant, err error) {
	f, err := os.Open(path)
	if err != nil {
		return g, err
	}
	defer func() { _ = f.Close() }()
	fi, err := f.Stat()
	if err != nil {
		return g, err
	}
	if g, err = c.Grant(ctx); err != nil {
		return g, err
	}
	return g, c.Upload(ctx, g, f, fi.Size())
}

// Build starts a build of a video.
func (c *Client) Build(ctx context.Context, r api.BuildRequest) (t api.Task, err error) {
	return t, c.callJSON(ctx, http.MethodPost, "/video/build", r, &t)
}

// Speech is a request to speak a text.
type Speech struct {
	// Format is mp3, m4a or wav.
	Format string
	Text   string
	// Voice, Speed, Pitch and Volume override the text's own; if they are empty, the text's own
	// or the defaults are used.
	Voice, Speed, Pitch, Volume string
}

// Speak starts a task that speaks a text.
func (c *Client) Speak(ctx context.Context, s Speech) (t api.Task, err error) {
	q := url.Values{}
	for name, v := range map[string]string{"voice": s.Voice, "voice-speed": s.Speed, "voice-pitch": s.Pitch, "voice-volume": s.Volume} {
		if v != "" {
			q.Set(name, v)
		}
	}
	address := c.makeURL("/text-to-speech/" + url.PathEscape(s.Format))
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	resp, err := c.sendAndCheck(ctx, request{
		method: http.MethodPost, address: address, body: strings.NewReader(s.Text), length: int64(len(s.Text)),
		header: http.Header{"Content-Type": {"text/plain"}},
	})
	if err != nil {
		return t, err
	}
	defer func() { _ = resp.Body.Close() }()
	return t, decodeJSON(resp.Body, &t)
}

// Status polls a task once.
func (c *Client) Status(ctx context.Context, statusURL string) (s api.Status, err error) {
	resp, err := c.sendAndCheck(ctx, request{method: http.MethodGet, address: statusURL, signed: true})
	if err != nil {
		return s, err
	}
	defer func() { _ = resp.Body.Close() }()
	return s, decodeJSON(resp.Body, &s)
}

// mostFailures is how many polls in a row may fail, since a server may be restarting.
const mostFailures = 10

// Wait polls a task until it is finished. It calls progress, which may be nil, with each status.
// The error is a *FailedError if the task did not succeed.
func (c *Client) Wait(ctx context.Context, t api.Task, progress func(api.Status)) (api.Status, error) {
	every := c.Poll
	if every <= 0 {
		every = time.Second
	}
	fails := 0
	for wait := min(every, 100*time.Millisecond); ; wait = min(wait*2, every) {
		select {
		case <-ctx.Done():
			return api.Status{}, ctx.Err()
		case <-time.After(wait):
		}
		s, err := c.Status(ctx, t.StatusURL)
		if err != nil {
			var no *Error
			fails++
			if fails >= mostFailures || errors.As(err, &no) &&
				no.Status < http.StatusInternalServerError && no.Status != http.StatusTooManyRequests {
				return s, err
			}
			continue
		}
		fails = 0
		if progress != nil {
			progress(s)
		}
		switch {
		case s.Finished && s.Succeeded:
			return s, nil
		case s.Finished:
			return s, &FailedError{s}
		}
	}
}

// Download writes a result to w.
func (c *Client) Download(ctx context.Context, address string, w io.Writer) error {
	resp, err := c.sendAndCheck(ctx, request{method: http.MethodGet, address: address, signed: true})
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	n, err := io.Copy(w, resp.Body)
	if err != nil {
		return fmt.Errorf("the download stopped after %d bytes: %w", n, err)
	}
	return nil
}

// ScriptError is a script with errors.
type ScriptError struct{ Found []api.Diagnostic }

// Error returns the first finding.
func (e *ScriptError) Error() string {
	for _, d := range e.Found {
		if d.Severity == "error" {
			return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Summary)
		}
	}
	return "the script has errors"
}

// Project is a zip to build in one call.
type Project struct {
	// Zip is the archive's file, Source the script's path in it.
	Zip, Source string
	Settings    api.Settings
	Variables   map[string]string
}

// BuildProject uploads a project and starts its build. The error is a *ScriptError if the script
// has errors.
func (c *Client) BuildProject(ctx context.Context, p Project) (b api.Build, err error) {
	f, err := os.Open(p.Zip)
	if err != nil {
		return b, err
	}
	defer func() { _ = f.Close() }()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() { _ = w.CloseWithError(writeProject(form, p, f)) }()
	resp, err := c.sendAndCheck(ctx, request{
		method: http.MethodPost, address: c.makeURL("/v1/builds"), body: r, length: -1,
		header: http.Header{"Content-Type": {form.FormDataContentType()}},
	})
	if err != nil {
		_ = r.CloseWithError(err)
		return b, err
	}
	defer func() { _ = resp.Body.Close() }()
	return b, decodeJSON(resp.Body, &b)
}

func writeProject(form *multipart.Writer, p Project, zip io.Reader) error {
	if p.Settings == nil {
		p.Settings = api.Settings{}
	}
	settings, err1 := json.Marshal(p.Settings)
	variables, err2 := json.Marshal(p.Variables)
	if err := errors.Join(err1, err2, form.WriteField("source", p.Source), form.WriteField("settings", string(settings))); err != nil {
		return err
	}
	if len(p.Variables) > 0 {
		if err := form.WriteField("variables", string(variables)); err != nil {
			return err
		}
	}
	part, err := form.CreateFormFile("project", "project.zip")
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, zip); err != nil {
		return err
	}
	return form.Close()
}

// Get returns a build.
func (c *Client) Get(ctx context.Context, id string) (b api.Build, err error) {
	return b, c.callJSON(ctx, http.MethodGet, "/v1/builds/"+url.PathEscape(id), nil, &b)
}

// Cancel stops a build.
func (c *Client) Cancel(ctx context.Context, id string) (b api.Build, err error) {
	return b, c.callJSON(ctx, http.MethodPost, "/v1/builds/"+url.PathEscape(id)+"/cancel", nil, &b)
}

// Voices lists the server's voices.
func (c *Client) Voices(ctx context.Context) (v []api.Voice, err error) {
	return v, c.callJSON(ctx, http.MethodGet, "/voices", nil, &v)
}

// ZipFolder writes a folder's files as a zip. It leaves out hidden files and folders, and follows
// symbolic links to files.
func ZipFolder(dir string, w io.Writer) error {
	z := zip.NewWriter(w)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != dir && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		fi, err := os.Stat(path)
		if err != nil || !fi.Mode().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return addFileToZip(z, filepath.ToSlash(rel), path)
	})
	return errors.Join(err, z.Close())
}

// ZipFiles packs some files of a folder. names are relative to it, with forward slashes.
func ZipFiles(dir string, names []string, w io.Writer) error {
	z := zip.NewWriter(w)
	var errs []error
	for _, name := range names {
		errs = append(errs, addFileToZip(z, name, filepath.Join(dir, filepath.FromSlash(name))))
	}
	return errors.Join(errors.Join(errs...), z.Close())
}

// addFileToZip adds a file. Compressed formats are stored, all others deflated.
func addFileToZip(z *zip.Writer, name, path string) error {
	method := zip.Deflate
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".mp4", ".mov", ".webm", ".mp3", ".m4a", ".ogg", ".flac":
		method = zip.Store
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	out, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		return err
	}
	_, err = io.Copy(out, f)
	return err
}
