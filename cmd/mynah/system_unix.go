//go:build unix

package main

func prepareConsole() {}

// expand returns the arguments unchanged: Unix shells expand file name patterns.
func expand(args []string) []string { return args }
