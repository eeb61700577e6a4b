package figure_test

import (
	"flag"
	"testing"

	"mynah/internal/reading/figure"
	"mynah/internal/reading/readingtest"
	"mynah/internal/reading/token"
)

func TestQuantities(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadQuantity, []readingtest.Case{
		{
			"en", "A disk of 16 GB at 90 km/h costs 5.20 €.",
			"A disk of [sixteen gigabytes] at [ninety kilometers per hour] costs [five euros and twenty cents].",
		},
		{
			"en", "1939–1945, 2–4, 10-20 km, 50 - 20",
			"[nineteen thirty-nine to nineteen forty-five], [two to four], [ten to twenty kilometers], [fifty] - [twenty]",
		},
		{
			"de", "5 €, 20,- €, 1½ Liter, 5–10 kg",
			"[fünf Euro], [zwanzig Euro], [eineinhalb] Liter, [fünf bis zehn Kilogramm]",
		},
		{
			"fr", "1½ heure, 2,5 millions, 1 000 km",
			"[une heure et demie], [deux virgule cinq millions], [mille kilomètres]",
		},
		{"es", "cinco y 1 millón; 21 personas, 5 €", "cinco y [un millón]; [veintiuna] personas, [cinco euros]"},
		{"pt", "2 mil pessoas e 2 €", "[duas mil] pessoas e [dois euros]"},
		{"pl", "Ma 2 córki i 5 zł, 1,5 kg.", "Ma [dwie] córki i [pięć złotych], [jeden przecinek pięć kilograma]."},
		{"sv", "Han har 1 son, 1 barn.", "Han har [en] son, [ett] barn."},
		{"it", "1 km e 2 km, 3,50 €", "[un chilometro] e [due chilometri], [tre euro e cinquanta centesimi]"},
		{"da", "5 kr. og 2,5 km", "[fem kroner] og [to komma fem kilometer]"},
		{"nl", "3,5 miljoen, 5,20 €", "[drie komma vijf miljoen], [vijf euro twintig]"},
		{
			"en", "in 1999 and 1250 requests, 4K, 007",
			"in [nineteen ninety-nine] and [one thousand two hundred fifty] requests, [four K], [zero zero seven]",
		},
	})
}

func TestSignedNumber(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Sign, figure.ReadSignedNumber, []readingtest.Case{
		{
			"en-US", "It costs $5.20, not €1 or £1.5 million.",
			"It costs [five dollars and twenty cents], not [one euro] or [one point five million pounds].",
		},
		{"en", "-5°C, ~50 kg", "[minus five degrees Celsius], [about fifty kilograms]"},
		{"nl", "€ 5,20", "[vijf euro twintig]"},
		{
			"en", "-5, a-5, +3, ±2, ½, $7",
			"[minus five], a-5, [plus three], [plus or minus two], [one half], [seven dollars]",
		},
		{"en", "50% - 20% = 30%", "50% [minus] 20% = 30%"},
		{"de", "−3 und ~7", "[minus drei] und [circa sieben]"},
	})
}

func TestUnitsAlone(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, figure.ReadUnit, []readingtest.Case{
		{"en", "in km/h, and/or", "in [kilometers per hour], and/or"},
		{"it", "al km 23", "al [chilometro] 23"},
	})
}

func TestMoneyCodes(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, figure.ReadMoneyCode, []readingtest.Case{
		{"en", "USD 5, USD/EUR, CAD files", "[five U S dollars], [U S D E U R], CAD files"},
		{"pt", "R$ 5", "[cinco reais]"},
	})
}

func TestOrdinals(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadOrdinalOrRange, []readingtest.Case{
		{"en", "the 3rd and 21st–23rd", "the [third] and [twenty-first to twenty-third]"},
		{"de", "am 3. Tag, der 1.–3. Platz, Seite 3.", "am [dritten] Tag, der [erste bis dritte] Platz, Seite 3."},
		{"fr", "le 1er et la 2e fois", "le [premier] et la [deuxième] fois"},
		{"es", "la 1ª vez", "la [primera] vez"},
		{"sv", "den 1:a, 3:e", "den [första], [tredje]"},
		{"nl", "de 8e keer", "de [achtste] keer"},
		{"pl", "5. miejsce", "[piąte] miejsce"},
		{"it", "il 2º piano", "il [secondo] piano"},
	})
}

func TestRomans(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, figure.ReadRoman, []readingtest.Case{
		{
			"en", "Henry VIII, Part II, World War I, MIX and I am",
			"Henry [the eighth], Part [two], World War [one], MIX and I am",
		},
		{"de", "Karl V. kam im XIX. Jahrhundert", "Karl [der Fünfte] kam im [neunzehnten] Jahrhundert"},
		{"fr", "au XIXe siècle, Louis XIV", "au [dix-neuvième] siècle, Louis [quatorze]"},
		{"es", "siglo XXI, Felipe VI", "siglo [veintiuno], Felipe [sexto]"},
		{"pl", "w XX wieku", "w [dwudziestym] wieku"},
		{"it", "nel XX secolo", "nel [ventesimo] secolo"},
	})
}

func TestFractions(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadFraction, []readingtest.Case{
		{
			"en", "3/4, step 1/2, 1/2 mile, 1999/2000",
			"[three quarters], step [one of two], [one half] mile, [nineteen ninety-nine two thousand]",
		},
		{"de", "3/4 und 1/2 l", "[drei Viertel] und [ein halber Liter]"},
		{"fr", "2/3", "[deux tiers]"},
		{"pl", "1/2 kg, 3/5", "[pół kilograma], [trzy piąte]"},
	})
}

func TestPowers(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadPower, []readingtest.Case{
		{
			"en", "10², 10^6, 1.5e-3, 2^n",
			"[ten squared], [ten to the sixth], [one point five times ten to the minus three], [two to the n]",
		},
		{"de", "10³ und 5⁻²", "[zehn hoch drei] und [fünf hoch minus zwei]"},
		{"fr", "3²", "[trois au carré]"},
	})
}

func TestRatios(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadRatio, []readingtest.Case{
		{"en", "16:9, won 3-1, 1-3, 2 : 1", "[sixteen to nine], won [three to one], 1-3, [two to one]"},
		{"de", "gewann 3:1", "gewann [drei zu eins]"},
	})
}

func TestSizes(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadSize, []readingtest.Case{
		{
			"en", "4x4, 1920×1080 px, 3 x 4",
			"[four by four], [nineteen twenty by ten eighty pixels], [three times four]",
		},
		{"de", "3 x 4 m", "[drei mal vier Meter]"},
	})
}

func TestFeet(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadFeet, []readingtest.Case{
		{"en", "is 5'4\" tall", "is [five foot four] tall"},
		{"de", "5'4\"", "5'4\""},
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadVersion, []readingtest.Case{
		{"en", "1.2.3, version 2.10, 2.10", "[one point two point three], version [two point ten], 2.10"},
		{
			"en", "192.168.0.1:80, 10.0.0.0/8",
			"[one nine two dot one six eight dot zero dot one colon eighty], [one zero dot zero dot zero dot zero slash eight]",
		},
		{"de", "1.234.567", "1.234.567"},
	})
}

func TestCodes(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadCode, []readingtest.Case{
		{"en", "12a3 and 3D", "[twelve A three] and 3D"},
	})
}

func TestLetterDigits(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, figure.ReadLetterDigits, []readingtest.Case{
		{
			"en", "A4, MP3s, H2O, CO₂, x², e^5, COVID-19",
			"[A four], [M P threes], [H two O], [C O two], [x squared], [e to the fifth], COVID-19",
		},
		{"de", "B12", "[B zwölf]"},
	})
}

func TestNumbered(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, figure.ReadNumberAbbreviation, []readingtest.Case{
		{"en", "v2.1, v1.2.3, V 5", "[version two point one], [version one point two point three], V 5"},
		{"fr", "n° 5", "[numéro] 5"},
		{"es", "n.º 7", "[número] 7"},
	})
}

func TestHashes(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Sign, figure.ReadHash, []readingtest.Case{
		{
			"en", "#5, #1,234, #topic, #5a",
			"[number five], [number one thousand two hundred thirty-four], [hashtag]topic, [hash]5a",
		},
	})
}

// rules returns all rules of the package, the more specific ones first.
func rules() []readingtest.Rules {
	return []readingtest.Rules{
		{Kind: token.Digits, Rules: []readingtest.Rule{
			figure.ReadFeet, figure.ReadVersion, figure.ReadOrdinalOrRange, figure.ReadPower, figure.ReadRatio, figure.ReadSize,
			figure.ReadFraction, figure.ReadCode, figure.ReadQuantity,
		}},
		{Kind: token.Sign, Rules: []readingtest.Rule{
			figure.ReadSignedNumber, figure.ReadHash,
		}},
		{Kind: token.Word, Rules: []readingtest.Rule{
			figure.ReadUnit, figure.ReadMoneyCode, figure.ReadRoman, figure.ReadLetterDigits, figure.ReadNumberAbbreviation,
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

func TestLoweredDigitsInFrontOfDigits(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Word, figure.ReadLetterDigits, []readingtest.Case{
		{"en", "A₂0, A₂0x, H₂O, CO₂ 5", "[A two zero], [A two zero]x, [H two O], [C O two] 5"},
	})
}

func TestSpanishOrdinalsInFrontOfNouns(t *testing.T) {
	t.Parallel()
	readingtest.CheckRule(t, token.Digits, figure.ReadOrdinalOrRange, []readingtest.Case{
		{
			"es", "el 3º piso, el 1º capítulo, la 3ª vez, quedó 3º. El 2º piso",
			"el [tercer] piso, el [primer] capítulo, la [tercera] vez, quedó [tercero]. El [segundo] piso",
		},
	})
}
