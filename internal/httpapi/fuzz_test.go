package httpapi

import (
	"errors"
	"testing"

	"mynah/api"
)

// FuzzBody reads arbitrary bytes as the JSON body of a request, and checks that every error is a
// bodyError with a sentence and a 4xx status.
func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"repositoryType": "s3-zip", "repository": "x", "source": "script.md"}`))
	f.Add([]byte(`{"repository": 3}`))
	f.Add([]byte(` [1]`))
	f.Add([]byte(`{"repository": "\ud800"} {}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var request api.BuildRequest
		err := unmarshalObject(b, &request)
		if wrong := (*bodyError)(nil); err != nil &&
			(!errors.As(err, &wrong) || wrong.sentence == "" || wrong.status < 400 || wrong.status > 499) {
			t.Fatalf("%v", err)
		}
	})
}
