package spellout_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"mynah/internal/spellout"
)

// TestAgainstICU compares every public rule set of every language with ICU, using the same rules.
func TestAgainstICU(t *testing.T) {
	t.Parallel()
	python := "/usr/bin/python3" // the one that Debian's python3-icu belongs to
	if err := exec.CommandContext(t.Context(), python, "-c", "import icu").Run(); err != nil {
		t.Fatalf("python3-icu is missing (scripts/setup installs it): %v", err)
	}
	icu := exec.CommandContext(t.Context(), python, "testdata/spell.py")
	packed, err := os.ReadFile("rules.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	icu.Stdin = bytes.NewReader(rules)
	var problems bytes.Buffer
	icu.Stderr = &problems
	out, err := icu.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, problems.String())
	}
	same, wrong := 0, 0
	languages := map[string]bool{}
	for scan := bufio.NewScanner(bytes.NewReader(out)); scan.Scan(); {
		f := strings.Split(scan.Text(), "\t")
		n, err := strconv.ParseUint(f[2], 10, 64)
		if err != nil || len(f) != 4 {
			t.Fatalf("bad line %q", scan.Text())
		}
		l, ok := spellout.ForLanguage(f[0])
		if !ok {
			t.Fatalf("no rules for %s", f[0])
		}
		got, ok := l.Spell(n, f[1])
		if !ok && strings.ContainsFunc(f[3], unicode.IsDigit) {
			continue // the rules write digits for this number
		}
		languages[f[0]] = true
		if got == f[3] {
			same++
		} else if wrong++; wrong <= 20 {
			t.Errorf("%s %s %d: %q, ICU says %q", f[0], f[1], n, got, f[3])
		}
	}
	t.Logf("%d numbers in %d languages are equal to ICU's, %d differ", same, len(languages), wrong)
	if same < 50_000 || len(languages) < 70 {
		t.Errorf("only %d numbers in %d languages were compared", same, len(languages))
	}
}

// spell spells a number, or fails the test.
func spell(t *testing.T, tag string, n uint64, set string) string {
	t.Helper()
	l, ok := spellout.ForLanguage(tag)
	if !ok {
		t.Fatalf("no rules for %s", tag)
	}
	s, ok := l.Spell(n, set)
	if !ok {
		t.Fatalf("%s cannot spell %d by %s", tag, n, set)
	}
	return s
}

func TestSpell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  string
		n    uint64
		set  string
		want string
	}{
		{"en-US", 1_234_567, "spellout-cardinal", "one million two hundred thirty-four thousand five hundred sixty-seven"},
		{"de-AT", 21, "spellout-cardinal-feminine", "einundzwanzig"},
		{"de", 1939, "spellout-numbering-year", "neunzehnhundertneununddreißig"},
		{"nb-NO", 3, "spellout-ordinal-masculine", "tredje"},
		{"fr", 80, "spellout-cardinal-masculine", "quatre-vingts"},
		{"fr-BE", 90, "spellout-cardinal-masculine", "nonante"},
		{"pl", 2100, "spellout-ordinal-masculine-genitive", "dwa tysiące setnego"},
		{"zh-TW", 105, "spellout-cardinal", "一百零五"},
		{"ja", 1234, "spellout-cardinal", "千二百三十四"},
	} {
		if got := spell(t, c.tag, c.n, c.set); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.tag, c.n, got, c.want)
		}
	}
	if _, ok := spellout.ForLanguage("tlh"); ok {
		t.Error("CLDR has no rules for Klingon")
	}
	l, _ := spellout.ForLanguage("en")
	for _, n := range []uint64{spellout.Limit, spellout.Limit + 1, 1<<64 - 1} {
		if s, ok := l.Spell(n, "spellout-cardinal"); ok {
			t.Errorf("%d is spelled as %q", n, s)
		}
	}
}

// FuzzSpell checks that spelling any number in any language returns words without digits, or false.
func FuzzSpell(f *testing.F) {
	for i, tag := range spellout.ListTags() {
		f.Add(tag, uint64(i)*7919, uint(i))
	}
	f.Add("no\x00t", uint64(1), uint(0))
	f.Fuzz(func(t *testing.T, tag string, n uint64, set uint) {
		l, ok := spellout.ForLanguage(tag)
		if !ok {
			return
		}
		sets := l.ListRuleSets()
		name := sets[int(set%uint(len(sets)))]
		if s, ok := l.Spell(n, name); ok && (s == "" || strings.ContainsAny(s, "0123456789")) {
			t.Errorf("%s %s %d is %q", tag, name, n, s)
		}
	})
}

func BenchmarkSpell(b *testing.B) {
	l, _ := spellout.ForLanguage("de")
	for i := range b.N {
		if _, ok := l.Spell(uint64(i)*9973, "spellout-cardinal-masculine"); !ok {
			b.Fatal(fmt.Sprint(i))
		}
	}
}
