// Package examples holds the example projects; the tour is also what mynah init makes.
package examples

import "embed"

//go:embed tour
var tour embed.FS

// Tour is the starter project, in the folder "tour".
func Tour() embed.FS { return tour }
