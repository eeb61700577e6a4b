package dtw

import (
	"math"

	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// The path stays within a band around the diagonal, which is wide enough for pauses of different length.
// Sentences of 20 s have a million cells.
const (
	bandFrames = 50       // width on either side, in frames, without bandShare
	bandShare  = 0.1      // additional width, as a fraction of the longer recording
	mostCells  = 16 << 20 // maximum number of cells, one byte each; beyond it, AlignRecordings fails
	// diagonal is the cost of a step along both recordings, relative to a step along one of them. Lower values
	// make the path straighter.
	diagonal = 1.4
)

// Path maps the frames of one recording to those of another.
type Path struct {
	first, last []int // for each frame of the first recording, the range of frames of the other
	// Cost is the mean distance of frames along the path. It is about 3 if two voices speak the same words.
	Cost float64
	// Bent is the fraction of the speech, without silence, in which the path stays at one frame of a recording
	// for long while the other continues. It is about 0.1 if two voices speak the same words.
	Bent float64
}

// The steps to a cell: along both recordings, along the first, along the other.
const (
	stepNone = iota
	stepBoth
	stepOne
	stepOther
)

// band is the part of the table that is computed: one row per frame of the first recording.
type band struct {
	rows, columns, reach int
}

func (b band) countColumns() int { return 2*b.reach + 1 }

// findFirstColumn returns the column of the first cell of a row, which may be negative.
func (b band) findFirstColumn(row int) int {
	return int(math.Round(float64(row)*float64(b.columns-1)/float64(max(b.rows-1, 1)))) - b.reach
}

// AlignRecordings returns the path with the lowest cost between two recordings. It returns false if there is no path
// within the band, or if the recordings are too long.
func AlignRecordings(one, other Features) (Path, bool) {
	b := band{rows: one.frames, columns: other.frames}
	b.reach = bandFrames + int(bandShare*float64(max(b.rows, b.columns)))
	if b.rows == 0 || b.columns == 0 || b.rows > mostCells/b.countColumns() {
		return Path{}, false
	}
	steps := make([]uint8, b.rows*b.countColumns())
	above, row := make([]float32, b.countColumns()), make([]float32, b.countColumns())
	d := distances{one, other, computeSquaredLengths(one), computeSquaredLengths(other), make([]float32, b.countColumns())}
	for i := range b.rows {
		b.fillCostRow(d, i, above, row, steps[i*b.countColumns():(i+1)*b.countColumns()])
		above, row = row, above
	}
	end := b.columns - 1 - b.findFirstColumn(b.rows-1)
	p := Path{first: make([]int, b.rows), last: make([]int, b.rows)}
	p.Cost = float64(above[end]) / float64(b.rows+b.columns)
	if !b.fillPathFromSteps(steps, p) {
		return Path{}, false
	}
	p.Bent = p.computeBent(one, other)
	return p, true
}

// computeBent computes Path.Bent.
func (p Path) computeBent(one, other Features) float64 {
	const long = 6 // frames
	spoken := func(f Features, from, to int) float64 {
		n := 0.0
		for _, silent := range f.silent[from:to] {
			if !silent {
				n++
			}
		}
		return n
	}
	still := 0.0
	from := 0 // first of the frames that map to the same range
	for i := range p.first {
		if p.last[i]-p.first[i] >= long {
			still += spoken(other, p.first[i], p.last[i])
		}
		if i+1 < len(p.first) && p.first[i+1] == p.first[i] && p.last[i+1] == p.last[i] {
			continue
		}
		if next := i + 1; next-from >= long {
			still += spoken(one, from, next)
		}
		from = i + 1
	}
	return still / max((spoken(one, 0, one.frames)+spoken(other, 0, other.frames))/2, 1)
}

// fillCostRow computes a row of the table from the one above.
func (b band) fillCostRow(d distances, i int, above, row []float32, steps []uint8) {
	infinite := float32(math.Inf(1))
	start, shift := b.findFirstColumn(i), 0 // cell k of this row is below cell k+shift of the row above
	if i > 0 {
		shift = start - b.findFirstColumn(i-1)
	}
	low, high := max(-start, 0), min(b.columns-start, len(row))
	here := d.computeDistanceRow(i, start+low, start+high)
	for k := range row {
		row[k] = infinite
	}
	for k := low; k < high; k++ {
		d := here[k-low]
		if i == 0 && start+k == 0 {
			row[k] = d
			continue
		}
		best, step := infinite, uint8(stepNone)
		if up := k + shift; i > 0 {
			if up >= 1 && up <= len(above) {
				best, step = above[up-1]+diagonal*d, stepBoth
			}
			if up < len(above) && above[up]+d < best {
				best, step = above[up]+d, stepOne
			}
		}
		if k > 0 && row[k-1]+d < best {
			best, step = row[k-1]+d, stepOther
		}
		row[k], steps[k] = best, step
	}
}

// distances computes Euclidean distances between frames. The squared lengths of the frames are precomputed.
type distances struct {
	one, other             Features
	oneSquare, otherSquare []float32
	buffer                 []float32
}

// computeSquaredLengths returns the squared length of each frame.
func computeSquaredLengths(f Features) []float32 {
	out := make([]float32, f.frames)
	for i := range out {
		for _, v := range f.listFrameValues(i) {
			out[i] += v * v
		}
	}
	return out
}

// computeDistanceRow returns the distances between frame i of the first recording and the frames from to to of the
// other. The result is valid until the next call.
func (d distances) computeDistanceRow(i, from, to int) []float32 {
	out := d.buffer[:to-from]
	var blas gonum.Implementation // computes products with SIMD, which the compiler does not
	values := d.other.values[from*dims : to*dims]
	blas.Sgemv(gonumblas.NoTrans, to-from, dims, 1, values, dims, d.one.listFrameValues(i), 1, 0, out, 1)
	for k, dot := range out {
		out[k] = float32(math.Sqrt(float64(max(d.oneSquare[i]+d.otherSquare[from+k]-2*dot, 0))))
	}
	return out
}

// fillPathFromSteps follows the steps back from the last cell and fills the path. It returns false if a step is
// missing.
func (b band) fillPathFromSteps(steps []uint8, p Path) bool {
	i, j := b.rows-1, b.columns-1
	p.last[i] = j
	for i > 0 || j > 0 {
		step := steps[i*b.countColumns()+j-b.findFirstColumn(i)]
		switch step {
		case stepOther:
			j--
			continue
		case stepNone:
			return false
		}
		p.first[i] = j
		i--
		if step == stepBoth {
			j--
		}
		p.last[i] = j
	}
	return true
}

// MapFrame returns the frame of the other recording for a frame of the first one. Both may be fractions.
func (p Path) MapFrame(frame float64) float64 {
	if len(p.first) == 0 {
		return 0
	}
	middle := func(i int) float64 { return float64(p.first[i]+p.last[i]) / 2 }
	top := float64(len(p.first) - 1)
	frame = min(max(frame, 0), top)
	i := int(frame)
	share := frame - float64(i)
	if share == 0 {
		return middle(i)
	}
	return middle(i)*(1-share) + middle(i+1)*share
}
