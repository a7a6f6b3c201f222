#!/usr/bin/env python3
"""What an event costs, and what is held, as the stream, the live nodes, the producers and the skew grow; and a soak in compressed time.

Usage: growth.py [--full] [--events N] [--nodes N] [--producers N] [--soak-windows N] [--share F] [--minutes N] [--output FOLDER]
       [--only AXIS,…]; see `make bench-growth`.

But for the nodes it is the executable as it is: `tocsin-bench --write - | tocsin replay -`, and `tocsin serve` with `tocsin send`. No
stream is held anywhere: it is made as it is read. Processor time and memory are those of `replay` or `serve` alone. Each store is
removed before the next is made; a point that memory, the disk or the time would not be enough for is left out, and the reason told.
"""

import argparse
import contextlib
import datetime
import json
import math
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import typing

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
# What --full looks at.
FULL_EVENTS = 100_000_000
FULL_WINDOWS = 12
AXES = ["events", "rate", "nodes", "producers", "skew", "keywords", "soak"]


# Bytes an event on the disk, until one is measured (a longer stream takes fewer of them: snapshots grow with what is live); and how
# much more time an event may take than the stream before says.
DISK_BYTES = 1_000
MARGIN = 1.3
# What is never used up: of the disk, and of memory.
RESERVED_BYTES = 2 << 30
# The journal is as short as restarts allow: what is measured is what is used, not what is kept for later.
CONFIGURATION = "version = 1\n[journal]\nretentionDays = 0\n"


def memory(status):
    """Resident bytes by /proc's text, and those of them that are no file's: what a process holds apart from the file cache."""
    fields = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(("VmRSS:", "RssAnon:"))}
    return fields.get("VmRSS", 0), fields.get("RssAnon", 0)


def size(folder):
    """Bytes that the files below a folder take on the disk; what goes meanwhile is not there."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total


def reason(count, before, free_bytes, left_seconds):
    """Why a stream of so many events is not to be begun; nil where it may be.

    `before` is what the stream before came to: events, the most bytes on the disk, seconds; nil where it is the first.
    """
    needed = count * (before[1] / before[0] if before else DISK_BYTES) + RESERVED_BYTES
    if needed > free_bytes:
        return f"the disk has {free_bytes / 2**30:,.0f} GiB, a store of it is to take {needed / 2**30:,.0f}"
    seconds = MARGIN * count * before[2] / before[0] if before else 0
    if seconds > left_seconds:
        return f"it is to take {seconds / 60:,.0f} minutes, and {max(0, left_seconds) / 60:,.0f} are left of --minutes"
    return None


def settled(pid):
    """Seconds that a process has used, as soon as it uses no more: then what it had read ahead is done."""
    before = -1
    while (now := sum(measure.process_stat(pid)[1][:2])) > before + 1:
        before = now
        time.sleep(0.5)
    return now / measure.TICKS


class Mark(typing.NamedTuple):
    """Where a replay was at the end of a part: seconds on a processor, bytes resident, bytes of them that are no file's."""

    cpu: float
    resident: int
    anonymous: int


class OutOfRoom(Exception):
    """A store has grown beyond what the disk has; it is gone."""


class Replayed(typing.NamedTuple):
    """What a replay came to: nanoseconds an event, those of the last part, the most bytes resident, the most on the disk, seconds."""

    cost: float
    cost_in_the_end: float
    peak: int
    disk: int
    seconds: float
    marks: list


def replay(folder, events, hours, *more, parts=2):
    """Has a stream replayed into a new store.

    Between two parts no more is sent until all that was is done.
    """
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    configuration = folder / "growth.toml"
    configuration.write_text(CONFIGURATION)
    start = time.monotonic()
    generator = subprocess.Popen(
        [BENCH, "--write", "-", "--events", str(events), "--hours", f"{hours:.6f}", *more], stdout=subprocess.PIPE)
    process = subprocess.Popen(
        [TOCSIN, "replay", "-", "--store", store, "--config", configuration, "--log-level", "warning"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    marks, count, disk, looked = [], 0, 0, start
    while block := generator.stdout.read1(1 << 20):
        process.stdin.write(block)
        count += block.count(b"\n")
        if time.monotonic() > looked + 1:
            disk, looked = max(disk, size(store)), time.monotonic()
            if shutil.disk_usage(folder).free < RESERVED_BYTES:
                for child in (generator, process):
                    child.kill()
                    child.wait()
                shutil.rmtree(store)
                raise OutOfRoom(f"after {count:,} events its store took {disk / 2**30:,.0f} GiB, and the disk had no more")
        while len(marks) < parts and count >= events * (len(marks) + 1) // parts:
            process.stdin.flush()
            cpu = settled(process.pid)
            resident, anonymous = memory(pathlib.Path(f"/proc/{process.pid}/status").read_text())
            marks.append(Mark(cpu, resident, anonymous))
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if generator.wait() != 0 or process.returncode != 0:
        sys.exit(f"growth: the replay of {events} events ended with {process.returncode}")
    disk = max(disk, size(store))
    shutil.rmtree(store)
    cpu = usage.ru_utime + usage.ru_stime
    last = cpu - (marks[-2].cpu if parts > 1 else 0)
    return Replayed(
        cpu / events * 1e9, last / (events / parts) * 1e9, usage.ru_maxrss * 1024, disk, time.monotonic() - start, marks)


def median_replay(folder, events, hours, *more):
    """The median of three where one is short."""
    runs = [replay(folder, events, hours, *more) for _ in range(3 if events <= 200_000 else 1)]
    return sorted(runs, key=lambda run: run.cost)[len(runs) // 2]


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

    def tell_level(self):
        """Says how level memory is from the second point on."""
        level = [point[3] for point in self.points[1:]]
        if level and min(level):
            self.notes.append(f"From the second window on: most / least memory {max(level) / min(level):.3f}.")

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
    axis = Axis(
        "Events", f"A longer stream at {RATE:,.0f} events an hour of event time. The journal is kept for as long as a restart needs it.")
    count, before = 100_000, None
    while count <= arguments.events:
        if why := reason(count, before, shutil.disk_usage(folder).free, arguments.end - time.monotonic()):
            axis.notes.append(f"Stopped before {count:,}: {why}.")
            break
        try:
            done = median_replay(folder, count, count / RATE)
        except OutOfRoom as why:
            axis.notes.append(f"Stopped at {count:,}: {why}.")
            break
        axis.add(count, done.cost, done.cost_in_the_end, done.peak)
        axis.notes.append(
            f"At {count:,} events the store took up to {done.disk / 2**20:,.0f} MiB, {done.disk / count:,.0f} bytes an event; {done.seconds:,.0f} s.")
        before = count, done.disk, done.seconds
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
        done = median_replay(folder, count, hours)
        axis.add(round(count / hours), done.cost, done.cost_in_the_end, done.peak)
    return axis


def along_nodes(arguments, folder):
    new = Axis("Live nodes: an event at a new place", "One report a node, in one hour; the engine alone, from rows, with its drains.")
    known = Axis("Live nodes: an event at a place that is known", "The same engine, each node told of once more, none near the last.")
    count = 10_000
    while count <= arguments.nodes:
        if (needed := 1_000 * count + RESERVED_BYTES) > (free := available_bytes()):
            new.notes.append(f"Stopped before {count:,}: {free >> 30} GiB of memory are free, {needed >> 30} would be needed.")
            break
        done = subprocess.run(
            [BENCH, "--json", "--only", "nodes", "--nodes", str(count), "--events", "1", "--rounds", "5" if count <= 100_000 else "1",
             "--folder", str(folder)], capture_output=True, text=True, check=True)
        figures = {(figure["stage"], figure["measure"]): figure["value"] for figure in json.loads(done.stdout)["figures"]}
        peak = figures["process", "peak memory"] * 2**20
        new.add(count, figures["nodes", "CPU at a new place"], 0, peak)
        known.add(count, figures["nodes", "CPU at a known place"], 0, peak)
        new.notes.append(f"At {count:,} nodes one takes {figures['nodes', 'memory']:,.0f} bytes, its identity not included.")
        count *= 10
    return [new, known]


def along_producers(arguments, folder):
    count = int(200_000 * arguments.share)
    axis = Axis("Producers", f"{count:,} events from ever more `tocsin send` at once to one `tocsin serve`; the daemon's CPU, its start and end included.")
    stream = folder / "stream.ndjson"
    subprocess.run([BENCH, "--write", stream, "--events", str(count), "--hours", f"{count / RATE:.6f}"], check=True)
    for producers in (number for number in (1, 4, 16, 64) if number <= arguments.producers):
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
        done = median_replay(folder, count, count / RATE, "--skew", skew)
        axis.add(skew, done.cost, done.cost_in_the_end, done.peak)
    return axis


def along_keywords(arguments, folder):
    count = int(500_000 * arguments.share)
    axis = Axis("Keywords", f"{count:,} events of ever more keywords, two an event, by Zipf's law.")
    for keywords in (10, 100, 1_000, 10_000):
        done = median_replay(folder, count, count / RATE, "--keywords", str(keywords))
        axis.add(keywords, done.cost, done.cost_in_the_end, done.peak)
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
    engine.tell_level()
    process = Axis(
        "Soak: the process", span + "Resident memory of `replay`: beside the engine SQLite's cache of pages, which is filled up to 12 MiB as "
        "the summaries grow, batches that are kept to be used again, and what the allocator keeps.", is_bounded=False)
    anonymous = Axis(
        "Soak: the process without its files", span + "What of it is no file's, neither the program nor what it has mapped: what the file "
        "cache could not give back.", is_bounded=False)
    done = replay(folder, count * windows, hours, "--keywords", str(SOAK_KEYWORDS), "--skew", "uniform", parts=windows)
    before = 0.0
    for number, mark in enumerate(done.marks):
        for axis, byte_count in [(process, mark.resident), (anonymous, mark.anonymous)]:
            axis.add(f"window {number + 1}", (mark.cpu - before) / count * 1e9, 0, byte_count)
        before = mark.cpu
    for axis in (process, anonymous):
        axis.tell_level()
    process.notes.append(f"Peak {done.peak / 2**20:,.0f} MiB; the store took up to {done.disk / 2**20:,.0f} MiB.")
    return [engine, process, anonymous]


def command():
    flags = " ".join(sys.argv[1:])
    return f'make bench-growth GROWTH="{flags}"' if flags else "make bench-growth"


def record(axes, missing, load, output):
    """Writes what was measured so far: a table, its figures as JSON, and the curves.

    `missing` names the axes that were asked for and are still to come.
    """
    cut = f"\n**Cut short**: {', '.join(missing)} were asked for and are not here.\n" if missing else ""
    text = f"""# Growth: what was measured

{os.cpu_count()} cores ({platform.machine()}), {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') >> 30} GiB, Linux
{platform.release()}, {datetime.date.today()}; load averages at the beginning {", ".join(f"{value:.1f}" for value in load)}. `{command()}`,
seed 20150127. Cost is to stay within {FLAT} of its least along every axis that does not say otherwise; starts are included, so that the
shortest streams bear them. Memory is the most that was resident, but for the soak; it grows with what is live.
{cut}{"".join(axis.markdown() for axis in axes)}"""
    output.mkdir(parents=True, exist_ok=True)
    drawn = {axis.name: [(label, cost) for label, cost, _, _ in axis.points] for axis in axes
             if axis.points and all(isinstance(point[0], int) for point in axis.points)}
    for name, points in drawn.items():
        file = "growth-" + name.lower().replace(":", "").replace(" ", "-")
        chart.write(output / file, chart.lines(f"Cost against {name.lower()}", name.lower(), "CPU ns an event", {"Tocsin": points}))
        text += f"\n![{name}]({file}.svg)\n"
    (output / "growth.md").write_text(text)
    (output / "growth.json").write_text(json.dumps(
        [{"axis": axis.name, "points": [
            {"at": label, "nanoseconds": cost, "nanosecondsInSecondHalf": end or None, "bytes": byte_count}
            for label, cost, end, byte_count in axis.points]} for axis in axes], indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000, help="the longest stream of the first axis")
    parser.add_argument("--nodes", type=int, default=10_000_000, help="the most live nodes")
    parser.add_argument("--producers", type=int, default=64, help="the most producers at once")
    parser.add_argument("--soak-windows", type=int, default=6)
    parser.add_argument("--full", action="store_true", help=f"streams of up to {FULL_EVENTS:,} events, and {FULL_WINDOWS} windows of the soak")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no longer stream that is to end later than that")
    parser.add_argument("--share", type=float, default=1, help="of the events of the other axes, such as 0.1 to try it")
    parser.add_argument("--only", help="of " + ", ".join(AXES) + ", by commas")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "bench/results")
    arguments = parser.parse_args()
    if arguments.full:
        arguments.events, arguments.soak_windows = FULL_EVENTS, FULL_WINDOWS
    arguments.end = time.monotonic() + arguments.minutes * 60
    selected = arguments.only.split(",") if arguments.only else AXES
    if unknown := [name for name in selected if name not in AXES]:
        sys.exit(f"growth: {unknown[0]} is not one of {', '.join(AXES)}")
    functions = {
        "events": along_events, "rate": along_rate, "nodes": along_nodes, "producers": along_producers, "skew": along_skew,
        "keywords": along_keywords, "soak": soak}
    load = os.getloadavg()
    axes = []
    with tempfile.TemporaryDirectory(dir=ROOT / ".build", prefix="growth-") as name:
        for number, axis in enumerate(selected):
            try:
                result = functions[axis](arguments, pathlib.Path(name))
            except OutOfRoom as why:
                sys.exit(f"growth: {axis}: {why}; what was measured before stands in {arguments.output}")
            axes += result if isinstance(result, list) else [result]
            # What is known so far is kept: a full run takes an hour, and may be cut short.
            record(axes, selected[number + 1:], load, arguments.output)
    print((arguments.output / "growth.md").read_text())


if __name__ == "__main__":
    main()
