#!/usr/bin/env bash
# How long the analyst's queries take on a large store, and how much memory: a generated store of CLUSTERS clusters and ROLLUPS hourly
# roll-ups (a million and twenty million), or STORE=folder; RUNS of each query (40) with seeded arguments, after one that is not counted.
# The report goes to OUTPUT (bench/results/queries.md is one), standard output where none is named. `bench/queries.py` says what is asked.
set -euo pipefail
build=${1:-.build/release}
bench=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
store=${STORE:-$folder/store}
[ -n "${STORE:-}" ] || python3 -B "$bench/store.py" "$store" --tocsin "$build/tocsin" --clusters "${CLUSTERS:-1000000}" \
  --rollups "${ROLLUPS:-20000000}"
python3 -B "$bench/queries.py" "$store" --tocsin "$build/tocsin" --runs "${RUNS:-40}" ${ONLY:+--only "$ONLY"} > "${OUTPUT:-/dev/stdout}"
