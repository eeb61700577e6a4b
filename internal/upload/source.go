package upload

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/names"
	"mynah/internal/project"
	"mynah/internal/similar"
)

// FindSource returns the path of a project's main script in root. source is the path in the request: it is searched
// from the root, then from the only top folder. If source is empty, project.Choose selects a file at the top or
// in the only top folder. A given source may also be a presentation (.pptx, .ppt, .odp, .pdf), which callers
// recognise by its extension.
//
// The error is a fault: Input if there is no such file or no clear choice, Disk if the project cannot be read.
func FindSource(root fs.FS, source string) (string, error) {
	top, err := findOnlyFolder(root)
	if err != nil {
		return "", err
	}
	if source == "" {
		return chooseScript(root, top)
	}
	name := path.Clean(source)
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") {
		return "", newRefusal("the source %s is outside the archive", quoteName(source))
	}
	for _, candidate := range []string{name, path.Join(top, name)} {
		if !fs.ValidPath(candidate) || strings.ContainsRune(candidate, 0) {
			continue
		}
		candidate = names.NewAnyFormFS(root).FindStoredName(candidate)
		info, err := fs.Stat(root, candidate)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		switch {
		case err != nil:
			return "", newProjectError(err)
		case info.IsDir():
			return "", newRefusal("the source %s is a folder, not a file", quoteName(source))
		case !isTextFileName(candidate) && !project.IsPresentationName(candidate):
			return "", newRefusal("the source %s must be a .md, .markdown, .txt, .pptx, .ppt, .odp or .pdf file",
				quoteName(source))
		}
		return candidate, nil
	}
	return "", newMissingSourceError(root, top, source, name)
}

// findOnlyFolder returns the only entry at the top, if it is a folder.
func findOnlyFolder(root fs.FS) (string, error) {
	list, err := fs.ReadDir(root, ".")
	if err != nil {
		return "", newProjectError(err)
	}
	if len(list) == 1 && list[0].IsDir() {
		return list[0].Name(), nil
	}
	return "", nil
}

func newProjectError(err error) error {
	return fault.New(fault.Disk, err, "the files of the project could not be read")
}

func isTextFileName(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".txt"}, strings.ToLower(path.Ext(name)))
}

// chooseScript returns the main script if no source was given; see project.Choose.
func chooseScript(root fs.FS, top string) (string, error) {
	c, err := project.ChooseScript(root, cmp.Or(top, "."))
	if err != nil {
		return "", newProjectError(err)
	}
	const most = 10
	switch {
	case c.Script != "":
		return c.Script, nil
	case len(c.Candidates) > 1:
		return "", fault.New(fault.Input, nil,
			"the archive has several files that could be the main script: %s",
			joinFirstNames(trimTopFolder(c.Candidates, top), most)).
			WithHint("choose one of them with source")
	case len(c.Decks) == 1:
		return path.Join(top, c.Decks[0]), nil
	case len(c.Decks) > 1:
		return "", fault.New(fault.Input, nil,
			"the archive has several presentations and no script: %s", joinFirstNames(c.Decks, most)).
			WithHint("choose one of them with source")
	}
	deeper, err := listPossibleSources(root)
	if err != nil {
		return "", err
	}
	if len(deeper) == 0 {
		return "", fault.New(fault.Input, nil, "there is no .md or .txt file in the archive that could be the script").
			WithHint("put the script at the top of the archive, as script.md")
	}
	byDepth := func(a, b string) int { return cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")) }
	slices.SortStableFunc(deeper, byDepth)
	return "", fault.New(fault.Input, nil,
		"there is no .md or .txt file at the top of the archive that could be the script; in its folders are %s",
		joinFirstNames(trimTopFolder(deeper, top), most)).
		WithHint("set source to the path of the main script in the archive")
}

// trimTopFolder removes the archive's top folder from file names, since users do not know it.
func trimTopFolder(names []string, top string) []string {
	var out []string
	for _, n := range names {
		out = append(out, strings.TrimPrefix(n, top+"/"))
	}
	return out
}

// listPossibleSources lists the possible scripts and presentations in an archive.
func listPossibleSources(root fs.FS) ([]string, error) {
	var all []string
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (isTextFileName(p) || project.IsPresentationName(p)) &&
			!project.IsCompanionName(path.Base(p)) {
			all = append(all, p)
		}
		return err
	})
	if err != nil {
		return nil, newProjectError(err)
	}
	return all, nil
}

// newMissingSourceError returns the error for a missing source. It suggests the same name elsewhere, or
// similar names.
func newMissingSourceError(root fs.FS, top, source, name string) error {
	all, err := listPossibleSources(root)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return newRefusal("the source %s is not in the archive, which contains no script", quoteName(source))
	}
	// The requested path may be very long.
	name = name[:min(len(name), 1024)]
	far := func(p string) int {
		const most = 1 << 16
		whole := similar.CountEditsUpTo(strings.ToLower(name), strings.ToLower(p), most)
		return min(whole, similar.CountEditsUpTo(strings.ToLower(path.Base(name)), strings.ToLower(path.Base(p)), most))
	}
	distance := make(map[string]int, len(all))
	for _, p := range all[:min(len(all), 1000)] {
		distance[p] = far(p)
	}
	near := slices.SortedStableFunc(slices.Values(all[:min(len(all), 1000)]), func(a, b string) int {
		return cmp.Compare(distance[a], distance[b])
	})
	return newRefusal("the source %s is not in the archive; the nearest is %s",
		quoteName(source), joinFirstNames(trimTopFolder(near, top), 3))
}

// joinFirstNames joins the first names of a list.
func joinFirstNames(list []string, most int) string {
	var out []string
	for _, n := range list[:min(len(list), most)] {
		out = append(out, quoteName(n))
	}
	text := strings.Join(out, ", ")
	if len(list) > most {
		text += ", …"
	}
	return text
}
