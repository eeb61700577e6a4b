package grammar

import (
	"strconv"
	"strings"
)

func spellDutchDenominator(g *Grammar, d, n int) string {
	several := n != 1
	switch d {
	case 2:
		if several {
			return "halven"
		}
		return "half"
	case 4:
		return "kwart"
	}
	return strings.TrimPrefix(g.SpellOrdinal(strconv.Itoa(d), "-"), "één")
}

func spellEnglishDenominator(g *Grammar, d, n int) string {
	several := n != 1
	var name string
	switch d {
	case 2:
		if several {
			return "halves"
		}
		return "half"
	case 4:
		name = "quarter"
	default:
		if d > 20 && d%10 != 0 && d != 32 && d != 64 && d != 25 {
			return ""
		}
		name = g.SpellOrdinal(strconv.Itoa(d), "-")
		if d == 100 || d == 1000 {
			name = strings.TrimPrefix(name, "one ")
		}
	}
	if several {
		name += "s"
	}
	return name
}

func spellFrenchDenominator(g *Grammar, d, n int) string {
	several := n != 1
	var name string
	switch d {
	case 2:
		name = "demi"
	case 3:
		return "tiers"
	case 4:
		name = "quart"
	default:
		name = g.SpellOrdinal(strconv.Itoa(d), "m")
	}
	if several {
		name += "s"
	}
	return name
}

func spellGermanDenominator(g *Grammar, d, _ int) string {
	if d == 2 {
		return "halbe"
	}
	o := g.SpellOrdinal(strconv.Itoa(d), "-")
	return Capitalize(strings.TrimPrefix(strings.TrimSuffix(o, "e")+"el",
		"ein")) //nolint:gocritic // einhundertstel is Hundertstel
}

func spellItalianDenominator(g *Grammar, d, n int) string {
	several := n != 1
	form := "m"
	if several {
		form = "mpl"
	}
	switch {
	case d == 2 && several:
		return "mezzi"
	case d == 2:
		return "mezzo"
	}
	return g.SpellOrdinal(strconv.Itoa(d), form)
}

func spellPolishDenominator(g *Grammar, d, n int) string {
	o := g.SpellOrdinal(strconv.Itoa(d), "f")
	switch tens := n % 100; {
	case n == 1:
		return o
	case n%10 >= 2 && n%10 <= 4 && (tens < 12 || tens > 14):
		return g.SpellOrdinal(strconv.Itoa(d), "pl")
	}
	return g.SpellOrdinal(strconv.Itoa(d), "pl.gen")
}

func spellPortugueseDenominator(g *Grammar, d, n int) string {
	several := n != 1
	var name string
	switch d {
	case 2:
		name = "meio"
	case 3:
		name = "terço"
	case 4, 5, 6, 7, 8, 9, 10, 100, 1000:
		name = g.SpellOrdinal(strconv.Itoa(d), "m")
	default:
		return g.SpellCount(uint64(d), "m") + " avos"
	}
	if several {
		name += "s"
	}
	return name
}

func spellScandinavianDenominator(g *Grammar, d, n int) string {
	several := n != 1
	if w := g.FindWord("part " + strconv.Itoa(d)); w != "" {
		if several {
			return g.FindWord("parts " + strconv.Itoa(d))
		}
		return w
	}
	name := g.SpellOrdinal(strconv.Itoa(d), "-")
	if g.Base == "sv" {
		name = strings.TrimSuffix(name, "de") + "del"
		if strings.HasSuffix(g.SpellOrdinal(strconv.Itoa(d), "-"), "te") {
			name = g.SpellOrdinal(strconv.Itoa(d), "-") + "del"
		}
		name = strings.TrimPrefix(name, "ett")
		if several {
			return name + "ar"
		}
		return name
	}
	name += "del"
	if several {
		name += g.FindWord("parts")
	}
	return name
}

func spellSpanishDenominator(g *Grammar, d, n int) string {
	several := n != 1
	var name string
	switch d {
	case 2:
		name = "medio"
	case 3:
		name = "tercio"
	case 4, 5, 6, 7, 8, 9, 10, 100, 1000:
		name = g.SpellOrdinal(strconv.Itoa(d), "m")
	default:
		words := g.SpellCount(uint64(d), "m")
		if strings.Contains(words, " ") && d < 100 {
			words = strings.ReplaceAll(words, " y ", "i")
		}
		name = strings.TrimSuffix(words, "a") + "avo"
		if strings.HasSuffix(words, "a") {
			name = words + "vo"
		}
	}
	if several {
		name += "s"
	}
	return name
}
