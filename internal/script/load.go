package script

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"mynah/internal/diag"
)

// Limits of scripts that include others. Text alone of the largest allowed script is
// weeks of speech; the others keep a few lines from growing into more than that.
const (
	maxScript   = 4 << 20  // bytes of one file
	maxTotal    = 16 << 20 // bytes of all, each counted as often as it is included
	maxDepth    = 16       // includes within includes
	maxIncludes = 1000     // in all
)

// Options say how a script is loaded.
type Options struct {
	// Variables are the values of {{name}}. A value is text: it cannot open a scene or
	// a direction, and its line breaks become blanks, but for those in slides.
	Variables map[string]string
}

// Result is a script with the files it was read from.
type Result struct {
	// Script is never nil, and holds no *Include.
	Script *Script
	// Sources are the texts of the files by their paths within the project.
	Sources map[string][]byte
}

// Source gives the text of a file that was read, as diag.Render asks for it.
func (r Result) Source(file string) ([]byte, bool) {
	text, ok := r.Sources[file]
	return text, ok
}

// Load reads the script name of the project fsys, puts variables in, and replaces
// includes by the scenes of the scripts they name. Names of files, in included scripts
// too, are relative to the folder of name. Everything that is wrong is in the list, in
// the order of files and lines, a file that cannot be read included; findings of a
// script that is included twice stand there once.
func Load(fsys fs.FS, name string, opts Options) (Result, diag.List) {
	var diags diag.List
	l := loader{
		fsys: fsys, main: name, vars: newVars(opts.Variables),
		diags: &diags, sources: map[string][]byte{}, parsed: map[string]bool{},
	}
	r := Result{Script: &Script{File: name}, Sources: l.sources}
	if src, problem := l.read(name); problem != "" {
		d := diags.Errorf(diag.Range{File: name}, "the script cannot be read: %s", problem)
		d.Hint = l.nearestFile(name)
	} else {
		r.Script = l.expand(name, src, nil)
	}
	diags.Sort()
	return r, diags
}

// loader is one run of Load.
type loader struct {
	fsys     fs.FS
	main     string
	vars     vars
	diags    *diag.List
	sources  map[string][]byte
	parsed   map[string]bool
	total    int
	includes int
	full     bool // a limit was reached and reported
}

// read gives the text of a file, or why it cannot be read.
func (l *loader) read(name string) (src []byte, problem string) {
	if src, ok := l.sources[name]; ok {
		return src, ""
	}
	if !fs.ValidPath(name) {
		return nil, quoted(name) + " is not a path inside the project"
	}
	f, err := l.fsys.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, "there is no file " + quoted(name)
		}
		return nil, quoted(name) + " cannot be opened"
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, quoted(name) + " is not a file"
	}
	src, err = io.ReadAll(io.LimitReader(f, maxScript+1))
	switch {
	case err != nil:
		return nil, quoted(name) + " cannot be read"
	case len(src) > maxScript:
		return nil, quoted(name) + " is larger than 4 MiB, the limit for a script"
	}
	l.sources[name] = src
	return src, ""
}

// nearestFile suggests a script of a similar name in the same folder.
func (l *loader) nearestFile(name string) string {
	folder := path.Dir(name)
	if !fs.ValidPath(folder) {
		return ""
	}
	files, err := fs.ReadDir(l.fsys, folder)
	if err != nil {
		return ""
	}
	var names []string
	for _, f := range files[:min(len(files), 1000)] {
		if f.Name() == path.Base(name) {
			continue
		}
		if ending := fileEnding(f.Name()); !f.IsDir() && (ending == ".md" || ending == ".txt" || ending == path.Ext(name)) {
			names = append(names, f.Name())
		}
	}
	if near, ok := nearest(path.Base(name), names); ok {
		return "did you mean " + path.Join(folder, near) + "?"
	}
	return ""
}

// expand parses a script and puts the scenes of included ones in place. chain are the
// files that include it.
func (l *loader) expand(name string, src []byte, chain []string) *Script {
	diags := l.diags
	if l.parsed[name] {
		diags = new(diag.List) // said already
	}
	l.parsed[name] = true
	l.total += len(src)
	p := newParser(name, path.Dir(l.main), l.vars, diags)
	p.parse(src)
	chain = append(slices.Clip(chain), name)
	out := p.out
	scenes := make([]Scene, 0, len(out.Scenes))
	for _, s := range out.Scenes {
		scenes = append(scenes, l.scene(s, chain)...)
	}
	out.Scenes = scenes
	return out
}

// scene splits a scene at its includes. What stands before one is a scene of its own,
// and what stands after it; but where that is nothing that is seen or heard, only
// settings, it goes to the first or the last scene of the included script.
func (l *loader) scene(s Scene, chain []string) []Scene {
	if !slices.ContainsFunc(s.Nodes, isInclude) {
		return []Scene{s}
	}
	var out []Scene
	var pending []Node // settings before an include
	joinable := false  // the last scene of out was included
	for nodes := s.Nodes; len(nodes) > 0; {
		i := slices.IndexFunc(nodes, isInclude)
		part := nodes
		if i >= 0 {
			part = nodes[:i]
		}
		switch {
		case len(part) == 0:
		case i < 0 && joinable && onlySettings(part):
			last := &out[len(out)-1]
			last.Nodes = append(slices.Clip(last.Nodes), part...)
		case onlySettings(part):
			pending = append(pending, part...)
		default:
			out = append(out, sceneOf(append(slices.Clip(pending), part...)))
			pending, joinable = nil, false
		}
		if i < 0 {
			break
		}
		included := l.include(nodes[i].(*Include), chain)
		if len(included) > 0 && len(pending) > 0 {
			included[0].Nodes = append(slices.Clip(pending), included[0].Nodes...)
			pending = nil
		}
		joinable = len(included) > 0 || joinable
		out = append(out, included...)
		nodes = nodes[i+1:]
	}
	if len(pending) > 0 {
		out = append(out, sceneOf(pending))
	}
	return out
}

func isInclude(n Node) bool {
	_, ok := n.(*Include)
	return ok
}

// onlySettings tells whether nodes show and say nothing by themselves.
func onlySettings(nodes []Node) bool {
	for _, n := range nodes {
		switch n.(type) {
		case *Set, *Chapter, *Callout, *Reveal, *Highlight:
		default:
			return false
		}
	}
	return true
}

func sceneOf(nodes []Node) Scene {
	s := Scene{Range: nodes[0].Span(), Nodes: nodes}
	s.Range.End = nodes[len(nodes)-1].Span().End
	return s
}

// include gives the scenes of an included script, or reports why they cannot be read.
func (l *loader) include(n *Include, chain []string) []Scene {
	name := path.Join(path.Dir(l.main), n.File)
	if i := slices.Index(chain, name); i >= 0 {
		d := l.diags.Errorf(n.FileRange, "%s includes itself", quoted(n.File))
		d.Detail = "The circle: " + strings.Join(append(slices.Clone(chain[i:]), name), " → ")
		d.Hint = "remove one of these includes"
		return nil
	}
	if l.full {
		return nil
	}
	l.includes++
	src, problem := l.read(name)
	switch {
	case problem != "":
		d := l.diags.Errorf(n.FileRange, "the included script cannot be read: %s", problem)
		d.Detail = "File names are relative to the folder of " + l.main
		d.Hint = l.nearestFile(name)
		return nil
	case len(chain) >= maxDepth:
		l.tooMuch(n, "includes are nested more than 16 deep")
		return nil
	case l.includes > maxIncludes:
		l.tooMuch(n, "the script includes other scripts more than 1000 times")
		return nil
	case l.total+len(src) > maxTotal:
		l.tooMuch(n, "the script and its includes are larger than 16 MiB")
		return nil
	}
	return l.expand(name, src, chain).Scenes
}

// tooMuch reports a limit once.
func (l *loader) tooMuch(n *Include, problem string) {
	l.full = true
	d := l.diags.Errorf(n.FileRange, "%s", problem)
	d.Hint = "include each script once, or copy its text"
}
