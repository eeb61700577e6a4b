package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mynah/internal/fault"
	"mynah/internal/media"
	"mynah/internal/pending"
	"mynah/internal/studio"
)

// snapshotFlags are the flags of mynah snapshot.
type snapshotFlags struct {
	buildFlags
	scene int
	at    float64
	sheet bool
}

func (a *app) newSnapshotCommand() *cobra.Command {
	f := &snapshotFlags{}
	cmd := &cobra.Command{
		Use:   "snapshot [DIR|SCRIPT]",
		Short: "Draws one frame of a video, or a sheet of all scenes, without building it",
		Long: `Draws one frame of a scene as a PNG image, without building the video. With --sheet it
draws a contact sheet with the middle frame of every scene.`,
		Example: `  mynah snapshot lesson/script.md --scene 3
  mynah snapshot --scene 2 --at 1.5 -o frame.png
  mynah snapshot lesson --sheet`,
		Args: withUsageErrors(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.sheet == (f.scene != 0) {
				return usageError{errors.New("choose a scene with --scene N, or all scenes with --sheet")}
			}
			if f.scene < 0 || f.at < 0 || f.sheet && cmd.Flags().Changed("at") {
				return usageError{errors.New("--scene must be 1 or more, and --at 0 or more seconds of one scene")}
			}
			return a.takeSnapshot(cmd.Context(), f, args, cmd.Flags().Changed("at"))
		},
	}
	fl := cmd.Flags()
	f.addVideoFlags(fl)
	_ = fl.MarkHidden("audio-bitrate")
	_ = fl.MarkHidden("compatible")
	fl.Lookup("output").Usage = "image file (default: NAME-scene-N.png or NAME-sheet.png next to the script)"
	fl.Lookup("force").Usage = "replace the output even if it is not a PNG image"
	fl.IntVar(&f.scene, "scene", 0, "number of the scene, from 1")
	fl.Float64Var(&f.at, "at", 0, "seconds from the start of the scene (default: its middle)")
	fl.BoolVar(&f.sheet, "sheet", false, "draw a contact sheet of all scenes")
	fl.BoolVar(&f.json, "json", false, "print the result as JSON")
	return cmd
}

func (a *app) takeSnapshot(ctx context.Context, f *snapshotFlags, args []string, timed bool) error {
	r, err := f.newRequest(args)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	if f.output == "" {
		name := fmt.Sprintf("-scene-%d.png", f.scene)
		if f.sheet {
			name = "-sheet.png"
		}
		r.Output = strings.TrimSuffix(r.Output, filepath.Ext(r.Output)) + name
	}
	if err := checkReplaceable(r.Output, f.force, media.PNG, "image"); err != nil {
		return a.reportErrorAs(f.json, err)
	}
	h, err := a.newHouse()
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	defer h.Close()
	s := studio.Snapshot{Request: r, Scene: f.scene}
	if timed {
		at := time.Duration(f.at * float64(time.Second))
		s.At = &at
	}
	image, plan, err := h.Studio.DrawSnapshot(ctx, s)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	if err := writeFileAtomically(r.Output, image); err != nil {
		return a.reportErrorAs(f.json, fault.New(fault.Disk, err, "the image %s cannot be written", r.Output))
	}
	if f.json {
		return json.NewEncoder(a.Out).Encode(map[string]any{
			"event": "finished", "image": r.Output, "scenes": len(plan.Line.Scenes), "warnings": plan.Warnings,
		})
	}
	a.printFindings(plan.Warnings, plan.Sources)
	fmt.Fprintln(a.Out, r.Output)
	return nil
}

// writeFileAtomically writes a file atomically: readers see all of it or nothing.
func writeFileAtomically(path string, b []byte) error {
	out, err := pending.CreateFile(path)
	if err != nil {
		return err
	}
	defer out.Discard()
	if _, err := out.Write(b); err != nil {
		return err
	}
	return out.Publish()
}
