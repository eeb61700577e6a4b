package timeline

import (
	"fmt"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/storyboard"
)

// Chapter is a chapter of the video; Frame is its first frame.
type Chapter struct {
	Frame int64
	Title string
}

// ListChapters returns the chapters of a video. Each begins with the first frame of its scene.
func ListChapters(board *storyboard.Board, l *Line) []Chapter {
	var out []Chapter
	for i, s := range board.Scenes {
		if s.Chapter != "" {
			out = append(out, Chapter{Frame: l.Scenes[i].Start, Title: s.Chapter})
		}
	}
	return out
}

// ToDuration returns the duration of a number of frames.
func (l *Line) ToDuration(frames int64) time.Duration {
	return time.Duration(frames * l.FPS.Den * int64(time.Second) / l.FPS.Num)
}

// CheckPictureTimes warns about pictures and transitions that do not fit into their scene, a poster after the
// end of the video, and, if all scenes of the script are built (whole), chapters that are too short.
func CheckPictureTimes(board *storyboard.Board, l *Line, whole bool) (list diag.List) {
	if f, length := board.Film, l.ToDuration(l.Frames); f.Poster.Word == "" && f.Poster.At > length {
		list.Warnf(f.PosterRange, "the video lasts %s; the poster is its last picture, not the picture at %s",
			length.Round(time.Millisecond), f.Poster.At).Hint = "write poster: end, or an earlier time"
	}
	if whole {
		checkChapters(board, l, &list)
	}
	for i, s := range board.Scenes {
		length := l.ToDuration(l.Scenes[i].Frames)
		if t := s.Transition; i > 0 && t.Type != "none" && t.Duration > length {
			list.Warnf(s.Range, "the transition of %s is shortened to the scene, which lasts %s", t.Duration,
				length.Round(time.Millisecond)).Hint = "give the scene a longer (duration: …), or shorten the transition"
		}
	}
	for i, s := range board.Scenes {
		visible := make([]bool, len(s.Shots))
		for _, p := range l.Scenes[i].Pictures {
			for _, k := range p.ListShots() {
				visible[k] = true
			}
		}
		for k, shot := range s.Shots {
			if !visible[k] {
				list.Warnf(shot.Range, "%q is never visible: the scene ends when its clips have played",
					shot.File).Hint = "move the picture to another scene, or give the scene a longer (duration: …)"
			}
		}
	}
	return list
}

// Requirements of video sites such as YouTube for chapters in a description. Otherwise they ignore all
// chapters.
const (
	leastChapters = 3
	leastChapter  = 10 * time.Second
)

// checkChapters warns about chapters in the script that video sites would ignore.
func checkChapters(board *storyboard.Board, l *Line, list *diag.List) {
	var place diag.Range
	for _, s := range board.Scenes {
		if s.ChapterRange.Start.Line > 0 {
			place = s.ChapterRange
			break
		}
	}
	if place.Start.Line == 0 || l.ToDuration(l.Frames) < leastChapters*leastChapter {
		return // a video that is too short for such a list has chapters for players
	}
	chapters := ListChapters(board, l)
	if len(chapters) < leastChapters {
		list.Warnf(place, "video sites ignore these chapters: there are %d, but they need at least %d",
			len(chapters), leastChapters).Hint = "add chapters; players of the video file show them anyway"
		return
	}
	var short []string
	for i, c := range chapters {
		end := l.Frames
		if i+1 < len(chapters) {
			end = chapters[i+1].Frame
		}
		if length := l.ToDuration(end - c.Frame); length < leastChapter {
			short = append(short, fmt.Sprintf("%q lasts %.1f s", c.Title, length.Seconds()))
		}
	}
	if n := len(short); n > 0 {
		const most = 5
		if n > most {
			short = append(short[:most], fmt.Sprintf("and %d more are too short", n-most))
		}
		list.Warnf(place, "video sites ignore these chapters: each must last at least %d s, but %s",
			int(leastChapter.Seconds()), strings.Join(short, ", ")).
			Hint = "join short chapters; players of the video file show them anyway"
	}
}
