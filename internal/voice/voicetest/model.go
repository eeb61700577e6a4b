package voicetest

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/voice/onnx"
)

// FindRuntime returns the path of ONNX Runtime's library, which scripts/setup downloads.
func FindRuntime(tb testing.TB) string {
	tb.Helper()
	data := os.Getenv("XDG_DATA_HOME")
	if data == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			tb.Fatal(err)
		}
		data = filepath.Join(home, ".local", "share")
	}
	path := onnx.FindLibrary(filepath.Join(data, "mynah", "lib"), "/usr/local/lib", "/usr/lib")
	if path == "" {
		tb.Fatal("ONNX Runtime's library is missing: run scripts/setup")
	}
	return path
}

// NewPiperModel returns a tiny neural voice with the inputs and the output of Piper's models. Each phoneme is a tone of
// its own pitch whose length follows from the length scale. Speakers differ in pitch; without speakers, the
// model has no input sid.
func NewPiperModel(speakers bool) []byte {
	g := &graph{}
	g.addFloats("base", nil, 0.02)
	g.addFloats("step", nil, 0.004)
	g.addFloats("other", nil, 0.05)
	g.addFloats("each", nil, 600)
	g.addFloats("nothing", nil, 0)
	g.addInts("row", []int64{1}, -1)
	g.addInts("one", []int64{1}, 1)
	g.addInts("two", nil, 1)
	g.addInts("column", []int64{2}, -1, 1)
	g.addInts("shape", []int64{4}, 1, 1, 1, -1)
	g.addInts("scalar", []int64{0})
	g.addInts("from", nil, 0)
	g.addNode("Gather", []string{"scales", "two"}, "scale")
	g.addNode("Mul", []string{"scale", "each"}, "each.scaled")
	g.addCast("input", "ids.wide", 1)
	g.addNode("Mul", []string{"ids.wide", "nothing"}, "ids.nothing")
	g.addNode("Add", []string{"ids.nothing", "each.scaled"}, "durations")
	g.addNode("Ceil", []string{"durations"}, "/Ceil_output_0") // the same name as in Piper's models
	g.addNode("Reshape", []string{"/Ceil_output_0", "row"}, "durations.row")
	g.addNode("Gather", []string{"durations.row", "from"}, "each.ceil")
	g.addCast("each.ceil", "each.samples", 7)
	g.addNode("Reshape", []string{"each.samples", "scalar"}, "each.count")
	g.addNode("Range", []string{"from", "each.count", "two"}, "times")
	g.addCast("times", "times.float", 1)
	g.addCast("input", "ids", 1)
	g.addNode("Reshape", []string{"ids", "column"}, "ids.column")
	g.addNode("Mul", []string{"ids.column", "step"}, "steps")
	g.addNode("Add", []string{"steps", "base"}, "pitches")
	pitches := "pitches"
	inputs := []value{{"input", 7, []int64{1, -1}}, {"input_lengths", 7, []int64{1}}, {"scales", 1, []int64{3}}}
	if speakers {
		inputs = append(inputs, value{"sid", 7, []int64{1}})
		g.addCast("sid", "sid.float", 1)
		g.addNode("Mul", []string{"sid.float", "other"}, "shift")
		g.addNode("Add", []string{pitches, "shift"}, "pitches.speaker")
		pitches = "pitches.speaker"
	}
	g.addNode("Mul", []string{pitches, "times.float"}, "phases")
	g.addNode("Sin", []string{"phases"}, "tones")
	g.addNode("Reshape", []string{"tones", "shape"}, "output")
	return g.encodeModel(inputs, value{"output", 1, []int64{1, 1, 1, -1}})
}

// graph contains the encoded fields of onnx.proto's GraphProto.
type graph struct{ nodes, initial []byte }

type value struct {
	name  string
	kind  int64
	shape []int64 // -1 means any length
}

func appendField(b []byte, number int, body []byte) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(body)))
	return append(b, body...)
}

func appendVarint(b []byte, number int, v int64) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3)
	return binary.AppendUvarint(b, uint64(v))
}

func (g *graph) addTensor(name string, kind int64, shape []int64, raw []byte) {
	var t []byte
	for _, d := range shape {
		t = appendVarint(t, 1, d)
	}
	t = appendVarint(t, 2, kind)
	t = appendField(t, 8, []byte(name))
	g.initial = appendField(g.initial, 5, appendField(t, 9, raw))
}

func (g *graph) addFloats(name string, shape []int64, values ...float32) {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	g.addTensor(name, 1, shape, raw)
}

func (g *graph) addInts(name string, shape []int64, values ...int64) {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	g.addTensor(name, 7, shape, raw)
}

func (g *graph) addNode(op string, in []string, out string, attributes ...[]byte) {
	var n []byte
	for _, i := range in {
		n = appendField(n, 1, []byte(i))
	}
	n = appendField(n, 2, []byte(out))
	n = appendField(n, 4, []byte(op))
	for _, a := range attributes {
		n = appendField(n, 5, a)
	}
	g.nodes = appendField(g.nodes, 1, n)
}

func (g *graph) addCast(in, out string, kind int64) {
	const attributeOfInt = 2
	g.addNode("Cast", []string{in}, out, appendVarint(appendVarint(appendField(nil, 1, []byte("to")), 3, kind), 20,
		attributeOfInt))
}

func (v value) encodeInfo() []byte {
	var shape []byte
	for _, d := range v.shape {
		dim := appendVarint(nil, 1, d)
		if d < 0 {
			dim = appendField(nil, 2, []byte("n"))
		}
		shape = appendField(shape, 1, dim)
	}
	tensor := appendField(appendVarint(nil, 1, v.kind), 2, shape)
	return appendField(appendField(nil, 1, []byte(v.name)), 2, appendField(nil, 1, tensor))
}

func (g *graph) encodeModel(inputs []value, output value) []byte {
	b := append(appendField(append([]byte(nil), g.nodes...), 2, []byte("voice")), g.initial...)
	for _, in := range inputs {
		b = appendField(b, 11, in.encodeInfo())
	}
	b = appendField(b, 12, output.encodeInfo())
	const irVersion, opset = 8, 13
	m := appendVarint(nil, 1, irVersion)
	m = appendField(m, 8, appendVarint(nil, 2, opset))
	return appendField(m, 7, b)
}
