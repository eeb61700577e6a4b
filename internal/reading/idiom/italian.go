package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// newItalianForms returns the context-dependent forms of Italian.
func newItalianForms() passage.Forms {
	return passage.Forms{
		Year: func(p *passage.Passage, _, year int) string { return p.SpellCount(uint64(max(year, 0)), "") },
		Counts: func(_ *passage.Passage, _ int, gender string) string {
			return gender
		},
		Ordinal: chooseRomanceOrdinalForm, Date: sayItalianDate, Clock: sayItalianClock, Roman: sayItalianRoman,
	}
}

func sayItalianDate(p *passage.Passage, _, _ int, d passage.Date) string {
	return sayRomanceDate(p, d, dateWords{first: "primo", to: " al ", between: " "})
}

func sayItalianClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.SpellCount(uint64(c.Hour), "f")
	if c.Hour == 0 && c.Minute == 0 {
		say = "zero"
	}
	if c.Minute > 0 || c.HasSecond {
		say += " e " + p.SpellCount(uint64(c.Minute), "")
	}
	if c.HasSecond {
		say += " e " + sayUnits(p, c.Second, "s")
	}
	return say
}

func sayItalianRoman(p *passage.Passage, i, to, n int, kind string) string {
	switch kind {
	case "century":
		form := p.FindNounGenderAfter(to)
		if form == "" {
			form = "m"
		}
		return p.SpellOrdinal(strconv.Itoa(n), form)
	case "ordinal":
		form := "m"
		if p.Contains("queens", p.TokenAt(p.FindIndexBefore(i)).Lower) {
			form = "f"
		} else if g := p.FindNounGenderAfter(to); g != "" &&
			p.TokenAt(p.FindIndexBefore(i)).Text == p.TokenAt(p.FindIndexBefore(i)).Lower {
			form = g
		}
		return p.SpellOrdinal(strconv.Itoa(n), form)
	}
	return p.SpellCount(uint64(n), "")
}
