package voice

import (
	"math"
	"sort"
	"strings"
	"time"

	"mynah/internal/utter"
)

// change describes what to do to a range of a spoken sentence, in samples at Rate. A change with a pause
// inserts silence at from.
type change struct {
	from, to int
	manner
}

// applyMannersExceptVolume applies to the runs of a spoken sentence what the engine could not do, at the times of their
// words. The rest of the sentence keeps its samples, except for cross-fades at the seams. The clip must be at Rate;
// applyMannersExceptVolume modifies it. It does not apply volumes, but returns them as gains for amplify.
func (b *Booth) applyMannersExceptVolume(c Clip, runs []utter.Run, left []manner) (Clip, []gain, error) {
	list := listChanges(c, runs, left)
	if len(list) == 0 {
		return c, nil, nil
	}
	s := splice{booth: b, pcm: c.PCM, anchors: []anchor{{0, 0}}}
	var gains []gain
	for _, ch := range list {
		if ch.pause > 0 {
			s.insertSilence(ch.from, toSamples(ch.pause, Rate))
			continue
		}
		from, to, err := s.appendChangedRange(ch)
		if err != nil {
			return Clip{}, nil, err
		}
		if ch.volume != 1 {
			gains = append(gains, gain{from, to, ch.volume})
		}
	}
	s.copySamplesUpTo(len(s.pcm))
	s.anchors = append(s.anchors, anchor{len(s.pcm), len(s.out)})
	c.PCM = s.out
	last := time.Duration(0)
	for i := range c.Words {
		w := &c.Words[i]
		w.Start = min(max(s.mapTimeToOutput(w.Start, true), last), c.Length())
		w.End = min(max(s.mapTimeToOutput(w.End, false), w.Start), c.Length())
		last = w.End
	}
	return c, gains, nil
}

// listChanges returns the ranges of a clip whose runs need changes, in order. Adjacent runs with equal changes are
// merged.
func listChanges(c Clip, runs []utter.Run, left []manner) []change {
	var out []change
	var open manner
	lo, hi, at, done := 0, 0, 0, 0 // lo, hi: bytes of the open range; done: end of the last range, in samples
	shut := func() {
		if from, to := c.findSamplesOfText(lo, hi); lo < hi && max(from, done) < to {
			out = append(out, change{max(from, done), to, open})
			done = to
		}
		lo = hi
	}
	for i, r := range runs {
		m, end := left[i], at+len(r.Text)
		pause := m.pause
		m.pause = 0
		switch {
		case m == newPlainManner():
			if strings.TrimSpace(r.Text) != "" {
				shut()
			}
		case lo < hi && m == open:
			hi = end
		default:
			shut()
			open, lo, hi = m, at, end
		}
		if at = end; pause > 0 {
			shut()
			if cut, length, ok := c.makePlaceForPause(at, done); ok && pause > length {
				done = cut
				out = append(out, change{cut, cut, manner{1, 1, 1, pause - length}})
			}
		}
	}
	shut()
	return out
}

// findSamplesOfText returns the range of samples that speak bytes startByte to endByte of the text. If the times of the
// first or last word are estimates, the range extends to the end of the clip there. A part of a word gets its share of
// the word's time.
func (c Clip) findSamplesOfText(startByte, endByte int) (from, to int) {
	words := findOverlappingWords(c.Words, startByte, endByte)
	if len(words) == 0 {
		return 0, 0
	}
	first, last := words[0], words[len(words)-1]
	begin, end := first.findTimeOfByte(startByte), last.findTimeOfByte(endByte)
	if begin >= end {
		return 0, 0
	}
	from, to = toSamples(begin, Rate), min(toSamples(end, Rate), len(c.PCM))
	if first.Offset == c.Words[0].Offset && !first.Exact && startByte <= first.Offset {
		from = 0
	}
	if last.Offset == c.Words[len(c.Words)-1].Offset && !last.Exact && endByte >= last.Offset+len(last.Text) {
		to = len(c.PCM)
	}
	least := 2 * toSamples(seamHalf, Rate) // shorter ranges have no room for a seam
	if from < least {
		from = 0
	}
	if len(c.PCM)-to < least {
		to = len(c.PCM)
	}
	return from, to
}

// findTimeOfByte returns the time at which the speaker reaches a byte of the text that is in the word.
func (w Word) findTimeOfByte(textByte int) time.Duration {
	n := textByte - w.Offset
	if n <= 0 {
		return w.Start
	}
	if n >= len(w.Text) {
		return w.End
	}
	share := float64(n) / float64(len(w.Text))
	if all := EstimateEffort(w.Text); all > 0 {
		share = EstimateEffort(w.Text[:n]) / all
	}
	return w.Start + time.Duration(share*float64(w.End-w.Start))
}

// makePlaceForPause returns the sample at which to insert a pause after a byte of the text, not before earliestSample,
// and how much silence is already there. ok is false if there are not words on both sides. It moves the times of
// these words to the cut.
func (c Clip) makePlaceForPause(textByte, earliestSample int) (cut int, silent time.Duration, ok bool) {
	const frame = 5 * time.Millisecond
	next := sort.Search(len(c.Words), func(i int) bool { return c.Words[i].Offset+len(c.Words[i].Text) > textByte })
	if next == 0 || next == len(c.Words) {
		return 0, 0, false
	}
	before, behind := &c.Words[next-1], &c.Words[next]
	slack := 30 * time.Millisecond
	if !before.Exact || !behind.Exact {
		slack = 120 * time.Millisecond
	}
	size := toSamples(frame, Rate)
	from := max(toSamples(max(before.End-slack, before.Start), Rate), earliestSample)
	to := min(toSamples(min(behind.Start+slack, behind.End), Rate), len(c.PCM))
	limit := computeMeanSquare(c.PCM) * math.Pow(10, -35.0/10)
	start, end, quietest, quiet := 0, 0, from, math.Inf(1)
	for i, run := from, from; i+size <= to; i += size {
		p := computeMeanSquare(c.PCM[i : i+size])
		if p < quiet {
			quietest, quiet = i, p
		}
		if p >= limit {
			run = i + size
		} else if i+size-run > end-start {
			start, end = run, i+size
		}
	}
	cut = max(min(quietest+size/2, len(c.PCM)), earliestSample)
	if end > start {
		cut = (start + end) / 2
	}
	meet := toTime(int64(cut), Rate)
	before.End, behind.Start = min(before.End, meet), max(behind.Start, meet)
	return cut, toTime(int64(end-start), Rate), true
}

// computeMeanSquare returns the mean square of samples.
func computeMeanSquare(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum / max(float64(len(pcm)), 1)
}

// splice assembles a clip again from ranges of its samples.
type splice struct {
	booth   *Booth
	pcm     []int16 // of the original clip
	at      int     // the next sample of pcm to copy
	fading  int     // number of samples of out that the next samples cross-fade with
	out     []int16
	anchors []anchor
}

// anchor maps a sample of the clip to a sample of out.
type anchor struct{ from, to int }

// Ranges meet in a cross-fade that extends seamHalf to both sides of the seam. The position of a range is
// adjusted by up to seamReach so that the waveforms match best.
const (
	seamHalf  = 3 * time.Millisecond
	seamReach = 5 * time.Millisecond
)

// mapToOutput returns where in out a sample of the clip will be that is not yet copied.
func (s *splice) mapToOutput(sample int) int { return len(s.out) - s.fading + sample - s.at }

// copySamplesUpTo copies the samples from s.at up to a sample of the clip.
func (s *splice) copySamplesUpTo(sample int) {
	if sample > s.at {
		s.appendWithCrossFade(s.pcm[s.at:sample])
		s.at = sample
	}
}

// appendWithCrossFade appends samples and cross-fades the first with the last samples of out.
func (s *splice) appendWithCrossFade(pcm []int16) {
	begin := len(s.out) - s.fading
	n := min(s.fading, len(pcm))
	tail := s.out[begin : begin+n]
	for i := range tail {
		g := computeFadeInFactor(i, n)
		tail[i] = toInt16(float64(tail[i])*(1-g) + float64(pcm[i])*g)
	}
	s.out = append(s.out[:begin+n], pcm[n:]...)
	s.fading = 0
}

// insertSilence inserts silence, whose length is in samples, at a sample of the clip.
func (s *splice) insertSilence(sample, length int) {
	n := toSamples(fadeLength, Rate)
	for i := range n {
		g := computeFadeInFactor(i, n)
		if k := sample - 1 - i; k >= s.at {
			s.pcm[k] = toInt16(float64(s.pcm[k]) * g)
		}
		if k := sample + i; k < len(s.pcm) {
			s.pcm[k] = toInt16(float64(s.pcm[k]) * g)
		}
	}
	s.copySamplesUpTo(sample)
	begin := len(s.out)
	s.out = append(s.out, make([]int16, length)...)
	s.anchors = append(s.anchors, anchor{sample, begin}, anchor{sample, len(s.out)})
}

// appendChangedRange appends a range of the clip with its speed and pitch changed, and returns its range in out.
func (s *splice) appendChangedRange(ch change) (from, to int, err error) {
	const shortest = 2 * (seamHalf + seamReach) // shorter ranges would consist of seams only
	if ch.speed == 1 && ch.pitch == 1 || ch.to-ch.from < toSamples(shortest, Rate) {
		return s.mapToOutput(ch.from), s.mapToOutput(ch.to), nil
	}
	half := toSamples(seamHalf, Rate)
	before, behind := min(half, ch.from), min(half, len(s.pcm)-ch.to)
	s.copySamplesUpTo(ch.from + before)
	s.fading = min(2*before, len(s.out))
	spoken, err := s.renderChange(ch, before, behind)
	if err != nil {
		return 0, 0, err
	}
	from = len(s.out) - s.fading + before
	s.appendWithCrossFade(spoken)
	to = len(s.out) - behind
	s.at, s.fading = ch.to-behind, min(2*behind, len(spoken))
	s.anchors = append(s.anchors, anchor{ch.from, from}, anchor{ch.to, to})
	return from, to, nil
}

// renderChange returns a range of the clip, extended by before and behind samples, with its speed and pitch
// changed.
func (s *splice) renderChange(ch change, before, behind int) ([]int16, error) {
	const around = 40 * time.Millisecond // context on both sides, so that short words can be stretched
	lo := max(ch.from-toSamples(around, Rate), 0)
	hi := min(ch.to+toSamples(around, Rate), len(s.pcm))
	pcm := ChangeSpeed(s.pcm[lo:hi], Rate, ch.speed/ch.pitch)
	if rate := computeRaisedRate(Rate, ch.pitch); rate != Rate {
		r, err := s.booth.recallOrMakeResampler(rate)
		if err != nil {
			return nil, err
		}
		pcm = r.resample(pcm)
	}
	scale := float64(len(pcm)) / float64(hi-lo)
	place := func(sample int) int { return int(math.Round(float64(sample-lo) * scale)) }
	begin, end := 0, len(pcm)
	if ch.from > 0 {
		begin = findMostSimilarPosition(pcm, place(ch.from)-before, s.pcm[ch.from-before:ch.from+before])
	}
	if ch.to < len(s.pcm) {
		end = findMostSimilarPosition(pcm, place(ch.to)-behind, s.pcm[ch.to-behind:ch.to+behind]) + 2*behind
	}
	begin = min(max(begin, 0), len(pcm))
	pcm = pcm[begin:min(max(end, begin), len(pcm))]
	fadeEnds(pcm, ch.from == 0, ch.to == len(s.pcm))
	return pcm, nil
}

// findMostSimilarPosition returns the position near want at which samples are most similar to other.
func findMostSimilarPosition(pcm []int16, want int, other []int16) int {
	const step = 2 // every other sample suffices
	reach := toSamples(seamReach, Rate)
	best, most := want, math.Inf(-1)
	for from := max(want-reach, 0); from <= want+reach && from+len(other) <= len(pcm); from += step {
		dot, power := 0.0, 1.0
		for i := 0; i < len(other); i += step {
			a, b := float64(pcm[from+i]), float64(other[i])
			dot += a * b
			power += a * a
		}
		if like := dot * math.Abs(dot) / power; like > most {
			best, most = from, like
		}
	}
	return best
}

// mapTimeToOutput returns the time in out of a time in the clip. At an inserted pause, behind selects the time after
// the pause instead of before it.
func (s *splice) mapTimeToOutput(t time.Duration, behind bool) time.Duration {
	sample := math.Round(t.Seconds() * Rate)
	next := sort.Search(len(s.anchors), func(i int) bool {
		if at := float64(s.anchors[i].from); behind {
			return at > sample
		} else {
			return at >= sample
		}
	})
	next = min(max(next, 1), len(s.anchors)-1)
	a, z := s.anchors[next-1], s.anchors[next]
	if z.from <= a.from {
		return toTime(int64(z.to), Rate)
	}
	share := min(max((sample-float64(a.from))/float64(z.from-a.from), 0), 1)
	return time.Duration((float64(a.to) + share*float64(z.to-a.to)) / Rate * float64(time.Second))
}
