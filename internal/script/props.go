package script

import (
	"slices"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// known lists the names of the language, each once.
type known struct {
	header     []string
	directions []string
	all        []string
	inHeader   map[string]bool
	asDirected map[string]bool
}

func newKnown() known {
	both := []string{
		"voice", "voice-speed", "voice-volume", "voice-pitch", "narration-mode", "background", "transition", "theme",
		"canvas", "font-size",
	}
	header := []string{
		"size", "subtitles", "asset-resize", "fps", "title", "author", "description", "language", "poster", "loudness",
		"ducking", "lexicon",
	}
	directions := []string{
		"pause", "duration", "audio", "image", "video", "callout", "voice-emphasis", "chapter", "include", "reveal",
		"highlight",
	}
	k := known{inHeader: map[string]bool{}, asDirected: map[string]bool{}}
	k.header = append(append(k.header, both...), header...)
	k.directions = append(append(k.directions, both...), directions...)
	k.all = append(append(append(k.all, both...), header...), directions...)
	for _, n := range k.header {
		k.inHeader[n] = true
	}
	for _, n := range k.directions {
		k.asDirected[n] = true
	}
	return k
}

// has tells whether a name means something somewhere.
func (k known) has(name string) bool { return k.inHeader[name] || k.asDirected[name] }

// wholeScene tells whether a direction counts for the whole scene, so that a second
// one replaces the first.
func wholeScene(name string) bool {
	switch name {
	case "background", "transition", "theme", "canvas", "font-size", "duration", "chapter", "reveal", "highlight":
		return true
	}
	return false
}

// unknown reports a name that is not in list: an error when it is within two
// letters of one, else a warning, and the name is ignored. A misspelt name may also be
// one of more. It tells whether the name is ignored.
func (p *parser) unknown(what, name string, at diag.Range, list []string, more ...string) bool {
	near, isNear := nearest(name, list)
	if n, ok := nearest(name, more); ok && !isNear {
		near, isNear = n, ok
	}
	written := hyphenated(name)
	if slices.Contains(list, written) || slices.Contains(more, written) {
		near, isNear = written, false // an underscore for a hyphen is a near miss
	}
	if !isNear {
		d := p.diags.Warnf(at, "%s %s is unknown and ignored", what, quoted(name))
		d.Code = diag.UnknownProperty
		d.Detail = "Known: " + strings.Join(list, ", ")
		if near != "" {
			d.Hint = "did you mean " + near + "?"
		}
		return true
	}
	d := p.diags.Errorf(at, "%s %s is unknown", what, quoted(name))
	d.Detail = "Known: " + strings.Join(list, ", ")
	d.Hint = "did you mean " + near + "?"
	return false
}

// set reads the property name into ps. It tells whether the value fits; if not, that
// was reported. Names that are no property of ps are not its business.
func (p *parser) set(ps *Properties, name string, v value) bool {
	var ok bool
	switch name {
	case "voice":
		ps.Voice, ok = read(p, name, v, anyText("the name of a voice"))
	case "voice-speed":
		ps.VoiceSpeed, ok = read(p, name, v, factor(0.3, 3, scale{"slow", 0.75}, scale{"normal", 1}, scale{"fast", 1.25}))
	case "voice-volume":
		ps.VoiceVolume, ok = read(p, name, v, factor(0, 10,
			scale{"soft", 0.5}, scale{"normal", 1}, scale{"standard", 1}, scale{"loud", 1.5}))
	case "voice-pitch":
		ps.VoicePitch, ok = read(p, name, v, factor(0.3, 3, scale{"low", 0.85}, scale{"normal", 1}, scale{"high", 1.15}))
	case "voice-emphasis":
		ps.VoiceEmphasis, ok = read(p, name, v, oneOf("none", "reduced", "moderate", "strong"))
	case "narration-mode":
		var mode *string
		if mode, ok = read(p, name, v, oneOf("normal", "fragment")); ok {
			fragment := *mode == "fragment"
			ps.Fragment = &fragment
		}
	case "background":
		ps.Background, ok = p.background(v)
	case "transition":
		ps.Transition, ok = p.transition(v)
	case "theme":
		ps.Theme, ok = p.theme(v)
	case "canvas":
		ps.Canvas, ok = read(p, name, v, color())
	case "font-size":
		ps.FontSize, ok = read(p, name, v, decimalIn(1, maxFont, "pixels", "px"))
	case "duration":
		ps.Duration, ok = read(p, name, v, length(time.Millisecond))
	default:
		ok = p.setFilm(ps, name, v)
	}
	return ok
}

// setFilm reads the properties that only a whole film has.
func (p *parser) setFilm(ps *Properties, name string, v value) bool {
	ok := false
	switch name {
	case "size":
		ps.Size, ok = read(p, name, v, frameSize())
	case "fps":
		ps.FPS, ok = read(p, name, v, frameRate())
	case "subtitles":
		ps.Subtitles, ok = p.subtitles(v)
	case "asset-resize":
		ps.AssetResize, ok = read(p, name, v, fits())
	case "title":
		ps.Title, ok = read(p, name, v, anyText("the title of the video"))
	case "author":
		ps.Author, ok = read(p, name, v, anyText("the author's name"))
	case "description":
		ps.Description, ok = read(p, name, v, anyText("a description of the video"))
	case "language":
		ps.Language, ok = read(p, name, v, language())
	case "poster":
		ps.Poster, ok = read(p, name, v, poster())
	case "loudness":
		ps.Loudness, ok = read(p, name, v, level(-40, -5, "LUFS", "lufs"))
	case "ducking":
		ps.Ducking, ok = read(p, name, v, level(0, 60, "dB", "db"))
	case "lexicon":
		var f File
		if f, ok = p.filePath(name, v, "a file of pronunciations"); ok {
			ps.Lexicon = &f
		}
	}
	return ok
}

// fits is the kind of ways to fill the frame.
func fits() kind[frame.Fit] {
	k := oneOf(string(frame.Cover), string(frame.Contain), string(frame.Stretch))
	return kind[frame.Fit]{allowed: k.allowed, words: k.words, read: func(s string) (frame.Fit, bool) {
		w, ok := k.read(s)
		return frame.Fit(w), ok
	}}
}

// language is the kind of BCP 47 tags; an underscore is taken for a dash.
func language() kind[string] {
	return kind[string]{allowed: "a language tag such as en, de-AT or zh-Hans", read: func(s string) (string, bool) {
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

func poster() kind[Poster] {
	t := length(0)
	return kind[Poster]{
		allowed: "start, end, or " + t.allowed,
		words:   []string{"start", "end"},
		read: func(s string) (Poster, bool) {
			if w := strings.ToLower(s); w == "start" || w == "end" {
				return Poster{Word: w}, true
			}
			at, ok := t.read(s)
			return Poster{At: at}, ok
		},
	}
}

// theme reads the name of a built-in theme or of a style sheet.
func (p *parser) theme(v value) (*File, bool) {
	words := []string{"default", "light", "dark", "paper", "bold"}
	if w, ok := oneOf(words...).read(v.text); ok && v.kind == scalarValue {
		return &File{Name: w, Range: v.at, Literal: true}, true
	}
	if v.kind != scalarValue || v.text == "" || fileEnding(v.text) != ".css" {
		p.wrong("theme", v, either(words)+", or a .css file of the project", words)
		return nil, false
	}
	f, ok := p.filePath("theme", v, "")
	return &f, ok
}

// Music lists the built-in background music.
func Music() []string {
	return []string{"ukulele-1", "ukulele-2", "corporate-1", "uplifting-1", "uplifting-2"}
}

const volumeRange = "a factor from 0 to 10"

// background reads a name or file with options after it, or a map.
func (p *parser) background(v value) (*Background, bool) {
	if v.kind == mapValue {
		return p.backgroundMap(v)
	}
	words, inQuotes := v.words(), false
	if end, ok := quoteEnd(v.text); ok {
		// The name is in quotes, and options follow.
		first := word{text: v.text[:end], at: v.part(0, end)}
		words, inQuotes = []word{first}, true
		rest := v
		rest.text, rest.off = v.text[end:], v.off+end
		words = append(words, rest.words()...)
	}
	b := &Background{Volume: 1}
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
		f, isNumber := number(w.text)
		if !isNumber || volume {
			break
		}
		volume = true
		b.Volume = f
		if f < 0 || f > 10 {
			p.wrong("the volume of background", value{text: w.text, at: w.at}, volumeRange, nil)
			ok = false
		}
	}
	if n > 1 {
		if near, isNear := nearest(words[n-1].text, []string{"fade-in", "fade-out"}); isNear {
			p.unknownOption("background", words[n-1], near)
			return nil, false
		}
	}
	name := v
	if inQuotes {
		if n > 1 {
			p.unknownOption("background", words[n-1], "fade-in")
			return nil, false
		}
		name.text, _, _ = unquote(words[0].text)
		name.at = words[0].at
	} else if n < len(words) {
		name.text = v.text[:wordEnd(v.text, n)]
		name.at = v.part(0, len(name.text))
	}
	return b, p.music(b, name) && ok
}

func (p *parser) unknownOption(of string, w word, near string) {
	d := p.diags.Errorf(w.at, "%s has no option %s", of, quoted(w.text))
	d.Detail = "Allowed: a name or file, then in any order a volume (" + volumeRange + "), fade-in, fade-out"
	d.Hint = "did you mean " + near + "?"
}

// wordEnd is the offset where the nth word of text ends.
func wordEnd(text string, n int) int {
	at := 0
	for _, f := range strings.Fields(text)[:n] {
		at += strings.Index(text[at:], f) + len(f)
	}
	return at
}

// music reads the name of background music into b.
func (p *parser) music(b *Background, name value) bool {
	b.Range = name.at
	words := append(Music(), "none")
	if w, ok := oneOf(words...).read(name.text); ok && name.kind == scalarValue {
		if w != "none" {
			b.Name = w
		}
		return true
	}
	_, isNumber := number(name.text)
	if name.kind != scalarValue || isNumber || fileEnding(name.text) == "" {
		p.wrong("background", name, either(words)+", or a sound file of the project, "+
			"then in any order a volume ("+volumeRange+"), fade-in, fade-out", words)
		return false
	}
	f, ok := p.filePath("background", name, "")
	b.Name = f.Name
	return ok
}

func (p *parser) backgroundMap(v value) (*Background, bool) {
	b := &Background{Volume: 1, Range: v.at}
	ok, named := true, false
	for _, e := range v.entries {
		switch e.name {
		case "audio", "vendor":
			named = true
			ok = p.music(b, e.value) && ok
		case "volume":
			f, fits := read(p, "the volume of background", e.value, factor(0, 10))
			if ok = fits && ok; fits {
				b.Volume = *f
			}
		case "fade-in", "fade-out":
			f, fits := read(p, e.name+" of background", e.value, oneOf("yes", "no", "true", "false"))
			if ok = fits && ok; fits && e.name == "fade-in" {
				b.FadeIn = *f == "yes" || *f == "true"
			} else if fits {
				b.FadeOut = *f == "yes" || *f == "true"
			}
		default:
			names := []string{"audio", "vendor", "volume", "fade-in", "fade-out"}
			ok = p.unknown("the name in background", e.name, e.at, names) && ok
		}
	}
	if !named && ok {
		d := p.diags.Errorf(v.at, "background names no music")
		d.Detail = "Allowed: audio or vendor, and volume"
		d.Hint = "add a line such as audio: music.mp3"
	}
	return b, ok && named
}

// Transitions lists the canonical types, "none" among them.
func Transitions() []string {
	types := []string{"none", "crossfade", "circle", "rect", "fade-circle", "dissolve", "pixelize", "radial", "reveal"}
	for _, t := range []string{"wipe-", "slide-", "fade-", "slice-"} {
		types = append(types, t+"right", t+"left", t+"up", t+"down")
	}
	return types
}

// defaultTransition is how long a transition takes that only has a type.
const defaultTransition = 500 * time.Millisecond

// maxTransition is the longest that may be asked for; one longer than its scene is cut
// to the scene later.
const maxTransition = time.Minute

func transitionType() kind[string] {
	words := append(Transitions(), "fade", "wipe")
	k := oneOf(words...)
	k.allowed = strings.Join(words, ", ")
	return kind[string]{allowed: k.allowed, words: words, read: func(s string) (string, bool) {
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

func transitionTime() kind[time.Duration] {
	k := length(0)
	return kind[time.Duration]{allowed: "seconds from 0 to 60", read: func(s string) (time.Duration, bool) {
		d, ok := k.read(s)
		return d, ok && d <= maxTransition
	}}
}

// transition reads a type, seconds, or both in any order, or a map.
func (p *parser) transition(v value) (*Transition, bool) {
	types, times := transitionType(), transitionTime()
	var name *string
	var seconds *time.Duration
	ok := true
	if v.kind == mapValue {
		for _, e := range v.entries {
			var fits bool
			switch e.name {
			case "type":
				name, fits = read(p, "the type of transition", e.value, types)
			case "duration":
				seconds, fits = read(p, "the duration of transition", e.value, times)
			default:
				fits = p.unknown("the name in transition", e.name, e.at, []string{"type", "duration"})
			}
			ok = ok && fits
		}
	} else {
		name, seconds, ok = p.transitionWords(v, types, times)
	}
	if !ok {
		return nil, false
	}
	t := &Transition{Type: "crossfade", Duration: defaultTransition}
	if name != nil {
		t.Type = *name
	}
	if seconds != nil {
		t.Duration = *seconds
	}
	if t.Type == "none" || t.Duration == 0 {
		*t = Transition{Type: "none"}
	}
	return t, true
}

func (p *parser) transitionWords(v value, types kind[string], times kind[time.Duration]) (
	name *string, seconds *time.Duration, ok bool,
) {
	words := v.words()
	if v.kind != scalarValue || len(words) == 0 || len(words) > 2 {
		p.wrong("transition", v, "none, a type, seconds, or a type and seconds. Types: "+types.allowed, nil)
		return nil, nil, false
	}
	ok = true
	for _, w := range words {
		one := value{text: w.text, at: w.at}
		var fits bool
		switch digit := w.text[0] >= '0' && w.text[0] <= '9' || strings.ContainsRune("+-.", rune(w.text[0])); {
		case digit && seconds == nil:
			seconds, fits = read(p, "the duration of transition", one, times)
		case !digit && name == nil:
			name, fits = read(p, "the type of transition", one, types)
		default:
			p.wrong("transition", v, "none, a type, seconds, or a type and seconds", nil)
			return nil, nil, false
		}
		ok = ok && fits
	}
	return name, seconds, ok
}
