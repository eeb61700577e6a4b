package remote

import (
	"context"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/voice"
)

// Sentence is a request as an engine begins with it.
type Sentence struct {
	Request voice.Request     // with speed and pitch in range
	Voice   voice.EngineVoice // that says it
	// Text is the request as plain text, for engines that take no markup: what is spelled
	// stands letter by letter, and a fragment ends in a comma, which keeps the voice up.
	Text    string
	Phrases []voice.Phrase
	Clip    voice.Clip // the words, without times
}

// Begin reads a request. One that holds nothing to say is silent: its clip is the answer.
func (l *Listing) Begin(ctx context.Context, req voice.Request) (s Sentence, silent bool, err error) {
	req = req.Normal()
	phrases, plain, spans := voice.Phrases(req)
	s = Sentence{Request: req, Text: text(phrases, req.Fragment), Phrases: phrases, Clip: voice.Clip{Rate: 24000, Words: voice.NewWords(plain, spans)}}
	if err := ctx.Err(); err != nil {
		return s, false, err
	}
	if len(spans) == 0 {
		return s, true, nil
	}
	v, ok := l.Named(req.Voice)
	if !ok {
		return s, false, Unknown(l.client.cfg.Name, req.Voice)
	}
	s.Voice = v
	return s, false, nil
}

func text(phrases []voice.Phrase, fragment bool) string {
	var b strings.Builder
	for _, p := range phrases {
		b.WriteString(p.Text)
	}
	t := strings.TrimSpace(b.String())
	if fragment {
		t = voice.WithoutStop(t) + ","
	}
	return t
}

// Language is the one of voices of which nothing is known where one must be named.
const Language = "en-US"

// ValidID reports whether a voice's name may be put into a request: printable, short, and
// nothing that means something in an address or in markup.
func ValidID(id string) bool {
	return id != "" && len(id) <= 100 && id[0] != '-' && id[0] != '.' &&
		!strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\<>"'&?#%`, r) })
}

// Unknown is the fault of a voice that an engine does not have.
func Unknown(engine, id string) error {
	return fault.New(fault.ToolFailed, &voice.UnknownVoiceError{Engine: engine, Voice: id}, "%s has no voice %q", engine, id).
		WithHint("run mynah voices to list all")
}

// languageOf reads the tag that names such as de-DE-KatjaNeural begin with; empty where
// they do not.
func languageOf(id string) string {
	parts := strings.Split(id, "-")
	letters := func(s string, low, high int, from, to rune) bool {
		return len(s) >= low && len(s) <= high && !strings.ContainsFunc(s, func(r rune) bool { return r < from || r > to })
	}
	if len(parts) < 3 || !letters(parts[0], 2, 3, 'a', 'z') || !letters(parts[1], 2, 2, 'A', 'Z') {
		return ""
	}
	return parts[0] + "-" + parts[1]
}
