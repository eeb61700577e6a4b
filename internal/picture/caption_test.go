package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/frame"
	"mynah/internal/picture"
)

// bar returns a layer of one colour in the lower part of the frame.
func bar(c color.NRGBA) *picture.Layer {
	img := image.NewNRGBA(image.Rect(8, height-20, width-8, height-8))
	for i := range img.Pix {
		img.Pix[i] = [4]byte{c.R, c.G, c.B, c.A}[i%4]
	}
	return picture.NewLayer(img, frame.Color{}, width, height)
}

// bars provides layers: the first bytes of a layer's key are its colour.
type bars struct{}

func (bars) Layer(ref picture.LayerRef) (*picture.Layer, error) {
	c := color.NRGBA{R: ref.Key[0], G: ref.Key[1], B: ref.Key[2], A: 255}
	if len(ref.Boxes) > 0 {
		return overlay(ref.Boxes[0], c, frame.Color{}), nil
	}
	return bar(c), nil
}

func on(c color.NRGBA) []picture.LayerRef {
	return []picture.LayerRef{{Key: cache.Key{c.R, c.G, c.B, 1}}}
}

// captioned returns a view with captions: red, nothing, and blue.
func captioned() *picture.View {
	return &picture.View{
		Still: picture.Still{Canvas: frame.Color{R: 255, G: 255, B: 255, A: 255}}, Frames: 30,
		Spans:    []picture.Span{{From: 15, Layers: on(rgbGreen)}},
		Captions: []picture.Span{{From: 2, Layers: on(rgbRed)}, {From: 10}, {From: 20, Layers: on(rgbBlue)}},
	}
}

// TestCaptionsLieOnEverything checks that captions are drawn over everything else in their frames.
func TestCaptionsLieOnEverything(t *testing.T) {
	t.Parallel()
	v := captioned()
	for n, want := range map[int64]yuv{0: white, 2: red, 9: red, 10: white, 15: green, 20: blue, 29: blue} {
		f := frameAt(t, v, n)
		if got := pixel(f, width/2, height-14); !isNear(got, want) {
			t.Errorf("frame %d shows %v, want %v", n, got, want)
		}
		if got := pixel(f, width/2, 4); !isNear(got, white) {
			t.Errorf("frame %d shows %v next to the caption", n, got)
		}
	}
	p := painter(t)
	r, err := p.PaintFrames(t.Context(), v, 0, 30)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := p.PaintFrames(t.Context(), v.WithoutCaptions(), 0, 30)
	if err != nil {
		t.Fatal(err)
	}
	later, err := io.ReadAll(p.DrawCaptionsOnFrames(bare, v, 0))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(all, later) {
		t.Error("captions that are laid on later are others")
	}
	var list []picture.ViewFrame
	for _, s := range v.SplitIntoStates(0, 30) {
		list = append(list, picture.ViewFrame{View: v, Frame: s.From})
	}
	seen, err := io.ReadAll(p.PaintSequence(t.Context(), list))
	if err != nil || len(seen) != 5*p.CountFrameBytes() ||
		!bytes.Equal(seen[p.CountFrameBytes():2*p.CountFrameBytes()], all[2*p.CountFrameBytes():3*p.CountFrameBytes()]) {
		t.Errorf("%d bytes of five states (%v)", len(seen), err)
	}
}

// TestWhatIsSeenDuringAWhile checks that the key of a range depends only on the captions in it.
func TestWhatIsSeenDuringAWhile(t *testing.T) {
	t.Parallel()
	v := captioned()
	if got := v.WithCaptionsDuring(10, 10).Captions; got != nil {
		t.Errorf("in a pause there is %v", got)
	}
	if got := v.WithCaptionsDuring(5, 3).Captions; len(got) != 1 || got[0].From != 5 {
		t.Errorf("within a caption there is %v", got)
	}
	if got := v.WithCaptionsDuring(9, 12).Captions; len(got) != 3 {
		t.Errorf("from caption to caption there is %v", got)
	}
	other := captioned()
	other.Captions[2].Layers = on(rgbGreen)
	if v.WithCaptionsDuring(0, 20).ComputeLook().Key() != other.WithCaptionsDuring(0, 20).ComputeLook().Key() {
		t.Error("a later caption changes the key of what is before")
	}
	if v.WithCaptionsDuring(0, 21).ComputeLook().Key() == other.WithCaptionsDuring(0, 21).ComputeLook().Key() ||
		v.ComputeLook().Key() == v.WithoutCaptions().ComputeLook().Key() {
		t.Error("a caption is not in the key")
	}
	at2, at9, at10 := v.FreezeAt(2), v.FreezeAt(9), v.FreezeAt(10)
	if at2.ComputeLook().Key() != at9.ComputeLook().Key() || at2.ComputeLook().Key() == at10.ComputeLook().Key() {
		t.Error("the key of a state is not that of what is seen")
	}
	photo := picture.View{Still: picture.Still{Asset: asset(t, 2, 2, 1, rgbRed)}}
	if said := (picture.View{Still: photo.Still, Captions: v.Captions}); !photo.IsBareImage() || said.IsBareImage() ||
		!said.WithoutCaptions().IsBareImage() {
		t.Error("captions are not seen to be there")
	}
}

// TestBoxesOfAnotherLayer checks that WithBoxesFrom replaces only the pixels inside the boxes.
func TestBoxesOfAnotherLayer(t *testing.T) {
	t.Parallel()
	mixed := bar(rgbRed).WithBoxesFrom(bar(rgbBlue), []image.Rectangle{image.Rect(20, height-30, 31, height)})
	f := frameAt(t, &picture.View{Still: picture.Still{Canvas: frame.Color{A: 255}}}, 0)
	f = bytes.Clone(f)
	mixed.DrawOn(f, width, height)
	for x, want := range map[int]yuv{10: red, 19: red, 20: blue, 31: blue, 33: red} {
		if got := pixel(f, x, height-14); !isNear(got, want) {
			t.Errorf("at %d it is %v, want %v", x, got, want)
		}
	}
	box := mixed.Box()
	raw, at := mixed.ToRaw(width, height)
	if at != box || !bytes.Equal(raw, picture.JoinLayersInBox(box, mixed)) {
		t.Error("a layer in its own box is not the layer")
	}
	wide := picture.JoinLayersInBox(image.Rect(0, height-24, width, height), mixed)
	n := width * 24
	if wide[10*width+20] != blue.y || wide[n*3/2+10*width+20] != 255 || wide[n*3/2] != 0 {
		t.Error("a layer in a wider box has another position")
	}
}
