package objects

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Prefix is the path prefix of signed URLs.
const Prefix = "/objects/"

// The parameters of a signed URL.
const (
	paramKey       = "obj"
	paramExpiry    = "expiry" // in seconds since 1970
	paramMethod    = "method"
	paramType      = "contentType" // missing for methods other than PUT
	paramSignature = "signature"
)

// defaultTTL is how long a URL is valid that is signed without a time.
const defaultTTL = time.Hour

// SignURL returns a signed URL of a key for a method, under the server's base URL. For PUT,
// contentType fixes the content type of the upload; otherwise it is empty.
func (s *Store) SignURL(
	_ context.Context, base *url.URL, method, key, contentType string, ttl time.Duration,
) (string, error) {
	switch {
	case len(s.secret) == 0:
		return "", errors.New("sign a URL: there is no secret")
	case key == "" || !utf8.ValidString(key):
		return "", fmt.Errorf("sign a URL: the key %q is not valid", key)
	case method != http.MethodGet && method != http.MethodPut && method != http.MethodDelete:
		return "", fmt.Errorf("sign a URL: the method %q is not supported", method)
	case contentType != "" && method != http.MethodPut:
		return "", fmt.Errorf("sign a URL: a content type is only possible for PUT, not for %s", method)
	case ttl < 0:
		return "", fmt.Errorf("sign a URL: the time %s is negative", ttl)
	case ttl == 0:
		ttl = defaultTTL
	}
	q := url.Values{}
	q.Set(paramKey, key)
	q.Set(paramExpiry, strconv.FormatInt(time.Now().Add(ttl).Unix(), 10))
	q.Set(paramMethod, method)
	if contentType != "" {
		q.Set(paramType, contentType)
	}
	q.Set(paramSignature, s.computeSignature(q))
	out := base.JoinPath(Prefix, key)
	out.RawQuery = q.Encode()
	return out.String(), nil
}

// computeSignature returns the HMAC-SHA256 of the parameters that are signed, in the order of their names and encoded
// as a query. Version 0.1 computed it in the same way.
func (s *Store) computeSignature(q url.Values) string {
	signed := url.Values{}
	for _, name := range []string{paramKey, paramExpiry, paramMethod} {
		signed.Set(name, q.Get(name))
	}
	if t := q.Get(paramType); t != "" {
		signed.Set(paramType, t)
	}
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(signed.Encode()))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ErrSignature is returned for a URL that was changed, has expired, or is for another use.
var ErrSignature = errors.New("the link is not valid or has expired")

// VerifyURL returns the key and content type of a request's signed URL.
func (s *Store) VerifyURL(r *http.Request) (key, contentType string, err error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(s.secret) == 0 {
		return "", "", ErrSignature
	}
	for _, v := range q {
		if len(v) != 1 {
			return "", "", ErrSignature
		}
	}
	// Compare texts: several texts decode to the same bytes.
	if !hmac.Equal([]byte(q.Get(paramSignature)), []byte(s.computeSignature(q))) {
		return "", "", ErrSignature
	}
	expiry, err := strconv.ParseInt(q.Get(paramExpiry), 10, 64)
	if err != nil || time.Now().Unix() > expiry {
		return "", "", ErrSignature
	}
	key = q.Get(paramKey)
	if key == "" || strings.TrimPrefix(r.URL.Path, Prefix) != key {
		return "", "", ErrSignature
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if q.Get(paramMethod) != method {
		return "", "", ErrSignature
	}
	return key, q.Get(paramType), nil
}
