package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"slices"

	"github.com/klauspost/compress/zstd"

	"mynah/internal/frame"
)

// Layer is a picture that is drawn over another: a slide, a caption, or the black around a callout.
// Its pixels are in the film's colour space, 8-bit 4:2:0 with straight (not premultiplied) alpha.
// Outside its box it has one colour.
type Layer struct {
	x, y, w, h int // position and size of the box in the frame, all even
	rest       shade
	// luma and alpha have one value per pixel of the box, u and v one per four pixels.
	luma, alpha, u, v []byte
}

// shade is a colour in the film's colour space, with alpha.
type shade struct{ y, u, v, a byte }

func toShade(c frame.Color) shade {
	y, u, v := toBT709(c)
	return shade{y, u, v, c.A}
}

// NewLayer converts an image to a layer for frames of w x h pixels. The bounds of the image are its
// position in the frame; the layer has the colour rest outside them.
func NewLayer(img *image.NRGBA, rest frame.Color, w, h int) *Layer {
	l := &Layer{rest: toShade(rest)}
	b := img.Bounds().Intersect(image.Rect(0, 0, w, h))
	if b.Empty() {
		return l
	}
	l.x, l.y = b.Min.X&^1, b.Min.Y&^1
	l.w, l.h = (b.Max.X-l.x+1)&^1, (b.Max.Y-l.y+1)&^1
	l.luma, l.alpha = make([]byte, l.w*l.h), make([]byte, l.w*l.h)
	l.u, l.v = make([]byte, l.w*l.h/4), make([]byte, l.w*l.h/4)
	// Convert two rows at a time, padded with the colour rest.
	edge := [4]byte{rest.R, rest.G, rest.B, rest.A}
	rows := [2][]byte{bytes.Repeat(edge[:], l.w), bytes.Repeat(edge[:], l.w)}
	for y := 0; y < l.h; y += 2 {
		for k := range rows {
			if at := l.y + y + k; at >= b.Min.Y && at < b.Max.Y {
				copy(rows[k][(b.Min.X-l.x)*4:], img.Pix[img.PixOffset(b.Min.X, at):][:b.Dx()*4])
			} else {
				copy(rows[k], bytes.Repeat(edge[:], l.w))
			}
		}
		l.setTwoRows(rows, y)
	}
	return l
}

// setTwoRows sets rows y and y+1 of the layer from RGBA pixels.
func (l *Layer) setTwoRows(rows [2][]byte, y int) {
	us, vs := l.u[y/2*(l.w/2):][:l.w/2], l.v[y/2*(l.w/2):][:l.w/2]
	for k, row := range rows {
		lumas, alphas := l.luma[(y+k)*l.w:][:l.w], l.alpha[(y+k)*l.w:][:l.w]
		for x := range lumas {
			p := row[4*x : 4*x+4]
			lumas[x], alphas[x] = toLuma(int(p[0]), int(p[1]), int(p[2])), p[3]
		}
	}
	for c := range us {
		us[c], vs[c] = 128, 128
		a, b := rows[0][8*c:8*c+8], rows[1][8*c:8*c+8]
		w := [4]int{int(a[3]), int(a[7]), int(b[3]), int(b[7])}
		if sum := w[0] + w[1] + w[2] + w[3]; sum > 0 {
			mean := func(k int) int { return (int(a[k])*w[0] + int(a[k+4])*w[1] + int(b[k])*w[2] + int(b[k+4])*w[3]) / sum }
			us[c], vs[c] = toChroma(mean(0), mean(1), mean(2))
		}
	}
}

// toLuma and chroma convert RGB to BT.709 limited range (ITU-R BT.709-6) in 16-bit fixed point.
func toLuma(r, g, b int) byte {
	return byte((11966*r + 40254*g + 4064*b + 16<<16 + 1<<15) >> 16)
}

func toChroma(r, g, b int) (u, v byte) {
	return byte((-6596*r - 22189*g + 28784*b + 128<<16 + 1<<15) >> 16), byte((28784*r - 26145*g - 2639*b + 128<<16 + 1<<15) >> 16)
}

// blend blends a colour with an opacity over a background. All values are 0 to 255.
func blend(background, color, alpha byte) byte {
	x := uint32(background)*(255-uint32(alpha)) + uint32(color)*uint32(alpha) + 128
	return byte((x + x>>8) >> 8)
}

// DrawOn draws the layer on a raw frame of w x h pixels, 8-bit 4:2:0.
func (l *Layer) DrawOn(frame []byte, w, h int) {
	n := w * h
	l.fillOutsideBox(frame[:n], w, h, 1, l.rest.y)
	l.fillOutsideBox(frame[n:n*5/4], w/2, h/2, 2, l.rest.u)
	l.fillOutsideBox(frame[n*5/4:], w/2, h/2, 2, l.rest.v)
	for y := range l.h {
		row := frame[(l.y+y)*w+l.x:][:l.w]
		lumas, alphas := l.luma[y*l.w:][:l.w], l.alpha[y*l.w:][:l.w]
		for i, a := range alphas {
			if a != 0 {
				row[i] = blend(row[i], lumas[i], a)
			}
		}
	}
	us, vs := frame[n:n*5/4], frame[n*5/4:]
	for y := range l.h / 2 {
		at := (l.y/2+y)*(w/2) + l.x/2
		top, bottom := l.alpha[2*y*l.w:][:l.w], l.alpha[(2*y+1)*l.w:][:l.w]
		for i := range l.w / 2 {
			a := byte((uint(top[2*i]) + uint(top[2*i+1]) + uint(bottom[2*i]) + uint(bottom[2*i+1]) + 2) / 4)
			if a != 0 {
				c := y*(l.w/2) + i
				us[at+i] = blend(us[at+i], l.u[c], a)
				vs[at+i] = blend(vs[at+i], l.v[c], a)
			}
		}
	}
}

// fillOutsideBox draws a colour on a plane outside the box. subsampling is 1 for luma and 2 for chroma.
func (l *Layer) fillOutsideBox(plane []byte, w, h, subsampling int, color byte) {
	if l.rest.a == 0 {
		return
	}
	var table [256]byte
	for i := range table {
		table[i] = blend(byte(i), color, l.rest.a)
	}
	shadeAll := func(b []byte) {
		for i, p := range b {
			b[i] = table[p]
		}
	}
	x0, y0, x1, y1 := l.x/subsampling, l.y/subsampling, (l.x+l.w)/subsampling, (l.y+l.h)/subsampling
	for y := range h {
		row := plane[y*w:][:w]
		if y < y0 || y >= y1 {
			shadeAll(row)
			continue
		}
		shadeAll(row[:x0])
		shadeAll(row[x1:])
	}
}

// ToRaw returns the layer for ffmpeg's overlay filter on frames of w x h pixels: raw 4:2:0 with alpha,
// and its position. The box may be empty.
func (l *Layer) ToRaw(w, h int) ([]byte, image.Rectangle) {
	if l.rest.a == 0 {
		return slices.Concat(l.luma, l.u, l.v, l.alpha), image.Rect(l.x, l.y, l.x+l.w, l.y+l.h)
	}
	n := w * h
	out := make([]byte, n*5/2)
	planes := [][]byte{out[:n], out[n : n*5/4], out[n*5/4 : n*3/2], out[n*3/2:]}
	for i, v := range []byte{l.rest.y, l.rest.u, l.rest.v, l.rest.a} {
		fillBytes(planes[i], v)
	}
	for y := range l.h {
		at := (l.y+y)*w + l.x
		copy(planes[0][at:], l.luma[y*l.w:][:l.w])
		copy(planes[3][at:], l.alpha[y*l.w:][:l.w])
	}
	for y := range l.h / 2 {
		at := (l.y/2+y)*(w/2) + l.x/2
		copy(planes[1][at:], l.u[y*l.w/2:][:l.w/2])
		copy(planes[2][at:], l.v[y*l.w/2:][:l.w/2])
	}
	return out, image.Rect(0, 0, w, h)
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (l *Layer) MarshalBinary() ([]byte, error) {
	head := []byte{l.rest.y, l.rest.u, l.rest.v, l.rest.a}
	for _, n := range []int{l.x, l.y, l.w, l.h} {
		head = binary.BigEndian.AppendUint32(head, uint32(n))
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	var body []byte
	for _, p := range [][]byte{l.luma, l.alpha, l.u, l.v} {
		body = append(body, p...)
	}
	return z.EncodeAll(body, head), z.Close()
}

const layerHead = 20

var errLayer = errors.New("a cached drawing has an unknown format")

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (l *Layer) UnmarshalBinary(b []byte) error {
	if len(b) < layerHead {
		return errLayer
	}
	l.rest = shade{b[0], b[1], b[2], b[3]}
	for i, n := range []*int{&l.x, &l.y, &l.w, &l.h} {
		*n = int(binary.BigEndian.Uint32(b[4+4*i:]))
	}
	if l.w > 1<<15 || l.h > 1<<15 || l.w&1+l.h&1 != 0 {
		return errLayer
	}
	n := l.w * l.h
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	body, err := z.DecodeAll(b[layerHead:], make([]byte, 0, n*5/2))
	if err != nil || len(body) != n*5/2 {
		return errLayer
	}
	l.luma, l.alpha, l.u, l.v = body[:n], body[n:2*n], body[2*n:n*9/4], body[n*9/4:]
	return nil
}

// WithBoxesFrom returns a copy of the layer in which the boxes, rounded to even coordinates, are replaced by
// the same boxes of another layer at the same position. Coordinates are those of the frame.
func (l *Layer) WithBoxesFrom(other *Layer, boxes []image.Rectangle) *Layer {
	if l.w != other.w || l.h != other.h {
		return l
	}
	out := *l
	out.luma, out.alpha, out.u, out.v = slices.Clone(l.luma), slices.Clone(l.alpha), slices.Clone(l.u), slices.Clone(l.v)
	for _, b := range boxes {
		b = b.Sub(image.Pt(l.x, l.y)).Intersect(image.Rect(0, 0, l.w, l.h))
		x0, y0, x1, y1 := b.Min.X&^1, b.Min.Y&^1, (b.Max.X+1)&^1, (b.Max.Y+1)&^1
		for y := y0; y < y1; y++ {
			copy(out.luma[y*l.w+x0:y*l.w+x1], other.luma[y*l.w+x0:])
			copy(out.alpha[y*l.w+x0:y*l.w+x1], other.alpha[y*l.w+x0:])
		}
		for y := y0 / 2; y < y1/2; y++ {
			copy(out.u[y*l.w/2+x0/2:y*l.w/2+x1/2], other.u[y*l.w/2+x0/2:])
			copy(out.v[y*l.w/2+x0/2:y*l.w/2+x1/2], other.v[y*l.w/2+x0/2:])
		}
	}
	return &out
}

// crop returns the part of the layer inside an area of the frame, whose corners are even. The layer is transparent
// outside its box.
func (l *Layer) crop(area image.Rectangle) *Layer {
	box := l.Box().Intersect(area)
	if box == l.Box() {
		return l
	}
	out := &Layer{rest: l.rest, x: box.Min.X, y: box.Min.Y, w: box.Dx(), h: box.Dy()}
	for y := box.Min.Y - l.y; y < box.Max.Y-l.y; y++ {
		from, to := y*l.w+box.Min.X-l.x, y*l.w+box.Max.X-l.x
		out.luma, out.alpha = append(out.luma, l.luma[from:to]...), append(out.alpha, l.alpha[from:to]...)
		if y%2 == 0 {
			from, to = y/2*(l.w/2)+(box.Min.X-l.x)/2, y/2*(l.w/2)+(box.Max.X-l.x)/2
			out.u, out.v = append(out.u, l.u[from:to]...), append(out.v, l.v[from:to]...)
		}
	}
	return out
}

// Box returns the position of the layer in the frame. Outside of it the layer has one colour.
func (l *Layer) Box() image.Rectangle { return image.Rect(l.x, l.y, l.x+l.w, l.y+l.h) }

// JoinLayersInBox returns the parts of layers inside box, drawn over each other, in the format of ToRaw. The
// coordinates of box are even. The layers are transparent outside their boxes.
func JoinLayersInBox(box image.Rectangle, list ...*Layer) []byte {
	n := box.Dx() * box.Dy()
	out := make([]byte, n*5/2)
	luma, us, vs, alpha := out[:n], out[n:n*5/4], out[n*5/4:n*3/2], out[n*3/2:]
	fillBytes(us, 128)
	fillBytes(vs, 128)
	for _, l := range list {
		part := l.Box().Intersect(box)
		for y := part.Min.Y / 2; y < part.Max.Y/2; y++ { // chroma first, because it depends on the alpha below
			from, to := (y-l.y/2)*l.w/2+(part.Min.X-l.x)/2, (y-box.Min.Y/2)*box.Dx()/2+(part.Min.X-box.Min.X)/2
			above, below := 2*(y-l.y/2)*l.w+part.Min.X-l.x, (2*y-box.Min.Y)*box.Dx()+part.Min.X-box.Min.X
			for i := range part.Dx() / 2 {
				over := sumSquare(l.alpha[above+2*i:], l.w)
				if over == 0 {
					continue
				}
				under := sumSquare(alpha[below+2*i:], box.Dx())
				us[to+i] = mixOver(l.u[from+i], us[to+i], over, under, 4*255)
				vs[to+i] = mixOver(l.v[from+i], vs[to+i], over, under, 4*255)
			}
		}
		for y := part.Min.Y; y < part.Max.Y; y++ {
			from, to := (y-l.y)*l.w+part.Min.X-l.x, (y-box.Min.Y)*box.Dx()+part.Min.X-box.Min.X
			for i := range part.Dx() {
				over, under := int(l.alpha[from+i]), int(alpha[to+i])
				if over == 0 {
					continue
				}
				luma[to+i] = mixOver(l.luma[from+i], luma[to+i], over, under, 255)
				alpha[to+i] = byte(over + under*(255-over)/255)
			}
		}
	}
	return out
}

// sumSquare returns the sum of four values: two of a row that is width long, and two below them.
func sumSquare(row []byte, width int) int {
	return int(row[0]) + int(row[1]) + int(row[width]) + int(row[width+1])
}

// mixOver returns the colour of a pixel that is drawn over another, with straight alpha: over and under are their
// opacities, of which whole is the maximum.
func mixOver(above, below byte, over, under, whole int) byte {
	rest := under * (whole - over) / whole
	if rest == 0 {
		return above
	}
	return byte((int(above)*over + int(below)*rest + (over+rest)/2) / (over + rest))
}
