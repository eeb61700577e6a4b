package voice

import (
	_ "embed"
	"slices"
	"strings"

	"mynah/internal/utter"
)

// hostedTable is the list that listHostedVoices parses.
//
//go:embed hosted.tsv
var hostedTable string

// hostedVoice is a voice name that scripts for hosted services use, with its language and gender there.
type hostedVoice struct {
	name, code, language string // code is in the service's spelling, such as cmn-CN or en-GB-SCT
	gender               Gender
}

// listHostedVoices returns the names with a fixed meaning: each is a voice of its language, no matter which engines
// are installed.
func listHostedVoices() []hostedVoice {
	var out []hostedVoice
	for line := range strings.Lines(hostedTable) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		const columns = 5
		if len(f) != columns || strings.HasPrefix(line, "#") {
			continue
		}
		out = append(out, hostedVoice{name: f[0], code: f[1], language: f[2], gender: Gender(f[3])})
	}
	return out
}

// toBCP47 converts a language code of the list to BCP 47: cmn becomes zh, Arabic without a country becomes ar,
// and suffixes for accents are removed.
func toBCP47(code string) string {
	base, region, _ := strings.Cut(code, "-")
	region, _, _ = strings.Cut(region, "-")
	switch {
	case base == "cmn":
		base = "zh"
	case region == "XA":
		return base
	}
	return base + "-" + region
}

// addHostedVoices adds the hosted voices whose language an engine speaks, each with the best engine for it, and
// records the languages of the others in unspoken.
func (c *Catalogue) addHostedVoices() {
	own, used := slices.Clone(c.voices), map[string]int{} // used counts the names per engine voice
	for _, h := range listHostedVoices() {
		if i, ok := c.byName[h.name]; ok {
			c.voices[i].Code, c.voices[i].LanguageName = h.code, h.language
			continue
		}
		v := Voice{Name: h.name, Language: toBCP47(h.code), LanguageName: h.language, Code: h.code, Gender: h.gender}
		if !v.assignLocalEngine(own, used) {
			c.unspoken[h.name] = v
			continue
		}
		c.addVoice(v)
	}
}

// assignLocalEngine chooses the local engine and voice for a hosted voice. Hosted voices that share an engine voice
// differ in pitch or variant. It returns false if no engine speaks the language.
func (v *Voice) assignLocalEngine(own []Voice, used map[string]int) bool {
	if base, region, _ := strings.Cut(v.Language, "-"); base == "en" {
		v.Engine, v.EngineVoice = EngineFlite, chooseFliteSpeaker(region, v.Gender)
		pitches := []float64{1, 0.94, 1.06, 0.89, 1.11, 0.97, 1.03}
		v.Pitch = utter.NewFactor(pitches[used[v.EngineVoice]%len(pitches)])
		used[v.EngineVoice]++
		return true
	}
	for _, o := range listForLanguage(own, v.Language) {
		if o.Gender != v.Gender {
			continue
		}
		id, _, _ := strings.Cut(o.EngineVoice, "+")
		v.Engine, v.EngineVoice = o.Engine, id+formatEspeakVariant(v.Gender, used[id+string(v.Gender)])
		v.Limited = o.Limited
		used[id+string(v.Gender)]++
		return true
	}
	return false
}

// chooseFliteSpeaker returns flite's speaker for English names of a region. Speech recognisers understand the
// American speakers best; the Scottish one is nearest to men of all other regions.
func chooseFliteSpeaker(region string, g Gender) string {
	switch {
	case g == Female:
		return "slt"
	case region == "US" || region == "CA" || region == "PH":
		return "rms"
	}
	return "awb"
}

// hosted is a row of the table of further names that scripts for hosted services use and that are not in the
// catalogue.
type hosted struct {
	tag    string // BCP 47
	female string // names, separated by blanks
	male   string
}

// listHostedNames returns that table. Each name occurs once.
func listHostedNames() []hosted {
	return []hosted{
		{"af-ZA", "adri", ""},
		{"ar-EG", "salma zariyah fatima laila", "hamed shakir bassel jamal moaz taim"},
		{"bn-BD", "tanishaa", "bashkar"},
		{"ca-ES", "joana alba", "enric"},
		{"cs-CZ", "vlasta", "antonin"},
		{"cy-GB", "nia", "aled"},
		{"da-DK", "christel", "jeppe"},
		{
			"de-DE",
			"hannah katja sabrina amala elke gisela klarissa louisa seraphina leni",
			"bernd christoph kasper killian ralf markus stefan jonas",
		},
		{"en-AU", "natasha annette carly elsie freya joanne", "russell darren duncan ken neil tim"},
		{
			"en-GB",
			"beth abigail charlotte libby maisie sonia bella hollie lily zoe",
			"nigel oliver thomas alfie elliot ethan noah peter",
		},
		{"en-IE", "niamh", ""},
		{"en-IN", "raveena ananya kavya aashi", "aarav kunal rehaan"},
		{"en-NZ", "aria molly", "mitchell"},
		{
			"en-US",
			"danielle jenny jane sara michelle monica cora elizabeth ana ava allison " +
				"samantha susan rachel",
			"gregory kevin stephen patrick guy davis jason brandon christopher jacob roger " +
				"steffan andrew josh adam",
		},
		{"en-ZA", "ayanda leah", "luke"},
		{"es-ES", "elvira estrella irene triana", "alvaro arnau dario elias nil saul teo"},
		{
			"es-MX",
			"dalia candela carlota larissa marina renata paulina",
			"cecilio gerardo liberto pelayo yago",
		},
		{"fi-FI", "selma noora satu", "onni"},
		{"fr-BE", "charline", ""},
		{"fr-CA", "chantal sylvie", "thierry"},
		{
			"fr-FR",
			"denise amelie celeste coralie eloise jacqueline aurelie",
			"henri claude jerome nicolas",
		},
		{"he-IL", "carmit", ""},
		{"hi-IN", "swara lekha", "hemant"},
		{"hu-HU", "mariska", ""},
		{"id-ID", "damayanti", ""},
		{"is-IS", "gudrun", "gunnar"},
		{
			"it-IT",
			"fiamma imelda irma palmira pierina",
			"benigno calimero cataldo gianni lisandro rinaldo",
		},
		{"ja-JP", "kazuha nanami aoi mayu shiori kyoko", "keita daichi naoki"},
		{"ko-KR", "jihye sunhi jimin seohyeon soonbok yujin yuna", "injoon bongjin gookmin hyunsu"},
		{"nb-NO", "pernille iselin", "henrik"},
		{"nl-BE", "dena ellen", "arnaud"},
		{"nl-NL", "fenna claire", "maarten xander"},
		{"pl-PL", "agnieszka zofia zosia", "marek krzysztof"},
		{
			"pt-BR",
			"francisca brenda elza leticia manuela thalita yara luciana",
			"donato fabio humberto nicolau valerio",
		},
		{"pt-PT", "raquel", "duarte"},
		{"ru-RU", "svetlana dariya milena katya", "dmitry"},
		{"sv-SE", "hillevi alva", "oskar"},
		{"th-TH", "achara kanya narisa", ""},
		{"tr-TR", "emel yelda", "cem"},
		{"uk-UA", "lesya", ""},
		{"ur-PK", "gul", ""},
		{
			"zh-CN",
			"xiaoxiao xiaoyi xiaochen xiaohan xiaomo xiaorui xiaoyan tingting",
			"yunxi yunyang yunjian yunfeng yunhao yunye",
		},
		{"zh-HK", "hiugaai hiumaan sinji", "wanlung"},
	}
}

// namesake is the language and gender of a name at a hosted service.
type namesake struct {
	tag    string
	gender Gender
}

// listNamesakes returns the table of listHostedNames as a map by name.
func listNamesakes() map[string]namesake {
	out := map[string]namesake{}
	for _, h := range listHostedNames() {
		// where a name is in listHostedVoices, too, that meaning has precedence
		for n := range strings.FieldsSeq(h.female) {
			out[n] = namesake{h.tag, Female}
		}
		for n := range strings.FieldsSeq(h.male) {
			out[n] = namesake{h.tag, Male}
		}
	}
	return out
}

// findGenderByName returns the gender of a voice with a given name, empty if the name is unknown.
func (c *Catalogue) findGenderByName(name string) Gender {
	if v, ok := c.FindByName(name); ok {
		return v.Gender
	}
	return c.hosted[foldName(name)].gender
}

// chooseByGender returns a voice of a language with a gender: the default voice if it has this gender, else the first
// that has it. If none exists, or g is empty, it returns the default voice.
func (c *Catalogue) chooseByGender(tag string, g Gender) Voice {
	first, _ := c.chooseDefaultVoice(tag)
	if g == "" || first.Gender == g {
		return first
	}
	for _, v := range c.ListForLanguage(tag) {
		if v.Gender == g {
			return v
		}
	}
	return first
}
