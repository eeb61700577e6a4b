package storyboard

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"mynah/internal/script"
	"mynah/internal/utter"
)

// ssmlState is the state of converting one SSML block.
type ssmlState struct {
	*sceneState
	node  *script.SSML
	runs  []utter.Run
	voice Voice
}

// addSSML adds the sentences of an SSML block. The elements determine how its runs are spoken.
func (s *sceneState) addSSML(n *script.SSML) {
	if n.Root == nil {
		return
	}
	w := &ssmlState{sceneState: s, node: n, voice: s.resolveCurrentVoice(n.Range)}
	var manner utter.Run
	if lang := n.Root.Attributes["xml:lang"]; lang != "" {
		w.resolveVoiceOrReport(n.Root.Range, "", lang)
		if toBaseLanguage(lang) != toBaseLanguage(w.voice.Language) {
			manner.Language = lang
		}
	}
	w.collectText(n.Root, manner)
	w.endParagraph()
}

func toBaseLanguage(language string) string {
	b, _, _ := strings.Cut(strings.ToLower(language), "-")
	return b
}

// endParagraph speaks the collected runs as the end of a paragraph. If there are none, the sentence
// before becomes the end of its paragraph.
func (w *ssmlState) endParagraph() {
	w.speakCollected(paragraphEnds)
	if n := len(w.out.Parts); n > 0 {
		if last := &w.out.Parts[n-1]; last.Kind == Speech && last.Paragraph == w.paragraph {
			last.After, last.Fragment = w.measureSilenceAfter(paragraphEnds)
			w.paragraph++
		}
	}
}

// speakCollected speaks the collected runs. end says what follows them.
func (w *ssmlState) speakCollected(end ending) {
	runs := w.runs
	w.runs = nil
	var text strings.Builder
	for _, r := range runs {
		text.WriteString(r.Text)
	}
	t := strings.TrimSpace(text.String())
	if t == "" {
		return
	}
	if end == goesOn && (strings.ContainsAny(t[len(t)-1:], ".!?") || strings.HasSuffix(t, "。")) {
		end = sentenceEnds
	}
	w.addSentences(w.node.Range, runs, w.voice, end)
}

// collectText collects the text inside an element. manner is a run without text that contains the style,
// prosody and language of the text.
func (w *ssmlState) collectText(e *script.Element, manner utter.Run) {
	for _, c := range e.Content {
		if c.Child != nil {
			w.collectElement(c.Child, manner)
			continue
		}
		if text := collapseSpaces(c.Text); text != "" {
			r := manner
			r.Text = text
			w.runs = append(w.runs, r)
		} else if c.Text != "" && len(w.runs) > 0 {
			w.runs = append(w.runs, utter.Run{Text: " "})
		}
	}
}

// collapseSpaces replaces XML white space by single spaces; other blanks, such as no-break spaces, are
// kept. It returns "" if there is nothing else.
func collapseSpaces(s string) string {
	const white = " \t\r\n"
	text := strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(white, r) }), " ")
	if text == "" {
		return ""
	}
	if strings.ContainsAny(s[:1], white) {
		text = " " + text
	}
	if strings.ContainsAny(s[len(s)-1:], white) {
		text += " "
	}
	return text
}

func (w *ssmlState) collectElement(e *script.Element, manner utter.Run) {
	if lang := e.Attributes["xml:lang"]; lang != "" && e.Name != "voice" && e.Name != "speak" {
		w.resolveVoiceOrReport(e.Range, "", lang) // reports a language that no voice speaks
		manner.Language = lang
	}
	switch e.Name {
	case "break":
		w.addPause(e)
	case "p":
		w.endParagraph()
		w.collectText(e, manner)
		w.endParagraph()
	case "s":
		w.speakCollected(sentenceEnds)
		w.collectText(e, manner)
		w.speakCollected(sentenceEnds)
	case "emphasis":
		manner.Style = w.readEmphasisStyle(e)
		w.collectText(e, manner)
	case "prosody":
		w.collectText(e, w.applyProsody(e, manner))
	case "sub":
		if manner.Say = e.Attributes["alias"]; manner.Say == "" {
			w.list.Warnf(e.Range, "this sub has no alias; its text is spoken")
		}
		w.addElement(e, manner)
	case "phoneme":
		if a := e.Attributes["alphabet"]; a != "" && !strings.EqualFold(a, "ipa") {
			d := w.list.Warnf(e.Range, "unknown phoneme alphabet %q; the text is spoken as written", a)
			d.Hint = `write the pronunciation in IPA: <phoneme alphabet="ipa" ph="təˈmɑːtoʊ">tomato</phoneme>`
		} else {
			manner.IPA = e.Attributes["ph"]
		}
		if manner.IPA != "" && collapseSpaces(joinText(e)) == "" {
			w.list.Warnf(e.Range, "this phoneme contains no text and is not spoken").
				Hint = `write the text for subtitles inside it: <phoneme ph="təˈmɑːtoʊ">tomato</phoneme>`
		}
		w.addElement(e, manner)
	case "say-as":
		w.addSayAs(e, manner)
	case "voice":
		w.speakCollected(goesOn)
		before := w.voice
		w.voice = w.chooseElementVoice(e)
		w.collectText(e, manner)
		w.speakCollected(goesOn)
		w.voice = before
	case "audio":
		d := w.list.Warnf(e.Range, "the SSML element audio plays nothing; the text inside it is spoken")
		d.Hint = "play a sound with a separate line: (audio: file.mp3)"
		w.collectText(e, manner)
	case "lexicon", "lookup":
		d := w.list.Warnf(e.Range, "the SSML element %s has no effect", e.Name)
		d.Hint = "set a lexicon in the script's header: lexicon: FILE"
		w.collectText(e, manner)
	case "desc", "metadata":
	default:
		w.collectText(e, manner)
	}
}

// addPause adds the silence of a break element. The sentence continues after it.
func (w *ssmlState) addPause(e *script.Element) {
	d, ok := parseBreakLength(e.Attributes["time"], e.Attributes["strength"])
	if !ok {
		bad := w.list.Errorf(e.Range, "this break has no valid length")
		bad.Detail = "Allowed: time in s or ms, up to an hour, as time=\"500ms\"; or strength none, x-weak, weak, medium, strong or x-strong"
	}
	if d > 0 {
		w.speakCollected(goesOn)
		w.out.Parts = append(w.out.Parts, Part{Kind: Pause, Range: e.Range, Length: d})
	}
}

// addElement collects the text of an element as one run.
func (w *ssmlState) addElement(e *script.Element, manner utter.Run) {
	raw := joinText(e)
	manner.Text = collapseSpaces(raw)
	if manner.Text == "" {
		manner.Text, manner.Say = manner.Say, ""
	}
	if manner.Text != "" {
		w.runs = append(w.runs, manner)
	}
}

func joinText(e *script.Element) string {
	var b strings.Builder
	for _, c := range e.Content {
		if c.Child != nil {
			b.WriteString(joinText(c.Child))
			continue
		}
		b.WriteString(c.Text)
	}
	return b.String()
}

func (w *ssmlState) readEmphasisStyle(e *script.Element) utter.Style {
	switch level := e.Attributes["level"]; level {
	case "strong":
		return utter.Strong
	case "reduced":
		return utter.Reduced
	case "none":
		return utter.Plain
	case "", "moderate":
	default:
		w.list.Warnf(e.Range, "unknown emphasis level %q; moderate is used",
			level).Detail = "Allowed: strong, moderate, none or reduced"
	}
	return utter.Emphasis
}

func (w *ssmlState) addSayAs(e *script.Element, manner utter.Run) {
	as := strings.ToLower(e.Attributes["interpret-as"])
	switch as {
	case "characters", "spell-out", "verbatim", "letters":
		manner.Style = utter.Spell
		w.collectText(e, manner)
		return
	}
	say, ok := w.project.ReadAs(collapseSpaces(joinText(e)), as, e.Attributes["format"], cmp.Or(manner.Language, w.voice.Language))
	if !ok {
		d := w.list.Warnf(e.Range, "this say-as has no effect: interpret-as=%q is unknown or does not fit its text", as)
		d.Detail = "Allowed: characters, cardinal, ordinal, digits, fraction, unit, date, time, telephone, currency, address or expletive"
	}
	manner.Say = say
	w.addElement(e, manner)
}

// chooseElementVoice returns the voice for a voice element: by name, else by language and gender.
func (w *ssmlState) chooseElementVoice(e *script.Element) Voice {
	name, language := e.Attributes["name"], e.Attributes["xml:lang"]
	if language == "" {
		language, _, _ = strings.Cut(e.Attributes["languages"], " ")
	}
	gender := e.Attributes["gender"]
	switch {
	case name != "":
		return w.resolveVoiceOrReport(e.Range, strings.Fields(name + " x")[0], w.board.Film.Language)
	case language == "" && gender == "":
		return w.resolveCurrentVoice(e.Range)
	case language == "":
		language = w.voice.Language
	}
	if v, ok := w.project.ChooseVoiceLike(language, gender); ok {
		return v
	}
	return w.resolveVoiceOrReport(e.Range, "", language)
}

// applyProsody returns manner with its factors multiplied by those of a prosody element.
func (w *ssmlState) applyProsody(e *script.Element, manner utter.Run) utter.Run {
	times := func(f *utter.Factor, name string, read func(string) (float64, bool)) {
		said := strings.ToLower(strings.TrimSpace(e.Attributes[name]))
		if said == "" {
			return
		}
		v, ok := read(said)
		if !ok {
			bad := w.list.Errorf(e.Range, "the %s of this prosody cannot be %q", name, said)
			bad.Detail = describeAllowedProsody(name)
			return
		}
		*f = f.MultiplyBy(v)
	}
	times(&manner.Speed, "rate", parseRateFactor)
	times(&manner.Pitch, "pitch", parsePitchFactor)
	times(&manner.Volume, "volume", parseVolumeFactor)
	for _, name := range []string{"contour", "range", "duration"} {
		if e.Attributes[name] != "" {
			d := w.list.Warnf(e.Range, "the %s of a prosody has no effect", name)
			d.Detail = "Only rate, pitch and volume have an effect"
		}
	}
	return manner
}

func describeAllowedProsody(name string) string {
	switch name {
	case "rate":
		return "Allowed: x-slow, slow, medium, fast, x-fast, or a percentage such as 80%"
	case "pitch":
		return "Allowed: x-low, low, medium, high, x-high, a change such as +10% or -2st, or a frequency such as 180Hz"
	default:
		return "Allowed: silent, x-soft, soft, medium, loud, x-loud, or a change such as +6dB"
	}
}

// parseRateFactor parses a rate (SSML 1.1, section 3.2.4): a word or a percentage of the normal rate. It
// also accepts a relative change and a plain factor, which are common mistakes.
func parseRateFactor(s string) (float64, bool) {
	switch s {
	case "x-slow":
		return 0.5, true
	case "slow":
		return 0.75, true
	case "medium", "default":
		return 1, true
	case "fast":
		return 1.3, true
	case "x-fast":
		return 1.7, true
	}
	if n, ok := strings.CutSuffix(s, "%"); ok {
		return parsePercentAsFactor(n)
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && v > 0 && v <= 10
}

// parsePercentAsFactor parses a percentage without its sign as a factor: "80" is 0.8, and "+20" is 1.2.
func parsePercentAsFactor(n string) (float64, bool) {
	v, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return 0, false
	}
	if n[0] == '+' || n[0] == '-' {
		v += 100
	}
	return v / 100, v > 0 && v <= 1000
}

// usualPitch is the pitch, in Hz, that absolute pitches are compared with. It is between typical
// female and male voices.
const usualPitch = 150

func parsePitchFactor(s string) (float64, bool) {
	switch s {
	case "x-low":
		return 0.7, true
	case "low":
		return 0.85, true
	case "medium", "default":
		return 1, true
	case "high":
		return 1.15, true
	case "x-high":
		return 1.35, true
	}
	if n, ok := strings.CutSuffix(s, "%"); ok {
		return parsePercentAsFactor(n)
	}
	if n, ok := strings.CutSuffix(s, "st"); ok {
		v, err := strconv.ParseFloat(n, 64)
		return math.Pow(2, v/12), err == nil && math.Abs(v) <= 24
	}
	n, ok := strings.CutSuffix(s, "hz")
	v, err := strconv.ParseFloat(n, 64)
	if !ok || err != nil {
		return 0, false
	}
	if n[0] == '+' || n[0] == '-' {
		v += usualPitch
	}
	return v / usualPitch, v > 0 && v < 2000
}

// silent is the volume factor of inaudible speech, -60 dB. It is also used for volume 0 in scripts.
const silent = 0.001

func parseVolumeFactor(s string) (float64, bool) {
	switch s {
	case "silent":
		return silent, true
	case "x-soft":
		return 0.3, true
	case "soft":
		return 0.6, true
	case "medium", "default":
		return 1, true
	case "loud":
		return 1.5, true
	case "x-loud":
		return 2, true
	}
	if n, ok := strings.CutSuffix(s, "db"); ok {
		v, err := strconv.ParseFloat(n, 64)
		return math.Pow(10, min(v, 12)/20), err == nil && v >= -100
	}
	if n, ok := strings.CutSuffix(s, "%"); ok {
		return parsePercentAsFactor(n)
	}
	v, err := strconv.ParseFloat(s, 64) // percent, as in SSML 1.0
	return max(v, 0.1) / 100, err == nil && v >= 0 && v <= 100
}

// parseBreakLength returns the length of a break element (SSML 1.1, section 3.2.3), or false if its
// attributes are invalid.
func parseBreakLength(length, strength string) (d time.Duration, ok bool) {
	if length != "" {
		number, factor := length, time.Second
		if n, ok := strings.CutSuffix(length, "ms"); ok {
			number, factor = n, time.Millisecond
		} else if n, ok := strings.CutSuffix(length, "s"); ok {
			number = n
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		d := v * float64(factor)
		if err != nil || !(d >= 0 && d <= float64(time.Hour)) {
			return 0, false
		}
		return time.Duration(d), true
	}
	switch strength {
	case "none":
		return 0, true
	case "x-weak":
		return 100 * time.Millisecond, true
	case "weak":
		return 250 * time.Millisecond, true
	case "", "medium":
		return 500 * time.Millisecond, true
	case "strong":
		return 750 * time.Millisecond, true
	case "x-strong":
		return 1200 * time.Millisecond, true
	default:
		return 0, false
	}
}
