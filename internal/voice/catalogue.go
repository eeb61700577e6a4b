package voice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	tags "golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Voice is a named voice.
type Voice struct {
	Name         string  `json:"name"`         // lower-case ASCII letters
	Language     string  `json:"language"`     // BCP 47
	LanguageName string  `json:"languageName"` // in English
	Gender       Gender  `json:"gender"`
	Engine       string  `json:"engine"`
	EngineVoice  string  `json:"engineVoice"`
	Styles       []Style `json:"styles,omitempty"`   // that the voice honours
	Speed        float64 `json:"speed,omitempty"`    // factor on every line; 0 is 1
	Pitch        float64 `json:"pitch,omitempty"`    // factor on every line; 0 is 1
	Limited      bool    `json:"limited,omitempty"`  // reads the language only in part
	Phonemes     bool    `json:"phonemes,omitempty"` // says IPA as it is written
}

// The engines that the catalogue refers to.
const (
	EngineEspeak = "espeak-ng"
	EngineFlite  = "flite"
)

// Catalogue is the list of voices with its indexes. It is read-only.
type Catalogue struct {
	voices   []Voice
	byName   map[string]int
	hosted   map[string]namesake
	defaults map[string]Voice // of the settings, by canonical tag
}

// NewCatalogue makes the catalogue: flite's voices, then those by espeak-ng in the
// order of their languages.
func NewCatalogue() *Catalogue {
	c := &Catalogue{byName: map[string]int{}, hosted: namesakes()}
	langs := languages()
	names := map[string]string{}
	for _, l := range langs {
		names[l.tag] = l.name
	}
	for _, f := range fliteVoices() {
		c.add(Voice{
			Name: f.name, Language: f.tag, LanguageName: names[f.tag], Gender: f.gender,
			Engine: EngineFlite, EngineVoice: f.id, Pitch: f.pitch,
		})
	}
	for _, l := range langs {
		for _, g := range []Gender{Female, Male} {
			list := l.female
			if g == Male {
				list = l.male
			}
			for i, name := range strings.Fields(list) {
				c.add(Voice{
					Name: name, Language: l.tag, LanguageName: l.name, Gender: g,
					Engine: EngineEspeak, EngineVoice: l.id + espeakVariant(g, i), Limited: l.limited,
				})
			}
		}
	}
	return c
}

func (c *Catalogue) add(v Voice) {
	v.Styles = []Style{Spell}
	c.byName[v.Name] = len(c.voices)
	c.voices = append(c.voices, v)
}

// espeakVariant tells the n-th voice of a gender apart from the others.
func espeakVariant(g Gender, n int) string {
	variants := []string{"+m3", "+m1", "+m7", "+m2"}
	if g == Female {
		variants = []string{"+f2", "+f3", "+f4", "+f5"}
	}
	return variants[n%len(variants)]
}

// Voices lists all voices in the order of the catalogue.
func (c *Catalogue) Voices() []Voice { return slices.Clone(c.voices) }

// ByName finds a voice; case, accents and blanks at the ends do not matter.
func (c *Catalogue) ByName(name string) (Voice, bool) {
	i, ok := c.byName[foldName(name)]
	if !ok {
		return Voice{}, false
	}
	return c.voices[i], true
}

// foldName takes accents, case and outer blanks off a name: "Céline" is "celine".
func foldName(name string) string {
	s := norm.NFKD.String(strings.TrimSpace(name))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
	return strings.ToLower(s)
}

// ForLanguage lists the voices for a BCP 47 tag: those of the very tag first, then
// those of the same language elsewhere. It is empty for a language nobody speaks.
func (c *Catalogue) ForLanguage(tag string) []Voice {
	tag = canonical(tag)
	base, _, _ := strings.Cut(tag, "-")
	var exact, near []Voice
	for _, v := range c.voices {
		own := canonical(v.Language)
		ownBase, _, _ := strings.Cut(own, "-")
		switch {
		case own == tag:
			exact = append(exact, v)
		case ownBase == base:
			near = append(near, v)
		}
	}
	return append(exact, near...)
}

// canonical brings the tags in use for one language together, in lower case.
func canonical(tag string) string {
	tag = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	base, rest, more := strings.Cut(tag, "-")
	switch base {
	case "no", "nn":
		base = "nb"
	case "cmn":
		base = "zh"
	case "yue":
		return "zh-hk"
	case "iw":
		base = "he"
	case "in":
		base = "id"
	case "hbs", "sh":
		base = "sr"
	case "tl", "fil":
		base = "fil"
	}
	switch base + "-" + rest {
	case "zh-hant-hk", "zh-yue", "zh-mo", "zh-hant-mo":
		return "zh-hk"
	case "zh-hans", "zh-hant", "zh-tw", "zh-sg", "zh-hans-cn", "zh-hant-tw":
		return "zh-cn"
	case "es-mx", "es-us", "es-ar", "es-co", "es-cl", "es-pe", "es-ve", "es-cu", "es-uy":
		return "es-419"
	}
	if !more {
		return base
	}
	return base + "-" + rest
}

// Match tells how a name was resolved.
type Match struct {
	Kind    MatchKind
	StandIn bool     // the engine of the voice is missing, another speaks
	Nearest []string // names that the author may have meant; of Unknown
	Warning string   // for the author; may be empty
}

// MatchKind is how a name was resolved.
type MatchKind string

// The kinds of matches.
const (
	Named   MatchKind = "named"   // a voice of the catalogue
	Default MatchKind = "default" // none was named: the first of the language
	Unknown MatchKind = "unknown" // no such name: the first of the language
)

func (m *Match) warn(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if m.Warning != "" {
		s = m.Warning + "; " + s
	}
	m.Warning = s
}

// Resolve finds a voice by name: one of the catalogue, or one of its language and gender for
// a name that hosted services know. An empty name gets the default voice of the language
// (BCP 47), an unknown one such as de-DE-KatjaNeural a voice of the language it begins with
// and, if its name is known, of its gender; a language that no voice speaks, or none, that of
// English.
func (c *Catalogue) Resolve(name, language string) (Voice, Match) {
	if v, ok := c.ByName(name); ok {
		return v, Match{Kind: Named}
	}
	if n, ok := c.hosted[foldName(name)]; ok {
		return c.likely(n.tag, n.gender), Match{Kind: Named}
	}
	m := Match{Kind: Default}
	v, spoken := c.defaultVoice(language)
	if own, id := languageIn(name); own != "" && len(c.ForLanguage(own)) > 0 {
		v, spoken = c.likely(own, c.given(id)), true
	}
	if strings.TrimSpace(name) != "" {
		m.Kind = Unknown
		m.Nearest = c.NearestNames(name)
		m.warn("there is no voice %q; %s speaks instead", name, v.Name)
	}
	if !spoken && strings.TrimSpace(language) != "" {
		m.warn("no voice speaks the language %q; %s speaks English", language, v.Name)
	}
	return v, m
}

// languageIn is the language and region that a service's name of a voice begins with, empty
// where it begins with none, and the given name in the rest: de-DE and Katja for
// de-DE-KatjaNeural.
func languageIn(name string) (tag, given string) {
	const most = 100 // bytes; no service has longer names
	parts := strings.SplitN(strings.TrimSpace(name), "-", 3)
	if len(parts) < 3 || len(name) > most {
		return "", ""
	}
	base, err := tags.ParseBase(parts[0])
	if err != nil {
		return "", ""
	}
	region, err := tags.ParseRegion(parts[1])
	if err != nil || !region.IsCountry() {
		return "", ""
	}
	return base.String() + "-" + region.String(), strings.TrimSuffix(parts[2], "Neural")
}

func (c *Catalogue) defaultVoice(language string) (v Voice, spoken bool) {
	if v, ok := c.chosen(language); ok {
		return v, true
	}
	if list := c.ForLanguage(language); len(list) > 0 && strings.TrimSpace(language) != "" {
		return list[0], true
	}
	return c.ForLanguage("en-US")[0], false
}

// NearestNames are up to three names that are within a few letters of the one given,
// the nearest first.
func (c *Catalogue) NearestNames(name string) []string {
	const most, longestName = 3, 32
	want := []rune(foldName(name))
	if len(want) == 0 || len(want) > longestName {
		return nil
	}
	type near struct {
		name string
		far  int
	}
	var found []near
	for _, v := range c.voices {
		if d := distance(want, []rune(v.Name)); d <= max(1, len(want)/3) {
			found = append(found, near{v.Name, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, n := range found[:min(most, len(found))] {
		out = append(out, n.name)
	}
	return out
}

// distance is how many letters must be put in, taken out or changed.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, ra := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, rb := range b {
			cost := diagonal
			if ra != rb {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
