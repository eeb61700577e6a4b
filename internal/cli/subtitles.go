package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mynah/internal/fault"
	"mynah/internal/studio"
)

// subtitleFlags are those of mynah subtitles.
type subtitleFlags struct {
	buildFlags
	format string
}

func (a *app) subtitlesCommand() *cobra.Command {
	f := &subtitleFlags{}
	cmd := &cobra.Command{
		Use:   "subtitles [DIR|SCRIPT]",
		Short: "Writes the subtitles of a film, without building it",
		Long: `Writes what is said in a film, and when, as SubRip (srt), WebVTT (vtt) or plain text
(txt), without building the film. The narration is spoken, since the voice says when each
word is said; nothing is drawn. The file's ending says the format, unless --format does.`,
		Example: `  mynah subtitles lesson/script.md
  mynah subtitles lesson -o lesson.vtt
  mynah subtitles lesson --format txt -o -`,
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.subtitles(cmd.Context(), f, args)
		},
	}
	fl := cmd.Flags()
	f.projectFlags(fl)
	_ = fl.MarkHidden("audio-bitrate")
	fl.Lookup("output").Usage = "the file, - for the standard output (default: beside the script, as NAME.srt)"
	fl.Lookup("force").Usage = "replace the output even when Mynah did not make it"
	fl.StringVar(&f.format, "format", "", "srt, vtt or txt (default: as the output ends, else srt)")
	fl.BoolVar(&f.json, "json", false, "print the result as JSON")
	return cmd
}

// target gives the format and the file that are asked for, "" for the standard output.
func (f *subtitleFlags) target(film string) (format, path string, err error) {
	formats := studio.SubtitleFormats()
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(f.output), "."))
	format = strings.ToLower(f.format)
	switch {
	case format != "" && !slices.Contains(formats, format):
		return "", "", usageError{fmt.Errorf("--format %q: want %s", f.format, strings.Join(formats, ", "))}
	case format != "" && slices.Contains(formats, ending) && ending != format:
		return "", "", usageError{fmt.Errorf("--format %s, and the output ends in .%s: say one of them", format, ending)}
	case format == "" && slices.Contains(formats, ending):
		format = ending
	case format == "" && f.output != "" && f.output != "-":
		return "", "", usageError{fmt.Errorf("the format of %q is not known: end its name in .%s, or use --format", f.output, strings.Join(formats, ", ."))}
	case format == "":
		format = formats[0]
	}
	switch f.output {
	case "-":
		return format, "", nil
	case "":
		return format, strings.TrimSuffix(film, filepath.Ext(film)) + "." + format, nil
	default:
		return format, f.output, nil
	}
}

func (a *app) subtitles(ctx context.Context, f *subtitleFlags, args []string) error {
	r, err := f.request(args)
	if err != nil {
		return a.fail(f.json, err)
	}
	format, path, err := f.target(r.Output)
	if err != nil {
		return a.fail(f.json, err)
	}
	if r.Output = path; path != "" {
		if err := writable(path); err != nil {
			return a.fail(f.json, err)
		}
	}
	h, err := a.open()
	if err != nil {
		return a.fail(f.json, err)
	}
	defer h.Close()
	s, err := h.Studio.Subtitles(ctx, r, format)
	if err != nil {
		return a.fail(f.json, err)
	}
	if f.json {
		fps := s.Line.FPS
		return json.NewEncoder(a.Out).Encode(map[string]any{
			"event": "finished", "subtitles": path, "format": format, "cues": s.Captions,
			"seconds": float64(s.Line.Frames*fps.Den) / float64(fps.Num), "warnings": s.Warnings.Foremost(),
		})
	}
	a.render(s.Warnings, s.Sources)
	if path == "" {
		_, err := fmt.Fprint(a.Out, s.Text)
		return err
	}
	fmt.Fprintf(a.Out, "%s  %d subtitles\n", path, len(s.Captions))
	return nil
}

// writable refuses outputs that are no file, or lie in no folder.
func writable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fault.New(fault.Usage, nil, "the output %q is a folder", path).WithHint("name a file in it with -o")
	case err == nil && !info.Mode().IsRegular():
		return fault.New(fault.Usage, nil, "the output %q is a device or a pipe; the file would take its place", path).WithHint("-o - writes to the standard output")
	case err != nil:
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return fault.New(fault.Usage, nil, "the folder %q does not exist", filepath.Dir(path)).WithHint("make it, or name another file with -o")
		}
	}
	return nil
}
