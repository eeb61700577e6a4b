package ffmpeg_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/media"
	"mynah/internal/proc"
	"mynah/internal/testrun"
)

// TestSlowClips checks that a clip with a low frame rate is scaled before pictures are repeated, and one with a
// high rate after pictures are dropped, with the same resulting frames.
func TestSlowClips(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "in-1")
	// Irregular timestamps: some pictures last long, others follow in a burst.
	times := "setpts='if(lt(N,4),N*1.3,5.2+(N-4)*0.013)/TB'"
	if err := run.Run(t.Context(), proc.Command{Program: "ffmpeg", Args: []string{
		"-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25,trim=end_frame=12," + times, "-fps_mode", "vfr",
		"-enc_time_base", "1:1000", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-f", "mov", path,
	}}); err != nil {
		t.Fatal(err)
	}
	small := hd()
	small.Width, small.Height = 64, 36
	source := ffmpeg.Source{Width: 320, Height: 240, Turn: 6, PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "bt601"}}
	for name, fit := range map[string]frame.Fit{"cover": frame.Cover, "contain": frame.Contain} {
		for _, speed := range [][2]int64{{1, 1}, {1, 3}, {7, 2}} {
			c := clip(source, fit)
			c.Placement = ffmpeg.PlaceSource(240, 320, small.Width, small.Height,
				frame.Placing{Fit: fit, Position: frame.Position{}})
			c.Path, c.Format, c.Frames, c.SpeedNum, c.SpeedDen = path, media.MOV, 400, speed[0], speed[1]
			var frames [2]bytes.Buffer
			for i, rate := range []frame.Rate{{}, {Num: 2, Den: 1}} {
				c.Rate = rate
				args := small.ReadClipArgs(c)
				graph := strings.Join(args, " ")
				if late := strings.Index(graph, "fps=") > strings.LastIndex(graph, "scale="); late != (i == 1) {
					t.Errorf("the rate comes last: %v: %s", late, graph)
				}
				if err := tools(t, "ffprobe").RunFFmpeg(t.Context(), args, nil, &frames[i]); err != nil {
					t.Fatal(err)
				}
			}
			if frames[0].Len() == 0 || !bytes.Equal(frames[0].Bytes(), frames[1].Bytes()) {
				t.Error(fmt.Sprint(name, " at ", speed, ": the frames differ"), frames[0].Len(), frames[1].Len())
			}
		}
	}
	c := clip(source, frame.Cover)
	for rate, slow := range map[frame.Rate]bool{{}: false, {Num: 24, Den: 1}: true, {Num: 25, Den: 1}: false, {Num: 60, Den: 1}: false} {
		c.Rate = rate
		if graph := strings.Join(hd().ReadClipArgs(c), " "); strings.Contains(graph, "setsar=1,fps=") != slow {
			t.Errorf("%v in a film of 25: %s", rate, graph)
		}
	}
}
