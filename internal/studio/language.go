package studio

import "golang.org/x/text/language"

// iso639 gives the three letters by which MP4 knows a language, or "".
func iso639(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, confidence := t.Base()
	if confidence == language.No {
		return ""
	}
	return base.ISO3()
}

// bcp47 gives a language's tag in its usual form, or "".
func bcp47(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return ""
	}
	return t.String()
}
