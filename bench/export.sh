#!/usr/bin/env bash
# How long `tocsin export --format gpkg` takes beside `sqlite3 .backup` and an ogr2ogr of the same features, and how much memory: a
# generated store of CLUSTERS clusters and ROLLUPS hourly roll-ups (a million and twenty million), or STORE=folder. ROUNDS of each, in turn.
set -euo pipefail
build=${1:-.build/release}
bench=$(dirname "$0")
clusters=${CLUSTERS:-1000000}
rollups=${ROLLUPS:-20000000}
rounds=${ROUNDS:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
store=${STORE:-$folder/store}
[ -n "${STORE:-}" ] || python3 -B "$bench/store.py" "$store" --tocsin "$build/tocsin" --clusters "$clusters" --rollups "$rollups"
ls -l "$store/summaries.sqlite" | awk '{ printf "store: %.0f MiB\n", $5 / 1048576 }'

# What is measured: seconds, those of them on a processor (which others on the machine do not change), and the largest resident set.
timed() {
  local what=$1
  shift
  /usr/bin/env python3 -B - "$what" "$@" << 'PYTHON'
import os, resource, subprocess, sys, time
begin = time.monotonic()
code = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
seconds = time.monotonic() - begin
if code.returncode:
    sys.exit(f"{sys.argv[2]}: exit code {code.returncode}: {code.stderr.decode()[-500:]}")
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{sys.argv[1]}: {seconds:.2f} s, CPU {used.ru_utime + used.ru_stime:.2f} s, {used.ru_maxrss / 1024:.0f} MiB", flush=True)
PYTHON
}

time_text() { printf "strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', %s / 1e6, 'unixepoch') AS %s" "$1" "$2"; }
significance="c.observed, c.expected, c.ri, c.ri_local, c.ri_robust"
box="c.latitude, c.longitude, c.west, c.south, c.east, c.north"
span="$(time_text c.opened_at opened_at), $(time_text c.last_report_at last_report_at), c.state"
window="BuildMbr(w.west, w.south, w.east, w.north, 4326) AS geom"
# The columns and the geometries that the export has of the same rows; cells are more than 32 bits, which a sum tells GDAL.
ogr() {
  local layer=$1 geometry=$2 sql=$3 update=()
  [ -f "$folder/ogr.gpkg" ] && update=(-update)
  timed "  ogr2ogr $layer" ogr2ogr -q -f GPKG "${update[@]}" "$folder/ogr.gpkg" "$folder/backup.sqlite" -nln "$layer" -gt unlimited \
    $geometry -sql "$sql"
}
area="-nlt MULTIPOLYGON -a_srs EPSG:4326"
point="-nlt POINT -a_srs EPSG:4326"

peer() {
  rm -f "$folder"/backup.sqlite* "$folder"/ogr.gpkg*
  timed "  sqlite3 .backup" sqlite3 "$store/summaries.sqlite" ".backup $folder/backup.sqlite"
  ogr incidents "$area" "SELECT c.id, k.text AS keywords, $span, $box, c.report_count, $significance, c.episode_count,
    $(time_text c.alerted_at alerted_at), $(time_text c.first_seen_at first_seen_at), $(time_text c.last_seen_at last_seen_at), $window
    FROM incident c LEFT JOIN episode_window w ON w.episode = c.best AND w.rank = 0
    JOIN incident_keyword i ON i.incident = c.id JOIN keyword k ON k.number = i.keyword"
  ogr episodes "$area" "SELECT c.id, k.text AS keywords, $span, $box, c.report_count, c.witness_count, $significance, c.incident,
    $(time_text c.alerted_at alerted_at), $(time_text c.first_seen_at first_seen_at), $(time_text c.last_seen_at last_seen_at), $window
    FROM episode c LEFT JOIN episode_window w ON w.episode = c.id AND w.rank = 0 JOIN keyword k ON k.number = c.keyword"
  ogr episode_cells "$area" "SELECT e.episode, k.text AS keywords, e.cell + 0 AS cell, e.observed, e.expected,
    e.observed / e.expected AS ratio, BuildMbr(e.west, e.south, e.east, e.north, 4326) AS geom
    FROM episode c JOIN keyword k ON k.number = c.keyword JOIN episode_cell e ON e.episode = c.id"
  ogr clusters "$point" "SELECT c.id, k.text AS keywords, $span, $box, c.report_count, c.witness_count, c.source_count,
    $significance, c.near_duplicate_count, c.episode, MakePoint(c.longitude, c.latitude, 4326) AS geom
    FROM cluster c CROSS JOIN keyword k ON k.number = c.keyword"
  ogr samples "$point" "SELECT s.cluster AS summary, k.text AS keywords, s.source, s.report_id, $(time_text s.reported_at reported_at),
    s.text, s.near_duplicate_count, s.journal_position + 0 AS journal_position, c.latitude, c.longitude,
    MakePoint(c.longitude, c.latitude, 4326) AS geom
    FROM cluster c CROSS JOIN keyword k ON k.number = c.keyword CROSS JOIN cluster_sample s ON s.cluster = c.id"
  ogr rollups "" "SELECT k.text AS keyword, strftime('%Y-%m-%dT%H:00:00.000Z', r.hour * 3600, 'unixepoch') AS starts_at,
    r.cell + 0 AS cell, r.report_count, r.witness_count FROM rollup_hourly r CROSS JOIN keyword k ON k.number = r.keyword"
}

for ((round = 1; round <= rounds; round++)); do
  echo "round $round"
  rm -f "$folder/ours.gpkg"
  timed "  tocsin export" "$build/tocsin" export --store "$store" --output "$folder/ours.gpkg" --all
  peer | tee "$folder/peer"
  awk -F'[:,] *' '{ sum += $2; sub("CPU ", "", $3); cpu += $3 } END { printf "  .backup and ogr2ogr: %.2f s, CPU %.2f s\n", sum, cpu }' \
    "$folder/peer"
done
ls -l "$folder/ours.gpkg" "$folder/ogr.gpkg" | awk '{ printf "%s: %.0f MiB\n", $NF, $5 / 1048576 }' | sed "s|$folder/||"
for kind in cluster rollup; do
  timed "tocsin export --format csv --kind $kind" "$build/tocsin" export --store "$store" --kind $kind --output "$folder/$kind.csv"
  rm -f "$folder/$kind.csv"
done
