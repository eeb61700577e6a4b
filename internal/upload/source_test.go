package upload_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"mynah/internal/fault"
	"mynah/internal/upload"
)

func files(names ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for _, n := range names {
		out[n] = &fstest.MapFile{Data: []byte("hello")}
	}
	return out
}

func TestSourceIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files  fstest.MapFS
		source string
		want   string
	}{
		"named":           {files("a.md", "b.md"), "b.md", "b.md"},
		"in a folder":     {files("x/a.md", "b.md"), "x/a.md", "x/a.md"},
		"uncleaned":       {files("x/a.md", "b.md"), "./x//y/../a.md", "x/a.md"},
		"in the top":      {files("repo-1/a.md", "repo-1/b.md"), "a.md", "repo-1/a.md"},
		"deep in the top": {files("repo-1/x/a.md"), "x/a.md", "repo-1/x/a.md"},
		"with the top":    {files("repo-1/a.md"), "repo-1/a.md", "repo-1/a.md"},
		"same as the top": {files("a/a/b.md", "a/b.md"), "a/b.md", "a/b.md"},
		"capitals":        {files("A.MD", "x.png"), "A.MD", "A.MD"},
		"deck":            {files("a.pptx"), "a.pptx", "a.pptx"},
		"old deck":        {files("a.PPT"), "a.PPT", "a.PPT"},
		"open deck":       {files("a.odp"), "a.odp", "a.odp"},
		"pdf":             {files("a.pdf"), "a.pdf", "a.pdf"},
		"only":            {files("a.md", "x.png", "y/b.md"), "", "a.md"},
		"only text":       {files("a.txt"), "", "a.txt"},
		"only long":       {files("a.Markdown"), "", "a.Markdown"},
		"only in the top": {files("repo-1/a.md", "repo-1/x/b.md"), "", "repo-1/a.md"},
		"script.md":       {files("a.md", "script.md", "source.md"), "", "script.md"},
		"source.md":       {files("a.md", "source.md", "z.txt"), "", "source.md"},
		"index.md":        {files("r/a.md", "r/index.md", "r/main.md"), "", "r/index.md"},
		"md before txt":   {files("a.md", "b.txt", "c.txt"), "", "a.md"},
		"what comes along": {files("a.md", "README.md", "LICENSE-2.0.txt", "CHANGELOG", "._a.md", ".hidden.md",
			"a.transcript.md"), "", "a.md"},
		"translations":   {files("a.md", "a.de.md", "a.pt-BR.md"), "", "a.md"},
		"only a deck":    {files("a.pptx"), "", "a.pptx"},
		"a deck's notes": {files("r/a.pdf", "r/a.md"), "", "r/a.pdf"},
		"included": {fstest.MapFS{
			"a.md": {Data: []byte("---\nlexicon: words.md\n---\n(include: b.md)\n")}, "b.md": {Data: []byte("Said.")},
			"words.md": {Data: []byte("x: y")},
		}, "", "a.md"},
		"a deck beside it":   {files("a.md", "b.pptx"), "", "a.md"},
		"a folder beside it": {files("a.md", "b.md/c.png"), "", "a.md"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := upload.FindSource(c.files, c.source); err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestSourceIsNotFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files  fstest.MapFS
		source string
		want   string
	}{
		"climbs":         {files("a.md"), "../a.md", `"../a.md" is outside`},
		"climbs late":    {files("a.md"), "x/../../a.md", `is outside`},
		"parent":         {files("a.md"), "..", `is outside`},
		"absolute":       {files("a.md"), "/a.md", `"/a.md" is outside`},
		"climbs the top": {files("x/a.md"), "../a.md", `is outside`},
		"near": {
			files("main.md", "x/other.md", "y/z.txt"), "mian.md",
			`"mian.md" is not in the archive; the nearest is "main.md", `,
		},
		"other folder":      {files("some/where/main.md", "maim.md"), "main.md", `the nearest is "some/where/main.md", `},
		"other case":        {files("Main.md", "man.md", "x.txt"), "main.md", `the nearest is "Main.md", `},
		"three":             {files("a.md", "b.md", "c.md", "d.md"), "e.md", `the nearest is "a.md", "b.md", "c.md", …`},
		"nothing":           {files("a.png"), "a.md", `"a.md" is not in the archive, which contains no script`},
		"empty":             {files(), "a.md", `contains no script`},
		"NUL":               {files("a.md"), "a\x00.md", `"a\x00.md" is not in the archive`},
		"not UTF-8":         {files("a.md"), "a\xff.md", `"a\xff.md" is not in the archive`},
		"a folder":          {files("x.md/a.md", "b.md"), "x.md", `"x.md" is a folder`},
		"the root":          {files("a.md"), ".", `"." is a folder`},
		"an image":          {files("a.png", "a.md"), "a.png", `"a.png" must be a .md`},
		"two":               {files("a.md", "b.md", "c.png"), "", `several files that could be the main script: "a.md", "b.md"`},
		"two in the top":    {files("x/a.md", "x/b.md"), "", `script: "a.md", "b.md"`},
		"none":              {files("a.png", "x/a.md"), "", `no .md or .txt file at the top`},
		"two decks":         {files("a.pptx", "b.pdf"), "", `several presentations and no script: "a.pptx", "b.pdf"`},
		"none in the top":   {files("x/y/a.md", "x/z.png"), "", `in its folders are "y/a.md"`},
		"none in nothing":   {files(), "", `no .md or .txt file in the archive`},
		"a very long name":  {files("a.md"), strings.Repeat("x", 1<<20), `the nearest is "a.md"`},
		"hostile but legal": {files("a.md"), "a\u202e.md", `"a\u202e.md" is not in`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := upload.FindSource(c.files, c.source)
			if text := public(err); !strings.Contains(text, c.want) || got != "" || len(text) > 400 {
				t.Errorf("%q, %q; want %q", got, text, c.want)
			}
			if fault.CodeOf(err) != fault.Input {
				t.Errorf("code %s", fault.CodeOf(err))
			}
		})
	}
}
