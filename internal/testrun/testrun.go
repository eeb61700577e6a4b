// Package testrun decides which tests run when. There are three test selections: make test runs all tests; make
// race and go test -short skip those that the race detector makes too slow; make test-short, for use while
// writing code, skips more, so that it takes about a minute on two processors.
package testrun

import (
	"os"
	"testing"
)

// minute is the environment variable with which make test-short requests the shortest run.
const minute = "MYNAH_TEST_MINUTE"

// SkipShort skips a test unless make test runs it.
func SkipShort(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("takes longer than a short run may; make test runs it")
	}
}

// SkipMinute skips a test in make test-short.
func SkipMinute(tb testing.TB) {
	tb.Helper()
	if IsMinute() {
		tb.Skip("does not fit into the minute of make test-short; make test runs it")
	}
}

// IsMinute reports whether this is the run of make test-short.
func IsMinute() bool { return testing.Short() && os.Getenv(minute) != "" }
