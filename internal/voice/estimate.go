package voice

// EstimateTimes divides the time between the first and the last sound of a clip among its words, in proportion
// to their EstimateEffort, for engines that report no word times. Punctuation between words gets time, too. phrases are
// the phrases that the clip says.
func EstimateTimes(clip *Clip, phrases []Phrase) {
	const comma, stop = 3.0, 5.0 // in units of EstimateEffort
	if len(clip.Words) == 0 {
		return
	}
	first, last := findSpeech(*clip)
	slots := make([]Word, 0, len(phrases))
	weights := make([]float64, 0, len(phrases))
	owner := make([]int, 0, len(phrases))
	for i, p := range phrases {
		w := 0.0
		if p.Word >= 0 {
			w = max(EstimateEffort(p.Text), 1)
		} else if len(owner) > 0 && i < len(phrases)-1 {
			w = choosePauseEffort(p.Text, comma, stop)
		}
		slots, weights, owner = append(slots, Word{}), append(weights, w), append(owner, p.Word)
	}
	SpreadTimeByWeights(slots, weights, toTime(int64(first), clip.Rate), toTime(int64(last), clip.Rate))
	for i, w := range owner {
		if w >= 0 {
			clip.Words[w].Start, clip.Words[w].End, clip.Words[w].Exact = slots[i].Start, slots[i].End, false
		}
	}
}

// choosePauseEffort returns the effort of the first punctuation mark between two words, 0 if none exists.
func choosePauseEffort(between string, comma, stop float64) float64 {
	for _, r := range between {
		switch r {
		case ',', ';', ':', '،', '、', '，', '–', '—':
			return comma
		case '.', '!', '?', '…', '。', '！', '？', '।':
			return stop
		}
	}
	return 0
}
