package calendar

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// Clocks reads a time of day that begins with a number: 10:30 p.m., 14:30 Uhr, 14h30, 9pm, 14.30.
func Clocks(p *passage.Passage, i int) (int, string) {
	c, end := clockAt(p, i)
	if end == i {
		return i, ""
	}
	dash := p.Skip(end)
	if token.IsDash(p.At(dash).Text) {
		if second, last := clockAt(p, p.Skip(dash+1)); last > p.Skip(dash+1) {
			if c.Half == "" && second.Half != "" || second.Label {
				c.Label = false
			}
			return last, p.ClockWords(i, end, c) + " " + p.Word("to") + " " + p.ClockWords(dash+1, last, second)
		}
	}
	return end, p.ClockWords(i, end, c)
}

// clockAt parses a time of day at token i. It returns the index after it, or i.
func clockAt(p *passage.Passage, i int) (passage.Clock, int) {
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
	case mark == ":" && minutes(p, i+2, &c):
		end = i + 3
		if p.At(end).Text == ":" && seconds(p, end+1, &c) {
			end += 2
		}
	case mark == "." && dotted(p, i, i+3) && minutes(p, i+2, &c):
		end = i + 3
	case p.Is(i+1, "h", "u") && p.In("clock h", p.At(i+1).Lower) && minutes(p, i+2, &c):
		end = i + 3
		if p.Is(end, "m", "min") {
			end++
		}
	case p.At(i+1).Kind == token.Gap && p.Is(i+2, "h") && p.In("clock h", "h") && p.At(i+3).Kind == token.Gap &&
		minutes(p, i+4, &c):
		end = i + 5
		if p.At(p.Skip(end)).Lower == "min" {
			return passage.Clock{}, i // a duration, not a time of day
		}
	}
	if half, e := halfDay(p, end); e > end && hour <= 12 && p.Base == "en" {
		c.Half = half
		return c, e
	}
	if e := clockLabel(p, end); e > end {
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

func minutes(p *passage.Passage, i int, c *passage.Clock) bool {
	m, ok := p.Small(i, 2)
	if !ok || len(p.At(i).Text) != 2 || m > 59 || p.At(i+1).Text == "." && p.At(i+2).Kind == token.Digits &&
		len(p.At(i+2).Text) == 2 && p.At(i-1).Text == "." {
		return false
	}
	c.Minute, c.HasMinute = m, true
	return true
}

func seconds(p *passage.Passage, i int, c *passage.Clock) bool {
	s, ok := p.Small(i, 2)
	if !ok || len(p.At(i).Text) != 2 || s > 59 {
		return false
	}
	c.Second, c.HasSecond = s, true
	return true
}

// dotted reports whether 14.30 is a time, because of a word before or after it.
func dotted(p *passage.Passage, i, end int) bool {
	b := p.Before(i)
	if p.At(b).Text == "." {
		b--
	}
	if p.In("before dotted times", p.At(b).Lower) || isClockAlone(p, i, end) {
		return true
	}
	if token.IsDash(p.At(b).Text) && p.At(b-1).Kind == token.Digits {
		return dotted(p, b-1, end) || dotted(p, max(b-3, 0), end) && p.At(b-2).Text == "."
	}
	if _, e := halfDay(p, end); e > end && p.Base == "en" {
		return true
	}
	if clockLabel(p, end) > end {
		return true
	}
	dash := p.Skip(end)
	if !token.IsDash(p.At(dash).Text) {
		return false
	}
	next := p.Skip(dash + 1)
	return p.At(next+1).Text == "." && clockLabel(p, next+3) > next+3
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

// clockLabel returns the index after a word that is read with the time: Uhr, uur, h.
func clockLabel(p *passage.Passage, i int) int {
	j := p.Skip(i)
	t := p.At(j)
	if t.Kind != token.Word || !p.In("clock labels", t.Lower) || p.At(j+1).Kind == token.Digits {
		return i
	}
	return j + 1
}

// halfDay parses a.m., pm or P.M. It returns "a", "p" or "", and the index after it.
func halfDay(p *passage.Passage, i int) (string, int) {
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
