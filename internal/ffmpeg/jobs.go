package ffmpeg

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"mynah/internal/frame"
)

// StillInput is an image to be read and fitted to the video's frame.
type StillInput struct {
	Input
	Source    Source
	Placement Placement
	Canvas    frame.Color
	Backdrops []Backdrop
	// EnlargeW and EnlargeH are the size to which the finished frame is scaled; 0 means no scaling.
	EnlargeW, EnlargeH int
}

// ReadStillsArgs returns the arguments of one process that reads several images and writes each as one raw 4:2:0
// frame of the video's size, in order. Starting a process takes as long as encoding a still. A damaged image is
// an error.
func ReadStillsArgs(stills []StillInput) []string {
	return append(listStillFilterArgs(stills), "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p",
		"pipe:1")
}

// EncodeImagesArgs returns the arguments of one process that reads several images and writes each as an IDR
// picture. It has the same result as ReadStillsArgs and EncodeStillsArgs without piping the frames.
func (p Picture) EncodeImagesArgs(stills []StillInput) []string {
	return append(append(append(listStillFilterArgs(stills), p.listCodecArgs(1, 100000)...),
		p.listStillRateControlArgs()...), "-f",
		"h264",
		"pipe:1")
}

// listStillFilterArgs returns arguments that fit images to the video's frame, as consecutive frames.
func listStillFilterArgs(stills []StillInput) []string {
	args := append(listQuietArgs(), "-xerror")
	var graph []string
	var labels strings.Builder
	for i, s := range stills {
		args = append(args, s.listReadArgs("-threads", "1", "-err_detect", "explode")...)
		out := fmt.Sprintf("v%d", i)
		read := formatSourceChain(fmt.Sprintf("%d:v:0", i), out, s.Source, s.Placement, s.Canvas, pace{})
		last := ",trim=end_frame=1"
		if s.EnlargeW > 0 {
			last += fmt.Sprintf(",scale=%d:%d:%s", s.EnlargeW, s.EnlargeH, stillScaling)
		}
		if len(s.Backdrops) > 0 {
			read = strings.TrimSuffix(read, "["+out+"]") + last + "[" + out + "e];" + formatBackdropGraph(s.Backdrops, out+"e",
				out)
		} else {
			read = strings.TrimSuffix(read, "["+out+"]") + last + "[" + out + "]"
		}
		graph = append(graph, read)
		labels.WriteString("[" + out + "]")
	}
	last := "[v0]null[v]"
	if len(stills) > 1 {
		last = fmt.Sprintf("%sconcat=n=%d:v=1:a=0,format=yuv420p[v]", labels.String(), len(stills))
	}
	return append(args, "-filter_complex_threads", "1",
		"-filter_complex", strings.Join(append(graph, last), ";"), "-map", "[v]")
}

// ClipInput is a range of a clip, to be converted to the video's size and rate.
type ClipInput struct {
	Input
	Source    Source
	Placement Placement
	Canvas    frame.Color
	Stretch
	// Rate is the clip's number of pictures per second; zero if unknown.
	Rate frame.Rate
	// Skip is the number of the video's frames that are dropped at the start, Frames the maximum number after
	// them.
	Skip, Frames int64
	ClipOverlays
	// Held requests an intra picture at the end, because it will be repeated.
	Held bool
}

// Stretch is the part of a clip that is played.
type Stretch struct {
	// From and Length in microseconds of the clip; Length 0 is all of it.
	From, Length int64
	// SpeedNum / SpeedDen is the speed: seconds of the clip per second of the video.
	SpeedNum, SpeedDen int64
	// Again repeats the file when it ends.
	Again bool
}

// ClipOverlays contains what changes or covers a clip's pictures.
type ClipOverlays struct {
	// Backdrops change the picture, Layers are drawn over it. Enter is the transition at the start; nil is a
	// cut.
	Backdrops []Backdrop
	Layers    []LayerInput
	Enter     *TransitionInput
	// States are drawn over everything; may be nil.
	States *StatesInput
}

// formatMicros formats microseconds as a time for ffmpeg.
func formatMicros(us int64) string { return fmt.Sprintf("%d.%06d", us/1e6, us%1e6) }

// listInputArgs returns the arguments for reading the clip.
func (c ClipInput) listInputArgs() []string {
	var before []string
	if c.From > 0 {
		before = append(before, "-ss", formatMicros(c.From))
	}
	if c.Length > 0 {
		before = append(before, "-t", formatMicros(c.Length))
	}
	if c.Again {
		before = append(before, "-stream_loop", "-1")
	}
	return append(listQuietArgs(), c.listReadArgs(before...)...)
}

// listAllInputArgs returns the arguments for reading the clip and all files that are combined with it.
func (c ClipInput) listAllInputArgs(p Picture) []string {
	args := c.listInputArgs()
	for _, l := range c.Layers {
		args = append(args, p.listRawArgs(l.Path, "yuva420p", l.W, l.H)...)
	}
	if c.Enter != nil {
		args = append(args, p.listRawVideoArgs(c.Enter.Path)...)
	}
	if c.States != nil {
		args = append(args, c.States.listInputArgs()...)
	}
	return args
}

// formatFilterGraph returns the filter graph from the inputs to label v: it converts the clip to the video's form, then
// applies backdrops, layers, the transition and states, in this order.
func (c ClipInput) formatFilterGraph(p Picture) string {
	in, head := "0:v:0", ""
	if c.SpeedNum > 0 && c.SpeedDen > 0 && c.SpeedNum != c.SpeedDen {
		in, head = "s", fmt.Sprintf("[0:v:0]setpts=PTS*%d/%d[s];", c.SpeedDen, c.SpeedNum)
	}
	every := pace{FormatRate(p.FPS), c.hasLowerRateThan(p.FPS)}
	var then []string // each filter reads label v<k> and writes label v<k+1>
	if c.Skip > 0 {
		then = append(then,
			fmt.Sprintf("[v%d]trim=start_frame=%d,setpts=PTS-STARTPTS[v%d]", len(then), c.Skip, len(then)+1))
	}
	if len(c.Backdrops) > 0 {
		then = append(then, formatBackdropGraph(c.Backdrops, fmt.Sprintf("v%d", len(then)), fmt.Sprintf("v%d", len(then)+1)))
	}
	for i, l := range c.Layers {
		then = append(then, fmt.Sprintf("[v%d][%d:v]overlay=%d:%d:format=yuv420:enable='between(n,%d,%d)'[v%d]",
			len(then), i+1, l.X, l.Y, l.From, l.To-1, len(then)+1))
	}
	if c.Enter != nil {
		then = append(then, c.Enter.formatTransitionGraph(fmt.Sprintf("v%d", len(then)), fmt.Sprintf("%d:v", len(c.Layers)+1),
			fmt.Sprintf("v%d", len(then)+1)))
	}
	if c.States != nil {
		input := len(c.Layers) + 1
		if c.Enter != nil {
			input++
		}
		then = append(then, c.States.formatOverlayGraph(fmt.Sprintf("v%d", len(then)), fmt.Sprintf("%d:v", input),
			fmt.Sprintf("v%d", len(then)+1)))
	}
	if len(then) == 0 {
		return head + formatSourceChain(in, "v", c.Source, c.Placement, c.Canvas, every)
	}
	last := fmt.Sprintf("[v%d]format=yuv420p,setsar=1[v]", len(then))
	first := formatSourceChain(in, "v0", c.Source, c.Placement, c.Canvas, every)
	return head + strings.Join(append([]string{first}, append(then, last)...), ";")
}

// hasLowerRateThan reports whether the clip, at its speed, has fewer pictures per second than the video.
func (c ClipInput) hasLowerRateThan(film frame.Rate) bool {
	speed := big.NewRat(max(c.SpeedNum, 1), max(c.SpeedDen, 1))
	own := big.NewRat(c.Rate.Num, max(c.Rate.Den, 1))
	return own.Sign() > 0 && own.Mul(own, speed).Cmp(big.NewRat(film.Num, max(film.Den, 1))) < 0
}

// EncodeClipArgs returns the arguments of one process that decodes, scales and encodes a range of a clip as one
// closed group of pictures. It writes at most c.Frames frames, and fewer if the clip is shorter than its
// container states.
func (p Picture) EncodeClipArgs(c ClipInput) []string {
	args := append(c.listAllInputArgs(p), "-filter_complex", c.formatFilterGraph(p), "-map", "[v]", "-an", "-sn", "-dn",
		"-frames:v", strconv.FormatInt(c.Frames, 10), "-fps_mode", "passthrough")
	args = append(args, p.listClipCodecArgs()...)
	if c.Held {
		args = append(args, "-force_key_frames", fmt.Sprintf("expr:eq(n,%d)", c.Frames-1))
	}
	return append(args, "-crf", p.formatClipCRF(), "-f", "h264", "pipe:1")
}

// ReadClipArgs returns the arguments of a process that writes a range of a clip as raw frames of the video's size.
func (p Picture) ReadClipArgs(c ClipInput) []string {
	return append(c.listAllInputArgs(p), "-filter_complex", c.formatFilterGraph(p), "-map", "[v]", "-an", "-sn", "-dn",
		"-frames:v", strconv.FormatInt(c.Frames, 10), "-fps_mode", "passthrough",
		"-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
}

// MergeAlphaArgs returns the arguments of a process that combines the colour track and the alpha track of a file to
// one track of a Matroska file, in 8-bit RGB with alpha.
func MergeAlphaArgs(in Input) []string {
	args := append(append(listQuietArgs(), "-xerror"), in.listReadArgs("-err_detect", "explode")...)
	return append(args, "-filter_complex",
		"[0:v:0]format=gbrap[c];[0:v:1]format=gray[a];[c][a]alphamerge,format=bgra[v]", "-map", "[v]",
		"-fps_mode", "passthrough", "-enc_time_base", "-1", "-fflags", "+bitexact", "-flags", "+bitexact",
		"-c:v", "ffv1", "-threads", "1", "-f", "matroska", "pipe:1")
}

// AAC contains the settings of a video's soundtrack.
type AAC struct {
	SampleRate, Channels int
	// BitRate is in bits per second.
	BitRate int
	// Coder is the encoder's search method: "twoloop" or "fast".
	Coder string
}

// NewDefaultAAC returns the default settings: 64 kb/s per channel.
func NewDefaultAAC(channels int) AAC {
	return AAC{SampleRate: 48000, Channels: channels, BitRate: 64000 * channels, Coder: "fast"}
}

// EncodeArgs returns the arguments of an encoder that reads raw 16-bit samples and writes ADTS frames.
func (a AAC) EncodeArgs() []string {
	return append(append(append(listQuietArgs(), a.listInputArgs("pipe:0")...), a.listCodecArgs()...), "pipe:1")
}

// EncodeFilesArgs returns the arguments of one process that encodes several files of raw samples. Each output is
// independent of the other files.
func (a AAC) EncodeFilesArgs(in, out []string) []string {
	args := listQuietArgs()
	for _, path := range in {
		args = append(args, a.listInputArgs(path)...)
	}
	for i, path := range out {
		args = append(append(append(args, "-map", strconv.Itoa(i)+":a"), a.listCodecArgs()...), "-y", path)
	}
	return args
}

// listInputArgs returns the arguments for reading raw samples.
func (a AAC) listInputArgs(path string) []string {
	return []string{"-f", "s16le", "-ar", strconv.Itoa(a.SampleRate), "-ac", strconv.Itoa(a.Channels), "-i", path}
}

// listCodecArgs returns the encoder's arguments. Noise substitution is off, because its result varies between runs.
func (a AAC) listCodecArgs() []string {
	return []string{
		"-c:a", "aac", "-aac_coder", a.Coder, "-aac_pns", "0", "-b:a", strconv.Itoa(a.BitRate),
		"-flags", "+bitexact", "-f", "adts",
	}
}

// EncodeSpeechFileArgs returns the arguments that encode raw samples to a file; format is wav or mp3.
func EncodeSpeechFileArgs(format string, sampleRate, channels int, path string) []string {
	args := append(listQuietArgs(), "-f", "s16le", "-ar", strconv.Itoa(sampleRate), "-ac", strconv.Itoa(channels),
		"-i", "pipe:0", "-fflags", "+bitexact", "-flags", "+bitexact")
	switch format {
	case "mp3":
		args = append(args, "-c:a", "libmp3lame", "-b:a", "128k", "-reservoir", "0", "-f", "mp3")
	default:
		args = append(args, "-c:a", "pcm_s16le", "-f", "wav")
	}
	return append(args, "-y", path)
}

// EncodeSpeechStreamArgs returns the arguments that encode raw samples as MP3 and write each packet immediately.
func EncodeSpeechStreamArgs(sampleRate, channels int) []string {
	return append(listQuietArgs(), "-f", "s16le", "-ar", strconv.Itoa(sampleRate), "-ac", strconv.Itoa(channels),
		"-i", "pipe:0", "-fflags", "+bitexact+flush_packets",
		"-flags", "+bitexact", "-c:a", "libmp3lame", "-b:a", "128k", "-reservoir", "0", "-write_xing", "0",
		"-id3v2_version", "0", "-f", "mp3", "pipe:1")
}

// EncodePosterArgs returns the arguments that decode an H.264 stream of n pictures from standard input and write the
// last one as a JPEG.
func (p Picture) EncodePosterArgs(n int) []string {
	return append(listQuietArgs(), "-threads", "1", "-filter_threads", "1", "-f", "h264", "-i", "pipe:0",
		"-vf", fmt.Sprintf("select=eq(n\\,%d),scale=in_color_matrix=bt709:in_range=tv:"+
			"out_color_matrix=bt601:out_range=pc,format=yuvj420p", n-1),
		"-frames:v", "1", "-fps_mode", "passthrough", "-c:v", "mjpeg", "-threads", "1", "-q:v", "3",
		"-fflags", "+bitexact", "-flags", "+bitexact", "-f", "image2pipe", "pipe:1")
}

// EncodeJPEGArgs returns the arguments that write one raw frame as a JPEG, like EncodePosterArgs.
func (p Picture) EncodeJPEGArgs() []string {
	return append(append(listQuietArgs(), p.listRawVideoArgs("pipe:0")...), "-frames:v", "1",
		"-vf", "scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc,format=yuvj420p",
		"-c:v", "mjpeg", "-threads", "1", "-q:v", "3", "-fflags", "+bitexact", "-flags", "+bitexact", "-f", "image2pipe", "pipe:1")
}

// EncodePNGArgs returns the arguments that write one raw frame as a PNG image.
func (p Picture) EncodePNGArgs() []string {
	return append(append(listQuietArgs(), p.listRawVideoArgs("pipe:0")...), "-frames:v", "1",
		"-vf", "scale=in_color_matrix=bt709:in_range=tv:"+stillScaling+",format=rgb24", "-fflags", "+bitexact",
		"-c:v", "png", "-f", "image2pipe", "pipe:1")
}

// EncodeSheetArgs returns the arguments that scale count raw frames to a width and arrange them on one PNG image,
// each below its number, counted from 1.
func (p Picture) EncodeSheetArgs(count, width int) []string {
	columns := int(math.Ceil(math.Sqrt(float64(count))))
	rows := (count + columns - 1) / columns
	height := max(width*p.Height/p.Width, 2)
	const strip, letters = 26, 17 // height of the strip for the number, and of its letters
	graph := fmt.Sprintf("scale=%d:%d:in_color_matrix=bt709:in_range=tv:%s,format=rgb24,"+
		"pad=iw:ih+%d:0:%d:color=0x24282d,"+
		"drawtext=font=Noto Sans:text='%%{eif\\:n+1\\:d}':x=4:y=(%d-th)/2:fontsize=%d:fontcolor=0xd5d9de,"+
		"tile=%dx%d:nb_frames=%d:padding=14:margin=14:color=0x24282d",
		width, height, stillScaling, strip, strip, strip, letters, columns, rows, count)
	return append(append(listQuietArgs(), p.listRawVideoArgs("pipe:0")...), "-frames:v", "1", "-vf", graph, "-fflags",
		"+bitexact",
		"-c:v", "png", "-f", "image2pipe", "pipe:1")
}

// ListPicturesArgs returns the arguments of a decoder that reads an H.264 byte stream and writes a line per
// picture. It fails at the first error in the stream. It neither analyses the stream in advance nor copies
// pictures, so the checksums in the lines are meaningless.
func ListPicturesArgs() []string {
	return append(listQuietArgs(), "-xerror", "-err_detect", "explode", "-threads", "1", "-filter_threads", "1",
		"-probesize", "32", "-analyzeduration", "0", "-f", "h264", "-i", "pipe:0",
		"-fps_mode", "passthrough", "-c:v", "wrapped_avframe", "-f", "framecrc", "pipe:1")
}
