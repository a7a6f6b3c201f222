#!/usr/bin/env python3
"""What an event costs, and what is held, as the stream, the live nodes, the producers and the skew grow; and a soak in compressed time.

Usage: growth.py [--events N] [--nodes N] [--soak-windows N] [--share F] [--output FOLDER] [--only AXIS,…]; see `make bench-growth`.

But for the nodes it is the executable as it is: `tocsin-bench --write - | tocsin replay -`, and `tocsin serve` with `tocsin send`. No
stream is held anywhere: it is made as it is read. Processor time and memory are those of `replay` or `serve` alone.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "peers")]
import chart  # noqa: E402
import measure  # noqa: E402

TOCSIN = os.environ.get("TOCSIN_BINARY", str(ROOT / ".build/release/tocsin"))
BENCH = os.environ.get("TOCSIN_BENCH", str(ROOT / ".build/release/tocsin-bench"))
# Events an hour of event time, wherever that is not what grows.
RATE = 1_000_000 / 6
FLAT = 1.5
# What a window of deduplication is by default, in hours, and how many events an hour the soak has, of how many keywords: so few that each
# has been told of everywhere within a window. What comes up for the first time later is new to the baselines, and takes memory.
WINDOW_HOURS = 168
SOAK_RATE = 2_000
SOAK_KEYWORDS = 20
AXES = ["events", "rate", "nodes", "producers", "skew", "keywords", "soak"]


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def settled(pid):
    """Seconds that a process has used, as soon as it uses no more: then what it had read ahead is done."""
    before = -1
    while (now := sum(measure.process_stat(pid)[1][:2])) > before + 1:
        before = now
        time.sleep(0.5)
    return now / measure.TICKS


def replay(folder, events, hours, *more, parts=2):
    """Has a stream replayed into a new store.

    Returns nanoseconds an event, those of the last part of the stream, the most bytes that were resident, and at the end of each part the
    bytes resident and the seconds used until then. Between two parts no more is sent until all that was is done.
    """
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    generator = subprocess.Popen(
        [BENCH, "--write", "-", "--events", str(events), "--hours", f"{hours:.6f}", *more], stdout=subprocess.PIPE)
    process = subprocess.Popen(
        [TOCSIN, "replay", "-", "--store", store, "--log-level", "warning"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    marks, count = [], 0
    while block := generator.stdout.read1(1 << 20):
        process.stdin.write(block)
        count += block.count(b"\n")
        while len(marks) < parts and count >= events * (len(marks) + 1) // parts:
            process.stdin.flush()
            cpu = settled(process.pid)
            marks.append((resident(process.pid), cpu))
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if generator.wait() != 0 or process.returncode != 0:
        sys.exit(f"growth: the replay of {events} events ended with {process.returncode}")
    shutil.rmtree(store)
    cpu = usage.ru_utime + usage.ru_stime
    last = cpu - marks[-2][1]
    return cpu / events * 1e9, last / (events / parts) * 1e9, usage.ru_maxrss * 1024, marks


def median_replay(folder, events, hours, *more):
    """The median of three where one is short."""
    runs = [replay(folder, events, hours, *more) for _ in range(3 if events <= 200_000 else 1)]
    return sorted(runs, key=lambda run: run[0])[len(runs) // 2]


class Axis:
    """Points along something that grows: what is at each, nanoseconds an event, nanoseconds in the end, bytes."""

    def __init__(self, name, what, is_bounded=True):
        self.name, self.what, self.is_bounded = name, what, is_bounded
        self.points = []
        self.notes = []

    def add(self, label, all_of_it, in_the_end, byte_count):
        print(f"{self.name}: {label}: {all_of_it:,.0f} ns an event, {byte_count / 2**20:,.0f} MiB", file=sys.stderr)
        self.points.append((label, all_of_it, in_the_end, byte_count))

    def ratio(self, column):
        values = [point[column] for point in self.points if point[column]]
        return max(values) / min(values) if values else 0

    def markdown(self):
        text = f"\n## {self.name}\n\n{self.what}\n\n| at | CPU ns/event | in the second half | memory MiB |\n|---|---:|---:|---:|\n"
        for label, all_of_it, in_the_end, byte_count in self.points:
            end = f"{in_the_end:,.0f}" if in_the_end else ""
            shown = f"{label:,}" if isinstance(label, int) else label
            text += f"| {shown} | {all_of_it:,.0f} | {end} | {byte_count / 2**20:,.0f} |\n"
        if self.points:
            cells = []
            for column in (1, 2):
                ratio = self.ratio(column)
                mark = "" if not self.is_bounded or ratio <= FLAT else f", **above {FLAT}**"
                cells.append(f"{ratio:.2f}{mark}" if ratio else "")
            text += f"| **most / least** | {cells[0]} | {cells[1]} | {self.ratio(3):.2f} |\n"
        return text + "".join(f"\n{note}\n" for note in self.notes)


def available_bytes():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def along_events(arguments, folder):
    axis = Axis("Events", f"A longer stream at {RATE:,.0f} events an hour of event time.")
    count = 100_000
    while count <= arguments.events:
        # The journal and the summaries lie on the disk: some 700 bytes an event in all.
        if (needed := 1_000 * count) > (free := shutil.disk_usage(folder).free):
            axis.notes.append(f"Stopped before {count:,}: the disk has {free >> 30} GiB, a store of it takes about {needed >> 30}.")
            break
        all_of_it, in_the_end, memory, _ = median_replay(folder, count, count / RATE)
        axis.add(count, all_of_it, in_the_end, memory)
        count *= 10
    else:
        if count <= 100_000_000:
            axis.notes.append(f"Stopped before {count:,} for the time that it takes: `make bench-growth GROWTH=\"--only events --events {count}\"`.")
    return axis


def along_rate(arguments, folder):
    count = int(500_000 * arguments.share)
    axis = Axis(
        "Events an hour of event time", f"{count:,} events over ever more hours: what ticks and closing bins cost is divided among the "
        "events of an hour, and past the first two weeks windows are tested. It is not to be flat, and says what a backlog costs that is "
        "replayed.", is_bounded=False)
    for hours in (0.6, 6, 60, 600):
        all_of_it, in_the_end, memory, _ = median_replay(folder, count, hours)
        axis.add(round(count / hours), all_of_it, in_the_end, memory)
    return axis


def along_nodes(arguments, folder):
    new = Axis("Live nodes: an event at a new place", "One report a node, in one hour; the engine alone, from rows, with its drains.")
    known = Axis("Live nodes: an event at a place that is known", "The same engine, each node told of once more, none near the last.")
    count = 10_000
    while count <= arguments.nodes:
        if (needed := 1_000 * count) > (free := available_bytes()):
            new.notes.append(f"Stopped before {count:,}: {free >> 30} GiB of memory are free, {needed >> 30} would be needed.")
            break
        done = subprocess.run(
            [BENCH, "--json", "--only", "nodes", "--nodes", str(count), "--events", "1", "--rounds", "5" if count <= 100_000 else "1",
             "--folder", str(folder)], capture_output=True, text=True, check=True)
        figures = {(figure["stage"], figure["measure"]): figure["value"] for figure in json.loads(done.stdout)["figures"]}
        memory = figures["process", "peak memory"] * 2**20
        new.add(count, figures["nodes", "CPU at a new place"], 0, memory)
        known.add(count, figures["nodes", "CPU at a known place"], 0, memory)
        new.notes.append(f"At {count:,} nodes one takes {figures['nodes', 'memory']:,.0f} bytes, its identity included.")
        count *= 10
    return [new, known]


def along_producers(arguments, folder):
    count = int(200_000 * arguments.share)
    axis = Axis("Producers", f"{count:,} events from ever more `tocsin send` at once to one `tocsin serve`; the daemon's CPU, its start and end included.")
    stream = folder / "stream.ndjson"
    subprocess.run([BENCH, "--write", stream, "--events", str(count), "--hours", f"{count / RATE:.6f}"], check=True)
    for producers in (1, 4, 16, 64):
        runs = []
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, "-B", str(HERE.parent / "peers/tocsin.py"), str(stream), "--events", str(count), "--variant", "serve",
                 "--producers", str(producers), "--folder", str(folder)],
                capture_output=True, text=True, env={**os.environ, "TOCSIN_BINARY": TOCSIN})
            if done.returncode != 0:
                sys.exit(f"growth: {producers} producers: {done.stderr[-500:]}")
            runs.append(json.loads(done.stdout.splitlines()[-1]))
        axis.add(
            producers, statistics.median(run["cpu_seconds"] for run in runs) / count * 1e9, 0,
            statistics.median(run["memory_bytes"] for run in runs))
    stream.unlink()
    return axis


def along_skew(arguments, folder):
    count = int(1_000_000 * arguments.share)
    axis = Axis("Skew", f"{count:,} events: all places alike, by Zipf's law, and half of all in one cell.")
    for skew in ("uniform", "zipf", "hot"):
        all_of_it, in_the_end, memory, _ = median_replay(folder, count, count / RATE, "--skew", skew)
        axis.add(skew, all_of_it, in_the_end, memory)
    return axis


def along_keywords(arguments, folder):
    count = int(500_000 * arguments.share)
    axis = Axis("Keywords", f"{count:,} events of ever more keywords, two an event, by Zipf's law.")
    for keywords in (10, 100, 1_000, 10_000):
        all_of_it, in_the_end, memory, _ = median_replay(folder, count, count / RATE, "--keywords", str(keywords))
        axis.add(keywords, all_of_it, in_the_end, memory)
    return axis


def soak(arguments, folder):
    windows = arguments.soak_windows
    rate = max(1, int(SOAK_RATE * arguments.share))
    hours, count = WINDOW_HOURS * windows, rate * WINDOW_HOURS
    span = (f"{windows} windows of deduplication of {WINDOW_HOURS} hours at {rate:,} events an hour of {SOAK_KEYWORDS} keywords, "
            f"{hours / 24:,.0f} days of event time, as fast as they are taken. ")
    engine = Axis(
        "Soak: the engine", span + "Bytes that it has taken and not given back, at the end of each window: from the second on they are to "
        "be level. Windows of the scan are tested from day 14 on.", is_bounded=False)
    done = subprocess.run(
        [BENCH, "--json", "--only", "soak", "--rounds", "1", "--windows", str(windows), "--events", str(count), "--hours", str(WINDOW_HOURS),
         "--keywords", str(SOAK_KEYWORDS), "--skew", "uniform", "--folder", str(folder)], capture_output=True, text=True, check=True)
    figures = {figure["measure"]: figure["value"] for figure in json.loads(done.stdout)["figures"]}
    for number in range(1, windows + 1):
        engine.add(f"window {number}", figures[f"CPU in window {number}"], 0, int(figures[f"memory after window {number}"] * 2**20))
    if (ratio := figures.get("most memory by least, from window 2 on")) is not None:
        engine.notes.append(f"From the second window on: most / least memory {ratio:.3f}.")
    process = Axis(
        "Soak: the process", span + "Resident memory of `replay`: beside the engine SQLite's cache of pages, which is filled up to 64 MiB as "
        "the summaries grow.", is_bounded=False)
    _, _, peak, marks = replay(
        folder, count * windows, hours, "--keywords", str(SOAK_KEYWORDS), "--skew", "uniform", parts=windows)
    before = 0.0
    for number, (byte_count, cpu) in enumerate(marks):
        process.add(f"window {number + 1}", (cpu - before) / count * 1e9, 0, byte_count)
        before = cpu
    level = [byte_count for byte_count, _ in marks[1:]]
    if level:
        process.notes.append(f"From the second window on: most / least memory {max(level) / min(level):.2f}; peak {peak / 2**20:,.0f} MiB.")
    return [engine, process]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000, help="the longest stream of the first axis")
    parser.add_argument("--nodes", type=int, default=10_000_000, help="the most live nodes")
    parser.add_argument("--soak-windows", type=int, default=6)
    parser.add_argument("--share", type=float, default=1, help="of the events of the other axes, such as 0.1 to try it")
    parser.add_argument("--only", help="of " + ", ".join(AXES) + ", by commas")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "bench/results")
    arguments = parser.parse_args()
    selected = arguments.only.split(",") if arguments.only else AXES
    if unknown := [name for name in selected if name not in AXES]:
        sys.exit(f"growth: {unknown[0]} is not one of {', '.join(AXES)}")
    functions = {
        "events": along_events, "rate": along_rate, "nodes": along_nodes, "producers": along_producers, "skew": along_skew,
        "keywords": along_keywords, "soak": soak}
    load = os.getloadavg()
    axes = []
    with tempfile.TemporaryDirectory(dir=ROOT / ".build", prefix="growth-") as name:
        for axis in selected:
            result = functions[axis](arguments, pathlib.Path(name))
            axes += result if isinstance(result, list) else [result]
    text = f"""# Growth: what was measured

{os.cpu_count()} cores ({platform.machine()}), {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') >> 30} GiB, Linux
{platform.release()}, {datetime.date.today()}; load averages at the beginning {", ".join(f"{value:.1f}" for value in load)}. `make bench-growth`,
seed 20150127. Cost is to stay within {FLAT} of its least along every axis but the two that say otherwise; starts are included, so that the
shortest streams bear them. Memory is the most that was resident, but for the soak.
{"".join(axis.markdown() for axis in axes)}"""
    arguments.output.mkdir(parents=True, exist_ok=True)
    drawn = {axis.name: [(label, cost) for label, cost, _, _ in axis.points] for axis in axes
             if axis.points and all(isinstance(point[0], int) for point in axis.points)}
    for name, points in drawn.items():
        file = "growth-" + name.lower().replace(":", "").replace(" ", "-")
        chart.write(arguments.output / file, chart.lines(f"Cost against {name.lower()}", name.lower(), "CPU ns an event", {"Tocsin": points}))
        text += f"\n![{name}]({file}.svg)\n"
    (arguments.output / "growth.md").write_text(text)
    (arguments.output / "growth.json").write_text(json.dumps(
        [{"axis": axis.name, "points": [
            {"at": label, "nanoseconds": cost, "nanosecondsInSecondHalf": end or None, "bytes": byte_count}
            for label, cost, end, byte_count in axis.points]} for axis in axes], indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
