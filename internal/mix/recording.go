package mix

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"mynah/internal/blame"
	"mynah/internal/caption"
	"mynah/internal/codec"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/sound"
	"mynah/internal/speech"
	"mynah/internal/timeline"
)

// Recording is spoken text as sound.
type Recording struct {
	// Cues contains its subtitles; empty if nothing is said.
	Cues []caption.Cue

	mixer   *Mixer
	track   *Soundtrack
	samples int64
	spans   []span
}

// span is the time of a scene, in samples.
type span struct{ from, to int64 }

// PlaceNarrationAndMusic places all spoken text on one track, with the music of the script. It returns findings for
// music that cannot be played. It omits silence after the last word and, without music, before the first.
func (x *Mixer) PlaceNarrationAndMusic(ctx context.Context) (*Recording, diag.List, error) {
	r := &Recording{mixer: x, track: x.PlanSoundtrack()}
	line := x.in.Line
	for _, s := range line.Scenes {
		if s.VoiceEnd > s.Sound {
			r.spans = append(r.spans, span{s.Sound, s.VoiceEnd})
		}
	}
	if len(r.spans) == 0 || len(line.Sounds) == 0 {
		return r, nil, nil
	}
	if len(r.track.decodes) > 0 { // music also plays before and after the speech
		r.samples = line.Samples
	} else {
		r.removeStart(r.spans[0].from)
		r.samples = r.spans[len(r.spans)-1].to
	}
	r.Cues = caption.MakeCues(x.in.Board, line, x.in.Spoken.ListWords)
	list, err := x.DecodeAllSounds(ctx, r.track)
	return r, list, err
}

// PlaceCues places the spoken cues of subtitles on one track, each at its time or after the previous one. It
// returns findings for cues that begin late.
func (x *Mixer) PlaceCues(cues []caption.Timed) (*Recording, diag.List) {
	r := &Recording{mixer: x, track: &Soundtrack{Channels: 1}}
	var list diag.List
	var end int64
	for i, c := range cues {
		from := timeline.ToSamplesDown(c.From)
		start := max(from, end)
		if start > from+timeline.SampleRate/20 {
			d := diag.Diagnostic{Range: x.in.Board.Scenes[i].Range, Severity: diag.Warning, Code: diag.TooLong}
			d.Summary = fmt.Sprintf("Cue %d begins %.1f s late: the previous text is too long for its time, "+
				"even at twice the speed", i+1, float64(start-from)/timeline.SampleRate)
			d.Hint = "shorten the text of the previous cue, or give it more time"
			list.Add(d)
		}
		end = start
		for _, s := range x.in.Spoken.Sentences[i] {
			clip := sound.Clip{Source: speech.NewSource(x.in.Booth, s), Start: end, Samples: s.Samples, Gain: 1000}
			r.track.clips = append(r.track.clips, clip)
			end += s.Samples
		}
		r.spans = append(r.spans, span{start, end})
		r.Cues = append(r.Cues, caption.Cue{Start: start, End: end, Text: c.Text})
	}
	r.samples = end
	return r, list
}

// IsEmpty reports whether the recording contains no sound.
func (r *Recording) IsEmpty() bool { return r.samples == 0 }

// CountScenes returns the number of scenes with speech.
func (r *Recording) CountScenes() int { return len(r.spans) }

// Seconds returns the length in seconds.
func (r *Recording) Seconds() float64 { return float64(r.samples) / timeline.SampleRate }

// removeStart removes samples from the start.
func (r *Recording) removeStart(samples int64) {
	for i := range r.spans {
		r.spans[i].from -= samples
		r.spans[i].to -= samples
	}
	for i := range r.track.clips {
		r.track.clips[i] = r.track.clips[i].MoveBy(-samples)
	}
}

// mixSpan writes the raw samples of a span.
func (r *Recording) mixSpan(ctx context.Context, s span, w io.Writer) error {
	var clips []sound.Clip
	for _, c := range r.track.clips {
		if c.Start < s.to && c.Start+c.Samples > s.from {
			clips = append(clips, c.MoveBy(-s.from))
		}
	}
	return sound.WriteMix(ctx, clips, s.to-s.from, r.track.Channels, w)
}

// speechBitRate is the bit rate of mp3 and m4a files, in bits per second.
const speechBitRate = 128_000

// writeSpan writes a span to a file.
func (r *Recording) writeSpan(ctx context.Context, format string, s span, path string) error {
	return r.encodeMixedSpan(ctx, s, func(pcm io.Reader) error {
		if format != "m4a" {
			args := ffmpeg.EncodeSpeechFileArgs(format, timeline.SampleRate, r.track.Channels, path)
			return r.mixer.tools.FFmpeg.RunFFmpeg(ctx, args, pcm, io.Discard)
		}
		aac := ffmpeg.NewDefaultAAC(r.track.Channels)
		aac.BitRate = speechBitRate
		return film.WriteM4A(ctx, r.mixer.tools.FFmpeg, aac, s.to-s.from, pcm, path)
	})
}

// encodeMixedSpan mixes a span and feeds its samples to encode while they are made.
func (r *Recording) encodeMixedSpan(ctx context.Context, s span, encode func(pcm io.Reader) error) error {
	in, out := io.Pipe()
	go func() { _ = out.CloseWithError(fault.Guard(doing, func() error { return r.mixSpan(ctx, s, out) })) }()
	err := encode(in)
	_ = in.Close()
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, ctx.Err(), "stopped")
	}
	return blame.ToFault(err)
}

// WriteFile writes the speech to a file. It does not write atomically.
func (r *Recording) WriteFile(ctx context.Context, format, path string) error {
	return r.writeSpan(ctx, format, span{0, r.samples}, path)
}

// WriteSceneFiles writes a zip file with one sound file per scene: scene-001.mp3 and so on.
func (r *Recording) WriteSceneFiles(ctx context.Context, format, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fault.New(fault.Disk, err, "the archive cannot be written")
	}
	defer func() { _ = f.Close() }()
	z := zip.NewWriter(f)
	for i, s := range r.spans {
		part := filepath.Join(r.mixer.Work, "scene")
		if err := r.writeSpan(ctx, format, s, part); err != nil {
			return err
		}
		if err := addUncompressedFile(z, fmt.Sprintf("scene-%03d.%s", i+1, format), part); err != nil {
			return fault.New(fault.Disk, err, "the archive cannot be written")
		}
		r.mixer.ReportProgress(float64(i+1) / float64(len(r.spans)))
	}
	if err := z.Close(); err != nil {
		return fault.New(fault.Disk, err, "the archive cannot be written")
	}
	return nil
}

// addUncompressedFile adds a file to an archive without compression, because sound files do not get smaller.
func addUncompressedFile(z *zip.Writer, name, path string) error {
	head := &zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	w, err := z.CreateHeader(head)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}

// Stream writes MP3 while it is encoded. Other formats are written to a file first: m4a has its index at the
// start.
func (r *Recording) Stream(ctx context.Context, format string, w io.Writer) error {
	if format == "mp3" {
		return r.encodeMixedSpan(ctx, span{0, r.samples}, func(pcm io.Reader) error {
			if codec.HasMP3Encoder(r.mixer.tools.Run) {
				form := codec.MP3{SampleRate: timeline.SampleRate, Channels: r.track.Channels, BitRate: speechBitRate}
				return form.Encode(ctx, r.mixer.tools.Run, pcm, w)
			}
			return r.mixer.tools.FFmpeg.RunFFmpeg(ctx, ffmpeg.EncodeSpeechStreamArgs(timeline.SampleRate, r.track.Channels),
				pcm, w)
		})
	}
	path := filepath.Join(r.mixer.Work, "speech")
	if err := r.WriteFile(ctx, format, path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fault.New(fault.Disk, err, "the sound cannot be read")
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}
