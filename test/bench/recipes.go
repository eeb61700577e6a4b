package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// recipeSound returns the sound settings of every recipe.
func recipeSound() []string {
	return []string{"-c:a", "aac", "-aac_coder", "fast", "-b:a", "96k", "-ac", "1"}
}

// oneCall makes the video with a single ffmpeg call that joins pictures and sounds by the concat
// filter.
func (b *bench) oneCall(dir string) (cost, error) {
	var args []string
	var pads, joined strings.Builder
	n := len(pictures())
	for i := range n {
		args = append(args, "-loop", "1", "-framerate", "30", "-t", "10", "-i", fmt.Sprintf("p%d.png", i))
	}
	for i := range n {
		args = append(args, "-i", fmt.Sprintf("n%d.wav", i))
		fmt.Fprintf(&pads, "[%d:a]apad=whole_dur=10[a%d];", n+i, i)
		fmt.Fprintf(&joined, "[%d:v][a%d]", i, i)
	}
	graph := fmt.Sprintf("%s%sconcat=n=%d:v=1:a=1[j][a];[j]format=yuv420p[v]", pads.String(), joined.String(), n)
	args = append(args, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23")
	return b.ffmpeg(dir, append(append(args, recipeSound()...), "onecall.mp4")...)
}

// stills makes the video with optimised ffmpeg options: each picture is decoded and converted to
// 4:2:0 once, repeated by a filter, and encoded with the fastest preset, tuned for stills.
func (b *bench) stills(dir string, rate int, out string) (cost, error) {
	var args []string
	var graph, joined strings.Builder
	n := len(pictures())
	for i := range n {
		args = append(args, "-i", fmt.Sprintf("p%d.png", i))
	}
	for i := range n {
		args = append(args, "-i", fmt.Sprintf("n%d.wav", i))
		fmt.Fprintf(&graph, "[%d:v]format=yuv420p,loop=%d:1,settb=1/%d,setpts=N,fps=%d[v%d];[%d:a]apad=whole_dur=10[a%d];",
			i, 10*rate-1, rate, rate, i, n+i, i)
		fmt.Fprintf(&joined, "[v%d][a%d]", i, i)
	}
	args = append(args, "-filter_complex", fmt.Sprintf("%s%sconcat=n=%d:v=1:a=1[v][a]", graph.String(), joined.String(), n),
		"-map", "[v]", "-map", "[a]", "-r", fmt.Sprint(rate), "-c:v", "libx264", "-preset", "ultrafast", "-tune",
		"stillimage", "-crf", "23")
	return b.ffmpeg(dir, append(append(args, recipeSound()...), out)...)
}

// repeated encodes one second of each picture and repeats it without encoding. This is the cheapest
// known way to make a video of the full frame rate with ffmpeg alone.
func (b *bench) repeated(dir string) (cost, error) {
	var total cost
	var list strings.Builder
	list.WriteString("ffconcat version 1.0\n")
	var args []string
	for i := range pictures() {
		args = append(args, "-i", fmt.Sprintf("p%d.png", i))
		list.WriteString(strings.Repeat(fmt.Sprintf("file s%d.mp4\n", i), 10))
	}
	for i := range pictures() {
		args = append(args, "-filter_complex", fmt.Sprintf("[%d:v]format=yuv420p,loop=29:1,settb=1/30,setpts=N,fps=30[v%d]", i, i),
			"-map", fmt.Sprintf("[v%d]", i), "-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage",
			"-crf", "23", "-bf", "0", fmt.Sprintf("s%d.mp4", i))
	}
	c, err := b.ffmpeg(dir, args...)
	if total.add(c); err != nil {
		return total, err
	}
	if err := os.WriteFile(filepath.Join(dir, "seconds.txt"), []byte(list.String()), 0o600); err != nil {
		return total, err
	}
	args = []string{"-f", "concat", "-i", "seconds.txt"}
	var graph, joined strings.Builder
	for i := range pictures() {
		args = append(args, "-i", fmt.Sprintf("n%d.wav", i))
		fmt.Fprintf(&graph, "[%d:a]apad=whole_dur=10[a%d];", i+1, i)
		fmt.Fprintf(&joined, "[a%d]", i)
	}
	args = append(args, "-filter_complex", fmt.Sprintf("%s%sconcat=n=%d:v=0:a=1[a]", graph.String(), joined.String(), len(pictures())),
		"-map", "0:v", "-map", "[a]", "-c:v", "copy")
	c, err = b.ffmpeg(dir, append(append(args, recipeSound()...), "repeated.mp4")...)
	total.add(c)
	return total, err
}
