package script

import (
	"strings"
	"testing"

	"mynah/internal/diag"
)

// TestHeader checks the parsed value of each property of the header.
func TestHeader(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"size: 720p":                            "Size=1280x720",
		"size: 1080P":                           "Size=1920x1080",
		"size: 4k":                              "Size=3840x2160",
		"size: 1080x1920":                       "Size=1080x1920",
		"size: \"640x360\"":                     "Size=640x360",
		"voice: no":                             "Voice=\"no\"",
		"voice: 'Amy B'":                        "Voice=\"Amy B\"",
		"voice:amy":                             "Voice=\"amy\"",
		"voice-speed: slow":                     "VoiceSpeed=0.75",
		"voice-speed: normal":                   "VoiceSpeed=1",
		"voice-speed: fast":                     "VoiceSpeed=1.25",
		"voice-speed: 0.3":                      "VoiceSpeed=0.3",
		"voice-speed: 3":                        "VoiceSpeed=3",
		"voice-volume: soft":                    "VoiceVolume=0.5",
		"voice-volume: normal":                  "VoiceVolume=1",
		"voice-pitch: low":                      "VoicePitch=0.85",
		"voice-pitch: normal":                   "VoicePitch=1",
		"voice-pitch: high":                     "VoicePitch=1.15",
		"voice-pitch: 0.3":                      "VoicePitch=0.3",
		"voice-pitch: 3":                        "VoicePitch=3",
		"voice-volume: 10":                      "VoiceVolume=10",
		"voice-volume: standard":                "VoiceVolume=1",
		"voice-volume: loud":                    "VoiceVolume=1.5",
		"voice-volume: 0":                       "VoiceVolume=0",
		"narration-mode: fragment":              "Fragment=true",
		"narration-mode: normal":                "Fragment=false",
		"background: ukulele-1":                 "Background={ukulele-1 1 in=false out=false}",
		"background: Corporate-1 fade-in 0.3":   "Background={corporate-1 0.3 in=true out=false}",
		"background: my 2 song.mp3 fade-out 2":  "Background={my 2 song.mp3 2 in=false out=true}",
		"background: a.mp3 .5 fade-in fade-out": "Background={a.mp3 0.5 in=true out=true}",
		"background: none":                      "Background={ 1 in=false out=false}",
		"background: {vendor: uplifting-2, volume: 0.2}": "Background={uplifting-2 0.2 in=false out=false}",
		"background:\n  audio: x.ogg\n  volume: 3":       "Background={x.ogg 3 in=false out=false}",
		"transition: none":                               "Transition={none 0s}",
		"transition: 2":                                  "Transition={crossfade 2s}",
		"transition: fade":                               "Transition={crossfade 500ms}",
		"transition: wipe 1.5":                           "Transition={wipe-right 1.5s}",
		"transition: 1 slice-up":                         "Transition={slice-up 1s}",
		"transition:\n\ttype: radial\n\tduration: 3":     "Transition={radial 3s}",
		"transition: {duration: 1}":                      "Transition={crossfade 1s}",
		"transition: circle 0":                           "Transition={none 0s}",
		"theme: Light":                                   "Theme=[light]",
		"theme: paper":                                   "Theme=[paper]",
		"theme: my theme.css":                            "Theme=my theme.css",
		"subtitles: auto":                                "Subtitles={overlay}",
		"subtitles: embed":                               "Subtitles={embed}",
		"subtitles: none":                                "Subtitles={none}",
		"subtitles: {style: karaoke, highlight: yellow}": "Subtitles={overlay highlight=#ffff00ff karaoke=true}",
		"subtitles:\n  mode: external\n  break: 40\n  size: 30px\n  scale: 1.5\n  color: #ff000080\n" +
			"  background: \"#000\"\n  outline: none\n  font: My Font.ttf\n  position: top": "Subtitles={external break=40 " +
			"size=30 scale=1.5 color=#ff000080 background=#000000ff outline=#00000000 font=My Font.ttf position=top}",
		"subtitles:\n  font: Noto Sans":          "Subtitles={overlay font=[Noto Sans]}",
		"asset-resize: contain":                  "AssetResize=contain",
		"canvas: #f00":                           "Canvas=#ff0000ff",
		"canvas: \"#ff000080\"":                  "Canvas=#ff000080",
		"canvas: RebeccaPurple # a comment":      "Canvas=#663399ff",
		"canvas: rgba(0, 128, 255, 0.5)":         "Canvas=#0080ff80",
		"canvas: hsl(120, 100%, 50%)":            "Canvas=#00ff00ff",
		"canvas: transparent":                    "Canvas=#00000000",
		"font-size: 40":                          "FontSize=40",
		"fps: 25":                                "FPS=25/1",
		"fps: 29.97":                             "FPS=30000/1001",
		"fps: 23.976":                            "FPS=24000/1001",
		"fps: 59.94":                             "FPS=60000/1001",
		"fps: 30000/1001":                        "FPS=30000/1001",
		"fps: 50/2":                              "FPS=25/1",
		"fps: 12.5":                              "FPS=25/2",
		"title: Part 2: the API":                 "Title=\"Part 2: the API\"",
		"title: \"\\\"x\\\" y\" # z":             "Title=\"\\\"x\\\" y\"",
		"title: 'tis 'so'":                       "Title=\"'tis 'so'\"",
		"author: Zoë, 漢字":                        "Author=\"Zoë, 漢字\"",
		"description: |\n  one\n  two":           "Description=\"one two\"",
		"language: de-AT":                        "Language=\"de-AT\"",
		"language: zh_Hans":                      "Language=\"zh-Hans\"",
		"poster: start":                          "Poster={start 0s}",
		"poster: 1:30":                           "Poster={ 1m30s}",
		"loudness: -23":                          "Loudness={false -23}",
		"loudness: -16 LUFS":                     "Loudness={false -16}",
		"loudness: none":                         "Loudness={true 0}",
		"ducking: 12 dB":                         "Ducking={false 12}",
		"lexicon: names.txt":                     "Lexicon=names.txt",
		"watermark: logo.svg":                    "Watermark={logo.svg {end start} 0.6}",
		"watermark: my logo 2.png bottom-left 1": "Watermark={my logo 2.png {start end} 1}",
		"watermark: logo.svg 0.25 top":           "Watermark={logo.svg { start} 0.25}",
		"watermark: \"our logo.webp\"":           "Watermark={our logo.webp {end start} 0.6}",
		"watermark: none":                        "Watermark={ {end start} 0.6}",
		"watermark: logo.svg 0":                  "Watermark={logo.svg {end start} 0}",
		"sizes: 1080x1920":                       "Sizes=1080x1920",
		"sizes: 1080x1920, 1080x1080":            "Sizes=1080x1920+1080x1080",
		"sizes: 1080x1920,720p 4k":               "Sizes=1080x1920+1280x720+3840x2160",
		"sizes: [1080x1920, 1080x1080]":          "Sizes=1080x1920+1080x1080",
		"brand: my looks/house.css":              "Brand=my looks/house.css",
		"progress: bar":                          "Progress=true",
		"progress: none":                         "Progress=false",
		"subtitles: {style: box}":                "Subtitles={overlay box=true}",
		"subtitles: {style: words}":              "Subtitles={overlay words=true}",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			src := "---\n" + line + "\n---\n"
			s, list := Parse("a.md", []byte(src))
			if got := dump(s); got != "header "+want || len(list) > 0 {
				t.Errorf("got %s, want %s; %s", got, want, brief(list))
			}
			roundTrip(t, []byte(src))
		})
	}
}

// TestDirections checks the nodes of directions.
func TestDirections(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"(pause: 2)":                 "pause 2s",
		"(pause:2.5)":                "pause 2.5s",
		"( Pause: 2s # long )":       "pause 2s",
		"(pause: 1:30)":              "pause 1m30s",
		"(pause: 00:00:02.5)":        "pause 2.5s",
		"(pause: 0:59.5)":            "pause 59.5s",
		"(pause: 60)":                "pause 1m0s",
		"(pause: 24:00:00)":          "pause 24h0m0s",
		"(pause: 250ms)":             "pause 250ms",
		"(pause: 0)":                 "",
		"(duration: 3)":              "set duration Duration=3s",
		"(voice: no)":                "set voice Voice=\"no\"",
		"(voice-emphasis: strong)":   "set voice-emphasis VoiceEmphasis=\"strong\"",
		"(canvas: #ff0000)":          "set canvas Canvas=#ff0000ff",
		"(canvas: rgb(1,2,3))":       "set canvas Canvas=#010203ff",
		"(chapter: Part 2: the API)": "chapter \"Part 2: the API\"",
		"(chapter: #1 start # note)": "chapter \"#1 start\"",
		"(audio: ../x/å b.mp3)":      "audio ../x/å b.mp3",
		"(image: a b.png)":           "image a b.png",
		"(image:\n  file: a.png\n  size: contain\n  position: top left)": "image a.png contain top-left at(start,start)",
		"(video: a.mp4)": "video a.mp4",
		"(video:\n  file: a.mp4\n  segment: 1:30 - 2:00\n  sync: loop-audio\n" +
			"  size: fit\n  position: right\n  volume: 0.5)": "video a.mp4 fit right loop-audio at(end,) 1m30s..2m0s volume=0.5",
		"(video: {file: a.mp4, segment: end})":     "video a.mp4 end",
		"(video:\n  file: a.mp4\n  segment: 1:30)": "video a.mp4 1m30s..0s",
		"(callout:\n  cx: 1\n  cy: 2\n  size: 3)":  "callout circle 1,2 r3 alpha=0.5",
		"(callout:\n  type: rectangle\n  left: 450\n" +
			"  top: 0\n  right: 770\n  bottom: 130\n  alpha: 0\n  style: mask)": "callout rectangle 450,0-770,130 alpha=0 mask",
		"(transition: slide-left 1)": "set transition Transition={slide-left 1s}",
		"(background: none)":         "set background Background={ 1 in=false out=false}",
		"(theme: bold)":              "set theme Theme=[bold]",
		"(font-size: 20)":            "set font-size FontSize=20",
		"(narration-mode: fragment)": "set narration-mode Fragment=true",
		"(include: other.md)":        "include other.md",
		"(reveal: items)":            "reveal true []",
		"(reveal: 1-3, 4-6)":         "reveal false [{1 3} {4 6}]",
		"(highlight: 2-4,7)":         "highlight [{2 4} {7 7}]",
	} {
		t.Run(src, func(t *testing.T) {
			t.Parallel()
			name := "folder/a.md"
			s, list := Parse(name, []byte(src))
			if got := dump(s); got != want || len(list) > 0 {
				t.Errorf("got %s, want %s; %s", got, want, brief(list))
			}
			roundTrip(t, []byte(strings.ReplaceAll(src, "../", "")))
		})
	}
}

// TestImages checks the nodes of images.
func TestImages(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"![](a.png)":                           "image a.png",
		"![contain top-left](a.png)":           "image a.png contain top-left at(start,start)",
		"![Cover, bottom right](a.png)":        "image a.png cover bottom-right at(end,end)",
		"![pan left](a.png)":                   "image a.png left pan at(start,)",
		"![panzoomout fit center](a.png)":      "image a.png fit panzoomout",
		"![match mute](a.mp4)":                 "image a.mp4 match mute",
		"![loop-audio](a.mp4)":                 "image a.mp4 loop-audio",
		"![start](a.mp4)":                      "image a.mp4 start",
		"![10-14.5](a.mp4)":                    "image a.mp4 10s..14.5s",
		"![00-08 trim](a.mp4)":                 "image a.mp4 trim 0s..8s",
		"![01:00-01:01](a.mp4)":                "image a.mp4 1m0s..1m1s",
		"![00:00:02 - 00:00:04 freeze](a.mp4)": "image a.mp4 freeze 2s..4s",
		"![](my holiday (1).jpg)":              "image my holiday (1).jpg",
		"![](<a b.png> \"title\")":             "image a b.png",
		"![](a.png 'title')":                   "image a.png",
		"![](a%20b.png)":                       "image a%20b.png",
		"![](ünï/日本.png)":                      "image ünï/日本.png",
	} {
		t.Run(src, func(t *testing.T) {
			t.Parallel()
			s, list := Parse("a.md", []byte(src))
			if got := dump(s); got != want || len(list) > 0 {
				t.Errorf("got %s, want %s; %s", got, want, brief(list))
			}
			roundTrip(t, []byte(src))
		})
	}
}

// TestTransitions parses every type and alias of transitions.
func TestTransitions(t *testing.T) {
	t.Parallel()
	types := ListTransitionNames()
	if len(types) != 9+16 {
		t.Errorf("%d types", len(types))
	}
	for _, name := range types {
		s, list := Parse("a.md", []byte("(transition: "+name+" 1)\na"))
		if len(list) > 0 || s.Scenes[0].Nodes[0].(*Set).Transition.Type != name {
			t.Errorf("%s: %s", name, brief(list))
		}
	}
}

// A Marp slide deck is parsed with one warning.
func TestMarpDeck(t *testing.T) {
	t.Parallel()
	_, list := Parse(
		"deck.md",
		[]byte("---\ntheme: gaia\nmarp: true\nstyle: |\n  section { color: red }\n_class: lead\nbackgroundColor: #fff\n"+
			"size: 720p\n---\n# Hello\n"),
	)
	if len(list) != 1 || list[0].Severity != diag.Warning || list[0].Range.Start.Line != 3 || !strings.Contains(list[0].Summary, "Marp") {
		t.Errorf("%+v", list)
	}
}

// TestWrong checks findings of invalid scripts: src is the script; the other fields are the place and
// summary of the first finding, a part of its detail, and its hint.
func TestWrong(t *testing.T) {
	t.Parallel()
	for _, r := range []struct{ src, first, detail, hint string }{
		{"---\nsizze: 720p\n---", "2:1 error: the property \"sizze\" is unknown", "size", "did you mean size?"},
		{"---\nvoice_speed: 1\n---", "2:1 warning: the property \"voice_speed\" is unknown and ignored", "", "did you mean voice-speed?"},
		{"---\npauze: 1\n---", "2:1 error: the property \"pauze\" is unknown", "", "did you mean pause?"},
		{"---\nmood: x\n---", "2:1 warning: the property \"mood\" is unknown and ignored", "subtitles", ""},
		{
			"---\nduration: 3\n---", "2:1 warning: \"duration\" is a stage direction and ignored in the header", "",
			"write (duration: …) in the scene it is meant for",
		},
		{"---\nsize: 721x400\n---", "2:7 error: size cannot be \"721x400\"", "even numbers from 16 to 7680", ""},
		{"---\nsize: 1080\n---", "2:7 error: size cannot be \"1080\"", "720p", "did you mean 1080p?"},
		{"---\nsize: 8000x8000\n---", "2:7 error: size cannot be \"8000x8000\"", "", ""},
		{"---\nsize:\n---", "2:6 warning: size has no value and is ignored", "", "write a value after its colon, or remove the line"},
		{"---\nsize: {a: b}\n---", "2:7 error: size cannot be a map", "720p", ""},
		{"---\nvoice:\n  - amy\n---", "3:3 error: voice cannot be a list", "", ""},
		{"---\nfps: 0.5\n---", "2:6 error: fps cannot be \"0.5\"", "from 1 to 120", ""},
		{"---\nfps: 1e2\n---", "2:6 error: fps cannot be \"1e2\"", "", ""},
		{"---\nloudness: loud\n---", "2:11 error: loudness cannot be \"loud\"", "-40 to -5", ""},
		{"---\nloudness: -41\n---", "2:11 error: loudness cannot be \"-41\"", "-40 to -5", ""},
		{"---\nsubtitles: overly\n---", "2:12 error: subtitles cannot be \"overly\"", "overlay, auto", "did you mean overlay?"},
		{"---\nsubtitles:\n  colour: red\n---", "3:3 error: the name in subtitles \"colour\" is unknown", "color", "did you mean color?"},
		{"---\nsubtitles:\n  break: 12.5\n---", "3:10 error: break of subtitles cannot be \"12.5\"", "10 to 1000", ""},
		{"---\ntheme: lihgt\n---", "2:8 error: theme cannot be \"lihgt\"", "default, light", "did you mean light?"},
		{"---\nbackground: ukelele-1\n---", "2:13 error: background cannot be \"ukelele-1\"", "ukulele-1", "did you mean ukulele-1?"},
		{"---\nbackground: a.mp3 fadein\n---", "2:19 error: background has no option \"fadein\"", "fade-in", "did you mean fade-in?"},
		{"---\nbackground: a.mp3 11\n---", "2:19 error: the volume of background cannot be \"11\"", "0 to 10", ""},
		{"---\nlanguage: english!\n---", "2:11 error: language cannot be \"english!\"", "de-AT", ""},
		{"---\njust text\n---", "2:1 error: \"just text\" is not a property of the header", "", ""},
		{"---\nsubtitles:\n  a: *x\n---", "", "", ""},
		{"---\nsubtitles: {mode: &a none, style: *a}\n---", "2:19 error: the map of subtitles uses a YAML anchor or alias", "", ""},
		{"---\nsubtitles: {mode: none\n---", "2:12 error: the map of subtitles cannot be read", "", ""},
		{"---\nvoice: a\nvoice: b\n---", "3:1 warning: \"voice\" is set twice in the header; the last one is used", "", ""},
		{"(voice-speed: 0.2)", "1:15 error: voice-speed cannot be \"0.2\"", "a factor from 0.3 to 3", ""},
		{"(voice-speed: fst)", "1:15 error: voice-speed cannot be \"fst\"", "slow, normal, fast", "did you mean fast?"},
		{"(voice-volume: -1)", "1:16 error: voice-volume cannot be \"-1\"", "0 to 10", ""},
		{"(pause: soon)", "1:9 error: pause cannot be \"soon\"", "0 seconds to 24 hours", ""},
		{"(pause: 2,5)", "1:9 error: pause cannot be \"2,5\"", "", "write the number with a point: 2.5"},
		{"(pause: 1:60)", "1:9 error: pause cannot be \"1:60\"", "", ""},
		{"(pause: 1.5:30)", "1:9 error: pause cannot be \"1.5:30\"", "", ""},
		{"(pause: 1:-2)", "1:9 error: pause cannot be \"1:-2\"", "", ""},
		{"(pause: +1:30)", "1:9 error: pause cannot be \"+1:30\"", "", ""},
		{"(pause: 1:2:3:4)", "1:9 error: pause cannot be \"1:2:3:4\"", "", ""},
		{"(pause: 24:00:01)", "1:9 error: pause cannot be \"24:00:01\"", "", ""},
		{"---\ntheme: x.png\n---", "2:8 error: theme cannot be \"x.png\"", "", ""},
		{"---\ntheme: [x.css]\n---", "2:8 error: theme cannot be", "", ""},
		{"---\nvoice-pitch: 0.29\n---", "2:14 error: voice-pitch cannot be \"0.29\"", "", ""},
		{"---\nvoice-pitch: 3.01\n---", "2:14 error: voice-pitch cannot be \"3.01\"", "", ""},
		{"---\nvoice-volume: 10.1\n---", "2:15 error: voice-volume cannot be \"10.1\"", "", ""},
		{"(pause: 1:75)", "1:9 error: pause cannot be \"1:75\"", "", ""},
		{"(pause:)", "1:8 warning: pause has no value and is ignored", "", ""},
		{"(duration: 0)", "1:12 error: duration cannot be \"0\"", "more than 0", ""},
		{"(transition: fad 1)", "1:14 error: the type of transition cannot be \"fad\"", "crossfade", "did you mean fade?"},
		{"(transition: fade 61)", "1:19 error: the duration of transition cannot be \"61\"", "0 to 60", ""},
		{"(transition: fade 1 2)", "1:14 error: transition cannot be \"fade 1 2\"", "", ""},
		{"(canvas: redd)", "1:10 error: canvas cannot be \"redd\"", "CSS colour", "did you mean red?"},
		{"(canvas: ff0000)", "1:10 error: canvas cannot be \"ff0000\"", "#rrggbb", ""},
		{"(canvas: #ff00)x", "", "", ""},
		{"(canvas: #ff0000000)", "1:10 error: canvas cannot be \"#ff0000000\"", "", ""},
		{"(canvas: rgb(nan,0,0))", "1:10 error: canvas cannot be \"rgb(nan,0,0)\"", "", ""},
		{"(callout:\n  cx: 1\n  cy: 2\n  sise: 4)", "4:3 error: the name in callout \"sise\" is unknown", "size", "did you mean size?"},
		{"(callout:\n  type: box)", "2:9 error: type of callout cannot be \"box\"", "circle or rectangle", ""},
		{"(callout:\n  cx: 1\n  cy: 2\n  size: 4\n  alpha: 1.5)", "5:10 error: alpha of callout cannot be \"1.5\"", "0 to 1", ""},
		{
			"(callout:\n  type: rectangle\n  left: 5\n  top: 1\n  right: 2\n  bottom: 4)",
			"1:2 error: the callout has no area: from 5, 1 to 2, 4", "", "",
		},
		{"(callout: circle)", "1:11 error: callout cannot be \"circle\"", "a map", ""},
		{"(video:\n  segment: 1-2)", "1:2 error: video names no file", "", "add a line such as file: name.mp4"},
		{"(audio: /etc/passwd)", "1:9 error: audio cannot be \"/etc/passwd\": it is an absolute path", "", ""},
		{"(audio: ../../x.mp3)", "1:9 error: audio cannot be \"../../x.mp3\": it is outside the project", "", ""},
		{"(audio: C:\\x.mp3)", "1:9 error: audio cannot be \"C:\\x.mp3\": it is an absolute path", "", ""},
		{"(audio: https://x.y/z.mp3)", "1:9 error: audio cannot be \"https://x.y/z.mp3\": it is a web address", "", ""},
		{"![](folder/)", "1:5 error: the file of an image cannot be \"folder/\": it is a folder", "", ""},
		{"![]()", "1:1 error: this image has no file", "", ""},
		{
			"![contian](a.png)", //nolint:misspell // on purpose
			"1:3 error: \"contian\" is not an option of an image", "contain", //nolint:misspell // on purpose
			"did you mean contain?",
		},
		{"![our living room](a.png)", "1:3 warning: \"our living room\" in an image are not options and are ignored", "", ""},
		{"![cat](a.png)", "1:3 warning: \"cat\" in an image is not an option and is ignored", "", ""},
		{"![5-2](a.mp4)", "1:3 error: \"5-2\" is not a segment of a clip", "", ""},
		{"![cover fit](a.png)", "1:9 warning: \"cover\" and \"fit\" cannot be combined; the last one is used", "", ""},
		{"---\nwatermark: logo.svg 1.5\n---", "2:21 error: the strength of watermark cannot be \"1.5\"", "0 to 1", ""},
		{"---\nwatermark: logo\n---", "2:12 error: watermark cannot be \"logo\"", "an image file", ""},
		{"---\nwatermark: logo.svg top left\n---", "2:12 error: watermark cannot be", "", ""},
		{"---\nwatermark: ../../a.svg\n---", "2:12 error: watermark cannot be \"../../a.svg\": it is outside", "", ""},
		{"---\nwatermark: {file: logo.svg}\n---", "2:12 error: watermark cannot be", "", ""},
		{"(watermark: logo.svg)", "1:2 warning: \"watermark\" can be set only in the header", "", ""},
		{"---\nsizes: 1080x1921\n---", "2:8 error: sizes cannot be \"1080x1921\"", "even numbers", ""},
		{"---\nsizes: 1080x1920, wide\n---", "2:19 error: sizes cannot be \"wide\"", "", ""},
		{"---\nsizes: ,\n---", "2:8 error: sizes cannot be \",\"", "one to eight", ""},
		{
			"---\nsizes: 16x16 18x18 20x20 22x22 24x24 26x26 28x28 30x30 32x32\n---",
			"2:8 error: sizes cannot be", "one to eight", "",
		},
		{"---\nbrand: house.png\n---", "2:8 error: brand cannot be \"house.png\"", ".css", ""},
		{"---\nprogress: bra\n---", "2:11 error: progress cannot be \"bra\"", "bar or none", "did you mean bar?"},
		{
			"---\nwatermrak: a.svg\n---", "2:1 error: the property \"watermrak\" is unknown", "",
			"did you mean watermark?",
		},
		{"(reveal: itms)", "1:10 error: reveal cannot be \"itms\"", "items, callouts, or lines", "did you mean items?"},
		{"(highlight: 4-2)", "1:13 error: highlight cannot be \"4-2\"", "2-4", ""},
	} {
		t.Run(r.src, func(t *testing.T) {
			t.Parallel()
			_, list := Parse("f/a.md", []byte(r.src))
			if r.first == "" {
				return
			}
			if len(list) == 0 {
				t.Fatal("nothing reported")
			}
			d := list[0]
			place, _, _ := strings.Cut(brief(list[:1]), " | ")
			if !strings.HasPrefix(place, r.first) || !strings.Contains(d.Detail, r.detail) || r.hint != "" && d.Hint != r.hint {
				t.Errorf("got %s\ndetail: %s\nhint: %s\nwant %s", place, d.Detail, d.Hint, r.first)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	k := newKnown()
	for name, want := range map[string]string{
		"pauze": "pause", "sizze": "size", "puase": "pause", "vioce": "voice", "fp": "fps", "bakgroun": "background",
		"mood": "", "foo": "", "x": "", "stamp": "",
	} {
		got, near := findNearestName(name, k.all)
		if got != want || near != (want != "") {
			t.Errorf("nearest(%q) = %q %v, want %q", name, got, near, want)
		}
	}
}

func TestStrict(t *testing.T) {
	t.Parallel()
	_, list := Parse("a.md", []byte("(mood: x)\n{{x}}\n(duration: 1)\n(duration: 2)\n"))
	strict := list.WithStrictErrors()
	if list.HasErrors() {
		t.Error(brief(list))
	}
	if len(strict) != 3 || strict[0].Severity != diag.Error || strict[1].Severity != diag.Error ||
		strict[2].Severity != diag.Warning {
		t.Error(brief(strict))
	}
}
