package cell

import (
	"regexp"
	"strings"
)

// options matches flags, commands and settings files of the command line.
var options = regexp.MustCompile(`(^|\s)--?[a-z][a-z-]*|\bmynah [a-z]+|\bmynah\.yaml\b`)

// AdaptHintForClients converts a hint for users of the command line to one for clients of the server. It
// removes advice that only the server's operator can follow, except for installing voices.
func AdaptHintForClients(hint string) string {
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
