package script

import (
	"slices"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// reportUnknown reports a name that is not in list: as an error that suggests the correct name if it
// is misspelt, otherwise as a warning. more are names that are suggested, too. It returns true for a
// warning: the name is then ignored.
func (p *parser) reportUnknown(what, name string, at diag.Range, list []string, more ...string) bool {
	near, isNear := findNearestName(name, list)
	if n, ok := findNearestName(name, more); ok && !isNear {
		near, isNear = n, ok
	}
	written := hyphenate(name)
	if slices.Contains(list, written) || slices.Contains(more, written) {
		near, isNear = written, false // written with other dashes: warn, as for other near misses
	}
	if !isNear {
		d := p.diags.Warnf(at, "%s %s is unknown and ignored", what, quoteForMessage(name))
		d.Code = diag.UnknownProperty
		d.Detail = "Known: " + strings.Join(list, ", ")
		if near != "" {
			d.Hint = "did you mean " + near + "?"
		}
		return true
	}
	d := p.diags.Errorf(at, "%s %s is unknown", what, quoteForMessage(name))
	d.Detail = "Known: " + strings.Join(list, ", ")
	d.Hint = "did you mean " + near + "?"
	return false
}

// newFitParser returns the parser of the ways in which a picture fills the frame.
func newFitParser() valueParser[frame.Fit] {
	return newFitParserOf(frame.Cover, frame.Contain, frame.Stretch)
}

// newPictureFitParser returns the parser of how one picture fills the frame.
func newPictureFitParser() valueParser[frame.Fit] {
	return newFitParserOf(frame.Cover, frame.Contain, frame.Stretch, frame.Blur)
}

func newFitParserOf(fits ...frame.Fit) valueParser[frame.Fit] {
	var words []string
	for _, f := range fits {
		words = append(words, string(f))
	}
	k := newChoiceParser(words...)
	return valueParser[frame.Fit]{Form: k.Form, read: func(s string) (frame.Fit, bool) {
		w, ok := k.read(s)
		return frame.Fit(w), ok
	}}
}

// newLayoutParser returns the parser of layouts; "none" is the empty one.
func newLayoutParser() valueParser[frame.Layout] {
	var words []string
	for _, l := range frame.ListLayouts() {
		words = append(words, string(l))
	}
	k := newChoiceParser(append(words, "none")...)
	return valueParser[frame.Layout]{Form: k.Form, read: func(s string) (frame.Layout, bool) {
		w, ok := k.read(s)
		if w == "none" {
			w = ""
		}
		return frame.Layout(w), ok
	}}
}

// newNarrationModeParser returns the parser of narration-mode; true means "fragment".
func newNarrationModeParser() valueParser[bool] {
	k := newChoiceParser("normal", "fragment")
	return valueParser[bool]{Form: k.Form, read: func(s string) (bool, bool) {
		w, ok := k.read(s)
		return w == "fragment", ok
	}}
}

// newLanguageParser returns the parser of BCP 47 tags. It accepts underscores instead of hyphens.
func newLanguageParser() valueParser[string] {
	form := Form{Kind: LanguageKind, Allowed: "a language tag such as en, de-AT or zh-Hans"}
	return valueParser[string]{Form: form, read: func(s string) (string, bool) {
		s = strings.ReplaceAll(s, "_", "-")
		for i, part := range strings.Split(s, "-") {
			letters := strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz") == ""
			rest := strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") == ""
			if i == 0 && (!letters || len(part) < 2 || len(part) > 3) || !rest || part == "" || len(part) > 8 {
				return "", false
			}
		}
		return s, true
	}}
}

func newPosterParser() valueParser[Poster] {
	t := newDurationParser(0)
	form := t.Form
	form.Words, form.Allowed = []string{"start", "end"}, "start, end, or "+t.Allowed
	return valueParser[Poster]{
		Form: form,
		read: func(s string) (Poster, bool) {
			if w := strings.ToLower(s); w == "start" || w == "end" {
				return Poster{Word: w}, true
			}
			at, ok := t.read(s)
			return Poster{At: at}, ok
		},
	}
}

// newThemeParser returns the parser of themes: built-in names and .css files.
func newThemeParser() valueParser[File] {
	words := []string{"default", "light", "dark", "paper", "bold"}
	form := Form{Kind: FileKind, Words: words, Allowed: joinWithOr(words) + ", or a .css file of the project"}
	return valueParser[File]{Form: form, parse: func(p *parser, name string, v value) (File, bool) {
		if w, ok := newChoiceParser(words...).read(v.text); ok && v.kind == scalarValue {
			return File{Name: w, Range: v.at, Literal: true}, true
		}
		if v.kind != scalarValue || v.text == "" || findLowerExtension(v.text) != ".css" {
			p.reportValue(name, v, form.Allowed, words)
			return File{}, false
		}
		return p.parseFilePath(name, v, "")
	}}
}

// ListMusicNames returns the names of the built-in background music.
func ListMusicNames() []string {
	return []string{"ukulele-1", "ukulele-2", "corporate-1", "uplifting-1", "uplifting-2"}
}

const volumeRange = "a factor from 0 to 10"

// newMusicForm describes the allowed names of background music.
func newMusicForm() Form {
	words := append(ListMusicNames(), "none")
	return Form{
		Kind: FileKind, Words: words,
		Allowed: joinWithOr(words) + ", or a sound file of the project, then in any order a volume (" + volumeRange +
			"), fade-in, fade-out",
	}
}

// newBackgroundParser returns the parser of background music with its options.
func newBackgroundParser() valueParser[Background] {
	form := newMusicForm()
	form.Keys = describeKeys(listBackgroundKeys())
	return valueParser[Background]{Form: form, parse: func(p *parser, _ string, v value) (Background, bool) {
		b := &Background{Volume: 1}
		if v.kind == mapValue {
			return *b, p.parseBackgroundMap(b, v)
		}
		return *b, p.parseBackground(b, v)
	}}
}

// parseBackground parses a name or file that is followed by options in any order.
func (p *parser) parseBackground(b *Background, v value) bool {
	words, inQuotes := v.splitWords(), false
	if end, ok := findQuoteEnd(v.text); ok {
		// The name is in quotes, followed by options.
		first := word{text: v.text[:end], at: v.newRange(0, end)}
		words, inQuotes = []word{first}, true
		rest := v
		rest.text, rest.off = v.text[end:], v.off+end
		words = append(words, rest.splitWords()...)
	}
	n, volume, ok := len(words), false, true
	for ; n > 1; n-- {
		w := words[n-1]
		switch strings.ToLower(w.text) {
		case "fade-in":
			b.FadeIn = true
			continue
		case "fade-out":
			b.FadeOut = true
			continue
		}
		f, isNumber := parseNumber(w.text)
		if !isNumber || volume {
			break
		}
		volume = true
		b.Volume = f
		if f < 0 || f > 10 {
			p.reportValue("the volume of background", value{text: w.text, at: w.at}, volumeRange, nil)
			ok = false
		}
	}
	if n > 1 {
		if near, isNear := findNearestName(words[n-1].text, []string{"fade-in", "fade-out"}); isNear {
			p.reportUnknownOption("background", words[n-1], near)
			return false
		}
	}
	name := v
	if inQuotes {
		if n > 1 {
			p.reportUnknownOption("background", words[n-1], "fade-in")
			return false
		}
		name.text, _, _ = parseQuoted(words[0].text)
		name.at = words[0].at
	} else if n < len(words) {
		name.text = v.text[:findEndOfNthWord(v.text, n)]
		name.at = v.newRange(0, len(name.text))
	}
	return p.parseMusicName(b, name) && ok
}

func (p *parser) reportUnknownOption(of string, w word, near string) {
	d := p.diags.Errorf(w.at, "%s has no option %s", of, quoteForMessage(w.text))
	d.Detail = "Allowed: a name or file, then in any order a volume (" + volumeRange + "), fade-in, fade-out"
	d.Hint = "did you mean " + near + "?"
}

// findEndOfNthWord returns the byte offset of the end of the nth word of text; n counts from 1.
func findEndOfNthWord(text string, n int) int {
	at := 0
	for _, f := range strings.Fields(text)[:n] {
		at += strings.Index(text[at:], f) + len(f)
	}
	return at
}

// parseMusicName parses the name of background music and stores it in b.
func (p *parser) parseMusicName(b *Background, name value) bool {
	b.Range = name.at
	form := newMusicForm()
	if w, ok := newChoiceParser(form.Words...).read(name.text); ok && name.kind == scalarValue {
		if w != "none" {
			b.Name = w
		}
		return true
	}
	_, isNumber := parseNumber(name.text)
	if name.kind != scalarValue || isNumber || findLowerExtension(name.text) == "" {
		p.reportValue("background", name, form.Allowed, form.Words)
		return false
	}
	f, ok := p.parseFilePath("background", name, "")
	b.Name = f.Name
	return ok
}

// listBackgroundKeys returns the keys that the map of background music may have.
func listBackgroundKeys() []mapKey[Background] {
	track := storer[Background]{form: newMusicForm(), read: func(p *parser, b *Background, _ string, v value) bool {
		return p.parseMusicName(b, v)
	}}
	yes := func(word string) bool { return word == "yes" || word == "true" }
	fade := newChoiceParser("yes", "no", "true", "false")
	return []mapKey[Background]{
		{name: "audio", storer: track, help: "the music"},
		{name: "vendor", storer: track, help: "the same"},
		{
			name: "volume", called: "the volume of background", byDefault: "1", help: "1 is as recorded",
			storer: newStorer(newFactorParser(0, 10), func(b *Background, v float64) { b.Volume = v }),
		},
		{
			name: "fade-in", byDefault: "`no`", help: "over 2 s",
			storer: newStorer(fade, func(b *Background, v string) { b.FadeIn = yes(v) }),
		},
		{
			name: "fade-out", byDefault: "`no`", help: "over 2 s",
			storer: newStorer(fade, func(b *Background, v string) { b.FadeOut = yes(v) }),
		},
	}
}

func (p *parser) parseBackgroundMap(b *Background, v value) bool {
	b.Range = v.at
	ok := parseMap(p, "background", v, listBackgroundKeys(), b)
	named := slices.ContainsFunc(v.entries, func(e entry) bool { return e.name == "audio" || e.name == "vendor" })
	if !named && ok {
		d := p.diags.Errorf(v.at, "background has no music")
		d.Detail = "Allowed: audio or vendor, and volume"
		d.Hint = "add a line such as audio: music.mp3"
	}
	return ok && named
}

// ListTransitionNames returns the canonical names of transitions, including "none".
func ListTransitionNames() []string {
	types := []string{"none", "crossfade", "circle", "rect", "fade-circle", "dissolve", "pixelize", "radial", "reveal"}
	for _, t := range []string{"wipe-", "slide-", "fade-", "slice-"} {
		types = append(types, t+"right", t+"left", t+"up", t+"down")
	}
	return types
}

// defaultTransition is the duration of a transition if the author sets none.
const defaultTransition = 500 * time.Millisecond

// maxTransition is the maximum duration of a transition in a script.
const maxTransition = time.Minute

func newTransitionTypeParser() valueParser[string] {
	words := append(ListTransitionNames(), "fade", "wipe")
	k := newChoiceParser(words...)
	k.Allowed = strings.Join(words, ", ")
	return valueParser[string]{Form: k.Form, read: func(s string) (string, bool) {
		w, ok := k.read(s)
		switch w {
		case "fade":
			w = "crossfade"
		case "wipe":
			w = "wipe-right"
		}
		return w, ok
	}}
}

func newTransitionTimeParser() valueParser[time.Duration] {
	k := newDurationParser(0)
	form := Form{Kind: TimeKind, To: maxTransition.Seconds(), Unit: "s", Allowed: "seconds from 0 to 60"}
	return valueParser[time.Duration]{Form: form, read: func(s string) (time.Duration, bool) {
		d, ok := k.read(s)
		return d, ok && d <= maxTransition
	}}
}

// entrance is the parsed value of a transition; fields that the author left out are nil.
type entrance struct {
	name    *string
	seconds *time.Duration
}

// listTransitionKeys returns the keys that the map of a transition may have.
func listTransitionKeys() []mapKey[entrance] {
	return []mapKey[entrance]{
		{
			name: "type", called: "the type of transition", byDefault: "`crossfade`",
			storer: newStorer(newTransitionTypeParser(), func(e *entrance, v string) { e.name = &v }),
		},
		{
			name: "duration", called: "the duration of transition", byDefault: "0.5",
			storer: newStorer(newTransitionTimeParser(), func(e *entrance, v time.Duration) { e.seconds = &v }),
		},
	}
}

// newTransitionParser returns the parser of transitions: a type, seconds, or both in any order, or a map.
func newTransitionParser() valueParser[Transition] {
	types := newTransitionTypeParser()
	form := Form{
		Kind: ChoiceKind, Words: types.Words, Keys: describeKeys(listTransitionKeys()),
		Allowed: "none, a type, seconds, or a type and seconds. Types: " + types.Allowed,
	}
	return valueParser[Transition]{Form: form, parse: func(p *parser, _ string, v value) (Transition, bool) {
		var e entrance
		if v.kind == mapValue {
			ok := parseMap(p, "transition", v, listTransitionKeys(), &e)
			return e.toTransition(), ok
		}
		var ok bool
		e.name, e.seconds, ok = p.parseTransitionWords(v, types, newTransitionTimeParser())
		return e.toTransition(), ok
	}}
}

// toTransition returns e as a Transition, with defaults for nil fields.
func (e entrance) toTransition() Transition {
	t := Transition{Type: "crossfade", Duration: defaultTransition}
	if e.name != nil {
		t.Type = *e.name
	}
	if e.seconds != nil {
		t.Duration = *e.seconds
	}
	if t.Type == "none" || t.Duration == 0 {
		return Transition{Type: "none"}
	}
	return t
}

func (p *parser) parseTransitionWords(v value, types valueParser[string], times valueParser[time.Duration]) (
	name *string, seconds *time.Duration, ok bool,
) {
	words := v.splitWords()
	if v.kind != scalarValue || len(words) == 0 || len(words) > 2 {
		p.reportValue("transition", v, "none, a type, seconds, or a type and seconds. Types: "+types.Allowed, nil)
		return nil, nil, false
	}
	ok = true
	for _, w := range words {
		one := value{text: w.text, at: w.at}
		var fits bool
		switch digit := w.text[0] >= '0' && w.text[0] <= '9' || strings.ContainsRune("+-.", rune(w.text[0])); {
		case digit && seconds == nil:
			seconds, fits = parseValue(p, "the duration of transition", one, times)
		case !digit && name == nil:
			name, fits = parseValue(p, "the type of transition", one, types)
		default:
			p.reportValue("transition", v, "none, a type, seconds, or a type and seconds", nil)
			return nil, nil, false
		}
		ok = ok && fits
	}
	return name, seconds, ok
}
