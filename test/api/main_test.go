//go:build linux

// Package api_test tests a server through HTTP only. It checks all answers against the documented
// protocol and the OpenAPI document; see (*server).judge.
package api_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/cli"
	"mynah/internal/house"
)

const (
	goodKey  = "a-long-secret-for-tests"
	otherKey = "another-secret-for-tests"
)

// asServer is the environment variable that makes this test binary run as mynah, because the tests
// kill servers, which must be processes. The cells that a server starts are recognised by their argument.
const asServer = "MYNAH_TEST_AS_MYNAH"

// mostUpload is the maximum size of an upload to the servers of these tests, in bytes.
const mostUpload = 200_000

// shared is the server that most tests use, and elsewhere the hosts from which it downloads
// archives.
var (
	shared    *server
	elsewhere *hosts
)

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" || len(os.Args) == 2 && os.Args[1] == "cell" {
		runMynah()
	}
	flag.Parse()
	os.Exit(runTests(m))
}

// runMynah runs the program in the same way as cmd/mynah.
func runMynah() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	self, _ := os.Executable()
	code := cli.Main(ctx, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Program: self}, os.Args[1:])
	stop()
	os.Exit(code) //nolint:revive // mynah is the main function of its process
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mynah-api-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	elsewhere = newHosts()
	defer elsewhere.close()
	shared, err = startServer(filepath.Join(dir, "shared"), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "the server did not stop as it should:", err)
		code = 1
	}
	// Only a complete run of the tests can see all documented answers.
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && !testing.Short()
	if unseen := shared.doc.unseenAnswers(); whole && code == 0 && len(unseen) > 0 {
		fmt.Fprintln(os.Stderr, "documented answers that no test received:\n ", strings.Join(unseen, "\n  "))
		code = 1
	}
	return code
}

// server is a running server.
type server struct {
	base, data string
	client     *http.Client
	doc        *document
	told       *lines
	stop       func() error
	kill       func() // kills the server; only for a server that is a process
	pid        int    // process id; only for a server that is a process
}

// testSettings returns the settings of the servers of these tests.
func testSettings(data string) (house.Config, house.ServeConfig) {
	c, s := house.DefaultConfig(), house.DefaultServeConfig()
	s.Data, s.Listen = data, "127.0.0.1:0"
	s.HTTP.MaxUpload, s.Fetch.MaxBytes, s.Limits.Archive = mostUpload, mostUpload, mostUpload
	s.HTTP.Version = api.Version{Version: "test", Go: "go"}
	s.Auth.Fixed, s.Auth.PerSecond = []string{goodKey, otherKey}, 0
	s.Store.MaxQueued = 0
	s.Fetch.AllowPrivate, s.Fetch.AllowPlain = true, true
	s.Fetch.GitHubURL, s.Fetch.RootCAs = elsewhere.github.URL, elsewhere.roots()
	s.Grace = 100 * time.Millisecond
	return c, s
}

// startServer starts a server in this process. change may modify its settings.
func startServer(data string, change func(*house.Config, *house.ServeConfig)) (*server, error) {
	c, s := testSettings(data)
	if change != nil {
		change(&c, &s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	out, told := io.Pipe()
	s.Out = told
	ended := make(chan error, 1)
	go func() {
		err := house.Serve(ctx, c, s)
		_ = told.CloseWithError(errors.Join(errors.New("the server ended"), err))
		ended <- err
	}()
	srv := &server{data: data, told: &lines{}}
	srv.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	if err := srv.wait(out, s.Listen); err != nil {
		cancel()
		return nil, err
	}
	return srv, nil
}

// startTestServer starts a server that runs until the test ends.
func startTestServer(t *testing.T, change func(*house.Config, *house.ServeConfig)) *server {
	t.Helper()
	s, err := startServer(t.TempDir(), change)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("the server stopped with an error: %v", err)
		}
	})
	return s
}

// lines collects the output of a server.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, line)
}

func (l *lines) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.text, "\n")
}

const readyLine = "mynah is ready: "

// wait waits until the server prints that it is ready, and reads its OpenAPI document. The printed
// address may differ from the address on which it listens.
func (s *server) wait(out io.Reader, listen string) error {
	ready := make(chan string, 1)
	failed := make(chan error, 1)
	go func() {
		scan := bufio.NewScanner(out)
		for scan.Scan() {
			s.told.add(scan.Text())
			if url, ok := strings.CutPrefix(scan.Text(), readyLine); ok {
				ready <- url
			}
		}
		failed <- fmt.Errorf("the server is not ready: %w", errors.Join(scan.Err(), errors.New(s.told.all())))
	}()
	select {
	case s.base = <-ready:
	case err := <-failed:
		return err
	case <-time.After(patience):
		return fmt.Errorf("the server is not ready after %s", patience)
	}
	if !strings.HasSuffix(listen, ":0") {
		s.base = "http://" + listen
	}
	s.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
	var err error
	s.doc, err = theDocument()
	return err
}

// hosts are the servers from which the tested server downloads archives.
type hosts struct {
	github, files *plainHost
}

func (h *hosts) close() {
	h.github.Close()
	h.files.Close()
}

func (h *hosts) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(h.github.Certificate())
	pool.AddCert(h.files.Certificate())
	return pool
}

// freeAddress returns a local address on which most likely no program listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
