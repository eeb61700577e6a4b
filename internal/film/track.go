package film

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"

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
	params map[cache.Key]*h264.Params // of each segment
	sets   []*h264.Params             // distinct ones, by id, as they are written
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

// sample is one coded frame of the track.
type sample struct {
	params  *h264.Params
	segment cache.Key
	unit    int       // -1 for a skip picture
	skip    h264.Skip // place of a skip picture
	id      uint32    // idr_pic_id of an IDR picture
	number  int       // frame_num of an encoded picture
	size    uint32
	idr     bool
	// held is true for a picture after skip pictures, whose frame_num differs from the one that it was
	// encoded with.
	held bool
	// shift is the number of frames by which the picture is shown later than its place in the track says.
	shift int8
}

// cursor iterates over the frames of a track in coding order.
type cursor struct {
	t       *PictureTrack
	run     int
	frame   int64 // index in the run
	place   place
	id      uint32
	stood   int64 // skip pictures since the last encoded picture
	lastIDR bool  // the picture that is shown was intra coded
	skips   map[skipKey]uint32
	held    int   // number of pictures of a run with Holds that were shown
	until   int64 // frame of the run until which the last of them is shown
	buf     []byte
}

// place counts the pictures since the last IDR picture, including it.
type place struct {
	refs  int // reference pictures
	all   int // pictures
	shown int // place, in the order in which they are shown, of the picture that is shown last
	// back is the number of reference pictures from the one that is shown last to the next one; 0 if no picture can
	// refer to it.
	back int
}

// addUnit counts an encoded picture.
func (p *place) addUnit(u unit) {
	if u.idr {
		*p = place{shown: -1}
	}
	at := p.all + int(u.shift)
	p.all++
	isLast := at > p.shown
	if isLast {
		p.shown, p.back = at, 0
	}
	if !u.unused {
		p.refs++
		if isLast || p.back > 0 {
			p.back++
		}
	}
}

// addSkip counts a skip picture.
func (p *place) addSkip() {
	p.shown, p.back = p.all, 1
	p.all++
	p.refs++
}

// skipKey identifies what the size of a skip picture depends on.
type skipKey struct {
	id int // of the parameter sets
	h264.Skip
}

// skipRange is a multiple of the ranges of all numbers in skip pictures.
const skipRange = 1 << 16

func (t *PictureTrack) newCursor() *cursor {
	return &cursor{t: t, id: 2, skips: map[skipKey]uint32{}}
}

// checkCuts checks that the segment of a run, of which take pictures are used, is cut only where the pictures before
// the cut do not need those behind it.
func (p SegmentRun) checkCuts(x *Index, take int) error {
	ends := []int64{p.Frames}
	if p.Cycle > 0 {
		if p.Frames >= p.Cycle {
			ends[0] = p.Cycle
		}
		if rest := p.Frames % p.Cycle; rest > 0 {
			ends = append(ends, rest)
		}
	}
	for _, end := range ends {
		if !x.isClosedAt(int(min(end, int64(take)))) {
			return fmt.Errorf("segment %s cannot be cut after %d pictures", p.Segment, min(end, int64(take)))
		}
	}
	return nil
}

// countUsedPictures returns the number of encoded pictures of a run's segment that are used.
func (p SegmentRun) countUsedPictures(x *Index) (int, error) {
	take := x.CountUnits()
	if p.Take > 0 {
		take = min(take, p.Take)
	}
	if take == 0 {
		return 0, fmt.Errorf("segment %s contains no picture", p.Segment)
	}
	return take, nil
}

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
	take, err := p.countUsedPictures(x)
	if err == nil && c.frame == 0 && len(p.Holds) == 0 {
		err = p.checkCuts(x, take)
	}
	if err != nil {
		return sample{}, false, err
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
	return c.newSkipSample(p.Segment)
}

// newSkipSample returns a skip picture that repeats the picture that is shown last.
func (c *cursor) newSkipSample(key cache.Key) (sample, bool, error) {
	if c.place.back == 0 {
		return sample{}, false, fmt.Errorf("segment %s ends with a picture that cannot be repeated", key)
	}
	s := sample{
		params: c.t.params[key], unit: -1,
		skip: h264.Skip{FrameNum: c.place.refs % skipRange, Order: c.place.all % skipRange, Back: c.place.back},
	}
	if !s.params.HasReordering() {
		s.skip.Order = 0
	}
	k := skipKey{s.params.GetID(), s.skip}
	size, ok := c.skips[k]
	if !ok {
		size = uint32(len(s.params.NewSkipPicture(s.skip))) + 4
		c.skips[k] = size
	}
	s.size = size
	c.place.addSkip()
	return s, true, nil
}

func (c *cursor) newCodedSample(key cache.Key, i int, u unit) (sample, bool, error) {
	s := sample{params: c.t.params[key], segment: key, unit: i, size: u.size + 4, idr: u.idr, shift: u.shift}
	if u.idr {
		c.id = 3 - c.id
		s.id = c.id
		if s.id == 2 {
			s.size = u.other + 4
		}
	}
	c.place.addUnit(u)
	c.lastIDR, c.stood = u.idr, 0
	return s, true, nil
}

// newHeldSample returns an encoded picture after skip pictures. Its changed frame_num can change its size.
func (c *cursor) newHeldSample(key cache.Key, i int, u unit) (sample, bool, error) {
	number := c.place.refs
	s, ok, err := c.newCodedSample(key, i, u)
	if err != nil || u.idr {
		return s, ok, err
	}
	s.held, s.number = true, number
	nal, err := c.t.readSample(s, &c.buf)
	s.size = uint32(len(nal)) + 4
	return s, ok, err
}

// sampleTable contains what the index of a file says about the samples of the track.
type sampleTable struct {
	sizes  []uint32 // in bytes
	sync   []uint32 // indexes of the intra coded frames
	shifts []int8   // see sample; nil if all are 0
}

// listSamples returns the properties of all frames, in coding order.
func (t *PictureTrack) listSamples() (sampleTable, error) {
	var out sampleTable
	c := t.newCursor()
	for {
		s, ok, err := c.readNextSample()
		if err != nil || !ok {
			return out, err
		}
		if s.idr {
			out.sync = append(out.sync, uint32(len(out.sizes)))
		}
		if s.shift != 0 && out.shifts == nil {
			out.shifts = make([]int8, len(out.sizes))
		}
		if out.shifts != nil {
			out.shifts = append(out.shifts, s.shift)
		}
		out.sizes = append(out.sizes, s.size)
	}
}

// listOffsets returns how much later than decoded each frame is shown, and the time at which the first frame is
// shown, both in units of the track's timescale. delta is the length of a frame.
func (t sampleTable) listOffsets(delta uint32) (offsets []uint32, first int64) {
	if t.shifts == nil {
		return nil, 0
	}
	delay := -int(slices.Min(t.shifts))
	for _, s := range t.shifts {
		offsets = append(offsets, uint32(int(s)+delay)*delta)
	}
	return offsets, int64(delay) * int64(delta)
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
		return s.params.NewSkipPicture(s.skip), nil
	}
	nal, err := t.lib.readUnit(s.segment, s.unit, *buf)
	if err != nil {
		return nil, err
	}
	*buf = nal
	switch {
	case s.idr:
		return s.params.SetIDRPicID(nal, s.id)
	case s.held:
		return s.params.SetFrameNum(nal, s.number)
	default:
		return nal, nil
	}
}

// listSamplesBefore returns the encoded pictures that are needed to decode frame n, in coding order, and the number
// of those that are shown up to this frame, including it.
func (t *PictureTrack) listSamplesBefore(n int64) (from []sample, shown int, err error) {
	c := t.newCursor()
	isDecoded := false
	for i := int64(0); i <= n || !isDecoded; i++ {
		s, ok, err := c.readNextSample()
		if err != nil {
			return nil, 0, err
		}
		if !ok {
			break
		}
		if s.idr {
			from, shown = from[:0], 0
		}
		at := i + int64(s.shift)
		isDecoded = isDecoded || at == n
		if s.unit < 0 { // skip pictures change nothing and are omitted
			continue
		}
		from = append(from, s)
		if at <= n {
			shown++
		}
	}
	return from, shown, nil
}

// newAnnexBWriter returns a function that writes NAL units as a byte stream (ITU-T H.264, annex B), after writing
// the parameter sets of the track.
func (t *PictureTrack) newAnnexBWriter(w io.Writer) (func(nal []byte) error, error) {
	put := func(nal []byte) error {
		_, err := w.Write(append([]byte{0, 0, 0, 1}, nal...))
		return err
	}
	for _, p := range t.sets {
		for _, nal := range [][]byte{p.SPS, p.PPS, p.NewSkipPPS()} {
			if err := put(nal); err != nil {
				return nil, err
			}
		}
	}
	return put, nil
}

// WriteAnnexB writes the pictures that are needed to decode frame n as a byte stream. It returns the place of frame
// n among them in the order in which they are shown, counted from 1.
func (t *PictureTrack) WriteAnnexB(w io.Writer, n int64) (int, error) {
	from, shown, err := t.listSamplesBefore(n)
	if err != nil {
		return 0, err
	}
	put, err := t.newAnnexBWriter(w)
	if err != nil {
		return 0, err
	}
	var buf []byte
	for i, s := range from {
		nal, err := t.readSample(s, &buf)
		if err != nil {
			return 0, err
		}
		if !s.idr && !s.params.HasReordering() { // skip pictures between them are omitted
			if nal, err = s.params.SetFrameNum(nal, i); err != nil {
				return 0, err
			}
		}
		if err := put(nal); err != nil {
			return 0, err
		}
	}
	return shown, nil
}
