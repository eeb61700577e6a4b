package calendar_test

import (
	"flag"
	"testing"

	"mynah/internal/reading/calendar"
	"mynah/internal/reading/readingtest"
	"mynah/internal/reading/token"
)

func TestDates(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, calendar.ReadDateOrRange, []readingtest.Case{
		{
			"en-US", "On 11/2/2026, 2026-11-25, 2024-05, 3/4.",
			"On [November second twenty twenty-six], [November twenty-fifth twenty twenty-six], [May twenty twenty-four], 3/4.",
		},
		{"en-US", "25 November 2026", "[the twenty-fifth of November twenty twenty-six]"},
		{"en-GB", "On 05/06/2024.", "On [the fifth of June twenty twenty-four]."},
		{
			"de", "Am 25.11.2026, 3.10.; 31.02.2024",
			"Am [fünfundzwanzigsten November zweitausendsechsundzwanzig], 3.10.; 31.02.2024",
		},
		{"de", "am 3. Oktober", "am [dritten Oktober]"},
		{"fr", "Le 1er mai 2026", "Le [premier mai deux mille vingt-six]"},
		{"fr", "25/12/2026", "[vingt-cinq décembre deux mille vingt-six]"},
		{"es", "el 3 de mayo de 2026", "el [tres de mayo de dos mil veintiséis]"},
		{"it", "l'11/9, 25.4.1945", "l'[undici settembre], [venticinque aprile millenovecentoquarantacinque]"},
		{"pt", "25/4/1974", "[vinte e cinco de abril de mil novecentos e setenta e quatro]"},
		{"nl", "5 mei 2025", "[vijf mei tweeduizendvijfentwintig]"},
		{"sv", "den 6 juni 2024", "den [sjätte juni tjugohundratjugofyra]"},
		{"da", "den 5. juni 2024", "den [femte juni to tusind og fireogtyve]"},
		{"nb", "17. mai 1814", "[syttende mai attenhundre og fjorten]"},
		{
			"pl", "11 listopada 1918, 3.05.2024",
			"[jedenastego listopada tysiąc dziewięćset osiemnastego], [trzeciego maja dwa tysiące dwudziestego czwartego roku]",
		},
		{"en", "version 1.12.2024, 1.2.2024.3, 99/99/9999", "version 1.12.2024, 1.2.2024.3, 99/99/9999"},
	})
}

func TestMonthDays(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, calendar.ReadMonthDay, []readingtest.Case{
		{
			"en-US", "November 25, 2026, Nov. 3–5, may 5, May 5, March 2020",
			"[November twenty-fifth twenty twenty-six], [November third to fifth], may 5, [May fifth], [March twenty twenty]",
		},
		{"de", "November 2026", "[November zweitausendsechsundzwanzig]"},
	})
}

func TestClocks(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, calendar.ReadClock, []readingtest.Case{
		{
			"en", "At 9:05, 14:30, 5:00 pm, 9 am, 25:61",
			"At [nine oh five], [fourteen thirty], [five P M], [nine A M], 25:61",
		},
		{"en", "0:00, 10:15:20", "[zero hundred hours], [ten fifteen and twenty seconds]"},
		{"de", "um 14.30 Uhr, 9 Uhr, 9–17 Uhr", "um [vierzehn Uhr dreißig], [neun Uhr], 9–[siebzehn Uhr]"},
		{"fr", "à 14h30", "à [quatorze heures trente]"},
		{"es", "a las 5:30, 17:45", "a las [cinco y media], [diecisiete cuarenta y cinco]"},
		{"it", "alle 14.30", "alle [quattordici e trenta]"},
		{"pt", "às 12:30", "às [doze e meia]"},
		{"nl", "om 9 uur", "om [negen uur]"},
		{"sv", "kl. 14.30", "kl. [fjorton trettio]"},
		{"pl", "o 14:30", "o [czternastej trzydzieści]"},
	})
}

func TestDecades(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, calendar.ReadDecade, []readingtest.Case{
		{"en", "1990s, 2000s, 90s, 1991s", "[nineteen nineties], [two thousands], [nineties], 1991s"},
		{"de", "1990er, 80er Jahre", "[neunzehnhundertneunziger], [achtziger] Jahre"},
		{"da", "1990'erne", "[nittenhalvfemserne]"},
		{"sv", "1990-talet", "[nittonhundranittiotalet]"},
		{"nb", "1960-tallet", "[nittensekstitallet]"},
	})
}

func TestShortDecades(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Sign, calendar.ReadShortDecade, []readingtest.Case{
		{"en", "'90s, '68, '05, it's 5", "[nineties], [sixty-eight], [oh five], it's 5"},
		{"de", "'68", "[achtundsechzig]"},
	})
}

func TestWeekdays(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, calendar.ReadWeekday, []readingtest.Case{
		{"en", "Mon, 3 May; Tue.–Thu., sun", "[Monday], 3 May; [Tuesday to Thursday], sun"},
		{"de", "Mo., 3.5., Mo–Fr", "[Montag], 3.5., [Montag bis Freitag]"},
	})
}

func TestPlainDates(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, calendar.ReadNumericMonth, []readingtest.Case{
		{"cs", "Dne 25.11.2026.", "Dne [25. listopadu 2026]."},
		{"ru", "Это 2026-11-25.", "Это [25 ноября 2026]."},
		{"hu", "2026-11-25", "2026-11-25"},
		{"en", "2026-11-25", "2026-11-25"},
	})
}

func TestFormatted(t *testing.T) {
	t.Parallel()
	p := readingtest.NewPassage("en-US", "03/04/2026")
	for _, c := range []struct {
		parts        []string
		format, want string
	}{
		{[]string{"03", "04", "2026"}, "dmy", "April third twenty twenty-six"},
		{[]string{"03", "04", "49"}, "mdy", "March fourth twenty forty-nine"},
		{[]string{"50", "12", "31"}, "ymd", "December thirty-first nineteen fifty"},
		{[]string{"2026", "12"}, "ym", "December twenty twenty-six"},
		{[]string{"7"}, "m", "July"},
		{[]string{"1999"}, "y", "nineteen ninety-nine"},
		{[]string{"31", "02", "2026"}, "dmy", ""},
		{[]string{"13", "2026"}, "my", ""},
		{[]string{"x", "2026"}, "my", ""},
		{[]string{"5"}, "d", ""},
	} {
		if got := calendar.SayFormattedDate(p, c.parts, c.format); got != c.want {
			t.Errorf("%v as %s is %q, want %q", c.parts, c.format, got, c.want)
		}
	}
}

// rules returns all rules of the package, the more specific ones first.
func rules() []readingtest.Rules {
	return []readingtest.Rules{
		{Kind: token.Digits, Rules: []readingtest.Rule{
			calendar.ReadDateOrRange, calendar.ReadClock, calendar.ReadDecade, calendar.ReadNumericMonth,
		}},
		{Kind: token.Word, Rules: []readingtest.Rule{
			calendar.ReadMonthDay, calendar.ReadWeekday,
		}},
		{Kind: token.Sign, Rules: []readingtest.Rule{
			calendar.ReadShortDecade,
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
