// Package caption makes the subtitles of a film: it splits narration into cues of a readable length
// and sets their times. All forms of subtitles (SRT, VTT, captions in the picture, transcripts) use
// the same cues. The package draws nothing and writes no files.
package caption

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// gap is the time between two consecutive cues, in samples: 0.2 s.
const gap = timeline.SampleRate / 5

// shortest is the minimum length of a cue that is shortened for a gap, in samples: 0.1 s.
const shortest = timeline.SampleRate / 10

// Cue is a subtitle. Start and End are in samples from the start of the film.
type Cue struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
	Scene int   `json:"scene"` // index of the scene
	// Paragraph is the number of the paragraph in the film, from 0.
	Paragraph int `json:"paragraph"`
	// Text is the text on one line, with single spaces between words.
	Text string `json:"text"`
	// Breaks are the byte offsets in Text at which lines after the first begin.
	Breaks []int `json:"breaks,omitempty"`
	// Words are the spoken words, in the order of the text.
	Words []CueWord `json:"words,omitempty"`
	// glued is true if the next cue continues the paragraph without a space.
	glued bool
}

// CueWord is a range of a cue's text without blanks, including punctuation, and the time at which it
// is spoken. Offset and Length are in bytes of the text. Start and End are in samples of the film,
// inside the times of the cue.
type CueWord struct {
	Offset int   `json:"offset"`
	Length int   `json:"length"`
	Start  int64 `json:"start"`
	End    int64 `json:"end"`
}

// Lines returns the text of the cue as lines.
func (c Cue) Lines() []string {
	var out []string
	from := 0
	for _, at := range slices.Concat(c.Breaks, []int{len(c.Text)}) {
		out = append(out, strings.TrimRight(c.Text[from:at], " "))
		from = at
	}
	return out
}

// Word is a spoken word of a sentence. Offset is the byte offset of its first character in the
// sentence's text. Times are in samples from the beginning of the sentence.
type Word struct {
	Offset     int
	Start, End int64
}

// Words returns the words of a sentence. scene and part are indexes.
type Words func(scene, part int) []Word

// MakeCues returns the subtitles of a film.
func MakeCues(b *storyboard.Board, l *timeline.Line, words Words) []Cue {
	var out []Cue
	limit := newLimits(b.Film)
	for i := range l.Scenes {
		s := &b.Scenes[i]
		if s.Quote != nil {
			out = append(out, makeQuotedCues(i, s, &l.Scenes[i], l, limit, b.Film.Language)...)
			continue
		}
		out = append(out, makeSpokenCues(i, s, &l.Scenes[i], words, limit)...)
	}
	shortenCuesForGaps(out)
	paragraph := -1
	for i := range out {
		if out[i].Paragraph == 0 { // the first paragraph of a call of splitIntoCues
			paragraph++
		}
		out[i].Paragraph = paragraph
	}
	return out
}

// shortenCuesForGaps shortens cues so that each ends a gap before the next, also across scenes.
func shortenCuesForGaps(cues []Cue) {
	for i := range len(cues) - 1 {
		c, next := &cues[i], cues[i+1].Start
		if c.End <= next-gap || next <= c.Start {
			continue
		}
		room := min(c.End, next) - c.Start
		c.End = max(next-gap, c.Start+min(shortest, room))
		c.clampWords()
	}
}

// limits are the maximum size of a cue: its characters, the columns per line, and the lines. A wide
// character (such as Chinese) counts as two columns. room is the number of columns that fit into the
// frame; 0 means unlimited.
type limits struct{ chars, line, lines, room int }

// The usual size of a subtitle, which can be read at a glance.
const (
	usualLine  = 42
	usualLines = 2
)

// newLimits returns the limits for the settings of a film. More characters per cue make longer lines,
// and more lines where longer ones do not fit into the frame.
func newLimits(f storyboard.Film) limits {
	l := limits{chars: max(f.Subtitles.Break-1, 1), line: usualLine, lines: usualLines}
	long := l.chars > usualLine*usualLines
	if long {
		// Lines end between words, so they need a few columns more than an equal share.
		l.line = l.chars/usualLines + 5
	}
	l.room = computeMaxColumns(f, narrow)
	if room := computeMaxColumns(f, usual); room > 0 && room < l.line {
		l.line = room
		if long {
			l.lines = max(usualLines, l.chars/max(room-5, 1)+1)
		}
	}
	return l
}

// usualSize is the font size of subtitles in pixels of a frame whose shorter side is 720.
const usualSize = 36

// wordsSize is the same for subtitles that show few words at a time.
const wordsSize = 76

// ChooseFontSize returns the font size of subtitles, in pixels of a frame whose shorter side is 720.
func ChooseFontSize(s script.Subtitles) float64 {
	size := float64(usualSize)
	if s.Words {
		size = wordsSize
	}
	if s.Size > 0 {
		size = s.Size
	}
	if s.Scale > 0 {
		size *= s.Scale
	}
	return size
}

// Width of a column relative to the font size: usual is the width of most letters at most, narrow is
// the mean width in a text. Wider lines are drawn smaller.
const usual, narrow = 0.56, 0.46

// computeMaxColumns returns the number of columns of subtitles that fit into the frame. It returns 0, unlimited,
// if subtitles are not drawn into the picture, or only a few words of them at a time. column is the width of
// a column relative to the font size.
func computeMaxColumns(f storyboard.Film, column float64) int {
	const (
		share = 0.9 // maximum width of a line, as a share of the frame's width
		least = 6
	)
	side := min(f.Width, f.Height)
	if side <= 0 || f.Subtitles.Mode != script.SubtitlesOverlay || f.Subtitles.Words {
		return 0
	}
	return max(int(share*720*float64(f.Width)/float64(side)/(column*ChooseFontSize(f.Subtitles))), least)
}

// makeSpokenCues returns the cues of a scene's narration.
func makeSpokenCues(i int, s *storyboard.Scene, t *timeline.Scene, words Words, limit limits) []Cue {
	var out []Cue
	p := &paragraph{}
	last, lastPart := -1, -1
	flush := func() {
		out = append(out, p.splitIntoCues(i, limit)...)
		p = &paragraph{}
	}
	for _, v := range t.Voice {
		part := s.Parts[v.Part]
		if part.Kind != storyboard.Speech {
			flush()
			last = -1
			continue
		}
		if part.Paragraph != last || v.Part <= lastPart {
			flush()
		}
		last, lastPart = part.Paragraph, v.Part
		p.addSentence(part.Text, words(i, v.Part), v)
	}
	flush()
	return out
}

// quoteEdge is the time between the edges of a scene and the cues of quotes (subtitles that the script
// sets), in samples: 0.1 s.
const quoteEdge = timeline.SampleRate / 10

// wholeQuote limits quotes that are not split: they may be this many times longer than a usual cue.
const wholeQuote = 4

// makeQuotedCues returns the cues of a scene whose subtitles are quotes in the script. They share the time
// of the scene, except its edges, in proportion to their characters. Each quote becomes one cue with
// the lines of the script, unless it is very long.
func makeQuotedCues(i int, s *storyboard.Scene, t *timeline.Scene, l *timeline.Line, limit limits,
	language string,
) []Cue {
	start, end := l.ToSample(t.Start), l.ToSample(t.Start+t.Frames)
	if end-start > 4*quoteEdge {
		start, end = start+quoteEdge, end-quoteEdge
	}
	quotes := strings.Split(*s.Quote, "\n\n")
	var total, before int64
	for _, q := range quotes {
		total += int64(utf8.RuneCountInString(q))
	}
	var out []Cue
	for _, q := range quotes {
		n := int64(utf8.RuneCountInString(q))
		if n == 0 {
			continue
		}
		from, to := start+(end-start)*before/total, start+(end-start)*(before+n)/total
		before += n
		p := &paragraph{}
		p.addSentence(q, nil, timeline.Voice{Start: from, Samples: to - from})
		if n > int64(wholeQuote*(limit.chars+1)) {
			for _, sentence := range voice.SplitSentences(p.text, language) {
				p.ends = append(p.ends, sentence.End)
			}
			slices.Sort(p.ends)
			out = append(out, p.splitIntoCues(i, limit)...)
			continue
		}
		if c := p.newCueOfLines(i, strings.Split(q, "\n"), limit); c.End > c.Start {
			out = append(out, c)
		}
	}
	return out
}
