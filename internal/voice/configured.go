package voice

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/utter"
)

// Namer is an engine that can describe a voice by its ID without a request to a program or service.
// DescribeVoice returns false if the engine does not have the voice.
type Namer interface {
	DescribeVoice(id string) (EngineVoice, bool)
}

// Versioner is an engine whose voices have separate versions. The version of a voice is part of the cache keys
// of its sentences.
type Versioner interface {
	VoiceVersion(ctx context.Context, id string) (string, error)
}

// DescribeVoice returns what an engine reports about a voice. An engine that is no Namer is assumed to have
// every voice with an ID.
func DescribeVoice(e Engine, id string) (EngineVoice, bool) {
	if n, ok := e.(Namer); ok {
		return n.DescribeVoice(id)
	}
	return EngineVoice{ID: id}, id != ""
}

// FindVoiceVersion returns the version of a voice. It is empty if the engine has no separate versions of voices.
func FindVoiceVersion(ctx context.Context, e Engine, id string) (string, error) {
	if v, ok := e.(Versioner); ok {
		return v.VoiceVersion(ctx, id)
	}
	return "", nil
}

// fillMissingLanguages returns the voices with empty languages filled in: the engine's language of the voice, else
// that of the settings.
func (b *Booth) fillMissingLanguages(voices []Voice) []Voice {
	out := slices.Clone(voices)
	for i, v := range out {
		if e, ok := b.engines[v.Engine]; ok && v.Language == "" {
			told, _ := DescribeVoice(e, v.EngineVoice)
			out[i].Language = told.Language
		}
		out[i].Language = cmp.Or(out[i].Language, b.cfg.Language)
	}
	return out
}

// addConfiguredVoices adds the voices and the default voices of the settings. A voice replaces one of the catalogue
// with the same name; a default voice has precedence over the first voice of its language.
func (c *Catalogue) addConfiguredVoices(extra []Voice, defaults map[string]Voice) *Catalogue {
	for _, v := range extra {
		v.LanguageName = c.nameLanguage(v.Language)
		if i, ok := c.byName[foldName(v.Name)]; ok {
			v.Styles = []utter.Style{utter.Spell}
			c.voices[i] = v
			continue
		}
		c.addVoice(v)
	}
	c.defaults = map[string]Voice{}
	for tag, v := range defaults {
		v.LanguageName = c.nameLanguage(v.Language)
		c.defaults[normalizeTag(tag)] = v
	}
	return c
}

// nameLanguage returns a language's name in English, or the tag if the catalogue lacks the language.
func (c *Catalogue) nameLanguage(tag string) string {
	if list := c.ListForLanguage(tag); len(list) > 0 {
		if normalizeTag(list[0].Language) == normalizeTag(tag) {
			return list[0].LanguageName
		}
		name, _, _ := strings.Cut(list[0].LanguageName, " (")
		return name
	}
	return tag
}

// findConfiguredDefault returns the default voice of the settings for exactly this tag, else for the language without
// its region.
func (c *Catalogue) findConfiguredDefault(language string) (Voice, bool) {
	tag := normalizeTag(language)
	base, _, _ := strings.Cut(tag, "-")
	v, ok := c.defaults[tag]
	if !ok {
		v, ok = c.defaults[base]
	}
	return v, ok && tag != ""
}

// resolveEngineVoiceName resolves names of the form ENGINE/ID and names of the settings whose voice has no known
// language. Voices without a known language get the script's language.
func (b *Booth) resolveEngineVoiceName(name, language string) (Voice, bool) {
	if v, ok := b.catalogue.FindByName(name); ok && b.hasUnknownLanguage(v) {
		return b.withLanguage(v, language), true
	}
	engine, id, ok := strings.Cut(strings.TrimSpace(name), "/")
	e, here := b.engines[strings.ToLower(engine)]
	if !ok || !here || id == "" {
		return Voice{}, false
	}
	for _, v := range b.catalogue.listAllVoices() {
		if v.Engine == e.Name() && v.EngineVoice == id {
			if b.hasUnknownLanguage(v) {
				v = b.withLanguage(v, language)
			}
			v.Name = e.Name() + "/" + id
			return v, true
		}
	}
	told, _ := DescribeVoice(e, id)
	return b.newVoice(e, EngineVoice{ID: id, Language: cmp.Or(told.Language, language), Gender: told.Gender}), true
}

// hasUnknownLanguage reports whether a voice is one of the settings for which neither the settings nor the engine name a
// language.
func (b *Booth) hasUnknownLanguage(v Voice) bool {
	return slices.ContainsFunc(b.cfg.Extra, func(x Voice) bool {
		e, here := b.engines[x.Engine]
		if !here || x.Language != "" || foldName(x.Name) != foldName(v.Name) {
			return false
		}
		told, _ := DescribeVoice(e, x.EngineVoice)
		return told.Language == ""
	})
}

// withLanguage returns the voice with its language replaced.
func (b *Booth) withLanguage(v Voice, language string) Voice {
	v.Language, v.LanguageName = language, b.catalogue.nameLanguage(language)
	return v
}

// listAllVoices returns the voices of the catalogue and the default voices of the settings.
func (c *Catalogue) listAllVoices() []Voice {
	out := c.ListVoices()
	for _, tag := range sortKeys(c.defaults) {
		out = append(out, c.defaults[tag])
	}
	return out
}

// newVoice returns an engine's voice as a Voice with the name ENGINE/ID.
func (b *Booth) newVoice(e Engine, v EngineVoice) Voice {
	v.Language = cmp.Or(v.Language, b.cfg.Language)
	if v.Gender == "" {
		v.Gender = b.catalogue.findGenderByName(parseForeignName(v.ID).given)
	}
	return Voice{
		Name: e.Name() + "/" + v.ID, Language: v.Language, LanguageName: b.catalogue.nameLanguage(v.Language),
		Gender: v.Gender, Engine: e.Name(), EngineVoice: v.ID, Styles: []utter.Style{utter.Spell},
	}
}

// listEngineVoices returns the voices of all engines except espeak-ng and flite, ordered by engine. It skips engines
// that fail to list their voices.
func (b *Booth) listEngineVoices(ctx context.Context) []Voice {
	var out []Voice
	for _, name := range sortKeys(b.engines) {
		e := b.engines[name]
		if name == EngineEspeak || name == EngineFlite {
			continue
		}
		list, err := e.Voices(ctx)
		if err != nil {
			continue
		}
		for _, v := range list {
			out = append(out, b.newVoice(e, v))
		}
	}
	return out
}

func sortKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// FindFallbackVoice returns the voice that replaces one whose engine failed with err, if the settings allow that: a
// catalogue voice of the same language and, if possible, the same gender. It returns false for failures that
// are not the engine's, such as a full disk or a cancellation.
func (b *Booth) FindFallbackVoice(ctx context.Context, v Voice, err error) (Voice, bool) {
	code := fault.CodeOf(err)
	if code != fault.ToolFailed && code != fault.ToolMissing ||
		!b.cfg.Fallback || v.Engine == EngineEspeak || v.Engine == EngineFlite {
		return Voice{}, false
	}
	return b.findLocalReplacement(ctx, v)
}

// findLocalReplacement finds a usable espeak-ng or flite voice that replaces a voice which cannot speak. It prefers the
// same gender.
func (b *Booth) findLocalReplacement(ctx context.Context, v Voice) (Voice, bool) {
	for _, strict := range []bool{true, false} {
		for _, other := range b.catalogue.ListForLanguage(v.Language) {
			local := other.Engine == EngineEspeak || other.Engine == EngineFlite
			if (!strict || other.Gender == v.Gender || v.Gender == "") && local && other.Engine != v.Engine &&
				b.canUseVoice(ctx, other) {
				return other, true
			}
		}
	}
	return Voice{}, false
}
