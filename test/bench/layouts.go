package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// layoutCase is a layout, with what each scene shows: pictures is the number of pictures, text the text of the slide,
// in which N is replaced by the number of the scene.
type layoutCase struct {
	name     string
	pictures int
	text     string
}

func listLayoutCases() []layoutCase {
	const list = "## Step N\n\n- what it is for\n- how N is done\n- what to do then\n"
	return []layoutCase{
		{"split", 1, list},
		{"split-left", 1, list},
		{"lower-third", 1, "## Speaker N\n\nEngineer of team N\n"},
		{"quote", 0, "> What is measured N times gets done, and what is not measured does not.\n>\n> — Author N\n"},
		{"stat", 0, "# N\n\nbuilds in a day\n"},
		{"columns", 0, "## First N\n\n- one\n- two\n\n## Second\n\n- three\n- four\n\n## Third N\n\n- five\n- six\n"},
		{"grid", 4, "## Pictures of step N\n"},
		{"corner", 2, ""},
		{"title", 0, "# Chapter N\n\nWhat part N is about\n"},
	}
}

// layouts measures the cost of layouts: sixty scenes of each, against the same scenes without it.
func (b *bench) layouts() error {
	dir := filepath.Join(b.dir, "layouts")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for i := range 4 {
		start := fmt.Sprintf("mandelbrot=s=1920x1080:start_scale=%d", i+1)
		if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", start, "-frames:v", "1", "-pix_fmt", "rgb24",
			fmt.Sprintf("photo-%d.png", i)); err != nil {
			return err
		}
	}
	for _, c := range listLayoutCases() {
		for name, header := range map[string]string{"with": "layout: " + c.name + "\n", "without": ""} {
			text := c.formatScript(header)
			if err := os.WriteFile(filepath.Join(dir, c.name+"-"+name+".md"), []byte(text), 0o600); err != nil {
				return err
			}
		}
		build := func(name string) func() (cost, error) {
			return func() (cost, error) {
				out, _, _, err := b.buildExplained(dir, c.name+"-"+name+".md")
				return out, err
			}
		}
		with, without, err := b.measurePair(build("with"), build("without"))
		if err != nil {
			return err
		}
		b.add(row{
			fmt.Sprintf("%d scenes of layout %s: CPU", slideScenes, c.name), seconds(with),
			seconds(without) + " without it",
			fmt.Sprintf("%.2f times", with.cpu/without.cpu), "<= 1.1", with.cpu <= 1.1*without.cpu,
		})
	}
	return nil
}

// formatScript returns a script of sixty scenes of 3 s.
func (c layoutCase) formatScript(header string) string {
	var s strings.Builder
	s.WriteString("---\nsize: 1080p\nfps: 30\n" + header + "---\n")
	for i := range slideScenes {
		for k := range c.pictures {
			fmt.Fprintf(&s, "![](photo-%d.png)\n\n", (i+k)%4)
		}
		if c.text != "" {
			fmt.Fprintf(&s, "```md\n%s```\n\n", strings.ReplaceAll(c.text, "N", strconv.Itoa(i+1)))
		}
		s.WriteString("(duration: 3)\n\n---\n")
	}
	return s.String()
}
