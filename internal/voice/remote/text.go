package remote

import (
	"context"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/voice"
)

// Sentence is a prepared request.
type Sentence struct {
	Request voice.Request     // with speed and pitch in range
	Voice   voice.EngineVoice // the voice of the request
	// Text is the request as plain text, for engines without markup. Words to be spelled are separated into
	// letters, and a fragment ends in a comma, which prevents a falling pitch.
	Text    string
	Phrases []voice.Phrase
	Clip    voice.Clip // with words, without samples and times
}

// BeginSentence prepares a request. silent reports whether it contains nothing to say; s.Clip is then the answer.
func (l *Listing) BeginSentence(ctx context.Context, req voice.Request) (s Sentence, silent bool, err error) {
	req = req.ClampSpeedAndPitch()
	phrases, plain, spans := voice.SplitPhrases(req)
	s = Sentence{
		Request: req, Text: joinPhrases(phrases, req.Fragment), Phrases: phrases,
		Clip: voice.Clip{Rate: 24000, Words: voice.NewWords(plain, spans)},
	}
	if err := ctx.Err(); err != nil {
		return s, false, err
	}
	if len(spans) == 0 {
		return s, true, nil
	}
	v, ok := l.DescribeVoice(req.Voice)
	if !ok {
		return s, false, NewUnknownVoiceFault(l.client.cfg.Name, req.Voice)
	}
	s.Voice = v
	return s, false, nil
}

// joinPhrases concatenates the phrases. A fragment gets a final comma.
func joinPhrases(phrases []voice.Phrase, fragment bool) string {
	var b strings.Builder
	for _, p := range phrases {
		b.WriteString(p.Text)
	}
	t := strings.TrimSpace(b.String())
	if fragment {
		t = voice.TrimEndPunctuation(t) + ","
	}
	return t
}

// Language is the default for services that require a language, if the voice's is unknown.
const Language = "en-US"

// IsValidID reports whether a voice's name may be part of a request: printable, at most 100 bytes, and without
// characters that have a meaning in URLs or markup.
func IsValidID(id string) bool {
	return id != "" && len(id) <= 100 && id[0] != '-' && id[0] != '.' &&
		!strings.ContainsFunc(id, func(r rune) bool {
			return r <= ' ' || r > '~' ||
				strings.ContainsRune(`/\<>"'&?#%`, r)
		})
}

// NewUnknownVoiceFault returns the fault for a voice that an engine does not have.
func NewUnknownVoiceFault(engine, id string) error {
	return fault.New(fault.ToolFailed, &voice.UnknownVoiceError{Engine: engine, Voice: id}, "%s has no voice %q",
		engine, id).
		WithHint("run mynah voices to list all")
}

// parseLanguagePrefix returns the language tag at the start of names such as de-DE-KatjaNeural, "" for others.
func parseLanguagePrefix(id string) string {
	parts := strings.Split(id, "-")
	letters := func(s string, low, high int, from, to rune) bool {
		return len(s) >= low && len(s) <= high && !strings.ContainsFunc(s, func(r rune) bool {
			return r < from ||
				r > to
		})
	}
	if len(parts) < 3 || !letters(parts[0], 2, 3, 'a', 'z') || !letters(parts[1], 2, 2, 'A', 'Z') {
		return ""
	}
	return parts[0] + "-" + parts[1]
}
