package media_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"mynah/internal/media"
)

// waveForm returns a format chunk.
func waveForm(kind, channels uint16, rate uint32, bits uint16) []byte {
	frame := channels * bits / 8
	var b []byte
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = binary.LittleEndian.AppendUint16(b, channels)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate*uint32(frame))
	b = binary.LittleEndian.AppendUint16(b, frame)
	return riffChunk("fmt ", binary.LittleEndian.AppendUint16(b, bits))
}

// wave returns a WAV file with the given chunks.
func wave(chunks ...[]byte) []byte {
	body := append([]byte("WAVE"), slices.Concat(chunks...)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func TestPlainWAV(t *testing.T) {
	t.Parallel()
	mono, stereo, data := waveForm(1, 1, 48000, 16), waveForm(1, 2, 22050, 16), riffChunk("data", make([]byte, 40))
	list := riffChunk("LIST", []byte("INFO."))
	var heads [][]byte
	for range 20 {
		heads = append(heads, riffChunk("JUNK", nil))
	}
	odd := slices.Clone(mono)
	odd[16] ^= 1 // wrong number of bytes per second
	longer := wave(mono, data)
	binary.LittleEndian.PutUint32(longer[40:], 4000)
	for _, c := range []struct {
		name string
		file []byte
		want media.PCM // zero value: not plain
	}{
		{"mono", wave(mono, data), media.PCM{Channels: 1, Rate: 48000, Offset: 44, Bytes: 40}},
		{"stereo", wave(stereo, data), media.PCM{Channels: 2, Rate: 22050, Offset: 44, Bytes: 40}},
		{"with notes before and behind", wave(list, mono, list, data, list), media.PCM{Channels: 1, Rate: 48000, Offset: 72, Bytes: 40}},
		{"nothing", nil, media.PCM{}},
		{"a head alone", wave(), media.PCM{}},
		{"no samples", wave(mono, riffChunk("data", nil)), media.PCM{}},
		{"no form", wave(data), media.PCM{}},
		{"the form behind", wave(data, mono), media.PCM{}},
		{"two forms", wave(mono, stereo, data), media.PCM{}},
		{"two runs of samples", wave(mono, data, data), media.PCM{}},
		{"half a sample", wave(mono, riffChunk("data", make([]byte, 41))), media.PCM{}},
		{"half a frame", wave(stereo, riffChunk("data", make([]byte, 42))), media.PCM{}},
		{"24 bits", wave(waveForm(1, 1, 48000, 24), data), media.PCM{}},
		{"floating point", wave(waveForm(3, 1, 48000, 16), data), media.PCM{}},
		{"six channels", wave(waveForm(1, 6, 48000, 16), riffChunk("data", make([]byte, 48))), media.PCM{}},
		{"no rate", wave(waveForm(1, 1, 0, 16), data), media.PCM{}},
		{"a form that contradictory", wave(odd, data), media.PCM{}},
		{"a chunk that nobody knows", wave(mono, riffChunk("what", nil), data), media.PCM{}},
		{"more samples than there are", longer, media.PCM{}},
		{"bytes behind the end", append(wave(mono, data), 1), media.PCM{}},
		{"truncated", wave(mono, data)[:70], media.PCM{}},
		{"nothing but heads", wave(append(append(heads, mono), data)...), media.PCM{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok := media.FindPlainSamples(bytes.NewReader(c.file), int64(len(c.file)))
			if ok != (c.want.Channels > 0) || ok && got != c.want {
				t.Errorf("%+v %v, want %+v", got, ok, c.want)
			}
		})
	}
}

// FuzzPlainWAV checks that the samples are always within the file.
func FuzzPlainWAV(f *testing.F) {
	f.Add(wave(waveForm(1, 2, 44100, 16), riffChunk("LIST", []byte("INFO")), riffChunk("data", make([]byte, 16))))
	f.Add(wave(waveForm(1, 1, 48000, 16), riffChunk("data", []byte{1, 0, 255, 127}), riffChunk("LIST", []byte("odd"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, ok := media.FindPlainSamples(bytes.NewReader(b), int64(len(b)))
		if ok && (p.Channels < 1 || p.Channels > 2 || p.Rate < 1 || p.CountFrames() < 1 || p.Offset < 44 || p.Offset+p.Bytes > int64(len(b))) {
			t.Errorf("%+v of %d bytes", p, len(b))
		}
	})
}
