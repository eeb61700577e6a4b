package cut

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/proc"
	"mynah/internal/sound"
	"mynah/internal/steptest"
)

// The size of the tests' frame.
const (
	width, height = 64, 36
	header        = "---\nsize: 64x36\nfps: 10\n---\n\n"
)

var (
	red  = color.NRGBA{R: 255, A: 255}
	blue = color.NRGBA{B: 255, A: 255}
	grey = color.NRGBA{R: 128, G: 128, B: 128, A: 255}
)

// studio is a bench with two images, a clip with luma 30 + 20 n in its frame n of 10, and a GIF with luma 40 +
// 40 n in its frame n of 5, both at 10 frames per second.
type studio struct {
	*steptest.Bench
	steptest.Timed
	slides   [][]overlay.SlideState
	captions [][]overlay.CaptionSpan
	drawn    []overlay.CalloutDrawing
	callouts map[cache.Key]picture.LayerRef
	// compatible requests one parameter set.
	compatible bool
}

func newStudio(t *testing.T, text string) *studio {
	t.Helper()
	s := &studio{Bench: steptest.NewBench(t)}
	s.WritePNG(t, "a.png", width, height, red)
	s.WritePNG(t, "b.png", width, height, blue)
	if strings.Contains(text, "linear.png") {
		b, err := os.ReadFile(filepath.Join(s.Dir, "a.png"))
		if err != nil {
			t.Fatal(err)
		}
		// A gAMA chunk of 1.0 after the header means linear light. PNG, third edition, 11.3.2.2.
		gamma := []byte{0, 0, 0, 4, 'g', 'A', 'M', 'A', 0, 1, 0x86, 0xa0, 0x31, 0xe8, 0x96, 0x5f}
		s.WriteFile(t, "linear.png", slices.Concat(b[:33], gamma, b[33:]))
	}
	const ramp = "-f lavfi -i nullsrc=s=64x36:r=10:d=%s,geq=lum=%s+N*%d:cb=128:cr=128"
	if strings.Contains(text, "clip.mp4") {
		s.WriteMedia(t, "clip.mp4", fmt.Sprintf(ramp, "1", "30", 20)+" -c:v libx264 -preset ultrafast -qp 4 -pix_fmt yuv420p")
	}
	if strings.Contains(text, "long.mp4") { // frame n of 120 has luma 30 + n
		s.WriteMedia(t, "long.mp4", fmt.Sprintf(ramp, "12", "30", 1)+" -c:v libx264 -preset ultrafast -qp 4 -pix_fmt yuv420p")
	}
	if strings.Contains(text, "five.gif") {
		s.WriteMedia(t, "five.gif", fmt.Sprintf(ramp, "0.5", "40", 40))
	}
	s.Timed = s.PlanTimeline(t, s.NewMaker(t), header+text)
	s.slides = make([][]overlay.SlideState, len(s.Board.Scenes))
	s.captions = make([][]overlay.CaptionSpan, len(s.Board.Scenes))
	return s
}

// caption adds a grey box to the left half of a scene's frames from to to-1.
func (s *studio) caption(t *testing.T, scene int, from, to int64) {
	t.Helper()
	start := s.Line.Scenes[scene].Start
	// Each box is one row higher than the one before, so that all are different.
	box := image.Rect(0, 0, width/2, 8+2*len(s.captions[scene]))
	s.captions[scene] = append(s.captions[scene], overlay.CaptionSpan{
		From: start + from, To: start + to, Layer: s.StoreLayer(t, width, height, box, grey),
	})
}

// slide adds a state to a scene's slide: a grey box of rows rows in the right half.
func (s *studio) slide(t *testing.T, scene, rows int) {
	t.Helper()
	l := s.StoreLayer(t, width, height, image.Rect(width/2, 0, width, rows), grey)
	s.slides[scene] = append(s.slides[scene], overlay.SlideState{Layer: l})
}

// cutter returns a cutter with a new book.
func (s *studio) cutter(t *testing.T) *Cutter {
	t.Helper()
	layers, err := overlay.NewDrawings(s.Store)
	if err != nil {
		t.Fatal(err)
	}
	tools := Tools{FFmpeg: s.FFmpeg, Version: steptest.Version, Form: steptest.NewTimelinePicture(s.Line), Layers: layers}
	tools.Form.Compatible = s.compatible
	return New(s.NewMaker(t), tools, Input{
		Board: s.Board, Line: s.Line, Files: s.Files, Slides: s.slides,
		Captions: s.captions, Callouts: s.callouts,
	})
}

// makePlan plans and makes all pictures.
func (s *studio) makePlan(t *testing.T) (*Cutter, *Plan) {
	t.Helper()
	c := s.cutter(t)
	p := c.PlanPictures()
	list, err := c.MakePictures(t.Context(), p)
	if err != nil || len(list) > 0 {
		t.Fatalf("%v %v", list, err)
	}
	return c, p
}

// describePlan describes the runs of a plan: the kind and name of the segment, the number of its pictures that
// are used, the length, the frame after which it repeats, and the length of each picture.
func describePlan(b *part.Book, p *Plan) string {
	var out strings.Builder
	for _, run := range p.Runs {
		kind, label, ok := b.FindLabel(run.Segment)
		fmt.Fprintf(&out, "%s %s: ", kind, label.Name)
		if !ok {
			out.WriteString("unknown: ")
		}
		if run.Take > 0 {
			fmt.Fprintf(&out, "%d in ", run.Take)
		}
		fmt.Fprintf(&out, "%d", run.Frames)
		if run.Cycle > 0 {
			fmt.Fprintf(&out, " again after %d", run.Cycle)
		}
		if run.Holds != nil {
			fmt.Fprintf(&out, " %v", run.Holds)
		}
		out.WriteString("\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// wantRuns compares a plan with the expected runs.
func wantRuns(t *testing.T, c *Cutter, p *Plan, want ...string) {
	t.Helper()
	if got := describePlan(c.Book, p); got != strings.Join(want, "\n") {
		t.Errorf("the runs are\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// playPlan joins the segments and decodes all frames.
func (s *studio) playPlan(t *testing.T, p *Plan) [][]byte {
	t.Helper()
	var file bytes.Buffer
	f := film.Film{
		Picture: steptest.NewTimelinePicture(s.Line), Runs: p.Runs, Samples: s.Line.Samples,
		Sound: []film.PacketRun{{Packets: sound.CountPackets(s.Line.Samples), Silent: true}}, AAC: ffmpeg.NewDefaultAAC(1),
	}
	if _, err := f.WriteMP4(s.Store, &file); err != nil {
		t.Fatal(err)
	}
	s.WriteFile(t, "film.mp4", file.Bytes())
	var out bytes.Buffer
	err := s.Run.Run(t.Context(), proc.Command{
		Program: "ffmpeg", Stdout: &out,
		Args: []string{
			"-v", "error", "-i", s.Dir + "/film.mp4", "-map", "0:v:0", "-fps_mode", "passthrough", "-f",
			"rawvideo", "-pix_fmt", "yuv420p", "-",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var frames [][]byte
	for b := out.Bytes(); len(b) > 0; b = b[frameSize:] {
		frames = append(frames, b[:frameSize])
	}
	if int64(len(frames)) != s.Line.Frames {
		t.Fatalf("%d frames are played, planned are %d", len(frames), s.Line.Frames)
	}
	return frames
}

const frameSize = width * height * 3 / 2

// luma returns the luma of a pixel.
func luma(frame []byte, x, y int) int { return int(frame[y*width+x]) }

// meanDifference returns the mean difference of two frames.
func meanDifference(a, b []byte) float64 {
	sum := 0
	for i := range a {
		sum += int(max(a[i], b[i]) - min(a[i], b[i]))
	}
	return float64(sum) / float64(len(a))
}

func isNear(a, b int) bool { return a-b < 9 && b-a < 9 }

// wantLuma compares the luma of a pixel in consecutive frames, beginning at the frame from.
func wantLuma(t *testing.T, frames [][]byte, from, x, y int, want ...int) {
	t.Helper()
	for i, w := range want {
		if got := luma(frames[from+i], x, y); !isNear(got, w) {
			t.Errorf("frame %d has the luma %d at %d,%d, want %d", from+i, got, x, y, w)
		}
	}
}

// wantFrames compares the result of DrawFrame with decoded frames, at some frames of a scene.
func (s *studio) wantFrames(t *testing.T, frames [][]byte, scene int, at ...int64) {
	t.Helper()
	c := s.cutter(t)
	for _, n := range at {
		got, list, err := c.DrawFrame(t.Context(), scene, n)
		if err != nil || len(list) > 0 {
			t.Fatalf("scene %d frame %d: %v %v", scene, n, list, err)
		}
		if len(got) != frameSize {
			t.Fatalf("scene %d frame %d has %d bytes", scene, n, len(got))
		}
		if d := meanDifference(got, frames[s.Line.Scenes[scene].Start+n]); d > 3 {
			t.Errorf("scene %d: frame %d as drawn by Frame differs from the played one by %.1f", scene, n, d)
		}
	}
}

// checkNothingNew plans again and checks that everything is in the cache.
func (s *studio) checkNothingNew(t *testing.T, before *Plan) {
	t.Helper()
	c, p := s.makePlan(t)
	if len(p.stills)+len(p.moving)+len(p.chains) > 0 || fmt.Sprint(p.Runs) != fmt.Sprint(before.Runs) {
		t.Errorf("a second run makes %d stills, %d moving and %d chains", len(p.stills), len(p.moving), len(p.chains))
	}
	for _, run := range p.Runs {
		if c.Book.IsNew(run.Segment) {
			t.Error("a second run made a part")
		}
	}
}
