// Package reading decides how narration is read aloud, in the language of the voice: it cuts text
// into sentences, replaces numbers, dates, money, signs, abbreviations, addresses and words of
// code by the words that are said for them in that sentence, and applies the pronunciations of a
// lexicon. So every voice reads a text in the same way and gets words only. The written text,
// which subtitles show, never changes.
//
// This package holds the order in which rules are tried (rules.go). The rules are in the packages
// below it: figure, calendar, address, short, sign. They read a passage (tokens and their
// neighbours), in a grammar (a table and numbers as words) and its idiom (forms by context).
package reading

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/diag"
	"mynah/internal/reading/grammar"
	"mynah/internal/reading/idiom"
	"mynah/internal/reading/lexicon"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/sign"
	"mynah/internal/reading/token"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// Lexicon is a project's list of pronunciations.
type Lexicon = lexicon.Lexicon

// MaxLexicon is how long a lexicon may be, in bytes.
const MaxLexicon = lexicon.Max

// ParseLexicon reads a lexicon; see lexicon.Parse.
func ParseLexicon(file string, src []byte) (*Lexicon, diag.List) { return lexicon.Parse(file, src) }

// Reader reads the narration of one script. The zero value has no lexicon. A Reader is
// not safe for use by several goroutines.
type Reader struct {
	// Lexicon of the script; nil is an empty one. It is set before anything is read.
	Lexicon *Lexicon

	languages map[string]*grammar.Grammar // which take longer to make than a paragraph to read
}

// Sentences cuts styled text into sentences (see voice.SplitRuns) and says in each run
// how it is read, in the language of the voice (BCP 47).
func (all *Reader) Sentences(runs []utter.Run, language string) [][]utter.Run {
	out := voice.SplitRuns(normalizeRuns(runs), language)
	for i, sentence := range out {
		out[i] = all.sentence(sentence, language)
	}
	return out
}

// normalizeRuns brings text into the normal form NFC.
func normalizeRuns(runs []utter.Run) []utter.Run {
	out := make([]utter.Run, len(runs))
	for i, r := range runs {
		r.Text = norm.NFC.String(r.Text)
		out[i] = r
	}
	return out
}

// grammarOf returns the grammar of a language, made when it is first needed.
func (all *Reader) grammarOf(language string) *grammar.Grammar {
	g, ok := all.languages[language]
	if !ok {
		g = grammar.New(language)
		if all.languages == nil {
			all.languages = map[string]*grammar.Grammar{}
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
		for j < len(runs) && joinsRun(runs[j], r) && runs[j-1].Pause == 0 {
			j++
		}
		out = append(out, all.stretch(runs[i:j], lang)...)
		i = j
	}
	return out
}

// joinsRun reports whether a run can be read together with the one in front of it.
func joinsRun(r, first utter.Run) bool {
	return r.Say == "" && r.IPA == "" && r.Style != utter.Spell && r.Language == first.Language
}

// words reads a text that is said in place of another, such as an alias in SSML.
func (all *Reader) words(say, language string) string {
	if say == "" {
		return ""
	}
	p := passageOf(all.grammarOf(language), norm.NFC.String(say))
	return plain(p)
}

// passageOf makes a passage of a text, with what its language says in its own way.
func passageOf(g *grammar.Grammar, text string) *passage.Passage {
	return passage.New(g, idiom.Of(g.Base), text)
}

// stretch reads runs of one language.
func (all *Reader) stretch(runs []utter.Run, language string) []utter.Run {
	p := passageOf(all.grammarOf(language), utter.Text(runs))
	changes := changes(p, all.Lexicon)
	var out []utter.Run
	base, k := 0, 0
	for _, run := range runs {
		end := base + len(run.Text)
		at := base
		for k < len(changes) && changes[k].start < end {
			c := changes[k]
			if c.start > at {
				out = append(out, part(run, p.Src[at:c.start]))
			}
			if c.start >= at && c.start >= base {
				said := part(run, p.Src[c.start:c.end])
				said.Say, said.IPA, said.Pause = c.say, c.ipa, c.pause
				out = append(out, said)
			}
			at = max(at, c.end)
			if c.end > end { // the rest of what is said is in the runs after
				break
			}
			k++
		}
		if at < end {
			out = append(out, part(run, p.Src[at:end]))
		}
		if len(out) > 0 { // also where all of the run is said with the one in front
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
	for _, t := range p.Tokens {
		text := p.Src[t.Start:t.End]
		say := ""
		switch {
		case t.Kind == token.Digits && p.Rules != nil:
			say = " " + strings.ReplaceAll(p.Apart(t.Text), " ", ", ") + ", "
		case t.Kind == token.Sign && p.Known:
			say = sign.Spelled(passageOf(p.Grammar, t.Text))
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
