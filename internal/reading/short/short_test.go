package short_test

import (
	"flag"
	"testing"

	"mynah/internal/reading/readingtest"
	"mynah/internal/reading/short"
	"mynah/internal/reading/token"
)

func TestAbbreviations(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, short.ReadAbbreviation, []readingtest.Case{
		{
			"en", "Dr. Smith, e.g. apples, No. 5, No. Try, w/o it, etc.",
			"[doctor] Smith, [for example] apples, [number] 5, No. Try, [without] it, [et cetera]",
		},
		{"de", "z. B. Äpfel, Nr. 5, usw. und so", "[zum Beispiel] Äpfel, [Nummer] 5, [und so weiter] und so"},
		{"fr", "M. Dupont, etc. ici", "[monsieur] Dupont, [et cetera] ici"},
		{"es", "Sr. Pérez", "[señor] Pérez"},
		{"it", "dott.ssa Rossi", "[dottoressa] Rossi"},
		{"pl", "o godz. 5, np. tak", "o [godzinie] 5, [na przykład] tak"},
		{"nl", "bijv. dit", "[bijvoorbeeld] dit"},
		{"sv", "t.ex. det", "[till exempel] det"},
	})
}

func TestInitials(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, short.ReadInitials, []readingtest.Case{
		{"en", "J. R. R. Tolkien, U.S. law, a. b, I. Go", "[J R R] Tolkien, [U S] law, a. b, [I] Go"},
		{"de", "I. Kapitel", "I. Kapitel"},
	})
}

func TestAcronyms(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, short.ReadAcronym, []readingtest.Case{
		{
			"en", "The HTTP and CSVs, NASA, AT&T, R&D, WHO, USA",
			"The [H T T P] and [C S V's], NASA, [A T]&[T], [R]&[D], [W H O], [U S A]",
		},
		{"en", "HOW TO USE THE NEW APP: GET THE API KEY", "HOW TO USE THE NEW APP: GET THE [A P I] KEY"},
		{"de", "Die ARD und USB", "Die [A R D] und [U S B]"},
	})
}

func TestCompounds(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, short.ReadAbbreviatedCompound, []readingtest.Case{
		{"de", "Hauptstr. 5", "[Hauptstraße] 5"},
		{"en", "Mainstr. 5", "Mainstr. 5"},
	})
}

// rules returns all rules of the package, the more specific ones first.
func rules() []readingtest.Rules {
	return []readingtest.Rules{
		{Kind: token.Word, Rules: []readingtest.Rule{
			short.ReadAbbreviation, short.ReadInitials, short.ReadAcronym, short.ReadAbbreviatedCompound,
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
