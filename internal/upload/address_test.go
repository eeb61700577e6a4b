package upload

import (
	"net/netip"
	"testing"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	a := newPublicAddresses()
	for text, want := range map[string]bool{
		"8.8.8.8":                 true,
		"1.1.1.1":                 true,
		"9.255.255.255":           true,
		"11.0.0.0":                true,
		"100.63.255.255":          true,
		"100.128.0.0":             true,
		"126.255.255.255":         true,
		"128.0.0.1":               true,
		"140.82.121.6":            true,
		"169.253.255.255":         true,
		"172.15.255.255":          true,
		"172.32.0.0":              true,
		"192.0.1.1":               true,
		"192.167.1.1":             true,
		"198.17.255.255":          true,
		"198.20.0.0":              true,
		"223.255.255.255":         true,
		"2606:4700:4700::1111":    true,
		"2a00:1450:4001:82a::200": true,
		"2001:4860:4860::8888":    true,
		"2001:200::1":             true,
		"2003::1":                 true,

		"0.0.0.0":                false,
		"0.1.2.3":                false,
		"10.0.0.1":               false,
		"10.255.255.255":         false,
		"100.64.0.0":             false,
		"100.100.100.200":        false,
		"100.127.255.255":        false,
		"127.0.0.1":              false,
		"127.255.255.254":        false,
		"168.63.129.16":          false,
		"169.254.0.1":            false,
		"169.254.169.254":        false,
		"172.16.0.1":             false,
		"172.31.255.255":         false,
		"192.0.0.1":              false,
		"192.0.0.192":            false,
		"192.0.2.1":              false,
		"192.88.99.1":            false,
		"192.168.0.1":            false,
		"198.18.0.1":             false,
		"198.19.255.255":         false,
		"198.51.100.1":           false,
		"203.0.113.1":            false,
		"224.0.0.1":              false,
		"239.255.255.255":        false,
		"240.0.0.1":              false,
		"255.255.255.255":        false,
		"::":                     false,
		"::1":                    false,
		"::8.8.8.8":              false,
		"::127.0.0.1":            false,
		"::ffff:8.8.8.8":         false,
		"::ffff:127.0.0.1":       false,
		"::ffff:0:127.0.0.1":     false,
		"64:ff9b::8.8.8.8":       false,
		"64:ff9b::169.254.0.1":   false,
		"64:ff9b:1::10.0.0.1":    false,
		"100::1":                 false,
		"2001::1":                false,
		"2001:0:7f00:1::":        false,
		"2001:2::1":              false,
		"2001:10::1":             false,
		"2001:20::1":             false,
		"2001:db8::1":            false,
		"2002::1":                false,
		"2002:7f00:1::":          false,
		"3ffe::1":                false,
		"3fff::1":                false,
		"4000::1":                false,
		"5f00::1":                false,
		"fc00::1":                false,
		"fd00:ec2::254":          false,
		"fdff::1":                false,
		"fe80::1":                false,
		"fe80::1%eth0":           false,
		"2606:4700:4700::1%eth0": false,
		"fec0::1":                false,
		"ff02::1":                false,
	} {
		if got := a.isPublic(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: public %v, want %v", text, got, want)
		}
	}
	if a.isPublic(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestGuardReadsWhatTheDialerGives(t *testing.T) {
	t.Parallel()
	check := newAddressGuard(newPublicAddresses())
	for address, want := range map[string]bool{
		"8.8.8.8:443":                true,
		"[2606:4700:4700::1111]:443": true,
		"127.0.0.1:443":              false,
		"[::1]:443":                  false,
		"[fe80::1%lo]:443":           false,
		"[::ffff:127.0.0.1]:443":     false,
		"localhost:443":              false,
		"":                           false,
	} {
		if err := check(t.Context(), "tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
