package idiom

import (
	"strconv"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// germanForms returns the context-dependent forms of German.
func germanForms() passage.Forms {
	return passage.Forms{
		Year: germanYear, Counts: germanCounts, Ordinal: germanOrdinal, Date: germanDate, Clock: germanClock,
		Roman: germanRoman,
	}
}

func germanYear(p *passage.Passage, _, year int) string {
	words, _ := p.Rules.Spell(uint64(max(year, 0)), "spellout-numbering-year")
	return words
}

// germanCase returns the case that the word before token i requires: dative, accusative, genitive, or
// "".
func germanCase(p *passage.Passage, i int) string {
	w := p.At(p.Before(i)).Lower
	for _, c := range []string{"dative", "accusative", "genitive"} {
		if p.In(c, w) {
			return c
		}
	}
	return ""
}

// germanCounts returns the form of "ein" before a noun of a gender.
func germanCounts(p *passage.Passage, from int, gender string) string {
	switch germanCase(p, from) {
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

// germanOrdinal returns the ending of an ordinal number: weak after words such as der, am and dem,
// strong without an article.
func germanOrdinal(p *passage.Passage, from, to int) string {
	if dash := p.Skip(to); token.IsDash(p.At(dash).Text) && p.At(p.Skip(dash+1)+1).Text == "." {
		to = p.Skip(dash+1) + 2 // 1.–3. Klasse
	}
	gender := p.GenderBehind(to)
	b := p.Before(from)
	w := p.At(b).Lower
	if token.IsDash(w) {
		for b >= 0 && p.At(b).Kind != token.Word {
			b--
		}
		w = p.At(b).Lower
	}
	switch {
	case w == "der":
		before := p.At(p.Before(b)).Lower
		if gender == "f" || p.In("dative", before) || p.In("genitive", before) {
			return "n"
		}
		if gender == "" && genitiveBefore(p, b) {
			return "n"
		}
		return "-"
	case w == "die" && pluralBehind(p, to):
		return "n"
	case p.In("weak", w):
		return "-"
	case p.In("oblique", w), p.In("dative", w) && gender != "" && strings.HasSuffix(w, "m"):
		return "n"
	case p.In("dative", w):
		if gender == "f" {
			return "r"
		}
		if gender != "" {
			return "m"
		}
		return "n"
	case w == "ein" || strings.HasSuffix(w, "ein") && p.In("possessives", w) || p.In("possessives", w):
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

func genitiveBefore(p *passage.Passage, i int) bool {
	t := p.At(p.Before(i))
	return t.Kind == token.Word && t.Text != t.Lower && strings.HasSuffix(p.Src[:p.At(i).Start], " ") && p.Before(i) > 0
}

// pluralBehind reports whether the noun after a number is in the plural.
func pluralBehind(p *passage.Passage, i int) bool {
	t := p.At(p.Skip(i))
	g := p.Gender(t)
	return (g == "m" || g == "n") && p.Is(p.Skip(i), "spiele", "jahre", "tage", "plätze", "teile")
}

// germanDate returns am dritten Oktober, der dritte Oktober or dritter Oktober, according to the words
// before it.
func germanDate(p *passage.Passage, from, _ int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + germanYear(p, from, d.Year)
	}
	month := p.Months[d.Month]
	if d.Day == 0 {
		return month + year
	}
	form := germanDay(p, from)
	day := p.Ordinal(strconv.Itoa(d.Day), form)
	if d.Last > 0 {
		day += " bis " + p.Ordinal(strconv.Itoa(d.Last), form)
	}
	return day + " " + month + year
}

// germanDay returns the ending of a day's ordinal number, according to the words before it.
func germanDay(p *passage.Passage, from int) string {
	b := p.Before(from)
	for p.At(b).Text == "," || p.At(b).Text == "(" {
		b = p.Before(b)
	}
	if token.IsDash(p.At(b).Text) && p.Month[p.At(p.Before(b)).Lower] > 0 {
		return germanDay(p, max(p.Before(p.Before(b))-1, 0)) // 5. Mai – 7. Mai: the same as in the first date
	}
	w := p.At(b).Lower
	if p.Day[w] || p.Days[w] != "" || p.At(b).Text == "." && p.Days[p.At(b-1).Lower] != "" {
		c := p.Before(b)
		if p.At(b).Text == "." {
			c = p.Before(b - 1)
		}
		w = p.At(c).Lower
		if w != "der" && !p.In("oblique", w) {
			w = ""
		}
		if w == "der" {
			return "-"
		}
	}
	switch {
	case w == "der" || w == "dieser" || w == "jeder":
		if p.In("dative", p.At(p.Before(b)).Lower) {
			return "n"
		}
		return "-"
	case p.In("oblique", w) || p.In("dative", w) || p.In("accusative", w) || w == "bis" || w == "und" || w == "oder":
		return "n"
	}
	return "r"
}

func germanClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	hour := p.Count(uint64(c.Hour), "n")
	say := hour + " Uhr"
	if c.Minute > 0 {
		say += " " + p.Count(uint64(c.Minute), "")
	}
	if c.HasSecond {
		if c.Minute == 0 {
			say += " null"
		}
		say += " " + p.Count(uint64(c.Second), "")
	}
	return say
}

func germanRoman(p *passage.Passage, i, end, n int, kind string) string {
	number := strconv.Itoa(n)
	switch kind {
	case "century":
		return p.Ordinal(number, germanOrdinal(p, i, end))
	case "ordinal":
		b := p.Before(i)
		name := p.At(b)
		before := p.At(p.Before(b)).Lower
		article, form := "der", "-"
		woman := p.In("queens", name.Lower) || p.In("queens", strings.TrimSuffix(name.Lower, "s"))
		if woman {
			article = "die"
		}
		switch {
		case strings.HasSuffix(name.Lower, "s") && p.Roman[strings.TrimSuffix(name.Lower, "s")] == "ordinal":
			article, form = "des", "n"
			if woman {
				article = "der"
			}
		case p.In("dative", before):
			article, form = "dem", "n"
			if woman {
				article = "der"
			}
		case p.In("accusative", before):
			form = "n"
			if !woman {
				article = "den"
			} else {
				form = "-"
			}
		}
		if p.Is(b, "der", "die", "des", "dem", "den") {
			return grammar.Capital(p.Ordinal(number, germanOrdinal(p, i, end)))
		}
		return article + " " + grammar.Capital(p.Ordinal(number, form))
	}
	return p.Count(uint64(n), "")
}
