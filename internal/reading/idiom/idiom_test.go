package idiom_test

import (
	"flag"
	"strings"
	"testing"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/readingtest"
	"mynah/internal/reading/token"
)

// at returns a passage, and the token range of its first number.
func at(t *testing.T, language, text string) (p *passage.Passage, from, to int) {
	t.Helper()
	p = readingtest.NewPassage(language, text)
	for i := range p.Tokens {
		if p.TokenAt(i).Kind == token.Digits {
			return p, i, i + 1
		}
	}
	t.Fatalf("%q has no number", text)
	return nil, 0, 0
}

func TestYears(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"en", "in 1905", "nineteen oh five"},
		{"en", "in 2005", "two thousand five"},
		{"en", "in 2026", "twenty twenty-six"},
		{"de", "im Jahr 1999", "neunzehnhundertneunundneunzig"},
		{"fr", "en 1999", "mille neuf cent quatre-vingt-dix-neuf"},
		{"es", "en 2005", "dos mil cinco"},
		{"it", "nel 2005", "duemilacinque"},
		{"pt", "em 1974", "mil novecentos e setenta e quatro"},
		{"nl", "in 1999", "negentiennegenennegentig"},
		{"sv", "år 1999", "nittonhundranittionio"},
		{"sv", "år 2026", "tjugohundratjugosex"},
		{"da", "i 2026", "to tusind og seksogtyve"},
		{"nb", "i 1905", "nittenhundre og fem"},
		{"pl", "w 2005 roku", "dwa tysiące piątym"},
		{"pl", "rok 1999", "tysiąc dziewięćset dziewięćdziesiąty dziewiąty"},
	} {
		p, from, _ := at(t, c[0], c[1])
		year, _ := p.ParseSmallNumber(from, 4)
		if got := p.SayYear(from, year); got != c[2] {
			t.Errorf("%s: the year in %q is read as %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	day := passage.Date{Day: 1, Month: 5, Year: 2026, Named: true, DayFirst: true}
	days := passage.Date{Day: 3, Last: 5, Month: 10, Named: true, DayFirst: true}
	month := passage.Date{Month: 3, Year: 1999}
	for _, c := range []struct {
		language, text string
		date           passage.Date
		want           string
	}{
		{"en-US", "on 1", day, "the first of May twenty twenty-six"},
		{"en-US", "on 3", days, "the third to fifth of October"},
		{"en", "in 3", month, "March nineteen ninety-nine"},
		{"de", "am 1", day, "ersten Mai zweitausendsechsundzwanzig"},
		{"de", "der 1", day, "erste Mai zweitausendsechsundzwanzig"},
		{"de", "vom 3", days, "dritten bis fünften Oktober"},
		{"fr", "le 1", day, "premier mai deux mille vingt-six"},
		{"fr", "du 3", days, "trois au cinq octobre"},
		{"es", "el 1", day, "primero de mayo de dos mil veintiséis"},
		{"es-ES", "el 1", day, "uno de mayo de dos mil veintiséis"},
		{"it", "il 1", day, "primo maggio duemilaventisei"},
		{"pt", "em 1", day, "primeiro de maio de dois mil e vinte e seis"},
		{"nl", "op 1", day, "één mei tweeduizendzesentwintig"},
		{"nl", "van 3", days, "drie tot vijf oktober"},
		{"sv", "på 1", day, "den första maj tjugohundratjugosex"},
		{"sv", "den 1", day, "första maj tjugohundratjugosex"},
		{"da", "på 1", day, "den første maj to tusind og seksogtyve"},
		{"nb", "på 1", day, "første mai to tusen og tjueseks"},
		{"pl", "do 1", day, "pierwszego maja dwa tysiące dwudziestego szóstego"},
		{"pl", "to 1", day, "pierwszy maja dwa tysiące dwudziestego szóstego"},
		{"pl", "od 3", days, "trzeciego do piątego października"},
		{"de", "im 3", month, "März neunzehnhundertneunundneunzig"},
		{"fr", "en 3", month, "mars mille neuf cent quatre-vingt-dix-neuf"},
	} {
		p, from, to := at(t, c.language, c.text)
		if got := p.SayDate(from, to, c.date); got != c.want {
			t.Errorf("%s: the date in %q is read as %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	whole, labelled := passage.Clock{Hour: 9, HasMinute: true}, passage.Clock{Hour: 1, Label: true}
	half := passage.Clock{Hour: 5, Minute: 30, HasMinute: true}
	seconds := passage.Clock{Hour: 14, Minute: 1, Second: 2, HasMinute: true, HasSecond: true}
	for _, c := range []struct {
		language, text string
		clock          passage.Clock
		want           string
	}{
		{"en", "at 9", whole, "nine o'clock"},
		{"en", "at 5", half, "five thirty"},
		{"en", "at 14", seconds, "fourteen oh one and two seconds"},
		{"de", "um 9", whole, "neun Uhr"},
		{"de", "um 14", seconds, "vierzehn Uhr eins zwei"},
		{"fr", "à 1", labelled, "une heure"},
		{"fr", "à 14", seconds, "quatorze heures une minute deux secondes"},
		{"es", "a las 5", half, "cinco y media"},
		{"es", "a la 1", labelled, "una hora"},
		{"es", "a las 14", seconds, "catorce uno y dos segundos"},
		{"it", "alle 5", half, "cinque e trenta"},
		{"it", "alle 14", seconds, "quattordici e uno e due secondi"},
		{"pt", "às 5", half, "cinco e meia"},
		{"pt", "às 9", whole, "nove horas"},
		{"nl", "om 9", whole, "negen uur"},
		{"nl", "om 14", seconds, "veertien uur één en twee seconden"},
		{"sv", "kl 5", half, "fem trettio"},
		{"da", "kl 14", seconds, "fjorten nul et og to sekunder"},
		{"nb", "kl 5", half, "fem tretti"},
		{"pl", "o 5", half, "piątej trzydzieści"},
		{"pl", "jest 5", half, "piąta trzydzieści"},
		{"pl", "o 14", seconds, "czternastej zero jeden i dwie sekundy"},
	} {
		p, from, to := at(t, c.language, c.text)
		if got := p.SayClock(from, to, c.clock); got != c.want {
			t.Errorf("%s: the time in %q is read as %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

func TestOrdinalForms(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"de", "am 3. Tag", "n"},
		{"de", "der 3. Tag", "-"},
		{"de", "in der 3. Woche", "n"},
		{"de", "ein 3. Kind", "s"},
		{"de", "mein 3. Tag", "r"},
		{"de", "Seite 3. Klasse", "-"},
		{"fr", "la 3 maison", "f"},
		{"es", "el 3 piso", "adj"},
		{"es", "la 3 vez", "f"},
		{"sv", "3 barn", "n"},
		{"sv", "3 gången", "-"},
		{"pl", "w 5. rozdziale", "m.loc"},
		{"pl", "lata 90.", "pl"},
		{"pl", "5. miejsce", "n"},
		{"nl", "de 3 keer", "-"},
		{"en", "the 3 time", "-"},
	} {
		p, from, to := at(t, c[0], c[1])
		if p.TokenAt(to).Text == "." {
			to++
		}
		if got := p.ChooseOrdinalForm(from, to); got != c[2] {
			t.Errorf("%s: the form of the number in %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestCountForms(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{
		{"de", "mit 1 Frau", "f", "r"},
		{"de", "mit 1 Mann", "m", "m.dat"},
		{"de", "für 1 Mann", "m", "m.acc"},
		{"de", "wegen 1 Mannes", "m", "s"},
		{"pl", "bez 2 osób", "f", "f.gen"},
		{"pl", "2 osoby", "f", "f"},
		{"en", "1 man", "m", ""},
		{"nl", "1 man", "m", ""},
		{"it", "1 casa", "f", "f"},
		{"fr", "1 maison", "f", "f"},
	} {
		p, from, _ := at(t, c[0], c[1])
		if got := p.ChooseCardinalForm(from, c[2]); got != c[3] {
			t.Errorf("%s: the form of the number in %q is %q, want %q", c[0], c[1], got, c[3])
		}
	}
}

func TestRomanNumerals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, text, kind string
		n                    int
		want                 string
	}{
		{"en", "Henry VIII", "ordinal", 8, "the eighth"},
		{"en", "the VIII", "ordinal", 8, "eighth"},
		{"en", "the XIX century", "century", 19, "nineteenth"},
		{"en", "Part II", "cardinal", 2, "two"},
		{"de", "Karl V", "ordinal", 5, "der Fünfte"},
		{"de", "mit Karl V", "ordinal", 5, "dem Fünften"},
		{"de", "Karls V", "ordinal", 5, "des Fünften"},
		{"de", "Elisabeth II", "ordinal", 2, "die Zweite"},
		{"de", "im XIX Jahrhundert", "century", 19, "neunzehnten"},
		{"fr", "Napoléon I", "ordinal", 1, "premier"},
		{"fr", "Louis XIV", "ordinal", 14, "quatorze"},
		{"fr", "au XIX siècle", "century", 19, "dix-neuvième"},
		{"es", "Felipe VI", "ordinal", 6, "sexto"},
		{"es", "Isabel II", "ordinal", 2, "segunda"},
		{"es", "siglo XXI", "century", 21, "veintiuno"},
		{"it", "Carlo V", "ordinal", 5, "quinto"},
		{"it", "il XX secolo", "century", 20, "ventesimo"},
		{"pt", "Pedro II", "ordinal", 2, "segundo"},
		{"pt", "século XX", "century", 20, "vinte"},
		{"nl", "Willem III", "ordinal", 3, "de derde"},
		{"sv", "Gustav III", "ordinal", 3, "den tredje"},
		{"da", "Christian IV", "ordinal", 4, "den fjerde"},
		{"nb", "Harald V", "ordinal", 5, "den femte"},
		{"pl", "Zygmunt III", "ordinal", 3, "trzeci"},
		{"pl", "w XX wieku", "century", 20, "dwudziestym"},
	} {
		p := readingtest.NewPassage(c.language, c.text)
		i := 0
		for token.ParseRoman(p.TokenAt(i).Text) != c.n {
			i++
		}
		if got := p.SayRoman(i, i+1, c.n, c.kind); got != c.want {
			t.Errorf("%s: the numeral in %q is read as %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

// TestUnknown checks that a language without forms reads years as numbers, and no dates.
func TestUnknown(t *testing.T) {
	t.Parallel()
	p, from, to := at(t, "cs", "roku 1999")
	if got := p.SayYear(from, 1999); got != p.SpellCount(1999, "") {
		t.Errorf("a year is read as %q", got)
	}
	if got := p.SayDate(from, to, passage.Date{Day: 1, Month: 1}) + p.SayClock(from, to, passage.Clock{}); got != "" {
		t.Errorf("a date and a time are read as %q", got)
	}
	if got := p.SayRoman(from, to, 4, "century") + p.ChooseCardinalForm(from, "f"); got != "f" {
		t.Errorf("a numeral and a form: %q", got)
	}
}

var update = flag.Bool("update", false, "write the sentences anew")

// TestSentences compares the results of all functions for each number and Roman numeral of sentences
// with the golden file.
func TestSentences(t *testing.T) {
	t.Parallel()
	readingtest.CheckSentences(t, *update, roles)
}

// roles returns the results of all functions for each number and Roman numeral of a sentence.
func roles(p *passage.Passage) string {
	var out []string
	for i, k := range p.Tokens {
		if n := token.ParseRoman(k.Text); n > 0 {
			for _, kind := range []string{"ordinal", "century", "cardinal"} {
				out = append(out, p.SayRoman(i, i+1, n, kind))
			}
		}
		if n, ok := p.ParseSmallNumber(i, 4); ok {
			day := passage.Date{Day: n%28 + 1, Month: n%12 + 1, Year: 2000 + n%50, Named: n%2 == 0, DayFirst: n%3 == 0}
			days := passage.Date{Day: n%28 + 1, Last: n%28 + 3, Month: n%12 + 1}
			clock := passage.Clock{Hour: n % 24, Minute: n % 7 * 5, HasMinute: true, Label: n%2 == 0}
			seconds := passage.Clock{Hour: n % 13, Minute: n % 3, Second: n % 5, HasMinute: true, HasSecond: true}
			out = append(out, p.SayYear(i, n), p.ChooseOrdinalForm(i, i+1),
				p.ChooseCardinalForm(i, "m"), p.ChooseCardinalForm(i, "f"), p.SayDate(i, i+1, day), p.SayDate(i, i+1, days),
				p.SayClock(i, i+1, clock), p.SayClock(i, i+1, seconds))
		}
	}
	return strings.Join(out, "; ")
}

// TestForms compares years, times and dates without neighbouring words with the golden file.
func TestForms(t *testing.T) {
	t.Parallel()
	passageOf := readingtest.NewPassageFunc()
	readingtest.CheckTable(t, "testdata/forms.tsv", *update, func(name, input string) string {
		return form(t, passageOf(name, "x"), input)
	})
}

// form returns the spoken form of an input such as "year 1999", "clock 14 30 - L" (hour, minute, second, then L for a label, a or p), or
// "date 3 5 10 2026 ND" (day, last day, month, year, then N for named and D for day first).
func form(t *testing.T, p *passage.Passage, input string) string {
	t.Helper()
	f := strings.Fields(input)
	has := func(i int) bool { return f[i] != "-" }
	number := func(i int) int { return max(token.ParseIntOrMinusOne(f[i]), 0) }
	switch {
	case len(f) == 2 && f[0] == "year":
		return p.SayYear(1, number(1))
	case len(f) == 5 && f[0] == "clock":
		return p.SayClock(1, 1, passage.Clock{
			Hour: number(1), Minute: number(2), Second: number(3), HasMinute: has(2), HasSecond: has(3),
			Label: f[4] == "L", Half: strings.Trim(f[4], "L-"),
		})
	case len(f) == 6 && f[0] == "date":
		return p.SayDate(1, 1, passage.Date{
			Day: number(1), Last: number(2), Month: number(3), Year: number(4),
			Named: strings.Contains(f[5], "N"), DayFirst: strings.Contains(f[5], "D"),
		})
	}
	t.Fatalf("bad line %q", input)
	return ""
}
