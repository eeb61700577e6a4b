package storyboard

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"mynah/internal/diag"
	"mynah/internal/utter"
)

// legibleShare counts the letters of a scene that one voice can and cannot speak.
type legibleShare struct {
	voice string
	place diag.Range // range of the first sentence with letters that it cannot speak
	from  diag.Range // range of its first sentence
	Legibility
}

// findOrAddShare returns the counter for a voice in the scene, and creates it if necessary.
func (s *sceneState) findOrAddShare(r diag.Range, voice Voice) *legibleShare {
	for _, known := range s.readings {
		if known.voice == voice.Name {
			if known.Lost == 0 {
				known.place = r
			}
			return known
		}
	}
	out := &legibleShare{voice: voice.Name, place: r, from: r}
	s.readings = append(s.readings, out)
	return out
}

func (r *legibleShare) addCounts(l Legibility) {
	if r.Lost == 0 && l.Lost > 0 {
		r.Script, r.Reader, r.ReaderLanguage = l.Script, l.Reader, l.ReaderLanguage
	}
	r.Letters += l.Letters
	r.Lost += l.Lost
}

// checkLegible reports letters that voices cannot read. It is an error if a voice can read none of its
// letters in the scene, because the scene would be silent; otherwise it is a warning.
func (s *sceneState) checkLegible() {
	for _, r := range s.readings {
		if r.Lost == 0 {
			continue
		}
		hint := "write the words as they sound, or install a voice for their language: mynah voices install"
		if r.Reader != "" {
			hint = fmt.Sprintf("choose a voice that reads them, such as %s (%s)", r.Reader, r.ReaderLanguage)
		}
		if r.Lost == r.Letters {
			d := s.list.Errorf(r.place, "the voice %s cannot read this narration: its letters are %s", r.voice, r.Script)
			d.Code, d.Hint = diag.Unreadable, hint
			continue
		}
		problem := fmt.Sprintf("the voice %s cannot read %s letters; they are left out, or named one by one", r.voice, r.Script)
		if !s.said[problem] {
			s.said[problem] = true
			d := s.list.Warnf(r.place, "%s", problem)
			d.Code, d.Hint = diag.Unreadable, hint+", or add their pronunciation to a lexicon"
		}
	}
}

// hasSayableText reports whether sentences contain anything that can be spoken: a letter, a digit, a
// pronunciation, or a sign with a spoken form.
func hasSayableText(sentences [][]utter.Run) bool {
	for _, sentence := range sentences {
		for _, r := range sentence {
			if r.IPA != "" || strings.ContainsFunc(cmp.Or(r.Say, r.Text),
				func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
				return true
			}
		}
	}
	return false
}
