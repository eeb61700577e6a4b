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

// attempts is how often a slide is tried before its failure is the slide's.
const attempts = 2

// Drawer draws slides. It is safe for use by many goroutines.
type Drawer struct {
	cfg   Config
	run   *proc.Runner
	slots chan struct{}

	mu      sync.Mutex
	browser *browser // nil until the first slide, and after a failure
	idle    []*page
	closed  bool
	version string
	glyphs  map[rune]bool // whether any font has the letter
	styles  map[string]string

	launching sync.Mutex // one start at a time

	diagramDrawer
}

// diagramDrawer draws diagrams.
type diagramDrawer struct {
	sketching sync.Mutex // guards pad
	pad       *page      // nil until the first diagram
}

// New makes a Drawer; cfg must be valid. Nothing is started before the first slide.
func New(cfg Config, run *proc.Runner) (*Drawer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Pages == 0 {
		cfg.Pages = runtime.NumCPU()
	}
	return &Drawer{cfg: cfg, run: run, slots: make(chan struct{}, cfg.Pages), glyphs: map[rune]bool{}, styles: map[string]string{}}, nil
}

// Version tells all of the machine that decides a slide's pixels: the browser and the
// fonts that are installed. It is for keys and for people, and asked once. Without a
// browser the error is a fault.ToolMissing, which says what is to be drawn, as "slides".
func (d *Drawer) Version(ctx context.Context, what string) (string, error) {
	d.mu.Lock()
	version := d.version
	d.mu.Unlock()
	if version != "" {
		return version, nil
	}
	version, err := d.versionOf(ctx, what)
	if err != nil {
		return "", err
	}
	// Where fontconfig's tools are missing, changes of fonts are not seen.
	fonts, err := d.run.Output(ctx, proc.Command{Program: "fc-list", Args: []string{":", "file", "fontversion"}, Resident: true, Timeout: startTime})
	if err == nil {
		version += ", fonts " + cache.NewHasher("fonts").String(sorted(string(fonts))).Key().String()[:12]
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

// Draw draws a slide. It waits while Config.Pages others are drawn. A browser that is
// missing is a fault.ToolMissing; a slide that cannot be drawn, after a second try, a
// fault.ToolFailed that names its place; a *DiagramError is a mistake of the author.
func (d *Drawer) Draw(ctx context.Context, r Request) (*Drawn, error) {
	if err := r.Validate(); err != nil {
		return nil, fault.New(fault.Internal, err, "a slide has no size")
	}
	var drawn *Drawn
	err := d.onPage(ctx, func(ctx context.Context, p *page) error {
		var err error
		drawn, err = d.draw(ctx, p, r)
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
	return nil, d.failure(r, err)
}

// onPage does something on a page that nobody else uses, a second time where it fails. It
// waits while Config.Pages others are used.
func (d *Drawer) onPage(ctx context.Context, do func(ctx context.Context, p *page) error) error {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var failed error
	for range attempts {
		err := d.try(ctx, do)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if isFinal(err) {
			return err
		}
		failed = err
	}
	return failed
}

// isFinal reports whether another try would end the same way.
func isFinal(err error) bool {
	_, ok := fault.As(err)
	diagram, drawing := (*DiagramError)(nil), (*DrawingError)(nil)
	return ok || errors.As(err, &diagram) || errors.As(err, &drawing)
}

func (d *Drawer) failure(r Request, err error) error {
	f := fault.New(fault.ToolFailed, err, "%s could not be drawn", r.describePlace())
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		f = fault.New(fault.ToolFailed, err, "%s could not be drawn: it was not ready after %s", r.describePlace(), d.cfg.Timeout)
	case errors.Is(err, errGone):
		f = fault.New(fault.ToolFailed, err, "%s could not be drawn: the browser crashed", r.describePlace())
	}
	return f.WithHint("try the slide without its theme and images to find the cause")
}

// try does something on a page, which is thrown away when that fails.
func (d *Drawer) try(ctx context.Context, do func(ctx context.Context, p *page) error) error {
	limited, done := context.WithTimeout(ctx, d.cfg.Timeout)
	defer done()
	p, err := d.page(limited)
	if err != nil {
		d.check(ctx)
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
		d.check(ctx)
	}
	return err
}

// page takes an idle page or opens one, starting the browser if need be.
func (d *Drawer) page(ctx context.Context) (*page, error) {
	b, err := d.running(ctx)
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
	return b.open(ctx, home)
}

// running returns the browser, which it starts if it does not run.
func (d *Drawer) running(ctx context.Context) (*browser, error) {
	d.launching.Lock()
	defer d.launching.Unlock()
	d.mu.Lock()
	b, closed := d.browser, d.closed
	d.mu.Unlock()
	switch {
	case closed:
		return nil, fault.New(fault.Internal, nil, "slides cannot be drawn after closing")
	case b != nil && !b.gone():
		return b, nil
	case b != nil:
		d.drop(b)
	}
	b, err := d.launch(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		b.stop()
		return nil, fault.New(fault.Internal, nil, "slides cannot be drawn after closing")
	}
	d.browser = b
	return b, nil
}

// check drops a browser that does not answer any more.
func (d *Drawer) check(ctx context.Context) {
	d.mu.Lock()
	b := d.browser
	d.mu.Unlock()
	if b != nil && (b.gone() || !b.well(ctx)) {
		d.drop(b)
	}
}

// drop ends a browser; the next slide starts another.
func (d *Drawer) drop(b *browser) {
	d.mu.Lock()
	if d.browser == b {
		d.browser, d.idle = nil, nil
	}
	d.mu.Unlock()
	b.stop()
}

func sorted(lines string) string {
	all := strings.Split(lines, "\n")
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// pause waits a moment, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
