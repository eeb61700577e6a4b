package objects_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mynah/internal/blob"
	"mynah/internal/objects"
)

// signedBefore is a URL that version 0.1 signed with the secret of open, at 2000-01-01 00:00:00 UTC.
type signedBefore struct {
	method, key, contentType string
	ttl                      time.Duration
	query                    string
}

func listSignedBefore() []signedBefore {
	return []signedBefore{
		{
			"GET", "results/0123abcd/result.mp4", "", time.Hour,
			"expiry=946688400&method=GET&obj=results%2F0123abcd%2Fresult.mp4&" +
				"signature=IGGeFHiKl6WPAWqBgQ0L2YKH_kDMjYfuhhMN2AeNx_I",
		},
		{
			"PUT", "uploads/9f", "application/zip", 30 * time.Minute,
			"contentType=application%2Fzip&expiry=946686600&method=PUT&obj=uploads%2F9f&" +
				"signature=hWxKhtPm_YEwenkiHTWmTfDAgWrDK9GJJy97JF2w8AI",
		},
		{
			"GET", "status/x y+z&a=b/ü~*'()!", "", 24 * time.Hour,
			"expiry=946771200&method=GET&obj=status%2Fx+y%2Bz%26a%3Db%2F%C3%BC~%2A%27%28%29%21&" +
				"signature=r4E8tKya22laE12XH11G179UAcKN-xSf7pc7UY-56BM",
		},
		{
			"PUT", "uploads/type", "text/plain; charset=utf-8 + x", time.Hour,
			"contentType=text%2Fplain%3B+charset%3Dutf-8+%2B+x&expiry=946688400&method=PUT&obj=uploads%2Ftype&" +
				"signature=KEI3uL-3ZbAOSytVBUeKM1EQmBxFv_uxUHIRjjC9-5s",
		},
		{
			"DELETE", "results/a", "", time.Nanosecond,
			"expiry=946684800&method=DELETE&obj=results%2Fa&signature=LmcDY1aOiyY9Q6SLISmh0V2RonAL0MXpO-o1B8f9crg",
		},
		{
			"GET", "results/default", "", 0,
			"expiry=946688400&method=GET&obj=results%2Fdefault&signature=kmHBfQxoT5WCvy5GZiqKyN_V1w15mOZrxtIdflKfdz8",
		},
		{
			"PUT", "uploads/no-type", "", 1500 * time.Millisecond,
			"expiry=946684801&method=PUT&obj=uploads%2Fno-type&signature=ZdOHIhhBUADSQ32T_x7xzSWtM-U23oh74x2iXEE1Lf0",
		},
	}
}

// TestURLsOfVersion01 checks that URLs that version 0.1 signed stay valid for their time, and that the same URLs are
// signed today.
func TestURLsOfVersion01(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the clock starts at 2000-01-01
		s, _ := open(t)
		base, _ := url.Parse("https://host.example/under")
		path := func(c signedBefore) string { return base.JoinPath(objects.Prefix, c.key).EscapedPath()[len("/under"):] }
		for _, c := range listSignedBefore() {
			u, err := s.SignURL(t.Context(), base, c.method, c.key, c.contentType, c.ttl)
			if want := "https://host.example/under" + path(c) + "?" + c.query; u != want || err != nil {
				t.Errorf("signed %s, %v, want %s", u, err, want)
			}
			r := httptest.NewRequestWithContext(t.Context(), c.method, path(c)+"?"+c.query, nil)
			if key, kind, err := s.VerifyURL(r); key != c.key || kind != c.contentType || err != nil {
				t.Errorf("%s: %q %q %v", c.query, key, kind, err)
			}
		}
		time.Sleep(31 * time.Minute)
		for _, c := range listSignedBefore() {
			r := httptest.NewRequestWithContext(t.Context(), c.method, path(c)+"?"+c.query, nil)
			if _, _, err := s.VerifyURL(r); (err == nil) != (c.ttl == 0 || c.ttl > 31*time.Minute) {
				t.Errorf("after 31 minutes, %s: %v", c.query, err)
			}
		}
	})
}

// TestOneChangedBit changes each bit of a URL. %2f instead of %2F is no change.
func TestOneChangedBit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := open(t)
		for _, c := range listSignedBefore()[:2] {
			address := objects.Prefix + c.key + "?" + c.query
			for i := range len(address) * 8 {
				b := []byte(address)
				b[i/8] ^= 1 << (i % 8)
				u, err := url.ParseRequestURI(string(b))
				if err != nil || strings.EqualFold(string(b), address) && strings.Contains(string(b), "%2f") {
					continue // the server refuses the request
				}
				r := &http.Request{Method: c.method, URL: u}
				if _, _, err := s.VerifyURL(r); !errors.Is(err, objects.ErrSignature) {
					t.Errorf("%s: %v", b, err)
				}
			}
		}
	})
}

func TestUselessSignatures(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	base, _ := url.Parse("https://host.example")
	for _, c := range []struct {
		method, key, contentType string
		ttl                      time.Duration
	}{
		{"GET", "", "", time.Hour},
		{"GET", "a\xff", "", time.Hour},
		{"POST", "a", "", time.Hour},
		{"", "a", "", time.Hour},
		{"GET", "a", "application/zip", time.Hour},
		{"GET", "a", "", -1},
	} {
		if u, err := s.SignURL(t.Context(), base, c.method, c.key, c.contentType, c.ttl); err == nil {
			t.Errorf("%+v: %s", c, u)
		}
	}
	bare := objects.New(nil, nil)
	if u, err := bare.SignURL(t.Context(), base, "GET", "a", "", time.Hour); err == nil {
		t.Errorf("signed without a secret: %s, %s", u, dir)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/objects/a?obj=a&method=GET&expiry=99999999999", nil)
	if _, _, err := bare.VerifyURL(r); !errors.Is(err, objects.ErrSignature) {
		t.Errorf("verified without a secret: %v", err)
	}
}

// plain hides that blobs are files.
type plain struct{ blob.Store }

func TestOpenFile(t *testing.T) {
	t.Parallel()
	disk, err := blob.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*objects.Store{objects.New(disk, []byte("k")), objects.New(plain{disk}, []byte("k"))} {
		if err := s.PutReader(t.Context(), "uploads/a", strings.NewReader("0123456789")); err != nil {
			t.Fatal(err)
		}
		f, size, err := s.OpenFile(t.Context(), "uploads/a")
		if err != nil || size != 10 {
			t.Fatalf("%d bytes, %v", size, err)
		}
		if err := s.Delete(t.Context(), "uploads/a", "../a", ""); err != nil {
			t.Error(err)
		}
		b, err := io.ReadAll(f)
		if !bytes.Equal(b, []byte("0123456789")) || err != nil {
			t.Errorf("%q, %v", b, err)
		}
		if _, err := f.Write(b); err == nil {
			t.Error("the file can be written")
		}
		_ = f.Close()
		for _, key := range []string{"uploads/a", "uploads", "", "../x", "a//b"} {
			if _, _, err := s.OpenFile(t.Context(), key); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("open %q: %v", key, err)
			}
			if _, ok, err := s.ReadAttributes(t.Context(), key); ok || err != nil {
				t.Errorf("attributes of %q: %v, %v", key, ok, err)
			}
		}
	}
	if err := disk.Close(); err != nil {
		t.Fatal(err)
	}
}
