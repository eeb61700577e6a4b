package codec_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"mynah/internal/codec"
	"mynah/internal/proc"
)

func runner(t *testing.T) *proc.Runner {
	t.Helper()
	r, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMP3(t *testing.T) {
	t.Parallel()
	r := runner(t)
	if !codec.HasMP3Encoder(r) {
		t.Fatal("lame is not installed; scripts/setup installs it")
	}
	for channels := 1; channels <= 2; channels++ {
		pcm := make([]byte, 48000*2*channels) // one second
		var out bytes.Buffer
		err := codec.MP3{SampleRate: 48000, Channels: channels, BitRate: 128_000}.Encode(t.Context(), r, bytes.NewReader(pcm), &out)
		if err != nil {
			t.Fatal(err)
		}
		b := out.Bytes()
		// The header of a frame: MPEG-1 layer III, 128 kb/s at 48 kHz; ISO/IEC 11172-3, 2.4.2.3.
		if len(b) < 15_000 || len(b) > 18_000 || b[0] != 0xff || b[1]&0xfe != 0xfa || b[2]&0xfc != 0x94 {
			t.Errorf("%d channels: %d bytes that begin with % x", channels, len(b), b[:4])
		}
		if mono := b[3]>>6 == 3; mono != (channels == 1) {
			t.Errorf("%d channels: the mode is %d", channels, b[3]>>6)
		}
	}
}

func TestAVIF(t *testing.T) {
	t.Parallel()
	encoder, err := exec.LookPath("avifenc")
	if err != nil {
		t.Fatal("avifenc is not installed; scripts/setup installs it")
	}
	r, dir := runner(t), t.TempDir()
	picture := filepath.Join(dir, "in.png")
	f, err := os.Create(picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, gradient(16, 8)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	avif := filepath.Join(dir, "in-1") // staged files have no suffix
	if out, err := exec.CommandContext(t.Context(), encoder, picture, avif+".avif").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Rename(avif+".avif", avif); err != nil {
		t.Fatal(err)
	}
	b, err := codec.DecodeAVIF(t.Context(), r, avif)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds().Dx() != 16 || img.Bounds().Dy() != 8 {
		t.Errorf("%v, %v", img, err)
	}
	if id, err := codec.IdentifyAVIFDecoder(r); err != nil || id == "" {
		t.Errorf("%q, %v", id, err)
	}
	broken := filepath.Join(dir, "in-2")
	if err := os.WriteFile(broken, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := codec.DecodeAVIF(t.Context(), r, broken); err == nil {
		t.Error("a file that is no picture is decoded")
	}
}

func gradient(w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i) | 0x80
	}
	return img
}
