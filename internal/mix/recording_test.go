package mix

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/speech"
	"mynah/internal/testrun"
	"mynah/internal/timeline"
)

// record records a script.
func (d *desk) record(t *testing.T, text string) (*Mixer, *Recording) {
	t.Helper()
	d.plan(t, text)
	x := d.mixer(t)
	r, list, err := x.PlaceNarrationAndMusic(t.Context())
	if err != nil || len(list) > 0 {
		t.Fatalf("%v %v", list, err)
	}
	return x, r
}

// TestRecord checks that silence before the first and after the last word is omitted, but with music only that
// after the last.
func TestRecord(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, "(audio: low.wav)\n")
	const text = "(duration: 1)\n\n---\n\nFirst words.\n\n(pause: 1)\n\n---\n(duration: 1)\n\n---\n\nLast words.\n"
	_, r := d.record(t, text)
	scenes := d.Line.Scenes
	want := scenes[3].VoiceEnd - scenes[1].Sound
	if r.samples != want || r.IsEmpty() || r.CountScenes() != 2 || math.Abs(r.Seconds()-float64(want)/48000) > 1e-9 {
		t.Errorf("%d samples, %d scenes, want %d", r.samples, r.CountScenes(), want)
	}
	spans := []span{{0, scenes[1].VoiceEnd - scenes[1].Sound}, {scenes[3].Sound - scenes[1].Sound, want}}
	if fmt.Sprint(r.spans) != fmt.Sprint(spans) || len(r.Cues) != 2 || r.Cues[0].Text != "First words." {
		t.Errorf("%v, want %v; %v", r.spans, spans, r.Cues)
	}
	path := filepath.Join(t.TempDir(), "all.wav")
	if err := r.WriteFile(t.Context(), "wav", path); err != nil {
		t.Fatal(err)
	}
	pcm := d.decoded(t, path, 1)
	first := float64(d.Line.Sounds[0].Samples) / 48000
	if int64(len(pcm)) != want || level(pcm, 0, first) < -30 || level(pcm, first+0.1, first+1) > -90 || level(pcm,
		r.Seconds()-0.5, r.Seconds()-0.1) < -30 {
		t.Errorf("%d samples, want %d", len(pcm), want)
	}

	_, r = d.record(t, "(background: low.wav)\n\n---\n(duration: 1)\n\n---\n\nFirst words.\n")
	if r.samples != d.Line.Samples || len(r.spans) != 1 || r.spans[0].from != d.Line.Scenes[len(d.Line.Scenes)-1].Sound {
		t.Errorf("with music: %d of %d samples, %v", r.samples, d.Line.Samples, r.spans)
	}
	path = filepath.Join(t.TempDir(), "music.wav")
	if err := r.WriteFile(t.Context(), "wav", path); err != nil {
		t.Fatal(err)
	}
	wantLevel(t, d.decoded(t, path, 1), 0.1, 0.7, tone)

	_, r = d.record(t, "(duration: 1)\n")
	if !r.IsEmpty() || r.CountScenes() != 0 || r.Seconds() != 0 || r.Cues != nil {
		t.Errorf("of nothing: %+v", r)
	}
	_, r = d.record(t, "(pause: 1)\n")
	if !r.IsEmpty() || r.Cues != nil {
		t.Errorf("of a pause: %+v", r)
	}
}

// TestRecordBrokenMusic checks that unreadable music is a finding.
func TestRecordBrokenMusic(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(audio: low.wav)\n")
	d.plan(t, "(background: low.wav)\n\nWords.\n")
	x := d.mixer(t)
	path := x.newDecodeTask(d.Line.Sounds[len(d.Line.Sounds)-1]).in.Path
	if err := os.WriteFile(path, []byte("noise"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, list, err := x.PlaceNarrationAndMusic(t.Context()); err != nil || len(list) != 1 ||
		!strings.Contains(list[0].Summary,
			`"low.wav"`) {
		t.Errorf("%v %v", list, err)
	}
}

// TestSceneFiles checks an archive with one file per scene.
func TestSceneFiles(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, "(duration: 1)\n")
	x, r := d.record(t, "First words.\n\n---\n(duration: 1)\n\n---\n\nThe last of all words.\n")
	var progress []float64
	x.Report = func(p float64) { progress = append(progress, p) }
	path := filepath.Join(t.TempDir(), "scenes.zip")
	if err := r.WriteSceneFiles(t.Context(), "wav", path); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(progress) != "[0.5 1]" {
		t.Errorf("progress %v", progress)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	var names []string
	for i, f := range z.File {
		names = append(names, f.Name)
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil || f.Method != zip.Store || !f.Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %v, method %d, %s", f.Name, err, f.Method, f.Modified)
		}
		d.WriteFile(t, f.Name, b)
		pcm := d.decoded(t, filepath.Join(d.Dir, f.Name), 1)
		if n := r.spans[i].to - r.spans[i].from; int64(len(pcm)) != n || level(pcm, 0.05, float64(n)/48000-0.05) < -30 {
			t.Errorf("%s has %d samples, want %d", f.Name, len(pcm), n)
		}
	}
	if strings.Join(names, " ") != "scene-001.wav scene-002.wav" {
		t.Errorf("%v", names)
	}
	err = r.WriteSceneFiles(t.Context(), "wav", filepath.Join(path, "no.zip"))
	if fault.CodeOf(err) != fault.Disk {
		t.Errorf("where no file can be: %v", err)
	}
	r.mixer.Work = filepath.Join(path, "no")
	if err := r.WriteSceneFiles(t.Context(), "wav", path+"2"); err == nil {
		t.Error("no folder for temporary files, and no error")
	}
}

// TestStream checks that each format contains the complete sound.
func TestStream(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, "(duration: 1)\n")
	_, r := d.record(t, "These are some words of one scene.\n")
	for format, magic := range map[string]string{"wav": "RIFF", "m4a": "ftyp", "mp3": ""} {
		var out bytes.Buffer
		if err := r.Stream(t.Context(), format, &out); err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if !bytes.Contains(out.Bytes()[:12], []byte(magic)) {
			t.Errorf("%s begins with %q", format, out.Bytes()[:12])
		}
		d.WriteFile(t, "out."+format, out.Bytes())
		pcm := d.decoded(t, filepath.Join(d.Dir, "out."+format), 1)
		if n := int64(len(pcm)); n < r.samples-2000 || n > r.samples+5000 || level(pcm, 0.1, r.Seconds()-0.1) < -30 {
			t.Errorf("%s: %d samples, want about %d", format, n, r.samples)
		}
		if rate := float64(out.Len()) * 8 / r.Seconds(); format != "wav" && (rate < 110_000 || rate > 160_000) {
			t.Errorf("%s has %.0f bits a second", format, rate)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Stream(ctx, "mp3", io.Discard); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("a stop is %v", err)
	}
	r.mixer.Work = filepath.Join(d.Dir, "no", "folder")
	if err := r.Stream(t.Context(), "wav", io.Discard); err == nil {
		t.Error("no folder for temporary files, and no error")
	}
}

// cues speaks subtitles and records them.
func (d *desk) cues(t *testing.T, srt string) (*Recording, diag.List) {
	t.Helper()
	read, cues, err := compile.PlanText(t.Context(), d.Project, d.Booth, compile.TextRequest{
		Text: srt, Timed: string(caption.SubRip), Header: map[string]string{"voice": "tone/high"},
	})
	if err != nil || read.Findings.HasErrors() {
		t.Fatalf("%v %v", read.Findings, err)
	}
	m := d.NewMaker(t)
	spoken, _, err := speech.SpeakCues(t.Context(), m, d.Booth, read.Board, cues)
	if err != nil {
		t.Fatal(err)
	}
	d.Board, d.Spoken = read.Board, spoken
	return d.mixer(t).PlaceCues(cues)
}

// TestRecordCues checks that each cue is at its time, or after the previous one with a warning if that is late.
func TestRecordCues(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(duration: 1)\n")
	r, list := d.cues(t, "1\n00:00:01,000 --> 00:00:03,000\nSome words.\n\n2\n00:00:04,000 --> 00:00:06,000\nMore of "+
		"them.\n")
	if len(list) > 0 || r.CountScenes() != 2 || r.spans[0].from != 48000 || r.spans[1].from != 4*48000 ||
		r.samples != r.spans[1].to {
		t.Errorf("%v %v", r.spans, list)
	}
	path := filepath.Join(t.TempDir(), "cues.wav")
	if err := r.WriteFile(t.Context(), "wav", path); err != nil {
		t.Fatal(err)
	}
	pcm := d.decoded(t, path, 1)
	wantLevel(t, pcm, 0, 0.99, silent)
	wantLevel(t, pcm, 2.8, 3.99, silent)
	if level(pcm, 1, 1.3) < -30 || level(pcm, 4, 4.3) < -30 {
		t.Error("a cue is not heard at its time")
	}
	for i, c := range r.Cues {
		if c.Start != r.spans[i].from || c.End != r.spans[i].to || c.Text == "" {
			t.Errorf("%+v", c)
		}
	}

	r, list = d.cues(t, "1\n00:00:00,000 --> 00:00:00,500\nSo many words that nobody could say them in half a second.\n"+
		"\n2\n00:00:00,500 --> 00:00:09,000\nMore.\n")
	if len(list) != 1 || list[0].Severity != diag.Warning || list[0].Code != diag.TooLong ||
		r.spans[1].from != r.spans[0].to {
		t.Fatalf("%v %v", list, r.spans)
	}
	late := float64(r.spans[1].from)/timeline.SampleRate - 0.5
	if want := fmt.Sprintf("Cue 2 begins %.1f s late", late); !strings.HasPrefix(list[0].Summary, want) ||
		list[0].Range != d.Board.Scenes[1].Range {
		t.Errorf("%v, want %q", list, want)
	}
}

func timeMS(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// TestLateness checks that a delay of up to 0.05 s causes no warning.
func TestLateness(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(duration: 1)\n")
	r, _ := d.cues(t, "1\n00:00:00,000 --> 00:00:05,000\nWords.\n\n2\n00:00:06,000 --> 00:00:09,000\nMore.\n")
	end := r.spans[0].to // whole milliseconds: 60 ms per letter
	x := d.mixer(t)
	for late, want := range map[int64]int{50: 0, 51: 1, 0: 0, -1000: 0} {
		at := caption.Timed{From: timeMS(end/48 - late), Text: "More."}
		got, list := x.PlaceCues([]caption.Timed{{Text: "Words."}, at})
		if len(list) != want {
			t.Errorf("%d ms late: %v (%v)", late, list, got.spans)
		}
	}
}
