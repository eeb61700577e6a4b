package house

import "testing"

// TestInstallations: the doctor can say of every program how to install it, on every system.
func TestInstallations(t *testing.T) {
	t.Parallel()
	for _, w := range listWantedTools() {
		for _, system := range []string{"linux", "darwin", "windows"} {
			if formatInstallHint(system, w.Name) == "" {
				t.Errorf("%s: how to install %s is not known", system, w.Name)
			}
		}
	}
	if got := formatInstallHint("darwin", browser); got != "brew install --cask google-chrome" {
		t.Errorf("a browser on macOS: %q", got)
	}
}
