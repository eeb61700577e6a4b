package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/studio"
	"mynah/internal/voice"
)

func (a *app) voicesCommand() *cobra.Command {
	var language string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "voices",
		Short: "Lists the voices, installs and removes neural ones",
		Long: `Lists the voices that can be used here: those of the installed programs, installed
neural voices, and those of the engines that mynah.yaml names. A voice of such an engine
is called by the name that mynah.yaml gives it, or ENGINE/ID.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := a.open()
			if err != nil {
				return err
			}
			defer h.Close()
			voices := []voice.Voice{}
			for _, v := range h.Booth.Voices(cmd.Context()) {
				if language == "" || speaks(v, language) {
					voices = append(voices, v)
				}
			}
			if asJSON {
				e := json.NewEncoder(a.Out)
				e.SetIndent("", "  ")
				return e.Encode(voices)
			}
			if len(voices) == 0 && language == "" {
				return fault.New(fault.ToolMissing, nil, "no speech engine is installed").WithHint("apt-get install espeak-ng flite")
			}
			if len(voices) == 0 {
				return fault.New(fault.Usage, nil, "no voice speaks %q", language).WithHint("mynah voices lists all languages")
			}
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
			for _, v := range voices {
				note := ""
				if v.Limited {
					note = "limited"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", v.Name, v.Language, v.LanguageName, v.Gender, v.Engine, note)
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringVar(&language, "language", "", "those of one language only, as de, pt-BR or German")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	cmd.AddCommand(a.voicesInstallCommand(), a.voicesRemoveCommand())
	return cmd
}

func (a *app) voicesInstallCommand() *cobra.Command {
	var index string
	f := &buildFlags{}
	cmd := &cobra.Command{
		Use:   "install NAME|FILE|URL",
		Short: "Installs a neural voice",
		Long: `Installs a neural voice in Piper's format: by its name in the public list, from an
address of a model or an archive, or from a file (NAME.onnx with NAME.onnx.json beside
it, .tar.gz or .zip). What is fetched is checked against the list's checksum, a .sha256
beside the address, or #sha256=HEX at its end. A transfer that breaks goes on where it
ended, also the next time.`,
		Example: `  mynah voices install en_GB-alba-medium
  mynah voices install https://example.com/de_DE-eva-low.onnx#sha256=0f3a…
  mynah voices install ./my-voice.zip`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			installer, err := house.NewInstaller(a.cfg, index)
			if err != nil {
				return err
			}
			r := a.reporter(f)
			in, err := installer.Install(cmd.Context(), args[0], func(done float64) {
				r.progress(studio.Progress{Phase: "fetching the voice", Percent: 100 * done})
			})
			r.close(err == nil)
			if err != nil {
				return err
			}
			if f.json {
				return json.NewEncoder(a.Out).Encode(map[string]any{
					"event": "installed", "voice": "piper/" + in.Voice.Name, "language": in.Voice.Language(), "checked": in.Checked, "same": in.Same,
				})
			}
			note := ""
			if !in.Checked && strings.Contains(args[0], "://") {
				note = "; there was no checksum to check it against"
			}
			if in.Same {
				note = "; it was there already"
			}
			fmt.Fprintf(a.Out, "piper/%s  %s, in %s%s\n", in.Voice.Name, in.Voice.Language(), filepath.Dir(in.Voice.Model), note)
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&index, "voices-index", "", "address of a list of voices (default: Piper's public one)")
	fl.BoolVar(&f.json, "json", false, "print progress and result as lines of JSON")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "show no progress")
	return cmd
}

func (a *app) voicesRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Removes an installed neural voice",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			name := strings.TrimPrefix(args[0], "piper/")
			if err := house.RemoveVoice(a.cfg, name); err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "removed %s\n", name)
			return nil
		},
	}
}

// speaks tells whether a voice is of a language given as a tag, its beginning, or a name.
func speaks(v voice.Voice, language string) bool {
	tag, want := strings.ToLower(v.Language), strings.ToLower(language)
	name := strings.ToLower(v.LanguageName)
	return tag == want || strings.HasPrefix(tag, want+"-") || name == want || strings.HasPrefix(name, want+" ")
}
