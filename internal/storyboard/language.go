package storyboard

import (
	"strings"

	"mynah/internal/diag"
	"mynah/internal/langid"
	"mynah/internal/script"
)

// mostNarration bounds the text by which a film's language is found, in bytes.
const mostNarration = 64 << 10

// narrationOf gives what a script says, without its SSML.
func narrationOf(s *script.Script) string {
	var b strings.Builder
	for i := range s.Scenes {
		for _, n := range s.Scenes[i].Nodes {
			said, ok := n.(*script.Narration)
			if !ok {
				continue
			}
			for _, r := range said.Runs {
				b.WriteString(r.Text)
			}
			if b.WriteByte('\n'); b.Len() > mostNarration {
				return b.String()
			}
		}
	}
	return b.String()
}

// language settles the film's language: that of the header; else that of the header's voice;
// else the one for which the narration's letters, or enough of its words, clearly speak. It
// stays empty where nothing does.
func (p *planner) language(place func(string) diag.Range) {
	name := value(p.header.Voice, "")
	if p.opt.Voice != "" {
		name = p.opt.Voice
	}
	f := &p.board.Film
	if name != "" {
		v := p.find(place("voice"), name, f.Language)
		if f.Language == "" && v.Code != diag.UnknownVoice {
			f.Language = v.Language
		}
	}
	if f.Language == "" {
		if tag := langid.Of(p.narration); tag != "en" {
			f.Language = tag
		}
	}
}

// defaultVoice is who speaks where no voice is named: the voice of the film's language, if it
// reads the narration's letters, else one that does.
func (p *planner) defaultVoice(r diag.Range) Voice {
	v := p.find(r, "", p.board.Film.Language)
	if p.narration == "" || p.project.Reads(p.narration, v) {
		return v
	}
	if tag := langid.OfLetters(p.narration); tag != "" {
		if other := p.project.Voice("", tag); other.Problem == "" && p.project.Reads(p.narration, other) {
			return other
		}
	}
	return v
}
