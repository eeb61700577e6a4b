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

// source is a sentence as the library takes it, with the place in the request's text
// that each of its characters stands for; -1 stands for none.
type source struct {
	text strings.Builder
	from []int
	ssml bool
	phon bool
}

// newSource writes a request: as it stands, or in SSML where a run asks for something.
func newSource(req voice.Request) *source {
	s := &source{}
	for _, r := range req.Runs {
		s.phon = s.phon || r.IPA != "" && phonemes(r.IPA, req.Language) != ""
		s.ssml = s.ssml || prosody(r, req.Pitch.Value()) != "" || r.Language != "" || r.Pause > 0
	}
	at := 0
	for _, r := range req.Runs {
		s.run(r, at, req)
		at += len(r.Text)
	}
	if req.Fragment {
		s.trimEnd()
		s.markup(",")
	}
	s.markup("\n")
	return s
}

// run writes a run whose text begins at a byte of the request's.
func (s *source) run(r utter.Run, at int, req voice.Request) {
	var closing []string
	open := func(tag, attributes string) {
		s.markup("<" + tag + attributes + ">")
		closing = append(closing, "</"+tag+">")
	}
	if r.Language != "" {
		open("voice", fmt.Sprintf(` xml:lang="%s"`, escape(r.Language)))
	}
	if p := prosody(r, req.Pitch.Value()); p != "" {
		open("prosody", p)
	}
	if ipa := phonemes(r.IPA, req.Language); ipa != "" && r.IPA != "" {
		lead := len(r.Text) - len(strings.TrimLeftFunc(r.Text, unicode.IsSpace))
		s.literal(r.Text[:lead], at)
		for range "[[" + ipa + "]]" {
			s.from = append(s.from, at+lead)
		}
		s.text.WriteString("[[" + ipa + "]]")
		tail := strings.TrimRightFunc(r.Text, unicode.IsSpace)
		s.literal(r.Text[len(tail):], at+len(tail))
	} else if r.Style == utter.Spell {
		s.spelled(r.Text, at)
	} else {
		s.literal(r.Text, at)
	}
	for _, tag := range slices.Backward(closing) {
		s.markup(tag)
	}
	if r.Pause > 0 {
		s.markup(fmt.Sprintf(`<break time="%dms"/>`, r.Pause/time.Millisecond))
	}
}

// prosody returns the attributes of what is not spoken plainly, in a sentence of a pitch.
func prosody(r utter.Run, around float64) string {
	speed, height, volume := r.Factors()
	var b strings.Builder
	percent := func(name string, f float64) {
		if f != 1 {
			fmt.Fprintf(&b, ` %s="%d%%"`, name, int(math.Round(100*f)))
		}
	}
	percent("rate", speed)
	if height != 1 { // a number without a sign is one of the scale
		fmt.Fprintf(&b, ` pitch="%d"`, pitch(around*height))
	}
	if volume != 1 {
		fmt.Fprintf(&b, ` volume="%d"`, int(math.Round(100*volume)))
	}
	return b.String()
}

// markup writes what stands for nothing of the request's text.
func (s *source) markup(t string) {
	s.text.WriteString(t)
	for range utf8.RuneCountInString(t) {
		s.from = append(s.from, -1)
	}
}

// spelled writes letters set apart: "S, A, R".
func (s *source) spelled(t string, at int) {
	some := false
	for i, r := range t {
		switch {
		case unicode.IsMark(r):
		case unicode.IsSpace(r):
		default:
			if some {
				s.markup(", ")
			}
			some = true
		}
		s.literal(string(unicode.ToUpper(r)), at+i)
	}
}

// literal writes text that means what it says.
func (s *source) literal(t string, at int) {
	bracket := false
	for i, r := range t {
		// Broken UTF-8 comes as its replacement, byte by byte.
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			r = ' '
		}
		if s.phon && r == '[' && bracket {
			s.markup(" ") // two of them would begin phonemes
		}
		bracket = r == '['
		out := string(r)
		if s.ssml {
			out = escape(out)
		}
		s.text.WriteString(out)
		for range utf8.RuneCountInString(out) {
			s.from = append(s.from, at+i)
		}
	}
}

func escape(t string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(t)
}

// trimEnd takes stops off the end, after which the voice would fall.
func (s *source) trimEnd() {
	t := s.text.String()
	short := voice.WithoutStop(t)
	s.from = s.from[:len(s.from)-utf8.RuneCountInString(t[len(short):])]
	s.text.Reset()
	s.text.WriteString(short)
}

// place returns the byte of the request's text that a position in the source stands for,
// counted in characters from 1; -1 for none.
func (s *source) place(position int) int {
	for i := position - 1; i >= 0 && i < len(s.from); i++ {
		if s.from[i] >= 0 {
			return s.from[i]
		}
	}
	return -1
}

// timeWords sets the words' times from events. A word lasts until the next event, less
// the silence before it. Words that the voice runs together share their time.
func timeWords(clip *voice.Clip, s *source, events []event) {
	words := clip.Words
	starts := make([]int, len(words)) // first samples, -1 unknown
	ends := make([]int, len(words))
	for i := range starts {
		starts[i] = -1
	}
	for k, e := range events {
		at := s.place(e.position)
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
		next := w + 1 // the words from w to next share one stretch
		for next < len(words) && starts[next] < 0 {
			next++
		}
		if starts[w] < 0 { // nothing was told of the first words
			words[w].Start, words[w].End = 0, 0
			w++
			continue
		}
		from := max(starts[w], last)
		to := max(ends[w], from)
		for to > from && quiet(clip.PCM[to-1:to]) {
			to--
		}
		voice.ShareTime(words[w:next], at(from, clip.Rate), at(to, clip.Rate))
		last = to
		w = next
	}
}

func at(sample, rate int) time.Duration {
	return time.Duration(sample) * time.Second / time.Duration(rate)
}
