package release

import (
	"bytes"
	"strings"
	"testing"

	"mynah/internal/caption"
	"mynah/internal/film"
	"mynah/internal/frame"
	"mynah/internal/overlay"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// told checks that an error is there, if one is wanted, and names its scene.
func told(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}

func TestPicturesAreHeldAgainstThePlan(t *testing.T) {
	t.Parallel()
	line := &timeline.Line{Frames: 50, Scenes: []timeline.Scene{{Frames: 20}, {Start: 20, Frames: 30}}}
	for _, c := range []struct {
		frames []int64
		want   string
	}{
		{[]int64{20, 30}, ""},
		{[]int64{5, 15, 30}, ""},
		{[]int64{21, 29}, "scene 2"},
		{[]int64{20, 29}, "planned are 50"},
	} {
		f := &film.Film{}
		for _, n := range c.frames {
			f.Pieces = append(f.Pieces, film.Piece{Frames: n})
		}
		told(t, "pieces", checkPieces(line, f), c.want)
	}
}

func TestMissingNarrationIsFound(t *testing.T) {
	t.Parallel()
	board := &storyboard.Board{Scenes: []storyboard.Scene{{}, {Parts: []storyboard.Part{{Kind: storyboard.Speech, Text: "Hello", Volume: 1}}}}}
	line := &timeline.Line{Sounds: []timeline.Sound{{Kind: timeline.SoundSpeech, Scene: 1, Start: 2048, Samples: 4096}}}
	quiet, loud := []uint32{6, 6, 6, 6, 6, 6, 6, 6}, []uint32{6, 6, 6, 200, 200, 200, 200, 6}
	told(t, "loud", checkNarration(board, line, loud, 6), "")
	told(t, "quiet", checkNarration(board, line, quiet, 6), "scene 2")
	told(t, "loud elsewhere", checkNarration(board, line, []uint32{200, 200, 6, 6, 6, 6, 6, 200}, 6), "scene 2")
}

func TestMissingCuesAreFound(t *testing.T) {
	t.Parallel()
	cues := []caption.Cue{{Start: 0, End: 48000, Text: "one"}, {Start: 60000, End: 90000, Text: "two"}}
	whole := []sidecar{{"a.srt", []byte(caption.SRT(cues))}, {"a.vtt", []byte(caption.VTT(cues))}}
	told(t, "whole", checkCues(cues, whole), "")
	whole[1].content = []byte(caption.VTT(cues[:1]))
	told(t, "one less", checkCues(cues, whole), "1 of 2 subtitles")
	r := &Releaser{video: Video{
		Board:    &storyboard.Board{Film: storyboard.Film{Subtitles: script.Subtitles{Mode: script.SubtitlesOverlay}}},
		Line:     &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{}}},
		Cues:     cues,
		Captions: [][]overlay.CaptionSpan{{{From: 0, To: 25}, {From: 31, To: 47}}},
	}}
	told(t, "drawn", r.checkDrawn(), "")
	r.video.Captions[0] = r.video.Captions[0][:1]
	told(t, "the second not drawn", r.checkDrawn(), "two")
	r.video.Captions[0] = nil
	told(t, "not drawn", r.checkDrawn(), "scene 1")
}

func TestFilesThatAreNotAsPlanned(t *testing.T) {
	t.Parallel()
	line := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Frames: 25, Samples: 48000}
	told(t, "no video", checkFile(line, &film.Film{}, bytes.NewReader([]byte("nonsense")), 8), "cannot be read")
}
