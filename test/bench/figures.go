package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	figuresBegin = "<!-- figures: written by make bench-peers -->\n"
	figuresEnd   = "<!-- end of figures -->\n"
)

// figures returns the machine, the versions and the table of results as Markdown.
func (b *bench) figures(results []*result, folder string, runs int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "Measured on %s: %d cores (%s), %s of memory, %s/%s. "+
		"Figures are medians of %d runs of each program; the programs took turns.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), procField("/proc/cpuinfo", "model name"),
		memory(), runtime.GOOS, runtime.GOARCH, runs)
	fmt.Fprintf(&s, "Versions: %s.\n\n", strings.Join(b.versions(folder), ", "))
	s.WriteString("| | CPU, s | times Mynah's | CPU by group, s | wall, s | file, MB | worst SSIM | load before |\n" +
		"| --- | --: | --: | --: | --: | --: | --: | --: |\n")
	ours := 0.0
	var failed []*result
	for _, r := range results {
		if r.err != nil {
			failed = append(failed, r)
			fmt.Fprintf(&s, "| %s | did not run | | | | | | |\n", r.name)
			continue
		}
		cpu, group := median(r.cpu), "-"
		if ours == 0 {
			ours = cpu
		}
		if m := median(r.group); m > 0 {
			group = fmt.Sprintf("%.2f", m)
		}
		fmt.Fprintf(&s, "| %s | %.2f | %.1f | %s | %.2f | %.2f | %.4f | %.1f to %.1f |\n", r.name, cpu, cpu/ours, group, median(r.wall),
			float64(r.size)/1e6, r.ssim, slices.Min(r.load), slices.Max(r.load))
	}
	for _, r := range failed {
		lines := strings.Split(strings.TrimSpace(r.err.Error()), "\n")
		fmt.Fprintf(&s, "\n%s did not run:\n\n```\n%s\n```\n", r.name, strings.Join(lines[:min(12, len(lines))], "\n"))
	}
	return s.String()
}

// versions lists the versions of the measured programs.
func (b *bench) versions(folder string) []string {
	var all []string
	for _, v := range [][]string{
		{b.mynah, "version"},
		{"ffmpeg", "-version"},
		{"node", "--version"},
		{os.Getenv("BENCH_BROWSER"), "--version"},
	} {
		out, err := exec.CommandContext(b.ctx, v[0], v[1:]...).Output()
		if err != nil {
			continue
		}
		line, _, _ := strings.Cut(string(out), "\n")
		line, _, _ = strings.Cut(line, " Copyright")
		if strings.HasPrefix(line, "v") {
			line = "node " + line
		}
		all = append(all, strings.TrimSpace(line))
	}
	for _, p := range []string{
		"editly/editly", "editly/canvas", "editly/gl", "remotion/remotion", "remotion/@remotion/renderer", "remotion/react",
		"revideo/@revideo/renderer", "revideo/@revideo/core", "revideo/puppeteer", "revideo/vite",
	} {
		project, name, _ := strings.Cut(p, "/")
		var of struct{ Version string }
		text, err := os.ReadFile(filepath.Join(folder, project, "node_modules", name, "package.json"))
		if err == nil && json.Unmarshal(text, &of) == nil {
			all = append(all, name+" "+of.Version)
		}
	}
	return all
}

// procField returns the value of the first line with a name in a file of /proc.
func procField(path, name string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func memory() string {
	var kb int64
	_, _ = fmt.Sscan(procField("/proc/meminfo", "MemTotal"), &kb)
	return fmt.Sprintf("%.0f GB", float64(kb)/1e6)
}

// replaceFigures replaces the figures between the two markers in a document.
func replaceFigures(doc, text string) error {
	old, err := os.ReadFile(doc)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), figuresBegin)
	_, tail, too := strings.Cut(rest, figuresEnd)
	if !ok || !too {
		return errors.New(doc + " has no place for the figures")
	}
	return os.WriteFile(doc, []byte(head+figuresBegin+"\n"+text+"\n"+figuresEnd+tail), 0o600)
}
