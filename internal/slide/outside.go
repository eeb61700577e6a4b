package slide

import (
	"encoding/xml"
	"strings"
)

// FindOutsideFile returns the address of the first file that an SVG image refers to but does not contain,
// such as a linked picture; "" if none exists. A browser draws an image without such files.
func FindOutsideFile(source []byte) string {
	d := newSVGDecoder(source)
	d.Strict = false
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
