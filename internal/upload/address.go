package upload

import "net/netip"

// addresses distinguishes public internet addresses from all others.
type addresses struct {
	open6  netip.Prefix
	closed []netip.Prefix
}

// newPublicAddresses uses the registries of special addresses (RFC 6890 and IANA's lists). Of IPv6
// only global unicast addresses (2000::/3) are allowed; this excludes loopback, link-local,
// unique-local and multicast addresses, IPv4-mapped and -compatible forms and NAT64, which could
// reach an IPv4 address unchecked.
func newPublicAddresses() addresses {
	a := addresses{open6: netip.MustParsePrefix("2000::/3")}
	for _, p := range []string{
		"0.0.0.0/8",        // this network, unspecified
		"10.0.0.0/8",       // private
		"100.64.0.0/10",    // shared address space of providers, also metadata of some clouds
		"127.0.0.0/8",      // loopback
		"168.63.129.16/32", // metadata of Azure, although it looks public
		"169.254.0.0/16",   // link-local, metadata
		"172.16.0.0/12",    // private
		"192.0.0.0/24",     // protocol assignments, metadata of Oracle
		"192.0.2.0/24",     // documentation
		"192.88.99.0/24",   // relays of 6to4
		"192.168.0.0/16",   // private
		"198.18.0.0/15",    // benchmarks
		"198.51.100.0/24",  // documentation
		"203.0.113.0/24",   // documentation
		"224.0.0.0/4",      // multicast
		"240.0.0.0/4",      // reserved, broadcast
		"2001::/23",        // protocol assignments: Teredo, ORCHID, benchmarks
		"2001:db8::/32",    // documentation
		"2002::/16",        // 6to4, which contains an IPv4 address
		"3ffe::/16",        // 6bone, returned
		"3fff::/20",        // documentation
	} {
		a.closed = append(a.closed, netip.MustParsePrefix(p))
	}
	return a
}

// isPublic reports whether an address is public.
func (a addresses) isPublic(ip netip.Addr) bool {
	// No prefix contains addresses with a zone, so these are refused too.
	if !ip.IsValid() || ip.Is6() && !a.open6.Contains(ip) {
		return false
	}
	for _, p := range a.closed {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
