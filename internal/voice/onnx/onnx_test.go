package onnx_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mynah/internal/voice/onnx"
	"mynah/internal/voice/voicetest"
)

func open(t *testing.T, speakers bool) *onnx.Session {
	t.Helper()
	l, err := onnx.LoadLibrary(voicetest.FindRuntime(t))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(l.Version(), "1.") {
		t.Errorf("version %q", l.Version())
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, voicetest.NewPiperModel(speakers), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := l.OpenModel(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func newInputs(ids ...int64) []onnx.Tensor {
	return []onnx.Tensor{
		{Name: "input", Shape: []int64{1, int64(len(ids))}, Ints: ids},
		{Name: "input_lengths", Shape: []int64{1}, Ints: []int64{int64(len(ids))}},
		{Name: "scales", Shape: []int64{3}, Floats: []float32{0.667, 1.5, 0.8}},
	}
}

// TestRun compares the model's results with values computed by hand, in parallel.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, speakers := range []bool{false, true} {
		s := open(t, speakers)
		var wg sync.WaitGroup
		for id := range int64(8) {
			wg.Go(func() {
				in := newInputs(id, 3)
				shift := 0.0
				if speakers {
					in = append(in, onnx.Tensor{Name: "sid", Shape: []int64{1}, Ints: []int64{2}})
					shift = 0.1
				}
				got, err := s.Run(t.Context(), in...)
				if err != nil || len(got) != 1800 {
					t.Errorf("%d samples, %v", len(got), err)
					return
				}
				for i, v := range got {
					which, at := float64(id), i
					if i >= 900 {
						which, at = 3, i-900
					}
					if want := math.Sin((which*0.004 + 0.02 + shift) * float64(at)); math.Abs(want-float64(v)) > 1e-3 {
						t.Errorf("sample %d is %f, want %f", i, v, want)
						return
					}
				}
			})
		}
		wg.Wait()
		if n := len(s.Inputs()); n != 3 && !speakers || n != 4 && speakers {
			t.Errorf("inputs %v", s.Inputs())
		}
	}
}

func TestWrongRuns(t *testing.T) {
	t.Parallel()
	s := open(t, false)
	if _, err := s.Run(t.Context(), newInputs(1, 2)[:2]...); err == nil {
		t.Error("an input is missing")
	}
	bad := newInputs(1, 2)
	bad[0].Shape[1] = 3
	if _, err := s.Run(t.Context(), bad...); err == nil {
		t.Error("a shape is wrong")
	}
	bad = newInputs(1)
	bad[0].Name = "nothing"
	if _, err := s.Run(t.Context(), bad...); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Run(ctx, newInputs(1)...); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := onnx.LoadLibrary(filepath.Join(t.TempDir(), "libonnxruntime.so"))
	if _, ok := errors.AsType[*onnx.MissingError](err); !ok {
		t.Error(err)
	}
	broken := filepath.Join(t.TempDir(), "libonnxruntime.so")
	if err := os.WriteFile(broken, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := onnx.LoadLibrary(broken); err == nil {
		t.Error("a text was loaded")
	}
	l, err := onnx.LoadLibrary(voicetest.FindRuntime(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.OpenModel(broken); err == nil {
		t.Error("a text is a model")
	}
}
