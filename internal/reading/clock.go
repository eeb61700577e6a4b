package reading

import "strings"

// clock is a time of day as it is written.
type clock struct {
	hour, minute, second int
	hasMinute, hasSecond bool
	half                 string // "a" or "p" for a.m. and p.m.
	label                bool   // a word such as Uhr stands behind, and is part of the time
}

// clocks reads a time that begins with a number: 10:30 p.m., 14:30 Uhr, 14h30, 9pm, 14.30.
func (p *passage) clocks(i int) (int, string) {
	c, end := p.clockAt(i)
	if end == i {
		return i, ""
	}
	dash := p.skip(end)
	if isDash(p.at(dash).text) {
		if second, last := p.clockAt(p.skip(dash + 1)); last > p.skip(dash+1) {
			if c.half == "" && second.half != "" || second.label {
				c.label = false
			}
			return last, p.clockWords(i, end, c) + " " + p.word("to") + " " + p.clockWords(dash+1, last, second)
		}
	}
	return end, p.clockWords(i, end, c)
}

func (p *passage) clockWords(from, to int, c clock) string {
	if p.forms.Clock == nil {
		return ""
	}
	return p.forms.Clock(p, from, to, c)
}

// clockAt parses a time.
func (p *passage) clockAt(i int) (clock, int) {
	hour, ok := p.small(i, 2)
	if !ok || hour > 24 {
		return clock{}, i
	}
	c := clock{hour: hour}
	mark := p.at(i + 1).text
	end := i + 1
	switch {
	case mark == ":" && p.at(i+3).kind == sign && p.at(i+4).kind == digits && len(p.at(i+4).text) == 3 &&
		(p.at(i+3).text == p.group || p.at(i+3).text == p.point):
		return clock{}, i // a scale: 1:10.000
	case mark == ":" && p.minutes(i+2, &c):
		end = i + 3
		if p.at(end).text == ":" && p.seconds(end+1, &c) {
			end += 2
		}
	case mark == "." && p.dotted(i, i+3) && p.minutes(i+2, &c):
		end = i + 3
	case p.is(i+1, "h", "u") && p.in("clock h", p.at(i+1).lower) && p.minutes(i+2, &c):
		end = i + 3
		if p.is(end, "m", "min") {
			end++
		}
	case p.at(i+1).kind == gap && p.is(i+2, "h") && p.in("clock h", "h") && p.at(i+3).kind == gap && p.minutes(i+4, &c):
		end = i + 5
		if p.at(p.skip(end)).lower == "min" {
			return clock{}, i // a length of time
		}
	}
	if half, e := p.halfDay(end); e > end && hour <= 12 && p.base == "en" {
		c.half = half
		return c, e
	}
	if e := p.clockLabel(end); e > end {
		c.label = true
		return c, e
	}
	if b := p.before(i); p.base == "pl" && !c.hasMinute && end == i+1 && hour > 0 &&
		(p.is(b, "godzina", "godzinie", "godziny") || p.at(b).text == "." && p.is(b-1, "godz")) && !p.glued(end) {
		return c, end
	}
	if !c.hasMinute || p.glued(end) || p.at(end).text == ":" && p.at(end+1).kind == digits {
		return clock{}, i
	}
	return c, end
}

func (p *passage) minutes(i int, c *clock) bool {
	m, ok := p.small(i, 2)
	if !ok || len(p.at(i).text) != 2 || m > 59 || p.at(i+1).text == "." && p.at(i+2).kind == digits &&
		len(p.at(i+2).text) == 2 && p.at(i-1).text == "." {
		return false
	}
	c.minute, c.hasMinute = m, true
	return true
}

func (p *passage) seconds(i int, c *clock) bool {
	s, ok := p.small(i, 2)
	if !ok || len(p.at(i).text) != 2 || s > 59 {
		return false
	}
	c.second, c.hasSecond = s, true
	return true
}

// dotted tells that 14.30 is a time: a word in front or behind says so.
func (p *passage) dotted(i, end int) bool {
	b := p.before(i)
	if p.at(b).text == "." {
		b--
	}
	if p.in("before dotted times", p.at(b).lower) || p.alone(i, end) {
		return true
	}
	if isDash(p.at(b).text) && p.at(b-1).kind == digits {
		return p.dotted(b-1, end) || p.dotted(max(b-3, 0), end) && p.at(b-2).text == "."
	}
	if _, e := p.halfDay(end); e > end && p.base == "en" {
		return true
	}
	if p.clockLabel(end) > end {
		return true
	}
	dash := p.skip(end)
	if !isDash(p.at(dash).text) {
		return false
	}
	next := p.skip(dash + 1)
	return p.at(next+1).text == "." && p.clockLabel(next+3) > next+3
}

// alone tells that 14.30 stands for itself, in a language that writes times so and decimals
// with a comma.
func (p *passage) alone(i, end int) bool {
	switch p.base {
	case "de", "it", "nl", "sv", "da", "nb", "pl":
	default:
		return false
	}
	next := p.at(p.skip(end))
	if p.in("versions", p.at(p.before(i)).lower) || p.in("before numbers", p.at(p.before(i)).lower) ||
		p.at(i-1).kind == sign && p.at(i-1).text != "(" {
		return false
	}
	if k := p.skip(p.skip(end) + 1); isDash(next.text) && p.at(k+1).text == "." && len(p.at(k+2).text) == 2 {
		return true
	}
	return p.ended(end) || next.kind == sign && p.at(end).kind == sign && strings.Contains(",;:!?)–.", next.text) &&
		p.at(end+1).kind != digits ||
		next.kind == word && p.in("functions", next.lower) && p.at(end).kind == gap
}

// clockLabel parses a word behind a time that is read with it: Uhr, uur, h.
func (p *passage) clockLabel(i int) int {
	j := p.skip(i)
	t := p.at(j)
	if t.kind != word || !p.in("clock labels", t.lower) || p.at(j+1).kind == digits {
		return i
	}
	return j + 1
}

// halfDay parses a.m., pm, P.M.
func (p *passage) halfDay(i int) (string, int) {
	j := p.skip(i)
	switch t := p.at(j).lower; {
	case t == "am" || t == "pm":
		return t[:1], j + 1
	case (t == "a" || t == "p") && p.at(j+1).text == "." && p.at(j+2).lower == "m":
		if p.at(j+3).text == "." && !p.ended(j+4) {
			return t, j + 4
		}
		return t, j + 3
	}
	return "", i
}
