package voice

import "strings"

// hosted is a row of the table of names that scripts for hosted services use and that are
// no voice of the catalogue.
type hosted struct {
	tag    string // BCP 47, of the language that they speak there
	female string // names, separated by blanks
	male   string
}

// hostedNames is that table. A name stands in it once.
func hostedNames() []hosted {
	return []hosted{
		{"af-ZA", "adri", "willem"},
		{"ar-EG", "salma zariyah fatima amina laila rana", "hamed shakir bassel jamal moaz taim"},
		{"bn-BD", "tanishaa", "salman bashkar"},
		{"ca-ES", "joana alba", "enric"},
		{"cs-CZ", "vlasta", "antonin"},
		{"cy-GB", "nia", "aled"},
		{"da-DK", "christel", "jeppe"},
		{
			"de-DE",
			"hannah katja sabrina amala elke gisela klarissa louisa seraphina ingrid leni",
			"conrad bernd christoph florian kasper killian klaus ralf markus stefan jonas",
		},
		{"en-AU", "nicole olivia natasha annette carly elsie freya joanne tina", "russell darren duncan ken neil tim"},
		{
			"en-GB",
			"beth harriet rosalind abigail beatrice charlotte libby maisie sonia bella hollie kate lily zoe",
			"harry nigel oliver ryan thomas alfie elliot ethan noah george peter graham",
		},
		{"en-IE", "niamh emily", "connor"},
		{"en-IN", "raveena neerja ananya kavya aashi", "prabhat aarav kunal rehaan"},
		{"en-NZ", "aria molly", "mitchell"},
		{
			"en-US",
			"danielle ruth jenny jane nancy sara michelle monica ashley cora elizabeth amber ana ava allison " +
				"samantha susan rachel sarah",
			"gregory kevin stephen patrick matt guy davis jason tony brandon christopher eric jacob roger " +
				"steffan andrew raymond jeff ben tom josh adam",
		},
		{"en-ZA", "ayanda leah", "luke"},
		{"es-ES", "elvira abril estrella irene laia triana vera", "alvaro arnau dario elias nil saul teo jorge"},
		{
			"es-MX",
			"dalia candela carlota larissa marina nuria renata paulina",
			"pedro cecilio gerardo liberto luciano pelayo yago",
		},
		{"fi-FI", "selma noora satu", "onni"},
		{"fr-BE", "charline", ""},
		{"fr-CA", "chantal gabrielle sylvie", "liam antoine thierry"},
		{
			"fr-FR",
			"denise amelie brigitte celeste coralie eloise jacqueline josephine yvette vivienne audrey aurelie",
			"henri claude jerome maurice yves nicolas",
		},
		{"he-IL", "ayelet carmit", "lior"},
		{"hi-IN", "swara lekha", "hemant"},
		{"hu-HU", "mariska", ""},
		{"id-ID", "damayanti", ""},
		{"is-IS", "gudrun", "gunnar"},
		{
			"it-IT",
			"elsa isabella fiamma imelda irma palmira pierina federica chiara",
			"diego benigno calimero cataldo gianni lisandro rinaldo luca",
		},
		{"ja-JP", "kazuha nanami aoi mayu shiori kyoko", "keita daichi naoki"},
		{"ko-KR", "jihye sunhi jimin seohyeon soonbok yujin yuna", "injoon bongjin gookmin hyunsu"},
		{"nb-NO", "pernille iselin nora", "henrik"},
		{"nl-BE", "dena ellen", "arnaud"},
		{"nl-NL", "colette fenna claire", "maarten xander"},
		{"pa-IN", "", "diljit"},
		{"pl-PL", "agnieszka zofia zosia", "marek krzysztof"},
		{
			"pt-BR",
			"francisca brenda elza leila leticia manuela thalita yara luciana",
			"antonio donato fabio humberto julio nicolau valerio",
		},
		{"pt-PT", "fernanda raquel", "duarte"},
		{"ro-RO", "ioana", ""},
		{"ru-RU", "svetlana dariya milena katya", "dmitry yuri"},
		{"sv-SE", "hillevi alva klara", "oskar"},
		{"th-TH", "achara kanya narisa", ""},
		{"tr-TR", "emel yelda", "cem"},
		{"uk-UA", "lesya", ""},
		{"ur-PK", "zareen gul", ""},
		{
			"zh-CN",
			"xiaoxiao xiaoyi xiaochen xiaohan xiaomo xiaorui xiaoyan yifei tingting",
			"yunxi yunyang yunjian yunfeng yunhao yunye",
		},
		{"zh-HK", "hiugaai hiumaan sinji", "wanlung"},
	}
}

// namesake is what a name means at a hosted service.
type namesake struct {
	tag    string
	gender Gender
}

// namesakes is the table by names.
func namesakes() map[string]namesake {
	out := map[string]namesake{}
	for _, h := range hostedNames() {
		for n := range strings.FieldsSeq(h.female) {
			out[n] = namesake{h.tag, Female}
		}
		for n := range strings.FieldsSeq(h.male) {
			out[n] = namesake{h.tag, Male}
		}
	}
	return out
}

// given is the gender of a voice's given name, empty where nobody knows it.
func (c *Catalogue) given(name string) Gender {
	if v, ok := c.ByName(name); ok {
		return v.Gender
	}
	return c.hosted[foldName(name)].gender
}

// likely is the voice of a language that has a gender: that of the settings, if it fits, else
// the first; where none has, or no gender is asked for, the default one.
func (c *Catalogue) likely(tag string, g Gender) Voice {
	first, _ := c.defaultVoice(tag)
	if g == "" || first.Gender == g {
		return first
	}
	for _, v := range c.ForLanguage(tag) {
		if v.Gender == g {
			return v
		}
	}
	return first
}
