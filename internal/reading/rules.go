package reading

import (
	"strings"

	"mynah/internal/reading/address"
	"mynah/internal/reading/calendar"
	"mynah/internal/reading/figure"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/short"
	"mynah/internal/reading/sign"
	"mynah/internal/reading/token"
)

// rule reads the text that begins at token i. It returns the index of the token after it and the words
// to say, or i and "" if the rule does not apply.
type rule func(p *passage.Passage, i int) (end int, say string)

// applyFirstRule tries rules in order and returns the first result. Specific rules must precede general ones.
func applyFirstRule(p *passage.Passage, i int, rules ...rule) (nextIndex int, spoken string) {
	for _, r := range rules {
		if end, say := r(p, i); end > i && say != "" {
			return end, say
		}
	}
	return i, ""
}

// readToken returns the result of the first rule that applies at token i.
func readToken(p *passage.Passage, i int) (nextIndex int, spoken string) {
	switch p.Tokens[i].Kind {
	case token.Digits:
		if p.Rules == nil {
			return i, ""
		}
		if end, say := calendar.ReadNumericMonth(p, i); end > i {
			return end, say
		}
		if p.FindWord("dot") != "" && p.CanStartAt(i) {
			if end, say := address.ReadLink(p, i); end > i {
				return end, say
			}
		}
		return readAtNumber(p, i)
	case token.Word:
		return readAtWord(p, i)
	case token.Sign:
		return readAtSign(p, i)
	case token.Gap:
	}
	return i, ""
}

// readAtNumber reads text that begins with a number.
func readAtNumber(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if p.Known {
		if end, say := applyFirstRule(p, i,
			calendar.ReadDateOrRange, address.ReadPhoneNumber, figure.ReadFeet, address.ReadHouseNumber, figure.ReadVersion, calendar.ReadClock,
			calendar.ReadDecade, figure.ReadOrdinalOrRange, figure.ReadPower, figure.ReadRatio, figure.ReadSize,
			figure.ReadFraction,
		); end > i {
			return end, say
		}
	}
	if !p.Known {
		n, end := p.ParseNumber(i)
		if isPartOfNotation(p, i) || n.Low > 0 {
			return i, "" // a date, time or fraction: the voice reads it better
		}
		if n.Fraction != "" && p.SpellDecimalMark(n.Mark) == "" {
			return end, p.Src[p.TokenAt(i).Start:p.TokenAt(end-1).End]
		}
	}
	if end, say := address.ReadPostalCode(p, i); end > i {
		return end, say
	}
	if end, say := figure.ReadCode(p, i); end > i {
		return end, say
	}
	if end, say := figure.ReadQuantity(p, i); end > i && say != "" {
		return end, say
	}
	return i + 1, p.SpellCardinal(p.TokenAt(i).Text, "")
}

// isPartOfNotation reports whether a number is part of a notation such as 2026-11-25 or 14:30.
func isPartOfNotation(p *passage.Passage, i int) bool {
	joins := func(mark, number token.Token) bool {
		return number.Kind == token.Digits && strings.Contains("-/:.", mark.Text) && mark.Text != p.Point &&
			mark.Text != p.Group
	}
	return joins(p.TokenAt(i+1), p.TokenAt(i+2)) || joins(p.TokenAt(i-1), p.TokenAt(i-2))
}

// readAtWord reads text that begins with a word.
func readAtWord(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if !p.Known {
		if p.FindWord("dot") != "" {
			return address.ReadLink(p, i)
		}
		return i, ""
	}
	if end, say := sign.ReadGreekLetter(p, i); end > i {
		return end, say
	}
	if t := p.TokenAt(i); t.Text == t.Lower && isPlainWord(p, i) {
		return i, ""
	}
	return applyFirstRule(p, i,
		address.ReadLink, address.ReadStateName, figure.ReadUnit, calendar.ReadMonthDay, calendar.ReadWeekday,
		figure.ReadMoneyCode, figure.ReadNumberAbbreviation, short.ReadAbbreviation, short.ReadInitials, figure.ReadRoman,
		figure.ReadLetterDigits, short.ReadAcronym, address.ReadIdentifier, short.ReadAbbreviatedCompound,
	)
}

// isPlainWord reports whether no rule can apply to a lower-case word: only a space or comma follows, and
// no table contains it. It is a fast path for most words.
func isPlainWord(p *passage.Passage, i int) bool {
	next := p.TokenAt(i + 1)
	if next.Kind != token.Gap && next.Text != "," || p.TokenAt(i+2).Kind == token.Digits {
		return false
	}
	t := p.TokenAt(i).Text
	_, bare := p.Bare[t]
	_, month := p.Month[t]
	return !bare && !month && !p.Letter[strings.ToUpper(t)]
}

// readAtSign reads text that begins with a sign.
func readAtSign(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if p.Known {
		if end, say := applyFirstRule(p, i,
			address.ReadPhoneNumberAtSign, figure.ReadSignedNumber, calendar.ReadShortDecade, figure.ReadHash, address.ReadPathOrFlag,
			sign.ReadSignBetween,
		); end > i {
			return end, say
		}
	} else if _, _, ok := token.ParseVulgarFraction(t.Text); ok {
		return i, ""
	}
	return sign.ReadSignName(p, i)
}
