// Package testrun says which tests run when. There are four runs: make test runs all tests; make race,
// and go test -short, leave out those that the race detector makes too slow; make test-short, for use
// while writing code, leaves out more, so that it takes about a minute on two processors.
package testrun

import (
	"os"
	"testing"
)

// minute is the variable by which make test-short asks for the shortest run.
const minute = "MYNAH_TEST_MINUTE"

// SkipShort leaves a test to make test alone.
func SkipShort(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("takes longer than a short run may; make test runs it")
	}
}

// SkipMinute leaves a test out of make test-short; make race and make test run it.
func SkipMinute(tb testing.TB) {
	tb.Helper()
	if IsMinute() {
		tb.Skip("does not fit into the minute of make test-short; make test runs it")
	}
}

// IsMinute reports whether this is the run of make test-short.
func IsMinute() bool { return testing.Short() && os.Getenv(minute) != "" }
