package studio

import (
	"context"
	"path"
	"slices"

	"mynah/internal/blame"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/overlay"
	"mynah/internal/release"
	"mynah/internal/storyboard"
)

// Plan is what a build would make, without making it.
type Plan struct {
	release.Timeline
	Warnings diag.List         `json:"-"`
	Sources  map[string][]byte `json:"-"`
}

// planned returns a plan of what is timed.
func (e *session) planned(board *storyboard.Board, t timedBoard) *Plan {
	return &Plan{Timeline: release.Timeline{Board: board, Line: t.line, Captions: t.cues}, Warnings: e.list, Sources: e.sources}
}

// Plan reads, measures and times a project, and makes no picture.
func (s *Studio) Plan(ctx context.Context, req Request) (*Plan, error) {
	e, err := s.open(ctx, req.Dir, req.Progress)
	if err != nil {
		return nil, err
	}
	defer e.close()
	src, err := e.read(ctx, req.Request)
	if err != nil {
		return nil, err
	}
	files, err := e.identify(ctx, src.Board)
	if err != nil {
		return nil, err
	}
	t, err := e.plan(ctx, src.Board, files, req.Scenes == [2]int{})
	if err != nil {
		return nil, err
	}
	return e.planned(src.Board, t), nil
}

// Check reads a project and its files and tells everything that is wrong; it speaks
// and draws nothing.
func (s *Studio) Check(ctx context.Context, req Request) (diag.List, map[string][]byte, error) {
	e, err := s.open(ctx, req.Dir, req.Progress)
	if err != nil {
		return nil, nil, err
	}
	defer e.close()
	src, err := e.read(ctx, req.Request)
	if err == nil {
		_, err = e.identify(ctx, src.Board)
	}
	if wrong, ok := isScriptError(err); ok {
		return wrong.List, wrong.Sources, nil
	}
	return e.list, e.sources, err
}

// Facts are what a script says of its video, as far as no file has to be measured for it.
type Facts struct {
	Width, Height int
	// Language is a BCP 47 tag, "" where nothing tells it.
	Language string
	Scenes   int
	// Files are those that a build needs, from the project's folder: the script and what it
	// includes, pictures, clips, sounds, fonts, themes and what these name.
	Files []string
}

// Facts reads a script and plans its video; it runs no program. Findings are left to a build.
// The error is a *ScriptError where the script is wrong.
func (s *Studio) Facts(ctx context.Context, req Request) (*Facts, error) {
	in, err := openProject(req.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	e := &session{studio: s, project: in, strict: req.Strict}
	src, err := compile.PlanScript(ctx, in, s.booth, req.Request)
	if err != nil {
		return nil, blame.Fault(err)
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
		for _, name := range e.namedFiles(src.Board) {
			named[name] = true
		}
	}
	for name := range named {
		if info, err := in.Stat(name); name != "" && err == nil && info.Mode().IsRegular() {
			out.Files = append(out.Files, path.Clean(in.FindSpellingOnDisk(name)))
		}
	}
	slices.Sort(out.Files)
	return out, e.report(src.Findings)
}

// namedFiles lists the files that a storyboard names.
func (e *session) namedFiles(board *storyboard.Board) []string {
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
