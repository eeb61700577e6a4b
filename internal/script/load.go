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

// Limits of scripts and their includes. A script of the maximum size is already weeks of speech. The
// other limits stop a short script from including more than that.
const (
	maxScript   = 4 << 20  // maximum size of a file, in bytes
	maxTotal    = 16 << 20 // maximum size of all files in bytes; a file counts each time it is included
	maxDepth    = 16       // maximum nesting of includes
	maxIncludes = 1000     // maximum number of includes
)

// Options are the options of Load.
type Options struct {
	// Variables are the values of {{name}}. A value is plain text: it cannot start a scene or a
	// direction. Line breaks in it become blanks, except in slides.
	Variables map[string]string
}

// Result is a script with the texts of its files.
type Result struct {
	// Script is never nil and contains no *Include.
	Script *Script
	// Sources are the texts of the files, by path in the project.
	Sources map[string][]byte
}

// Source returns the text of a file that was read, for diag.Render.
func (r Result) Source(file string) ([]byte, bool) {
	text, ok := r.Sources[file]
	return text, ok
}

// Load reads a script from the project fsys, replaces variables, and replaces includes by the
// scenes of the included scripts. File names, also in included scripts, are relative to the
// folder of name. The list contains all findings in the order of files and lines, including
// unreadable files. Findings of a script that is included twice are listed once.
func Load(fsys fs.FS, name string, opts Options) (Result, diag.List) {
	var diags diag.List
	l := loader{
		fsys: fsys, main: name, vars: newVars(opts.Variables),
		diags: &diags, sources: map[string][]byte{}, parsed: map[string]bool{},
	}
	r := Result{Script: &Script{File: name}, Sources: l.sources}
	if src, problem := l.readScriptFile(name); problem != "" {
		d := diags.Errorf(diag.Range{File: name}, "the script cannot be read: %s", problem)
		d.Hint = l.suggestFile(name)
	} else {
		r.Script = l.parseWithIncludes(name, src, nil)
	}
	diags.SortByPlace()
	return r, diags
}

// loader is the state of one call of Load.
type loader struct {
	fsys     fs.FS
	main     string
	vars     vars
	diags    *diag.List
	sources  map[string][]byte
	parsed   map[string]bool
	total    int
	includes int
	full     bool // a limit was exceeded and reported
}

// readScriptFile returns the content of a file. If it cannot, problem describes the reason for a finding.
func (l *loader) readScriptFile(name string) (src []byte, problem string) {
	if src, ok := l.sources[name]; ok {
		return src, ""
	}
	if !fs.ValidPath(name) {
		return nil, quoteForMessage(name) + " is not a path inside the project"
	}
	f, err := l.fsys.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, "there is no file " + quoteForMessage(name)
		}
		return nil, quoteForMessage(name) + " cannot be opened"
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, quoteForMessage(name) + " is not a file"
	}
	src, err = io.ReadAll(io.LimitReader(f, maxScript+1))
	switch {
	case err != nil:
		return nil, quoteForMessage(name) + " cannot be read"
	case len(src) > maxScript:
		return nil, quoteForMessage(name) + " is larger than 4 MiB, the limit for a script"
	}
	l.sources[name] = src
	return src, ""
}

// suggestFile returns a hint that names a script with a similar name in the same folder, or "".
func (l *loader) suggestFile(name string) string {
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
		if ending := findLowerExtension(f.Name()); !f.IsDir() &&
			(ending == ".md" || ending == ".txt" || ending == path.Ext(name)) {
			names = append(names, f.Name())
		}
	}
	if near, ok := findNearestName(path.Base(name), names); ok {
		return "did you mean " + path.Join(folder, near) + "?"
	}
	return ""
}

// parseWithIncludes parses a script and replaces its includes by the scenes of the included scripts. chain lists
// the files that are being expanded, from the main script to the includer of this one.
func (l *loader) parseWithIncludes(name string, src []byte, chain []string) *Script {
	diags := l.diags
	if l.parsed[name] {
		diags = new(diag.List) // findings of this file were already reported
	}
	l.parsed[name] = true
	l.total += len(src)
	p := newParser(name, path.Dir(l.main), l.vars, diags)
	p.parse(src)
	chain = append(slices.Clip(chain), name)
	out := p.out
	scenes := make([]Scene, 0, len(out.Scenes))
	for _, s := range out.Scenes {
		scenes = append(scenes, l.splitScene(s, chain)...)
	}
	out.Scenes = scenes
	return out
}

// splitScene splits a scene at its includes: the parts before and after an include become separate
// scenes. A part that only sets properties is instead added to the first or last scene of the included
// script.
func (l *loader) splitScene(s Scene, chain []string) []Scene {
	if !slices.ContainsFunc(s.Nodes, isInclude) {
		return []Scene{s}
	}
	var out []Scene
	var pending []Node // nodes that only set properties, before an include
	joinable := false  // the last scene of out comes from an included script
	for nodes := s.Nodes; len(nodes) > 0; {
		i := slices.IndexFunc(nodes, isInclude)
		part := nodes
		if i >= 0 {
			part = nodes[:i]
		}
		switch {
		case len(part) == 0:
		case i < 0 && joinable && areAllSettings(part):
			last := &out[len(out)-1]
			last.Nodes = append(slices.Clip(last.Nodes), part...)
		case areAllSettings(part):
			pending = append(pending, part...)
		default:
			out = append(out, newSceneOfNodes(append(slices.Clip(pending), part...)))
			pending, joinable = nil, false
		}
		if i < 0 {
			break
		}
		included := l.loadIncludedScenes(nodes[i].(*Include), chain)
		if len(included) > 0 && len(pending) > 0 {
			included[0].Nodes = append(slices.Clip(pending), included[0].Nodes...)
			pending = nil
		}
		joinable = len(included) > 0 || joinable
		out = append(out, included...)
		nodes = nodes[i+1:]
	}
	if len(pending) > 0 {
		out = append(out, newSceneOfNodes(pending))
	}
	return out
}

func isInclude(n Node) bool {
	_, ok := n.(*Include)
	return ok
}

// areAllSettings reports whether all nodes only set properties, without pictures or sound.
func areAllSettings(nodes []Node) bool {
	for _, n := range nodes {
		switch n.(type) {
		case *Set, *Chapter, *Callout, *Reveal, *Highlight:
		default:
			return false
		}
	}
	return true
}

func newSceneOfNodes(nodes []Node) Scene {
	s := Scene{Range: nodes[0].Span(), Nodes: nodes}
	s.Range.End = nodes[len(nodes)-1].Span().End
	return s
}

// loadIncludedScenes returns the scenes of an included script. If it cannot, it reports the reason and returns
// nil.
func (l *loader) loadIncludedScenes(n *Include, chain []string) []Scene {
	name := path.Join(path.Dir(l.main), n.File)
	if i := slices.Index(chain, name); i >= 0 {
		d := l.diags.Errorf(n.FileRange, "%s includes itself", quoteForMessage(n.File))
		d.Detail = "The circle: " + strings.Join(append(slices.Clone(chain[i:]), name), " → ")
		d.Hint = "remove one of these includes"
		return nil
	}
	if l.full {
		return nil
	}
	l.includes++
	src, problem := l.readScriptFile(name)
	switch {
	case problem != "":
		d := l.diags.Errorf(n.FileRange, "the included script cannot be read: %s", problem)
		d.Detail = "File names are relative to the folder of " + l.main
		d.Hint = l.suggestFile(name)
		return nil
	case len(chain) >= maxDepth:
		l.reportLimit(n, "includes are nested more than 16 deep")
		return nil
	case l.includes > maxIncludes:
		l.reportLimit(n, "the script includes other scripts more than 1000 times")
		return nil
	case l.total+len(src) > maxTotal:
		l.reportLimit(n, "the script and its includes are larger than 16 MiB")
		return nil
	}
	return l.parseWithIncludes(name, src, chain).Scenes
}

// reportLimit reports that a limit was exceeded, and stops further includes.
func (l *loader) reportLimit(n *Include, problem string) {
	l.full = true
	d := l.diags.Errorf(n.FileRange, "%s", problem)
	d.Hint = "include each script once, or copy its text"
}
