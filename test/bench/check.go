package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
)

// check measures the cost of checking a video before it is published, separately from the rest of a
// build with an empty cache. The bound is the larger of 5 % of the build's CPU time and 0.1 s, plus
// 30 ms for each coded segment.
func (b *bench) check() error {
	dir := filepath.Join(b.dir, "check")
	if err := b.writeMaterials(dir); err != nil {
		return err
	}
	var checks, builds []float64
	segments := 0
	for range b.runs {
		check, all, coded, err := b.measurePhases(dir, "spoken.md")
		if err != nil {
			return err
		}
		checks, builds, segments = append(checks, check), append(builds, all), coded
	}
	check, all := median(checks), median(builds)
	most := max(all/20, 0.1) + 0.03*float64(segments)
	b.add(row{
		fmt.Sprintf("check of the video, %d segments coded: CPU", segments), fmt.Sprintf("%.2f s cpu", check),
		fmt.Sprintf("%.2f s cpu (cold build)", all),
		fmt.Sprintf("%.1f %%", 100*check/all), fmt.Sprintf("<= %.2f s", most), check <= most,
	})
	return nil
}

// measurePhases builds a video with an empty cache. It returns the CPU seconds of its check and of all
// phases, and the number of coded segments.
func (b *bench) measurePhases(dir, script string) (check, all float64, coded int, err error) {
	cmd := exec.CommandContext(b.ctx, b.mynah, "build", script, "--json", "--explain", "--no-cache")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return 0, 0, 0, fmt.Errorf("mynah build --json: %w", err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var done struct {
		Phases []struct {
			Name  string `json:"name"`
			CPUMS int64  `json:"cpuMs"`
		} `json:"phases"`
		Made []struct {
			What string `json:"what"`
		} `json:"made"`
	}
	if err := json.Unmarshal(lines[len(lines)-1], &done); err != nil {
		return 0, 0, 0, err
	}
	for _, p := range done.Phases {
		all += float64(p.CPUMS) / 1000
		if p.Name == "checking the video" {
			check = float64(p.CPUMS) / 1000
		}
	}
	for _, m := range done.Made {
		switch m.What {
		case "sentence", "sound", "poster", "slide", "subtitle":
		default:
			coded++
		}
	}
	return check, all, coded, nil
}
