package cut

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mynah/internal/ffmpeg"
	"mynah/internal/steptest"
	"mynah/internal/testrun"
)

// lineOf returns the line of a script at which a text begins.
func lineOf(script, text string) int {
	return strings.Count(script[:strings.Index(script, text)], "\n") + strings.Count(header, "\n") + 1
}

// TestCutOffClipsInPanes checks that a clip in a part of the frame fails like one that fills it if it has far fewer
// pictures than stated, and that one or two missing pictures are replaced by the last one.
func TestCutOffClipsInPanes(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const outline = "\n(callout:\n  type: rectangle\n  left: 4\n  top: 4\n  right: 20\n  bottom: 20\n  style: outline)\n"
	for name, text := range map[string]string{
		"whole":    "![](clip.mp4)\n(pause: 1.5)\n",
		"grid":     "(layout: grid)\n![](a.png)\n![](clip.mp4)\n",
		"corner":   "(layout: corner)\n![](a.png)\n![](clip.mp4)\n",
		"behind":   "(layout: corner)\n![](clip.mp4)\n![](a.png)\n",
		"framed":   "![screen](clip.mp4)\n(pause: 1)\n",
		"callout":  "(layout: grid)\n![](a.png)\n![](clip.mp4)\n" + outline,
		"fade":     "![](b.png)\n(duration: 1)\n---\n(transition: crossfade 1)\n(layout: grid)\n![](a.png)\n![](clip.mp4)\n",
		"late":     "![](b.png)\n(duration: 1)\n---\n(transition: wipe-left 3)\n(layout: grid)\n![](a.png)\n![](clip.mp4)\n",
		"at end":   "![](b.png)\n(duration: 1)\n---\n(transition: wipe-left 3.8)\n(layout: grid)\n![](a.png)\n![](clip.mp4)\n",
		"together": "(layout: grid)\n![](five.gif)\n![zoom](b.png)\n![](clip.mp4)\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, part := range []float64{0.5, 0.95} {
				s := newStudio(t, text)
				s.WriteMedia(t, "clip.mp4", "-f lavfi -i testsrc=s=64x36:r=10:d=4 -c:v libx264 -preset ultrafast "+
					"-g 1 -pix_fmt yuv420p -movflags +faststart")
				s.cutOff(t, "clip.mp4", part)
				s.Timed = s.PlanTimeline(t, s.NewMaker(t), header+text)
				s.drawCallouts(t)
				c := s.cutter(t)
				list, err := c.MakePictures(t.Context(), c.PlanPictures())
				if part > 0.9 {
					if err != nil || len(list) > 0 {
						t.Errorf("of a clip that lacks two pictures: %v %v", list, err)
					}
					continue
				}
				if err != nil || len(list) != 1 || !strings.Contains(list[0].Summary, `"clip.mp4" ends after 1.`) ||
					!strings.Contains(list[0].Summary, "of 4.0 seconds: the file is truncated") || list[0].Hint == "" ||
					list[0].Range.Start.Line != lineOf(text, "](clip.mp4)") {
					t.Errorf("%v %v", list, err)
				}
			}
		})
	}
}

// TestBrokenPanes checks that the finding names the file of the pane that cannot be read, and its line.
func TestBrokenPanes(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const good = "![](a.png)\n(duration: 1)\n\n---\n"
	for name, text := range map[string]string{
		"grid":     "(layout: grid)\n![](a.png)\n![](b.png)\n(duration: 1)\n",
		"corner":   "(layout: corner)\n![](a.png)\n![](b.png)\n(duration: 1)\n",
		"framed":   "![screen](b.png)\n(duration: 1)\n",
		"moving":   "(layout: grid)\n![](a.png)\n![zoom](b.png)\n(duration: 1)\n",
		"beside":   "(layout: grid)\n![](clip.mp4)\n![](b.png)\n(duration: 1)\n",
		"crossing": "(transition: crossfade 0.5)\n(layout: grid)\n![](a.png)\n![](b.png)\n(duration: 1)\n",
		"wipe":     "(transition: wipe-left 0.5)\n(layout: grid)\n![](a.png)\n![zoom](b.png)\n(duration: 1)\n",
		"leaving":  "(layout: grid)\n![](a.png)\n![](b.png)\n(duration: 1)\n\n---\n(transition: crossfade 1)\n![](a.png)\n(duration: 1)\n",
		"captions": "(layout: grid)\n![](a.png)\n![](b.png)\n(duration: 1)\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := broken(t, good+text)
			if name == "captions" {
				s.caption(t, 0, 2, 5)
				s.caption(t, 1, 2, 5)
			}
			line := lineOf(good+text, "](b.png)")
			c := s.cutter(t)
			c.Jobs = 1
			list, err := c.MakePictures(t.Context(), c.PlanPictures())
			if err != nil || len(list) == 0 || !strings.Contains(list[0].Summary, `"b.png"`) || list[0].Range.Start.Line != line {
				t.Errorf("%v %v, want b.png in line %d", list, err, line)
			}
			_, list, err = s.cutter(t).DrawFrame(t.Context(), 1, 7)
			if err != nil || len(list) != 1 || !strings.Contains(list[0].Summary, `"b.png"`) || list[0].Range.Start.Line != line {
				t.Errorf("DrawFrame: %v %v, want b.png in line %d", list, err, line)
			}
		})
	}
}

// TestShortClipsUnderTransitions checks a clip that ends before the transition to it does, with a callout that this
// program draws: its last frame stays, and nothing is missing.
func TestShortClipsUnderTransitions(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, enter := range []string{"crossfade", "wipe-left"} {
		s := newStudio(t, "![](a.png)\n(duration: 1)\n---\n(transition: "+enter+" 2)\n![](clip.mp4)\n(duration: 3)\n\n"+
			callout("4", "20", "outline"))
		s.drawCallouts(t)
		c, p := s.makePlan(t)
		wantRuns(t, c, p, "picture a.png: 10", "crossing clip.mp4: 20 in 20", "clip clip.mp4: 10 in 10")
		frames := s.playPlan(t, p)
		wantLuma(t, frames, 31, 40, 20, 210, 210, 210, 210, 210)
		wantLuma(t, frames, 38, 10, 20, 126, 126)
		s.wantFrames(t, frames, 1, 0, 5, 12, 19, 20, 22, 29)
		s.checkNothingNew(t, p)
	}
}

// waitUntilNoneRuns fails the test if a program still runs after some seconds.
func (s *studio) waitUntilNoneRuns(t *testing.T, after string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); s.Run.ReadStats().Running > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d programs run after %s", s.Run.ReadStats().Running, after)
		}
	}
}

// writeLongClip writes a clip whose frames are far more than the pipe from its decoder holds.
func (s *studio) writeLongClip(t *testing.T, text string) {
	t.Helper()
	s.WriteMedia(t, "clip.mp4", "-f lavfi -i testsrc=s=640x360:r=10:d=12 -c:v libx264 -preset ultrafast -pix_fmt yuv420p")
	s.Timed = s.PlanTimeline(t, s.NewMaker(t), strings.ReplaceAll(header, "64x36", "640x360")+text)
}

// TestNothingWaitsForDecoders checks that nothing waits for the frames of a clip after a build was stopped. It does not
// run in parallel, because it looks at all goroutines of the process.
func TestNothingWaitsForDecoders(t *testing.T) { //nolint:paralleltest // see above
	testrun.SkipMinute(t)
	text := "![](clip.mp4)\n\n" + callout("4", "20", "blur")
	s := newStudio(t, text)
	s.writeLongClip(t, text)
	c := s.cutter(t)
	if err := s.Files.WriteFiles(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := c.painter.PaintFrames(ctx, c.newView(0, s.Line.Scenes[0].Pictures[0]).view, 0, 120)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	waits := func() bool {
		stacks := make([]byte, 1<<20)
		return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "io.(*pipe).write")
	}
	for end := time.Now().Add(10 * time.Second); !waits(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the decoder does not wait for a reader")
		}
	}
	cancel()
	for end := time.Now().Add(10 * time.Second); waits(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the output of the decoder waits for a reader that has stopped")
		}
	}
}

// TestDecodersEndWithTheirBuild checks that no decoder of a clip runs on after a build was stopped or has failed.
func TestDecodersEndWithTheirBuild(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const enter = "![](a.png)\n(duration: 1)\n---\n(transition: crossfade 8)\n(layout: corner)\n![](clip.mp4)\n![](b.png)\n"
	for name, text := range map[string]string{
		"painted": "![](clip.mp4)\n\n" + callout("4", "20", "blur"), "grid": "(layout: grid)\n![](clip.mp4)\n![](a.png)\n",
	} {
		s := newStudio(t, text)
		s.writeLongClip(t, text)
		c := s.cutter(t)
		if err := s.Files.WriteFiles(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		view := c.newView(0, s.Line.Scenes[0].Pictures[0]).view
		r, err := c.painter.PaintFrames(ctx, view, 0, 120)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		cancel()
		s.waitUntilNoneRuns(t, name)
	}

	s := newStudio(t, enter)
	s.writeLongClip(t, enter)
	// A decoder works, an encoder fails.
	program := filepath.Join(t.TempDir(), "ffmpeg")
	const script = "#!/bin/sh\ncase \"$*\" in *libx264*) exit 1;; esac\nexec ffmpeg \"$@\"\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	c := s.cutter(t)
	c = New(c.Maker, Tools{
		FFmpeg: ffmpeg.NewTools(s.Run, program, "ffprobe"), Version: steptest.Version, Form: c.form, Layers: c.layers,
	}, c.in)
	if err := s.Files.WriteFiles(); err != nil {
		t.Fatal(err)
	}
	p := c.PlanPictures()
	crossings, rest := p.separateComputedCrossfades(c.painter.CountFrameBytes())
	if len(crossings) != 1 || len(rest) != 1 {
		t.Fatalf("%d crossings, %d others", len(crossings), len(rest))
	}
	if _, err := c.makeCrossings(t.Context(), crossings[0]); err == nil {
		t.Error("a crossing without encoder succeeds")
	}
	s.waitUntilNoneRuns(t, "a crossing that failed")
	if _, err := c.makeMoving(t.Context(), rest[0]); err == nil {
		t.Error("moving pictures without encoder succeed")
	}
	s.waitUntilNoneRuns(t, "moving pictures that failed")
}
