# Two commands are all a newcomer needs on Debian 12 with a Swift 6 toolchain: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Debian packages: what the build links, and what the tests and the demo call.
BUILD_PACKAGES := libzmq3-dev libsqlite3-dev libsimdjson-dev libtomlplusplus-dev libicu-dev libstemmer-dev g++ make
TEST_PACKAGES := python3 python3-venv python3-zmq gzip sqlite3 systemd gdal-bin librsvg2-bin valgrind

# Further ones of the detection study: the plots as PNG, the evaluator of recorded streams. STUDY and STREAMS are further
# flags of the two programs, such as STUDY="--quick --seed 7" and STREAMS="--data FOLDER"; NULL_SEEDS=1,2,3 draws more nulls.
STUDY ?=
STREAMS ?=
NULL_SEEDS ?= 20150127
STUDY_PACKAGES := librsvg2-bin python3
STUDY_RESULTS := bench/results/detection

# Where the recorded streams of `make tour` lie, and what it calls.
DATA ?= ../shared/data
STREAM_PACKAGES := python3 gzip

# How long each fuzzer runs, and which of them; see bench/fuzz.sh.
FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?= decode wire journal configuration snapshot

# Which sanitizers run the tests, and of which modules (all where none is named); see bench/sanitize.sh.
SANITIZERS ?= address thread
MODULES ?=

# Runs of each work of `make guard`, whose spread it tells.
GUARD_RUNS ?= 1

# Further flags of `make bench`; `.build/release/tocsin-bench --help` tells of them.
BENCH ?=

# What `make bench-peers` installs beside the pinned packages of bench/peers/requirements*.txt, and its flags and those of `make bench-growth`.
PEER_PACKAGES := python3 python3-venv librsvg2-bin redis-server postgresql-15 postgresql-15-postgis-3 openjdk-17-jre-headless
PEERS ?=
GROWTH_PACKAGES := python3 librsvg2-bin
GROWTH ?=

# Permutations and cuttings of `make long-order`; `make test` looks at 10,000.
PERMUTATIONS ?= 100000

# Rounds of `make chaos`, and the events that each of the four producers is given in each.
CHAOS_ROUNDS ?= 200
CHAOS_EVENTS ?= 1000

# Runs of `make simulate`, and the seed of the first. One run alone is told step by step.
SIMULATIONS ?= 10000
SEED ?= 1

.PHONY: help setup setup-test build man install demo tour test long-order chaos simulate fuzz fuzz-merge sanitize lint format guard \
	guard-update bench bench-peers bench-growth bench-latency bench-recovery bench-quotas bench-export bench-queries bench-readers bench-detection clean

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: ## Install the Debian packages that the build needs, if any is missing
	@bench/install-packages.sh $(BUILD_PACKAGES)

setup-test:
	@bench/install-packages.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@bench/install-python.sh

build: setup ## Build the release executables into .build/release
	swift build -c release --product tocsin
	swift build -c release --product tocsin-sample

man: build ## Write the manual pages into .build/man/man1, for `man -M .build/man tocsin-list`
	.build/release/tocsin help --man --output .build/man/man1

# Where `make install` puts things; DESTDIR stands before it in a package.
PREFIX ?= /usr/local
DESTDIR ?=

install: man ## Install the executable, its manual pages and completions under PREFIX=/usr/local
	install -D -m 755 .build/release/tocsin "$(DESTDIR)$(PREFIX)/bin/tocsin"
	install -d "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 644 .build/man/man1/*.1 "$(DESTDIR)$(PREFIX)/share/man/man1/"
	.build/release/tocsin completion bash | install -D -m 644 /dev/stdin "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/tocsin"
	.build/release/tocsin completion zsh | install -D -m 644 /dev/stdin "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tocsin"
	.build/release/tocsin completion fish | install -D -m 644 /dev/stdin "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tocsin.fish"

demo: build ## Send a seeded sample stream through a real daemon and compare what it finds with what was planted
	@bench/demo.sh .build/release

tour: build ## Take the tour of docs/tour.md anew, on the recorded streams of DATA=../shared/data
	@bench/install-packages.sh $(STREAM_PACKAGES)
	@DATA="$(DATA)" bench/tour.sh .build/release

test: setup-test lint ## Build with warnings as errors, lint, run every test
	cd bench/detection && python3 -B -m unittest --quiet
	cd bench/guard && python3 -B -m unittest --quiet
	cd bench/growth && python3 -B -m unittest --quiet
	swift build --build-tests
	swift build -c release --product tocsin
	swift build -c release --product tocsin-bench
	bench/guard/guard.py .build/release/tocsin-bench
	TOCSIN_BINARY=.build/release/tocsin TOCSIN_BENCH=.build/release/tocsin-bench swift test --skip-build --disable-xctest

long-order: setup-test ## Hold 100,000 permutations of small streams against the batch oracle; PERMUTATIONS=… for another number
	swift build --build-tests
	TOCSIN_PERMUTATIONS=$(PERMUTATIONS) swift test --skip-build --disable-xctest --filter OrderTests/tenThousandPermutationsAreOne

chaos: setup-test ## kill -9 under load, CHAOS_ROUNDS=200: the aggregator, four producers, or both; nothing acknowledged may be missing
	swift build --build-tests
	swift build -c release --product tocsin
	TOCSIN_BINARY=.build/release/tocsin TOCSIN_CHAOS_ROUNDS=$(CHAOS_ROUNDS) TOCSIN_CHAOS_EVENTS=$(CHAOS_EVENTS) \
	  swift test --skip-build --disable-xctest --filter ChaosTests

simulate: setup ## Run the whole service 10,000 times with faults of disk, network and clock; SIMULATIONS=… SEED=… for others
	swift build -c release --product tocsin-simulate
	.build/release/tocsin-simulate $(SEED) $(SIMULATIONS)

fuzz: setup ## Run each fuzzer for FUZZ_SECONDS=600 (FUZZ_TARGETS=… for some of them); what breaks one is named
	@FUZZ_SECONDS="$(FUZZ_SECONDS)" FUZZ_TARGETS="$(FUZZ_TARGETS)" bench/fuzz.sh

fuzz-merge: setup ## Give what the fuzzers have found into their corpora, as little of it as covers as much
	@FUZZ_TARGETS="$(FUZZ_TARGETS)" bench/fuzz.sh --merge

sanitize: setup-test ## Run the tests under AddressSanitizer and ThreadSanitizer; SANITIZERS=… MODULES=… for some of them
	@SANITIZERS="$(SANITIZERS)" MODULES="$(MODULES)" bench/sanitize.sh

lint: ## Check the source's form
	swift format lint --strict --recursive Package.swift Sources Tests bench/detection bench/throughput

format: ## Put the source into form
	swift format --in-place --recursive Package.swift Sources Tests bench/detection bench/throughput

bench: setup ## Measure each stage of a report's path and all of them together beside their floors; BENCH="--events 20000" for less
	swift build -c release --product tocsin-bench
	mkdir -p .build/bench
	.build/release/tocsin-bench --folder .build/bench --output bench/results $(BENCH)

guard: setup-test ## Count instructions (± 3 %), allocations and bytes of each stage's work and hold them against bench/guard/thresholds.json
	swift build -c release --product tocsin-bench
	bench/guard/guard.py .build/release/tocsin-bench --runs $(GUARD_RUNS)

guard-update: setup-test ## Write those thresholds anew, after a change that is intended
	swift build -c release --product tocsin-bench
	bench/guard/guard.py .build/release/tocsin-bench --update

bench-peers: build ## Measure DuckDB, Python, Redis, PostGIS, Flink, river and scikit-learn over the same events; PEERS="--share 0.1" for less
	@bench/peers/install.sh $(PEER_PACKAGES)
	swift build -c release --product tocsin-bench
	.build/peers/python/bin/python -B bench/peers/run.py $(PEERS)

bench-growth: build ## Cost and memory as streams, nodes, producers and skew grow, and a soak; GROWTH=--full for up to 10^8 events, --minutes for less
	@bench/install-packages.sh $(GROWTH_PACKAGES)
	swift build -c release --product tocsin-bench
	bench/growth/growth.py $(GROWTH)

bench-latency: build setup-test ## Time acknowledgements at half load, and with a disk of 100 ms a sync
	@bench/latency.sh .build/release

bench-recovery: build setup-test ## Time restarts after 20 million journalled events (EVENTS=…), and the pauses for snapshots
	@bench/recovery.sh .build/release

bench-quotas: build ## Time a producer beside another that sends far more than its quota
	@bench/quotas.sh .build/release

bench-export: build setup-test ## Time a GeoPackage of a million clusters and 20 million hours beside .backup and ogr2ogr; CLUSTERS=… ROLLUPS=…
	@bench/export.sh .build/release

bench-queries: build setup-test ## Time list, near, top, search, diff and more on such a store, with memory and floors; CLUSTERS=… ROLLUPS=… STORE=folder
	@bench/queries.sh .build/release

bench-readers: build ## Time intake without a reader, with one that asks every second, and with one that asks without a pause; ROUNDS=5
	@bench/readers.sh .build/release

bench-detection: setup ## Simulate nulls and bursts: stated against measured, time to detect, recorded streams and their nulls
	@bench/install-packages.sh $(STUDY_PACKAGES)
	swift build -c release --product tocsin-study
	.build/release/tocsin-study --output $(STUDY_RESULTS) $(STUDY)
	for plot in $(STUDY_RESULTS)/*.svg; do rsvg-convert --zoom 2 "$$plot" --output "$${plot%.svg}.png"; done
	if [ -f bench/detection/streams.py ]; then \
	  swift build -c release --product tocsin; \
	  python3 bench/detection/streams.py --json $(STUDY_RESULTS)/streams.json --markdown $(STUDY_RESULTS)/streams.md $(STREAMS); \
	  python3 bench/detection/streams.py --nulls --weeks report --seeds $(NULL_SEEDS) \
	    --json $(STUDY_RESULTS)/nulls.json --markdown $(STUDY_RESULTS)/nulls.md $(STREAMS); \
	fi

clean: ## Remove what was built
	rm -rf .build
