// Package cli is the command line of Mynah, with one file per command. It reads flags, calls the
// packages below and prints: words and progress bars for people, JSON lines and exit codes for
// programs.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/similar"
	"mynah/internal/studio"
)

// The exit codes, as documented in the help.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitScript      = 3
	exitTool        = 4
	exitInterrupted = 130
)

// Streams are the input and outputs of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Program is the path of this binary, which is started for work in other processes. If it is empty, neural models
	// run in this process.
	Program string
}

// app is the state that all commands share.
type app struct {
	Streams
	cfg house.Config
	// systemConfig replaces the path of the machine's settings file in tests; empty means the
	// usual path.
	systemConfig string
	// config is the settings file given by --config.
	config string
	// onCommandLine contains the flags of the command line, without those that variables and
	// settings files set.
	onCommandLine map[string]bool
	// command is the command that ran, for its help in messages.
	command *cobra.Command
}

// usageError marks a wrong command line.
type usageError struct{ error }

// Main runs a command line and returns its exit code.
func Main(ctx context.Context, s Streams, args []string) int {
	a := &app{Streams: s, cfg: house.DefaultConfig()}
	a.cfg.Program = s.Program
	root := a.newRootCommand() //nolint:contextcheck // commands get theirs when they run
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	cmd, err := root.ExecuteContextC(ctx)
	a.command = cmd
	return a.printErrorAndCode(err)
}

func (a *app) newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "mynah",
		Short: "Turns Markdown scripts into narrated videos, on your own machine",
		Long: `Mynah turns a Markdown script and its pictures, clips and sounds into a narrated
video, on your own machine, offline.

  mynah init tour        creates a starter project
  mynah build tour       builds its video
  mynah doctor           checks the programs that Mynah uses

Exit codes: 0 done, 1 failed (full disk or bug), 2 wrong command line, 3 the script or one of its files
has errors, 4 a program is missing or fails, 130 interrupted.
Every flag can also be set by an environment variable (--cache-dir: MYNAH_CACHE_DIR) or
by a line of mynah.yaml (cache-dir: FOLDER), which also configures engines and voices; see
docs/voices.md.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.setFlagsFromSettings(cmd)
		},
	}
	root.Version = version
	root.SetVersionTemplate("mynah {{.Version}} " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + "\n")
	root.SetFlagErrorFunc(toUsageError)
	f := root.PersistentFlags()
	f.StringVar(&a.config, "config", "",
		"settings file (default: mynah.yaml in your configuration folder and in the current folder)")
	f.StringVar(&a.cfg.VoicesDir, "voices-dir", "",
		"folder of installed voices (default: mynah/voices in your data folder)")
	f.StringVar(&a.cfg.CacheDir, "cache-dir", "", "cache folder (default: mynah in your cache folder)")
	f.BoolVar(&a.cfg.NoCache, "no-cache", false, "rebuild everything, without the cache")
	f.StringVar(&a.cfg.Slide.Program, "chromium", "", "browser that draws slides (default: the first of chromium-headless-shell, chromium and others)")
	f.IntVarP(&a.cfg.Proc.Jobs, "jobs", "j", a.cfg.Proc.Jobs, "number of programs that run at once")
	root.AddCommand(a.newBuildCommand(), a.newWatchCommand(), a.newBenchCommand(), a.newSnapshotCommand(),
		a.newSubtitlesCommand(), a.newCheckCommand(), a.newFmtCommand(), a.newSayCommand(), a.newVoicesCommand(),
		a.newDoctorCommand(), a.newCacheCommand(), a.newVersionCommand(), a.newInitCommand(), a.newServeCommand(), a.newKeysCommand(), a.newClientCommand(),
		a.newCellCommand())
	root.InitDefaultCompletionCmd()
	return root
}

// toUsageError turns an error of flag parsing into a usage error, and suggests a flag for an unknown
// one.
func toUsageError(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok || unknown.GetSpecifiedShortnames() != "" {
		return usageError{err}
	}
	name := unknown.GetSpecifiedName()
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	text := "unknown flag --" + name
	if near, ok := similar.FindNearest(name, known); ok {
		text += "; did you mean --" + near + "?"
	}
	return usageError{errors.New(text)}
}

// commandLineOnly marks a flag that neither variables nor settings files set.
const commandLineOnly = "command-line-only"

func isCommandLineOnly(f *pflag.Flag) bool {
	_, marked := f.Annotations[commandLineOnly]
	return marked || f.Name == "help" || f.Name == "version"
}

// setFlagsFromSettings sets flags that are not on the command line from MYNAH_* variables and
// settings files.
func (a *app) setFlagsFromSettings(cmd *cobra.Command) error {
	a.onCommandLine = map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { a.onCommandLine[f.Name] = true })
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "MYNAH_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		v, ok := os.LookupEnv(name)
		if !ok || f.Changed || isCommandLineOnly(f) {
			return
		}
		if err := cmd.Flags().Set(f.Name, v); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	})
	path := findUserConfig()
	if f := cmd.Flags().Lookup(configFlag); f != nil && f.Value.String() != "" {
		path = f.Value.String()
	}
	errs = append(errs, setFlagsFromFile(cmd.Flags(), path, listAllFlagNames(cmd)), setFlagsFromFile(cmd.Flags(), a.findSystemConfig(cmd), listAllFlagNames(cmd)))
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	return nil
}

// withUsageErrors wraps cobra's check of arguments so that its errors are usage errors.
func withUsageErrors(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

// newHouse creates the parts of Mynah from the configuration.
func (a *app) newHouse() (*house.House, error) {
	if err := a.readEngineSettings(""); err != nil {
		return nil, err
	}
	if err := a.cfg.Validate(); err != nil {
		return nil, usageError{err}
	}
	return house.New(a.cfg)
}

// printErrorAndCode prints an error and returns its exit code.
func (a *app) printErrorAndCode(err error) int {
	if err == nil {
		return exitDone
	}
	if silent, ok := errors.AsType[*silentError](err); ok {
		return silent.code
	}
	var usage usageError
	// Cobra's error for an unknown command has no type.
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command") {
		path := "mynah"
		if a.command != nil {
			path = a.command.CommandPath()
		}
		fmt.Fprintf(a.Err, "mynah: %v\nRun '%s --help' for usage.\n", err, path)
		return exitUsage
	}
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		a.printFindings(wrong.List, wrong.Sources)
		return exitScript
	}
	f := fault.From(err)
	fmt.Fprintf(a.Err, "mynah: %s\n", formatFault(f, err))
	if f.Hint != "" {
		fmt.Fprintf(a.Err, "  help: %s\n", f.Hint)
	}
	return chooseExitCode(f.Code)
}

// formatFault returns the text of a fault for a person at this machine: its public sentence and its
// cause.
func formatFault(f *fault.Error, err error) string {
	if f.Code == fault.Internal {
		return err.Error()
	}
	if f.Code == fault.Cancelled || f.Code == fault.ToolMissing || f.Cause == nil || strings.Contains(f.Public, f.Cause.Error()) {
		return f.Public
	}
	return f.Public + ": " + f.Cause.Error()
}

// chooseExitCode maps faults to exit codes.
func chooseExitCode(c fault.Code) int {
	switch c {
	case fault.Usage:
		return exitUsage
	case fault.Script, fault.Input:
		return exitScript
	case fault.ToolMissing, fault.ToolFailed, fault.Budget:
		return exitTool
	case fault.Cancelled:
		return exitInterrupted
	default:
		return exitFailed
	}
}

// silentError ends a command that has already printed its error.
type silentError struct{ code int }

// Error implements error.
func (e *silentError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// isTerminal reports whether a stream is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// printFindings prints findings with the source lines they point to.
func (a *app) printFindings(list diag.List, sources map[string][]byte) {
	_ = diag.RenderFindings(a.Err, list, func(file string) ([]byte, bool) {
		b, ok := sources[file]
		return b, ok
	}, diag.Options{Color: isTerminal(a.Err) && os.Getenv("NO_COLOR") == ""})
}
