package voice

import (
	"strings"
	"testing"
)

// TestHostedTable checks that names are unique and that a voice speaks their language.
func TestHostedTable(t *testing.T) {
	t.Parallel()
	c := NewCatalogue()
	seen := map[string]bool{}
	for _, h := range listHostedNames() {
		if len(c.ListForLanguage(h.tag)) == 0 {
			t.Errorf("no voice speaks %s", h.tag)
		}
		for n := range strings.FieldsSeq(h.female + " " + h.male) {
			if _, ok := c.FindByName(n); ok || seen[n] {
				t.Errorf("%s is there twice", n)
			}
			seen[n] = true
		}
	}
}
