package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"mynah/internal/studio"
)

func (a *app) newSayCommand() *cobra.Command {
	var r studio.SayRequest
	cmd := &cobra.Command{
		Use:   "say TEXT -o FILE.wav|mp3|m4a",
		Short: "Speaks a text into a sound file",
		Long: `Speaks a text into a sound file. Emphasis (*word*) and directions such as (pause: 2) work
as in scripts; pictures are ignored. If TEXT is -, it is read from standard input.`,
		Example: `  mynah say "Good morning" -o morning.mp3
  mynah say --voice marlene "Guten Morgen" -o morgen.wav`,
		Args: withUsageErrors(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Text = strings.Join(args, " ")
			if r.Text == "-" {
				b, err := io.ReadAll(io.LimitReader(a.In, 1<<20))
				if err != nil {
					return err
				}
				r.Text = string(b)
			}
			if r.Output == "" {
				return usageError{fmt.Errorf("choose the file to write, such as -o speech.mp3")}
			}
			h, err := a.newHouse()
			if err != nil {
				return err
			}
			defer h.Close()
			said, err := h.Studio.Say(cmd.Context(), r)
			if err != nil {
				return err
			}
			a.printFindings(said.Warnings, said.Sources)
			fmt.Fprintf(a.Out, "%s  %.2f s, by %s\n", r.Output, said.Seconds, said.Voice)
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVarP(&r.Output, "output", "o", "", "sound file to write: .wav, .mp3 or .m4a")
	fl.StringVar(&r.Voice, "voice", "", "voice (run mynah voices to list all)")
	fl.StringVar(&r.Language, "language", "", "language of the default voice, such as de or pt-BR")
	fl.Float64Var(&r.Speed, "speed", 1, "speed factor, 0.3 to 3")
	fl.Float64Var(&r.Pitch, "pitch", 1, "pitch factor, 0.3 to 3")
	fl.Float64Var(&r.Volume, "volume", 1, "volume factor, 0 to 10")
	return cmd
}
