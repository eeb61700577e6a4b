package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/pending"
	"mynah/internal/script"
)

func (a *app) newCheckCommand() *cobra.Command {
	f := &buildFlags{}
	var format string
	cmd := &cobra.Command{
		Use:   "check [DIR|SCRIPT]",
		Short: "Reports everything that is wrong with a script and its files",
		Long: `Reports everything that is wrong with a script and its files, without building the video:
each finding with its place, what is allowed, and what to write instead. The exit code is 3
if the script has errors; warnings alone leave it at 0.

--format github prints the findings as workflow commands, which GitHub Actions shows at
their lines in a pull request. File names are then relative to the working directory.`,
		Example: `  mynah check
  mynah check lesson/script.md --strict
  mynah check lesson --all-languages --format github`,
		Args: withUsageErrors(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := chooseCheckFormat(format, f.json, a.onCommandLine["json"])
			if err != nil {
				return usageError{err}
			}
			f.json = format == formatJSON
			err = a.checkScript(cmd.Context(), f, format, args)
			if format == formatGitHub {
				return a.reportErrorToGitHub(err)
			}
			return err
		},
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.json, "json", false, "print the findings as JSON; the same as --format json")
	// subtitles has a --format too, whose values in settings mean nothing here.
	fl.StringVar(&format, "format", "", "format of the findings: "+strings.Join(listCheckFormats(),
		", ")+` (default "text")`)
	fl.Lookup("format").Annotations = map[string][]string{commandLineOnly: nil}
	fl.BoolVar(&f.strict, "strict", false, "treat unknown names as errors")
	fl.StringVar(&f.size, "size", "", "check for this size instead of the header's: 720p, 1080p, 4k or WIDTHxHEIGHT")
	fl.StringVar(&f.language, "language", "", "check the script's translation, such as de for script.de.md next to script.md")
	fl.BoolVar(&f.allLanguages, "all-languages", false, "check the script and all of its translations")
	fl.StringArrayVar(&f.vars, "var", nil, "set {{NAME}} in the script: NAME=VALUE; may be repeated")
	fl.StringVar(&f.root, "root", "", "the project's folder (default: the script's folder)")
	return cmd
}

const (
	formatText   = "text"
	formatJSON   = "json"
	formatGitHub = "github"
)

// listCheckFormats lists the formats in which findings can be printed.
func listCheckFormats() []string { return []string{formatText, formatJSON, formatGitHub} }

// chooseCheckFormat returns the output format for --format and --json. If --json comes from a settings
// file or a variable (inArgs is false), --format overrides it.
func chooseCheckFormat(format string, asJSON, inArgs bool) (string, error) {
	switch {
	case format == "" && asJSON:
		return formatJSON, nil
	case format == "":
		return formatText, nil
	case !slices.Contains(listCheckFormats(), format):
		return "", fmt.Errorf("unknown format %q: use %s", format, strings.Join(listCheckFormats(), ", "))
	case inArgs && asJSON && format != formatJSON:
		return "", fmt.Errorf("--json and --format %s cannot be used together", format)
	}
	return format, nil
}

func (a *app) checkScript(ctx context.Context, f *buildFlags, format string, args []string) error {
	all := []*buildFlags{f}
	if f.allLanguages {
		if f.language != "" {
			return usageError{errors.New("--all-languages cannot be combined with --language")}
		}
		var err error
		if all, args, err = f.listFlagsByLanguage(args); err != nil {
			return a.reportErrorAs(f.json, err)
		}
	}
	list, sources, err := a.checkLanguages(ctx, all, args)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	switch format {
	case formatJSON:
		err = a.printFindingsAsJSON(list)
	case formatGitHub:
		err = a.printWorkflowCommands(f, list, args)
	default:
		a.printFindings(list, sources)
		if len(list) == 0 {
			fmt.Fprintln(a.Out, "no mistakes found")
		}
	}
	if err == nil && list.HasErrors() {
		return &silentError{exitScript}
	}
	return err
}

func (a *app) printFindingsAsJSON(list diag.List) error {
	list = list.LimitToPrinted()
	if list == nil {
		list = diag.List{}
	}
	return a.printJSON(list)
}

func (a *app) newFmtCommand() *cobra.Command {
	var list, stdout bool
	cmd := &cobra.Command{
		Use:   "fmt [SCRIPT …]",
		Short: "Formats scripts without changing what they mean",
		Long: `Formats scripts without changing what they mean. Without a script it reads
the standard input and prints to the standard output.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				src, err := io.ReadAll(a.In)
				if err != nil {
					return err
				}
				out, err := a.formatScript("stdin", src)
				if err != nil {
					return err
				}
				_, err = a.Out.Write(out)
				return err
			}
			for _, path := range args {
				if err := a.formatFileInPlace(path, list, stdout); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&list, "list", "l", false, "print the names of the scripts that would change, without changing them")
	cmd.Flags().BoolVar(&stdout, "stdout", false, "print the result without changing files")
	return cmd
}

func (a *app) formatScript(name string, src []byte) ([]byte, error) {
	out, found := script.Format(name, src)
	if found.HasErrors() {
		a.printFindings(found, map[string][]byte{name: src})
		return nil, &silentError{exitScript}
	}
	return out, nil
}

func (a *app) formatFileInPlace(path string, list, stdout bool) error {
	src, err := os.ReadFile(path)
	if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		return fault.New(fault.Usage, nil, "%q is a folder", path).
			WithHint("name the scripts: mynah fmt %s", filepath.Join(path, "*.md"))
	} else if errors.Is(statErr, fs.ErrNotExist) {
		return fault.New(fault.Input, nil, "there is no script %q", path).WithHint("name a .md or .txt file")
	}
	if err != nil {
		return fault.New(fault.Input, nil, "the script %q cannot be read", path)
	}
	out, err := a.formatScript(filepath.ToSlash(path), src)
	if err != nil {
		return err
	}
	switch {
	case stdout:
		_, err = a.Out.Write(out)
		return err
	case bytes.Equal(src, out):
		return nil
	case list:
		fmt.Fprintln(a.Out, path)
		return nil
	}
	if err := replaceContent(path, out); err != nil {
		return fault.New(fault.Disk, err, "the script %q cannot be written", path)
	}
	return nil
}

// replaceContent gives a file new content, all of it or nothing, under the permissions it has.
func replaceContent(path string, content []byte) error {
	fi, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := pending.CreateFile(path)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := f.Chmod(fi.Mode().Perm()); err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return err
	}
	return f.Publish()
}
