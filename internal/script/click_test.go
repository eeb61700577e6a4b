package script

import (
	"fmt"
	"strings"
	"testing"
)

// TestClicks checks the places of <!-- click --> in narration: "|" marks them in the expected text.
func TestClicks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, source, want string }{
		{"inside a sentence", "First this, <!-- click --> then that.", "First this, |then that."},
		{"several", "One <!--click--> two <!-- CLICK --> three.", "One |two |three."},
		{"at the start", "<!-- click --> Now this.", "|Now this."},
		{"at the end", "Now this. <!-- click -->", "Now this. / |"},
		{"on a line of its own before text", "One.\n\n<!-- click -->\nTwo.", "One. / | / Two."},
		{"between paragraphs", "One.\n\n<!-- click -->\n\nTwo.", "One. / | / Two."},
		{"at the end of a line", "one <!-- click -->\ntwo", "one |two"},
		{"without blanks", "one<!-- click -->two", "one|two"},
		{"within emphasis", "a **b <!-- click --> c** d", "a b |c d"},
		{"in list items", "- one <!-- click -->\n- <!-- click --> two", "one / | / |two"},
		{"in a table", "| a | b |\n|---|---|\n| one <!-- click --> | two |", "a, b / one,| two"},
		{"another comment", "One <!-- clicks --> two.", "One two."},
		{"after a direction", "(pause: 1) <!-- click -->\n\nOne.", "pause / | / One."},
		{"beside a variable", "One <!-- click --> {{x}} two.", "One |{{x}} two."},
		{"alone", "One.\n\n---\n\n<!-- click -->\n\n---\n\nTwo.", "One. / --- / Two."},
	} {
		s, _ := Parse("script.md", []byte(c.source))
		var scenes []string
		for _, scene := range s.Scenes {
			var nodes []string
			for _, n := range scene.Nodes {
				nodes = append(nodes, describeClicks(n))
			}
			scenes = append(scenes, strings.Join(nodes, " / "))
		}
		if got := strings.Join(scenes, " / --- / "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if out, _ := Format("script.md", []byte(c.source)); !Equal(s, parseWithoutFindings("script.md", out)) {
			t.Errorf("%s: formatting changes the script to %q", c.name, out)
		}
	}
}

func describeClicks(n Node) string {
	switch n := n.(type) {
	case *Click:
		return "|"
	case *Pause:
		return "pause"
	case *Narration:
		text, done := n.Text(), 0
		var b strings.Builder
		for _, at := range n.Clicks {
			b.WriteString(text[done:min(at, len(text))] + "|")
			done = min(at, len(text))
		}
		return b.String() + text[done:]
	}
	return fmt.Sprintf("%T", n)
}
