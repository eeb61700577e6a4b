package main

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// prepareConsole lets a console understand colours and the moves of progress bars; what is no
// console refuses.
func prepareConsole() {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		var mode uint32
		h := windows.Handle(f.Fd())
		if windows.GetConsoleMode(h, &mode) == nil {
			_ = windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
		}
	}
}

// expand replaces patterns of names such as *.md by the files that they match: the shells leave
// that to programs. What matches nothing stays.
func expand(args []string) []string {
	var out []string
	for _, arg := range args {
		found, err := filepath.Glob(arg)
		if err != nil || len(found) == 0 || !strings.ContainsAny(arg, "*?") {
			found = []string{arg}
		}
		out = append(out, found...)
	}
	return out
}
