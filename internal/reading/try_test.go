package reading

import (
	"bufio"
	"fmt"
	"mynah/internal/voice"
	"os"
	"strings"
	"testing"
)

// reads lines "lang<TAB>text" from $TRY and prints what is said
func TestTry(t *testing.T) {
	f, err := os.Open(os.Getenv("TRY"))
	if err != nil {
		t.Skip()
	}
	r := &Reader{}
	for s := bufio.NewScanner(f); s.Scan(); {
		lang, text, _ := strings.Cut(s.Text(), "\t")
		var b strings.Builder
		for k, sen := range r.Sentences([]voice.Run{{Text: text}}, lang) {
			if k > 0 {
				b.WriteString(" | ")
			}
			for _, x := range sen {
				if x.Say != "" {
					b.WriteString(x.Say)
				} else {
					b.WriteString(x.Text)
				}
			}
		}
		fmt.Printf("%s\t%s\n\t  -> %s\n", lang, text, strings.Join(strings.Fields(b.String()), " "))
	}
}
