package script

import (
	"path"
	"strings"
)

// parseFilePath parses a scalar as the name of a file of the project, or reports why it cannot be one. The
// name is not changed, and the file need not exist.
func (p *parser) parseFilePath(name string, v value, allowed string) (File, bool) {
	if v.kind != scalarValue || v.text == "" {
		p.reportValue(name, v, allowed, nil)
		return File{}, false
	}
	problem, hint := p.checkPath(v.text)
	if problem == "" {
		return File{Name: v.text, Range: v.at}, true
	}
	d := p.diags.Errorf(v.at, "%s cannot be %s: %s", name, quoteForMessage(v.text), problem)
	d.Detail = "File names are relative to the folder of the script and must be inside its project"
	d.Hint = hint
	return File{}, false
}

// checkPath returns the problem of a file name and a hint for the author; both are "" if the name is
// valid.
func (p *parser) checkPath(name string) (problem, hint string) {
	slashed := strings.ReplaceAll(name, `\`, "/")
	switch {
	case isURL(slashed):
		return "it is a web address", "download the file and put it next to the script"
	case strings.HasPrefix(slashed, "/"), len(slashed) > 2 && slashed[1] == ':' && slashed[2] == '/',
		strings.HasPrefix(slashed, "~/"):
		return "it is an absolute path", "copy the file next to the script and write only its name"
	case len(name) > maxPath:
		return "it is longer than a file name can be", ""
	}
	full := path.Join(p.folder, slashed)
	if full == ".." || strings.HasPrefix(full, "../") {
		return "it is outside the project", "copy the file into the project"
	}
	if full == "." || strings.HasSuffix(slashed, "/") || path.Base(slashed) == "." || path.Base(slashed) == ".." {
		return "it is a folder", "write the name of a file in that folder"
	}
	return "", ""
}

// maxPath is the maximum length of a path on common systems, in bytes.
const maxPath = 4096

// isURL reports whether a name is an address: scheme://… or data:….
func isURL(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	if strings.HasPrefix(s, "//") || strings.HasPrefix(strings.ToLower(s), "data:") {
		return true
	}
	if !ok || scheme == "" {
		return false
	}
	for _, c := range []byte(scheme) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// findLowerExtension returns the extension of a name in lower case, including the dot.
func findLowerExtension(name string) string { return strings.ToLower(path.Ext(name)) }
