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

// buildFlags are those of mynah build.
type buildFlags struct {
	output, size, fps, voice, root string
	language                       string
	allLanguages                   bool
	single                         bool // output is the name of one file, not a template or folder
	vars                           []string
	json, strict, force, quiet     bool
	plan, timeline, explain        bool
	transcript                     bool
	bitRate                        string
	server, apiKey                 string
	scenes, subtitles, assetResize string
	settings                       string // the file of settings that was read
}

func (a *app) buildCommand() *cobra.Command {
	f := &buildFlags{}
	cmd := &cobra.Command{
		Use:   "build [DIR|SCRIPT ...]",
		Short: "Builds the video of a script, or of several",
		Long: `Builds the video of a script, or of the script in a folder (the current one by default):
script.md, source.md, index.md or main.md, else the only .md, else the only .txt. Beside
film.mp4 it writes film.srt and film.vtt when something is said, and the poster film.jpg;
with --transcript also film.transcript.md, and film.chapters.txt if it has chapters. A video
that is there already is replaced once the new one is whole.

Of several scripts each gets a video beside it; -o names a folder for all of them, or a
template of {name}, {language} and {size}.`,
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
				return a.remote(cmd.Context(), f, args)
			case len(args) > 1:
				return a.buildMany(cmd.Context(), f, args)
			}
			return a.build(cmd.Context(), f, args)
		},
	}
	fl := cmd.Flags()
	f.projectFlags(fl)
	fl.BoolVar(&f.json, "json", false, "print progress and result as JSON lines")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but warnings and errors")
	fl.BoolVar(&f.plan, "plan", false, "print the plan, build nothing")
	fl.BoolVar(&f.allLanguages, "all-languages", false, "build the script and all of its translations")
	fl.BoolVar(&f.explain, "explain", false, "list what was made anew, why, and how long it took")
	fl.BoolVar(&f.timeline, "timeline", false, "write the timeline as JSON beside the video")
	fl.BoolVar(&f.transcript, "transcript", false, "write what is said as Markdown beside the video, and a list of its chapters")
	fl.StringVar(&f.scenes, "scenes", "", "build some scenes only, as 3 or 3-7, into NAME-scenes-3-7.mp4")
	fl.StringVar(&f.server, "server", "", "build on this server, as http://127.0.0.1:8080, and download the video")
	fl.StringVar(&f.apiKey, "api-key", "", "API key of the server; better as MYNAH_API_KEY")
	return cmd
}

// projectFlags are those of every command that builds a film.
func (f *buildFlags) projectFlags(fl *pflag.FlagSet) {
	fl.StringVarP(&f.output, "output", "o", "", "the video's file, a folder, or a template such as {name}-{language}-{size}.mp4 (default: beside the script, as NAME.mp4)")
	fl.StringVar(&f.size, "size", "", "720p, 1080p, 4k or WIDTHxHEIGHT, instead of the header's")
	fl.StringVar(&f.fps, "fps", "", "frame rate, instead of the header's")
	fl.StringVar(&f.subtitles, "subtitles", "", "overlay, embed, external or none, instead of the header's")
	fl.StringVar(&f.assetResize, "asset-resize", "", "cover, contain or fit, instead of the header's")
	fl.StringVar(&f.voice, "voice", "", "voice of all that names none in its scene, instead of the header's")
	fl.StringVar(&f.language, "language", "", "build the script's translation, as de for script.de.md beside script.md")
	fl.StringArrayVar(&f.vars, "var", nil, "NAME=VALUE of a {{NAME}} in the script; may be repeated")
	fl.StringVar(&f.root, "root", "", "the project's folder, which no file name may leave (default: the script's folder)")
	fl.BoolVar(&f.strict, "strict", false, "unknown names are errors")
	fl.BoolVar(&f.force, "force", false, "replace the output even when it is not a video")
	fl.StringVar(&f.bitRate, "audio-bitrate", "128k", "of the sound track, 32k to 320k")
}

// target finds the project's folder and the script in it.
func target(args []string, root string) (dir, name string, err error) {
	path := "."
	if len(args) > 0 {
		path = args[0]
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", "", fault.New(fault.Input, nil, "there is no file or folder %q", path).WithHint("name a script, or the folder that it lies in")
	}
	if info.IsDir() {
		if name, err = onlyScript(path); err != nil {
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
		return "", "", usageError{fmt.Errorf("the script %s does not lie in the folder %s", path, root)}
	}
	return absRoot, filepath.ToSlash(rel), nil
}

// onlyScript finds a folder's script; see project.Choose.
func onlyScript(dir string) (string, error) {
	c, err := project.Choose(os.DirFS(dir), ".")
	switch {
	case err != nil:
		return "", fault.New(fault.Input, err, "the folder %q cannot be read", dir)
	case c.Script != "":
		return c.Script, nil
	case len(c.Candidates) > 1:
		return "", fault.New(fault.Input, nil, "the folder %q holds several scripts: %s", dir, strings.Join(c.Candidates, ", ")).
			WithHint("name the one to build: mynah build %s", filepath.Join(dir, c.Candidates[0]))
	case len(c.Decks) > 0:
		return "", fault.New(fault.Input, nil, "the folder %q holds a presentation, %s, and no script; presentations are not supported yet", dir, c.Decks[0]).
			WithHint("write a script that shows its pages as pictures, or mynah init makes a starter project")
	}
	return "", fault.New(fault.Input, nil, "the folder %q holds no script", dir).
		WithHint("a script is a .md or .txt file; mynah init makes a starter project")
}

// request turns the flags into a request.
func (f *buildFlags) request(args []string) (studio.Request, error) {
	var r studio.Request
	var err error
	if r.Dir, r.Script, err = target(args, f.root); err != nil {
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
	over, err := f.overrides()
	errs = append(errs, err)
	r.Header = over
	r.Scenes, err = parseScenes(f.scenes)
	errs = append(errs, err)
	r.Variables = map[string]string{}
	for _, v := range f.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			errs = append(errs, fmt.Errorf("--var %q: want NAME=VALUE", v))
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
			if name, err = compile.ScriptIn(os.DirFS(r.Dir), name, f.language, r.Variables); err != nil {
				return r, err
			}
		}
		path := filepath.Join(r.Dir, filepath.FromSlash(name))
		r.Output = strings.TrimSuffix(path, filepath.Ext(path)) + f.scenesSuffix() + ".mp4"
	}
	return r, nil
}

// checkOutput refuses outputs that would replace something else than a film.
func (f *buildFlags) checkOutput(path string) error {
	ext := strings.ToLower(filepath.Ext(path))
	if _, err := os.Stat(path); err != nil && !f.force && !slices.Contains([]string{".mp4", ".m4v", ".mov", ""}, ext) {
		return fault.New(fault.Usage, nil, "a build writes an MP4 video, and the output %q ends in %s", path, ext).
			WithHint("end its name in .mp4 (sound alone: mynah say; subtitles: mynah subtitles), or use --force")
	}
	return replaceable(path, f.force, media.MOV, "video")
}

// replaceable tells whether a file may be written: it does not exist, is empty, is one of
// the same format, or any is to be replaced.
func replaceable(path string, force bool, format media.Format, what string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return fault.New(fault.Usage, nil, "the folder %q does not exist", filepath.Dir(path)).WithHint("make it, or name another file with -o")
		}
		return nil
	case info.IsDir():
		return fault.New(fault.Usage, nil, "the output %q is a folder", path).WithHint("name a file in it: -o %s", filepath.Join(path, what+map[media.Format]string{media.MOV: ".mp4", media.PNG: ".png"}[format]))
	case !info.Mode().IsRegular():
		return fault.New(fault.Usage, nil, "the output %q is a device or a pipe; the %s would take its place", path, what).WithHint("name a file of your own with -o")
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
	if media.Sniff(head[:n]) != format {
		return fault.New(fault.Usage, nil, "the output %q %s; it would be replaced by the %s", path, media.Describe(head[:n]), what).
			WithHint("name another file with -o, or use --force")
	}
	return nil
}

// filmRequest turns the flags into a request for a film, and checks that its file may be
// written.
func (a *app) filmRequest(f *buildFlags, args []string) (studio.Request, error) {
	f.settings = a.config
	r, err := f.request(args)
	if err != nil {
		return r, err
	}
	if !f.plan {
		if err := f.checkOutput(r.Output); err != nil {
			return r, err
		}
	}
	rate, err := strconv.Atoi(strings.TrimSuffix(f.bitRate, "k"))
	if err != nil {
		return r, usageError{fmt.Errorf("--audio-bitrate %q: want a number of kilobits a second, such as 128k", f.bitRate)}
	}
	a.cfg.Studio.AudioBitRate = rate * 1000
	return r, nil
}

func (a *app) build(ctx context.Context, f *buildFlags, args []string) error {
	if f.allLanguages {
		return a.buildAll(ctx, f, args)
	}
	if !f.single && (isTemplate(f.output) || isFolder(f.output)) {
		if len(args) == 0 {
			args = []string{"."}
		}
		return a.buildMany(ctx, f, args)
	}
	r, err := a.filmRequest(f, args)
	if err != nil {
		return a.fail(f.json, err)
	}
	h, err := a.open()
	if err != nil {
		return a.fail(f.json, err)
	}
	defer h.Close()
	if f.plan {
		return a.plan(ctx, h.Studio, r, f)
	}
	show := a.reporter(f)
	r.Progress = show.progress
	result, err := h.Studio.Produce(ctx, r)
	show.close(err == nil)
	if err != nil {
		return a.fail(f.json, err)
	}
	return a.done(f, result)
}

// buildAll builds a script and its translations, one after the other: what they share is
// made once. What is wrong with any of them is told before the first is built.
func (a *app) buildAll(ctx context.Context, f *buildFlags, args []string) error {
	if f.output != "" || f.language != "" {
		return usageError{errors.New("--all-languages goes without -o and --language: each video stands beside its script")}
	}
	all, path, err := f.inAllLanguages(args)
	if err != nil {
		return a.fail(f.json, err)
	}
	list, sources, err := a.checkEach(ctx, all, path)
	if err != nil {
		return a.fail(f.json, err)
	}
	if list.HasErrors() {
		return a.fail(f.json, &studio.ScriptError{List: list, Sources: sources})
	}
	for _, one := range all {
		if err := a.build(ctx, one, path); err != nil {
			return err
		}
	}
	return nil
}

// inAllLanguages gives the flags for a script and for each of its translations, and the
// script as an argument.
func (f *buildFlags) inAllLanguages(args []string) (all []*buildFlags, path []string, err error) {
	dir, name, err := target(args, f.root)
	if err != nil {
		return nil, nil, err
	}
	file := filepath.Join(dir, filepath.FromSlash(name))
	if base, _, ok := script.TranslationOf(filepath.Base(file)); ok {
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), base)); err == nil {
			file = filepath.Join(filepath.Dir(file), base)
		}
	}
	tags := compile.Languages(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	for _, tag := range append([]string{""}, tags...) {
		one := *f
		one.allLanguages, one.language = false, tag
		all = append(all, &one)
	}
	return all, []string{file}, nil
}

// checkEach tells what is wrong with a script in several languages, each finding once.
func (a *app) checkEach(ctx context.Context, all []*buildFlags, args []string) (diag.List, map[string][]byte, error) {
	h, err := a.open()
	if err != nil {
		return nil, nil, err
	}
	defer h.Close()
	var list diag.List
	sources, told := map[string][]byte{}, map[diag.Diagnostic]bool{}
	for _, f := range all {
		r, err := f.request(args)
		if err != nil {
			return nil, nil, err
		}
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

// plan prints the storyboard and the timeline.
func (a *app) plan(ctx context.Context, s *studio.Studio, r studio.Request, f *buildFlags) error {
	p, err := s.Plan(ctx, r)
	if err != nil {
		return a.fail(f.json, err)
	}
	a.render(p.Warnings, p.Sources)
	if f.json {
		e := json.NewEncoder(a.Out)
		e.SetIndent("", "  ")
		return e.Encode(p)
	}
	fps := float64(p.Line.FPS.Num) / float64(p.Line.FPS.Den)
	fmt.Fprintf(a.Out, "%dx%d, %.6g frames a second, %.2f s, %d scenes\n", p.Line.Width, p.Line.Height, fps,
		float64(p.Line.Frames)/fps, len(p.Line.Scenes))
	for i, s := range p.Line.Scenes {
		fmt.Fprintf(a.Out, "%4d  %8.2f s  %7.2f s  %s\n", s.Number, float64(s.Start)/fps, float64(s.Frames)/fps, summary(p, i))
	}
	return nil
}

// summary says in a few words what a scene shows and says.
func summary(p *studio.Plan, i int) string {
	s := p.Board.Scenes[i]
	var parts []string
	for _, shot := range s.Shots {
		parts = append(parts, shot.File)
	}
	for _, slide := range s.Slides {
		parts = append(parts, "slide: "+strings.SplitN(slide.Text, "\n", 2)[0])
	}
	for _, part := range s.Parts {
		switch {
		case part.Text != "":
			parts = append(parts, "“"+part.Text+"”")
		case part.File != "":
			parts = append(parts, part.File)
		}
	}
	text := []rune(strings.Join(parts, " · "))
	if len(text) > 90 {
		return string(text[:89]) + "…"
	}
	return string(text)
}

// fail reports an error as JSON where that was asked for.
func (a *app) fail(asJSON bool, err error) error {
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
		_ = e.Encode(failure{Event: "failed", Code: string(fault.Script), Message: wrong.Error(), Errors: wrong.List.Foremost()})
		return &silentError{exitScript}
	}
	f := fault.From(err)
	_ = e.Encode(failure{Event: "failed", Code: string(f.Code), Message: explain(f, err), Hint: f.Hint})
	return &silentError{code(f.Code)}
}

// done prints the result.
func (a *app) done(f *buildFlags, r *studio.Result) error {
	if f.json {
		return json.NewEncoder(a.Out).Encode(struct {
			Event string `json:"event"`
			*studio.Result
			Warnings diag.List `json:"warnings,omitempty"`
		}{"done", r, r.Warnings.Foremost()})
	}
	a.render(r.Warnings, r.Sources)
	if f.quiet {
		return nil
	}
	fmt.Fprintf(a.Out, "%s  %dx%d, %.2f s, %d scenes, %.1f MB, built in %.2f s\n", r.Film, r.Width, r.Height, r.Seconds,
		r.Scenes, float64(r.Bytes)/1e6, float64(r.ElapsedMS)/1000)
	if f.explain {
		a.explainBuild(r)
	}
	return nil
}
