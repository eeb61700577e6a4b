package release

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"mynah/internal/caption"
	"mynah/internal/film"
	"mynah/internal/script"
	"mynah/internal/timeline"
)

// listEmbeddedCues returns the cues of the video's subtitle track, nil if it has none.
func (r *Releaser) listEmbeddedCues() []film.Cue {
	if r.video.Board.Film.Subtitles.Mode != script.SubtitlesEmbed {
		return nil
	}
	// Round to whole milliseconds like the subtitle files, so that all have the same times.
	whole := func(sample int64) int64 { return caption.ToMilliseconds(sample) * timeline.SampleRate / 1000 }
	var out []film.Cue
	for _, c := range r.video.Cues {
		out = append(out, film.Cue{Start: whole(c.Start), End: whole(c.End), Text: strings.Join(c.Lines(), "\n")})
	}
	return out
}

// composeTranscript returns the narration as Markdown, and the list of chapters, which is empty if the video has none.
func (r *Releaser) composeTranscript() (text, list string) {
	title := r.video.Board.Film.Title
	if title == "" {
		title = strings.TrimSuffix(path.Base(r.video.Script), path.Ext(r.video.Script))
	}
	var chapters []caption.Chapter
	scene := 0
	for _, c := range timeline.ListChapters(r.video.Board, r.video.Line) {
		for scene+1 < len(r.video.Line.Scenes) && r.video.Line.Scenes[scene].Start < c.Frame {
			scene++
		}
		chapters = append(chapters, caption.Chapter{Start: r.video.Line.ToSample(c.Frame), Scene: scene, Title: c.Title})
	}
	return caption.FormatTranscript(title, chapters, r.listNarrationCues()), caption.FormatChapters(chapters)
}

// listNarrationCues returns the cues of the narration, even for scenes in which a quote replaces them on the screen.
func (r *Releaser) listNarrationCues() []caption.Cue {
	board := *r.video.Board
	board.Scenes = slices.Clone(board.Scenes)
	for i := range board.Scenes {
		board.Scenes[i].Quote = nil
	}
	return caption.MakeCues(&board, r.video.Line, r.video.Words)
}

// toISO639 returns the three-letter code of a language for MP4, or "".
func toISO639(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und { // its base would be English
		return ""
	}
	base, confidence := t.Base()
	if confidence == language.No {
		return ""
	}
	return base.ISO3()
}

// toBCP47 returns a language tag in canonical form, or "".
func toBCP47(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return ""
	}
	return t.String()
}
