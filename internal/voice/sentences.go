package voice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
	"github.com/clipperhouse/uax29/v2/words"

	"mynah/internal/utter"
)

const (
	longest  = 400 // maximum characters of one engine request
	shortest = 120 // minimum characters before a cut at the end of a clause
)

// SplitSentences splits a text into sentences. It returns byte ranges without leading and trailing blanks, in order.
// Line ends count as blanks. Sentences of more than 400 characters are cut at the end of a clause, else of a
// word. The language (BCP 47) selects the list of abbreviations; English titles are recognised in all
// languages. It takes linear time.
func SplitSentences(text, language string) []Span {
	flat := replaceLineEnds(text)
	bullets := findBullets(text)
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	known := findAbbreviations(base)
	var out []Span
	start, at := 0, 0
	for it := sentences.FromString(flat); it.Next(); {
		seg := it.Value()
		end := at + len(seg)
		for _, cut := range listPossibleEnds(flat, at, end, bullets) {
			if cut < len(flat) && !bullets[cut] && sentenceContinuesAt(flat, start, cut, base, known) {
				continue
			}
			out = appendSentencePieces(out, flat, start, cut)
			start = cut
		}
		at = end
	}
	return appendSentencePieces(out, flat, start, len(flat))
}

// SplitRuns splits styled text into sentences as SplitSentences does. Each sentence has at least one run, and no
// leading or trailing blanks.
func SplitRuns(runs []utter.Run, language string) [][]utter.Run {
	spans := joinSentencesInsideReplacedRuns(SplitSentences(utter.JoinTexts(runs), language), runs)
	out := make([][]utter.Run, 0, len(spans))
	k, base := 0, 0 // k is the current run, base its first byte
	for _, s := range spans {
		var sentence []utter.Run
		for k < len(runs) {
			r := runs[k]
			lo, hi := max(s.Start-base, 0), min(s.End-base, len(r.Text))
			if lo < hi {
				part := r
				part.Text = r.Text[lo:hi]
				if hi < len(r.Text) && strings.TrimSpace(r.Text[hi:]) != "" {
					part.Pause = 0 // the pause follows the last part of the run
				}
				sentence = append(sentence, part)
			}
			if base+len(r.Text) > s.End {
				break
			}
			base += len(r.Text)
			k++
		}
		out = append(out, sentence)
	}
	return out
}

// joinSentencesInsideReplacedRuns joins sentences whose boundary is within a run that is spoken differently than it is
// written.
func joinSentencesInsideReplacedRuns(spans []Span, runs []utter.Run) []Span {
	at := 0
	for _, r := range runs {
		from, to := at, at+len(r.Text)
		at = to
		if r.Say == "" && r.IPA == "" {
			continue
		}
		for i := 0; i+1 < len(spans); {
			if spans[i].End > from && spans[i+1].Start < to && spans[i].End < to {
				spans[i].End = spans[i+1].End
				spans = append(spans[:i+1], spans[i+2:]...)
				continue
			}
			i++
		}
	}
	return spans
}

// replaceLineEnds replaces line ends by blanks of the same length in bytes, so that positions do not change.
func replaceLineEnds(text string) string {
	if !strings.ContainsAny(text, "\n\r\t\v\f\u0085\u2028\u2029") {
		return text
	}
	b := []byte(strings.NewReplacer("\u0085", "  ", "\u2028", "   ", "\u2029", "   ").Replace(text))
	for i, c := range b { // bytes, because broken UTF-8 must keep its length
		if c < ' ' {
			b[i] = ' '
		}
	}
	return string(b)
}

// findBullets returns the positions at which a line begins with a bullet. A sentence begins there.
func findBullets(text string) map[int]bool {
	if !strings.ContainsAny(text, "\n\r") {
		return nil
	}
	out := map[int]bool{}
	for at := 0; at < len(text); {
		end := strings.IndexAny(text[at:], "\n\r")
		if end < 0 {
			break
		}
		at += end + 1
		line := strings.TrimLeft(text[at:min(len(text), at+40)], " \t\n\r")
		r, size := utf8.DecodeRuneInString(line)
		if strings.ContainsRune("•‣▪●◦■–—", r) && (strings.HasPrefix(line[size:], " ") ||
			strings.HasPrefix(line[size:], "\u00a0")) {
			out[at+len(text[at:min(len(text), at+40)])-len(line)] = true
		}
	}
	return out
}

// listPossibleEnds returns the positions in text[start:end] at which a sentence may end, in order, including end.
func listPossibleEnds(text string, start, end int, bullets map[int]bool) []int {
	out := findEllipses(text, start, end)
	for at := range bullets {
		if at > start && at < end {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return append(out, end)
}

// findEllipses returns the positions after "…" at which an upper-case letter may start a sentence. Unicode's rules
// for sentences do not treat "…" as a stop.
func findEllipses(text string, start, end int) []int {
	var out []int
	for at := start; at < end; {
		i := strings.Index(text[at:end], "…")
		if i < 0 {
			break
		}
		at += i + len("…")
		rest := strings.TrimLeft(text[at:end], "…”\"’')] ")
		next, _ := utf8.DecodeRuneInString(rest)
		gap := end - at - len(rest)
		blank := gap > 0 && text[at+gap-1] == ' '
		at += gap
		if blank && unicode.IsUpper(next) {
			out = append(out, at)
		}
	}
	return out
}

// sentenceContinuesAt reports whether the sentence continues past a possible end at cut: after an abbreviation or an
// initial, or if the next letter is lower case.
func sentenceContinuesAt(text string, start, cut int, language string, known abbreviations) bool {
	next, _ := utf8.DecodeRuneInString(text[cut:])
	body := strings.TrimRightFunc(text[start:cut], unicode.IsSpace)
	if unicode.IsLower(next) || len(body) == cut-start && isStopInSymbol(body, next) {
		return true
	}
	if language == "fr" && next == '»' {
		return true // French writes a blank before the closing quotation mark
	}
	if closed := strings.HasSuffix(body, "」") || strings.HasSuffix(body, "』"); closed &&
		unicode.Is(unicode.Hiragana, next) {
		return true // a quotation within a Japanese sentence
	}
	if !strings.HasSuffix(body, ".") || !unicode.IsLetter(next) && !unicode.IsDigit(next) &&
		!strings.ContainsRune(`"“‘'(„«–[§#№$€£¥&+`, next) {
		return false
	}
	word := body[strings.LastIndexFunc(body, unicode.IsSpace)+1:]
	word = strings.TrimLeft(word, `"“‘'([„«`)
	bare := strings.TrimSuffix(word, ".")
	starts := known.starters[extractFirstWordInLowerCase(text[cut:])]
	if goesOn, listed := known.continuesAfterAbbreviation(bare, body, unicode.IsDigit(next), starts); listed {
		return goesOn
	}
	switch {
	case isInitialsWithDots(bare):
		return !starts
	case endsInPossibleOrdinal(bare):
		// "1. Open it" at the start of a text is a list number.
		return len(word) == len(body) || hasOrdinalStop(language) && !starts && (unicode.IsLetter(next) ||
			next == '–')
	}
	return false
}

// endsInPossibleOrdinal reports whether a word ends in a number that may be an ordinal: 3, 3.–5, XX.
func endsInPossibleOrdinal(s string) bool {
	const most = 4
	tail := s[strings.LastIndexAny(s, "-–—(/")+1:]
	if i := strings.LastIndex(s, "–"); i >= 0 {
		tail = s[i+len("–"):]
	}
	return tail != "" && (len(tail) < most && strings.Trim(tail, "0123456789") == "" || len(tail) <= 5 &&
		tail != "I" && strings.Trim(tail, "IVX") == "")
}

// extractFirstWordInLowerCase returns the first word of a text, in lower case.
func extractFirstWordInLowerCase(text string) string {
	text = strings.TrimLeft(text[:min(len(text), 48)], `"“‘'([„«`)
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		text = text[:i]
	}
	return strings.ToLower(text)
}

// isStopInSymbol reports whether a stop that no blank follows is part of a name, an operator or a quotation instead of
// the end of a sentence: ".NET", "a != b", "!important".
func isStopInSymbol(body string, next rune) bool {
	bare := strings.TrimRight(body, `"'”’»)]`)
	before := strings.TrimRight(bare, ".!?")
	if before == bare {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	begins := unicode.IsLetter(next) || unicode.IsDigit(next) || unicode.In(next, unicode.So, unicode.Sc) ||
		strings.ContainsRune(`"“‘'(„«[¿¡`, next)
	return before == "" || unicode.IsSpace(last) || !begins
}

// isInitialsWithDots reports whether s consists of single letters with dots between them: "J", "U.S", "e.g".
func isInitialsWithDots(s string) bool {
	letter := true
	for _, r := range s {
		if letter != unicode.IsLetter(r) || !letter && r != '.' {
			return false
		}
		letter = !letter
	}
	return s != "" && s != "I" && !letter
}

// hasOrdinalStop reports whether a language writes a stop after an ordinal number: "am 3. Mai".
func hasOrdinalStop(language string) bool {
	switch language {
	case "de", "lb", "da", "nb", "nn", "no", "is", "fi", "et", "cs", "sk", "sl", "hr", "bs", "sr",
		"hu", "pl", "lv", "tr":
		return true
	}
	return false
}

// appendSentencePieces appends the sentence text[start:end] without outer blanks, in several parts if it is longer
// than the limit.
func appendSentencePieces(out []Span, text string, start, end int) []Span {
	body := strings.TrimRightFunc(text[start:end], unicode.IsSpace)
	end = start + len(body)
	start = end - len(strings.TrimLeftFunc(body, unicode.IsSpace))
	for utf8.RuneCountInString(text[start:min(end, start+4*longest+4)]) > longest {
		cut := start + findCutInLongText(text[start:end])
		head := strings.TrimRightFunc(text[start:cut], unicode.IsSpace)
		out = append(out, Span{start, start + len(head)})
		rest := strings.TrimLeftFunc(text[cut:end], unicode.IsSpace)
		start = end - len(rest)
	}
	if start < end {
		out = append(out, Span{start, end})
	}
	return out
}

// findCutInLongText returns where to cut a text that is too long: after the last clause that fits, else after the last
// blank, else after the last word in scripts without blanks.
func findCutInLongText(text string) int {
	clause, blank, n, limit := 0, 0, 0, len(text)
	for i, r := range text {
		if n == longest {
			limit = i
			break
		}
		n++
		next := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			next = i + 1
		}
		switch {
		case strings.ContainsRune("、，；：،؛", r),
			strings.ContainsRune(",;:–—", r) && next < len(text) && text[next] == ' ':
			if n >= shortest {
				clause = next
			}
		case unicode.IsSpace(r):
			blank = next
		}
	}
	if clause > 0 {
		return clause
	}
	if blank > 0 {
		return blank
	}
	at := 0
	for it := words.FromString(text[:limit]); it.Next(); {
		if end := at + len(it.Value()); end < limit {
			at = end
		}
	}
	if at == 0 {
		at = limit
	}
	return at
}
