package upload

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"mynah/internal/fault"
	"mynah/internal/names"
)

// Source finds the main script of a project and gives its path inside of root. The
// source is the path that a request named: it is looked for from the root, then inside
// of the only top folder. Without a source, the only text file (.md, .markdown, .txt) at
// the top, or in the only top folder, is meant. A named source may be a deck as well
// (.pptx, .ppt, .odp, .pdf), which callers tell by its extension.
//
// The error is a fault: Input when there is no such file, or no way to choose, and Disk
// when the project cannot be read.
func Source(root fs.FS, source string) (string, error) {
	top, err := topFolder(root)
	if err != nil {
		return "", err
	}
	if source == "" {
		return onlyText(root, top)
	}
	name := path.Clean(source)
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") {
		return "", refuse("the source %s lies outside of the archive", quote(source))
	}
	for _, candidate := range []string{name, path.Join(top, name)} {
		if !fs.ValidPath(candidate) || strings.ContainsRune(candidate, 0) {
			continue
		}
		candidate = names.AnyForm(root).Real(candidate)
		info, err := fs.Stat(root, candidate)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		switch {
		case err != nil:
			return "", projectFailed(err)
		case info.IsDir():
			return "", refuse("the source %s is a folder, not a file", quote(source))
		case !isText(candidate) && !isDeck(candidate):
			return "", refuse("the source %s must be a .md, .markdown, .txt, .pptx, .ppt, .odp or .pdf file", quote(source))
		}
		return candidate, nil
	}
	return "", missing(root, source, name)
}

// topFolder is the only thing at the top, if that is a folder.
func topFolder(root fs.FS) (string, error) {
	list, err := fs.ReadDir(root, ".")
	if err != nil {
		return "", projectFailed(err)
	}
	if len(list) == 1 && list[0].IsDir() {
		return list[0].Name(), nil
	}
	return "", nil
}

func projectFailed(err error) error {
	return fault.New(fault.Disk, err, "the files of the project could not be read")
}

func isText(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".txt"}, strings.ToLower(path.Ext(name)))
}

func isDeck(name string) bool {
	return slices.Contains([]string{".pptx", ".ppt", ".odp", ".pdf"}, strings.ToLower(path.Ext(name)))
}

func onlyText(root fs.FS, top string) (string, error) {
	list, err := fs.ReadDir(root, cmp.Or(top, "."))
	if err != nil {
		return "", projectFailed(err)
	}
	var found []string
	for _, f := range list {
		if f.Type().IsRegular() && isText(f.Name()) {
			found = append(found, path.Join(top, f.Name()))
		}
	}
	switch len(found) {
	case 0:
		return "", fault.New(fault.Input, nil, "there is no .md or .txt file at the top of the archive").
			WithHint("name the main script's path in the archive with source")
	case 1:
		return found[0], nil
	}
	return "", fault.New(fault.Input, nil, "the archive has several files that could be the main script: %s", listed(found, 10)).
		WithHint("name one of them with source")
}

// missing names what was perhaps meant: the same name elsewhere, or names that are spelt
// nearly like it.
func missing(root fs.FS, source, name string) error {
	var all []string
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (isText(p) || isDeck(p)) {
			all = append(all, p)
		}
		return err
	})
	if err != nil {
		return projectFailed(err)
	}
	if len(all) == 0 {
		return refuse("the source %s is not in the archive, and neither is any other script", quote(source))
	}
	// A path that is not in the archive may be as long as a request.
	name = name[:min(len(name), 1024)]
	far := func(p string) int {
		whole := levenshtein.Distance(strings.ToLower(name), strings.ToLower(p), nil)
		return min(whole, levenshtein.Distance(strings.ToLower(path.Base(name)), strings.ToLower(path.Base(p)), nil))
	}
	distance := make(map[string]int, len(all))
	for _, p := range all[:min(len(all), 1000)] {
		distance[p] = far(p)
	}
	near := slices.SortedStableFunc(slices.Values(all[:min(len(all), 1000)]), func(a, b string) int {
		return cmp.Compare(distance[a], distance[b])
	})
	return refuse("the source %s is not in the archive; the nearest is %s", quote(source), listed(near, 3))
}

// listed joins the first names of a list.
func listed(list []string, most int) string {
	var out []string
	for _, n := range list[:min(len(list), most)] {
		out = append(out, quote(n))
	}
	text := strings.Join(out, ", ")
	if len(list) > most {
		text += ", …"
	}
	return text
}
