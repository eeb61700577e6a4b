package voice

import "strings"

// WithoutStop takes the stops and blanks off the end of a text, after which a voice would
// fall.
func WithoutStop(text string) string { return strings.TrimRight(text, ".!?。！？؟।… ,;:") }

// GenderOf reads a gender as services write it; empty is any other.
func GenderOf(s string) Gender {
	switch g := Gender(strings.ToLower(s)); g {
	case Female, Male:
		return g
	}
	return ""
}
