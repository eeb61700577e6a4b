package remote

import (
	"strings"

	"mynah/internal/fault"
	"mynah/internal/voice"
)

// Text is a request as plain text, for engines that take no markup: what is spelled stands
// letter by letter, and a fragment ends in a comma, which keeps the voice up. The clip has
// the words, without times.
func Text(req voice.Request) (text string, pieces []voice.Piece, clip voice.Clip) {
	pieces, plain, spans := voice.Pieces(req)
	clip = voice.Clip{Rate: 24000, Words: voice.NewWords(plain, spans)}
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	text = strings.TrimSpace(b.String())
	if req.Fragment {
		text = voice.WithoutStop(text) + ","
	}
	return text, pieces, clip
}

// Language is the one of voices of which nothing is known where one must be named.
const Language = "en-US"

// ValidID tells whether a voice's name may be put into a request: printable, short, and
// nothing that means something in an address or in markup.
func ValidID(id string) bool {
	return id != "" && len(id) <= 100 && id[0] != '-' && id[0] != '.' &&
		!strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\<>"'&?#%`, r) })
}

// Unknown is the fault of a voice that an engine does not have.
func Unknown(engine, id string) error {
	return fault.New(fault.ToolFailed, &voice.UnknownVoiceError{Engine: engine, Voice: id}, "%s has no voice %q", engine, id).
		WithHint("mynah voices lists what is there")
}

// LanguageOf reads the tag that names such as de-DE-KatjaNeural begin with; empty where
// they do not.
func LanguageOf(id string) string {
	parts := strings.Split(id, "-")
	letters := func(s string, low, high int, from, to rune) bool {
		return len(s) >= low && len(s) <= high && !strings.ContainsFunc(s, func(r rune) bool { return r < from || r > to })
	}
	if len(parts) < 3 || !letters(parts[0], 2, 3, 'a', 'z') || !letters(parts[1], 2, 2, 'A', 'Z') {
		return ""
	}
	return parts[0] + "-" + parts[1]
}
