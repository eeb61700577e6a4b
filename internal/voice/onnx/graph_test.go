package onnx_test

import (
	"bytes"
	"maps"
	"testing"

	"mynah/internal/voice/onnx"
	"mynah/internal/voice/voicetest"
)

// TestAddOutput checks that an inner result of a model becomes an output.
func TestAddOutput(t *testing.T) {
	t.Parallel()
	model := voicetest.NewPiperModel(false)
	found, err := onnx.FindResultsOfOperation(model, "Ceil")
	if err != nil || !maps.Equal(found, map[string]bool{"/Ceil_output_0": false}) {
		t.Fatalf("%v, %v", found, err)
	}
	more := onnx.AddOutput(bytes.Clone(model), "/Ceil_output_0")
	if found, err = onnx.FindResultsOfOperation(more, "Ceil"); err != nil || !found["/Ceil_output_0"] {
		t.Fatalf("%v, %v", found, err)
	}
	l, err := onnx.LoadLibrary(voicetest.FindRuntime(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.OpenModelBytes(more)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	given, err := s.RunForOutputs(t.Context(), s.Outputs(), newInputs(4, 5, 6)...)
	if err != nil || len(given) != 2 || len(given[0]) != 3*900 || len(given[1]) != 3 || given[1][2] != 900 {
		t.Errorf("%d outputs, %v", len(given), err)
	}
	if _, err := s.RunForOutputs(t.Context(), []string{"nothing like it"}, newInputs(4)...); err == nil {
		t.Error("a missing output causes no error")
	}
	if s, err := l.OpenModelBytes([]byte("no model")); err == nil {
		s.Close()
		t.Error("bytes that are no model cause no error")
	}
}

func FuzzResultsOf(f *testing.F) {
	f.Add(voicetest.NewPiperModel(true))
	f.Add([]byte("no model"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = onnx.FindResultsOfOperation(b, "Ceil") })
}
