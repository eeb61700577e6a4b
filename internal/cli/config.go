package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"mynah/internal/house"
)

// configName is the name of settings files that are found without a flag; configFlag is the flag
// for another file.
const (
	configName = "mynah.yaml"
	configFlag = "config"
)

// setFlagsFromFile sets flags that are still unset from a settings file; an empty path does nothing.
// Settings in others belong to flags of other commands and are skipped.
func setFlagsFromFile(flags *pflag.FlagSet, path string, others map[string]bool) error {
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--config: the file %s cannot be read", path)
	}
	var settings map[string]yaml.Node
	if err := yaml.Unmarshal(b, &settings); err != nil {
		return fmt.Errorf("--config: %s must have lines such as \"listen: 127.0.0.1:8080\": %w", path, err)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		v := settings[name]
		f := flags.Lookup(name)
		switch {
		case slices.Contains(house.ListVoiceSettingNames(), name) || name == house.HeaderSetting: // read elsewhere
		case f == nil && others[name]:
		case f == nil || name == configFlag || name == "help":
			errs = append(errs, fmt.Errorf("%s:%d: unknown setting %q", path, v.Line, name))
		case v.Kind != yaml.ScalarNode:
			errs = append(errs, fmt.Errorf("%s:%d: %s must be one value", path, v.Line, name))
		case f.Changed || isCommandLineOnly(f):
		default:
			if err := flags.Set(name, v.Value); err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: %w", path, v.Line, err))
			}
		}
	}
	return errors.Join(errs...)
}

// listAllFlagNames returns the names of the flags of all commands, since one settings file serves them
// all.
func listAllFlagNames(cmd *cobra.Command) map[string]bool {
	out := map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { out[f.Name] = true })
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(cmd.Root())
	return out
}

// findUserConfig returns the path of the user's settings file, or "" if it does not exist.
func findUserConfig() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	path := filepath.Join(dir, "mynah", configName)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// systemConfig is the machine's settings file, which servers read.
const systemConfig = "/etc/" + configName

// findSystemConfig returns the machine's settings file if it exists and the command reads it.
func (a *app) findSystemConfig(cmd *cobra.Command) string {
	path := cmp.Or(a.systemConfig, systemConfig)
	if cmd.Name() != "serve" || a.config != "" {
		return ""
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// readEngineSettings reads the engines and voices of the settings. The sources are environment
// variables, then the file of --config; without that file, mynah.yaml of the current folder, the
// user's own, and for a server the machine's (system, "" for none). Earlier sources override
// later ones.
func (a *app) readEngineSettings(system string) error {
	s := house.NewVoiceSettings()
	type file struct {
		path  string
		found bool // found, not given by --config
	}
	files := []file{{a.config, false}}
	if a.config == "" {
		files = []file{{system, false}, {findUserConfig(), false}, {configName, true}}
	}
	for _, f := range files {
		if f.path == "" {
			continue
		}
		b, err := os.ReadFile(f.path)
		if errors.Is(err, os.ErrNotExist) && f.found {
			continue
		}
		if err != nil {
			return usageError{fmt.Errorf("the settings file %s cannot be read", f.path)}
		}
		s.AddFile(f.path, b, f.found)
	}
	s.AddEnvironment(os.Environ())
	c, err := s.ParseEngines(os.Getenv)
	if err != nil {
		return usageError{err}
	}
	a.cfg.Engines = c
	return nil
}
