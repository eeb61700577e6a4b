package ffmpeg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"mynah/internal/frame"
	"mynah/internal/media"
)

// Info describes a clip, GIF or audio file.
type Info struct {
	// Video is nil if the file has no pictures, Audio if it has no sound.
	Video *Video `json:"video,omitempty"`
	Audio *Audio `json:"audio,omitempty"`
}

// Video describes the pictures of a clip.
type Video struct {
	Source   Source     `json:"source"`
	Rate     frame.Rate `json:"rate"`
	Frames   int64      `json:"frames"`
	Length   *big.Rat   `json:"length"`
	AlphaVPX string     `json:"alphaVPX,omitempty"`
}

// Audio describes the sound of a clip or audio file.
type Audio struct {
	Channels int      `json:"channels"`
	Length   *big.Rat `json:"length"`
}

// probeStream is a stream in ffprobe's output.
type probeStream struct {
	Index      int    `json:"index"`
	Type       string `json:"codec_type"`
	Codec      string `json:"codec_name"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	PixFmt     string `json:"pix_fmt"`
	SAR        string `json:"sample_aspect_ratio"`
	Space      string `json:"color_space"`
	Range      string `json:"color_range"`
	Transfer   string `json:"color_transfer"`
	Primaries  string `json:"color_primaries"`
	AvgRate    string `json:"avg_frame_rate"`
	RealRate   string `json:"r_frame_rate"`
	Frames     string `json:"nb_frames"`
	Packets    string `json:"nb_read_packets"`
	Start      string `json:"start_time"`
	Duration   string `json:"duration"`
	Channels   int    `json:"channels"`
	SampleRate string `json:"sample_rate"`
	Tags       struct {
		Duration  string `json:"DURATION"`
		AlphaMode string `json:"alpha_mode"`
	} `json:"tags"`
	Disposition struct {
		Default  int `json:"default"`
		Attached int `json:"attached_pic"`
	} `json:"disposition"`
	SideData []struct {
		Rotation json.Number `json:"rotation"`
	} `json:"side_data_list"`
}

// probeOutput is the output of ffprobe.
type probeOutput struct {
	Streams []probeStream `json:"streams"`
	Format  struct {
		Start    string `json:"start_time"`
		Duration string `json:"duration"`
	} `json:"format"`
	Packets []struct {
		Stream   int    `json:"stream_index"`
		Duration string `json:"duration_time"`
	} `json:"packets"`
}

// ErrNoStream means that a file has neither pictures nor sound that can be read.
var ErrNoStream = errors.New("it contains neither pictures nor sound")

const probeEntries = "format=start_time,duration:stream=index,codec_type,codec_name,width,height,pix_fmt," +
	"sample_aspect_ratio,color_space,color_range," +
	"color_transfer,color_primaries,avg_frame_rate,r_frame_rate,nb_frames,nb_read_packets,start_time,duration," +
	"channels,sample_rate:stream_tags=DURATION,alpha_mode:" +
	"stream_disposition=default,attached_pic:stream_side_data=rotation"

// ProbeFile reads the properties of a clip, GIF or audio file.
func (t *Tools) ProbeFile(ctx context.Context, in Input) (*Info, error) {
	if pcm, ok := findPlainSamples(in); ok {
		// Round like ffprobe, so that the length is the same either way.
		length := parseFirstPositiveTime(strconv.FormatFloat(float64(pcm.CountFrames())*(1/float64(pcm.Rate)), 'f', 6, 64))
		return &Info{Audio: &Audio{Channels: pcm.Channels, Length: length}}, nil
	}
	out, err := t.runFFprobe(ctx, in)
	if err != nil {
		return nil, err
	}
	info := out.toInfo(in)
	if info.Video != nil && info.Video.Length.Sign() <= 0 {
		// The container does not state the length: count the pictures.
		if out, err = t.runFFprobe(ctx, in, "-count_packets"); err != nil {
			return nil, err
		}
		info = out.toInfo(in)
	}
	if v := info.Video; v != nil && in.Format == media.Matroska && v.isNoLongerThan(2) {
		// A clip of one or two frames may have damaged timestamps: Matroska states the last timestamp as the
		// length. Only counting shows how many pictures there are.
		if out, err = t.runFFprobe(ctx, in, "-count_packets"); err != nil {
			return nil, err
		}
		if n := out.toInfo(in).Video; n != nil && n.Frames > 4 && v.isNoLongerThan(n.Frames/2) {
			return nil, fmt.Errorf("its %d pictures have no timestamps", n.Frames)
		}
	}
	if info.Video == nil && info.Audio == nil {
		return nil, ErrNoStream
	}
	return info, nil
}

// isNoLongerThan reports whether the pictures last no longer than a number of frames should.
func (v *Video) isNoLongerThan(frames int64) bool {
	return v.Length.Cmp(new(big.Rat).Mul(big.NewRat(v.Rate.Den, v.Rate.Num), big.NewRat(frames, 1))) <= 0
}

// runFFprobe runs ffprobe with additional arguments.
func (t *Tools) runFFprobe(ctx context.Context, in Input, more ...string) (*probeOutput, error) {
	args := append([]string{"-hide_banner", "-v", "error"}, in.listGuardArgs()...)
	entries := probeEntries
	if in.Format == media.GIF || in.Cycles {
		entries += ":packet=stream_index,duration_time"
	}
	args = append(args, more...)
	args = append(args, "-of", "json", "-show_entries", entries, in.Path)
	b, err := t.runForOutput(ctx, t.FFprobe, args)
	if err != nil {
		return nil, err
	}
	var out probeOutput
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("read the output of ffprobe: %w", err)
	}
	return &out, nil
}

// toInfo converts ffprobe's output.
func (o *probeOutput) toInfo(in Input) *Info {
	f := in.Format
	info := &Info{}
	for _, s := range o.Streams {
		switch {
		case s.Type == "video" && s.Disposition.Attached == 0 && info.Video == nil && s.Width > 0 && s.Height > 0:
			info.Video = o.toVideo(s, in)
		case s.Type == "audio" && info.Audio == nil && s.Channels > 0:
			info.Audio = &Audio{Channels: s.Channels, Length: o.computeStreamEnd(s, f, func(r *big.Rat) *big.Rat { return r })}
		}
	}
	return info
}

// toVideo converts a picture stream.
func (o *probeOutput) toVideo(s probeStream, in Input) *Video {
	rate := parseRate(s.AvgRate)
	if rate.Num == 0 {
		rate = parseRate(s.RealRate)
	}
	if rate.Num == 0 {
		rate = frame.Rate{Num: 25, Den: 1}
	}
	v := &Video{Rate: rate, Source: s.toSource()}
	if s.Tags.AlphaMode == "1" {
		v.AlphaVPX = map[string]string{"vp8": "libvpx", "vp9": "libvpx-vp9"}[s.Codec]
	}
	v.Source.Alpha = v.Source.Alpha || v.AlphaVPX != ""
	if in.Format == media.GIF || in.Cycles {
		var delays []*big.Rat
		for _, p := range o.Packets {
			if p.Stream != s.Index {
				continue
			}
			v.Frames++
			if d := parseFirstPositiveTime(p.Duration); d != nil {
				delays = append(delays, d)
			}
		}
		v.setRateAndLengthFromDelays(delays)
		return v
	}
	v.Frames, _ = strconv.ParseInt(s.Frames, 10, 64)
	if packets, err := strconv.ParseInt(s.Packets, 10, 64); err == nil {
		v.Frames = packets
	}
	v.Length = o.computeStreamEnd(s, in.Format, func(stated *big.Rat) *big.Rat {
		return correctStatedLength(stated, v.Frames,
			rate)
	})
	return v
}

// setRateAndLengthFromDelays sets the length of one cycle to the sum of the delays, and the rate to that of the most common delay,
// or the shorter one of two equally common ones.
func (v *Video) setRateAndLengthFromDelays(list []*big.Rat) {
	v.Length = new(big.Rat)
	count := map[string]int{}
	var commonest *big.Rat
	for _, d := range list {
		v.Length.Add(v.Length, d)
		count[d.RatString()]++
	}
	for _, d := range list {
		if commonest == nil || count[d.RatString()] > count[commonest.RatString()] ||
			count[d.RatString()] == count[commonest.RatString()] && d.Cmp(commonest) < 0 {
			commonest = d
		}
	}
	if commonest != nil {
		const exact = 1_000_000_000
		rate := new(big.Rat).Inv(commonest)
		if n, d := rate.Num(), rate.Denom(); n.IsInt64() && n.Int64() <= exact && d.IsInt64() && d.Int64() <= exact {
			v.Rate = frame.Rate{Num: n.Int64(), Den: d.Int64()}
		}
	}
}

// DescribeMovie returns the description of a file that MovieWriter wrote. ms contains the duration of each picture, in
// milliseconds.
func DescribeMovie(w, h int, ms []int64) *Info {
	v := &Video{Frames: int64(len(ms)), Source: Source{
		Width: w, Height: h, Turn: 1, PixelW: 1, PixelH: 1, Alpha: true, Coding: Coding{Matrix: "rgb"},
	}}
	var list []*big.Rat
	for _, d := range ms {
		list = append(list, big.NewRat(d, 1000))
	}
	v.setRateAndLengthFromDelays(list)
	return &Info{Video: v}
}

// computeStreamEnd returns the time from the start of the file to the end of a stream. exact corrects the stream's own
// length. The delay of a stream that begins later than the file is added, so that sound and pictures stay in
// sync.
func (o *probeOutput) computeStreamEnd(s probeStream, f media.Format, exact func(*big.Rat) *big.Rat) *big.Rat {
	start, first := parseSignedTime(s.Start), parseSignedTime(o.Format.Start)
	stated := parseFirstPositiveTime(s.Duration)
	if stated == nil {
		if stated = parseFirstPositiveTime(s.Tags.Duration, o.Format.Duration); stated != nil && f == media.Matroska {
			stated.Sub(stated, start) // Matroska states the time of the end
		}
	}
	own := exact(stated)
	if own == nil || own.Sign() <= 0 || start.Cmp(first) <= 0 {
		return own
	}
	return new(big.Rat).Add(own, new(big.Rat).Sub(start, first))
}

// maxSeconds is the maximum plausible time, 115 days. Longer times are damage.
const maxSeconds = 10_000_000

// parseSignedTime parses a time that may be negative. It returns 0 for invalid text.
func parseSignedTime(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	limit := big.NewRat(maxSeconds, 1)
	if !ok || len(text) > 40 || strings.ContainsAny(text, "eE/") || new(big.Rat).Abs(r).Cmp(limit) > 0 {
		return new(big.Rat)
	}
	return r
}

// correctStatedLength corrects a length that a container states in rounded decimals: it returns a whole number of
// frames if the stated length is close enough to it.
func correctStatedLength(stated *big.Rat, frames int64, rate frame.Rate) *big.Rat {
	perFrame := big.NewRat(rate.Den, rate.Num)
	byFrames := new(big.Rat).Mul(big.NewRat(frames, 1), perFrame)
	if stated == nil {
		return byFrames
	}
	within := func(a *big.Rat, limit *big.Rat) bool {
		d := new(big.Rat).Sub(a, stated)
		return d.Abs(d).Cmp(limit) < 0
	}
	if frames > 0 && within(byFrames, new(big.Rat).Mul(perFrame, big.NewRat(3, 5))) {
		return byFrames
	}
	f, _ := new(big.Rat).Quo(stated, perFrame).Float64()
	rounded := new(big.Rat).Mul(big.NewRat(int64(math.Round(f)), 1), perFrame)
	if within(rounded, big.NewRat(1, 500)) {
		return rounded
	}
	return stated
}

// toSource converts the properties of a picture stream.
func (s probeStream) toSource() Source {
	out := Source{Width: s.Width, Height: s.Height, Turn: 1, PixelW: 1, PixelH: 1}
	if a, b, ok := strings.Cut(s.SAR, ":"); ok {
		w, err1 := strconv.Atoi(a)
		h, err2 := strconv.Atoi(b)
		if err1 == nil && err2 == nil && w > 0 && h > 0 && w <= 20*h && h <= 20*w {
			out.PixelW, out.PixelH = w, h
		}
	}
	for _, d := range s.SideData {
		if r, err := d.Rotation.Float64(); err == nil {
			// The display matrix is counterclockwise; the EXIF orientations for 0, 90, 180, 270 degrees are 1,
			// 6, 3, 8.
			out.Turn = []int{1, 6, 3, 8}[((int(math.Round(-r/90))%4)+4)%4]
		}
	}
	alpha := []string{"yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16"}
	out.Alpha = s.PixFmt == "pal8" || slices.ContainsFunc(alpha,
		func(p string) bool { return strings.HasPrefix(s.PixFmt, p) })
	out.FullRange = s.Range == "pc" || strings.HasPrefix(s.PixFmt, "yuvj")
	out.Plain = s.PixFmt == "yuv420p"
	switch {
	case !strings.HasPrefix(s.PixFmt, "yuv") && !strings.HasPrefix(s.PixFmt, "nv") &&
		!strings.HasPrefix(s.PixFmt, "gray"):
		out.Matrix = "rgb"
	case s.Space == "bt709":
		out.Matrix = "bt709"
	case strings.HasPrefix(s.Space, "bt2020"):
		out.Matrix = "bt2020"
	case s.Space == "smpte170m", s.Space == "bt470bg":
		out.Matrix = "bt601"
	case s.Space == "smpte240m", s.Space == "fcc":
		out.Matrix = s.Space
	case s.Width >= 1280 || s.Height > 576:
		out.Matrix = "bt709" // not stated: players decide by size
	default:
		out.Matrix = "bt601"
	}
	out.Primaries, out.Transfer = parsePrimaries(s.Primaries), parseTransfer(s.Transfer)
	return out
}

// parsePrimaries and transfer return the code points of ITU-T H.273 for ffmpeg's names, 0 for unknown names.
func parsePrimaries(name string) int {
	return map[string]int{
		"bt709": 1, "bt470m": 4, "bt470bg": 5, "smpte170m": 6, "smpte240m": 7, "film": 8, "bt2020": 9,
		"smpte428": 10, "smpte431": 11, "smpte432": 12, "ebu3213": 22, "jedec-p22": 22,
	}[name]
}

func parseTransfer(name string) int {
	return map[string]int{
		"bt709": 1, "gamma22": 4, "bt470m": 4, "gamma28": 5, "bt470bg": 5, "smpte170m": 6, "smpte240m": 7, "linear": 8,
		"iec61966-2-4": 11, "bt1361e": 12, "iec61966-2-1": 13, "bt2020-10": 14, "bt2020-12": 15,
		"smpte2084": 16, "smpte428": 17, "arib-std-b67": 18,
	}[name]
}

// parseFirstPositiveTime returns the first text that is a positive time, in decimals or as h:m:s, or nil.
func parseFirstPositiveTime(texts ...string) *big.Rat {
	for _, t := range texts {
		total := new(big.Rat)
		good := t != ""
		for part := range strings.SplitSeq(t, ":") {
			v, ok := new(big.Rat).SetString(part)
			if !ok || len(part) > 40 || strings.ContainsAny(part, "eE/") {
				good = false
				break
			}
			total.Mul(total, big.NewRat(60, 1)).Add(total, v)
		}
		if good && total.Sign() > 0 && total.Cmp(big.NewRat(maxSeconds, 1)) <= 0 {
			return total
		}
	}
	return nil
}

// parseRate parses a fraction such as "30000/1001". It returns the zero rate for invalid text.
func parseRate(s string) frame.Rate {
	a, b, ok := strings.Cut(s, "/")
	n, err1 := strconv.ParseInt(a, 10, 64)
	d, err2 := strconv.ParseInt(b, 10, 64)
	if !ok || err1 != nil || err2 != nil || n <= 0 || d <= 0 {
		return frame.Rate{}
	}
	r := big.NewRat(n, d)
	return frame.Rate{Num: r.Num().Int64(), Den: r.Denom().Int64()}
}
