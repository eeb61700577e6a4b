package animation_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"mynah/internal/animation"
)

// stillWebP returns the chunks of a WebP picture that ffmpeg makes.
func stillWebP(tb testing.TB, colour, lossless string, w, h int) []byte {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "a.webp")
	src := "color=" + colour + ":s=" + size(w, h) + ",format=bgra"
	out, err := exec.CommandContext(tb.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", src, "-frames:v",
		"1", "-c:v", "libwebp", "-lossless", lossless, path).CombinedOutput()
	if err != nil {
		tb.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	b = b[12:]
	if string(b[:4]) == "VP8X" {
		b = b[18:]
	}
	return b
}

func size(w, h int) string {
	return string(rune('0'+w/10)) + string(rune('0'+w%10)) + "x" + string(rune('0'+h/10)) + string(rune('0'+h%10))
}

func decodeUint24(v int) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16)} }

func chunk(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
	return append(out, make([]byte, len(body)&1)...)
}

// frame returns the chunk of a frame in a box. how is its last byte: 2 disables blending, 1 clears the
// box afterwards.
func frame(box image.Rectangle, ms int, how byte, picture []byte) []byte {
	return chunk(
		"ANMF", decodeUint24(box.Min.X/2), decodeUint24(box.Min.Y/2), decodeUint24(box.Dx()-1), decodeUint24(box.Dy()-1),
		decodeUint24(ms), []byte{how}, picture,
	)
}

// canvas returns the chunk with the size of the whole picture.
func canvas(w, h int) []byte {
	return chunk("VP8X", []byte{0x12, 0, 0, 0}, decodeUint24(w-1), decodeUint24(h-1))
}

func file(w, h int, frames ...[]byte) []byte {
	body := append([]byte("WEBP"), canvas(w, h)...)
	body = append(body, chunk("ANIM", make([]byte, 6))...)
	body = append(body, bytes.Join(frames, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func read(b []byte) (*animation.WebP, error) {
	return animation.ReadWebP(bytes.NewReader(b), int64(len(b)))
}

func TestPlay(t *testing.T) {
	t.Parallel()
	red, half, lossy := stillWebP(t, "red", "1", 32, 20), stillWebP(t, "blue@0.5", "1", 16, 10), stillWebP(t, "0xC86432", "0", 16, 10)
	b := file(32, 20,
		frame(image.Rect(0, 0, 32, 20), 40, 0, red),
		frame(image.Rect(4, 4, 20, 14), 0, 1, half),     // on red; cleared then
		frame(image.Rect(16, 10, 32, 20), 11, 0, lossy), // leaves a hole
		frame(image.Rect(4, 4, 20, 14), 1000, 2, half),  // replaces the previous pixels
	)
	movie, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Duration
	type pixel struct{ frame, x, y int }
	got := map[pixel]color.NRGBA{}
	want := map[pixel]color.NRGBA{
		{0, 5, 5}: {255, 0, 0, 255}, {1, 5, 5}: {127, 0, 128, 255}, {1, 25, 15}: {255, 0, 0, 255},
		{2, 5, 5}: {}, {2, 20, 15}: {200, 100, 50, 255}, {2, 30, 2}: {255, 0, 0, 255}, {3, 5, 5}: {0, 0, 255, 128},
	}
	err = movie.PlayFrames(func(p *image.NRGBA, d time.Duration) error {
		for at := range want {
			if at.frame == len(times) {
				got[at] = p.NRGBAAt(at.x, at.y)
			}
		}
		times = append(times, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const ms = time.Millisecond
	if len(times) != 4 || times[0] != 40*ms || times[1] != 100*ms || times[2] != 11*ms || times[3] != time.Second {
		t.Errorf("the frames last %v", times)
	}
	for at, c := range want {
		g := got[at]
		for _, d := range []int{int(g.R) - int(c.R), int(g.G) - int(c.G), int(g.B) - int(c.B), int(g.A) - int(c.A)} {
			if d > 3 || d < -3 {
				t.Errorf("%+v is %v, want %v", at, g, c)
				break
			}
		}
	}
	stop := errors.New("stop")
	if err := movie.PlayFrames(func(*image.NRGBA, time.Duration) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("it goes on: %v", err)
	}
}

func TestDamagedWebP(t *testing.T) {
	t.Parallel()
	red := stillWebP(t, "red", "1", 16, 10)
	whole := file(16, 10, frame(image.Rect(0, 0, 16, 10), 40, 0, red), frame(image.Rect(0, 0, 16, 10), 40, 0, red))
	for n := 12; n < len(whole); n++ {
		if _, err := read(whole[:n]); err == nil {
			t.Errorf("%d bytes of %d are read", n, len(whole))
		}
	}
	if _, err := read(whole[:len(whole)-3]); !errors.Is(err, animation.ErrCut) {
		t.Errorf("cut off: %v", err)
	}
	whole16 := frame(image.Rect(0, 0, 16, 10), 40, 0, red)
	for name, b := range map[string][]byte{
		"outside of the picture":             file(16, 10, frame(image.Rect(2, 0, 18, 10), 40, 0, red)),
		"of another size":                    file(16, 10, frame(image.Rect(0, 0, 8, 10), 40, 0, red)),
		"no pictures":                        file(16, 10),
		"no data":                            file(16, 10, frame(image.Rect(0, 0, 16, 10), 40, 0, nil)),
		"too many pixels":                    file(1<<12, 1<<12, bytes.Repeat(frame(image.Rect(0, 0, 16, 10), 40, 0, red), 300)),
		"a smaller picture after its frames": file(16, 10, whole16, canvas(4, 4)),
		"a larger picture after its frames":  file(16, 10, whole16, canvas(32, 20)),
		"two pictures before its frames":     file(4, 4, canvas(16, 10), whole16),
		"too large":                          file(1<<14, 1<<14, frame(image.Rect(0, 0, 16, 10), 40, 0, red)),
	} {
		movie, err := read(b)
		if err == nil {
			err = movie.PlayFrames(func(*image.NRGBA, time.Duration) error { return nil })
		}
		if err == nil {
			t.Errorf("%s: it plays", name)
		}
	}
}

func FuzzWebP(f *testing.F) {
	red := stillWebP(f, "red", "1", 16, 10)
	f.Add(file(16, 10, frame(image.Rect(0, 0, 16, 10), 40, 0, red)))
	f.Add(file(16, 10, frame(image.Rect(0, 0, 16, 10), 40, 1, stillWebP(f, "blue@0.5", "0", 16, 10))))
	f.Add(file(16, 10, frame(image.Rect(0, 0, 16, 10), 40, 0, red), canvas(4, 4)))
	f.Add(file(32, 20, frame(image.Rect(4, 4, 20, 14), 40, 1, red), frame(image.Rect(16, 10, 32, 20), 40, 2, red)))
	f.Fuzz(func(t *testing.T, b []byte) {
		movie, err := read(b)
		if err != nil || movie.Width*movie.Height*len(movie.Frames) > 1<<22 {
			return
		}
		_ = movie.PlayFrames(func(p *image.NRGBA, d time.Duration) error {
			if d <= 0 || p.Bounds().Dx() != movie.Width {
				t.Fatalf("%v %v", d, p.Bounds())
			}
			return nil
		})
	})
}
