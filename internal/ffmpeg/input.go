package ffmpeg

import (
	"mynah/internal/media"
)

// Input is an input file. Path is a name that Mynah chose, never one of the user's.
type Input struct {
	Path   string
	Format media.Format
	// AlphaVPX is the decoder that supports the alpha channel of a WebM clip; empty for all other files.
	AlphaVPX string
	// Cycles: the file plays repeatedly, like a GIF, although its format is that of clips.
	Cycles bool
}

// chooseDemuxer returns ffmpeg's demuxer for a format. Naming it prevents ffmpeg from treating the file as a playlist
// that refers to other files.
func chooseDemuxer(f media.Format) string {
	switch f {
	case media.PNG:
		return "png_pipe"
	case media.JPEG:
		return "jpeg_pipe"
	case media.WebP:
		return "webp_pipe"
	default:
		return string(f)
	}
}

// listGuardArgs returns the input options that restrict ffmpeg to this file and format.
func (in Input) listGuardArgs() []string {
	d := chooseDemuxer(in.Format)
	return []string{"-protocol_whitelist", "file", "-format_whitelist", d, "-f", d}
}

// listReadArgs returns the arguments for reading the input; before is inserted before its path. ffmpeg's automatic
// rotation is off, because it differs between versions; the filters rotate instead.
func (in Input) listReadArgs(before ...string) []string {
	out := append(in.listGuardArgs(), before...)
	if in.Format == media.GIF {
		out = append(out, "-ignore_loop", "1")
	}
	if in.AlphaVPX != "" {
		out = append(out, "-c:v", in.AlphaVPX)
	}
	return append(out, "-noautorotate", "-i", in.Path)
}
