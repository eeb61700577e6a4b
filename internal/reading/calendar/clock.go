package calendar

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadClock reads a time of day that begins with a number: 10:30 p.m., 14:30 Uhr, 14h30, 9pm, 14.30.
func ReadClock(p *passage.Passage, i int) (int, string) {
	c, end := parseClock(p, i)
	if end == i {
		return i, ""
	}
	dash := p.Skip(end)
	if token.IsDash(p.At(dash).Text) {
		if second, last := parseClock(p, p.Skip(dash+1)); last > p.Skip(dash+1) {
			if c.Half == "" && second.Half != "" || second.Label {
				c.Label = false
			}
			return last, p.ClockWords(i, end, c) + " " + p.Word("to") + " " + p.ClockWords(dash+1, last, second)
		}
	}
	return end, p.ClockWords(i, end, c)
}

// parseClock parses a time of day at token i. It returns the index after it, or i.
func parseClock(p *passage.Passage, i int) (passage.Clock, int) {
	hour, ok := p.Small(i, 2)
	if !ok || hour > 24 {
		return passage.Clock{}, i
	}
	c := passage.Clock{Hour: hour}
	mark := p.At(i + 1).Text
	end := i + 1
	switch {
	case mark == ":" && p.At(i+3).Kind == token.Sign && p.At(i+4).Kind == token.Digits && len(p.At(i+4).Text) == 3 &&
		(p.At(i+3).Text == p.Group || p.At(i+3).Text == p.Point):
		return passage.Clock{}, i // a scale: 1:10.000
	case mark == ":" && parseMinutes(p, i+2, &c):
		end = i + 3
		if p.At(end).Text == ":" && parseSeconds(p, end+1, &c) {
			end += 2
		}
	case mark == "." && isDottedTime(p, i, i+3) && parseMinutes(p, i+2, &c):
		end = i + 3
	case p.Is(i+1, "h", "u") && p.In("clock h", p.At(i+1).Lower) && parseMinutes(p, i+2, &c):
		end = i + 3
		if p.Is(end, "m", "min") {
			end++
		}
	case p.At(i+1).Kind == token.Gap && p.Is(i+2, "h") && p.In("clock h", "h") && p.At(i+3).Kind == token.Gap &&
		parseMinutes(p, i+4, &c):
		end = i + 5
		if p.At(p.Skip(end)).Lower == "min" {
			return passage.Clock{}, i // a duration, not a time of day
		}
	}
	if half, e := parseHalfDay(p, end); e > end && hour <= 12 && p.Base == "en" {
		c.Half = half
		return c, e
	}
	if e := skipClockLabel(p, end); e > end {
		c.Label = true
		return c, e
	}
	if b := p.Before(i); p.Base == "pl" && !c.HasMinute && end == i+1 && hour > 0 &&
		(p.Is(b, "godzina", "godzinie", "godziny") || p.At(b).Text == "." && p.Is(b-1, "godz")) && !p.Glued(end) {
		return c, end
	}
	if !c.HasMinute || p.Glued(end) || p.At(end).Text == ":" && p.At(end+1).Kind == token.Digits {
		return passage.Clock{}, i
	}
	return c, end
}

func parseMinutes(p *passage.Passage, i int, c *passage.Clock) bool {
	m, ok := p.Small(i, 2)
	if !ok || len(p.At(i).Text) != 2 || m > 59 || p.At(i+1).Text == "." && p.At(i+2).Kind == token.Digits &&
		len(p.At(i+2).Text) == 2 && p.At(i-1).Text == "." {
		return false
	}
	c.Minute, c.HasMinute = m, true
	return true
}

func parseSeconds(p *passage.Passage, i int, c *passage.Clock) bool {
	s, ok := p.Small(i, 2)
	if !ok || len(p.At(i).Text) != 2 || s > 59 {
		return false
	}
	c.Second, c.HasSecond = s, true
	return true
}

// isDottedTime reports whether 14.30 is a time, because of a word before or after it.
func isDottedTime(p *passage.Passage, i, end int) bool {
	b := p.Before(i)
	if p.At(b).Text == "." {
		b--
	}
	if p.In("before dotted times", p.At(b).Lower) || isClockAlone(p, i, end) {
		return true
	}
	if token.IsDash(p.At(b).Text) && p.At(b-1).Kind == token.Digits {
		return isDottedTime(p, b-1, end) || isDottedTime(p, max(b-3, 0), end) && p.At(b-2).Text == "."
	}
	if _, e := parseHalfDay(p, end); e > end && p.Base == "en" {
		return true
	}
	if skipClockLabel(p, end) > end {
		return true
	}
	dash := p.Skip(end)
	if !token.IsDash(p.At(dash).Text) {
		return false
	}
	next := p.Skip(dash + 1)
	return p.At(next+1).Text == "." && skipClockLabel(p, next+3) > next+3
}

// isClockAlone reports whether 14.30 without such words is a time, in languages that write times with
// a point and decimals with a comma.
func isClockAlone(p *passage.Passage, i, end int) bool {
	switch p.Base {
	case "de", "it", "nl", "sv", "da", "nb", "pl":
	default:
		return false
	}
	next := p.At(p.Skip(end))
	if p.In("versions", p.At(p.Before(i)).Lower) || p.In("before numbers", p.At(p.Before(i)).Lower) ||
		p.At(i-1).Kind == token.Sign && p.At(i-1).Text != "(" {
		return false
	}
	if k := p.Skip(p.Skip(end) + 1); token.IsDash(next.Text) && p.At(k+1).Text == "." && len(p.At(k+2).Text) == 2 {
		return true
	}
	return p.Ended(end) || next.Kind == token.Sign && p.At(end).Kind == token.Sign &&
		strings.Contains(",;:!?)–.", next.Text) &&
		p.At(end+1).Kind != token.Digits ||
		next.Kind == token.Word && p.In("functions", next.Lower) && p.At(end).Kind == token.Gap
}

// skipClockLabel returns the index after a word that is read with the time: Uhr, uur, h.
func skipClockLabel(p *passage.Passage, i int) int {
	j := p.Skip(i)
	t := p.At(j)
	if t.Kind != token.Word || !p.In("clock labels", t.Lower) || p.At(j+1).Kind == token.Digits {
		return i
	}
	return j + 1
}

// parseHalfDay parses a.m., pm or P.M. It returns "a", "p" or "", and the index after it.
func parseHalfDay(p *passage.Passage, i int) (string, int) {
	j := p.Skip(i)
	switch t := p.At(j).Lower; {
	case t == "am" || t == "pm":
		return t[:1], j + 1
	case (t == "a" || t == "p") && p.At(j+1).Text == "." && p.At(j+2).Lower == "m":
		if p.At(j+3).Text == "." && !p.Ended(j+4) {
			return t, j + 4
		}
		return t, j + 3
	}
	return "", i
}
