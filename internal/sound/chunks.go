package sound

import (
	"cmp"
	"slices"
)

// Grid is the number of samples of a frame of coded sound (AAC-LC). A coded frame, a
// packet, carries the samples of two frames of the grid, the one before its own and its
// own, half each: packet 0 is the coder's delay.
const Grid = 1024

const (
	// Lead is how many frames of what is heard around a chunk are coded with it and
	// thrown away, on either side: with four of them the coder is, at the seam, as near
	// to the sound as in one long run.
	Lead = 4
	// quiet is how many silent packets in a row are a chunk of their own.
	quiet = 12
	// least is the shortest chunk, in packets; longest the longest, 16 s.
	least   = 8
	longest = 750
)

// Chunk is a run of packets of the track that are coded, and kept, together.
type Chunk struct {
	// First is the number of its first packet, Packets how many it has.
	First, Packets int64
	// Silent chunks need no coding.
	Silent bool
	// Heard are the indexes of the clips that are heard in it, in the lead around it, or
	// where the limiter looks.
	Heard []int
}

// Begin is the sample of the track at which its coding begins, the lead counted.
func (p Chunk) Begin() int64 { return (p.First - Lead) * Grid }

// Samples is how many are coded, the leads counted.
func (p Chunk) Samples() int64 { return (p.Packets + 2*Lead) * Grid }

// Packets is how many packets hold a number of samples and the coder's delay.
func Packets(samples int64) int64 { return (samples+Grid-1)/Grid + 1 }

// Cut cuts a track into chunks: what is silent for a while apart from what is heard,
// and that at the given samples, where scenes begin. A chunk depends on nothing but what
// is heard in it and close around it, so it is the same wherever it stands on the grid.
func Cut(clips []Clip, scenes []int64, samples int64) []Chunk {
	total := Packets(samples)
	var chunks []Chunk
	at := int64(0)
	for _, run := range runs(clips, total) {
		if run.from > at {
			chunks = append(chunks, Chunk{First: at, Packets: run.from - at, Silent: true})
		}
		chunks = append(chunks, run.cut(scenes)...)
		at = run.to
	}
	if at < total {
		chunks = append(chunks, Chunk{First: at, Packets: total - at, Silent: true})
	}
	markHeard(chunks, clips)
	return chunks
}

// run is a stretch of packets, to excluded.
type run struct{ from, to int64 }

// runs returns the stretches in which something is heard, in order. Those that are close
// to each other are one.
func runs(clips []Clip, total int64) []run {
	var all []run
	for _, c := range clips {
		if c.Samples <= 0 {
			continue
		}
		r := run{max(c.Start, 0) / Grid, min((c.Start+c.Samples-1)/Grid+2, total)}
		if r.from < r.to {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b run) int { return cmp.Compare(a.from, b.from) })
	var out []run
	for _, r := range all {
		if n := len(out); n > 0 && r.from < out[n-1].to+quiet {
			out[n-1].to = max(out[n-1].to, r.to)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// cut cuts a run where scenes begin, and what is longer than a chunk may be.
func (r run) cut(scenes []int64) []Chunk {
	var out []Chunk
	at := r.from
	add := func(to int64) {
		for to-at > longest {
			n := int64(longest)
			if to-at < longest+least {
				n = (to - at) / 2
			}
			out = append(out, Chunk{First: at, Packets: n})
			at += n
		}
		out = append(out, Chunk{First: at, Packets: to - at})
		at = to
	}
	first, _ := slices.BinarySearch(scenes, r.from*Grid)
	for _, s := range scenes[first:] {
		k := s / Grid
		if k+least > r.to {
			break
		}
		if k >= at+least {
			add(k)
		}
	}
	add(r.to)
	return out
}

// markHeard notes which clips are heard in and around each chunk.
func markHeard(chunks []Chunk, clips []Clip) {
	order := make([]int, len(clips))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(clips[a].Start, clips[b].Start) })
	var open []int
	next := 0
	for i := range chunks {
		p := &chunks[i]
		from, to := p.Begin()-Around, p.Begin()+p.Samples()+Around
		for next < len(order) && clips[order[next]].Start < to {
			open = append(open, order[next])
			next++
		}
		open = slices.DeleteFunc(open, func(c int) bool { return clips[c].Start+clips[c].Samples <= from })
		for _, c := range open {
			if !p.Silent && clips[c].Samples > 0 {
				p.Heard = append(p.Heard, c)
			}
		}
		slices.Sort(p.Heard)
	}
}

// Part returns the clips of a chunk, timed from the beginning of its coding, without what
// cannot be heard in it: how long music goes on after a chunk does not change the chunk.
func (p Chunk) Part(clips []Clip) []Clip {
	const from = -Around
	to := p.Samples() + Around
	var out []Clip
	for _, i := range p.Heard {
		c := clips[i].Moved(-p.Begin())
		if c.Start+c.FadeIn <= from {
			c.FadeIn = 0
		}
		if c.Start+c.Samples-c.FadeOut >= to {
			c.Samples, c.FadeOut = to-c.Start, 0
		}
		c.Ducks = slices.DeleteFunc(c.Ducks, func(d Duck) bool { return d.To+d.Up <= from || d.From-d.Down >= to })
		for k := range c.Ducks {
			d := &c.Ducks[k]
			d.From, d.To = max(d.From, from), min(d.To, to)
		}
		out = append(out, c)
	}
	return out
}
