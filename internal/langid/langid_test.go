package langid_test

import (
	"strings"
	"testing"

	"mynah/internal/langid"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Welcome to Berlin.":             "",
		"":                               "",
		"123 🎉":                          "",
		"Guten Tag, die Welt ist schön.": "",
		"In diesem Film zeigen wir, wie man mit dem Programm einen Film macht. Zuerst wird der Text geschrieben, und dann " +
			"werden die Bilder auf die Szenen verteilt. Das ist nicht schwer, aber man muss es einmal gesehen haben.": "de",
		"Dans cette vidéo, nous allons voir comment on crée un projet avec le nouvel éditeur. Il faut choisir un nom pour " +
			"le projet, puis cliquer sur le bouton qui est en bas de la page, et attendre un peu.": "fr",
		"En este video vamos a ver cómo se crea un proyecto con el nuevo editor. Hay que elegir un nombre para el proyecto " +
			"y hacer clic en el botón que está en la parte de abajo, y esperar un poco más.": "es",
		"In questo video vediamo come si crea un progetto con il nuovo editor. Bisogna scegliere un nome per il progetto e " +
			"fare clic sul pulsante che è in basso, e poi aspettare un po' perché " +
			"la pagina non è ancora pronta per la prova.": "it",
		"I den här filmen visar vi hur man skapar ett projekt med den nya redigeraren. Man måste välja ett namn för " +
			"projektet och klicka på knappen som är längst ner, och sedan vänta lite till när det är klart.": "sv",
		"Neste vídeo vamos ver como se cria um projeto com o novo editor. É preciso escolher um nome para o projeto e " +
			"clicar no botão que está em baixo da página, e depois esperar um pouco mais.": "pt",
		"In deze video zien we hoe je een project maakt met de nieuwe editor. Je moet een naam voor het project kiezen en " +
			"op de knop klikken die onder aan de pagina staat, en dan nog even wachten tot het klaar is.": "nl",
		"W tym filmie pokażemy, jak się tworzy projekt w nowym edytorze. Trzeba wybrać nazwę dla projektu i kliknąć " +
			"przycisk, który jest na dole strony, a potem jeszcze chwilę poczekać, bo to nie jest od razu gotowe.": "pl",
		"Today we look at how a project is made with the new editor. You choose a name for the project and click the " +
			"button that is at the bottom of the page, and then you wait until it is done.": "en",
		"We visit Hannover, Köln, München, Stuttgart and the Museum für Kunst und Gewerbe, then Das Café an der Oper, and " +
			"we ask what there is to see in the evening for all of us who are there on a rainy day.": "en",
		"Привет, мир. Это фильм.":                             "ru",
		"Це український текст, і він її.":                     "uk",
		"これは日本語の文章です。":                                        "ja",
		"今天早上，港口里非常安静。":                                       "zh",
		"안녕하세요 여러분":                                           "ko",
		"Γειά σου κόσμε":                                      "el",
		"สวัสดีชาวโลก":                                        "th",
		"שלום עולם":                                           "he",
		"مرحبا بالعالم":                                       "ar",
		"این یک متن است که پارسی است چون گ دارد":              "fa",
		"Здравей, свят. Това е филм за България. Ъгъл":        "bg",
		"The word for it is Привет, and we say it to friends": "",
	} {
		if got := langid.DetectLanguage(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Guten Tag, мир")
	f.Add("\xff\x00あ")
	f.Fuzz(func(t *testing.T, text string) {
		tag := langid.DetectLanguage(text)
		if len(tag) > 3 || strings.ContainsAny(tag, " \n") {
			t.Errorf("%q", tag)
		}
	})
}
