package upload

import (
	"context"
	"net"
	"net/http"
	"syscall"
	"testing"
)

// FetcherOpenTo returns a fetcher that may connect to public addresses and to one other address. It appends
// each address to seen before connecting.
func FetcherOpenTo(t *testing.T, config FetchConfig, open string, seen *[]string) *Fetcher {
	t.Helper()
	config.AllowPrivate = false
	f, err := NewFetcher(config)
	if err != nil {
		t.Fatal(err)
	}
	rule := newAddressGuard(newPublicAddresses())
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
