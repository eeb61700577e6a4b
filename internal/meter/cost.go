package meter

import (
	"unicode/utf8"

	"mynah/internal/assets"
	"mynah/internal/storyboard"
)

// What things cost, in seconds of a processor: of a machine of two cores, measured by make bench.
const (
	costLetter = 0.0003 // of narration, by a voice of the machine
	costSlide  = 0.2
	costStill  = 0.03
	costMotion = 0.5   // for each second that moves
	costSound  = 0.004 // for each second of the soundtrack
	letterTime = 1.0 / 15
)

// expected are the costs of the phases of a build, as far as the storyboard and its files say.
func expected(board *storyboard.Board, files *assets.Set) map[string]float64 {
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
			if l := files.Get(shot.File).Media().Length; shot.Kind != storyboard.Image && l != nil {
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
