package films_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/testrun"
	"mynah/internal/timeline"
)

// listener is a page that decodes the sound of a video and returns the sample at which each click
// begins.
const listener = `<script>
async function clicks() {
	const r = await fetch('/film.mp4');
	const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(await r.arrayBuffer());
	const pcm = sound.getChannelData(0), found = [];
	for (let i = 0; i < pcm.length; i++) {
		if (Math.abs(pcm[i]) > 0.25) {
			found.push(i);
			i += 24000;
		}
	}
	return found;
}
</script>`

// TestClicksAreInTheirPlace checks a video of a thousand scenes, each of which lasts a second and
// begins with a click. Every click must be within a millisecond of its time in the timeline, which
// is at most half an audio frame from the first frame of its scene.
func TestClicksAreInTheirPlace(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	dir := t.TempDir()
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "aevalsrc='if(lt(t,0.002),0.9,0)':s=48000:d=0.5", filepath.Join(dir, "click.wav"))
	const scenes = 1000
	path := filepath.Join(dir, "s.md")
	script := "---\nsize: 64x64\n---\n" + strings.Repeat("(audio: click.wav)\n\n---\n", scenes)
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	film, _ := produce(t, path, "", nil)
	pcm := run(t, "ffmpeg", "-v", "error", "-i", film, "-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le", "-")
	var heard []int
	for k := 0; k < len(pcm)/2; k++ {
		if v := int16(uint16(pcm[2*k]) | uint16(pcm[2*k+1])<<8); v > 8000 || v < -8000 {
			heard = append(heard, k)
			k += 24000
		}
	}
	for who, got := range map[string][]int{"ffmpeg": heard, "Chromium": inBrowser[[]int](t, film, listener, "clicks()")} {
		if len(got) != scenes {
			t.Errorf("%s: found %d clicks, want %d", who, len(got), scenes)
			continue
		}
		furthest := 0
		for i, at := range got {
			frame := i * timeline.SampleRate
			place := (frame + timeline.SoundGrid/2) / timeline.SoundGrid * timeline.SoundGrid
			if furthest = max(furthest, at-place, place-at); furthest > 48 {
				t.Fatalf("%s: click %d is at sample %d, want %d", who, i, at, place)
			}
		}
		t.Logf("largest error of %d clicks, %s: %d samples", scenes, who, furthest)
	}
}
