package voice

import "strings"

// FormatSampleSentence returns a sentence with which a voice introduces itself, in its language if the table has one,
// else in English.
func FormatSampleSentence(name, language string) string {
	base, _, _ := strings.Cut(normalizeTag(language), "-")
	text, ok := map[string]string{
		"de": "Guten Tag, ich bin %s.", "fr": "Bonjour, je suis %s.", "es": "Hola, soy %s.", "it": "Ciao, sono %s.",
		"pl": "Dzień dobry, jestem %s.", "pt": "Olá, eu sou %s.", "nl": "Hallo, ik ben %s.", "sv": "Hej, jag heter %s.",
		"da": "Hej, jeg hedder %s.", "nb": "Hei, jeg heter %s.", "fi": "Hei, minä olen %s.", "tr": "Merhaba, ben %s.",
		"cs": "Dobrý den, jmenuji se %s.", "ro": "Bună ziua, eu sunt %s.", "hu": "Jó napot, %s vagyok.",
		// Voices of languages with other scripts cannot read Latin names.
		"ru": "Здравствуйте, это мой голос.", "uk": "Вітаю, це мій голос.", "el": "Γεια σας, αυτή είναι η φωνή μου.",
		"zh": "你好，这是我的声音。", "ja": "こんにちは。これはわたしのこえです。", "ko": "안녕하세요, 제 목소리입니다.", "he": "שלום, זה הקול שלי.",
		"ar": "مرحبا، هذا صوتي.", "hi": "नमस्ते, यह मेरी आवाज़ है।", "th": "สวัสดีค่ะ นี่คือเสียงของฉัน",
		"my": "မင်္ဂလာပါ။", "shn": "မင်္ဂလာပါ။",
	}[base]
	if !ok {
		text = "Hello, I am %s."
	}
	if _, id, ok := strings.Cut(name, "/"); ok {
		name = id
	}
	return strings.ReplaceAll(text, "%s", strings.ToUpper(name[:1])+name[1:])
}
