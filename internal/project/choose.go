package project

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/names"
	"mynah/internal/script"
)

// Choice is what a folder holds that may be built, where no script was named.
type Choice struct {
	// Script is the one that is meant, by its path in the file system; "" where no file is,
	// or several that could be.
	Script string
	// Candidates are the scripts that could be meant, Decks the presentations beside them.
	Candidates, Decks []string
}

// The names of main scripts, the first that is there counts.
func mainNames() []string { return []string{"script.md", "source.md", "index.md", "main.md"} }

// Choose finds the script of a folder: script.md, source.md, index.md or main.md, else the one
// .md, else the one .txt. Files that come with a project, that Mynah wrote, that translate
// another script or that one includes or names are not counted. A presentation counts where
// there is no script; NAME.md beside NAME.pdf is its notes.
func Choose(fsys fs.FS, dir string) (Choice, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return Choice{}, err
	}
	var texts []string
	var c Choice
	decks := map[string]bool{} // names without their ending
	for _, e := range entries {
		name := e.Name()
		switch ext := strings.ToLower(path.Ext(name)); {
		case e.IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "._"):
		case IsDeck(name):
			c.Decks = append(c.Decks, name)
			decks[strings.TrimSuffix(name, path.Ext(name))] = ext == ".pdf"
		case isScriptName(name) && !ComesAlong(name):
			texts = append(texts, name)
		}
	}
	texts = slices.DeleteFunc(texts, func(name string) bool {
		pdf := decks[strings.TrimSuffix(name, path.Ext(name))]
		return pdf && strings.EqualFold(path.Ext(name), ".md")
	})
	texts = withoutTranslations(texts)
	for _, want := range mainNames() {
		if i := slices.IndexFunc(texts, func(n string) bool { return strings.EqualFold(n, want) }); i >= 0 {
			c.Script, c.Candidates = path.Join(dir, texts[i]), []string{path.Join(dir, texts[i])}
			return c, nil
		}
	}
	texts = withoutNamed(fsys, dir, texts)
	markdown := slices.DeleteFunc(slices.Clone(texts), func(n string) bool { return strings.EqualFold(path.Ext(n), ".txt") })
	if len(markdown) > 0 {
		texts = markdown
	}
	for _, n := range texts {
		c.Candidates = append(c.Candidates, path.Join(dir, n))
	}
	if len(c.Candidates) == 1 {
		c.Script = c.Candidates[0]
	}
	return c, nil
}

// IsDeck reports whether a file is a presentation, by its name.
func IsDeck(name string) bool {
	return slices.Contains([]string{".pptx", ".ppt", ".odp", ".pdf"}, strings.ToLower(path.Ext(name)))
}

// isScriptName reports whether a file may be a script, by its name.
func isScriptName(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".txt"}, strings.ToLower(path.Ext(name)))
}

// ComesAlong reports whether a text is one that comes with a project, or that Mynah writes beside
// a film.
func ComesAlong(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") { // hidden, or the lock of an open document
		return true
	}
	for _, prefix := range []string{"readme", "license", "licence", "changelog", "contributing", "notice", "security"} {
		if rest, ok := strings.CutPrefix(lower, prefix); ok && (rest == "" || !isLetter(rest[0])) {
			return true
		}
	}
	return strings.HasSuffix(lower, names.EndTranscript) || strings.HasSuffix(lower, names.EndChapters)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

// withoutTranslations leaves out script.de.md beside script.md.
func withoutTranslations(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		base, _, ok := script.TranslationOf(name)
		return ok && slices.Contains(names, base)
	})
}

// withoutNamed leaves out texts that another one includes or names.
func withoutNamed(fsys fs.FS, dir string, names []string) []string {
	const mostFiles, mostBytes = 200, 1 << 20
	if len(names) < 2 || len(names) > mostFiles {
		return names
	}
	named := map[string]bool{}
	for _, name := range names {
		f, err := fsys.Open(path.Join(dir, name))
		if err != nil {
			continue
		}
		src, err := io.ReadAll(io.LimitReader(f, mostBytes))
		_ = f.Close()
		if err != nil {
			continue
		}
		for _, other := range mentions(name, src) {
			if other = norm.NFC.String(path.Clean(other)); other != norm.NFC.String(name) {
				named[other] = true
			}
		}
	}
	left := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return named[norm.NFC.String(n)] })
	if len(left) == 0 { // they include each other
		return names
	}
	return left
}

// mentions lists the texts that a script includes or takes as its lexicon.
func mentions(name string, src []byte) []string {
	if !strings.Contains(string(src), "include") && !strings.Contains(string(src), "lexicon") {
		return nil
	}
	s, _ := script.Parse(name, src)
	var out []string
	if s.Header.Lexicon != nil {
		out = append(out, s.Header.Lexicon.Name)
	}
	for i := range s.Scenes {
		for _, n := range s.Scenes[i].Nodes {
			if in, ok := n.(*script.Include); ok {
				out = append(out, in.File)
			}
		}
	}
	return out
}
