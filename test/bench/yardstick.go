package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// pictures returns filter graphs of six kinds of pictures in tutorials, 1920x1080 pixels, made by
// ffmpeg's generators.
func pictures() []string {
	text := "drawtext=fontsize=110:x=160:y=160:text='How it works',drawtext=fontsize=56:x=160:y=380:text='First the " +
		"script is read',drawtext=fontsize=56:x=160:y=480:text='then it is spoken and drawn'"
	return []string{
		"color=white:s=1920x1080," + text,
		"color=0x202840:s=1920x1080," + strings.ReplaceAll(text, "fontsize", "fontcolor=white:fontsize"),
		"mandelbrot=s=1920x1080:start_scale=0.02:rate=1",
		"gradients=s=1920x1080:n=4:seed=3:x0=0:y0=0:x1=1920:y1=1080",
		"testsrc2=s=1920x1080",
		"gradients=s=1920x1080:n=6:seed=11:x0=0:y0=900:x1=1920:y1=0,format=yuv444p,noise=c0s=7:all_seed=1",
	}
}

// writeMaterials writes the pictures, sounds and scripts of the video that is compared: 60 s, 1920x1080,
// 30 fps, six pictures of ten seconds, narration as WAV files.
func (b *bench) writeMaterials(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	header := "---\nsize: 1080p\nfps: 30\n---\n\n"
	spoken, silent := header, header
	for i, p := range pictures() {
		if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", p, "-frames:v", "1", "-pix_fmt", "rgb24", fmt.Sprintf("p%d.png", i)); err != nil {
			return err
		}
		// A sound between speech and noise. It lasts 9.5 s; with the gap, the scene lasts 10 s.
		sound := fmt.Sprintf("anoisesrc=r=48000:d=9.5:c=pink:a=0.3:seed=%d,tremolo=f=4:d=0.9", i+1)
		if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", sound, "-ac", "1", "-c:a", "pcm_s16le", fmt.Sprintf("n%d.wav", i)); err != nil {
			return err
		}
		spoken += fmt.Sprintf("![](p%d.png)\n\n(audio: n%d.wav)\n\n---\n\n", i, i)
		silent += fmt.Sprintf("![](p%d.png)\n\n(duration: 10)\n\n---\n\n", i)
	}
	for name, text := range map[string]string{"spoken.md": spoken, "silent.md": silent} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// yardstick compares the video of materials with the usual ffmpeg recipe.
func (b *bench) yardstick() error {
	dir := filepath.Join(b.dir, "yardstick")
	if err := b.writeMaterials(dir); err != nil {
		return err
	}
	build := func(script string) func() (cost, error) {
		return func() (cost, error) { return b.buildScript(dir, script) }
	}
	ours, other, err := b.measurePair(build("spoken"), func() (cost, error) { return b.runRecipe(dir, true) })
	if err != nil {
		return err
	}
	if err := b.addComparison("yardstick, cold, with sound: CPU", dir, "spoken", ours, other, 15); err != nil {
		return err
	}
	a, z := fileSize(filepath.Join(dir, "spoken.mp4")), fileSize(filepath.Join(dir, "recipe.mp4"))
	b.add(row{
		"yardstick: file", fmt.Sprintf("%.2f MB", float64(a)/1e6), fmt.Sprintf("%.2f MB", float64(z)/1e6),
		fmt.Sprintf("%.2f of it", float64(a)/float64(z)), "< 1", a < z,
	})
	mine, err := b.lowestSSIM(dir, "spoken.mp4")
	if err != nil {
		return err
	}
	theirs, err := b.lowestSSIM(dir, "recipe.mp4")
	if err != nil {
		return err
	}
	b.add(row{
		"yardstick: worst frame's SSIM", fmt.Sprintf("%.5f", mine), fmt.Sprintf("%.5f", theirs),
		fmt.Sprintf("%+.5f", mine-theirs), ">= 0", mine >= theirs,
	})
	if ours, other, err = b.measurePair(build("silent"), func() (cost, error) { return b.runRecipe(dir, false) }); err != nil {
		return err
	}
	return b.addComparison("yardstick, picture track alone: CPU", dir, "silent", ours, other, 60)
}

// addComparison adds a row that compares the CPU time of a build with that of another program. It states
// the cost of checking the video separately, because the other program does not check.
func (b *bench) addComparison(name, dir, script string, ours, other cost, least float64) error {
	var checks []float64
	for range b.runs {
		c, _, _, err := b.measurePhases(dir, script+".md")
		if err != nil {
			return err
		}
		checks = append(checks, c)
	}
	check := median(checks)
	times := other.cpu / (ours.cpu - check)
	b.add(row{
		name, seconds(ours) + fmt.Sprintf(", of which %.2f s cpu the check", check), seconds(other),
		fmt.Sprintf("%.1f times less, %.1f without the check", other.cpu/ours.cpu, times), fmt.Sprintf(">= %g", least), times >= least,
	})
	return nil
}

// buildScript builds one of the scripts with an empty cache.
func (b *bench) buildScript(dir, script string) (cost, error) {
	return b.measure(dir, b.mynah, "build", script+".md", "-q", "--no-cache", "--audio-bitrate", "96k")
}

// runRecipe makes the video in the plain way: one ffmpeg process per picture, then the concat demuxer.
func (b *bench) runRecipe(dir string, sound bool) (cost, error) {
	var total cost
	var list strings.Builder
	for i := range pictures() {
		args := []string{"-loop", "1", "-framerate", "30", "-i", fmt.Sprintf("p%d.png", i)}
		if sound {
			args = append(args, "-i", fmt.Sprintf("n%d.wav", i), "-af", "apad", "-c:a", "aac", "-aac_coder", "fast",
				"-b:a", "96k", "-ac", "1")
		}
		args = append(args, "-t", "10", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt",
			"yuv420p", fmt.Sprintf("r%d.mp4", i))
		c, err := b.ffmpeg(dir, args...)
		if err != nil {
			return total, err
		}
		total.add(c)
		fmt.Fprintf(&list, "file r%d.mp4\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "list.txt"), []byte(list.String()), 0o600); err != nil {
		return total, err
	}
	c, err := b.ffmpeg(dir, "-f", "concat", "-i", "list.txt", "-c", "copy", "recipe.mp4")
	total.add(c)
	return total, err
}

// lowestSSIM returns the lowest SSIM of any frame of a video compared with its picture. The picture is
// converted to 4:2:0 with the video's own colour matrix, because the recipe uses ffmpeg's default
// matrix. So the value measures the encoder and not the matrix.
func (b *bench) lowestSSIM(dir, film string) (float64, error) {
	least := 1.0
	for i := range pictures() {
		matrix := "bt709"
		if film == "recipe.mp4" {
			matrix = "bt601"
		}
		graph := fmt.Sprintf("[0:v]trim=start_frame=%d:end_frame=%d,setpts=N/30/TB[a];"+
			"[1:v]scale=out_color_matrix=%s:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p,loop=299:1,settb=1/30,setpts=N/30/TB[b];"+
			"[a][b]ssim=stats_file=-", i*300, i*300+300, matrix)
		out, err := exec.CommandContext(b.ctx, "ffmpeg", "-nostdin", "-v", "error", "-i", filepath.Join(dir, film),
			"-i", filepath.Join(dir, fmt.Sprintf("p%d.png", i)), "-filter_complex", graph, "-f", "null", "-").Output()
		if err != nil {
			return 0, fmt.Errorf("ssim: %w", err)
		}
		n := 0
		for line := range strings.Lines(string(out)) {
			_, all, ok := strings.Cut(line, "All:")
			if !ok {
				continue
			}
			v, err := strconv.ParseFloat(strings.Fields(all)[0], 64)
			if err != nil {
				return 0, err
			}
			n++
			least = min(least, v)
		}
		if n != 300 {
			return 0, fmt.Errorf("%s: %d frames compared for picture %d, want 300", film, n, i)
		}
	}
	return least, nil
}
