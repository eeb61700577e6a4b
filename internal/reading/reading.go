// Package reading says how narration is read aloud: it cuts text into sentences and puts
// beside numbers, dates, abbreviations, addresses and words of code what is to be said
// for them, in the words of the language; and it applies the pronunciations of a lexicon.
// It exists so that every voice reads the same text in the same way. It speaks nothing
// and never changes what is written, which subtitles show. What a language's rules do not
// cover is left to the voice.
package reading

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"mynah/internal/voice"
)

// Reader reads the narration of one script. The zero value has no lexicon. A Reader is
// not safe for use side by side.
type Reader struct {
	// Lexicon of the script; nil is none. It is set before anything is read.
	Lexicon *Lexicon

	languages map[string]*reader // whose rules take longer to make than a paragraph to read
}

// Sentences cuts styled text into sentences (see voice.SplitRuns) and says in each run
// how it is read, in the language of the voice (BCP 47).
func (all *Reader) Sentences(runs []voice.Run, language string) [][]voice.Run {
	out := voice.SplitRuns(runs, language)
	r, ok := all.languages[language]
	if !ok {
		r = newReader(language, all.Lexicon)
		if all.languages == nil {
			all.languages = map[string]*reader{}
		}
		all.languages[language] = r
	}
	for i, sentence := range out {
		var read []voice.Run
		for _, run := range sentence {
			read = append(read, r.run(run)...)
		}
		out[i] = read
	}
	return out
}

// reader reads in one language.
type reader struct {
	words   wordList
	english bool
	// monthFirst tells that 3/4 is the 4th of March.
	monthFirst bool
	lexicon    *Lexicon
	list       []rule
}

func newReader(language string, lexicon *Lexicon) *reader {
	base, region, _ := strings.Cut(strings.ToLower(language), "-")
	english := base == "en"
	return &reader{words: wordsOf(base), english: english, monthFirst: english && (region == "" || region == "us"), lexicon: lexicon}
}

// run cuts a run where something is said in another way than it is written.
func (r *reader) run(run voice.Run) []voice.Run {
	if run.Say != "" || run.IPA != "" {
		return []voice.Run{run}
	}
	var out []voice.Run
	rest := run.Text
	add := func(text string, change voice.Run) {
		if text == "" {
			return
		}
		part := run
		part.Text, part.Say, part.IPA, part.Pause = text, change.Say, change.IPA, 0
		out = append(out, part)
	}
	from := 0 // of what is not yet in out
	at := 0
	for at < len(rest) {
		n, change := r.special(run, rest, at)
		if n == 0 {
			_, size := utf8.DecodeRuneInString(rest[at:])
			at += size
			continue
		}
		add(rest[from:at], voice.Run{})
		add(rest[at:at+n], change)
		at += n
		from = at
		if change.Pause > 0 {
			out[len(out)-1].Pause = change.Pause
		}
	}
	add(rest[from:], voice.Run{})
	if len(out) == 0 {
		return []voice.Run{run}
	}
	out[len(out)-1].Pause = max(out[len(out)-1].Pause, run.Pause)
	return out
}

// special finds what begins at a byte of a text and is said in another way; 0 is nothing.
// Things begin where words do.
func (r *reader) special(run voice.Run, text string, at int) (int, voice.Run) {
	if run.Style == voice.Spell {
		return 0, voice.Run{} // the letters are meant, not what they stand for
	}
	if n := ellipsis(text, at); n > 0 {
		return n, voice.Run{Say: ",", Pause: ellipsisPause}
	}
	before, size := utf8.DecodeLastRuneInString(text[:at])
	c, _ := utf8.DecodeRuneInString(text[at:])
	inside := wordy(before)
	if inside && !unspaced(before) && !unspaced(c) {
		return 0, voice.Run{}
	}
	if n, e := r.lexicon.match(text, at); n > 0 {
		return n, voice.Run{Say: e.say, IPA: e.ipa}
	}
	if inside {
		return 0, voice.Run{}
	}
	if before == '-' && unicode.IsDigit(c) {
		if r, _ := utf8.DecodeLastRuneInString(text[:at-size]); wordy(r) {
			return 0, voice.Run{} // the middle of CVE-2026-1234
		}
	}
	if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("#$€£¥~@&/-−.+", c) {
		return 0, voice.Run{}
	}
	if plainWord(text[at:]) {
		return 0, voice.Run{} // most words are; rules take a hundred times as long
	}
	foreign := run.Language != "" && !r.same(run.Language)
	for _, rule := range r.rules() {
		if rule.english && (!r.english || foreign) {
			continue
		}
		m := rule.find.FindStringSubmatch(text[at:])
		if m == nil || len(m[0]) == 0 || !ends(text, at+len(m[0])) || rule.unless != nil && rule.unless.MatchString(text[at+len(m[0]):]) {
			continue
		}
		if say := rule.say(m); say != "" && say != m[0] {
			return len(m[0]), voice.Run{Say: say}
		}
	}
	return 0, voice.Run{}
}

// plainWord tells whether a text begins with a word of small letters, the first of which
// may be a capital, behind which neither a stop nor a number comes: no rule is for such.
func plainWord(text string) bool {
	n := 0
	for n < len(text) && (text[n] >= 'a' && text[n] <= 'z' || n == 0 && text[n] >= 'A' && text[n] <= 'Z') {
		n++
	}
	switch {
	case n == 0:
		return false
	case n == len(text):
		return true
	case text[n] == ' ':
		return n+1 == len(text) || text[n+1] < '0' || text[n+1] > '9'
	}
	return strings.IndexByte(",;!?", text[n]) >= 0
}

func (r *reader) same(language string) bool {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	return base == "en" && r.english
}

// ends tells whether a thing may end at a byte: not within a word or number.
func ends(text string, at int) bool {
	last, _ := utf8.DecodeLastRuneInString(text[:at])
	next, _ := utf8.DecodeRuneInString(text[at:])
	return !wordy(last) || !wordy(next) || unspaced(last) || unspaced(next)
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// unspaced tells the letters of scripts that set no blanks between words.
func unspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// ellipsis finds "..." or "…" between two words of a sentence: at its end the sentence's
// own pause does.
func ellipsis(text string, at int) int {
	n := 0
	for n < len(text)-at {
		switch {
		case text[at+n] == '.':
			n++
		case strings.HasPrefix(text[at+n:], "…"):
			n += len("…")
		default:
			goto done
		}
	}
done:
	if n < len("...") {
		return 0
	}
	if rest := strings.TrimLeft(text[at+n:], " \u00a0"); rest == "" || !strings.ContainsFunc(rest, unicode.IsLetter) {
		return 0
	}
	if at == 0 || strings.TrimSpace(text[:at]) == "" {
		return 0
	}
	return n
}

// rule is a form of text and how it is said; an empty answer says that it is none.
type rule struct {
	find    *regexp.Regexp
	unless  *regexp.Regexp // what may not stand behind it; nil is nothing
	english bool
	say     func(m []string) string
}

// SayAs tells how a text is said that is to be taken as something: cardinal, ordinal,
// digits, fraction, unit, date, time, telephone, currency, address, expletive; the format of
// a date is some of the letters y, m and d, once or as often as there are digits. It is false
// where text and kind do not fit, or the kind is unknown; an empty answer says that the voice
// reads the text well by itself.
func SayAs(text, as, format, language string) (string, bool) {
	r := newReader(language, nil)
	text = strings.TrimSpace(text)
	digits := strings.ContainsFunc(text, unicode.IsDigit)
	switch as {
	case "digits", "telephone":
		say := apart(text)
		return say, say != ""
	case "fraction":
		if say := parts(text); r.english && say != "" {
			return say, true
		}
		return r.plain(text), digits
	case "cardinal", "number", "unit", "currency", "address":
		return r.plain(text), digits || as == "address"
	case "ordinal":
		return r.ordinal(text)
	case "date":
		say := r.formattedDate(text, strings.ToLower(format))
		if named := strings.ContainsFunc(text, unicode.IsLetter); say == "" && named && digits {
			return r.plain(text), true // 25 November 2026
		}
		return say, say != ""
	case "time":
		if m := minutes().FindStringSubmatch(text); m != nil && r.english {
			return counted(m[1], "minute") + " " + counted(m[2], "second"), true
		}
		return r.plain(text), digits
	case "expletive", "bleep":
		return "beep", text != ""
	}
	return "", false
}

// ordinal reads a number that may be written as an ordinal already.
func (r *reader) ordinal(text string) (string, bool) {
	if !r.english {
		number := strings.TrimSuffix(text, ".")
		return number + ".", onlyDigits(number)
	}
	number := ungrouped(text)
	if onlyDigits(number) {
		return ordinal(number), true
	}
	return "", len(number) > 2 && onlyDigits(number[:len(number)-2]) && ordinal(number[:len(number)-2]) == strings.ToLower(number)
}

// plain reads a text by the rules; empty where they change nothing.
func (r *reader) plain(text string) string {
	runs := r.run(voice.Run{Text: text})
	var b strings.Builder
	changed := false
	for _, run := range runs {
		if run.Say != "" {
			b.WriteString(run.Say)
			changed = true
			continue
		}
		b.WriteString(run.Text)
	}
	if !changed {
		return ""
	}
	return b.String()
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// apart sets the digits of a number apart; what parts its groups is a short pause.
func apart(text string) string {
	var b strings.Builder
	digit := false
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteRune(c)
			digit = true
		case c == '+':
			b.WriteString("plus")
		case unicode.IsLetter(c):
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteRune(c)
		default:
			if digit {
				b.WriteByte(',')
			}
			digit = false
		}
	}
	return strings.TrimRight(b.String(), ",")
}
