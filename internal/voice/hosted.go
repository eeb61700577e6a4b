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

// hosted finds the voice that speaks for a name of a hosted service: of its language and
// gender; the voice that the settings chose for the language goes before others.
func (c *Catalogue) hosted(name string) (Voice, bool) {
	name = foldName(name)
	for _, h := range hostedNames() {
		for gender, names := range map[Gender]string{Female: h.female, Male: h.male} {
			for n := range strings.FieldsSeq(names) {
				if n == name {
					return c.likely(h.tag, gender), true
				}
			}
		}
	}
	return Voice{}, false
}

// likely is the first voice of a language that has a gender; where none has, the first of
// the language.
func (c *Catalogue) likely(tag string, g Gender) Voice {
	first, _ := c.defaultVoice(tag)
	if first.Gender == g {
		return first
	}
	for _, v := range c.ForLanguage(tag) {
		if v.Gender == g {
			return v
		}
	}
	return first
}
