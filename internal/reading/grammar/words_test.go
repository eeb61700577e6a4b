package grammar_test

import (
	"flag"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/readingtest"
)

var update = flag.Bool("update", false, "write the words of numbers anew")

// TestWords compares numbers in all forms, fractions and ordinal endings with the golden file.
func TestWords(t *testing.T) {
	t.Parallel()
	grammars := map[string]*grammar.Grammar{}
	readingtest.CheckTable(t, "testdata/words.tsv", *update, func(name, number string) string {
		if grammars[name] == nil {
			grammars[name] = grammar.New(name)
		}
		return words(grammars[name], number)
	})
}

// words returns a number in all forms, as a part of fractions and as an exponent.
func words(g *grammar.Grammar, number string) string {
	var out []string
	for _, form := range forms(g.Cards) {
		out = append(out, g.SpellCardinal(number, form), g.SpellOrdinal(number, form))
	}
	for _, top := range []string{"2", "3", "22"} {
		out = append(out, g.SpellFraction(top, number), g.SpellMixed(number, top, "4", ""))
	}
	out = append(out, g.SpellMixed(number, "1", "2", "m"), g.SpellMixed(number, "1", "2", "f"), g.SpellDecimals(number),
		g.SpellDigitGroups(number), g.SpellExponent(number), g.SpellExponent("-"+number),
		g.SpellNumber(grammar.Num{Whole: number, Minus: "-"}, ""))
	return strings.Join(out, "; ")
}

// forms returns the names of the forms of cardinal numbers, sorted.
func forms(cards map[string]string) []string {
	out := make([]string, 0, len(cards))
	for form := range cards {
		out = append(out, form)
	}
	slices.Sort(out)
	return out
}

// TestNames compares the names of units, money, scales and abbreviations with the golden file.
func TestNames(t *testing.T) {
	t.Parallel()
	readingtest.CheckTable(t, "testdata/names.tsv", *update, func(name, symbol string) string {
		g := grammar.New(name)
		var out []string
		for _, u := range g.Units {
			if slices.Contains(u.Symbols, symbol) {
				out = append(out, strings.Join([]string{u.Gender, u.One, u.Few, u.Other, u.Genitive}, " "))
			}
		}
		for _, c := range g.Money {
			if slices.Contains(c.Symbols, symbol) {
				out = append(out, strings.Join([]string{c.Major.Gender, c.Major.One, c.Major.Other, c.Minor.One, c.Minor.Other}, " "))
			}
		}
		if s, ok := g.Scales[symbol]; ok {
			out = append(out, s.One+" "+s.Other+" "+strconv.Itoa(s.Exponent))
		}
		for _, table := range []map[string]string{g.Short, g.Exact, g.Bare, g.Phrases, g.Days, g.Signs, g.Tails, g.Roman, g.Ends} {
			out = append(out, table[symbol])
		}
		return strings.Join(out, "; ")
	})
}
