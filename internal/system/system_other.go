//go:build !linux

package system

import "os"

// findRunningProgram returns the path of the running program's file.
func findRunningProgram() (string, error) { return os.Executable() }
