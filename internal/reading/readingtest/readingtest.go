// Package readingtest provides helpers that test rules of reading by their effect on sentences.
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

// Rule reads the text that begins at token i; see the rules of package reading.
type Rule = func(p *passage.Passage, i int) (end int, say string)

// Rules are the rules for tokens of a kind, in the order in which they are tried.
type Rules struct {
	Kind  token.Kind
	Rules []Rule
}

// Case is a language, a sentence, and the expected sentence with the results of rules in brackets.
type Case [3]string

// NewPassage returns a passage for a text in a language (BCP 47).
func NewPassage(name, text string) *passage.Passage { return NewPassageFunc()(name, text) }

// NewPassageFunc returns a function like NewPassage that makes the grammar of each language only once.
func NewPassageFunc() func(name, text string) *passage.Passage {
	grammars := map[string]*grammar.Grammar{}
	return func(name, text string) *passage.Passage {
		g := grammars[name]
		if g == nil {
			g = grammar.New(name)
			grammars[name] = g
		}
		return passage.New(g, idiom.FindForms(g.Base), text)
	}
}

// MarkResults returns a text in which the results of rules, in brackets, replace what they read. At each
// token the rules for its kind are tried in order.
func MarkResults(p *passage.Passage, all ...Rules) string {
	var b strings.Builder
	for i := 0; i < len(p.Tokens); {
		end, say := applyFirstMatchingRule(p, i, all)
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

func applyFirstMatchingRule(p *passage.Passage, i int, all []Rules) (nextIndex int, spoken string) {
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

// CheckRule applies a rule at the tokens of a kind in sentences and compares the results.
func CheckRule(t *testing.T, kind token.Kind, rule Rule, cases []Case) {
	t.Helper()
	for _, c := range cases {
		name, text, want := c[0], c[1], c[2]
		if got := MarkResults(NewPassage(name, text), Rules{Kind: kind, Rules: []Rule{rule}}); got != want {
			t.Errorf("%s: %q becomes\n\t%q, want\n\t%q", name, text, got, want)
		}
	}
}

// CheckGolden applies rules to the sentences in testdata/sentences.tsv and compares the results of MarkResults;
// see CheckTable.
func CheckGolden(t *testing.T, update bool, all ...Rules) {
	t.Helper()
	CheckSentences(t, update, func(p *passage.Passage) string { return MarkResults(p, all...) })
}

// CheckSentences compares the results of a function for the sentences in testdata/sentences.tsv; see CheckTable.
func CheckSentences(t *testing.T, update bool, output func(*passage.Passage) string) {
	t.Helper()
	passageOf := NewPassageFunc()
	CheckTable(t, "testdata/sentences.tsv", update,
		func(name, text string) string { return output(passageOf(name, text)) })
}

// CheckTable compares the third column of a file with the results of a function. The columns are language,
// input and output. With update, it writes the results to the file instead.
func CheckTable(t *testing.T, file string, update bool, output func(name, input string) string) {
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

// FuzzRules applies rules to arbitrary texts in the languages with a complete table. It checks that rules
// return indexes inside the text, and valid UTF-8.
func FuzzRules(f *testing.F, all ...Rules) {
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
		p := NewPassage(name, text)
		for _, rules := range all {
			for i, token := range p.Tokens {
				if token.Kind == rules.Kind {
					tryAllRules(t, p, i, rules.Rules)
				}
			}
		}
	})
}

func tryAllRules(t *testing.T, p *passage.Passage, i int, rules []Rule) {
	t.Helper()
	for k, rule := range rules {
		if end, say := rule(p, i); end < i || end > len(p.Tokens) || !utf8.ValidString(say) {
			t.Fatalf("%s: rule %d reads %q from token %d to %d of %d: %q", p.Base, k, p.Src, i, end, len(p.Tokens), say)
		}
	}
}
