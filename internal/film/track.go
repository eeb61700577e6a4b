package film

import (
	"encoding/binary"
	"fmt"
	"io"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/h264"
)

// SegmentRun is a range of the picture track that shows one segment.
type SegmentRun struct {
	Segment cache.Key
	// Take is the number of pictures that are used, from the first; 0 means all.
	Take int
	// Frames is the length of the run. After the pictures that are used, the last one is shown for the
	// remaining frames, or with Cycle the segment repeats.
	Frames int64
	// Cycle is the number of frames after which the segment repeats; 0 means never.
	Cycle int64
	// Holds is the number of frames for which each picture is shown. Without it each picture except the
	// last is shown for one frame.
	Holds []int64
}

// PictureTrack is the picture track: it determines the encoded picture of each frame.
type PictureTrack struct {
	params *h264.Params
	lib    *library
	runs   []SegmentRun
	// repeat is the number of unchanged frames after which an intra picture is inserted, so that players
	// can seek into a long still.
	repeat int64
}

// repeatSeconds is the maximum time between intra pictures while a picture does not change.
const repeatSeconds = 10

// ChooseMaxUnchangedFrames returns the maximum number of unchanged frames between intra pictures.
func ChooseMaxUnchangedFrames(p ffmpeg.Picture) int64 {
	return max(repeatSeconds*p.FPS.Num/p.FPS.Den, 1)
}

// sample is one frame of the track.
type sample struct {
	segment cache.Key
	unit    int    // -1 for a skip picture
	id      uint32 // idr_pic_id of an IDR picture
	number  int    // frame_num of an encoded picture
	size    uint32
	idr     bool
	// held is true for a picture after skip pictures, whose frame_num differs from the one that it was
	// encoded with.
	held bool
}

// cursor iterates over the frames of a track.
type cursor struct {
	t       *PictureTrack
	run     int
	frame   int64 // index in the run
	number  int   // reference pictures since the last IDR picture, including it
	id      uint32
	stood   int64 // skip pictures since the last encoded picture
	lastIDR bool  // the picture that is shown was intra coded
	skips   map[int]uint32
	held    int   // number of pictures of a run with Holds that were shown
	until   int64 // frame of the run until which the last of them is shown
	buf     []byte
}

func (t *PictureTrack) newCursor() *cursor { return &cursor{t: t, id: 2, skips: map[int]uint32{}} }

// readNextSample returns the next frame, or false at the end.
func (c *cursor) readNextSample() (sample, bool, error) {
	for c.run < len(c.t.runs) && c.frame >= c.t.runs[c.run].Frames {
		c.run, c.frame, c.held, c.until = c.run+1, 0, 0, 0
	}
	if c.run == len(c.t.runs) {
		return sample{}, false, nil
	}
	p := c.t.runs[c.run]
	x, err := c.t.lib.recallOrReadIndex(p.Segment)
	if err != nil {
		return sample{}, false, err
	}
	take := x.CountUnits()
	if p.Take > 0 {
		take = min(take, p.Take)
	}
	if take == 0 {
		return sample{}, false, fmt.Errorf("segment %s contains no picture", p.Segment)
	}
	at := c.frame
	if p.Cycle > 0 {
		at %= p.Cycle
	}
	c.frame++
	shown := take - 1 // index of the picture that stays visible
	switch {
	case len(p.Holds) > 0:
		if at == c.until && c.held < min(len(p.Holds), x.CountUnits()) {
			c.held++
			c.until += p.Holds[c.held-1]
			return c.newHeldSample(p.Segment, c.held-1, x.units[c.held-1])
		}
		shown = c.held - 1
	case at < int64(take):
		return c.newCodedSample(p.Segment, int(at), x.units[at])
	}
	c.stood++
	if c.lastIDR && c.stood == c.t.repeat {
		return c.newCodedSample(p.Segment, shown, x.units[shown])
	}
	s := sample{unit: -1, number: c.number}
	size, ok := c.skips[c.number%(1<<16)]
	if !ok {
		size = uint32(len(c.t.params.NewSkipPicture(c.number))) + 4
		c.skips[c.number%(1<<16)] = size
	}
	s.size = size
	c.number++
	return s, true, nil
}

func (c *cursor) newCodedSample(key cache.Key, i int, u unit) (sample, bool, error) {
	s := sample{segment: key, unit: i, size: u.size + 4, idr: u.idr}
	if u.idr {
		c.id = 3 - c.id
		s.id = c.id
		if s.id == 2 {
			s.size = u.other + 4
		}
		c.number = 0
	}
	c.number++
	c.lastIDR, c.stood = u.idr, 0
	return s, true, nil
}

// newHeldSample returns an encoded picture after skip pictures. Its changed frame_num can change its size.
func (c *cursor) newHeldSample(key cache.Key, i int, u unit) (sample, bool, error) {
	number := c.number
	s, ok, err := c.newCodedSample(key, i, u)
	if err != nil || u.idr {
		return s, ok, err
	}
	s.held, s.number = true, number
	nal, err := c.t.readSample(s, &c.buf)
	s.size = uint32(len(nal)) + 4
	return s, ok, err
}

// listSampleSizes returns the sizes in bytes of all frames, and the indexes of the intra coded ones.
func (t *PictureTrack) listSampleSizes() (sizes, sync []uint32, err error) {
	c := t.newCursor()
	for {
		s, ok, err := c.readNextSample()
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			return sizes, sync, nil
		}
		if s.idr {
			sync = append(sync, uint32(len(sizes)))
		}
		sizes = append(sizes, s.size)
	}
}

// newSampleWriter returns a function that writes the next n frames, each with its length in front.
func (t *PictureTrack) newSampleWriter() func(w io.Writer, n int) error {
	c := t.newCursor()
	var buf, out []byte
	return func(w io.Writer, n int) error {
		for range n {
			s, _, err := c.readNextSample()
			if err != nil {
				return err
			}
			nal, err := t.readSample(s, &buf)
			if err != nil {
				return err
			}
			if len(nal)+4 != int(s.size) {
				return fmt.Errorf("a coded picture has %d bytes, its index says %d", len(nal), s.size-4)
			}
			out = binary.BigEndian.AppendUint32(out[:0], uint32(len(nal)))
			out = append(out, nal...)
			if _, err := w.Write(out); err != nil {
				return err
			}
		}
		return nil
	}
}

// readSample returns the NAL unit of a frame. It uses buf as memory.
func (t *PictureTrack) readSample(s sample, buf *[]byte) ([]byte, error) {
	if s.unit < 0 {
		return t.params.NewSkipPicture(s.number), nil
	}
	nal, err := t.lib.readUnit(s.segment, s.unit, *buf)
	if err != nil {
		return nil, err
	}
	*buf = nal
	switch {
	case s.idr:
		return t.params.SetIDRPicID(nal, s.id)
	case s.held:
		return t.params.SetFrameNum(nal, s.number)
	default:
		return nal, nil
	}
}

// WriteAnnexB writes the pictures that are needed to decode frame n as a byte stream, and returns their
// number. Frame n is the last of them.
func (t *PictureTrack) WriteAnnexB(w io.Writer, n int64) (int, error) {
	var from []sample
	c := t.newCursor()
	for range n + 1 {
		s, ok, err := c.readNextSample()
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		if s.idr {
			from = from[:0]
		}
		if s.unit >= 0 { // skip pictures change nothing and are omitted; frame numbers are adjusted below
			from = append(from, s)
		}
	}
	start := []byte{0, 0, 0, 1}
	put := func(nal []byte) error {
		if _, err := w.Write(start); err != nil {
			return err
		}
		_, err := w.Write(nal)
		return err
	}
	for _, nal := range [][]byte{t.params.SPS, t.params.PPS} {
		if err := put(nal); err != nil {
			return 0, err
		}
	}
	var buf []byte
	for i, s := range from {
		nal, err := t.readSample(s, &buf)
		if err != nil {
			return 0, err
		}
		if !s.idr {
			if nal, err = t.params.SetFrameNum(nal, i); err != nil {
				return 0, err
			}
		}
		if err := put(nal); err != nil {
			return 0, err
		}
	}
	return len(from), nil
}
