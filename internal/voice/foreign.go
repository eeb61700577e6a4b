package voice

import (
	"regexp"
	"strings"

	tags "golang.org/x/text/language"
)

// foreignName contains what another program's or service's voice name reveals: the language with its region,
// the given name, the gender, and a hint how to install that voice. Fields may be empty.
type foreignName struct {
	tag, given, hint string
	gender           Gender
}

// foreignForms contains the patterns of such names.
type foreignForms struct{ region, kokoro, piper *regexp.Regexp }

func newForeignForms() foreignForms {
	return foreignForms{
		region: regexp.MustCompile(`^([A-Za-z]{2,3})[-_]([A-Za-z]{2})[-_](.+)$`),
		kokoro: regexp.MustCompile(`^([abefhijpz])([fm])_[a-z]+$`),
		piper:  regexp.MustCompile(`^[a-z]{2,3}_[A-Z]{2}-[^-]+-(x_low|low|medium|high)$`),
	}
}

// parseForeignName parses voice names of other programs and services: de-DE-KatjaNeural (Azure), en-US-Wavenet-F
// (Google), de_DE-thorsten-medium (Piper), af_heart (Kokoro).
func parseForeignName(name string) foreignName {
	const most = 100 // bytes; no service has longer names
	name = strings.TrimSpace(name)
	if len(name) > most {
		return foreignName{}
	}
	forms := newForeignForms()
	if m := forms.kokoro.FindStringSubmatch(name); m != nil {
		// The letters of Kokoro-82M: https://huggingface.co/hexgrad/Kokoro-82M (VOICES.md)
		tag := map[string]string{
			"a": "en-US", "b": "en-GB", "e": "es-ES", "f": "fr-FR", "h": "hi-IN", "i": "it-IT", "j": "ja-JP",
			"p": "pt-BR", "z": "zh-CN",
		}[m[1]]
		g := Female
		if m[2] == "m" {
			g = Male
		}
		return foreignName{tag: tag, gender: g}
	}
	m := forms.region.FindStringSubmatch(name)
	if m == nil {
		return foreignName{}
	}
	base, err := tags.ParseBase(m[1])
	if err != nil {
		return foreignName{}
	}
	region, err := tags.ParseRegion(m[2])
	if err != nil || !region.IsCountry() {
		return foreignName{}
	}
	f := foreignName{tag: base.String() + "-" + region.String(), given: m[3]}
	for _, suffix := range []string{"-x_low", "-low", "-medium", "-high", "Neural", "Multilingual"} {
		f.given = strings.TrimSuffix(f.given, suffix)
	}
	if forms.piper.MatchString(name) {
		f.hint = "to install that voice: mynah voices install " + name
	}
	return f
}
