package storyboard

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"mynah/internal/diag"
	"mynah/internal/utter"
)

// legibleShare is how much of a scene a voice can speak.
type legibleShare struct {
	voice string
	place diag.Range // of the first letters that it cannot
	from  diag.Range // of its first sentence
	Legibility
}

// legibleShare returns what a voice reads of the scene so far.
func (s *sceneState) legibleShare(r diag.Range, voice Voice) *legibleShare {
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

func (r *legibleShare) add(l Legibility) {
	if r.Lost == 0 && l.Lost > 0 {
		r.Script, r.Reader, r.ReaderLanguage = l.Script, l.Reader, l.ReaderLanguage
	}
	r.Letters += l.Letters
	r.Lost += l.Lost
}

// checkLegible reports what voices cannot read: an error where it is all that they have to say
// in the scene, for which there would be silence.
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

// saysWords reports whether anything in sentences can be spoken: a letter, a digit or a sign that
// is read in words.
func saysWords(sentences [][]utter.Run) bool {
	for _, sentence := range sentences {
		for _, r := range sentence {
			if r.IPA != "" || strings.ContainsFunc(cmp.Or(r.Say, r.Text), func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
				return true
			}
		}
	}
	return false
}
