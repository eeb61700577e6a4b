package cell

import "testing"

func TestHintsOfTheWire(t *testing.T) {
	t.Parallel()
	for hint, want := range map[string]string{
		"":            "",
		"write 1920p": "write 1920p",
		"did you mean brian? run mynah voices to list all": "did you mean brian? GET /voices lists all",
		"set it when building: --var name=…":               "set it in variables: name=…",
		"write the words as they sound; to install that voice: mynah voices install en_GB-alan-medium": "write the words " +
			"as they sound; the operator of this server can install voices",
		"run mynah doctor to check the programs that Mynah needs": "",
		"free some space, or use a folder on another disk: " +
			"-o for the video, --cache-dir for the cache": "",
		"export the file again; run mynah doctor to check the programs": "export the file again",
		"a dash - in the text, or well-known words":                     "a dash - in the text, or well-known words",
	} {
		if got := AdaptHintForClients(hint); got != want {
			t.Errorf("%q becomes %q, want %q", hint, got, want)
		}
	}
}
