// Package caption makes subtitles of a timed film: what is said, cut into pieces that
// can be read, from when to when. It exists so that every form of subtitle comes from
// the same times, those of the voice. It draws nothing and writes no file.
package caption

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// gap is the time between two consecutive pieces, in samples: 0.2 s.
const gap = timeline.SampleRate / 5

// shortest is what a piece keeps when its gap would leave less, in samples: 0.1 s.
const shortest = timeline.SampleRate / 10

// Cue is a subtitle. Start and End are samples of the film.
type Cue struct {
	Start int64  `json:"start"`
	End   int64  `json:"end"`
	Scene int    `json:"scene"` // from 0
	Text  string `json:"text"`
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
	for i := range l.Scenes {
		s := &b.Scenes[i]
		if s.Quote != nil {
			out = append(out, quoted(*s.Quote, i, &l.Scenes[i], l, b.Film.Subtitles.Break)...)
			continue
		}
		out = append(out, spoken(i, s, &l.Scenes[i], words, b.Film.Subtitles.Break)...)
	}
	return out
}

// token is a stretch of text that is not cut, with when it is said.
type token struct {
	text       string // with the blanks behind it
	start, end int64
}

// spoken makes the cues of a scene from its narration, paragraph by paragraph.
func spoken(i int, s *storyboard.Scene, t *timeline.Scene, words Words, limit int) []Cue {
	var out []Cue
	var paragraph []token
	last, lastPart := -1, -1
	flush := func() {
		out = append(out, pieces(paragraph, i, limit)...)
		paragraph = nil
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
		paragraph = append(paragraph, tokens(part.Text, words(i, v.Part), v, limit)...)
	}
	flush()
	return out
}

// tokens cuts a sentence at its words; what is cut off the end of the scene is left out.
func tokens(text string, words []Word, v timeline.Voice, limit int) []token {
	if len(words) == 0 {
		words = []Word{{Start: 0, End: v.Samples}}
	}
	var out []token
	for k := 0; k < len(words); {
		first, last := k, k
		from := wordStart(text, words[k].Offset)
		if k == 0 {
			from = 0
		}
		to := len(text)
		for k++; k < len(words); k++ {
			if at := wordStart(text, words[k].Offset); at > from {
				to = at
				break
			}
			last = k // it stands in the same run of characters without a blank
		}
		start, end := words[first].Start, words[last].End
		if start >= v.Samples || from >= to || to > len(text) {
			continue
		}
		t := token{text: text[from:to], start: v.Start + start, end: v.Start + min(end, v.Samples)}
		out = append(out, split(t, limit)...)
	}
	if n := len(out); n > 0 && !strings.HasSuffix(out[n-1].text, " ") {
		out[n-1].text += " "
	}
	return out
}

// wordStart goes back from a word's first letter to where a piece may begin: behind a
// blank, so that quotes and brackets stay with their word, or between the letters of a
// script that is written without blanks.
func wordStart(text string, at int) int {
	if at < 0 || at > len(text) {
		return at
	}
	for at > 0 {
		before, n := utf8.DecodeLastRuneInString(text[:at])
		behind, _ := utf8.DecodeRuneInString(text[at:])
		opens := unicode.In(before, unicode.Ps, unicode.Pi)
		if unicode.IsSpace(before) || dense(before) && !opens || dense(behind) && unicode.IsLetter(before) {
			return at
		}
		at -= n
	}
	return at
}

// dense tells whether a letter is of a script that is written without blanks.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef // their punctuation
}

// split cuts a token that is longer than a piece may be, as words of scripts without
// blanks are; its parts share its time by their characters.
func split(t token, limit int) []token {
	n := utf8.RuneCountInString(t.text)
	if n < limit {
		return []token{t}
	}
	var out []token
	runes := []rune(t.text)
	step := max(limit-1, 1)
	for from := 0; from < n; from += step {
		to := min(from+step, n)
		out = append(out, token{
			text:  string(runes[from:to]),
			start: t.start + (t.end-t.start)*int64(from)/int64(n), end: t.start + (t.end-t.start)*int64(to)/int64(n),
		})
	}
	return out
}

// pieces joins tokens to cues of fewer than limit characters.
func pieces(ts []token, scene, limit int) []Cue {
	var out []Cue
	var text string
	var cue Cue
	flush := func(next int64) {
		if text = strings.TrimSpace(text); text != "" {
			cue.Text = strings.Join(strings.Fields(text), " ")
			if next >= 0 {
				cue.End = max(next-gap, cue.Start+min(shortest, next-cue.Start))
			}
			out = append(out, cue)
		}
		text = ""
	}
	for _, t := range ts {
		if text != "" && utf8.RuneCountInString(strings.TrimRight(text+t.text, " ")) >= limit {
			flush(t.start)
		}
		if text == "" {
			cue = Cue{Start: t.start, Scene: scene}
		}
		text += t.text
		cue.End = t.end
	}
	flush(-1)
	return out
}

// quoted makes the cues of a scene whose text was given: the pieces share the time of
// the narration, or of the scene, by their characters.
func quoted(text string, scene int, t *timeline.Scene, l *timeline.Line, limit int) []Cue {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return nil
	}
	start, end := frameSample(t.Start, l), frameSample(t.Start+t.Frames, l)
	if len(t.Voice) > 0 && t.VoiceEnd > t.Voice[0].Start {
		start, end = t.Voice[0].Start, t.VoiceEnd
	}
	var ts []token
	total := int64(utf8.RuneCountInString(text))
	at := int64(0)
	for _, word := range strings.SplitAfter(text, " ") {
		n := int64(utf8.RuneCountInString(word))
		ts = append(ts, split(token{text: word, start: start + (end-start)*at/total, end: start + (end-start)*(at+n)/total}, limit)...)
		at += n
	}
	return pieces(ts, scene, limit)
}

// frameSample gives the sample at which a frame begins.
func frameSample(frame int64, l *timeline.Line) int64 {
	return frame * timeline.SampleRate * l.FPS.Den / l.FPS.Num
}
