package film

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/h264"
)

// Encoder encodes segments and stores them in the cache.
type Encoder struct {
	tools *ffmpeg.Tools
	store *cache.Store
	pic   ffmpeg.Picture
	tool  string // version of the encoder program, part of every key
}

// NewEncoder returns an encoder of pictures with the properties pic. build is the version of the
// encoder program.
func NewEncoder(tools *ffmpeg.Tools, store *cache.Store, pic ffmpeg.Picture, build string) *Encoder {
	return &Encoder{tools: tools, store: store, pic: pic, tool: build}
}

// Form contains everything except the pictures that determines the bytes of a segment.
type Form struct {
	// Encoder is the version of the program, Settings its arguments.
	Encoder  string `json:"encoder"`
	Settings string `json:"settings"`
}

// NewForm returns the Form of the encoder's segments of stills.
func (e *Encoder) NewForm() Form { return Form{e.tool, e.pic.FormatSettings()} }

// NewMovingForm returns the Form of the encoder's segments of moving pictures.
func (e *Encoder) NewMovingForm() Form { return Form{e.tool, e.pic.FormatMovingSettings()} }

// HasSegment reports whether a segment is in the cache.
func (e *Encoder) HasSegment(k cache.Key) bool { return e.store.HasEntry(cache.Segments, k) }

// stream processes an encoder's output: parameter sets, then pictures. It calls picture for each
// picture.
type stream struct {
	params  *h264.Params
	sps     []byte
	picture func(p *h264.Params, nal []byte) error
}

func (s *stream) addNAL(nal []byte) error {
	switch h264.ParseNALType(nal) {
	case h264.TypeSPS:
		s.sps = nal
	case h264.TypePPS:
		p, err := h264.ParseParams(s.sps, nal)
		if err != nil {
			return err
		}
		if s.params != nil && !s.params.CanJoinStreams(p) {
			return errors.New("the encoder changed its parameter sets within a stream")
		}
		s.params = p
	case h264.TypeSlice, h264.TypeIDR:
		if s.params == nil {
			return errors.New("the encoder wrote a picture before its parameter sets")
		}
		return s.picture(s.params, nal)
	}
	return nil
}

// runEncoder runs an encoder process with the input in, and calls picture for each encoded picture.
func (e *Encoder) runEncoder(ctx context.Context, args []string, in io.Reader, picture func(p *h264.Params, nal []byte) error) error {
	s := &stream{picture: picture}
	split := h264.NewSplitter(s.addNAL)
	if err := e.tools.RunFFmpeg(ctx, args, in, split); err != nil {
		return err
	}
	return split.Close()
}

// storeSegment stores a segment in the cache. write calls add for each of its pictures. storeSegment returns their
// number.
func (e *Encoder) storeSegment(k cache.Key, write func(add func(p *h264.Params, nal []byte) error) error) (int, error) {
	n := 0
	err := e.store.Put(cache.Segments, k, func(w io.Writer) error {
		sw := &segmentWriter{w: w}
		err := write(func(p *h264.Params, nal []byte) error {
			sw.head = encodeParams(p)
			return sw.addPicture(p, nal)
		})
		if err != nil {
			return err
		}
		if n = len(sw.units); n == 0 {
			return ErrNoPicture
		}
		return sw.close()
	})
	return n, err
}

// ErrNoPicture is the error for a source that contains no picture.
var ErrNoPicture = errors.New("it contains no picture that can be decoded")

func encodeParams(p *h264.Params) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(p.SPS)))
	return append(append(out, p.SPS...), p.PPS...)
}

func decodeParams(head []byte) (*h264.Params, error) {
	if len(head) < 2 || len(head) < 2+int(binary.BigEndian.Uint16(head)) {
		return nil, errSegment
	}
	n := 2 + int(binary.BigEndian.Uint16(head))
	return h264.ParseParams(head[2:n], head[n:])
}

// EncodeStills encodes raw frames, each as a segment of one picture. keys are the keys of the
// segments.
func (e *Encoder) EncodeStills(ctx context.Context, frames [][]byte, keys []cache.Key) error {
	var readers []io.Reader
	for _, f := range frames {
		readers = append(readers, bytes.NewReader(f))
	}
	return e.encodeIndependentPictures(ctx, e.pic.EncodeStillsArgs(), io.MultiReader(readers...), keys)
}

// EncodeImages encodes image files, each as a segment of one picture. keys are the keys of the
// segments.
func (e *Encoder) EncodeImages(ctx context.Context, images []ffmpeg.StillInput, keys []cache.Key) error {
	return e.encodeIndependentPictures(ctx, e.pic.EncodeImagesArgs(images), nil, keys)
}

func (e *Encoder) encodeIndependentPictures(ctx context.Context, args []string, in io.Reader, keys []cache.Key) error {
	i := 0
	err := e.runEncoder(ctx, args, in, func(p *h264.Params, nal []byte) error {
		if i >= len(keys) || h264.ParseNALType(nal) != h264.TypeIDR {
			return errors.New("the encoder did not write one intra picture a frame")
		}
		nal = h264.NormalizeLastByte(nal)
		_, err := e.storeSegment(keys[i], func(add func(*h264.Params, []byte) error) error { return add(p, nal) })
		i++
		return err
	})
	if err == nil && i != len(keys) {
		err = fmt.Errorf("the encoder wrote %d pictures of %d", i, len(keys))
	}
	return err
}

// EncodeFrames encodes consecutive raw frames as one segment. If enter is not nil, they begin with a
// transition from another picture.
func (e *Encoder) EncodeFrames(ctx context.Context, k cache.Key, frames io.Reader, enter *ffmpeg.TransitionInput) error {
	_, err := e.storeSegment(k, func(add func(*h264.Params, []byte) error) error {
		return e.runEncoder(ctx, e.pic.EncodeMovingArgs(enter), frames, add)
	})
	return err
}

// EncodeCrossings encodes several cross-fades in one process, each as one segment. frames contains
// their raw frames one after the other; lengths are their numbers of frames, and keys the keys of the
// segments.
func (e *Encoder) EncodeCrossings(ctx context.Context, frames io.Reader, lengths []int64, keys []cache.Key) error {
	return e.encodeGroups(ctx, e.pic.EncodeCrossingsArgs(lengths), frames, lengths, keys)
}

// EncodeChains is like EncodeCrossings for sequences of still pictures, which are encoded at the
// quality of stills.
func (e *Encoder) EncodeChains(ctx context.Context, frames io.Reader, lengths []int64, keys []cache.Key) error {
	return e.encodeGroups(ctx, e.pic.EncodeChainsArgs(lengths), frames, lengths, keys)
}

func (e *Encoder) encodeGroups(ctx context.Context, args []string, frames io.Reader, lengths []int64, keys []cache.Key) error {
	at := 0
	var group [][]byte
	err := e.runEncoder(ctx, args, frames, func(p *h264.Params, nal []byte) error {
		if at == len(keys) || (h264.ParseNALType(nal) == h264.TypeIDR) != (len(group) == 0) {
			return errors.New("the encoder did not begin each group with an intra picture")
		}
		if group = append(group, h264.NormalizeLastByte(nal)); int64(len(group)) < lengths[at] {
			return nil
		}
		_, err := e.storeSegment(keys[at], func(add func(*h264.Params, []byte) error) error {
			for _, nal := range group {
				if err := add(p, nal); err != nil {
					return err
				}
			}
			return nil
		})
		at, group = at+1, nil
		return err
	})
	if err == nil && at != len(keys) {
		err = fmt.Errorf("the encoder wrote %d groups of pictures of %d", at, len(keys))
	}
	return err
}

// EncodeClip encodes a range of a clip as one segment. It returns the number of pictures, which is
// lower than requested if the clip is shorter than its container says.
func (e *Encoder) EncodeClip(ctx context.Context, k cache.Key, clip ffmpeg.ClipInput) (int, error) {
	return e.storeSegment(k, func(add func(*h264.Params, []byte) error) error {
		return e.runEncoder(ctx, e.pic.EncodeClipArgs(clip), nil, add)
	})
}

// CountCachedPictures returns the number of pictures of a segment in the cache, or false if it is not there.
func (e *Encoder) CountCachedPictures(k cache.Key) (int, bool) {
	entry, ok := e.store.OpenEntry(cache.Segments, k)
	if !ok {
		return 0, false
	}
	defer func() { _ = entry.Close() }()
	x, err := readSegmentIndex(entry)
	if err != nil {
		return 0, false
	}
	return x.CountUnits(), true
}

// adts splits a stream of ADTS frames (ISO/IEC 13818-7, 6.2) into AAC frames without headers, and
// calls frame for each.
type adts struct {
	buf   []byte
	frame func(config, frame []byte) error
}

// Write implements io.Writer.
func (a *adts) Write(b []byte) (int, error) {
	a.buf = append(a.buf, b...)
	rest := a.buf
	for len(rest) >= 7 {
		if rest[0] != 0xff || rest[1]&0xf6 != 0xf0 {
			return 0, errors.New("the sound encoder wrote no ADTS frames")
		}
		head := 7
		if rest[1]&1 == 0 {
			head = 9
		}
		n := int(rest[3]&3)<<11 | int(rest[4])<<3 | int(rest[5])>>5
		if n < head {
			return 0, errors.New("the sound encoder wrote a damaged frame")
		}
		if len(rest) < n {
			break
		}
		object, rate, channels := rest[2]>>6+1, rest[2]>>2&15, rest[2]&1<<2|rest[3]>>6
		config := []byte{object<<3 | rate>>1, rate<<7 | channels<<3} // AudioSpecificConfig, ISO/IEC 14496-3, 1.6.2.1
		if err := a.frame(config, rest[head:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	a.buf = append(a.buf[:0], rest...)
	return len(b), nil
}
