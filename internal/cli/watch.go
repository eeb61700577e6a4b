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

func (a *app) watchCommand() *cobra.Command {
	f := &buildFlags{}
	listen := "127.0.0.1:8090"
	cmd := &cobra.Command{
		Use:   "watch [DIR|SCRIPT]",
		Short: "Builds the video again at every save, and shows it on a page",
		Long: `Builds the video, shows it on a page of this machine, and builds it again whenever a
file of the project is saved. The page reloads by itself and stays at its place in the
video; mistakes of the script are listed under it. Ctrl-C ends it.`,
		Example: `  mynah watch
  mynah watch lesson/script.md --listen 127.0.0.1:9000`,
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.watch(cmd.Context(), f, args, listen)
		},
	}
	f.projectFlags(cmd.Flags())
	cmd.Flags().StringVar(&listen, "listen", listen, "address of the page; port 0 is any free one")
	return cmd
}

func (a *app) watch(ctx context.Context, f *buildFlags, args []string, listen string) error {
	r, err := a.filmRequest(f, args)
	if err != nil {
		return err
	}
	h, err := a.open()
	if err != nil {
		return err
	}
	defer h.Close()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return fault.New(fault.Usage, err, "the address %s cannot be listened on", listen).WithHint("name another with --listen")
	}
	page := watch.NewPage(r.Output)
	server := &http.Server{Handler: page.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	fmt.Fprintf(a.Out, "http://%s shows the video; Ctrl-C ends\n", listener.Addr())
	p := watch.Project{Dir: r.Dir, Own: own(r.Output)}
	if err := p.Run(ctx, func(ctx context.Context) { a.rebuild(ctx, h.Studio, r, page) }); err != nil {
		return fault.New(fault.Disk, err, "the project cannot be watched")
	}
	return fault.New(fault.Cancelled, ctx.Err(), "stopped")
}

// own tells which files a build writes: the film and what stands beside it.
func own(film string) func(string) bool {
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

// rebuild builds once, and tells the terminal and the page.
func (a *app) rebuild(ctx context.Context, s *studio.Studio, r studio.Request, page *watch.Page) {
	r.Progress = func(p meter.Progress) {
		page.Show(watch.State{State: "building", Text: upper(p.Phase), Percent: int(p.Percent)})
	}
	result, err := s.Produce(ctx, r)
	if ctx.Err() != nil {
		return // a newer save is built next
	}
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		a.render(wrong.List, wrong.Sources)
		page.Show(watch.State{State: "failed", Text: "The script is wrong", Findings: rendered(wrong.List, wrong.Sources)})
		return
	}
	if err != nil {
		f := fault.From(err)
		text := upper(explain(f, err))
		fmt.Fprintln(a.Err, text)
		page.Show(watch.State{State: "failed", Text: text, Findings: f.Hint})
		return
	}
	a.render(result.Warnings, result.Sources)
	text := fmt.Sprintf("%s  %.2f s, %d scenes, %d parts made anew, built in %.2f s", filepath.Base(result.Film), result.Seconds, result.Scenes,
		len(result.Made), float64(result.ElapsedMS)/1000)
	fmt.Fprintln(a.Out, text)
	page.Show(watch.State{State: "built", Text: text, Findings: rendered(result.Warnings, result.Sources)})
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// rendered gives findings as a terminal shows them.
func rendered(list diag.List, sources map[string][]byte) string {
	var b bytes.Buffer
	_ = diag.Render(&b, list, func(file string) ([]byte, bool) {
		text, ok := sources[file]
		return text, ok
	}, diag.Options{})
	return b.String()
}
