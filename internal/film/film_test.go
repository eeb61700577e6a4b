package film_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/frame"
	"mynah/internal/proc"
	"mynah/internal/sound"
)

// bench contains the real tools and an empty cache.
type bench struct {
	tools *ffmpeg.Tools
	store *cache.Store
	pic   ffmpeg.Picture
	enc   *film.Encoder
}

func newBench(t *testing.T, w, h int, fps frame.Rate) *bench {
	t.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	still, clip := ffmpeg.DefaultQuality()
	b := &bench{
		tools: ffmpeg.NewTools(run, "ffmpeg", "ffprobe"), store: store,
		pic: ffmpeg.Picture{Width: w, Height: h, FPS: fps, StillQP: still, ClipCRF: clip},
	}
	b.enc = film.NewEncoder(b.tools, store, b.pic, "test")
	return b
}

// newCompatibleBench returns a bench whose videos have one parameter set.
func newCompatibleBench(t *testing.T, w, h int, fps frame.Rate) *bench {
	t.Helper()
	b := newBench(t, w, h, fps)
	b.pic.Compatible = true
	b.enc = film.NewEncoder(b.tools, b.store, b.pic, "test")
	return b
}

// pattern returns a raw frame that is different for each n.
func (b *bench) pattern(n int) []byte {
	f := make([]byte, b.pic.Width*b.pic.Height*3/2)
	for i := range f {
		f[i] = byte(16 + (i*(n+3)/97+i/b.pic.Width*n)%200)
	}
	return f
}

// silent returns a silent soundtrack.
func silent(samples int64) []film.PacketRun {
	return []film.PacketRun{{Packets: sound.CountPackets(samples), Silent: true}}
}

// encodeSamples encodes mono samples as one chunk.
func (b *bench) encodeSamples(t *testing.T, pcm []int16) []film.PacketRun {
	t.Helper()
	p := sound.Chunk{Packets: sound.CountPackets(int64(len(pcm)))}
	return []film.PacketRun{b.chunk(t, p, pcm)}
}

// chunk encodes a chunk of mono samples.
func (b *bench) chunk(t *testing.T, p sound.Chunk, pcm []int16) film.PacketRun {
	t.Helper()
	job := soundChunk(t, p, pcm)
	if err := b.enc.EncodeChunks(t.Context(), ffmpeg.NewDefaultAAC(1), []film.ChunkTask{job}); err != nil {
		t.Fatal(err)
	}
	return film.PacketRun{Packets: p.Packets, Segment: job.Key}
}

// together encodes several sounds in one process, and returns their keys.
func (b *bench) together(t *testing.T, sounds ...[]int16) (keys []cache.Key) {
	t.Helper()
	var jobs []film.ChunkTask
	for _, pcm := range sounds {
		job := soundChunk(t, sound.Chunk{Packets: sound.CountPackets(int64(len(pcm)))}, pcm)
		job.Key = cache.NewHasher("together").AddBytes(job.Key[:]).Key()
		jobs, keys = append(jobs, job), append(keys, job.Key)
	}
	if err := b.enc.EncodeChunks(t.Context(), ffmpeg.NewDefaultAAC(1), jobs); err != nil {
		t.Fatal(err)
	}
	return keys
}

// soundChunk writes the samples of a chunk to a file for encoding.
func soundChunk(t *testing.T, p sound.Chunk, pcm []int16) film.ChunkTask {
	t.Helper()
	part := make([]int16, p.CountEncodedSamples())
	for i := range part {
		if at := p.FindFirstEncodedSample() + int64(i); at >= 0 && at < int64(len(pcm)) {
			part[i] = pcm[at]
		}
	}
	path := filepath.Join(t.TempDir(), "pcm")
	raw, err := binary.Append(nil, binary.LittleEndian, part)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return film.ChunkTask{
		Key: cache.NewHasher("chunk").AddBytes(raw).Key(), PCM: path, Skip: sound.Lead,
		Packets: p.Packets,
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	b := newBench(t, 320, 180, frame.Rate{Num: 25, Den: 1})
	ctx := context.Background()
	var keys []cache.Key
	var frames [][]byte
	for i := range 3 {
		keys = append(keys, cache.NewHasher("p").AddInts(int64(i)).Key())
		frames = append(frames, b.pattern(i))
	}
	if err := b.enc.EncodeStills(ctx, frames, keys); err != nil {
		t.Fatal(err)
	}
	f := &film.Film{Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(1), Samples: 48000 * 32}
	for _, k := range keys {
		f.Runs = append(f.Runs, film.SegmentRun{Segment: k, Frames: 260})
	}
	f.Runs = append(f.Runs, film.SegmentRun{Segment: keys[0], Frames: 20})
	f.Sound = b.encodeSamples(t, make([]int16, f.Samples))
	var one, two bytes.Buffer
	if n, err := f.WriteMP4(b.store, &one); err != nil || n != int64(one.Len()) {
		t.Fatalf("%d of %d bytes: %v", n, one.Len(), err)
	}
	if _, err := f.WriteMP4(b.store, &two); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Errorf("the same film has different bytes: %v", err)
	}
	track, err := f.OpenPictureTrack(b.store)
	if err != nil {
		t.Fatal(err)
	}
	defer track.Close()
	// A still of 260 frames at 25 frames per second gets another intra picture after ten seconds.
	var stream bytes.Buffer
	if n, err := track.WriteAnnexB(&stream, 259); err != nil || n != 1 {
		t.Errorf("%d pictures lead to frame 259: %v", n, err)
	}
}

// TestAPictureDoesNotRememberItsPredecessor checks that the bytes of a still do not depend on the
// pictures that the same process encoded before, for example through rate control.
func TestAPictureDoesNotRememberItsPredecessor(t *testing.T) {
	t.Parallel()
	b := newBench(t, 320, 180, frame.Rate{Num: 25, Den: 1})
	var first []byte
	for before := range 3 {
		keys := []cache.Key{cache.NewHasher("before").AddInts(int64(before)).Key(), cache.NewHasher("same").AddInts(int64(before)).Key()}
		if err := b.enc.EncodeStills(t.Context(), [][]byte{b.pattern(before + 10), b.pattern(1)}, keys); err != nil {
			t.Fatal(err)
		}
		got, ok := b.store.ReadEntry(cache.Segments, keys[1])
		if !ok {
			t.Fatal("no segment")
		}
		if first == nil {
			first = got
		}
		if !bytes.Equal(first, got) {
			t.Errorf("after picture %d the same picture has other bytes", before+10)
		}
	}
}
