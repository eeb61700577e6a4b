package slide

// Programs are the names under which a browser is looked for, the lightest first.
func Programs() []string {
	return []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
}

// installBrowser is how a browser is installed.
const installBrowser = "apt-get install chromium-headless-shell"
