package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// clip compares a scene with a plain clip of a compatible video to one encode of the clip at the same settings.
func (b *bench) clip() error {
	dir := filepath.Join(b.dir, "clip")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30,noise=alls=4:allf=t:all_seed=1",
		"-t", "20", "-c:v", "libx264", "-preset", "veryfast",
		"-crf", "18", "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc",
		"bt709", "-color_range", "tv", "c.mp4"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "clip.md"), []byte("---\nsize: 1080p\n---\n\n![](c.mp4)\n"), 0o600); err != nil {
		return err
	}
	x264 := "bframes=0:ref=1:slices=1:sliced-threads=0:scenecut=0:rc-lookahead=0:mbtree=0:weightp=0:stitchable=1:" +
		"level=40:keyint=150:min-keyint=1"
	ours, other, err := b.measurePair(
		func() (cost, error) {
			return b.measure(dir, b.mynah, "build", "clip.md", "-q", "--no-cache", "--compatible")
		},
		func() (cost, error) {
			return b.ffmpeg(dir, "-i", "c.mp4", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-threads", "4",
				"-crf", "21", "-x264-params", x264, "-an", "plain.mp4")
		})
	if err != nil {
		return err
	}
	b.add(row{
		"a plain clip of 20 s, compatible: CPU", seconds(ours), seconds(other),
		fmt.Sprintf("%.2f times", ours.cpu/other.cpu), "<= 1.1", ours.cpu <= 1.1*other.cpu,
	})
	return nil
}

// scale builds videos of 10 and of 1,000 scenes, each scene with a distinct picture and a spoken
// sentence.
func (b *bench) scale() error {
	dir := filepath.Join(b.dir, "scale")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	const few, many = 10, 1000
	for i := range 50 {
		graph := fmt.Sprintf("gradients=s=1600x900:n=4:seed=%d:x0=%d:y0=0:x1=1600:y1=900", i+1, i*13)
		if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", graph, "-frames:v", "1", "-pix_fmt", "rgb24",
			fmt.Sprintf("p%d.png", i)); err != nil {
			return err
		}
	}
	var results []cost
	var minutes []float64
	for _, n := range []int{few, many} {
		var s strings.Builder
		s.WriteString("---\nvoice: victoria\n---\n\n")
		for i := range n {
			// Every scene has a distinct picture and sentence.
			p := fmt.Sprintf("s%d-%d.png", n, i)
			if err := b.writeMarkedPicture(dir, fmt.Sprintf("p%d.png", i%50), p, i); err != nil {
				return err
			}
			fmt.Fprintf(&s, "![](%s)\n\nThis is scene number %d of the film, and it says so.\n\n---\n\n", p, i+1)
		}
		name := fmt.Sprintf("scale%d.md", n)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s.String()), 0o600); err != nil {
			return err
		}
		c, err := b.measure(dir, b.mynah, "build", name, "-q", "--no-cache", "--jobs", "2")
		if err != nil {
			return err
		}
		out, err := b.videoSeconds(filepath.Join(dir, fmt.Sprintf("scale%d.mp4", n)))
		if err != nil {
			return err
		}
		results, minutes = append(results, c), append(minutes, out/60)
	}
	a, z := results[0], results[1]
	mb := func(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }
	b.add(row{
		"memory of the process, 10 and 1,000 scenes", mb(z.rss), mb(a.rss),
		fmt.Sprintf("%.2f times", float64(z.rss)/float64(a.rss)), "< 150 MB", z.rss < 150e6,
	})
	b.add(row{"children at once, --jobs 2", fmt.Sprint(z.children), fmt.Sprint(a.children), "", "<= 2", max(a.children, z.children) <= 2})
	p, q := a.cpu/minutes[0], z.cpu/minutes[1]
	b.add(row{
		"CPU a minute of film, 1,000 and 10 scenes", fmt.Sprintf("%.2f s (%.1f min)", q, minutes[1]),
		fmt.Sprintf("%.2f s (%.1f min)", p, minutes[0]),
		fmt.Sprintf("%.2f times", q/p), "<= 1.1", q <= 1.1*p,
	})
	return nil
}
