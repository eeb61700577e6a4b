package reading_test

import (
	"flag"
	"testing"

	"mynah/internal/reading"
	"mynah/internal/reading/readingtest"
)

var update = flag.Bool("update", false, "write the sentences anew")

// TestSentences: what is said for whole sentences, with its pauses, stays as it is.
func TestSentences(t *testing.T) {
	t.Parallel()
	reader := &reading.Reader{}
	readingtest.Table(t, "testdata/whole/sentences.tsv", *update, func(language, text string) string {
		return saidBy(reader, text, language)
	})
}
