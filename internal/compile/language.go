package compile

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/script"
)

// FindScriptForLanguage returns the script to build for a video in a language: a translation next to the
// script, or the script itself if that is its language. Callers that derive file names from the
// built script use it too, so that videos in different languages get different names.
func FindScriptForLanguage(fsys fs.FS, name, tag string, variables map[string]string) (string, error) {
	if base, _, ok := script.ParseTranslationName(name); ok && isFile(fsys, base) {
		name = base
	}
	main, _ := script.Load(fsys, name, script.Options{Variables: variables})
	own := "en"
	if l := main.Script.Header.Language; l != nil {
		own = *l
	}
	// A translation states its language in its name, so it is preferred over a script with the
	// same language.
	languages := ListTranslationLanguages(fsys, name)
	all := append(slices.Clone(languages), own)
	found, ok := matchLanguage(tag, all)
	if !ok {
		found, ok = expandLanguage(tag, own, languages)
	}
	switch {
	case ok && slices.Contains(languages, found):
		return script.FormatTranslationName(name, found), nil
	case ok:
		return name, nil
	}
	f := fault.New(fault.Input, nil, "%s has no translation for the language %q", path.Base(name), tag)
	missing := path.Base(script.FormatTranslationName(name, tag))
	if len(languages) == 0 {
		return "", f.WithHint("write %s next to it, with the same scenes", missing)
	}
	there := append([]string{own}, languages...)
	return "", f.WithHint("it exists in %s; write %s next to it for another language", strings.Join(there, ", "), missing)
}

// matchLanguage finds a language in a list: exactly, in different case, or by its primary tag,
// such as de for de-DE.
func matchLanguage(tag string, languages []string) (string, bool) {
	if slices.Contains(languages, tag) {
		return tag, true
	}
	for tag != "" {
		if i := slices.IndexFunc(languages, func(l string) bool { return strings.EqualFold(l, tag) }); i >= 0 {
			return languages[i], true
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return "", false
}

// expandLanguage finds the language that a shorter tag means, such as pt-BR for pt: the script's own, or
// the only such translation. The header's language is not considered: otherwise a script in en
// would be hidden by its translation into en-GB.
func expandLanguage(tag, own string, languages []string) (string, bool) {
	means := func(l string) bool {
		return len(l) > len(tag) && l[len(tag)] == '-' && strings.EqualFold(l[:len(tag)], tag)
	}
	if means(own) {
		return own, true
	}
	languages = slices.DeleteFunc(slices.Clone(languages), func(l string) bool { return !means(l) })
	if len(languages) != 1 {
		return "", false
	}
	return languages[0], true
}

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

// ListTranslationLanguages lists the languages of the translations next to a script.
func ListTranslationLanguages(fsys fs.FS, name string) []string {
	entries, err := fs.ReadDir(fsys, path.Dir(name))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		base, tag, ok := script.ParseTranslationName(e.Name())
		if ok && !e.IsDir() && base == path.Base(name) {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	return out
}
