package voice

import "strings"

// Sample is what a voice says of itself, in its language as far as a sentence of it is known
// here, else in English.
func Sample(name, language string) string {
	base, _, _ := strings.Cut(canonical(language), "-")
	text, ok := map[string]string{
		"de": "Guten Tag, ich bin %s.", "fr": "Bonjour, je suis %s.", "es": "Hola, soy %s.", "it": "Ciao, sono %s.",
		"pl": "Dzień dobry, jestem %s.", "pt": "Olá, eu sou %s.", "nl": "Hallo, ik ben %s.", "sv": "Hej, jag heter %s.",
		"da": "Hej, jeg hedder %s.", "nb": "Hei, jeg heter %s.", "fi": "Hei, minä olen %s.", "tr": "Merhaba, ben %s.",
		"ru": "Здравствуйте, меня зовут %s.", "cs": "Dobrý den, jmenuji se %s.", "ro": "Bună ziua, eu sunt %s.",
		"zh": "你好，我是%s。", "ja": "こんにちは、%sです。", "ko": "안녕하세요, 저는 %s입니다.",
	}[base]
	if !ok {
		text = "Hello, I am %s."
	}
	if _, id, ok := strings.Cut(name, "/"); ok {
		name = id
	}
	return strings.ReplaceAll(text, "%s", strings.ToUpper(name[:1])+name[1:])
}
