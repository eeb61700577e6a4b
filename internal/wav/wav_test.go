package wav_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"mynah/internal/wav"
)

// file returns a WAVE file with the given chunks.
func file(chunks ...[]byte) []byte {
	body := append([]byte("WAVE"), slices.Concat(chunks...)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// chunk returns a chunk with a stated length.
func chunk(name string, claimed int, body ...byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte(name), uint32(claimed)), body...)
}

func TestChunks(t *testing.T) {
	t.Parallel()
	b := file(chunk("LIST", 3, 1, 2, 3, 0), chunk("data", 1000, 4, 5))
	r := bytes.NewReader(b)
	if n, ok := wav.ReadStatedLength(r); !ok || n != int64(len(b))-8 {
		t.Errorf("the head says %d, %v", n, ok)
	}
	got := slices.Collect(wav.ListChunks(r, r.Size()))
	want := []wav.Chunk{{Name: "LIST", Offset: 20, Claimed: 3, Held: 3}, {Name: "data", Offset: 32, Claimed: 1000, Held: 2}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	form := []byte{1, 0, 2, 0, 0x80, 0x3e, 0, 0, 0, 0xfa, 0, 0, 4, 0, 16, 0}
	r := bytes.NewReader(file(chunk("fmt ", len(form), form...)))
	for c := range wav.ListChunks(r, r.Size()) {
		want := wav.Form{Code: wav.PCM, Channels: 2, Rate: 16000, PerSecond: 64000, Block: 4, Bits: 16}
		if f, ok := wav.ReadForm(r, c); !ok || f != want {
			t.Errorf("%+v, %v; want %+v", f, ok, want)
		}
	}
	if _, ok := wav.ReadForm(r, wav.Chunk{Offset: 20, Claimed: 16, Held: 15}); ok {
		t.Error("a short chunk has a form")
	}
}

func TestWhatIsNoWAV(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "RIFF", "RIFF....AVI LIST", "RIFX....WAVE"} {
		if _, ok := wav.ReadStatedLength(bytes.NewReader([]byte(s))); ok {
			t.Errorf("%q passes", s)
		}
	}
}

func FuzzChunks(f *testing.F) {
	f.Add(file(chunk("fmt ", 16, make([]byte, 16)...), chunk("data", 4, 1, 2, 3, 4)))
	f.Add(file(chunk("data", 1<<31, 1)))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt "))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		end := int64(12)
		for c := range wav.ListChunks(r, r.Size()) {
			if c.Offset != end+8 || c.Held < 0 || c.Held > c.Claimed || c.Offset+c.Held > r.Size() {
				t.Fatalf("%+v in %d bytes, after %d", c, len(b), end)
			}
			end = c.FindNextOffset()
			wav.ReadForm(r, c)
		}
	})
}
