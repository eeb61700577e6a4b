package meter

import (
	"unicode/utf8"

	"mynah/internal/assets"
	"mynah/internal/storyboard"
)

// Estimated costs in seconds of processor time, measured by make bench on a machine with two cores.
const (
	costLetter = 0.0003 // per letter of narration, with a local voice
	costSlide  = 0.2
	costStill  = 0.03
	costMotion = 0.5      // per second of motion
	costSound  = 0.004    // per second of the soundtrack
	letterTime = 1.0 / 15 // seconds of speech per letter
)

// estimateCosts returns the estimated costs of the phases of a build, from its storyboard and files.
func estimateCosts(board *storyboard.Board, files *assets.Set) map[string]float64 {
	letters, seconds, slides, pictures := 0, 0.0, 0, 0.0
	for _, s := range board.Scenes {
		said := 0.0
		for _, p := range s.Parts {
			if p.Kind == storyboard.Speech {
				n := utf8.RuneCountInString(p.Text)
				letters += n
				said += float64(n) * letterTime
			}
		}
		slides += len(s.Slides)
		pictures += costStill * float64(max(len(s.Shots), 1))
		for _, shot := range s.Shots {
			if l := files.GetUsable(shot.File).ToMedia().Length; shot.Kind != storyboard.Image && l != nil {
				length, _ := l.Float64()
				said = max(said, length)
				pictures += costMotion * length
			} else if shot.Motion != "" {
				pictures += costMotion * said
			}
		}
		seconds += max(said, 1)
	}
	return map[string]float64{
		Voice: costLetter * float64(letters), Slides: costSlide * float64(slides),
		Pictures: pictures, Sound: costSound * seconds,
	}
}
