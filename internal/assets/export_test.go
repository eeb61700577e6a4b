package assets

// LinearGrey exports an ICC profile for tests in package assets_test.
func LinearGrey() []byte { return linearGrey() }
