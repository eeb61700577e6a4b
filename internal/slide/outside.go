package slide

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// OutsideFile returns the first file that an SVG image shows but does not contain, such as a linked
// picture or a sprite of another file; "" where it contains everything. A browser draws an image
// without its outside files.
func OutsideFile(source []byte) string {
	d := xml.NewDecoder(bytes.NewReader(source))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		t, err := d.RawToken()
		if err != nil {
			return ""
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		want := "href"
		switch e.Name.Local {
		case "image", "use", "feImage":
		case "img":
			want = "src"
		default:
			continue
		}
		for _, a := range e.Attr {
			address := strings.TrimSpace(a.Value)
			if a.Name.Local == want && address != "" && address[0] != '#' && !strings.HasPrefix(strings.ToLower(address), "data:") {
				return address
			}
		}
	}
}
