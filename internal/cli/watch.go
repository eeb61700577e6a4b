package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/studio"
	"mynah/internal/watch"
)

func (a *app) newWatchCommand() *cobra.Command {
	f := &buildFlags{}
	listen := "127.0.0.1:8090"
	cmd := &cobra.Command{
		Use:   "watch [DIR|SCRIPT]",
		Short: "Rebuilds the video at every save, and shows it in the browser",
		Long: `Builds the video, shows it on a local web page, and rebuilds it whenever a file of the
project is saved. The page reloads by itself and keeps its position in the video; errors
in the script are listed below the video. Press Ctrl-C to stop.`,
		Example: `  mynah watch
  mynah watch lesson/script.md --listen 127.0.0.1:9000`,
		Args: withUsageErrors(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.watchAndRebuild(cmd.Context(), f, args, listen)
		},
	}
	f.addVideoFlags(cmd.Flags())
	cmd.Flags().StringVar(&listen, "listen", listen, "address of the page; port 0 is any free port")
	return cmd
}

func (a *app) watchAndRebuild(ctx context.Context, f *buildFlags, args []string, listen string) error {
	r, err := a.newFilmRequest(f, args)
	if err != nil {
		return err
	}
	h, err := a.newHouse()
	if err != nil {
		return err
	}
	defer h.Close()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return fault.New(fault.Usage, err, "cannot listen on %s", listen).WithHint("choose another address with --listen")
	}
	page := watch.NewPage(r.Output)
	server := &http.Server{Handler: page.NewHandler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	fmt.Fprintf(a.Out, "http://%s shows the video; press Ctrl-C to stop\n", listener.Addr())
	p := watch.Project{Dir: r.Dir, Own: newOutputMatcher(r.Output)}
	if err := p.BuildOnChanges(ctx, func(ctx context.Context) { a.rebuildForPage(ctx, h.Studio, r, page) }); err != nil {
		return fault.New(fault.Disk, err, "cannot watch the project's files")
	}
	return fault.New(fault.Cancelled, ctx.Err(), "stopped")
}

// newOutputMatcher returns a function that reports whether a path is a file that the build of a video
// writes.
func newOutputMatcher(film string) func(string) bool {
	same := func(path string) string {
		if abs, err := filepath.Abs(path); err == nil {
			return abs
		}
		return path
	}
	film = same(film)
	base := strings.TrimSuffix(film, filepath.Ext(film))
	return func(path string) bool {
		path = same(path)
		switch strings.TrimPrefix(path, base) {
		case ".jpg", ".srt", ".vtt", ".timeline.json":
			return true
		default:
			return path == film
		}
	}
}

// rebuildForPage builds once, and shows the result on the terminal and on the page.
func (a *app) rebuildForPage(ctx context.Context, s *studio.Studio, r studio.Request, page *watch.Page) {
	r.Progress = func(p meter.Progress) {
		page.SetState(watch.State{State: "building", Text: capitalize(p.Phase), Percent: int(p.Percent)})
	}
	result, err := s.Produce(ctx, r)
	if ctx.Err() != nil {
		return // a newer save is built next
	}
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		a.printFindings(wrong.List, wrong.Sources)
		page.SetState(watch.State{State: "failed", Text: "The script has errors", Findings: formatFindings(wrong.List, wrong.Sources)})
		return
	}
	if err != nil {
		f := fault.From(err)
		text := capitalize(formatFault(f, err))
		fmt.Fprintln(a.Err, text)
		page.SetState(watch.State{State: "failed", Text: text, Findings: f.Hint})
		return
	}
	a.printFindings(result.Warnings, result.Sources)
	text := fmt.Sprintf("%s  %.2f s, %s, %d parts rebuilt, built in %.2f s",
		filepath.Base(result.Film), result.Seconds, formatSceneCount(result.Scenes), len(result.Made), float64(result.ElapsedMS)/1000)
	fmt.Fprintln(a.Out, text)
	page.SetState(watch.State{State: "built", Text: text, Findings: formatFindings(result.Warnings, result.Sources)})
}

func capitalize(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// formatFindings returns findings as text without colours.
func formatFindings(list diag.List, sources map[string][]byte) string {
	var b bytes.Buffer
	_ = diag.RenderFindings(&b, list, func(file string) ([]byte, bool) {
		text, ok := sources[file]
		return text, ok
	}, diag.Options{})
	return b.String()
}
