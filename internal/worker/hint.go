package worker

import (
	"regexp"
	"strings"
)

// options are words of a command line.
var options = regexp.MustCompile(`(^|\s)--?[a-z][a-z-]*|\bmynah [a-z]+|\bmynah\.yaml\b`)

// wireHint turns advice for somebody at a command line into advice for the sender of a request.
// What only the operator of the server can do is left out, but for installing voices.
func serverHint(hint string) string {
	if !options.MatchString(hint) {
		return hint
	}
	hint = strings.NewReplacer(
		"run mynah voices to list all", "GET /voices lists all",
		"set it when building: --var ", "set it in variables: ",
	).Replace(hint)
	var kept []string
	install := false
	for part := range strings.SplitSeq(hint, "; ") {
		if !options.MatchString(part) {
			kept = append(kept, part)
			continue
		}
		install = install || strings.Contains(part, "mynah voices")
	}
	if install {
		kept = append(kept, "the operator of this server can install voices")
	}
	return strings.Join(kept, "; ")
}
