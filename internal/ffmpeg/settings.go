package ffmpeg

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mynah/internal/frame"
)

// Picture is the form of a video's picture track. All segments have the same.
type Picture struct {
	Width, Height int
	FPS           frame.Rate
	// StillQP is the constant quantiser of stills, ClipCRF the quality of clips, both in libx264's scale: 0 to
	// 51, lower is better.
	StillQP, ClipCRF int
	// Compatible requests one parameter set for all segments, for players that do not accept another one within a
	// video. Moving pictures are then larger.
	Compatible bool
}

// DefaultQuality returns the default quantisers. By SSIM, a still at 18 is at least as close to its source as a
// frame at CRF 23 with libx264's full look-ahead, for text, gradients, noise and dense detail.
func DefaultQuality() (stillQP, clipCRF int) { return 18, 21 }

// clipThreads is constant, because libx264's output depends on the number of threads but must not depend on the
// machine.
const clipThreads = 4

// keySeconds is the maximum time between pictures of a clip to which a player can seek.
const keySeconds = 5

// chooseH264Level returns the lowest H.264 level for the video's size and rate in macroblocks (ITU-T H.264, table A-1),
// as libx264 names it. It depends only on size and rate, so that all segments state the same.
func (p Picture) chooseH264Level() string {
	mbs := int64((p.Width+15)/16) * int64((p.Height+15)/16)
	rate := mbs * p.FPS.Num / max(p.FPS.Den, 1)
	levels := []struct {
		name       string
		size, rate int64
	}{
		{"30", 1620, 40500},
		{"31", 3600, 108000},
		{"32", 5120, 216000},
		{"40", 8192, 245760},
		{"42", 8704, 522240},
		{"50", 22080, 589824},
		{"51", 36864, 983040},
		{"52", 36864, 2073600},
		{"60", 139264, 4177920},
		{"61", 139264, 8355840},
	}
	for _, l := range levels {
		if mbs <= l.size && rate <= l.rate {
			return l.name
		}
	}
	return "62"
}

// formatX264Params returns libx264's parameters. They make the parameter sets of all segments equal, and each picture's
// bytes independent of the pictures before it.
func (p Picture) formatX264Params(keyint int, more ...string) string {
	return p.joinX264Params([]string{
		"bframes=0", "ref=1", "slices=1", "sliced-threads=0", "scenecut=0", "rc-lookahead=0", "mbtree=0", "weightp=0",
	}, keyint, more)
}

// joinX264Params returns the parameters that all segments have in common, after the parameters first and before more.
func (p Picture) joinX264Params(first []string, keyint int, more []string) string {
	return strings.Join(slices.Concat(first, []string{
		"stitchable=1", "aud=0", "level=" + p.chooseH264Level(),
		"keyint=" + strconv.Itoa(keyint), "min-keyint=1",
		// State the video's frame rate, not that of the source.
		"force-cfr=1", "fps=" + FormatRate(p.FPS),
		"colorprim=bt709", "transfer=bt709", "colormatrix=bt709", "range=tv",
	}, more), ":")
}

// listMovingParams returns libx264's parameters for moving pictures. Their parameter sets have an id of their own, and
// are equal for all segments of moving pictures: they depend on bframes, b-pyramid, weightp, and ref above 2. The next id
// is that of skip pictures.
//
// Two of them are lower than libx264 allows, because openh264 2.3 would show other pictures: it decodes B pictures with
// or over divided macroblocks inexactly (partitions), and loses pictures at the ends of groups with more than one B
// picture in a row (bframes).
func listMovingParams() []string {
	return []string{
		"sps-id=2", "bframes=1", "b-pyramid=none", "ref=1", "slices=1", "sliced-threads=0", "scenecut=0",
		"rc-lookahead=40", "weightp=1", "weightb=0", "aq-mode=2", "partitions=i8x8,i4x4",
	}
}

// listCodecArgs returns the arguments of the encoder of stills, without its rate control.
func (p Picture) listCodecArgs(threads, keyint int, more ...string) []string {
	return listEncoderArgs(threads, p.formatX264Params(keyint, more...))
}

// listMovingCodecArgs returns the arguments of the encoder of moving pictures, without its rate control.
func (p Picture) listMovingCodecArgs(threads, keyint int, more ...string) []string {
	if p.Compatible {
		return p.listCodecArgs(threads, keyint, more...)
	}
	return listEncoderArgs(threads, p.joinX264Params(listMovingParams(), keyint, more))
}

// listClipCodecArgs returns the arguments of the encoder of clips, without its rate control. The time that look-ahead and
// undivided macroblocks save is spent on a better search.
func (p Picture) listClipCodecArgs() []string {
	if p.Compatible {
		return p.listCodecArgs(clipThreads, p.ChooseClipKeyint())
	}
	return p.listMovingCodecArgs(clipThreads, p.ChooseClipKeyint(), "trellis=1", "subme=3")
}

func listEncoderArgs(threads int, params string) []string {
	return []string{
		"-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p",
		"-chroma_sample_location", "left", "-threads", strconv.Itoa(threads), "-x264-params",
		params, "-forced-idr", "1",
	}
}

// formatClipCRF returns the rate factor of clips.
func (p Picture) formatClipCRF() string { return p.formatCRF(clipLookaheadCRF) }

// formatCRF returns the rate factor of moving pictures, which is lower by less if the encoder looks ahead.
func (p Picture) formatCRF(less int) string {
	if p.Compatible {
		less = 0
	}
	return strconv.Itoa(max(p.ClipCRF-less, 1))
}

// With look-ahead, libx264 saves where pictures change, and needs a lower rate factor for the same quality. These
// differences make moving pictures by SSIM at least as close to their source as without look-ahead: clips for
// recordings, noise, text in motion and dense detail, camera moves for photographs.
const (
	clipLookaheadCRF = 2
	moveLookaheadCRF = 4
)

// FormatRate formats a frame rate for ffmpeg.
func FormatRate(r frame.Rate) string { return fmt.Sprintf("%d/%d", r.Num, r.Den) }

// FormatSettings returns all encoder settings that determine the bytes of a segment of stills, for cache keys.
func (p Picture) FormatSettings() string {
	return p.formatSettings(strconv.Itoa(p.ClipCRF), p.listCodecArgs(clipThreads, p.ChooseClipKeyint()))
}

// FormatMovingSettings is like FormatSettings for segments of moving pictures.
func (p Picture) FormatMovingSettings() string {
	return p.formatSettings(p.formatClipCRF(), p.listClipCodecArgs())
}

func (p Picture) formatSettings(clipCRF string, args []string) string {
	return fmt.Sprintf("%dx%d@%s still=%d clip=%s %s", p.Width, p.Height, FormatRate(p.FPS), p.StillQP, clipCRF,
		strings.Join(args, " "))
}

// CanCutAnywhere reports whether a segment of moving pictures can be cut at any frame. Otherwise it can be cut at its
// ends and at multiples of ChooseClipKeyint.
func (p Picture) CanCutAnywhere() bool { return p.Compatible }

// ChooseClipKeyint returns the number of frames between key frames of a clip.
func (p Picture) ChooseClipKeyint() int {
	return int(max(keySeconds*p.FPS.Num/max(p.FPS.Den, 1), 1))
}

// listQuietArgs returns the first arguments of every call: no banner, only errors, no input from the terminal.
func listQuietArgs() []string { return []string{"-hide_banner", "-nostdin", "-v", "error"} }

// EncodeStillsArgs returns the arguments of an encoder that reads raw 4:2:0 frames of the video's size and writes
// each as an IDR picture. The quantiser is constant, so that a picture's bytes do not depend on the one before.
func (p Picture) EncodeStillsArgs() []string {
	return append(append(append(append(listQuietArgs(), "-color_range", "tv", "-colorspace", "bt709"),
		p.listRawVideoArgs("pipe:0")...),
		p.listCodecArgs(1, 100000)...),
		append(p.listStillRateControlArgs(), "-vf", "setsar=1", "-f", "h264", "pipe:1")...)
}

// listStillRateControlArgs returns the rate control for pictures that are encoded independently of each other.
func (p Picture) listStillRateControlArgs() []string {
	return []string{"-qp", strconv.Itoa(p.StillQP), "-force_key_frames", "expr:1", "-fps_mode", "passthrough"}
}

// crossingQP is the constant quantiser of crossfades. It is higher than that of stills, because each of their
// frames is visible only for a moment.
const crossingQP = 22

// listNoMotionSearchParams returns parameters that skip motion search, for pictures without motion.
func listNoMotionSearchParams() []string { return []string{"me=dia", "subme=0", "partitions=none"} }

// EncodeCrossingsArgs returns the arguments of an encoder that reads the raw frames of several crossfades and
// writes each crossfade as a closed group that begins with an IDR picture. The quantiser is constant, so that
// the bytes of one do not depend on those before it.
func (p Picture) EncodeCrossingsArgs(lengths []int64) []string {
	codec := p.listCodecArgs(1, 100000, listNoMotionSearchParams()...)
	if !p.Compatible {
		// The types of pictures must not depend on other crossfades of the process.
		codec = p.listMovingCodecArgs(1, 100000, append(listNoMotionSearchParams(), "b-adapt=0")...)
	}
	return p.encodeGroupsArgs(lengths, crossingQP, codec)
}

// EncodeChainsArgs returns the arguments of an encoder like that of EncodeCrossingsArgs, for pictures that differ only
// in a part, such as captions.
func (p Picture) EncodeChainsArgs(lengths []int64) []string {
	return p.encodeGroupsArgs(lengths, p.StillQP, p.listCodecArgs(1, 100000, listNoMotionSearchParams()...))
}

// encodeGroupsArgs returns the arguments of an encoder that writes closed groups with the given numbers of frames.
// codec are the encoder's arguments without rate control.
func (p Picture) encodeGroupsArgs(lengths []int64, qp int, codec []string) []string {
	var starts []string
	var n int64
	for _, l := range lengths {
		starts = append(starts, fmt.Sprintf("eq(n,%d)", n))
		n += l
	}
	args := append(append(listQuietArgs(), "-color_range", "tv", "-colorspace", "bt709"), p.listRawVideoArgs("pipe:0")...)
	return append(append(args, codec...), "-vf", "setsar=1", "-qp", strconv.Itoa(qp),
		"-force_key_frames", "expr:"+strings.Join(starts, "+"), "-fps_mode", "passthrough", "-f", "h264", "pipe:1")
}

// EncodeMovingArgs returns the arguments of an encoder that reads raw frames and writes them as one closed group
// that begins with an IDR picture. enter is the transition at the start, nil for none. Motion is smooth here,
// so a short motion search suffices. It needs fractions of pixels (subme=2), or the file is much larger.
func (p Picture) EncodeMovingArgs(enter *TransitionInput) []string {
	args := append(append(listQuietArgs(), "-color_range", "tv", "-colorspace", "bt709"), p.listRawVideoArgs("pipe:0")...)
	filter := []string{"-vf", "setsar=1"}
	if enter != nil {
		args = append(args, p.listRawVideoArgs(enter.Path)...)
		graph := enter.formatTransitionGraph("0:v", "1:v", "e") + ";[e]"
		if enter.States != nil {
			args = append(args, enter.States.listInputArgs()...)
			graph = strings.TrimSuffix(graph, "[e]") + enter.States.formatOverlayGraph("e", "2:v",
				"s") + ";[s]format=yuv420p,"
		}
		filter = []string{
			"-filter_complex", graph + "setsar=1[v]", "-map", "[v]", "-frames:v", strconv.FormatInt(enter.Frames, 10),
		}
	}
	search := []string{"me=dia", "subme=2"}
	if p.Compatible {
		search = []string{"me=dia", "subme=1"}
	}
	return append(append(append(args, p.listMovingCodecArgs(1, p.ChooseClipKeyint(), search...)...), filter...),
		"-crf", p.formatCRF(moveLookaheadCRF), "-fps_mode", "passthrough", "-f", "h264", "pipe:1")
}
