// Package mp4 writes MP4 files with the index in front (ISO/IEC 14496-12, -14 and -15), with an exact
// constant frame rate and an exact edit list. The sizes of all samples are known before the first byte
// is written, so a file is written in one pass, and samples are not kept in memory. The same movie
// always has the same bytes: the file contains no creation time.
package mp4

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// Kind is the kind of a track.
type Kind int

// Values of Kind. Text is subtitles, Titles is the titles of chapters.
const (
	Video Kind = iota
	Audio
	Text
	Titles
)

// Track describes one track. Next writes its samples in order.
type Track struct {
	Kind Kind
	// Entry is the sample entry box, such as the result of EncodeAVCEntry or EncodeAACEntry.
	Entry []byte
	Timing
	// Sizes are the sizes of the samples in bytes.
	Sizes []uint32
	// Sync are the indexes of the samples at which decoding can start; nil means all samples.
	Sync []uint32
	// Width and Height are the size of video in pixels, and of text in units of Scale/65536 pixels; Scale 0
	// means one pixel.
	Width, Height int
	Scale         uint32
	Presentation
	// Next writes the next n samples to w.
	Next func(w io.Writer, n int) error
}

// Timing contains the durations of a track's samples.
type Timing struct {
	// Timescale is the number of units per second.
	Timescale uint32
	// Delta is the duration of every sample in units of the timescale. If samples differ, Deltas contains
	// the duration of each instead.
	Delta  uint32
	Deltas []uint32
	// Offsets are, for samples that are decoded in another order than they are shown, how much later than decoded
	// each sample is shown, in units of the timescale; nil if all are shown when they are decoded.
	Offsets []uint32
}

// Presentation says how players present a track.
type Presentation struct {
	// MediaTime is the time, in units of the track's timescale, at which the presentation begins. For
	// sound it is the encoder's delay, for video the offset of the sample that is shown first.
	MediaTime int64
	// Duration is the duration of the presentation in units of MovieTimescale.
	Duration int64
	// Language is an ISO 639-2/T code of three letters; "" means "und".
	Language string
	// Tag is the language as a BCP 47 tag, or "".
	Tag string
	// Disabled is true for a track that is not played by default. Chapters is the index in Movie.Tracks of
	// the track with the chapter titles; 0 means none.
	Disabled bool
	Chapters int
}

// MovieTimescale is the timescale of the movie, in units per second. It is the sample rate of the
// sound, so that the edit list is exact.
const MovieTimescale = 48000

// Movie is the content of a file to be written.
type Movie struct {
	// Tracks are the tracks; the first must be the picture.
	Tracks []*Track
	// Tags are metadata such as the title. Tags with an empty value are omitted.
	Tags []Tag
	// Chapters are written as a list in addition to the chapter track, for players that read only the
	// list.
	Chapters []Chapter
}

// Chapter is a chapter; Start is in units of 100 ns.
type Chapter struct {
	Start int64
	Title string
}

// Tag is an item of metadata. Code is its four-character code.
type Tag struct {
	Code  string
	Value string
}

// Codes of tags that players show.
const (
	TagTitle       = "\xa9nam"
	TagArtist      = "\xa9ART"
	TagComment     = "\xa9cmt"
	TagDescription = "desc"
	TagTool        = "\xa9too"
)

// chunk is a sequence of consecutive samples of one track. track is the index of the track, count the
// number of samples.
type chunk struct {
	track, count int
	offset       int64
}

// WriteMovie writes the movie to w and returns the number of bytes.
func WriteMovie(w io.Writer, m *Movie) (int64, error) {
	chunks, size, err := m.layOutChunks()
	if err != nil {
		return 0, err
	}
	large := size > math.MaxUint32-(64<<20)
	head := encodeFtyp()
	moov := m.encodeMoov(chunks, 0, large)
	mdatHead := 8
	if size+8 > math.MaxUint32 {
		mdatHead = 16
	}
	base := int64(len(head) + len(moov) + mdatHead)
	moov = m.encodeMoov(chunks, base, large)
	cw := &counter{w: w}
	for _, b := range [][]byte{head, moov, encodeMdatHeader(size, mdatHead)} {
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
			return cw.n, errors.New("mp4: the sizes of the samples do not add up to the length of the data")
		}
	}
	if cw.n != base+size {
		return cw.n, errors.New("mp4: the sizes of the samples do not add up to the length of the data")
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

// findSampleDuration returns the duration of sample i.
func (t *Track) findSampleDuration(i int) uint32 {
	if t.Deltas != nil {
		return t.Deltas[i]
	}
	return t.Delta
}

// sumDurations returns the duration of all samples, in units of the track's timescale.
func (t *Track) sumDurations() int64 {
	if t.Deltas == nil {
		return int64(t.Delta) * int64(len(t.Sizes))
	}
	var d int64
	for _, v := range t.Deltas {
		d += int64(v)
	}
	return d
}

// layOutChunks interleaves the tracks in chunks of about one second. It returns the chunks and the total
// size of samples.
func (m *Movie) layOutChunks() ([]chunk, int64, error) {
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
			if t.Offsets != nil && len(t.Offsets) != len(t.Sizes) {
				return nil, 0, fmt.Errorf("mp4: track %d has %d sizes and %d offsets", i, len(t.Sizes), len(t.Offsets))
			}
			c := chunk{track: i, offset: offset}
			for next[i] < len(t.Sizes) && times[i] < second*int64(t.Timescale) {
				times[i] += int64(t.findSampleDuration(next[i]))
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
