package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/voice"
)

func (a *app) newDoctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Checks the programs that Mynah uses",
		Long: `Shows which of the programs that Mynah uses are installed, their versions, what they
lack, and the commands that install them. The exit code is 4 if a program that every
build needs is missing.`,
		Args: withUsageErrors(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := a.newHouse()
			if err != nil {
				return err
			}
			defer h.Close()
			tools := h.CheckTools(cmd.Context())
			if asJSON {
				if err := a.printJSON(tools); err != nil {
					return err
				}
			} else {
				a.printTools(tools)
				a.printVoiceAdvice(cmd.Context(), h)
			}
			for _, t := range tools {
				if t.Needed && !t.IsComplete() {
					return &silentError{exitTool}
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// printVoiceAdvice prints how to get better voices if no neural voice is installed.
func (a *app) printVoiceAdvice(ctx context.Context, h *house.House) {
	for _, v := range h.Booth.ListVoices(ctx) {
		if v.Engine != voice.EngineEspeak && v.Engine != voice.EngineFlite {
			return
		}
	}
	fmt.Fprintln(a.Out, "\nOnly the built-in voices are installed. For better ones: mynah voices available --language en")
}

func (a *app) printTools(tools []house.Tool) {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, t := range tools {
		state := "ok"
		switch {
		case !t.Found && t.Needed:
			state = "MISSING"
		case !t.Found:
			state = "missing"
		case len(t.Missing) > 0:
			state = "LACKS " + strings.Join(t.Missing, ", ")
		}
		detail := cmp.Or(t.Version, t.Path)
		if !t.IsComplete() {
			detail = "install: " + t.Install
		}
		if !t.IsComplete() && t.Advice != "" {
			detail = t.Advice
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.Name, state, t.For, detail)
	}
	_ = w.Flush()
}

func (a *app) newCacheCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Shows and prunes the cache",
		Long:  "The cache keeps results that take long to make: narration, pictures, coded segments. Deleting it is always safe.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command cache %s: use cache ls or cache prune", args[0])}
			}
			return cmd.Help()
		},
	}
	var asJSON bool
	ls := &cobra.Command{
		Use: "ls", Short: "Shows what is in the cache", Args: withUsageErrors(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			store, err := house.OpenCache(a.cfg)
			if err != nil {
				return err
			}
			usage, err := store.ListUsage()
			if err != nil {
				return fault.New(fault.Disk, err, "the cache cannot be read")
			}
			if asJSON {
				return a.printJSON(usage)
			}
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
			var entries int
			var bytes int64
			for _, u := range usage {
				fmt.Fprintf(w, "%s\t%d\t%s\t\n", u.Kind, u.Entries, formatSize(u.Bytes))
				entries += u.Entries
				bytes += u.Bytes
			}
			fmt.Fprintf(w, "all\t%d\t%s\t\n", entries, formatSize(bytes))
			_ = w.Flush()
			fmt.Fprintf(a.Out, "in %s\n", store.Dir())
			return nil
		},
	}
	ls.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	var limit string
	prune := &cobra.Command{
		Use: "prune", Short: "Removes the least recently used entries", Args: withUsageErrors(cobra.NoArgs),
		Example: "  mynah cache prune --max-size 2GB\n  mynah cache prune --max-size 0",
		RunE: func(*cobra.Command, []string) error {
			n, err := humanize.ParseBytes(limit)
			if err != nil || n > 1<<62 {
				return usageError{fmt.Errorf("--max-size %q: must be a size such as 500MB, 2GB or 0", limit)}
			}
			store, err := house.OpenCache(a.cfg)
			if err != nil {
				return err
			}
			gone, err := store.Prune(int64(n))
			if err != nil {
				return fault.New(fault.Disk, err, "the cache cannot be pruned")
			}
			fmt.Fprintf(a.Out, "removed %d entries, %s\n", gone.Entries, formatSize(gone.Bytes))
			if gone.Left > int64(n) {
				fmt.Fprintf(a.Out, "%s are left, because running builds use them\n", formatSize(gone.Left))
			}
			return nil
		},
	}
	prune.Flags().StringVar(&limit, "max-size", "10GB", "size of the cache afterwards, at most")
	cmd.AddCommand(ls, prune)
	return cmd
}

func formatSize(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }

const version = "0.1.0"

func (a *app) newVersionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "version", Short: "Prints the version", Args: withUsageErrors(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			revision := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						revision = s.Value
					}
				}
			}
			if asJSON {
				return json.NewEncoder(a.Out).Encode(map[string]string{
					"version": version, "revision": revision, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
				})
			}
			fmt.Fprintf(a.Out, "mynah %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}
