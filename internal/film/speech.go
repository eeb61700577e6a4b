package film

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/bits"
	"os"

	"mynah/internal/ffmpeg"
	"mynah/internal/mp4"
)

// WriteM4A encodes raw mono samples to an M4A file with a constant bit rate. The encoder uses fewer
// bits for simple sound such as pauses; fill elements compensate for that. The frames are written to a
// temporary file next to path until their sizes are known, so that memory does not grow with the
// length. samples is the number of samples.
func WriteM4A(ctx context.Context, tools *ffmpeg.Tools, aac ffmpeg.AAC, samples int64, pcm io.Reader, path string) error {
	frames, err := os.Create(path + ".frames")
	if err != nil {
		return err
	}
	defer func() {
		_ = frames.Close()
		_ = os.Remove(frames.Name())
	}()
	out := bufio.NewWriter(frames)
	var sizes []uint32
	var config []byte
	var total int64
	cut := &adts{frame: func(head, frame []byte) error {
		config = append(config[:0], head...)
		due := int64(len(sizes)+1) * int64(aac.BitRate) * aacFrame / int64(aac.SampleRate) / 8
		frame = padAACFrame(frame, int(due-total))
		total += int64(len(frame))
		sizes = append(sizes, uint32(len(frame)))
		_, err := out.Write(frame)
		return err
	}}
	if err := tools.RunFFmpeg(ctx, aac.EncodeArgs(), pcm, cut); err != nil {
		return err
	}
	if len(cut.buf) != 0 || len(sizes) == 0 {
		return errors.New("the sound encoder's output ends inside a frame")
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := frames.Seek(0, io.SeekStart); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	next, in := 0, bufio.NewReader(frames)
	track := &mp4.Track{
		Kind: mp4.Audio, Entry: mp4.EncodeAACEntry(aac.Channels, uint32(aac.SampleRate), uint32(aac.BitRate), config),
		Timing: mp4.Timing{Timescale: uint32(aac.SampleRate), Delta: aacFrame}, Sizes: sizes,
		Presentation: mp4.Presentation{MediaTime: aacFrame, Duration: samples},
		Next: func(w io.Writer, n int) error {
			for range n {
				if _, err := io.CopyN(w, in, int64(sizes[next])); err != nil {
					return err
				}
				next++
			}
			return nil
		},
	}
	_, err = mp4.WriteMovie(file, &mp4.Movie{
		Tracks: []*mp4.Track{track},
		Tags:   []mp4.Tag{{Code: mp4.TagTool, Value: "Mynah"}},
	})
	return errors.Join(err, file.Close())
}

// Elements and limits of AAC frames that padding needs (ISO/IEC 14496-3, table 4.85).
const (
	idFill      = 6
	idEnd       = 7
	fillEscape  = 15  // count value for longer elements; eight more bits follow
	fillMost    = 269 // longer counts need eight more bits
	fillData    = 1   // extension type EXT_FILL_DATA, followed by four zero bits
	fillByte    = 0xa5
	leastFilled = 4
)

// padAACFrame makes an AAC frame about extraBytes longer by inserting fill elements before its end (ISO/IEC
// 14496-3, 4.4.2.7). It returns the frame unchanged if extraBytes is small.
func padAACFrame(frame []byte, extraBytes int) []byte {
	last := len(frame) - 1
	for last >= 0 && frame[last] == 0 {
		last--
	}
	if extraBytes < leastFilled || last < 0 {
		return frame
	}
	// The frame ends with three bits of one, followed by zeros up to a whole byte.
	end := (last+1)*8 - bits.TrailingZeros8(frame[last]) - 3
	w := &bitWriter{}
	for i := range end {
		w.writeBits(uint32(frame[i/8]>>(7-i%8)&1), 1)
	}
	for extraBytes >= leastFilled {
		count := min(extraBytes-2, fillMost)
		w.writeBits(idFill, 3)
		if count < fillEscape {
			w.writeBits(uint32(count), 4)
		} else {
			w.writeBits(fillEscape, 4)
			w.writeBits(uint32(count-fillEscape+1), 8)
		}
		w.writeBits(fillData, 4)
		w.writeBits(0, 4)
		for range count - 1 {
			w.writeBits(fillByte, 8)
		}
		extraBytes -= count + 2
	}
	w.writeBits(idEnd, 3)
	return w.b
}

// bitWriter writes bits, the most significant first.
type bitWriter struct {
	b    []byte
	used int // number of used bits in the last byte
}

func (w *bitWriter) writeBits(v uint32, n int) {
	for n--; n >= 0; n-- {
		if w.used%8 == 0 {
			w.b, w.used = append(w.b, 0), 0
		}
		w.b[len(w.b)-1] |= byte(v>>n&1) << (7 - w.used)
		w.used++
	}
}
