package voice

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestTrim(t *testing.T) {
	t.Parallel()
	tone := sine(440, Rate, Rate/2, 10000)
	pcm := slices.Concat(make([]int16, Rate/5), tone, make([]int16, Rate/2))
	for i := range pcm { // background noise, as in recorded voices
		pcm[i] += int16(i*7919%5) - 2
	}
	c := trimSilence(Clip{PCM: pcm, Rate: Rate, Words: []Word{
		{Text: "a", Start: 190 * ms, End: 400 * ms}, {Text: "b", Start: 400 * ms, End: 900 * ms},
	}})
	if l := c.Length(); l < 515*ms || l > 535*ms {
		t.Errorf("lasts %s", l)
	}
	if w := c.Words[0]; w.Start > 5*ms || w.End < 205*ms || w.End > 215*ms {
		t.Errorf("first word %+v", w)
	}
	if w := c.Words[1]; w.End != c.Length() {
		t.Errorf("last word %+v", w)
	}
	if c.PCM[0] != 0 || c.PCM[len(c.PCM)-1] != 0 {
		t.Errorf("ends are %d, %d", c.PCM[0], c.PCM[len(c.PCM)-1])
	}
	for i := 1; i < len(c.PCM); i++ {
		if d := int(c.PCM[i]) - int(c.PCM[i-1]); d > 700 || d < -700 {
			t.Fatalf("a click of %d at %d", d, i)
		}
	}
	if &c.PCM[0] == &pcm[0] || pcm[Rate/5+100] == 0 {
		t.Error("the clip of the engine was changed")
	}
}

// TestTrimKeepsExactWords checks that a soft sound at the start is kept if the engine reports a word there.
func TestTrimKeepsExactWords(t *testing.T) {
	t.Parallel()
	soft := sine(3000, Rate, Rate/10, 20)
	pcm := slices.Concat(make([]int16, Rate/10), soft, sine(440, Rate, Rate/2, 20000), make([]int16, Rate/10))
	c := trimSilence(Clip{PCM: pcm, Rate: Rate, Words: []Word{{Text: "f", Start: 100 * ms, End: 700 * ms, Exact: true}}})
	if w := c.Words[0]; w.Start != 10*ms || w.End != 610*ms {
		t.Errorf("word %+v", w)
	}
}

func TestTrimSilence(t *testing.T) {
	t.Parallel()
	c := trimSilence(Clip{PCM: make([]int16, 5000), Rate: Rate, Words: []Word{{Start: ms, End: 2 * ms, Exact: true}}})
	if len(c.PCM) != 0 || c.Words[0].End != 0 {
		t.Errorf("%d samples, words %v", len(c.PCM), c.Words)
	}
	trimSilence(Clip{Rate: Rate})
	if c := trimSilence(Clip{PCM: []int16{5000, -5000}, Rate: Rate}); len(c.PCM) != 2 {
		t.Errorf("two samples become %v", c.PCM)
	}
}

func TestAmplify(t *testing.T) {
	t.Parallel()
	pcm := []int16{0, 100, -100, 20000, -20000, math.MaxInt16, math.MinInt16}
	loud := slices.Clone(pcm)
	amplify(loud, 2)
	if loud[1] != 200 || loud[2] != -200 {
		t.Errorf("soft samples become %v", loud[1:3])
	}
	for i := 3; i+1 < len(loud); i += 2 {
		if loud[i] < 26000 || loud[i] < loud[3] || loud[i]+loud[i+1] > 1 || loud[i]+loud[i+1] < -1 {
			t.Errorf("loud samples become %v", loud[3:])
		}
	}
	soft := slices.Clone(pcm)
	amplify(soft, 0.5)
	if soft[3] != 10000 || soft[6] != math.MinInt16/2 {
		t.Errorf("half as loud is %v", soft)
	}
}

func TestStretch(t *testing.T) {
	t.Parallel()
	in := sine(200, 22050, 22050, 10000)
	for _, speed := range []float64{0.4, 0.7, 1.3, 2.5} {
		out := ChangeSpeed(in, 22050, speed)
		if want := 22050 / speed; math.Abs(float64(len(out))-want) > 2 {
			t.Errorf("speed %g: %d samples", speed, len(out))
		}
		crossings := 0
		for i := 1; i < len(out); i++ {
			if out[i-1] < 0 && out[i] >= 0 {
				crossings++
			}
		}
		if hz := float64(crossings) / float64(len(out)) * 22050; math.Abs(hz-200) > 6 {
			t.Errorf("speed %g: 200 Hz become %.1f", speed, hz)
		}
	}
	if out := ChangeSpeed(in[:100], 22050, 0.5); len(out) != 100 {
		t.Errorf("a scrap becomes %d samples", len(out))
	}
}

func wavFile(channels, bits uint16, claimed uint32, pcm ...int16) []byte {
	b := []byte("RIFF\xff\xff\xff\x7fWAVELIST\x03\x00\x00\x00abc\x00fmt \x10\x00\x00\x00\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, channels)
	b = binary.LittleEndian.AppendUint32(b, 16000)
	b = binary.LittleEndian.AppendUint32(b, 32000)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, bits)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, claimed)
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func TestParseWAV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		b    []byte
		want []int16
	}{
		{wavFile(1, 16, 0x7ffff000, 1, -2, 3), []int16{1, -2, 3}},
		{append(wavFile(1, 16, 4, 1, -2), "LIST"...), []int16{1, -2}},
		{wavFile(2, 16, 8, 10, 20, -30, -10), []int16{15, -20}},
		{wavFile(1, 16, 0), []int16{}},
	} {
		pcm, rate, err := ParseWAV(c.b)
		if err != nil || rate != 16000 || !slices.Equal(pcm, c.want) {
			t.Errorf("%v at %d, %v; want %v", pcm, rate, err, c.want)
		}
	}
	for _, bad := range [][]byte{
		nil, []byte("RIFF"), wavFile(1, 8, 2, 1), wavFile(0, 16, 2, 1),
		wavFile(1, 16, 0)[:40], []byte("RIFF....WAVEdata\x00\x00\x00\x00"),
	} {
		if _, _, err := ParseWAV(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzParseWAV(f *testing.F) {
	f.Add(wavFile(1, 16, 0x7ffff000, 1, -2, 3))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _, _ = ParseWAV(b) })
}
