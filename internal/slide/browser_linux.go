package slide

// ListPrograms returns the names of browsers, in the order in which they are tried.
func ListPrograms() []string {
	return []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
}

// installBrowser is a command that installs a browser on this system, for hints.
const installBrowser = "apt-get install chromium-headless-shell"
