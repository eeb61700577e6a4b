// Package stories_test tests the command line by sessions. Each file in testdata is a session in an
// empty folder, with the expected output, files and exit codes. The sessions run the real programs
// on small projects, because fakes would only confirm assumptions.
package stories_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mynah/internal/cli"
	"mynah/internal/testrun"
)

var update = flag.Bool("update", false, "write what is printed into the stories that compare it")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mynah": mynah})
}

// mynah runs the program in the same way as cmd/mynah.
func mynah() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	self, _ := os.Executable()
	code := cli.Main(ctx, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Program: self}, os.Args[1:])
	stop()
	os.Exit(code) //nolint:revive // mynah is the main function of its process
}

func TestStories(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("mynah")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			// Each session has its own cache, so that sessions do not share parts.
			e.Setenv("MYNAH_CACHE_DIR", filepath.Join(e.WorkDir, "cache"))
			e.Setenv("MYNAH", program)
			e.Setenv("LC_ALL", "C.UTF-8")
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "minute" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return testrun.IsMinute(), nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "lasts": lasts, "holds": holds, "json": jsonCommand, "jsonlines": jsonLines,
		},
	})
}

// exits CODE COMMAND … runs a command, whose exit code must be CODE.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT …]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("the exit code is %d, want %d", got, want)
	}
}

// lasts FILE FROM TO checks that the length of a video or sound, and of each of its streams, is in
// a range of seconds.
func lasts(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: lasts FILE FROM TO")
	}
	from, err := strconv.ParseFloat(args[1], 64)
	ts.Check(err)
	to, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	ts.Check(ts.Exec("ffprobe", "-v", "error", "-show_entries", "stream=duration:format=duration", "-of", "csv=p=0", args[0]))
	lines := strings.Fields(ts.ReadFile("stdout"))
	if len(lines) < 2 {
		ts.Fatalf("%s holds no stream", args[0])
	}
	for _, line := range lines {
		if got, err := strconv.ParseFloat(line, 64); err != nil || got < from || got > to {
			ts.Fatalf("%s lasts %s s, want %g to %g", args[0], line, from, to)
		}
	}
}

// holds FOLDER [NAME …] checks that a folder contains exactly these names, including hidden ones,
// so that no temporary files are left.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: holds FOLDER [NAME …]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	want := slices.Sorted(slices.Values(args[1:]))
	if !slices.Equal(got, want) {
		ts.Fatalf("%s holds %q, want %q", args[0], got, want)
	}
}

// json FILE PATH WANT checks a value in a JSON file. The path consists of keys and indices,
// separated by dots. The key "len" of an array is its length.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH WANT")
	}
	var v any
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	d.UseNumber()
	ts.Check(d.Decode(&v))
	if d.More() {
		ts.Fatalf("%s holds more than one JSON value", args[0])
	}
	for key := range strings.SplitSeq(args[1], ".") {
		v = child(ts, v, key)
	}
	got, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		ts.Check(err)
		got = string(b)
	}
	if got != args[2] {
		ts.Fatalf("%s is %s, want %s", args[1], got, args[2])
	}
}

func child(ts *testscript.TestScript, v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v[key]; ok {
			return c
		}
	case []any:
		if key == "len" {
			return len(v)
		}
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	ts.Fatalf("there is no %q", key)
	return nil
}

// jsonlines FILE EVENT … checks that every line is a JSON object with one of the events, that the
// percentage never decreases, and that the last line has the last event.
func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: jsonlines FILE EVENT …")
	}
	text := ts.ReadFile(args[0])
	if !strings.HasSuffix(text, "\n") {
		ts.Fatalf("the last line has no end")
	}
	last, percent := "", 0.0
	for line := range strings.Lines(text) {
		var v struct {
			Event   string
			Percent *float64
		}
		d := json.NewDecoder(bytes.NewReader([]byte(line)))
		ts.Check(d.Decode(&v))
		if d.More() || !slices.Contains(args[1:], v.Event) {
			ts.Fatalf("this line is no event of %q: %s", args[1:], line)
		}
		if v.Percent != nil {
			if *v.Percent < percent || *v.Percent > 100 {
				ts.Fatalf("the percents go from %g to %g", percent, *v.Percent)
			}
			percent = *v.Percent
		}
		last = v.Event
	}
	if last != args[len(args)-1] {
		ts.Fatalf("the last event is %q", last)
	}
}
