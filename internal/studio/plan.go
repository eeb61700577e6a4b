package studio

import (
	"context"
	"errors"
	"path"
	"slices"

	"mynah/internal/assets"
	"mynah/internal/blame"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/frame"
	"mynah/internal/meter"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/release"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// Plan describes the video that a build would make.
type Plan struct {
	release.Timeline
	Warnings diag.List         `json:"-"`
	Sources  map[string][]byte `json:"-"`
}

// newPlan returns the plan of a timed storyboard.
func (e *session) newPlan(board *storyboard.Board, t timedBoard) *Plan {
	return &Plan{Timeline: release.Timeline{Board: board, Line: t.line, Captions: t.cues}, Warnings: e.list, Sources: e.sources}
}

// Plan reads a project, speaks it and computes its timeline, but draws and encodes nothing.
func (s *Studio) Plan(ctx context.Context, req Request) (plan *Plan, err error) {
	err = s.withSession(ctx, req.Dir, req.Progress, false, func(e *session) (err error) {
		plan, err = e.plan(ctx, req)
		return err
	})
	return plan, err
}

// plan runs the steps of Plan.
func (e *session) plan(ctx context.Context, req Request) (*Plan, error) {
	src, err := e.planScript(ctx, req.Request)
	if err != nil {
		return nil, err
	}
	files, err := e.identifyFiles(ctx, src.Board)
	if err != nil {
		return nil, err
	}
	t, err := e.speakAndTime(ctx, src.Board, files, req.Scenes == [2]int{})
	if err != nil {
		return nil, err
	}
	return e.newPlan(src.Board, t), nil
}

// Check reads a project and its files and returns all findings and the texts of the scripts. It
// speaks nothing. If req.Slides is set, it also lays out the slides.
func (s *Studio) Check(ctx context.Context, req Request) (diag.List, map[string][]byte, error) {
	list, sources, sizes, err := s.checkOne(ctx, req)
	if err != nil || list.HasErrors() {
		return list, sources, err
	}
	all := Findings{Warnings: list}
	for _, size := range sizes {
		one := req
		one.Size = &size
		more, _, _, err := s.checkOne(ctx, one)
		if err != nil || more.HasErrors() {
			return more, sources, err
		}
		all.addNewWarnings(Findings{Warnings: more})
	}
	return all.Warnings, sources, nil
}

// checkOne checks a script in one size, and returns the further sizes that it requests.
func (s *Studio) checkOne(
	ctx context.Context, req Request,
) (list diag.List, sources map[string][]byte, sizes []frame.Size, err error) {
	err = s.withSession(ctx, req.Dir, req.Progress, false, func(e *session) (err error) {
		list, sources, sizes, err = e.check(ctx, req)
		return err
	})
	return list, sources, sizes, err
}

// check runs the steps of checkOne.
func (e *session) check(ctx context.Context, req Request) (diag.List, map[string][]byte, []frame.Size, error) {
	src, err := e.planScript(ctx, req.Request)
	var files *assets.Set
	if err == nil {
		files, err = e.identifyFiles(ctx, src.Board)
	}
	if err == nil && req.Slides {
		err = e.checkSlides(ctx, src, files)
	}
	if wrong, ok := findScriptError(err); ok {
		return wrong.List, wrong.Sources, nil, nil
	}
	if src.Board == nil {
		return e.list, e.sources, nil, err
	}
	return e.list, e.sources, src.Board.Film.Sizes, err
}

// checkContrast reports slides that cannot be read over their pictures.
func (e *session) checkContrast(
	ctx context.Context, board *storyboard.Board, files *assets.Set, in overlay.Input,
) error {
	_, err := runStep(ctx, e, meter.Slides, func(ctx context.Context, m part.Maker) (struct{}, diag.List, error) {
		letters, err := overlay.FindLetters(ctx, m, in)
		if err != nil || len(letters) == 0 {
			return struct{}{}, nil, err
		}
		// The pictures do not depend on the length of the narration.
		measured := timeline.Measured{Files: files.ListMedia()}
		for _, s := range board.Scenes {
			measured.Speech = append(measured.Speech, make([]int64, len(s.Parts)))
		}
		t := timedBoard{line: timeline.Compute(board, measured)}
		blank := overlays{
			slides:   make([][]overlay.SlideState, len(board.Scenes)),
			captions: make([][]overlay.CaptionSpan, len(board.Scenes)),
		}
		c, err := e.newCutter(m, board, t, files, blank)
		if err != nil {
			return struct{}{}, nil, err
		}
		if err := files.WriteFiles(); err != nil {
			return struct{}{}, nil, err
		}
		list, err := c.CheckContrast(ctx, letters)
		return struct{}{}, list, err
	})
	return err
}

// checkSlides draws the slides and reports what is wrong with them. Without a browser it adds a warning.
func (e *session) checkSlides(ctx context.Context, src compile.Script, files *assets.Set) error {
	in := overlay.Input{Board: src.Board, Files: e.project.FS(), Drawer: e.studio.drawer, Sizes: files.MeasurePicture}
	_, err := runStep(ctx, e, meter.Slides,
		func(ctx context.Context, m part.Maker) ([][]overlay.SlideState, diag.List, error) {
			return overlay.DrawSlides(ctx, m, in, nil)
		})
	if err == nil {
		// The progress bar cannot be wrong, and has a drawing for each scene.
		board := *src.Board
		board.Film.Progress = false
		watermarks := in
		watermarks.Board = &board
		type layers = [][]picture.LayerRef
		_, err = runStep(ctx, e, meter.Slides, func(ctx context.Context, m part.Maker) (layers, diag.List, error) {
			return overlay.DrawWatermarks(ctx, m, watermarks)
		})
	}
	if err == nil {
		_, err = runStep(ctx, e, meter.Slides, func(ctx context.Context, m part.Maker) (struct{}, diag.List, error) {
			list, err := overlay.CheckLabels(ctx, m, in)
			return struct{}{}, list, err
		})
	}
	if err == nil {
		err = e.checkContrast(ctx, src.Board, files, in)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.ToolMissing {
		var list diag.List
		list.Warnf(diag.Range{File: src.Name}, "the slides were not checked: %s", f.Public).Hint = f.Hint
		if wrong := e.addFindings(list); wrong != nil {
			return wrong
		}
		return nil
	}
	return err
}

// Facts are the properties of a video that follow from its script without measuring any file.
type Facts struct {
	Width, Height int
	// Language is a BCP 47 tag; it is empty if the script sets no language.
	Language string
	Scenes   int
	// Files lists the files that a build needs, relative to the project's folder: the script and
	// its includes, pictures, clips, sounds, fonts, themes, and the files to which these refer.
	Files []string
}

// ReadFacts reads a script and plans its video, without running any program. It returns no warnings.
// The error is a *ScriptError if the script has errors.
func (s *Studio) ReadFacts(ctx context.Context, req Request) (*Facts, error) {
	in, err := openProjectOrEmpty(req.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	e := &session{studio: s, project: in, strict: req.Strict}
	src, err := compile.PlanScript(ctx, in, s.booth, req.Request)
	if err != nil {
		return nil, blame.ToFault(err)
	}
	e.sources = src.Sources
	out := &Facts{}
	named := map[string]bool{src.Name: true}
	for name := range src.Sources {
		named[name] = true
	}
	if src.Board != nil {
		film := src.Board.Film
		out = &Facts{Width: film.Width, Height: film.Height, Language: film.Language, Scenes: len(src.Board.Scenes)}
		for _, name := range e.listNamedFiles(src.Board) {
			named[name] = true
		}
	}
	for name := range named {
		if info, err := in.Stat(name); name != "" && err == nil && info.Mode().IsRegular() {
			out.Files = append(out.Files, path.Clean(in.FindSpellingOnDisk(name)))
		}
	}
	slices.Sort(out.Files)
	return out, e.addFindings(src.Findings)
}

// listNamedFiles lists the files that a storyboard refers to.
func (e *session) listNamedFiles(board *storyboard.Board) []string {
	film := board.Film
	out := []string{film.Lexicon}
	if f := film.Subtitles.Font; f != nil && !f.Literal {
		out = append(out, f.Name)
	}
	music := func(m *storyboard.Music) {
		if m != nil {
			out = append(out, m.File)
		}
	}
	music(film.Music)
	in := overlay.Input{Board: board, Files: e.project.FS(), Drawer: e.studio.drawer}
	for i := range board.Scenes {
		s := &board.Scenes[i]
		music(s.Music)
		for _, p := range s.Parts {
			out = append(out, p.File)
		}
		for _, shot := range s.Shots {
			out = append(out, shot.File)
		}
		out = append(out, overlay.ListSlideFiles(in, s)...)
	}
	return out
}
