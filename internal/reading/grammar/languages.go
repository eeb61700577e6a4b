package grammar

import "strings"

// dutch sets up Dutch.
func (g *Grammar) dutch() {
	g.together = 2
	g.card = dutchCard
	g.part = dutchDenominator
}

// dutchCard removes the diaereses that CLDR writes between vowels, and writes "one" as the stressed
// "één".
func dutchCard(words, _ string, n uint64) string {
	if n == 1 {
		return "één"
	}
	return words
}

// english sets up English. Without a region it is American English.
func (g *Grammar) english() {
	g.Point, g.Group = ".", ","
	american := map[string]bool{"zz": true, "us": true, "": true, "ph": true, "pr": true}[g.Region]
	g.MonthFirst = american
	g.card = func(words, _ string, _ uint64) string { return strings.ReplaceAll(words, ",", "") }
	g.part = englishDenominator
	if !american {
		g.british()
	}
}

// british selects the rule sets that say "and". It changes a copy of the table.
func (g *Grammar) british() {
	t := *g.Table
	t.Cards = map[string]string{"-": "spellout-cardinal-verbose"}
	t.ords = map[string]string{"-": "spellout-ordinal-verbose"}
	g.Table = &t
}

// french sets up French.
func (g *Grammar) french() {
	g.Spaced, g.together = true, 3
	if g.Region == "ch" {
		g.Group = ".'"
	}
	g.part = frenchDenominator
}

// german sets up German.
func (g *Grammar) german() {
	g.Spaced = true
	g.part = germanDenominator
}

// italian sets up Italian.
func (g *Grammar) italian() {
	g.together = 2
	g.card = italianCard
	g.part = italianDenominator
}

// italianCard keeps the final vowel of ventuno before nouns; only uno itself is shortened.
func italianCard(words, _ string, n uint64) string {
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

// polish sets up Polish.
func (g *Grammar) polish() {
	g.Spaced, g.together = true, 2
	g.part = polishDenominator
}

// portuguese sets up Portuguese. Without a region it is Brazilian.
func (g *Grammar) portuguese() {
	g.together, g.Spaced = 2, true
	g.part = portugueseDenominator
	if g.Region != "pt" && g.Region != "ao" && g.Region != "mz" {
		g.card = func(words, _ string, _ uint64) string {
			return strings.ReplaceAll(strings.ReplaceAll(words, "dezasseis", "dezesseis"), "catorze", "quatorze")
		}
	}
}

// scandinavian sets up Swedish, Danish and Norwegian.
func (g *Grammar) scandinavian() {
	g.together, g.Spaced = 2, true
	g.card = scandinavianCard
	g.part = scandinavianDenominator
	if g.Base == "sv" {
		g.Group = ".\u00a0"
	}
}

// scandinavianCard replaces unusual spellings of CLDR.
func scandinavianCard(words, form string, _ uint64) string {
	if strings.HasPrefix(words, "million") {
		words = "en " + words
	}
	if form == "c" {
		words = strings.ReplaceAll(words, "tusinde", "tusind")
	}
	return words
}

// spanish sets up Spanish. Central America, Mexico and the United States use a decimal point.
func (g *Grammar) spanish() {
	g.together, g.Spaced = 2, true
	switch g.Region {
	case "mx", "us", "pr", "gt", "hn", "ni", "pa", "sv", "do", "pe":
		g.Point, g.Group, g.Spaced = ".", ",", false
	}
	g.part = spanishDenominator
}
