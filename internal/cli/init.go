package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mynah/examples"
	"mynah/internal/fault"
)

func (a *app) newInitCommand() *cobra.Command {
	var name string
	var list strings.Builder
	var names []string
	for _, t := range examples.ListTemplates() {
		fmt.Fprintf(&list, "  %-12s %s\n", t.Name, t.Help)
		names = append(names, t.Name)
	}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Creates a starter project that is ready to build",
		Long: "Creates a starter project in a folder, by default the current one. It replaces no file.\n\nTemplates:\n" +
			strings.TrimRight(list.String(), "\n"),
		Example: "  mynah init tour\n  mynah init --template course lesson",
		Args:    withUsageErrors(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			k := slices.Index(names, strings.ToLower(name))
			if k < 0 {
				return usageError{fmt.Errorf("--template %q: must be %s", name, strings.Join(names, ", "))}
			}
			t := examples.ListTemplates()[k]
			if err := writeStarterProject(t.Name, dir); err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "created %s and the files that it needs\nnext: mynah build %s%s\n"+
				"for better voices: mynah voices available --language en\n", filepath.Join(dir, "script.md"), dir, t.Options)
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "template", names[0], "which starter project: "+strings.Join(names, ", "))
	return cmd
}

// writeStarterProject copies a starter project into a folder. It replaces no file.
func writeStarterProject(template, dir string) error {
	files, err := examples.OpenTemplate(template)
	if err != nil {
		return err
	}
	var names []string
	err = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(n))); err == nil {
			return fault.New(fault.Usage, nil, "%s already exists", filepath.Join(dir, filepath.FromSlash(n))).
				WithHint("choose an empty folder, such as: mynah init tour")
		}
	}
	var errs []error
	for _, n := range names {
		path := filepath.Join(dir, filepath.FromSlash(n))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a folder of the user's, readable for all
			return fault.New(fault.Disk, err, "the folder %q cannot be created", filepath.Dir(path))
		}
		b, err := fs.ReadFile(files, n)
		errs = append(errs, err, os.WriteFile(path, b, 0o644)) //nolint:gosec // as above
	}
	if err := errors.Join(errs...); err != nil {
		return fault.New(fault.Disk, err, "the starter project cannot be written")
	}
	return nil
}
