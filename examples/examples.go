// Package examples contains the example projects. Command mynah init writes the one in the folder
// tour as a starter project.
package examples

import "embed"

//go:embed tour
var tour embed.FS

// Tour is the starter project, in the folder "tour".
func Tour() embed.FS { return tour }
