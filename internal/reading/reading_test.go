package reading_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/reading"
	"mynah/internal/utter"
)

// readText returns the spoken form of a text.
func readText(text, language string, l *reading.Lexicon) string {
	return saidBy(&reading.Reader{Lexicon: l}, text, language)
}

func saidBy(reader *reading.Reader, text, language string) string {
	var b strings.Builder
	for _, s := range reader.ReadSentences([]utter.Run{{Text: text}}, language) {
		for _, r := range s {
			switch {
			case r.IPA != "":
				b.WriteString("/" + r.IPA + "/")
			case r.Say != "":
				b.WriteString(r.Say)
			default:
				b.WriteString(r.Text)
			}
			if r.Pause > 0 {
				b.WriteString("<" + r.Pause.String() + ">")
			}
		}
	}
	return b.String()
}

func TestReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"en-US", "Open https://www.example.com/docs/?a=1#x now.", "Open example dot com slash docs now."},
		{"en-US", "See example.org.", "See example dot org."},
		{"en-US", "Write to jo.doe@example.com, please.", "Write to jo dot doe at example dot com, please."},
		{"en-US", "On 2026-11-25 it ends.", "On November twenty-fifth twenty twenty-six it ends."},
		{"en-US", "On 11/2/2026.", "On November second twenty twenty-six."},
		{
			"en-US", "It costs $5.20, not €1 or £1.5 million.",
			"It costs five dollars and twenty cents, not one euro or one point five million pounds.",
		},
		{"en-US", "A budget of $3 million.", "A budget of three million dollars."},
		{"en-US", "At 9:05 or 14:30, or 5:00 pm.", "At nine oh five or fourteen thirty, or five P M."},
		{"en-US", "Use v1.2.3 of it.", "Use version one point two point three of it."},
		{"en-US", "Pages 10–20 and 1/2.", "Pages ten to twenty and one half."},
		{"en-US", "A disk of 16 GB at 90 km/h.", "A disk of sixteen gigabytes at ninety kilometers per hour."},
		{"en-US", "About 1,000,000 users.", "About one million users."},
		{"en-US", "Fruit, e.g. apples, etc.", "Fruit, for example apples, et cetera"},
		{"en-US", "Dr. Smith is in.", "doctor Smith is in."},
		{"en-US", "Call parseHTTPHeader() or set max_size.", "Call parse H T T P Header or set max size."},
		{"en-US", "It takes 30%–40% of them.", "It takes thirty percent to forty percent of them."},
		{"en-US", "50% - 20% = 30%", "fifty percent minus twenty percent equals thirty percent"},
		{"de", "Das sind 5 €–10 € mehr.", "Das sind fünf Euro bis zehn Euro mehr."},
		{"en-US", "Edit config.yaml in /etc/mynah/.", "Edit config dot yaml in slash etc slash mynah slash."},
		{"en-US", "Add --dry-run first.", "Add dash dash dry run first."},
		{"en-US", "C++ and C# & Go.", "C plus plus and C sharp and Go."},
		{"en-US", "The HTTP and CSV formats, and NASA.", "The H T T P and C S V formats, and NASA."},
		{"en-US", "It began in 1999.", "It began in nineteen ninety-nine."},
		{"en-US", "Wait... what is it?", "Wait,<300ms> what is it?"},
		{"en-US", "Wait…", "Wait…"},
		{"en-US", "It is -5 outside, a well-known fact.", "It is minus five outside, a well-known fact."},
		{"de-DE", "Am 2026-11-25 auf example.de.", "Am fünfundzwanzigsten November zweitausendsechsundzwanzig auf example Punkt D E."},
		{"es-ES", "El 2026-01-02.", "El dos de enero de dos mil veintiséis."},
		{"fr-FR", "Le 2026-08-01, à jo@example.fr.", "Le premier août deux mille vingt-six, à jo arobase example point F R."},
		{"ja-JP", "2026-11-25 に example.com を見る。", "2026-11-25 に example.com を見る。"},
		{"en-US", "Did it work? No. Try again. See No. 5.", "Did it work?No.Try again.See number five."},
		{"en-US", "Use min. 5 workers for 10 min. in /etc.", "Use minimum five workers for ten minutes in slash etc."},
		{"en-US", "HOW TO USE THE NEW APP: GET THE API KEY", "HOW TO USE THE NEW APP: GET THE A P I KEY"},
		{
			"en-US", "Call 555-1234 or 1-800-555-1234.",
			"Call five five five, one two three four or one, eight zero zero, five five five, one two three four.",
		},
		{
			"en-US", "CVE-2024-1234 of 2024-05, 5 - 3 = 2.",
			"C V E-twenty twenty-four-one thousand two hundred thirty-four of May twenty twenty-four, five minus three equals two.",
		},
		{"en-US", "Pages 10-20, 1-2 GB, 5-10%.", "Pages ten to twenty, one to two gigabytes, five to ten percent."},
		{
			"en-US", "A width of 1920 pixels, in 1250 requests, in 1250.",
			"A width of one thousand nine hundred twenty pixels, in one thousand two hundred fifty requests, in twelve fifty.",
		},
		{
			"en-US", "At -50, ~50, -5°C, ~5 GB, 5 kWh, 1x.",
			"At minus fifty, about fifty, minus five degrees Celsius, about five gigabytes, five kilowatt hours, one times.",
		},
		{"en-US", "Unpack archive.tar.gz and foo.min.js.", "Unpack archive dot tar dot G Z and foo dot min dot J S."},
		{
			"en-US", "User #1,234, step 1/2, on 5/10/24, from 0:00.",
			"User number one thousand two hundred thirty-four, step one of two, on May tenth twenty twenty-four, from zero hundred hours.",
		},
		{"en-GB", "On 05/06/2024.", "On the fifth of June twenty twenty-four."},
		{"en-US", "On 25.11.2026, not 1.2.2000.", "On November twenty-fifth twenty twenty-six, not February first two thousand."},
		{"de-DE", "Am 25.11.2026.", "Am fünfundzwanzigsten November zweitausendsechsundzwanzig."},
		{
			"en-US", "From 1995 £5 notes, by 2024 USD 5 million, 10 CAD files, INR 2.5.",
			"From nineteen ninety-five five pounds notes, by twenty twenty-four five million U S dollars, ten C A D files, two point five rupees.",
		},
		{
			"en-US", "USD/EUR 1.05, 100 CHF/t, SEK 1, 2 million DKK.",
			"U S D E U R one point zero five, one hundred Swiss francs per ton, one Swedish krona, two million Danish kroner.",
		},
		{
			"en-US", "Version 1.12.2024, kernel 5.10.2024, 3.10.1999.4, but 3.10.1999.",
			"Version one point twelve point two thousand twenty-four, kernel five point ten point two thousand twenty-four, " +
				"three point ten point one thousand nine hundred ninety-nine point four, but October third nineteen ninety-nine.",
		},
		{
			"de", "Am 31.02.2024 und am 29.02.2024.",
			"Am einunddreißig Punkt null zwei Punkt zweitausendvierundzwanzig und am neunundzwanzigsten Februar zweitausendvierundzwanzig.",
		},
		{
			"en-US", "5 € or 3.50 £, 10 USD, EUR 1,200.",
			"five euros or three pounds and fifty pence, ten U S dollars, one thousand two hundred euros.",
		},
		{
			"en-US", "She was 5'4\" and 120 lbs. in 1985, for €4.50–€9.",
			"She was five foot four and one hundred twenty pounds in nineteen eighty-five, for four euros and fifty cents to nine euros.",
		},
		{
			"en-US", "2788 San Tomas Expy, Santa Clara, CA 95051",
			"twenty-seven eighty-eight San Tomas Expressway, Santa Clara, California nine five zero five one",
		},
		{
			"en-US", "Fly B-52s at −40°C/−40°F; a 1920x1080 px screen.",
			"Fly B-fifty-twos at minus forty degrees Celsius slash minus forty degrees Fahrenheit; a nineteen twenty by ten eighty pixels screen.",
		},
		{
			"en-US", "Is x = -b or 1.5e-3, <5% and H₂O?",
			"Is x equals minus b or one point five times ten to the minus three, less than five percent and H two O?",
		},
		{
			"en-US", "Francis I admire. MIX it. He/she is WHO? Try 5 A/B tests.",
			"Francis I admire.MIX it.He or she is W H O?Try five A slash B tests.",
		},
		{
			"de", "Der Test von Max. Im Mai kam Karl V. und sie am 2. Mai.",
			"Der Test von Max.Im Mai kam Karl der Fünfte und sie am zweiten Mai.",
		},
		{"it", "Vi ho visto nel 2005. Ha vinto. I secoli bui.", "Vi ho visto nel duemilacinque.Ha vinto.I secoli bui."},
		{"sv", "Han har 1 son, 1 barn och en bil.", "Han har en son, ett barn och en bil."},
		{"pl", "Ma 2 córki, rozmawia z 3 osobami i z 5 zł.", "Ma dwie córki, rozmawia z trzema osobami i z pięciu złotych."},
		{"en-US", "iPhone and JavaScript.", "iPhone and JavaScript."},
	} {
		if got := readText(c.text, c.language, nil); got != c.want {
			t.Errorf("%s: %q is read as\n\t%q, want\n\t%q", c.language, c.text, got, c.want)
		}
	}
}

// TestWrittenTextStays checks that reading does not change the written text.
func TestWrittenTextStays(t *testing.T) {
	t.Parallel()
	text := "On 2026-11-25, see https://example.com/a_b... then call doIt() for $5."
	var b strings.Builder
	for _, s := range new(reading.Reader).ReadSentences([]utter.Run{
		{Text: text[:20], Style: utter.Strong},
		{Text: text[20:], Pause: time.Second},
	}, "en") {
		for _, r := range s {
			b.WriteString(r.Text)
		}
	}
	if b.String() != text {
		t.Errorf("got %q", b.String())
	}
}

func TestLexicon(t *testing.T) {
	t.Parallel()
	l, list := reading.ParseLexicon(
		"l.txt",
		[]byte("\ufeff# words\r\nsql: sequel\r\nSQL Server: sequel server\n\nMynah: /ˈmaɪnə/\nQt: 'cute'\n"+
			"nginx : engine x\nC++: see plus plus # a language\nC#: 'see # sharp'\n日本: にほん\n"),
	)
	if len(list) > 0 {
		t.Fatal(list)
	}
	for text, want := range map[string]string{
		"SQL and Sql.":      "sequel and sequel.",
		"MySQL is no SQLs.": "MySQL is no S Q L's.",
		"SQL Server 2019":   "sequel server twenty nineteen",
		"Mynah, mynah.":     "/ˈmaɪnə/, mynah.",
		"Qt but not QT":     "cute but not Q T",
		"Nginx!":            "engine x!",
		"C++ it is":         "see plus plus it is",
		"C# it is":          "see # sharp it is",
	} {
		if got := readText(text, "en-US", l); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	for _, run := range []utter.Run{{Text: "SQL", Style: utter.Spell}} {
		got := (&reading.Reader{Lexicon: l}).ReadSentences([]utter.Run{run}, "en-US")
		if len(got) != 1 || len(got[0]) != 1 || got[0][0].Say != "" {
			t.Errorf("the letters of a word become %+v", got)
		}
	}
	if got := readText("日本。", "ja-JP", l); got != "にほん。" {
		t.Errorf("got %q", got)
	}
	if got := readText("私は日本に行く。", "ja-JP", l); got != "私はにほんに行く。" {
		t.Errorf("got %q", got)
	}
}

func TestSayAs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, as, format, language, want string
		ok                               bool
	}{
		{"2026", "digits", "", "en", "2 0 2 6", true},
		{"+1 (555) 010-999", "telephone", "", "en", "plus one, five five five, zero one zero, nine nine nine", true},
		{"3", "ordinal", "", "en", "third", true},
		{"3", "ordinal", "", "de", "dritte", true},
		{"03/04/2026", "date", "dmy", "en", "April third twenty twenty-six", true},
		{"03/04/2026", "date", "mdy", "en", "March fourth twenty twenty-six", true},
		{"2026-12", "date", "ym", "en", "December twenty twenty-six", true},
		{"20261225", "date", "", "en", "December twenty-fifth twenty twenty-six", true},
		{"12:30", "time", "hms12", "en", "twelve thirty", true},
		{"1234", "cardinal", "", "en", "one thousand two hundred thirty-four", true},
		{"3/4", "fraction", "", "en", "three quarters", true},
		{"1/47", "fraction", "", "en", "one over forty-seven", true},
		{"1/3", "fraction", "", "en", "one third", true},
		{"$3", "currency", "", "en", "three dollars", true},
		{"words", "date", "", "en", "", false},
		{"1960-09-10", "date", "yyyymmdd", "en", "September tenth nineteen sixty", true},
		{"10.9.2026", "date", "dd.mm.yyyy", "en", "September tenth twenty twenty-six", true},
		{"09102026", "date", "mmddyyyy", "en", "September tenth twenty twenty-six", true},
		{"20260910", "date", "md", "en", "September tenth twenty twenty-six", true},
		{"10 September 1960", "date", "", "en", "the tenth of September nineteen sixty", true},
		{"21st", "ordinal", "", "en", "twenty-first", true},
		{"21th", "ordinal", "", "en", "", false},
		{"1,021", "ordinal", "", "en", "one thousand twenty-first", true},
		{"3.", "ordinal", "", "de", "dritte", true},
		{"third", "ordinal", "", "de", "", false},
		{"3/20", "fraction", "", "en", "three twentieths", true},
		{"1+1/2", "fraction", "", "en", "one and a half", true},
		{"9/2", "fraction", "", "en", "nine halves", true},
		{"3/4", "fraction", "", "de", "drei Viertel", true},
		{"1'21\"", "time", "", "en", "one minute twenty-one seconds", true},
		{"USD 5", "currency", "", "en", "five U S dollars", true},
		{"damn", "expletive", "", "en", "beep", true},
		{"words", "digits", "", "en", "words", true},
		{"1", "poem", "", "en", "", false},
	} {
		if got, ok := reading.ReadAs(c.text, c.as, c.format, c.language); ok != c.ok || c.as != "digits" && ok && got != c.want {
			t.Errorf("%s as %s: %q, %t, want %q, %t", c.text, c.as, got, ok, c.want, c.ok)
		}
	}
}

// FuzzReading checks that the written text is not changed, that the spoken form contains no digits and
// signs, and that arbitrary lexicons are parsed or rejected.
func FuzzReading(f *testing.F) {
	f.Add("On 2026-11-25 see https://a.b/c?d... $5 -1 1/2 10–20 a_b aB.md", "en", "a: b\nb: /c/")
	f.Add("x…y #1 ~2 &", "de-DE", ":\n/")
	for _, language := range languages() {
		f.Add("1.2.3, 3.10. 14:30 2–4 $5 € 1½ 10² XIV. +49 30 1 '90 5% №5 ① Ⅳ ٣ a1b2 ½ kg 1 234 567,89", language, "")
		f.Add("=≠<> {x} 3/4/5 1:2:3 99999999999999999999 v1 1e5 #a @b ^2 x^2 1er 3e 2:a 5-ty z. B. e.g. U.S. \u00ad5", language, "")
	}
	f.Fuzz(func(t *testing.T, text, language, lexicon string) {
		l, _ := reading.ParseLexicon("l", []byte(lexicon))
		var got strings.Builder
		for _, s := range (&reading.Reader{Lexicon: l}).ReadSentences([]utter.Run{{Text: text}}, language) {
			for _, r := range s {
				got.WriteString(r.Text)
				if heard := cmp.Or(r.Say, r.Text); lexicon == "" && slices.Contains(languages(), language) &&
					strings.ContainsFunc(heard, notWords) {
					t.Fatalf("%s: %q leaves %q to the voice", language, text, heard)
				}
			}
		}
		squeeze := func(s string) string { // sentence splitting treats control characters as spaces
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) || unicode.IsControl(r) {
					return -1
				}
				return r
			}, s)
		}
		if utf8.ValidString(text) && squeeze(got.String()) != squeeze(norm.NFC.String(text)) {
			t.Fatalf("%q became %q", text, got.String())
		}
	})
}

// languages returns the languages in which voices receive only words.
func languages() []string {
	return []string{"en", "en-GB", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl"}
}

// notWords reports whether a character is neither a letter nor punctuation.
func notWords(r rune) bool {
	return unicode.IsNumber(r) || unicode.IsSymbol(r) || strings.ContainsRune("@#%&*/\\§_{}†‡•", r)
}

// TestWordsAlone checks that the spoken form contains no digits and signs in any language.
func TestWordsAlone(t *testing.T) {
	t.Parallel()
	for _, language := range languages() {
		for _, text := range []string{
			strings.Repeat("1234567890", 6) + " and " + strings.Repeat("9", 400), strings.Repeat("1.", 5000), strings.Repeat("5/", 3000),
			"31.02.2024, 2024-13-45, 99/99/9999, 25:61, 32.13.", "a\xff5\xfe 1\xff2", strings.Repeat("12 ", 4000),
			"日本 2026 年 5 月, العربية ٣٤, русский 15, \U0001F600 7", "x=5;y<3&&z>=2||!w", "5 m² + 3 km³ ≈ 10⁶ ± 2 %",
			"{{name}} costs $5…$10 (≈ €4,50) – 20 % off!", "C:\\Users\\me\\file_1.txt", "5'10\" 90° 3″ №7 ½ ¼ ①②", "#hashtag @user * _ ~ ^ | \\",
			"-", "--", "1", "-1", "1-", "+", "$", "$1", "1$", "%", "1%", ".5", "5.", "1,2,3", "1..2", "(1)", "[1]", "1)", "a1", "1a", "1a1",
		} {
			for _, style := range []utter.Style{utter.Plain, utter.Spell} {
				for _, s := range new(reading.Reader).ReadSentences([]utter.Run{{Text: text, Style: style}}, language) {
					for _, r := range s {
						if heard := cmp.Or(r.Say, r.Text); strings.ContainsFunc(heard, notWords) {
							t.Errorf("%s %s: %.60q leaves %.60q to the voice", language, style, text, heard)
						}
					}
				}
			}
		}
	}
}

// TestOtherLanguages checks that numbers are spelled in every language for which CLDR has rules.
func TestOtherLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"cs", "Je jich 15.", "Je jich patnáct."},
		{"ru", "Их 21 здесь.", "Их двадцать один здесь."},
		{"tr", "Burada 5 kişi var.", "Burada beş kişi var."},
		{"cs", "Je to 3,5 km.", "Je to tři čárka pět km."},
		{"fi", "On 2,25 nyt.", "On kaksi pilkku kaksi viisi nyt."},
		{"ru", "Это 3,5 там.", "Это 3,5 там."},
		{"fi", "Täällä on 12 taloa.", "Täällä on kaksitoista taloa."},
		{"ja", "人が 5 人いる。", "人が 五 人いる。"},
		{"hu", "Itt 100 ember van.", "Itt száz ember van."},
		{"tlh", "DaH 5 ghaH.", "DaH 5 ghaH."},
		{"ru", "Это 2026-11-25.", "Это 25 ноября 2026."},
		{"cs", "Dne 25.11.2026 na example.com.", "Dne 25. listopadu 2026 na example tečka com."},
		{"hu", "Ez 2026-11-25.", "Ez 2026-11-25."},
		{"ar", "عددهم ٥ هنا.", "عددهم خمسة هنا."},
	} {
		if got := readText(c.text, c.language, nil); got != c.want {
			t.Errorf("%s: %q is read as %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

// TestInvisible checks that soft hyphens and zero-width characters do not split words, and that
// decomposed letters are composed.
func TestInvisible(t *testing.T) {
	t.Parallel()
	l, _ := reading.ParseLexicon("l", []byte("cafe\u0301: Kaffeehaus\n"))
	for text, want := range map[string]string{
		"The infor\u00admation is hyphen\u00adated.": "The information is hyphenated.",
		"zero\u200bwidth": "zerowidth", "5\u00ad0 and": "five zero and",
		"Im Cafe\u0301, im Café.": "Im Kaffeehaus, im Kaffeehaus.", "a \u200b b": "a b",
	} {
		if got := readText(text, "en", l); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// TestStyles checks that rules see the words around a number whatever their style, and that the number
// keeps its style.
func TestStyles(t *testing.T) {
	t.Parallel()
	got := new(reading.Reader).ReadSentences([]utter.Run{{Text: "am "}, {Text: "3.", Style: utter.Strong}, {Text: " Oktober um 9 Uhr"}}, "de")
	var b strings.Builder
	for _, r := range got[0] {
		b.WriteString("[" + string(r.Style) + ":" + r.Text + "=" + r.Say + "]")
	}
	if want := "[:am =][strong:3. Oktober=dritten Oktober][: um =][:9 Uhr=neun Uhr]"; b.String() != want {
		t.Errorf("got %s", b.String())
	}
}

// TestForeignStretches checks that text in another language is read in that language, and that
// replaced text consists of words, too.
func TestForeignStretches(t *testing.T) {
	t.Parallel()
	got := new(reading.Reader).ReadSentences([]utter.Run{
		{Text: "In 5 days, "}, {Text: "um 5 Uhr", Language: "de-DE"}, {Text: ", "}, {Text: "W3C", Say: "World Wide Web 3"}, {Text: " 7"},
	}, "en-US")
	var b strings.Builder
	for _, r := range got[0] {
		b.WriteString(cmp.Or(r.Say, r.Text))
	}
	if want := "In five days, um fünf Uhr, World Wide Web three seven"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// TestSpeed checks that 10,000 words are read in less than a second.
func TestSpeed(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("On 3/4/2025 at 10:30 p.m. Dr. Smith paid $3.50 for 5 km of the iOS word list that people read aloud. ", 500)
	began := time.Now()
	new(reading.Reader).ReadSentences([]utter.Run{{Text: text}}, "en")
	took := time.Since(began)
	t.Logf("%d words in %s", len(strings.Fields(text)), took)
	if took > 3*time.Second {
		t.Errorf("10,000 words took %s", took)
	}
}
