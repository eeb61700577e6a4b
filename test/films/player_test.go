package films_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mynah/internal/testrun"
)

// player is a page that plays a video. It seeks to many positions, and returns the colours that it
// shows there, the duration, and the number of frames that could not be decoded.
const player = `<!doctype html><video id=v muted preload=auto src=/film.mp4></video><script>
const v = document.getElementById('v'), once = n => new Promise((ok, no) => {
	v.addEventListener(n, ok, {once: true});
	v.addEventListener('error', () => no(new Error('player: ' + (v.error && v.error.message))), {once: true});
});
async function look(places) {
	if (v.readyState < 2) await once('loadeddata');
	const c = document.createElement('canvas');
	c.width = 8; c.height = 8;
	const g = c.getContext('2d', {willReadFrequently: true}), seen = [];
	for (const at of places) {
		const done = once('seeked'), shown = new Promise(ok => v.requestVideoFrameCallback(ok));
		v.currentTime = at;
		await done;
		await Promise.race([shown, new Promise(ok => setTimeout(ok, 5000))]);
		g.drawImage(v, 0, 0, 8, 8);
		seen.push([v.currentTime, ...g.getImageData(4, 4, 1, 1).data.slice(0, 3)]);
	}
	v.currentTime = 0; v.playbackRate = 4;
	await v.play();
	await new Promise(ok => setTimeout(ok, 1500));
	v.pause();
	const q = v.getVideoPlaybackQuality();
	return {duration: v.duration, seen, total: q.totalVideoFrames, corrupted: q.corruptedVideoFrames, played: v.currentTime};
}
</script>`

// browser starts Chromium, and returns its context and a function that closes it.
func browser(t *testing.T) (context.Context, func()) {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	ctx, stop := chromedp.NewExecAllocator(ctx, opts...)
	ctx, done := chromedp.NewContext(ctx)
	return ctx, func() {
		done()
		stop()
		cancel()
	}
}

// inBrowser serves a video and a page, opens the page in the browser and returns the value of an
// expression.
func inBrowser[T any](t *testing.T, film, page, expression string) T {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if filepath.Base(req.URL.Path) == "film.mp4" {
			http.ServeFile(w, req, film)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	defer srv.Close()
	ctx, done := browser(t)
	defer done()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(srv.URL+"/")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// playback is the result of player.
type playback struct {
	Duration  float64
	Seen      [][4]float64
	Total     int
	Corrupted int
	Played    float64
}

func TestChromiumPlaysIt(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	film, r := produce(t, "testdata/colors/script.md", "", nil)
	got := inBrowser[playback](t, film, player, "look([0.5, 14, 24.5, 3, 27, 31, 11.96, 12.04])")
	if math.Abs(got.Duration-r.Seconds) > 0.05 || got.Corrupted != 0 || got.Total == 0 || got.Played < 1 {
		t.Errorf("the player returns %+v, but the video lasts %f s", got, r.Seconds)
	}
	// The scenes are 12 s red, 12 s green, 8 s blue.
	want := []int{0, 1, 2, 0, 2, 2, 0, 1}
	for i, s := range got.Seen {
		brightest := 0
		for c := 1; c < 3; c++ {
			if s[1+c] > s[1+brightest] {
				brightest = c
			}
		}
		if brightest != want[i] {
			t.Errorf("at %.2f s the player shows %v", s[0], fmt.Sprint(s[1:]))
		}
	}
}
