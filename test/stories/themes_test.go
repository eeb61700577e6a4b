package stories_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mynah/internal/compile"
	"mynah/internal/house"
	"mynah/internal/studio"
	"mynah/internal/testrun"
)

// TestThemesPage checks that the brand and the theme of the page cause no finding, on slides alone and over a picture.
func TestThemesPage(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	page := readPage(t, "docs/themes.md")
	files := map[string]string{}
	for _, section := range steps(page) {
		for _, s := range section {
			files[s.file] = s.text
		}
	}
	if files["house.css"] == "" || files["night.css"] == "" {
		t.Fatalf("the page has the files %v", files)
	}
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">` +
		`<rect width="1280" height="720" fill="#fff"/></svg>`
	files["logo.svg"], files["white.svg"] = svg, svg
	slides := ""
	for _, picture := range []string{"", "![](white.svg)\n\n"} {
		slides += picture + "```md\n# Head\n\n- one\n- two\n\n> said\n```\n\n(duration: 1)\n\n---\n\n"
	}
	files["brand.md"] = blocks(page)[0].text + "\n" + slides
	files["theme.md"] = "---\ntheme: night.css\n---\n\n" + slides
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg := house.DefaultConfig()
	cfg.CacheDir = t.TempDir()
	h, err := house.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, name := range []string{"brand.md", "theme.md"} {
		request := studio.Request{Dir: dir, Request: compile.Request{Script: name}, Slides: true}
		list, _, err := h.Studio.Check(t.Context(), request)
		if err != nil || len(list) > 0 {
			t.Errorf("%s: %v %v", name, list, err)
		}
	}
}

// TestThemeVariables compares the page with the style sheets: it describes each variable that is meant to be set.
func TestThemeVariables(t *testing.T) {
	t.Parallel()
	page := readPage(t, "docs/themes.md")
	variable := regexp.MustCompile(`--[a-z-]+`)
	// Variables that the layout itself sets.
	inner := map[string]bool{"--tight": true, "--columns": true, "--radius": true}
	set, described := map[string]bool{}, map[string]bool{}
	for _, name := range []string{"base", "layouts", "default", "light", "dark", "paper", "bold"} {
		css := readPage(t, "internal/slide/assets/"+name+".css")
		for _, m := range regexp.MustCompile(`(--[a-z-]+):`).FindAllSubmatch(css, -1) {
			set[string(m[1])] = !inner[string(m[1])]
		}
	}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| `--") {
			for _, name := range variable.FindAllString(strings.Split(line, "|")[1], -1) {
				described[name] = true
				if !set[name] {
					t.Errorf("the page describes %s, which no theme sets", name)
				}
			}
		}
	}
	for name, meant := range set {
		if meant && !described[name] {
			t.Errorf("the page does not describe %s", name)
		}
	}
}
