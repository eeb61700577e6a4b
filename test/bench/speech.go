package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// speechWords is the number of words to speak: about an hour of narration.
const speechWords = 10_000

// speech measures the cost of speaking 10,000 words with espeak-ng, sentence by sentence, and of
// finding them in the cache.
func (b *bench) speech() error {
	dir := filepath.Join(b.dir, "speech")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var s strings.Builder
	s.WriteString("---\nvoice: kendra\n---\n\n")
	words, sentences := 0, 0
	for words < speechWords {
		line := fmt.Sprintf("This is sentence number %d of a long text, and it explains what the system does when someone asks it.", sentences+1)
		words += len(strings.Fields(line))
		s.WriteString(line)
		if sentences++; sentences%8 == 0 {
			s.WriteString("\n\n---\n\n")
		} else {
			s.WriteString(" ")
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "s.md"), []byte(s.String()), 0o600); err != nil {
		return err
	}
	var cold, warm []float64
	for i := range b.runs {
		cacheDir := filepath.Join(b.dir, fmt.Sprintf("speech-cache-%d", i))
		for k, list := range []*[]float64{&cold, &warm} {
			c, err := b.measure(dir, b.mynah, "subtitles", "s.md", "-o", fmt.Sprintf("s%d.srt", k), "--cache-dir", cacheDir)
			if err != nil {
				return err
			}
			*list = append(*list, c.cpu)
		}
	}
	const most = 20.0
	b.add(row{
		fmt.Sprintf("%d words in %d sentences by espeak-ng: CPU", words, sentences),
		fmt.Sprintf("%.1f s", median(cold)), "", "", fmt.Sprintf("< %.0f s", most), median(cold) < most,
	})
	b.add(row{"the same when all is in the cache: CPU", fmt.Sprintf("%.2f s", median(warm)), "", "", "stated", true})
	return nil
}
