package overlay_test

import (
	"testing"

	"mynah/internal/cache"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

// TestCalloutsAreDrawnOnce checks that drawings of callouts come from the cache, and that a changed label is drawn anew.
func TestCalloutsAreDrawnOnce(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	draw := func(label string) ([]overlay.CalloutDrawing, map[cache.Key]*drawing) {
		t.Helper()
		x := newTable(t, store, "---\nsize: 640x360\n---\n\nOne.\n")
		mark := slide.CalloutMark{Left: 100, Top: 100, Right: 200, Bottom: 150, Ring: true, Label: label, Within: [4]float64{0, 0, 640, 360}}
		list := []overlay.CalloutDrawing{{Marks: []slide.CalloutMark{mark}}, {Marks: []slide.CalloutMark{{Right: 20, Bottom: 20, Marker: true}}}}
		refs, found, err := overlay.DrawCallouts(t.Context(), x.maker, x.in, list, x.cues)
		if err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
		layers, err := overlay.NewDrawings(store)
		if err != nil {
			t.Fatal(err)
		}
		out := map[cache.Key]*drawing{}
		for _, d := range list {
			l, err := layers.Layer(refs[d.ID()])
			if err != nil {
				t.Fatal(err)
			}
			out[d.ID()] = &drawing{l.Box().Dx(), x.maker.Book.IsNew(refs[d.ID()].Key)}
		}
		return list, out
	}
	list, first := draw("here")
	for _, d := range list {
		if i := first[d.ID()]; !i.made || i.width < 20 {
			t.Errorf("%+v: %+v", d, i)
		}
	}
	_, again := draw("here")
	for _, i := range again {
		if i.made {
			t.Error("a drawing was made again")
		}
	}
	list, changed := draw("there")
	if !changed[list[0].ID()].made || changed[list[1].ID()].made {
		t.Error("not only the changed drawing was made again")
	}
	var none part.Maker
	if refs, found, err := overlay.DrawCallouts(t.Context(), none, overlay.Input{}, nil, nil); err != nil || len(refs)+len(found) > 0 {
		t.Errorf("nothing to draw: %v %v %v", refs, found, err)
	}
}

// drawing is what is known of a drawing.
type drawing struct {
	width int
	made  bool
}
