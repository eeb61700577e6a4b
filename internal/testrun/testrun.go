// Package testrun says which tests run when. There are three runs: make test runs all tests; make
// race leaves out those that the race detector makes too slow; make test-short, for use while
// writing code, takes a minute on two processors.
package testrun

import "testing"

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

// IsMinute reports whether this is make test-short's run: a short one without the race detector.
func IsMinute() bool { return testing.Short() && !raceDetector }
