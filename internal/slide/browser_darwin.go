package slide

// ListPrograms returns the names and paths of browsers, in the order in which they are tried.
func ListPrograms() []string {
	return []string{
		"chrome-headless-shell", "chromium",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
	}
}

// installBrowser is a command that installs a browser on this system, for hints.
const installBrowser = "brew install --cask google-chrome"
