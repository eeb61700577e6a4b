package house

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// TestMain lets this test binary be the cells of the servers that the tests start.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "cell" {
		if err := RunCell(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
