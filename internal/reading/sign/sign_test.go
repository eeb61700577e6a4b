package sign_test

import (
	"flag"
	"testing"

	"mynah/internal/reading/readingtest"
	"mynah/internal/reading/sign"
	"mynah/internal/reading/token"
)

func TestBetween(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Sign, sign.ReadSignBetween, []readingtest.Case{
		{
			"en", "5 - 3 = 2, 3*4, he/she, 7 days/week, .NET, .5 inches",
			"5 [minus] 3 = 2, 3[times]4, he[or]she, 7 days[per]week, [dot]NET, [point five] inches",
		},
		{
			"en", "!= >= => == <b>x</b> ->",
			"[is not equal to] [is greater than or equal to] [arrow] [equals] [ ]x[ ] [arrow]",
		},
		{"de", "24./25. Dezember, 30 %–40 %", "24.[und]25. Dezember, 30 %[bis]40 %"},
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Sign, sign.ReadSignName, []readingtest.Case{
		{"en", "C++ C# 5° & * _ § ① Ⅳ", "C[plus plus] C[sharp] 5[degrees] [and] [ ] [ ] [section] [one] [four]"},
		{"en", "² ₂ ≈ → ~ . , (x)", "[two] [two] [approximately] [arrow] [ ] . , (x)"},
		{"de", "a & b § 5 %", "a [und] b [Paragraf] 5 [Prozent]"},
		{"cs", "① & 😀", "[jeden] & [ ]"},
	})
}

func TestGreek(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, sign.ReadGreekLetter, []readingtest.Case{
		{"en", "α and β², the Ωmega", "[alpha] and [beta squared], the Ωmega"},
		{"el", "α", "α"},
	})
}

func TestSpelled(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		".": " dot, ", "@": " at, ", "_": " underscore, ", "&": " and, ", ",": "", "²": " two, ", "½": " one half, ",
		"Ⅳ": " four, ", "①": " one, ", "☃": " ",
	} {
		if got := sign.NameSpelledSign(readingtest.NewPassage("en", text)); got != want {
			t.Errorf("among letters, %s is %q, want %q", text, got, want)
		}
	}
}

// rules returns all rules of the package, the more specific ones first.
func rules() []readingtest.Rules {
	return []readingtest.Rules{
		{Kind: token.Sign, Rules: []readingtest.Rule{
			sign.ReadSignBetween, sign.ReadSignName,
		}},
		{Kind: token.Word, Rules: []readingtest.Rule{
			sign.ReadGreekLetter,
		}},
	}
}

var update = flag.Bool("update", false, "write the sentences anew")

// TestSentences compares the effect of all rules on sentences with the golden file.
func TestSentences(t *testing.T) {
	t.Parallel()
	readingtest.CheckGolden(t, *update, rules()...)
}

// FuzzRules checks that rules return indexes inside the text.
func FuzzRules(f *testing.F) {
	readingtest.FuzzRules(f, rules()...)
}
