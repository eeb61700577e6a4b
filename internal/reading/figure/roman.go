package figure

import (
	"strconv"
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadRoman reads a Roman numeral if the words around it require one.
func ReadRoman(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	text, form, end := t.Text, "", i+1
	if n := token.ParseRoman(text); n == 0 {
		// XIXe, IIe: the ending of an ordinal number is part of the token.
		cut := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("IVXLCDM", r) })
		if cut <= 0 || strings.Trim(text[:cut], "IVX") != "" || p.Base != "fr" && p.Base != "nl" {
			return i, ""
		}
		if form = p.Ends[text[cut:]]; form == "" || token.ParseRoman(text[:cut]) == 0 {
			return i, ""
		}
		text = text[:cut]
	} else if f, e := ParseOrdinalEnding(p, i+1); e > i+1 && p.TokenAt(i+1).Kind == token.Sign &&
		p.TokenAt(i+1).Text != "." {
		form, end = f, e
	}
	n := token.ParseRoman(text)
	if p.IsInCapitals(i) && n > 0 && len(text) < 2 {
		return i, ""
	}
	kind := classifyRoman(p, i, end, text, form)
	if kind == "" {
		return i, ""
	}
	if kind == "ordinal" || kind == "century" {
		if p.TokenAt(end).Text == "." && p.Contains("ordinal stop", "yes") && !p.IsAtEnd(end+1) {
			end++
		}
	}
	say := ""
	if form != "" && form != "*" {
		say = p.SpellOrdinal(strconv.Itoa(n), form)
	}
	if say == "" {
		say = p.SayRoman(i, end, n, kind)
	}
	if say == "" {
		say = p.SpellCardinal(strconv.Itoa(n), "")
	}
	if dash := p.SkipGap(end); token.IsDash(p.TokenAt(dash).Text) {
		k := p.SkipGap(dash + 1)
		if m := token.ParseRoman(p.TokenAt(k).Text); m > n && p.TokenAt(k).Kind == token.Word && (kind != "cardinal" ||
			len(p.TokenAt(k).Text) > 1) {
			if last, other := readSecondRoman(p, k, m, kind); other != "" {
				return last, say + " " + p.FindWord("to") + " " + other
			}
		}
	}
	return end, say
}

// readSecondRoman reads the second numeral of a range in the same way as the first. kind is the result of
// classifyRoman.
func readSecondRoman(p *passage.Passage, i, n int, kind string) (nextIndex int, spoken string) {
	end := i + 1
	if p.TokenAt(end).Text == "." && p.Contains("ordinal stop", "yes") && !p.IsAtEnd(end+1) && kind != "cardinal" {
		end++
	}
	if say := p.SayRoman(i, end, n, kind); say != "" {
		return end, say
	}
	return end, p.SpellCardinal(strconv.Itoa(n), "")
}

// classifyRoman returns how a numeral is read, according to the words around it: cardinal, ordinal or
// century; "" means that it is not a numeral.
func classifyRoman(p *passage.Passage, i, end int, text, form string) string {
	n := token.ParseRoman(text)
	before := p.FindIndexBefore(i)
	prev := p.TokenAt(before)
	if prev.Text == "." {
		prev = p.TokenAt(before - 1)
	}
	stop := p.TokenAt(end).Text == "." && p.Contains("ordinal stop", "yes")
	after := end
	if stop {
		after++
	}
	next := p.TokenAt(p.SkipGap(after))
	plain := strings.Trim(text, "IVX") == ""
	switch {
	case p.Contains("after roman", next.Lower) && n <= 40 && (len(text) > 1 || form != "" || p.Base != "en" &&
		(text != "I" || canIBeNumeral(p, next.Lower)) || stop):
		return "century"
	case token.IsDash(next.Text) && n <= 30 && isRomanRangeOfCenturies(p, p.SkipGap(after)):
		return "century"
	case form != "" && n <= 100:
		return "ordinal"
	}
	switch kind := p.Roman[prev.Lower]; {
	case kind == "century" && n <= 40:
		return "century"
	case kind == "cardinal" && (text != "I" || prev.Text != prev.Lower || p.Base != "en") && n < 5000:
		return "cardinal"
	case kind == "ordinal" && prev.Text != prev.Lower && n <= 30:
		if text == "I" && p.Base == "en" && next.Kind == token.Word && !p.Contains("behind rulers", next.Lower) {
			return ""
		}
		return "ordinal"
	}
	if p.Contains("roman between", prev.Lower) && n <= 30 && plain {
		return "ordinal"
	}
	if len(text) < 2 || !plain {
		if plain && stop && len(text) > 1 && next.Kind == token.Word && next.Text != next.Lower {
			return "century"
		}
		if plain && stop && text != "I" && prev.Kind == token.Word && prev.Text != prev.Lower && next.Kind == token.Word &&
			next.Text == next.Lower {
			return "ordinal"
		}
		return ""
	}
	if stop && next.Kind == token.Word && next.Text != next.Lower && (prev.Kind != token.Word ||
		prev.Text == prev.Lower) {
		return "century" // IV. Kapitel
	}
	if prev.Kind == token.Word && prev.Text != prev.Lower && prev.Text != strings.ToUpper(prev.Text) {
		if stop {
			return "ordinal"
		}
		return "cardinal"
	}
	if len(text) > 2 || text == "II" {
		return "cardinal"
	}
	return ""
}

// canIBeNumeral reports whether "I" before the word next is a numeral. In some languages I is also a
// word.
func canIBeNumeral(p *passage.Passage, next string) bool {
	switch p.Base {
	case "en", "sv", "da", "nb":
		return false
	case "it":
		return next != "secoli"
	}
	return true
}

// isRomanRangeOfCenturies reports whether a range of numerals is followed by a word for centuries.
func isRomanRangeOfCenturies(p *passage.Passage, dash int) bool {
	k := p.SkipGap(dash + 1)
	if token.ParseRoman(strings.TrimRight(p.TokenAt(k).Text, "e")) == 0 {
		return false
	}
	k++
	if p.TokenAt(k).Text == "." {
		k++
	}
	return p.Contains("after roman", p.TokenAt(p.SkipGap(k)).Lower)
}
