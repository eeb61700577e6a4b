package voice

// language is a row of the catalogue: a language of espeak-ng and the first names of its voices.
type language struct {
	tag     string // BCP 47
	name    string // in English
	id      string // espeak-ng's voice
	female  string // names, separated by blanks; the first is the language's default
	male    string
	limited bool // espeak-ng's pronunciation rules are incomplete
}

// listEspeakLanguages returns the languages that espeak-ng speaks, except constructed languages of fiction. No name
// here belongs to a hosted voice of another language; see listHostedVoices.
func listEspeakLanguages() []language {
	return []language{
		{"af-ZA", "Afrikaans", "af", "elna", "pieter", false},
		{"am-ET", "Amharic", "am", "mekdes", "ameha", true},
		{"an-ES", "Aragonese", "an", "pilara", "chusep", false},
		{"ar-AE", "Arabic", "ar", "zeina hala", "zayd hamdan", false},
		{"as-IN", "Assamese", "as", "rupali", "bhaskar", true},
		{"az-AZ", "Azerbaijani", "az", "banu", "babek", false},
		{"ba-RU", "Bashkir", "ba", "aigul", "salavat", false},
		{"be-BY", "Belarusian", "be", "alesya", "ales", false},
		{"bg-BG", "Bulgarian", "bg", "kalina", "borislav", false},
		{"bn-BD", "Bengali", "bn", "nabanita", "pradeep", false},
		{"bpy-IN", "Bishnupriya Manipuri", "bpy", "rashmi", "brajen", true},
		{"bs-BA", "Bosnian", "bs", "vesna", "goran", false},
		{"ca-ES", "Catalan", "ca", "arlet", "jordi", false},
		{"zh-CN", "Chinese (Mandarin)", "cmn-latn-pinyin", "zhiyu", "wei", false},
		{"cs-CZ", "Czech", "cs", "jitka", "zdenek", false},
		{"cv-RU", "Chuvash", "cv", "narspi", "setner", true},
		{"cy-GB", "Welsh", "cy", "heledd", "emrys", false},
		{"da-DK", "Danish", "da", "naja sofie", "mads", false},
		{"de-DE", "German", "de", "marlene vicki monika", "hans jannik helmut", false},
		{"el-GR", "Greek", "el", "athina", "nestoras", false},
		{"en-US", "English (United States)", "en-us", "dana", "wade", false},
		{"en-GB", "English (United Kingdom)", "en-gb-x-rp", "winifred", "cedric", false},
		{"en-GB-scotland", "English (Scotland)", "en-gb-scotland", "isla", "hamish", false},
		{"en-029", "English (Caribbean)", "en-029", "tiana", "winston", false},
		{"eo-001", "Esperanto", "eo", "estera", "ludoviko", false},
		{"es-ES", "Spanish (Spain)", "es", "conchita carmen lucia", "enrique sergio", false},
		{"es-419", "Spanish (Latin America)", "es-419", "lupe penelope marisa", "miguel andres", false},
		{"et-EE", "Estonian", "et", "anu", "kert", false},
		{"eu-ES", "Basque", "eu", "ainhoa", "ander", false},
		{"fa-IR", "Persian", "fa", "dilara", "farid", false},
		{"fi-FI", "Finnish", "fi", "suvi", "harri", false},
		{"fr-FR", "French (France)", "fr-fr", "celine lea", "mathieu remi alain", false},
		{"fr-BE", "French (Belgium)", "fr-be", "isabelle", "gaston", false},
		{"fr-CH", "French (Switzerland)", "fr-ch", "ariane", "fabrice", false},
		{"ga-IE", "Irish", "ga", "sinead", "colm", false},
		{"gd-GB", "Scottish Gaelic", "gd", "mairi", "calum", false},
		{"gn-PY", "Guarani", "gn", "arami", "aravera", true},
		{"grc-GR", "Greek (Ancient)", "grc", "aspasia", "solon", true},
		{"gu-IN", "Gujarati", "gu", "dhwani", "niranjan", false},
		{"hak-CN", "Chinese (Hakka)", "hak", "moi", "fung", true},
		{"haw-US", "Hawaiian", "haw", "leilani", "keoni", true},
		{"he-IL", "Hebrew", "he", "hila", "avri", true},
		{"hi-IN", "Hindi", "hi", "kajal aditi", "madhur", false},
		{"hr-HR", "Croatian", "hr", "gabrijela", "srecko", false},
		{"ht-HT", "Haitian Creole", "ht", "fabiola", "jude", false},
		{"hu-HU", "Hungarian", "hu", "noemi", "tamas", false},
		{"hy-AM", "Armenian (Eastern)", "hy", "anahit", "hayk", false},
		{"hyw-AM", "Armenian (Western)", "hyw", "siran", "levon", false},
		{"ia-001", "Interlingua", "ia", "alexandra", "gode", false},
		{"id-ID", "Indonesian", "id", "gadis", "ardi", false},
		{"io-001", "Ido", "io", "aurelia", "progreso", false},
		{"is-IS", "Icelandic", "is", "dora", "karl", false},
		{"it-IT", "Italian", "it", "carla ginevra", "giorgio adriano", false},
		{"ja-JP", "Japanese", "ja", "mizuki tomoko", "takumi", true},
		{"jbo-001", "Lojban", "jbo", "melbi", "cladu", true},
		{"ka-GE", "Georgian", "ka", "eka", "giorgi", false},
		{"kk-KZ", "Kazakh", "kk", "aigerim", "daulet", false},
		{"kl-GL", "Greenlandic", "kl", "ivalu", "malik", true},
		{"kn-IN", "Kannada", "kn", "sapna", "gagan", false},
		{"ko-KR", "Korean", "ko", "seoyeon", "minjun", true},
		{"kok-IN", "Konkani", "kok", "shanta", "manohar", true},
		{"ku-TR", "Kurdish", "ku", "berfin", "azad", false},
		{"ky-KG", "Kyrgyz", "ky", "ainura", "bakyt", true},
		{"la-VA", "Latin", "la", "claudia", "marcus", false},
		{"lb-LU", "Luxembourgish", "lb", "leonie", "jempi", true},
		{"lfn-001", "Lingua Franca Nova", "lfn", "simona", "jorj", false},
		{"lt-LT", "Lithuanian", "lt", "ona", "leonas", false},
		{"ltg-LV", "Latgalian", "ltg", "anneja", "donats", true},
		{"lv-LV", "Latvian", "lv", "everita", "nils", false},
		{"mi-NZ", "Maori", "mi", "aroha", "tane", true},
		{"mk-MK", "Macedonian", "mk", "marija", "aleksandar", false},
		{"ml-IN", "Malayalam", "ml", "sobhana", "midhun", false},
		{"mr-IN", "Marathi", "mr", "aarohi", "manohara", false},
		{"ms-MY", "Malay", "ms", "yasmin", "osman", false},
		{"mt-MT", "Maltese", "mt", "grazia", "joseph", true},
		{"my-MM", "Burmese", "my", "nilar", "thiha", true},
		{"nb-NO", "Norwegian", "nb", "liv ida", "finn", false},
		{"nci-MX", "Nahuatl (Classical)", "nci", "xochitl", "tlaloc", true},
		{"ne-NP", "Nepali", "ne", "hemkala", "sagar", false},
		{"nl-NL", "Dutch", "nl", "lotte sanne fleur", "ruben", false},
		{"nog-RU", "Nogai", "nog", "aisulu", "murza", true},
		{"om-ET", "Oromo", "om", "chaltu", "tolosa", true},
		{"or-IN", "Odia", "or", "subhasini", "sukant", false},
		{"pa-IN", "Punjabi", "pa", "vaani", "ojas", false},
		{"pap-CW", "Papiamento", "pap", "shurelly", "elvis", true},
		{"pl-PL", "Polish", "pl", "ewa maja ola", "jacek jan", false},
		{"pt-PT", "Portuguese (Portugal)", "pt", "ines", "cristiano", false},
		{"pt-BR", "Portuguese (Brazil)", "pt-br", "camila vitoria", "ricardo thiago", false},
		{"qu-PE", "Quechua", "qu", "killa", "inti", true},
		{"quc-GT", "K'iche'", "quc", "ixchel", "tecun", true},
		{"ro-RO", "Romanian", "ro", "alina", "emil", false},
		{"ru-RU", "Russian", "ru", "tatyana", "maxim", false},
		{"ru-LV", "Russian (Latvia)", "ru-lv", "ludmila", "arkadi", false},
		{"sd-PK", "Sindhi", "sd", "marvi", "umar", true},
		{"shn-MM", "Shan", "shn", "nang", "sai", true},
		{"si-LK", "Sinhala", "si", "thilini", "sameera", false},
		{"sk-SK", "Slovak", "sk", "viktoria", "lukas", false},
		{"sl-SI", "Slovenian", "sl", "maruska", "rok", false},
		{"smj-SE", "Lule Sami", "smj", "risten", "lasse", true},
		{"sq-AL", "Albanian", "sq", "anila", "ilir", false},
		{"sr-RS", "Serbian", "sr", "sofija", "nikola", false},
		{"sv-SE", "Swedish", "sv", "ebba elin", "mattias", false},
		{"sw-KE", "Swahili", "sw", "zuri", "rafiki", false},
		{"ta-IN", "Tamil", "ta", "pallavi", "valluvar", false},
		{"te-IN", "Telugu", "te", "sravya", "mohan", false},
		{"th-TH", "Thai", "th", "premwadee", "niwat", true},
		{"tk-TM", "Turkmen", "tk", "maral", "merdan", true},
		{"tn-ZA", "Setswana", "tn", "lerato", "thabo", false},
		{"tr-TR", "Turkish", "tr", "filiz burcu", "ahmet", false},
		{"tt-RU", "Tatar", "tt", "alsou", "ildar", true},
		{"ug-CN", "Uyghur", "ug", "dilnur", "alim", true},
		{"uk-UA", "Ukrainian", "uk", "polina", "ostap", false},
		{"ur-PK", "Urdu", "ur", "uzma", "asad", false},
		{"uz-UZ", "Uzbek", "uz", "madina", "sardor", true},
		{"vi-VN", "Vietnamese (Northern)", "vi", "hoaimy", "namminh", false},
		{"vi-VN-x-central", "Vietnamese (Central)", "vi-vn-x-central", "huong", "tuan", false},
		{"vi-VN-x-south", "Vietnamese (Southern)", "vi-vn-x-south", "thuy", "khoa", false},
		{"zh-HK", "Chinese (Cantonese)", "yue", "hiujin", "kalok", false},
	}
}

// fliteVoice is a voice of flite, which speaks English better than espeak-ng. Some names share a speaker and
// differ in pitch.
type fliteVoice struct {
	name, tag, id string
	gender        Gender
	pitch         float64
}

// listFliteVoices returns flite's voices. The catalogue lists them before those of espeak-ng; the first of a
// language is its default.
func listFliteVoices() []fliteVoice {
	return []fliteVoice{
		{"matthew", "en-US", "rms", Male, 1},
		{"joanna", "en-US", "slt", Female, 1},
		{"kendra", "en-US", "slt", Female, 0.92},
		{"kimberly", "en-US", "slt", Female, 1.08},
		{"julia", "en-US", "slt", Female, 1.06},
		{"jackie", "en-US", "slt", Female, 1.14},
		{"salli", "en-US", "slt", Female, 1.04},
		{"ivy", "en-US", "slt", Female, 1.25},
		{"joey", "en-US", "rms", Male, 1.05},
		{"ronald", "en-US", "rms", Male, 0.92},
		{"mike", "en-US", "rms", Male, 1.1},
		{"mickey", "en-US", "rms", Male, 1.25},
		{"rodney", "en-US", "kal16", Male, 1},
		{"brian", "en-GB", "awb", Male, 1},
		{"arthur", "en-GB", "awb", Male, 0.96},
		{"geraint", "en-GB", "awb", Male, 0.92},
	}
}
