package reading

import "strings"

// wordList are a language's words for signs and months.
type wordList struct {
	dot, slash, at, dash, underscore, colon string
	months                                  []string
	of                                      string // between day, month and year: "25 de noviembre de 2026"
	dayStop                                 bool   // the day is an ordinal with a stop: "25. November"
}

// wordsOf gives the words of a language, by its base tag; without any, signs and dates
// are left to the voice.
func wordsOf(base string) wordList {
	list := func(signs, months string) wordList {
		s := strings.Split(signs, ",")
		return wordList{dot: s[0], slash: s[1], at: s[2], dash: s[3], underscore: s[4], colon: s[5], months: strings.Fields(months)}
	}
	switch base {
	case "en":
		return list("dot,slash,at,dash,underscore,colon", "January February March April May June July August September October November December")
	case "de":
		w := list("Punkt,Schrägstrich,ät,Strich,Unterstrich,Doppelpunkt", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
		w.dayStop = true
		return w
	case "fr":
		return list("point,slash,arobase,tiret,tiret bas,deux points", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
	case "es":
		w := list("punto,barra,arroba,guion,guion bajo,dos puntos", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
		w.of = "de"
		return w
	case "pt":
		w := list("ponto,barra,arroba,hífen,sublinhado,dois pontos", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")
		w.of = "de"
		return w
	case "it":
		return list("punto,barra,chiocciola,trattino,trattino basso,due punti", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre")
	case "nl":
		return list("punt,slash,apenstaartje,streepje,laag streepje,dubbele punt", "januari februari maart april mei juni juli augustus september oktober november december")
	case "sv":
		return list("punkt,snedstreck,snabel-a,bindestreck,understreck,kolon", "januari februari mars april maj juni juli augusti september oktober november december")
	case "da":
		w := list("punktum,skråstreg,snabel-a,bindestreg,understreg,kolon", "januar februar marts april maj juni juli august september oktober november december")
		w.dayStop = true
		return w
	case "nb", "no", "nn":
		w := list("punktum,skråstrek,krøllalfa,bindestrek,understrek,kolon", "januar februar mars april mai juni juli august september oktober november desember")
		w.dayStop = true
		return w
	case "pl":
		return list("kropka,ukośnik,małpa,kreska,podkreślnik,dwukropek", "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia")
	case "cs":
		w := list("tečka,lomítko,zavináč,pomlčka,podtržítko,dvojtečka", "ledna února března dubna května června července srpna září října listopadu prosince")
		w.dayStop = true
		return w
	case "ru":
		return list("точка,слэш,собака,дефис,подчёркивание,двоеточие", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
	case "tr":
		return list("nokta,eğik çizgi,et,tire,alt çizgi,iki nokta", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık")
	}
	return wordList{}
}
