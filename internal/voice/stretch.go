package voice

import "time"

// ChangeSpeed changes the speed of speech without changing its pitch: speed 2 halves the length. It overlaps and
// adds short windows where their waveforms match best (WSOLA).
func ChangeSpeed(pcm []int16, rate int, speed float64) []int16 {
	const window, search, least = 30 * time.Millisecond, 10 * time.Millisecond, 4 * time.Millisecond
	hop := toSamples(window/2, rate)
	reach := toSamples(search, rate)
	for len(pcm) < 4*hop+2*reach && hop/2 >= toSamples(least, rate) { // short sounds need short windows
		hop, reach = hop/2, reach/2
	}
	if speed == 1 || speed <= 0 || len(pcm) < 4*hop+2*reach {
		return pcm
	}
	out := make([]float64, int(float64(len(pcm))/speed)+2*hop)
	n := len(out) - 2*hop
	prev := 0 // start of the previous window in pcm
	for at := 0; at < n; at += hop {
		want := int(float64(at) * speed)
		from := want
		if at > 0 {
			from = findBestOverlap(pcm, prev+hop, want, reach, hop)
		}
		from = max(min(from, len(pcm)-2*hop), 0)
		for i := range 2 * hop {
			g := float64(i) / float64(hop) // rises over the first half, falls over the second
			if i >= hop {
				g = 2 - g
			}
			if at == 0 && i < hop {
				g = 1
			}
			out[at+i] += g * float64(pcm[from+i])
		}
		prev = from
	}
	res := make([]int16, n)
	for i := range res {
		res[i] = toInt16(out[i])
	}
	return res
}

// findBestOverlap returns the position near want whose samples are most similar to those at next, the natural
// continuation.
func findBestOverlap(pcm []int16, next, want, reach, length int) int {
	if next+length > len(pcm) {
		return want
	}
	best, bestScore := want, -1e300
	const step = 2 // comparing every other sample works equally well and is four times as fast
	for from := max(want-reach, 0); from <= want+reach && from+length <= len(pcm); from += step {
		dot, power := 0.0, 1.0
		for i := 0; i < length; i += step {
			a, b := float64(pcm[next+i]), float64(pcm[from+i])
			dot += a * b
			power += b * b
		}
		if score := dot * max(dot, -dot) / power; score > bestScore {
			best, bestScore = from, score
		}
	}
	return best
}
