package slide

import (
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/markup"
)

// Limits of the files that one slide may read.
const (
	maxFile  = 64 << 20
	maxFiles = 200
)

// projectFiles are the files of the project that a slide may use. They are read once, and the page can
// load no others. The slide's cache key therefore covers all its files.
type projectFiles struct {
	files    map[string][]byte
	theme    string // text of the project's theme, a style sheet
	brand    brand
	diagrams map[int]string // HTML of diagrams, by index of the block
	warnings []Warning
	fsys     fs.FS
	at       diag.Range
}

// gatherFiles reads the theme of the project, the files that it refers to, and the images of the slide.
func gatherFiles(r Request) *projectFiles {
	k := &projectFiles{files: map[string][]byte{}, fsys: r.Files, at: r.newWarningRange()}
	if file := r.findThemeFile(); file != "" {
		if b, ok := k.readFile(file); ok {
			k.theme = string(b)
			k.readReferences(file)
		} else {
			k.addWarning("the theme "+r.Theme+" cannot be read", "a theme is default, light, dark, paper, bold, or a CSS file of the project")
		}
	}
	if r.Brand != "" {
		before := k.warnings
		k.readBrand(r.Brand)
		if r.Ground != nil {
			k.warnings = before // the slides report the same
		}
	}
	if r.Ground != nil && r.Ground.Watermark != nil {
		k.addReference(escapePath(r.Ground.Watermark.File), ".", "the watermark")
	}
	for _, b := range r.Blocks {
		if b.Kind != frame.MarkdownBlock {
			continue
		}
		k.at = b.Range
		for _, src := range markup.RenderMarkdown(b.Text, markup.All).Images {
			k.addReference(src, ".", "the slide")
		}
	}
	return k
}

func (k *projectFiles) addWarning(summary, hint string) {
	w := Warning{Range: k.at, Summary: summary, Hint: hint}
	if !slices.Contains(k.warnings, w) {
		k.warnings = append(k.warnings, w)
	}
}

// readFile reads a file and keeps its bytes. It returns false for names outside the project, and for files
// that are missing or too large.
func (k *projectFiles) readFile(name string) ([]byte, bool) {
	if b, ok := k.files[name]; ok {
		return b, true
	}
	if k.fsys == nil || !fs.ValidPath(name) || len(k.files) >= maxFiles {
		return nil, false
	}
	fi, err := fs.Stat(k.fsys, name)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() > maxFile {
		return nil, false
	}
	b, err := fs.ReadFile(k.fsys, name)
	if err != nil {
		return nil, false
	}
	k.files[name] = b
	return b, true
}

// readReferences reads the files that a style sheet refers to.
func (k *projectFiles) readReferences(file string) {
	for _, ref := range findReferences(string(k.files[file])) {
		if !ref.address {
			// Any string may be an address, as in image-set(). It is one if a file of this name exists.
			if name, ok := toProjectPath(ref.text, path.Dir(file)); ok && path.Ext(name) != "" {
				k.readWithReferences(name)
			}
			continue
		}
		k.addReference(ref.text, path.Dir(file), file)
	}
}

// addReference reads the file at an address, or adds a warning.
func (k *projectFiles) addReference(address, dir, from string) {
	if address == "" || strings.HasPrefix(address, "#") || hasScheme(address, "data") {
		return
	}
	name, ok := toProjectPath(address, dir)
	switch {
	case !ok:
		k.addWarning(from+" asks for "+shortenForMessage(address)+", which is not a file of the project",
			"slides load only files of the project: put it there, with a path inside the project")
	case !k.readWithReferences(name):
		k.addWarning(from+" asks for "+shortenForMessage(address)+", which does not exist",
			"put a file there: "+name+", from the project's folder")
	}
}

// readWithReferences reads a file, and the files that it refers to if it is a style sheet. It returns false if the
// file cannot be read.
func (k *projectFiles) readWithReferences(name string) bool {
	if _, ok := k.files[name]; ok {
		return true
	}
	if _, ok := k.readFile(name); !ok {
		return false
	}
	if path.Ext(name) == ".css" {
		k.readReferences(name)
	}
	return true
}

func hasScheme(address, scheme string) bool {
	before, _, ok := strings.Cut(address, ":")
	return ok && strings.EqualFold(before, scheme)
}

// toProjectPath returns the name of the project's file at an address; dir is the folder of the file that
// contains the address. It returns false if the address is not a relative path or leaves the project.
func toProjectPath(address, dir string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	name := path.Join(dir, u.Path)
	return name, fs.ValidPath(name)
}

func shortenForMessage(s string) string {
	const most = 100
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// reference is a string in a style sheet that may be an address.
type reference struct {
	text    string
	address bool // the string is in url() or after @import
}

// findReferences returns the addresses in a style sheet, tokenized according to css-syntax-3: in url(),
// with and without quotes, after @import, and all other strings.
func findReferences(css string) []reference {
	s := &sheetScanner{css: css}
	var out []reference
	word := ""
	for s.at < len(s.css) {
		c := s.css[s.at]
		switch {
		case strings.HasPrefix(s.css[s.at:], "/*"):
			s.skipComment()
			continue // a comment does not separate tokens here
		case c == '"' || c == '\'':
			text := s.readQuoted(c)
			out = append(out, reference{text: text, address: word == "@import" || word == "url("})
			word = ""
		case c == '(' && strings.EqualFold(word, "url"):
			s.at++
			if text, bare := s.readUnquoted(); bare {
				out = append(out, reference{text: text, address: true})
				word = ""
			} else {
				word = "url("
			}
		case c == '@' || c == '\\' || c == '-' || c == '_' || c >= 0x80 || 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9':
			word = strings.ToLower(s.readWord())
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			s.at++
			if word != "@import" {
				word = ""
			}
		default:
			s.at++
			word = ""
		}
	}
	return out
}

type sheetScanner struct {
	css string
	at  int
}

func (s *sheetScanner) skipComment() {
	if i := strings.Index(s.css[s.at+2:], "*/"); i >= 0 {
		s.at += i + 4
		return
	}
	s.at = len(s.css)
}

// readQuoted reads a quoted string. An unescaped line end ends it, too.
func (s *sheetScanner) readQuoted(quote byte) string {
	var out strings.Builder
	for s.at++; s.at < len(s.css); {
		switch c := s.css[s.at]; c {
		case quote, '\n':
			s.at++
			return out.String()
		case '\\':
			s.readEscape(&out)
		default:
			out.WriteByte(c)
			s.at++
		}
	}
	return out.String()
}

// readUnquoted reads the address in a url() without quotes, from after the opening bracket. It returns false
// if the address is quoted.
func (s *sheetScanner) readUnquoted() (string, bool) {
	for s.at < len(s.css) && strings.IndexByte(" \t\r\n\f", s.css[s.at]) >= 0 {
		s.at++
	}
	if s.at < len(s.css) && (s.css[s.at] == '"' || s.css[s.at] == '\'') {
		return "", false
	}
	var out strings.Builder
	for s.at < len(s.css) && s.css[s.at] != ')' {
		if s.css[s.at] == '\\' {
			s.readEscape(&out)
			continue
		}
		out.WriteByte(s.css[s.at])
		s.at++
	}
	return strings.TrimSpace(out.String()), true
}

func (s *sheetScanner) readWord() string {
	var out strings.Builder
	for s.at < len(s.css) {
		c := s.css[s.at]
		switch {
		case c == '\\':
			s.readEscape(&out)
		case c == '@' || c == '-' || c == '_' || c >= 0x80 || 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9':
			out.WriteByte(c)
			s.at++
		default:
			return out.String()
		}
	}
	return out.String()
}

// readEscape decodes an escape sequence: a backslash with up to six hexadecimal digits and an optional
// blank, or with a literal character.
func (s *sheetScanner) readEscape(out *strings.Builder) {
	s.at++
	code, digits := rune(0), 0
	for s.at < len(s.css) && digits < 6 {
		d := strings.IndexByte("0123456789abcdef", s.css[s.at]|0x20)
		if d < 0 || s.css[s.at] < '0' {
			break
		}
		code = code<<4 | rune(d)
		digits++
		s.at++
	}
	switch {
	case digits > 0:
		out.WriteRune(code)
		if s.at < len(s.css) && strings.IndexByte(" \t\n", s.css[s.at]) >= 0 {
			s.at++
		}
	case s.at < len(s.css):
		if s.css[s.at] != '\n' {
			out.WriteByte(s.css[s.at])
		}
		s.at++
	}
}
