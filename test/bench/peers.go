package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// peer is another program or recipe that makes the video of materials.
type peer struct {
	name    string
	prepare func() error // one-time setup by its documentation; not measured
	make    func() (cost, error)
	film    string  // path of the video that it makes
	rate    float64 // frames per second; 30 unless the program cannot
}

// result contains the measurements of a peer's runs.
type result struct {
	peer
	cpu, wall, group, load []float64
	size                   int64
	ssim                   float64
	err                    error
}

// longest is the maximum time of one run of a peer.
const longest = 20 * time.Minute

// peers measures Mynah, other programs and ffmpeg recipes in alternation, and writes the results
// into a document.
func (b *bench) peers(folder, doc, only string) error {
	if err := becomeSubreaper(); err != nil {
		return err
	}
	if b.group = newGroup(); b.group != "" {
		defer func() { _ = os.Remove(b.group) }()
	}
	group := b.group
	b.group = "" // the checks below are not measured
	dir := filepath.Join(b.dir, "peers")
	if err := b.writeMaterials(dir); err != nil {
		return err
	}
	display, err := b.startDisplay()
	if err != nil {
		return err
	}
	defer display.stop()
	var results []*result
	for i, p := range b.allPeers(folder, dir) {
		if i > 0 && !strings.Contains(p.name, only) {
			continue
		}
		r := &result{peer: p}
		if p.prepare != nil {
			if r.err = p.prepare(); r.err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", r.name, r.err)
			}
		}
		results = append(results, r)
	}
	for n := range b.runs {
		for _, r := range results {
			if r.err == nil {
				b.group = group
				if r.err = b.runPeer(r, n == 0, display.pid()); r.err != nil {
					fmt.Fprintf(os.Stderr, "%s: %v\n", r.name, r.err)
				}
				b.group = ""
			}
		}
		// The table is written after every round, so that an interrupted run has results.
		text := b.figures(results, folder, n+1)
		fmt.Print(text)
		if doc != "" {
			if err := replaceFigures(doc, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// allPeers lists Mynah, which is first, and the programs and recipes that it is compared with.
func (b *bench) allPeers(folder, dir string) []peer {
	at := func(name string) string { return filepath.Join(dir, name) }
	node := func(project, script string, args ...string) func() (cost, error) {
		return func() (cost, error) {
			return b.measure(filepath.Join(folder, project), "node", append([]string{script}, args...)...)
		}
	}
	// The bundle is outside the folder of materials, because all materials are copied into it.
	bundle := filepath.Join(b.dir, "bundle")
	return []peer{
		{"Mynah", nil, func() (cost, error) { return b.buildScript(dir, "spoken") }, at("spoken.mp4"), 30},
		{"ffmpeg, a process a picture", nil, func() (cost, error) { return b.runRecipe(dir, true) }, at("recipe.mp4"), 30},
		{"ffmpeg, one call", nil, func() (cost, error) { return b.oneCall(dir) }, at("onecall.mp4"), 30},
		{"ffmpeg, one call, tuned", nil, func() (cost, error) { return b.stills(dir, 30, "stills.mp4") }, at("stills.mp4"), 30},
		{"ffmpeg, a second repeated", nil, func() (cost, error) { return b.repeated(dir) }, at("repeated.mp4"), 30},
		{"ffmpeg, tuned, 1 fps", nil, func() (cost, error) { return b.stills(dir, 1, "slow.mp4") }, at("slow.mp4"), 1},
		{"editly", nil, node("editly", "render.mjs", dir, at("editly.mp4")), at("editly.mp4"), 30},
		{
			"Remotion",
			func() error { _, err := node("remotion", "bundle.mjs", dir, bundle)(); return err },
			node("remotion", "render.mjs", bundle, at("remotion.mp4")), at("remotion.mp4"), 30,
		},
		{"Revideo", nil, node("revideo", "render.mjs", dir, at("revideo.mp4")), at("revideo.mp4"), 30},
	}
}

// runPeer runs a peer once and records its measurements.
func (b *bench) runPeer(r *result, first bool, known int) error {
	_ = os.Remove(r.film)
	load := loadAverage()
	outer := b.ctx
	ctx, cancel := context.WithTimeout(outer, longest)
	b.ctx = ctx
	c, err := b.measureTree(r.make, known)
	b.ctx = outer
	cancel()
	fmt.Fprintf(os.Stderr, "%s: %s, %.2f s cpu by its group, load before %.2f\n", r.name, seconds(c), c.group, load)
	if err != nil {
		return err
	}
	r.cpu, r.wall, r.group, r.load = append(r.cpu, c.cpu), append(r.wall, c.wall), append(r.group, c.group), append(r.load, load)
	r.size = fileSize(r.film)
	if !first {
		return nil
	}
	group := b.group
	b.group = ""
	defer func() { b.group = group }()
	if err := b.checkVideo(r); err != nil {
		return err
	}
	r.ssim, err = b.lowestMiddleSSIM(filepath.Dir(r.film), r.film)
	return err
}

// checkVideo returns an error unless the video has the required streams and length and its end is
// audible.
func (b *bench) checkVideo(r *result) error {
	out, err := exec.CommandContext(b.ctx, "ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", r.film).Output()
	if err != nil {
		return fmt.Errorf("ffprobe: %w", err)
	}
	var film struct {
		Streams []struct {
			Type     string `json:"codec_type"`
			Width    int    `json:"width"`
			Height   int    `json:"height"`
			Rate     string `json:"avg_frame_rate"`
			Duration string `json:"duration"`
			Packets  string `json:"nb_read_packets"`
		} `json:"streams"`
	}
	if err := json.Unmarshal(out, &film); err != nil {
		return err
	}
	var faults []error
	var seen []string
	for _, s := range film.Streams {
		seen = append(seen, s.Type)
		length, _ := strconv.ParseFloat(s.Duration, 64)
		if length < 59.4 || length > 60.2 {
			faults = append(faults, fmt.Errorf("%s lasts %s s, not 60", s.Type, s.Duration))
		}
		if s.Type != "video" {
			continue
		}
		if s.Width != 1920 || s.Height != 1080 {
			faults = append(faults, fmt.Errorf("it is %dx%d", s.Width, s.Height))
		}
		if want := fmt.Sprintf("%.0f/1", r.rate); s.Rate != want || s.Packets != fmt.Sprintf("%.0f", 60*r.rate) {
			faults = append(faults, fmt.Errorf("it has %s frames at %s, not %.0f at %s", s.Packets, s.Rate, 60*r.rate, want))
		}
	}
	if !slices.Equal(seen, []string{"video", "audio"}) {
		faults = append(faults, fmt.Errorf("its streams are: %s", strings.Join(seen, ", ")))
	}
	// Only the last narration is measured, so a video with misplaced sounds fails too.
	heard, err := exec.CommandContext(b.ctx, "ffmpeg", "-nostdin", "-ss", "51", "-t", "8", "-i", r.film, "-vn",
		"-af", "volumedetect", "-f", "null", "-").CombinedOutput()
	if err != nil {
		return fmt.Errorf("volumedetect: %w", err)
	}
	volume := regexp.MustCompile(`mean_volume: (-?[0-9.]+) dB`).FindSubmatch(heard)
	if volume == nil {
		faults = append(faults, errors.New("it has no sound at its end"))
	} else if db, _ := strconv.ParseFloat(string(volume[1]), 64); db < -60 {
		faults = append(faults, fmt.Errorf("its end is silent (%.1f dB)", db))
	}
	return errors.Join(faults...)
}

// lowestMiddleSSIM returns the lowest SSIM (luma) of the middle of any scene compared with its picture. It
// uses the colour matrix with the better result, because some programs do not write their matrix.
func (b *bench) lowestMiddleSSIM(dir, film string) (float64, error) {
	least := 1.0
	for i := range pictures() {
		best := 0.0
		for _, matrix := range []string{"bt709", "bt601"} {
			graph := fmt.Sprintf("[0:v]scale=out_range=tv,format=yuv420p,trim=end_frame=1,settb=1,setpts=0[a];"+
				"[1:v]scale=out_color_matrix=%s:out_range=tv,format=yuv420p,settb=1,setpts=0[b];[a][b]ssim", matrix)
			out, err := exec.CommandContext(b.ctx, "ffmpeg", "-nostdin", "-ss", fmt.Sprint(10*i+5), "-t", "0.1", "-i", film,
				"-i", filepath.Join(dir, fmt.Sprintf("p%d.png", i)), "-filter_complex", graph, "-f", "null", "-").CombinedOutput()
			if err != nil {
				return 0, fmt.Errorf("ssim: %w", err)
			}
			if m := regexp.MustCompile(`SSIM Y:([0-9.]+)`).FindSubmatch(out); m != nil {
				v, _ := strconv.ParseFloat(string(m[1]), 64)
				best = max(best, v)
			}
		}
		least = min(least, best)
	}
	if least < 0.8 {
		return least, fmt.Errorf("a scene does not show its picture (SSIM %.3f)", least)
	}
	return least, nil
}

// virtual is a virtual display.
type virtual struct{ cmd *exec.Cmd }

// startDisplay starts a virtual display. Only editly needs it; its cost is not measured, which is in
// favour of editly.
func (b *bench) startDisplay() (*virtual, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	cmd := exec.CommandContext(b.ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		return nil, fmt.Errorf("a virtual display: %w", err)
	}
	var number int
	if _, err := fmt.Fscan(r, &number); err != nil {
		return nil, errors.Join(fmt.Errorf("a virtual display: %w", err), cmd.Process.Kill(), cmd.Wait())
	}
	return &virtual{cmd}, errors.Join(
		os.Setenv("DISPLAY", fmt.Sprintf(":%d", number)),
		os.Setenv("BENCH_WORKERS", strconv.Itoa(runtime.NumCPU())),
		os.Setenv("DISABLE_TELEMETRY", "true"))
}

func (v *virtual) pid() int { return v.cmd.Process.Pid }

func (v *virtual) stop() {
	_ = v.cmd.Process.Kill()
	_ = v.cmd.Wait()
}

func loadAverage() float64 {
	var load float64
	text, _ := os.ReadFile("/proc/loadavg")
	_, _ = fmt.Sscan(string(text), &load)
	return load
}
