package ffmpeg

import (
	"encoding/json"
	"math/big"
	"testing"

	"mynah/internal/media"
)

// FuzzProbe parses arbitrary output of ffprobe. The result must contain valid numbers.
func FuzzProbe(f *testing.F) {
	f.Add([]byte(`{"streams": [{"codec_type": "video", "width": 640, "height": 360, "pix_fmt": "yuv420p", ` +
		`"avg_frame_rate": "25/1", "nb_frames": "50", "duration": "2.000000", "side_data_list": [{"rotation": -90}]}], ` +
		`"format": {"duration": "2.0"}}`))
	f.Add([]byte(`{"streams": [{"codec_type": "audio", "channels": 2, "sample_rate": "44100", "start_time": "-0.5", ` +
		`"tags": {"DURATION": "00:01:02.04"}}]}`))
	f.Add([]byte(`{"packets": [{"duration_time": "0.1"}], "streams": [{"codec_type": "video", "width": 9, "height": 9, ` +
		`"sample_aspect_ratio": "4:3", "pix_fmt": "bgra", "avg_frame_rate": "9223372036854775807/1", "r_frame_rate": ` +
		`"1/9223372036854775807"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var out probeOutput
		if json.Unmarshal(b, &out) != nil {
			return
		}
		for _, format := range []media.Format{media.MOV, media.Matroska, media.GIF, media.WAV} {
			info := out.toInfo(Input{Format: format, Cycles: format == media.MOV})
			if v := info.Video; v != nil {
				if v.Length == nil || v.Rate.Num <= 0 || v.Rate.Den <= 0 || v.Source.Width < 1 || v.Source.Height < 1 {
					t.Fatalf("%+v", v)
				}
				if w, h := v.Source.ComputeUprightSize(); w < 1 || h < 1 {
					t.Fatalf("upright it has %d x %d pixels", w, h)
				}
				v.isNoLongerThan(2)
			}
			if a := info.Audio; a != nil && (a.Channels < 1 || a.Length != nil && a.Length.Cmp(big.NewRat(4*maxSeconds, 1)) > 0) {
				t.Fatalf("%+v", a)
			}
		}
	})
}
