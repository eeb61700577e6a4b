package reading

import (
	"strconv"
	"strings"
)

// english sets up English: American without a region.
func (g *grammar) english() {
	g.point, g.group = ".", ","
	american := map[string]bool{"zz": true, "us": true, "": true, "ph": true, "pr": true}[g.region]
	g.monthFirst = american
	g.card = func(words, _ string, _ uint64) string { return strings.ReplaceAll(words, ",", "") }
	g.part = englishPart
	if !american {
		g.british()
	}
}

// englishForms are the ways of English.
func englishForms() forms {
	return forms{
		Year: englishYear, Ordinal: func(*passage, int, int) string { return "-" },
		Date: englishDate, Clock: englishClock, Roman: englishRoman,
		Counts: func(*passage, int, string) string { return "" },
	}
}

// british takes the rule sets that say "and", on a copy of the table.
func (g *grammar) british() {
	t := *g.table
	t.cards = map[string]string{"-": "spellout-cardinal-verbose"}
	t.ords = map[string]string{"-": "spellout-ordinal-verbose"}
	g.table = &t
}

func englishEnding(n string) string {
	if len(n) > 1 && n[len(n)-2] == '1' {
		return "th"
	}
	switch n[len(n)-1] {
	case '1':
		return "st"
	case '2':
		return "nd"
	case '3':
		return "rd"
	}
	return "th"
}

// englishYear reads a year by its halves: nineteen thirty-nine, nineteen oh five.
func englishYear(p *passage, _, year int) string {
	words := ""
	if year >= 2000 && year < 2010 || year < 1000 {
		words = p.count(uint64(max(year, 0)), "")
	} else if p.rules != nil {
		words, _ = p.rules.Spell(uint64(year), "spellout-numbering-year")
	}
	return strings.ReplaceAll(words, "oh-", "oh ")
}

// englishDate reads March fourth in American, the third of April in British English, unless
// the day is written first.
func englishDate(p *passage, from, to int, d date) string {
	year := ""
	if d.year > 0 {
		year = " " + englishYear(p, from, d.year)
	}
	month := p.months[d.month]
	if d.day == 0 {
		return month + year
	}
	day := p.ordinal(strconv.Itoa(d.day), "-")
	if d.last > 0 {
		day += " to " + p.ordinal(strconv.Itoa(d.last), "-")
	}
	if d.named && !d.dayFirst || !d.named && p.monthFirst {
		return month + " " + day + year
	}
	the := "the "
	if p.is(p.before(from), "the") || p.is(to-2, "of") || p.is(to-4, "of") {
		the = ""
	}
	return the + day + " of " + month + year
}

func englishClock(p *passage, _, to int, c clock) string {
	hour := p.count(uint64(c.hour), "")
	say := hour
	switch {
	case c.hasSecond:
		say += " " + p.minuteWords(c.minute)
		say += " and " + p.plainUnit(c.second, "second", "seconds")
	case c.minute > 0:
		say += " " + p.minuteWords(c.minute)
	case c.half != "" || !c.hasMinute:
	case c.hour == 0:
		say = "zero hundred hours"
		if p.in("clock labels", p.at(p.skip(to)).lower) || c.label {
			say = "zero hundred"
		}
	case c.hour > 12:
		say += " hundred"
	default:
		say += " o'clock"
	}
	switch {
	case c.half != "":
		say += " " + strings.ToUpper(c.half) + " M"
	case c.label:
		say += " hours"
		if strings.HasSuffix(say, "o'clock hours") {
			say = hour + " hours"
		}
	}
	return say
}

func (p *passage) minuteWords(m int) string {
	if m < 10 {
		return "oh " + p.count(uint64(m), "")
	}
	return p.count(uint64(m), "")
}

func (p *passage) plainUnit(n int, one, other string) string {
	if n == 1 {
		return p.count(1, "") + " " + one
	}
	return p.count(uint64(n), "") + " " + other
}

func englishPart(g *grammar, d, n int) string {
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
		name = g.ordinal(strconv.Itoa(d), "-")
		if d == 100 || d == 1000 {
			name = strings.TrimPrefix(name, "one ")
		}
	}
	if several {
		name += "s"
	}
	return name
}

// englishDecade reads 1990s and '90s.
func (p *passage) englishDecade(i, n int) string {
	tens := n % 100
	var name string
	switch {
	case n >= 1000 && n%1000 == 0:
		return p.count(uint64(n), "") + "s"
	case tens == 0:
		return p.yearWords(i, n) + "s"
	case tens == 10:
		name = "tens"
	default:
		name = strings.TrimSuffix(p.count(uint64(tens), ""), "y") + "ies"
	}
	if n >= 1000 {
		return p.count(uint64(n/100), "") + " " + name
	}
	return name
}

func englishRoman(p *passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.is(p.before(i), "the") {
			return p.ordinal(strconv.Itoa(n), "-")
		}
		return "the " + p.ordinal(strconv.Itoa(n), "-")
	case "century":
		return p.ordinal(strconv.Itoa(n), "-")
	}
	return p.count(uint64(n), "")
}

// house reads the number of a house as people do, and the postal code behind a state:
// one twenty-three Main Street; Illinois six two seven zero four.
func (p *passage) house(i int) (int, string) {
	t := p.at(i)
	if p.base != "en" || len(t.text) > 5 || t.text[0] == '0' && len(t.text) != 5 {
		return i, ""
	}
	if b := p.at(p.before(i)); len(t.text) == 5 && p.states[b.text] != "" {
		end := i + 1
		say := p.apart(t.text)
		if p.at(end).text == "-" && len(p.at(end+1).text) == 4 && p.at(end+1).kind == digits {
			say += ", " + p.apart(p.at(end+1).text)
			end += 2
		}
		return end, say
	}
	if len(t.text) < 3 || !p.streetBehind(i+1) {
		return i, ""
	}
	head, tail := t.text[:len(t.text)-2], t.text[len(t.text)-2:]
	switch {
	case tail == "00" && t.text[0] != '0':
		return i + 1, p.cardinal(head, "") + " hundred"
	case tail[0] == '0':
		return i + 1, p.cardinal(head, "") + " oh " + p.cardinal(tail[1:], "")
	}
	return i + 1, p.cardinal(head, "") + " " + p.cardinal(tail, "")
}

// streetBehind tells that some words with capitals follow, the last of which is a kind of
// street.
func (p *passage) streetBehind(i int) bool {
	const most = 4
	j := i
	for range most {
		if p.at(j).kind != gap {
			return false
		}
		j++
		t := p.at(j)
		if p.in("streets", t.lower) {
			return j > i+1
		}
		if t.kind == digits {
			j++
			if p.at(j).kind == word {
				j++
			}
			continue
		}
		if t.kind != word || t.text == t.lower {
			return false
		}
		j++
		if p.at(j).text == "." {
			j++
		}
	}
	return false
}

// stateName reads the short name of a state behind a town, or in front of a postal code.
func (p *passage) stateName(i int) (int, string) {
	name := p.states[p.at(i).text]
	if name == "" || p.glued(i+1) {
		return i, ""
	}
	code := p.at(p.skip(i + 1))
	town := p.at(p.before(p.before(i)))
	comma := p.at(p.before(i)).text == "," && town.kind == word && town.text != strings.ToUpper(town.text) &&
		town.text != town.lower
	if code.kind == digits && len(code.text) == 5 || comma && p.at(i).text != "IN" && p.at(i).text != "OR" &&
		p.at(i).text != "OK" && p.at(i).text != "ME" {
		return i + 1, name
	}
	return i, ""
}
