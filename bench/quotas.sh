#!/usr/bin/env bash
# How long a producer's reports take alone, and beside one that sends ten times its quota and more. The argument is the folder of
# the executables.
set -euo pipefail
binaries=$(cd "$1" && pwd)
quota=${QUOTA:-5000}
folder=$(mktemp -d)
daemon=""
flood=""
trap '[ -z "$flood" ] || kill "$flood" 2>/dev/null || true; [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"

server=$("$binaries/tocsin" keygen server.key)
for name in polite flood; do
  key=$("$binaries/tocsin" keygen $name.key)
  printf '[[producer]]\nname = "%s"\npublicKeys = ["%s"]\nsourcePrefixes = ["%s/"]\n' $name "$key" $name
  [ $name = polite ] || echo "eventsPerSecond = $quota"
done > producers
{ printf 'version = 1\n[security]\nsecretKeyFile = "%s/server.key"\n' "$folder"; cat producers; } > tocsin.toml

# NAME COUNT FIRST: so many events with ids from FIRST on.
events() {
  awk -v name="$1" -v count="$2" -v first="$3" 'BEGIN { for (i = 0; i < count; i++) printf \
    "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"%s/1\",\"id\":\"%d\",\"time\":\"2015-02-10T%02d:%02d:00Z\",\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[-71.%04d,42.%04d]},\"keywords\":[\"word %d\"]}}\n", \
    name, first + i, i / 60 % 24, i % 60, i * 7 % 10000, i * 13 % 10000, i % 40 }'
}
events flood 400000 0 > flood.ndjson

"$binaries/tocsin" serve --store store --config tocsin.toml --endpoint 'tcp://127.0.0.1:*' 2> serve.log &
daemon=$!
until grep -q message=listening serve.log; do sleep 0.1; done
endpoint=$(sed -n 's/.*endpoint=\([^ ]*\).*/\1/p' serve.log)

# Milliseconds for 40 sendings of 64 events each, one after the other, each acknowledged.
round=0
polite() {
  local start end
  start=$(date +%s%N)
  for _ in $(seq 40); do
    events polite 64 $((round * 64)) > polite.ndjson
    round=$((round + 1))
    "$binaries/tocsin" send polite.ndjson --name polite --key polite.key --server-key "$server" --endpoint "$endpoint" > /dev/null 2>&1
  done
  end=$(date +%s%N)
  echo $(((end - start) / 1000000))
}

polite > /dev/null
alone=$(polite)
"$binaries/tocsin" send flood.ndjson --name flood --key flood.key --server-key "$server" --endpoint "$endpoint" > flood.log 2>&1 &
flood=$!
sleep 1
beside=$(polite)
kill $flood; wait $flood || true; flood=""
kill $daemon; wait $daemon || true; daemon=""
echo "quota of the flood: $quota events/s; it is told to wait $("$binaries/tocsin" sources --refused --store store --format csv | sed -n 's/^over-quota,\([0-9]*\),.*/\1/p') times"
echo "40 sendings of 64 events: alone $alone ms, beside the flood $beside ms, $((beside * 100 / alone)) %"
"$binaries/tocsin" sources --producers --store store | awk 'NR == 1 || /flood/'
