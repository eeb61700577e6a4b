package voice

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
	"github.com/clipperhouse/uax29/v2/words"
)

const (
	longest  = 400 // characters that an engine gets at once
	shortest = 120 // characters before which a cut is not sought at a clause's end
)

// Sentences finds the sentences of a text: byte ranges without blanks at their ends,
// in order. Line ends count as blanks. Sentences of more than 400 characters are cut
// at the end of a clause, else of a word. The language (BCP 47) chooses the
// abbreviations; those of English hold for all. It takes linear time.
func Sentences(text, language string) []Span {
	flat := flatten(text)
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	abbr := abbreviations(base)
	var out []Span
	start, at := 0, 0
	for it := sentences.FromString(flat); it.Next(); {
		seg := it.Value()
		end := at + len(seg)
		for _, cut := range append(ellipses(flat, at, end), end) {
			if cut < len(flat) && joins(flat, start, cut, base, abbr) {
				continue
			}
			out = appendSentence(out, flat, start, cut)
			start = cut
		}
		at = end
	}
	return appendSentence(out, flat, start, len(flat))
}

// SplitRuns cuts styled text into its sentences; see Sentences. Sentences have at
// least one run, and no blanks at their ends.
func SplitRuns(runs []Run, language string) [][]Run {
	spans := unbroken(Sentences(PlainText(runs), language), runs)
	out := make([][]Run, 0, len(spans))
	k, base := 0, 0 // the run at hand and where it starts
	for _, s := range spans {
		var sentence []Run
		for k < len(runs) {
			r := runs[k]
			lo, hi := max(s.Start-base, 0), min(s.End-base, len(r.Text))
			if lo < hi {
				part := r
				part.Text = r.Text[lo:hi]
				if hi < len(r.Text) && strings.TrimSpace(r.Text[hi:]) != "" {
					part.Pause = 0 // it stands behind the last part
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

// unbroken joins sentences that meet within a run that is said in another way than it is
// written.
func unbroken(spans []Span, runs []Run) []Span {
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

// flatten replaces line ends by as many blanks, so that positions stay.
func flatten(text string) string {
	if !strings.ContainsAny(text, "\n\r\t\v\f\u0085\u2028\u2029") {
		return text
	}
	b := []byte(strings.NewReplacer("\u0085", "  ", "\u2028", "   ", "\u2029", "   ").Replace(text))
	for i, c := range b { // bytes, for broken UTF-8 must keep its length
		if c < ' ' {
			b[i] = ' '
		}
	}
	return string(b)
}

// ellipses finds the places after "…" where a capital starts a new sentence; Unicode
// does not count that sign among the stops.
func ellipses(text string, start, end int) []int {
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

// joins tells whether the sentence that seems to end at a place goes on: after an
// abbreviation or an initial, or when what follows starts in lower case.
func joins(text string, start, cut int, language string, abbr map[string]bool) bool {
	next, _ := utf8.DecodeRuneInString(text[cut:])
	body := strings.TrimRightFunc(text[start:cut], unicode.IsSpace)
	if unicode.IsLower(next) || len(body) == cut-start && symbol(body, next) {
		return true
	}
	if closed := strings.HasSuffix(body, "」") || strings.HasSuffix(body, "』"); closed && unicode.Is(unicode.Hiragana, next) {
		return true // a quotation in the middle of a Japanese sentence
	}
	if !strings.HasSuffix(body, ".") || !unicode.IsLetter(next) && !unicode.IsDigit(next) && !strings.ContainsRune(`"“‘'(„«`, next) {
		return false
	}
	word := body[strings.LastIndexFunc(body, unicode.IsSpace)+1:]
	word = strings.TrimLeft(word, `"“‘'([„«`)
	bare := strings.TrimSuffix(word, ".")
	switch {
	case strings.EqualFold(bare, "no") && language == "en":
		return unicode.IsDigit(next)
	case abbr[strings.ToLower(bare)]:
		return true
	case initials(bare):
		return !starter(text[cut:])
	case ordinal(bare):
		// "1. Open it" at the start of a text is a number of a list.
		return len(word) == len(body) || ordinalStop(language)
	}
	return false
}

// symbol tells whether a stop that no blank follows is part of something else than a sentence:
// ".NET", "a != b", "!important", or a quotation before a comma.
func symbol(body string, next rune) bool {
	bare := strings.TrimRight(body, `"'”’»)]`)
	before := strings.TrimRight(bare, ".!?")
	if before == bare {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	begins := unicode.IsLetter(next) || unicode.IsDigit(next) || unicode.In(next, unicode.So, unicode.Sc) || strings.ContainsRune(`"“‘'(„«[¿¡`, next)
	return before == "" || unicode.IsSpace(last) || !begins
}

// initials tells "J", "U.S", "e.g": single letters with dots between.
func initials(s string) bool {
	letter := true
	for _, r := range s {
		if letter != unicode.IsLetter(r) || !letter && r != '.' {
			return false
		}
		letter = !letter
	}
	return s != "" && s != "I" && !letter
}

func ordinal(s string) bool {
	return s != "" && len(s) <= 2 && strings.Trim(s, "0123456789") == ""
}

// ordinalStop tells the languages that write a stop behind an ordinal: "am 3. Mai".
func ordinalStop(language string) bool {
	switch language {
	case "de", "lb", "da", "nb", "nn", "no", "is", "fi", "et", "cs", "sk", "sl", "hr", "bs", "sr", "hu", "pl", "lv", "tr":
		return true
	}
	return false
}

// starter tells whether a text begins with a word that likely starts a sentence, which
// decides after "the U.S." and its like.
func starter(text string) bool {
	word := text
	if i := strings.IndexFunc(text[:min(len(text), 24)], func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		word = text[:i]
	}
	switch strings.ToLower(word) {
	case "the", "a", "an", "in", "it", "he", "she", "we", "they", "this", "that", "these", "those", "but", "and",
		"so", "if", "when", "then", "there", "however", "you", "i", "now", "here", "what", "why", "how", "our", "let":
		return true
	}
	return false
}

// abbreviations end in a stop that ends no sentence, in lower case without it. "No."
// and the months end sentences too, rarely enough.
func abbreviations(language string) map[string]bool {
	list := "dr mr mrs ms prof sr jr st vs fig figs no nos vol pp approx dept est inc ltd gen col capt lt sgt rev hon " +
		"e.g i.e cf viz al ed eds jan feb mar apr jun jul aug sep sept oct nov dec ave blvd mt ch sec eq ref refs"
	switch language {
	case "de":
		list += " z.b d.h u.a bzw ca ggf evtl usw vgl nr str hr fr abb abs bd geb inkl jh mio mrd sog tel u.u v.a z.t"
	case "fr":
		list += " m mm mme mmes mlle art av bd env etc ex p.ex réf tél"
	case "es", "ca", "gl":
		list += " sra srta d dña ud uds ej p.ej pág núm art av tel aprox"
	case "it":
		list += " sig sig.ra dott ing avv ecc es pag art tel"
	case "pt":
		list += " sra exmo exma av pág núm ex tel aprox"
	case "nl":
		list += " dhr mevr bijv bv o.a d.w.z enz nr blz evt ca"
	case "pl":
		list += " np m.in tj itd itp ul al nr prof inż mgr godz tzn tzw str"
	case "ru", "uk", "bg":
		list += " т.е т.к т.д т.п и.о г ул им рис стр см напр"
	case "sv", "da", "nb", "no", "nn":
		list += " t.ex bl.a d.v.s ca nr f.eks bl.a dvs osv kl"
	case "cs", "sk":
		list += " např tj tzv atd apod č str ing mgr"
	}
	out := map[string]bool{}
	for a := range strings.FieldsSeq(list) {
		out[a] = true
	}
	return out
}

func appendSentence(out []Span, text string, start, end int) []Span {
	body := strings.TrimRightFunc(text[start:end], unicode.IsSpace)
	end = start + len(body)
	start = end - len(strings.TrimLeftFunc(body, unicode.IsSpace))
	for utf8.RuneCountInString(text[start:min(end, start+4*longest+4)]) > longest {
		cut := start + cutAt(text[start:end])
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

// cutAt finds where to cut a text that is too long: after the last clause that fits,
// else after the last blank, else after the last word in scripts without blanks.
func cutAt(text string) int {
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
