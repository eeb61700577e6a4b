package ffmpeg

import (
	"mynah/internal/media"
)

// Input is a staged file: Path is a name of Mynah's own, never one of the user's.
type Input struct {
	Path   string
	Format media.Format
	// AlphaVPX names the decoder that knows the transparency of a WebM clip; empty for
	// all others.
	AlphaVPX string
	// Cycles tells that the file plays from its start again and again, as a GIF does, though
	// its format is that of clips.
	Cycles bool
}

// demuxer returns the demuxer that reads a format, and its name in the list of those
// that may be opened: a playlist in disguise must not lead to another file.
func demuxer(f media.Format) string {
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

// guard are the options of an input that keep it to its own file and format.
func (in Input) guard() []string {
	d := demuxer(in.Format)
	return []string{"-protocol_whitelist", "file", "-format_whitelist", d, "-f", d}
}

// args are the options of an input of ffmpeg, before being its path. Rotation is
// done by our own filters, the same with every version.
func (in Input) args(before ...string) []string {
	out := append(in.guard(), before...)
	if in.Format == media.GIF {
		out = append(out, "-ignore_loop", "1")
	}
	if in.AlphaVPX != "" {
		out = append(out, "-c:v", in.AlphaVPX)
	}
	return append(out, "-noautorotate", "-i", in.Path)
}
