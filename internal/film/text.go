package film

import (
	"io"
	"math/big"

	"mynah/internal/mp4"
)

// Cue is a subtitle of the subtitle track. Start and End are in samples of the sound.
type Cue struct {
	Start, End int64
	Text       string
}

// Chapter is a chapter of the film; Frame is its first frame.
type Chapter struct {
	Frame int64  `json:"frame"`
	Title string `json:"title"`
}

// withSamples returns t with the given samples.
func withSamples(t mp4.Track, samples [][]byte) *mp4.Track {
	for _, s := range samples {
		t.Sizes = append(t.Sizes, uint32(len(s)))
	}
	next := 0
	t.Next = func(w io.Writer, n int) error {
		for range n {
			if _, err := w.Write(samples[next]); err != nil {
				return err
			}
			next++
		}
		return nil
	}
	return &t
}

// newSubtitleTrack returns the track of the cues. Between cues it contains empty samples.
func (f *Film) newSubtitleTrack(duration int64) *mp4.Track {
	width, height := (mp4.TextHeight*f.Picture.Width+f.Picture.Height/2)/f.Picture.Height, mp4.TextHeight
	t := mp4.Track{
		Kind: mp4.Text, Entry: mp4.EncodeSubtitleEntry(width, height), Timing: mp4.Timing{Timescale: mp4.MovieTimescale},
		Width: width, Height: height, Scale: uint32(f.Picture.Height << 16 / height),
		Presentation: mp4.Presentation{Duration: duration, Language: f.Language, Tag: f.Tag},
	}
	var samples [][]byte
	var at int64
	show := func(until int64, text string) {
		if until = min(until, duration); until > at {
			samples, t.Deltas = append(samples, mp4.EncodeTextSample(text)), append(t.Deltas, uint32(until-at))
			at = until
		}
	}
	for _, c := range f.Cues {
		show(c.Start, "")
		show(c.End, c.Text)
	}
	show(duration, "")
	return withSamples(t, samples)
}

// newTitleTrack returns the track of the chapters' titles, in the time units of the picture track.
func (f *Film) newTitleTrack(duration int64) *mp4.Track {
	scale, delta := chooseTimescale(f.Picture)
	t := mp4.Track{
		Kind: mp4.Titles, Entry: mp4.EncodeTitleEntry(), Timing: mp4.Timing{Timescale: scale},
		Presentation: mp4.Presentation{Duration: duration, Language: f.Language, Tag: f.Tag, Disabled: true},
	}
	var samples [][]byte
	for i, c := range f.Chapters {
		end := f.CountFrames()
		if i+1 < len(f.Chapters) {
			end = f.Chapters[i+1].Frame
		}
		samples, t.Deltas = append(samples, mp4.EncodeTitleSample(c.Title)), append(t.Deltas, uint32(end-c.Frame)*delta)
	}
	return withSamples(t, samples)
}

// listChapters returns the chapters with times in units of 100 ns, rounded.
func (f *Film) listChapters() []mp4.Chapter {
	var out []mp4.Chapter
	for _, c := range f.Chapters {
		n := new(big.Int).Mul(big.NewInt(c.Frame), big.NewInt(f.Picture.FPS.Den*20_000_000))
		n.Add(n, big.NewInt(f.Picture.FPS.Num))
		n.Div(n, big.NewInt(2*f.Picture.FPS.Num))
		out = append(out, mp4.Chapter{Start: n.Int64(), Title: c.Title})
	}
	return out
}
