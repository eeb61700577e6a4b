package script_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mynah/internal/script"
)

var update = flag.Bool("update", false, "write the language's tables into docs/language.md")

// TestLanguagePage compares the tables of docs/language.md with those that the parser's rows produce.
func TestLanguagePage(t *testing.T) {
	t.Parallel()
	const file = "../../docs/language.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := page
	for name, table := range tables() {
		region := regexp.MustCompile(`(?s)(<!-- table: ` + name + ` -->\n).*?(<!-- end -->)`)
		if !region.Match(page) {
			t.Errorf("%s has no place for the table %q", file, name)
		}
		want = region.ReplaceAll(want, fmt.Appendf(nil, "${1}\n%s\n${2}", table))
	}
	if bytes.Equal(page, want) {
		return
	}
	if !*update {
		t.Fatal("docs/language.md is not as the parser has it: look at what `make golden` changes")
	}
	if err := os.WriteFile(file, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

// tables returns the tables of the page by name.
func tables() map[string]string {
	var settings, own, all []script.Property
	out := map[string]string{}
	for _, p := range script.ListProperties() {
		all = append(all, p)
		if p.Own {
			own = append(own, p)
		} else {
			settings = append(settings, p)
		}
	}
	for _, name := range []string{"callout", "subtitles"} {
		i := slices.IndexFunc(all, func(p script.Property) bool { return p.Name == name })
		out[name] = table([]string{"key", "values", "when not set", ""}, all[i].Keys, func(p script.Property) []string {
			return []string{"`" + p.Name + "`", values(p), p.Default, p.Help}
		})
	}
	named := func(p script.Property) []string {
		var where []string
		if p.Header {
			where = append(where, "H")
		}
		if p.Direction {
			where = append(where, "D")
		}
		return []string{"`" + p.Name + "`", strings.Join(where, " "), values(p), p.Default, p.Help}
	}
	head := []string{"name", "where", "values", "when not set", ""}
	out["settings"], out["own"] = table(head, settings, named), table(head, own, named)
	return out
}

// table formats a Markdown table.
func table(head []string, rows []script.Property, cells func(script.Property) []string) string {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString(strings.ReplaceAll("| "+strings.Join(cells, " | ")+" |\n", "|  |", "| |"))
	}
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, p := range rows {
		line(cells(p))
	}
	return strings.ReplaceAll(b.String(), "|  |", "| |")
}

// values describes the allowed values of a property: as a link to a section of the page, or as in
// findings, with words marked as code.
func values(p script.Property) string {
	if number, _, ok := strings.Cut(p.See, "."); ok {
		anchor := strings.ToLower(strings.NewReplacer(".", "", " ", "-").Replace(p.See))
		return "see [section " + number + "](#" + anchor + ")"
	}
	allowed := strings.TrimSuffix(p.Allowed, ", or a map") // as the findings about subtitles: say
	allowed, _, _ = strings.Cut(allowed, ", or a map of ")
	mark := func(word string) string { return "`" + word + "`" }
	allowed = regexp.MustCompile(`[\w-]+`).ReplaceAllStringFunc(allowed, func(word string) string {
		if slices.Contains(p.Words, word) || len(p.Keys) > 0 && strings.HasPrefix(word, "fade-") {
			return mark(word)
		}
		return word
	})
	if len(p.Keys) == 0 {
		return allowed
	}
	var keys []string
	for _, k := range p.Keys {
		keys = append(keys, mark(k.Name))
	}
	return allowed + "; or a map of " + strings.Join(keys, ", ")
}

// TestRows checks that each row has the fields that an editor needs, and that each word that it lists
// is a valid value.
func TestRows(t *testing.T) {
	t.Parallel()
	check := func(of string, p script.Property) {
		if p.Name == "" || p.Kind == "" || p.Allowed == "" {
			t.Errorf("%s%s lacks its name, its kind or what is allowed: %+v", of, p.Name, p)
		}
		if p.Kind == script.ChoiceKind && len(p.Words) == 0 {
			t.Errorf("%s%s is a choice of nothing", of, p.Name)
		}
		if p.From > p.To {
			t.Errorf("%s%s goes from %v to %v", of, p.Name, p.From, p.To)
		}
	}
	seen := map[string]bool{}
	for _, p := range script.ListProperties() {
		check("", p)
		for _, k := range p.Keys {
			check(p.Name+"/", k)
		}
		if seen[p.Name] || !p.Header && !p.Direction || p.Direction != (p.Reach != "") {
			t.Errorf("%s stands twice, nowhere, or reaches %q", p.Name, p.Reach)
		}
		seen[p.Name] = true
		for _, word := range p.Words {
			for where, src := range map[bool]string{p.Header: "---\n%s: %s\n---\n\nHi.", p.Direction: "(%s: %s)\n\nHi."} {
				if !where {
					continue
				}
				if _, list := script.Parse("a.md", fmt.Appendf(nil, src, p.Name, word)); len(list) > 0 {
					t.Errorf("%s offers %q: %v", p.Name, word, list)
				}
			}
		}
	}
}
