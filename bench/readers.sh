#!/usr/bin/env bash
# What an analyst's queries cost a daemon that takes reports as fast as it can: the same EVENTS of a seeded stream are sent to a copy of the
# same store in turn without a reader, with one that asks a question every second, and with one that asks without a pause. ROUNDS of each;
# middle seconds, and how many questions were answered, refused, or told of a locked database. `list`, `near`, `search`, `diff` in turn.
# On two cores a reader without a pause takes processor time that the daemon wants: what it costs beyond that is what the lock costs.
set -euo pipefail
binaries=$(cd "${1:-.build/release}" && pwd)
events=${EVENTS:-500000}
rounds=${ROUNDS:-5}
folder=$(mktemp -d)
daemon=""
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"

# A store that has learned for a while, so that there is something to read; the rest of the stream is sent.
"$binaries/tocsin-sample" generate --seed 1 --days 60 --quiet-days 20 --events $((2 * events)) > all.ndjson
head -n "$events" all.ndjson > past.ndjson
tail -n +$((events + 1)) all.ndjson > stream.ndjson
"$binaries/tocsin" replay past.ndjson --store learned > replay.log 2>&1 || { tail -3 replay.log; exit 1; }
since=$(head -n $((events * 9 / 10)) past.ndjson | tail -1 | grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}' | head -1)Z

ask() { # PAUSE in seconds, 0 for none
  local number=0
  while true; do
    case $((number % 5)) in
      0) set -- "$1" list --limit 50 ;;
      1) set -- "$1" near 42.35,-71.06 --within 5km --kind cluster ;;
      2) set -- "$1" search "report*" --limit 50 ;;
      3) set -- "$1" diff --since "$since" --limit 50 ;;
      4) set -- "$1" list --kind cluster --limit 50 ;;
    esac
    code=0
    "$binaries/tocsin" "${@:2}" --store store > /dev/null 2> answer || code=$?
    echo "$code $(tr '\n' ' ' < answer)" >> answers
    number=$((number + 1))
    [ "$1" = 0 ] || sleep "$1"
  done
}

round() { # NAME [PAUSE]
  rm -rf store answers
  cp -r learned store
  touch answers
  sync # what was copied is not to be waited for
  "$binaries/tocsin" serve --store store --endpoint 'tcp://127.0.0.1:*' 2> serve.log &
  daemon=$!
  until grep -q message=listening serve.log; do sleep 0.1; done
  endpoint=$(sed -n 's/.*endpoint=\([^ ]*\).*/\1/p' serve.log)
  local reader=""
  if [ -n "${2:-}" ]; then
    ask "$2" &
    reader=$!
  fi
  local start end cpu
  start=$(date +%s%N)
  "$binaries/tocsin" send stream.ndjson --to "$endpoint" --timeout 600 > send.log 2>&1 || { tail -3 send.log; exit 1; }
  end=$(date +%s%N)
  cpu=$(awk -v hertz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hertz }' "/proc/$daemon/stat")
  if [ -n "$reader" ]; then
    kill "$reader"
    wait "$reader" 2> /dev/null || true
  fi
  kill "$daemon"
  wait "$daemon"
  daemon=""
  awk -v name="$1" -v seconds="$(((end - start) / 1000000))" -v cpu="$cpu" '
    { asked += 1; failed += $1 > 1; locked += /database is locked|busy/ }
    END { printf "%s %.3f %.2f %d %d %d\n", name, seconds / 1000, cpu, asked, failed, locked }' answers | tee -a rounds
}

echo "reader, seconds, the daemon's seconds on a processor, questions, failed, locked"
for ((number = 0; number < rounds; number++)); do
  # In turn forwards and backwards, so that a machine that becomes slower favours none.
  if ((number % 2)); then
    round back-to-back 0; round every-second 1; round none
  else
    round none; round every-second 1; round back-to-back 0
  fi
done
python3 -B - << 'PYTHON'
import statistics
rows = [line.split() for line in open("rounds")]
middle = {name: statistics.median(float(row[1]) for row in rows if row[0] == name) for name in ("none", "every-second", "back-to-back")}
cpu = {name: statistics.median(float(row[2]) for row in rows if row[0] == name) for name in middle}
for name, seconds in middle.items():
    asked, failed, locked = (sum(int(row[column]) for row in rows if row[0] == name) for column in (3, 4, 5))
    print(f"{name}: {seconds:.2f} s ({100 * seconds / middle['none'] - 100:+.1f} %), daemon {cpu[name]:.2f} s on a processor, "
          f"{asked} questions, {failed} failed, {locked} told of a lock")
PYTHON
