package timeline

import "mynah/internal/script"

// ChoosePosterFrame returns the frame of the film for the poster: the one that the script's header selects, else the
// middle of the first scene.
func (l *Line) ChoosePosterFrame(p script.Poster) int64 {
	n := l.Scenes[0].Frames / 2
	switch p.Word {
	case "start":
		n = 0
	case "end":
		n = l.Frames - 1
	case "":
		n = int64(p.At.Seconds() * float64(l.FPS.Num) / float64(l.FPS.Den))
	}
	return max(0, min(n, l.Frames-1))
}
