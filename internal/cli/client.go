package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mynah/api"
	"mynah/client"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/pending"
	"mynah/internal/studio"
)

// clientFlags are the flags of the hosted service's client.
type clientFlags struct {
	source, repository, repositoryType string
	githubToken, githubSHA             string
	projectType, script, scriptFile    string
	voice, output, outputType          string
	apiKey, apiURL                     string
	verbose                            bool
}

func (a *app) newClientCommand() *cobra.Command {
	f := &clientFlags{}
	cmd := &cobra.Command{
		Use:   "client",
		Short: "Builds on a server, with the flags of the hosted service's client",
		Long: `Builds on a server, with the flags of the hosted service's client. It prints nothing on
success, and one line on failure, with exit code 1.

Repository types: local-dir (a folder), local-zip (a zip file), zip-url (an address that
the server fetches), github (OWNER/NAME).`,
		Example: `  mynah client --api-url http://127.0.0.1:8080 --api-key KEY \
      --source script.md --repository lesson --repository-type local-dir
  mynah client --api-url http://127.0.0.1:8080 --api-key KEY \
      --project-type audio --script "Hi there" --output-type mp3 --voice brian`,
		Args: withUsageErrors(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := a.runClient(cmd.Context(), f)
			if err == nil || errors.Is(err, context.Canceled) {
				return err
			}
			fmt.Fprintln(a.Err, strings.ReplaceAll(err.Error(), "\n", "; "))
			return &silentError{exitFailed}
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.source, "source", "", "the script's path in the project")
	fl.StringVar(&f.repository, "repository", "", "where the project is")
	fl.StringVar(&f.repositoryType, "repository-type", "zip-url", "local-dir, local-zip, zip-url or github")
	fl.StringVar(&f.githubToken, "github-token", "", "access token of the repository")
	fl.StringVar(&f.githubSHA, "github-sha", "", "commit to build (default: the newest)")
	fl.StringVar(&f.projectType, "project-type", "video", "video or audio")
	fl.StringVar(&f.script, "script", "", "text to speak, for audio")
	fl.StringVar(&f.scriptFile, "script-file", "", "file with the text, for audio")
	fl.StringVar(&f.voice, "voice", "", "voice, for audio")
	fl.StringVar(&f.output, "output", "", "file to write (default: result.mp4, or result. and the output type)")
	fl.StringVar(&f.outputType, "output-type", "m4a", "mp3, m4a or wav, for audio")
	fl.StringVar(&f.apiKey, "api-key", "", "API key of the server")
	fl.StringVar(&f.apiURL, "api-url", "http://127.0.0.1:8080", "address of the server")
	fl.BoolVar(&f.verbose, "verbose", false, "print progress")
	return cmd
}

func (a *app) runClient(ctx context.Context, f *clientFlags) error {
	if f.apiKey == "" {
		return errors.New("--api-key is missing")
	}
	c := &client.Client{URL: addDefaultScheme(f.apiURL), Key: f.apiKey}
	say := func(format string, args ...any) {
		if f.verbose {
			fmt.Fprintf(a.Err, format+"\n", args...)
		}
	}
	var task api.Task
	var err error
	switch f.projectType {
	case "video":
		task, err = f.startVideo(ctx, c, say)
	case "audio":
		task, err = f.startAudio(ctx, c)
	default:
		err = fmt.Errorf("--project-type %q must be video or audio", f.projectType)
	}
	if err != nil {
		return err
	}
	say("task %s, request %s", task.TaskID, task.RequestID)
	status, err := c.Wait(ctx, task, func(s api.Status) { say("%3d %%  %s", s.Percent, s.Message) })
	if err != nil {
		return err
	}
	output := f.output
	if output == "" {
		output = cutNameFromURL(status.Result)
	}
	say("downloading %s", output)
	return downloadFile(ctx, c, status.Result, output)
}

// cutNameFromURL returns the last part of a URL's path.
func cutNameFromURL(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return path.Base(address)
}

// downloadFile saves a URL to a file, which appears only when it is complete.
func downloadFile(ctx context.Context, c *client.Client, address, output string) error {
	p, err := pending.CreateFile(output)
	if err != nil {
		return fmt.Errorf("the file %s cannot be written", output)
	}
	defer p.Discard()
	if err := c.Download(ctx, address, p); err != nil {
		return err
	}
	return p.Publish()
}

// startVideo uploads a local project and starts a build.
func (f *clientFlags) startVideo(ctx context.Context, c *client.Client, say func(string, ...any)) (api.Task, error) {
	if f.repository == "" {
		return api.Task{}, errors.New("--repository is missing")
	}
	r := api.BuildRequest{Source: f.source, Repository: f.repository, RepositoryType: f.repositoryType, Token: f.githubToken, SHA: f.githubSHA}
	switch f.repositoryType {
	case "local-dir", "local-zip":
		say("uploading %s", f.repository)
		g, err := uploadFolderOrZip(ctx, c, f.repository, f.repositoryType == "local-dir")
		if err != nil {
			return api.Task{}, err
		}
		r.Repository, r.RepositoryType = g.Repository, g.RepositoryType
	case api.ZipURL, api.GitHub:
	default:
		return api.Task{}, fmt.Errorf("--repository-type %q must be local-dir, local-zip, zip-url or github", f.repositoryType)
	}
	return c.Build(ctx, r)
}

// uploadFolderOrZip uploads a zip file, or a folder as a zip file.
func uploadFolderOrZip(
	ctx context.Context, c *client.Client, repository string, folder bool,
) (g api.UploadGrant, err error) {
	if !folder {
		if _, err := os.Stat(repository); err != nil {
			return g, fmt.Errorf("the archive %s cannot be read", repository)
		}
		return c.UploadZip(ctx, repository)
	}
	if fi, err := os.Stat(repository); err != nil || !fi.IsDir() {
		return g, fmt.Errorf("the folder %s does not exist", repository)
	}
	t, err := os.CreateTemp("", "mynah-*.zip")
	if err != nil {
		return g, fmt.Errorf("cannot create a temporary file: %w", err)
	}
	defer func() { _ = os.Remove(t.Name()) }()
	if err := errors.Join(client.ZipFolder(repository, t), t.Close()); err != nil {
		return g, fmt.Errorf("the folder %s cannot be packed: %w", repository, err)
	}
	return c.UploadZip(ctx, t.Name())
}

func (f *clientFlags) startAudio(ctx context.Context, c *client.Client) (api.Task, error) {
	text := f.script
	if f.scriptFile != "" {
		b, err := os.ReadFile(f.scriptFile)
		if err != nil {
			return api.Task{}, fmt.Errorf("the file %s cannot be read", f.scriptFile)
		}
		text = string(b)
	}
	if strings.TrimSpace(text) == "" {
		return api.Task{}, errors.New("--script or --script-file is missing")
	}
	return c.Speak(ctx, client.Speech{Format: f.outputType, Text: text, Voice: f.voice})
}

// buildRemotely builds on a server what build would build locally.
func (a *app) buildRemotely(ctx context.Context, f *buildFlags, args []string) error {
	if f.apiKey == "" {
		return usageError{errors.New("--server needs an --api-key, or MYNAH_API_KEY")}
	}
	if f.plan || f.timeline || f.transcript || f.compatible {
		return usageError{errors.New("--server cannot be combined with --plan, --timeline, --transcript or --compatible")}
	}
	if f.language != "" || f.allLanguages {
		return usageError{
			errors.New("--server cannot be combined with --language or --all-languages: build the translation's own file, " +
				"such as script.de.md"),
		}
	}
	r, err := f.newRequest(args)
	if err != nil {
		return err
	}
	if f.scenes != "" {
		return usageError{errors.New("--server cannot be combined with --scenes")}
	}
	c := &client.Client{URL: addDefaultScheme(f.server), Key: f.apiKey}
	p := client.Project{
		Source: r.Script, Variables: r.Variables,
		Settings: f.newRemoteSettings(),
	}
	files, err := a.listNeededFiles(ctx, r)
	if err != nil {
		return err
	}
	b, err := sendFilesAndBuild(ctx, c, r.Dir, files, p)
	if err == nil {
		b, err = a.waitForBuild(ctx, c, f, b)
	}
	if wrong, ok := errors.AsType[*client.ScriptError](err); ok {
		a.printFindings(convertFindings(wrong.Found, r.Dir))
		return &silentError{exitScript}
	}
	if err != nil {
		return toFault(ctx, err)
	}
	a.printFindings(convertFindings(b.Warnings, r.Dir))
	base := strings.TrimSuffix(r.Output, filepath.Ext(r.Output))
	for link, name := range map[string]string{"result": r.Output, "poster": base + ".jpg", "srt": base + ".srt", "vtt": base + ".vtt"} {
		if b.Links[link] == "" {
			continue
		}
		if err := downloadFile(ctx, c, b.Links[link], name); err != nil {
			return toFault(ctx, err)
		}
	}
	for i, more := range b.Results {
		if i == 0 {
			continue // the same as the link result
		}
		if err := downloadFile(ctx, c, more.URL, base+"-"+more.Size+".mp4"); err != nil {
			return toFault(ctx, err)
		}
	}
	switch {
	case f.json:
		return json.NewEncoder(a.Out).Encode(b)
	case !f.quiet:
		fmt.Fprintf(a.Out, "%s  %.2f s, built in %.2f s\n", r.Output, b.DurationInSeconds, b.SecondsWorked)
	}
	return nil
}

// toFault turns an error of a server, or of the connection to it, into a fault.
func toFault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, ctx.Err(), "stopped")
	}
	return fault.New(fault.Internal, nil, "%s", err)
}

// newRemoteSettings returns the settings of the request: the flags that set properties of the
// header.
func (f *buildFlags) newRemoteSettings() api.Settings {
	out := api.Settings{}
	for name, v := range map[string]string{
		"size": f.size, "fps": f.fps, "voice": f.voice, "subtitles": f.subtitles, "asset-resize": f.assetResize,
	} {
		if v != "" {
			out[name] = v
		}
	}
	if f.strict {
		out["strict"] = true
	}
	return out
}

// addDefaultScheme adds http:// to an address without a scheme, such as 127.0.0.1:8080.
func addDefaultScheme(s string) string {
	if !strings.Contains(s, "://") {
		return "http://" + s
	}
	return s
}

// listNeededFiles lists the existing files that a build needs. For a script with errors these are the
// files that it names: the server reports the errors.
func (a *app) listNeededFiles(ctx context.Context, r studio.Request) ([]string, error) {
	h, err := a.newHouse()
	if err != nil {
		return nil, err
	}
	defer h.Close()
	facts, err := h.Studio.ReadFacts(ctx, r)
	if facts == nil {
		return nil, err
	}
	return facts.Files, nil
}

// sendFilesAndBuild packs files of a folder, or all of it if files is nil, and starts its build.
func sendFilesAndBuild(ctx context.Context, c *client.Client, dir string, files []string, p client.Project) (b api.Build, err error) {
	t, err := os.CreateTemp("", "mynah-*.zip")
	if err != nil {
		return b, fmt.Errorf("cannot create a temporary file: %w", err)
	}
	defer func() { _ = os.Remove(t.Name()) }()
	pack := func() error { return client.ZipFolder(dir, t) }
	if files != nil {
		pack = func() error { return client.ZipFiles(dir, files, t) }
	}
	if err := errors.Join(pack(), t.Close()); err != nil {
		return b, fmt.Errorf("the folder %s cannot be packed: %w", dir, err)
	}
	p.Zip = t.Name()
	return c.BuildProject(ctx, p)
}

// mostFailures is how many polls in a row may fail, one second apart.
const mostFailures = 30

// waitForBuild polls a build until it has ended, and cancels it if ctx ends first.
func (a *app) waitForBuild(ctx context.Context, c *client.Client, f *buildFlags, b api.Build) (api.Build, error) {
	last, fails := "", 0
	for wait := 50 * time.Millisecond; ; wait = min(wait*2, time.Second) {
		select {
		case <-ctx.Done():
			end, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer stop()
			_, err := c.Cancel(end, b.ID)
			return b, errors.Join(ctx.Err(), err)
		case <-time.After(wait):
		}
		next, err := c.Get(ctx, b.ID)
		if err != nil {
			// A restarted server continues the build.
			if no, ok := errors.AsType[*client.Error](err); ok && no.Status < 500 || ctx.Err() == nil && fails >= mostFailures {
				return b, err
			}
			fails++
			continue
		}
		b, fails = next, 0
		line := fmt.Sprintf("%3d %%  %s", b.Percent, b.Message)
		switch {
		case b.State == "succeeded":
			return b, nil
		case b.State == "failed" && len(b.Errors) > 0:
			return b, &client.ScriptError{Found: b.Errors}
		case b.State != "queued" && b.State != "running":
			return b, errors.New(b.Message)
		case line != last && !f.quiet && !f.json:
			last = line
			fmt.Fprintln(a.Err, line)
		}
	}
}

// convertFindings converts a server's findings to a list, with the source files they point into.
func convertFindings(found []api.Diagnostic, dir string) (diag.List, map[string][]byte) {
	var list diag.List
	sources := map[string][]byte{}
	root, err := os.OpenRoot(dir)
	if err == nil {
		defer func() { _ = root.Close() }()
	}
	for _, d := range found {
		at := diag.Pos{Line: d.Line, Column: d.Column}
		out := diag.Diagnostic{
			Range: diag.Range{File: d.File, Start: at, End: at}, Severity: diag.Error, Code: diag.Code(d.Code),
			Summary: d.Summary, Detail: d.Detail, Hint: d.Hint,
		}
		if d.Severity == diag.Warning.String() {
			out.Severity = diag.Warning
		}
		list = append(list, out)
		if _, ok := sources[d.File]; !ok && root != nil {
			sources[d.File], _ = root.ReadFile(d.File)
		}
	}
	return list, sources
}
