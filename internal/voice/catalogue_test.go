package voice_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mynah/internal/voice"
)

func TestCatalogue(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z]{2,12}(-[a-z]+)?$`)
	tag := regexp.MustCompile(`^[a-z]{2,3}(-[A-Z0-9]{2,3}(-[a-z]+)*)?$`)
	seen := map[string]bool{}
	languages := map[string]map[voice.Gender]bool{}
	for _, v := range voice.NewCatalogue().ListVoices() {
		if !name.MatchString(v.Name) || seen[v.Name] {
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
		if hosted := l == "de-CH" || strings.HasPrefix(l, "en-"); !hosted && (!genders[voice.Female] ||
			!genders[voice.Male] || len(genders) != 2) {
			t.Errorf("%s is spoken by %v", l, genders)
		}
	}
}

func TestHostedNames(t *testing.T) {
	t.Parallel()
	c := voice.NewCatalogue()
	for key, names := range map[string]string{
		"en-US female": "joanna julia jackie ivy Kendra Salli linda",
		"en-US male":   "rodney mickey mike ronald matthew Justin Joey",
		"en-GB female": "amy emma victoria elisabeth", "en-GB male": "brian william charles daniel",
		"en-AU female": "kimberly", "it-IT female": "carla livia laura", "fr-CA female": "celine Céline", "es-MX female": "conchita",
		"ja-JP male": "takeshi", "nb-NO female": "astrid", "cs-CZ female": "petra", "ar male": "karim", "zh-HK female": "wing-yi",
		"de-DE female": "monika marlene Vicki", "de-DE male": "helmut hans",
		"fr-FR female": "Léa", "fr-FR male": "alain mathieu",
		"es-ES female": "lucia", "es-ES male": "enrique",
		"it-IT male":   "giorgio",
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

// TestHostedList checks that each name of the list resolves to a voice of its language, or is recorded as
// unspoken.
func TestHostedList(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("hosted.tsv")
	if err != nil {
		t.Fatal(err)
	}
	c := voice.NewCatalogue()
	names, unspoken := 0, map[string]bool{}
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 5 {
			continue
		}
		names++
		v, m := c.Resolve(strings.ToUpper(f[0]), "de")
		if m.Kind == voice.Unspoken {
			unspoken[f[2]] = true
			continue
		}
		base, _, _ := strings.Cut(f[1], "-")
		if base == "cmn" {
			base = "zh"
		}
		own, _, _ := strings.Cut(v.Language, "-")
		if m.Kind != voice.Named || m.Warning != "" || own != base || v.ToLanguageCode() != f[1] || string(v.Gender) != f[3] {
			t.Errorf("%s is %+v, %+v", f[0], v, m)
		}
		if speaker := v.EngineVoice; base == "en" && (v.Engine != voice.EngineFlite || (speaker == "slt") != (v.Gender == voice.Female)) {
			t.Errorf("%s is spoken by %s %s", f[0], v.Engine, speaker)
		}
	}
	if names != 752 || len(unspoken) != 10 {
		t.Errorf("%d names, without a voice %v", names, unspoken)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	c := voice.NewCatalogue()
	for _, x := range []struct{ name, language, voice, kind, warning string }{
		{"", "", "matthew", "default", ""},
		{" ", "en", "matthew", "default", ""},
		{"", "en-GB", "brian", "default", ""},
		{"", "en_AU", "matthew", "default", ""},
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
		{"", "fr-CA", "lea", "default", ""},
		{"", "xx", "matthew", "default", "language"},
		{"Brain", "en", "matthew", "unknown", "unknown voice"},
		{"Nicole", "de", "nicole", "named", ""},
		{"Russell", "de", "matthew", "named", ""},
		{"Nigel", "", "brian", "named", ""},
		{"Zareen", "", "zareen", "named", ""},
		{"nobody-knows-him", "fr", "lea", "unknown", "unknown voice"},
		{"de-DE-KatjaNeural", "en", "marlene", "likened", "unknown voice"},
		{"en-gb-standard-b", "de", "brian", "likened", "unknown voice"},
		{"cmn-CN-Wavenet-A", "", "zhiyu", "likened", "unknown voice"},
		{"en-US-GuyNeural", "de", "matthew", "likened", "unknown voice"},
		{"es-MX-DaliaNeural", "", "lupe", "likened", "unknown voice"},
		{"de_DE-thorsten-medium", "", "marlene", "likened", "unknown voice"},
		{"af_heart", "de", "joanna", "likened", "unknown voice"},
		{"bm_george", "", "brian", "likened", "unknown voice"},
		{"zf_xiaobei", "", "zhiyu", "likened", "unknown voice"},
		{"german", "", "matthew", "unknown", "unknown voice"},
		{"aicelle", "", "aicelle", "unspoken", "Filipino"},
		{"menzi", "en", "menzi", "unspoken", "Zulu"},
		{"my-ok-voice", "fr", "lea", "unknown", "unknown voice"},
		{"xx-YY-Nobody", "fr", "lea", "unknown", "unknown voice"},
	} {
		v, m := c.Resolve(x.name, x.language)
		if v.Name != x.voice || string(m.Kind) != x.kind || (m.Warning == "") != (x.warning == "") ||
			!strings.Contains(m.Warning, x.warning) {
			t.Errorf("Resolve(%q, %q) = %s, %+v", x.name, x.language, v.Name, m)
		}
	}
}

func TestNearestNames(t *testing.T) {
	t.Parallel()
	c := voice.NewCatalogue()
	for name, want := range map[string]string{"Joanan": "joanna", "brain": "brian", "mathew": "matthew", "Jacec": "jacek"} {
		if got := c.FindNearestNames(name); len(got) == 0 || len(got) > 3 || got[0] != want {
			t.Errorf("near %q are %q", name, got)
		}
	}
	for _, name := range []string{"", "x", "german", "something else entirely", strings.Repeat("a", 100000)} {
		if got := c.FindNearestNames(name); len(got) > 0 {
			t.Errorf("near %.20q are %q", name, got)
		}
	}
	if _, m := c.Resolve("mathew", "en"); !slices.Contains(m.Nearest, "matthew") {
		t.Errorf("%+v", m)
	}
}
