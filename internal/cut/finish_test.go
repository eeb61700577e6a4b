package cut

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
	"mynah/internal/proc"
)

// TestFinish checks that a failure to read the author's file becomes a finding, and any other failure an error.
func TestFinish(t *testing.T) {
	t.Parallel()
	place := diag.Range{File: "s.md", Start: diag.Pos{Line: 3}}
	file := viewFrame{view: &picture.View{Still: picture.Still{Asset: &picture.Asset{}}}, source: source{place, "a.png"}}
	canvas := viewFrame{view: &picture.View{}, source: source{place, "the canvas"}}
	exit := &proc.ExitError{Program: "ffmpeg"}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx     context.Context //nolint:containedctx // of one call
		at      viewFrame
		err     error
		code    fault.Code // code of the error, "" if none exists
		finding bool
	}{
		"success":           {t.Context(), file, nil, "", false},
		"success at a stop": {stopped, file, nil, "", false},
		"a file":            {t.Context(), file, exit, "", true},
		"a file at a stop":  {stopped, file, exit, fault.Internal, false},
		"no file":           {t.Context(), canvas, exit, fault.ToolFailed, false},
		"nothing":           {t.Context(), viewFrame{source: source{place: place}}, exit, fault.ToolFailed, false},
		"no disk":           {t.Context(), file, fault.New(fault.Disk, nil, "no room"), fault.Disk, false},
		"the cache":         {t.Context(), canvas, cache.ErrLost, fault.Disk, false},
	} {
		m := &maker{}
		err := m.explainFailure(c.ctx, c.at, c.err)
		if (err == nil) != (c.code == "") || c.code != "" && !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
		if c.code == fault.ToolFailed && fault.CodeOf(err) != c.code {
			t.Errorf("%s: the code is %s", name, fault.CodeOf(err))
		}
		if (len(m.list) == 1) != c.finding || c.finding && m.list[0].Range != place {
			t.Errorf("%s: findings %v", name, m.list)
		}
	}
}

// TestFrameOf checks that the frame number counts only for moving pictures.
func TestFrameOf(t *testing.T) {
	t.Parallel()
	moves := &picture.View{Clip: &ffmpeg.ClipInput{}}
	if a, b := chooseFrameForKey(viewFrame{view: moves}, 7),
		chooseFrameForKey(viewFrame{view: &picture.View{}}, 7); a != 7 ||
		b != 0 {
		t.Errorf("%d and %d", a, b)
	}
}

// TestCaptionStates checks the file with the captions of some frames: its box contains all of them. There is no
// file without captions.
func TestCaptionStates(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](a.png)\n(duration: 2)\n")
	c := s.cutter(t)
	first := s.StoreLayer(t, width, height, image.Rect(4, 8, 20, 16), grey)
	second := s.StoreLayer(t, width, height, image.Rect(10, 12, 40, 30), grey)
	v := &picture.View{Frames: 20, Captions: []picture.Span{
		{From: 2, Layers: []picture.LayerRef{first}}, {From: 5}, {From: 8, Layers: []picture.LayerRef{second}}, {From: 12},
	}}
	for _, x := range []struct {
		from, count int64
		box         image.Rectangle
		states      int // number of states in the file
	}{
		{0, 20, image.Rect(4, 8, 40, 30), 5}, // one more for the time before the first caption
		{2, 3, image.Rect(4, 8, 20, 16), 1},
		{0, 3, image.Rect(4, 8, 20, 16), 2},
		{3, 6, image.Rect(4, 8, 40, 30), 3},
		{0, 2, image.Rectangle{}, 0},
		{5, 3, image.Rectangle{}, 0},
		{12, 8, image.Rectangle{}, 0},
		{11, 9, image.Rect(10, 12, 40, 30), 2},
	} {
		got, err := c.writeCaptionStates(v, x.from, x.count, cache.Key{9})
		if err != nil || (got == nil) != (x.states == 0) {
			t.Errorf("from %d, %d frames: %+v, %v", x.from, x.count, got, err)
			continue
		}
		if got == nil {
			continue
		}
		b, err := os.ReadFile(got.Path)
		if err != nil {
			t.Fatal(err)
		}
		box := image.Rect(got.X, got.Y, got.X+got.W, got.Y+got.H)
		clusters := bytes.Count(b, []byte{0x1f, 0x43, 0xb6, 0x75}) // one per state
		if box != x.box || clusters != x.states {
			t.Errorf("from %d, %d frames: %v with %d states, want %v with %d", x.from, x.count, box, clusters, x.box, x.states)
		}
	}
}
