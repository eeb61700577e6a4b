package slide

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
)

// home is the address of slide pages. Only Mynah answers requests to it.
const home = "https://slide.invalid/"

// wornOut is the number of slides after which a page is replaced by a new one.
const wornOut = 300

//go:embed assets/page.js
var pageScript string

//go:embed assets/layout.js
var arrangeScript string

//go:embed assets/fit.js
var fitScript string

// readLayoutScript returns the JavaScript function that lays out a slide and measures it.
func readLayoutScript() string {
	return "args => {\n" + arrangeScript + "\n" + fitScript + "\nreturn (" + pageScript + ")(args) }"
}

// page is a tab of the browser.
type page struct {
	browser *browser
	ids
	drawn int

	size   [3]float64 // the viewport's width, height and scale that were set last
	canvas params     // the background colour that was set last

	loadedLibraries map[string]bool // on the page sketchPad

	mu sync.Mutex // guards the fields below
	served
	failed bool // the page's process has crashed
	broken chan struct{}
	loaded chan struct{}
}

// ids are the browser's identifiers of a page.
type ids struct{ target, context, session, frame string }

// served is the data with which a page's requests are answered.
type served struct {
	serial int           // number of the current slide
	kept   *projectFiles // files of the current slide, or nil
	behind []byte        // picture behind the current slide, or nil
}

// openPage opens a page whose requests are answered by Mynah. Scripts of the page are enabled only if
// address is sketchPad.
func (b *browser) openPage(ctx context.Context, address string) (*page, error) {
	var made struct {
		BrowserContextID string `json:"browserContextId"`
		TargetID         string `json:"targetId"`
		SessionID        string `json:"sessionId"`
		FrameID          string `json:"frameId"`
	}
	p := &page{browser: b, broken: make(chan struct{}), loaded: make(chan struct{}, 1)}
	// A separate browser context has its own process and storage.
	if err := b.conn.call(ctx, "", "Target.createBrowserContext", params{}, &made); err != nil {
		return nil, err
	}
	p.context = made.BrowserContextID
	if err := b.conn.call(ctx, "", "Target.createTarget", params{"url": "about:blank", "browserContextId": p.context}, &made); err != nil {
		return nil, err
	}
	p.target = made.TargetID
	if err := b.conn.call(ctx, "", "Target.attachToTarget", params{"targetId": p.target, "flatten": true}, &made); err != nil {
		return nil, err
	}
	p.session = made.SessionID
	b.conn.setEventHandler(p.session, p.handleEvent)
	for _, c := range []struct {
		method string
		params params
	}{
		{"Inspector.enable", params{}},
		{"Page.enable", params{}},
		{"Fetch.enable", params{"patterns": []params{{"urlPattern": "*"}}}},
		{"Emulation.setScriptExecutionDisabled", params{"value": address != sketchPad}},
	} {
		if err := p.call(ctx, c.method, c.params, nil); err != nil {
			return nil, err
		}
	}
	if err := p.call(ctx, "Page.navigate", params{"url": address}, &made); err != nil {
		return nil, err
	}
	p.frame = made.FrameID
	select {
	case <-p.loaded:
		return p, nil
	case <-p.broken:
		return nil, errGone
	case <-b.conn.done:
		return nil, errGone
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *page) call(ctx context.Context, method string, in params, out any) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-p.broken:
			cancel(errGone)
		case <-stop:
		}
	}()
	err := p.browser.conn.call(ctx, p.session, method, in, out)
	if errors.Is(context.Cause(ctx), errGone) {
		return errGone
	}
	return err
}

// close closes the page, even if its process hangs.
func (p *page) close(ctx context.Context) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), healthTime)
	defer done()
	p.browser.conn.setEventHandler(p.session, nil)
	// A page in an endless loop cannot be closed, but its process can be crashed.
	_, _, _ = p.browser.conn.send(p.session, "Page.crash", params{})
	_ = p.browser.conn.call(ctx, "", "Target.disposeBrowserContext", params{"browserContextId": p.context}, nil)
}

// handleEvent handles an event of the page. It must not wait.
func (p *page) handleEvent(m message) {
	switch m.Method {
	case "Fetch.requestPaused":
		var e struct {
			RequestID string `json:"requestId"`
			Request   struct {
				URL string `json:"url"`
			} `json:"request"`
		}
		if json.Unmarshal(m.Params, &e) == nil {
			go p.answerOrBlockRequest(e.RequestID, e.Request.URL)
		}
	case "Page.loadEventFired":
		select {
		case p.loaded <- struct{}{}:
		default:
		}
	case "Inspector.targetCrashed", "Inspector.detached":
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.failed {
			p.failed = true
			close(p.broken)
		}
	}
}

// answerOrBlockRequest responds to a request of the page with a file of the current slide, or blocks it.
func (p *page) answerOrBlockRequest(id, address string) {
	body, ok := p.findSlideResource(address)
	method, in := "Fetch.failRequest", params{"requestId": id, "errorReason": "BlockedByClient"}
	if ok {
		method, in = "Fetch.fulfillRequest", params{
			"requestId":    id,
			"responseCode": 200,
			"responseHeaders": []params{
				{"name": "Content-Type", "value": chooseContentType(address)},
				{"name": "Cache-Control", "value": "no-store"},
				{"name": "Content-Security-Policy", "value": formatSecurityPolicy(address)},
			},
			"body": base64.StdEncoding.EncodeToString(body),
		}
	}
	_, _, _ = p.browser.conn.send(p.session, method, in)
}

// formatSecurityPolicy returns the Content-Security-Policy of a page. It limits the addresses that the page may
// request; findSlideResource decides about each request.
func formatSecurityPolicy(address string) string {
	if address == sketchPad {
		return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-eval' 'wasm-unsafe-eval'"
	}
	const from = home + " data:"
	return "default-src 'none'; style-src 'unsafe-inline' " + home + "; img-src " + from + "; font-src " + from +
		"; form-action 'none'; base-uri " + home
}

func (p *page) findSlideResource(address string) ([]byte, bool) {
	if address == home || address == sketchPad {
		return []byte("<!doctype html><title></title>"), true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	rest, ok := strings.CutPrefix(address, p.makeBaseAddress())
	if !ok {
		return nil, false
	}
	if rest == behindName {
		return p.behind, p.behind != nil
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	name, err := url.PathUnescape(rest)
	if err != nil || p.kept == nil {
		return nil, false
	}
	body, ok := p.kept.files[name]
	return body, ok
}

// behindName is the file name of the picture behind a slide. No file of a project can have it, because
// it begins with a slash.
const behindName = "/behind"

// makeBaseAddress returns the address of the project's folder for the current slide. It is different for each
// slide, so that the browser's cache cannot mix their files.
func (p *page) makeBaseAddress() string { return fmt.Sprintf("%s%d/", home, p.serial) }

// beginSlide prepares the page for a new slide and returns the base address of its files.
func (p *page) beginSlide(k *projectFiles, behind []byte) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	p.drawn++
	p.kept, p.behind = k, behind
	return p.makeBaseAddress()
}

// callFunction calls a JavaScript function of Mynah in the page and decodes its result. Scripts of the
// page itself stay disabled.
func (p *page) callFunction(ctx context.Context, function string, args, result any) error {
	in, err := json.Marshal(args)
	if err != nil {
		return err
	}
	var out struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	err = p.call(ctx, "Runtime.evaluate", params{
		"expression": "(" + function + ")(" + string(in) + ")", "awaitPromise": true, "returnByValue": true,
	}, &out)
	if err != nil {
		return err
	}
	if out.Exception != nil {
		return fmt.Errorf("%s %s", out.Exception.Text, out.Exception.Exception.Description)
	}
	return json.Unmarshal(out.Result.Value, result)
}

func chooseContentType(address string) string {
	address, _, _ = strings.Cut(address, "?")
	switch strings.ToLower(path.Ext(address)) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".ttf", ".otf", ".woff", ".woff2":
		return "font/" + strings.ToLower(path.Ext(address))[1:]
	case "":
		return "text/html; charset=utf-8"
	default:
		return "application/octet-stream"
	}
}
