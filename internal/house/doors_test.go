package house

import (
	"net"
	"slices"
	"strings"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/store"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 8080} }
	for ip, want := range map[string]string{
		"127.0.0.1": "http://127.0.0.1:8080", "::1": "http://[::1]:8080", "192.0.2.7": "http://192.0.2.7:8080",
	} {
		if got := listURLs("http", tcp(ip)); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q", ip, got)
		}
	}
	for _, ip := range []string{"0.0.0.0", "::"} {
		got := listURLs("https", tcp(ip))
		if got[0] != "https://localhost:8080" || strings.Contains(strings.Join(got, " "), "0.0.0.0") ||
			strings.Contains(strings.Join(got, " "), "[::]") {
			t.Errorf("%s: %q", ip, got)
		}
	}
	for ip, want := range map[string]bool{"127.0.0.1": false, "::1": false, "0.0.0.0": true, "::": true, "192.0.2.7": true} {
		if isReachable(tcp(ip)) != want {
			t.Errorf("%s: reachable from other machines: want %v", ip, want)
		}
	}
}

func TestNoServersData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := OpenRecords(t.Context(), dir+"/typo", store.Config{})
	if f, ok := fault.As(err); !ok || f.Code != fault.Usage || !strings.Contains(f.Public, "is not a server's data folder") {
		t.Errorf("%v", err)
	}
}
