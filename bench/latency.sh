#!/usr/bin/env bash
# How long a producer waits for its acknowledgements at half load: half of what the same machine takes when a producer sends as fast
# as it can, to a store that has learned for 20 days. Then the same with a disk that takes 100 ms a sync, and the memory that both cost. The floor beside it: a sync of the disk.
# The argument is the folder of the executables.
set -euo pipefail
binaries=$(cd "$1" && pwd)
bench=$(cd "$(dirname "$0")" && pwd)
events=${EVENTS:-1000000}
batch=${BATCH:-64}
folder=$(mktemp -d)
daemon=""
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"

cc -shared -fPIC -O1 -o slow_machine.so "$bench/../Tests/SlowMachine/slow_machine.c" -ldl
export SLOW_SYNC=$folder/slow-sync SLOW_ENGINE=$folder/slow-engine
echo 0 > slow-sync
python3 "$bench/stream.py" --days 40 --events $((2 * events)) > all.ndjson 2> /dev/null
head -n "$events" all.ndjson > past.ndjson
tail -n "$events" all.ndjson > stream.ndjson
"$binaries/tocsin" replay past.ndjson --store learned > /dev/null 2>&1

serve() { # STORE [LIBRARY that makes the machine slow]
  cp -r learned "$1"
  sync # what was copied is not to be waited for
  rm -f serve.log
  LD_PRELOAD=${2:-} "$binaries/tocsin" serve --store "$1" --endpoint 'tcp://127.0.0.1:*' 2> serve.log &
  daemon=$!
  until grep -q message=listening serve.log; do sleep 0.1; done
  endpoint=$(sed -n 's/.*endpoint=\([^ ]*\).*/\1/p' serve.log)
}
stop() { kill "$daemon"; wait "$daemon"; daemon=""; }
peak() { awk '/VmHWM/ { printf "%d MiB", $2 / 1024 }' "/proc/$daemon/status"; }
send() { "$binaries/tocsin" send "$@" --to "$endpoint" --batch "$batch" --timings --timeout 120 2>&1 | tail -1; }

serve full
start=$(date +%s%N)
echo "as fast as it goes, batches of $batch: $(send stream.ndjson)"
end=$(date +%s%N)
rate=$((events * 1000000000 / (end - start)))
echo "  $rate events/s; memory $(peak)"
stop

serve half
head -n $((rate * 10 < events ? rate * 10 : events)) stream.ndjson > part.ndjson
echo "at half of that: $(send part.ndjson --rate $((rate / 2)))"
stop

serve slow "$folder/slow_machine.so"
echo 100 > slow-sync
start=$(date +%s%N)
echo "as fast as it goes, 100 ms a sync: $(send part.ndjson)"
end=$(date +%s%N)
echo "  $(($(wc -l < part.ndjson) * 1000000000 / (end - start))) events/s; memory $(peak)"
echo 0 > slow-sync
stop

python3 - <<'P'
import os, time
f = os.open("floor", os.O_CREAT | os.O_WRONLY)
times = []
for _ in range(500):
    os.write(f, b"x" * 16384)
    t = time.perf_counter(); os.fdatasync(f); times.append(time.perf_counter() - t)
times.sort()
print(f"floor, a sync of 16 KiB: p50 {times[250]*1e3:.2f} ms, p99 {times[495]*1e3:.2f} ms")
P
