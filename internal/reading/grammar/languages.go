package grammar

import "strings"

// setUpDutch sets up Dutch.
func (g *Grammar) setUpDutch() {
	g.together = 2
	g.card = adjustDutchCardinal
	g.part = spellDutchDenominator
}

// adjustDutchCardinal removes the diaereses that CLDR writes between vowels, and writes "one" as the stressed
// "één".
func adjustDutchCardinal(words, _ string, n uint64) string {
	if n == 1 {
		return "één"
	}
	return words
}

// setUpEnglish sets up English. Without a region it is American English.
func (g *Grammar) setUpEnglish() {
	g.Point, g.Group = ".", ","
	american := map[string]bool{"zz": true, "us": true, "": true, "ph": true, "pr": true}[g.Region]
	g.MonthFirst = american
	g.card = func(words, _ string, _ uint64) string { return strings.ReplaceAll(words, ",", "") }
	g.part = spellEnglishDenominator
	if !american {
		g.setUpBritish()
	}
}

// setUpBritish selects the rule sets that say "and". It changes a copy of the table.
func (g *Grammar) setUpBritish() {
	t := *g.Table
	t.Cards = map[string]string{"-": "spellout-cardinal-verbose"}
	t.ords = map[string]string{"-": "spellout-ordinal-verbose"}
	g.Table = &t
}

// setUpFrench sets up French.
func (g *Grammar) setUpFrench() {
	g.Spaced, g.together = true, 3
	if g.Region == "ch" {
		g.Group = ".'"
	}
	g.part = spellFrenchDenominator
}

// setUpGerman sets up German.
func (g *Grammar) setUpGerman() {
	g.Spaced = true
	g.part = spellGermanDenominator
}

// setUpItalian sets up Italian.
func (g *Grammar) setUpItalian() {
	g.together = 2
	g.card = adjustItalianCardinal
	g.part = spellItalianDenominator
}

// adjustItalianCardinal keeps the final vowel of ventuno before nouns; only uno itself is shortened.
func adjustItalianCardinal(words, _ string, n uint64) string {
	if n > 1 && n%10 == 1 {
		switch {
		case strings.HasSuffix(words, "una"):
			return strings.TrimSuffix(words, "a") + "o"
		case strings.HasSuffix(words, "un"):
			return words + "o"
		}
	}
	return words
}

// setUpPolish sets up Polish.
func (g *Grammar) setUpPolish() {
	g.Spaced, g.together = true, 2
	g.part = spellPolishDenominator
}

// setUpPortuguese sets up Portuguese. Without a region it is Brazilian.
func (g *Grammar) setUpPortuguese() {
	g.together, g.Spaced = 2, true
	g.part = spellPortugueseDenominator
	if g.Region != "pt" && g.Region != "ao" && g.Region != "mz" {
		g.card = func(words, _ string, _ uint64) string {
			return strings.ReplaceAll(strings.ReplaceAll(words, "dezasseis", "dezesseis"), "catorze", "quatorze")
		}
	}
}

// setUpScandinavian sets up Swedish, Danish and Norwegian.
func (g *Grammar) setUpScandinavian() {
	g.together, g.Spaced = 2, true
	g.card = adjustScandinavianCardinal
	g.part = spellScandinavianDenominator
	if g.Base == "sv" {
		g.Group = ".\u00a0"
	}
}

// adjustScandinavianCardinal replaces unusual spellings of CLDR.
func adjustScandinavianCardinal(words, form string, _ uint64) string {
	if strings.HasPrefix(words, "million") {
		words = "en " + words
	}
	if form == "c" {
		words = strings.ReplaceAll(words, "tusinde", "tusind")
	}
	return words
}

// setUpSpanish sets up Spanish. Central America, Mexico and the United States use a decimal point.
func (g *Grammar) setUpSpanish() {
	g.together, g.Spaced = 2, true
	switch g.Region {
	case "mx", "us", "pr", "gt", "hn", "ni", "pa", "sv", "do", "pe":
		g.Point, g.Group, g.Spaced = ".", ",", false
	}
	g.part = spellSpanishDenominator
}
