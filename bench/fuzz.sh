#!/bin/bash
# Runs the fuzzers one after the other, each FUZZ_SECONDS long, and says what came of each.
#
#   bench/fuzz.sh                 all of them, from the seeds and the corpora that are committed
#   bench/fuzz.sh --merge         gives what the runs have found into the corpora, as little of it as covers as much
#
# What breaks one is kept beside its corpus in SCRATCH/NAME/crash-*; put it into Tests/FuzzTests/Corpus/NAME once it is mended.
set -eu -o pipefail

scratch=${FUZZ_SCRATCH:-.build/fuzz}
seconds=${FUZZ_SECONDS:-600}
targets=${FUZZ_TARGETS:-decode wire journal configuration snapshot}
corpora=Tests/FuzzTests/Corpus
# Bytes that one corpus may have in the repository.
corpus_bytes=98304
export SWIFT_BACKTRACE=enable=no

limits=(-max_len=8192 -rss_limit_mb=3000 -timeout=25)
program=$scratch/release/tocsin-fuzz

build() {
  TOCSIN_FUZZ=1 swift build -c release --product tocsin-fuzz --scratch-path "$scratch" -Xswiftc -sanitize=fuzzer,address \
    -Xswiftc -use-ld=lld -Xcc -fsanitize=fuzzer-no-link,address -Xcxx -fsanitize=fuzzer-no-link,address
}

run() {
  local folder=$scratch/corpora/$1
  mkdir -p "$folder/found" "$folder/seeds"
  "$program" --name="$1" seeds "$folder/seeds"
  local log=$folder/log
  if ! "$program" --name="$1" "$folder/found" "$folder/seeds" "$corpora/$1" "${limits[@]}" -artifact_prefix="$folder/" \
    -max_total_time="$seconds" -print_final_stats=1 >"$log" 2>&1; then
    grep -a -m 3 -E "Fatal error|ERROR:|SUMMARY:" "$log" || tail -20 "$log"
    echo "$1: broken by $(ls -t "$folder"/{crash,timeout,oom,leak}-* 2>/dev/null | head -1); see $log"
    return 1
  fi
  local count coverage
  count=$(grep -a -oE "number_of_executed_units: *[0-9]+" "$log" | grep -oE "[0-9]+$")
  coverage=$(grep -a -oE "cov: [0-9]+ ft: [0-9]+ corp: [0-9]+" "$log" | tail -1)
  echo "$1: $count executions in $seconds s, $coverage, nothing broken"
}

# Only what reaches an edge that no other does, the smallest files first until the room is used; regressions have names and stay.
merge() {
  local folder=$scratch/corpora/$1 small total=0
  small=$(mktemp -d)
  "$program" --name="$1" -merge=1 -use_counters=0 "${limits[@]}" "$small" "$corpora/$1" "$folder/found" >/dev/null 2>&1
  rm -f "$corpora/$1"/[0-9a-f]*[0-9a-f]
  while read -r size file; do
    total=$((total + size))
    if [ "$total" -gt "$corpus_bytes" ]; then break; fi
    cp "$file" "$corpora/$1/"
  done < <(find "$small" -type f -printf '%s %p\n' | sort -n)
  rm -r "$small"
  echo "$1: $(find "$corpora/$1" -type f | wc -l) files"
}

build
failed=0
for target in $targets; do
  if [ "${1:-}" = --merge ]; then merge "$target"; else run "$target" || failed=1; fi
done
exit "$failed"
