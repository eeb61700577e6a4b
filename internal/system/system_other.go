//go:build !linux

package system

import "os"

// program returns the path of the running program's file.
func program() (string, error) { return os.Executable() }
