// Package calendar contains the rules for dates, times of day, weekdays and decades. It distinguishes
// them from fractions, ranges, versions and scores in the same notation.
package calendar

import (
	"strconv"
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// expandYear returns the full year for one of two digits. length is the number of digits; longer years
// are returned unchanged.
func expandYear(year, digits int) int {
	const turn = 50 // 49 means 2049, 50 means 1950
	switch {
	case digits > 2:
		return year
	case year < turn:
		return 2000 + year
	}
	return 1900 + year
}

// ReadDateOrRange reads a date that begins with a number, or a range of two dates.
func ReadDateOrRange(p *passage.Passage, i int) (nextIndex int, spoken string) {
	end, say := readDate(p, i)
	dash := p.SkipGap(end)
	if say == "" || !token.IsDash(p.TokenAt(dash).Text) {
		return end, say
	}
	next := p.SkipGap(dash + 1)
	last, other := readDate(p, next)
	if p.TokenAt(next).Kind != token.Digits || other == "" {
		return end, say
	}
	return last, say + " " + p.FindWord("to") + " " + other
}

// readDate reads one date.
func readDate(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if end, d := parseISODate(p, i); end > i {
		return sayDateAt(p, i, end, d)
	}
	if end, d := parseYearMonth(p, i); end > i {
		return sayDateAt(p, i, end, d)
	}
	if end, d := parseNumericDate(p, i); end > i {
		return sayDateAt(p, i, end, d)
	}
	if end, d := parseDayMonth(p, i); end > i {
		return sayDateAt(p, i, end, d)
	}
	return i, ""
}

// sayDateAt returns the spoken form of a date at the tokens from..end.
func sayDateAt(p *passage.Passage, from, end int, d passage.Date) (nextIndex int, spoken string) {
	return end, p.SayDate(from, end, d)
}

// ReadNumericMonth reads a date in a language whose table contains only the names of months. It replaces the
// month's number by its name; the voice reads the rest.
func ReadNumericMonth(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if p.Known || p.Months[1] == "" {
		return i, ""
	}
	end, d := parseISODate(p, i)
	if end == i && p.TokenAt(i+1).Text == "." {
		end, d = parseNumericDate(p, i)
	}
	if end == i || d.Year == 0 {
		return i, ""
	}
	return end, strconv.Itoa(d.Day) + p.FindWord("day stop") + " " + p.Months[d.Month] + " " + strconv.Itoa(d.Year)
}

// parseISODate parses 2026-11-25 and 2026/11/25. It returns the index after the date, or i.
func parseISODate(p *passage.Passage, i int) (nextIndex int, date passage.Date) {
	mark := p.TokenAt(i + 1).Text
	if mark != "-" && mark != "/" && mark != "." || p.TokenAt(i+3).Text != mark || len(p.TokenAt(i).Text) != 4 {
		return i, passage.Date{}
	}
	y, _ := p.ParseSmallNumber(i, 4)
	m, ok := p.ParseSmallNumber(i+2, 2)
	d, ok2 := p.ParseSmallNumber(i+4, 2)
	day := passage.Date{Day: d, Month: m, Year: y}
	if !ok || !ok2 || !day.Exists() || isPartOfLongerNumber(p, i, i+5) || p.TokenAt(i+5).Kind == token.Digits {
		return i, passage.Date{}
	}
	if p.TokenAt(i+5).Kind == token.Word && p.TokenAt(i+5).Lower != "t" {
		return i, passage.Date{}
	}
	return i + 5, day
}

// parseYearMonth parses 2026-11. It rejects 2001-05, which may be a range of years.
func parseYearMonth(p *passage.Passage, i int) (nextIndex int, date passage.Date) {
	y, ok := p.ParseSmallNumber(i, 4)
	m, ok2 := p.ParseSmallNumber(i+2, 2)
	if !ok || !ok2 || p.TokenAt(i+1).Text != "-" || len(p.TokenAt(i).Text) != 4 || len(p.TokenAt(i+2).Text) != 2 ||
		m < 1 || m > 12 ||
		y < 1500 || y > 2099 || m > y%100 || isPartOfLongerNumber(p, i, i+3) || p.IsWordOrDigits(i+3) {
		return i, passage.Date{}
	}
	return i + 3, passage.Date{Month: m, Year: y}
}

// isPartOfLongerNumber reports whether a date or time at from..end is part of something longer, such as
// 1.2.2024.3 or a-1-2-2024.
func isPartOfLongerNumber(p *passage.Passage, from, end int) bool {
	if b := p.TokenAt(from - 1); b.Kind == token.Sign && (b.Text == "-" || b.Text == "." || b.Text == "/") &&
		p.IsWordOrDigits(from-2) {
		return true
	}
	a := p.TokenAt(end)
	return a.Kind == token.Sign && (a.Text == "-" || a.Text == "." || a.Text == "/" || a.Text == ":") &&
		p.TokenAt(end+1).Kind == token.Digits
}

// parseNumericDate parses 3.10.2026, 3/4/2025 and 25-11-2026. It parses 3.10. and 3/4 only if the words
// before them require a date.
func parseNumericDate(p *passage.Passage, i int) (nextIndex int, date passage.Date) {
	mark := p.TokenAt(i + 1).Text
	a, ok := p.ParseSmallNumber(i, 2)
	j := i + 2
	if p.TokenAt(j).Kind == token.Gap && mark == "." && p.TokenAt(j).Text == " " {
		j++ // 3. 10. 2026
	}
	b, ok2 := p.ParseSmallNumber(j, 2)
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
	if p.TokenAt(k).Text == mark && (mark == "." || p.TokenAt(k+1).Kind == token.Digits) {
		k++
	} else if mark == "." || mark == "-" {
		return i, passage.Date{}
	}
	if w := p.TokenAt(p.FindIndexBefore(i)).Lower; p.Contains("versions", w) {
		return i, passage.Date{}
	}
	y := k
	if mark == "." {
		y = p.SkipGap(k)
	}
	if year, ok := p.ParseSmallNumber(y, 4); ok &&
		(len(p.TokenAt(y).Text) == 4 && year >= 1000 || len(p.TokenAt(y).Text) == 2 && y == k &&
			k > j+1) {
		d.Year = expandYear(year, len(p.TokenAt(y).Text))
		if mark == "-" && len(p.TokenAt(y).Text) == 2 {
			return i, passage.Date{}
		}
		if d.Exists() && !isPartOfLongerNumber(p, i, y+1) && !p.IsWordOrDigits(y+1) &&
			(p.TokenAt(y+1).Text != "." || p.TokenAt(y+2).Kind != token.Digits) {
			return y + 1, d
		}
		return i, passage.Date{}
	}
	if mark == "/" && k == j+1 && p.Contains("year behind date", "yes") {
		if year, ok := p.ParseSmallNumber(k+1, 4); ok && p.TokenAt(k).Kind == token.Gap && len(p.TokenAt(k+1).Text) == 4 &&
			year >= 1000 &&
			d.Exists() && !isPartOfLongerNumber(p, i, k+2) {
			d.Year = year
			return k + 2, d
		}
	}
	if mark == "." && k == j+1 || k > j+1 && mark == "/" || !d.Exists() || isPartOfLongerNumber(p, i, k) ||
		p.IsWordOrDigits(k) {
		return i, passage.Date{}
	}
	if mark == "/" && p.Base == "it" && (p.TokenAt(i-1).Text == "'" || p.TokenAt(i-1).Text == "’") {
		return k, d // l'11/9
	}
	set := p.FindWord("fraction "+p.TokenAt(i).Text+"/"+p.TokenAt(j).Text) != "" // 24/7
	dayLike := mark == "/" && a > 12 && b <= 12 && !p.MonthFirst && !set
	if !dayLike && !p.Contains("before dates", p.TokenAt(p.FindIndexBefore(i)).Lower) && !p.IsWeekdayBefore(i) {
		return i, passage.Date{}
	}
	return k, d
}

// parseDayMonth parses 25 November 2026, 25. November, 1er mai, 3-5 October, el 3 de mayo de 2026.
func parseDayMonth(p *passage.Passage, i int) (nextIndex int, date passage.Date) {
	day, ok := p.ParseSmallNumber(i, 2)
	if !ok {
		return i, passage.Date{}
	}
	d := passage.Date{Day: day, Named: true, DayFirst: true}
	j := skipDayEnding(p, i+1)
	if dash := p.SkipGap(j); token.IsDash(p.TokenAt(dash).Text) {
		if last, ok := p.ParseSmallNumber(p.SkipGap(dash+1), 2); ok && last > day {
			d.Last = last
			j = skipDayEnding(p, p.SkipGap(dash+1)+1)
		}
	}
	if p.TokenAt(j).Kind != token.Gap && !token.IsDash(p.TokenAt(j).Text) {
		return i, passage.Date{}
	}
	j++
	if p.IsOneOf(j, "of", "de", "di", "del", "d") && p.TokenAt(j+1).Kind == token.Gap {
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
func skipDayEnding(p *passage.Passage, i int) (nextIndex int) {
	if p.TokenAt(i).Text == "." {
		i++
	}
	if p.TokenAt(i).Kind == token.Word && p.Contains("day endings", p.TokenAt(i).Lower) || p.TokenAt(i).Text == "º" ||
		p.TokenAt(i).Text == "°" {
		i++
	}
	if p.TokenAt(i).Text == ":" && p.Contains("day endings", p.TokenAt(i+1).Lower) {
		i += 2
	}
	return i
}

// parseMonth parses the name or abbreviation of a month. It returns the index after it, or i.
func parseMonth(p *passage.Passage, i int, d *passage.Date) (nextIndex int) {
	t := p.TokenAt(i)
	m, ok := p.Month[t.Lower]
	if !ok || t.Kind != token.Word {
		return i
	}
	full := t.Lower == strings.ToLower(p.Months[m]) || t.Lower == strings.ToLower(p.Of[m])
	if p.TokenAt(i+1).Text == "." && !full {
		i++
	}
	d.Month = m
	return i + 1
}

// parseYearAfter parses the year after a month: "November, 2026", "mayo de 2026", "nov. -26".
func parseYearAfter(p *passage.Passage, i int, d *passage.Date) (nextIndex int) {
	j := i
	if p.TokenAt(j).Text == "," || token.IsDash(p.TokenAt(j).Text) && !d.DayFirst {
		j++
	}
	j = p.SkipGap(j)
	if p.IsOneOf(j, "de", "del", "of") && p.TokenAt(j+1).Kind == token.Gap {
		j += 2
	}
	year, ok := p.ParseSmallNumber(j, 4)
	if !ok || len(p.TokenAt(j).Text) != 4 || year < 1000 || year > 2999 || p.TokenAt(j-1).Kind != token.Gap &&
		!token.IsDash(p.TokenAt(j-1).Text) {
		return i
	}
	if a := p.TokenAt(j + 1); p.IsWordOrDigits(j+1) || (a.Text == ":" || a.Text == p.Point || a.Text == p.Group) &&
		p.TokenAt(j+2).Kind == token.Digits {
		return i
	}
	if p.TokenAt(i).Text == "," && p.IsCountedNounAfter(j+1) {
		return i
	}
	d.Year = year
	return j + 1
}

// ReadMonthDay reads November 25, 2026, Nov. 25th, November 3–5, and November 2026.
func ReadMonthDay(p *passage.Passage, i int) (nextIndex int, spoken string) {
	var d passage.Date
	j := parseMonth(p, i, &d)
	if j == i || p.TokenAt(j).Kind != token.Gap {
		return i, ""
	}
	name := p.TokenAt(i)
	if name.Text == name.Lower && p.Base == "en" {
		// "may 5" and "march 2" contain verbs, unless other words indicate a month.
		if name.Lower == "may" || name.Lower == "march" || len(name.Lower) < 3 {
			return i, ""
		}
	}
	d.Named = true
	if end := parseYearAfter(p, j, &d); end > j {
		return sayDateAt(p, i, end, d)
	}
	if p.Base != "en" {
		return i, ""
	}
	day, ok := p.ParseSmallNumber(j+1, 2)
	if !ok {
		return i, ""
	}
	d.Day = day
	end := skipDayEnding(p, j+2)
	if p.TokenAt(j+2).Text == "." {
		end = j + 2
	}
	if token.IsDash(p.TokenAt(end).Text) {
		if last, ok := p.ParseSmallNumber(end+1, 2); ok && last > day {
			d.Last = last
			end = skipDayEnding(p, end+2)
			if p.TokenAt(end-1).Text == "." {
				end--
			}
		}
	}
	if a := p.TokenAt(end); !d.Exists() || p.IsWordOrDigits(end) || (a.Text == ":" || a.Text == "." || a.Text == "/" ||
		a.Text == "%") && p.TokenAt(end+1).Kind == token.Digits {
		return i, ""
	}
	if p.TokenAt(p.SkipGap(end)).Text == "%" {
		return i, ""
	}
	return sayDateAt(p, i, parseYearAfter(p, end, &d), d)
}

// SayFormattedDate returns the spoken form of a date. format is the order of its parts, such as mdy.
func SayFormattedDate(p *passage.Passage, parts []string, format string) string {
	d := passage.Date{DayFirst: format != "mdy"}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			return ""
		}
		switch format[i] {
		case 'y':
			d.Year = expandYear(n, len(part))
		case 'm':
			d.Month = n
		case 'd':
			d.Day = n
		}
	}
	switch {
	case d.Month == 0 && d.Day == 0:
		return p.SayYear(0, d.Year)
	case d.Month < 1 || d.Month > 12:
		return ""
	case d.Day == 0 && format != "ym" && format != "my" && format != "m":
		return ""
	case d.Day != 0 && !d.Exists():
		return ""
	}
	return p.SayDate(0, len(p.Tokens), d)
}

// ReadWeekday reads abbreviated weekdays before a date, such as Mo. and Tue.
func ReadWeekday(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	name, ok := p.Days[t.Lower]
	if !ok {
		return i, ""
	}
	j := i + 1
	if p.TokenAt(j).Text == "." {
		j++
	}
	k := j
	if p.TokenAt(k).Text == "," {
		k++
	}
	k = p.SkipGap(k)
	_, month := p.Month[p.TokenAt(k).Lower]
	if p.TokenAt(k+1).Text == "." {
		month = month && p.TokenAt(p.SkipGap(k+2)).Kind == token.Digits
		if month {
			return j, name
		}
	}
	if p.TokenAt(k).Kind != token.Digits && (!month || p.TokenAt(p.SkipGap(k+1)).Kind != token.Digits) &&
		(!token.IsDash(p.TokenAt(k).Text) ||
			p.Days[p.TokenAt(p.SkipGap(k+1)).Lower] == "") {
		after := p.TokenAt(p.SkipGap(j))
		cut := j > i+1 && after.Kind == token.Word && after.Text == after.Lower
		if !cut && (j == i+1 || !p.Contains("safe weekdays", t.Lower)) || t.Text == t.Lower && p.Base == "de" {
			return i, ""
		}
	}
	if token.IsDash(p.TokenAt(k).Text) {
		m := p.SkipGap(k + 1)
		if other := p.Days[p.TokenAt(m).Lower]; other != "" {
			if p.TokenAt(m+1).Text == "." && !p.IsAtEnd(m+2) {
				m++
			}
			return m + 1, name + " " + p.FindWord("to") + " " + other
		}
	}
	return j, name
}
