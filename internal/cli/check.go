package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/pending"
	"mynah/internal/script"
)

func (a *app) checkCommand() *cobra.Command {
	f := &buildFlags{}
	cmd := &cobra.Command{
		Use:   "check [DIR|SCRIPT]",
		Short: "Reports everything that is wrong with a script and its files",
		Args:  checkArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			all := []*buildFlags{f}
			if f.allLanguages {
				if f.language != "" {
					return usageError{errors.New("--all-languages goes without --language")}
				}
				var err error
				if all, args, err = f.flagsByLanguage(args); err != nil {
					return a.reportError(f.json, err)
				}
			}
			list, sources, err := a.checkEach(cmd.Context(), all, args)
			if err != nil {
				return a.reportError(f.json, err)
			}
			return a.checked(f, list, sources)
		},
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.json, "json", false, "print the findings as JSON")
	fl.BoolVar(&f.strict, "strict", false, "unknown names are errors")
	fl.StringVar(&f.size, "size", "", "check the video as 720p, 1080p, 4k or WIDTHxHEIGHT, instead of the header's size")
	fl.StringVar(&f.language, "language", "", "check the script's translation, as de for script.de.md beside script.md")
	fl.BoolVar(&f.allLanguages, "all-languages", false, "check the script and all of its translations")
	fl.StringArrayVar(&f.vars, "var", nil, "NAME=VALUE of a {{NAME}} in the script; may be repeated")
	fl.StringVar(&f.root, "root", "", "the project's folder (default: the script's folder)")
	return cmd
}

func (a *app) checked(f *buildFlags, list diag.List, sources map[string][]byte) error {
	if f.json {
		told := list.Limit()
		if told == nil {
			told = diag.List{}
		}
		e := json.NewEncoder(a.Out)
		e.SetIndent("", "  ")
		if err := e.Encode(told); err != nil {
			return err
		}
	} else {
		a.render(list, sources)
		if len(list) == 0 {
			fmt.Fprintln(a.Out, "nothing is wrong")
		}
	}
	if list.HasErrors() {
		return &silentError{exitScript}
	}
	return nil
}

func (a *app) fmtCommand() *cobra.Command {
	var list, stdout bool
	cmd := &cobra.Command{
		Use:   "fmt [SCRIPT …]",
		Short: "Writes scripts in the usual form, unchanged in meaning",
		Long: `Writes scripts in the usual form, unchanged in meaning. Without a script it reads
the standard input and prints to the standard output.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				src, err := io.ReadAll(a.In)
				if err != nil {
					return err
				}
				out, err := a.format("stdin", src)
				if err != nil {
					return err
				}
				_, err = a.Out.Write(out)
				return err
			}
			for _, path := range args {
				if err := a.formatFile(path, list, stdout); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&list, "list", "l", false, "print the names of the scripts that would change, change none")
	cmd.Flags().BoolVar(&stdout, "stdout", false, "print the result, change no file")
	return cmd
}

func (a *app) format(name string, src []byte) ([]byte, error) {
	out, found := script.Format(name, src)
	if found.HasErrors() {
		a.render(found, map[string][]byte{name: src})
		return nil, &silentError{exitScript}
	}
	return out, nil
}

func (a *app) formatFile(path string, list, stdout bool) error {
	src, err := os.ReadFile(path)
	if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		return fault.New(fault.Usage, nil, "%q is a folder", path).WithHint("name the scripts: mynah fmt %s", filepath.Join(path, "*.md"))
	} else if errors.Is(statErr, fs.ErrNotExist) {
		return fault.New(fault.Input, nil, "there is no script %q", path).WithHint("name a .md or .txt file")
	}
	if err != nil {
		return fault.New(fault.Input, nil, "the script %q cannot be read", path)
	}
	out, err := a.format(filepath.ToSlash(path), src)
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
	if err := rewrite(path, out); err != nil {
		return fault.New(fault.Disk, err, "the script %q cannot be written", path)
	}
	return nil
}

// rewrite gives a file new content, all of it or nothing, under the permissions it has.
func rewrite(path string, content []byte) error {
	fi, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := pending.Create(path)
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
