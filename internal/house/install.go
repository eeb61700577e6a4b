package house

import "runtime"

// allVoices stands for the engines that speak without settings.
const allVoices = "voices"

// installation is how a program is installed, by system: a command, or where to get it.
type installation struct{ debian, mac, windows string }

// installations tells how the programs of wanted are installed.
func installations() map[string]installation {
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

// installOn tells how a program is installed on a system, named as Go does.
func installOn(system, program string) string {
	i := installations()[program]
	switch system {
	case "darwin":
		return i.mac
	case "windows":
		return i.windows
	}
	return i.debian
}

// InstallVoices tells how the engines that speak without settings are installed on this system.
func InstallVoices() string { return installOn(runtime.GOOS, allVoices) }
