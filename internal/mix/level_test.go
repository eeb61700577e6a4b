package mix

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/loudness"
	"mynah/internal/sound"
	"mynah/internal/testrun"
)

// spokenScript returns a script with narration and a target loudness.
func spokenScript(level, background string) string {
	return "---\nsize: 64x36\nfps: 10\nvoice: tone/high\nloudness: " + level + "\n" + background + "---\n\nHere are " +
		"some words that are spoken.\n\n---\n\nAnd more of them follow in another scene.\n"
}

// loud returns the loudness of one channel, in LUFS.
func loud(pcm []int16) float64 {
	m := loudness.NewMeter(1)
	all := make([]float64, len(pcm))
	for i, s := range pcm {
		all[i] = float64(s) / 32768
	}
	m.AddSamples(all)
	return loudness.ComputeIntegratedLoudness(m.ListSteps())
}

// TestLevel checks that a video with narration has the loudness in its header, that `none` keeps the loudness,
// and that the limiter limits it.
func TestLevel(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, spokenScript("none", ""))
	_, track := d.makeTrack(t)
	if track.master != (sound.Master{}) {
		t.Errorf("without a level: %+v", track.master)
	}
	for _, c := range []struct {
		level string
		want  float64
	}{{"-16", -16}, {"-20", -20}, {"-30", -30}} {
		d.plan(t, spokenScript(c.level, ""))
		x, track := d.makeTrack(t)
		if got := loud(d.decodeTrack(t, x, track)); math.Abs(got-c.want) > 0.8 {
			t.Errorf("level %s: %.1f LUFS", c.level, got)
		}
		if m := track.master; !m.Limit || m.Gain < -2 || m.Gain > 2 { // sentences already have this loudness
			t.Errorf("level %s: %+v", c.level, m)
		}
		d.checkNothingNew(t, track)
	}
	d.plan(t, spokenScript("-5", ""))
	x, track := d.makeTrack(t)
	pcm := d.decodeTrack(t, x, track)
	if got := loud(pcm); got < -12 || got > -4 {
		t.Errorf("level -5: %.1f LUFS", got)
	}
	for _, s := range pcm {
		if math.Abs(float64(s)) > 32768*0.9 { // -1 dB
			t.Fatalf("a sample is %d", s)
		}
	}
}

// TestGain checks that soft speech is raised to the level, in several steps if the limiter reduces it, but not
// further if the limiter removes nearly everything.
func TestGain(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, "(duration: 1)\n")
	for _, c := range []struct {
		level, volume string
		want          float64
		gain          int
	}{{"-20", "0.3", -20, 22}, {"-9", "0.5", -9, 13}, {"-5", "0.3", -7.4, 27}, {"-5", "0.5", -7.5, 19}} {
		d.plan(t, spokenScript(c.level, "voice-volume: "+c.volume+"\n"))
		x, track := d.makeTrack(t)
		if got := loud(d.decodeTrack(t, x, track)); math.Abs(got-c.want) > 0.3 || track.master.Gain != c.gain {
			t.Errorf("level %s, volume %s: %.1f LUFS at %+v", c.level, c.volume, got, track.master)
		}
	}
}

// TestMeasuredAgain checks that a video is measured again only if its gain is more than half a decibel off.
func TestMeasuredAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(duration: 1)\n")
	for _, c := range []struct {
		volume string
		want   string // the gains at which it is measured, in half decibels
		gain   int
	}{
		{"1.06", "[0]", 0},
		{"1", "[0]", 1},
		{"1.12", "[0]", -1},
		{"0.94", "[0 2]", 2},
		{"1.19", "[-2 0]", -2},
		{"0.5", "[0 13]", 13},
	} {
		d.plan(t, spokenScript("-24", "voice-volume: "+c.volume+"\n"))
		x := d.mixer(t)
		track := x.PlanSoundtrack()
		chunks := x.cutIntoChunks(track)
		if err := x.setGainForTarget(t.Context(), track, chunks); err != nil {
			t.Fatal(err)
		}
		gain := track.master.Gain
		var at []int
		for g := -20; g <= 20; g++ {
			track.master.Gain = g
			if d.Store.HasEntry(cache.Probes, keyOf(x.newLoudnessRecipe(track, chunks[0]))) {
				at = append(at, g)
			}
		}
		if fmt.Sprint(at) != c.want || gain != c.gain {
			t.Errorf("volume %s: measured at %v, want %s; the gain is %d, want %d", c.volume, at, c.want, gain, c.gain)
		}
	}
}

// TestLevelOfTwoChannels checks that sentences in two channels, which are 3 dB louder, get 6 half decibels
// less.
func TestLevelOfTwoChannels(t *testing.T) {
	t.Parallel()
	if newExpectedMaster(1).Gain != 0 || newExpectedMaster(2).Gain != -6 || !newExpectedMaster(1).Limit {
		t.Errorf("%+v %+v", newExpectedMaster(1), newExpectedMaster(2))
	}
	d := newDesk(t, "(audio: wide.wav)\n")
	d.plan(t, spokenScript("-16", "background: wide.wav 0.01\n"))
	_, track := d.makeTrack(t)
	if track.Channels != 2 || track.master.Gain < -8 || track.master.Gain > -4 {
		t.Errorf("%d channels, %+v", track.Channels, track.master)
	}
}

// TestLoudnessIsKept checks that the loudness of a chunk is cached, and measured again if the cached value
// cannot be read.
func TestLoudnessIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t, spokenScript("-16", ""))
	x := d.mixer(t)
	track := x.PlanSoundtrack()
	track.master = newExpectedMaster(1)
	chunks := x.cutIntoChunks(track)
	first, err := x.measureLoudness(t.Context(), track, chunks)
	if err != nil || math.Abs(first+16) > 1.5 {
		t.Fatalf("%.1f LUFS, %v", first, err)
	}
	var task chunkTask
	for _, p := range chunks {
		if !p.Silent {
			task = chunkTask{Chunk: p}
		}
	}
	key := keptKey(t, d, x, track, task)
	if err := d.Store.PutBytes(cache.Probes, key, []byte("[]")); err != nil {
		t.Fatal(err)
	}
	if other, err := x.measureLoudness(t.Context(), track, chunks); err != nil || other == first {
		t.Errorf("the cached loudness is not used: %v %v", other, err)
	}
	if err := d.Store.PutBytes(cache.Probes, key, []byte("{")); err != nil {
		t.Fatal(err)
	}
	if other, err := x.measureLoudness(t.Context(), track, chunks); err != nil || other != first {
		t.Errorf("measured anew it is %v, not %v: %v", other, first, err)
	}
	steps, err := x.measureChunkLoudness(t.Context(), track, task)
	if err != nil {
		t.Fatal(err)
	}
	var samples int64
	for _, s := range steps {
		samples += s.Samples
	}
	if samples != task.Packets*sound.Grid {
		t.Errorf("%d samples are measured of %d packets", samples, task.Packets)
	}
}

// TestMakeBefore makes the chunks that end before a sample with the expected gain. The complete build must use
// them.
func TestMakeBefore(t *testing.T) {
	t.Parallel()
	d := newDesk(t, spokenScript("-16", ""))
	x := d.mixer(t)
	var before, behind []cache.Key
	track := x.PlanSoundtrack()
	track.master = newExpectedMaster(1)
	second := d.Line.Scenes[1].Sound
	for _, p := range x.cutIntoChunks(track) {
		recipe, label := x.newChunkRecipe(track, p)
		key := x.Book.AddRecipe(recipe, label)
		switch {
		case p.Silent:
		case (p.First+p.Packets)*sound.Grid <= second:
			before = append(before, key)
		default:
			behind = append(behind, key)
		}
	}
	if len(before) != 1 || len(behind) != 1 {
		t.Fatalf("%d chunks before, %d behind", len(before), len(behind))
	}
	if err := x.MakeChunksBefore(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if !d.Store.HasEntry(cache.Sounds, before[0]) || !x.Book.IsNew(before[0]) ||
		d.Store.HasEntry(cache.Sounds, behind[0]) {
		t.Error("other chunks were made")
	}
	whole, done := d.makeTrack(t)
	if done.master == track.master && whole.Book.IsNew(before[0]) {
		t.Error("the complete build encoded a chunk again")
	}
	again := d.mixer(t)
	if err := again.MakeChunksBefore(t.Context(), second); err != nil || again.Book.IsNew(before[0]) {
		t.Errorf("it was made twice: %v", err)
	}
	// To the end of the first chunk, and one sample less.
	end := int64(0)
	for _, p := range x.cutIntoChunks(track) {
		if !p.Silent {
			end = (p.First + p.Packets) * sound.Grid
			break
		}
	}
	for at, want := range map[int64]bool{end: true, end - 1: false} {
		d.Store.RemoveEntry(cache.Sounds, before[0])
		if err := d.mixer(t).MakeChunksBefore(t.Context(), at); err != nil ||
			d.Store.HasEntry(cache.Sounds, before[0]) != want {
			t.Errorf("before %d: made is %t, %v", at, !want, err)
		}
	}
	d.plan(t, spokenScript("none", ""))
	x = d.mixer(t)
	if err := x.MakeChunksBefore(t.Context(), d.Line.Samples); err != nil {
		t.Fatal(err)
	}
	y, plain := d.makeTrack(t)
	if len(plain.todo) > 1 {
		t.Errorf("%d chunks are left to be made:\n%s", len(plain.todo), describeTrack(y.Book, plain))
	}
}

// TestSilentChunks checks that silent chunks have no key and the loudness of silence.
func TestSilentChunks(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(duration: 2)\n")
	x, track := d.makeTrack(t)
	if got := describeTrack(x.Book, track); !strings.HasPrefix(got, "silence ") || len(track.Runs) != 1 {
		t.Errorf("%s", got)
	}
	if heard, err := x.measureLoudness(t.Context(), track, x.cutIntoChunks(track)); err != nil || !math.IsInf(heard, -1) {
		t.Errorf("%v %v", heard, err)
	}
}

// keptKey returns the cache key of a chunk's loudness.
func keptKey(t *testing.T, d *desk, x *Mixer, track *Soundtrack, task chunkTask) cache.Key {
	t.Helper()
	key := keyOf(x.newLoudnessRecipe(track, task.Chunk))
	if !d.Store.HasEntry(cache.Probes, key) {
		t.Fatal("the measured loudness is not cached")
	}
	return key
}

// rawSamples returns samples in the format of the cache.
func rawSamples(samples ...int16) []byte {
	var out bytes.Buffer
	_ = binary.Write(&out, binary.LittleEndian, samples)
	return out.Bytes()
}
