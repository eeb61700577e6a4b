package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// movingClip is a clip that is measured. Its frames are of 1280x720 pixels at 30 fps.
type movingClip struct {
	name   string
	args   []string // input and filters of ffmpeg
	second string   // length
}

// movingClips returns clips with several kinds of movement and noise, and a recording if there is one.
func (b *bench) movingClips(dir string) []movingClip {
	clips := []movingClip{
		{"camera over a photograph", []string{
			"-loop", "1", "-framerate", "30", "-i", filepath.Join(dir, "photo.png"), "-vf",
			"crop=1280:720:x='300+200*sin(t*1.3)':y='200+150*cos(t*1.7)',noise=alls=1:allf=t:all_seed=1",
		}, "10"},
		{"test chart with noise", []string{"-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30,noise=alls=4:allf=t:all_seed=1"}, "10"},
		{"fractal", []string{
			"-f", "lavfi", "-i", "mandelbrot=s=1280x720:rate=30:start_scale=1:end_scale=0.1:end_pts=300",
		}, "10"},
	}
	const recording = "../shared/examples/callouts/script/birds.mp4"
	if path, err := filepath.Abs(recording); err == nil && fileSize(path) > 0 {
		clips = append(clips, movingClip{"recording", []string{
			"-i", path, "-an", "-vf", "scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,fps=30,setsar=1",
		}, "10"})
	}
	return clips
}

// point is the result of an encode.
type point struct {
	bytes, db float64 // db is the SSIM in decibels
	crf       float64
}

// motion compares moving pictures with encodes by libx264's own settings, and with those of compatible videos.
func (b *bench) motion() error {
	dir := filepath.Join(b.dir, "motion")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "mandelbrot=s=2560x1440:start_scale=0.02:rate=1,gblur=1.2",
		"-frames:v", "1", "photo.png"); err != nil {
		return err
	}
	for _, c := range b.movingClips(dir) {
		if err := b.compareClip(dir, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return b.compareModes(dir)
}

// compareClip compares the scene of a plain clip with encodes of the clip by preset veryfast, at equal SSIM.
func (b *bench) compareClip(dir string, c movingClip) error {
	if _, err := b.ffmpeg(dir, append(slices.Clone(c.args), "-t", c.second, "-c:v", "libx264", "-preset", "veryfast",
		"-crf", "12", "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
		"-color_range", "tv", "clip.mp4")...); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "clip.md"), []byte("---\nsize: 720p\nfps: 30\n---\n\n![](clip.mp4)\n"),
		0o600); err != nil {
		return err
	}
	encode := func(crf float64) (cost, error) {
		return b.ffmpeg(dir, "-i", "clip.mp4", "-an", "-c:v", "libx264", "-preset", "veryfast", "-crf",
			strconv.FormatFloat(crf, 'f', 2, 64), "other.mp4")
	}
	var points []point
	for _, crf := range []float64{14, 17, 20, 23, 26} {
		if _, err := encode(crf); err != nil {
			return err
		}
		p, err := b.readPoint(dir, "other.mp4", "clip.mp4")
		if err != nil {
			return err
		}
		p.crf = crf
		points = append(points, p)
	}
	for _, flag := range []string{"--compatible", "--compatible=false"} {
		build := func() (cost, error) {
			return b.measure(dir, b.mynah, "build", "clip.md", "-q", "--no-cache", "-o", "ours.mp4", flag)
		}
		if _, err := build(); err != nil {
			return err
		}
		own, err := b.readPoint(dir, "ours.mp4", "clip.mp4")
		if err != nil {
			return err
		}
		equal := interpolate(points, own.db)
		ours, other, err := b.measurePair(build, func() (cost, error) { return encode(equal.crf) })
		if err != nil {
			return err
		}
		name, most, mostCPU := c.name, 1.05, 1.15
		if flag == "--compatible" {
			name, most, mostCPU = name+", compatible", math.Inf(1), math.Inf(1)
		}
		b.add(newBoundRow("clip, "+name+": CPU", seconds(ours), seconds(other), ours.cpu/other.cpu, mostCPU))
		b.add(newBoundRow(fmt.Sprintf("clip, %s: bytes at %.2f dB", name, own.db), formatMB(own.bytes), formatMB(equal.bytes),
			own.bytes/equal.bytes, most))
	}
	return nil
}

// newBoundRow returns a row for a ratio that may be at most most.
func newBoundRow(name, ours, other string, ratio, most float64) row {
	reach := fmt.Sprintf("<= %.2f", most)
	if math.IsInf(most, 1) {
		reach = "stated"
	}
	return row{name, ours, other, fmt.Sprintf("%.3f times", ratio), reach, ratio <= most}
}

func formatMB(n float64) string { return fmt.Sprintf("%.3f MB", n/1e6) }

// interpolate returns the encode of an SSIM between measured encodes: logarithms of bytes, and rate factors, are taken as
// linear in decibels.
func interpolate(points []point, db float64) point {
	slices.SortFunc(points, func(a, b point) int { return int(math.Copysign(1, a.db-b.db)) })
	i := 0
	for i < len(points)-2 && db > points[i+1].db {
		i++
	}
	lower, upper := points[i], points[i+1]
	share := (db - lower.db) / (upper.db - lower.db)
	mix := func(a, b float64) float64 { return a + share*(b-a) }
	return point{
		bytes: math.Exp(mix(math.Log(lower.bytes), math.Log(upper.bytes))), db: db,
		crf: min(max(mix(lower.crf, upper.crf), 0), 51),
	}
}

// readPoint returns the size of a video's pictures, and their SSIM with those of another video.
func (b *bench) readPoint(dir, film, source string) (point, error) {
	cmd := exec.CommandContext(b.ctx, "ffmpeg", "-nostdin", "-v", "info", "-i", film, "-i", source, "-filter_complex",
		"[0:v]setpts=N/30/TB[a];[1:v]setpts=N/30/TB[b];[a][b]ssim", "-f", "null", "-")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return point{}, fmt.Errorf("ssim: %w\n%s", err, out)
	}
	m := regexp.MustCompile(`All:[0-9.]+ \(([0-9.]+)\)`).FindSubmatch(out)
	if m == nil {
		return point{}, fmt.Errorf("ffmpeg states no SSIM:\n%s", out)
	}
	db, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		return point{}, err
	}
	n, err := b.pictureBytes(filepath.Join(dir, film))
	return point{bytes: n, db: db}, err
}

// pictureBytes returns the size of the coded pictures of a video.
func (b *bench) pictureBytes(path string) (float64, error) {
	out, err := exec.CommandContext(b.ctx, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=size",
		"-of", "csv=p=0", path).Output()
	if err != nil {
		return 0, fmt.Errorf("ffprobe: %w", err)
	}
	total := 0.0
	for line := range strings.Lines(string(out)) {
		n, err := strconv.ParseFloat(strings.Trim(line, ",\n"), 64)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// compareModes compares videos without clips with those of one parameter set throughout.
func (b *bench) compareModes(dir string) error {
	const header = "---\nsize: 720p\nfps: 30\n"
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "testsrc2=s=1280x720", "-frames:v", "1", "chart.png"); err != nil {
		return err
	}
	for _, c := range []struct{ name, script string }{
		{"zoom over a photograph", header + "---\n\n![zoom](photo.png)\n\n(duration: 4)\n"},
		{
			"crossfade",
			header + "---\n\n![](photo.png)\n\n(duration: 1)\n\n---\n\n(transition: crossfade 1)\n\n![](chart.png)\n\n(duration: 2)\n",
		},
		{
			"karaoke over stills",
			header + "voice: victoria\nsubtitles:\n  mode: overlay\n  style: karaoke\n---\n\n![](photo.png)\n\n" +
				"Every word of this sentence is highlighted when it is spoken.\n",
		},
	} {
		if err := os.WriteFile(filepath.Join(dir, "mode.md"), []byte(c.script), 0o600); err != nil {
			return err
		}
		build := func(out, flag string) func() (cost, error) {
			return func() (cost, error) {
				return b.measure(dir, b.mynah, "build", "mode.md", "-q", "--no-cache", "-o", out, flag)
			}
		}
		ours, other, err := b.measurePair(build("ours.mp4", "--compatible=false"), build("other.mp4", "--compatible"))
		if err != nil {
			return err
		}
		own, err := b.pictureBytes(filepath.Join(dir, "ours.mp4"))
		if err != nil {
			return err
		}
		compatible, err := b.pictureBytes(filepath.Join(dir, "other.mp4"))
		if err != nil {
			return err
		}
		b.add(newBoundRow(c.name+": CPU against --compatible", seconds(ours), seconds(other), ours.cpu/other.cpu, math.Inf(1)))
		b.add(newBoundRow(c.name+": bytes against --compatible", formatMB(own), formatMB(compatible), own/compatible, 1))
	}
	return nil
}
