package worker

import "testing"

func TestHintsOfTheWire(t *testing.T) {
	t.Parallel()
	for hint, want := range map[string]string{
		"":            "",
		"write 1920p": "write 1920p",
		"did you mean brian? mynah voices lists all":                                                "did you mean brian? GET /voices lists all",
		"give it a value when building: --var name=…":                                               "give it a value in variables: name=…",
		"write the words as they sound; to have that voice: mynah voices install en_GB-alan-medium": "write the words as they sound; the operator of this server can install voices",
		"mynah doctor checks the programs that Mynah needs":                                         "",
		"make room, or name a folder on another disk: -o for the film, --cache-dir for the rest":    "",
		"export the file again; mynah doctor checks the programs":                                   "export the file again",
		"a dash - in the text, or well-known words":                                                 "a dash - in the text, or well-known words",
	} {
		if got := wireHint(hint); got != want {
			t.Errorf("%q becomes %q, want %q", hint, got, want)
		}
	}
}
