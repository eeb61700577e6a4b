// Package readingtest tests rules of reading by their effect on a sentence.
package readingtest

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/idiom"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// Rule reads what begins at a token; see the rules of package reading.
type Rule = func(p *passage.Passage, i int) (end int, say string)

// Rules are those that are tried at tokens of a kind.
type Rules struct {
	Kind  token.Kind
	Rules []Rule
}

// Case is a language, a sentence, and the same with what a rule says in brackets.
type Case [3]string

// Passage cuts a text in a language (BCP 47) into tokens.
func Passage(name, text string) *passage.Passage { return Passages()(name, text) }

// Passages returns what cuts many texts into tokens, one after the other: it makes each grammar once.
func Passages() func(name, text string) *passage.Passage {
	grammars := map[string]*grammar.Grammar{}
	return func(name, text string) *passage.Passage {
		g := grammars[name]
		if g == nil {
			g = grammar.New(name)
			grammars[name] = g
		}
		return passage.New(g, idiom.Of(g.Base), text)
	}
}

// Marked writes a text with what rules say in brackets, in place of what they read. At each token
// that is not read yet, the rules for its kind are tried in order.
func Marked(p *passage.Passage, all ...Rules) string {
	var b strings.Builder
	for i := 0; i < len(p.Tokens); {
		end, say := first(p, i, all)
		if say == "" {
			end = i + 1
			b.WriteString(p.Src[p.Tokens[i].Start:p.Tokens[i].End])
		} else {
			b.WriteString("[" + say + "]")
		}
		i = end
	}
	return b.String()
}

func first(p *passage.Passage, i int, all []Rules) (int, string) {
	for _, rules := range all {
		if rules.Kind != p.Tokens[i].Kind {
			continue
		}
		for _, rule := range rules.Rules {
			if end, say := rule(p, i); end > i && say != "" {
				return end, say
			}
		}
	}
	return i, ""
}

// Check tries a rule at the tokens of a kind in sentences.
func Check(t *testing.T, kind token.Kind, rule Rule, cases []Case) {
	t.Helper()
	for _, c := range cases {
		name, text, want := c[0], c[1], c[2]
		if got := Marked(Passage(name, text), Rules{Kind: kind, Rules: []Rule{rule}}); got != want {
			t.Errorf("%s: %q becomes\n\t%q, want\n\t%q", name, text, got, want)
		}
	}
}

// Golden reads the sentences in testdata/sentences.tsv (language, text, and the same as Marked
// writes it) with rules, and expects them as they are there; see Table.
func Golden(t *testing.T, update bool, all ...Rules) {
	t.Helper()
	Sentences(t, update, func(p *passage.Passage) string { return Marked(p, all...) })
}

// Sentences expects of the sentences in testdata/sentences.tsv what a function gives; see Table.
func Sentences(t *testing.T, update bool, output func(*passage.Passage) string) {
	t.Helper()
	passageOf := Passages()
	Table(t, "testdata/sentences.tsv", update, func(name, text string) string { return output(passageOf(name, text)) })
}

// Table expects that the lines of a file (language, input, output) have the output that a function
// gives. With update the file is written again: look at what changed.
func Table(t *testing.T, file string, update bool, output func(name, input string) string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(src)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			t.Fatalf("%s: bad line %q", file, line)
		}
		got := output(f[0], f[1])
		if got != f[2] && !update {
			t.Errorf("%s: %q becomes\n\t%q, want\n\t%q", f[0], f[1], got, f[2])
		}
		out.WriteString(f[0] + "\t" + f[1] + "\t" + got + "\n")
	}
	if !update {
		return
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Fuzz tries rules on any text in languages with a whole table: they never read backwards or
// beyond the text, and say texts in UTF-8.
func Fuzz(f *testing.F, all ...Rules) {
	f.Helper()
	names := []string{"en", "en-GB", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl"}
	for i, text := range []string{
		"On 3.10.2026 at 14:30, 5–10 € for 1½ kg; XIV. e.g. U.S. HTTP A4 #5 '90s",
		"see https://a.b/c?d or a_b.md, +49 30 123456, 5'4\", 2⁸, CO₂, ① Ⅳ ½ -5 ~3 → <b>",
		"1.2.3.4:5/6 7x8 9:10:11 1e-5 3rd 2:a 1.–3. 24/7 1,00,000 \u00ad5 5\u00a0000 12B",
	} {
		f.Add(text, uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, pick uint8) {
		name := names[int(pick)%len(names)]
		p := Passage(name, text)
		for _, rules := range all {
			for i, token := range p.Tokens {
				if token.Kind == rules.Kind {
					tryAll(t, p, i, rules.Rules)
				}
			}
		}
	})
}

func tryAll(t *testing.T, p *passage.Passage, i int, rules []Rule) {
	t.Helper()
	for k, rule := range rules {
		if end, say := rule(p, i); end < i || end > len(p.Tokens) || !utf8.ValidString(say) {
			t.Fatalf("%s: rule %d reads %q from token %d to %d of %d: %q", p.Base, k, p.Src, i, end, len(p.Tokens), say)
		}
	}
}
