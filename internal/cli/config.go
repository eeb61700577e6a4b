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

// configName is the name of files of settings that are found, configFlag the flag that
// names another.
const (
	configName = "mynah.yaml"
	configFlag = "config"
)

// fromFile sets the flags that are still unset from a file; an empty path does nothing. Names
// in others are flags of other commands, which say nothing here.
func fromFile(flags *pflag.FlagSet, path string, others map[string]bool) error {
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--config: the file %s cannot be read", path)
	}
	var settings map[string]yaml.Node
	if err := yaml.Unmarshal(b, &settings); err != nil {
		return fmt.Errorf("--config: %s is not a list of lines like \"listen: 127.0.0.1:8080\": %w", path, err)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		v := settings[name]
		f := flags.Lookup(name)
		switch {
		case slices.Contains(house.VoiceSettingNames(), name) || name == house.HeaderSetting: // others read them
		case f == nil && others[name]:
		case f == nil || name == configFlag || name == "help":
			errs = append(errs, fmt.Errorf("%s:%d: there is no setting %q", path, v.Line, name))
		case v.Kind != yaml.ScalarNode:
			errs = append(errs, fmt.Errorf("%s:%d: %s must be one value", path, v.Line, name))
		case f.Changed:
		default:
			if err := flags.Set(name, v.Value); err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: %w", path, v.Line, err))
			}
		}
	}
	return errors.Join(errs...)
}

// otherFlags are the names of the flags of all commands: one file serves them all.
func otherFlags(cmd *cobra.Command) map[string]bool {
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

// ownConfig is the user's own file of settings; empty if it does not exist.
func ownConfig() string {
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

// systemConfig is the machine's file of settings, which servers read.
const systemConfig = "/etc/" + configName

// systemFile is the machine's file of settings where a command reads it and there is one.
func (a *app) systemFile(cmd *cobra.Command) string {
	path := cmp.Or(a.systemConfig, systemConfig)
	if cmd.Name() != "serve" || a.config != "" {
		return ""
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// readEngines reads which engines and voices there are: from the file that was named, else
// from the machine's, for a server, the user's own and the one in the working folder, of which
// the later go before; and from variables, which go before all. An empty system is no file.
func (a *app) readEngines(system string) error {
	s := house.NewVoiceSettings()
	type file struct {
		path  string
		found bool // only found, not named
	}
	files := []file{{a.config, false}}
	if a.config == "" {
		files = []file{{system, false}, {ownConfig(), false}, {configName, true}}
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
			return usageError{fmt.Errorf("the file of settings %s cannot be read", f.path)}
		}
		s.AddFile(f.path, b, f.found)
	}
	s.AddEnvironment(os.Environ())
	c, err := s.Config(os.Getenv)
	if err != nil {
		return usageError{err}
	}
	a.cfg.Engines = c
	return nil
}
