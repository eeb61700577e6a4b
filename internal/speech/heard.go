package speech

import (
	"strings"

	"mynah/internal/blame"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/storyboard"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// Quietest is the volume below which narration is inaudible on purpose.
const Quietest = 0.05

// CheckAllHeard returns an error that names the first silent sentence that its voice should be able to read.
func (s *Spoken) CheckAllHeard(board *storyboard.Board) error {
	for i, scene := range board.Scenes {
		for k, p := range scene.Parts {
			if p.Kind != storyboard.Speech || s.Sentences[i][k].Heard {
				continue
			}
			if err := checkSilentSentence(p, i, s.Voices[p.Voice]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkSilentSentence returns an error for a silent sentence, nil if silence is expected. scene counts from 0.
func checkSilentSentence(p storyboard.Part, scene int, v voice.Voice) error {
	letters, lost, _ := voice.CountUnreadableLetters(joinSpokenTexts(p.Runs), v)
	if FindLoudestVolume(p) < Quietest || letters-lost < 2 { // a single letter may be a symbol
		return nil
	}
	return fault.New(fault.ToolFailed, nil, "%s:%d: scene %d: the voice %s was silent for %q",
		p.Range.File, p.Range.Start.Line, scene+1, v.Name, diag.Shorten(p.Text, 60)).
		WithHint("try another voice, or write the words in another way; %s", blame.HintDoctor)
}

// FindLoudestVolume returns the volume of a sentence's loudest run.
func FindLoudestVolume(p storyboard.Part) float64 {
	most := 0.0
	for _, r := range p.Runs {
		most = max(most, r.Volume.ValueOrOne())
	}
	if len(p.Runs) == 0 {
		most = 1
	}
	return p.Volume * most
}

// joinSpokenTexts returns the text of runs that the sentence's voice speaks itself.
func joinSpokenTexts(runs []utter.Run) string {
	var b strings.Builder
	for _, r := range runs {
		switch {
		case r.IPA != "" || r.Language != "":
		case r.Say != "":
			b.WriteString(r.Say)
		default:
			b.WriteString(r.Text)
		}
	}
	return b.String()
}
