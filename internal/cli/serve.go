package cli

import (
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mynah/api"
	"mynah/internal/house"
)

func (a *app) serveCommand() *cobra.Command {
	c := house.DefaultServeConfig()
	var keys, level, format, maxUpload, cacheSize string
	var origins []string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Runs the REST server",
		Long: `Runs the REST server: clients upload projects, start builds, poll and download, and
have texts spoken. It keeps everything in one folder. When it is ready it prints one
line. The first start creates an API key and prints the file that holds it.

A first signal stops it gracefully: running builds end within --grace, or go back to the
queue and are built at the next start.

Settings are flags, variables (--max-upload is MYNAH_MAX_UPLOAD), or a file of
lines like "max-upload: 2GiB" that --config names, else /etc/mynah.yaml; a flag wins over
a variable, a variable over the file.`,
		Example: `  mynah serve --data /var/lib/mynah --public-url https://mynah.example.com
  MYNAH_API_KEYS=a-long-secret mynah serve --listen 127.0.0.1:9000`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for k := range strings.SplitSeq(keys, ",") {
				if k = strings.TrimSpace(k); k != "" {
					c.Auth.Fixed = append(c.Auth.Fixed, k)
				}
			}
			size, err := humanize.ParseBytes(maxUpload)
			if err != nil || size > 1<<40 {
				return usageError{fmt.Errorf("--max-upload: %q, must be a size like 1GiB", maxUpload)}
			}
			c.HTTP.MaxUpload, c.Limits.Archive, c.Fetch.MaxBytes = int64(size), int64(size), int64(size)
			if size, err = humanize.ParseBytes(cacheSize); err != nil || size > 1<<50 {
				return usageError{fmt.Errorf("--cache-size: %q, must be a size like 20GiB", cacheSize)}
			}
			c.CacheSize = int64(size)
			var l slog.Level
			if err := l.UnmarshalText([]byte(level)); err != nil {
				return usageError{fmt.Errorf("--log-level: %q, must be debug, info, warn or error", level)}
			}
			opts := &slog.HandlerOptions{Level: l}
			switch format {
			case "json":
				c.Log = slog.New(slog.NewJSONHandler(a.Err, opts))
			case "text":
				c.Log = slog.New(slog.NewTextHandler(a.Err, opts))
			default:
				return usageError{fmt.Errorf("--log-format: %q, must be text or json", format)}
			}
			c.HTTP.PlainSources, c.HTTP.Origins = c.Fetch.AllowPlain, origins
			if net.ParseIP(c.Listen) != nil || c.Listen == "localhost" {
				c.Listen = net.JoinHostPort(c.Listen, "8080")
			}
			c.HTTP.Version = api.Version{Version: version, Go: runtime.Version()}
			c.Out = a.Out
			if err := a.readEngines(a.systemFile(cmd)); err != nil {
				return err
			}
			return house.Serve(cmd.Context(), a.cfg, c)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Data, "data", c.Data, "folder of everything that the server keeps; it is created")
	f.StringVar(&c.Listen, "listen", c.Listen, "address to listen on, as 0.0.0.0:8080 for all of the machine's; port 0 is any free one")
	f.StringVar(&c.HTTP.PublicURL, "public-url", "", "base of the addresses in answers (default: as the request says)")
	f.StringSliceVar(&origins, "cors-origin", nil, "origin of web pages that may call the server, as https://app.example.com; may be given several times, * is any (default: none)")
	f.StringVar(&c.TLSCert, "tls-cert", "", "file with the certificate, to speak https")
	f.StringVar(&c.TLSKey, "tls-key", "", "file with its key")
	f.StringVar(&keys, "api-keys", "", "keys that are valid from the start, with commas between; better as MYNAH_API_KEYS")
	f.StringVar(&maxUpload, "max-upload", "1GiB", "the largest archive")
	f.StringVar(&cacheSize, "cache-size", "20GiB", "the largest size of the cache")
	f.DurationVar(&c.HTTP.UploadTTL, "upload-ttl", c.HTTP.UploadTTL, "how long an upload's address is valid")
	f.DurationVar(&c.HTTP.ResultTTL, "result-ttl", c.HTTP.ResultTTL, "how long a result's address is valid; each poll hands out new ones")
	f.DurationVar(&c.HTTP.Keep, "keep", c.HTTP.Keep, "how long results stay after a build's end, or its last poll")
	f.BoolVar(&c.HTTP.StrictVoices, "strict-voices", false, "refuse speech by an unknown voice instead of using another")
	f.BoolVar(&c.HTTP.OpenMetrics, "open-metrics", false, "serve /metrics without a key")
	f.IntVar(&c.Queue.Workers, "workers", c.Queue.Workers, "builds that run at once")
	f.DurationVar(&c.Queue.Timeout, "build-timeout", c.Queue.Timeout, "the longest time of a build")
	f.IntVar(&c.Store.MaxQueued, "max-queued", c.Store.MaxQueued, "builds of a key that wait or run; 0 is no limit")
	f.Float64Var(&c.Auth.PerSecond, "rate", c.Auth.PerSecond, "requests of a key in a second; 0 is no limit")
	f.IntVar(&c.Auth.Burst, "burst", c.Auth.Burst, "requests of a key in a burst")
	f.StringVar(&c.Fetch.GitHubURL, "github-url", c.Fetch.GitHubURL, "base of GitHub's API, for a GitHub of one's own")
	f.BoolVar(&c.Fetch.AllowPrivate, "allow-private-sources", false, "let zip-url and github reach private addresses")
	f.BoolVar(&c.Fetch.AllowPlain, "allow-plain-sources", false, "let zip-url and github use http and any port")
	f.DurationVar(&c.Grace, "grace", c.Grace, "how long running builds may continue when the server stops")
	f.DurationVar(&c.Sweep, "sweep", c.Sweep, "how often expired files are removed")
	f.StringVar(&level, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&format, "log-format", "text", "text or json")
	return cmd
}
