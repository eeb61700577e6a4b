# make help lists the targets.
SHELL := /bin/bash
GO ?= go
BIN := bin/mynah
TOOL = $(GO) tool -modfile=tools.mod
# Programs have no paths of this machine and no tables for debuggers, which are a quarter of the bytes. Traces of panics
# need neither.
BUILD = $(GO) build -trimpath -ldflags='-s -w'

.PHONY: help helpers demo docs build setup assets test test-short race lint cross fmt bench bench-peers same golden fuzz

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install the system packages that are missing
	@scripts/setup

assets: ## fetch the libraries that the build embeds
	@scripts/assets

helpers: ## build the helper programs of mynah
	@scripts/helpers

build: assets helpers ## build bin/mynah
	@$(BUILD) -o $(BIN) ./cmd/mynah

demo: setup build ## build a video through the service, and print where it is
	@scripts/demo

docs: setup build ## make the pictures of README.md and docs/themes.md
	@scripts/docs

test: setup assets helpers ## run all tests
	@$(GO) test -timeout 15m ./...

# Half of the time is linking, which takes half as long without tables for debuggers.
test-short: assets helpers ## run the tests that take a minute together
	@MYNAH_TEST_MINUTE=1 $(GO) test -short -vet=off -ldflags='-s -w' -timeout 5m ./...

# SQLite is translated from C. Checking each of its pointers takes a third of all time.
race: assets helpers ## run the tests under the race detector
	@$(GO) test -race -short -timeout 20m -gcflags='modernc.org/...=-d=checkptr=0' ./...

lint: ## vet, golangci-lint, and the modules
	@$(GO) vet ./...
	@$(TOOL) golangci-lint run ./...

# Tests run only on Linux. For the others, this checks that the code compiles.
cross: assets ## build and vet for Linux, macOS and Windows
	@for target in linux/amd64 linux/arm64 darwin/arm64 windows/amd64; do \
		echo $$target; \
		export CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/}; \
		$(BUILD) ./... && $(GO) vet ./... || exit 1; \
	done

fmt: ## format the code
	@$(TOOL) golangci-lint fmt ./...

bench: build ## measure the promises about speed, as ratios of CPU time
	@$(GO) run ./test/bench

# The commit with which make same compares.
BASE ?= 5a85d9c

same: assets helpers ## compare all output with that of commit BASE (ONLY=pattern for a part)
	@$(GO) run ./test/same -base $(BASE) -only '$(ONLY)'

bench-peers: setup build ## compare with editly, Remotion, Revideo and ffmpeg recipes (half an hour)
	@scripts/bench-peers $(or $(RUNS),3)

golden: ## update the golden files with the current output
	@$(GO) test ./internal/compile ./internal/script ./internal/storyboard ./internal/timeline ./internal/reading ./test/stories \
		$(addprefix ./internal/reading/,address calendar figure grammar idiom passage short sign) -update

fuzz: ## run every fuzz target for FUZZTIME (default 30s)
	@scripts/fuzz $(or $(FUZZTIME),30s)
