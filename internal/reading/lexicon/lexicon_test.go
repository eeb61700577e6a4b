package lexicon_test

import (
	"strings"
	"testing"

	"mynah/internal/diag"
	"mynah/internal/reading/lexicon"
)

func TestBadLexicons(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"no colon here":           "no colon",
		": nothing":               "no word",
		"word:":                   "no pronunciation",
		"word: /open":             "not closed",
		"word: //":                "not closed",
		"word: # nothing":         "no pronunciation",
		"word: /a/ b":             "not closed",
		"bad \xff: x":             "UTF-8",
		strings.Repeat("x", 2000): "1,000",
	} {
		_, list := lexicon.Parse("l.txt", []byte("good: fine\n"+line+"\n"))
		if len(list) != 1 || list[0].Severity != diag.Error || list[0].Range.Start.Line != 2 ||
			!strings.Contains(list[0].Summary, want) || list[0].Hint == "" {
			t.Errorf("%.30q: %+v", line, list)
		}
	}
	if _, list := lexicon.Parse("l.txt", []byte("a: b\na: c\n")); len(list) != 1 || list[0].Severity != diag.Warning {
		t.Errorf("twice: %+v", list)
	}
}

// TestMatch checks that the longest word is found, that capitals matter if the lexicon has them, and
// that words inside other words are found only in scripts without spaces.
func TestMatch(t *testing.T) {
	t.Parallel()
	l, list := lexicon.Parse("l.txt", []byte("sql: sequel\nSQL Server: sequel server\nsql server: other\nQt: cute\n"+
		"Mynah: /maɪnə/\n日本: にほん\n"))
	if len(list) > 0 {
		t.Fatal(list)
	}
	for _, c := range []struct {
		text     string
		at, size int
		say      string
	}{
		{"Sql.", 0, 3, "sequel"},
		{"SQL Server 7", 0, 10, "sequel server"},
		{"Sql Server 7", 0, 10, "other"},
		{"MySQL", 2, 3, "sequel"},
		{"SQLs", 0, 0, ""},
		{"QT", 0, 0, ""},
		{"Mynah", 0, 5, "/maɪnə/"},
		{"は日本に", 3, 6, "にほん"},
		{"", 0, 0, ""},
	} {
		size, e := l.FindLongestWordAt(c.text, c.at)
		said := e.Say
		if e.IPA != "" {
			said = "/" + e.IPA + "/"
		}
		if size != c.size || said != c.say {
			t.Errorf("%q at %d: %d bytes, %q, want %d, %q", c.text, c.at, size, said, c.size, c.say)
		}
	}
	var none *lexicon.Lexicon
	if size, _ := none.FindLongestWordAt("SQL", 0); size != 0 {
		t.Errorf("no lexicon finds %d bytes", size)
	}
}

// TestNarrowWordsFirst checks that more specific words take precedence in every order of the lexicon.
func TestNarrowWordsFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lines, text, say string }{
		{"sql: small\nSQL: large\n", "SQL", "large"},
		{"SQL: large\nsql: small\n", "SQL", "large"},
		{"sql: small\nSQL: large\n", "Sql", "small"},
		{"C: see\nc++: plus\n", "C++", "plus"},
		{"c++: plus\nC: see\n", "C++", "plus"},
		{"C: see\nc++: plus\n", "C", "see"},
		{"a: one\na: two\n", "A", "two"},
		{"x: '\n", "x", "'"},
	} {
		l, _ := lexicon.Parse("l.txt", []byte(c.lines))
		if _, e := l.FindLongestWordAt(c.text, 0); e.Say != c.say {
			t.Errorf("%q: %s is said %q, want %q", c.lines, c.text, e.Say, c.say)
		}
	}
	if _, list := lexicon.Parse("l.txt", []byte("a: b\n\n# c\n---: d\nx: ''\n")); len(list) != 1 ||
		list[0].Range.Start.Line != 5 {
		t.Errorf("findings: %+v", list)
	}
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]int{1000: 0, 1001: 1} {
		line := "word: " + strings.Repeat("x", length-len("word: "))
		if _, list := lexicon.Parse("l.txt", []byte("a: b\n"+line)); len(list) != want || want == 1 &&
			list[0].Range.End.Column != length+1 {
			t.Errorf("a line of %d: %+v", length, list)
		}
	}
	if _, list := lexicon.Parse("l.txt", []byte("ä")); len(list) != 1 || list[0].Range.End.Column != 2 {
		t.Errorf("a letter: %+v", list)
	}
	l, _ := lexicon.Parse("l.txt", nil)
	if n, _ := l.FindLongestWordAt("x", 0); n != 0 {
		t.Errorf("an empty lexicon finds %d bytes", n)
	}
}

// TestPlaces checks that a finding spans its line, and that quotes are removed only in pairs.
func TestPlaces(t *testing.T) {
	t.Parallel()
	_, list := lexicon.Parse("l.txt", []byte("a: b\nword\n"))
	if len(list) != 1 || list[0].Range.Start.Column != 1 || list[0].Range.End.Column != 5 || list[0].Range.End.Line != 2 {
		t.Errorf("got %+v", list)
	}
	for line, want := range map[string]string{"x: 'a'": "a", `x: "a"`: "a", "x: 'a": "'a", "x: a'": "a'", `x: 'a"`: `'a"`} {
		l, _ := lexicon.Parse("l.txt", []byte(line))
		if _, e := l.FindLongestWordAt("x", 0); e.Say != want {
			t.Errorf("%s is said %q, want %q", line, e.Say, want)
		}
	}
	if lexicon.Max != 1048576 {
		t.Errorf("a lexicon may have %d bytes", lexicon.Max)
	}
}

// FuzzParse checks that arbitrary bytes are parsed or rejected with a hint, and that the words found
// by FindLongestWordAt are in the text.
func FuzzParse(f *testing.F) {
	f.Add([]byte("a: b\nb: /c/\n# x\nC#: 'see # sharp'"), "a B c#")
	f.Add([]byte("\ufeff:\n/\xff: x\r日本: に"), "日本")
	f.Fuzz(func(t *testing.T, src []byte, text string) {
		l, list := lexicon.Parse("l", src)
		for _, d := range list {
			if d.Summary == "" || d.Hint == "" {
				t.Fatalf("%q: %+v", src, d)
			}
		}
		for at := range text {
			if size, e := l.FindLongestWordAt(text, at); size < 0 || at+size > len(text) || size > 0 && e.Say == "" &&
				e.IPA == "" {
				t.Fatalf("%q finds %d bytes, %+v at %d of %q", src, size, e, at, text)
			}
		}
	})
}
