// Package compile reads a script, or its translation, with its project's defaults, included files
// and lexicon, and plans the storyboard. It produces no sound and no pictures.
package compile

import (
	"context"
	"maps"
	"path"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/frame"
	"mynah/internal/project"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
)

// Request selects a script and overrides parts of its header.
type Request struct {
	// Script is the path in the project, with forward slashes.
	Script string
	// Size, FPS and Voice override the header's; nil and "" keep them.
	Size  *frame.Size
	FPS   *frame.Rate
	Voice string
	// VoicePlace is the place of findings about Voice.
	VoicePlace diag.Range
	// Header overrides other properties of the header.
	Header script.Properties
	// Scenes are the first and the last scene to build, from 1; zeros mean all.
	Scenes [2]int
	// Language (BCP 47) selects a translation: script.de.md next to script.md.
	Language  string
	Variables map[string]string
	// Strict turns warnings about unknown names into errors.
	Strict bool
	// Settings is the settings file that the caller has read, or "". It may be the project's own
	// mynah.yaml.
	Settings string
}

// Script is the result of reading and planning a script.
type Script struct {
	// Name is its path in the project; of the translation if one is built.
	Name string
	// Board is nil if the script could not be planned.
	Board *storyboard.Board
	// Findings are the errors and warnings; Sources are the texts that they point into, by file.
	Findings diag.List
	Sources  map[string][]byte
}

// compiler reads one script.
type compiler struct {
	project *project.Project
	req     Request
	out     Script
}

// PlanScript reads a script and plans its video. Mistakes in the script are among the findings. If it
// returns an error, which is a fault, the result holds what is known so far.
func PlanScript(ctx context.Context, in *project.Project, booth *voice.Booth, req Request) (Script, error) {
	c := &compiler{project: in, req: req, out: Script{Name: req.Script, Sources: map[string][]byte{}}}
	err := c.planScript(ctx, booth)
	return c.out, err
}

func (c *compiler) planScript(ctx context.Context, booth *voice.Booth) error {
	loaded, found, err := c.loadRequestedScript()
	if err != nil {
		return err
	}
	defaults, list := c.readDefaults(c.out.Name)
	found.Add(list...)
	_, _, translation := script.ParseTranslationName(c.out.Name)
	defaults.fillHeader(loaded.Script, translation)
	over := c.req.Header
	over.FillMissing(loaded.Script.Header.Properties)
	loaded.Script.Header.Properties = over
	if err := c.keepRequestedScenes(loaded.Script); err != nil {
		return err
	}
	c.out.Findings = found
	if len(loaded.Script.Scenes) == 0 && c.stopsBuild(found) {
		return nil
	}
	p := &planner{Project: c.project, ctx: ctx, booth: booth, sources: c.out.Sources, script: c.out.Name, defaults: defaults}
	board, more := storyboard.Plan(loaded.Script, p, storyboard.Options{
		Dir: path.Dir(c.out.Name), Size: c.req.Size, FPS: c.req.FPS, Voice: c.req.Voice, VoicePlace: c.req.VoicePlace,
		FirstScene: max(c.req.Scenes[0], 1),
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	c.out.Board = board
	if c.req.Strict && p.missing != "" {
		return fault.New(fault.ToolMissing, nil, "%s", p.missing).
			WithHint("run mynah doctor to see how to install what is missing")
	}
	c.out.Findings.Add(more...)
	return nil
}

// stopsBuild reports whether findings stop the build.
func (c *compiler) stopsBuild(list diag.List) bool {
	if c.req.Strict {
		list = list.WithStrictErrors()
	}
	return list.HasErrors()
}

// loadRequestedScript reads the script or the requested translation.
func (c *compiler) loadRequestedScript() (script.Result, diag.List, error) {
	options := script.Options{Variables: c.req.Variables}
	fsys := c.project.FS()
	if tag := c.req.Language; tag != "" {
		name, err := FindScriptForLanguage(fsys, c.out.Name, tag, c.req.Variables)
		if err != nil {
			return script.Result{}, nil, err
		}
		c.out.Name = name
	}
	loaded, found := script.Load(fsys, c.out.Name, options)
	if tag := loaded.Script.Header.Language; tag != nil && c.req.Language == "" {
		if l, ok := matchLanguage(*tag, ListTranslationLanguages(fsys, c.out.Name)); ok {
			c.out.Name = script.FormatTranslationName(c.out.Name, l)
			loaded, found = script.Load(fsys, c.out.Name, options)
		}
	}
	c.out.Sources = loaded.Sources
	name, tag, ok := script.ParseTranslationName(c.out.Name)
	if !ok || !c.project.DescribeFile(name).Exists || found.HasErrors() {
		return loaded, found, nil
	}
	base, list := script.Load(fsys, name, options)
	maps.Copy(c.out.Sources, base.Sources)
	if list.HasErrors() {
		found.Add(list...)
		return loaded, found, nil
	}
	found.Add(script.CompleteTranslation(loaded.Script, base.Script, tag)...)
	return loaded, found, nil
}

// keepRequestedScenes removes the scenes that the request does not select.
func (c *compiler) keepRequestedScenes(s *script.Script) error {
	from, to := c.req.Scenes[0], c.req.Scenes[1]
	if from == 0 {
		return nil
	}
	if n := len(s.Scenes); to > n {
		return fault.New(fault.Usage, nil, "scene %d does not exist: the last scene of %s is %d", to, path.Base(c.out.Name), n).
			WithHint("scenes are numbered from 1")
	}
	s.Scenes = s.Scenes[from-1 : to]
	return nil
}
