package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/meter"
	"mynah/internal/studio"
	"mynah/internal/voice"
)

// voicesFlags are the flags of mynah voices.
type voicesFlags struct {
	language, engine, gender string
	json                     bool
}

func (a *app) newVoicesCommand() *cobra.Command {
	f := &voicesFlags{}
	cmd := &cobra.Command{
		Use:   "voices",
		Short: "Lists the voices, installs and removes neural ones",
		Long: `Lists the voices that can be used here: those of installed programs, installed neural
voices, and those of the engines in mynah.yaml. A voice of such an engine has the name
that mynah.yaml gives it, or ENGINE/ID. The default voice of each language is marked.`,
		Example: `  mynah voices --language de
  mynah voices sample marlene -o marlene.mp3
  mynah voices available --language de
  mynah voices install de_DE-thorsten-medium`,
		Args: withUsageErrors(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.printVoices(cmd.Context(), f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.language, "language", "", "only voices of this language, such as de, pt-BR or German")
	fl.StringVar(&f.engine, "engine", "", "only voices of this engine, such as flite, espeak-ng or piper")
	fl.StringVar(&f.gender, "gender", "", "only voices of this gender: female or male")
	fl.BoolVar(&f.json, "json", false, "print the voices as JSON")
	cmd.AddCommand(a.newVoicesAvailableCommand(), a.newVoicesSampleCommand(), a.newVoicesInstallCommand(),
		a.newVoicesRemoveCommand())
	return cmd
}

func (a *app) printVoices(ctx context.Context, f *voicesFlags) error {
	if f.gender != "" && f.gender != string(voice.Female) && f.gender != string(voice.Male) {
		return usageError{fmt.Errorf("--gender %q: must be female or male", f.gender)}
	}
	h, err := a.newHouse()
	if err != nil {
		return err
	}
	defer h.Close()
	all := h.Booth.ListVoices(ctx)
	voices := []voice.Voice{}
	engines := map[string]bool{}
	for _, v := range all {
		engines[v.Engine] = true
		if (f.language == "" || speaksLanguage(v, f.language)) && (f.engine == "" || v.Engine == f.engine) &&
			(f.gender == "" || string(v.Gender) == f.gender) {
			voices = append(voices, v)
		}
	}
	if f.json {
		return a.printJSON(voices)
	}
	switch {
	case len(all) == 0:
		return fault.New(fault.ToolMissing, nil, "no speech engine is installed").WithHint("%s",
			house.FormatVoiceInstallHint())
	case f.engine != "" && !engines[f.engine]:
		return fault.New(fault.Usage, nil, "unknown engine %q", f.engine).
			WithHint("available engines: %s", strings.Join(slices.Sorted(maps.Keys(engines)), ", "))
	case len(voices) == 0 && f.language != "":
		return fault.New(fault.Usage, nil, "no voice speaks %q", f.language).
			WithHint("run mynah voices to list all languages; run mynah voices available --language %s to see what can be installed", f.language)
	case len(voices) == 0:
		return fault.New(fault.Usage, nil, "no voice matches").WithHint("run mynah voices to list all")
	}
	defaults := map[string]string{}
	for _, v := range voices {
		if _, ok := defaults[v.Language]; !ok {
			d, _ := h.Booth.Resolve(ctx, "", v.Language)
			defaults[v.Language] = d.Name
		}
	}
	fmt.Fprintln(a.Out, formatVoiceCounts(voices))
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tCODE\tLANGUAGE\tGENDER\tENGINE\tNOTE")
	for _, v := range voices {
		var notes []string
		if defaults[v.Language] == v.Name {
			notes = append(notes, "default")
		}
		if v.Limited {
			notes = append(notes, "limited")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", v.Name, v.Language, v.LanguageName, v.Gender, v.Engine, strings.Join(notes, ", "))
	}
	return w.Flush()
}

// formatVoiceCounts counts voices by language: "27 English, 6 German and 30 of 14 more languages".
func formatVoiceCounts(voices []voice.Voice) string {
	const most = 6
	count := map[string]int{}
	for _, v := range voices {
		name, _, _ := strings.Cut(v.LanguageName, " (")
		count[name]++
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
	var parts []string
	left := len(voices)
	for _, n := range names[:min(len(names), most)] {
		parts = append(parts, fmt.Sprintf("%d %s", count[n], n))
		left -= count[n]
	}
	text := strings.Join(parts, ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d of %d more languages", left, more)
	}
	return fmt.Sprintf("%d voices: %s", len(voices), text)
}

func (a *app) newVoicesAvailableCommand() *cobra.Command {
	var index, language string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "available",
		Short: "Lists the neural voices that can be installed",
		Long: `Downloads the public list of neural voices and shows those that can be installed, with
their size and licence. The recommended voice of each region comes first.`,
		Example: `  mynah voices available --language de`,
		Args:    withUsageErrors(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			installer, err := house.NewInstaller(a.cfg, index)
			if err != nil {
				return err
			}
			list, err := installer.ListAvailable(cmd.Context(), language)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(list)
			}
			if len(list) == 0 {
				return fault.New(fault.Usage, nil, "the list has no voice for %q", language).
					WithHint("run mynah voices available to list all")
			}
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tLANGUAGE\tQUALITY\tSIZE\tLICENCE\tNOTE")
			for _, v := range list {
				var notes []string
				if v.Recommended {
					notes = append(notes, "recommended")
				}
				if v.Installed {
					notes = append(notes, "installed")
				}
				if v.Speakers > 1 {
					notes = append(notes, fmt.Sprintf("%d speakers", v.Speakers))
				}
				fmt.Fprintf(
					w, "%s\t%s (%s)\t%s\t%s\t%s\t%s\n", v.Name, v.LanguageName, v.Language, v.Quality, formatSize(v.Bytes),
					cmp.Or(v.Licence, "see its card"), strings.Join(notes, ", "),
				)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "to install one: mynah voices install %s\n", list[0].Name)
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&language, "language", "", "only voices of this language, such as de, pt-BR or German")
	fl.StringVar(&index, "voices-index", "", "URL of a list of voices (default: Piper's public list)")
	fl.BoolVar(&asJSON, "json", false, "print the voices as JSON")
	return cmd
}

func (a *app) newVoicesSampleCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "sample NAME",
		Short: "Writes a sample of a voice to a sound file",
		Example: `  mynah voices sample marlene
  mynah voices sample brian -o brian.wav`,
		Args: withUsageErrors(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := a.newHouse()
			if err != nil {
				return err
			}
			defer h.Close()
			v, m := h.Booth.Resolve(cmd.Context(), args[0], "")
			if m.Kind == voice.Unknown || m.Kind == voice.Unspoken {
				hint := m.Hint
				if len(m.Nearest) > 0 {
					hint = "did you mean " + strings.Join(m.Nearest, ", ") + "?"
				}
				return fault.New(fault.Usage, nil, "unknown voice %q", args[0]).
					WithHint("%s", cmp.Or(hint, "run mynah voices to list all"))
			}
			file := cmp.Or(output, strings.ReplaceAll(strings.ToLower(args[0]), "/", "-")+".mp3")
			said, err := h.Studio.Say(cmd.Context(), studio.SayRequest{
				Text: voice.FormatSampleSentence(v.Name, v.Language), Output: file, Voice: args[0], Speed: 1, Pitch: 1, Volume: 1,
			})
			if err != nil {
				return err
			}
			a.printFindings(said.Warnings, said.Sources)
			fmt.Fprintf(a.Out, "%s  %.2f s, %s by %s\n", file, said.Seconds, v.LanguageName, v.Engine)
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "sound file: .mp3, .m4a or .wav (default: NAME.mp3)")
	return cmd
}

func (a *app) newVoicesInstallCommand() *cobra.Command {
	var index string
	f := &buildFlags{}
	cmd := &cobra.Command{
		Use:   "install NAME|FILE|URL",
		Short: "Installs a neural voice",
		Long: `Installs a neural voice in Piper's format: by its name in the public list, from the URL
of a model or an archive, or from a file (NAME.onnx with NAME.onnx.json next to it,
.tar.gz or .zip). A download is checked against the list's checksum, a .sha256 file next
to the URL, or #sha256=HEX at its end. An interrupted download continues at the next try.`,
		Example: `  mynah voices install en_GB-alba-medium
  mynah voices install https://example.com/de_DE-eva-low.onnx#sha256=0f3a…
  mynah voices install ./my-voice.zip`,
		Args: withUsageErrors(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			installer, err := house.NewInstaller(a.cfg, index)
			if err != nil {
				return err
			}
			r := a.newReporter(f)
			in, err := installer.Install(cmd.Context(), args[0], func(done float64) {
				r.showProgress(meter.Progress{Phase: "downloading the voice", Percent: 100 * done})
			})
			r.finishProgress(err == nil)
			if err != nil {
				return err
			}
			if f.json {
				return json.NewEncoder(a.Out).Encode(map[string]any{
					"event": "installed", "voice": "piper/" + in.Voice.Name, "language": in.Voice.FindLanguageTag(),
					"checked": in.Checked, "same": in.Same,
				})
			}
			note := ""
			if !in.Checked && strings.Contains(args[0], "://") {
				note = "; not verified, since it has no checksum"
			}
			if in.Same {
				note = "; it was already installed"
			}
			fmt.Fprintf(a.Out, "piper/%s  %s, in %s%s\n", in.Voice.Name, in.Voice.FindLanguageTag(),
				filepath.Dir(in.Voice.Model),
				note)
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&index, "voices-index", "", "URL of a list of voices (default: Piper's public list)")
	fl.BoolVar(&f.json, "json", false, "print progress and result as JSON lines")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "show no progress")
	return cmd
}

func (a *app) newVoicesRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Removes an installed neural voice",
		Args:  withUsageErrors(cobra.ExactArgs(1)),
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

// speaksLanguage reports whether a voice has a language, given as a tag, the beginning of a tag, or a
// name.
func speaksLanguage(v voice.Voice, language string) bool {
	tag, want := voice.ToCanonicalTag(v.Language), voice.ToCanonicalTag(language)
	name := strings.ToLower(v.LanguageName)
	return tag == want || strings.HasPrefix(tag, want+"-") || name == want || strings.HasPrefix(name, want+" ")
}
