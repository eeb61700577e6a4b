package house

import "testing"

// TestInstallations checks that the doctor knows how to install every program on every system.
func TestInstallations(t *testing.T) {
	t.Parallel()
	for _, w := range listWantedTools() {
		for _, system := range []string{"linux", "darwin", "windows"} {
			if formatInstallHint(system, w.Name) == "" {
				t.Errorf("%s: no instructions to install %s", system, w.Name)
			}
		}
	}
	if got := formatInstallHint("darwin", browser); got != "brew install --cask google-chrome" {
		t.Errorf("a browser on macOS: %q", got)
	}
}
