package slide

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/proc"
)

// attempts is the number of times that drawing a slide is tried.
const attempts = 2

// Drawer draws slides in a browser. It is safe for concurrent use.
type Drawer struct {
	cfg   Config
	run   *proc.Runner
	open  Opener
	slots chan struct{}

	mu      sync.Mutex
	browser *browser // nil before the first slide and after a failure
	idle    []*page
	closed  bool
	version string
	glyphs  map[rune]bool // whether any font has the character
	styles  map[string]string
	hyphens map[string]string // words with soft hyphens, by language and word

	launching sync.Mutex // held while a browser is started

	diagramDrawer
}

// diagramDrawer is the page on which diagrams are drawn and words are divided.
type diagramDrawer struct {
	sketching chan struct{} // contains a value while pad is in use
	pad       *page         // nil before its first use
}

// New returns a Drawer; cfg must be valid. The browser is started for the first slide, by open; nil means as a child of
// this process.
func New(cfg Config, run *proc.Runner, open Opener) (*Drawer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Pages == 0 {
		cfg.Pages = runtime.NumCPU()
	}
	if open == nil {
		open = NewOpener(cfg, run)
	}
	return &Drawer{
		cfg: cfg, run: run, open: open, slots: make(chan struct{}, cfg.Pages), glyphs: map[rune]bool{}, styles: map[string]string{},
		hyphens: map[string]string{}, diagramDrawer: diagramDrawer{sketching: make(chan struct{}, 1)},
	}, nil
}

// ReadVersion describes everything on this machine that determines a slide's pixels: the version of the
// browser and the installed fonts. It is used in cache keys and messages, and is determined only once.
// If no browser is installed, the error is a fault.ToolMissing; what is the feature in its message,
// such as "slides".
func (d *Drawer) ReadVersion(ctx context.Context, what string) (string, error) {
	d.mu.Lock()
	version := d.version
	d.mu.Unlock()
	if version != "" {
		return version, nil
	}
	version, err := d.readInstalledVersion(ctx, what)
	if err != nil {
		return "", err
	}
	// Without fontconfig's fc-list, changes of the installed fonts are not detected.
	fonts, err := d.run.RunForOutput(ctx, proc.Command{
		Program: "fc-list", Args: []string{":", "file", "fontversion"},
		Resident: true, Timeout: startTime,
	})
	if err == nil {
		version += ", fonts " + cache.NewHasher("fonts").AddString(sortLines(string(fonts))).Key().String()[:12]
	} else if ctx.Err() != nil {
		return "", ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.version = version
	return version, nil
}

// Close ends the browser. Slides that are being drawn fail.
func (d *Drawer) Close() {
	d.mu.Lock()
	b := d.browser
	d.browser, d.idle, d.closed = nil, nil, true
	d.mu.Unlock()
	if b != nil {
		b.stop()
	}
}

// Draw draws a slide. It waits until one of the Config.Pages pages is free. If no browser is
// installed, the error is a fault.ToolMissing. If two attempts fail, it is a fault.ToolFailed with the
// slide's place. A mistake in a diagram is a *DiagramError.
func (d *Drawer) Draw(ctx context.Context, r Request) (*Drawn, error) {
	if err := r.Validate(); err != nil {
		return nil, fault.New(fault.Internal, err, "a slide has no size")
	}
	var drawn *Drawn
	err := d.doOnPageWithRetry(ctx, func(ctx context.Context, p *page) error {
		var err error
		drawn, err = d.drawOnPage(ctx, p, r)
		return err
	})
	if err == nil || ctx.Err() != nil {
		return drawn, err
	}
	if _, ok := fault.As(err); ok {
		return nil, err
	}
	if diagram := (*DiagramError)(nil); errors.As(err, &diagram) {
		return nil, err
	}
	return nil, d.newDrawFault(r, err)
}

// doOnPageWithRetry calls do with a page for its exclusive use, and once more with another page if do fails. It
// waits until one of the Config.Pages pages is free.
func (d *Drawer) doOnPageWithRetry(ctx context.Context, do func(ctx context.Context, p *page) error) error {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var failed error
	for range attempts {
		err := d.doOnPageOnce(ctx, do)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if isFinalFailure(err) {
			return err
		}
		failed = err
	}
	return failed
}

// isFinalFailure reports whether another attempt would fail in the same way.
func isFinalFailure(err error) bool {
	_, ok := fault.As(err)
	diagram, drawing := (*DiagramError)(nil), (*DrawingError)(nil)
	return ok || errors.As(err, &diagram) || errors.As(err, &drawing)
}

func (d *Drawer) newDrawFault(r Request, err error) error {
	f := fault.New(fault.ToolFailed, err, "%s could not be drawn", r.describePlace())
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		f = fault.New(fault.ToolFailed, err, "%s could not be drawn: it was not ready after %s", r.describePlace(), d.cfg.Timeout)
	case errors.Is(err, errGone):
		f = fault.New(fault.ToolFailed, err, "%s could not be drawn: the browser crashed", r.describePlace())
	}
	return f.WithHint("try the slide without its theme and images to find the cause")
}

// doOnPageOnce calls do with a page. It closes the page if do fails or the page is worn out; otherwise it keeps
// it for the next slide.
func (d *Drawer) doOnPageOnce(ctx context.Context, do func(ctx context.Context, p *page) error) error {
	limited, done := context.WithTimeout(ctx, d.cfg.Timeout)
	defer done()
	p, err := d.acquirePage(limited)
	if err != nil {
		d.stopUnresponsiveBrowser(ctx)
		return err
	}
	err = do(limited, p)
	if err == nil && p.drawn < wornOut {
		d.mu.Lock()
		if d.browser == p.browser {
			d.idle = append(d.idle, p)
		}
		d.mu.Unlock()
		return nil
	}
	p.close(ctx)
	if err != nil {
		d.stopUnresponsiveBrowser(ctx)
	}
	return err
}

// acquirePage returns an idle page, or opens a new one. It starts the browser if necessary.
func (d *Drawer) acquirePage(ctx context.Context) (*page, error) {
	b, err := d.ensureBrowser(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	if n := len(d.idle); n > 0 {
		p := d.idle[n-1]
		d.idle = d.idle[:n-1]
		d.mu.Unlock()
		return p, nil
	}
	d.mu.Unlock()
	return b.openPage(ctx, home)
}

// ensureBrowser returns the running browser, or starts one.
func (d *Drawer) ensureBrowser(ctx context.Context) (*browser, error) {
	d.launching.Lock()
	defer d.launching.Unlock()
	d.mu.Lock()
	b, closed := d.browser, d.closed
	d.mu.Unlock()
	switch {
	case closed:
		return nil, fault.New(fault.Internal, nil, "the drawer of slides is already closed")
	case b != nil && !b.isClosed():
		return b, nil
	case b != nil:
		d.stopBrowser(b)
	}
	pipes, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	b = &browser{conn: newConn(pipes.In, pipes.Out), pipes: pipes}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		b.stop()
		return nil, fault.New(fault.Internal, nil, "the drawer of slides is already closed")
	}
	d.browser = b
	return b, nil
}

// stopUnresponsiveBrowser stops the browser if it no longer answers.
func (d *Drawer) stopUnresponsiveBrowser(ctx context.Context) {
	d.mu.Lock()
	b := d.browser
	d.mu.Unlock()
	if b != nil && (b.isClosed() || !b.isResponding(ctx)) {
		d.stopBrowser(b)
	}
}

// stopBrowser stops a browser; a new one is started for the next slide.
func (d *Drawer) stopBrowser(b *browser) {
	d.mu.Lock()
	if d.browser == b {
		d.browser, d.idle = nil, nil
	}
	d.mu.Unlock()
	b.stop()
}

func sortLines(lines string) string {
	all := strings.Split(lines, "\n")
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// waitFor waits for a duration, or until ctx ends.
func waitFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
