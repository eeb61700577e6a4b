package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/studio"
)

// TestExitCodes checks the exit code and the message of each kind of error against the table in the
// help.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	wrong := &studio.ScriptError{List: diag.List{{
		Range: diag.Range{File: "s.md", Start: diag.Pos{Line: 1, Column: 1}}, Summary: "it is wrong",
	}}}
	for _, c := range []struct {
		name string
		err  error
		want int
		says []string
	}{
		{"done", nil, 0, nil},
		{"all was said", &silentError{7}, 7, nil},
		{"all was said, wrapped", fmt.Errorf("wrapped: %w", &silentError{3}), 3, nil},
		{"a wrong command line", usageError{cause}, 2, []string{"the cause", "mynah --help"}},
		{"a wrong script", wrong, 3, []string{"s.md:1:1", "it is wrong"}},
		{"a wrong request", fault.New(fault.Usage, nil, "no such key"), 2, []string{"no such key"}},
		{"a script that is wrong somewhere", fault.New(fault.Script, nil, "it is wrong"), 3, []string{"it is wrong"}},
		{
			"a wrong file", fault.New(fault.Input, nil, "no such script").WithHint("name one"), 3,
			[]string{"no such script", "help: name one"},
		},
		{
			"a missing program", fault.New(fault.ToolMissing, cause, "ffmpeg is missing").WithHint("install it"), 4,
			[]string{"ffmpeg is missing", "help: install it"},
		},
		{"a failing program", fault.New(fault.ToolFailed, cause, "ffmpeg failed"), 4, []string{"ffmpeg failed: the cause"}},
		{"a full disk", fault.New(fault.Disk, cause, "the video cannot be written"), 1, []string{"the video cannot be written: the cause"}},
		{"a mistake of ours", fault.New(fault.Internal, cause, "something went wrong"), 1, []string{"the cause"}},
		{"an error of no sort", cause, 1, []string{"the cause"}},
		{"a stop", fault.New(fault.Cancelled, cause, "stopped"), 130, []string{"stopped"}},
		{"a stop, whatever wraps it", fmt.Errorf("read: %w", context.Canceled), 130, []string{"stopped"}},
		{"a stop while something failed", fault.New(fault.ToolFailed, context.Canceled, "ffmpeg failed"), 130, []string{"stopped"}},
		{"a deadline is no stop", context.DeadlineExceeded, 1, nil},
		{"a wrapped fault", fmt.Errorf("step: %w", fault.New(fault.Input, nil, "no such script")), 3, []string{"no such script"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out, stderr bytes.Buffer
			a := &app{Streams: Streams{Out: &out, Err: &stderr}}
			if got := a.printErrorAndCode(c.err); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
			for _, s := range c.says {
				if !strings.Contains(stderr.String(), s) {
					t.Errorf("the output does not contain %q: %s", s, &stderr)
				}
			}
			if len(c.says) == 0 && c.want != 1 && stderr.Len() > 0 || out.Len() > 0 {
				t.Errorf("unexpected output: %s%s", &out, &stderr)
			}
			if strings.Contains(stderr.String(), "the cause") != strings.Contains(strings.Join(c.says, " "), "the cause") {
				t.Errorf("the cause is printed unexpectedly, or missing: %s", &stderr)
			}
		})
	}
}

// TestCommandLines checks that errors in a command line are found before the command does anything.
func TestCommandLines(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"biuld"},
		{"build", "--sizze", "720p"},
		{"build", "--size"},
		{"build", "--strict=perhaps"},
		{"version", "extra"},
		{"--jobs", "many", "version"},
		{"--jobs", "0", "doctor"},
		{"cache", "burn"},
		{"cache", "prune", "--max-size", "much"},
		{"serve", "--max-upload", "-1"},
		{"serve", "--log-level", "loud"},
		{"serve", "--log-format", "xml"},
		{"serve", "--cache-size", "2 heaps"},
		{"serve", "--grace", "soon"},
		{"serve", "--config", filepath.Join(t.TempDir(), "none.yaml")},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			var out, stderr bytes.Buffer
			code := Main(t.Context(), Streams{In: strings.NewReader(""), Out: &out, Err: &stderr}, args)
			if code != exitUsage || out.Len() > 0 ||
				!strings.Contains(stderr.String(), "Run 'mynah") || !strings.Contains(stderr.String(), "--help' for usage.") {
				t.Errorf("exit code %d, %s%s", code, &out, &stderr)
			}
		})
	}
}

// newTestCommand creates a command with flags of several types.
func newTestCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "test"}
	f := cmd.Flags()
	f.String("config", "", "")
	f.String("listen", "default", "")
	f.String("max-upload", "default", "")
	f.Int("workers", 1, "")
	f.Bool("strict", false, "")
	f.Duration("grace", 0, "")
	f.Bool("help", false, "")
	return cmd
}

// TestPrecedence checks that a flag overrides its environment variable, the variable overrides the
// settings file, and the file overrides the default.
func TestPrecedence(t *testing.T) {
	for i, c := range []struct {
		flag, variable, file bool
		want                 string
	}{
		{false, false, false, "default"},
		{false, false, true, "of the file"},
		{false, true, false, "of the variable"},
		{false, true, true, "of the variable"},
		{true, false, false, "of the flag"},
		{true, false, true, "of the flag"},
		{true, true, false, "of the flag"},
		{true, true, true, "of the flag"},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			cmd := newTestCommand()
			if c.flag {
				if err := cmd.Flags().Set("max-upload", "of the flag"); err != nil {
					t.Fatal(err)
				}
			}
			if c.variable {
				t.Setenv("MYNAH_MAX_UPLOAD", "of the variable")
			}
			if c.file {
				writeSettings(t, cmd, "max-upload: of the file\n")
			}
			if err := (&app{systemConfig: "none.yaml"}).setFlagsFromSettings(cmd); err != nil {
				t.Fatal(err)
			}
			if got := cmd.Flag("max-upload").Value.String(); got != c.want {
				t.Errorf("the setting is %q, want %q", got, c.want)
			}
		})
	}
}

// writeSettings writes a settings file, sets the flag --config to it, and returns its path.
func writeSettings(t *testing.T, cmd *cobra.Command, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Flags().Set("config", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheFileMayBeNamedByAVariable checks that the variable MYNAH_CONFIG can name the settings
// file.
func TestTheFileMayBeNamedByAVariable(t *testing.T) {
	path := writeSettings(t, newTestCommand(), "listen: here\n")
	t.Setenv("MYNAH_CONFIG", path)
	cmd := newTestCommand()
	if err := (&app{systemConfig: "none.yaml"}).setFlagsFromSettings(cmd); err != nil || cmd.Flag("listen").Value.String() != "here" {
		t.Errorf("listen is %s: %v", cmd.Flag("listen").Value, err)
	}
}

func TestWrongVariables(t *testing.T) {
	t.Setenv("MYNAH_WORKERS", "many")
	t.Setenv("MYNAH_GRACE", "soon")
	t.Setenv("MYNAH_HELP", "true")
	cmd := newTestCommand()
	err := (&app{systemConfig: "none.yaml"}).setFlagsFromSettings(cmd)
	if _, ok := errors.AsType[usageError](err); !ok {
		t.Fatalf("the error is %v", err)
	}
	for _, s := range []string{"MYNAH_WORKERS", "many", "MYNAH_GRACE", "soon"} {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("the error does not contain %q: %v", s, err)
		}
	}
	if cmd.Flag("help").Changed {
		t.Error("a variable has set the flag --help")
	}
}

func TestSettingsFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       string   // LISTEN WORKERS STRICT GRACE
		says       []string // what is wrong with it
	}{
		{"all sorts", "listen: 127.0.0.1:9000 # here\nworkers: 3\nstrict: true\ngrace: 1m30s\n", "127.0.0.1:9000 3 true 1m30s", nil},
		{"empty", "", "default 1 false 0s", nil},
		{"comments alone", "# nothing\n", "default 1 false 0s", nil},
		{"quoted", "listen: \":8080\"\nworkers: '2'", ":8080 2 false 0s", nil},
		{"an unknown name", "listen: here\nwokers: 3\n", "", []string{"settings.yaml:2", `"wokers"`}},
		{"a wrong value", "\nworkers: two\n", "", []string{"settings.yaml:2", `"two"`}},
		{"a list as a value", "workers: [1, 2]\n", "", []string{"settings.yaml:1", "workers must be one value"}},
		{"a map as a value", "workers:\n  all: 1\n", "", []string{"workers must be one value"}},
		{"another file", "config: other.yaml\n", "", []string{`"config"`}},
		{"help", "help: true\n", "", []string{`"help"`}},
		{
			"all mistakes at once", "wokers: 3\ngrace: soon\nlisten: {}\n", "",
			[]string{"settings.yaml:1", "settings.yaml:2", "settings.yaml:3"},
		},
		{"no list of settings", "- listen\n", "", []string{"settings.yaml", "listen: 127.0.0.1:8080"}},
		{"no YAML", "listen: [\n", "", []string{"settings.yaml"}},
		{"the same name twice", "workers: 1\nworkers: 2\n", "", []string{"settings.yaml", "workers"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cmd := newTestCommand()
			err := setFlagsFromFile(cmd.Flags(), writeSettings(t, cmd, c.text), nil)
			if (err != nil) != (len(c.says) > 0) {
				t.Fatalf("the error is %v", err)
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("the error does not contain %q: %v", s, err)
				}
			}
			f := cmd.Flags()
			got := fmt.Sprint(f.Lookup("listen").Value, " ", f.Lookup("workers").Value, " ",
				f.Lookup("strict").Value, " ", f.Lookup("grace").Value)
			if err == nil && got != c.want {
				t.Errorf("the settings are %q, want %q", got, c.want)
			}
		})
	}
}

// TestVariablesReachTheSettings checks the variables of the flags that all commands share.
func TestVariablesReachTheSettings(t *testing.T) {
	a := &app{Streams: Streams{Out: io.Discard}, cfg: house.DefaultConfig()}
	t.Setenv("MYNAH_JOBS", "7")
	t.Setenv("MYNAH_CACHE_DIR", "/elsewhere")
	t.Setenv("MYNAH_NO_CACHE", "true")
	root := a.newRootCommand()
	root.SetArgs([]string{"version"})
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.cfg.Proc.Jobs != 7 || a.cfg.CacheDir != "/elsewhere" || !a.cfg.NoCache {
		t.Errorf("%+v", a.cfg)
	}
}

// TestOnlyScript finds the script of a folder.
func TestOnlyScript(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		files []string
		want  string
		says  []string
	}{
		{[]string{"film.md"}, "film.md", nil},
		{[]string{"film.TXT", "picture.png", "README.md", "LICENSE.txt", ".hidden.md"}, "film.TXT", nil},
		{[]string{"a.md", "script.md", "z.txt"}, "script.md", nil},
		{[]string{"a.md", "b.txt"}, "a.md", nil},
		{[]string{"a.md", "b.md"}, "", []string{"a.md, b.md", "mynah build"}},
		{[]string{"deck.pptx"}, "", []string{"presentation", "deck.pptx"}},
		{[]string{"README.md"}, "", []string{"no script", "mynah init"}},
		{nil, "", []string{"no script"}},
	} {
		dir := t.TempDir()
		for _, name := range c.files {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Mkdir(filepath.Join(dir, "folder.md"), 0o700); err != nil {
			t.Fatal(err)
		}
		got, err := findScriptIn(dir)
		if got != c.want || (err == nil) != (c.says == nil) {
			t.Errorf("%q: %q %v, want %q", c.files, got, err, c.want)
		}
		if err == nil {
			continue
		}
		f := fault.From(err)
		for _, s := range c.says {
			if f.Code != fault.Input || !strings.Contains(f.Public+f.Hint, s) {
				t.Errorf("%q: the error does not contain %q: %s (%s)", c.files, s, f.Public, f.Hint)
			}
		}
	}
}

// TestFormattedFile checks that replacing a script by its formatted text keeps the permissions of
// the file and leaves no other file in the folder.
func TestFormattedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "s.md")
	for _, mode := range []os.FileMode{0o600, 0o664, 0o755} {
		err := errors.Join(os.WriteFile(path, []byte("(pause:   1)\n"), 0o600), os.Chmod(path, mode))
		if err != nil {
			t.Fatal(err)
		}
		a := &app{Streams: Streams{Out: io.Discard, Err: io.Discard}}
		if err := a.formatFileInPlace(path, false, false); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil || string(b) != "(pause: 1)\n" {
			t.Errorf("%q %v", b, err)
		}
		fi, err := os.Stat(path)
		if err != nil || fi.Mode() != mode {
			t.Errorf("%v %v, want %v", fi.Mode(), err, mode)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
			t.Errorf("the folder contains %v %v", left, err)
		}
	}
}

// TestSystemFile checks that a server reads the settings file of the machine, after all others.
func TestSystemFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("HOME", dir)
	path := filepath.Join(dir, "etc.yaml")
	const text = "listen: there\nworkers: 7\nengines:\n  mine:\n    kind: openai\n    url: http://127.0.0.1:9\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MYNAH_WORKERS", "3")
	a := &app{systemConfig: path}
	cmd := a.newServeCommand()
	if err := a.setFlagsFromSettings(cmd); err != nil ||
		cmd.Flag("listen").Value.String() != "there" || cmd.Flag("workers").Value.String() != "3" {
		t.Errorf("listen is %s, workers %s: %v", cmd.Flag("listen").Value, cmd.Flag("workers").Value, err)
	}
	if err := a.readEngineSettings(a.findSystemConfig(cmd)); err != nil || len(a.cfg.Engines.Engines) != 1 {
		t.Errorf("%+v, %v", a.cfg.Engines, err)
	}
	if a.findSystemConfig(a.newCheckCommand()) != "" {
		t.Error("another command has read the machine's settings file")
	}
	a.config = "named.yaml"
	if a.findSystemConfig(cmd) != "" {
		t.Error("the machine's settings file was read in addition to the one named by --config")
	}
}
