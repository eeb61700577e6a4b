package ffmpeg

import (
	"fmt"
	"strconv"
	"strings"

	"mynah/internal/frame"
)

// Picture is the form of a film's picture track, which every part of it shares.
type Picture struct {
	Width, Height int
	FPS           frame.Rate
	// StillQP is the constant quantiser of stills, ClipCRF the quality of clips, both
	// as libx264 counts: 0 to 51, lower is better.
	StillQP, ClipCRF int
}

// DefaultQuality returns the quantisers that films are made with. A still at 18 is at
// least as close to its source, by SSIM, as a frame of an encode at CRF 23 with all of
// libx264's look-ahead, for text, gradients, noise and dense detail alike.
func DefaultQuality() (stillQP, clipCRF int) { return 18, 21 }

// clipThreads is fixed: the bytes that libx264 writes depend on the number of threads,
// and a film must not depend on the machine's cores.
const clipThreads = 4

// keySeconds is the longest time between two pictures of a clip that a player can
// seek to.
const keySeconds = 5

// level returns the H.264 level as libx264 takes it, ITU-T H.264 table A-1: the first
// whose size and rate in macroblocks hold the film. It depends on size and rate alone,
// so that all parts of a film state the same.
func (p Picture) level() string {
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

// x264 returns the settings that make every part's parameter sets equal, and each
// picture's bytes independent of the pictures before it.
func (p Picture) x264(keyint int, more ...string) string {
	return strings.Join(append([]string{
		"bframes=0", "ref=1", "slices=1", "sliced-threads=0", "scenecut=0", "rc-lookahead=0",
		"mbtree=0", "weightp=0", "stitchable=1", "aud=0", "level=" + p.level(),
		"keyint=" + strconv.Itoa(keyint), "min-keyint=1",
		// The times that the stream states are the film's, whatever those of the source.
		"force-cfr=1", "fps=" + Rate(p.FPS),
		"colorprim=bt709", "transfer=bt709", "colormatrix=bt709", "range=tv",
	}, more...), ":")
}

// codec returns the arguments of the encoder, up to its rate control.
func (p Picture) codec(threads, keyint int, more ...string) []string {
	return []string{
		"-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p",
		"-chroma_sample_location", "left", "-threads", strconv.Itoa(threads), "-x264-params", p.x264(keyint, more...), "-forced-idr", "1",
	}
}

// Rate writes a rate as ffmpeg takes it.
func Rate(r frame.Rate) string { return fmt.Sprintf("%d/%d", r.Num, r.Den) }

// Settings names everything of the encoder that decides a part's bytes, for keys.
func (p Picture) Settings() string {
	return fmt.Sprintf("%dx%d@%s still=%d clip=%d %s", p.Width, p.Height, Rate(p.FPS), p.StillQP, p.ClipCRF,
		strings.Join(p.codec(clipThreads, p.clipKeyint()), " "))
}

func (p Picture) clipKeyint() int {
	return int(max(keySeconds*p.FPS.Num/max(p.FPS.Den, 1), 1))
}

// quiet begins every call: no banner, errors alone, no reading of the terminal.
func quiet() []string { return []string{"-hide_banner", "-nostdin", "-v", "error"} }

// EncodeStills are the arguments of an encoder that reads raw 4:2:0 frames of the
// film's size from its input and writes each as an IDR picture, all apart: constant
// quantiser, so that a picture's bytes do not depend on the one before.
func (p Picture) EncodeStills() []string {
	return append(append(append(append(quiet(), "-color_range", "tv", "-colorspace", "bt709"), p.rawInput("pipe:0")...),
		p.codec(1, 100000)...),
		append(p.stillFlags(), "-vf", "setsar=1", "-f", "h264", "pipe:1")...)
}

// stillFlags is the rate control of pictures that are each encoded for themselves.
func (p Picture) stillFlags() []string {
	return []string{"-qp", strconv.Itoa(p.StillQP), "-force_key_frames", "expr:1", "-fps_mode", "passthrough"}
}

// crossingQP is the constant quantiser of crossfades: theirs are the frames that are on
// for the shortest time. simple skips the search for motion in pictures that do not move.
const crossingQP = 22

func simple() []string { return []string{"me=dia", "subme=0", "partitions=none"} }

// EncodeCrossings are the arguments of an encoder that reads raw frames of several
// crossfades, one behind the other, and writes each as a closed group that begins with an
// IDR picture. The quantiser is constant, so that the bytes of one do not depend on those
// before it.
func (p Picture) EncodeCrossings(lengths []int64) []string {
	return p.groups(lengths, crossingQP)
}

// EncodeChains are the arguments of an encoder that does the same with pictures that
// differ in a part alone and stand for a while, as those under captions.
func (p Picture) EncodeChains(lengths []int64) []string {
	return p.groups(lengths, p.StillQP)
}

func (p Picture) groups(lengths []int64, qp int) []string {
	var starts []string
	var n int64
	for _, l := range lengths {
		starts = append(starts, fmt.Sprintf("eq(n,%d)", n))
		n += l
	}
	args := append(append(quiet(), "-color_range", "tv", "-colorspace", "bt709"), p.rawInput("pipe:0")...)
	return append(append(args, p.codec(1, 100000, simple()...)...), "-vf", "setsar=1", "-qp", strconv.Itoa(qp),
		"-force_key_frames", "expr:"+strings.Join(starts, "+"), "-fps_mode", "passthrough", "-f", "h264", "pipe:1")
}

// EncodeMoving are the arguments of an encoder that reads raw frames and writes them
// as one closed group that begins with an IDR picture. With enter they come in over
// another picture. Moves and transitions are smooth, so a short search for motion does.
func (p Picture) EncodeMoving(enter *EnterInput) []string {
	args := append(append(quiet(), "-color_range", "tv", "-colorspace", "bt709"), p.rawInput("pipe:0")...)
	filter := []string{"-vf", "setsar=1"}
	if enter != nil {
		args = append(args, p.rawInput(enter.Path)...)
		graph := enter.graph("0:v", "1:v", "e") + ";[e]"
		if enter.States != nil {
			args = append(args, enter.States.input()...)
			graph = strings.TrimSuffix(graph, "[e]") + enter.States.graph("e", "2:v", "s") + ";[s]format=yuv420p,"
		}
		filter = []string{"-filter_complex", graph + "setsar=1[v]", "-map", "[v]", "-frames:v", strconv.FormatInt(enter.Frames, 10)}
	}
	return append(append(append(args, p.codec(1, p.clipKeyint(), "me=dia", "subme=1")...), filter...),
		"-crf", strconv.Itoa(p.ClipCRF), "-fps_mode", "passthrough", "-f", "h264", "pipe:1")
}
