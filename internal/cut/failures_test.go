package cut

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
	"mynah/internal/testrun"
)

// cutOff truncates a file of the project to a fraction of its length.
func (s *studio) cutOff(t *testing.T, name string, part float64) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	s.WriteFile(t, name, b[:int(part*float64(len(b)))])
}

// broken returns a studio in which the pixels of b.png are damaged.
func broken(t *testing.T, text string) *studio {
	t.Helper()
	s := newStudio(t, text)
	s.WritePNG(t, "b.png", width, height, blue)
	b, err := os.ReadFile(filepath.Join(s.Dir, "b.png"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 45; i < len(b)-12; i++ { // the data between the headers of the chunks
		b[i] ^= 0x5a
	}
	s.WriteFile(t, "b.png", b)
	s.Timed = s.PlanTimeline(t, s.NewMaker(t), header+text)
	return s
}

// TestBrokenImages checks that the finding names the image and its position, wherever it is shown.
func TestBrokenImages(t *testing.T) {
	t.Parallel()
	const good, bad = "![](a.png)\n(duration: 1)\n\n---\n(canvas: white)\n(duration: 1)\n\n---\n",
		"![](b.png)\n(duration: 1)\n"
	for name, c := range map[string]struct {
		text string
		lay  func(s *studio)
	}{
		"bare":       {good + bad, func(*studio) {}},
		"captions":   {good + bad, func(s *studio) { s.caption(t, 0, 2, 5); s.caption(t, 2, 2, 5) }},
		"move":       {good + "![zoom](b.png)\n(duration: 1)\n", func(*studio) {}},
		"crossing":   {good + "(transition: crossfade 1)\n" + bad, func(*studio) {}},
		"wipe":       {good + "(transition: wipe-left 1)\n" + bad, func(*studio) {}},
		"leaving":    {good + bad + "\n---\n(transition: crossfade 1)\n![](a.png)\n(duration: 1)\n", func(*studio) {}},
		"with slide": {good + "![](b.png)\n(duration: 1)\n\n```\nslide\n```\n", func(s *studio) { s.slide(t, 2, 10) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := broken(t, c.text)
			c.lay(s)
			cutter := s.cutter(t)
			list, err := cutter.MakePictures(t.Context(), cutter.PlanPictures())
			line := strings.Count(c.text[:strings.Index(c.text, "(b.png)")], "\n") + strings.Count(header, "\n") + 1
			if err != nil || len(list) == 0 || !strings.Contains(list[0].Summary, `"b.png"`) ||
				list[0].Range.Start.Line != line {
				t.Errorf("%v %v, want b.png in line %d", list, err, line)
			}
			if name == "bare" || name == "wipe" {
				frame, list, err := s.cutter(t).DrawFrame(t.Context(), 2, 3)
				if frame != nil || err != nil || len(list) != 1 || !strings.Contains(list[0].Summary, `"b.png"`) {
					t.Errorf("Frame: %v %v", list, err)
				}
			}
		})
	}
}

// TestCutOffClips checks that a clip with far fewer pictures than stated is a finding, and that one or two
// missing frames are replaced by the last one.
func TestCutOffClips(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, with := range []string{"", "\n" + callout("4", "20", "blur")} { // callouts that blur are drawn by this program
		text := "![](clip.mp4)\n(pause: 1.5)\n" + with
		s := newStudio(t, text)
		s.WriteMedia(t, "clip.mp4", "-f lavfi -i testsrc=s=64x36:r=10:d=4 -c:v libx264 -preset ultrafast "+
			"-g 1 -pix_fmt yuv420p "+
			"-movflags +faststart")
		s.cutOff(t, "clip.mp4", 0.5)
		s.Timed = s.PlanTimeline(t, s.NewMaker(t), header+text)
		c := s.cutter(t)
		list, err := c.MakePictures(t.Context(), c.PlanPictures())
		if err != nil || len(list) != 1 || !strings.Contains(list[0].Summary, `"clip.mp4" ends after`) ||
			!strings.Contains(list[0].Summary, "of 4.0 seconds") {
			t.Errorf("%q: %v %v", with, list, err)
		}
	}
}

// TestHowMuchMayBeMissing checks the tolerance: half a second, and at least two frames.
func TestHowMuchMayBeMissing(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](clip.mp4)\n(pause: 1)\n")
	c, p := s.makePlan(t)
	key := p.Runs[0].Segment
	for _, k := range []struct {
		count, fps int64
		want       bool
	}{{14, 10, false}, {15, 10, true}, {12, 2, false}, {13, 2, true}, {12, 4, false}} {
		c.form.FPS.Num = k.fps
		task := p.wanted[key]
		task.count = k.count
		p.wanted[key] = task
		list, err := c.checkClipLengths(p)
		if err != nil || list.HasErrors() != k.want {
			t.Errorf("10 of %d frames at %d a second: %v %v", k.count, k.fps, list, err)
		}
	}
	p.wanted[cache.Key{1}] = movingTask{}
	if _, err := c.checkClipLengths(p); !errors.Is(err, cache.ErrLost) {
		t.Errorf("a clip that is gone: %v", err)
	}
}

// TestProgramFails checks that a failure without an unreadable file is attributed to the program.
func TestProgramFails(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "(canvas: white)\n(duration: 1)\n")
	c := s.cutter(t)
	c = New(c.Maker, Tools{
		FFmpeg: ffmpeg.NewTools(s.Run, "false", "false"), Version: "x", Form: c.form,
		Layers: c.layers,
	}, c.in)
	_, err := c.MakePictures(t.Context(), c.PlanPictures())
	f, ok := fault.As(err)
	if !ok || f.Code != fault.ToolFailed || !strings.Contains(f.Public, "script.md:6") || f.Hint == "" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c = s.cutter(t)
	if _, err := c.MakePictures(ctx, c.PlanPictures()); !errors.Is(err, context.Canceled) {
		t.Errorf("a stop is %v", err)
	}
	_, _, err = c.DrawFrame(t.Context(), 0, 10)
	if fault.CodeOf(err) != fault.Internal {
		t.Errorf("a frame behind the scene: %v", err)
	}
}

// TestBatches checks that batches are large enough for a process and small enough for the memory.
func TestBatches(t *testing.T) {
	t.Parallel()
	views := make([]*picture.View, 100)
	for i := range views {
		views[i] = &picture.View{}
	}
	sizes := func(frames, chains, jobs, frame int, sameView bool) (out []int) {
		p := &Plan{}
		for i := range chains {
			if sameView {
				i = 0
			}
			p.chains = append(p.chains, chainTask{viewFrame: viewFrame{view: views[i]}, frames: make([]int64, frames)})
		}
		for _, b := range p.splitChainsIntoBatches(jobs, frame) {
			out = append(out, len(b))
		}
		return out
	}
	crossings := func(frame int, tasks ...movingTask) (out []int, rest int) {
		p := &Plan{moving: tasks}
		batches, other := p.separateComputedCrossfades(frame)
		for _, b := range batches {
			out = append(out, len(b))
		}
		return out, len(other)
	}
	equal := func(what string, got []int, want ...int) {
		t.Helper()
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", what, got, want)
				return
			}
		}
	}
	for _, x := range [][4]int{ // stills, jobs, bytes per frame, stills per process
		{0, 2, 1, 6},
		{1, 2, 1, 6},
		{12, 2, 1, 6},
		{13, 2, 1, 7},
		{14, 2, 1, 7},
		{15, 2, 1, 8},
		{48, 2, 1, 24},
		{49, 2, 1, 24},
		{50, 1, batchBytes / 3, 3},
		{50, 1, batchBytes, 1},
		{50, 1, 2 * batchBytes, 1},
	} {
		if got := chooseStillsPerProcess(x[0], x[1], x[2]); got != x[3] {
			t.Errorf("%d stills for %d workers, %d bytes each: %d at once, want %d", x[0], x[1], x[2], got, x[3])
		}
	}
	equal("what is left of a share counts", sizes(1, 51, 2, 1, true), 26, 25)
	equal("few pictures are one batch", sizes(2, 10, 4, 1, true), 10)
	equal("24 pictures pay", sizes(12, 6, 4, 1, true), 2, 2, 2)
	equal("all workers have some", sizes(10, 20, 2, 1, true), 10, 10)
	equal("a batch has 400 at most", sizes(100, 12, 1, 1, true), 4, 4, 4)
	equal("no more views than memory holds", sizes(1, 5, 1, batchBytes/2, false), 2, 2, 1)
	equal("one view at least", sizes(1, 3, 1, 2*batchBytes, false), 1, 1, 1)
	equal("one view in any number", sizes(1, 5, 1, 2*batchBytes, true), 5)
	equal("24 views at most", sizes(1, 30, 1, 1, false), 24, 6)

	still, clip, move := &picture.View{}, &picture.View{Clip: &ffmpeg.ClipInput{}},
		&picture.View{Move: picture.Move{Motion: "zoom"}}
	task := func(v *picture.View, enter string) movingTask {
		return movingTask{viewFrame: viewFrame{view: v}, enter: enter}
	}
	got, rest := crossings(batchBytes/4, task(still, crossfade), task(still, crossfade), task(still, crossfade),
		task(still, "wipe-left"), task(clip, crossfade), task(still, ""))
	equal("crossfades that memory holds", got, 2, 1)
	if rest != 3 {
		t.Errorf("%d are not made side by side, want the wipe, the clip and the move", rest)
	}
	got, _ = crossings(batchBytes/4, task(still, crossfade), task(move, crossfade), task(still, crossfade))
	equal("a move fills the memory", got, 1, 1, 1)
}

// TestFrameReadsWhatItShows checks that a broken picture does not matter if it is not visible, and that neither
// a missing program nor a cancellation is attributed to a file.
func TestFrameReadsWhatItShows(t *testing.T) {
	t.Parallel()
	s := broken(t, "![](a.png)\n(duration: 1)\n\n---\n![](b.png)\n(duration: 1)\n\n---\n![](a.png)\n(duration: 1)\n\n"+
		"---\n(transition: wipe-left 0.5)\n![](a.png)\n(duration: 1)\n")
	c := s.cutter(t)
	for _, scene := range []int{0, 2, 3} {
		frame, list, err := c.DrawFrame(t.Context(), scene, 5)
		if err != nil || len(list) > 0 || len(frame) != frameSize || !isNear(luma(frame, 5, 5), 63) {
			t.Errorf("scene %d: %v %v", scene, list, err)
		}
	}
	missing := Tools{
		FFmpeg: ffmpeg.NewTools(s.Run, "no-such-program", "no-such-program"), Version: "x", Form: c.form,
		Layers: c.layers,
	}
	if _, list, err := New(c.Maker, missing, c.in).DrawFrame(t.Context(), 0, 5); err == nil || len(list) > 0 {
		t.Errorf("no program: %v %v", list, err)
	}
	if list, err := New(c.Maker, missing, c.in).MakePictures(t.Context(), c.PlanPictures()); err == nil || len(list) > 0 {
		t.Errorf("no program: %v %v", list, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, list, err := s.cutter(t).DrawFrame(ctx, 0, 5); err == nil || len(list) > 0 {
		t.Errorf("a stop: %v %v", list, err)
	}
}

// TestLeavingPictureIsBroken checks that DrawFrame names the unreadable one of a transition's two pictures.
func TestLeavingPictureIsBroken(t *testing.T) {
	t.Parallel()
	s := broken(t, "![](b.png)\n(duration: 1)\n\n---\n(transition: wipe-left 0.5)\n![](a.png)\n(duration: 1)\n")
	frame, list, err := s.cutter(t).DrawFrame(t.Context(), 1, 2)
	if frame != nil || err != nil || len(list) != 1 || list[0].Range.Start.Line != 6 {
		t.Errorf("%v %v", list, err)
	}
}

// TestChainsFail checks that an unreadable clip is named, and that other failures are attributed to the first
// chain.
func TestChainsFail(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, "![](a.png)\n(duration: 1)\n\n---\n![](clip.mp4)\n(pause: 2)\n")
	s.caption(t, 0, 2, 5)
	s.caption(t, 1, 12, 16)
	_, p := s.makePlan(t)
	for _, chain := range p.chains {
		s.Store.RemoveEntry(cache.Segments, chain.key)
	}
	if err := os.WriteFile(s.Files.GetUsable("clip.mp4").Input.Path, []byte("noise"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := s.cutter(t)
	c.Jobs = 1
	list, err := c.MakePictures(t.Context(), c.PlanPictures())
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Summary, `"clip.mp4"`) {
		t.Errorf("%v %v", list, err)
	}
	s = newStudio(t, "(canvas: white)\n(duration: 1)\n\n---\n(canvas: red)\n(duration: 1)\n")
	s.caption(t, 0, 2, 5)
	s.caption(t, 1, 2, 5)
	c = s.cutter(t)
	c = New(c.Maker, Tools{
		FFmpeg: ffmpeg.NewTools(s.Run, "false", "false"), Version: "x", Form: c.form,
		Layers: c.layers,
	}, c.in)
	c.Jobs = 1
	_, err = c.MakePictures(t.Context(), c.PlanPictures())
	if f, ok := fault.As(err); !ok || !strings.Contains(f.Public, "script.md:6") {
		t.Errorf("got %v", err)
	}
}
