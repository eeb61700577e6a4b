package reading_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"mynah/internal/reading"
)

// least is the minimum share of pairs in a table that must be read as expected.
const least = 0.95

// TestTables compares each language with pairs of written and spoken forms, collected from grammars
// and the usage of news readers.
func TestTables(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.tsv")
	if err != nil || len(files) < 11 {
		t.Fatalf("%d tables, %v", len(files), err)
	}
	for _, file := range files {
		language := strings.TrimSuffix(filepath.Base(file), ".tsv")
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			measureTable(t, file)
		})
	}
}

func measureTable(t *testing.T, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	good, all := map[string]int{}, map[string]int{}
	var kinds, wrong []string
	reader := &reading.Reader{}
	for scan := bufio.NewScanner(f); scan.Scan(); {
		pair := strings.Split(scan.Text(), "\t")
		if len(pair) != 4 {
			t.Fatalf("bad line %q", scan.Text())
		}
		kind := pair[1]
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		got := spokenForm(saidBy(reader, pair[2], pair[0]))
		for _, k := range []string{kind, ""} {
			all[k]++
			if got == spokenForm(pair[3]) {
				good[k]++
			}
		}
		if got != spokenForm(pair[3]) {
			wrong = append(wrong, kind+" "+pair[2]+"\n\tgot  "+got+"\n\twant "+spokenForm(pair[3]))
		}
	}
	for _, kind := range kinds {
		t.Logf("%-12s %4d of %4d", kind, good[kind], all[kind])
	}
	t.Logf("%-12s %4d of %4d: %.1f %%", "all", good[""], all[""], 100*float64(good[""])/float64(all[""]))
	if float64(good[""]) < least*float64(all[""]) || testing.Verbose() {
		t.Logf("not as expected:\n%s", strings.Join(wrong, "\n"))
	}
	if float64(good[""]) < least*float64(all[""]) {
		t.Errorf("only %d of %d pairs are read as expected", good[""], all[""])
	}
}

// spokenForm returns a text in lower case without punctuation and hyphens, for comparison.
func spokenForm(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\'' || r == '’':
			return '\''
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.IsSymbol(r):
			return unicode.ToLower(r)
		case strings.ContainsRune("@#%&*/\\§", r):
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
