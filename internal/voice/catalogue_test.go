package voice_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"mynah/internal/voice"
)

func TestCatalogue(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z]{3,12}$`)
	tag := regexp.MustCompile(`^[a-z]{2,3}-[A-Z0-9]{2,3}(-[a-z]+)*$`)
	seen := map[string]bool{}
	languages := map[string]map[voice.Gender]bool{}
	for _, v := range voice.NewCatalogue().Voices() {
		if !name.MatchString(v.Name) && v.Name != "wei" && v.Name != "eka" || seen[v.Name] {
			t.Errorf("the name %q is odd or not unique", v.Name)
		}
		seen[v.Name] = true
		if !tag.MatchString(v.Language) && v.Language != "en-GB-scotland" || v.LanguageName == "" || v.EngineVoice == "" {
			t.Errorf("%+v", v)
		}
		if languages[v.Language] == nil {
			languages[v.Language] = map[voice.Gender]bool{}
		}
		languages[v.Language][v.Gender] = true
	}
	if len(languages) < 100 {
		t.Errorf("%d languages", len(languages))
	}
	for l, genders := range languages {
		if !genders[voice.Female] || !genders[voice.Male] || len(genders) != 2 {
			t.Errorf("%s is spoken by %v", l, genders)
		}
	}
}

func TestHostedNames(t *testing.T) {
	t.Parallel()
	c := voice.NewCatalogue()
	for key, names := range map[string]string{
		"en-US female": "victoria joanna elisabeth julia jackie ivy Kendra Kimberly Salli",
		"en-US male":   "rodney charles mickey mike ronald matthew Justin Joey",
		"en-GB female": "amy emma", "en-GB male": "brian william",
		"de-DE female": "monika marlene Vicki", "de-DE male": "helmut hans",
		"fr-FR female": "celine Céline Léa", "fr-FR male": "alain mathieu",
		"es-ES female": "carmen conchita", "es-ES male": "enrique",
		"it-IT female": "carla", "it-IT male": "giorgio",
		"pl-PL female": "ewa", "pl-PL male": "jacek",
		"he-IL female": "ayelet", "es-419 female": "dalia", "zh-HK male": "wanlung",
	} {
		for n := range strings.FieldsSeq(names) {
			v, m := c.Resolve(strings.ToUpper(n), "ja")
			if got := v.Language + " " + string(v.Gender); got != key || m.Kind != voice.Named || m.Warning != "" {
				t.Errorf("%s is %s, %+v", n, got, m)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	c := voice.NewCatalogue()
	for _, x := range []struct{ name, language, voice, kind, warning string }{
		{"", "", "joanna", "default", ""},
		{" ", "en", "joanna", "default", ""},
		{"", "en-GB", "brian", "default", ""},
		{"", "en_AU", "joanna", "default", ""},
		{"", "de-AT", "marlene", "default", ""},
		{"", "DE", "marlene", "default", ""},
		{"", "no", "liv", "default", ""},
		{"", "nn-NO", "liv", "default", ""},
		{"", "zh", "zhiyu", "default", ""},
		{"", "zh-TW", "zhiyu", "default", ""},
		{"", "zh-HK", "hiujin", "default", ""},
		{"", "yue", "hiujin", "default", ""},
		{"", "es-MX", "lupe", "default", ""},
		{"", "pt-BR", "camila", "default", ""},
		{"", "pt", "ines", "default", ""},
		{"", "fr-CA", "celine", "default", ""},
		{"", "xx", "joanna", "default", "language"},
		{"Brain", "en", "joanna", "unknown", "no voice"},
		{"Nicole", "de", "joanna", "named", ""},
		{"Russell", "de", "matthew", "named", ""},
		{"Nigel", "", "brian", "named", ""},
		{"Zareen", "", "uzma", "named", ""},
		{"nobody-knows-him", "fr", "celine", "unknown", "no voice"},
		{"de-DE-KatjaNeural", "en", "marlene", "unknown", "no voice"},
		{"en-gb-standard-b", "de", "brian", "unknown", "no voice"},
		{"cmn-CN-Wavenet-A", "", "zhiyu", "unknown", "no voice"},
		{"en-US-GuyNeural", "de", "matthew", "unknown", "no voice"},
		{"es-MX-DaliaNeural", "", "lupe", "unknown", "no voice"},
		{"my-ok-voice", "fr", "celine", "unknown", "no voice"},
		{"xx-YY-Nobody", "fr", "celine", "unknown", "no voice"},
	} {
		v, m := c.Resolve(x.name, x.language)
		if v.Name != x.voice || string(m.Kind) != x.kind || (m.Warning == "") != (x.warning == "") || !strings.Contains(m.Warning, x.warning) {
			t.Errorf("Resolve(%q, %q) = %s, %+v", x.name, x.language, v.Name, m)
		}
	}
}

func TestNearestNames(t *testing.T) {
	t.Parallel()
	c := voice.NewCatalogue()
	for name, want := range map[string]string{"Joana": "joanna", "mathew": "matthew", "Jacec": "jacek"} {
		if got := c.NearestNames(name); len(got) == 0 || len(got) > 3 || got[0] != want {
			t.Errorf("near %q are %q", name, got)
		}
	}
	for _, name := range []string{"", "x", "something else entirely", strings.Repeat("a", 100000)} {
		if got := c.NearestNames(name); len(got) > 0 {
			t.Errorf("near %.20q are %q", name, got)
		}
	}
	if _, m := c.Resolve("mathew", "en"); !slices.Contains(m.Nearest, "matthew") {
		t.Errorf("%+v", m)
	}
}
