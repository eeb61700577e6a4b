package voice

import "strings"

// TrimEndPunctuation removes trailing punctuation and blanks from a text, because a voice would lower its pitch there.
func TrimEndPunctuation(text string) string {
	return strings.TrimRight(text, ".!?。！？؟।… ,;:")
}

// ParseGender parses a gender as services write it. It returns "" for all other text.
func ParseGender(s string) Gender {
	switch g := Gender(strings.ToLower(s)); g {
	case Female, Male:
		return g
	}
	return ""
}
