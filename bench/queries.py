#!/usr/bin/env python3
"""Times the program's queries on a store that `bench/store.py` has filled, beside what SQLite's own shell needs for the bare equivalent.

  bench/queries.py FOLDER --tocsin .build/release/tocsin [--runs N] [--seed S] [--only WORDS]

A Markdown table on standard output: of each query the middle and the 95th percentile of the seconds that pass, the middle of those on a
processor (which others on the machine hardly change), and the largest resident set, of warm runs whose arguments a seed draws. What is
over a bound is marked. The floor is `sqlite3 -readonly` with the same rows asked for in SQL, where that makes sense."""
import argparse
import datetime
import os
import random
import sqlite3
import sys
import time

HOUR = 3_600_000_000
DAY = 24 * HOUR
WALL_MILLISECONDS, RESIDENT_MEBIBYTES, START_MILLISECONDS = 50, 30, 15


class Draw:
    """Arguments as an analyst of this store would write them."""

    def __init__(self, folder, seed):
        self.random = random.Random(seed)
        connection = sqlite3.connect(f"file:{folder}/summaries.sqlite?mode=ro", uri=True)
        self.newest = connection.execute("SELECT watermark FROM meta").fetchone()[0]
        self.keywords = [row[0] for row in connection.execute("SELECT text FROM keyword ORDER BY number")]
        self.ids = {kind: [row[0] for row in connection.execute(
            f"SELECT id FROM {kind} ORDER BY last_report_at DESC LIMIT 2000")] for kind in ("incident", "episode", "cluster")}
        self.samples = {kind: self.random.sample(ids, min(200, len(ids))) for kind, ids in self.ids.items()}
        self.last = dict(connection.execute("SELECT id, last_report_at FROM incident"))
        connection.close()

    def moment(self, microseconds):
        return datetime.datetime.fromtimestamp(microseconds // 1_000_000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def ago(self, span):
        return self.moment(self.newest - span)

    def past(self, days):
        return self.moment(self.newest - self.random.randrange(1, days * 24) * HOUR)

    def day(self):
        begin = self.newest - self.random.randrange(2, 300) * DAY
        return ["--since", self.moment(begin), "--until", self.moment(begin + DAY)]

    def place(self):
        return f"{42.15 + 0.4 * self.random.random():.4f},{-71.35 + 0.4 * self.random.random():.4f}"

    def keyword(self):
        return self.keywords[int(len(self.keywords) * self.random.random() ** 3)]

    def id(self, kind):
        return self.random.choice(self.samples[kind])

    def cursor(self):
        identifier = self.id("incident")
        return f"{self.moment(self.last[identifier])}/{identifier}"

    def word(self, least, most):
        return f"w{self.random.randrange(least, most):05}"


PLACED = ("SELECT * FROM cluster INDEXED BY cluster_by_place WHERE latitude BETWEEN {0} - 0.018 AND {0} + 0.018 "
          "AND longitude BETWEEN {1} - 0.024 AND {1} + 0.024")


def queries(draw):
    """Name, arguments and the bare equivalent of each query; both are drawn anew at every run."""
    page = ["--limit", "50"]

    def near():
        place = draw.place()
        return ["list", "--kind", "cluster", "--near", place, "--within", "2km", *page], PLACED.format(*place.split(","))

    def shown(kind):
        identifier = draw.id(kind)
        return ["show", identifier], f"SELECT * FROM {kind} WHERE id = '{identifier}'"

    def told(kind):
        identifier = draw.id(kind)
        return ["history", identifier, "--kind", kind], f"SELECT * FROM {kind}_change WHERE id = '{identifier}' ORDER BY number"

    def said(kind, *words):
        floor = f"SELECT rowid FROM side_{kind}_text WHERE side_{kind}_text MATCH '{' '.join(words)}'"
        return ["search", " ".join(words), "--kind", kind, *page], floor

    def trend(*arguments):
        return ["trend", "--keyword", draw.keyword(), *arguments], None

    recent = "SELECT * FROM {} ORDER BY last_report_at DESC, id LIMIT 50"
    return [
        ("--version", lambda: (["--version"], "SELECT 1")),
        ("help list", lambda: (["help", "list"], None)),
        ("list --limit", lambda: (["list", *page], recent.format("incident"))),
        ("list (all there is)", lambda: (["list"], "SELECT * FROM incident ORDER BY last_report_at DESC, id")),
        ("list --since a week", lambda: (["list", "--since", draw.ago(7 * DAY)], None)),
        ("list --state open", lambda: (["list", "--state", "open"], None)),
        ("list --since, --until: a day of the year", lambda: (["list", *draw.day()], None)),
        ("list --after", lambda: (["list", "--after", draw.cursor(), *page], None)),
        ("list --alerts", lambda: (["list", "--alerts", *page], None)),
        ("list --unacknowledged", lambda: (["list", "--unacknowledged", *page], None)),
        ("list --silenced --since a week", lambda: (["list", "--silenced", "--since", draw.ago(7 * DAY)], None)),
        ("list --keyword", lambda: (["list", "--keyword", draw.keyword(), *page], None)),
        ("list --near", lambda: (["list", "--near", draw.place(), "--within", "2km", *page], None)),
        ("list --near --keyword --since", lambda: (
            ["list", "--near", draw.place(), "--within", "5km", "--keyword", draw.keyword(), "--since", draw.ago(90 * DAY)], None)),
        ("list --count", lambda: (["list", "--count"], "SELECT count(*) FROM incident")),
        ("list --kind episode --limit", lambda: (["list", "--kind", "episode", *page], recent.format("episode"))),
        ("list --kind cluster --limit", lambda: (["list", "--kind", "cluster", *page], recent.format("cluster"))),
        ("list --kind cluster --keyword", lambda: (["list", "--kind", "cluster", "--keyword", draw.keyword(), *page], None)),
        ("list --kind cluster --near", near),
        ("list --kind cluster --near --keyword --since", lambda: (
            ["list", "--kind", "cluster", "--near", draw.place(), "--within", "5km", "--keyword", draw.keyword(), "--since",
             draw.ago(30 * DAY), *page], None)),
        ("list --kind cluster --near --since", lambda: (
            ["list", "--kind", "cluster", "--near", draw.place(), "--within", "5km", "--since", draw.ago(7 * DAY), *page], None)),
        ("list --as-of", lambda: (["list", "--as-of", draw.past(360), *page], None)),
        ("list --as-of --state open", lambda: (["list", "--as-of", draw.past(360), "--state", "open", *page], None)),
        ("list --as-of --near", lambda: (["list", "--as-of", draw.past(360), "--near", draw.place(), "--within", "5km", *page], None)),
        ("list --as-of --keyword", lambda: (["list", "--as-of", draw.past(360), "--keyword", draw.keyword(), *page], None)),
        ("list --as-of --kind episode", lambda: (["list", "--as-of", draw.past(360), "--kind", "episode", *page], None)),
        ("list --as-of --kind cluster", lambda: (["list", "--as-of", draw.past(60), "--kind", "cluster", *page], None)),
        ("list --as-of --kind cluster --near", lambda: (
            ["list", "--as-of", draw.past(60), "--kind", "cluster", "--near", draw.place(), "--within", "5km", *page], None)),
        ("near PLACE", lambda: (["near", draw.place()], None)),
        ("near PLACE --within 5km --state any", lambda: (["near", draw.place(), "--within", "5km", "--state", "any", *page], None)),
        ("near ID --kind cluster", lambda: (["near", draw.id("incident"), "--within", "5km", "--kind", "cluster"], None)),
        ("near PLACE --kind cluster --since a week", lambda: (
            ["near", draw.place(), "--within", "5km", "--kind", "cluster", "--since", draw.ago(7 * DAY)], None)),
        ("near PLACE --kind cluster --state any", lambda: (["near", draw.place(), "--kind", "cluster", "--state", "any", *page], None)),
        ("top", lambda: (["top"], None)),
        ("top --since a month", lambda: (["top", "--since", draw.ago(30 * DAY)], None)),
        ("top --keyword", lambda: (["top", "--keyword", draw.keyword()], None)),
        ("top --keyword --near", lambda: (["top", "--keyword", draw.keyword(), "--near", draw.place(), "--within", "5km"], None)),
        ("top --by incidents", lambda: (["top", "--by", "incidents"], None)),
        ("top --by clusters", lambda: (["top", "--by", "clusters"], None)),
        ("top --by clusters --near", lambda: (["top", "--by", "clusters", "--near", draw.place(), "--within", "2km"], None)),
        ("search, a rare word", lambda: said("episode", draw.word(10_000, 20_000))),
        ("search, incidents, a common word", lambda: (["search", draw.word(0, 3), *page], None)),
        ("search, clusters, a rare word", lambda: said("cluster", draw.word(10_000, 20_000))),
        ("search, clusters, a word of one in a hundred", lambda: said("cluster", draw.word(250, 350))),
        ("search, clusters, a common word", lambda: said("cluster", draw.word(0, 3))),
        ("search, clusters, two common words and a rarer", lambda: said(
            "cluster", draw.word(0, 3), draw.word(3, 8), draw.word(300, 500))),
        ("diff --since 8h", lambda: (["diff", "--since", draw.ago(8 * HOUR)], None)),
        ("diff, a day of the year", lambda: (["diff", *draw.day()], None)),
        ("diff --since 8h --kind episode", lambda: (["diff", "--since", draw.ago(8 * HOUR), "--kind", "episode"], None)),
        ("diff --since 8h --kind cluster", lambda: (["diff", "--since", draw.ago(8 * HOUR), "--kind", "cluster"], None)),
        ("history ID", lambda: told("incident")),
        ("history ID of a cluster", lambda: told("cluster")),
        ("trend --keyword", lambda: trend()),
        ("trend --keyword --near", lambda: trend("--near", draw.place(), "--within", "3km")),
        ("trend --keyword --every 1d, a quarter", lambda: trend("--every", "1d", "--since", draw.ago(90 * DAY))),
        ("show ID", lambda: shown("incident")),
        ("show ID of a cluster", lambda: shown("cluster")),
        ("explain ID", lambda: (["explain", draw.id("incident")], None)),
    ]


def head(options):
    """What was measured, on what, and how."""
    connection = sqlite3.connect(f"file:{options.folder}/summaries.sqlite?mode=ro", uri=True)
    clusters, rollups = (connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("cluster", "rollup_hourly"))
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    mebibytes = os.path.getsize(f"{options.folder}/summaries.sqlite") / 2**20
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"""# Queries: what was measured

{os.cpu_count()} cores ({os.uname().machine}), {memory:.0f} GiB, Linux {os.uname().release.split("-")[0]}, SQLite {sqlite3.sqlite_version},
{datetime.date.today().isoformat()}; load averages at the beginning {load}: wall times are true of a quiet machine only, processor times of any.
Generated store (`bench/store.py`, schema {version}): {clusters:,} clusters, {rollups:,} hourly roll-ups, {mebibytes:,.0f} MiB.

`make bench-queries RUNS={options.runs}`: {options.runs} warm runs of each with seeded arguments (seed {options.seed}), the process's start and its
table included; the floor is `sqlite3 -readonly` with the bare equivalent. Marked is what is over {WALL_MILLISECONDS} ms at p95, {RESIDENT_MEBIBYTES} MiB, or
{START_MILLISECONDS} ms for the bare start.
"""


class Run:
    """One process: seconds, seconds on a processor, mebibytes, exit code."""

    def __init__(self, command):
        begin = time.perf_counter()
        child = os.posix_spawn(command[0], command, {"PATH": os.environ["PATH"], "HOME": "/", "NO_COLOR": "1"}, file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
        _, status, used = os.wait4(child, 0)
        self.seconds = time.perf_counter() - begin
        self.cpu = used.ru_utime + used.ru_stime
        self.resident = used.ru_maxrss / 1024
        self.code = os.waitstatus_to_exitcode(status)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--tocsin", default=".build/release/tocsin")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only queries whose name begins so")
    options = parser.parse_args()
    draw = Draw(options.folder, options.seed)
    shell = next(path for path in (f"{folder}/sqlite3" for folder in os.environ["PATH"].split(":")) if os.path.exists(path))
    over = 0
    print(head(options))
    print("| query | p50 ms | p95 ms | CPU ms | MiB | `sqlite3` p50 ms | |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for name, make in queries(draw):
        if not name.startswith(options.only):
            continue
        ours, floors = [], []
        for number in range(options.runs + 1):
            arguments, sql = make()
            command = [options.tocsin, *arguments]
            if arguments[0] not in ("--version", "help"):
                command += ["--store", options.folder]
            run = Run(command)
            if run.code not in (0, 1):
                sys.exit(f"{' '.join(command)}: exit code {run.code}")
            if sql:
                floor = Run([shell, "-readonly", f"{options.folder}/summaries.sqlite", sql])
                if floor.code:
                    sys.exit(f"sqlite3: {sql}: exit code {floor.code}")
                floors.append(floor)
            ours.append(run)
        # The first of each warms the cache.
        ours, floors = ours[1:], floors[1:]
        p50, p95 = (percentile([run.seconds for run in ours], share) * 1000 for share in (0.5, 0.95))
        cpu = percentile([run.cpu for run in ours], 0.5) * 1000
        resident = max(run.resident for run in ours)
        floor = f"{percentile([run.seconds for run in floors], 0.5) * 1000:.1f}" if floors else ""
        bound = START_MILLISECONDS if name in ("--version", "help list") else WALL_MILLISECONDS
        marks = [mark for mark, is_over in (("time", p95 > bound), ("memory", resident > RESIDENT_MEBIBYTES)) if is_over]
        over += bool(marks)
        print(f"| `{name}` | {p50:.1f} | {p95:.1f} | {cpu:.1f} | {resident:.0f} | {floor} | {', '.join(marks)} |".replace("|  |", "| |"),
              flush=True)
    print(f"\n{over} of them over the bounds: {WALL_MILLISECONDS} ms at p95, {RESIDENT_MEBIBYTES} MiB, "
          f"{START_MILLISECONDS} ms for the start.")


if __name__ == "__main__":
    main()
