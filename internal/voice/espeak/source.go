package espeak

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

// source is the text for espeak-ng's library. from contains, for each character of text, the byte of the
// request's text that it represents, or -1 for markup.
type source struct {
	text strings.Builder
	from []int
	ssml bool
	phon bool
}

// newSource returns the text of a request: plain text, or SSML if a run needs it.
func newSource(req voice.Request) *source {
	s := &source{}
	for _, r := range req.Runs {
		s.phon = s.phon || r.IPA != "" && toMnemonics(r.IPA, req.Language) != ""
		s.ssml = s.ssml || formatProsody(r, req.Pitch.ValueOrOne()) != "" || r.Language != "" || r.Pause > 0
	}
	at := 0
	for _, r := range req.Runs {
		s.writeRun(r, at, req)
		at += len(r.Text)
	}
	if req.Fragment {
		s.trimEnd()
		s.writeMarkup(",")
	}
	s.writeMarkup("\n")
	return s
}

// writeRun writes a run whose text begins at byte at of the request's text.
func (s *source) writeRun(r utter.Run, at int, req voice.Request) {
	var closing []string
	open := func(tag, attributes string) {
		s.writeMarkup("<" + tag + attributes + ">")
		closing = append(closing, "</"+tag+">")
	}
	if r.Language != "" {
		open("voice", fmt.Sprintf(` xml:lang="%s"`, escapeXML(r.Language)))
	}
	if p := formatProsody(r, req.Pitch.ValueOrOne()); p != "" {
		open("prosody", p)
	}
	if ipa := toMnemonics(r.IPA, req.Language); ipa != "" && r.IPA != "" {
		lead := len(r.Text) - len(strings.TrimLeftFunc(r.Text, unicode.IsSpace))
		s.writeLiteral(r.Text[:lead], at)
		for range "[[" + ipa + "]]" {
			s.from = append(s.from, at+lead)
		}
		s.text.WriteString("[[" + ipa + "]]")
		tail := strings.TrimRightFunc(r.Text, unicode.IsSpace)
		s.writeLiteral(r.Text[len(tail):], at+len(tail))
	} else if r.Style == utter.Spell {
		s.writeSpelled(r.Text, at)
	} else {
		s.writeLiteral(r.Text, at)
	}
	for _, tag := range slices.Backward(closing) {
		s.writeMarkup(tag)
	}
	if r.Pause > 0 {
		s.writeMarkup(fmt.Sprintf(`<break time="%dms"/>`, r.Pause/time.Millisecond))
	}
}

// formatProsody returns the SSML attributes for a run's speed, pitch and volume, empty if all are 1. around is the
// pitch factor of the sentence.
func formatProsody(r utter.Run, around float64) string {
	speed, height, volume := r.ComputeFactors()
	var b strings.Builder
	percent := func(name string, f float64) {
		if f != 1 {
			fmt.Fprintf(&b, ` %s="%d%%"`, name, int(math.Round(100*f)))
		}
	}
	percent("rate", speed)
	if height != 1 { // SSML: a number without a sign is absolute, on the program's scale
		fmt.Fprintf(&b, ` pitch="%d"`, toProgramPitch(around*height))
	}
	if volume != 1 {
		fmt.Fprintf(&b, ` volume="%d"`, int(math.Round(100*volume)))
	}
	return b.String()
}

// writeMarkup writes text that does not represent any of the request's text.
func (s *source) writeMarkup(t string) {
	s.text.WriteString(t)
	for range utf8.RuneCountInString(t) {
		s.from = append(s.from, -1)
	}
}

// writeSpelled writes the letters separated by commas: "S, A, R".
func (s *source) writeSpelled(t string, at int) {
	some := false
	for i, r := range t {
		switch {
		case unicode.IsMark(r):
		case unicode.IsSpace(r):
		default:
			if some {
				s.writeMarkup(", ")
			}
			some = true
		}
		s.writeLiteral(string(unicode.ToUpper(r)), at+i)
	}
}

// writeLiteral writes text so that the program does not interpret it as markup.
func (s *source) writeLiteral(t string, at int) {
	bracket := false
	for i, r := range t {
		// Ranging over broken UTF-8 yields U+FFFD for each byte.
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			r = ' '
		}
		if s.phon && r == '[' && bracket {
			s.writeMarkup(" ") // "[[" would start phonemes
		}
		bracket = r == '['
		out := string(r)
		if s.ssml {
			out = escapeXML(out)
		}
		s.text.WriteString(out)
		for range utf8.RuneCountInString(out) {
			s.from = append(s.from, at+i)
		}
	}
}

func escapeXML(t string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(t)
}

// trimEnd removes trailing stops, because the voice would lower its pitch there.
func (s *source) trimEnd() {
	t := s.text.String()
	short := voice.TrimEndPunctuation(t)
	s.from = s.from[:len(s.from)-utf8.RuneCountInString(t[len(short):])]
	s.text.Reset()
	s.text.WriteString(short)
}

// findTextByte converts a position in the source, in characters from 1, to a byte of the request's text. It returns -1
// if the position and all following ones are markup.
func (s *source) findTextByte(position int) int {
	for i := position - 1; i >= 0 && i < len(s.from); i++ {
		if s.from[i] >= 0 {
			return s.from[i]
		}
	}
	return -1
}

// setTimesFromEvents sets the words' times from events. A word ends at the next event, without the silence before that
// event. Words that the voice speaks as one unit divide their time.
func setTimesFromEvents(clip *voice.Clip, s *source, events []event) {
	words := clip.Words
	starts := make([]int, len(words)) // in samples; -1 means unknown
	ends := make([]int, len(words))
	for i := range starts {
		starts[i] = -1
	}
	for k, e := range events {
		at := s.findTextByte(e.position)
		if !e.word || e.position == 0 || at < 0 || e.sample >= len(clip.PCM) {
			continue
		}
		w := sort.Search(len(words), func(i int) bool { return words[i].Offset > at }) - 1
		if w < 0 || at >= words[w].Offset+len(words[w].Text) {
			continue
		}
		end := len(clip.PCM)
		if k+1 < len(events) {
			end = min(events[k+1].sample, end)
		}
		if starts[w] < 0 {
			starts[w] = e.sample
		}
		ends[w] = max(ends[w], end)
	}
	last := 0
	for w := 0; w < len(words); {
		next := w + 1 // words w to next-1 share one event
		for next < len(words) && starts[next] < 0 {
			next++
		}
		if starts[w] < 0 { // no event for the first words
			words[w].Start, words[w].End = 0, 0
			w++
			continue
		}
		from := max(starts[w], last)
		to := max(ends[w], from)
		for to > from && isQuiet(clip.PCM[to-1:to]) {
			to--
		}
		voice.SpreadTimeByEffort(words[w:next], toTime(from, clip.Rate), toTime(to, clip.Rate))
		last = to
		w = next
	}
}

// toTime converts a sample number to a time.
func toTime(sample, rate int) time.Duration {
	return time.Duration(sample) * time.Second / time.Duration(rate)
}
