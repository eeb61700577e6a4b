package voicetest

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/voice/onnx"
)

// Runtime returns the path of ONNX Runtime's library, which scripts/setup downloads.
func Runtime(tb testing.TB) string {
	tb.Helper()
	data := os.Getenv("XDG_DATA_HOME")
	if data == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			tb.Fatal(err)
		}
		data = filepath.Join(home, ".local", "share")
	}
	path := onnx.Find(filepath.Join(data, "mynah", "lib"), "/usr/local/lib", "/usr/lib")
	if path == "" {
		tb.Fatal("ONNX Runtime's library is missing: run scripts/setup")
	}
	return path
}

// Model returns a tiny neural voice with the inputs and the output of Piper's models. Each phoneme is a tone of
// its own pitch whose length follows from the length scale. Speakers differ in pitch; without speakers, the
// model has no input sid.
func Model(speakers bool) []byte {
	g := &graph{}
	g.floats("base", nil, 0.02)
	g.floats("step", nil, 0.004)
	g.floats("other", nil, 0.05)
	g.floats("each", nil, 600)
	g.floats("nothing", nil, 0)
	g.ints("row", []int64{1}, -1)
	g.ints("one", []int64{1}, 1)
	g.ints("two", nil, 1)
	g.ints("column", []int64{2}, -1, 1)
	g.ints("shape", []int64{4}, 1, 1, 1, -1)
	g.ints("scalar", []int64{0})
	g.ints("from", nil, 0)
	g.node("Gather", []string{"scales", "two"}, "scale")
	g.node("Mul", []string{"scale", "each"}, "each.scaled")
	g.cast("input", "ids.wide", 1)
	g.node("Mul", []string{"ids.wide", "nothing"}, "ids.nothing")
	g.node("Add", []string{"ids.nothing", "each.scaled"}, "durations")
	g.node("Ceil", []string{"durations"}, "/Ceil_output_0") // the same name as in Piper's models
	g.node("Reshape", []string{"/Ceil_output_0", "row"}, "durations.row")
	g.node("Gather", []string{"durations.row", "from"}, "each.ceil")
	g.cast("each.ceil", "each.samples", 7)
	g.node("Reshape", []string{"each.samples", "scalar"}, "each.count")
	g.node("Range", []string{"from", "each.count", "two"}, "times")
	g.cast("times", "times.float", 1)
	g.cast("input", "ids", 1)
	g.node("Reshape", []string{"ids", "column"}, "ids.column")
	g.node("Mul", []string{"ids.column", "step"}, "steps")
	g.node("Add", []string{"steps", "base"}, "pitches")
	pitches := "pitches"
	inputs := []value{{"input", 7, []int64{1, -1}}, {"input_lengths", 7, []int64{1}}, {"scales", 1, []int64{3}}}
	if speakers {
		inputs = append(inputs, value{"sid", 7, []int64{1}})
		g.cast("sid", "sid.float", 1)
		g.node("Mul", []string{"sid.float", "other"}, "shift")
		g.node("Add", []string{pitches, "shift"}, "pitches.speaker")
		pitches = "pitches.speaker"
	}
	g.node("Mul", []string{pitches, "times.float"}, "phases")
	g.node("Sin", []string{"phases"}, "tones")
	g.node("Reshape", []string{"tones", "shape"}, "output")
	return g.model(inputs, value{"output", 1, []int64{1, 1, 1, -1}})
}

// graph contains the encoded fields of onnx.proto's GraphProto.
type graph struct{ nodes, initial []byte }

type value struct {
	name  string
	kind  int64
	shape []int64 // -1 means any length
}

func field(b []byte, number int, body []byte) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(body)))
	return append(b, body...)
}

func whole(b []byte, number int, v int64) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3)
	return binary.AppendUvarint(b, uint64(v))
}

func (g *graph) tensor(name string, kind int64, shape []int64, raw []byte) {
	var t []byte
	for _, d := range shape {
		t = whole(t, 1, d)
	}
	t = whole(t, 2, kind)
	t = field(t, 8, []byte(name))
	g.initial = field(g.initial, 5, field(t, 9, raw))
}

func (g *graph) floats(name string, shape []int64, values ...float32) {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	g.tensor(name, 1, shape, raw)
}

func (g *graph) ints(name string, shape []int64, values ...int64) {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	g.tensor(name, 7, shape, raw)
}

func (g *graph) node(op string, in []string, out string, attributes ...[]byte) {
	var n []byte
	for _, i := range in {
		n = field(n, 1, []byte(i))
	}
	n = field(n, 2, []byte(out))
	n = field(n, 4, []byte(op))
	for _, a := range attributes {
		n = field(n, 5, a)
	}
	g.nodes = field(g.nodes, 1, n)
}

func (g *graph) cast(in, out string, kind int64) {
	const attributeOfInt = 2
	g.node("Cast", []string{in}, out, whole(whole(field(nil, 1, []byte("to")), 3, kind), 20, attributeOfInt))
}

func (v value) info() []byte {
	var shape []byte
	for _, d := range v.shape {
		dim := whole(nil, 1, d)
		if d < 0 {
			dim = field(nil, 2, []byte("n"))
		}
		shape = field(shape, 1, dim)
	}
	tensor := field(whole(nil, 1, v.kind), 2, shape)
	return field(field(nil, 1, []byte(v.name)), 2, field(nil, 1, tensor))
}

func (g *graph) model(inputs []value, output value) []byte {
	b := append(field(append([]byte(nil), g.nodes...), 2, []byte("voice")), g.initial...)
	for _, in := range inputs {
		b = field(b, 11, in.info())
	}
	b = field(b, 12, output.info())
	const irVersion, opset = 8, 13
	m := whole(nil, 1, irVersion)
	m = field(m, 8, whole(nil, 2, opset))
	return field(m, 7, b)
}
