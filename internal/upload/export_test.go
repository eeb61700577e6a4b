package upload

import (
	"context"
	"net"
	"net/http"
	"syscall"
	"testing"
)

// FetcherOpenTo is a fetcher that may reach public addresses and one other, as if that
// were public; seen gets every address that it was about to connect to.
func FetcherOpenTo(t *testing.T, config FetchConfig, open string, seen *[]string) *Fetcher {
	t.Helper()
	config.AllowPrivate = false
	f, err := NewFetcher(config)
	if err != nil {
		t.Fatal(err)
	}
	rule := guard(publicAddresses())
	dialer := &net.Dialer{ControlContext: func(ctx context.Context, network, address string, c syscall.RawConn) error {
		*seen = append(*seen, address)
		if address == open {
			return nil
		}
		return rule(ctx, network, address, c)
	}}
	f.client.Transport.(*http.Transport).DialContext = dialer.DialContext
	return f
}
