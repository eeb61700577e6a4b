package script

import (
	"math"
	"strconv"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// Limits of values, in seconds, pixels and characters. They are far above what a video needs, and keep
// a typing mistake from overloading later steps.
const (
	maxTime = 24 * time.Hour
	maxFont = 1000
	// maxPixel is the maximum position in a picture; minChars and maxChars are the limits of a cue's
	// length.
	maxPixel = 100000
	maxChars = 1000
	minChars = 10
)

// valueParser is a type of values: a description of what is allowed, and its parser. For an invalid value,
// findings suggest the nearest of the words.
type valueParser[T any] struct {
	Form
	// many returns the allowed words if listing them is slow. It is called only for suggestions, and may
	// be nil.
	many func() []string
	// read parses plain text; parse parses any value and reports errors itself. Exactly one of the two is
	// set.
	read  func(s string) (T, bool)
	parse func(p *parser, name string, v value) (T, bool)
}

// reportValue reports that a value is not allowed. words are candidates for a suggestion.
func (p *parser) reportValue(name string, v value, allowed string, words []string) {
	var d *diag.Diagnostic
	switch {
	case v.kind == brokenValue:
		return
	case v.kind == mapValue:
		d = p.diags.Errorf(v.at, "%s cannot be a map", name)
	case v.kind == listValue:
		d = p.diags.Errorf(v.at, "%s cannot be a list", name)
	case v.text == "":
		d = p.diags.Errorf(v.at, "%s has no value", name)
	default:
		d = p.diags.Errorf(v.at, "%s cannot be %s", name, quoteForMessage(v.text))
	}
	d.Detail = "Allowed: " + allowed
	if near, _ := findNearestName(v.text, words); near != "" && v.kind == scalarValue {
		d.Hint = "did you mean " + near + "?"
	} else if n, ok := replaceDecimalComma(v.text); ok {
		d.Hint = "write the number with a point: " + n
	}
}

// replaceDecimalComma returns s with a decimal point if s is a number with a decimal comma, such as 0,5.
func replaceDecimalComma(s string) (string, bool) {
	n := strings.Replace(s, ",", ".", 1)
	if n == s {
		return "", false
	}
	_, ok := parseNumber(n)
	return n, ok
}

// parseValue parses a value of kind k. It returns false if it reported an error.
func parseValue[T any](p *parser, name string, v value, k valueParser[T]) (*T, bool) {
	if k.parse != nil {
		t, ok := k.parse(p, name, v)
		return &t, ok
	}
	if v.kind == scalarValue && v.text != "" {
		if t, ok := k.read(v.text); ok {
			return &t, true
		}
	}
	if k.many != nil {
		k.Words = k.many()
	}
	p.reportValue(name, v, k.Allowed, k.Words)
	return nil, false
}

// newChoiceParser returns the parser of one of several words, in upper or lower case.
func newChoiceParser(words ...string) valueParser[string] {
	return valueParser[string]{
		Form: Form{Kind: ChoiceKind, Words: words, Allowed: joinWithOr(words)},
		read: func(s string) (string, bool) {
			s = strings.ToLower(s)
			for _, w := range words {
				if s == w {
					return w, true
				}
			}
			return "", false
		},
	}
}

// newTextParser returns the parser of any text. k is TextKind or VoiceKind.
func newTextParser(k Kind, allowed string) valueParser[string] {
	return valueParser[string]{
		Form: Form{Kind: k, Allowed: allowed},
		read: func(s string) (string, bool) { return s, true },
	}
}

// newFileParser returns the parser of names of files in the project.
func newFileParser(allowed string) valueParser[File] {
	return valueParser[File]{
		Form:  Form{Kind: FileKind, Allowed: allowed},
		parse: func(p *parser, name string, v value) (File, bool) { return p.parseFilePath(name, v, allowed) },
	}
}

// namedFactor is a word that may be written for a factor.
type namedFactor struct {
	word   string
	factor float64
}

// newFactorParser returns the parser of factors in from..to; scales are words that may be written for a factor.
func newFactorParser(from, to float64, scales ...namedFactor) valueParser[float64] {
	var words []string
	for _, s := range scales {
		words = append(words, s.word)
	}
	allowed := "a factor from " + formatDecimal(from) + " to " + formatDecimal(to)
	if len(words) > 0 {
		allowed = strings.Join(words, ", ") + ", or " + allowed
	}
	form := Form{Kind: NumberKind, Words: words, From: from, To: to, Allowed: allowed}
	return valueParser[float64]{Form: form, read: func(s string) (float64, bool) {
		for _, c := range scales {
			if strings.EqualFold(s, c.word) {
				return c.factor, true
			}
		}
		n, ok := parseNumber(s)
		return n, ok && n >= from && n <= to
	}}
}

// newDecimalParser returns the parser of numbers in from..to, both inclusive, with an optional unit. what
// describes the number in messages.
func newDecimalParser(from, to float64, what, unit string) valueParser[float64] {
	return valueParser[float64]{
		Form: Form{
			Kind: NumberKind, From: from, To: to, Unit: unit,
			Allowed: what + " from " + formatDecimal(from) + " to " + formatDecimal(to),
		},
		read: func(s string) (float64, bool) {
			if t := strings.TrimSuffix(strings.ToLower(s), unit); unit != "" {
				s = strings.TrimSpace(t)
			}
			n, ok := parseNumber(s)
			return n, ok && n >= from && n <= to
		},
	}
}

func formatDecimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// parseNumber reads a plain decimal number, without exponents or words for infinity.
func parseNumber(s string) (float64, bool) {
	digits := 0
	for i, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' || (c == '-' || c == '+') && i == 0:
		default:
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && digits > 0 && digits <= 18
}

// newLevelParser returns the parser of numbers of dB or LUFS, or "none".
func newLevelParser(from, to float64, what, unit string) valueParser[Level] {
	n := newDecimalParser(from, to, what, unit)
	form := n.Form
	form.Words, form.Allowed = []string{"none"}, "none, or "+n.Allowed
	return valueParser[Level]{Form: form, read: func(s string) (Level, bool) {
		if strings.EqualFold(s, "none") {
			return Level{None: true}, true
		}
		f, ok := n.read(s)
		return Level{Value: f}, ok
	}}
}

// newSizeParser returns the parser of frame sizes.
func newSizeParser() valueParser[frame.Size] {
	allowed := "720p, 1080p, 4k, or WIDTHxHEIGHT in even numbers from " + strconv.Itoa(frame.MinSide) + " to " +
		strconv.Itoa(frame.MaxSide) + ", such as 1080x1920"
	words := []string{"720p", "1080p", "4k"}
	return valueParser[frame.Size]{Form: Form{Kind: SizeKind, Words: words, Allowed: allowed}, read: frame.ParseSize}
}

// newRateParser returns the parser of frame rates.
func newRateParser() valueParser[frame.Rate] {
	const allowed = "frames a second from 1 to 120: a whole number, a decimal one such as 29.97, " +
		"or a fraction such as 30000/1001"
	return valueParser[frame.Rate]{Form: Form{Kind: RateKind, From: 1, To: 120, Allowed: allowed}, read: frame.ParseRate}
}

// newDurationParser returns the parser of durations of at least from.
func newDurationParser(from time.Duration) valueParser[time.Duration] {
	least := "0 seconds"
	if from > 0 {
		least = "more than 0 seconds"
	}
	return valueParser[time.Duration]{
		Form: Form{
			Kind: TimeKind, To: maxTime.Seconds(), Unit: "s",
			Allowed: "a time from " + least + " to 24 hours: seconds such as 2 or 2.5, or clock time such as 1:30",
		},
		read: func(s string) (time.Duration, bool) {
			d, ok := parseClock(s)
			return d, ok && d >= from && d <= maxTime
		},
	}
}

// parseClock parses a time such as 2, 2.5, 2s, 500ms, 1:30, 1:30.5 or 00:01:30. Minutes and seconds after a
// colon must be below 60.
func parseClock(s string) (time.Duration, bool) {
	s = strings.ToLower(s)
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	unit := time.Second
	if len(parts) == 1 {
		switch {
		case strings.HasSuffix(s, "ms"):
			unit, parts[0] = time.Millisecond, strings.TrimSpace(s[:len(s)-2])
		case strings.HasSuffix(s, "s"):
			parts[0] = strings.TrimSpace(s[:len(s)-1])
		}
	}
	total := 0.0
	for i, part := range parts {
		n, ok := parseNumber(part)
		if !ok || part[0] == '-' || part[0] == '+' || i < len(parts)-1 && strings.Contains(part, ".") || i > 0 && n >= 60 {
			return 0, false
		}
		total = total*60 + n
	}
	if total > maxTime.Seconds()*1000 {
		return 0, false
	}
	return time.Duration(math.Round(total * float64(unit))), true
}

// parseClipRange parses a range of a clip, such as 10-14.5 or 00:00:02 - 00:00:04.
func parseClipRange(s string) (ClipRange, bool) {
	a, b, cut := strings.Cut(s, "-")
	from, ok1 := parseClock(strings.TrimSpace(a))
	to, ok2 := parseClock(strings.TrimSpace(b))
	return ClipRange{from, to}, cut && ok1 && ok2 && to > from && to <= maxTime
}

// newColorParser returns the parser of CSS colours.
func newColorParser() valueParser[frame.Color] {
	const allowed = "a CSS colour: a name such as white, #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(…) or hsl(…), " +
		"or transparent"
	return valueParser[frame.Color]{
		Form: Form{Kind: ColorKind, Allowed: allowed}, many: frame.ListColorNames, read: frame.ParseColor,
	}
}
