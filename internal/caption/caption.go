// Package caption makes the subtitles of a timed film: it cuts narration into cues of a readable
// length and gives them times. Every form of subtitle (SRT, VTT, captions in the picture,
// transcripts) uses the same cues. The package draws nothing and writes no file.
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

// gap is the time between two consecutive pieces, in samples: 0.2 s.
const gap = timeline.SampleRate / 5

// shortest is what a piece keeps when its gap would leave less, in samples: 0.1 s.
const shortest = timeline.SampleRate / 10

// Cue is a subtitle. Start and End are samples of the film.
type Cue struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
	Scene int   `json:"scene"` // from 0
	// Paragraph numbers the paragraphs of the film, from 0.
	Paragraph int `json:"paragraph"`
	// Text is all of it, its words apart by single blanks.
	Text string `json:"text"`
	// Breaks are the offsets in Text, in bytes, of the lines after the first.
	Breaks []int `json:"breaks,omitempty"`
	// Words are what is said one after the other, in the order of the text.
	Words []CueWord `json:"words,omitempty"`
	// glued tells that the paragraph goes on in the next cue without a blank.
	glued bool
}

// CueWord is a stretch of a cue's text without blanks, with the marks that stand at it,
// and when it is said. Offset and Length count bytes of the text; Start and End are
// samples of the film, within those of the cue.
type CueWord struct {
	Offset int   `json:"offset"`
	Length int   `json:"length"`
	Start  int64 `json:"start"`
	End    int64 `json:"end"`
}

// Lines returns the lines of the text as they stand on the screen.
func (c Cue) Lines() []string {
	var out []string
	from := 0
	for _, at := range slices.Concat(c.Breaks, []int{len(c.Text)}) {
		out = append(out, strings.TrimRight(c.Text[from:at], " "))
		from = at
	}
	return out
}

// Word is a word of a sentence. Offset is that of its first byte in the sentence's
// text; times are samples from the sentence's beginning.
type Word struct {
	Offset     int
	Start, End int64
}

// Words gives the words of a part of a scene.
type Words func(scene, part int) []Word

// Cues makes the subtitles of a film.
func Cues(b *storyboard.Board, l *timeline.Line, words Words) []Cue {
	var out []Cue
	limit := limitsOf(b.Film)
	for i := range l.Scenes {
		s := &b.Scenes[i]
		if s.Quote != nil {
			out = append(out, quotedCues(i, s, &l.Scenes[i], l, limit, b.Film.Language)...)
			continue
		}
		out = append(out, spoken(i, s, &l.Scenes[i], words, limit)...)
	}
	separateCues(out)
	paragraph := -1
	for i := range out {
		if out[i].Paragraph == 0 { // the first of its own
			paragraph++
		}
		out[i].Paragraph = paragraph
	}
	return out
}

// separateCues has each cue end a gap before the next: those of two scenes can touch too.
func separateCues(cues []Cue) {
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

// limits bound a piece: its characters, the columns of a line, and the lines. A wide
// character takes two columns. The frame has room for so many columns, 0 for any number.
type limits struct{ chars, line, lines, room int }

// The usual bounds of a subtitle: as much as is read at a glance.
const (
	usualLine  = 42
	usualLines = 2
)

// limitsOf returns the bounds that a header asks for. More characters make longer lines, and
// where the frame has no room for those more lines.
func limitsOf(f storyboard.Film) limits {
	l := limits{chars: max(f.Subtitles.Break-1, 1), line: usualLine, lines: usualLines}
	long := l.chars > usualLine*usualLines
	if long {
		// A few columns more than half: lines end at words.
		l.line = l.chars/usualLines + 5
	}
	l.room = roomOf(f, narrow)
	if room := roomOf(f, usual); room > 0 && room < l.line {
		l.line = room
		if long {
			l.lines = max(usualLines, l.chars/max(room-5, 1)+1)
		}
	}
	return l
}

// usualSize is the font size of subtitles in pixels of a frame whose shorter side is 720.
const usualSize = 36

// Size returns the font size that a header asks for, in pixels of such a frame.
func Size(s script.Subtitles) float64 {
	size := float64(usualSize)
	if s.Size > 0 {
		size = s.Size
	}
	if s.Scale > 0 {
		size *= s.Scale
	}
	return size
}

// Widths of a column in font sizes: as wide as letters usually are at most, and as narrow as
// the mean of a text is. Lines that turn out wider are drawn smaller.
const usual, narrow = 0.56, 0.46

// roomOf returns how many columns of subtitles a line of the frame has room for; 0 for any
// number, where they are not drawn.
func roomOf(f storyboard.Film, column float64) int {
	const (
		share = 0.9 // of the frame's width
		least = 6
	)
	side := min(f.Width, f.Height)
	if side <= 0 || f.Subtitles.Mode != script.SubtitlesOverlay {
		return 0
	}
	return max(int(share*720*float64(f.Width)/float64(side)/(column*Size(f.Subtitles))), least)
}

// spoken makes the cues of a scene from its narration, paragraph by paragraph.
func spoken(i int, s *storyboard.Scene, t *timeline.Scene, words Words, limit limits) []Cue {
	var out []Cue
	p := &paragraph{}
	last, lastPart := -1, -1
	flush := func() {
		out = append(out, p.cues(i, limit)...)
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
		p.add(part.Text, words(i, v.Part), v)
	}
	flush()
	return out
}

// quoteEdge is the gap, in samples, between the edges of a scene and captions whose text the script gives
// (quotes): 0.1 s.
const quoteEdge = timeline.SampleRate / 10

// wholeQuote is how many times the usual length of a piece a quote may have to stay whole.
const wholeQuote = 4

// quotedCues makes the cues of a scene whose text was given: they have the whole scene but for
// its edges, which several quotes share by their characters. Each stays whole, with its
// lines as they are written, unless it is very long.
func quotedCues(i int, s *storyboard.Scene, t *timeline.Scene, l *timeline.Line, limit limits, language string) []Cue {
	start, end := l.Sample(t.Start), l.Sample(t.Start+t.Frames)
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
		p.add(q, nil, timeline.Voice{Start: from, Samples: to - from})
		if n > int64(wholeQuote*(limit.chars+1)) {
			for _, sentence := range voice.Sentences(p.text, language) {
				p.ends = append(p.ends, sentence.End)
			}
			slices.Sort(p.ends)
			out = append(out, p.cues(i, limit)...)
			continue
		}
		if c := p.cueOfLines(i, strings.Split(q, "\n"), limit); c.End > c.Start {
			out = append(out, c)
		}
	}
	return out
}
