package assets

// LinearGrey is an ICC profile, for tests of whole files.
func LinearGrey() []byte { return linearGrey() }
