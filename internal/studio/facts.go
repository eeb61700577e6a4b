package studio

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
)

// Facts are what a script says of its film, as far as no file has to be measured for it.
type Facts struct {
	Width, Height int
	// Language is a BCP 47 tag, "" where nothing tells it.
	Language string
	Scenes   int
	// Files are those that a build needs, from the project's folder: the script and what it
	// includes, pictures, clips, sounds, fonts, themes and what these name.
	Files []string
}

// Facts reads a script and plans its film; it runs no program. Findings are left to a build.
// The error is a *ScriptError where the script is wrong.
func (s *Studio) Facts(ctx context.Context, req Request) (*Facts, error) {
	project, err := OpenProject(req.Dir, s.booth)
	if err != nil {
		return nil, fault.New(fault.Input, err, "the project's folder cannot be opened")
	}
	defer func() { _ = project.Close() }()
	j := &job{studio: s, store: s.store, req: req, project: project, assets: map[string]*asset{}, places: map[string]diag.Range{}}
	err = j.read(ctx)
	if _, wrong := errors.AsType[*ScriptError](err); err != nil && !wrong {
		return nil, asFault(err)
	}
	out := &Facts{}
	if j.board != nil {
		film := j.board.Film
		out = &Facts{Width: film.Width, Height: film.Height, Language: film.Language, Scenes: len(j.board.Scenes)}
	}
	names := map[string]bool{j.req.Script: true}
	for name := range maps.Keys(j.sources) {
		names[name] = true
	}
	if j.board != nil {
		for _, name := range j.namedFiles() {
			names[name] = true
		}
	}
	for name := range names {
		if name == "" {
			continue
		}
		name = project.place(name)
		if info, err := project.root.Stat(name); err == nil && info.Mode().IsRegular() {
			out.Files = append(out.Files, path.Clean(name))
		}
	}
	slices.Sort(out.Files)
	return out, err
}

// namedFiles lists the files that the board names.
func (j *job) namedFiles() []string {
	film := j.board.Film
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
	for i := range j.board.Scenes {
		s := &j.board.Scenes[i]
		music(s.Music)
		for _, p := range s.Parts {
			out = append(out, p.File)
		}
		for _, shot := range s.Shots {
			out = append(out, shot.File)
		}
		if len(s.Slides) > 0 {
			out = append(out, slide.Files(j.slideRequest(s))...)
		}
	}
	return out
}

// someScenes keeps the scenes of a script that a request asks for.
func (j *job) someScenes(s *script.Script) error {
	from, to := j.req.Scenes[0], j.req.Scenes[1]
	if from == 0 {
		return nil
	}
	if n := len(s.Scenes); to > n {
		return fault.New(fault.Usage, nil, "there is no scene %d: %s has %d", to, path.Base(j.req.Script), n).WithHint("scenes count from 1")
	}
	s.Scenes = s.Scenes[from-1 : to]
	return nil
}
