package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// joins reports the error of the sound at the seams of its chunks, and the error of the positions
// of clicks after a thousand scenes. Tests of the project measure both and fail beyond these
// bounds.
func (b *bench) joins() error {
	worst, err := b.readLoggedNumbers("./internal/film", "TestSeams", `worst of \d+ seams: ([0-9.]+) times`)
	if err != nil {
		return err
	}
	b.add(row{"error at the worst seam, of one long encode's", fmt.Sprintf("%.2f times", worst[0]), "", "", "<= 1.5", worst[0] <= 1.5})
	clicks, err := b.readLoggedNumbers("./test/films", "TestClicksAreInTheirPlace", `furthest of \d+ clicks, \w+: (\d+) samples`)
	if err != nil {
		return err
	}
	far := max(clicks[0], clicks[len(clicks)-1]) / 48
	b.add(row{
		"furthest of 1,000 clicks, ffmpeg and Chromium", fmt.Sprintf("%.2f ms", far), "", "", "<= 1 ms",
		len(clicks) == 2 && far <= 1,
	})
	return nil
}

// readLoggedNumbers runs a test and returns the numbers that it logs.
func (b *bench) readLoggedNumbers(pkg, test, pattern string) ([]float64, error) {
	out, err := exec.CommandContext(b.ctx, "go", "test", pkg, "-run", "^"+test+"$", "-count=1", "-v").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", test, err, out)
	}
	var figures []float64
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(out, -1) {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			return nil, err
		}
		figures = append(figures, v)
	}
	if len(figures) == 0 {
		return nil, fmt.Errorf("%s logs no figure:\n%s", test, out)
	}
	return figures, nil
}
