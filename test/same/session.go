package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// patience is the time after which a program counts as hanging.
const patience = 3 * time.Minute

// session is a folder of files and the commands or requests to run there.
type session struct {
	name  string
	seed  func(ctx context.Context, dir string) error // writes the files of the session
	steps [][]string
	serve bool // send requests to a server instead of running steps
	// exact requires that steps succeed with the base, except those that begin with an exclamation
	// mark. Otherwise two sides that fail in the same way would count as equal.
	exact bool
}

// kinds lists the rows of the printed table.
func kinds() []string {
	return []string{
		"videos", "posters", "snapshots", "subtitles", "transcripts", "speech", "plans", "timelines",
		"findings", "fmt", "builds", "explanations", "output", "API answers", "other files",
	}
}

// kindOf returns the kind of a file by its name.
func kindOf(name string) string {
	switch ext := filepath.Ext(name); {
	case ext == ".mp4":
		return "videos"
	case ext == ".jpg":
		return "posters"
	case ext == ".png":
		return "snapshots"
	case ext == ".srt", ext == ".vtt":
		return "subtitles"
	case strings.HasSuffix(name, ".transcript.md"), strings.HasSuffix(name, ".chapters.txt"):
		return "transcripts"
	case ext == ".mp3", ext == ".wav", ext == ".m4a":
		return "speech"
	case ext == ".json":
		return "timelines"
	default:
		return "other files"
	}
}

// kindOfCommand returns the kind of the output of a command.
func kindOfCommand(args []string) string {
	has := func(flag string) bool { return slices.Contains(args, flag) }
	switch {
	case args[0] == "check":
		return "findings"
	case args[0] == "fmt":
		return "fmt"
	case args[0] == "build" && has("--plan"):
		return "plans"
	case args[0] == "build" && has("--explain"):
		return "explanations"
	case args[0] == "build":
		return "builds"
	default:
		return "output"
	}
}

// writeSeed writes the files of a session to a folder, which is copied for each side.
func (x session) writeSeed(ctx context.Context, dir string) (seed string, err error) {
	seed = filepath.Join(dir, "seed", folderName(x.name))
	if err := os.MkdirAll(seed, 0o700); err != nil {
		return "", err
	}
	return seed, x.seed(ctx, seed)
}

// runSession runs a session with one side's program and returns its artifacts.
func (s *side) runSession(ctx context.Context, seed string, x session) ([]artifact, error) {
	work := filepath.Join(s.home, "work", folderName(x.name))
	if err := os.CopyFS(work, os.DirFS(seed)); err != nil {
		return nil, err
	}
	if x.serve {
		return s.serve(ctx, work)
	}
	before, err := readFiles(work)
	if err != nil {
		return nil, err
	}
	p := player{side: s, session: x, work: work, cache: filepath.Join(s.home, "cache-"+folderName(x.name)), before: before}
	for n, words := range x.steps {
		if err := p.runStep(ctx, n+1, words); err != nil {
			return nil, fmt.Errorf("%q: %w", words, err)
		}
	}
	return p.found, nil
}

// player is the state of a running session.
type player struct {
	*side
	session
	work, cache string
	before      map[string]string // contents of the files before the current step
	found       []artifact
}

// runStep runs one command and records its output and the files that it changed.
func (p *player) runStep(ctx context.Context, n int, words []string) error {
	fails := words[0] == "!"
	if fails {
		words = words[1:]
	}
	at := func(name string) string { return filepath.Join(p.work, filepath.FromSlash(name)) }
	switch words[0] {
	case "cp":
		if err := copyFile(at(words[1]), at(words[2])); err != nil {
			return err
		}
	case "rm":
		if err := os.Remove(at(words[1])); err != nil {
			return err
		}
	case "mynah":
		code, err := p.runProgram(ctx, fmt.Sprintf("%s %d: ", p.session.name, n), words[1:])
		if err == nil && p.exact && p.side.name == "base" && fails != (code != 0) {
			err = fmt.Errorf("the exit code with the base is %d", code)
		}
		return err
	default:
		return errors.New("want cp, rm, mynah or ! mynah")
	}
	now, err := readFiles(p.work)
	p.before = now
	return err
}

// runProgram runs the program and returns its exit code. A word <FILE in args connects the program's
// standard input to that file.
func (p *player) runProgram(ctx context.Context, label string, args []string) (code int, err error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	label += "mynah " + strings.Join(args, " ")
	var in []byte
	if last := args[len(args)-1]; strings.HasPrefix(last, "<") {
		b, err := os.ReadFile(filepath.Join(p.work, last[1:]))
		if err != nil {
			return 0, err
		}
		in, args = b, args[:len(args)-1]
	}
	var out, stderr bytes.Buffer
	cmd := p.command(ctx, p.work, p.cache, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &stderr
	err = cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || ended.ExitCode() < 0) {
		return 0, fmt.Errorf("%s does not end as it should: %w: %.600s", label, err, stderr.String())
	}
	hide := strings.NewReplacer(p.home, "HOME")
	code = cmd.ProcessState.ExitCode()
	text := fmt.Sprintf("exit %d\n", code)
	if found := findingPlaces(hide.Replace(stderr.String())); found != "" {
		text += found + "\n"
	}
	p.found = append(p.found, artifact{
		kind: kindOfCommand(args), place: label, text: text + "\n" + hide.Replace(out.String()),
	})
	now, err := readFiles(p.work)
	if err != nil {
		return 0, err
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if now[name] != p.before[name] {
			p.found = append(p.found, fileArtifact(label+": "+name, name, now[name]))
		}
	}
	p.before = now
	return code, nil
}

// fileArtifact describes a file that a side wrote.
func fileArtifact(place, name, content string) artifact {
	a := artifact{kind: kindOf(name), place: place}
	switch a.kind {
	case "subtitles", "transcripts", "timelines", "other files":
		a.text = content
	default:
		a.data = []byte(content)
	}
	return a
}

// readFiles reads all files of a folder and its subfolders.
func readFiles(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, rerr := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = string(b)
		return errors.Join(err, rerr)
	})
	return out, err
}
