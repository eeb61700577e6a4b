package script

import (
	"testing"

	"mynah/internal/diag"
)

// TestNearMisses checks that a line that was probably meant as structure is read as narration, with a
// warning that shows the correct syntax, and that similar ordinary text gets no warning.
func TestNearMisses(t *testing.T) {
	t.Parallel()
	for line, hint := range map[string]string{
		"–––":                        "write --- for a new scene",
		"－－－":                        "write --- for a new scene",
		"───":                        "write --- for a new scene",
		`\---`:                       "write --- for a new scene",
		"=====":                      "write --- for a new scene",
		"(pause 2)":                  "write (pause: 2)",
		"(pause 2 seconds)":          "write (pause: 2 seconds)",
		"(pause = 2)":                "write (pause: 2)",
		"(pause; 2)":                 "write (pause: 2)",
		"[pause: 2]":                 "write (pause: 2)",
		"[[pause: 2]]":               "write (pause: 2)",
		"((pause: 2))":               "write (pause: 2)",
		"<pause: 2>":                 "write (pause: 2)",
		"（pause：1）":                  "write (pause: 1)",
		"pause: 2":                   "write (pause: 2)",
		"pause: 2)":                  "write (pause: 2)",
		"(voice_speed: fast)":        "write (voice-speed: fast)",
		"(voice–speed: fast)":        "write (voice-speed: fast)",
		"(transition fade 1)":        "write (transition: fade 1)",
		"(background music.mp3 0.4)": "write (background: music.mp3 0.4)",
		"![[a.png|300]]":             "write ![](a.png)",
		"![contain] (a.png)":         "write ![contain](a.png)",
		"! [](a.png)":                "write ![](a.png)",
		"[a house](a.png)":           "write ![](a.png)",
		"!()[a.png]":                 "write ![](a.png)",
		"!(a.mp4)[mute]":             "write ![mute](a.mp4)",

		"(see: 2)":                       "",
		"(background music plays)":       "",
		"(image 1)":                      "",
		"(audio off)":                    "",
		"image: none":                    "",
		"(pause for a moment)":           "",
		"(image of a house)":             "",
		"Voice: brian":                   "",
		"voice: the one that speaks":     "",
		"[the page](a.html)":             "",
		"[a](https://example.com/a.png)": "",
		"a = b":                          "",
		"<b>":                            "",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			_, list := Parse("a.md", []byte("Hello there.\n\n"+line+"\n\nAnd more.\n"))
			got := ""
			for _, d := range list {
				if d.Code == diag.NearMiss {
					got = d.Hint
				}
			}
			if got != hint {
				t.Errorf("%q: the hint is %q, not %q: %v", line, got, hint, list)
			}
		})
	}
}
