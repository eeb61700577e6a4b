package voice

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/utter"
)

// Namer is an engine that tells about a voice without asking anybody: one whose voices are
// not all known, or are too many for a list. False is a voice that it does not have here.
type Namer interface {
	Named(id string) (EngineVoice, bool)
}

// Versioner is an engine whose voices change one by one; what it gives for a voice is
// part of the keys of what that voice says.
type Versioner interface {
	VoiceVersion(ctx context.Context, id string) (string, error)
}

// AboutVoice asks an engine about a voice; one that is no Namer is believed to have it.
func AboutVoice(e Engine, id string) (EngineVoice, bool) {
	if n, ok := e.(Namer); ok {
		return n.Named(id)
	}
	return EngineVoice{ID: id}, id != ""
}

// VersionOf asks an engine for the version of a voice, which is empty where the
// engine's own says all.
func VersionOf(ctx context.Context, e Engine, id string) (string, error) {
	if v, ok := e.(Versioner); ok {
		return v.VoiceVersion(ctx, id)
	}
	return "", nil
}

// withLanguages fills in the languages of voices for which the settings name none.
func (b *Booth) withLanguages(voices []Voice) []Voice {
	out := slices.Clone(voices)
	for i, v := range out {
		if e, ok := b.engines[v.Engine]; ok && v.Language == "" {
			told, _ := AboutVoice(e, v.EngineVoice)
			out[i].Language = told.Language
		}
		out[i].Language = cmp.Or(out[i].Language, b.cfg.Language)
	}
	return out
}

// with adds the voices of the settings: they hide those of the catalogue that have their
// names, and defaults go before the first of their language.
func (c *Catalogue) with(extra []Voice, defaults map[string]Voice) *Catalogue {
	for _, v := range extra {
		v.LanguageName = c.languageName(v.Language)
		if i, ok := c.byName[foldName(v.Name)]; ok {
			v.Styles = []utter.Style{utter.Spell}
			c.voices[i] = v
			continue
		}
		c.add(v)
	}
	c.defaults = map[string]Voice{}
	for tag, v := range defaults {
		v.LanguageName = c.languageName(v.Language)
		c.defaults[canonical(tag)] = v
	}
	return c
}

// languageName is a language's name in English, as far as the catalogue knows it.
func (c *Catalogue) languageName(tag string) string {
	if list := c.ForLanguage(tag); len(list) > 0 {
		if canonical(list[0].Language) == canonical(tag) {
			return list[0].LanguageName
		}
		name, _, _ := strings.Cut(list[0].LanguageName, " (")
		return name
	}
	return tag
}

// defaultFor is the voice that the settings name for a language: for the very tag, or for the
// language without its region.
func (c *Catalogue) defaultFor(language string) (Voice, bool) {
	tag := canonical(language)
	base, _, _ := strings.Cut(tag, "-")
	v, ok := c.defaults[tag]
	if !ok {
		v, ok = c.defaults[base]
	}
	return v, ok && tag != ""
}

// reference reads ENGINE/ID, the name of any voice of an engine that is here, and names of
// the settings whose language nobody tells: both then read the script's language.
func (b *Booth) reference(name, language string) (Voice, bool) {
	if v, ok := b.catalogue.ByName(name); ok && b.untold(v) {
		return b.inLanguage(v, language), true
	}
	engine, id, ok := strings.Cut(strings.TrimSpace(name), "/")
	e, here := b.engines[strings.ToLower(engine)]
	if !ok || !here || id == "" {
		return Voice{}, false
	}
	for _, v := range b.catalogue.catalogueAndDefaults() {
		if v.Engine == e.Name() && v.EngineVoice == id {
			if b.untold(v) {
				v = b.inLanguage(v, language)
			}
			v.Name = e.Name() + "/" + id
			return v, true
		}
	}
	told, _ := AboutVoice(e, id)
	return b.voiceOf(e, EngineVoice{ID: id, Language: cmp.Or(told.Language, language), Gender: told.Gender}), true
}

// untold reports whether neither the settings nor its engine know the language of a voice.
func (b *Booth) untold(v Voice) bool {
	return slices.ContainsFunc(b.cfg.Extra, func(x Voice) bool {
		e, here := b.engines[x.Engine]
		if !here || x.Language != "" || foldName(x.Name) != foldName(v.Name) {
			return false
		}
		told, _ := AboutVoice(e, x.EngineVoice)
		return told.Language == ""
	})
}

func (b *Booth) inLanguage(v Voice, language string) Voice {
	v.Language, v.LanguageName = language, b.catalogue.languageName(language)
	return v
}

// catalogueAndDefaults are the voices of the catalogue, and the defaults of the settings.
func (c *Catalogue) catalogueAndDefaults() []Voice {
	out := c.Voices()
	for _, tag := range sortedKeys(c.defaults) {
		out = append(out, c.defaults[tag])
	}
	return out
}

// voiceOf is an engine's voice under the name ENGINE/ID.
func (b *Booth) voiceOf(e Engine, v EngineVoice) Voice {
	v.Language = cmp.Or(v.Language, b.cfg.Language)
	if v.Gender == "" {
		v.Gender = b.catalogue.genderOf(parseForeign(v.ID).given)
	}
	return Voice{
		Name: e.Name() + "/" + v.ID, Language: v.Language, LanguageName: b.catalogue.languageName(v.Language),
		Gender: v.Gender, Engine: e.Name(), EngineVoice: v.ID, Styles: []utter.Style{utter.Spell},
	}
}

// configured lists the voices of engines that are not those of the catalogue, by engine
// and name. Engines that cannot be asked list none.
func (b *Booth) configured(ctx context.Context) []Voice {
	var out []Voice
	for _, name := range sortedKeys(b.engines) {
		e := b.engines[name]
		if name == EngineEspeak || name == EngineFlite {
			continue
		}
		list, err := e.Voices(ctx)
		if err != nil {
			continue
		}
		for _, v := range list {
			out = append(out, b.voiceOf(e, v))
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Instead finds the voice that speaks for one whose engine failed, where the settings
// allow that: one of the catalogue, of the same language and, if there is one, of the same
// gender. Only failures of an engine count, not those of a disk or a stop.
func (b *Booth) Instead(ctx context.Context, v Voice, err error) (Voice, bool) {
	code := fault.CodeOf(err)
	if !b.cfg.Fallback || v.Engine == EngineEspeak || v.Engine == EngineFlite || code != fault.ToolFailed && code != fault.ToolMissing {
		return Voice{}, false
	}
	return b.likeOthers(ctx, v)
}

// likeOthers finds a voice of the catalogue by an engine of this machine, for one that
// cannot speak.
func (b *Booth) likeOthers(ctx context.Context, v Voice) (Voice, bool) {
	for _, strict := range []bool{true, false} {
		for _, other := range b.catalogue.ForLanguage(v.Language) {
			local := other.Engine == EngineEspeak || other.Engine == EngineFlite
			if (!strict || other.Gender == v.Gender || v.Gender == "") && local && other.Engine != v.Engine && b.usable(ctx, other) {
				return other, true
			}
		}
	}
	return Voice{}, false
}
