package slide

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
)

const (
	startTime  = 30 * time.Second // maximum time until a new browser answers its first command
	healthTime = 2 * time.Second  // maximum time until a running browser answers a health check
	stderrKept = 8 << 10
)

// Pipes are a running browser: the ends of the pipes on which it speaks the DevTools protocol.
type Pipes struct {
	In   *os.File // what the browser says
	Out  *os.File // commands for the browser
	Stop func()   // ends the browser and removes its profile; the files remain open
	// ProcessID is the browser's process, 0 if it is another process's child.
	ProcessID int
}

// Opener starts a browser, or asks another process for one. The browser runs until Pipes.Stop is called, also after
// ctx has ended.
type Opener func(ctx context.Context) (*Pipes, error)

// browser is a connection to a running browser.
type browser struct {
	conn  *conn
	pipes *Pipes
}

// params are the parameters of a DevTools command.
type params map[string]any

// FindProgram returns the path of the browser's executable. If none is installed, the error is a
// fault.ToolMissing.
func (d *Drawer) FindProgram() (string, error) { return findProgram(d.cfg, d.run, "slides") }

// findProgram returns the path of the browser's executable. The error message names what, the feature that
// needs the browser.
func findProgram(cfg Config, run *proc.Runner, what string) (string, error) {
	names := ListPrograms()
	if cfg.Program != "" {
		names = []string{cfg.Program}
	}
	var missing error
	for _, name := range names {
		path, err := run.FindProgram(name)
		if err == nil {
			return path, nil
		}
		missing = errors.Join(missing, err)
	}
	f := fault.New(fault.ToolMissing, missing,
		"%s need a browser, but %s is not installed", what, strings.Join(names, ", or "))
	return "", f.WithHint(installBrowser + ", or set MYNAH_CHROMIUM to another Chromium")
}

// NewOpener returns an Opener that starts browsers as children of this process. Without a sandbox a browser is started
// only as root, or if the start with a sandbox fails, because some kernels do not allow sandboxes.
func NewOpener(cfg Config, run *proc.Runner) Opener {
	return func(ctx context.Context) (*Pipes, error) {
		path, err := findProgram(cfg, run, "slides")
		if err != nil {
			return nil, err
		}
		sandbox := os.Geteuid() != 0
		b, err := startBrowser(ctx, cfg, run, path, sandbox)
		if err != nil && sandbox && ctx.Err() == nil {
			b, err = startBrowser(ctx, cfg, run, path, false)
		}
		return b, err
	}
}

// startBrowser starts a browser with a temporary profile, and waits until it answers.
func startBrowser(ctx context.Context, cfg Config, run *proc.Runner, path string, sandbox bool) (*Pipes, error) {
	profile, err := os.MkdirTemp(cfg.TempDir, "mynah-slide-")
	if err != nil {
		return nil, fault.New(fault.Disk, err, "no folder for the browser's profile")
	}
	// The browser keeps running after the slide that started it, until Stop.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	process, in, out, err := connectBrowser(life, run, path, profile, sandbox)
	if err != nil {
		cancel()
		_ = os.RemoveAll(profile)
		return nil, err
	}
	stop := sync.OnceValue(func() error {
		process.Kill()
		err := process.Wait()
		cancel()
		removeProfile(profile)
		return err
	})
	if err := greetBrowser(ctx, in, out); err != nil {
		said := stop()
		_ = in.Close()
		_ = out.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault.New(fault.ToolFailed, errors.Join(err, said), "the browser %s does not start", filepath.Base(path))
	}
	return &Pipes{In: in, Out: out, Stop: func() { _ = stop() }, ProcessID: process.ProcessID()}, nil
}

// removeProfile removes the profile of a browser that was killed. Its processes may still write for a moment.
func removeProfile(profile string) {
	const tries, wait = 20, 25 * time.Millisecond
	for range tries {
		if os.RemoveAll(profile) == nil {
			return
		}
		<-time.After(wait)
	}
}

// connectBrowser starts the browser process, connected by two pipes.
func connectBrowser(
	ctx context.Context, run *proc.Runner, path, profile string, sandbox bool,
) (process *proc.Process, in, out *os.File, err error) {
	theirIn, out, err := os.Pipe()
	if err != nil {
		return nil, nil, nil, err
	}
	defer func() { _ = theirIn.Close() }()
	in, theirOut, err := os.Pipe()
	if err != nil {
		return nil, nil, nil, errors.Join(err, out.Close())
	}
	defer func() { _ = theirOut.Close() }()
	process, err = run.Start(ctx, proc.Command{
		Program:    path,
		Args:       append(listBrowserArguments(profile, sandbox), listPipeArguments(theirIn, theirOut)...),
		Env:        []string{"HOME=" + profile, "TMPDIR=" + profile},
		ExtraFiles: []*os.File{theirIn, theirOut},
		Stdout:     discard{},
		Resident:   true,
	})
	if err != nil {
		return nil, nil, nil, errors.Join(err, in.Close(), out.Close())
	}
	return process, in, out, nil
}

// greetBrowser waits until a new browser answers its first command. Nothing else is read, so that the pipes can be
// given away.
func greetBrowser(ctx context.Context, in, out *os.File) error {
	limited, done := context.WithTimeout(ctx, startTime)
	defer done()
	answered := make(chan error, 1)
	go func() {
		_, err := out.WriteString(`{"id":1,"method":"Browser.getVersion"}` + "\x00")
		var b [1]byte
		for b[0] = 1; err == nil && b[0] != 0; {
			_, err = in.Read(b[:])
		}
		answered <- err
	}()
	select {
	case err := <-answered:
		return err
	case <-limited.Done():
		_ = in.SetReadDeadline(time.Now())
		_ = out.SetWriteDeadline(time.Now())
		return limited.Err()
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// stop ends the browser and the connection.
func (b *browser) stop() {
	b.pipes.Stop()
	b.conn.close()
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
	path, err := findProgram(d.cfg, d.run, what)
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
