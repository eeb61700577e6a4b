package studio

import (
	"path"
	"slices"
	"strings"

	"mynah/internal/caption"
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
