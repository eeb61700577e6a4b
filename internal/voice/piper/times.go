package piper

import (
	"context"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"mynah/internal/voice"
	"mynah/internal/voice/models"
	"mynah/internal/voice/onnx"
)

// openModelTimedIfPossible opens a model so that it also outputs the length of each symbol, and returns the name of
// that output. In a model, only these lengths are rounded up, so they are the result of its only operation Ceil.
// durations is empty for models that do not have exactly one such operation.
func openModelTimedIfPossible(lib *onnx.Library, path string) (s *onnx.Session, durations string, err error) {
	if model, err := readFileWithRoom(path); err == nil {
		results, err := onnx.FindResultsOfOperation(model, "Ceil")
		for name, given := range results {
			if err != nil || len(results) != 1 {
				break
			}
			if !given {
				model = onnx.AddOutput(model, name)
			}
			if s, err := lib.OpenModelBytes(model); err == nil && slices.Contains(s.Outputs(), name) {
				return s, name, nil
			} else if err == nil {
				s.Close()
			}
		}
	}
	s, err = lib.OpenModel(path) // this also reads models that consist of several files
	return s, "", err
}

// readFileWithRoom reads a file into memory with spare capacity for an additional output.
func readFileWithRoom(path string) ([]byte, error) {
	const room = 4096
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b := make([]byte, info.Size(), info.Size()+room)
	_, err = io.ReadFull(f, b)
	return b, err
}

// computeSymbolEnds returns the end time of each ID, from the lengths that a model returned with its samples. It
// returns nil if these values are not lengths: their sum times a whole frame size must equal the number of samples.
func computeSymbolEnds(durations []float32, ids, samples, rate int) []time.Duration {
	sum := 0.0
	for _, d := range durations {
		if d < 0 || math.IsNaN(float64(d)) || math.IsInf(float64(d), 0) {
			return nil
		}
		sum += float64(d)
	}
	frame := float64(samples) / sum
	if len(durations) != ids || sum <= 0 || frame < 1 || frame != math.Round(frame) {
		return nil
	}
	out, at := make([]time.Duration, ids), 0.0
	for i, d := range durations {
		at += float64(d) * frame
		out[i] = time.Duration(at / float64(rate) * float64(time.Second))
	}
	return out
}

// isModifier reports whether a symbol modifies another sound: stress, length or a diacritic.
func isModifier(symbol string) bool {
	return strings.ContainsAny(symbol, "ˈˌːˑ˞'") ||
		!strings.ContainsFunc(symbol, func(r rune) bool { return !unicode.IsMark(r) })
}

// isAudible reports whether a symbol is an audible part of a word.
func isAudible(symbol string) bool {
	return !isModifier(symbol) &&
		strings.ContainsFunc(symbol, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// listTimedSounds returns the sounds among the symbols with their times. The time of a mark is added to the sound that
// it modifies.
func listTimedSounds(c models.Config, phonemes []string, ends []time.Duration) []voice.Sound {
	var out []voice.Sound
	at := len(c.PhonemeIDs["^"]) + len(c.PhonemeIDs["_"])
	before := time.Duration(-1) // start of the marks before the next sound; -1 if there are none
	joined := false             // only marks follow the last sound so far
	for _, p := range phonemes {
		start := ends[at-1]
		at += len(c.PhonemeIDs[p]) + len(c.PhonemeIDs["_"])
		end := ends[at-1]
		switch stress := strings.ContainsAny(p, "ˈˌ'"); {
		case isAudible(p):
			if before >= 0 {
				start = before
			}
			out = append(out, voice.Sound{Symbol: p, Start: start, End: end})
			before, joined = -1, true
		case isModifier(p) && !stress && joined:
			out[len(out)-1].End = end
		case isModifier(p) && before < 0:
			before = start
		case !isModifier(p):
			before, joined = -1, false
		}
	}
	return out
}

// listWordSounds returns the sounds of each word when it is read separately. It returns false if the pronunciations
// cannot be assigned to the words.
func (e *Engine) listWordSounds(ctx context.Context, c models.Config, req voice.Request) ([][]string, bool) {
	phrases, _, spans := voice.SplitPhrases(req)
	alone := make([][]string, len(spans))
	given := listWordPronunciations(req, spans)
	var lines strings.Builder
	var order []int
	for _, p := range phrases {
		switch {
		case p.Word < 0:
		case given[p.Word] != "":
			alone[p.Word] = listKnownSounds(c, given[p.Word])
		case c.PhonemeType == models.PhonemesOfText:
			alone[p.Word] = listKnownSounds(c, p.Text)
		default:
			// keep the letters of a spelled word on one line
			lines.WriteString(strings.ReplaceAll(p.Text, ", ", " ") + "\n\n")
			order = append(order, p.Word)
		}
	}
	if len(order) == 0 {
		return alone, true
	}
	read, err := e.pronounceLines(ctx, c.Espeak.Voice, lines.String())
	if err != nil || len(read) != len(order) {
		return nil, false
	}
	for i, w := range order {
		alone[w] = listKnownSounds(c, read[i])
	}
	return alone, true
}

// listWordPronunciations returns the pronunciations of words in runs that have one, by index of the word. Several words
// of one run get the parts between blanks, if there are as many parts as words.
func listWordPronunciations(req voice.Request, spans []voice.Span) map[int]string {
	out := map[int]string{}
	at := 0
	for _, r := range req.Runs {
		from, to := at, at+len(r.Text)
		at = to
		if r.IPA == "" {
			continue
		}
		var words []int
		for i, s := range spans {
			if s.Start < to && s.End > from {
				words = append(words, i)
			}
		}
		parts := strings.Fields(r.IPA)
		for i, w := range words {
			switch {
			case len(words) == 1:
				out[w] = r.IPA
			case len(parts) == len(words):
				out[w] = parts[i]
			}
		}
	}
	return out
}

// listKnownSounds returns the sounds of a pronunciation that a model supports.
func listKnownSounds(c models.Config, ipa string) []string {
	return slices.DeleteFunc(keepKnownSymbols(c, ipa), func(s string) bool { return !isAudible(s) })
}
