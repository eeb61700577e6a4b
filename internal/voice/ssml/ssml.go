// Package ssml writes a request as SSML, in the dialects of different services. It escapes all text: what looks
// like markup in a script is spoken. It does not parse SSML.
package ssml

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

// Dialect describes which SSML a service supports.
type Dialect struct {
	// Open and Close enclose the document.
	Open, Close string
	// Marks writes <mark name="w3"/> before the word of that index.
	// Marks: write <mark name="w3"/> before the word with index 3.
	Marks bool
	// Pitch: <prosody pitch> is supported. Rate and volume are always supported.
	Pitch bool
	// Emphasis: <emphasis> is supported; otherwise, styles are written as rate, pitch and volume.
	Emphasis bool
	// Language: <lang> is supported.
	Language bool
	// IPA: <phoneme alphabet="ipa"> is supported.
	IPA bool
	// Semitones: write a pitch as "+2st"; otherwise in percent.
	Semitones bool
	// Factors: write a rate as "1.50" and a volume in percent; otherwise in percent and in decibels.
	Factors bool
	// SpeedAround: write the request's speed and pitch as markup, for services without such parameters.
	SpeedAround bool
	// LongestBreak is the maximum length of one <break>. Longer pauses are written as several.
	LongestBreak time.Duration
}

// Document is a request in SSML.
type Document struct {
	Text string
	// At and Ends are the first byte of each word in Text and the byte after it; -1 for words that are not in
	// Text.
	At, Ends []int
}

// FormatSSML returns a request as SSML.
func FormatSSML(req voice.Request, d Dialect) Document {
	req = req.ClampSpeedAndPitch()
	plain := req.Text()
	spans := voice.SplitWords(plain)
	w := &writer{d: d, spans: spans, doc: Document{At: make([]int, len(spans)), Ends: make([]int, len(spans))}}
	for i := range w.doc.At {
		w.doc.At[i], w.doc.Ends[i] = -1, -1
	}
	w.b.WriteString(d.Open)
	attributes := ""
	if d.SpeedAround {
		attributes = w.formatProsody(req.Speed.ValueOrOne(), req.Pitch.ValueOrOne(), 1)
	}
	if attributes != "" {
		w.b.WriteString("<prosody" + attributes + ">")
	}
	offset := 0
	for i, r := range req.Runs {
		text := r.Text
		if req.Fragment && i == len(req.Runs)-1 {
			text = voice.TrimEndPunctuation(text) + ","
		}
		w.writeRun(r, text, offset)
		offset += len(r.Text)
	}
	if attributes != "" {
		w.b.WriteString("</prosody>")
	}
	w.b.WriteString(d.Close)
	w.doc.Text = w.b.String()
	return w.doc
}

type writer struct {
	d     Dialect
	b     strings.Builder
	spans []voice.Span
	doc   Document
}

// writeRun writes one run. offset is its position in the plain text, in bytes.
func (w *writer) writeRun(r utter.Run, text string, offset int) {
	var closing []string
	open := func(tag, attributes string) {
		w.b.WriteString("<" + tag + attributes + ">")
		closing = append(closing, "</"+tag+">")
	}
	if w.d.Language && r.Language != "" {
		open("lang", FormatAttribute("xml:lang", r.Language))
	}
	speed, pitch, volume := r.ComputeFactors()
	if level := findEmphasisLevel(r.Style); level != "" && w.d.Emphasis {
		r.Style = utter.Plain
		speed, pitch, volume = r.ComputeFactors()
		open("emphasis", FormatAttribute("level", level))
	}
	if a := w.formatProsody(speed, pitch, volume); a != "" {
		open("prosody", a)
	}
	switch {
	case w.d.IPA && r.IPA != "" && strings.TrimSpace(text) != "":
		w.writePhoneme(r.IPA, text, offset)
	default:
		w.writeWords(text, offset, r.Style == utter.Spell)
	}
	for _, c := range slices.Backward(closing) {
		w.b.WriteString(c)
	}
	w.writeBreaks(r.Pause)
}

// writePhoneme writes text with its pronunciation. Blanks stay outside of the element, so that words do not run
// together.
func (w *writer) writePhoneme(ipa, text string, offset int) {
	core := strings.TrimSpace(text)
	from := strings.Index(text, core)
	w.b.WriteString(escapeXML(text[:from]))
	for i, s := range w.spans {
		if s.Start < offset+len(text) && s.End > offset {
			w.writeMarkOnce(i)
		}
	}
	w.b.WriteString("<phoneme" + FormatAttribute("alphabet", "ipa") + FormatAttribute("ph", ipa) + ">")
	at := w.b.Len()
	w.b.WriteString(escapeXML(core))
	for i, s := range w.spans {
		if s.Start < offset+len(text) && s.End > offset && w.doc.At[i] < 0 {
			w.doc.At[i], w.doc.Ends[i] = at, w.b.Len()
		}
	}
	w.b.WriteString("</phoneme>" + escapeXML(text[from+len(core):]))
}

// writeWords writes text word by word. A word that continues from the previous run already has its mark.
func (w *writer) writeWords(text string, offset int, spelled bool) {
	at := offset
	rest := func(to int) {
		if to > at {
			w.b.WriteString(escapeXML(text[at-offset : to-offset]))
			at = to
		}
	}
	end := offset + len(text)
	for i, s := range w.spans {
		from, to := max(s.Start, offset), min(s.End, end)
		if from >= to {
			continue
		}
		rest(from)
		if w.doc.At[i] < 0 {
			w.writeMarkOnce(i)
			w.doc.At[i] = w.b.Len()
		}
		part := text[from-offset : to-offset]
		if spelled {
			part = voice.SpellOut(part)
		}
		w.b.WriteString(escapeXML(part))
		w.doc.Ends[i] = w.b.Len()
		at = to
	}
	rest(end)
}

// writeMarkOnce writes the mark of a word, if the dialect has marks.
func (w *writer) writeMarkOnce(i int) {
	if w.d.Marks && w.doc.At[i] < 0 {
		w.b.WriteString(`<mark name="` + FormatMark(i) + `"/>`)
	}
}

// FormatMark returns the name of the mark before a word.
func FormatMark(i int) string { return "w" + strconv.Itoa(i) }

// writeBreaks writes a pause as one or several breaks.
func (w *writer) writeBreaks(d time.Duration) {
	most := w.d.LongestBreak
	if most <= 0 {
		most = 10 * time.Second
	}
	for d > 0 {
		one := min(d, most)
		fmt.Fprintf(&w.b, `<break time="%dms"/>`, one.Milliseconds())
		d -= one
	}
}

// formatProsody returns the attributes for factors that are not 1.
func (w *writer) formatProsody(speed, pitch, volume float64) string {
	a := ""
	if speed != 1 && w.d.Factors {
		a += FormatAttribute("rate", fmt.Sprintf("%.2f", speed))
	} else if speed != 1 {
		a += FormatAttribute("rate", fmt.Sprintf("%.0f%%", 100*speed))
	}
	if pitch != 1 && w.d.Pitch {
		if w.d.Semitones {
			a += FormatAttribute("pitch", fmt.Sprintf("%+.2fst", 12*math.Log2(pitch)))
		} else {
			a += FormatAttribute("pitch", fmt.Sprintf("%+.0f%%", 100*(pitch-1)))
		}
	}
	if volume != 1 && w.d.Factors {
		a += FormatAttribute("volume", fmt.Sprintf("%+.0f%%", 100*(volume-1)))
	} else if volume != 1 {
		a += FormatAttribute("volume", fmt.Sprintf("%+.1fdB", 20*math.Log10(max(volume, 0.01))))
	}
	return a
}

// findEmphasisLevel returns the level of a style, "" if the style is no emphasis.
func findEmphasisLevel(s utter.Style) string {
	switch s {
	case utter.Emphasis:
		return "moderate"
	case utter.Strong:
		return "strong"
	case utter.Reduced:
		return "reduced"
	}
	return ""
}

// FormatAttribute returns an attribute with a leading blank.
func FormatAttribute(name, value string) string { return " " + name + `="` + escapeXML(value) + `"` }

// escapeXML escapes markup. It replaces characters that XML 1.0 (2.2) does not allow by blanks, and broken UTF-8
// by U+FFFD.
func escapeXML(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&apos;")
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == 0xfffe || r == 0xffff:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
