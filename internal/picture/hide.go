package picture

import "math"

// Sizes of the blocks that replace hidden content, in pixels of a frame whose shorter side is 720. The size is a part
// of the shape's shorter side within these limits, so that no letter of a line that fills the shape is left.
const (
	leastBlock = 24
	mostBlock  = 120
	blockShare = 0.5
)

// hideContent replaces the content of a shape by the mean colours of large blocks, and mixes those smoothly. Nothing
// smaller than a block is left of it.
func (s shape) hideContent(frame []byte, w, h int) {
	x0, y0 := max(int(math.Floor(s.x0)), 0)&^1, max(int(math.Floor(s.y0)), 0)&^1
	x1, y1 := min(int(math.Ceil(s.x1))+1, w)&^1, min(int(math.Ceil(s.y1))+1, h)&^1
	if !s.area.Empty() {
		x0, y0, x1, y1 = max(x0, s.area.Min.X), max(y0, s.area.Min.Y), min(x1, s.area.Max.X), min(y1, s.area.Max.Y)
	}
	if x0 >= x1 || y0 >= y1 {
		return
	}
	unit := float64(min(w, h)) / 720
	size := math.Min(s.x1-s.x0, s.y1-s.y0) * blockShare
	block := max(int(math.Min(math.Max(size, leastBlock*unit), mostBlock*unit)/2), 1) * 2
	n := w * h
	cover := make([]float32, w)
	alphas := make([][]byte, y1-y0)
	for y := y0; y < y1; y++ {
		clear(cover)
		addCoverage([]shape{s}, y, cover)
		alphas[y-y0] = make([]byte, x1-x0)
		for i, c := range cover[x0:x1] {
			alphas[y-y0][i] = byte(math.Min(float64(c)/whole, 1)*255 + 0.5)
		}
	}
	newBlocks(planes{frame[:n], w, h}, x0, y0, x1, y1, block).draw(func(x, y int) byte { return alphas[y-y0][x-x0] })
	half := func(x, y int) byte {
		// Chroma covers four pixels; any of them that is hidden hides it.
		a := alphas[2*y-y0]
		b := alphas[min(2*y+1-y0, len(alphas)-1)]
		return max(a[2*x-x0], a[min(2*x+1-x0, len(a)-1)], b[2*x-x0], b[min(2*x+1-x0, len(b)-1)])
	}
	for _, plane := range [][]byte{frame[n : n*5/4], frame[n*5/4:]} {
		newBlocks(planes{plane, w / 2, h / 2}, x0/2, y0/2, x1/2, y1/2, block/2).draw(half)
	}
}

// blocks are the mean values of square blocks of a plane, from x0, y0 to x1, y1.
type blocks struct {
	plane          planes
	x0, y0, x1, y1 int
	size           int
	columns, rows  int
	means          []float64
}

func newBlocks(p planes, x0, y0, x1, y1, size int) *blocks {
	b := &blocks{plane: p, x0: x0, y0: y0, x1: x1, y1: y1, size: max(size, 1)}
	b.columns, b.rows = (x1-x0+b.size-1)/b.size, (y1-y0+b.size-1)/b.size
	b.means = make([]float64, b.columns*b.rows)
	for i := range b.means {
		left, top := x0+i%b.columns*b.size, y0+i/b.columns*b.size
		right, bottom := min(left+b.size, x1), min(top+b.size, y1)
		sum := 0
		for y := top; y < bottom; y++ {
			for _, v := range p.pix[y*p.w+left : y*p.w+right] {
				sum += int(v)
			}
		}
		b.means[i] = float64(sum) / float64((right-left)*(bottom-top))
	}
	return b
}

// draw replaces the pixels by the interpolated means, each with an opacity from 0 to 255.
func (b *blocks) draw(opacity func(x, y int) byte) {
	at := func(pixel, from, count int) (int, int, float64) {
		p := math.Max((float64(pixel-from)+0.5)/float64(b.size)-0.5, 0)
		i := min(int(p), count-1)
		f := p - float64(i)
		return i, min(i+1, count-1), f * f * (3 - 2*f)
	}
	for y := b.y0; y < b.y1; y++ {
		top, bottom, fy := at(y, b.y0, b.rows)
		row := b.plane.pix[y*b.plane.w:][:b.plane.w]
		for x := b.x0; x < b.x1; x++ {
			a := opacity(x, y)
			if a == 0 {
				continue
			}
			left, right, fx := at(x, b.x0, b.columns)
			upper := b.means[top*b.columns+left]*(1-fx) + b.means[top*b.columns+right]*fx
			lower := b.means[bottom*b.columns+left]*(1-fx) + b.means[bottom*b.columns+right]*fx
			row[x] = blend(row[x], byte(upper*(1-fy)+lower*fy+0.5), a)
		}
	}
}
