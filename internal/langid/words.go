package langid

import "strings"

// functionWords gives the commonest articles, pronouns, prepositions, conjunctions and
// auxiliary verbs of languages in Latin letters. A word of English counts for English alone.
func functionWords() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, l := range strings.Split(strings.TrimSpace(wordLists), "\n") {
		tag, words, _ := strings.Cut(l, ":")
		set := map[string]bool{}
		for w := range strings.FieldsSeq(words) {
			set[w] = true
		}
		out[tag] = set
	}
	return out
}

const wordLists = `
en: the of and to a in is it you that he was for on are with as i his they be at one have this from or had by but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into has look more no way could my than been who its now did get come made may over also only just because between through our us me am does
de: der die das und ist nicht ein eine einen einem einer ich sie wir ihr sich auf für mit von zu zum zur den dem des im auch aus bei nach wie wenn aber oder als noch nur über unter durch haben hatte wird werden wurde kann können muss sind sein seine ihre dieser diese dieses dass es er hier dann schon sehr mehr bis wo was weil ohne gegen zwischen keine kein uns ihnen
fr: le la les des du un une et est ne pas que qui dans pour sur avec ce cette ces il elle nous vous ils elles je tu se sa ses leur leurs au aux en par plus mais ou où comme être avoir sont était été fait peut tout tous très aussi bien sans sous entre après avant alors donc car votre notre quand c'est d'un d'une l'on y
es: el la los las de que y en un una es se no por con para su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese eso ante ellos e esto mí antes algunos qué unos yo otro otras del son está están ser fue puede
it: il lo la i gli le di che e è un una per in non con si del della dei delle nel nella al alla da dal dalla come più ma anche sono questo questa quello quella ci se o ha hanno essere stato era suo sua loro noi voi lei lui io molto quando dove perché tra fra senza sul sulla degli dell'
pt: o a os as de que e em um uma é não para com por se na no do da dos das ao à mais mas como foi são está ser tem também seu sua seus suas ou quando muito já nos nas eu você ele ela eles nós isso este esta esse essa pelo pela até sem sobre entre depois mesmo aos às pode
nl: de het een en van ik te dat die in is niet op zijn met voor er maar om hem dan zou wat mijn men dit zo door over ze zich bij ook tot je mij uit der daar haar naar heb hoe heeft hebben deze u want nog zal me zij nu ge geen omdat iets worden toch al waren veel meer doen toen moet ben zonder kan hun dus alles onder ja eens hier wie werd altijd wordt wezen kunnen ons zelf tegen na reeds wil kon niets uw iemand
sv: och att det som en på är av för med den till inte har de om ett han men var jag sig från vi så kan när år hon under också efter eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket än här då sedan över bara blir upp även vad hur dig din ditt mig min
da: og i at det er en den til på de med for af ikke der som et har jeg om han var sig men vi fra så kan når du hun nu over efter også eller ved mod skal vil kommer ud får findes være havde alle andre meget end her da siden kun bliver op hvad hvor dig din dit mig min blev noget uden
nb: og i det er på en den til de med for av ikke som et har jeg om han var seg men vi fra så kan når du hun nå over etter også eller ved mot skal vil kommer ut får finnes være hadde alle andre mye enn her da siden bare blir opp hva hvor deg din ditt meg min ble noe uten
pl: i w na z się że nie do to jest o jak po co ale za od czy tak przez przed dla jego jej ich był była było są być może tylko już oraz lub gdy kiedy który która które ten ta te tego tej tym nad pod bez jeszcze bardzo także też mnie ja on ona my wy oni ze we
cs: a se v na je že s z do o i to jako za po jsem ale si by tak jak pro k od už když co nebo jeho její byl byla bylo jsou být může jen ještě který která které ten ta tento této tím nad pod bez velmi také mě já on ona my vy oni ze ve
sk: a sa v na je že s z do o i to ako za po som ale si by tak pre k od už keď čo alebo jeho jej bol bola bolo sú byť môže len ešte ktorý ktorá ktoré ten tá tento tejto tým nad pod bez veľmi tiež mňa ja on ona my vy oni zo vo
hu: a az és hogy nem egy is ez meg csak van volt de mint már ha el ki még vagy be minden ezt azt ami aki lesz lehet kell nagyon így úgy itt ott én te ő mi ti ők után előtt alatt között nélkül
fi: ja on ei se että hän oli mutta kun niin tai jos ovat myös kuin mitä tämä sen ole minä sinä me te he voi vain jo nyt sitten kaikki joka jonka jotka olla mukaan kanssa ennen jälkeen ilman
ro: și de la în a cu pe nu este un o să care din că se mai pentru sau ca dar sunt era prin după între fără acest această aceste cei cele lui ei noi voi ele foarte când unde ce fost fi poate
tr: ve bir bu için ile de da ne çok daha gibi olarak olan o ama en her kadar sonra var yok mi ben sen biz siz onlar değil ise ya şey kendi bütün önce göre bunu şu olduğu
id: yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena adalah bisa ada oleh kita mereka kami anda atau sudah telah dapat lebih sebagai seperti hanya bukan hal antara setelah sebelum tanpa
vi: và của là có không được cho một những này các với trong để người đã khi cũng từ như tôi anh chị em nó đó ra vào lại thì mà nhưng hay hoặc rất nhiều sẽ bị đến trên dưới sau trước
hr: i u je se na da za od su s ne kao što bi o iz ali koji koja koje to ili do nije biti bio bila bilo sam ako samo još već može kako kada gdje prema između bez nakon prije vrlo također ja ti on ona mi vi oni
ca: el la els les de que i en un una és no per amb del al se com més però seu seva seus aquest aquesta també ha han són va ser o quan molt on sense sobre entre fins perquè ja tot tots nosaltres
cy: y yr a i o yn ar am ei eu ac nid mae yw oedd bod wedi gan gyda at ond fel hefyd hyn hwn hon hynny chi ni nhw fi ti ef hi pan lle beth pwy os neu dros rhwng heb mewn
`
