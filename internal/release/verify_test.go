package release

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/fault"
	"mynah/internal/film"
	"mynah/internal/frame"
	"mynah/internal/mp4"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/script"
	"mynah/internal/sound"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/testrun"
	"mynah/internal/timeline"
)

// checkError checks whether there is an error as expected, and that it names the scene.
func checkError(t *testing.T, what string, err error, want string) {
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
		{[]int64{20, 29}, "planned 50"},
	} {
		f := &film.Film{}
		for _, n := range c.frames {
			f.Runs = append(f.Runs, film.SegmentRun{Frames: n})
		}
		checkError(t, "runs", checkSceneFrames(line, f), c.want)
	}
}

func TestMissingNarrationIsFound(t *testing.T) {
	t.Parallel()
	board := &storyboard.Board{Scenes: []storyboard.Scene{{}, {Parts: []storyboard.Part{{
		Kind: storyboard.Speech,
		Text: "Hello", Volume: 1,
	}}}}}
	line := &timeline.Line{Sounds: []timeline.Sound{{Kind: timeline.SoundSpeech, Scene: 1, Start: 2048, Samples: 4096}}}
	quiet, loud := []uint32{6, 6, 6, 6, 6, 6, 6, 6}, []uint32{6, 6, 6, 200, 200, 200, 200, 6}
	checkError(t, "loud", checkNarrationIsAudible(board, line, loud, 6), "")
	checkError(t, "quiet", checkNarrationIsAudible(board, line, quiet, 6), "scene 2")
	checkError(t, "loud elsewhere", checkNarrationIsAudible(board, line, []uint32{200, 200, 6, 6, 6, 6, 6, 200}, 6),
		"scene 2")
}

func TestMissingCuesAreFound(t *testing.T) {
	t.Parallel()
	cues := []caption.Cue{{Start: 0, End: 48000, Text: "one"}, {Start: 60000, End: 90000, Text: "two"}}
	whole := []sidecar{{"a.srt", []byte(caption.FormatSRT(cues))}, {"a.vtt", []byte(caption.FormatVTT(cues))}}
	checkError(t, "whole", checkCueCounts(cues, whole), "")
	whole[1].content = []byte(caption.FormatVTT(cues[:1]))
	checkError(t, "one less", checkCueCounts(cues, whole), "1 of 2 subtitles")
	r := &Releaser{video: Video{
		Board:    &storyboard.Board{Film: storyboard.Film{Subtitles: script.Subtitles{Mode: script.SubtitlesOverlay}}},
		Line:     &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{}}},
		Cues:     cues,
		Captions: [][]overlay.CaptionSpan{{{From: 0, To: 25}, {From: 31, To: 47}}},
	}}
	checkError(t, "drawn", r.checkCaptionsDrawn(), "")
	r.video.Captions[0] = r.video.Captions[0][:1]
	checkError(t, "the second not drawn", r.checkCaptionsDrawn(), "two")
	r.video.Captions[0] = nil
	checkError(t, "not drawn", r.checkCaptionsDrawn(), "scene 1")
}

func TestFilesThatAreNotAsPlanned(t *testing.T) {
	t.Parallel()
	line := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Frames: 25, Samples: 48000}
	checkError(t, "no video", checkFileIndex(line, &film.Film{}, bytes.NewReader([]byte("nonsense")), 8), "cannot be read")
}

// TestFileIsHeldAgainstThePlan checks frames, samples, tracks and the positions of their content.
func TestFileIsHeldAgainstThePlan(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	p := newPress(t, story)
	r := p.releaser(t, p.target())
	f := r.newFilmToJoin()
	var out bytes.Buffer
	size, err := f.WriteMP4(p.Store, &out)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what, want string, change func(l *timeline.Line, f *film.Film)) {
		t.Helper()
		l, other := *p.Line, *f
		change(&l, &other)
		checkError(t, what, checkFileIndex(&l, &other, bytes.NewReader(out.Bytes()), size), want)
	}
	packets := int64(-1) // the encoder's delay
	for _, s := range f.Sound {
		packets += s.Packets
	}
	held := packets * timeline.SoundGrid // samples
	check("as planned", "", func(*timeline.Line, *film.Film) {})
	check("a frame more", "instead of the planned", func(l *timeline.Line, _ *film.Film) { l.Frames++ })
	check("a frame less", "instead of the planned", func(l *timeline.Line, _ *film.Film) { l.Frames-- })
	check("no cues", "has 4 tracks instead of the planned 3", func(_ *timeline.Line, f *film.Film) { f.Cues = nil })
	check("no chapters", "has 4 tracks instead of the planned 3", func(_ *timeline.Line, f *film.Film) { f.Chapters = nil })
	check("one cue", "", func(_ *timeline.Line, f *film.Film) { f.Cues = f.Cues[:1] })
	check("one chapter", "", func(_ *timeline.Line, f *film.Film) { f.Chapters = f.Chapters[:1] })
	check("a sample too many", "soundtrack", func(l *timeline.Line, _ *film.Film) { l.Samples = held + 1 })
	check("as many as the packets hold", "", func(l *timeline.Line, _ *film.Film) { l.Samples = held })
	check("two packets less", "soundtrack", func(l *timeline.Line,
		_ *film.Film,
	) {
		l.Samples = held - 2*timeline.SoundGrid
	})
	for what, n := range map[string]int64{"more": 1, "less": -1} {
		// The sound of the plan has the right number of packets, but differs from the pictures by a packet and
		// a sample.
		l := *p.Line
		l.Samples += n * (timeline.SoundGrid + 1)
		other := *f
		other.Samples = l.Samples
		other.Sound = silentRuns(l.Samples)
		var out bytes.Buffer
		size, err := other.WriteMP4(p.Store, &out)
		if err != nil {
			t.Fatal(err)
		}
		checkError(t, "sound that lasts "+what, checkFileIndex(&l, &other, bytes.NewReader(out.Bytes()), size),
			"picture and sound differ")
		l.Samples -= n
		checkError(t, "a sample nearer", checkFileIndex(&l, &other, bytes.NewReader(out.Bytes()), size), "")
	}
	tracks, err := mp4.ReadTrackInfos(bytes.NewReader(out.Bytes()), size)
	if err != nil {
		t.Fatal(err)
	}
	var last int64 // last chunk
	for _, track := range tracks {
		last = max(last, track.Last)
	}
	checkError(t, "truncated", checkFileIndex(p.Line, f, bytes.NewReader(out.Bytes()), last), "does not match its content")
	checkError(t, "cut off within its index", checkFileIndex(p.Line, f, bytes.NewReader(out.Bytes()[:size/20]), size/20),
		"cannot be read")
}

// silentRuns returns a silent soundtrack.
func silentRuns(samples int64) []film.PacketRun {
	return []film.PacketRun{{Packets: sound.CountPackets(samples), Silent: true}}
}

// TestPartsAreHeldAgainstThePlan checks that each part must be in the book.
func TestPartsAreHeldAgainstThePlan(t *testing.T) {
	t.Parallel()
	p := newPress(t, story)
	r := p.releaser(t, p.target())
	f := r.newFilmToJoin()
	checkError(t, "as planned", r.checkPartsHaveRecipes(f), "")
	other := *f
	other.Runs = append(f.Runs[:1:1], film.SegmentRun{Segment: cache.Key{1}})
	checkError(t, "other pictures", r.checkPartsHaveRecipes(&other), "picture segment 2")
	other = *f
	other.Sound = append(silentRuns(1), film.PacketRun{Segment: cache.Key{1}})
	checkError(t, "other sound", r.checkPartsHaveRecipes(&other), "sound chunk 2")
}

// TestSeamsAreDecoded checks that a new segment that cannot be decoded is named, and encoded again by the next
// build.
func TestSeamsAreDecoded(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	p := newPress(t, "---\n(duration: 1)\n")
	p.WriteMedia(t, "a.png", "-f lavfi -i testsrc=s=64x36 -frames:v 1")
	p.make(t, "---\n(canvas: black)\n(duration: 1)\n\n---\n![](a.png)\n(duration: 1)\n\n---\n(canvas: white)\n"+
		"(duration: 1)\n")
	r := p.releaser(t, p.target())
	f := r.newFilmToJoin()
	checkError(t, "as planned", r.checkNewSegmentStarts(t.Context(), f), "")
	key := f.Runs[1].Segment
	damageEntry(t, p.Store, key)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.checkNewSegmentStarts(ctx, f); err == nil || fault.CodeOf(err) == fault.Internal {
		t.Errorf("a stop: %v", err)
	}
	if !p.Store.HasEntry(cache.Segments, key) {
		t.Fatal("a cancellation removes new segments")
	}
	checkError(t, "damaged", r.checkNewSegmentStarts(t.Context(), f), `scene 2: the coded pictures of picture "a.png" cannot be played`)
	if p.Store.HasEntry(cache.Segments, key) || p.Store.HasEntry(cache.Segments, f.Runs[0].Segment) {
		t.Error("the damaged segment is still in the cache")
	}
	// Segments of earlier builds were already decoded by these.
	r.Book = part.NewBook()
	checkError(t, "not new", r.checkNewSegmentStarts(t.Context(), f), "")
}

// damageEntry replaces the encoded picture of a segment by noise.
func damageEntry(t *testing.T, store *cache.Store, key cache.Key) {
	t.Helper()
	b, ok := store.ReadEntry(cache.Segments, key)
	if !ok {
		t.Fatal("there is no segment")
	}
	b = bytes.Clone(b)
	for i := 40; i < len(b)/2; i++ { // after the slice header
		b[i] ^= 0xa5
	}
	store.RemoveEntry(cache.Segments, key)
	if err := store.PutBytes(cache.Segments, key, b); err != nil {
		t.Fatal(err)
	}
}

// TestWhereNarrationIsLookedFor checks that only audible narration counts, for its whole length.
func TestWhereNarrationIsLookedFor(t *testing.T) {
	t.Parallel()
	const silence = 6
	for _, c := range []struct {
		name           string
		kind           timeline.SoundKind
		start, samples int64
		volume         float64
		loud           []int // packets
		want           string
	}{
		{"heard in its first packet", timeline.SoundSpeech, 2048, 2048, 1, []int{3}, ""},
		{"heard in its last packet", timeline.SoundSpeech, 2048, 2048, 1, []int{4}, ""},
		{"heard in front", timeline.SoundSpeech, 2048, 2048, 1, []int{2}, "scene 1"},
		{"heard behind", timeline.SoundSpeech, 2048, 2048, 1, []int{5}, "scene 1"},
		{"music", timeline.SoundMusic, 2048, 2048, 1, nil, ""},
		{"a packet long", timeline.SoundSpeech, 2048, 1024, 1, nil, "scene 1"},
		{"shorter", timeline.SoundSpeech, 2048, 1023, 1, nil, ""},
		{"not to be heard", timeline.SoundSpeech, 2048, 2048, speech.Quietest - 0.01, nil, ""},
		{"softly", timeline.SoundSpeech, 2048, 2048, speech.Quietest, nil, "scene 1"},
		{"behind the end", timeline.SoundSpeech, 10240, 2048, 1, nil, ""},
		{"at the end", timeline.SoundSpeech, 9216, 2048, 1, nil, ""},
		{"over the end", timeline.SoundSpeech, 7168, 9000, 1, []int{9}, ""},
	} {
		board := &storyboard.Board{Scenes: []storyboard.Scene{{Parts: []storyboard.Part{{
			Kind: storyboard.Speech,
			Text: "Hello", Volume: c.volume,
		}}}}}
		line := &timeline.Line{Sounds: []timeline.Sound{{Kind: c.kind, Start: c.start, Samples: c.samples}}}
		sizes := make([]uint32, 10)
		for i := range sizes {
			sizes[i] = 2 * silence
		}
		for _, i := range c.loud {
			sizes[i]++
		}
		checkError(t, c.name, checkNarrationIsAudible(board, line, sizes, silence), c.want)
	}
}

// TestDrawnSubtitles checks that a subtitle of at least three frames must be visible in half of them.
func TestDrawnSubtitles(t *testing.T) {
	t.Parallel()
	const frameSamples = timeline.SampleRate / 10
	r := &Releaser{video: Video{
		Board: &storyboard.Board{Film: storyboard.Film{Subtitles: script.Subtitles{Mode: script.SubtitlesOverlay}}},
		Line:  &timeline.Line{FPS: frame.Rate{Num: 10, Den: 1}, Scenes: []timeline.Scene{{}}},
	}}
	for _, c := range []struct {
		name   string
		frames int64
		spans  []overlay.CaptionSpan
		want   string
	}{
		{"whole", 10, []overlay.CaptionSpan{{From: 5, To: 15}}, ""},
		{"half", 10, []overlay.CaptionSpan{{From: 5, To: 10}}, ""},
		{"in two halves", 10, []overlay.CaptionSpan{{From: 0, To: 7}, {From: 12, To: 30}}, ""},
		{"less", 10, []overlay.CaptionSpan{{From: 0, To: 9}}, "one"},
		{"elsewhere", 10, []overlay.CaptionSpan{{From: 0, To: 5}, {From: 15, To: 99}}, "one"},
		{"of three frames", 3, nil, "one"},
		{"of two frames", 2, nil, ""},
	} {
		r.video.Cues = []caption.Cue{{Start: 5 * frameSamples, End: (5 + c.frames) * frameSamples, Text: "one"}}
		r.video.Captions = [][]overlay.CaptionSpan{c.spans}
		checkError(t, c.name, r.checkCaptionsDrawn(), c.want)
	}
	r.video.Captions = nil
	checkError(t, "not shown in the picture", r.checkCaptionsDrawn(), "")
	r.video.Captions = [][]overlay.CaptionSpan{nil}
	r.video.Board.Film.Subtitles.Mode = script.SubtitlesEmbed
	checkError(t, "in a track", r.checkCaptionsDrawn(), "")
}
