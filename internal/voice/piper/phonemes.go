package piper

import (
	"bytes"
	"context"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/proc"
	"mynah/internal/voice"
	"mynah/internal/voice/models"
)

// clause is the text between two stops.
type clause struct {
	text string // text to be spoken
	ipa  string // pronunciation that replaces text
	stop string // the punctuation after it, as a symbol of the models; may be empty
}

// listRequestSymbols returns the symbols of a request that the model supports, in order.
func (e *Engine) listRequestSymbols(ctx context.Context, c models.Config, req voice.Request) ([]string, error) {
	var out []string
	add := func(s string) { out = append(out, keepKnownSymbols(c, s)...) }
	list := splitClauses(req)
	for i, part := range list {
		said := part.ipa
		switch {
		case said != "":
		case c.PhonemeType == models.PhonemesOfText:
			said = part.text
		case strings.TrimSpace(part.text) != "":
			var err error
			if said, err = e.pronounceText(ctx, c.Espeak.Voice, part.text); err != nil {
				return nil, err
			}
		}
		if said = strings.TrimSpace(said); said == "" {
			continue
		}
		add(said)
		add(part.stop)
		if i < len(list)-1 {
			add(" ")
		}
	}
	return out, nil
}

// keepKnownSymbols returns the symbols of a text that a model supports.
func keepKnownSymbols(c models.Config, text string) []string {
	var out []string
	for _, r := range norm.NFD.String(text) {
		if _, ok := c.PhonemeIDs[string(r)]; ok {
			out = append(out, string(r))
		}
	}
	return out
}

// listPauseMarks returns the punctuation at which a voice pauses, with the symbol of the models.
func listPauseMarks() map[rune]string {
	return map[rune]string{
		',': ",", ';': ";", ':': ":", '!': "!", '?': "?", '…': ".",
		'،': ",", '؛': ";", '؟': "?", '、': ",", '，': ",", '；': ";", '：': ":", '。': ".", '！': "!", '？': "?", '।': ".",
		'—': ",", '–': ",",
	}
}

// splitClauses splits a request where its voice pauses and where a run has a pronunciation. A full stop within a
// sentence belongs to an abbreviation, which espeak-ng reads.
func splitClauses(req voice.Request) []clause {
	var out []clause
	for i := 0; i < len(req.Runs); {
		if ipa := req.Runs[i].IPA; ipa != "" {
			out = append(out, clause{ipa: ipa})
			i++
			continue
		}
		part := req
		part.Runs = nil
		for ; i < len(req.Runs) && req.Runs[i].IPA == ""; i++ {
			part.Runs = append(part.Runs, req.Runs[i])
		}
		phrases, _, _ := voice.SplitPhrases(part)
		var b strings.Builder
		for _, p := range phrases {
			b.WriteString(p.Text)
		}
		out = append(out, splitAtStops(b.String())...)
	}
	if len(out) == 0 {
		return nil
	}
	last := &out[len(out)-1]
	switch {
	case req.Fragment:
		last.stop = ","
		last.text = strings.TrimRight(last.text, ". ")
	case last.stop == "":
		last.stop = "."
	}
	return out
}

// splitAtStops splits text at its stops. A colon between digits is not a stop.
func splitAtStops(text string) []clause {
	known := listPauseMarks()
	var out []clause
	from := 0
	runes := []rune(text)
	for i, r := range runes {
		stop, ok := known[r]
		next := ' '
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		wide := r >= 0x3000 || r == '—' || r == '–' || r == '…'
		if !ok || !wide && !unicode.IsSpace(next) && !unicode.IsPunct(next) {
			continue
		}
		t := string(runes[from:i])
		if strings.ContainsFunc(t, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.IsPunct(r) }) {
			out = append(out, clause{text: t, stop: stop})
		} else if len(out) > 0 && stop != "," {
			out[len(out)-1].stop = stop // "?!", "…"
		}
		from = i + 1
	}
	if rest := string(runes[from:]); strings.TrimSpace(rest) != "" {
		out = append(out, clause{text: rest})
	}
	return out
}

// pronounceText returns espeak-ng's pronunciation of a text, in IPA.
func (e *Engine) pronounceText(ctx context.Context, espeakVoice, text string) (string, error) {
	lines, err := e.pronounceLines(ctx, espeakVoice, text+"\n")
	return strings.Join(lines, " "), err
}

// pronounceLines returns espeak-ng's pronunciation of paragraphs, one line per clause. It removes language names in
// parentheses, which espeak-ng prints where it changes the language.
func (e *Engine) pronounceLines(ctx context.Context, espeakVoice, text string) ([]string, error) {
	for strings.Contains(text, "[[") { // "[[" would start phonemes
		text = strings.ReplaceAll(text, "[[", "[ [")
	}
	out, err := e.espeak.RunForOutput(ctx, proc.Command{
		Args: []string{"--stdin", "-q", "-b", "1", "--ipa", "-v", espeakVoice}, Stdin: bytes.NewBufferString(text),
		MaxStdout: 1 << 20,
	})
	if err != nil {
		return nil, err
	}
	var list []string
	depth := 0
	for line := range strings.Lines(string(out)) {
		var b strings.Builder
		for _, r := range strings.Join(strings.Fields(line), " ") {
			switch {
			case r == '(':
				depth++
			case r == ')':
				depth = max(depth-1, 0)
			case depth == 0 && r != '\u200d':
				b.WriteRune(r)
			}
		}
		if b.Len() > 0 {
			list = append(list, b.String())
		}
	}
	return list, nil
}

// listSymbolIDs returns the IDs of symbols in the form that models were trained with: a start symbol, a gap after each
// symbol, and an end symbol.
func listSymbolIDs(c models.Config, phonemes []string) []int64 {
	gap := c.PhonemeIDs["_"]
	out := append(append([]int64(nil), c.PhonemeIDs["^"]...), gap...)
	for _, p := range phonemes {
		out = append(append(out, c.PhonemeIDs[p]...), gap...)
	}
	return append(out, c.PhonemeIDs["$"]...)
}
