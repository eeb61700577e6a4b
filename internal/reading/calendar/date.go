// Package calendar contains the rules for dates, times of day, weekdays and decades. It distinguishes
// them from fractions, ranges, versions and scores in the same notation.
package calendar

import (
	"strconv"
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// fullYear returns the full year for one of two digits. length is the number of digits; longer years
// are returned unchanged.
func fullYear(year, length int) int {
	const turn = 50 // 49 means 2049, 50 means 1950
	switch {
	case length > 2:
		return year
	case year < turn:
		return 2000 + year
	}
	return 1900 + year
}

// ReadDates reads a date that begins with a number, or a range of two dates.
func ReadDates(p *passage.Passage, i int) (int, string) {
	end, say := readDate(p, i)
	dash := p.Skip(end)
	if say == "" || !token.IsDash(p.At(dash).Text) {
		return end, say
	}
	next := p.Skip(dash + 1)
	last, other := readDate(p, next)
	if p.At(next).Kind != token.Digits || other == "" {
		return end, say
	}
	return last, say + " " + p.Word("to") + " " + other
}

// readDate reads one date.
func readDate(p *passage.Passage, i int) (int, string) {
	if end, d := parseISODate(p, i); end > i {
		return dateResult(p, i, end, d)
	}
	if end, d := parseYearMonth(p, i); end > i {
		return dateResult(p, i, end, d)
	}
	if end, d := parseNumericDate(p, i); end > i {
		return dateResult(p, i, end, d)
	}
	if end, d := parseDayMonth(p, i); end > i {
		return dateResult(p, i, end, d)
	}
	return i, ""
}

// dateResult returns the spoken form of a date at the tokens from..end.
func dateResult(p *passage.Passage, from, end int, d passage.Date) (int, string) {
	return end, p.DateWords(from, end, d)
}

// ReadPlainDate reads a date in a language whose table contains only the names of months. It replaces the
// month's number by its name; the voice reads the rest.
func ReadPlainDate(p *passage.Passage, i int) (int, string) {
	if p.Known || p.Months[1] == "" {
		return i, ""
	}
	end, d := parseISODate(p, i)
	if end == i && p.At(i+1).Text == "." {
		end, d = parseNumericDate(p, i)
	}
	if end == i || d.Year == 0 {
		return i, ""
	}
	return end, strconv.Itoa(d.Day) + p.Word("day stop") + " " + p.Months[d.Month] + " " + strconv.Itoa(d.Year)
}

// parseISODate parses 2026-11-25 and 2026/11/25. It returns the index after the date, or i.
func parseISODate(p *passage.Passage, i int) (int, passage.Date) {
	mark := p.At(i + 1).Text
	if mark != "-" && mark != "/" && mark != "." || p.At(i+3).Text != mark || len(p.At(i).Text) != 4 {
		return i, passage.Date{}
	}
	y, _ := p.Small(i, 4)
	m, ok := p.Small(i+2, 2)
	d, ok2 := p.Small(i+4, 2)
	day := passage.Date{Day: d, Month: m, Year: y}
	if !ok || !ok2 || !day.Exists() || isPartOfLonger(p, i, i+5) || p.At(i+5).Kind == token.Digits {
		return i, passage.Date{}
	}
	if p.At(i+5).Kind == token.Word && p.At(i+5).Lower != "t" {
		return i, passage.Date{}
	}
	return i + 5, day
}

// parseYearMonth parses 2026-11. It rejects 2001-05, which may be a range of years.
func parseYearMonth(p *passage.Passage, i int) (int, passage.Date) {
	y, ok := p.Small(i, 4)
	m, ok2 := p.Small(i+2, 2)
	if !ok || !ok2 || p.At(i+1).Text != "-" || len(p.At(i).Text) != 4 || len(p.At(i+2).Text) != 2 || m < 1 || m > 12 ||
		y < 1500 || y > 2099 || m > y%100 || isPartOfLonger(p, i, i+3) || p.Glued(i+3) {
		return i, passage.Date{}
	}
	return i + 3, passage.Date{Month: m, Year: y}
}

// isPartOfLonger reports whether a date or time at from..end is part of something longer, such as
// 1.2.2024.3 or a-1-2-2024.
func isPartOfLonger(p *passage.Passage, from, end int) bool {
	if b := p.At(from - 1); b.Kind == token.Sign && (b.Text == "-" || b.Text == "." || b.Text == "/") &&
		p.Glued(from-2) {
		return true
	}
	a := p.At(end)
	return a.Kind == token.Sign && (a.Text == "-" || a.Text == "." || a.Text == "/" || a.Text == ":") &&
		p.At(end+1).Kind == token.Digits
}

// parseNumericDate parses 3.10.2026, 3/4/2025 and 25-11-2026. It parses 3.10. and 3/4 only if the words
// before them require a date.
func parseNumericDate(p *passage.Passage, i int) (int, passage.Date) {
	mark := p.At(i + 1).Text
	a, ok := p.Small(i, 2)
	j := i + 2
	if p.At(j).Kind == token.Gap && mark == "." && p.At(j).Text == " " {
		j++ // 3. 10. 2026
	}
	b, ok2 := p.Small(j, 2)
	if !ok || !ok2 || mark != "." && mark != "/" && mark != "-" {
		return i, passage.Date{}
	}
	d := passage.Date{Day: a, Month: b, DayFirst: true}
	if p.MonthFirst && mark != "." && (a <= 12 || b > 12) {
		d.Day, d.Month, d.DayFirst = b, a, false
	} else if b > 12 && a <= 12 && mark != "." {
		d.Day, d.Month = b, a
	}
	k := j + 1
	if p.At(k).Text == mark && (mark == "." || p.At(k+1).Kind == token.Digits) {
		k++
	} else if mark == "." || mark == "-" {
		return i, passage.Date{}
	}
	if w := p.At(p.Before(i)).Lower; p.In("versions", w) {
		return i, passage.Date{}
	}
	y := k
	if mark == "." {
		y = p.Skip(k)
	}
	if year, ok := p.Small(y, 4); ok && (len(p.At(y).Text) == 4 && year >= 1000 || len(p.At(y).Text) == 2 && y == k &&
		k > j+1) {
		d.Year = fullYear(year, len(p.At(y).Text))
		if mark == "-" && len(p.At(y).Text) == 2 {
			return i, passage.Date{}
		}
		if d.Exists() && !isPartOfLonger(p, i, y+1) && !p.Glued(y+1) && (p.At(y+1).Text != "." || p.At(y+2).Kind != token.Digits) {
			return y + 1, d
		}
		return i, passage.Date{}
	}
	if mark == "/" && k == j+1 && p.In("year behind date", "yes") {
		if year, ok := p.Small(k+1, 4); ok && p.At(k).Kind == token.Gap && len(p.At(k+1).Text) == 4 && year >= 1000 &&
			d.Exists() && !isPartOfLonger(p, i, k+2) {
			d.Year = year
			return k + 2, d
		}
	}
	if mark == "." && k == j+1 || k > j+1 && mark == "/" || !d.Exists() || isPartOfLonger(p, i, k) || p.Glued(k) {
		return i, passage.Date{}
	}
	if mark == "/" && p.Base == "it" && (p.At(i-1).Text == "'" || p.At(i-1).Text == "’") {
		return k, d // l'11/9
	}
	set := p.Word("fraction "+p.At(i).Text+"/"+p.At(j).Text) != "" // 24/7
	dayLike := mark == "/" && a > 12 && b <= 12 && !p.MonthFirst && !set
	if !dayLike && !p.In("before dates", p.At(p.Before(i)).Lower) && !p.WeekdayBefore(i) {
		return i, passage.Date{}
	}
	return k, d
}

// parseDayMonth parses 25 November 2026, 25. November, 1er mai, 3-5 October, el 3 de mayo de 2026.
func parseDayMonth(p *passage.Passage, i int) (int, passage.Date) {
	day, ok := p.Small(i, 2)
	if !ok {
		return i, passage.Date{}
	}
	d := passage.Date{Day: day, Named: true, DayFirst: true}
	j := skipDayEnding(p, i+1)
	if dash := p.Skip(j); token.IsDash(p.At(dash).Text) {
		if last, ok := p.Small(p.Skip(dash+1), 2); ok && last > day {
			d.Last = last
			j = skipDayEnding(p, p.Skip(dash+1)+1)
		}
	}
	if p.At(j).Kind != token.Gap && !token.IsDash(p.At(j).Text) {
		return i, passage.Date{}
	}
	j++
	if p.Is(j, "of", "de", "di", "del", "d") && p.At(j+1).Kind == token.Gap {
		j += 2
	}
	end := parseMonth(p, j, &d)
	if end == j || !d.Exists() {
		return i, passage.Date{}
	}
	end = parseYearAfter(p, end, &d)
	if !d.Exists() {
		return i, passage.Date{}
	}
	return end, d
}

// skipDayEnding returns the index after the characters that can follow the number of a day: a point, "th",
// "er", "º".
func skipDayEnding(p *passage.Passage, i int) int {
	if p.At(i).Text == "." {
		i++
	}
	if p.At(i).Kind == token.Word && p.In("day endings", p.At(i).Lower) || p.At(i).Text == "º" || p.At(i).Text == "°" {
		i++
	}
	if p.At(i).Text == ":" && p.In("day endings", p.At(i+1).Lower) {
		i += 2
	}
	return i
}

// parseMonth parses the name or abbreviation of a month. It returns the index after it, or i.
func parseMonth(p *passage.Passage, i int, d *passage.Date) int {
	t := p.At(i)
	m, ok := p.Month[t.Lower]
	if !ok || t.Kind != token.Word {
		return i
	}
	full := t.Lower == strings.ToLower(p.Months[m]) || t.Lower == strings.ToLower(p.Of[m])
	if p.At(i+1).Text == "." && !full {
		i++
	}
	d.Month = m
	return i + 1
}

// parseYearAfter parses the year after a month: "November, 2026", "mayo de 2026", "nov. -26".
func parseYearAfter(p *passage.Passage, i int, d *passage.Date) int {
	j := i
	if p.At(j).Text == "," || token.IsDash(p.At(j).Text) && !d.DayFirst {
		j++
	}
	j = p.Skip(j)
	if p.Is(j, "de", "del", "of") && p.At(j+1).Kind == token.Gap {
		j += 2
	}
	year, ok := p.Small(j, 4)
	if !ok || len(p.At(j).Text) != 4 || year < 1000 || year > 2999 || p.At(j-1).Kind != token.Gap &&
		!token.IsDash(p.At(j-1).Text) {
		return i
	}
	if a := p.At(j + 1); p.Glued(j+1) || (a.Text == ":" || a.Text == p.Point || a.Text == p.Group) &&
		p.At(j+2).Kind == token.Digits {
		return i
	}
	if p.At(i).Text == "," && p.CountedAfter(j+1) {
		return i
	}
	d.Year = year
	return j + 1
}

// ReadMonthDay reads November 25, 2026, Nov. 25th, November 3–5, and November 2026.
func ReadMonthDay(p *passage.Passage, i int) (int, string) {
	var d passage.Date
	j := parseMonth(p, i, &d)
	if j == i || p.At(j).Kind != token.Gap {
		return i, ""
	}
	name := p.At(i)
	if name.Text == name.Lower && p.Base == "en" {
		// "may 5" and "march 2" contain verbs, unless other words indicate a month.
		if name.Lower == "may" || name.Lower == "march" || len(name.Lower) < 3 {
			return i, ""
		}
	}
	d.Named = true
	if end := parseYearAfter(p, j, &d); end > j {
		return dateResult(p, i, end, d)
	}
	if p.Base != "en" {
		return i, ""
	}
	day, ok := p.Small(j+1, 2)
	if !ok {
		return i, ""
	}
	d.Day = day
	end := skipDayEnding(p, j+2)
	if p.At(j+2).Text == "." {
		end = j + 2
	}
	if token.IsDash(p.At(end).Text) {
		if last, ok := p.Small(end+1, 2); ok && last > day {
			d.Last = last
			end = skipDayEnding(p, end+2)
			if p.At(end-1).Text == "." {
				end--
			}
		}
	}
	if a := p.At(end); !d.Exists() || p.Glued(end) || (a.Text == ":" || a.Text == "." || a.Text == "/" ||
		a.Text == "%") && p.At(end+1).Kind == token.Digits {
		return i, ""
	}
	if p.At(p.Skip(end)).Text == "%" {
		return i, ""
	}
	return dateResult(p, i, parseYearAfter(p, end, &d), d)
}

// Formatted returns the spoken form of a date. format is the order of its parts, such as mdy.
func Formatted(p *passage.Passage, parts []string, format string) string {
	d := passage.Date{DayFirst: format != "mdy"}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			return ""
		}
		switch format[i] {
		case 'y':
			d.Year = fullYear(n, len(part))
		case 'm':
			d.Month = n
		case 'd':
			d.Day = n
		}
	}
	switch {
	case d.Month == 0 && d.Day == 0:
		return p.YearWords(0, d.Year)
	case d.Month < 1 || d.Month > 12:
		return ""
	case d.Day == 0 && format != "ym" && format != "my" && format != "m":
		return ""
	case d.Day != 0 && !d.Exists():
		return ""
	}
	return p.DateWords(0, len(p.Tokens), d)
}

// ReadWeekday reads abbreviated weekdays before a date, such as Mo. and Tue.
func ReadWeekday(p *passage.Passage, i int) (int, string) {
	t := p.At(i)
	name, ok := p.Days[t.Lower]
	if !ok {
		return i, ""
	}
	j := i + 1
	if p.At(j).Text == "." {
		j++
	}
	k := j
	if p.At(k).Text == "," {
		k++
	}
	k = p.Skip(k)
	_, month := p.Month[p.At(k).Lower]
	if p.At(k+1).Text == "." {
		month = month && p.At(p.Skip(k+2)).Kind == token.Digits
		if month {
			return j, name
		}
	}
	if p.At(k).Kind != token.Digits && (!month || p.At(p.Skip(k+1)).Kind != token.Digits) &&
		(!token.IsDash(p.At(k).Text) ||
			p.Days[p.At(p.Skip(k+1)).Lower] == "") {
		after := p.At(p.Skip(j))
		cut := j > i+1 && after.Kind == token.Word && after.Text == after.Lower
		if !cut && (j == i+1 || !p.In("safe weekdays", t.Lower)) || t.Text == t.Lower && p.Base == "de" {
			return i, ""
		}
	}
	if token.IsDash(p.At(k).Text) {
		m := p.Skip(k + 1)
		if other := p.Days[p.At(m).Lower]; other != "" {
			if p.At(m+1).Text == "." && !p.Ended(m+2) {
				m++
			}
			return m + 1, name + " " + p.Word("to") + " " + other
		}
	}
	return j, name
}
