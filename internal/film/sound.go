package film

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/mp4"
)

// PacketRun is a sequence of AAC packets of the soundtrack.
type PacketRun struct {
	// Packets is the number of packets.
	Packets int64
	// Silent is true if all packets are silent. Otherwise Segment is the key of the packets in the cache.
	Silent  bool
	Segment cache.Key
}

// ChunkTask is a chunk of sound to be encoded.
type ChunkTask struct {
	Key cache.Key
	// PCM is a temporary file with raw samples. The encoder's output is written next to it.
	PCM string
	// Skip is the number of packets in the encoder's output before the chunk; Packets is the number of
	// packets of the chunk.
	Skip, Packets int64
}

// EncodeChunks encodes several chunks in one process, with a separate encoder each, and stores them in
// the cache.
func (e *Encoder) EncodeChunks(ctx context.Context, aac ffmpeg.AAC, jobs []ChunkTask) error {
	var in, out []string
	for _, j := range jobs {
		in, out = append(in, j.PCM), append(out, j.PCM+".aac")
	}
	if err := e.tools.RunFFmpeg(ctx, aac.EncodeFilesArgs(in, out), nil, io.Discard); err != nil {
		return err
	}
	for i, j := range jobs {
		if err := e.storeChunkAndRemoveFiles(j, aac, out[i]); err != nil {
			return err
		}
	}
	return nil
}

// storeChunkAndRemoveFiles stores the packets of a chunk in the cache and removes the temporary files.
func (e *Encoder) storeChunkAndRemoveFiles(j ChunkTask, aac ffmpeg.AAC, path string) error {
	coded, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Remove(path), os.Remove(j.PCM)); err != nil {
		return err
	}
	return e.store.Put(cache.Sounds, j.Key, func(w io.Writer) error {
		sw := &segmentWriter{w: w}
		skip := j.Skip
		a := &adts{frame: func(config, frame []byte) error {
			if skip--; skip >= 0 || int64(len(sw.units)) == j.Packets {
				return nil
			}
			if sw.head = newAudioConfig(aac); !bytes.Equal(config, sw.head) {
				return fmt.Errorf("the sound encoder wrote another format (%x)", config)
			}
			return sw.addUnit(frame, unit{})
		}}
		if _, err := a.Write(coded); err != nil {
			return err
		}
		if len(a.buf) != 0 || int64(len(sw.units)) != j.Packets {
			return fmt.Errorf("the sound encoder wrote %d packets, want %d, and left %d bytes", len(sw.units), j.Packets, len(a.buf))
		}
		return sw.close()
	})
}

// newAudioConfig returns the AudioSpecificConfig of AAC-LC at 48 kHz (ISO/IEC 14496-3, 1.6.2.1).
func newAudioConfig(aac ffmpeg.AAC) []byte {
	const lc, rate48000 = 2, 3
	return []byte{lc<<3 | rate48000>>1, rate48000&1<<7 | byte(aac.Channels)<<3}
}

// newSilentPacket returns an AAC packet without any scale factor band (ISO/IEC 14496-3, 4.4.2): a single
// channel element, or a channel pair element with a common window.
func newSilentPacket(channels int) []byte {
	w := &bitWriter{}
	const idSingle, idPair = 0, 1
	if channels == 1 {
		w.writeBits(idSingle, 3)
		w.writeBits(0, 4+8+11+3) // tag, global gain, window and bands, no pulses, no TNS, no gain control
	} else {
		w.writeBits(idPair, 3)
		w.writeBits(0, 4)
		w.writeBits(1, 1)       // common_window
		w.writeBits(0, 11+2)    // window and bands, no mid/side
		w.writeBits(0, 2*(8+3)) // twice: global gain, no pulses, no TNS, no gain control
	}
	w.writeBits(idEnd, 3)
	return w.b
}

// packet is the place and size of one packet of the soundtrack.
type packet struct {
	segment cache.Key
	unit    int // -1 for silence
	size    uint32
}

// listPackets returns the packets of the soundtrack.
func (f *Film) listPackets(lib *library) ([]packet, error) {
	var out []packet
	silence := uint32(len(newSilentPacket(f.AAC.Channels)))
	for _, p := range f.Sound {
		if p.Silent {
			for range p.Packets {
				out = append(out, packet{unit: -1, size: silence})
			}
			continue
		}
		x, err := lib.recallOrReadIndex(p.Segment)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(x.head, newAudioConfig(f.AAC)) || int64(x.CountUnits()) != p.Packets {
			return nil, errSegment
		}
		for i, u := range x.units {
			out = append(out, packet{segment: p.Segment, unit: i, size: u.size})
		}
	}
	if want := (f.Samples+aacFrame-1)/aacFrame + 1; int64(len(out)) != want {
		return nil, fmt.Errorf("the soundtrack has %d packets instead of %d", len(out), want)
	}
	return out, nil
}

// newAudioTrack returns the soundtrack. Its first packet is the encoder's delay, which the edit list skips.
func (f *Film) newAudioTrack(lib *library) (*mp4.Track, error) {
	packets, err := f.listPackets(lib)
	if err != nil {
		return nil, err
	}
	sizes := make([]uint32, len(packets))
	for i, p := range packets {
		sizes[i] = p.size
	}
	silence := newSilentPacket(f.AAC.Channels)
	next := 0
	var buf []byte
	return &mp4.Track{
		Kind: mp4.Audio, Entry: mp4.EncodeAACEntry(f.AAC.Channels, uint32(f.AAC.SampleRate), uint32(f.AAC.BitRate),
			newAudioConfig(f.AAC)),
		Timing: mp4.Timing{Timescale: uint32(f.AAC.SampleRate), Delta: aacFrame}, Sizes: sizes,
		Presentation: mp4.Presentation{MediaTime: aacFrame, Duration: f.Samples, Language: f.Language, Tag: f.Tag},
		Next: func(w io.Writer, n int) error {
			for range n {
				p := packets[next]
				next++
				b := silence
				if p.unit >= 0 {
					var err error
					if b, err = lib.readUnit(p.segment, p.unit, buf); err != nil {
						return err
					}
					buf = b
				}
				if _, err := w.Write(b); err != nil {
					return err
				}
			}
			return nil
		},
	}, nil
}
