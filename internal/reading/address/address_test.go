package address_test

import (
	"flag"
	"testing"

	"mynah/internal/reading/address"
	"mynah/internal/reading/readingtest"
	"mynah/internal/reading/token"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, address.ReadLink, []readingtest.Case{
		{
			"en", "Open https://www.example.com/docs/?a=1#x, example.org.",
			"Open [example dot com slash docs], [example dot org].",
		},
		{
			"en", "jo.doe@example.com, config.yaml, e.g. this",
			"[jo dot doe at example dot com], [config dot yaml], e.g. this",
		},
		{"de", "auf example.de", "auf [example Punkt D E]"},
		{"fr", "à jo@example.fr", "à [jo arobase example point F R]"},
		{"es", "foo_bar.txt", "[foo guion bajo bar punto T X T]"},
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, address.ReadIdentifier, []readingtest.Case{
		{
			"en", "parseHTTPHeader() sets max_size, iPhone, McDonald, run(), fooBar2",
			"[parse H T T P Header] sets [max size], iPhone, McDonald, [run], [foo Bar two]",
		},
	})
}

func TestPathsAndFlags(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Sign, address.ReadPathOrFlag, []readingtest.Case{
		{
			"en", "in /etc/mynah, ~/.bashrc, ./run.sh, --dry-run, -x, x = -b",
			"in [slash etc slash mynah], [tilde slash dot bashrc], [dot slash run dot S H], [dash dash dry run], [dash X], x = -b",
		},
		{"de", "mit --hilfe", "mit [Strich Strich hilfe]"},
	})
}

func TestPhones(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, address.ReadPhoneNumber, []readingtest.Case{
		{"en", "555-1234, on 3-4-5, 12 - 5", "[five five five, one two three four], on 3-4-5, 12 - 5"},
		{"en", "1-800-555-1234", "[one, eight zero zero, five five five, one two three four]"},
		{"de", "Tel. 030 1234567", "Tel. [null drei null, eins, zwei drei vier, fünf sechs sieben]"},
		{"fr", "01 23 55 67 89", "[zéro un, vingt-trois, cinquante-cinq, soixante-sept, quatre-vingt-neuf]"},
		{"da", "12 34 56 78", "[tolv, fireogtredive, seksoghalvtreds, otteoghalvfjerds]"},
	})
}

func TestPhonesWithPlus(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Sign, address.ReadPhoneNumberAtSign, []readingtest.Case{
		{
			"en", "+44 (0)20 7946 0958, +5",
			"[plus four four, two zero, seven nine four six, zero nine five eight], +5",
		},
		{"en", "(030) 123 456", "[zero three zero, one two three, four five six]"},
		{"de", "+49 30 123456", "[plus vier neun, drei null, eins zwei, drei vier, fünf sechs]"},
	})
}

func TestHouses(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, address.ReadHouseNumber, []readingtest.Case{
		{
			"en", "2788 San Tomas Expy, 500 Main Street, 12 Main Street",
			"[twenty-seven eighty-eight] San Tomas Expy, [five hundred] Main Street, 12 Main Street",
		},
		{
			"en", "105 Elm Ave, CA 95051-1234",
			"[one oh five] Elm Ave, CA [nine five zero five one, one two three four]",
		},
		{"de", "2788 Main Street", "2788 Main Street"},
	})
}

func TestStateNames(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, address.ReadStateName, []readingtest.Case{
		{"en", "Santa Clara, CA 95051, Austin, TX, IN 5", "Santa Clara, [California] 95051, Austin, [Texas], IN 5"},
	})
}

func TestPostalCodes(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, address.ReadPostalCode, []readingtest.Case{
		{"de", "Postfach, 10115 Berlin, 10115 orte", "Postfach, [eins null eins eins fünf] Berlin, 10115 orte"},
		{"en", "Box, 10115 Berlin", "Box, 10115 Berlin"},
	})
}

// rules returns all rules of the package, the more specific ones first.
func rules() []readingtest.Rules {
	return []readingtest.Rules{
		{Kind: token.Word, Rules: []readingtest.Rule{
			address.ReadLink, address.ReadIdentifier, address.ReadStateName,
		}},
		{Kind: token.Sign, Rules: []readingtest.Rule{
			address.ReadPathOrFlag, address.ReadPhoneNumberAtSign,
		}},
		{Kind: token.Digits, Rules: []readingtest.Rule{
			address.ReadPhoneNumber, address.ReadHouseNumber, address.ReadPostalCode,
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
