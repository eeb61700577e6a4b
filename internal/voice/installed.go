package voice

import (
	"context"
	"slices"
	"strings"

	"mynah/internal/utter"
)

// neural is the engine whose voices users install as folders of model files. They sound better than those of
// the catalogue.
const neural = "piper"

// listInstalledVoices returns the installed neural voices.
func (b *Booth) listInstalledVoices(ctx context.Context) []Voice {
	e, ok := b.engines[neural]
	if !ok {
		return nil
	}
	list, err := e.Voices(ctx)
	if err != nil {
		return nil
	}
	var out []Voice
	for _, v := range list {
		out = append(out, b.newVoice(e, v))
	}
	return out
}

// findInstalled finds a voice by the name that its engine uses, such as en_US-amy-medium or slt. Names of the
// catalogue and of hosted services have precedence.
func (b *Booth) findInstalled(ctx context.Context, name string) (Voice, bool) {
	name = strings.TrimSpace(name)
	if name == "" || b.catalogue.isKnownName(name) {
		return Voice{}, false
	}
	for _, v := range b.listInstalledVoices(ctx) {
		if strings.EqualFold(v.EngineVoice, name) {
			v.Name = v.EngineVoice
			return v, true
		}
	}
	for _, v := range b.catalogue.voices {
		if id, _, _ := strings.Cut(v.EngineVoice, "+"); v.Engine == EngineFlite && strings.EqualFold(id, name) {
			v.Name, v.Pitch = id, utter.Factor{}
			return v, b.canUseVoice(ctx, v)
		}
	}
	return Voice{}, false
}

// isKnownName reports whether a name is one of the catalogue or of a hosted service.
func (c *Catalogue) isKnownName(name string) bool {
	name = foldName(name)
	_, own := c.byName[name]
	_, unspoken := c.unspoken[name]
	_, hosted := c.hosted[name]
	return own || unspoken || hosted
}

// preferInstalledVoice replaces a catalogue voice by an installed neural voice of the same region and gender. If no voice was
// named, or no other voice speaks the language, a voice of another gender may replace it.
func (b *Booth) preferInstalledVoice(ctx context.Context, v Voice, m Match) (Voice, Match) {
	if v.Engine != EngineEspeak && v.Engine != EngineFlite && m.Kind != Unspoken || m.Kind == Unknown {
		return v, m
	}
	if slices.ContainsFunc(b.cfg.Extra, func(x Voice) bool { return foldName(x.Name) == v.Name }) {
		return v, m // the settings define this voice
	}
	if _, chosen := b.catalogue.findConfiguredDefault(v.Language); chosen && m.Kind == Default {
		return v, m
	}
	var found *Voice
	for _, n := range b.listInstalledVoices(ctx) {
		same := normalizeTag(n.Language) == normalizeTag(v.Language)
		near := isSameLanguage(n.Language, v.Language) &&
			(m.Kind == Unspoken || !strings.Contains(normalizeTag(v.Language), "-"))
		switch {
		case !same && !near:
			continue
		case n.Gender == v.Gender:
			found = &n
		case found == nil && (m.Kind == Default || m.Kind == Unspoken):
			found = &n
			continue
		default:
			continue
		}
		break
	}
	if found == nil {
		return v, m
	}
	out := *found
	out.Code = v.Code
	if m.Kind != Default {
		out.Name = v.Name
	}
	if m.Kind == Unspoken {
		m = Match{Kind: Named}
	}
	return out, m
}
