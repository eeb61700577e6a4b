package reading

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mynah/internal/voice"
)

// ellipsisPause is how long "..." within a sentence waits.
const ellipsisPause = 300 * time.Millisecond

// rules are tried in order at the beginning of every word. They are compiled when a
// reader first needs them.
func (r *reader) rules() []rule {
	if r.list == nil {
		r.list = append(r.anywhere(), r.inEnglish()...)
	}
	return r.list
}

// pattern anchors an expression at the beginning.
func pattern(s string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + s + `)`) }

// anywhere are rules of all languages whose words are known.
func (r *reader) anywhere() []rule {
	w := r.words
	if w.dot == "" {
		return nil
	}
	return []rule{
		{find: pattern(`(?i)(?:https?://|ftp://|www\.)[^\s<>"'` + "`" + `]*[\pL\d/_=-]`), say: func(m []string) string { return r.address(m[0]) }},
		{find: pattern(`[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,24}`), say: func(m []string) string { return r.symbols(m[0]) }},
		{find: pattern(`(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|edu|gov|info|app|ai|de|fr|uk|eu|ch|at|it|es|nl|pl|co)(?:/[\w./%~?=&-]*[\w/])?`), say: func(m []string) string { return r.address(m[0]) }},
		{find: pattern(`(\d{4})-(\d\d)-(\d\d)`), say: func(m []string) string { return r.date(m[1], m[2], m[3]) }},
		{find: pattern(`(?i)(version|release|build|kernel|firmware) (\d+(?:\.\d+){2,3})`), english: true, say: func(m []string) string { return m[1] + " " + strings.ReplaceAll(m[2], ".", " point ") }},
		{find: pattern(`(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)`), unless: pattern(`[.-]\w`), say: func(m []string) string { return r.date(m[3], m[2], m[1]) }},
		{find: pattern(`(?:~|\.{1,2})?(?:/[\w.-]*\w)+/?`), say: func(m []string) string { return r.symbols(m[0]) }},
		{find: pattern(`[\w-]*\w(?:\.[\w-]+)*\.(?:md|txt|go|js|ts|py|rs|c|h|cpp|java|rb|sh|css|html?|json|ya?ml|toml|xml|csv|pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|svg|webp|mp[34]|wav|mov|zip|tar|gz|exe|conf|cfg|ini|log|sql)`), say: func(m []string) string { return r.symbols(m[0]) }},
		{find: pattern(`[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\(\))?`), say: func(m []string) string { return r.code(m[0]) }},
		{find: pattern(`[a-z]+(?:[A-Z][a-z0-9]+)+(?:\(\))?|(?:[A-Z][a-z0-9]+){2,}(?:\(\))?|[a-z]+(?:[A-Z]+[a-z0-9]*)+(?:\(\))?`), say: func(m []string) string { return r.code(m[0]) }},
		{find: pattern(`--?[a-z][a-z0-9]*(?:-[a-z0-9]+)*`), say: func(m []string) string { return r.flag(m[0]) }},
	}
}

// address reads the address of a page; what only machines need is left out.
func (r *reader) address(s string) string {
	if _, after, ok := strings.Cut(s, "://"); ok {
		s = after
	}
	s = strings.TrimPrefix(s, "www.")
	if i := strings.IndexAny(s, "?#"); i > 0 {
		s = s[:i]
	}
	return r.symbols(strings.TrimSuffix(s, "/"))
}

// symbols says the signs of addresses and names of files by their words.
func (r *reader) symbols(s string) string {
	w := r.words
	var b strings.Builder
	say := func(word string) {
		if b.Len() > 0 && !strings.HasSuffix(b.String(), " ") {
			b.WriteByte(' ')
		}
		b.WriteString(word + " ")
	}
	for _, c := range s {
		switch c {
		case '.':
			say(w.dot)
		case '/':
			say(w.slash)
		case '@':
			say(w.at)
		case '-':
			say(w.dash)
		case '_':
			say(w.underscore)
		case ':':
			say(w.colon)
		case '~', '+', '=', '%', '&':
			say(string(c))
		default:
			b.WriteRune(c)
		}
	}
	return strings.TrimSpace(b.String())
}

// flag reads an option of a command line.
func (r *reader) flag(s string) string {
	name := strings.TrimLeft(s, "-")
	if len(s)-len(name) == 1 && len(name) > 1 {
		return "" // a word behind a dash
	}
	return strings.TrimSpace(strings.Repeat(r.words.dash+" ", len(s)-len(name)) + strings.ReplaceAll(name, "-", " "))
}

// code sets the words apart of which a name in code is made.
func (r *reader) code(s string) string {
	s = strings.TrimSuffix(s, "()")
	if known := strings.ToLower(s); strings.HasPrefix(known, "mc") || strings.HasPrefix(known, "mac") || brands()[known] {
		return ""
	}
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		upper := unicode.IsUpper(c)
		switch {
		case c == '_':
			c = ' '
		case i > 0 && upper && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1])),
			i > 0 && upper && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1]):
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// brands are words that look like code and are read as one.
func brands() map[string]bool {
	return setOf("iphone ipad ipod imac ios macos youtube javascript typescript ebay paypal wordpress linkedin tiktok whatsapp facetime airpods openai powerpoint onedrive sharepoint narakeet postgresql mysql nosql latex phd mcdonald")
}

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// date reads a day of the calendar.
func (r *reader) date(year, month, day string) string {
	const leap = 2000 // a year of which all days may be meant
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	y, _ := strconv.Atoi(year)
	if len(r.words.months) != 12 || m < 1 || m > 12 || d < 1 || d > time.Date(cmp.Or(y, leap), time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return "" // there is no 31 February
	}
	name := r.words.months[m-1]
	switch {
	case r.english:
		if y == 0 {
			return name + " " + ordinal(strconv.Itoa(d))
		}
		return name + " " + ordinal(strconv.Itoa(d)) + ", " + r.year(y)
	case r.words.dayStop:
		name = strconv.Itoa(d) + ". " + name
	case r.words.of != "":
		name = strconv.Itoa(d) + " " + r.words.of + " " + name + " " + r.words.of
	default:
		name = strconv.Itoa(d) + " " + name
	}
	if y == 0 {
		return strings.TrimSuffix(name, " "+r.words.of)
	}
	return name + " " + strconv.Itoa(y)
}

// year reads a year in English: by its halves, where people do.
func (r *reader) year(y int) string {
	s := strconv.Itoa(y)
	switch {
	case len(s) != 4 || y%1000 < 10:
		return s
	case y%100 == 0:
		return s[:2] + " hundred"
	case y%100 < 10:
		return s[:2] + " oh " + s[3:]
	}
	return s[:2] + " " + s[2:]
}

func ordinal(s string) string {
	n, err := strconv.Atoi(s)
	if err != nil {
		return s
	}
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
}

// formattedDate reads a date whose parts stand in the order of a format such as mdy.
func (r *reader) formattedDate(text, format string) string {
	parts := strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsDigit(c) })
	if len(parts) == 0 || len(parts) > 3 {
		return ""
	}
	if len(parts) == 1 && len(text) == 8 {
		if !onlyDigits(text) {
			return ""
		}
		if len(format) != len(text) {
			format = "yyyymmdd"
		}
		parts = nil
		for rest := format; rest != ""; {
			n := len(rest) - len(strings.TrimLeft(rest, rest[:1]))
			parts, text, rest = append(parts, text[:n]), text[n:], rest[n:]
		}
	}
	format = once(format)
	if format == "" && len(parts) == 1 {
		format = "y"
	}
	if format == "" {
		format = "dmy"
		switch {
		case len(parts[0]) == 4:
			format = "ymd"
		case r.monthFirst:
			format = "mdy"
		}
	}
	if len(format) != len(parts) || strings.Trim(format, "ymd") != "" {
		return ""
	}
	got := map[byte]string{'y': "0", 'm': "", 'd': ""}
	for i := range parts {
		got[format[i]] = parts[i]
	}
	m, err := strconv.Atoi(got['m'])
	switch {
	case format == "y":
		y, _ := strconv.Atoi(got['y'])
		if r.english {
			return r.year(y)
		}
		return got['y']
	case err != nil || m < 1 || m > 12 || len(r.words.months) != 12:
		return ""
	case got['d'] == "" && got['y'] == "0":
		return r.words.months[m-1]
	case got['d'] == "":
		y, _ := strconv.Atoi(got['y'])
		if r.english {
			return r.words.months[m-1] + " " + r.year(y)
		}
		return r.words.months[m-1] + " " + got['y']
	}
	if len(got['y']) == 2 {
		got['y'] = "20" + got['y']
	}
	return r.date(got['y'], got['m'], got['d'])
}

// once takes the letters of a format that are repeated as one: dd.mm.yyyy is dmy.
func once(format string) string {
	var b strings.Builder
	last := rune(0)
	for _, c := range format {
		if unicode.IsLetter(c) && c != last {
			b.WriteRune(c)
		}
		last = c
	}
	return b.String()
}

// inEnglish are rules of English alone.
func (r *reader) inEnglish() []rule {
	return []rule{
		{english: true, find: pattern(`([$€£¥])(\d+(?:,\d{3})*)(?:\.(\d+))?` + scale), say: func(m []string) string { return money(m[1], m[2], m[3], m[4]) }},
		{english: true, find: pattern(`(\d+(?:,\d{3})*)(?:\.(\d\d))?[\s\x{00a0}]?([€£¥])`), unless: pattern(`\s?\d`), say: func(m []string) string { return money(m[3], m[1], m[2], "") }},
		{english: true, find: pattern(`(` + currencies + `)/(` + currencies + `)`), say: func(m []string) string { return letters(m[1]) + " " + letters(m[2]) }},
		{english: true, find: pattern(number + scale + `[\s\x{00a0}]?(` + currencies + `)`), unless: pattern(`\s?\d|/`), say: func(m []string) string { return inCurrency(m[1], m[2], m[3]) }},
		{english: true, find: pattern(`(` + currencies + `)[\s\x{00a0}]?` + number + scale), say: func(m []string) string { return inCurrency(m[2], m[3], m[1]) }},
		{english: true, find: pattern(`(?:\d{1,2})/(?:\d{1,2})/(?:\d{4}|\d\d)`), say: func(m []string) string { return r.formattedDate(m[0], "") }},
		{english: true, find: pattern(`(?i)(chapter|lesson|module|page|part|section|slide|step) (\d+)/(\d+)`), say: func(m []string) string { return m[1] + " " + m[2] + " of " + m[3] }},
		{english: true, find: pattern(`([1-9])/([2-9]|10)`), unless: pattern(`/`), say: func(m []string) string { return fraction(m[1], m[2]) }},
		{english: true, find: pattern(`(\d{1,2}):(\d\d)(?::(\d\d))?(?:\s?([ap])(?:m\b|\.m\.))?`), say: clock},
		{english: true, find: pattern(`v(\d+(?:\.\d+){1,3})`), say: func(m []string) string { return "version " + strings.ReplaceAll(m[1], ".", " point ") }},
		{english: true, find: pattern(`\d+\.\d+\.\d+(?:\.\d+)?`), say: func(m []string) string { return strings.ReplaceAll(m[0], ".", " point ") }},
		{english: true, find: pattern(number + `(-|\s?–\s?)` + number + `(?:[\s\x{00a0}]?(` + units + `|%|percent))?`), unless: pattern(`[-–:/]\w`), say: span},
		{english: true, find: pattern(`([-−~])?` + number + `[\s\x{00a0}]?(` + units + `)`), say: measure},
		{english: true, find: pattern(`([-−~])` + number), unless: pattern(`[-–:/]\d`), say: func(m []string) string { return sign(m[1]) + ungrouped(m[2]) }},
		{english: true, find: pattern(`\d{1,3}(?:,\d{3})+`), say: func(m []string) string { return ungrouped(m[0]) }},
		{english: true, find: pattern(`#(\d+(?:,\d{3})*)`), say: func(m []string) string { return "number " + ungrouped(m[1]) }},
		{english: true, find: pattern(`No\.\s?(\d+)`), say: func(m []string) string { return "Number " + m[1] }},
		{english: true, find: pattern(`(\d+)\s?min\.`), say: func(m []string) string { return m[1] + " minutes" }},
		{english: true, find: pattern(`C\+\+`), say: func([]string) string { return "C plus plus" }},
		{english: true, find: pattern(`([CF])#`), say: func(m []string) string { return m[1] + " sharp" }},
		{english: true, find: pattern(`&`), say: func([]string) string { return "and" }},
		{english: true, find: pattern(`24/7`), say: func([]string) string { return "twenty-four seven" }},
		// Behind a year no things stand that are counted.
		{english: true, find: pattern(`((?i)in|since|until|before|after|during|year)( )(1[1-9]\d\d|20[1-9]\d)`), unless: pattern(`[\s\x{00a0}](?:(?:[a-z]+ )?[a-z]+s|` + units + `)\b`), say: func(m []string) string {
			y, _ := strconv.Atoi(m[3])
			return m[1] + " " + r.year(y)
		}},
		{english: true, find: pattern(`[A-Za-z][A-Za-z.]*\.`), say: abbreviation},
		{english: true, find: pattern(`(and|his|her|either)/(or|her|his)`), say: func(m []string) string { return m[1] + " " + m[2] }},
		{english: true, find: pattern(`[A-Z]{2,5}s?\b`), say: capitals},
	}
}

const (
	number = `(\d+(?:,\d{3})*(?:\.\d+)?)`
	// scale stands behind an amount of money.
	scale = `(?:\s?(thousand|million|billion|trillion|[kKmMbB]n?))?`
	// The longer of two that begin alike stands first.
	units = `km/h|mph|m/s|Mbit/s|Gbit/s|kB/s|MB/s|GB/s|kbps|Mbps|Gbps|km|cm|mm|µm|nm|kg|mg|ml|GHz|MHz|kHz|Hz|kWh|kW|MW|dB|kB|KB|MB|GB|TB|KiB|MiB|GiB|ms|µs|ns|fps|px|°C|°F|x`
)

// ungrouped takes the commas out of a number.
func ungrouped(number string) string { return strings.ReplaceAll(number, ",", "") }

func sign(s string) string {
	switch s {
	case "-", "−":
		return "minus "
	case "~":
		return "about "
	}
	return ""
}

// money reads an amount: a sign, whole numbers, digits behind the point, and a word such as
// million; the last two may be empty.
func money(currency, whole, digits, scale string) string {
	names := map[string][4]string{
		"$": {"dollar", "dollars", "cent", "cents"}, "€": {"euro", "euros", "cent", "cents"},
		"£": {"pound", "pounds", "penny", "pence"}, "¥": {"yen", "yen", "sen", "sen"},
	}[currency]
	amount := ungrouped(whole)
	if scale != "" {
		if digits != "" {
			amount += " point " + apart(digits)
		}
		return amount + " " + scaled(scale) + " " + names[1]
	}
	if digits != "" && len(digits) != 2 {
		return ""
	}
	say := amount + " " + names[1]
	if amount == "1" {
		say = "1 " + names[0]
	}
	cents, _ := strconv.Atoi(digits)
	switch {
	case cents == 1:
		say += " and 1 " + names[2]
	case cents > 1:
		say += " and " + strconv.Itoa(cents) + " " + names[3]
	}
	return say
}

// scaled is the word for a scale: million for m and mn.
func scaled(scale string) string {
	word := map[string]string{"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion"}[strings.ToLower(scale)]
	return cmp.Or(word, scale)
}

// currencies are those whose codes are read. CAD and INR, which mean other things as well,
// are not among them.
const currencies = `USD|EUR|GBP|JPY|CHF|AUD|NZD|CNY|SEK|NOK|DKK|PLN|BRL|MXN|ZAR`

func inCurrency(amount, scale, code string) string {
	name := map[string][2]string{
		"USD": {"U S dollar", "U S dollars"}, "EUR": {"euro", "euros"}, "GBP": {"pound", "pounds"}, "JPY": {"yen", "yen"},
		"CHF": {"Swiss franc", "Swiss francs"}, "AUD": {"Australian dollar", "Australian dollars"},
		"NZD": {"New Zealand dollar", "New Zealand dollars"}, "CNY": {"yuan", "yuan"}, "SEK": {"Swedish krona", "Swedish kronor"},
		"NOK": {"Norwegian krone", "Norwegian kroner"}, "DKK": {"Danish krone", "Danish kroner"}, "PLN": {"zloty", "zlotys"},
		"BRL": {"real", "reais"}, "MXN": {"Mexican peso", "Mexican pesos"}, "ZAR": {"rand", "rand"},
	}[code]
	switch {
	case scale != "":
		return ungrouped(amount) + " " + scaled(scale) + " " + name[1]
	case amount == "1":
		return "1 " + name[0]
	}
	return ungrouped(amount) + " " + name[1]
}

// parts reads a fraction, before which a whole number may stand: 1+1/2, 3 1/4.
func parts(text string) string {
	m := pattern(`(?:(\d+)\s*[+ ]\s*)?(\d+)\s*[/⁄]\s*(\d+)$`).FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	say := ""
	if m[1] != "" {
		say = m[1] + " and "
	}
	switch b, err := strconv.Atoi(m[3]); {
	case err != nil || b < 2 || b > 10:
		return say + m[2] + " over " + m[3]
	case b == 2 && m[2] != "1":
		return say + m[2] + " halves"
	}
	return say + fractionOf(m[2], m[3])
}

// minutes are written 1'21".
func minutes() *regexp.Regexp { return pattern(`(\d+)\s*['′]\s*(\d+)\s*(?:["″]|'')$`) }

// counted puts a number before what it counts.
func counted(number, name string) string {
	if n, err := strconv.Atoi(number); err == nil {
		number = strconv.Itoa(n)
	}
	if number == "1" {
		return "1 " + name
	}
	return number + " " + name + "s"
}

func fraction(a, b string) string {
	if len(a) > 0 && a >= b && len(b) == 1 {
		return ""
	}
	return fractionOf(a, b)
}

func fractionOf(a, b string) string {
	names := map[string]string{"2": "half", "3": "third", "4": "quarter", "5": "fifth", "6": "sixth", "7": "seventh", "8": "eighth", "9": "ninth", "10": "tenth"}
	switch {
	case a == "1" && b == "2":
		return "one half"
	case a == "1":
		return "one " + names[b]
	}
	return a + " " + names[b] + "s"
}

func clock(m []string) string {
	h, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	if h > 24 || minute > 59 {
		return ""
	}
	say := strconv.Itoa(h)
	switch {
	case m[3] != "":
		return say + " " + m[2] + " " + m[3]
	case minute == 0 && m[4] == "":
		switch {
		case h == 0:
			return ""
		case h > 12:
			say += " hundred"
		default:
			say += " o'clock"
		}
	case minute == 0:
	case minute < 10:
		say += " oh " + strconv.Itoa(minute)
	default:
		say += " " + m[2]
	}
	if m[4] != "" {
		say += " " + strings.ToUpper(m[4]) + " M"
	}
	return say
}

// span reads two numbers as the ends of a range. With a hyphen between them they must look
// like one: numbers of telephones and models, months and differences do not.
func span(m []string) string {
	from, to := ungrouped(m[1]), ungrouped(m[3])
	if m[2] == "-" {
		a, err1 := strconv.ParseFloat(from, 64)
		b, err2 := strconv.ParseFloat(to, 64)
		if err1 != nil || err2 != nil || b <= a || len(to) > 1 && to[0] == '0' && to[1] != '.' || len(to) > len(from)+1 || len(from) == 3 && len(to) == 4 {
			return ""
		}
	}
	say := from + " to " + to
	switch m[4] {
	case "":
		return say
	case "%", "percent":
		return say + " percent"
	}
	return say + " " + unit(m[4])
}

// unit gives the name of a unit, of several.
func unit(s string) string {
	return map[string]string{
		"km/h": "kilometers per hour", "mph": "miles per hour", "m/s": "meters per second", "Mbit/s": "megabits per second", "Gbit/s": "gigabits per second",
		"kB/s": "kilobytes per second", "MB/s": "megabytes per second", "GB/s": "gigabytes per second", "kbps": "kilobits per second", "Mbps": "megabits per second",
		"Gbps": "gigabits per second", "km": "kilometers", "cm": "centimeters", "mm": "millimeters", "µm": "micrometers", "nm": "nanometers", "kg": "kilograms",
		"mg": "milligrams", "ml": "milliliters", "GHz": "gigahertz", "MHz": "megahertz", "kHz": "kilohertz", "Hz": "hertz", "kW": "kilowatts", "MW": "megawatts",
		"kWh": "kilowatt hours", "dB": "decibels", "kB": "kilobytes", "KB": "kilobytes", "MB": "megabytes", "GB": "gigabytes", "TB": "terabytes", "KiB": "kibibytes",
		"MiB": "mebibytes", "GiB": "gibibytes", "ms": "milliseconds", "µs": "microseconds", "ns": "nanoseconds", "fps": "frames per second", "px": "pixels",
		"°C": "degrees Celsius", "°F": "degrees Fahrenheit", "x": "times",
	}[s]
}

func measure(m []string) string {
	name := unit(m[3])
	if m[2] == "1" && name != "hertz" && name != "times" {
		first, rest, _ := strings.Cut(name, " ")
		name = strings.TrimSpace(strings.TrimSuffix(first, "s") + " " + rest)
	}
	return sign(m[1]) + ungrouped(m[2]) + " " + name
}

// abbreviation says what a short form stands for, its stop taken along.
func abbreviation(m []string) string {
	return map[string]string{
		"e.g.": "for example", "E.g.": "For example", "i.e.": "that is", "I.e.": "That is", "etc.": "et cetera", "vs.": "versus", "approx.": "approximately", "cf.": "compare",
		"Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missis", "Ms.": "Miz", "Prof.": "Professor", "Fig.": "Figure", "fig.": "figure", "Sec.": "Section",
		"Inc.": "Incorporated", "Ltd.": "Limited", "dept.": "department", "min.": "minimum", "max.": "maximum", "Jan.": "January", "Feb.": "February",
		"Aug.": "August", "Sept.": "September", "Oct.": "October", "Nov.": "November", "Dec.": "December", "Mt.": "Mount", "vol.": "volume", "Vol.": "Volume",
	}[m[0]]
}

// capitals spells what nobody says as a word: letters without a vowel among them, and some
// with one.
func capitals(m []string) string {
	word := strings.TrimSuffix(m[0], "s")
	if strings.ContainsAny(word, "AEIOUY") && !spelled()[word] {
		return ""
	}
	say := letters(word)
	if strings.HasSuffix(m[0], "s") {
		say += "'s"
	}
	return say
}

// letters are said one by one, without a pause between.
func letters(word string) string { return strings.ReplaceAll(voice.SpellOut(word), ", ", " ") }

// spelled are abbreviations with a vowel that are said letter by letter.
func spelled() map[string]bool {
	return setOf("AC AI API APK AWS CAD CDI CEO CFO CIA CIO CLI CMO COO CPU CVE CTO DIY DNA DOM EAN EC ECS EOF EOL EPS ERP ETA ETF ETL EU FAQ FBI GPU GUI HDMI HQ IAM IBM ID IDE IO IOS IP IPC IPO ISBN ISO ISP KPI LED MIT MOV NGO OAI OCR OEM OIDC OS OSI OSS OTP PIA POC POS PSU QA RGBA RNA ROI RPA SAP SDI SEO SLA SMTP SOC SSO TLA TOC TTY UAT UDP UI UK UML UN UPC UPS URI URL USA USB USP UTC UTF UUID UV UX VIP VOD VPU XYZ YML")
}
