package project_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"mynah/internal/project"
	"mynah/internal/script"
)

// TestChoose checks which file of a folder is the script, and that all candidates are listed if there
// are several.
func TestChoose(t *testing.T) {
	t.Parallel()
	for files, want := range map[string]string{
		"":                                     "",
		"a.md":                                 "a.md",
		"a.markdown":                           "a.markdown",
		"a.txt":                                "a.txt",
		"a.md b.txt":                           "a.md",
		"a.md b.md":                            " (a.md b.md)",
		"a.txt b.txt":                          " (a.txt b.txt)",
		"a.md b.md script.md":                  "script.md",
		"index.md main.md source.md":           "source.md",
		"index.md main.md":                     "index.md",
		"a.md Script.MD":                       "Script.MD",
		"a.md README.md LICENSE.txt notice.md": "a.md",
		"readmeplease.md":                      "readmeplease.md",
		"readme-first.md":                      "",
		"changelog2.md contributing security":  "",
		"a.md .hidden.md ~$b.md ._c.md":        "a.md",
		"a.md a.transcript.md a.chapters.txt":  "a.md",
		"a.md a.de.md a.fr.md":                 "a.md",
		"a.de.md":                              "a.de.md",
		"a.md a.old.md":                        " (a.md a.old.md)",
		"a.md part.md includes-part.md":        " (a.md includes-part.md)",
		"part.md includes-part.md":             "includes-part.md",
		"words.txt lexicon-words.md":           "lexicon-words.md",
		"words.txt lexicon-words.txt":          "lexicon-words.txt",
		"loop-a.md loop-b.md":                  " (loop-a.md loop-b.md)",
		"self.md":                              "self.md",
		"self.md b.md":                         " (b.md self.md)",
		"deck.pdf":                             " | deck.pdf",
		"deck.pdf deck.md":                     " | deck.pdf",
		"deck.pptx deck.md":                    "deck.md | deck.pptx",
		"deck.pdf deck.txt":                    "deck.txt | deck.pdf",
		"deck.ODP a.md":                        "a.md | deck.ODP",
		"a.png b.mp4":                          "",
	} {
		fsys := fstest.MapFS{"d/folder.md/x": {}}
		for name := range strings.FieldsSeq(files) {
			text := "Hello."
			switch stem, _, _ := strings.Cut(name, "."); stem {
			case "includes-part":
				text = "(include: ./part.md)"
			case "lexicon-words":
				text = "---\nlexicon: words.txt\n---\nHello."
			case "loop-a":
				text = "(include: loop-b.md)"
			case "loop-b":
				text = "(include: loop-a.md)"
			case "self":
				text = "(include: self.md)"
			}
			fsys["d/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
		c, err := project.ChooseScript(fsys, "d")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimPrefix(c.Script, "d/")
		if len(c.Candidates) > 1 {
			got += " (" + strings.ReplaceAll(strings.Join(c.Candidates, " "), "d/", "") + ")"
		}
		if len(c.Decks) > 0 {
			got += " | " + strings.Join(c.Decks, " ")
		}
		if got != want {
			t.Errorf("of %s: %q, want %q", files, got, want)
		}
	}
	if _, err := project.ChooseScript(fstest.MapFS{}, "d"); err == nil {
		t.Error("a folder that is not there has a script")
	}
}

// TestIncludedScenes checks that the parts of a scene around an include become separate scenes, and
// that parts with only settings are added to the included scenes.
func TestIncludedScenes(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"(include: p.md)":                                     "P1 / P2",
		"A.\n\n(include: p.md)":                               "A / P1 / P2",
		"(include: p.md)\n\nB.":                               "P1 / P2 / B",
		"(canvas: red)\n\n(include: p.md)":                    "canvas P1 / P2",
		"(include: p.md)\n\n(canvas: red)":                    "P1 / P2 canvas",
		"(canvas: red)\n\n(include: p.md)\n\nB.":              "canvas P1 / P2 / B",
		"A.\n\n(include: p.md)\n\n(canvas: red)":              "A / P1 / P2 canvas",
		"(include: p.md)\n\n(canvas: red)\n\n(include: p.md)": "P1 / P2 / canvas P1 / P2",
		"(canvas: red)\n\n(include: empty.md)\n\nB.":          "canvas B",
		"(include: empty.md)":                                 "",
		"A.\n\n---\n\n(include: p.md)\n\n---\n\nB.":           "A / P1 / P2 / B",
	} {
		fsys := fstest.MapFS{
			"s.md": {Data: []byte(src)}, "p.md": {Data: []byte("P1\n\n---\n\nP2")},
			"empty.md": {Data: []byte("<!-- nothing -->")},
		}
		r, list := script.Load(fsys, "s.md", script.Options{})
		var scenes []string
		for _, s := range r.Script.Scenes {
			var nodes []string
			for _, n := range s.Nodes {
				switch n := n.(type) {
				case *script.Narration:
					nodes = append(nodes, strings.Trim(n.Text(), "."))
				case *script.Set:
					nodes = append(nodes, n.Name)
				}
			}
			scenes = append(scenes, strings.Join(nodes, " "))
		}
		if got := strings.Join(scenes, " / "); got != want || len(list) > 0 {
			t.Errorf("%q: %q, want %q; %v", src, got, want, list)
		}
	}
}

// TestUnreadFiles checks that a script that cannot be read is an error that suggests a similar name.
func TestUnreadFiles(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"d/script.md": {Data: []byte("a")}, "d/big.md": {Data: make([]byte, 4<<20+1)},
		"d/full.md": {Data: []byte(strings.Repeat(" ", 4<<20))},
	}
	for name, want := range map[string]string{
		"d/scirpt.md": `there is no file "d/scirpt.md" did you mean d/script.md?`,
		"d/zzz.md":    `there is no file "d/zzz.md" `,
		"../x.md":     `"../x.md" is not a path inside the project `,
		"d":           `"d" is not a file `,
		"d/big.md":    `"d/big.md" is larger than 4 MiB, the limit for a script `,
		"d/full.md":   "",
	} {
		_, list := script.Load(fsys, name, script.Options{})
		got := ""
		for _, d := range list {
			got = strings.TrimPrefix(d.Summary, "the script cannot be read: ") + " " + d.Hint
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
