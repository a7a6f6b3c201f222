#!/usr/bin/env bash
# Nanoseconds of processor time an event of each stage, over a seeded stream; FILE=path.ndjson for a stream of your own.
set -euo pipefail
build=${1:-.build/release}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
file=${FILE:-$folder/sample.ndjson}
[ -n "${FILE:-}" ] || "$build/tocsin-sample" generate --seed 1 --days 30 --events 1000000 > "$file"
for round in 1 2 3; do
  echo "round $round"
  "$build/tocsin" replay "$file" --store "$folder/store-$round" --timings 2>&1 | grep -vE ':[0-9]+: '
done
