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

func (a *app) newServeCommand() *cobra.Command {
	c := house.DefaultServeConfig()
	var keys, level, format, maxUpload, cacheSize, deskMemory string
	var origins []string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Runs the REST server",
		Long: `Runs the REST server: clients upload projects, start builds, poll their status, download
videos and request speech. All data is in one folder. The server prints one line when it is ready.
The first start creates an API key and prints the name of the file that contains it.

Ctrl-C or SIGTERM stops the server: running builds have --grace to finish; the others
go back to the queue and are built after the next start.

Settings are flags, environment variables (--max-upload: MYNAH_MAX_UPLOAD) or lines such
as "max-upload: 2GiB" in a settings file (--config, or /etc/mynah.yaml). A flag overrides
a variable, a variable overrides the file.`,
		Example: `  mynah serve --data /var/lib/mynah --public-url https://mynah.example.com
  MYNAH_API_KEYS=a-long-secret mynah serve --listen 127.0.0.1:9000`,
		Args: withUsageErrors(cobra.NoArgs),
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
			if size, err = humanize.ParseBytes(deskMemory); err != nil || size > 1<<50 {
				return usageError{fmt.Errorf("--desk-memory: %q, must be a size like 1GiB", deskMemory)}
			}
			c.Cells.DeskMemory = int64(size)
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
			if err := a.readEngineSettings(a.findSystemConfig(cmd)); err != nil {
				return err
			}
			return house.Serve(cmd.Context(), a.cfg, c)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Data, "data", c.Data, "data folder of the server; created if it is missing")
	f.StringVar(&c.Listen, "listen", c.Listen,
		"address to listen on; 0.0.0.0:8080 is port 8080 of all interfaces, port 0 is any free port")
	f.StringVar(&c.HTTP.PublicURL, "public-url", "", "base URL of the links in answers (default: taken from the request)")
	f.StringSliceVar(&origins, "cors-origin", nil,
		"origin of web pages that may call the server, such as https://app.example.com; may be repeated, * allows any (default: none)")
	f.StringVar(&c.TLSCert, "tls-cert", "", "certificate file, for https")
	f.StringVar(&c.TLSKey, "tls-key", "", "file with the certificate's private key")
	f.StringVar(&keys, "api-keys", "",
		"API keys that are always valid, separated by commas; the variable MYNAH_API_KEYS is safer")
	f.StringVar(&maxUpload, "max-upload", "1GiB", "maximum size of an archive")
	f.StringVar(&cacheSize, "cache-size", "20GiB", "maximum size of the cache")
	f.DurationVar(&c.HTTP.UploadTTL, "upload-ttl", c.HTTP.UploadTTL, "how long an upload URL is valid")
	f.DurationVar(&c.HTTP.ResultTTL, "result-ttl", c.HTTP.ResultTTL,
		"how long a result URL is valid; each poll returns a new one")
	f.DurationVar(&c.HTTP.Keep, "keep", c.HTTP.Keep,
		"how long results are kept after a build has ended or was last polled")
	f.BoolVar(&c.HTTP.StrictVoices, "strict-voices", false,
		"refuse speech requests with an unknown voice instead of using another voice")
	f.BoolVar(&c.HTTP.OpenMetrics, "open-metrics", false, "serve /metrics without a key")
	f.IntVar(&c.Queue.Workers, "workers", c.Queue.Workers, "number of builds that run at once")
	f.DurationVar(&c.Queue.Timeout, "build-timeout", c.Queue.Timeout, "maximum time of a build")
	f.IntVar(&c.Store.MaxQueued, "max-queued", c.Store.MaxQueued,
		"maximum number of queued and running builds per key; 0 is no limit")
	f.Float64Var(&c.Auth.PerSecond, "rate", c.Auth.PerSecond,
		"maximum number of requests per second and key; 0 is no limit")
	f.IntVar(&c.Auth.Burst, "burst", c.Auth.Burst, "maximum number of requests per key in a burst")
	f.StringVar(&c.Fetch.GitHubURL, "github-url", c.Fetch.GitHubURL, "URL of GitHub's API, for GitHub Enterprise")
	f.BoolVar(&c.Fetch.AllowPrivate, "allow-private-sources", false, "allow zip-url and github to reach private addresses")
	f.BoolVar(&c.Fetch.AllowPlain, "allow-plain-sources", false, "allow zip-url and github to use http and any port")
	f.IntVar(&c.Cells.Desks, "desks", c.Cells.Desks,
		"maximum number of processes that are kept for checks, pictures and speech, one per tenant")
	f.DurationVar(&c.Cells.DeskIdle, "desk-idle", c.Cells.DeskIdle, "how long such a process is kept without a request")
	f.StringVar(&deskMemory, "desk-memory", "1GiB", "memory after a request at which such a process is replaced")
	f.IntVar(&c.Cells.Browsers, "browsers", c.Cells.Browsers, "number of browsers that are kept ready for slides")
	f.DurationVar(&c.Grace, "grace", c.Grace, "how long running builds may continue when the server stops")
	f.DurationVar(&c.Sweep, "sweep", c.Sweep, "how often expired files are removed")
	f.StringVar(&level, "log-level", "info", "log level: debug, info, warn or error")
	f.StringVar(&format, "log-format", "text", "log format: text or json")
	return cmd
}
