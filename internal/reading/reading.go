// Package reading determines how narration is read aloud, in the language of the voice. It splits text
// into sentences, replaces numbers, dates, money, signs, abbreviations, addresses and identifiers by
// words, and applies the pronunciations of a lexicon. Every voice therefore reads a text in the same
// way, and receives only words. The written text, which subtitles show, is not changed.
//
// The order in which rules are tried is in rules.go. The rules are in the packages figure, calendar,
// address, short and sign. They read a passage (tokens and their neighbours), using a grammar (a
// table, and numbers as words) and an idiom (forms that depend on the context).
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

// MaxLexicon is the maximum size of a lexicon in bytes.
const MaxLexicon = lexicon.Max

// ParseLexicon parses a lexicon; see lexicon.Parse.
func ParseLexicon(file string, src []byte) (*Lexicon, diag.List) { return lexicon.Parse(file, src) }

// Reader reads the narration of one script. The zero value has no lexicon. It is not safe for
// concurrent use.
type Reader struct {
	// Lexicon is the script's lexicon, or nil. It must be set before the first call.
	Lexicon *Lexicon

	languages map[string]*grammar.Grammar // cache, because making a grammar takes longer than reading a paragraph
}

// ReadSentences splits styled text into sentences (see voice.SplitRuns) and sets the spoken form of each
// run. language is the language of the voice (BCP 47).
func (all *Reader) ReadSentences(runs []utter.Run, language string) [][]utter.Run {
	out := voice.SplitRuns(normalizeRuns(runs), language)
	for i, sentence := range out {
		out[i] = all.readSentence(sentence, language)
	}
	return out
}

// normalizeRuns returns runs with text in the Unicode normal form NFC.
func normalizeRuns(runs []utter.Run) []utter.Run {
	out := make([]utter.Run, len(runs))
	for i, r := range runs {
		r.Text = norm.NFC.String(r.Text)
		out[i] = r
	}
	return out
}

// recallOrMakeGrammar returns the grammar of a language from the cache, or makes it.
func (all *Reader) recallOrMakeGrammar(language string) *grammar.Grammar {
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

// readSentence sets the spoken form of the runs of a sentence. Neighbouring runs in one language are read
// as one text, so that rules see the words around a number whatever their style.
func (all *Reader) readSentence(runs []utter.Run, language string) []utter.Run {
	var out []utter.Run
	for i := 0; i < len(runs); {
		r := runs[i]
		lang := language
		if r.Language != "" {
			lang = r.Language
		}
		if r.Say != "" || r.IPA != "" {
			if say := all.readAlias(r.Say, lang); say != "" {
				r.Say = say
			}
			out = append(out, r)
			i++
			continue
		}
		if r.Style == utter.Spell {
			out = append(out, all.splitSpelledRun(r, lang)...)
			i++
			continue
		}
		j := i + 1
		for j < len(runs) && canReadTogether(runs[j], r) && runs[j-1].Pause == 0 {
			j++
		}
		out = append(out, all.readRuns(runs[i:j], lang)...)
		i = j
	}
	return out
}

// canReadTogether reports whether a run can be read together with the run before it.
func canReadTogether(r, first utter.Run) bool {
	return r.Say == "" && r.IPA == "" && r.Style != utter.Spell && r.Language == first.Language
}

// readAlias returns the spoken form of a text that replaces another, such as an alias in SSML.
func (all *Reader) readAlias(say, language string) string {
	if say == "" {
		return ""
	}
	p := newPassage(all.recallOrMakeGrammar(language), norm.NFC.String(say))
	return readWholeText(p)
}

// newPassage returns a passage for a text, with the forms of its language.
func newPassage(g *grammar.Grammar, text string) *passage.Passage {
	return passage.New(g, idiom.FindForms(g.Base), text)
}

// readRuns sets the spoken form of consecutive runs in one language.
func (all *Reader) readRuns(runs []utter.Run, language string) []utter.Run {
	p := newPassage(all.recallOrMakeGrammar(language), utter.JoinTexts(runs))
	changes := listReplacements(p, all.Lexicon)
	var out []utter.Run
	base, k := 0, 0
	for _, run := range runs {
		end := base + len(run.Text)
		at := base
		for k < len(changes) && changes[k].start < end {
			c := changes[k]
			if c.start > at {
				out = append(out, newPlainRun(run, p.Src[at:c.start]))
			}
			if c.start >= at && c.start >= base {
				said := newPlainRun(run, p.Src[c.start:c.end])
				said.Say, said.IPA, said.Pause = c.say, c.ipa, c.pause
				out = append(out, said)
			}
			at = max(at, c.end)
			if c.end > end { // the rest of the replaced text is in the following runs
				break
			}
			k++
		}
		if at < end {
			out = append(out, newPlainRun(run, p.Src[at:end]))
		}
		if len(out) > 0 { // the run may have no text left if the run before says all of it
			out[len(out)-1].Pause = max(out[len(out)-1].Pause, run.Pause)
		}
		base = end
	}
	return out
}

// newPlainRun returns a part of a run that is spoken as it is written.
func newPlainRun(run utter.Run, text string) utter.Run {
	run.Text, run.Pause = text, 0
	return run
}

// splitSpelledRun splits a run that is spelled letter by letter. Digits and signs become words.
func (all *Reader) splitSpelledRun(run utter.Run, language string) []utter.Run {
	p := newPassage(all.recallOrMakeGrammar(language), run.Text)
	var out []utter.Run
	plain := ""
	flush := func() {
		if plain != "" {
			out = append(out, newPlainRun(run, plain))
			plain = ""
		}
	}
	for _, t := range p.Tokens {
		text := p.Src[t.Start:t.End]
		say := ""
		switch {
		case t.Kind == token.Digits && p.Rules != nil:
			say = " " + strings.ReplaceAll(p.SpellDigits(t.Text), " ", ", ") + ", "
		case t.Kind == token.Sign && p.Known:
			say = sign.NameSpelledSign(newPassage(p.Grammar, t.Text))
		}
		if say == "" {
			plain += text
			continue
		}
		flush()
		piece := newPlainRun(run, text)
		piece.Style, piece.Say = utter.Plain, say
		out = append(out, piece)
	}
	flush()
	if len(out) > 0 {
		out[len(out)-1].Pause = run.Pause
	}
	return out
}
