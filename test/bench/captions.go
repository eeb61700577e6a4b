package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// captionScenes is the number of scenes in the narrated video; it lasts about five minutes.
const captionScenes = 30

// captions measures the cost of drawn captions, and of highlighting each spoken word.
func (b *bench) captions() error {
	dir := filepath.Join(b.dir, "captions")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for i := range captionScenes / 3 {
		if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i",
			fmt.Sprintf("mandelbrot=s=1920x1080:start_scale=%g", 3-float64(i)*0.2), "-frames:v", "1", "-pix_fmt",
			"rgb24", fmt.Sprintf("%d.png", i)); err != nil {
			return err
		}
	}
	films := []string{"external", "overlay", "karaoke"}
	for _, name := range films {
		if err := os.WriteFile(filepath.Join(dir, name+".md"), []byte(captionScript(name)), 0o600); err != nil {
			return err
		}
	}
	cpu, bytes := map[string]float64{}, map[string]int64{}
	all := map[string][]float64{}
	captions := 0
	var drawing []float64
	for range b.runs {
		for _, name := range films {
			c, made, phases, err := b.buildExplained(dir, name+".md")
			if err != nil {
				return err
			}
			all[name] = append(all[name], c.cpu)
			info, err := os.Stat(filepath.Join(dir, name+".mp4"))
			if err != nil {
				return err
			}
			bytes[name] = info.Size()
			for _, p := range phases {
				if p.Name == "drawing slides" && name == "overlay" {
					drawing = append(drawing, float64(p.WallMS))
				}
			}
			captions = 0
			for _, m := range made {
				if m.What == "subtitle" {
					captions++
				}
			}
		}
	}
	if captions == 0 || len(drawing) == 0 {
		return errors.New("no caption was drawn")
	}
	for name, costs := range all {
		cpu[name] = median(costs)
	}
	b.add(row{
		"karaoke over stills, 5 min of 1080p: CPU", fmt.Sprintf("%.1f s", cpu["karaoke"]),
		fmt.Sprintf("%.1f s for plain captions, %.1f s for none", cpu["overlay"], cpu["external"]),
		fmt.Sprintf("%.2f times", cpu["karaoke"]/cpu["overlay"]), "<= 3", cpu["karaoke"] <= 3*cpu["overlay"],
	})
	b.add(row{
		"karaoke over stills: size", fmt.Sprintf("%.1f MB", float64(bytes["karaoke"])/1e6),
		fmt.Sprintf("%.1f MB plain, %.1f MB without", float64(bytes["overlay"])/1e6, float64(bytes["external"])/1e6),
		fmt.Sprintf("%.2f times", float64(bytes["karaoke"])/float64(bytes["overlay"])), "<= 1.5", bytes["karaoke"]*2 <= bytes["overlay"]*3,
	})
	wall := median(drawing) / 1000
	b.add(row{
		fmt.Sprintf("%d captions of 1080p, browser start included", captions), fmt.Sprintf("%.1f s", wall),
		"", "", "< 5 s", wall < 5,
	})
	return nil
}

// captionScript returns the script of the video with one kind of captions.
func captionScript(kind string) string {
	var s strings.Builder
	mode := kind
	if kind == "karaoke" {
		mode = "{style: karaoke}"
	}
	fmt.Fprintf(&s, "---\nsize: 1080p\nsubtitles: %s\n---\n", mode)
	for i := range captionScenes {
		fmt.Fprintf(&s, "![](%d.png)\n\nPicture number %d of this long film shows a part of a set that has no end. "+
			"Anyone who looks at its edge %d times finds it again, smaller, turned a little, and as fine as before. "+
			"Nobody has seen all of it, since %d times a life would not be enough.\n\n---\n\n", i%(captionScenes/3), i+1, i+10, i+20)
	}
	return s.String()
}
