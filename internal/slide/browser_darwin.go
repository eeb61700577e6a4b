package slide

// Programs are the names under which a browser is looked for, the lightest first.
func Programs() []string {
	return []string{
		"chrome-headless-shell", "chromium",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
	}
}

// installBrowser is how a browser is installed.
const installBrowser = "brew install --cask google-chrome"
