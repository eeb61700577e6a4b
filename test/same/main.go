// Command same checks that a change of the code does not change what users get. It runs the same
// sessions and requests with the program of a base commit and with that of the working tree, each
// with an empty cache, and compares all results. The file differences.go lists the expected
// differences.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// options are the command line options.
type options struct {
	base, shared string
	only         *regexp.Regexp
	keep         bool
	sentences    bool
}

func main() {
	var o options
	flag.StringVar(&o.base, "base", "1631f7a", "the `commit` to compare with")
	flag.StringVar(&o.shared, "shared", firstNonEmpty(os.Getenv("SHARED"), "../shared"),
		"the `folder` of examples/ and cases/ that both sides build, too")
	only := flag.String("only", "", "run only the sessions whose names match this `pattern`")
	flag.BoolVar(&o.keep, "keep", false,
		"keep both programs, all that they wrote, and base.txt and tree.txt: what was compared")
	flag.BoolVar(&o.sentences, "sentences", false, "compare the sentences of findings, too")
	flag.Parse()
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		fmt.Fprintln(os.Stderr, "same: -only:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	good, err := run(ctx, o)
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "same:", err)
		os.Exit(2)
	case !good:
		os.Exit(1)
	}
}

func firstNonEmpty(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// run compares the two sides and reports whether they are the same.
func run(ctx context.Context, o options) (good bool, err error) {
	start := time.Now()
	dir, err := os.MkdirTemp("", "mynah-same-*")
	if err != nil {
		return false, err
	}
	if o.keep {
		fmt.Fprintln(os.Stderr, "everything is kept in", dir)
	} else {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	all, err := sessions(o.shared)
	if err != nil {
		return false, err
	}
	sides, err := buildSides(ctx, o.base, dir)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(os.Stderr, "both programs are built after %.0f s\n", time.Since(start).Seconds())
	c := newComparison(o)
	for _, s := range all {
		if !o.only.MatchString(s.name) {
			c.left++
			continue
		}
		at := time.Now()
		seed, err := s.writeSeed(ctx, dir)
		if err != nil {
			return false, fmt.Errorf("the files of %s: %w", s.name, err)
		}
		found, err := runBoth(sides, func(x *side) ([]artifact, error) { return x.runSession(ctx, seed, s) })
		if err != nil {
			return false, fmt.Errorf("%s: %w", s.name, err)
		}
		for i, x := range sides {
			if !o.keep {
				break
			}
			if err := writeArtifacts(filepath.Join(dir, x.name+".txt"), found[i], o.sentences); err != nil {
				return false, err
			}
		}
		n := c.add(found[0], found[1])
		fmt.Fprintf(os.Stderr, "%-28s %4d things, %.1f s%s\n", s.name, len(found[0]), time.Since(at).Seconds(), describeDifferent(n))
	}
	fmt.Printf("base %s against the working tree, %s/%s, %d cores, %.0f s\n\n",
		o.base, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Since(start).Seconds())
	return c.print(os.Stdout)
}

func describeDifferent(different int) string {
	if different == 0 {
		return ""
	}
	return fmt.Sprintf(", %d DIFFERENT", different)
}

// runBoth calls a function for both sides in parallel.
func runBoth[T any](sides [2]*side, do func(*side) (T, error)) (out [2]T, err error) {
	var errs [2]error
	done := make(chan struct{})
	go func() {
		out[0], errs[0] = do(sides[0])
		close(done)
	}()
	out[1], errs[1] = do(sides[1])
	<-done
	for i, e := range errs {
		if e != nil {
			return out, fmt.Errorf("%s: %w", sides[i].name, e)
		}
	}
	return out, nil
}

// folderName returns a name without slashes and blanks, for use as a folder's name.
func folderName(name string) string { return strings.NewReplacer("/", "-", " ", "-").Replace(name) }
