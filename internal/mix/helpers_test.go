package mix

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/part"
	"mynah/internal/proc"
	"mynah/internal/steptest"
	"mynah/internal/timeline"
)

// desk is a bench with a timed script and tones of one second at 500 Hz: low.wav and low.mp4 with one channel
// and peaks of -6 dB, and wide.wav with two.
type desk struct {
	*steptest.Bench
	steptest.Timed
}

func newDesk(t *testing.T, text string) *desk {
	t.Helper()
	d := &desk{Bench: steptest.NewBench(t)}
	const sine = "-f lavfi -i aevalsrc=%s:s=48000:d=1 "
	if strings.Contains(text, "low.wav") {
		d.WriteMedia(t, "low.wav", fmt.Sprintf(sine, "0.5*sin(1000*PI*t)"))
	}
	if strings.Contains(text, "wide.wav") {
		d.WriteMedia(t, "wide.wav", fmt.Sprintf(sine, "0.5*sin(1000*PI*t)|0"))
	}
	if strings.Contains(text, "low.mp4") {
		// Loud only from 0.4 s to 0.6 s.
		d.WriteMedia(t, "low.mp4", "-f lavfi -i color=red:s=64x36:r=10:d=1 "+fmt.Sprintf(sine,
			"0.5*sin(1000*PI*t)*between(t\\,0.4\\,0.6)")+
			"-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -b:a 128k")
	}
	d.plan(t, text)
	return d
}

// plan times another script.
func (d *desk) plan(t *testing.T, text string) {
	t.Helper()
	if !strings.HasPrefix(text, "---\n") {
		text = "---\nsize: 64x36\nfps: 10\nvoice: tone/high\nloudness: none\n---\n\n" + text
	}
	d.Timed = d.PlanTimeline(t, d.NewMaker(t), text)
}

// mixer returns a mixer with a new book.
func (d *desk) mixer(t *testing.T) *Mixer {
	t.Helper()
	a := ffmpeg.NewDefaultAAC(2)
	tools := Tools{FFmpeg: d.FFmpeg, Version: steptest.Version, Run: d.Run, BitRate: a.BitRate, Coder: a.Coder}
	return New(d.NewMaker(t), tools, Input{Board: d.Board, Line: d.Line, Files: d.Files, Spoken: d.Spoken, Booth: d.Booth})
}

// makeTrack plans and makes the soundtrack.
func (d *desk) makeTrack(t *testing.T) (*Mixer, *Soundtrack) {
	t.Helper()
	x := d.mixer(t)
	track := x.PlanSoundtrack()
	list, err := x.MakeSoundtrack(t.Context(), track)
	if err != nil || len(list) > 0 {
		t.Fatalf("%v %v", list, err)
	}
	return x, track
}

// checkNothingNew makes everything again and checks that it was in the cache.
func (d *desk) checkNothingNew(t *testing.T, before *Soundtrack) {
	t.Helper()
	x, track := d.makeTrack(t)
	if len(track.todo) > 0 || fmt.Sprint(track.Runs) != fmt.Sprint(before.Runs) {
		t.Errorf("a second run makes %d chunks", len(track.todo))
	}
	for _, p := range track.Runs {
		if x.Book.IsNew(p.Segment) {
			t.Error("a second run made a chunk")
		}
	}
}

// describeTrack describes the chunks of a track: silent ones, or their scenes and names, with the number of
// packets.
func describeTrack(b *part.Book, track *Soundtrack) string {
	var out []string
	for _, p := range track.Runs {
		kind, label, ok := b.FindLabel(p.Segment)
		switch {
		case p.Silent:
			out = append(out, fmt.Sprintf("silence %d", p.Packets))
		case ok:
			out = append(out, fmt.Sprintf("%s of scene %d, %s: %d", kind, label.Scene, label.Name, p.Packets))
		default:
			out = append(out, "unknown")
		}
	}
	return strings.Join(out, "\n")
}

func wantPieces(t *testing.T, x *Mixer, track *Soundtrack, want ...string) {
	t.Helper()
	if got := describeTrack(x.Book, track); got != strings.Join(want, "\n") {
		t.Errorf("the chunks are\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// decodeTrack joins the soundtrack with a picture and returns the samples of its first channel.
func (d *desk) decodeTrack(t *testing.T, x *Mixer, track *Soundtrack) []int16 {
	t.Helper()
	form := steptest.NewTimelinePicture(d.Line)
	still := cache.Key{1}
	frame := make([]byte, form.Width*form.Height*3/2)
	if err := film.NewEncoder(d.FFmpeg, d.Store, form, steptest.Version).EncodeStills(t.Context(), [][]byte{frame},
		[]cache.Key{still}); err != nil {
		t.Fatal(err)
	}
	f := film.Film{
		Picture: form, Runs: []film.SegmentRun{{Segment: still, Frames: d.Line.Frames}},
		Sound: track.Runs, Samples: d.Line.Samples, AAC: x.NewAAC(track.Channels),
	}
	var file bytes.Buffer
	if _, err := f.WriteMP4(d.Store, &file); err != nil {
		t.Fatal(err)
	}
	d.WriteFile(t, "film.mp4", file.Bytes())
	out := d.decoded(t, filepath.Join(d.Dir, "film.mp4"), track.Channels)
	if n := int64(len(out)); n < d.Line.Samples || n > d.Line.Samples+timeline.SoundGrid {
		t.Fatalf("%d samples are heard, planned are %d", n, d.Line.Samples)
	}
	return out
}

// decoded returns the samples of the first channel of a file.
func (d *desk) decoded(t *testing.T, path string, channels int) []int16 {
	t.Helper()
	var out bytes.Buffer
	err := d.Run.Run(t.Context(), proc.Command{Program: "ffmpeg", Stdout: &out, Args: []string{
		"-v", "error", "-i", path, "-map", "0:a:0", "-f", "s16le", "-c:a", "pcm_s16le", "-ar", "48000", "-",
	}})
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int16, out.Len()/2)
	if err := binary.Read(&out, binary.LittleEndian, all); err != nil {
		t.Fatal(err)
	}
	first := make([]int16, 0, len(all)/channels)
	for i := 0; i < len(all); i += channels {
		first = append(first, all[i])
	}
	return first
}

// level returns the level of a time range, in dB relative to a full-scale square wave; -100 for silence.
func level(pcm []int16, from, to float64) float64 {
	var sum float64
	part := pcm[int(from*timeline.SampleRate):int(to*timeline.SampleRate)]
	for _, s := range part {
		sum += float64(s) * float64(s)
	}
	if sum == 0 {
		return -100
	}
	return max(10*math.Log10(sum/float64(len(part))/(32768*32768)), -100)
}

// wantLevel compares the level of a time range, with a tolerance of one decibel. Everything below -50 is
// silent.
func wantLevel(t *testing.T, pcm []int16, from, to, want float64) {
	t.Helper()
	got := level(pcm, from, to)
	if want < -50 && got < -50 {
		return
	}
	if math.Abs(got-want) > 1 {
		t.Errorf("from %.2f s to %.2f s the level is %.1f dB, want %.1f", from, to, got, want)
	}
}
