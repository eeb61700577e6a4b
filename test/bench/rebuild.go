package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// rebuildScenes is the number of scenes in the video that is rebuilt; it lasts about ten minutes.
const rebuildScenes = 60

// rebuild measures the cost of building a video of ten minutes again: without changes, and with one
// changed sentence, each without and with background music.
func (b *bench) rebuild() error {
	dir := filepath.Join(b.dir, "rebuild")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for i := range rebuildScenes {
		graph := fmt.Sprintf("gradients=s=1920x1080:n=4:seed=%d:x0=%d:y0=0:x1=1920:y1=1080", i+1, i*13)
		if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", graph, "-frames:v", "1", "-pix_fmt", "rgb24",
			fmt.Sprintf("p%d.png", i)); err != nil {
			return err
		}
	}
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i",
		"aevalsrc='0.2*sin(2*PI*220*t)*(1+sin(2*PI*t/3))|0.2*sin(2*PI*277*t)*(1+sin(2*PI*t/5))':s=48000:d=47",
		"-c:a", "pcm_s16le", "music.wav"); err != nil {
		return err
	}
	for _, c := range []struct{ name, header string }{{"quiet", ""}, {"music", "background: music.wav 0.3\n"}} {
		if err := b.edits(dir, c.name, c.header); err != nil {
			return err
		}
	}
	return nil
}

// edits builds a video with an empty cache, then unchanged, and then after edits of one sentence
// each.
func (b *bench) edits(dir, name, header string) error {
	script, cacheDir := filepath.Join(dir, name+".md"), filepath.Join(b.dir, "rebuild-cache-"+name)
	write := func(edit int) error {
		var s strings.Builder
		s.WriteString("---\nsize: 1080p\nfps: 30\nvoice: victoria\n" + header + "---\n\n")
		for i := range rebuildScenes {
			word := "first"
			if i == rebuildScenes/2 && edit > 0 {
				word = fmt.Sprintf("number %d", edit)
			}
			fmt.Fprintf(&s, "![](p%d.png)\n\nThis is what scene number %d says about the system. It is read from a script, "+
				"and each sentence is spoken alone. "+
				"What is changed is the %s word of this sentence here.\n\n---\n\n", i, i+1, word)
		}
		return os.WriteFile(script, []byte(s.String()), 0o600)
	}
	build := func() (cost, error) {
		return b.measure(dir, b.mynah, "build", name+".md", "-q", "--cache-dir", cacheDir)
	}
	if err := write(0); err != nil {
		return err
	}
	cold, err := build()
	if err != nil {
		return err
	}
	runs := max(b.runs, 9)
	var same, edit cost
	var cpu, wall [2][]float64
	for i := range runs {
		for k, n := range []int{i, i + 1} {
			if err := write(n); err != nil {
				return err
			}
			c, err := build()
			if err != nil {
				return err
			}
			cpu[k], wall[k] = append(cpu[k], c.cpu), append(wall[k], c.wall)
		}
	}
	same.cpu, same.wall, edit.cpu, edit.wall = median(cpu[0]), median(wall[0]), median(cpu[1]), median(wall[1])
	length, err := b.videoSeconds(filepath.Join(dir, name+".mp4"))
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%.1f min, %d scenes", length/60, rebuildScenes)
	if header != "" {
		b.add(row{
			what + " with music: a sentence changed in the middle", seconds(edit), seconds(cold) + " cold",
			fmt.Sprintf("%.1f %% of its CPU", 100*edit.cpu/cold.cpu), "stated", true,
		})
		return nil
	}
	limit := math.Max(0.5, 0.05*cold.cpu)
	b.add(row{
		what + ": a sentence changed: CPU", seconds(edit), seconds(cold) + " cold", fmt.Sprintf("%.1f %%", 100*edit.cpu/cold.cpu),
		fmt.Sprintf("<= %.2f s", limit), edit.cpu <= limit,
	})
	b.add(row{what + ": a sentence changed: wall", fmt.Sprintf("%.2f s", edit.wall), "", "", "<= 1.5 s", edit.wall <= 1.5})
	b.add(row{what + ": nothing changed: CPU", seconds(same), "", "", "< 0.3 s", same.cpu < 0.3})
	return nil
}
