package voice

import "testing"

// TestReadInFull checks that the reference has the exact language tag if possible, and is never a language that
// espeak-ng reads only in part.
func TestReadInFull(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"en-US": "en-us", "en_GB": "en-gb-x-rp", "en-AU": "en-us", "de": "de", "de-AT": "de", "fr-CH": "fr-ch",
		"es-MX": "es-419", "zh-CN": "cmn-latn-pinyin", "he-IL": "", "xx": "", "": "",
	} {
		if got := findEspeakVoice(tag); got != want {
			t.Errorf("%q is read by %q, want %q", tag, got, want)
		}
	}
}
