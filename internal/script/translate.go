package script

import (
	"maps"
	"path"
	"reflect"
	"strings"

	tags "golang.org/x/text/language"

	"mynah/internal/diag"
)

// TranslationName names the script that tells the same film in a language (BCP 47):
// "script.md" in German is "script.de.md".
func TranslationName(name, tag string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + tag + ext
}

// TranslationOf tells which script a name is a translation of, and into which language, by
// the name alone: "script.de.md" is "script.md" in "de". Of languages of three letters only
// those count that voices speak: nearly every short word is the tag of some language, and
// "script.old.md" is no translation.
func TranslationOf(name string) (base, tag string, ok bool) {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	tag = strings.TrimPrefix(path.Ext(stem), ".")
	stem = strings.TrimSuffix(stem, "."+tag)
	if tag == "" || path.Base(stem) == "." || path.Base(stem) == "" || len(tag) < 2 {
		return "", "", false
	}
	if _, err := tags.Parse(tag); err != nil || !spoken(tag) {
		return "", "", false
	}
	return stem + ext, tag, true
}

// spoken tells whether a tag's language has two letters, or three and voices.
func spoken(tag string) bool {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch base {
	case "bpy", "cmn", "fil", "grc", "gsw", "hak", "haw", "hyw", "jbo", "kok", "lfn", "ltg",
		"nan", "nci", "nog", "pap", "quc", "shn", "smj", "wuu", "yue":
		return true
	}
	return len(base) == 2
}

// Translate fills up a translation from the script that it is of: what its header leaves
// out is as there, but for what belongs to a language (voice, title, author, description,
// lexicon); its own language is that of its name, where its header does not say another.
// It tells scenes that have no counterpart, or in which nothing is said that is said in
// the other.
func Translate(translation, base *Script, tag string) diag.List {
	fill(&translation.Header.Properties, base.Header.Properties, tag)
	var list diag.List
	for i := range base.Scenes {
		b := &base.Scenes[i]
		if i >= len(translation.Scenes) {
			d := list.Errorf(b.Range, "scene %d has no translation: %s has %d scenes, %s %d", i+1, base.File, len(base.Scenes), translation.File, len(translation.Scenes))
			d.Detail = "A translation has the scenes of its script, one for one"
			d.Hint = "add the scene to " + translation.File
			return list
		}
		t := &translation.Scenes[i]
		if said(b) && !said(t) {
			d := list.Errorf(t.Range, "scene %d says nothing, and in %s:%d something is said", i+1, base.File, b.Range.Start.Line)
			d.Detail = "A translation has the scenes of its script, one for one"
			d.Hint = "translate its narration, or take the narration out of " + base.File
		}
	}
	if n := len(base.Scenes); len(translation.Scenes) > n && !list.HasErrors() {
		d := list.Errorf(translation.Scenes[n].Range, "scene %d has no counterpart: %s has %d scenes", n+1, base.File, n)
		d.Detail = "A translation has the scenes of its script, one for one"
		d.Hint = "add the scene to " + base.File + ", or take it out here"
	}
	return list
}

// said tells whether a scene has narration.
func said(s *Scene) bool {
	for _, n := range s.Nodes {
		switch n.(type) {
		case *Narration, *SSML, *Audio:
			return true
		}
	}
	return false
}

// fill takes properties that are not set from another header.
func fill(to *Properties, from Properties, tag string) {
	own := *to
	t, f := reflect.ValueOf(to).Elem(), reflect.ValueOf(from)
	for i := range t.NumField() {
		if t.Field(i).Kind() == reflect.Pointer && t.Field(i).IsNil() {
			t.Field(i).Set(f.Field(i))
		}
	}
	to.Voice, to.Title, to.Author, to.Description, to.Lexicon = own.Voice, own.Title, own.Author, own.Description, own.Lexicon
	if to.Language = own.Language; to.Language == nil {
		to.Language = &tag
	}
	places := map[string]diag.Range{}
	maps.Copy(places, from.Places)
	maps.Copy(places, own.Places)
	to.Places = places
}
