package sound

import (
	"cmp"
	"slices"
)

// Grid is the number of samples per frame of AAC-LC. A packet contains the samples of two frames, its own and
// the one before, windowed. Packet 0 is the encoder's delay.
const Grid = 1024

const (
	// Lead is the number of frames before and after a chunk that are encoded with it and then dropped. With
	// four, the result at the seam is as close to the source as that of a continuous encode.
	Lead = 4
	// quiet is the minimum number of consecutive silent packets that become a separate chunk.
	quiet = 12
	// least and longest are the minimum and maximum length of a chunk, in packets; longest is 16 s.
	least   = 8
	longest = 750
)

// Chunk is a range of the track's packets that are encoded and cached together.
type Chunk struct {
	// First is the number of its first packet, Packets the number of its packets.
	First, Packets int64
	// Silent chunks are not encoded.
	Silent bool
	// Heard contains the indexes of the clips that are audible in the chunk, in its leads, or within the
	// limiter's range.
	Heard []int
}

// FindFirstEncodedSample returns the first sample of the track that is encoded for the chunk, including the lead.
func (p Chunk) FindFirstEncodedSample() int64 { return (p.First - Lead) * Grid }

// CountEncodedSamples returns the number of samples that are encoded, including the leads.
func (p Chunk) CountEncodedSamples() int64 { return (p.Packets + 2*Lead) * Grid }

// CountPackets returns the number of packets for a number of samples and the encoder's delay.
func CountPackets(samples int64) int64 { return (samples+Grid-1)/Grid + 1 }

// CutIntoChunks cuts a track into chunks: it separates silence from sound, and cuts sound at the given samples, where
// scenes begin. A chunk depends only on what is audible in it and close to it, not on its position.
func CutIntoChunks(clips []Clip, scenes []int64, samples int64) []Chunk {
	total := CountPackets(samples)
	var chunks []Chunk
	at := int64(0)
	for _, run := range findAudibleRanges(clips, total) {
		if run.from > at {
			chunks = append(chunks, Chunk{First: at, Packets: run.from - at, Silent: true})
		}
		chunks = append(chunks, run.splitIntoChunks(scenes)...)
		at = run.to
	}
	if at < total {
		chunks = append(chunks, Chunk{First: at, Packets: total - at, Silent: true})
	}
	markHeardClips(chunks, clips)
	return chunks
}

// audibleRange is a range of packets; to is exclusive.
type audibleRange struct{ from, to int64 }

// findAudibleRanges returns the ranges in which something is audible, in order. Ranges with short gaps are merged.
func findAudibleRanges(clips []Clip, total int64) []audibleRange {
	var all []audibleRange
	for _, c := range clips {
		if c.Samples <= 0 {
			continue
		}
		r := audibleRange{max(c.Start, 0) / Grid, min((c.Start+c.Samples-1)/Grid+2, total)}
		if r.from < r.to {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b audibleRange) int { return cmp.Compare(a.from, b.from) })
	var out []audibleRange
	for _, r := range all {
		if n := len(out); n > 0 && r.from < out[n-1].to+quiet {
			out[n-1].to = max(out[n-1].to, r.to)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// splitIntoChunks cuts a run where scenes begin, and where it is longer than a chunk may be.
func (r audibleRange) splitIntoChunks(scenes []int64) []Chunk {
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

// markHeardClips sets Chunk.Heard.
func markHeardClips(chunks []Chunk, clips []Clip) {
	order := make([]int, len(clips))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(clips[a].Start, clips[b].Start) })
	var open []int
	next := 0
	for i := range chunks {
		p := &chunks[i]
		from, to := p.FindFirstEncodedSample()-Around, p.FindFirstEncodedSample()+p.CountEncodedSamples()+Around
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

// ListTrimmedClips returns the clips of a chunk, timed from the start of its encoding. It removes what is not audible
// in it: for example, the chunk does not change if music continues longer after it.
func (p Chunk) ListTrimmedClips(clips []Clip) []Clip {
	const from = -Around
	to := p.CountEncodedSamples() + Around
	var out []Clip
	for _, i := range p.Heard {
		c := clips[i].MoveBy(-p.FindFirstEncodedSample())
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
