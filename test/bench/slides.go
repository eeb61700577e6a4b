package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// slideScenes is the number of scenes in the video of slides.
const slideScenes = 60

// slides measures the cost of slides, crossfades, moves and blurred backdrops.
func (b *bench) slides() error {
	dir := filepath.Join(b.dir, "slides")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := b.crossfades(dir); err != nil {
		return err
	}
	return b.movingScenes(dir)
}

// buildExplained builds a script with an empty cache and returns its cost, its made parts and its
// phases.
func (b *bench) buildExplained(dir, script string) (cost, []madePart, []phase, error) {
	cache, err := os.MkdirTemp(b.dir, "cache-*")
	if err != nil {
		return cost{}, nil, nil, err
	}
	defer func() { _ = os.RemoveAll(cache) }()
	out := filepath.Join(dir, "explained.json")
	c, err := b.measure(dir, "sh", "-c", `exec "$0" build "$1" --json --explain --cache-dir "$2" > "$3"`, b.mynah, script, cache, out)
	if err != nil {
		return c, nil, nil, err
	}
	lines, err := os.ReadFile(out)
	if err != nil {
		return c, nil, nil, err
	}
	all := strings.Split(strings.TrimSpace(string(lines)), "\n")
	var last struct {
		Made   []madePart `json:"made"`
		Phases []phase    `json:"phases"`
	}
	err = json.Unmarshal([]byte(all[len(all)-1]), &last)
	return c, last.Made, last.Phases, err
}

type madePart struct {
	What string  `json:"what"`
	MS   float64 `json:"ms"`
}

type phase struct {
	Name   string `json:"name"`
	WallMS int64  `json:"wallMs"`
}

// crossfades builds a video of sixty slides with crossfades between them.
func (b *bench) crossfades(dir string) error {
	var s strings.Builder
	s.WriteString("---\nsize: 1080p\nfps: 30\ntransition: crossfade 0.5\n---\n")
	for i := range slideScenes {
		fmt.Fprintf(
			&s,
			"```md\n# Step %d of %d\n\n- What it is for, in **a few** words\n- How it is done: `make step-%d`\n"+
				"  - and what may go wrong\n- What to do then\n\n| key | value |\n| --- | --- |\n| number | %d |\n```\n\n"+
				"(duration: 10)\n\n---\n",
			i+1, slideScenes, i, i*i,
		)
	}
	if err := os.WriteFile(filepath.Join(dir, "slides.md"), []byte(s.String()), 0o600); err != nil {
		return err
	}
	var costs, drawing, one []float64
	for range b.runs {
		c, made, phases, err := b.buildExplained(dir, "slides.md")
		if err != nil {
			return err
		}
		costs = append(costs, c.cpu)
		for _, m := range made {
			if m.What == "slide" {
				one = append(one, m.MS)
			}
		}
		for _, p := range phases {
			if p.Name == "drawing slides" {
				drawing = append(drawing, float64(p.WallMS)/1000)
			}
		}
	}
	if len(one) == 0 || len(drawing) == 0 {
		return errors.New("no slide was drawn")
	}
	warm := median(one)
	b.add(row{"a warm slide of 1920x1080, two at a time", fmt.Sprintf("%.0f ms", warm), "", "", "< 200 ms", warm < 200})
	wall := median(drawing)
	b.add(row{
		fmt.Sprintf("%d slides of 1920x1080, browser start included", slideScenes),
		fmt.Sprintf("%.1f s", wall), "", "", "< 15 s", wall < 15,
	})
	film := filepath.Join(dir, "slides.mp4")
	frames, err := b.codedFrames(film)
	if err != nil {
		return err
	}
	want := slideScenes + 15*(slideScenes-1)
	// The first slide is shown for 10 s and repeated once as a seek point.
	b.add(row{
		"crossfades: pictures encoded of 18,000", strconv.Itoa(len(frames)), "", "",
		fmt.Sprintf("%d or one more", want), len(frames) == want || len(frames) == want+1,
	})
	plain, err := b.encodeAlone(dir, film, frames)
	if err != nil {
		return err
	}
	cpu := median(costs)
	b.add(row{
		"crossfades: the whole film: CPU", fmt.Sprintf("%.1f s", cpu), fmt.Sprintf("%.1f s for encoding its pictures alone", plain),
		fmt.Sprintf("%.2f times", cpu/plain), "<= 1.3", cpu <= 1.3*plain,
	})
	return nil
}

// codedFrames lists the frames of a video that are not skip pictures.
func (b *bench) codedFrames(film string) ([]int, error) {
	out, err := exec.CommandContext(b.ctx, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries",
		"packet=size", "-of", "csv=p=0", film).Output()
	if err != nil {
		return nil, err
	}
	var frames []int
	for i, size := range strings.Fields(string(out)) {
		if n, err := strconv.Atoi(strings.Trim(size, ",")); err == nil && n > 100 {
			frames = append(frames, i)
		}
	}
	return frames, nil
}

// plainEncode returns the ffmpeg arguments that encode raw frames from standard input at plain
// settings.
func plainEncode() []string {
	return []string{
		"-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1920x1080", "-r", "30", "-i", "pipe:0", "-c:v",
		"libx264", "-preset", "veryfast", "-crf", "21", "-y", "plain.mp4",
	}
}

// encodeAlone encodes the given frames of a video with plain ffmpeg and returns the CPU seconds,
// without those for decoding.
func (b *bench) encodeAlone(dir, film string, frames []int) (float64, error) {
	var all []float64
	for range b.runs {
		// Each crossfade is a range of consecutive frames; ranges keep the filter short.
		var ranges []string
		for i := 0; i < len(frames); {
			k := i
			for k+1 < len(frames) && frames[k+1] == frames[k]+1 {
				k++
			}
			ranges = append(ranges, fmt.Sprintf("between(n\\,%d\\,%d)", frames[i], frames[k]))
			i = k + 1
		}
		decode := exec.CommandContext(b.ctx, "ffmpeg", "-v", "error", "-i", film, "-vf",
			"select="+strings.Join(ranges, "+"), "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1")
		encode := exec.CommandContext(b.ctx, "ffmpeg", append([]string{"-v", "error"}, plainEncode()...)...)
		encode.Dir = dir
		pipe, err := decode.StdoutPipe()
		if err != nil {
			return 0, err
		}
		encode.Stdin = pipe
		if err := errors.Join(decode.Start(), encode.Start()); err != nil {
			return 0, err
		}
		if err := errors.Join(encode.Wait(), decode.Wait()); err != nil {
			return 0, err
		}
		all = append(all, (encode.ProcessState.UserTime() + encode.ProcessState.SystemTime()).Seconds())
	}
	return median(all), nil
}

// movingScenes builds scenes whose picture changes in every frame.
func (b *bench) movingScenes(dir string) error {
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "mandelbrot=s=2880x1800:start_scale=2", "-frames:v", "1",
		"-pix_fmt", "rgb24", "photo.png"); err != nil {
		return err
	}
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "mandelbrot=s=1920x1080:rate=30:end_scale=0.05", "-t", "10",
		"-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-pix_fmt", "yuv420p", "clip.mp4"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "glass.css"),
		[]byte(".backdrop { backdrop-filter: blur(20px); color: white }\n"), 0o600); err != nil {
		return err
	}
	for _, c := range []struct{ name, script, other string }{
		{"zoom", "![zoom](photo.png)\n\n(duration: 10)\n", ""},
		{"blur", "(theme: glass.css)\n\n![mute](clip.mp4)\n\n```\nBehind glass\n```\n", "clip.mp4"},
	} {
		script := c.name + ".md"
		if err := os.WriteFile(filepath.Join(dir, script), []byte("---\nsize: 1080p\nfps: 30\n---\n"+c.script), 0o600); err != nil {
			return err
		}
		ours := func() (cost, error) {
			out, _, _, err := b.buildExplained(dir, script)
			return out, err
		}
		if _, err := ours(); err != nil {
			return err
		}
		other := func() (cost, error) {
			return b.ffmpeg(dir, "-i", c.other, "-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-an", "plain.mp4")
		}
		if c.other == "" {
			frames := make([]int, 300)
			for i := range frames {
				frames[i] = i
			}
			film := filepath.Join(dir, c.name+".mp4")
			other = func() (cost, error) {
				runs := b.runs
				b.runs = 1
				defer func() { b.runs = runs }()
				cpu, err := b.encodeAlone(dir, film, frames)
				return cost{cpu: cpu}, err
			}
		}
		a, z, err := b.measurePair(ours, other)
		if err != nil {
			return err
		}
		b.add(row{
			fmt.Sprintf("a scene of 10 s with a %s: CPU", c.name), fmt.Sprintf("%.1f s", a.cpu),
			fmt.Sprintf("%.1f s for a plain encode of as many frames", z.cpu),
			fmt.Sprintf("%.2f times", a.cpu/z.cpu), "<= 1.3", a.cpu <= 1.3*z.cpu,
		})
	}
	return nil
}
