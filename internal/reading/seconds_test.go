package reading_test

import "testing"

// TestOneSecond checks that one second and one minute are singular and have the right gender, in times of day and
// behind numbers.
func TestOneSecond(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][3]string{
		"en": {"ten thirty and one second", "one minute one second", "one second"},
		"de": {"zehn Uhr dreißig eins", "eine Minute eine Sekunde", "eine Sekunde"},
		"es": {"diez treinta y un segundo", "un minuto un segundo", "un segundo"},
		"fr": {"dix heures trente minutes une seconde", "une minute une seconde", "une seconde"},
		"it": {"dieci e trenta e un secondo", "un minuto un secondo", "un secondo"},
		"pt": {"dez e trinta e um segundo", "um minuto um segundo", "um segundo"},
		"nl": {"tien uur dertig en één seconde", "één minuut één seconde", "één seconde"},
		"sv": {"tio trettio och en sekund", "en minut en sekund", "en sekund"},
		"da": {"ti tredive og et sekund", "et minut et sekund", "et sekund"},
		"nb": {"ti tretti og ett sekund", "ett minutt ett sekund", "ett sekund"},
		"pl": {"dziesiąta trzydzieści i jedna sekunda", "jedna minuta jedna sekunda", "jedna sekunda"},
	} {
		for i, text := range []string{"10:30:01", "1′ 1″", "1″"} {
			if got := readText("x "+text+" y", language, nil); got != "x "+want[i]+" y" {
				t.Errorf("%s: %s is read as %q, want %q", language, text, got, want[i])
			}
		}
	}
}
