package picture

import (
	"slices"

	"mynah/internal/cache"
)

// WithOpacity returns a reference to the same layer with an opacity from 0 to 1.
func (r LayerRef) WithOpacity(opacity float64) LayerRef {
	r.Faded = 255 - uint8(min(max(opacity, 0), 1)*255+.5)
	if r.Faded > 0 {
		r.Key = cache.NewHasher("faded layer").AddBytes(r.Key[:]).AddInts(int64(r.Faded)).Key()
	}
	return r
}

// ReadLayer reads a layer with its opacity.
func ReadLayer(layers Layers, ref LayerRef) (*Layer, error) {
	l, err := layers.Layer(ref)
	if err != nil || ref.Faded == 0 {
		return l, err
	}
	return l.withAlphaTimes(255 - ref.Faded), nil
}

// withAlphaTimes returns the layer with its alpha multiplied by a factor in 255ths.
func (l *Layer) withAlphaTimes(factor uint8) *Layer {
	out := *l
	out.alpha = slices.Clone(l.alpha)
	times := func(a byte) byte { return byte((int(a)*int(factor) + 127) / 255) }
	for i, a := range out.alpha {
		out.alpha[i] = times(a)
	}
	out.rest.a = times(l.rest.a)
	return &out
}
