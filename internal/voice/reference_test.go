package voice

import "testing"

// TestReadInFull: the reference speaks the very language if it can, and none that it reads in
// part only.
func TestReadInFull(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"en-US": "en-us", "en_GB": "en-gb-x-rp", "en-AU": "en-us", "de": "de", "de-AT": "de", "fr-CH": "fr-ch",
		"es-MX": "es-419", "zh-CN": "cmn-latn-pinyin", "he-IL": "", "xx": "", "": "",
	} {
		if got := readInFull(tag); got != want {
			t.Errorf("%q is read by %q, want %q", tag, got, want)
		}
	}
}
