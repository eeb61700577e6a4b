// Package reading says how narration is read aloud: it cuts text into sentences and puts
// beside numbers, dates, money, signs, abbreviations, addresses and words of code the words
// that are said for them, in the language of the voice and in the form that the sentence
// asks for; and it applies the pronunciations of a lexicon. It exists so that every voice
// reads the same text in the same way, and gets words alone. It speaks nothing and never
// changes what is written, which subtitles show.
package reading

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

// Reader reads the narration of one script. The zero value has no lexicon. A Reader is
// not safe for use by several goroutines.
type Reader struct {
	// Lexicon of the script; nil is an empty one. It is set before anything is read.
	Lexicon *Lexicon

	languages map[string]*grammar // which take longer to make than a paragraph to read
}

// ellipsisPause is how long "..." within a sentence waits.
const ellipsisPause = 300 * time.Millisecond

// Sentences cuts styled text into sentences (see voice.SplitRuns) and says in each run
// how it is read, in the language of the voice (BCP 47).
func (all *Reader) Sentences(runs []utter.Run, language string) [][]utter.Run {
	out := voice.SplitRuns(composed(runs), language)
	for i, sentence := range out {
		out[i] = all.sentence(sentence, language)
	}
	return out
}

// composed brings text into the normal form NFC.
func composed(runs []utter.Run) []utter.Run {
	out := make([]utter.Run, len(runs))
	for i, r := range runs {
		r.Text = norm.NFC.String(r.Text)
		out[i] = r
	}
	return out
}

// grammarOf gives the grammar of a language, made when it is first needed.
func (all *Reader) grammarOf(language string) *grammar {
	g, ok := all.languages[language]
	if !ok {
		g = newGrammar(language)
		if all.languages == nil {
			all.languages = map[string]*grammar{}
		}
		all.languages[language] = g
	}
	return g
}

// sentence reads the runs of a sentence. Neighbours in one language are read as one text,
// so that a number sees the words around it whatever their style.
func (all *Reader) sentence(runs []utter.Run, language string) []utter.Run {
	var out []utter.Run
	for i := 0; i < len(runs); {
		r := runs[i]
		lang := language
		if r.Language != "" {
			lang = r.Language
		}
		if r.Say != "" || r.IPA != "" {
			if say := all.words(r.Say, lang); say != "" {
				r.Say = say
			}
			out = append(out, r)
			i++
			continue
		}
		if r.Style == utter.Spell {
			out = append(out, all.spelled(r, lang)...)
			i++
			continue
		}
		j := i + 1
		for j < len(runs) && goesWith(runs[j], r) && runs[j-1].Pause == 0 {
			j++
		}
		out = append(out, all.stretch(runs[i:j], lang)...)
		i = j
	}
	return out
}

// goesWith tells whether a run can be read together with the one in front of it.
func goesWith(r, first utter.Run) bool {
	return r.Say == "" && r.IPA == "" && r.Style != utter.Spell && r.Language == first.Language
}

// words reads a text that is said in place of another, such as an alias in SSML.
func (all *Reader) words(say, language string) string {
	if say == "" {
		return ""
	}
	p := passageOf(all.grammarOf(language), norm.NFC.String(say))
	return p.plain()
}

// passageOf makes a passage of a text, with what its language says in its own way.
func passageOf(g *grammar, text string) *passage { return newPassage(g, idiomOf(g.base), text) }

// change is a stretch of a text, in bytes, that is said in another way than it is written.
type change struct {
	start, end int
	say, ipa   string
	pause      time.Duration
}

// stretch reads runs of one language.
func (all *Reader) stretch(runs []utter.Run, language string) []utter.Run {
	p := passageOf(all.grammarOf(language), utter.Text(runs))
	changes := p.changes(all.Lexicon)
	var out []utter.Run
	base, k := 0, 0
	for _, run := range runs {
		end := base + len(run.Text)
		at := base
		first := len(out)
		for k < len(changes) && changes[k].start < end {
			c := changes[k]
			if c.start > at {
				out = append(out, part(run, p.src[at:c.start]))
			}
			if c.start >= at && c.start >= base {
				said := part(run, p.src[c.start:c.end])
				said.Say, said.IPA, said.Pause = c.say, c.ipa, c.pause
				out = append(out, said)
			}
			at = max(at, c.end)
			if c.end > end { // the rest of what is said lies in the runs behind
				break
			}
			k++
		}
		if at < end {
			out = append(out, part(run, p.src[at:end]))
		}
		if len(out) > first {
			out[len(out)-1].Pause = max(out[len(out)-1].Pause, run.Pause)
		} else if run.Pause > 0 && len(out) > 0 {
			out[len(out)-1].Pause = max(out[len(out)-1].Pause, run.Pause)
		}
		base = end
	}
	return out
}

// part is a piece of a run that is said as it is written.
func part(run utter.Run, text string) utter.Run {
	run.Text, run.Pause = text, 0
	return run
}

// spelled cuts a run that is said letter by letter: digits and signs become words.
func (all *Reader) spelled(run utter.Run, language string) []utter.Run {
	p := passageOf(all.grammarOf(language), run.Text)
	var out []utter.Run
	plain := ""
	flush := func() {
		if plain != "" {
			out = append(out, part(run, plain))
			plain = ""
		}
	}
	for _, t := range p.tokens {
		text := p.src[t.start:t.end]
		say := ""
		switch {
		case t.kind == digits && p.rules != nil:
			say = " " + strings.ReplaceAll(p.apart(t.text), " ", ", ") + ", "
		case t.kind == sign && p.known:
			say = passageOf(p.grammar, t.text).spelledSign()
		}
		if say == "" {
			plain += text
			continue
		}
		flush()
		piece := part(run, text)
		piece.Style, piece.Say = utter.Plain, say
		out = append(out, piece)
	}
	flush()
	if len(out) > 0 {
		out[len(out)-1].Pause = run.Pause
	}
	return out
}

// spelledSign names a sign among letters.
func (p *passage) spelledSign() string {
	text := p.src
	name := p.signs[text]
	for key, s := range map[string]string{
		"dot": ".", "slash": "/", "at": "@", "dash": "-", "underscore": "_", "colon": ":",
	} {
		if s == text {
			name = p.word(key)
		}
	}
	switch {
	case name != "":
		return " " + name + ", "
	case strings.Contains(pauses, text):
		return ""
	}
	if s, end := p.superscript(0); end > 0 && s != "" {
		return " " + p.cardinal(strings.TrimPrefix(s, "-"), "") + ", "
	}
	if top, low, ok := vulgar(text); ok {
		return " " + p.fraction(strconv.Itoa(top), strconv.Itoa(low)) + ", "
	}
	if say := p.compatible(text); say != "" {
		return " " + say + ", "
	}
	return " "
}

// changes finds all that is said in another way than it is written, in order.
func (p *passage) changes(l *Lexicon) []change {
	var out []change
	for i := 0; i < len(p.tokens); {
		t := p.tokens[i]
		if c, end := p.lexicon(l, i); end > i {
			out = append(out, c)
			i = end
			continue
		}
		if end := p.ellipsis(i); end > i {
			out = append(out, change{start: t.start, end: p.tokens[end-1].end, say: ",", pause: ellipsisPause})
			i = end
			continue
		}
		end, say := p.read(i)
		if end > i && say != "" {
			c := p.withBlanks(change{start: t.start, end: p.tokens[end-1].end, say: say})
			if n := len(out); n > 0 && out[n-1].end == c.start && !strings.HasSuffix(out[n-1].say, " ") && wordy([]rune(c.say)[0]) {
				c.say = " " + c.say
			}
			out = append(out, c)
			i = end
			continue
		}
		if t.text != p.src[t.start:t.end] && t.kind == word {
			out = append(out, change{start: t.start, end: t.end, say: t.text})
		} else if t.kind == gap && t.text != p.src[t.start:t.end] {
			out = append(out, change{start: t.start, end: t.end, say: " "})
		}
		i++
	}
	return out
}

// read reads what begins at a token.
func (p *passage) read(i int) (int, string) {
	switch p.tokens[i].kind {
	case digits:
		if p.rules == nil {
			return i, ""
		}
		if end, say := p.plainDate(i); end > i {
			return end, say
		}
		if p.word("dot") != "" && p.opens(i) {
			if end, say := p.addresses(i); end > i {
				return end, say
			}
		}
		return p.fromDigits(i)
	case word:
		return p.fromWord(i)
	case sign:
		return p.fromSign(i)
	case gap:
	}
	return i, ""
}

// withBlanks sets a blank between words that are said and letters that touch them.
func (p *passage) withBlanks(c change) change {
	before, _ := utf8.DecodeLastRuneInString(p.src[:c.start])
	after, _ := utf8.DecodeRuneInString(p.src[c.end:])
	if wordy(before) && !unspaced(before) {
		c.say = " " + c.say
	}
	if wordy(after) && !unspaced(after) || (after == '(' || after == '$' || after == '€') &&
		!strings.HasSuffix(c.say, " ") {
		c.say += " "
	}
	return c
}

// unspaced tells the letters of scripts that set no blanks between words.
func unspaced(r rune) bool {
	return r >= 0x0E00 &&
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
			unicode.Myanmar)
}

// lexicon finds a word of the lexicon at a token. In scripts without blanks it may begin
// within one.
func (p *passage) lexicon(l *Lexicon, i int) (change, int) {
	t := p.tokens[i]
	if l == nil || t.kind == gap {
		return change{}, i
	}
	if b := p.at(i - 1); i > 0 && b.kind != gap && b.kind != sign && t.kind != sign {
		r, _ := utf8.DecodeRuneInString(t.text)
		if !unspaced(r) {
			return change{}, i
		}
	}
	n, e := l.match(p.src, t.start)
	if n == 0 {
		return change{}, i
	}
	end := t.start + n
	for j := i; j < len(p.tokens); j++ {
		if p.tokens[j].end == end {
			return change{start: t.start, end: end, say: e.say, ipa: e.ipa}, j + 1
		}
	}
	return change{}, i
}

// ellipsis finds "..." or "…" between two words of a sentence: at its end the sentence's
// own pause does.
func (p *passage) ellipsis(i int) int {
	j, dots := i, 0
	for {
		switch p.at(j).text {
		case ".":
			dots++
		case "…":
			dots += 3
		default:
			if dots < 3 || i == 0 || strings.TrimSpace(p.src[:p.at(i).start]) == "" {
				return i
			}
			if k := p.skip(j); k >= len(p.tokens) || !strings.ContainsFunc(p.src[p.at(k).start:], unicode.IsLetter) {
				return i
			}
			return j
		}
		j++
	}
}
