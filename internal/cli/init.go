package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mynah/examples"
	"mynah/internal/fault"
)

func (a *app) newInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Creates a starter project that is ready to build",
		Args:  withUsageErrors(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if err := writeStarterProject(dir); err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "created %s and its pictures\nnext: mynah build %s\nfor better voices: mynah voices available --language en\n",
				filepath.Join(dir, "script.md"), dir)
			return nil
		},
	}
}

// writeStarterProject copies the starter project into a folder. It replaces no file.
func writeStarterProject(dir string) error {
	files, err := fs.Sub(examples.Tour(), "tour")
	if err != nil {
		return err
	}
	names, err := fs.Glob(files, "*")
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, err := os.Lstat(filepath.Join(dir, n)); err == nil {
			return fault.New(fault.Usage, nil, "%s already exists", filepath.Join(dir, n)).
				WithHint("choose an empty folder, such as: mynah init tour")
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a folder of the user's, readable for all
		return fault.New(fault.Disk, err, "the folder %q cannot be created", dir)
	}
	var errs []error
	for _, n := range names {
		b, err := fs.ReadFile(files, n)
		errs = append(errs, err, os.WriteFile(filepath.Join(dir, n), b, 0o644)) //nolint:gosec // as above
	}
	if err := errors.Join(errs...); err != nil {
		return fault.New(fault.Disk, err, "the starter project cannot be written")
	}
	return nil
}
