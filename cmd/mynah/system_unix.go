//go:build unix

package main

func prepareConsole() {}

// expand returns the arguments as they are: shells expand patterns of names.
func expand(args []string) []string { return args }
