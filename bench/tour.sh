#!/usr/bin/env bash
# Writes docs/tour.md: what bench/tour.md.in says, with what today's program answers in the place of each command.
# Usage: DATA=FOLDER bench/tour.sh [BUILD_DIR [OUTPUT]]; BUILD_DIR holds tocsin (default .build/release), DATA the recorded streams of
# Boston and PG&E in events/ (default ../shared/data beside the project). Without them it says so, and what is written stays.
#
# In the template a line that begins with
#   "$ "     is a command: it is run and told, with all that it prints
#   "$12 "   is one of which the first 12 lines are told, and how many there are more
#   "% NAME "  is a command that is not told: what it prints replaces {NAME} from there on
# Commands run in a folder of their own, on a terminal of 120 columns, with DATA set. What they say on standard error comes last. One
# that ends with more than 1 ends this.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-.build/release}
# A relative folder is looked for here first, then in the project.
[[ -d $build ]] || build=$root/$build
output=${2:-$root/docs/tour.md}
export DATA=${DATA:-$root/../shared/data}

fail() {
  printf 'tour: %s\n' "$*" >&2
  exit 2
}

for stream in boston311_2015 pge_outages_2019H2; do
  if [[ ! -f $DATA/events/$stream.ndjson.gz ]]; then
    printf 'SKIPPED: NO REAL STREAM AT %s (say where with DATA=FOLDER); %s stays as it is\n' \
      "$DATA/events/$stream.ndjson.gz" "${output#"$root"/}" >&2
    exit 0
  fi
done
[[ -x $build/tocsin ]] || fail "$build/tocsin is missing; build it first: swift build -c release --product tocsin"
build=$(cd -- "$build" && pwd)
DATA=$(cd -- "$DATA" && pwd)
export PATH=$build:$PATH
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT
mkdir -- "$tmp/folder"

# Nothing of whoever runs this shows: neither their settings nor their name.
export NO_COLOR=1 TERM=xterm TOCSIN_PAGER= TOCSIN_ANALYST=analyst HOME=$tmp XDG_DATA_HOME=$tmp LC_ALL=C.UTF-8

# Runs $1 on a terminal, standard error last.
run() {
  local code=0
  (cd -- "$tmp/folder" && python3 -B "$root/Tests/Terminal/terminal.py" 40 120 "" "" -- \
    bash -o pipefail -c 'eval "$1" 2>"$2"; code=$?; cat -- "$2"; exit "$code"' tour "$1" "$tmp/errors") >"$tmp/output" || code=$?
  if ((code > 1)); then
    cat -- "$tmp/output" >&2
    fail "exit code $code of: $1"
  fi
}

declare -A values=()
filled() {
  local text=$1 name
  for name in "${!values[@]}"; do text=${text//"{$name}"/${values[$name]}}; done
  printf '%s' "$text"
}

told() {
  local command=$1 limit=$2 count
  run "$command"
  count=$(wc -l <"$tmp/output")
  printf '```console\n$ %s\n' "$command"
  # Blanks at the end of a line, where a table's last column is empty, are seen by nobody.
  if ((count > limit)); then
    head -n "$limit" "$tmp/output" | sed 's/ *$//'
    printf '… and %d lines more\n' $((count - limit))
  else
    sed 's/ *$//' "$tmp/output"
  fi
  printf '```\n'
}

while IFS= read -r line; do
  if [[ $line =~ ^\$([0-9]*)' '(.+)$ ]]; then
    limit=${BASH_REMATCH[1]:-1000000}
    told "$(filled "${BASH_REMATCH[2]}")" "$limit"
  elif [[ $line =~ ^%' '([A-Z]+)' '(.+)$ ]]; then
    name=${BASH_REMATCH[1]}
    run "$(filled "${BASH_REMATCH[2]}")"
    [[ -s $tmp/output ]] || fail "nothing for {$name}: ${BASH_REMATCH[2]}"
    values[$name]=$(tr -d '\r' <"$tmp/output")
  else
    filled "$line"
    printf '\n'
  fi
done <"$root/bench/tour.md.in" >"$tmp/tour.md"
mv -- "$tmp/tour.md" "$output"
printf 'written: %s\n' "${output#"$root"/}" >&2
