//go:build linux

// Package api_test knows the server from outside: what it answers is held against the
// contract of its wire and against the document that describes it. Each answer to any
// test's request goes through the same judge, see (*server).judge.
package api_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
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

// asServer makes this test's binary be mynah: servers that are killed are processes.
const asServer = "MYNAH_TEST_AS_MYNAH"

// most bytes of an upload to the servers of these tests.
const mostUpload = 200_000

// shared is the server that most tests ask, elsewhere the hosts that it fetches from.
var (
	shared    *server
	elsewhere *hosts
)

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		mynah()
	}
	flag.Parse()
	os.Exit(run(m))
}

// mynah is the program as cmd/mynah starts it.
func mynah() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code) //nolint:revive // this is the main function of the process it is called in
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mynah-api-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	elsewhere = newHosts()
	defer elsewhere.close()
	shared, err = start(filepath.Join(dir, "shared"), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "the server did not stop as it should:", err)
		code = 1
	}
	// A part of the tests sees a part of the answers.
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && !testing.Short()
	if unseen := shared.doc.unseenAnswers(); whole && code == 0 && len(unseen) > 0 {
		fmt.Fprintln(os.Stderr, "answers that are documented and that no test saw:\n ", strings.Join(unseen, "\n  "))
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
	kill       func() // of a process of its own
	pid        int    // of that
}

// settings are those of the servers of these tests.
func settings(data string) (house.Config, house.ServeConfig) {
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

// start starts a server in this process.
func start(data string, change func(*house.Config, *house.ServeConfig)) (*server, error) {
	c, s := settings(data)
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

// serve starts a server for one test.
func serve(t *testing.T, change func(*house.Config, *house.ServeConfig)) *server {
	t.Helper()
	s, err := start(t.TempDir(), change)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("the server did not stop as it should: %v", err)
		}
	})
	return s
}

// lines are what a server told.
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

// wait waits until the server says that it is ready, and reads its document. What it
// says its address is need not be where it listens.
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

// hosts are what a server fetches archives from.
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
