package voice

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"mynah/internal/wav"
)

// ParseWAV reads 16-bit PCM from a RIFF WAVE file and mixes several channels to one. If the data chunk claims
// more bytes than the file has, it extends to the end of the file: programs that write to a pipe cannot know
// the length in advance.
func ParseWAV(b []byte) (pcm []int16, rate int, err error) {
	r := bytes.NewReader(b)
	if _, ok := wav.ReadStatedLength(r); !ok {
		return nil, 0, errors.New("not a WAV file")
	}
	var form wav.Form
	for c := range wav.ListChunks(r, r.Size()) {
		switch c.Name {
		case wav.FormChunk:
			var ok bool
			if form, ok = wav.ReadForm(r, c); !ok {
				return nil, 0, errors.New("WAV file with a short format chunk")
			}
			if form.Bits != 16 || form.Channels < 1 || form.Channels > 8 || form.Rate < 1000 || form.Rate > 384000 {
				return nil, 0, fmt.Errorf("WAV file of %d bits, %d channels, %d Hz", form.Bits, form.Channels,
					form.Rate)
			}
		case wav.DataChunk:
			if form.Channels == 0 {
				return nil, 0, errors.New("WAV file without a format chunk")
			}
			return mixToMono(b[c.Offset:c.Offset+c.Held], form.Channels), form.Rate, nil
		}
	}
	return nil, 0, errors.New("WAV file without a data chunk")
}

// mixToMono returns the mean of the channels of interleaved 16-bit samples.
func mixToMono(b []byte, channels int) []int16 {
	out := make([]int16, len(b)/2/channels)
	for i := range out {
		sum := 0
		for c := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(b[(i*channels+c)*2:])))
		}
		out[i] = int16(sum / channels)
	}
	return out
}
