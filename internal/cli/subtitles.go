package cli

import (
	"cmp"
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

// subtitleFlags are the flags of mynah subtitles.
type subtitleFlags struct {
	buildFlags
	format string
}

func (a *app) newSubtitlesCommand() *cobra.Command {
	f := &subtitleFlags{}
	cmd := &cobra.Command{
		Use:   "subtitles [DIR|SCRIPT]",
		Short: "Writes the subtitles of a video, without building it",
		Long: `Writes the subtitles of a video as SubRip (srt), WebVTT (vtt) or plain text (txt), without
building the video. The narration is synthesized to get the time of each word; nothing is
drawn. The format is that of --format or of the output's name; without either, both .srt
and .vtt are written next to the script.`,
		Example: `  mynah subtitles lesson/script.md
  mynah subtitles lesson -o lesson.vtt
  mynah subtitles lesson --format txt -o -`,
		Args: withUsageErrors(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.writeSubtitles(cmd.Context(), f, args)
		},
	}
	fl := cmd.Flags()
	f.addVideoFlags(fl)
	_ = fl.MarkHidden("audio-bitrate")
	_ = fl.MarkHidden("compatible")
	fl.Lookup("output").Usage = "subtitle file, - for standard output (default: NAME.srt and NAME.vtt next to the script)"
	fl.Lookup("force").Usage = "replace the output even if Mynah did not create it"
	fl.StringVar(&f.format, "format", "", "srt, vtt or txt (default: from the output's name, otherwise srt and vtt)")
	fl.BoolVar(&f.json, "json", false, "print the result as JSON")
	return cmd
}

// listSubtitleFiles returns the requested subtitle files: those that a build writes, unless a format or a
// file is given. Standard output has the path "".
func (f *subtitleFlags) listSubtitleFiles(film string) ([]studio.SubtitleFile, error) {
	formats := studio.ListSubtitleFormats()
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(f.output), "."))
	format := strings.ToLower(f.format)
	switch {
	case format != "" && !slices.Contains(formats, format):
		return nil, usageError{fmt.Errorf("--format %q: must be one of %s", f.format, strings.Join(formats, ", "))}
	case format != "" && slices.Contains(formats, ending) && ending != format:
		return nil, usageError{fmt.Errorf("--format %s does not match the output's ending .%s: leave one of them out",
			format, ending)}
	case format == "" && slices.Contains(formats, ending):
		format = ending
	case format == "" && f.output != "" && f.output != "-":
		return nil, usageError{fmt.Errorf("unsupported format of %q: use --format, or a name that ends in one of .%s",
			f.output, strings.Join(formats, ", ."))}
	}
	beside := func(format string) studio.SubtitleFile {
		return studio.SubtitleFile{Format: format, Path: strings.TrimSuffix(film, filepath.Ext(film)) + "." + format}
	}
	switch {
	case f.output == "-":
		return []studio.SubtitleFile{{Format: cmp.Or(format, formats[0])}}, nil
	case f.output != "":
		return []studio.SubtitleFile{{Format: format, Path: f.output}}, nil
	case format != "":
		return []studio.SubtitleFile{beside(format)}, nil
	default:
		return []studio.SubtitleFile{beside("srt"), beside("vtt")}, nil
	}
}

func (a *app) writeSubtitles(ctx context.Context, f *subtitleFlags, args []string) error {
	r, err := f.newRequest(args)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	files, err := f.listSubtitleFiles(r.Output)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	for _, file := range files {
		if file.Path == "" {
			continue
		}
		if err := checkWritable(file.Path); err != nil {
			return a.reportErrorAs(f.json, err)
		}
	}
	h, err := a.newHouse()
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	defer h.Close()
	s, err := h.Studio.MakeSubtitles(ctx, r, files)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	if f.json {
		fps := s.Line.FPS
		return json.NewEncoder(a.Out).Encode(map[string]any{
			"event": "finished", "subtitles": files[0].Path, "format": files[0].Format, "files": files, "cues": s.Captions,
			"seconds": float64(s.Line.Frames*fps.Den) / float64(fps.Num), "warnings": s.Warnings.LimitToPrinted(),
		})
	}
	a.printFindings(s.Warnings, s.Sources)
	for i, file := range files {
		if file.Path == "" {
			if _, err := fmt.Fprint(a.Out, s.Texts[i]); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.Out, "%s  %d subtitles\n", file.Path, len(s.Captions))
	}
	return nil
}

// checkWritable returns an error if path is not a regular file or its folder does not exist.
func checkWritable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fault.New(fault.Usage, nil, "the output %q is a folder", path).WithHint("choose a file in it with -o")
	case err == nil && !info.Mode().IsRegular():
		return fault.New(fault.Usage, nil, "the output %q is a device or a pipe, which the file would replace", path).
			WithHint("use -o - to write to standard output")
	case err != nil:
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return fault.New(fault.Usage, nil, "the folder %q does not exist", filepath.Dir(path)).
				WithHint("create it, or choose another file with -o")
		}
	}
	return nil
}
