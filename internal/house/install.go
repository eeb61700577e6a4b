package house

import "runtime"

// allVoices is the name, in installations, of all engines that need no settings.
const allVoices = "voices"

// installation is how to install a program on each system: a command, or where to get it.
type installation struct{ debian, mac, windows string }

// listInstallations returns how to install each program that is checked.
func listInstallations() map[string]installation {
	ffmpeg := installation{"apt-get install ffmpeg", "brew install ffmpeg", "winget install Gyan.FFmpeg"}
	return map[string]installation{
		"ffmpeg":  ffmpeg,
		"ffprobe": ffmpeg,
		"espeak-ng": {
			"apt-get install espeak-ng", "brew install espeak-ng", "winget install eSpeak-NG.eSpeak-NG",
		},
		"flite": {
			"apt-get install flite", "brew install flite", "build it from github.com/festvox/flite",
		},
		allVoices: {
			"apt-get install espeak-ng flite", "brew install espeak-ng flite", "winget install eSpeak-NG.eSpeak-NG",
		},
		"lame": {"apt-get install lame", "brew install lame", "choco install lame"},
		browser: {
			"apt-get install chromium-headless-shell", "brew install --cask google-chrome", "winget install Google.Chrome",
		},
		"avifdec": {
			"apt-get install libavif-bin", "brew install libavif", "take avifdec.exe from github.com/AOMediaCodec/libavif/releases",
		},
	}
}

// formatInstallHint returns how to install a program on a system (a GOOS value).
func formatInstallHint(system, program string) string {
	i := listInstallations()[program]
	switch system {
	case "darwin":
		return i.mac
	case "windows":
		return i.windows
	}
	return i.debian
}

// FormatVoiceInstallHint returns how to install the engines that need no settings on this system.
func FormatVoiceInstallHint() string { return formatInstallHint(runtime.GOOS, allVoices) }
