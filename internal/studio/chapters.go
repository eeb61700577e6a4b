package studio

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/film"
	"mynah/internal/script"
	"mynah/internal/timeline"
)

// chapters lists those of the film: each begins with the first frame of its scene.
func (j *job) chapters() []film.Chapter {
	var out []film.Chapter
	for i, s := range j.board.Scenes {
		if s.Chapter != "" {
			out = append(out, film.Chapter{Frame: j.line.Scenes[i].Start, Title: s.Chapter})
		}
	}
	return out
}

// What video sites such as YouTube ask of the chapters in a description: with fewer, or with a
// shorter one, they show none.
const (
	leastChapters = 3
	leastChapter  = 10 * time.Second
)

// checkChapters warns of chapters that the author wrote and video sites would ignore. length gives
// the time of frames.
func (j *job) checkChapters(length func(int64) time.Duration, list *diag.List) {
	var place diag.Range
	for _, s := range j.board.Scenes {
		if s.ChapterRange.Start.Line > 0 {
			place = s.ChapterRange
			break
		}
	}
	if place.Start.Line == 0 || j.req.Scenes != [2]int{} {
		return
	}
	chapters := j.chapters()
	if len(chapters) < leastChapters {
		list.Warnf(place, "video sites ignore these chapters: there are %d, and they want at least %d", len(chapters), leastChapters).Hint = "add chapters; players of the video itself show them all the same"
		return
	}
	var short []string
	for i, c := range chapters {
		end := j.line.Frames
		if i+1 < len(chapters) {
			end = chapters[i+1].Frame
		}
		if l := length(end - c.Frame); l < leastChapter {
			short = append(short, fmt.Sprintf("%q lasts %.1f s", c.Title, l.Seconds()))
		}
	}
	if n := len(short); n > 0 {
		const most = 5
		if n > most {
			short = append(short[:most], fmt.Sprintf("and %d more are too short", n-most))
		}
		list.Warnf(place, "video sites ignore these chapters: each must last at least %d s, but %s",
			int(leastChapter.Seconds()), strings.Join(short, ", ")).Hint = "join short chapters; players of the video itself show them all the same"
	}
}

// soft gives the subtitles of the film's own track.
func (j *job) soft() []film.Cue {
	if j.board.Film.Subtitles.Mode != script.SubtitlesEmbed {
		return nil
	}
	// In whole milliseconds, as the files beside the film: whatever reads the track finds
	// the same times.
	whole := func(sample int64) int64 { return caption.Milliseconds(sample) * timeline.SampleRate / 1000 }
	var out []film.Cue
	for _, c := range j.cues {
		out = append(out, film.Cue{Start: whole(c.Start), End: whole(c.End), Text: strings.Join(c.Lines(), "\n")})
	}
	return out
}

// transcript writes what is said as Markdown, and the list of chapters; the latter is empty
// for a film without any.
func (j *job) transcript() (text, list string) {
	title := j.board.Film.Title
	if title == "" {
		title = strings.TrimSuffix(path.Base(j.req.Script), path.Ext(j.req.Script))
	}
	var chapters []caption.Chapter
	scene := 0
	for _, c := range j.chapters() {
		for scene+1 < len(j.line.Scenes) && j.line.Scenes[scene].Start < c.Frame {
			scene++
		}
		chapters = append(chapters, caption.Chapter{Start: j.line.Sample(c.Frame), Scene: scene, Title: c.Title})
	}
	return caption.Transcript(title, chapters, j.said()), caption.ChapterList(chapters)
}

// said gives the cues of what is said, also where a quote stands in its place on the screen.
func (j *job) said() []caption.Cue {
	board := *j.board
	board.Scenes = slices.Clone(board.Scenes)
	for i := range board.Scenes {
		board.Scenes[i].Quote = nil
	}
	return caption.Cues(&board, j.line, j.words)
}
