#!/usr/bin/env python3
"""Runs every peer and Tocsin over the same events, one after the other, and writes one table and three pictures.

Usage: run.py [--events N] [--share F] [--rounds N] [--output FOLDER] [--only NAME,…] [--no-pictures]; see `make bench-peers`.
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
import chart  # noqa: E402

BENCH = os.environ.get("TOCSIN_BENCH", str(ROOT / ".build/release/tocsin-bench"))
TIMEOUT = int(os.environ.get("PEER_TIMEOUT", "180"))
HOURS = 6

# Name, script, variant, the most events of it that end within a minute or so, and what Tocsin is to be times as fast, where that is said.
PEERS = [
    ("tocsin-replay", "tocsin.py", "replay", 1_000_000, None),
    ("tocsin-serve", "tocsin.py", "serve", 1_000_000, None),
    ("duckdb", "duckdb_batch.py", "", 1_000_000, 1.2),
    ("duckdb-distinct", "duckdb_batch.py", "distinct", 1_000_000, None),
    ("python", "python_zmq.py", "", 1_000_000, 8),
    ("redis", "redis_geo.py", "", 200_000, None),
    ("redis-search", "redis_geo.py", "search", 100_000, None),
    ("postgis", "postgis.py", "", 200_000, 50),
    ("flink", "flink.py", "", 400_000, 15),
    ("flink-distinct", "flink.py", "distinct", 400_000, None),
    ("dbstream", "river_streams.py", "dbstream", 20_000, None),
    ("denstream", "river_streams.py", "denstream", 200_000, None),
    ("dbscan", "sklearn_dbscan.py", "", 200_000, None),
]
# In this order colours are given, in every picture the same.
NAMES = ["Tocsin", "DuckDB", "Python", "Redis", "PostgreSQL", "river, DBSTREAM", "river, DenStream", "scikit-learn"]
PICTURES = {
    "live": ["tocsin-replay", "duckdb", "python", "redis", "postgis", "dbstream", "denstream", "dbscan"],
    "keywords": ["tocsin-replay", "duckdb", "python", "redis", "dbscan"],
    "producers": ["tocsin-serve", "python", "redis", "postgis"],
}


def run(peer, file, events, folder, producers=1):
    """What a peer's script reports; in place of it why there is nothing."""
    name, script, variant, _, _ = peer
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    command = [sys.executable, "-B", str(HERE / script), str(file), "--events", str(events), "--variant", variant, "--producers",
               str(producers), "--folder", str(work)]
    print(f"{name}: {events} events" + (f", {producers} producers" if producers > 1 else ""), file=sys.stderr)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)
    try:
        output, errors = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        stop(process)
        return {"failure": f"had not ended after {TIMEOUT} s"}
    if process.returncode != 0 or not output.strip():
        last = (errors.strip().splitlines() or ["it said nothing"])[-1]
        return {"failure": f"could not be run: {last}"}
    return json.loads(output.strip().splitlines()[-1])


def stop(process):
    """Ends a script and the servers that it has started: it is asked to, and ended with its whole group where it does not."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def median_of(results):
    """Of several runs the one with the median CPU, with the spread of them all; of an even number the dearer of the two in the middle."""
    whole = sorted((result for result in results if "failure" not in result), key=cost)
    if len(whole) < len(results) or not whole:
        return next(result for result in results if "failure" in result)
    return whole[len(whole) // 2] | {"least_nanoseconds": cost(whole[0]), "most_nanoseconds": cost(whole[-1])}


def cost(result):
    return result["cpu_seconds"] / result["events"] * 1e9


def stream(path, events, *more):
    subprocess.run([BENCH, "--write", str(path), "--events", str(events), "--hours", str(HOURS), *more], check=True)
    return path


def path_stage(events, folder):
    """The same events through a socket inside of `tocsin-bench`: what the daemon's threads have used, without a start or an end."""
    print(f"tocsin-bench --only path: {events} events", file=sys.stderr)
    done = subprocess.run(
        [BENCH, "--json", "--only", "path", "--rounds", "1", "--events", str(events), "--hours", str(HOURS), "--folder", str(folder)],
        capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        return {"failure": done.stderr.strip().splitlines()[-1]}
    figures = {(figure["stage"], figure["measure"]): figure["value"] for figure in json.loads(done.stdout)["figures"]}
    return {"nanoseconds": figures["path", "CPU"], "rate": figures["path", "rate"]}


def median_path(paths):
    """The medians of several runs of the path."""
    failure = next((path for path in paths if "failure" in path), None)
    return failure or {name: statistics.median(path[name] for path in paths) for name in ("nanoseconds", "rate")}


def table(results, path, events):
    ours = results["tocsin-replay"]
    rows = ["| peer | events | events/s | CPU ns/event | of it the client's | memory MiB | × Tocsin `replay` | × Tocsin's path | wanted "
            "| it does | it does not |", "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---|"]
    if "nanoseconds" in path:
        rows.append(f"| Tocsin, `tocsin-bench --only path` | {events:,} | {path['rate']:,.0f} | {path['nanoseconds']:,.0f} | | | | 1 | | "
                    "the same as `serve`, without its start and what it writes after the last ACK | |")
    for name, _, _, _, wanted in PEERS:
        result = results.get(name)
        if result is None:
            continue
        if "failure" in result:
            rows.append(f"| **{name}** | | | | | | | | {wanted or ''} | **NOT MEASURED**: {result['failure']} | |")
            continue
        nanoseconds = cost(result)
        ratios = []
        for own in (cost(ours) if "failure" not in ours else None, path.get("nanoseconds")):
            is_own = name.startswith("tocsin") or own is None
            ratios.append("" if is_own else f"{nanoseconds / own:.2f}")
        client = result["client_cpu_seconds"] / result["events"] * 1e9
        target = "" if wanted is None else f"≥ {wanted}: " + ", ".join(
            f"{'met' if float(ratio) >= wanted else '**missed**'} by {who}" for ratio, who in zip(ratios, ("`replay`", "the path")) if ratio)
        spread = [result.get(name, nanoseconds) for name in ("least_nanoseconds", "most_nanoseconds")]
        told = f"{nanoseconds:,.0f}" + (f" ({spread[0]:,.0f}–{spread[1]:,.0f})" if spread[0] < spread[1] else "")
        rows.append(
            f"| {result['peer']} {result['version']} | {result['events']:,} | {result['events'] / result['wall_seconds']:,.0f} | "
            f"{told} | {f'{client:,.0f}' if client else ''} | {result['memory_bytes'] / 2**20:,.0f} | {ratios[0]} | {ratios[1]} | "
            f"{target} | {result['does']} | {result['lacks']} |")
    return "\n".join(rows)


def pictures(arguments, selected, file, events, folder, results):
    by_name = {peer[0]: peer for peer in PEERS}
    series = {"live": {}, "keywords": {}, "producers": {}}

    def add(kind, name, x, result):
        if "failure" not in result:
            series[kind].setdefault(result["peer"], []).append((x, cost(result)))

    for name in [name for name in PICTURES["live"] if name in selected]:
        most = min(int(by_name[name][3] * arguments.share), events)
        for count in [count for count in (events // 100, events // 30, events // 10) if count < most] + [most]:
            is_done = name in results and results[name].get("events") == count
            add("live", name, count, results[name] if is_done else run(by_name[name], file, count, folder))
    count = max(1, events // 10)
    for keywords in (10, 100, 1_000, 10_000):
        other = stream(folder / "keywords.ndjson", count, "--keywords", str(keywords))
        for name in [name for name in PICTURES["keywords"] if name in selected]:
            add("keywords", name, keywords, run(by_name[name], other, count, folder))
        other.unlink()
    for producers in (1, 4, 16, 64):
        for name in [name for name in PICTURES["producers"] if name in selected]:
            add("producers", name, producers, run(by_name[name], file, count, folder, producers))
    titles = {
        "live": ("Cost against live events", "events that are held, each peer up to what it does in a minute"),
        "keywords": (f"Cost against keywords, {count:,} events", "distinct keywords"),
        "producers": (f"Cost against producers, {count:,} events", "producers at once"),
    }
    for kind, lines in series.items():
        if lines:
            title, x_name = titles[kind]
            chart.write(
                arguments.output / f"peers-{kind}", chart.lines(title, x_name, "CPU ns an event, without who sends", lines, NAMES))
    return series


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--share", type=float, default=1, help="of the events of each peer, such as 0.1 to try it")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each, by turns, of which the median is told")
    parser.add_argument("--only", help="names of peers, by commas")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "bench/results")
    parser.add_argument("--no-pictures", action="store_true")
    arguments = parser.parse_args()
    selected = arguments.only.split(",") if arguments.only else [peer[0] for peer in PEERS]
    if "tocsin-replay" not in selected:
        selected.insert(0, "tocsin-replay")
    events = int(arguments.events * arguments.share)
    arguments.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / ".build", prefix="peers-") as name:
        folder = pathlib.Path(name)
        file = stream(folder / "events.ndjson", events)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        load = os.getloadavg()
        runs, paths = {peer[0]: [] for peer in PEERS if peer[0] in selected}, []
        for _ in range(max(1, arguments.rounds)):
            for peer in PEERS:
                if peer[0] in selected:
                    runs[peer[0]].append(run(peer, file, min(events, int(peer[3] * arguments.share)), folder))
            paths.append(path_stage(events, folder))
        results, path = {name: median_of(each) for name, each in runs.items()}, median_path(paths)
        drawn = {} if arguments.no_pictures else pictures(arguments, selected, file, events, folder, results)
    text = f"""# Peers: the same events, what users would pick instead

{events:,} events over {HOURS} hours, or the first of them where a peer would take longer: `tocsin-bench --write`, seed 20150127, sha256
`{digest}`. {os.cpu_count()} cores ({platform.machine()}), Linux {platform.release()}, Python {platform.python_version()},
{datetime.date.today()}; load averages at the beginning {", ".join(f"{value:.1f}" for value in load)}. {"One run of each" if arguments.rounds < 2 else
    f"{arguments.rounds} runs of each, by turns; the one with the median CPU is told, and the least and the most"} (`make bench-peers`).

CPU is that of who receives and keeps: the server and, where the tool has one, the client that reads JSON for it; not who sends. Starts of
servers and of the JVM are not counted; of the processes of Tocsin they are. Memory is the most that was resident, of PostgreSQL what its
processes share once. × is how many times the CPU of Tocsin an event takes.

{table(results, path, events)}
"""
    if drawn:
        text += "\n" + "\n".join(f"![{kind}](peers-{kind}.svg)" for kind, lines in drawn.items() if lines) + "\n"
    (arguments.output / "peers.md").write_text(text)
    (arguments.output / "peers.json").write_text(
        json.dumps({"events": events, "hours": HOURS, "sha256": digest, "path": path, "peers": results, "pictures": drawn}, indent=1) + "\n")
    print(text)
    failures = [name for name, result in results.items() if "failure" in result]
    if failures:
        print(f"NOT MEASURED: {', '.join(failures)}", file=sys.stderr)
    if not failures or set(failures) != set(results):
        return
    sys.exit(1)


if __name__ == "__main__":
    main()
