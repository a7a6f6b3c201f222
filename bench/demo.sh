#!/usr/bin/env bash
# Sends a seeded stream of reports through a real daemon and compares what it finds with what was planted.
# Usage: bench/demo.sh [BUILD_DIR]; BUILD_DIR holds tocsin and tocsin-sample (default .build/release).
# Exit: 0 every planted incident found as clusters and as incidents, 1 some missed, 2 anything else.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-.build/release}
# A relative folder is looked for here first, then in the project.
[[ -d $build ]] || build=$root/$build
tmp=$(mktemp -d)
log=$tmp/serve.log
daemon=

clean_up() {
  if [[ -n $daemon ]]; then
    kill -KILL "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  rm -rf -- "$tmp"
}
trap clean_up EXIT
trap 'exit 2' INT TERM HUP

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[[ -t 1 && -z ${NO_COLOR:-} ]] || step() { printf '\n== %s\n' "$*"; }

fail() {
  printf 'demo: %s\n' "$*" >&2
  if [[ -s $log ]]; then
    printf 'demo: the log of tocsin serve:\n' >&2
    cat -- "$log" >&2
  fi
  exit 2
}

for program in tocsin tocsin-sample; do
  [[ -x $build/$program ]] || fail "$build/$program is missing; build it first: swift build -c release"
done
build=$(cd -- "$build" && pwd)

step "Make a sample stream: 21 days in Porthaven, five incidents planted after 15 quiet ones, from which to learn what is usual"
"$build/tocsin-sample" generate --seed 1 --days 21 --quiet-days 15 --events 40000 --truth "$tmp/truth.json" >"$tmp/sample.ndjson" || fail "tocsin-sample generate failed"
printf '%d events\n' "$(wc -l <"$tmp/sample.ndjson")"

step "Start the aggregator on a free port"
"$build/tocsin" serve --store "$tmp/store" --endpoint 'tcp://127.0.0.1:*' 2>"$log" &
daemon=$!
endpoint=
for ((attempt = 0; attempt < 100; attempt++)); do
  endpoint=$(sed -nE '/message="?listening"?( |$)/s/.*endpoint="?(tcp:\/\/127\.0\.0\.1:[0-9]+)"?( .*)?$/\1/p' "$log" | head -n 1)
  [[ -z $endpoint ]] || break
  kill -0 "$daemon" 2>/dev/null || fail "tocsin serve ended before it listened"
  sleep 0.1
done
[[ -n $endpoint ]] || fail "tocsin serve did not listen within 10 seconds"
printf 'listening at %s\n' "$endpoint"

step "Send the stream; the events that are malformed on purpose are named and the rest is taken"
# Some events are refused, as they are meant to be: that is no failure of the sending.
code=0
"$build/tocsin" send "$tmp/sample.ndjson" --endpoint "$endpoint" || code=$?
((code <= 1)) || fail "tocsin send ended with exit code $code"

step "Stop the aggregator"
kill -TERM "$daemon" 2>/dev/null || true
code=0
wait "$daemon" || code=$?
daemon=
((code == 0)) || fail "tocsin serve ended with exit code $code"

step "What came from each source"
"$build/tocsin" sources --store "$tmp/store" || fail "tocsin sources failed"

step "The incidents: what is unusual (seen), for what was to be expected (usual), and how seldom chance alone brings as much"
code=0
"$build/tocsin" list --store "$tmp/store" || code=$?
((code <= 1)) || fail "tocsin list ended with exit code $code"

step "What was planted and what was found"
code=0
"$build/tocsin" list --format ndjson --limit 100000 --store "$tmp/store" >"$tmp/incidents.ndjson" || code=$?
((code <= 1)) || fail "tocsin list ended with exit code $code"
incidents=0
"$build/tocsin-sample" compare "$tmp/truth.json" <"$tmp/incidents.ndjson" >"$tmp/found.txt" || incidents=$?
cat -- "$tmp/found.txt"
((incidents <= 1)) || fail "tocsin-sample compare ended with exit code $incidents"
# The id of the first incident that was found: the last column of its row.
id=$(awk 'NR > 1 && NF == 0 { exit } NR > 1 && $NF != "missed" { print $NF; exit }' "$tmp/found.txt")

if [[ -n $id ]]; then
  step "Why the first of them is one, up to the least usual of its windows"
  "$build/tocsin" explain "$id" --store "$tmp/store" | sed '/^  2\. /,$d' || fail "tocsin explain failed"
fi

step "The five largest clusters, unusual or not"
"$build/tocsin" top --by clusters --limit 5 --store "$tmp/store" || fail "tocsin top failed"

step "What was planted, and its clusters"
code=0
"$build/tocsin" list --kind cluster --format ndjson --limit 100000 --store "$tmp/store" >"$tmp/clusters.ndjson" || code=$?
((code <= 1)) || fail "tocsin list ended with exit code $code"
verdict=0
"$build/tocsin-sample" compare "$tmp/truth.json" <"$tmp/clusters.ndjson" >"$tmp/comparison.txt" || verdict=$?
cat -- "$tmp/comparison.txt"
((verdict <= 1)) || fail "tocsin-sample compare ended with exit code $verdict"

mkdir -p -- "$root/.build"
rm -rf -- "$root/.build/demo-store"
mv -- "$tmp/store" "$root/.build/demo-store"

step "The store is kept; try next, in $root"
tocsin=${build#"$root"/}/tocsin
cat <<END
  $tocsin list --near 44.25,-68.25 --within 6km --store .build/demo-store
  $tocsin top --keyword "gas smell" --store .build/demo-store
  $tocsin explain ${id:-ID} --store .build/demo-store
  $tocsin list --format geojson --store .build/demo-store
  $tocsin backtest --journal .build/demo-store --profile block
END
exit "$((verdict > incidents ? verdict : incidents))"
