package picture

import "math"

// resample returns a layer that is moved and scaled, for frames of w x h pixels. Positions between pixels are
// interpolated, with the colours weighted by their opacity.
func (l *Layer) resample(m mapping, w, h int) *Layer {
	out := &Layer{rest: l.rest}
	x0 := max(int(math.Floor(float64(l.x)*m.sx+m.dx)), 0) &^ 1
	y0 := max(int(math.Floor(float64(l.y)*m.sy+m.dy)), 0) &^ 1
	x1 := min(int(math.Ceil(float64(l.x+l.w)*m.sx+m.dx))+1, w) &^ 1
	y1 := min(int(math.Ceil(float64(l.y+l.h)*m.sy+m.dy))+1, h) &^ 1
	if x0 >= x1 || y0 >= y1 || l.w == 0 || l.h == 0 {
		return out
	}
	out.x, out.y, out.w, out.h = x0, y0, x1-x0, y1-y0
	n := out.w * out.h
	out.luma, out.alpha, out.u, out.v = make([]byte, n), make([]byte, n), make([]byte, n/4), make([]byte, n/4)
	// The position in the layer of the middle of a pixel of the frame, for luma (step 1) and chroma (step 2).
	position := func(pixel, step int, scale, offset float64, start int) float64 {
		return ((float64(pixel*step)+float64(step)/2-offset)/scale-float64(start))/float64(step) - 0.5
	}
	for y := range out.h {
		ty := l.newTap(position(y0+y, 1, m.sy, m.dy, l.y), l.h)
		for x := range out.w {
			tx := l.newTap(position(x0+x, 1, m.sx, m.dx, l.x), l.w)
			out.alpha[y*out.w+x], out.luma[y*out.w+x] = l.interpolatePixel(tx, ty)
		}
	}
	for y := range out.h / 2 {
		ty := l.newTap(position(y0/2+y, 2, m.sy, m.dy, l.y), l.h/2)
		for x := range out.w / 2 {
			tx := l.newTap(position(x0/2+x, 2, m.sx, m.dx, l.x), l.w/2)
			i := y*out.w/2 + x
			out.u[i], out.v[i] = l.interpolateChroma(tx, ty)
		}
	}
	return out
}

// tap is a position between two pixels, i and j, with their weights.
type tap struct {
	i, j   int
	wi, wj float64
}

// newTap returns the tap for a position in a row of n pixels. Outside of the layer are pixels of its edge if it has a
// colour there, otherwise nothing.
func (l *Layer) newTap(p float64, n int) tap {
	i := int(math.Floor(p))
	f := p - float64(i)
	t := tap{i: min(max(i, 0), n-1), j: min(max(i+1, 0), n-1), wi: 1 - f, wj: f}
	if l.rest.a != 0 {
		return t
	}
	if t.i != i {
		t.wi = 0
	}
	if t.j != i+1 {
		t.wj = 0
	}
	return t
}

// interpolatePixel returns the opacity and the luma at a position.
func (l *Layer) interpolatePixel(x, y tap) (alpha, luma byte) {
	var a, c float64
	add := func(px, py int, weight float64) {
		i := py*l.w + px
		v := weight * float64(l.alpha[i])
		a, c = a+v, c+v*float64(l.luma[i])
	}
	add(x.i, y.i, x.wi*y.wi)
	add(x.j, y.i, x.wj*y.wi)
	add(x.i, y.j, x.wi*y.wj)
	add(x.j, y.j, x.wj*y.wj)
	if a < 0.5 {
		return 0, 16
	}
	return byte(a + 0.5), byte(c/a + 0.5)
}

// interpolateChroma returns the colour at a position of the chroma planes.
func (l *Layer) interpolateChroma(x, y tap) (u, v byte) {
	var a, cu, cv float64
	add := func(px, py int, weight float64) {
		i := py*l.w/2 + px
		at := 2*py*l.w + 2*px
		sum := int(l.alpha[at]) + int(l.alpha[at+1]) + int(l.alpha[at+l.w]) + int(l.alpha[at+l.w+1])
		w := weight * float64(sum)
		a, cu, cv = a+w, cu+w*float64(l.u[i]), cv+w*float64(l.v[i])
	}
	add(x.i, y.i, x.wi*y.wi)
	add(x.j, y.i, x.wj*y.wi)
	add(x.i, y.j, x.wi*y.wj)
	add(x.j, y.j, x.wj*y.wj)
	if a < 0.5 {
		return 128, 128
	}
	return byte(cu/a + 0.5), byte(cv/a + 0.5)
}

// markerFloor is how much of a marker's colour is visible on black. On white, the whole colour is visible.
const markerFloor = 0.26

// tint draws the layer as a marker: it multiplies the colours below by its own, and lightens black a little, so that
// the marker is visible on dark pictures, too.
func (l *Layer) tint(frame []byte, w, h int) {
	n := w * h
	us, vs := frame[n:n*5/4], frame[n*5/4:]
	for y := 0; y < l.h; y += 2 {
		for x := 0; x < l.w; x += 2 {
			i := y*l.w + x
			if l.alpha[i]|l.alpha[i+1]|l.alpha[i+l.w]|l.alpha[i+l.w+1] == 0 {
				continue
			}
			c := (l.y+y)/2*(w/2) + (l.x+x)/2
			k := y/2*(l.w/2) + x/2
			luma := max(l.luma[i], l.luma[i+1], l.luma[i+l.w], l.luma[i+l.w+1])
			marker := toRGB(float64(luma), float64(l.u[k]), float64(l.v[k]))
			u, v := float64(us[c]), float64(vs[c])
			var mean [3]float64
			var opacity float64
			for d, at := range [4]int{i, i + 1, i + l.w, i + l.w + 1} {
				p := (l.y+y+d/2)*w + l.x + x + d%2
				a := float64(l.alpha[at]) / 255
				rgb := toRGB(float64(frame[p]), u, v)
				for ch := range rgb {
					rgb[ch] = marker[ch] * (rgb[ch]*(1-markerFloor) + markerFloor)
					mean[ch] += rgb[ch] / 4
				}
				opacity += a / 4
				lit := 16 + 219*(0.2126*rgb[0]+0.7152*rgb[1]+0.0722*rgb[2])
				frame[p] = byte(float64(frame[p])*(1-a) + lit*a + 0.5)
			}
			tu, tv := toChroma(toByte(mean[0]), toByte(mean[1]), toByte(mean[2]))
			us[c], vs[c] = byte(u*(1-opacity)+float64(tu)*opacity+0.5), byte(v*(1-opacity)+float64(tv)*opacity+0.5)
		}
	}
}

// toRGB converts BT.709 limited range to RGB from 0 to 1 (ITU-R BT.709-6).
func toRGB(y, u, v float64) [3]float64 {
	y, u, v = (y-16)/219, (u-128)/224, (v-128)/224
	limit := func(c float64) float64 { return math.Min(math.Max(c, 0), 1) }
	return [3]float64{limit(y + 1.5748*v), limit(y - 0.1873*u - 0.4681*v), limit(y + 1.8556*u)}
}

func toByte(v float64) int { return int(v*255 + 0.5) }
