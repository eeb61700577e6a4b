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

// Choice is the result of looking for a script in a folder.
type Choice struct {
	// Script is the path of the script, or "" if none exists or the choice is ambiguous.
	Script string
	// Candidates are the paths of the possible scripts, Decks the names of presentations in the same
	// folder.
	Candidates, Decks []string
}

// listMainScriptNames returns the names of main scripts, in order of precedence.
func listMainScriptNames() []string { return []string{"script.md", "source.md", "index.md", "main.md"} }

// ChooseScript finds the script of a folder: script.md, source.md, index.md or main.md; else the only .md
// file; else the only .txt file. It ignores files that usually accompany a project, files that Mynah
// wrote, translations, files that another script includes or names, and NAME.md next to NAME.pdf,
// which contains the notes of a presentation.
func ChooseScript(fsys fs.FS, dir string) (Choice, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return Choice{}, err
	}
	var texts []string
	var c Choice
	decks := map[string]bool{} // names without extension
	for _, e := range entries {
		name := e.Name()
		switch ext := strings.ToLower(path.Ext(name)); {
		case e.IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "._"):
		case IsPresentationName(name):
			c.Decks = append(c.Decks, name)
			decks[strings.TrimSuffix(name, path.Ext(name))] = ext == ".pdf"
		case isScriptName(name) && !IsCompanionName(name):
			texts = append(texts, name)
		}
	}
	texts = slices.DeleteFunc(texts, func(name string) bool {
		pdf := decks[strings.TrimSuffix(name, path.Ext(name))]
		return pdf && strings.EqualFold(path.Ext(name), ".md")
	})
	texts = removeTranslations(texts)
	for _, want := range listMainScriptNames() {
		if i := slices.IndexFunc(texts, func(n string) bool { return strings.EqualFold(n, want) }); i >= 0 {
			c.Script, c.Candidates = path.Join(dir, texts[i]), []string{path.Join(dir, texts[i])}
			return c, nil
		}
	}
	texts = removeReferencedFiles(fsys, dir, texts)
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

// IsPresentationName reports whether a file is a presentation, by its name.
func IsPresentationName(name string) bool {
	return slices.Contains([]string{".pptx", ".ppt", ".odp", ".pdf"}, strings.ToLower(path.Ext(name)))
}

// isScriptName reports whether a file has the extension of a script.
func isScriptName(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".txt"}, strings.ToLower(path.Ext(name)))
}

// IsCompanionName reports whether a text file usually accompanies a project, such as README, or is written
// by Mynah next to a video.
func IsCompanionName(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") { // hidden, or the lock file of an open document
		return true
	}
	for _, prefix := range []string{"readme", "license", "licence", "changelog", "contributing", "notice", "security"} {
		if rest, ok := strings.CutPrefix(lower, prefix); ok && (rest == "" || !isASCIILetter(rest[0])) {
			return true
		}
	}
	return strings.HasSuffix(lower, names.EndTranscript) || strings.HasSuffix(lower, names.EndChapters)
}

func isASCIILetter(c byte) bool { return c >= 'a' && c <= 'z' }

// removeTranslations removes translations, such as script.de.md, if their original is in names.
func removeTranslations(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		base, _, ok := script.ParseTranslationName(name)
		return ok && slices.Contains(names, base)
	})
}

// removeReferencedFiles removes files that another script includes or names as its lexicon.
func removeReferencedFiles(fsys fs.FS, dir string, names []string) []string {
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
		for _, other := range listReferencedFiles(name, src) {
			if other = norm.NFC.String(path.Clean(other)); other != norm.NFC.String(name) {
				named[other] = true
			}
		}
	}
	left := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return named[norm.NFC.String(n)] })
	if len(left) == 0 { // all files include each other
		return names
	}
	return left
}

// listReferencedFiles returns the files that a script includes or uses as its lexicon.
func listReferencedFiles(name string, src []byte) []string {
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
