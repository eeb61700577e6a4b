package ffmpeg

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"mynah/internal/script"
)

// StillInput is a picture to be read once and brought to the film's frame.
type StillInput struct {
	Input
	Source    Source
	Placement Placement
	Canvas    script.Color
}

// ReadStills are the arguments of one process that reads several pictures and writes
// each as one raw 4:2:0 frame of the film's size, in order: a process start costs as
// much as encoding a still. A damaged picture is an error, not half a picture.
func ReadStills(stills []StillInput) []string {
	return append(stillGraph(stills), "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
}

// EncodeImages are the arguments of one process that reads several pictures and writes
// each as an IDR picture: what ReadStills and EncodeStills do together, without the
// frames' way through a pipe.
func (p Picture) EncodeImages(stills []StillInput) []string {
	return append(append(append(stillGraph(stills), p.codec(1, 100000)...), p.still()...), "-f", "h264", "pipe:1")
}

// stillGraph brings pictures to the film's frame, one frame each, one behind the other.
func stillGraph(stills []StillInput) []string {
	args := append(quiet(), "-xerror")
	var graph []string
	var labels strings.Builder
	for i, s := range stills {
		args = append(args, s.args("-threads", "1", "-err_detect", "explode")...)
		out := fmt.Sprintf("v%d", i)
		graph = append(graph, strings.TrimSuffix(chain(fmt.Sprintf("%d:v:0", i), out, s.Source, s.Placement, s.Canvas, pace{}), "["+out+"]")+
			",trim=end_frame=1["+out+"]")
		labels.WriteString("[" + out + "]")
	}
	last := "[v0]null[v]"
	if len(stills) > 1 {
		last = fmt.Sprintf("%sconcat=n=%d:v=1:a=0,format=yuv420p[v]", labels.String(), len(stills))
	}
	return append(args, "-filter_complex_threads", "1", "-filter_complex", strings.Join(append(graph, last), ";"), "-map", "[v]")
}

// ClipInput is a stretch of a clip to be brought to the film's frame and rate.
type ClipInput struct {
	Input
	Source    Source
	Placement Placement
	Canvas    script.Color
	// From and Length in microseconds of the clip; Length 0 is all of it.
	From, Length int64
	// SpeedNum / SpeedDen is how many seconds of the clip pass in one of the film.
	SpeedNum, SpeedDen int64
	// Rate is how many pictures a second the clip has; zero where that is not known.
	Rate script.Rate
	// Frames is how many of the film are wanted.
	Frames int64
	// Held asks for an intra picture at the end, because it will stand for a while.
	Held bool
}

// micros writes microseconds as ffmpeg takes a time.
func micros(us int64) string { return fmt.Sprintf("%d.%06d", us/1e6, us%1e6) }

func (c ClipInput) input() []string {
	var before []string
	if c.From > 0 {
		before = append(before, "-ss", micros(c.From))
	}
	if c.Length > 0 {
		before = append(before, "-t", micros(c.Length))
	}
	return append(quiet(), c.args(before...)...)
}

func (c ClipInput) graph(p Picture) string {
	in, head := "0:v:0", ""
	if c.SpeedNum > 0 && c.SpeedDen > 0 && c.SpeedNum != c.SpeedDen {
		in, head = "s", fmt.Sprintf("[0:v:0]setpts=PTS*%d/%d[s];", c.SpeedDen, c.SpeedNum)
	}
	return head + chain(in, "v", c.Source, c.Placement, c.Canvas, pace{Rate(p.FPS), c.slower(p.FPS)})
}

// slower tells whether the clip has fewer pictures in a second of the film than the film.
func (c ClipInput) slower(film script.Rate) bool {
	speed := big.NewRat(max(c.SpeedNum, 1), max(c.SpeedDen, 1))
	own := big.NewRat(c.Rate.Num, max(c.Rate.Den, 1))
	return own.Sign() > 0 && own.Mul(own, speed).Cmp(big.NewRat(film.Num, max(film.Den, 1))) < 0
}

// EncodeClip are the arguments of one process that decodes, scales and encodes a
// stretch of a clip as one closed group. It may write fewer frames than wanted when
// the clip is shorter than its container says; never more.
func (p Picture) EncodeClip(c ClipInput) []string {
	args := append(c.input(), "-filter_complex", c.graph(p), "-map", "[v]", "-an", "-sn", "-dn",
		"-frames:v", strconv.FormatInt(c.Frames, 10), "-fps_mode", "passthrough")
	args = append(args, p.codec(clipThreads, p.clipKeyint())...)
	if c.Held {
		args = append(args, "-force_key_frames", fmt.Sprintf("expr:eq(n,%d)", c.Frames-1))
	}
	return append(args, "-crf", strconv.Itoa(p.ClipCRF), "-f", "h264", "pipe:1")
}

// ReadClip are the arguments of a process that writes a stretch of a clip as raw
// frames of the film's size.
func (p Picture) ReadClip(c ClipInput) []string {
	return append(c.input(), "-filter_complex", c.graph(p), "-map", "[v]", "-an", "-sn", "-dn",
		"-frames:v", strconv.FormatInt(c.Frames, 10), "-fps_mode", "passthrough",
		"-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
}

// ReadText are the arguments of a process that draws subtitles of the form ASS, read
// from a file of our own, over a plain frame, and writes it raw.
func (p Picture) ReadText(assPath string, canvas script.Color) []string {
	graph := fmt.Sprintf("color=c=%s:s=%dx%d:r=1:d=1,format=gbrp,ass=f=%s,scale=%s:%s,format=yuv420p[v]",
		hex(canvas), p.Width, p.Height, assPath, toFilm, stillScaling)
	return append(quiet(), "-filter_complex", graph, "-map", "[v]", "-frames:v", "1",
		"-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
}

// AAC is the form of a film's sound track.
type AAC struct {
	SampleRate, Channels int
	// BitRate in bits a second.
	BitRate int
	// Coder is the encoder's search: "twoloop" or "fast".
	Coder string
}

// DefaultAAC is what films are made with.
func DefaultAAC(channels int) AAC {
	return AAC{SampleRate: 48000, Channels: channels, BitRate: 128000, Coder: "fast"}
}

// Encode are the arguments of an encoder that reads raw 16 bit samples and writes
// ADTS frames.
func (a AAC) Encode() []string {
	return append(append(append(quiet(), a.input("pipe:0")...), a.codec()...), "pipe:1")
}

// EncodeFiles are the arguments of one process with an encoder for each file of raw
// samples, which know nothing of each other: what one writes does not depend on the rest.
func (a AAC) EncodeFiles(in, out []string) []string {
	args := quiet()
	for _, path := range in {
		args = append(args, a.input(path)...)
	}
	for i, path := range out {
		args = append(append(append(args, "-map", strconv.Itoa(i)+":a"), a.codec()...), "-y", path)
	}
	return args
}

func (a AAC) input(path string) []string {
	return []string{"-f", "s16le", "-ar", strconv.Itoa(a.SampleRate), "-ac", strconv.Itoa(a.Channels), "-i", path}
}

// codec leaves noise substitution off: it would differ from encode to encode.
func (a AAC) codec() []string {
	return []string{
		"-c:a", "aac", "-aac_coder", a.Coder, "-aac_pns", "0", "-b:a", strconv.Itoa(a.BitRate),
		"-flags", "+bitexact", "-f", "adts",
	}
}

// SpeechFile are the arguments that encode raw mono samples to a file of ours; format
// is wav or mp3.
func SpeechFile(format string, sampleRate int, path string) []string {
	args := append(quiet(), "-f", "s16le", "-ar", strconv.Itoa(sampleRate), "-ac", "1", "-i", "pipe:0", "-fflags", "+bitexact", "-flags", "+bitexact")
	switch format {
	case "mp3":
		args = append(args, "-c:a", "libmp3lame", "-b:a", "128k", "-reservoir", "0", "-f", "mp3")
	default:
		args = append(args, "-c:a", "pcm_s16le", "-f", "wav")
	}
	return append(args, "-y", path)
}

// SpeechStream are the arguments that encode raw mono samples as MP3 and write them as
// they come.
func SpeechStream(sampleRate int) []string {
	return append(quiet(), "-f", "s16le", "-ar", strconv.Itoa(sampleRate), "-ac", "1", "-i", "pipe:0", "-fflags", "+bitexact+flush_packets",
		"-flags", "+bitexact", "-c:a", "libmp3lame", "-b:a", "128k", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1")
}

// Poster are the arguments that decode an H.264 stream from the input and write the
// last of its n pictures as a JPEG.
func (p Picture) Poster(n int) []string {
	return append(quiet(), "-threads", "1", "-filter_threads", "1", "-f", "h264", "-i", "pipe:0",
		"-vf", fmt.Sprintf("select=eq(n\\,%d),scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc,format=yuvj420p", n-1),
		"-frames:v", "1", "-fps_mode", "passthrough", "-c:v", "mjpeg", "-threads", "1", "-q:v", "3",
		"-fflags", "+bitexact", "-flags", "+bitexact", "-f", "image2pipe", "pipe:1")
}
