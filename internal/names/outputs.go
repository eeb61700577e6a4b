package names

// The endings of the files that a build writes, after the name of the video without its own.
const (
	EndVideo      = ".mp4"
	EndSRT        = ".srt"
	EndVTT        = ".vtt"
	EndPoster     = ".jpg"
	EndTimeline   = ".timeline.json"
	EndTranscript = ".transcript.md"
	EndChapters   = ".chapters.txt"
)
