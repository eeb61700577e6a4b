package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// calloutScenes is the number of scenes of a video with callouts.
const calloutScenes = 20

// calloutFrames is the length of such a scene, in frames.
const calloutFrames = 180

// callouts measures the cost of callouts that appear, and of movements of the camera, over pictures that stand still:
// what a video costs more than one whose callouts are there from the beginning, against a plain encode of the frames
// that move.
func (b *bench) callouts() error {
	dir := filepath.Join(b.dir, "callouts")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "mandelbrot=s=2880x1620:start_scale=2", "-frames:v", "1",
		"-pix_fmt", "rgb24", "photo.png"); err != nil {
		return err
	}
	still, err := b.calloutVideo(dir, "still", "alpha: 0.4")
	if err != nil {
		return err
	}
	// The frames that move at the beginning and at the end of each scene.
	for _, c := range []struct {
		style       string
		first, last int
	}{{"zoom", 24, 24}, {"outline", 7, 0}} {
		cpu, err := b.calloutVideo(dir, c.style, "style: "+c.style)
		if err != nil {
			return err
		}
		film := filepath.Join(dir, c.style+".mp4")
		frames, err := b.codedFrames(film)
		if err != nil {
			return err
		}
		most := calloutScenes * (c.first + c.last + 2)
		b.add(row{
			fmt.Sprintf("%d scenes of 6 s, style %s: pictures encoded of %d", calloutScenes, c.style,
				calloutScenes*calloutFrames),
			strconv.Itoa(len(frames)), "", "", fmt.Sprintf("<= %d", most), len(frames) <= most,
		})
		var moving []int
		for i := range calloutScenes * calloutFrames {
			if at := i % calloutFrames; at < c.first || at >= calloutFrames-c.last {
				moving = append(moving, i)
			}
		}
		plain, err := b.encodeAlone(dir, film, moving)
		if err != nil {
			return err
		}
		b.add(row{
			fmt.Sprintf("style %s: CPU for what moves", c.style), fmt.Sprintf("%.1f s", cpu-still),
			fmt.Sprintf("%.1f s for a plain encode of the moving frames", plain),
			fmt.Sprintf("%.2f times", (cpu-still)/plain), "<= 1.3", cpu-still <= 1.3*plain,
		})
	}
	return nil
}

// calloutVideo builds a video of one picture with a callout in each scene, and returns the CPU seconds.
func (b *bench) calloutVideo(dir, name, look string) (float64, error) {
	var s strings.Builder
	s.WriteString("---\nsize: 1080p\nfps: 30\n---\n")
	for i := range calloutScenes {
		x, y := 60+i*70, 80+i*37
		fmt.Fprintf(&s, "![](photo.png)\n\n(callout:\n  type: rectangle\n  left: %d\n  top: %d\n  right: %d\n  bottom: %d\n"+
			"  %s)\n\n(duration: %d)\n\n---\n", x, y, x+500, y+280, look, calloutFrames/30)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".md"), []byte(s.String()), 0o600); err != nil {
		return 0, err
	}
	var costs []float64
	for range b.runs {
		cost, _, _, err := b.buildExplained(dir, name+".md")
		if err != nil {
			return 0, err
		}
		costs = append(costs, cost.cpu)
	}
	return median(costs), nil
}
