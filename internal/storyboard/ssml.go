package storyboard

import (
	"strconv"
	"strings"
	"time"

	"mynah/internal/script"
)

// ssmlState walks an SSML block.
type ssmlState struct {
	*sceneState
	node  *script.SSML
	runs  []script.Run
	voice string
}

// ssml speaks an SSML block: text, breaks, emphasis, substitutions, spelling and voices.
func (s *sceneState) ssml(n *script.SSML) {
	if n.Root == nil {
		return
	}
	w := &ssmlState{sceneState: s, node: n, voice: s.speaking(n.Range)}
	w.walk(n.Root, script.Plain)
	w.flush()
	s.paragraph++
}

// flush speaks what was gathered.
func (w *ssmlState) flush() {
	runs := w.runs
	w.runs = nil
	var text strings.Builder
	for _, r := range runs {
		text.WriteString(r.Text)
	}
	if strings.TrimSpace(text.String()) != "" {
		w.speak(w.node.Range, runs, w.voice)
	}
}

func (w *ssmlState) walk(e *script.Element, style script.Style) {
	for _, c := range e.Content {
		if c.Child == nil {
			if text := strings.Join(strings.Fields(c.Text), " "); text != "" {
				if c.Text[0] == ' ' || c.Text[0] == '\n' || c.Text[0] == '\t' {
					text = " " + text
				}
				if last := c.Text[len(c.Text)-1]; last == ' ' || last == '\n' || last == '\t' {
					text += " "
				}
				w.runs = append(w.runs, script.Run{Style: style, Text: text})
			} else if c.Text != "" && len(w.runs) > 0 {
				w.runs = append(w.runs, script.Run{Text: " "})
			}
			continue
		}
		w.element(c.Child, style)
	}
}

func (w *ssmlState) element(e *script.Element, style script.Style) {
	switch e.Name {
	case "break":
		w.flush()
		d, ok := breakLength(e.Attributes["time"], e.Attributes["strength"])
		if !ok {
			bad := w.list.Errorf(e.Range, "this break has no length that can be")
			bad.Detail = "Allowed: time in s or ms, up to an hour, as time=\"500ms\"; or strength none, x-weak, weak, medium, strong, x-strong"
		}
		if d > 0 {
			w.out.Parts = append(w.out.Parts, Part{Kind: Pause, Range: e.Range, Length: d})
		}
	case "p", "s":
		w.flush()
		w.walk(e, style)
		w.flush()
		if e.Name == "p" {
			w.paragraph++
		}
	case "emphasis":
		switch e.Attributes["level"] {
		case "strong":
			style = script.Strong
		case "reduced":
			style = script.Reduced
		case "none":
		default:
			style = script.Emphasis
		}
		w.walk(e, style)
	case "sub":
		w.runs = append(w.runs, script.Run{Style: style, Text: e.Attributes["alias"]})
	case "say-as":
		switch e.Attributes["interpret-as"] {
		case "characters", "spell-out", "verbatim":
			style = script.Spell
		default:
			w.notYet(e.Range, "the SSML element say-as, but for characters, is", "Its text is spoken as it stands")
		}
		w.walk(e, style)
	case "voice":
		w.flush()
		before := w.voice
		name := e.Attributes["name"]
		if name == "" {
			name = value(w.sceneState.voice.Voice, "")
		}
		w.voice = w.find(e.Range, name, value(w.header.Language, ""))
		w.walk(e, style)
		w.flush()
		w.voice = before
	case "prosody", "lang", "phoneme":
		w.notYet(e.Range, "the SSML elements prosody, lang and phoneme are", "Their text is spoken as it stands")
		w.walk(e, style)
	default:
		w.walk(e, style)
	}
}

// breakLength gives the length of a break, if it is one, SSML 1.1 section 3.2.3.
func breakLength(length, strength string) (d time.Duration, ok bool) {
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
