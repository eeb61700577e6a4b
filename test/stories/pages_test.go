package stories_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"mynah/internal/cli"
	"mynah/internal/testrun"
)

// step is one step of a reader who follows a page: writing a file or running commands.
type step struct {
	line int
	// file is the name of the file that is written; empty if text is commands.
	file string
	text string
	// mode is what the comment above a block of commands says about its test; see steps.
	mode string
}

// steps reads the steps of each section of a page: fences below a line such as **`script.md`** are
// files, and fences marked sh are commands. A comment <!-- not run: REASON --> above a block of
// commands leaves it to TestCommandLines; <!-- run: with a server --> starts a server for it.
func steps(page []byte) [][]step {
	sections := [][]step{nil}
	file, mode, fence, keep := "", "", "", false
	for i, line := range strings.SplitAfter(string(page), "\n") {
		text := strings.TrimRight(line, "\n")
		last := &sections[len(sections)-1]
		switch {
		case fence != "" && text == fence:
			fence, file, mode = "", "", ""
		case fence != "":
			if keep {
				(*last)[len(*last)-1].text += line
			}
		case strings.HasPrefix(text, "```"):
			name := strings.TrimLeft(text, "`")
			fence = strings.TrimSuffix(text, name)
			if keep = file != "" || name == "sh"; keep {
				*last = append(*last, step{line: i + 2, file: file, mode: mode})
			}
		case strings.HasPrefix(text, "#"):
			sections = append(sections, nil)
		case strings.HasPrefix(text, "**`") && strings.HasSuffix(text, "`**"):
			file = strings.Trim(text, "*`")
		case strings.HasPrefix(text, "<!-- ") && strings.HasSuffix(text, " -->"):
			mode = strings.TrimSuffix(strings.TrimPrefix(text, "<!-- "), " -->")
		case text != "":
			file, mode = "", ""
		}
	}
	return sections
}

func readPage(t *testing.T, name string) []byte {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestPagesRun runs the steps of the pages. Each section of a page gets an empty folder, except in
// README.md, whose sections build on each other.
func TestPagesRun(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for name, least := range map[string]int{
		"README.md": 2, "docs/recipes.md": 18, "docs/faq.md": 3, "docs/commands.md": 3,
		"docs/voices.md": 1, "docs/benchmarks.md": 1,
	} {
		sections := steps(readPage(t, name))
		if name == "README.md" {
			var all []step
			for _, section := range sections {
				all = append(all, section...)
			}
			sections = [][]step{all}
		}
		count := 0
		for _, section := range sections {
			for _, s := range section {
				if !strings.HasPrefix(s.mode, "not run:") {
					count++
				}
			}
			if len(section) == 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s:%d", name, section[0].line), func(t *testing.T) {
				t.Parallel()
				runSection(t, name, section)
			})
		}
		// If a marker is written differently, its step is not found; so the number of steps is
		// checked.
		if count < least {
			t.Errorf("%s has %d steps that run, want at least %d", name, count, least)
		}
	}
}

func runSection(t *testing.T, page string, section []step) {
	t.Helper()
	dir, cache := t.TempDir(), t.TempDir()
	for _, s := range section {
		text := s.text
		switch {
		case s.file != "":
			path := filepath.Join(dir, filepath.FromSlash(s.file))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		case strings.HasPrefix(s.mode, "not run:"):
			continue
		case s.mode == "run: with a server":
			text = strings.ReplaceAll(text, "127.0.0.1:8080", startServer(t, dir, cache))
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", text)
		cmd.Dir, cmd.Env = dir, pageEnv(dir, cache)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s:%d: %v\n%s\n%s", page, s.line, err, text, out)
		} else if s.mode == "run: with a server" && !bytes.Contains(out, []byte(`"links"`)) {
			t.Errorf("%s:%d: the server answered\n%s", page, s.line, out)
		}
	}
}

func pageEnv(dir, cache string) []string {
	return append(os.Environ(), "HOME="+filepath.Join(dir, ".home"), "MYNAH_CACHE_DIR="+cache, "LC_ALL=C.UTF-8")
}

// startServer runs mynah serve in a folder until the test ends, and returns its host and port.
func startServer(t *testing.T, dir, cache string) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "mynah", "serve", "--listen", address)
	cmd.Dir, cmd.Env = dir, pageEnv(dir, cache)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, time.Minute
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	for range 200 {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
			return address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the server did not start")
	return ""
}

// codeBlocks returns the text of the fences of a page in one language.
func codeBlocks(page []byte, language string) []string {
	var out []string
	inside := false
	for line := range strings.Lines(string(page)) {
		switch {
		case strings.TrimSpace(line) == "```"+language:
			inside, out = true, append(out, "")
		case inside && strings.TrimSpace(line) == "```":
			inside = false
		case inside:
			out[len(out)-1] += line
		}
	}
	return out
}

// TestAPIPage sends the requests in docs/api.md to a server: the shell commands in order, then the
// Python program.
func TestAPIPage(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	page := readPage(t, "docs/api.md")
	shell, python := codeBlocks(page, "sh"), codeBlocks(page, "python")
	if len(shell) < 5 || len(python) != 1 {
		t.Fatalf("the page has %d blocks of commands and %d programs", len(shell), len(python))
	}
	dir, cache := t.TempDir(), t.TempDir()
	address := startServer(t, dir, cache)
	run := func(program ...string) string {
		t.Helper()
		last := len(program) - 1
		program[last] = strings.ReplaceAll(program[last], "127.0.0.1:8080", address)
		cmd := exec.CommandContext(t.Context(), program[0], program[1:]...)
		cmd.Dir, cmd.Env = dir, pageEnv(dir, cache)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", program[0], err, out)
		}
		return string(out)
	}
	out := run("bash", "-euo", "pipefail", "-c", strings.Join(shell, "\n"))
	if strings.Contains(out, `"errors"`) || strings.Contains(out, `"error"`) || strings.Count(out, `"links"`) < 4 {
		t.Errorf("the server answered\n%s", out)
	}
	key, err := os.ReadFile(filepath.Join(dir, "mynah-data", "first-key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "tour.zip"), filepath.Join(dir, "project.zip")); err != nil {
		t.Fatal(err)
	}
	run("python3", "-c", strings.ReplaceAll(python[0], "YOUR-KEY", strings.TrimSpace(string(key))))
	for _, name := range []string{"tour.mp4", "video.mp4", "hi.mp3"} {
		run("ffprobe", "-v", "error", name)
	}
}

// TestCommandLines checks that the command and the flags of every command line in the pages exist,
// both in code blocks and in sentences.
func TestCommandLines(t *testing.T) {
	t.Parallel()
	inBlock := regexp.MustCompile(`(?m)(?:^|[;&|(]|\bdo)\s*(?:[A-Z_]+=\S+ )*(?:bin/)?mynah (` + "[^;&|)<>\n`]*)")
	inText := regexp.MustCompile("`([^`\n]+)`")
	placeholders := strings.NewReplacer(`\|`, "/", "[", "", "]", "")
	pages := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"}
	more, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range more {
		pages = append(pages, "docs/"+filepath.Base(path))
	}
	count := 0
	for _, name := range pages {
		page := readPage(t, name)
		var lines []string
		for _, section := range steps(page) {
			for _, s := range section {
				if s.file != "" {
					continue
				}
				for _, m := range inBlock.FindAllStringSubmatch(strings.ReplaceAll(s.text, "\\\n", " "), -1) {
					lines = append(lines, m[1])
				}
			}
		}
		for _, code := range inText.FindAllStringSubmatch(string(withoutFences(page)), -1) {
			for _, m := range inBlock.FindAllStringSubmatch(placeholders.Replace(code[1]), -1) {
				lines = append(lines, m[1])
			}
		}
		for _, line := range lines {
			if strings.HasPrefix(line, "COMMAND") || strings.HasPrefix(line, "is ready") {
				continue
			}
			count++
			if code, help := commandLine(t, line); code != 0 {
				t.Errorf("%s: mynah %s: exit code %d\n%s", name, line, code, help)
			}
		}
	}
	if count < 60 {
		t.Errorf("the pages have %d command lines", count)
	}
}

// commandLine splits a line as a shell does and parses it with the flag --help, so that the command
// does nothing else.
func commandLine(t *testing.T, line string) (int, string) {
	t.Helper()
	words, err := exec.CommandContext(t.Context(), "bash", "-c", "set -f; printf '%s\\0' "+line).Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	args := strings.Split(strings.TrimSuffix(string(words), "\x00"), "\x00")
	// A sentence may name a flag without a value; --help must not become the value.
	if strings.HasPrefix(args[len(args)-1], "--") {
		args = append([]string{args[0], "--help"}, args[1:]...)
		args = append(args, "1")
	}
	args = append(args, "--help")
	var out bytes.Buffer
	code := cli.Main(t.Context(), cli.Streams{In: strings.NewReader(""), Out: io.Discard, Err: &out}, args)
	return code, out.String()
}

// TestReadmeShowsTheTour checks that the first script in README.md equals the script of the starter
// project, whose video is shown above it.
func TestReadmeShowsTheTour(t *testing.T) {
	t.Parallel()
	tour := readPage(t, "examples/tour/script.md")
	if shown := blocks(readPage(t, "README.md"))[0].text; shown != string(tour) {
		t.Errorf("README.md shows another script than examples/tour/script.md:\n%s", shown)
	}
	picture, err := os.Stat(filepath.Join("..", "..", "docs", "images", "tour.webp"))
	if err != nil || picture.Size() > 2_000_000 {
		t.Errorf("docs/images/tour.webp: %v, %v", picture, err)
	}
}

// TestAction runs the steps of action.yml that build a video, and compares their outputs with the
// declared ones. It does not run the steps that install Go, the caches and the programs.
func TestAction(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	var action struct {
		Inputs  map[string]struct{ Default string }
		Outputs map[string]struct{ Value string }
		Runs    struct {
			Steps []struct {
				ID, Run, Shell string
				Env            map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(readPage(t, "action.yml"), &action); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	// run runs the step with an id, and returns its outputs, its printed text, and whether it
	// succeeded.
	run := func(t *testing.T, dir, id string, inputs map[string]string) (map[string]string, string, bool) {
		t.Helper()
		for _, s := range action.Runs.Steps {
			if s.ID != id {
				continue
			}
			file := filepath.Join(t.TempDir(), "output")
			cmd := exec.CommandContext(t.Context(), s.Shell, "-eo", "pipefail", "-c", s.Run)
			cmd.Dir = dir
			cmd.Env = append(pageEnv(dir, filepath.Join(dir, "cache")), "GITHUB_ACTION_PATH="+root, "GITHUB_OUTPUT="+file)
			for variable, value := range s.Env {
				name := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
				input, ok := action.Inputs[name]
				if !ok {
					t.Fatalf("%s: %q names no input", variable, value)
				}
				used[name] = true
				text, ok := inputs[name]
				if !ok {
					text = input.Default
				}
				cmd.Env = append(cmd.Env, variable+"="+text)
			}
			out, err := cmd.CombinedOutput()
			written, _ := os.ReadFile(file)
			return outputs(string(written)), string(out), err == nil
		}
		t.Fatalf("there is no step %q", id)
		return nil, "", false
	}

	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mynah", "init", filepath.Join(dir, "tour")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, out, ok := run(t, dir, "describe", nil)
	if !ok || !strings.HasPrefix(got["go-version"], "^1.") || len(got["key"]) != 32 || got["bin"] != filepath.Join(root, "bin") {
		t.Errorf("describe: %q\n%s", got, out)
	}

	got, out, ok = run(t, dir, "build", map[string]string{
		"source-path": "tour", "result-file": `my videos/a "tour" $(x).mp4`, "size": "320x180", "variables": "a=b c\nd=e", "strict": "true",
	})
	if !ok {
		t.Fatalf("build: %s", out)
	}
	for name, o := range action.Outputs {
		step := strings.TrimSuffix(strings.TrimPrefix(o.Value, "${{ steps.build.outputs."), " }}")
		if got[step] == "" {
			t.Errorf("the output %s is empty", name)
		}
	}
	if got["video-file"] != `my videos/a "tour" $(x).mp4` {
		t.Errorf("the video is %q", got["video-file"])
	}
	for _, name := range []string{"video-file", "srt-file", "vtt-file", "poster-file"} {
		if _, err := os.Stat(filepath.Join(dir, got[name])); err != nil {
			t.Error(err)
		}
	}
	for name := range action.Inputs {
		if !used[name] {
			t.Errorf("no step uses the input %s", name)
		}
	}

	if err := os.WriteFile(filepath.Join(dir, "tour", "script.md"), []byte("(pauze: 3)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, out, ok = run(t, dir, "build", map[string]string{"source-path": "tour"}); ok || len(got) != 0 ||
		!strings.Contains(out, "::error file=tour/script.md,line=1,col=2,") {
		t.Errorf("a wrong script: %q\n%s", got, out)
	}
	if _, out, ok = run(t, dir, "build", map[string]string{"strict": "maybe"}); ok ||
		!strings.Contains(out, "strict must be true or false") {
		t.Errorf("a wrong input: %s", out)
	}
}

// outputs parses a file of step outputs: NAME<<END, the lines of the value, END.
func outputs(text string) map[string]string {
	out := map[string]string{}
	for text != "" {
		head, rest, _ := strings.Cut(text, "\n")
		name, end, ok := strings.Cut(head, "<<")
		value, after, closed := strings.Cut(rest, "\n"+end+"\n")
		if !ok || !closed {
			return map[string]string{"": text}
		}
		out[name], text = value, after
	}
	return out
}

// TestWorkflowsAreYAML parses the workflows in the pages, and compares their inputs and outputs
// with those of the action.
func TestWorkflowsAreYAML(t *testing.T) {
	t.Parallel()
	action := string(readPage(t, "action.yml"))
	count := 0
	for _, section := range steps(readPage(t, "docs/recipes.md")) {
		for _, s := range section {
			if !strings.HasPrefix(s.file, ".github/workflows/") {
				continue
			}
			var w struct {
				Jobs map[string]struct {
					Steps []struct {
						Uses string
						With map[string]string
					}
				}
			}
			if err := yaml.Unmarshal([]byte(s.text), &w); err != nil {
				t.Fatal(err)
			}
			for _, job := range w.Jobs {
				for _, st := range job.Steps {
					if !strings.Contains(st.Uses, "/mynah@") {
						continue
					}
					count++
					for name := range st.With {
						if !strings.Contains(action, "\n  "+name+":\n") {
							t.Errorf("the action has no input %s", name)
						}
					}
				}
			}
			for _, m := range regexp.MustCompile(`outputs\.([a-z-]+)`).FindAllStringSubmatch(s.text, -1) {
				if !strings.Contains(action, "outputs."+m[1]+" ") {
					t.Errorf("the action has no output %s", m[1])
				}
			}
		}
	}
	if count == 0 {
		t.Error("no workflow uses the action")
	}
}
