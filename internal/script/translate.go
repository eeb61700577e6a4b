package script

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	tags "golang.org/x/text/language"

	"mynah/internal/diag"
)

// FormatTranslationName returns the file name of a script's translation. tag is the language (BCP 47): for
// "script.md" and "de" the name is "script.de.md".
func FormatTranslationName(name, tag string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + tag + ext
}

// ParseTranslationName returns the original's name and the language of a translation, using only its file
// name: "script.de.md" is a translation of "script.md" into "de". Languages of three letters count
// only if a voice speaks them, because most short words are valid tags: "script.old.md" is not a
// translation.
func ParseTranslationName(name string) (base, tag string, ok bool) {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	tag = strings.TrimPrefix(path.Ext(stem), ".")
	stem = strings.TrimSuffix(stem, "."+tag)
	if tag == "" || path.Base(stem) == "." || path.Base(stem) == "" || len(tag) < 2 {
		return "", "", false
	}
	if _, err := tags.Parse(tag); err != nil || !isLikelyLanguage(tag) {
		return "", "", false
	}
	return stem + ext, tag, true
}

// isLikelyLanguage reports whether a tag's language has two letters, or has three letters and a voice.
func isLikelyLanguage(tag string) bool {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch base {
	case "bpy", "cmn", "fil", "grc", "gsw", "hak", "haw", "hyw", "jbo", "kok", "lfn", "ltg",
		"nan", "nci", "nog", "pap", "quc", "shn", "smj", "wuu", "yue":
		return true
	}
	return len(base) == 2
}

// CompleteTranslation copies into a translation the properties that its header does not set, except those that
// depend on the language (voice, title, author, description, lexicon). The language is the one in its
// header, or else tag. CompleteTranslation reports scenes without a counterpart, and scenes that lack narration,
// pictures, callouts or chapters of the original.
func CompleteTranslation(translation, base *Script, tag string) diag.List {
	inheritProperties(&translation.Header.Properties, base.Header.Properties, tag)
	var list diag.List
	tell := func(at diag.Range, hint, format string, args ...any) {
		d := list.Errorf(at, format, args...)
		d.Detail = "A translation must have the same scenes as its script"
		d.Hint = hint
	}
	lacking := map[string][]string{} // numbers of scenes, by what they lack
	counts := fmt.Sprintf("%s has %d scenes, %s %d", base.File, len(base.Scenes), translation.File, len(translation.Scenes))
	for _, p := range pairScenes(base.Scenes, translation.Scenes) {
		switch {
		case p.translation < 0:
			tell(base.Scenes[p.base].Range, "add the scene to "+translation.File, "scene %d has no translation: %s", p.base+1, counts)
		case p.base < 0:
			tell(translation.Scenes[p.translation].Range, "add the scene to "+base.File+", or remove it here",
				"scene %d has no original: %s", p.translation+1, counts)
		case hasNarration(&base.Scenes[p.base]) && !hasNarration(&translation.Scenes[p.translation]):
			tell(translation.Scenes[p.translation].Range, "translate its narration, or remove the narration from "+base.File,
				"scene %d has no narration, but its original at %s:%d has", p.translation+1, base.File, base.Scenes[p.base].Range.Start.Line)
		}
		if p.base >= 0 && p.translation >= 0 {
			for what, n := range countOmittableNodes(&base.Scenes[p.base]) {
				if n > countOmittableNodes(&translation.Scenes[p.translation])[what] {
					lacking[what] = append(lacking[what], strconv.Itoa(p.translation+1))
				}
			}
		}
	}
	for _, what := range []string{"pictures", "callouts", "labels of callouts", "chapters"} {
		if scenes := lacking[what]; len(scenes) > 0 {
			at := translation.Header.Range
			if at.File == "" {
				at = diag.Range{File: translation.File, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
			}
			d := list.Warnf(at, "%s is missing %s that %s has in %s", translation.File, what, base.File, formatScenes(scenes))
			d.Code, d.Hint = diag.TranslationLacks, "copy them from "+base.File+", unless the translation should not have them"
		}
	}
	return list
}

// formatScenes joins scene numbers for a message: "scene 2", "scenes 2, 3 and 5".
func formatScenes(numbers []string) string {
	if n := len(numbers); n > 1 {
		return "scenes " + strings.Join(numbers[:n-1], ", ") + " and " + numbers[n-1]
	}
	return "scene " + numbers[0]
}

// countOmittableNodes counts the pictures, callouts and chapters of a scene, which a translation may lack.
func countOmittableNodes(s *Scene) map[string]int {
	out := map[string]int{}
	for _, n := range s.Nodes {
		switch n := n.(type) {
		case *Picture:
			out["pictures"]++
		case *Callout:
			out["callouts"]++
			if n.Label != "" {
				out["labels of callouts"]++
			}
		case *Chapter:
			out["chapters"]++
		}
	}
	return out
}

// pair contains the indexes of a scene and its translation. An index is -1 if the scene has no
// counterpart.
type pair struct{ base, translation int }

// pairScenes matches scenes with their translations. With equal numbers of scenes it matches them in
// order. Otherwise it matches similar scenes; scenes without a counterpart come as late as possible.
func pairScenes(base, translation []Scene) (out []pair) {
	const most = 4 << 20 // scene comparisons, which take a few milliseconds
	if n, m := len(base), len(translation); n != m && n*m <= most {
		return alignScenes(base, translation)
	}
	for i := range max(len(base), len(translation)) {
		p := pair{i, i}
		if i >= len(base) {
			p.base = -1
		}
		if i >= len(translation) {
			p.translation = -1
		}
		out = append(out, p)
	}
	return out
}

// alignScenes matches the most similar scenes by dynamic programming.
func alignScenes(base, translation []Scene) (out []pair) {
	const gap = 2 // cost of a scene without counterpart
	a, b := newLooks(base), newLooks(translation)
	n, m := len(a), len(b)
	costs := make([]int32, (n+1)*(m+1)) // costs of matching the scenes from i and j to the end
	cost := func(i, j int) int32 { return costs[i*(m+1)+j] }
	both := func(i, j int) int32 {
		if i == n || j == m {
			return math.MaxInt32
		}
		return cost(i+1, j+1) + a[i].measureDifference(b[j])
	}
	for i := n; i >= 0; i-- {
		for j := m; j >= 0; j-- {
			c := both(i, j)
			if i < n {
				c = min(c, cost(i+1, j)+gap)
			}
			if j < m {
				c = min(c, cost(i, j+1)+gap)
			}
			if i < n || j < m {
				costs[i*(m+1)+j] = c
			}
		}
	}
	for i, j := 0, 0; i < n || j < m; {
		switch {
		case cost(i, j) == both(i, j):
			out = append(out, pair{i, j})
			i, j = i+1, j+1
		case i < n && cost(i, j) == cost(i+1, j)+gap:
			out = append(out, pair{i, -1})
			i++
		default:
			out = append(out, pair{-1, j})
			j++
		}
	}
	return out
}

// look contains the features of a scene that its translation should share.
type look struct {
	files, fences string
	said          bool
}

func newLooks(scenes []Scene) []look {
	out := make([]look, len(scenes))
	for i := range scenes {
		l := &out[i]
		l.said = hasNarration(&scenes[i])
		for _, n := range scenes[i].Nodes {
			switch n := n.(type) {
			case *Picture:
				l.files += n.File + "\n"
			case *Fence:
				l.fences += n.Info + "\n"
			}
		}
	}
	return out
}

// measureDifference returns how different two scenes are. Zero means that one may be the translation of the
// other.
func (l look) measureDifference(o look) int32 {
	d := int32(0)
	switch {
	case l.files == o.files:
	case l.files == "" || o.files == "":
		d += 2
	default: // the translation probably shows its own version of the picture
		d++
	}
	if l.fences != o.fences {
		d++
	}
	if l.said != o.said {
		d++
	}
	return d
}

// hasNarration reports whether a scene has narration.
func hasNarration(s *Scene) bool {
	for _, n := range s.Nodes {
		switch n.(type) {
		case *Narration, *SSML, *Audio:
			return true
		}
	}
	return false
}

// inheritProperties copies from the original the properties that are not set, except those that depend on the
// language.
func inheritProperties(to *Properties, from Properties, tag string) {
	from.RemoveUntranslated()
	from.Language = &tag
	to.FillMissing(from)
}
