package script_test

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"mynah/internal/script"
)

// TestReadHeader parses properties from YAML nodes and checks the places of its findings.
func TestReadHeader(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"voice: amy":               "voice=amy",
		"Voice : ' amy '":          "voice=amy",
		"voice: \"a\\u0000b\"":     "1:8-1:9 voice contains a control character",
		"voice: \"a\\nb\"":         "voice=a b",
		"voice: ~":                 "1:8-1:9 voice has no value and is ignored",
		"voice:":                   "1:7-1:8 voice has no value and is ignored",
		"voice: ''":                "1:8-1:9 voice has no value and is ignored",
		"voice: [a, b]":            "1:8-1:9 voice cannot be a list",
		"voice: {a: b}":            "1:8-1:9 voice cannot be a map",
		"voice: &x amy":            "1:8-1:11 voice uses a YAML anchor or alias",
		"[a]: amy":                 "1:1-1:2 a name in the header is not a plain word",
		"'': amy":                  "1:1-1:2 a name in the header is not a plain word",
		"vioce: amy":               "1:1-1:6 the property \"vioce\" is unknown",
		"size: 720":                "1:7-1:10 size cannot be \"720\"",
		"size: '720'":              "1:7-1:8 size cannot be \"720\"",
		"subtitles: {mode: embed}": "subtitles=embed",
		"subtitles: {Mode: embed, mode: overlay}": "1:26-1:30 \"mode\" is set twice in this map; the last one is used",
		"subtitles: {[a]: b}":                     "1:13-1:14 a name in the map of subtitles is not a plain word",
		"subtitles: {mode: [a]}":                  "1:19-1:20 mode of subtitles cannot be a list",
		"subtitles: {mode: {a: {b: {c: d}}}}":     "1:19-1:20 mode of subtitles cannot be a map",
		"voice: amy\nvoice-speed: 9":              "2:14-2:15 voice-speed cannot be \"9\"",
		"theme: ../../x.css":                      "1:8-1:19 theme cannot be \"../../x.css\": it is outside the project",
		"theme: ../x.css":                         "theme=../x.css",
	} {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
			t.Fatal(src, err)
		}
		h, list := script.ReadHeader("d/mynah.yaml", doc.Content[0])
		var got []string
		for _, d := range list {
			r := d.Range
			got = append(got, fmt.Sprintf("%d:%d-%d:%d %s", r.Start.Line, r.Start.Column, r.End.Line, r.End.Column, d.Summary))
			if r.File != "d/mynah.yaml" {
				t.Errorf("%q: %v", src, r)
			}
		}
		if len(list) == 0 {
			switch {
			case h.Voice != nil:
				got = append(got, "voice="+*h.Voice)
			case h.Subtitles != nil:
				got = append(got, "subtitles="+string(h.Subtitles.Mode))
			case h.Theme != nil:
				got = append(got, "theme="+h.Theme.Name)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
}
