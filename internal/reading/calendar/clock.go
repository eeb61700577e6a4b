package calendar

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadClock reads a time of day that begins with a number: 10:30 p.m., 14:30 Uhr, 14h30, 9pm, 14.30.
func ReadClock(p *passage.Passage, i int) (nextIndex int, spoken string) {
	c, end := parseClock(p, i)
	if end == i {
		return i, ""
	}
	dash := p.SkipGap(end)
	if token.IsDash(p.TokenAt(dash).Text) {
		if second, last := parseClock(p, p.SkipGap(dash+1)); last > p.SkipGap(dash+1) {
			if c.Half == "" && second.Half != "" || second.Label {
				c.Label = false
			}
			return last, p.SayClock(i, end, c) + " " + p.FindWord("to") + " " + p.SayClock(dash+1, last, second)
		}
	}
	return end, p.SayClock(i, end, c)
}

// parseClock parses a time of day at token i. It returns the index after it, or i.
func parseClock(p *passage.Passage, i int) (clock passage.Clock, nextIndex int) {
	hour, ok := p.ParseSmallNumber(i, 2)
	if !ok || hour > 24 {
		return passage.Clock{}, i
	}
	c := passage.Clock{Hour: hour}
	mark := p.TokenAt(i + 1).Text
	end := i + 1
	switch {
	case mark == ":" && p.TokenAt(i+3).Kind == token.Sign && p.TokenAt(i+4).Kind == token.Digits &&
		len(p.TokenAt(i+4).Text) == 3 &&
		(p.TokenAt(i+3).Text == p.Group || p.TokenAt(i+3).Text == p.Point):
		return passage.Clock{}, i // a scale: 1:10.000
	case mark == ":" && parseMinutes(p, i+2, &c):
		end = i + 3
		if p.TokenAt(end).Text == ":" && parseSeconds(p, end+1, &c) {
			end += 2
		}
	case mark == "." && isDottedTime(p, i, i+3) && parseMinutes(p, i+2, &c):
		end = i + 3
	case p.IsOneOf(i+1, "h", "u") && p.Contains("clock h", p.TokenAt(i+1).Lower) && parseMinutes(p, i+2, &c):
		end = i + 3
		if p.IsOneOf(end, "m", "min") {
			end++
		}
	case p.TokenAt(i+1).Kind == token.Gap && p.IsOneOf(i+2, "h") && p.Contains("clock h", "h") &&
		p.TokenAt(i+3).Kind == token.Gap &&
		parseMinutes(p, i+4, &c):
		end = i + 5
		if p.TokenAt(p.SkipGap(end)).Lower == "min" {
			return passage.Clock{}, i // a duration, not a time of day
		}
	}
	if half, e := parseAMPM(p, end); e > end && hour <= 12 && p.Base == "en" {
		c.Half = half
		return c, e
	}
	if e := skipClockLabel(p, end); e > end {
		c.Label = true
		return c, e
	}
	if b := p.FindIndexBefore(i); p.Base == "pl" && !c.HasMinute && end == i+1 && hour > 0 &&
		(p.IsOneOf(b, "godzina", "godzinie", "godziny") || p.TokenAt(b).Text == "." && p.IsOneOf(b-1, "godz")) &&
		!p.IsWordOrDigits(end) {
		return c, end
	}
	if !c.HasMinute || p.IsWordOrDigits(end) || p.TokenAt(end).Text == ":" && p.TokenAt(end+1).Kind == token.Digits {
		return passage.Clock{}, i
	}
	return c, end
}

func parseMinutes(p *passage.Passage, i int, c *passage.Clock) bool {
	m, ok := p.ParseSmallNumber(i, 2)
	if !ok || len(p.TokenAt(i).Text) != 2 || m > 59 || p.TokenAt(i+1).Text == "." && p.TokenAt(i+2).Kind == token.Digits &&
		len(p.TokenAt(i+2).Text) == 2 && p.TokenAt(i-1).Text == "." {
		return false
	}
	c.Minute, c.HasMinute = m, true
	return true
}

func parseSeconds(p *passage.Passage, i int, c *passage.Clock) bool {
	s, ok := p.ParseSmallNumber(i, 2)
	if !ok || len(p.TokenAt(i).Text) != 2 || s > 59 {
		return false
	}
	c.Second, c.HasSecond = s, true
	return true
}

// isDottedTime reports whether 14.30 is a time, because of a word before or after it.
func isDottedTime(p *passage.Passage, i, end int) bool {
	b := p.FindIndexBefore(i)
	if p.TokenAt(b).Text == "." {
		b--
	}
	if p.Contains("before dotted times", p.TokenAt(b).Lower) || isTimeWithoutTimeWords(p, i, end) {
		return true
	}
	if token.IsDash(p.TokenAt(b).Text) && p.TokenAt(b-1).Kind == token.Digits {
		return isDottedTime(p, b-1, end) || isDottedTime(p, max(b-3, 0), end) && p.TokenAt(b-2).Text == "."
	}
	if _, e := parseAMPM(p, end); e > end && p.Base == "en" {
		return true
	}
	if skipClockLabel(p, end) > end {
		return true
	}
	dash := p.SkipGap(end)
	if !token.IsDash(p.TokenAt(dash).Text) {
		return false
	}
	next := p.SkipGap(dash + 1)
	return p.TokenAt(next+1).Text == "." && skipClockLabel(p, next+3) > next+3
}

// isTimeWithoutTimeWords reports whether 14.30 without such words is a time, in languages that write times with
// a point and decimals with a comma.
func isTimeWithoutTimeWords(p *passage.Passage, i, end int) bool {
	switch p.Base {
	case "de", "it", "nl", "sv", "da", "nb", "pl":
	default:
		return false
	}
	next := p.TokenAt(p.SkipGap(end))
	if p.Contains("versions", p.TokenAt(p.FindIndexBefore(i)).Lower) ||
		p.Contains("before numbers", p.TokenAt(p.FindIndexBefore(i)).Lower) ||
		p.TokenAt(i-1).Kind == token.Sign && p.TokenAt(i-1).Text != "(" {
		return false
	}
	if k := p.SkipGap(p.SkipGap(end) + 1); token.IsDash(next.Text) && p.TokenAt(k+1).Text == "." &&
		len(p.TokenAt(k+2).Text) == 2 {
		return true
	}
	return p.IsAtEnd(end) || next.Kind == token.Sign && p.TokenAt(end).Kind == token.Sign &&
		strings.Contains(",;:!?)–.", next.Text) &&
		p.TokenAt(end+1).Kind != token.Digits ||
		next.Kind == token.Word && p.Contains("functions", next.Lower) && p.TokenAt(end).Kind == token.Gap
}

// skipClockLabel returns the index after a word that is read with the time: Uhr, uur, h.
func skipClockLabel(p *passage.Passage, i int) (nextIndex int) {
	j := p.SkipGap(i)
	t := p.TokenAt(j)
	if t.Kind != token.Word || !p.Contains("clock labels", t.Lower) || p.TokenAt(j+1).Kind == token.Digits {
		return i
	}
	return j + 1
}

// parseAMPM parses a.m., pm or P.M. It returns "a", "p" or "", and the index after it.
func parseAMPM(p *passage.Passage, i int) (form string, nextIndex int) {
	j := p.SkipGap(i)
	switch t := p.TokenAt(j).Lower; {
	case t == "am" || t == "pm":
		return t[:1], j + 1
	case (t == "a" || t == "p") && p.TokenAt(j+1).Text == "." && p.TokenAt(j+2).Lower == "m":
		if p.TokenAt(j+3).Text == "." && !p.IsAtEnd(j+4) {
			return t, j + 4
		}
		return t, j + 3
	}
	return "", i
}
