package compile

import (
	"mynah/internal/script"
	"mynah/internal/voice"
)

// VoiceRuns returns runs as the voices take them: the words for styles are the same.
func VoiceRuns(runs []script.Run) []voice.Run {
	var out []voice.Run
	for _, r := range runs {
		out = append(out, voice.Run{
			Style: voice.Style(r.Style), Text: r.Text, Say: r.Say, IPA: r.IPA, Language: r.Language,
			Speed: r.Speed, Pitch: r.Pitch, Volume: r.Volume, Pause: r.Pause,
		})
	}
	return out
}
