// Command mynah turns Markdown scripts into narrated videos.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"mynah/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	prepareConsole()
	self, _ := os.Executable()
	code := cli.Main(ctx, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Program: self}, expand(os.Args[1:]))
	stop()
	os.Exit(code)
}
