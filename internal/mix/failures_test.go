package mix

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/part"
	"mynah/internal/proc"
	"mynah/internal/sound"
	"mynah/internal/testrun"
)

func keyOf(r part.Recipe) cache.Key { return part.ComputeKey(r) }

// TestBrokenSounds checks that the finding names the file, its position and the problem, and that valid files
// are still decoded.
func TestBrokenSounds(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const text = "(audio: low.wav)\n\n---\n(audio: cut.m4a)\n\n---\n(audio: noise.mp3)\n"
	d := &desk{Bench: newDesk(t, "(audio: low.wav)\n").Bench}
	d.WriteMedia(t, "cut.m4a", "-f lavfi -i aevalsrc=0.5*sin(1000*PI*t):s=48000:d=8 -c:a aac -movflags +faststart")
	b, err := os.ReadFile(filepath.Join(d.Dir, "cut.m4a"))
	if err != nil {
		t.Fatal(err)
	}
	d.WriteFile(t, "cut.m4a", b[:len(b)*3/5])
	d.WriteMedia(t, "noise.mp3", "-f lavfi -i aevalsrc=0.5*sin(1000*PI*t):s=48000:d=2 -c:a libmp3lame -b:a 64k")
	d.plan(t, text)
	x := d.mixer(t)
	track := x.PlanSoundtrack()
	list, err := x.MakeSoundtrack(t.Context(), track)
	if err != nil || len(list) != 1 || list[0].Range.Start.Line != 11 || list[0].Hint == "" ||
		!strings.Contains(list[0].Summary, `the sound of "cut.m4a" cannot be read: it is shorter than its header says`) {
		t.Errorf("%v %v", list, err)
	}
	if task := x.newDecodeTask(d.Line.Sounds[1]); task.in.Length != 0 || task.least == 0 {
		t.Errorf("a sound without loop has a stated length: %+v", task)
	}
	for i, s := range d.Line.Sounds {
		if want := s.File != "cut.m4a"; d.Store.HasEntry(cache.Sounds, track.sources[i]) != want {
			t.Errorf("%s is decoded: %t", s.File, !want)
		}
	}
	if list, err := d.mixer(t).DecodeAllSounds(t.Context(), track); err != nil || len(list) != 1 {
		t.Errorf("Decode: %v %v", list, err)
	}
	if err := (&unreadableError{list}).Error(); !strings.Contains(err, "cut.m4a") {
		t.Errorf("%q", err)
	}
	// A later change of the staged file is detected, too.
	if err := os.WriteFile(x.newDecodeTask(d.Line.Sounds[2]).in.Path, bytes.Repeat([]byte("noise"), 5000),
		0o600); err != nil {
		t.Fatal(err)
	}
	d.Store.RemoveEntry(cache.Sounds, track.sources[2])
	list, err = x.DecodeAllSounds(t.Context(), track)
	if err != nil || len(list) != 2 || !strings.Contains(list[1].Summary, `"noise.mp3"`) {
		t.Errorf("noise: %v %v", list, err)
	}
}

// TestMakeBeforeReads checks that unreadable sounds are reported before anything is mixed.
func TestMakeBeforeReads(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(audio: low.wav)\n")
	d.plan(t, spokenScript("-16", "background: low.wav\n"))
	if err := os.WriteFile(d.Files.GetUsable("low.wav").Input.Path, []byte("noise"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := splitFindingsFromError(d.mixer(t).MakeChunksBefore(t.Context(), d.Line.Samples))
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Summary, `"low.wav"`) {
		t.Errorf("%v %v", list, err)
	}
}

// TestStop checks that a cancellation returns the context's error and no findings.
func TestStop(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(audio: low.wav)\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x := d.mixer(t)
	if list, err := x.MakeSoundtrack(ctx, x.PlanSoundtrack()); !errors.Is(err, context.Canceled) || len(list) > 0 {
		t.Errorf("%v %v", list, err)
	}
}

// TestSamplesOfTheCache checks that samples can be read from any frame on, and that missing ones are
// cache.ErrLost.
func TestSamplesOfTheCache(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(duration: 1)\n")
	key := cache.Key{7}
	p := pcm{store: d.Store, kind: cache.Sounds, key: key, channels: 2}
	if _, err := p.Frames(); !errors.Is(err, cache.ErrLost) {
		t.Errorf("Frames: %v", err)
	}
	if _, err := p.Open(0); !errors.Is(err, cache.ErrLost) {
		t.Errorf("Open: %v", err)
	}
	if err := d.Store.PutBytes(cache.Sounds, key, rawSamples(1, 2, 3, 4, 5, 6)); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Frames(); n != 3 || err != nil || p.Channels() != 2 {
		t.Errorf("%d frames, %v", n, err)
	}
	r, err := p.Open(1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if b, err := io.ReadAll(r); err != nil || !bytes.Equal(b, rawSamples(3, 4, 5, 6)) {
		t.Errorf("%v %v", b, err)
	}
}

// TestCounter checks that a writer fails after its maximum size.
func TestCounter(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := &counter{w: &out, most: 4}
	if _, err := c.Write([]byte("abcd")); err != nil || out.String() != "abcd" || c.n != 4 {
		t.Errorf("%v %q", err, &out)
	}
	_, err := c.Write([]byte("e"))
	if flood, ok := errors.AsType[*proc.OutputError](err); !ok || flood.Max != 4 || out.Len() != 4 {
		t.Errorf("%v %q", err, &out)
	}
	if _, err := (&counter{w: &out, most: 1}).Write([]byte("ab")); err == nil {
		t.Error("two bytes pass where one may")
	}
	for range 3 {
		if _, err := (&counter{w: &out}).Write(make([]byte, 100)); err != nil {
			t.Errorf("without a bound: %v", err)
		}
	}
}

// TestBatches checks that batches are large enough for a process, and that all workers have work.
func TestBatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		chunks  int
		packets int64
		jobs    int
		want    []int
	}{
		{"none", 0, 1, 1, nil},
		{"few are one", 3, 100, 4, []int{3}},
		{"24 are one", 30, 1, 1, []int{24, 6}},
		{"twenty seconds pay", 4, (leastBatch+1)/2 - 2*sound.Lead, 4, []int{2, 2}},
		{"a bit less does not", 4, (leastBatch+1)/2 - 2*sound.Lead - 1, 4, []int{3, 1}},
		{"two minutes are enough", 4, mostBatch - 2*sound.Lead, 1, []int{1, 1, 1, 1}},
		{"a share for each worker", 8, leastBatch - 2*sound.Lead, 2, []int{5, 3}},
	} {
		x := &Mixer{Maker: part.Maker{Jobs: c.jobs}}
		var todo []chunkTask
		for range c.chunks {
			todo = append(todo, chunkTask{Chunk: sound.Chunk{Packets: c.packets}})
		}
		var got []int
		for _, b := range x.splitIntoBatches(todo) {
			got = append(got, len(b))
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
}

// TestJustLongEnough checks the minimum number of bytes below which a sound counts as truncated.
func TestJustLongEnough(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "(audio: low.wav)\n")
	const second = 48000 * 2 // bytes
	for least, want := range map[int64]int{second: 0, second + 1: 1} {
		x := d.mixer(t)
		track := x.PlanSoundtrack()
		key := track.sources[0]
		task := track.decodes[key]
		task.least = least
		track.decodes[key] = task
		list, err := x.DecodeAllSounds(t.Context(), track)
		if err != nil || len(list) != want {
			t.Errorf("at least %d bytes of %d: %v %v", least, second, list, err)
		}
		d.Store.RemoveEntry(cache.Sounds, key)
	}
}
