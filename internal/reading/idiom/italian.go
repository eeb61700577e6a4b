package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// italianForms returns the context-dependent forms of Italian.
func italianForms() passage.Forms {
	return passage.Forms{
		Year: func(p *passage.Passage, _, year int) string { return p.Count(uint64(max(year, 0)), "") },
		Counts: func(_ *passage.Passage, _ int, gender string) string {
			return gender
		},
		Ordinal: romanceOrdinal, Date: italianDate, Clock: italianClock, Roman: italianRoman,
	}
}

func italianDate(p *passage.Passage, _, _ int, d passage.Date) string {
	return romanceDate(p, d, dateWords{first: "primo", to: " al ", between: " "})
}

func italianClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.Count(uint64(c.Hour), "f")
	if c.Hour == 0 && c.Minute == 0 {
		say = "zero"
	}
	if c.Minute > 0 || c.HasSecond {
		say += " e " + p.Count(uint64(c.Minute), "")
	}
	if c.HasSecond {
		say += " e " + p.Count(uint64(c.Second), "") + " secondi"
	}
	return say
}

func italianRoman(p *passage.Passage, i, to, n int, kind string) string {
	switch kind {
	case "century":
		form := p.GenderBehind(to)
		if form == "" {
			form = "m"
		}
		return p.Ordinal(strconv.Itoa(n), form)
	case "ordinal":
		form := "m"
		if p.In("queens", p.At(p.Before(i)).Lower) {
			form = "f"
		} else if g := p.GenderBehind(to); g != "" && p.At(p.Before(i)).Text == p.At(p.Before(i)).Lower {
			form = g
		}
		return p.Ordinal(strconv.Itoa(n), form)
	}
	return p.Count(uint64(n), "")
}
