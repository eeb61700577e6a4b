package overlay_test

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/proc"
	"mynah/internal/project"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// table contains the inputs for drawing.
type table struct {
	in    overlay.Input
	maker part.Maker
	line  *timeline.Line
	cues  []caption.Cue
}

// newTable returns a table for a script in which each sentence lasts a second.
func newTable(t *testing.T, store *cache.Store, text string) table {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	drawer, err := slide.New(slide.DefaultConfig(), run, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drawer.Close(); _ = files.Close() })
	booth, err := voice.NewBooth(voice.DefaultConfig(), []voice.Engine{tone.New()}, store)
	if err != nil {
		t.Fatal(err)
	}
	src, err := compile.PlanScript(t.Context(), files, booth, compile.Request{Script: "s.md"})
	if err != nil || src.Findings.HasErrors() {
		t.Fatal(err, src.Findings)
	}
	x := table{
		in:    overlay.Input{Board: src.Board, Files: files.FS(), Drawer: drawer},
		maker: part.Maker{Store: store, Book: part.NewBook(), Jobs: 2, Work: t.TempDir()},
	}
	var m timeline.Measured
	for _, s := range src.Board.Scenes {
		lengths := make([]int64, len(s.Parts))
		for i, p := range s.Parts {
			if p.Kind == storyboard.Speech {
				lengths[i] = timeline.SampleRate
			}
		}
		m.Speech = append(m.Speech, lengths)
	}
	x.line = timeline.Compute(src.Board, m)
	x.cues = caption.MakeCues(src.Board, x.line, func(scene, item int) []caption.Word {
		var out []caption.Word
		at := 0
		for i, w := range strings.Fields(src.Board.Scenes[scene].Parts[item].Text) {
			start := int64(i) * timeline.SampleRate / 4
			out = append(out, caption.Word{Offset: at, Start: start, End: start + timeline.SampleRate/4})
			at += len(w) + 1
		}
		return out
	})
	return x
}

func newStore(t *testing.T) *cache.Store {
	t.Helper()
	s, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// damageAll truncates all metadata of drawings in the cache, but not the drawings.
func damageAll(t *testing.T, store *cache.Store) {
	t.Helper()
	err := filepath.WalkDir(store.Dir(), func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) == 0 || b[0] != '{' {
			return err
		}
		return os.WriteFile(path, []byte("{"), 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// countMade returns the number of parts that were made, by kind.
func (x table) countMade(t *testing.T) map[part.Kind]int {
	t.Helper()
	out := map[part.Kind]int{}
	for _, m := range x.maker.Book.ExplainMade(x.maker.Store, cache.Key{1}) {
		out[m.What]++
	}
	return out
}

const slides = "---\nsize: 320x180\nvoice: tone/high\nsubtitles: none\n---\n(reveal: items)\n\n```md\n- one\n- two\n" +
	"```\n\nFirst this.\n\n---\n```js\nlet a = 1\n```\n\nThen that.\n\n---\nNo slide.\n"

// TestSlides checks that a revealed slide has a state for each step, and that a second run finds the
// drawings in the cache.
func TestSlides(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	for round := range 2 {
		x := newTable(t, store, slides)
		var last float64
		x.maker.Report = func(d float64) { last = d }
		got, list, err := overlay.DrawSlides(t.Context(), x.maker, x.in, x.cues)
		if err != nil || len(list) > 0 {
			t.Fatal(err, list)
		}
		if len(got) != 3 || len(got[0]) != 2 || len(got[1]) != 1 || len(got[2]) != 0 || last != 1 {
			t.Fatalf("states are %d, %d, %d, progress %g", len(got[0]), len(got[1]), len(got[2]), last)
		}
		if n := x.countMade(t)[part.Slide]; n != []int{3, 0}[round] {
			t.Errorf("round %d made %d slides", round, n)
		}
		d, err := overlay.NewDrawings(store)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[cache.Key]bool{}
		for _, state := range append(got[0], got[1]...) {
			if seen[state.Layer.Key] {
				t.Error("two states have one key")
			}
			seen[state.Layer.Key] = true
			if l, err := d.Layer(state.Layer); err != nil || l.Box().Empty() {
				t.Errorf("a drawing is empty: %v", err)
			}
		}
		if files := overlay.ListSlideFiles(x.in, &x.in.Board.Scenes[2]); files != nil {
			t.Errorf("a scene without slides names %q", files)
		}
		if round == 0 {
			continue
		}
		// Drawings that are lost or damaged are drawn again.
		for want, lose := range map[int]func(){
			0: func() {},
			1: func() { store.RemoveEntry(cache.Pictures, got[1][0].Layer.Drawing) },
			3: func() { damageAll(t, store) },
		} {
			x.maker.Book = part.NewBook()
			lose()
			if _, _, err := overlay.DrawSlides(t.Context(), x.maker, x.in, x.cues); err != nil {
				t.Fatal(err)
			}
			if n := x.countMade(t)[part.Slide]; n != want {
				t.Errorf("made anew are %d slides, want %d", n, want)
			}
		}
	}
}

// TestWrongSlides checks that an invalid diagram is reported once at its place, and a missing picture
// at its slide.
func TestWrongSlides(t *testing.T) {
	t.Parallel()
	x := newTable(t, newStore(t), "---\nsize: 320x180\nvoice: tone/high\n---\n```math\n\\frac{1\n```\n\nFirst.\n")
	_, list, err := overlay.DrawSlides(t.Context(), x.maker, x.in, nil)
	if err != nil || len(list) != 1 || !list.HasErrors() ||
		!strings.HasPrefix(list[0].Summary, "the formula cannot be drawn: ") || list[0].Range.Start.Line != 6 {
		t.Errorf("%v, %+v", err, list)
	}
}

const captions = "---\nsize: 320x180\nvoice: tone/high\nsubtitles: {mode: overlay%s}\n---\nOne two three.\n\n---\n" +
	"Four five six.\n\n---\nOne two three.\n"

func withSubtitles(more string) string { return strings.Replace(captions, "%s", more, 1) }

// TestCaptions checks that each cue is drawn once, at the position that the script sets.
func TestCaptions(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	box := func(ref picture.LayerRef) image.Rectangle {
		t.Helper()
		d, err := overlay.NewDrawings(store)
		if err != nil {
			t.Fatal(err)
		}
		l, err := d.Layer(ref)
		if err != nil {
			t.Fatal(err)
		}
		return l.Box()
	}
	places := map[string]image.Rectangle{}
	for round, more := range []string{"", "", ", position: top", ", position: middle", ", margin: 60"} {
		x := newTable(t, store, withSubtitles(more))
		got, list, err := overlay.DrawCaptions(t.Context(), x.maker, x.in, x.line, x.cues)
		if err != nil || len(list) > 0 {
			t.Fatal(err, list)
		}
		if len(got) != 3 || len(got[0]) != 1 || got[0][0].Layer.Key != got[2][0].Layer.Key || got[0][0].Layer.Key == got[1][0].Layer.Key {
			t.Fatalf("%q: spans are %+v", more, got)
		}
		for i, spans := range got {
			s := x.line.Scenes[i]
			if spans[0].From != s.Start || spans[0].To <= spans[0].From || spans[0].To > s.Start+s.Frames {
				t.Errorf("%q: scene %d from %d: %+v", more, i+1, s.Start, spans)
			}
		}
		if n := x.countMade(t)[part.Subtitle]; n != []int{2, 0, 2, 2, 2}[round] {
			t.Errorf("%q: made %d", more, n)
		}
		places[more] = box(got[0][0].Layer)
	}
	usual, top, middle, higher := places[""], places[", position: top"], places[", position: middle"], places[", margin: 60"]
	if usual.Min.Y < 120 || top.Max.Y > 60 || middle.Min.Y < 60 || middle.Max.Y > 120 || higher.Max.Y >= usual.Max.Y {
		t.Errorf("places are %v", places)
	}
	if d := usual.Min.X + usual.Max.X - 320; d < -4 || d > 4 {
		t.Errorf("a caption is not in the middle: %v", usual)
	}
}

// TestKaraoke checks that each word is highlighted while it is spoken, and that its boxes are inside
// the caption.
func TestKaraoke(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	x := newTable(t, store, withSubtitles(", style: karaoke"))
	got, list, err := overlay.DrawCaptions(t.Context(), x.maker, x.in, x.line, x.cues)
	if err != nil || len(list) > 0 {
		t.Fatal(err, list)
	}
	lit, at := 0, got[0][0].From
	for _, s := range got[0] {
		if s.From != at {
			t.Errorf("a gap at frame %d: %+v", at, s)
		}
		at = s.To
		if len(s.Layer.Boxes) > 0 {
			lit++
		}
	}
	if lit != 3 {
		t.Errorf("%d words are lit: %+v", lit, got[0])
	}
	d, err := overlay.NewDrawings(store)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got[0] {
		l, err := d.Layer(s.Layer)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range s.Layer.Boxes {
			if !b.In(l.Box().Inset(-2)) {
				t.Errorf("a word at %v is outside its caption at %v", b, l.Box())
			}
		}
	}
	// Drawings that are lost or damaged are drawn again.
	for _, c := range []struct {
		lose func()
		want int
	}{
		{func() {}, 0},
		{func() { store.RemoveEntry(cache.Pictures, got[0][0].Layer.Drawing) }, 1},
		{func() { store.RemoveEntry(cache.Pictures, got[1][0].Layer.Lit) }, 1},
		{func() { damageAll(t, store) }, 2},
	} {
		x.maker.Book = part.NewBook()
		c.lose()
		again, _, err := overlay.DrawCaptions(t.Context(), x.maker, x.in, x.line, x.cues)
		if err != nil || len(again[0]) != len(got[0]) || len(again[0][0].Layer.Boxes) != len(got[0][0].Layer.Boxes) {
			t.Fatal(err, again)
		}
		if n := x.countMade(t)[part.Subtitle]; n != c.want {
			t.Errorf("made anew are %d captions, want %d", n, c.want)
		}
	}
}

// TestNoCaptions checks that no browser is needed without cues, or if cues are not shown in the
// picture.
func TestNoCaptions(t *testing.T) {
	t.Parallel()
	x := newTable(t, newStore(t), withSubtitles(""))
	x.in.Drawer = nil
	if got, _, err := overlay.DrawCaptions(t.Context(), x.maker, x.in, x.line, nil); err != nil || len(got) != 3 {
		t.Errorf("%v, %v", got, err)
	}
	x.in.Board.Film.Subtitles.Mode = "files"
	if got, _, err := overlay.DrawCaptions(t.Context(), x.maker, x.in, x.line, x.cues); err != nil || len(got[0]) > 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestMissingFont checks that a missing font is reported once.
func TestMissingFont(t *testing.T) {
	t.Parallel()
	x := newTable(t, newStore(t), withSubtitles(", font: No Such Font"))
	_, list, err := overlay.DrawCaptions(t.Context(), x.maker, x.in, x.line, x.cues)
	if err != nil || len(list) != 1 ||
		list[0].Summary != `the font "No Such Font" is not installed; another font is used` || list[0].Range.Start.Line != 4 {
		t.Errorf("%v, %+v", err, list)
	}
}

// TestSlidesKeepClear checks that a slide leaves room for subtitles in the picture.
func TestSlidesKeepClear(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	text := "---\nsize: 320x180\nvoice: tone/high\nsubtitles: {mode: overlay}\n---\n```md\n- one\n- two\n- three\n" +
		"- four\n- five\n- six\n- seven\n```\n\nFirst this is said.\n"
	x := newTable(t, store, text)
	draw := func(cues []caption.Cue) image.Rectangle {
		t.Helper()
		got, _, err := overlay.DrawSlides(t.Context(), x.maker, x.in, cues)
		if err != nil {
			t.Fatal(err)
		}
		d, err := overlay.NewDrawings(store)
		if err != nil {
			t.Fatal(err)
		}
		l, err := d.Layer(got[0][0].Layer)
		if err != nil {
			t.Fatal(err)
		}
		return ink(l)
	}
	alone, above := draw(nil), draw(x.cues)
	if above.Max.Y >= alone.Max.Y || above.Max.Y > 150 {
		t.Errorf("text is at %v, without subtitles at %v", above, alone)
	}
}

// ink returns the bounding box of the pixels that differ from the layer's corner.
func ink(l *picture.Layer) image.Rectangle {
	const w, h = 320, 180
	f := make([]byte, w*h*3/2)
	l.DrawOn(f, w, h)
	var out image.Rectangle
	for y := range h {
		for x := range w {
			if d := int(f[y*w+x]) - int(f[0]); d > 60 || d < -60 {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}
