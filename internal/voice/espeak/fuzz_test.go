package espeak

import (
	"testing"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

// FuzzPhonemes uses arbitrary text as the program's output. Word times must be in order and within the clip.
func FuzzPhonemes(f *testing.F) {
	f.Add("h@l'oU w'3:ld\n", "hello world", 2000)
	f.Add(" g'u:t@n t'A:k\n_:_ n'aIn\n", "guten Tag nein", 44100)
	f.Add("(en)x(de)\n\n_!\n", "a, b; c", 3)
	f.Fuzz(func(t *testing.T, phonemes, text string, samples int) {
		req := voice.Request{Voice: "de", Language: "de", Runs: []utter.Run{{Text: text}}}.ClampSpeedAndPitch()
		phrases, plain, spans := voice.SplitPhrases(req)
		clip := voice.Clip{Rate: 22050, Words: voice.NewWords(plain, spans), PCM: make([]int16, max(min(samples, 1<<16), 0))}
		for i := range clip.PCM {
			clip.PCM[i] = int16(i * 37 % 9001)
		}
		setTimesFromPhonemes(&clip, phrases, phonemes)
		for i, w := range clip.Words {
			if w.Start < 0 || w.End < w.Start || w.End > clip.Length() || i > 0 && w.Start < clip.Words[i-1].Start {
				t.Fatalf("word %d of %d is said from %s to %s in %s", i, len(clip.Words), w.Start, w.End, clip.Length())
			}
		}
	})
}
