package names

// The endings of a build's files, appended to the name of the video without its extension.
const (
	EndVideo      = ".mp4"
	EndSRT        = ".srt"
	EndVTT        = ".vtt"
	EndPoster     = ".jpg"
	EndTimeline   = ".timeline.json"
	EndTranscript = ".transcript.md"
	EndChapters   = ".chapters.txt"
)
