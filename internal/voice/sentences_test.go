package voice_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text string }{
		{"en", "One. | Two! | Three? | Four"},
		{"en", "Dr. Smith met Mr. J. R. Tolkien at 3.14 p.m. on Main St. yesterday. | Then he left."},
		{"en", "Use a tool, e.g. Mynah, i.e. this one. | It works."},
		{"en", "The U.S. Army came. | He lives in the U.S. | The rest is history."},
		{"en", "Open https://example.org/a.html?x=1 or file.name.txt now. | Done."},
		{"en", "Wait... what? | Wait... | What now?"},
		{"en", "Well… maybe. | Well… | Maybe not."},
		{"en", "“Stop!” he said. | (It was late.) | She ran."},
		{"en", `He asked "Why?" | Nobody knew.`},
		{"en", "Really?! | Yes!!! | Good."},
		{"en", "Line one\ngoes on. | Next\r\n\r\nparagraph."},
		{"en", "1. Open the file. | 2. Close it."},
		{"en", "Vitamin C. | It was I. | So be it."},
		{"en", "See fig. 3 and vol. 2 for it. | End."},
		{"en", "Apples, pears etc. are fruit. | Yahoo! is a name, so it goes on. | Fine."},
		{"de", "Das ist z. B. gut, d.h. bzw. Herr Dr. Müller kommt am 3. Mai. | Ende."},
		{"fr", "M. Dupont est là. | Où est-il ? | Là-bas !"},
		{"zh-CN", "你好，世界。|今天天气很好！|真的吗？|是的。"},
		{"ja", "「行く。」と言った。|はい。"},
		{"ar", "كيف حالك؟ | أنا بخير."},
		{"hi", "यह पहला है। | यह दूसरा है।"},
		{"en", "Call us, ext. 12. | See No. 5. | Did it work? | No. | It is. | Try Go. | Come in. | That is Joe. | Ask Joe. | Done."},
		{"en", "Sammy Davis Jr. sang on St. James St. near 5th Ave. | It was late. | On Main St. | He left at 5 p.m. | We stayed."},
		{"en", "He works at Smith Inc. in Washington, D.C. | The end. | J. C. Penney came on Jan. 5. | Gen. Grant met Col. Lee."},
		{
			"de",
			"In der Hauptstr. 5 wohnt er. | Das Haus steht in der Hauptstr. | Es ist alt. | Im XX. Jahrhundert, am 3.–5. " +
				"Oktober, im 2. Stock.",
		},
		{"de", "GmbH & Co. KG aus Bonn. | Nr. 5 lebt. | Ich bin am Ende. | So. | Der Test. | Die Kunst. | Das war 1990. | Dann kam sie."},
		{"fr", "Voir p. 12 et art. 3. | Né le 3 janv. 1950. | Au bord de la mer. | Le soir, etc. | Il part. | Mme. Dupont vient."},
		{"es", "El Sr. López vive en EE. UU. | La Dra. Ruiz, pág. 5, en la Avda. Mayor. | Vamos al mar. | Hace sol. | Bien. | Sigue."},
		{"it", "Il sig. Rossi e la dott.ssa Bianchi, pag. 5. | Ecco, ecc. | Poi si va."},
		{"pt", "O Sr. Silva e a Dra. Costa, pág. 5. | No mar. | Vamos lá, etc. | Depois ficam."},
		{"nl", "Dhr. Jansen woont in de Kerkstr. 5, bijv. hier. | Nr. 3 is vrij. | Op 3 okt. 2026 om 5 uur, enz. | Het is klaar."},
		{"sv", "Dr. Svensson kom kl. 14.30, t.ex. i dag. | Det var nr. 5, osv. | Sedan gick han."},
		{"da", "Den 3. oktober kl. 14.30 kom hr. Jensen, f.eks. hertil. | Det var den 3. maj. | Tlf. 12345678."},
		{"nb", "Den 3. oktober kl. 14.30 kom dr. Hansen. | Det er bl.a. her, osv. | Så gikk han."},
		{"pl", "Ul. Długa 5, m.in. tutaj. | W 1939 r. Niemcy napadły. | To było w 1939 r. | Potem przyszedł dr Nowak, itd. | Koniec."},
		{"en", "Our goals:\n| • one thing\n| • two things\n| – three"},
		{"ru", "Это и т.д. и т.п. было. | Конец."},
		{"en", "Use C#, .NET and a != b, or x!=y. | The !important rule. | \"Stop!\", he said."},
		{"en", "Done!|🎉 Next. | Well done!|$5 more."},
		{"es", "¡Hola!|¿Qué tal?"},
		{"en", "No blank!|One."},
		{"en", ""},
		{"en", " "},
		{"en", "..."},
		{"en", "no stop at all"},
	} {
		text := strings.ReplaceAll(c.text, "|", "")
		for strings.Contains(text, "  ") {
			text = strings.ReplaceAll(text, "  ", " ")
		}
		var want []string
		for s := range strings.SplitSeq(c.text, "|") {
			if s = strings.TrimSpace(s); s != "" {
				want = append(want, s)
			}
		}
		var got []string
		for _, s := range voice.SplitSentences(text, c.language) {
			got = append(got, text[s.Start:s.End])
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: got  %q\n\twant %q", c.language, got, want)
		}
	}
}

func TestLongSentencesAreCut(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"words":      strings.Repeat("word ", 20000),
		"clauses":    strings.Repeat("a clause of some words, ", 4000),
		"no blanks":  strings.Repeat(".", 20000),
		"chinese":    strings.Repeat("你好世界", 2500),
		"clauses zh": strings.Repeat("你好世界，", 2500),
		"initials":   strings.Repeat("a. B. ", 4000),
		"stops":      strings.Repeat(".", 20000),
		"numbers":    strings.Repeat("1. 2 ", 4000),
		"marks":      strings.Repeat("a\u0301", 8000),
		"broken":     strings.Repeat("\xff", 20000),
		"ellipses":   strings.Repeat("…", 8000),
		"ellipses 2": strings.Repeat("… A", 4000),
		"quotes":     strings.Repeat(`." `, 8000),
	} {
		began := time.Now()
		spans := voice.SplitSentences(text, "en")
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		var back strings.Builder
		for _, s := range spans {
			part := text[s.Start:s.End]
			if n := utf8.RuneCountInString(part); n > 400 {
				t.Errorf("%s: a sentence of %d characters", name, n)
				break
			}
			if utf8.ValidString(text) && !utf8.ValidString(part) {
				t.Errorf("%s: cut within a character", name)
				break
			}
			back.WriteString(part)
		}
		if strings.ReplaceAll(back.String(), " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%s: text was lost", name)
		}
	}
	spans := voice.SplitSentences(strings.Repeat("a clause of some words, ", 40), "en")
	if end := spans[0].End; end%24 != 23 {
		t.Errorf("the first cut is at %d, not behind a comma", end)
	}
}

func TestSplitRuns(t *testing.T) {
	t.Parallel()
	runs := []utter.Run{
		{Text: "One "},
		{Text: "bold", Style: utter.Strong},
		{Text: " word. Two "},
		{Text: "words. And", Style: utter.Emphasis},
		{Text: "", Style: utter.Spell},
		{Text: " three.  "},
	}
	got := voice.SplitRuns(runs, "en")
	want := [][]utter.Run{
		{{Text: "One "}, {Text: "bold", Style: utter.Strong}, {Text: " word."}},
		{{Text: "Two "}, {Text: "words.", Style: utter.Emphasis}},
		{{Text: "And", Style: utter.Emphasis}, {Text: " three."}},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		for j := range want[i] {
			if len(got[i]) != len(want[i]) || got[i][j] != want[i][j] {
				t.Fatalf("sentence %d is %+v, want %+v", i, got[i], want[i])
			}
		}
	}
	if got := voice.SplitRuns(nil, "en"); len(got) != 0 {
		t.Errorf("an empty text returns %+v", got)
	}
}
