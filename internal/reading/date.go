package reading

import (
	"strconv"
	"strings"
	"time"
)

// date is a day, or what is known of it; zeros are unknown.
type date struct {
	day, month, year int
	last             int  // of a range of days
	named            bool // the month is written as a word
	dayFirst         bool // as it is written
}

// exists tells whether there is such a day.
func (d date) exists() bool {
	const leap = 2000 // a year that has all days
	year := d.year
	if year == 0 {
		year = leap
	}
	return d.month >= 1 && d.month <= 12 && d.day >= 1 &&
		d.day <= time.Date(year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// century gives years of two digits their century.
func century(year, length int) int {
	const turn = 50 // 49 is 2049, 50 is 1950
	switch {
	case length > 2:
		return year
	case year < turn:
		return 2000 + year
	}
	return 1900 + year
}

// dates reads a date that begins with a number, or a span of two.
func (p *passage) dates(i int) (int, string) {
	end, say := p.oneDate(i)
	dash := p.skip(end)
	if say == "" || !isDash(p.at(dash).text) {
		return end, say
	}
	next := p.skip(dash + 1)
	last, other := p.oneDate(next)
	if p.at(next).kind != digits || other == "" {
		return end, say
	}
	return last, say + " " + p.word("to") + " " + other
}

// oneDate reads a date.
func (p *passage) oneDate(i int) (int, string) {
	if end, d := p.isoDate(i); end > i {
		return p.said(i, end, d)
	}
	if end, d := p.yearMonth(i); end > i {
		return p.said(i, end, d)
	}
	if end, d := p.numericDate(i); end > i {
		return p.said(i, end, d)
	}
	if end, d := p.dayMonth(i); end > i {
		return p.said(i, end, d)
	}
	return i, ""
}

// said reads a date that stands at tokens from to end.
func (p *passage) said(from, end int, d date) (int, string) {
	return end, p.dateWords(from, end, d)
}

// plainDate reads a date in a language of which the table knows the months alone: their
// names stand for their numbers, the rest is left to the voice.
func (p *passage) plainDate(i int) (int, string) {
	if p.known || p.months[1] == "" {
		return i, ""
	}
	end, d := p.isoDate(i)
	if end == i && p.at(i+1).text == "." {
		end, d = p.numericDate(i)
	}
	if end == i || d.year == 0 {
		return i, ""
	}
	return end, strconv.Itoa(d.day) + p.word("day stop") + " " + p.months[d.month] + " " + strconv.Itoa(d.year)
}

// isoDate parses 2026-11-25 and 2026/11/25.
func (p *passage) isoDate(i int) (int, date) {
	mark := p.at(i + 1).text
	if mark != "-" && mark != "/" && mark != "." || p.at(i+3).text != mark || len(p.at(i).text) != 4 {
		return i, date{}
	}
	y, _ := p.small(i, 4)
	m, ok := p.small(i+2, 2)
	d, ok2 := p.small(i+4, 2)
	day := date{day: d, month: m, year: y}
	if !ok || !ok2 || !day.exists() || p.goesOn(i, i+5) || p.at(i+5).kind == digits {
		return i, date{}
	}
	if p.at(i+5).kind == word && p.at(i+5).lower != "t" {
		return i, date{}
	}
	return i + 5, day
}

// yearMonth parses 2026-11; what looks like 2001-05 may be a span of years.
func (p *passage) yearMonth(i int) (int, date) {
	y, ok := p.small(i, 4)
	m, ok2 := p.small(i+2, 2)
	if !ok || !ok2 || p.at(i+1).text != "-" || len(p.at(i).text) != 4 || len(p.at(i+2).text) != 2 || m < 1 || m > 12 ||
		y < 1500 || y > 2099 || m > y%100 || p.goesOn(i, i+3) || p.glued(i+3) {
		return i, date{}
	}
	return i + 3, date{month: m, year: y}
}

// goesOn tells that a date or time is part of something longer: 1.2.2024.3, a-1-2-2024.
func (p *passage) goesOn(from, end int) bool {
	if b := p.at(from - 1); b.kind == sign && (b.text == "-" || b.text == "." || b.text == "/") && p.glued(from-2) {
		return true
	}
	a := p.at(end)
	return a.kind == sign && (a.text == "-" || a.text == "." || a.text == "/" || a.text == ":") &&
		p.at(end+1).kind == digits
}

// numericDate parses 3.10.2026, 3/4/2025, 25-11-2026, and 3.10. and 3/4 where the words in
// front ask for a date.
func (p *passage) numericDate(i int) (int, date) {
	mark := p.at(i + 1).text
	a, ok := p.small(i, 2)
	j := i + 2
	if p.at(j).kind == gap && mark == "." && p.at(j).text == " " {
		j++ // 3. 10. 2026
	}
	b, ok2 := p.small(j, 2)
	if !ok || !ok2 || mark != "." && mark != "/" && mark != "-" {
		return i, date{}
	}
	d := date{day: a, month: b, dayFirst: true}
	if p.monthFirst && mark != "." && (a <= 12 || b > 12) {
		d.day, d.month, d.dayFirst = b, a, false
	} else if b > 12 && a <= 12 && mark != "." {
		d.day, d.month = b, a
	}
	k := j + 1
	if p.at(k).text == mark && (mark == "." || p.at(k+1).kind == digits) {
		k++
	} else if mark == "." || mark == "-" {
		return i, date{}
	}
	if w := p.at(p.before(i)).lower; p.in("versions", w) {
		return i, date{}
	}
	y := k
	if mark == "." {
		y = p.skip(k)
	}
	if year, ok := p.small(y, 4); ok && (len(p.at(y).text) == 4 && year >= 1000 || len(p.at(y).text) == 2 && y == k &&
		k > j+1) {
		d.year = century(year, len(p.at(y).text))
		if mark == "-" && len(p.at(y).text) == 2 {
			return i, date{}
		}
		if d.exists() && !p.goesOn(i, y+1) && !p.glued(y+1) && (p.at(y+1).text != "." || p.at(y+2).kind != digits) {
			return y + 1, d
		}
		return i, date{}
	}
	if mark == "/" && k == j+1 && p.in("year behind date", "yes") {
		if year, ok := p.small(k+1, 4); ok && p.at(k).kind == gap && len(p.at(k+1).text) == 4 && year >= 1000 &&
			d.exists() && !p.goesOn(i, k+2) {
			d.year = year
			return k + 2, d
		}
	}
	if mark == "." && k == j+1 || k > j+1 && mark == "/" || !d.exists() || p.goesOn(i, k) || p.glued(k) {
		return i, date{}
	}
	if mark == "/" && p.base == "it" && (p.at(i-1).text == "'" || p.at(i-1).text == "’") {
		return k, d // l'11/9
	}
	set := p.word("fraction "+p.at(i).text+"/"+p.at(j).text) != "" // 24/7
	dayLike := mark == "/" && a > 12 && b <= 12 && !p.monthFirst && !set
	if !dayLike && !p.in("before dates", p.at(p.before(i)).lower) && !p.weekdayBefore(i) {
		return i, date{}
	}
	return k, d
}

// weekdayBefore tells that the name of a day stands in front, which may be cut short.
func (p *passage) weekdayBefore(i int) bool {
	b := p.before(i)
	for p.at(b).text == "," || p.at(b).text == "." {
		b = p.before(b)
	}
	w := p.at(b).lower
	return p.day[w] || p.days[w] != ""
}

// dayMonth parses 25 November 2026, 25. November, 1er mai, 3-5 October, el 3 de mayo de 2026.
func (p *passage) dayMonth(i int) (int, date) {
	day, ok := p.small(i, 2)
	if !ok {
		return i, date{}
	}
	d := date{day: day, named: true, dayFirst: true}
	j := p.dayEnd(i + 1)
	if dash := p.skip(j); isDash(p.at(dash).text) {
		if last, ok := p.small(p.skip(dash+1), 2); ok && last > day {
			d.last = last
			j = p.dayEnd(p.skip(dash+1) + 1)
		}
	}
	if p.at(j).kind != gap && !isDash(p.at(j).text) {
		return i, date{}
	}
	j++
	if p.is(j, "of", "de", "di", "del", "d") && p.at(j+1).kind == gap {
		j += 2
	}
	end := p.monthAt(j, &d)
	if end == j || !d.exists() {
		return i, date{}
	}
	end = p.yearAfter(end, &d)
	if !d.exists() {
		return i, date{}
	}
	return end, d
}

// dayEnd passes over what stands behind the number of a day: a stop, "th", "er", "º".
func (p *passage) dayEnd(i int) int {
	if p.at(i).text == "." {
		i++
	}
	if p.at(i).kind == word && p.in("day endings", p.at(i).lower) || p.at(i).text == "º" || p.at(i).text == "°" {
		i++
	}
	if p.at(i).text == ":" && p.in("day endings", p.at(i+1).lower) {
		i += 2
	}
	return i
}

// monthAt parses the name of a month, which may be cut short.
func (p *passage) monthAt(i int, d *date) int {
	t := p.at(i)
	m, ok := p.month[t.lower]
	if !ok || t.kind != word {
		return i
	}
	full := t.lower == strings.ToLower(p.months[m]) || t.lower == strings.ToLower(p.of[m])
	if p.at(i+1).text == "." && !full {
		i++
	}
	d.month = m
	return i + 1
}

// yearAfter parses the year behind a month: "November, 2026", "mayo de 2026", "nov. -26".
func (p *passage) yearAfter(i int, d *date) int {
	j := i
	if p.at(j).text == "," || isDash(p.at(j).text) && !d.dayFirst {
		j++
	}
	j = p.skip(j)
	if p.is(j, "de", "del", "of") && p.at(j+1).kind == gap {
		j += 2
	}
	year, ok := p.small(j, 4)
	if !ok || len(p.at(j).text) != 4 || year < 1000 || year > 2999 || p.at(j-1).kind != gap && !isDash(p.at(j-1).text) {
		return i
	}
	if a := p.at(j + 1); p.glued(j+1) || (a.text == ":" || a.text == p.point || a.text == p.group) &&
		p.at(j+2).kind == digits {
		return i
	}
	if p.at(i).text == "," && p.countedAfter(j+1) {
		return i
	}
	d.year = year
	return j + 1
}

// monthDay parses November 25, 2026, Nov. 25th, November 3–5, and November 2026.
func (p *passage) monthDay(i int) (int, string) {
	var d date
	j := p.monthAt(i, &d)
	if j == i || p.at(j).kind != gap {
		return i, ""
	}
	name := p.at(i)
	if name.text == name.lower && p.base == "en" {
		// "may 5" and "march 2" are verbs where nothing speaks for a month.
		if name.lower == "may" || name.lower == "march" || len(name.lower) < 3 {
			return i, ""
		}
	}
	d.named = true
	if end := p.yearAfter(j, &d); end > j {
		return p.said(i, end, d)
	}
	if p.base != "en" {
		return i, ""
	}
	day, ok := p.small(j+1, 2)
	if !ok {
		return i, ""
	}
	d.day = day
	end := p.dayEnd(j + 2)
	if p.at(j+2).text == "." {
		end = j + 2
	}
	if isDash(p.at(end).text) {
		if last, ok := p.small(end+1, 2); ok && last > day {
			d.last = last
			end = p.dayEnd(end + 2)
			if p.at(end-1).text == "." {
				end--
			}
		}
	}
	if a := p.at(end); !d.exists() || p.glued(end) || (a.text == ":" || a.text == "." || a.text == "/" ||
		a.text == "%") && p.at(end+1).kind == digits {
		return i, ""
	}
	if p.at(p.skip(end)).text == "%" {
		return i, ""
	}
	return p.said(i, p.yearAfter(end, &d), d)
}

func isDash(s string) bool {
	return s == "-" || s == "–" || s == "—" || s == "‐" || s == "‑" || s == "−"
}

// formattedDate reads a date whose parts stand in the order of a format such as mdy.
func (p *passage) formattedDate(parts []string, format string) string {
	d := date{dayFirst: format != "mdy"}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			return ""
		}
		switch format[i] {
		case 'y':
			d.year = century(n, len(part))
		case 'm':
			d.month = n
		case 'd':
			d.day = n
		}
	}
	switch {
	case d.month == 0 && d.day == 0:
		return p.yearWords(0, d.year)
	case d.month < 1 || d.month > 12:
		return ""
	case d.day == 0 && format != "ym" && format != "my" && format != "m":
		return ""
	case d.day != 0 && !d.exists():
		return ""
	}
	return p.dateWords(0, len(p.tokens), d)
}

// dateWords reads a date that stands at tokens from to to; empty where the language has no way.
func (p *passage) dateWords(from, to int, d date) string {
	if p.forms.Date == nil {
		return ""
	}
	return p.forms.Date(p, from, to, d)
}

// yearWords reads a year.
func (p *passage) yearWords(at, year int) string {
	if p.forms.Year != nil {
		return p.forms.Year(p, at, year)
	}
	return p.count(uint64(max(year, 0)), "")
}
