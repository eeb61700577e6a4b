package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/media"
	"mynah/internal/project"
	"mynah/internal/script"
	"mynah/internal/studio"
)

// buildFlags are the flags of mynah build.
type buildFlags struct {
	output, size, fps, voice, root string
	language                       string
	allLanguages                   bool
	single                         bool // output is one file, not a template or folder
	vars                           []string
	json, strict, force, quiet     bool
	plan, timeline, explain        bool
	transcript                     bool
	bitRate                        string
	compatible                     bool
	server, apiKey                 string
	cell                           bool // in a process of its own
	scenes, subtitles, assetResize string
	settings                       string // path of the settings file that was read
}

func (a *app) newBuildCommand() *cobra.Command {
	f := &buildFlags{}
	cmd := &cobra.Command{
		Use:   "build [DIR|SCRIPT ...]",
		Short: "Builds the videos of one or more scripts",
		Long: `Builds the video of a script, or of the script in a folder (by default the current one):
script.md, source.md, index.md or main.md, otherwise the only .md file, otherwise the only
.txt file. Next to script.mp4 it writes the poster script.jpg and, if the video has
narration, the subtitles script.srt and script.vtt; with --transcript also
script.transcript.md and, if the video has chapters, script.chapters.txt. An existing video is replaced only when the new one
is complete.

With several scripts, each video is written next to its script; -o sets a folder for all
of them, or a template with {name}, {language} and {size}.`,
		Example: `  mynah build
  mynah build lesson/script.md -o lesson.mp4 --size 1080p
  mynah build lessons/*.md -o 'videos/{name}-{language}-{size}.mp4'
  mynah build --scenes 3-7
  mynah build --var product=Mynah --var version=1.2 --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.server != "" && len(args) > 1:
				return usageError{errors.New("--server builds one script at a time")}
			case f.server != "":
				return a.buildRemotely(cmd.Context(), f, args)
			case f.cell && len(args) > 1:
				return usageError{errors.New("--cell builds one script at a time")}
			case f.cell:
				return a.buildInCell(cmd.Context(), f, args)
			case len(args) > 1:
				return a.buildScripts(cmd.Context(), f, args)
			}
			return a.build(cmd.Context(), f, args)
		},
	}
	fl := cmd.Flags()
	f.addVideoFlags(fl)
	fl.BoolVar(&f.json, "json", false, "print progress and result as JSON lines")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print only warnings and errors")
	fl.BoolVar(&f.plan, "plan", false, "print the plan without building")
	fl.BoolVar(&f.allLanguages, "all-languages", false, "build the script and all its translations")
	fl.BoolVar(&f.explain, "explain", false, "list the parts that were rebuilt, why, and how long each took")
	fl.BoolVar(&f.timeline, "timeline", false, "also write the timeline as JSON, next to the video")
	fl.BoolVar(&f.transcript, "transcript", false,
		"also write a transcript in Markdown and a list of chapters, next to the video")
	fl.StringVar(&f.scenes, "scenes", "", "build only these scenes, such as 3 or 3-7, into NAME-scenes-3-7.mp4")
	fl.BoolVar(&f.cell, "cell", false, "build in a separate process, as mynah serve does; for scripts from strangers and for tests")
	fl.StringVar(&f.server, "server", "", "build on this server, such as http://127.0.0.1:8080, and download the video")
	fl.StringVar(&f.apiKey, "api-key", "", "API key of the server; the variable MYNAH_API_KEY is safer")
	return cmd
}

// addVideoFlags adds the flags of every command that builds a video.
func (f *buildFlags) addVideoFlags(fl *pflag.FlagSet) {
	fl.StringVarP(&f.output, "output", "o", "",
		"video file, folder, or template such as {name}-{language}-{size}.mp4 (default: NAME.mp4 next to the script)")
	fl.StringVar(&f.size, "size", "", "video size: 720p, 1080p, 4k or WIDTHxHEIGHT (default: the header's)")
	fl.StringVar(&f.fps, "fps", "", "frame rate (default: the header's)")
	fl.StringVar(&f.subtitles, "subtitles", "", "subtitles: overlay, embed, external or none (default: the header's)")
	fl.StringVar(&f.assetResize, "asset-resize", "",
		"how pictures fill the frame: cover, contain or fit (default: the header's)")
	fl.StringVar(&f.voice, "voice", "", "voice of the scenes that set none (default: the header's)")
	fl.StringVar(&f.language, "language", "", "build a translation, such as de for script.de.md next to script.md")
	fl.StringArrayVar(&f.vars, "var", nil, "set {{NAME}} in the script, as NAME=VALUE; may be repeated")
	fl.StringVar(&f.root, "root", "", "project folder; files outside it cannot be used (default: the script's folder)")
	fl.BoolVar(&f.strict, "strict", false, "treat unknown names as errors")
	fl.BoolVar(&f.force, "force", false, "replace the output even if it is not a video")
	fl.StringVar(&f.bitRate, "audio-bitrate", "128k", "bit rate of the soundtrack, 32k to 320k")
	fl.BoolVar(&f.compatible, "compatible", false,
		"one set of encoder parameters throughout, for players that show moving pictures wrongly; the video is larger")
}

// findScriptAndFolder finds the project's folder and the script in it.
func findScriptAndFolder(args []string, root string) (dir, name string, err error) {
	path := "."
	if len(args) > 0 {
		path = args[0]
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", "", fault.New(fault.Input, nil, "the file or folder %q does not exist", path).
			WithHint("use the path of a script, or of its folder")
	}
	if info.IsDir() {
		if name, err = findScriptIn(path); err != nil {
			return "", "", err
		}
		path = filepath.Join(path, name)
	}
	if root == "" {
		return filepath.Dir(path), filepath.Base(path), nil
	}
	absRoot, err1 := filepath.Abs(root)
	absPath, err2 := filepath.Abs(path)
	rel, err3 := filepath.Rel(absRoot, absPath)
	if err := errors.Join(err1, err2, err3); err != nil || !filepath.IsLocal(rel) {
		return "", "", usageError{fmt.Errorf("the script %s is not in the folder %s", path, root)}
	}
	return absRoot, filepath.ToSlash(rel), nil
}

// findScriptIn returns the script in a folder; see project.Choose.
func findScriptIn(dir string) (string, error) {
	c, err := project.ChooseScript(os.DirFS(dir), ".")
	switch {
	case err != nil:
		return "", fault.New(fault.Input, err, "the folder %q cannot be read", dir)
	case c.Script != "":
		return c.Script, nil
	case len(c.Candidates) > 1:
		return "", fault.New(fault.Input, nil,
			"the folder %q contains several scripts: %s", dir, strings.Join(c.Candidates, ", ")).
			WithHint("choose one: mynah build %s", filepath.Join(dir, c.Candidates[0]))
	case len(c.Decks) > 0:
		return "", fault.New(fault.Input, nil,
			"the folder %q contains a presentation, %s, but no script; presentations are not supported", dir, c.Decks[0]).
			WithHint("export its pages as pictures and write a script that shows them, or run mynah init to create a starter project")
	}
	return "", fault.New(fault.Input, nil, "the folder %q contains no script", dir).
		WithHint("a script is a .md or .txt file; run mynah init to create a starter project")
}

// newRequest turns flags and arguments into a request to the studio.
func (f *buildFlags) newRequest(args []string) (studio.Request, error) {
	var r studio.Request
	var err error
	if r.Dir, r.Script, err = findScriptAndFolder(args, f.root); err != nil {
		return r, err
	}
	var errs []error
	if f.size != "" {
		size, err := script.ParseSize(f.size)
		errs = append(errs, err)
		r.Size = &size
	}
	if f.fps != "" {
		fps, err := script.ParseRate(f.fps)
		errs = append(errs, err)
		r.FPS = &fps
	}
	over, err := f.parsePropertyFlags()
	errs = append(errs, err)
	r.Header = over
	r.Scenes, err = parseSceneRange(f.scenes)
	errs = append(errs, err)
	r.Variables = map[string]string{}
	for _, v := range f.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			errs = append(errs, fmt.Errorf("--var %q: must be NAME=VALUE", v))
		}
		r.Variables[name] = value
	}
	if err := errors.Join(errs...); err != nil {
		return r, usageError{err}
	}
	r.Voice, r.Strict, r.Timeline, r.Transcript, r.Force, r.Language = f.voice, f.strict, f.timeline, f.transcript, f.force, f.language
	if f.voice != "" {
		r.VoicePlace = diag.Range{File: "--voice " + f.voice}
	}
	r.Settings = cmp.Or(f.settings, configName)
	r.Output = f.output
	if r.Output == "" {
		name := r.Script
		if f.language != "" {
			if name, err = compile.FindScriptForLanguage(os.DirFS(r.Dir), name, f.language, r.Variables); err != nil {
				return r, err
			}
		}
		path := filepath.Join(r.Dir, filepath.FromSlash(name))
		r.Output = strings.TrimSuffix(path, filepath.Ext(path)) + f.formatSceneRangeSuffix() + ".mp4"
	}
	return r, nil
}

// checkVideoOutput refuses an output that would replace anything but a video.
func (f *buildFlags) checkVideoOutput(path string) error {
	ext := strings.ToLower(filepath.Ext(path))
	if _, err := os.Stat(path); err != nil && !f.force && !slices.Contains([]string{".mp4", ".m4v", ".mov", ""}, ext) {
		return fault.New(fault.Usage, nil, "the output %q cannot end in %s: a build writes MP4 videos", path, ext).
			WithHint("use a name that ends in .mp4 (for sound only: mynah say; for subtitles: mynah subtitles), or use --force")
	}
	return checkReplaceable(path, f.force, media.MOV, "video")
}

// checkReplaceable returns an error unless path can be written: it does not exist, is empty, has
// the same format, or force is set.
func checkReplaceable(path string, force bool, format media.Format, what string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return fault.New(fault.Usage, nil, "the folder %q does not exist", filepath.Dir(path)).
				WithHint("create it, or choose another file with -o")
		}
		return nil
	case info.IsDir():
		return fault.New(fault.Usage, nil, "the output %q is a folder", path).
			WithHint("choose a file in it: -o %s", filepath.Join(path, what+map[media.Format]string{media.MOV: ".mp4", media.PNG: ".png"}[format]))
	case !info.Mode().IsRegular():
		return fault.New(fault.Usage, nil, "the output %q is a device or a pipe, which the %s would replace", path, what).
			WithHint("choose a regular file with -o")
	case force || info.Size() == 0:
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return fault.New(fault.Disk, err, "the output %q cannot be read", path)
	}
	defer func() { _ = file.Close() }()
	head := make([]byte, media.HeadSize)
	n, _ := io.ReadFull(file, head)
	if media.DetectFormat(head[:n]) != format {
		return fault.New(fault.Usage, nil,
			"the output %q %s, which the %s would replace", path, media.DescribeUnsupported(head[:n]), what).
			WithHint("choose another file with -o, or use --force")
	}
	return nil
}

// newFilmRequest turns the flags into a request for a video, and checks that its file can be
// written.
func (a *app) newFilmRequest(f *buildFlags, args []string) (studio.Request, error) {
	f.settings = a.config
	r, err := f.newRequest(args)
	if err != nil {
		return r, err
	}
	if !f.plan {
		if err := f.checkVideoOutput(r.Output); err != nil {
			return r, err
		}
	}
	rate, err := strconv.Atoi(strings.TrimSuffix(f.bitRate, "k"))
	if err != nil {
		return r, usageError{fmt.Errorf("--audio-bitrate %q: must be in kilobits per second, such as 128k", f.bitRate)}
	}
	a.cfg.Studio.AudioBitRate, a.cfg.Studio.Compatible = rate*1000, f.compatible
	return r, nil
}

func (a *app) build(ctx context.Context, f *buildFlags, args []string) error {
	if f.allLanguages {
		return a.buildWithTranslations(ctx, f, args)
	}
	if !f.single && (isOutputTemplate(f.output) || isFolderOutput(f.output)) {
		if len(args) == 0 {
			args = []string{"."}
		}
		return a.buildScripts(ctx, f, args)
	}
	r, err := a.newFilmRequest(f, args)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	h, err := a.newHouse()
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	defer h.Close()
	if f.plan {
		return a.printPlan(ctx, h.Studio, r, f)
	}
	show := a.newReporter(f)
	r.Progress = show.showProgress
	result, err := h.Studio.Produce(ctx, r)
	show.finishProgress(err == nil)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	return a.printResult(f, result)
}

// buildWithTranslations builds a script and its translations, one after the other, so that shared parts are
// made once. It reports the errors of all of them before it builds the first.
func (a *app) buildWithTranslations(ctx context.Context, f *buildFlags, args []string) error {
	if f.output != "" || f.language != "" {
		return usageError{errors.New("--all-languages cannot be combined with -o or --language: each video is written next to its script")}
	}
	all, path, err := f.listFlagsByLanguage(args)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	list, sources, err := a.checkLanguages(ctx, all, path)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	if list.HasErrors() {
		return a.reportErrorAs(f.json, &studio.ScriptError{List: list, Sources: sources})
	}
	for _, one := range all {
		if err := a.build(ctx, one, path); err != nil {
			return err
		}
	}
	return nil
}

// listFlagsByLanguage returns the flags for a script and for each of its translations, and the script
// as an argument.
func (f *buildFlags) listFlagsByLanguage(args []string) (all []*buildFlags, path []string, err error) {
	dir, name, err := findScriptAndFolder(args, f.root)
	if err != nil {
		return nil, nil, err
	}
	file := filepath.Join(dir, filepath.FromSlash(name))
	if base, _, ok := script.ParseTranslationName(filepath.Base(file)); ok {
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), base)); err == nil {
			file = filepath.Join(filepath.Dir(file), base)
		}
	}
	tags := compile.ListTranslationLanguages(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	for _, tag := range append([]string{""}, tags...) {
		one := *f
		one.allLanguages, one.language = false, tag
		all = append(all, &one)
	}
	return all, []string{file}, nil
}

// checkLanguages checks a script in several languages and returns each finding once.
func (a *app) checkLanguages(ctx context.Context, all []*buildFlags, args []string) (diag.List, map[string][]byte,
	error,
) {
	h, err := a.newHouse()
	if err != nil {
		return nil, nil, err
	}
	defer h.Close()
	var list diag.List
	sources, told := map[string][]byte{}, map[diag.Diagnostic]bool{}
	for _, f := range all {
		r, err := f.newRequest(args)
		if err != nil {
			return nil, nil, err
		}
		r.Slides = true
		found, read, err := h.Studio.Check(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		for _, d := range found {
			if !told[d] {
				list, told[d] = append(list, d), true
			}
		}
		maps.Copy(sources, read)
	}
	return list, sources, nil
}

// reportErrorAs prints an error as JSON if asJSON is set.
func (a *app) reportErrorAs(asJSON bool, err error) error {
	if !asJSON {
		return err
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return err
	}
	type failure struct {
		Event   string    `json:"event"`
		Code    string    `json:"code"`
		Message string    `json:"message"`
		Hint    string    `json:"hint,omitempty"`
		Errors  diag.List `json:"errors,omitempty"`
	}
	e := json.NewEncoder(a.Out)
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		_ = e.Encode(failure{
			Event: "failed", Code: string(fault.Script), Message: wrong.Error(),
			Errors: wrong.List.LimitToPrinted(),
		})
		return &silentError{exitScript}
	}
	f := fault.From(err)
	_ = e.Encode(failure{Event: "failed", Code: string(f.Code), Message: formatFault(f, err), Hint: f.Hint})
	return &silentError{chooseExitCode(f.Code)}
}

// printResult prints the result of a build.
func (a *app) printResult(f *buildFlags, r *studio.Result) error {
	if f.json {
		return json.NewEncoder(a.Out).Encode(struct {
			Event string `json:"event"`
			*studio.Result
			Warnings diag.List `json:"warnings,omitempty"`
		}{"done", r, r.Warnings.LimitToPrinted()})
	}
	a.printFindings(r.Warnings, r.Sources)
	if f.quiet {
		return nil
	}
	fmt.Fprintf(a.Out, "%s  %dx%d, %.2f s, %s, %.1f MB, built in %.2f s\n", r.Film, r.Width, r.Height, r.Seconds,
		formatSceneCount(r.Scenes), float64(r.Bytes)/1e6, float64(r.ElapsedMS)/1000)
	for _, more := range r.Further {
		fmt.Fprintf(a.Out, "%s  %dx%d, %.1f MB\n", more.Film, more.Width, more.Height, float64(more.Bytes)/1e6)
	}
	if f.explain {
		a.printExplanation(r)
	}
	return nil
}

// formatSceneCount returns a number of scenes with its noun, such as "1 scene".
func formatSceneCount(n int) string {
	if n == 1 {
		return "1 scene"
	}
	return fmt.Sprintf("%d scenes", n)
}
