package house

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mynah/internal/auth"
	"mynah/internal/fault"
)

// listURLs returns the URLs of a listener, the best first. A listener on all interfaces also has
// those for other machines.
func listURLs(scheme string, listener net.Addr) []string {
	at, err := netip.ParseAddrPort(listener.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return []string{scheme + "://" + listener.String()}
	}
	urlOf := func(host string) string {
		return fmt.Sprintf("%s://%s", scheme, net.JoinHostPort(host, fmt.Sprint(at.Port())))
	}
	out := []string{urlOf("localhost")}
	found, err := net.InterfaceAddrs()
	if err != nil {
		return out
	}
	for _, a := range found {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || p.Addr().IsLoopback() || p.Addr().IsLinkLocalUnicast() || at.Addr().Is4() && !p.Addr().Is4() {
			continue
		}
		out = append(out, urlOf(p.Addr().String()))
	}
	return out
}

// isReachable reports whether other machines can reach a listener.
func isReachable(listener net.Addr) bool {
	at, err := netip.ParseAddrPort(listener.String())
	return err == nil && !at.Addr().Unmap().IsLoopback()
}

// printReady prints that the server is ready, and its URLs.
func (o *server) printReady(ctx context.Context, urls []string, open bool) {
	fmt.Fprintf(o.cfg.Out, "mynah is ready: %s\n", urls[0])
	for _, u := range urls[1:] {
		fmt.Fprintf(o.cfg.Out, "  also at %s\n", u)
	}
	o.cfg.Log.InfoContext(ctx, "ready", "address", urls[0], "also", urls[1:])
	if open && o.cfg.TLSCert == "" && !strings.HasPrefix(o.cfg.HTTP.PublicURL, "https://") {
		const text = "other machines reach this server over plain http: keys and projects can be read in transit"
		fmt.Fprintf(o.cfg.Out, "mynah: warning: %s\n  help: use --tls-cert and --tls-key, or put an https proxy in front "+
			"and set --public-url to its address\n",
			text)
		o.cfg.Log.WarnContext(ctx, text)
	}
}

// firstKeyFile is the file in the data folder with the key that the first start creates.
const firstKeyFile = "first-key"

// createFirstKey creates a key if the server has none, and writes it to a file that only the server's
// user can read, since the server's output may go to a journal.
func (o *server) createFirstKey(ctx context.Context, data, base string) error {
	if len(o.cfg.Auth.Fixed) > 0 {
		return nil
	}
	keys, err := o.ports.records.Keys(ctx)
	if err != nil {
		return fault.New(fault.Disk, err, "the API keys cannot be read from the database")
	}
	if len(keys) > 0 {
		return nil
	}
	shown, k := auth.NewKey("first", time.Now())
	path := filepath.Join(data, firstKeyFile)
	if err := writePrivateFile(path, shown+"\n"); err != nil {
		return fault.New(fault.Disk, err, "the first key cannot be written to %s", path)
	}
	if err := o.ports.records.AddKey(ctx, k); err != nil {
		return fault.New(fault.Disk, err, "the first key cannot be stored")
	}
	fmt.Fprintf(o.cfg.Out, "A first API key was created; it is in the file %s\nTry it:  curl -H \"x-api-key: $(cat '%s')\" %s/voices\n",
		path, path, base)
	o.cfg.Log.InfoContext(ctx, "a first API key was created", "file", path)
	return nil
}

// writePrivateFile writes a file that only the user can read.
func writePrivateFile(path, text string) error {
	const mode = 0o600
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
