# Two commands on a fresh Debian 12 with Swift 6.3: `make demo` and `make test`. Both install what is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PREFIX ?= /usr/local
DEMO_ROWS ?= 200000
# More options for swift build and swift test, such as FILTER='--filter LocalStackTests'.
SWIFT_FLAGS ?=
FILTER ?=
# Of make bench-train: the shapes of data, such as SHAPES=headline,windows; none for all.
SHAPES ?=

# 1 for tests with our libraries optimized: a few minutes more to build, and less than half the time to run. 0 for a debugger.
OPTIMIZED ?= 1
# Tests at a time. More would starve each other: the oracle's loops hold the threads that the server's clients wait for.
TEST_WIDTH ?= 4

SWIFT ?= swift
# With Swift's own libraries inside: one binary, which runs where no Swift is, and which calls them directly.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib $(SWIFT_FLAGS)
BIN = "$$($(RELEASE) --show-bin-path)"
BUILD_TESTS = ASOF_OPTIMIZED=$(OPTIMIZED) $(SWIFT) build --build-tests $(SWIFT_FLAGS)
RUN_TESTS = ASOF_OPTIMIZED=$(OPTIMIZED) SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) $(SWIFT) test --skip-build $(SWIFT_FLAGS)
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources/CompileBenchmark Benchmarks/DriftEvaluation Benchmarks/SkewEvaluation Benchmarks/SkewBenchmark

say = @printf '\n==> %s\n' $(1)

.PHONY: help
help: ## This list
	@printf 'asof: a feature store. Targets:\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nmake install PREFIX=%s    make demo DEMO_ROWS=%s    make test FILTER="--filter NAME"\n' '$(PREFIX)' '$(DEMO_ROWS)'

.PHONY: deps
deps: ## Install the C libraries and servers that are missing (apt)
	@scripts/install-dependencies

.PHONY: peers
peers: deps ## Install what tests and benchmarks compare with: pyarrow, DuckDB, Polars, Feast (PyPI)
	@scripts/install-peers

.PHONY: build
build: deps ## Build the asof command (release)
	$(call say,'building asof (release)')
	@$(RELEASE) --product asof
	@printf 'built %s/asof\n' $(BIN)

.PHONY: test
test: deps peers ## Run all tests, on a private Postgres and Redis that are gone afterwards
	$(call say,'building and running the tests')
	@$(BUILD_TESTS)
	@# The server's clients have deadlines: their tests go alone, before the oracle's loops hold every thread.
	$(if $(FILTER),,@$(RUN_TESTS) --filter FeatureServerTests)
	@$(RUN_TESTS) $(if $(FILTER),$(FILTER),--skip FeatureServerTests)

.PHONY: docs
docs: deps ## Write the pages under docs/ that are made from the compiler
	$(call say,'writing docs/reference.md and docs/diagnostics.md')
	@$(BUILD_TESTS)
	@UPDATE_GOLDEN=1 $(RUN_TESTS) --filter DocumentationTests

.PHONY: bench-compile
bench-compile: deps ## Measure compiling 10,000 features: under a second on one core, linear in their number
	$(call say,'compiling synthetic projects (release)')
	@cd Benchmarks && $(SWIFT) run -c release CompileBenchmark

.PHONY: bench-train
bench-train: build peers ## Measure training sets against Feast, DuckDB, Polars and COPY alone (SHAPES=headline for one)
	$(call say,'measuring training sets')
	@"$${ASOF_PEERS:-$${XDG_CACHE_HOME:-$$HOME/.cache}/asof/peers}/bin/python" Benchmarks/train/bench.py \
		--asof $(BIN)/asof --shapes '$(SHAPES)'

.PHONY: bench-online
bench-online: build peers ## Measure lookups, the server and materialization against Redis alone and Feast (needs wrk)
	@command -v wrk > /dev/null || { echo 'bench-online needs wrk: apt-get install wrk' >&2; exit 1; }
	@$(RELEASE) --product online-benchmark
	@"$${ASOF_PEERS:-$${XDG_CACHE_HOME:-$$HOME/.cache}/asof/peers}/bin/python" Benchmarks/online/bench.py --bin $(BIN)

# evidently wants an older pandas than the other peers, and so has a folder of its own.
EVIDENTLY ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/asof/evidently

.PHONY: bench-drift
bench-drift: build ## Measure profiling and comparing a table against evidently 0.7 (PyPI), and `asof profile` against COPY alone
	@[ -x '$(EVIDENTLY)/bin/python' ] || python3 -m venv '$(EVIDENTLY)'
	@'$(EVIDENTLY)/bin/python' -c 'import evidently' 2> /dev/null || '$(EVIDENTLY)/bin/pip' install --quiet --disable-pip-version-check 'evidently==0.7.23' 'pandas<3'
	@$(RELEASE) --product drift-benchmark
	@'$(EVIDENTLY)/bin/python' Benchmarks/drift/bench.py \
		--binary $(BIN)/drift-benchmark \
		--asof $(BIN)/asof

.PHONY: demo
demo: build ## The tour: apply, train, materialize, serve, look up, find skew
	$(call say,'running the demo with $(DEMO_ROWS) transactions')
	@DEMO_ROWS=$(DEMO_ROWS) scripts/demo.sh $(BIN)/asof

# Elec2 and the flights as .csv.gz; without the files their sections are left out.
ELEC2 ?= ../shared/data/elec2.csv.gz
FLIGHTS ?= ../shared/data/flights_2001q1.csv.gz

.PHONY: drift-evaluation
drift-evaluation: ## Write docs/drift-evaluation.md: speed, false alarms, delays, Elec2, flights
	@$(RELEASE) --product drift-evaluation
	@mkdir -p docs
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder" docs/drift-evaluation.md.new' EXIT; data=; \
	if [ -e '$(ELEC2)' ] && [ -e '$(FLIGHTS)' ]; then \
	gunzip -c '$(ELEC2)' > "$$folder/elec2.csv"; gunzip -c '$(FLIGHTS)' > "$$folder/flights.csv"; \
	data="$$folder/elec2.csv $$folder/flights.csv"; fi; \
	$(BIN)/drift-evaluation $$data > docs/drift-evaluation.md.new; \
	mv docs/drift-evaluation.md.new docs/drift-evaluation.md; \
	echo 'wrote docs/drift-evaluation.md'

.PHONY: skew-evaluation
skew-evaluation: deps ## Write docs/skew-evaluation.md: faults put in on purpose, and what the skew check calls them
	@$(RELEASE) --product skew-evaluation
	@mkdir -p docs; trap 'rm -f docs/skew-evaluation.md.new' EXIT; \
	$(BIN)/skew-evaluation > docs/skew-evaluation.md.new; \
	mv docs/skew-evaluation.md.new docs/skew-evaluation.md; echo 'wrote docs/skew-evaluation.md'

.PHONY: bench-skew
bench-skew: build ## Write docs/skew-benchmark.md: a skew check of 1,000,000 requests for 20 features
	@$(RELEASE) --product skew-benchmark
	@mkdir -p docs; trap 'rm -f docs/skew-benchmark.md.new' EXIT; \
	bin=$(BIN); \
	"$$bin/skew-benchmark" "$$bin/asof" > docs/skew-benchmark.md.new; \
	mv docs/skew-benchmark.md.new docs/skew-benchmark.md; echo 'wrote docs/skew-benchmark.md'

.PHONY: install
install: build ## Copy the asof command to PREFIX/bin
	@install -D -m 755 $(BIN)/asof '$(DESTDIR)$(PREFIX)/bin/asof'
	@printf 'installed %s\n' '$(DESTDIR)$(PREFIX)/bin/asof'

.PHONY: format
format: ## Format the sources in place
	@$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

.PHONY: lint
lint: ## Check the format, and that isolation is escaped only where a C library is wrapped
	@$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	@scripts/check-boundaries

.PHONY: check
check: lint test ## What must hold before a commit

.PHONY: clean
clean: ## Remove what was built (not .asof/, which has data)
	@$(SWIFT) package clean
	@rm -rf .build demo-out
