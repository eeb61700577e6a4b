package reading_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"mynah/internal/diag"
	"mynah/internal/reading"
	"mynah/internal/voice"
)

// said joins what is said for a text.
func said(text, language string, l *reading.Lexicon) string {
	return saidBy(&reading.Reader{Lexicon: l}, text, language)
}

func saidBy(reader *reading.Reader, text, language string) string {
	var b strings.Builder
	for _, s := range reader.Sentences([]voice.Run{{Text: text}}, language) {
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
		{"en-US", "On 2026-11-25 it ends.", "On November 25th, 20 26 it ends."},
		{"en-US", "On 11/2/2026.", "On November 2nd, 20 26."},
		{"en-US", "It costs $5.20, not €1 or £1.5 million.", "It costs 5 dollars and 20 cents, not 1 euro or 1 point 5 million pounds."},
		{"en-US", "A budget of $3 million.", "A budget of 3 million dollars."},
		{"en-US", "At 9:05 or 14:30, or 5:00 pm.", "At 9 oh 5 or 14 30, or 5 P M."},
		{"en-US", "Use v1.2.3 of it.", "Use version 1 point 2 point 3 of it."},
		{"en-US", "Pages 10–20 and 1/2.", "Pages 10 to 20 and one half."},
		{"en-US", "A disk of 16 GB at 90 km/h.", "A disk of 16 gigabytes at 90 kilometers per hour."},
		{"en-US", "About 1,000,000 users.", "About 1000000 users."},
		{"en-US", "Fruit, e.g. apples, etc.", "Fruit, for example apples, et cetera"},
		{"en-US", "Dr. Smith is in.", "Doctor Smith is in."},
		{"en-US", "Call parseHTTPHeader() or set max_size.", "Call parse HTTP Header or set max size."},
		{"en-US", "Edit config.yaml in /etc/mynah/.", "Edit config dot yaml in slash etc slash mynah slash."},
		{"en-US", "Add --dry-run first.", "Add dash dash dry run first."},
		{"en-US", "C++ and C# & Go.", "C plus plus and C sharp and Go."},
		{"en-US", "The HTTP and CSV formats, and NASA.", "The H T T P and C S V formats, and NASA."},
		{"en-US", "It began in 1999.", "It began in 19 99."},
		{"en-US", "Wait... what is it?", "Wait,<300ms> what is it?"},
		{"en-US", "Wait…", "Wait…"},
		{"en-US", "It is -5 outside, a well-known fact.", "It is minus 5 outside, a well-known fact."},
		{"de-DE", "Am 2026-11-25 auf example.de.", "Am 25. November 2026 auf example Punkt de."},
		{"es-ES", "El 2026-01-02.", "El 2 de enero de 2026."},
		{"fr-FR", "Le 2026-08-01, à jo@example.fr.", "Le 1 août 2026, à jo arobase example point fr."},
		{"ja-JP", "2026-11-25 に example.com を見る。", "2026-11-25 に example.com を見る。"},
		{"en-US", "Did it work? No. Try again. See No. 5.", "Did it work?No.Try again.See Number 5."},
		{"en-US", "Use min. 5 workers for 10 min. in /etc.", "Use minimum 5 workers for 10 minutes in slash etc."},
		{"en-US", "HOW TO USE THE NEW APP: GET THE API KEY", "HOW TO USE THE NEW APP: GET THE A P I KEY"},
		{"en-US", "Call 555-1234 or 1-800-555-1234.", "Call 555-1234 or 1-800-555-1234."},
		{"en-US", "CVE-2024-1234 of 2024-05, 5 - 3 = 2.", "C V E-2024-1234 of 2024-05, 5 - 3 = 2."},
		{"en-US", "Pages 10-20, 1-2 GB, 5-10%.", "Pages 10 to 20, 1 to 2 gigabytes, 5 to 10 percent."},
		{"en-US", "A width of 1920 pixels, in 1250 requests, in 1250.", "A width of 1920 pixels, in 1250 requests, in 12 50."},
		{"en-US", "At -50, ~50, -5°C, ~5 GB, 5 kWh, 1x.", "At minus 50, about 50, minus 5 degrees Celsius, about 5 gigabytes, 5 kilowatt hours, 1 times."},
		{"en-US", "Unpack archive.tar.gz and foo.min.js.", "Unpack archive dot tar dot gz and foo dot min dot js."},
		{"en-US", "User #1,234, step 1/2, on 5/10/24, from 0:00.", "User number 1234, step 1 of 2, on May 10th, 20 24, from 0:00."},
		{"en-GB", "On 05/06/2024.", "On June 5th, 20 24."},
		{"en-US", "On 25.11.2026, not 1.2.2000.", "On November 25th, 20 26, not February 1st, 2000."},
		{"de-DE", "Am 25.11.2026.", "Am 25. November 2026."},
		{"en-US", "From 1995 £5 notes, by 2024 USD 5 million, 10 CAD files, INR 2.5.", "From 1995 5 pounds notes, by 2024 5 million U S dollars, 10 C A D files, INR 2.5."},
		{"en-US", "USD/EUR 1.05, 100 CHF/t, SEK 1, 2 million DKK.", "U S D E U R 1.05, 100 C H F/t, 1 Swedish krona, 2 million Danish kroner."},
		{"en-US", "Version 1.12.2024, kernel 5.10.2024, 3.10.1999.4, but 3.10.1999.", "Version 1 point 12 point 2024, kernel 5 point 10 point 2024, 3 point 10 point 1999 point 4, but October 3rd, 19 99."},
		{"de", "Am 31.02.2024 und am 29.02.2024.", "Am 31.02.2024 und am 29. Februar 2024."},
		{"en-US", "5 € or 3.50 £, 10 USD, EUR 1,200.", "5 euros or 3 pounds and 50 pence, 10 U S dollars, 1200 euros."},
		{"en-US", "iPhone and JavaScript.", "iPhone and JavaScript."},
	} {
		if got := said(c.text, c.language, nil); got != c.want {
			t.Errorf("%s: %q is read as\n\t%q, want\n\t%q", c.language, c.text, got, c.want)
		}
	}
}

// TestWrittenTextStays: whatever is said, what is written is what was there.
func TestWrittenTextStays(t *testing.T) {
	t.Parallel()
	text := "On 2026-11-25, see https://example.com/a_b... then call doIt() for $5."
	var b strings.Builder
	for _, s := range new(reading.Reader).Sentences([]voice.Run{{Text: text[:20], Style: voice.Strong}, {Text: text[20:], Pause: time.Second}}, "en") {
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
	l, list := reading.ParseLexicon("l.txt", []byte("\ufeff# words\r\nsql: sequel\r\nSQL Server: sequel server\n\nMynah: /ˈmaɪnə/\nQt: 'cute'\nnginx : engine x\nC++: see plus plus # a language\nC#: 'see # sharp'\n日本: にほん\n"))
	if len(list) > 0 {
		t.Fatal(list)
	}
	for text, want := range map[string]string{
		"SQL and Sql.":      "sequel and sequel.",
		"MySQL is no SQLs.": "MySQL is no S Q L's.",
		"SQL Server 2019":   "sequel server 2019",
		"Mynah, mynah.":     "/ˈmaɪnə/, mynah.",
		"Qt but not QT":     "cute but not Q T",
		"Nginx!":            "engine x!",
		"C++ it is":         "see plus plus it is",
		"C# it is":          "see # sharp it is",
	} {
		if got := said(text, "en-US", l); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	for _, run := range []voice.Run{{Text: "SQL", Style: voice.Spell}} {
		got := (&reading.Reader{Lexicon: l}).Sentences([]voice.Run{run}, "en-US")
		if len(got) != 1 || len(got[0]) != 1 || got[0][0].Say != "" {
			t.Errorf("the letters of a word become %+v", got)
		}
	}
	if got := said("日本。", "ja-JP", l); got != "にほん。" {
		t.Errorf("got %q", got)
	}
	if got := said("私は日本に行く。", "ja-JP", l); got != "私はにほんに行く。" {
		t.Errorf("got %q", got)
	}
}

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
		_, list := reading.ParseLexicon("l.txt", []byte("good: fine\n"+line+"\n"))
		if len(list) != 1 || list[0].Severity != diag.Error || list[0].Range.Start.Line != 2 || !strings.Contains(list[0].Summary, want) || list[0].Hint == "" {
			t.Errorf("%.30q: %+v", line, list)
		}
	}
	if _, list := reading.ParseLexicon("l.txt", []byte("a: b\na: c\n")); len(list) != 1 || list[0].Severity != diag.Warning {
		t.Errorf("twice: %+v", list)
	}
}

func TestSayAs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, as, format, language, want string
		ok                               bool
	}{
		{"2026", "digits", "", "en", "2 0 2 6", true},
		{"+1 (555) 010-999", "telephone", "", "en", "plus 1, 5 5 5, 0 1 0, 9 9 9", true},
		{"3", "ordinal", "", "en", "3rd", true},
		{"3", "ordinal", "", "de", "3.", true},
		{"03/04/2026", "date", "dmy", "en", "April 3rd, 20 26", true},
		{"03/04/2026", "date", "mdy", "en", "March 4th, 20 26", true},
		{"2026-12", "date", "ym", "en", "December 20 26", true},
		{"20261225", "date", "", "en", "December 25th, 20 26", true},
		{"12:30", "time", "hms12", "en", "12 30", true},
		{"1234", "cardinal", "", "en", "", true},
		{"3/4", "fraction", "", "en", "3 quarters", true},
		{"$3", "currency", "", "en", "3 dollars", true},
		{"words", "date", "", "en", "", false},
		{"1960-09-10", "date", "yyyymmdd", "en", "September 10th, 19 60", true},
		{"10.9.2026", "date", "dd.mm.yyyy", "en", "September 10th, 20 26", true},
		{"09102026", "date", "mmddyyyy", "en", "September 10th, 20 26", true},
		{"20260910", "date", "md", "en", "September 10th, 20 26", true},
		{"10 September 1960", "date", "", "en", "", true},
		{"21st", "ordinal", "", "en", "", true},
		{"21th", "ordinal", "", "en", "", false},
		{"1,021", "ordinal", "", "en", "1021st", true},
		{"3.", "ordinal", "", "de", "3.", true},
		{"third", "ordinal", "", "de", "", false},
		{"3/20", "fraction", "", "en", "3 over 20", true},
		{"1+1/2", "fraction", "", "en", "1 and one half", true},
		{"9/2", "fraction", "", "en", "9 halves", true},
		{"3/4", "fraction", "", "de", "", true},
		{"1'21\"", "time", "", "en", "1 minute 21 seconds", true},
		{"USD 5", "currency", "", "en", "5 U S dollars", true},
		{"damn", "expletive", "", "en", "beep", true},
		{"words", "digits", "", "en", "words", true},
		{"1", "poem", "", "en", "", false},
	} {
		if got, ok := reading.SayAs(c.text, c.as, c.format, c.language); ok != c.ok || c.as != "digits" && ok && got != c.want {
			t.Errorf("%s as %s: %q, %t, want %q, %t", c.text, c.as, got, ok, c.want, c.ok)
		}
	}
}

// FuzzReading: whatever is written stays, and lexicons of any bytes are read or refused.
func FuzzReading(f *testing.F) {
	f.Add("On 2026-11-25 see https://a.b/c?d... $5 -1 1/2 10–20 a_b aB.md", "en", "a: b\nb: /c/")
	f.Add("x…y #1 ~2 &", "de-DE", ":\n/")
	f.Fuzz(func(t *testing.T, text, language, lexicon string) {
		l, _ := reading.ParseLexicon("l", []byte(lexicon))
		var got strings.Builder
		for _, s := range (&reading.Reader{Lexicon: l}).Sentences([]voice.Run{{Text: text}}, language) {
			for _, r := range s {
				got.WriteString(r.Text)
			}
		}
		squeeze := func(s string) string { // control characters are blanks to sentences
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) || unicode.IsControl(r) {
					return -1
				}
				return r
			}, s)
		}
		if squeeze(got.String()) != squeeze(text) {
			t.Fatalf("%q became %q", text, got.String())
		}
	})
}
