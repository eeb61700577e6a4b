package slide

import "testing"

func TestOutsideFile(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`<svg><image href="a.png"/></svg>`:                                          "a.png",
		`<svg><g><image xlink:href="https://example.com/b.png"/></g></svg>`:         "https://example.com/b.png",
		`<svg><use href="icons.svg#house"/></svg>`:                                  "icons.svg#house",
		`<svg><foreignObject><img src="c.png"></foreignObject></svg>`:               "c.png",
		`<svg><image href="data:image/png;base64,AAAA"/><use href="#house"/></svg>`: "",
		`<svg><a href="https://example.com"><text>see a.png</text></a></svg>`:       "",
		`<svg><image href=""/><image/></svg>`:                                       "",
		`<svg><!-- <image href="a.png"/> --><rect/>`:                                "",
		`not an image`: "",
	} {
		if got := FindOutsideFile([]byte(source)); got != want {
			t.Errorf("%s: %q, not %q", source, got, want)
		}
	}
}

func FuzzOutsideFile(f *testing.F) {
	f.Add([]byte(`<svg><image href="a.png"/></svg>`))
	f.Add([]byte("<svg><use xlink:href='#a'"))
	f.Fuzz(func(_ *testing.T, source []byte) { FindOutsideFile(source) })
}
