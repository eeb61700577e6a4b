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
	Styles       []utter.Style `json:"styles,omitempty"`   // styles that the voice supports
	Speed        utter.Factor  `json:"speed,omitzero"`     // factor for every line
	Pitch        utter.Factor  `json:"pitch,omitzero"`     // factor for every line
	Limited      bool          `json:"limited,omitempty"`  // the engine reads the language only in part
	Phonemes     bool          `json:"phonemes,omitempty"` // the engine speaks IPA exactly as written
	// Code is the hosted service's language code, if its list contains the name.
	Code string `json:"code,omitempty"`
}

// ToLanguageCode returns the language code that lists for clients of the hosted service contain.
func (v Voice) ToLanguageCode() string { return cmp.Or(v.Code, v.Language) }

// The engines that the catalogue refers to.
const (
	EngineEspeak = "espeak-ng"
	EngineFlite  = "flite"
)

// Catalogue is the list of voices with its indexes. It is read-only after construction.
type Catalogue struct {
	voices   []Voice
	own      int // number of voices before those with names of hosted services
	byName   map[string]int
	hosted   map[string]namesake
	unspoken map[string]Voice // by name: hosted voices whose language no engine speaks
	defaults map[string]Voice // from the settings, by canonical language tag
}

// NewCatalogue returns the catalogue: flite's voices, espeak-ng's voices in the order of their languages, then
// the voices with names of hosted services.
func NewCatalogue() *Catalogue {
	c := &Catalogue{byName: map[string]int{}, hosted: listNamesakes(), unspoken: map[string]Voice{}}
	fixed := map[string]string{} // languages of the names that hosted services define
	for _, h := range listHostedVoices() {
		fixed[h.name] = toBCP47(h.code)
	}
	add := func(v Voice) {
		if tag, ok := fixed[v.Name]; !ok || normalizeTag(tag) == normalizeTag(v.Language) {
			c.addVoice(v)
		}
	}
	langs := listEspeakLanguages()
	names := map[string]string{}
	for _, l := range langs {
		names[l.tag] = l.name
	}
	for _, f := range listFliteVoices() {
		add(Voice{
			Name: f.name, Language: f.tag, LanguageName: names[f.tag], Gender: f.gender,
			Engine: EngineFlite, EngineVoice: f.id, Pitch: utter.NewFactor(f.pitch),
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
					Engine: EngineEspeak, EngineVoice: l.id + formatEspeakVariant(g, i), Limited: l.limited,
				})
			}
		}
	}
	c.own = len(c.voices)
	c.addHostedVoices()
	return c
}

func (c *Catalogue) addVoice(v Voice) {
	v.Styles = []utter.Style{utter.Spell}
	c.byName[v.Name] = len(c.voices)
	c.voices = append(c.voices, v)
}

// formatEspeakVariant returns the suffix of an espeak-ng voice for the n-th voice of a gender.
func formatEspeakVariant(g Gender, n int) string {
	variants := []string{"+m3", "+m1", "+m7", "+m2"}
	if g == Female {
		variants = []string{"+f2", "+f3", "+f4", "+f5"}
	}
	return variants[n%len(variants)]
}

// ListVoices returns all voices in the order of the catalogue.
func (c *Catalogue) ListVoices() []Voice { return slices.Clone(c.voices) }

// FindByName finds a voice by name, ignoring case, accents, and leading and trailing blanks.
func (c *Catalogue) FindByName(name string) (Voice, bool) {
	i, ok := c.byName[foldName(name)]
	if !ok {
		return Voice{}, false
	}
	return c.voices[i], true
}

// foldName removes accents, case and outer blanks from a name: "Céline" becomes "celine".
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

// ListForLanguage returns the voices for a BCP 47 tag: first those of exactly this tag, then those of the same
// language with another region. The result is empty if no voice speaks the language.
func (c *Catalogue) ListForLanguage(tag string) []Voice { return listForLanguage(c.voices, tag) }

func listForLanguage(voices []Voice, tag string) []Voice {
	tag = normalizeTag(tag)
	base, _, _ := strings.Cut(tag, "-")
	var exact, near []Voice
	for _, v := range voices {
		own := normalizeTag(v.Language)
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

// ToCanonicalTag returns the lower-case tag that the catalogue uses for a language: "nb" for "no".
func ToCanonicalTag(tag string) string { return normalizeTag(tag) }

// normalizeTag maps the tags that are in use for one language to one lower-case tag.
func normalizeTag(tag string) string {
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

// Match describes how a voice name was resolved.
type Match struct {
	Kind    MatchKind
	StandIn bool     // the voice's engine is missing and another voice speaks
	Nearest []string // similar names, if Kind is Unknown
	Warning string   // message for the author; may be empty
	Hint    string   // what to do about the warning; may be empty
}

// MatchKind says how a voice name was resolved.
type MatchKind string

// The kinds of matches.
const (
	Named    MatchKind = "named"    // a voice of the catalogue
	Default  MatchKind = "default"  // no name: the default voice of the language
	Unknown  MatchKind = "unknown"  // no voice has the name: the default voice of the language
	Likened  MatchKind = "likened"  // another service's name: a voice of the same language and gender
	Unspoken MatchKind = "unspoken" // a name of a language that no installed voice speaks
)

// addWarning adds a message to Warning.
func (m *Match) addWarning(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if m.Warning != "" {
		s = m.Warning + "; " + s
	}
	m.Warning = s
}

// Resolve finds a voice by name.
//
// An empty name resolves to the default voice of language (BCP 47). A name that another service uses, such as
// de-DE-KatjaNeural, resolves to a voice of its language and, if known, its gender. Any other unknown name
// resolves to the default voice of language. If no voice speaks the language, or it is empty, the result is the
// default voice of English.
func (c *Catalogue) Resolve(name, language string) (Voice, Match) {
	if v, ok := c.FindByName(name); ok {
		return v, Match{Kind: Named}
	}
	if v, ok := c.unspoken[foldName(name)]; ok {
		return c.resolveUnspokenHostedVoice(v)
	}
	if n, ok := c.hosted[foldName(name)]; ok {
		return c.chooseByGender(n.tag, n.gender), Match{Kind: Named}
	}
	m := Match{Kind: Default}
	v, spoken := c.chooseDefaultVoice(language)
	if strings.TrimSpace(name) == "" {
		if !spoken && strings.TrimSpace(language) != "" {
			m.addWarning("no voice speaks the language %q; %s speaks English", language, v.Name)
		}
		return v, m
	}
	m.Kind = Unknown
	if f := parseForeignName(name); f.tag != "" && len(c.ListForLanguage(f.tag)) > 0 {
		v, spoken = c.chooseByGender(f.tag, cmp.Or(f.gender, c.findGenderByName(f.given))), true
		m.Kind, m.Hint = Likened, f.hint
	} else if tag, called := c.findLanguageByName(name); tag != "" {
		list := c.ListForLanguage(tag)
		m.Hint = fmt.Sprintf("%s is a language: write language: %s, or choose one of its voices, such as %s",
			called, tag, list[0].Name)
	} else {
		m.Nearest = c.FindNearestNames(name)
	}
	m.addWarning("unknown voice %q; %s speaks instead", name, v.Name)
	if !spoken && strings.TrimSpace(language) != "" {
		m.addWarning("no voice speaks the language %q; %s speaks English", language, v.Name)
	}
	return v, m
}

// resolveUnspokenHostedVoice resolves a hosted voice's name whose language the catalogue's engines do not speak. A
// voice of the settings may speak it.
func (c *Catalogue) resolveUnspokenHostedVoice(v Voice) (Voice, Match) {
	if _, ok := c.findConfiguredDefault(v.Language); ok || len(c.ListForLanguage(v.Language)) > 0 {
		return c.chooseByGender(v.Language, v.Gender), Match{Kind: Named}
	}
	base, _, _ := strings.Cut(normalizeTag(v.Language), "-")
	m := Match{Kind: Unspoken, Hint: fmt.Sprintf(
		"install a voice that does: run mynah voices available --language %s to list them; "+
			"or configure a voice of another engine: engines and voices in mynah.yaml", base)}
	m.addWarning("the voice %s speaks %s, and no installed voice speaks it", v.Name, v.LanguageName)
	return v, m
}

// findLanguageByName finds the language that has a name, such as German or deutsch, and returns its tag and its
// English name. Both are empty if no language has the name.
func (c *Catalogue) findLanguageByName(name string) (tag, called string) {
	want := foldName(name)
	for _, l := range listEspeakLanguages() {
		t, err := tags.Parse(l.tag)
		base, _, _ := strings.Cut(l.name, " (")
		if err != nil {
			continue
		}
		if want == foldName(base) || want == foldName(display.Self.Name(t)) ||
			normalizeTag(want) == normalizeTag(t.String()) {
			return l.tag, base
		}
		b, _ := t.Base()
		if normalizeTag(want) == normalizeTag(b.String()) ||
			want == foldName(display.Self.Name(tags.Make(b.String()))) {
			return b.String(), base
		}
	}
	return "", ""
}

// chooseDefaultVoice returns the default voice of a language, or that of English if no voice speaks it.
func (c *Catalogue) chooseDefaultVoice(language string) (v Voice, spoken bool) {
	if v, ok := c.findConfiguredDefault(language); ok {
		return v, true
	}
	if strings.TrimSpace(language) != "" {
		list := append(listForLanguage(c.voices[:c.own], language), c.ListForLanguage(language)...)
		if len(list) > 0 {
			return list[0], true
		}
	}
	return listForLanguage(c.voices[:c.own], "en-US")[0], false
}

// FindNearestNames returns up to three voice names that differ from a name by few letters, the nearest first.
func (c *Catalogue) FindNearestNames(name string) []string {
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
	const lettersPerSlip = 4 // in a name; each four letters allow one more typing error
	for _, v := range c.voices {
		slips := max(1, letters/lettersPerSlip)
		if d := similar.CountEditsUpTo(want, v.Name, slips+1); d <= slips {
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
