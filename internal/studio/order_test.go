package studio_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/meter"
	"mynah/internal/part"
	"mynah/internal/studio"
	"mynah/internal/testrun"
	"mynah/internal/voice/tone"
)

// outcome contains the results of a build that must not depend on the order in which its parts were
// made.
type outcome struct {
	sum      string
	findings []string
	made     []part.Made
}

// slowExecutor makes parts after random delays, and checks that their recipes can be serialized.
type slowExecutor struct {
	t   *testing.T
	mu  sync.Mutex
	rng *rand.Rand
}

// Make implements part.Executor.
func (e *slowExecutor) Make(ctx context.Context, recipes []part.Recipe, here func() error) error {
	if len(recipes) == 0 {
		e.t.Error("Make was called without recipes")
	}
	for _, r := range recipes {
		if b, err := json.Marshal(r); r == nil || err != nil || len(b) < 3 {
			e.t.Errorf("recipe %+v was serialized as %q, %v", r, b, err)
		}
	}
	e.mu.Lock()
	wait := time.Duration(e.rng.Int64N(int64(20 * time.Millisecond)))
	e.mu.Unlock()
	select {
	case <-time.After(wait):
		return here()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func buildSlowly(t *testing.T, dir string, seed uint64, ahead time.Duration) outcome {
	t.Helper()
	e := &slowEngine{Engine: tone.New(), rng: rand.New(rand.NewPCG(seed, 1)), max: 30 * time.Millisecond}
	e.fails, e.standIn = "Not mine", true
	var last float64
	var fell atomic.Bool
	out := filepath.Join(t.TempDir(), "film.mp4")
	r, err := newSlowStudio(t, e, ahead, &slowExecutor{t: t, rng: rand.New(rand.NewPCG(seed, 2))}).Produce(t.Context(), studio.Request{
		Dir: dir, Request: compile.Request{Script: "s.md"}, Output: out,
		Progress: func(p meter.Progress) {
			if p.Percent < last {
				fell.Store(true)
			}
			last = p.Percent
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Warnings, func(d diag.Diagnostic) bool { return d.Code == diag.MissingVoice }) {
		t.Errorf("findings %v, want only the one about the replaced voice", r.Warnings)
	}
	if fell.Load() {
		t.Error("the percentage decreased")
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	o := outcome{sum: hex.EncodeToString(sum[:]), made: r.Made}
	for _, d := range r.Warnings {
		o.findings = append(o.findings, d.Error())
	}
	for i := range o.made {
		o.made[i].MS = 0
	}
	return o
}

// writeProjectOfEveryKind writes a project with every kind of part: pictures, moves, transitions, captions, a
// slide, a clip, a moving GIF, music, and a voice whose engine fails at its second sentence.
func writeProjectOfEveryKind(t *testing.T) string {
	t.Helper()
	dir := writeProjectOfScenes(t, 4)
	for name, flags := range map[string]string{
		"clip.mp4":  "-f lavfi -i testsrc=s=64x36:r=25:d=1.5 -f lavfi -i sine=500:d=1.5 -pix_fmt yuv420p",
		"moves.gif": "-f lavfi -i testsrc=s=32x18:r=10:d=0.8",
		"music.wav": "-f lavfi -i sine=220:d=2",
	} {
		args := append(strings.Fields("-v error "+flags), filepath.Join(dir, name))
		if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	path := filepath.Join(dir, "s.md")
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(script), "---\n", "---\nbackground: music.wav\n", 1) + `
---

![](clip.mp4)

(voice: tone/low)

A clip plays. Not mine to say.

---

![](moves.gif)

A picture moves.
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOrderOfCompletion checks that the bytes, findings and explanations of a build do not depend
// on the order in which its parts are finished, or on whether some were made while later sentences
// were being spoken.
func TestOrderOfCompletion(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	orders := 20
	if testing.Short() {
		orders = 3
	}
	dir := writeProjectOfEveryKind(t)
	want := buildSlowly(t, dir, 0, time.Hour) // one step after the other
	for seed := range uint64(orders) {
		if got := buildSlowly(t, dir, seed+1, 0); !reflect.DeepEqual(got, want) {
			t.Fatalf("order %d: got %s and %v, want %s and %v; parts that only one build lists: %v", seed+1,
				got.sum, got.findings, want.sum, want.findings, symmetricDifference(got.made, want.made))
		}
	}
}

// libraryExecutor copies parts from the cache of another build instead of making them.
type libraryExecutor struct {
	t        *testing.T
	from, to string // folders of caches
	made     atomic.Int64
}

// Make implements part.Executor.
func (e *libraryExecutor) Make(_ context.Context, recipes []part.Recipe, _ func() error) error {
	e.made.Add(int64(len(recipes)))
	return filepath.WalkDir(e.from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		to := filepath.Join(e.to, strings.TrimPrefix(path, e.from))
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		return errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, b, 0o600))
	})
}

// TestPartsFromElsewhere checks that the steps use parts that an executor has put into the cache.
func TestPartsFromElsewhere(t *testing.T) {
	t.Parallel()
	dir := writeProjectOfScenes(t, 4)
	build := func(cacheDir string, executor part.Executor) []byte {
		store, err := cache.Open(cacheDir)
		if err != nil {
			t.Fatal(err)
		}
		e := &slowEngine{Engine: tone.New(), rng: rand.New(rand.NewPCG(3, 1)), max: time.Millisecond}
		out := filepath.Join(t.TempDir(), "video.mp4")
		s := newSlowStudioWithCache(t, e, time.Hour, executor, store)
		if _, err := s.Produce(t.Context(), studio.Request{Dir: dir, Request: compile.Request{Script: "s.md"}, Output: out}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first, second := t.TempDir(), t.TempDir()
	want := build(first, nil)
	elsewhere := &libraryExecutor{t: t, from: first, to: second}
	if got := build(second, elsewhere); !bytes.Equal(got, want) {
		t.Error("the video differs when its parts are copied from another cache")
	}
	if elsewhere.made.Load() == 0 {
		t.Error("the executor got no recipes")
	}
}

// symmetricDifference returns the elements that only one of two lists contains.
func symmetricDifference(a, b []part.Made) []part.Made {
	var out []part.Made
	for _, pair := range [][2][]part.Made{{a, b}, {b, a}} {
		for _, m := range pair[0] {
			if !slices.Contains(pair[1], m) {
				out = append(out, m)
			}
		}
	}
	return out
}
