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
	near, isNear := nearestName(name, list)
	if n, ok := nearestName(name, more); ok && !isNear {
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

// fitKind returns the parser of the ways in which a picture fills the frame.
func fitKind() kind[frame.Fit] {
	k := choiceKind(string(frame.Cover), string(frame.Contain), string(frame.Stretch))
	return kind[frame.Fit]{Form: k.Form, read: func(s string) (frame.Fit, bool) {
		w, ok := k.read(s)
		return frame.Fit(w), ok
	}}
}

// narrationModeKind returns the parser of narration-mode; true means "fragment".
func narrationModeKind() kind[bool] {
	k := choiceKind("normal", "fragment")
	return kind[bool]{Form: k.Form, read: func(s string) (bool, bool) {
		w, ok := k.read(s)
		return w == "fragment", ok
	}}
}

// languageKind returns the parser of BCP 47 tags. It accepts underscores instead of hyphens.
func languageKind() kind[string] {
	form := Form{Kind: LanguageKind, Allowed: "a language tag such as en, de-AT or zh-Hans"}
	return kind[string]{Form: form, read: func(s string) (string, bool) {
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

func posterKind() kind[Poster] {
	t := durationKind(0)
	form := t.Form
	form.Words, form.Allowed = []string{"start", "end"}, "start, end, or "+t.Allowed
	return kind[Poster]{
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

// themeKind returns the parser of themes: built-in names and .css files.
func themeKind() kind[File] {
	words := []string{"default", "light", "dark", "paper", "bold"}
	form := Form{Kind: FileKind, Words: words, Allowed: joinOr(words) + ", or a .css file of the project"}
	return kind[File]{Form: form, parse: func(p *parser, name string, v value) (File, bool) {
		if w, ok := choiceKind(words...).read(v.text); ok && v.kind == scalarValue {
			return File{Name: w, Range: v.at, Literal: true}, true
		}
		if v.kind != scalarValue || v.text == "" || fileEnding(v.text) != ".css" {
			p.reportValue(name, v, form.Allowed, words)
			return File{}, false
		}
		return p.filePath(name, v, "")
	}}
}

// Music returns the names of the built-in background music.
func Music() []string {
	return []string{"ukulele-1", "ukulele-2", "corporate-1", "uplifting-1", "uplifting-2"}
}

const volumeRange = "a factor from 0 to 10"

// musicForm describes the allowed names of background music.
func musicForm() Form {
	words := append(Music(), "none")
	return Form{
		Kind: FileKind, Words: words,
		Allowed: joinOr(words) + ", or a sound file of the project, then in any order a volume (" + volumeRange +
			"), fade-in, fade-out",
	}
}

// backgroundKind returns the parser of background music with its options.
func backgroundKind() kind[Background] {
	form := musicForm()
	form.Keys = describeKeys(backgroundKeys())
	return kind[Background]{Form: form, parse: func(p *parser, _ string, v value) (Background, bool) {
		b := &Background{Volume: 1}
		if v.kind == mapValue {
			return *b, p.backgroundMap(b, v)
		}
		return *b, p.parseBackground(b, v)
	}}
}

// parseBackground parses a name or file that is followed by options in any order.
func (p *parser) parseBackground(b *Background, v value) bool {
	words, inQuotes := v.words(), false
	if end, ok := findQuoteEnd(v.text); ok {
		// The name is in quotes, followed by options.
		first := word{text: v.text[:end], at: v.subrange(0, end)}
		words, inQuotes = []word{first}, true
		rest := v
		rest.text, rest.off = v.text[end:], v.off+end
		words = append(words, rest.words()...)
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
		if near, isNear := nearestName(words[n-1].text, []string{"fade-in", "fade-out"}); isNear {
			p.unknownOption("background", words[n-1], near)
			return false
		}
	}
	name := v
	if inQuotes {
		if n > 1 {
			p.unknownOption("background", words[n-1], "fade-in")
			return false
		}
		name.text, _, _ = unquote(words[0].text)
		name.at = words[0].at
	} else if n < len(words) {
		name.text = v.text[:wordEnd(v.text, n)]
		name.at = v.subrange(0, len(name.text))
	}
	return p.parseMusicName(b, name) && ok
}

func (p *parser) unknownOption(of string, w word, near string) {
	d := p.diags.Errorf(w.at, "%s has no option %s", of, quoteForMessage(w.text))
	d.Detail = "Allowed: a name or file, then in any order a volume (" + volumeRange + "), fade-in, fade-out"
	d.Hint = "did you mean " + near + "?"
}

// wordEnd returns the byte offset of the end of the nth word of text; n counts from 1.
func wordEnd(text string, n int) int {
	at := 0
	for _, f := range strings.Fields(text)[:n] {
		at += strings.Index(text[at:], f) + len(f)
	}
	return at
}

// parseMusicName parses the name of background music and stores it in b.
func (p *parser) parseMusicName(b *Background, name value) bool {
	b.Range = name.at
	form := musicForm()
	if w, ok := choiceKind(form.Words...).read(name.text); ok && name.kind == scalarValue {
		if w != "none" {
			b.Name = w
		}
		return true
	}
	_, isNumber := parseNumber(name.text)
	if name.kind != scalarValue || isNumber || fileEnding(name.text) == "" {
		p.reportValue("background", name, form.Allowed, form.Words)
		return false
	}
	f, ok := p.filePath("background", name, "")
	b.Name = f.Name
	return ok
}

// backgroundKeys returns the keys that the map of background music may have.
func backgroundKeys() []key[Background] {
	track := reader[Background]{form: musicForm(), read: func(p *parser, b *Background, _ string, v value) bool {
		return p.parseMusicName(b, v)
	}}
	yes := func(word string) bool { return word == "yes" || word == "true" }
	fade := choiceKind("yes", "no", "true", "false")
	return []key[Background]{
		{name: "audio", reader: track, help: "the music"},
		{name: "vendor", reader: track, help: "the same"},
		{
			name: "volume", called: "the volume of background", byDefault: "1", help: "1 is as recorded",
			reader: storeWith(factorKind(0, 10), func(b *Background, v float64) { b.Volume = v }),
		},
		{
			name: "fade-in", byDefault: "`no`", help: "over 2 s",
			reader: storeWith(fade, func(b *Background, v string) { b.FadeIn = yes(v) }),
		},
		{
			name: "fade-out", byDefault: "`no`", help: "over 2 s",
			reader: storeWith(fade, func(b *Background, v string) { b.FadeOut = yes(v) }),
		},
	}
}

func (p *parser) backgroundMap(b *Background, v value) bool {
	b.Range = v.at
	ok := readMap(p, "background", v, backgroundKeys(), b)
	named := slices.ContainsFunc(v.entries, func(e entry) bool { return e.name == "audio" || e.name == "vendor" })
	if !named && ok {
		d := p.diags.Errorf(v.at, "background has no music")
		d.Detail = "Allowed: audio or vendor, and volume"
		d.Hint = "add a line such as audio: music.mp3"
	}
	return ok && named
}

// Transitions returns the canonical names of transitions, including "none".
func Transitions() []string {
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

func transitionTypeKind() kind[string] {
	words := append(Transitions(), "fade", "wipe")
	k := choiceKind(words...)
	k.Allowed = strings.Join(words, ", ")
	return kind[string]{Form: k.Form, read: func(s string) (string, bool) {
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

func transitionTimeKind() kind[time.Duration] {
	k := durationKind(0)
	form := Form{Kind: TimeKind, To: maxTransition.Seconds(), Unit: "s", Allowed: "seconds from 0 to 60"}
	return kind[time.Duration]{Form: form, read: func(s string) (time.Duration, bool) {
		d, ok := k.read(s)
		return d, ok && d <= maxTransition
	}}
}

// entrance is the parsed value of a transition; fields that the author left out are nil.
type entrance struct {
	name    *string
	seconds *time.Duration
}

// transitionKeys returns the keys that the map of a transition may have.
func transitionKeys() []key[entrance] {
	return []key[entrance]{
		{
			name: "type", called: "the type of transition", byDefault: "`crossfade`",
			reader: storeWith(transitionTypeKind(), func(e *entrance, v string) { e.name = &v }),
		},
		{
			name: "duration", called: "the duration of transition", byDefault: "0.5",
			reader: storeWith(transitionTimeKind(), func(e *entrance, v time.Duration) { e.seconds = &v }),
		},
	}
}

// transitionKind returns the parser of transitions: a type, seconds, or both in any order, or a map.
func transitionKind() kind[Transition] {
	types := transitionTypeKind()
	form := Form{
		Kind: ChoiceKind, Words: types.Words, Keys: describeKeys(transitionKeys()),
		Allowed: "none, a type, seconds, or a type and seconds. Types: " + types.Allowed,
	}
	return kind[Transition]{Form: form, parse: func(p *parser, _ string, v value) (Transition, bool) {
		var e entrance
		if v.kind == mapValue {
			ok := readMap(p, "transition", v, transitionKeys(), &e)
			return e.transition(), ok
		}
		var ok bool
		e.name, e.seconds, ok = p.transitionWords(v, types, transitionTimeKind())
		return e.transition(), ok
	}}
}

// transition returns e as a Transition, with defaults for nil fields.
func (e entrance) transition() Transition {
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

func (p *parser) transitionWords(v value, types kind[string], times kind[time.Duration]) (
	name *string, seconds *time.Duration, ok bool,
) {
	words := v.words()
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
			seconds, fits = readValue(p, "the duration of transition", one, times)
		case !digit && name == nil:
			name, fits = readValue(p, "the type of transition", one, types)
		default:
			p.reportValue("transition", v, "none, a type, seconds, or a type and seconds", nil)
			return nil, nil, false
		}
		ok = ok && fits
	}
	return name, seconds, ok
}
