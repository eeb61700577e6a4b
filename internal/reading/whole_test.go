package reading_test

import (
	"flag"
	"strings"
	"testing"
	"time"

	"mynah/internal/reading"
	"mynah/internal/reading/readingtest"
	"mynah/internal/utter"
)

var update = flag.Bool("update", false, "write the sentences anew")

// TestSentences compares the spoken form of whole sentences, including pauses, with the golden file.
func TestSentences(t *testing.T) {
	t.Parallel()
	reader := &reading.Reader{}
	readingtest.CheckTable(t, "testdata/whole/sentences.tsv", *update, func(language, text string) string {
		return saidBy(reader, text, language)
	})
}

// TestSayAsTable compares ReadAs with a table. Inputs are a kind, a format or "-", and a text; the output
// "no" means that the kind does not fit the text.
func TestSayAsTable(t *testing.T) {
	t.Parallel()
	readingtest.CheckTable(t, "testdata/whole/sayas.tsv", *update, func(language, input string) string {
		f := strings.SplitN(input, " ", 3)
		if say, ok := reading.ReadAs(f[2], f[0], strings.Trim(f[1], "-"), language); ok {
			return "yes " + say
		}
		return "no"
	})
}

// TestRunsAreCutAtWhatIsSaid checks that the spoken form of text in several runs is in the first of
// them, and that the text and pauses of each run are kept.
func TestRunsAreCutAtWhatIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		runs []utter.Run
		want string // text=spoken<pause> of each run
	}{
		{"a number in two styles", []utter.Run{{Text: "1"}, {Text: "2 km", Style: utter.Strong}}, "12 km=twelve kilometers"},
		{
			"a number in three styles",
			[]utter.Run{{Text: "On 1"}, {Text: "2", Style: utter.Strong}, {Text: "3 a."}},
			"On |123=one hundred twenty-three| a.",
		},
		{"a pause behind a whole run", []utter.Run{{Text: "5", Pause: time.Second}, {Text: " 6"}}, "5=five<1s>| |6=six"},
		{
			"a pause behind the rest of a run",
			[]utter.Run{{Text: "a 5 b", Pause: time.Second}, {Text: " c"}},
			"a |5=five| b<1s>| c",
		},
		{"pauses split numbers", []utter.Run{{Text: "1", Pause: time.Second}, {Text: "2"}}, "1=one<1s>|2=two"},
		{"a pause of its own", []utter.Run{{Text: "a ... b", Pause: time.Millisecond}}, "a |...=,<300ms>| b<1ms>"},
		{"a pause behind a run that is said with the one before", []utter.Run{{Text: "1"}, {
			Text:  "2",
			Style: utter.Strong, Pause: time.Second,
		}}, "12=twelve<1s>"},
		{"other languages split numbers", []utter.Run{{Text: "1"}, {Text: "2", Language: "de"}}, "1=one|2=zwei"},
		{
			"words that are said already",
			[]utter.Run{{Text: "x 1"}, {Text: "y", Say: "5 km"}, {Text: "2"}},
			"x |1=one|y=five kilometers|2=two",
		},
		{"words in IPA", []utter.Run{{Text: "1"}, {Text: "2", IPA: "tuː"}, {Text: "3"}}, "1=one|2=/tuː/|3=three"},
		{
			"letters",
			[]utter.Run{{Text: "1"}, {Text: "a1@½-b", Style: utter.Spell, Pause: time.Second}, {Text: "2"}},
			"1=one|a|1= one, |@= at, |½= one half, |-= dash, |b<1s>|2=two",
		},
		{"a letter", []utter.Run{{Text: "x", Style: utter.Spell, Pause: time.Second}}, "x<1s>"},
		{
			"letters that end in a digit",
			[]utter.Run{{Text: "a12", Style: utter.Spell, Pause: time.Second}},
			"a|12= one, two, <1s>",
		},
	} {
		var got []string
		for _, sentence := range new(reading.Reader).ReadSentences(c.runs, "en") {
			for _, r := range sentence {
				text := r.Text
				if r.Say != "" {
					text += "=" + r.Say
				}
				if r.IPA != "" {
					text += "=/" + r.IPA + "/"
				}
				if r.Pause > 0 {
					text += "<" + r.Pause.String() + ">"
				}
				got = append(got, text)
			}
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}
