package voice

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ParseWAV reads 16-bit PCM from a RIFF WAVE file; several channels are mixed to one.
// Programs that write to a pipe cannot know the length, so a data chunk that claims
// more than there is reaches to the end.
func ParseWAV(b []byte) (pcm []int16, rate int, err error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, 0, errors.New("not a WAV file")
	}
	channels := 0
	for at := 12; at+8 <= len(b); {
		id := string(b[at : at+4])
		size := int64(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		if size < int64(len(body)) {
			body = body[:size]
		}
		switch id {
		case "fmt ":
			if len(body) < 16 {
				return nil, 0, errors.New("WAV file with a short format chunk")
			}
			channels = int(binary.LittleEndian.Uint16(body[2:]))
			rate = int(binary.LittleEndian.Uint32(body[4:]))
			bits := binary.LittleEndian.Uint16(body[14:])
			if bits != 16 || channels < 1 || channels > 8 || rate < 1000 || rate > 384000 {
				return nil, 0, fmt.Errorf("WAV file of %d bits, %d channels, %d Hz", bits, channels, rate)
			}
		case "data":
			if channels == 0 {
				return nil, 0, errors.New("WAV file without a format chunk")
			}
			return mix(body, channels), rate, nil
		}
		at += 8 + len(body) + len(body)&1
	}
	return nil, 0, errors.New("WAV file without a data chunk")
}

func mix(b []byte, channels int) []int16 {
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
