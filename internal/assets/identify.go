package assets

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"mynah/internal/blame"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/part"
	"mynah/internal/proc"
	"mynah/internal/project"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
)

// Tools contains the programs that identify and convert files.
type Tools struct {
	FFmpeg *ffmpeg.Tools
	// Version is the version of ffmpeg, which is part of cache keys.
	Version string
	Run     *proc.Runner
	Drawer  *slide.Drawer
}

// identifier identifies the files of one storyboard.
type identifier struct {
	part.Maker
	tools   Tools
	project *project.Project
	board   *storyboard.Board
	set     *Set

	mu       sync.Mutex
	profiles map[profileKey]profileFound
}

const doing = "reading files"

// Identify identifies every file of a storyboard, in parallel. The findings report files that cannot
// be used or do not fit their use in the script.
func Identify(ctx context.Context, m part.Maker, tools Tools, in *project.Project, board *storyboard.Board) (*Set, diag.List, error) {
	w := &identifier{
		Maker: m, tools: tools, project: in, board: board, profiles: map[profileKey]profileFound{},
		set: &Set{byName: map[string]*Asset{}, places: map[string]diag.Range{}, work: m.Work, tables: map[string]*colourTable{}},
	}
	list, err := w.identifyAll(ctx)
	if err != nil {
		return nil, nil, err
	}
	check{board, w.set}.checkUsesOfFiles(&list)
	return w.set, list, nil
}

// identifyAll identifies the files that the storyboard refers to.
func (w *identifier) identifyAll(ctx context.Context) (diag.List, error) {
	uses := w.listUses()
	found := make([]*Asset, len(uses))
	fails := make([]error, len(uses))
	g, ctx := w.NewGroup(ctx, doing, float64(len(uses)))
	for i, u := range uses {
		g.Go(1, func() error {
			var a *Asset
			err := fault.Guard(fmt.Sprintf("reading %q", u.name), func() (err error) {
				a, err = w.identifyFile(ctx, u.name, i, u.sound)
				return err
			})
			if err != nil && (ctx.Err() != nil || !blame.MayBeInputError(err)) {
				return blame.ToToolFault(err, u.place, u.name)
			}
			found[i], fails[i] = a, err
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var list diag.List
	for i, u := range uses {
		if fails[i] != nil {
			blame.AddUnusableFile(&list, u.place, u.name, fails[i])
			continue
		}
		w.set.byName[u.name] = found[i]
		if warning := found[i].warning; warning != "" {
			list.Warnf(u.place, "%q: %s", u.name, warning).Hint = cmp.Or(found[i].advice, "export the picture again, in sRGB")
		}
	}
	return list, nil
}

// use is a file that the board refers to. sound is true if it is used for its sound.
type use struct {
	name  string
	place diag.Range
	sound bool
}

// listUses returns the files of the board, each once, in the order of the film.
func (w *identifier) listUses() []use {
	var out []use
	add := func(name string, place diag.Range, isSound bool) {
		if name == "" {
			return
		}
		if _, ok := w.set.places[name]; !ok {
			w.set.places[name] = place
			out = append(out, use{name, place, isSound})
		}
	}
	music := func(m *storyboard.Music) {
		if m != nil {
			add(m.File, m.Range, true)
		}
	}
	music(w.board.Film.Music)
	for _, s := range w.board.Scenes {
		music(s.Music)
		for _, shot := range s.Shots {
			add(shot.File, shot.Range, false)
		}
		for _, p := range s.Parts {
			add(p.File, p.Range, true)
		}
	}
	return out
}
