package slide

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
)

const (
	startTime  = 30 * time.Second // maximum time until a new browser answers its first command
	healthTime = 2 * time.Second  // maximum time until a running browser answers a health check
	stderrKept = 8 << 10
)

// browser is a running browser process with a temporary profile.
type browser struct {
	process *proc.Process
	conn    *conn
	profile string
	cancel  context.CancelFunc
}

// params are the parameters of a DevTools command.
type params map[string]any

// FindProgram returns the path of the browser's executable. If none is installed, the error is a
// fault.ToolMissing.
func (d *Drawer) FindProgram() (string, error) { return d.findProgram("slides") }

// findProgram returns the path of the browser's executable. The error message names what, the feature that
// needs the browser.
func (d *Drawer) findProgram(what string) (string, error) {
	names := ListPrograms()
	if d.cfg.Program != "" {
		names = []string{d.cfg.Program}
	}
	var missing error
	for _, name := range names {
		path, err := d.run.FindProgram(name)
		if err == nil {
			return path, nil
		}
		missing = errors.Join(missing, err)
	}
	f := fault.New(fault.ToolMissing, missing,
		"%s need a browser, but %s is not installed", what, strings.Join(names, ", or "))
	return "", f.WithHint(installBrowser + ", or set MYNAH_CHROMIUM to another Chromium")
}

// launch starts a browser. Without a sandbox it is started only as root, or if the start with a
// sandbox fails, because some kernels do not allow sandboxes.
func (d *Drawer) launch(ctx context.Context) (*browser, error) {
	path, err := d.FindProgram()
	if err != nil {
		return nil, err
	}
	sandbox := os.Geteuid() != 0
	b, err := d.start(ctx, path, sandbox)
	if err != nil && sandbox && ctx.Err() == nil {
		b, err = d.start(ctx, path, false)
	}
	return b, err
}

func (d *Drawer) start(ctx context.Context, path string, sandbox bool) (*browser, error) {
	profile, err := os.MkdirTemp(d.cfg.TempDir, "mynah-slide-")
	if err != nil {
		return nil, fault.New(fault.Disk, err, "no folder for the browser's profile")
	}
	// The browser keeps running after the slide that started it, until Close.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b := &browser{profile: profile, cancel: cancel}
	if err := b.connect(life, d.run, path, listBrowserArguments(profile, sandbox)); err != nil {
		b.stop()
		return nil, err
	}
	limited, done := context.WithTimeout(ctx, startTime)
	defer done()
	if err := b.conn.call(limited, "", "Browser.getVersion", params{}, nil); err != nil {
		b.process.Kill()
		said := b.process.Wait()
		b.stop()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault.New(fault.ToolFailed, errors.Join(err, said), "the browser %s does not start", filepath.Base(path))
	}
	return b, nil
}

// connect starts the browser process and connects to it by two pipes.
func (b *browser) connect(ctx context.Context, run *proc.Runner, path string, args []string) error {
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = theirIn.Close() }()
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		return errors.Join(err, ourOut.Close())
	}
	defer func() { _ = theirOut.Close() }()
	b.conn = newConn(ourIn, ourOut)
	b.process, err = run.Start(ctx, proc.Command{
		Program:    path,
		Args:       append(args, listPipeArguments(theirIn, theirOut)...),
		Env:        []string{"HOME=" + b.profile, "TMPDIR=" + b.profile},
		ExtraFiles: []*os.File{theirIn, theirOut},
		Stdout:     discard{},
		Resident:   true,
	})
	return err
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// stop kills the browser and removes its profile.
func (b *browser) stop() {
	if b.process != nil {
		b.process.Kill()
		_ = b.process.Wait()
	}
	b.cancel()
	if b.conn != nil {
		b.conn.close()
	}
	_ = os.RemoveAll(b.profile)
}

// isResponding reports whether the browser answers within healthTime.
func (b *browser) isResponding(ctx context.Context) bool {
	limited, done := context.WithTimeout(context.WithoutCancel(ctx), healthTime)
	defer done()
	return b.conn.call(limited, "", "Browser.getVersion", params{}, nil) == nil
}

func (b *browser) isClosed() bool {
	select {
	case <-b.conn.done:
		return true
	default:
		return false
	}
}

// listBrowserArguments returns the command line of the browser. The options make pictures independent of the
// machine's display and GPU, and disable all network access.
func listBrowserArguments(profile string, sandbox bool) []string {
	args := []string{
		"--headless",
		"--remote-debugging-pipe",
		"--user-data-dir=" + profile,
		"--no-first-run", "--no-default-browser-check", "--no-service-autorun", "--no-pings",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
		"--disable-extensions", "--disable-client-side-phishing-detection", "--disable-domain-reliability", "--disable-breakpad",
		"--disable-crash-reporter", "--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider," +
			"AutofillServerCommunication,InterestFeedContentSuggestions",
		"--disable-webgl", "--disable-3d-apis", "--disable-remote-fonts-cache", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://0.0.0.0:1", "--proxy-bypass-list=<-loopback>",
		"--disable-gpu", "--hide-scrollbars", "--mute-audio",
		"--force-color-profile=srgb", "--font-render-hinting=none", "--disable-lcd-text",
		"--disable-checker-imaging", "--disable-frame-rate-limit",
		"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
		"--blink-settings=imageAnimationPolicy=2", "--disable-smooth-scrolling", "--lang=en-US",
		"about:blank",
	}
	if !sandbox {
		args = append([]string{"--no-sandbox"}, args...)
	}
	return args
}

// ReadProgramVersion returns the version of the browser whose executable is at path.
func (d *Drawer) ReadProgramVersion(ctx context.Context, path string) (string, error) {
	return readProgramVersion(ctx, d.run, path)
}

// readInstalledVersion returns the version of the browser that would be started. what is the feature that needs
// it, for the error.
func (d *Drawer) readInstalledVersion(ctx context.Context, what string) (string, error) {
	path, err := d.findProgram(what)
	if err != nil {
		return "", err
	}
	version, err := readProgramVersion(ctx, d.run, path)
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fault.New(fault.ToolFailed, err, "the browser %s does not print its version", filepath.Base(path))
	}
	return fmt.Sprintf("%s (%s)", version, filepath.Base(path)), nil
}
