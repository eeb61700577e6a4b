// Package mp4 writes MP4 files with the index in front (ISO/IEC 14496-12, -14 and -15), with an
// exact constant frame rate and an exact edit list. The size of every sample is known before the
// first byte is written, so a film is written in one pass and each sample is copied once. Samples
// are not held in memory. The same movie has the same bytes: the file contains no creation time.
package mp4

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// Kind is what a track holds.
type Kind int

// The kinds of tracks. Text is subtitles, Titles are those of chapters.
const (
	Video Kind = iota
	Audio
	Text
	Titles
)

// Track describes one track. Its samples come from Next, in order.
type Track struct {
	Kind Kind
	// Entry is the box of the sample description: see AVC and AAC.
	Entry []byte
	Timing
	// Sizes are those of the samples in bytes.
	Sizes []uint32
	// Sync are the numbers, from 0, of the samples that decoding can start at; nil
	// when it can at every one.
	Sync []uint32
	// Width and Height in pixels, of video and text. Those of text may be in other units,
	// each of Scale 65536ths of a pixel; 0 is one.
	Width, Height int
	Scale         uint32
	Presentation
	// Next writes the next n samples.
	Next func(w io.Writer, n int) error
}

// Timing is how long the samples of a track last.
type Timing struct {
	// Timescale is in units a second.
	Timescale uint32
	// Delta is the length of every sample in units of the timescale; Deltas are those
	// of each when they differ.
	Delta  uint32
	Deltas []uint32
}

// Presentation is how a track is played.
type Presentation struct {
	// MediaTime is the time in the track's timescale at which its presentation begins:
	// the encoder delay of audio.
	MediaTime int64
	// Duration of the presentation in units of MovieTimescale.
	Duration int64
	// Language is an ISO 639-2/T code of three letters; "" is "und".
	Language string
	// Tag is the language's tag, BCP 47, or "".
	Tag string
	// Disabled tracks are not played unless chosen. Chapters names the track, from 1
	// on as the first is the picture, that holds the chapter titles of this one; 0 is not a track.
	Disabled bool
	Chapters int
}

// MovieTimescale is the movie's, in units a second: that of the sound, so that its
// edit list is exact.
const MovieTimescale = 48000

// Movie is a file to be written.
type Movie struct {
	// Tracks, the picture first.
	Tracks []*Track
	// Tags are metadata: title, artist, comment, description, tool. Empty ones are left out.
	Tags []Tag
	// Chapters are listed apart from their track too, for players that read only that.
	Chapters []Chapter
}

// Chapter begins at a time in units of 100 ns.
type Chapter struct {
	Start int64
	Title string
}

// Tag is one item of metadata under its four-character code.
type Tag struct {
	Code  string
	Value string
}

// The codes of the tags that players show.
const (
	TagTitle       = "\xa9nam"
	TagArtist      = "\xa9ART"
	TagComment     = "\xa9cmt"
	TagDescription = "desc"
	TagTool        = "\xa9too"
)

// chunk is a run of samples of one track that are together.
type chunk struct {
	track, count int
	offset       int64
}

// Write writes the movie. It returns the number of bytes.
func Write(w io.Writer, m *Movie) (int64, error) {
	chunks, size, err := m.layout()
	if err != nil {
		return 0, err
	}
	large := size > math.MaxUint32-(64<<20)
	head := ftyp()
	moov := m.moov(chunks, 0, large)
	mdatHead := 8
	if size+8 > math.MaxUint32 {
		mdatHead = 16
	}
	base := int64(len(head) + len(moov) + mdatHead)
	moov = m.moov(chunks, base, large)
	cw := &counter{w: w}
	for _, b := range [][]byte{head, moov, mdatHeader(size, mdatHead)} {
		if _, err := cw.Write(b); err != nil {
			return cw.n, err
		}
	}
	for _, c := range chunks {
		before := cw.n
		t := m.Tracks[c.track]
		if err := t.Next(cw, c.count); err != nil {
			return cw.n, err
		}
		if before != base+c.offset {
			return cw.n, errors.New("mp4: samples and their sizes disagree")
		}
	}
	if cw.n != base+size {
		return cw.n, errors.New("mp4: samples and their sizes disagree")
	}
	return cw.n, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// delta is the length of sample i.
func (t *Track) delta(i int) uint32 {
	if t.Deltas != nil {
		return t.Deltas[i]
	}
	return t.Delta
}

// duration is the length of the media in the track's timescale.
func (t *Track) duration() int64 {
	if t.Deltas == nil {
		return int64(t.Delta) * int64(len(t.Sizes))
	}
	var d int64
	for _, v := range t.Deltas {
		d += int64(v)
	}
	return d
}

// layout interleaves the tracks, about a second at a time.
func (m *Movie) layout() ([]chunk, int64, error) {
	next := make([]int, len(m.Tracks))
	times := make([]int64, len(m.Tracks))
	var chunks []chunk
	var offset int64
	for second := int64(1); ; second++ {
		left := false
		for i, t := range m.Tracks {
			if t.Deltas != nil && len(t.Deltas) != len(t.Sizes) {
				return nil, 0, fmt.Errorf("mp4: track %d has %d sizes and %d durations", i, len(t.Sizes), len(t.Deltas))
			}
			c := chunk{track: i, offset: offset}
			for next[i] < len(t.Sizes) && times[i] < second*int64(t.Timescale) {
				times[i] += int64(t.delta(next[i]))
				offset += int64(t.Sizes[next[i]])
				next[i]++
				c.count++
			}
			if c.count > 0 {
				chunks = append(chunks, c)
			}
			left = left || next[i] < len(t.Sizes)
		}
		if !left {
			return chunks, offset, nil
		}
	}
}
