package idiom

import (
	"strconv"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// newGermanForms returns the context-dependent forms of German.
func newGermanForms() passage.Forms {
	return passage.Forms{
		Year: sayGermanYear, Counts: chooseGermanOneForm, Ordinal: chooseGermanOrdinalEnding, Date: sayGermanDate,
		Clock: sayGermanClock,
		Roman: sayGermanRoman,
	}
}

func sayGermanYear(p *passage.Passage, _, year int) string {
	words, _ := p.Rules.Spell(uint64(max(year, 0)), "spellout-numbering-year")
	return words
}

// findGermanCase returns the case that the word before token i requires: dative, accusative, genitive, or
// "".
func findGermanCase(p *passage.Passage, i int) string {
	w := p.TokenAt(p.FindIndexBefore(i)).Lower
	for _, c := range []string{"dative", "accusative", "genitive"} {
		if p.Contains(c, w) {
			return c
		}
	}
	return ""
}

// chooseGermanOneForm returns the form of "ein" before a noun of a gender.
func chooseGermanOneForm(p *passage.Passage, from int, gender string) string {
	switch findGermanCase(p, from) {
	case "dative":
		if gender == "f" {
			return "r"
		}
		return "m.dat"
	case "genitive":
		if gender == "f" {
			return "r"
		}
		return "s"
	case "accusative":
		if gender == "m" {
			return "m.acc"
		}
	}
	return gender
}

// chooseGermanOrdinalEnding returns the ending of an ordinal number: weak after words such as der, am and dem,
// strong without an article.
func chooseGermanOrdinalEnding(p *passage.Passage, from, to int) string {
	if dash := p.SkipGap(to); token.IsDash(p.TokenAt(dash).Text) && p.TokenAt(p.SkipGap(dash+1)+1).Text == "." {
		to = p.SkipGap(dash+1) + 2 // 1.–3. Klasse
	}
	gender := p.FindNounGenderAfter(to)
	b := p.FindIndexBefore(from)
	w := p.TokenAt(b).Lower
	if token.IsDash(w) {
		for b >= 0 && p.TokenAt(b).Kind != token.Word {
			b--
		}
		w = p.TokenAt(b).Lower
	}
	switch {
	case w == "der":
		before := p.TokenAt(p.FindIndexBefore(b)).Lower
		if gender == "f" || p.Contains("dative", before) || p.Contains("genitive", before) {
			return "n"
		}
		if gender == "" && followsCapitalizedWord(p, b) {
			return "n"
		}
		return "-"
	case w == "die" && isKnownPluralAfter(p, to):
		return "n"
	case p.Contains("weak", w):
		return "-"
	case p.Contains("oblique", w), p.Contains("dative", w) && gender != "" && strings.HasSuffix(w, "m"):
		return "n"
	case p.Contains("dative", w):
		if gender == "f" {
			return "r"
		}
		if gender != "" {
			return "m"
		}
		return "n"
	case w == "ein" || strings.HasSuffix(w, "ein") && p.Contains("possessives", w) || p.Contains("possessives", w):
		if gender == "n" {
			return "s"
		}
		return "r"
	}
	switch gender {
	case "f":
		return "-"
	case "n":
		return "s"
	}
	return "r"
}

func followsCapitalizedWord(p *passage.Passage, i int) bool {
	t := p.TokenAt(p.FindIndexBefore(i))
	return t.Kind == token.Word && t.Text != t.Lower && strings.HasSuffix(p.Src[:p.TokenAt(i).Start], " ") &&
		p.FindIndexBefore(i) > 0
}

// isKnownPluralAfter reports whether the noun after a number is in the plural.
func isKnownPluralAfter(p *passage.Passage, i int) bool {
	t := p.TokenAt(p.SkipGap(i))
	g := p.GuessGender(t)
	return (g == "m" || g == "n") && p.IsOneOf(p.SkipGap(i), "spiele", "jahre", "tage", "plätze", "teile")
}

// sayGermanDate returns am dritten Oktober, der dritte Oktober or dritter Oktober, according to the words
// before it.
func sayGermanDate(p *passage.Passage, from, _ int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + sayGermanYear(p, from, d.Year)
	}
	month := p.Months[d.Month]
	if d.Day == 0 {
		return month + year
	}
	form := chooseGermanDayEnding(p, from)
	day := p.SpellOrdinal(strconv.Itoa(d.Day), form)
	if d.Last > 0 {
		day += " bis " + p.SpellOrdinal(strconv.Itoa(d.Last), form)
	}
	return day + " " + month + year
}

// chooseGermanDayEnding returns the ending of a day's ordinal number, according to the words before it.
func chooseGermanDayEnding(p *passage.Passage, from int) string {
	b := p.FindIndexBefore(from)
	for p.TokenAt(b).Text == "," || p.TokenAt(b).Text == "(" {
		b = p.FindIndexBefore(b)
	}
	if token.IsDash(p.TokenAt(b).Text) && p.Month[p.TokenAt(p.FindIndexBefore(b)).Lower] > 0 {
		// 5. Mai – 7. Mai: the same as in the first date
		return chooseGermanDayEnding(p, max(p.FindIndexBefore(p.FindIndexBefore(b))-1, 0))
	}
	w := p.TokenAt(b).Lower
	if p.Day[w] || p.Days[w] != "" || p.TokenAt(b).Text == "." && p.Days[p.TokenAt(b-1).Lower] != "" {
		c := p.FindIndexBefore(b)
		if p.TokenAt(b).Text == "." {
			c = p.FindIndexBefore(b - 1)
		}
		w = p.TokenAt(c).Lower
		if w != "der" && !p.Contains("oblique", w) {
			w = ""
		}
		if w == "der" {
			return "-"
		}
	}
	switch {
	case w == "der" || w == "dieser" || w == "jeder":
		if p.Contains("dative", p.TokenAt(p.FindIndexBefore(b)).Lower) {
			return "n"
		}
		return "-"
	case p.Contains("oblique", w) || p.Contains("dative", w) || p.Contains("accusative", w) || w == "bis" || w == "und" ||
		w == "oder":
		return "n"
	}
	return "r"
}

func sayGermanClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	hour := p.SpellCount(uint64(c.Hour), "n")
	say := hour + " Uhr"
	if c.Minute > 0 {
		say += " " + p.SpellCount(uint64(c.Minute), "")
	}
	if c.HasSecond {
		if c.Minute == 0 {
			say += " null"
		}
		say += " " + p.SpellCount(uint64(c.Second), "")
	}
	return say
}

func sayGermanRoman(p *passage.Passage, i, end, n int, kind string) string {
	number := strconv.Itoa(n)
	switch kind {
	case "century":
		return p.SpellOrdinal(number, chooseGermanOrdinalEnding(p, i, end))
	case "ordinal":
		b := p.FindIndexBefore(i)
		name := p.TokenAt(b)
		before := p.TokenAt(p.FindIndexBefore(b)).Lower
		article, form := "der", "-"
		woman := p.Contains("queens", name.Lower) || p.Contains("queens", strings.TrimSuffix(name.Lower, "s"))
		if woman {
			article = "die"
		}
		switch {
		case strings.HasSuffix(name.Lower, "s") && p.Roman[strings.TrimSuffix(name.Lower, "s")] == "ordinal":
			article, form = "des", "n"
			if woman {
				article = "der"
			}
		case p.Contains("dative", before):
			article, form = "dem", "n"
			if woman {
				article = "der"
			}
		case p.Contains("accusative", before):
			form = "n"
			if !woman {
				article = "den"
			} else {
				form = "-"
			}
		}
		if p.IsOneOf(b, "der", "die", "des", "dem", "den") {
			return grammar.Capitalize(p.SpellOrdinal(number, chooseGermanOrdinalEnding(p, i, end)))
		}
		return article + " " + grammar.Capitalize(p.SpellOrdinal(number, form))
	}
	return p.SpellCount(uint64(n), "")
}
