//go:build !linux

package system

import "os"

func program() (string, error) { return os.Executable() }
