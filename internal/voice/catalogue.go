package voice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	tags "golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"mynah/internal/similar"
	"mynah/internal/utter"
)

// Voice is a named voice.
type Voice struct {
	Name         string        `json:"name"`         // lower-case ASCII letters
	Language     string        `json:"language"`     // BCP 47
	LanguageName string        `json:"languageName"` // in English
	Gender       Gender        `json:"gender"`
	Engine       string        `json:"engine"`
	EngineVoice  string        `json:"engineVoice"`
	Styles       []utter.Style `json:"styles,omitempty"`   // that the voice honours
	Speed        utter.Factor  `json:"speed,omitzero"`     // on every line
	Pitch        utter.Factor  `json:"pitch,omitzero"`     // on every line
	Limited      bool          `json:"limited,omitempty"`  // reads the language only in part
	Phonemes     bool          `json:"phonemes,omitempty"` // says IPA as it is written
	// Code is the language's code of the hosted service, where its list has the name.
	Code string `json:"code,omitempty"`
}

// LanguageCode is the language as lists for clients of the hosted service have it.
func (v Voice) LanguageCode() string { return cmp.Or(v.Code, v.Language) }

// The engines that the catalogue refers to.
const (
	EngineEspeak = "espeak-ng"
	EngineFlite  = "flite"
)

// Catalogue is the list of voices with its indexes. It is read-only.
type Catalogue struct {
	voices   []Voice
	own      int // of voices, those before the names of hosted services
	byName   map[string]int
	hosted   map[string]namesake
	unspoken map[string]Voice // hosted voices whose language no engine speaks, by name
	defaults map[string]Voice // of the settings, by canonical tag
}

// NewCatalogue makes the catalogue: flite's voices, then those by espeak-ng in the
// order of their languages.
func NewCatalogue() *Catalogue {
	c := &Catalogue{byName: map[string]int{}, hosted: namesakes(), unspoken: map[string]Voice{}}
	fixed := map[string]string{} // languages of names that hosted services have given a meaning
	for _, h := range hostedVoices() {
		fixed[h.name] = tagOf(h.code)
	}
	add := func(v Voice) {
		if tag, ok := fixed[v.Name]; !ok || canonical(tag) == canonical(v.Language) {
			c.add(v)
		}
	}
	langs := languages()
	names := map[string]string{}
	for _, l := range langs {
		names[l.tag] = l.name
	}
	for _, f := range fliteVoices() {
		add(Voice{
			Name: f.name, Language: f.tag, LanguageName: names[f.tag], Gender: f.gender,
			Engine: EngineFlite, EngineVoice: f.id, Pitch: utter.Times(f.pitch),
		})
	}
	for _, l := range langs {
		for _, g := range []Gender{Female, Male} {
			list := l.female
			if g == Male {
				list = l.male
			}
			for i, name := range strings.Fields(list) {
				add(Voice{
					Name: name, Language: l.tag, LanguageName: l.name, Gender: g,
					Engine: EngineEspeak, EngineVoice: l.id + espeakVariant(g, i), Limited: l.limited,
				})
			}
		}
	}
	c.own = len(c.voices)
	c.addHosted()
	return c
}

func (c *Catalogue) add(v Voice) {
	v.Styles = []utter.Style{utter.Spell}
	c.byName[v.Name] = len(c.voices)
	c.voices = append(c.voices, v)
}

// espeakVariant distinguishes the n-th voice of a gender from the others.
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
func (c *Catalogue) ForLanguage(tag string) []Voice { return forLanguage(c.voices, tag) }

func forLanguage(voices []Voice, tag string) []Voice {
	tag = canonical(tag)
	base, _, _ := strings.Cut(tag, "-")
	var exact, near []Voice
	for _, v := range voices {
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

// Canonical is the tag by which a language is known here: "nb" of "no", in lower case.
func Canonical(tag string) string { return canonical(tag) }

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
	Hint    string   // what to do about the warning; may be empty
}

// MatchKind is how a name was resolved.
type MatchKind string

// The kinds of matches.
const (
	Named    MatchKind = "named"    // a voice of the catalogue
	Default  MatchKind = "default"  // none was named: the first of the language
	Unknown  MatchKind = "unknown"  // no such name: the first of the language
	Likened  MatchKind = "likened"  // a name of another service: one of its language and gender
	Unspoken MatchKind = "unspoken" // a name of a language that no voice here speaks
)

func (m *Match) warn(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if m.Warning != "" {
		s = m.Warning + "; " + s
	}
	m.Warning = s
}

// Resolve finds a voice by name: one of the catalogue, or one of its language and gender for
// a name that other services know. An empty name gets the default voice of the language
// (BCP 47), an unknown one such as de-DE-KatjaNeural a voice of the language that it names
// and, if its name is known, of its gender; a language that no voice speaks, or none, that of
// English.
func (c *Catalogue) Resolve(name, language string) (Voice, Match) {
	if v, ok := c.ByName(name); ok {
		return v, Match{Kind: Named}
	}
	if v, ok := c.unspoken[foldName(name)]; ok {
		return c.resolveUnspoken(v)
	}
	if n, ok := c.hosted[foldName(name)]; ok {
		return c.likely(n.tag, n.gender), Match{Kind: Named}
	}
	m := Match{Kind: Default}
	v, spoken := c.defaultVoice(language)
	if strings.TrimSpace(name) == "" {
		if !spoken && strings.TrimSpace(language) != "" {
			m.warn("no voice speaks the language %q; %s speaks English", language, v.Name)
		}
		return v, m
	}
	m.Kind = Unknown
	if f := parseForeign(name); f.tag != "" && len(c.ForLanguage(f.tag)) > 0 {
		v, spoken = c.likely(f.tag, cmp.Or(f.gender, c.genderOf(f.given))), true
		m.Kind, m.Hint = Likened, f.hint
	} else if tag, called := c.languageNamed(name); tag != "" {
		list := c.ForLanguage(tag)
		m.Hint = fmt.Sprintf("%s is a language: write language: %s, or choose one of its voices, such as %s", called, tag, list[0].Name)
	} else {
		m.Nearest = c.NearestNames(name)
	}
	m.warn("unknown voice %q; %s speaks instead", name, v.Name)
	if !spoken && strings.TrimSpace(language) != "" {
		m.warn("no voice speaks the language %q; %s speaks English", language, v.Name)
	}
	return v, m
}

// resolveUnspoken resolves a name of a language that the engines of the catalogue do not
// speak; a voice of the settings may.
func (c *Catalogue) resolveUnspoken(v Voice) (Voice, Match) {
	if _, ok := c.defaultFor(v.Language); ok || len(c.ForLanguage(v.Language)) > 0 {
		return c.likely(v.Language, v.Gender), Match{Kind: Named}
	}
	base, _, _ := strings.Cut(canonical(v.Language), "-")
	m := Match{Kind: Unspoken, Hint: fmt.Sprintf("install a voice that does: run mynah voices available --language %s to list them; "+
		"or configure a voice of another engine: engines and voices in mynah.yaml", base)}
	m.warn("the voice %s speaks %s, and no installed voice speaks it", v.Name, v.LanguageName)
	return v, m
}

// languageNamed finds the language that a name is, as German or deutsch, and its English name.
func (c *Catalogue) languageNamed(name string) (tag, called string) {
	want := foldName(name)
	for _, l := range languages() {
		t, err := tags.Parse(l.tag)
		base, _, _ := strings.Cut(l.name, " (")
		if err != nil {
			continue
		}
		if want == foldName(base) || want == foldName(display.Self.Name(t)) || canonical(want) == canonical(t.String()) {
			return l.tag, base
		}
		if b, _ := t.Base(); canonical(want) == canonical(b.String()) || want == foldName(display.Self.Name(tags.Make(b.String()))) {
			return b.String(), base
		}
	}
	return "", ""
}

func (c *Catalogue) defaultVoice(language string) (v Voice, spoken bool) {
	if v, ok := c.defaultFor(language); ok {
		return v, true
	}
	if strings.TrimSpace(language) != "" {
		list := append(forLanguage(c.voices[:c.own], language), c.ForLanguage(language)...)
		if len(list) > 0 {
			return list[0], true
		}
	}
	return forLanguage(c.voices[:c.own], "en-US")[0], false
}

// NearestNames are up to three names that are within a few letters of the one given,
// the nearest first.
func (c *Catalogue) NearestNames(name string) []string {
	const most, longestName = 3, 32
	want := foldName(name)
	letters := utf8.RuneCountInString(want)
	if letters == 0 || letters > longestName {
		return nil
	}
	type near struct {
		name string
		far  int
	}
	var found []near
	const lettersPerSlip = 4 // of a name in which one more slip is likely
	for _, v := range c.voices {
		slips := max(1, letters/lettersPerSlip)
		if d := similar.Distance(want, v.Name, slips+1); d <= slips {
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
