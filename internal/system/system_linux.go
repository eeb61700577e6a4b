package system

// program is the file that runs, even where another has taken its name.
func program() (string, error) { return "/proc/self/exe", nil }
