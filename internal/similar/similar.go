// Package similar measures how similar two names are, for suggestions: "did you mean …?".
package similar

import "unicode/utf8"

// CountEditsUpTo returns the number of edits that change a to b: inserting, deleting or replacing a letter, or
// swapping two adjacent ones (the optimal string alignment distance). If the distance is limit or more, it
// returns limit. It is case-sensitive and takes len(a) * len(b) steps.
func CountEditsUpTo(a, b string, limit int) int {
	ra, rb := []rune(a), []rune(b)
	if len(ra)-len(rb) >= limit || len(rb)-len(ra) >= limit {
		return limit
	}
	before, above, row := make([]int, len(rb)+1), make([]int, len(rb)+1), make([]int, len(rb)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit { // a swap uses the row before, so a row with the minimum limit is not yet decisive
			return limit
		}
		before, above, row = above, row, before
	}
	return min(above[len(rb)], limit)
}

// chooseMaxEdits returns the maximum distance for a suggestion: one for known names of up to five letters, two for
// longer ones.
func chooseMaxEdits(known string) int {
	const short = 5
	if utf8.RuneCountInString(known) <= short {
		return 1
	}
	return 2
}

// FindNearest returns the known name with the smallest distance, the first of several. It returns false if the
// distance of all is above the maximum.
func FindNearest(name string, known []string) (string, bool) {
	best, least := "", 1<<30
	for _, k := range known {
		most := chooseMaxEdits(k)
		if d := CountEditsUpTo(name, k, most+1); d <= most && d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}
