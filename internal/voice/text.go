package voice

import "strings"

// WithoutStop removes trailing punctuation and blanks from a text, because a voice would lower its pitch there.
func WithoutStop(text string) string { return strings.TrimRight(text, ".!?。！？؟।… ,;:") }

// GenderOf parses a gender as services write it. It returns "" for all other text.
func GenderOf(s string) Gender {
	switch g := Gender(strings.ToLower(s)); g {
	case Female, Male:
		return g
	}
	return ""
}
