package films_test

import (
	"context"
	"math"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mynah/internal/testrun"
	"mynah/internal/watch"
)

// TestTheWatchPageKeepsItsPlace checks that the page reloads a rebuilt video and continues at the
// same position, and that it shows findings below the video.
func TestTheWatchPageKeepsItsPlace(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	film, _ := produce(t, "testdata/colors/script.md", "", nil)
	page := watch.NewPage(film)
	srv := httptest.NewServer(page.NewHandler())
	defer srv.CloseClientConnections()
	ctx, cancel := browser(t)
	defer cancel()
	eval := func(expression string, want func(float64) bool) {
		t.Helper()
		var got float64
		for range 100 {
			var err error
			if got, err = chromedp.Run(ctx, chromedp.Evaluate[float64](expression)); err != nil {
				t.Fatal(err)
			}
			if want(got) {
				return
			}
			select {
			case <-time.After(100 * time.Millisecond):
			case <-t.Context().Done():
			}
		}
		t.Fatalf("%s is %v", expression, got)
	}
	at := func(seconds float64) func(float64) bool {
		return func(v float64) bool { return math.Abs(v-seconds) < 0.2 }
	}
	page.SetState(watch.State{State: "built", Text: "Built"})
	if _, err := chromedp.Run(ctx, chromedp.Navigate(srv.URL+"/")); err != nil {
		t.Fatal(err)
	}
	eval("film.readyState", func(v float64) bool { return v >= 2 })
	eval("film.currentTime = 14; 14", at(14))
	eval("film.seeking ? 0 : film.currentTime", at(14))
	page.SetState(watch.State{State: "built", Text: "Built again"})
	eval("film.src.endsWith('?2') && film.readyState >= 2 && !film.seeking ? film.currentTime : 0", at(14))
	page.SetState(watch.State{
		State: "failed", Text: "The script has errors",
		Findings: "script.md:6:2: error: the direction \"pauze\" is unknown\n  6 | (pauze: 3)\n    |  ^~~~~\n  help: did you mean pause?",
	})
	eval("document.body.className == 'failed' ? findings.textContent.length : 0", func(v float64) bool { return v > 100 })
	eval("film.currentTime", at(14))
	if path := os.Getenv("MYNAH_TEST_SHOT"); path != "" {
		shot(ctx, t, path)
	}
}

// shot writes a screenshot of the browser to a file, for inspection.
func shot(ctx context.Context, t *testing.T, path string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o600); err != nil {
		t.Fatal(err)
	}
}
