package idiom

import (
	"strconv"
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// frenchForms returns the context-dependent forms of French.
func frenchForms() passage.Forms {
	return passage.Forms{
		Year:    func(p *passage.Passage, _, year int) string { return p.Count(uint64(max(year, 0)), "") },
		Ordinal: romanceOrdinal, Date: frenchDate, Clock: frenchClock, Roman: frenchRoman,
	}
}

// romanceOrdinal returns the gender of an ordinal number: that of the noun after it, or else before
// it.
func romanceOrdinal(p *passage.Passage, from, to int) string {
	if g := p.GenderBehind(to); g != "" {
		return g
	}
	if g := p.Gender(p.At(p.Before(from))); g != "" && p.At(p.Before(from)).Kind == token.Word {
		return g
	}
	return "m"
}

func frenchDate(p *passage.Passage, _, _ int, d passage.Date) string {
	return romanceDate(p, d, dateWords{first: "premier", to: " au ", between: " "})
}

func frenchClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	hour := p.Count(uint64(c.Hour), "f")
	say := hour + " heures"
	if c.Hour < 2 {
		say = hour + " heure"
	}
	if c.Minute > 0 || c.HasSecond {
		say += " " + p.Count(uint64(c.Minute), "f")
	}
	if c.HasSecond {
		say += " minutes " + p.Count(uint64(c.Second), "f") + " secondes"
		if c.Minute == 1 {
			say = strings.Replace(say, "une minutes", "une minute", 1)
		}
	}
	return say
}

func frenchRoman(p *passage.Passage, _, _, n int, kind string) string {
	number := strconv.Itoa(n)
	switch {
	case kind == "century":
		return p.Ordinal(number, "m")
	case kind == "ordinal" && n == 1:
		return "premier"
	}
	return p.Count(uint64(n), "")
}
