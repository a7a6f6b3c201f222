#!/usr/bin/env bash
# How long a restart takes after EVENTS journalled events (a stop, and a kill -9 in the middle of the stream), and how long the stream
# stood still for each snapshot. The floor beside it: reading the journal's tail and the snapshot with cat.
set -euo pipefail
build=${1:-.build/release}
events=${EVENTS:-20000000}
days=${DAYS:-60}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

start() { # opens the store and closes it again
  local before after
  before=$(date +%s.%N)
  "$build/tocsin" replay /dev/null --store "$folder/store" 2> "$folder/log" || true
  after=$(date +%s.%N)
  grep -E 'recovered|cannot be used' "$folder/log" || true
  awk -v a="$before" -v b="$after" -v what="$1" 'BEGIN { printf "%s: %.2f s\n", what, b - a }'
}

mkfifo "$folder/stream"
python3 "$(dirname "$0")/stream.py" --days "$days" --events "$events" > "$folder/stream" 2> /dev/null &
"$build/tocsin" replay "$folder/stream" --store "$folder/store" --timings 2> "$folder/first" &
replay=$!
# Killed once, with most of the stream told: what a loss of power would leave.
while kill -0 $replay 2> /dev/null; do
  bytes=$(du -sb "$folder/store/journal" 2> /dev/null | cut -f1 || echo 0)
  if [ "${bytes:-0}" -gt $((events * 85)) ]; then kill -9 $replay; break; fi
  sleep 0.2
done
wait $replay 2> /dev/null || true
wait 2> /dev/null || true
start "restart after a kill -9"
# The rest of it, from where the journal ends.
count=$("$build/tocsin" sources --store "$folder/store" --format csv |
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "received") column = i } NR > 1 { sum += $column } END { print sum }')
python3 "$(dirname "$0")/stream.py" --days "$days" --events "$events" --skip "$count" |
  "$build/tocsin" replay - --store "$folder/store" --timings 2>> "$folder/first"
grep -E 'received|CPU an event|events/s' "$folder/first" || true
start "restart after a stop"
echo "journal: $(du -sh "$folder/store/journal" | cut -f1), snapshots: $(du -sh "$folder/store/snapshots" | cut -f1)"
newest=$(ls "$folder/store/snapshots" | tail -1)
/usr/bin/time -f "floor, cat of the newest snapshot: %e s" cat "$folder/store/snapshots/$newest" > /dev/null
grep -o 'pauseMilliseconds=[0-9]*' "$folder/first" | cut -d= -f2 | sort -n |
  awk '{ pause[NR] = $1 } END { if (NR) printf "%d snapshots; the stream stood still for %d ms (median), %d ms at most\n", NR, pause[int((NR + 1) / 2)], pause[NR] }'
