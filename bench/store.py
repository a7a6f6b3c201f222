#!/usr/bin/env python3
"""Fills a new store with seeded summaries of any size, without a stream: for benches of what reads a store.

  bench/store.py FOLDER --tocsin .build/release/tocsin [--clusters N] [--rollups N] [--seed S]

The schema is the program's own (an empty replay makes it), so that this needs no change when tables gain columns; the content is plausible
rather than true: a city of 50 by 50 kilometres, a year of hours, 2,000 keywords of very different size, an episode for every fifty
clusters, an incident for every two episodes, two sample texts a cluster of words that are about as unequal as those of a language. What
was reported within the last twelve hours is open. Each summary has a history of three changes or more, of which the newest million of a
kind are kept. Analysts have acted upon what is newest. The side tables are filled by the program: all summaries stand in the backlog,
and a last empty replay sees to that."""
import argparse
import itertools
import math
import os
import random
import sqlite3
import subprocess
import sys

RADIUS = 6_371_007.2  # of CellGrid
CELL_METERS = 1_000.0
YEAR_HOURS = 8_760
START_HOUR = 482_136  # 2025-01-01T00:00:00Z
HOUR = 3_600_000_000
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
NEWEST = (START_HOUR + YEAR_HOURS) * HOUR
OPEN_SINCE = NEWEST - 12 * HOUR
TICK = HOUR // 6
SOUTH, WEST, SIDE = 42.1, -71.4, 0.5
KEYWORDS = 2_000
HISTORY = 1_000_000  # rows of a kind that are kept: [history] maximumChanges
WORDS = 20_000
TEXT_WORDS = 12


def cluster_id(number):
    return "".join(DIGITS[number >> 60 - 5 * index & 31] for index in range(13))


class Grid:
    """The part of CellGrid that is needed here."""

    def __init__(self):
        self.rows = round(math.pi * RADIUS / CELL_METERS)

    def columns(self, row):
        latitude = (row + 0.5) / self.rows * math.pi - math.pi / 2
        return round(2 * math.pi * RADIUS * math.cos(latitude) / CELL_METERS)

    def cell(self, latitude, longitude):
        row = int((latitude + 90) / 180 * self.rows)
        return row << 32 | int((longitude + 180) / 360 * self.columns(row))

    def box(self, cell):
        row, column = cell >> 32, cell & 0xFFFFFFFF
        columns = self.columns(row)
        west, east = (column * 360 / columns - 180, (column + 1) * 360 / columns - 180)
        return (round(west, 7), round(row * 180 / self.rows - 90, 7), round(east, 7), round((row + 1) * 180 / self.rows - 90, 7))


class Vocabulary:
    """Words w00000 … by Zipf's and Mandelbrot's law: every fourth cluster says the commonest, one in ten thousand the rarest."""

    def __init__(self):
        self.words = [f"w{number:05}" for number in range(WORDS)]
        self.weights = list(itertools.accumulate(1 / (number + 10) for number in range(WORDS)))

    def text(self, rng, beginning):
        return f"{beginning}: {' '.join(rng.choices(self.words, cum_weights=self.weights, k=TEXT_WORDS))}"


class History:
    """The changes of one kind: when it was seen, as it grew, and when it was closed, at ticks."""

    def __init__(self, kind):
        self.kind = kind
        self.rows = []
        self.count = 0

    def add(self, rng, identifier, keyword, opened, ended, is_open, place, reports, scored, alerted, above, steps):
        times = sorted(rng.randrange(opened, ended + 1) for _ in range(steps - 1))
        states = [(time, index) for index, time in enumerate([opened, *times])]
        for time, index in states:
            share = max(1, reports * (index + 1) // (steps if is_open else steps + 1))
            self.rows.append((time // TICK * TICK + TICK, identifier, "open", keyword, opened, time, *place, share, share, *scored,
                              alerted if alerted is not None and alerted <= time else None, above))
        if not is_open:
            self.rows.append((min(ended + 12 * HOUR, NEWEST) // TICK * TICK, identifier, "closed", keyword, opened, ended, *place,
                              reports, reports, *scored, alerted, above))
        if len(self.rows) > 2 * HISTORY:
            self.cut(HISTORY)

    def cut(self, count):
        """Keeps the newest so many, and of what is open, and older, the last word."""
        self.rows.sort(key=lambda row: (row[0], row[1]))
        old, new = self.rows[:-count], self.rows[-count:]
        last = {}
        for row in old:
            last[row[1]] = row
        kept = [row for row in old if row[2] == "open" and last[row[1]] is row]
        self.count += len(old) - len(kept)
        self.rows = kept + new

    def write(self, connection):
        if len(self.rows) > HISTORY:
            self.cut(HISTORY)
        self.rows.sort(key=lambda row: (row[0], row[1]))
        fill(connection, f"{self.kind}_change",
             ["number", "at", "id", "state", "keyword", "opened_at", "last_report_at", "latitude", "longitude", "report_count",
              "witness_count", *SIGNIFICANCE, "alerted_at", "above", "episode_count"],
             ((self.count + index + 1, *row, int(self.kind == "incident")) for index, row in enumerate(self.rows)))
        first = self.rows[max(0, len(self.rows) - HISTORY)][0] if self.count else None
        connection.execute(
            "INSERT OR REPLACE INTO history_state (kind, point_count, cut_number, latest_at, complete_since) VALUES (?, ?, ?, ?, ?)",
            (self.kind, self.count + len(self.rows), max(0, self.count + len(self.rows) - HISTORY) if self.count else 0,
             self.rows[-1][0], first))
        connection.execute(f"INSERT OR IGNORE INTO side_backlog (kind, id) SELECT '{self.kind}', id FROM {self.kind}")
        self.rows.clear()


def fill(connection, table, columns, rows):
    """Inserts rows of values; columns that are not named take their default."""
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def significance(rng):
    expected = round(rng.uniform(0.1, 20), 3)
    observed = int(expected * rng.uniform(2, 10)) + 3
    interval = 10 ** rng.uniform(0, 5)
    return observed, expected, interval, interval / 3, interval / 20


SIGNIFICANCE = ["observed", "expected", "ri", "ri_local", "ri_robust"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--tocsin", default=".build/release/tocsin")
    parser.add_argument("--clusters", type=int, default=1_000_000)
    parser.add_argument("--rollups", type=int, default=20_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if os.path.exists(options.folder):
        sys.exit(f"{options.folder}: exists; name a new folder")
    replay_nothing(options)
    rng = random.Random(options.seed)
    grid = Grid()
    connection = sqlite3.connect(os.path.join(options.folder, "summaries.sqlite"))
    connection.executescript("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")
    clusters(connection, grid, rng, options.clusters)
    acts(connection, rng)
    rollups(connection, grid, rng, options.rollups)
    connection.execute("UPDATE meta SET watermark = ?", (NEWEST,))
    connection.execute("INSERT OR IGNORE INTO profile (number, name) VALUES (0, 'city')")
    connection.execute(
        "INSERT OR REPLACE INTO calibration (profile, as_of, is_learning, covered_days, warm_up_days, shadow_days, episode_factor, "
        "health_ratio, series_count, family_count, evicted_series_count) VALUES (0, ?, 0, 365, 28, 300, 1, 1, 1000, 30, 0)", (NEWEST,))
    connection.commit()
    connection.executescript("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize")
    connection.close()
    replay_nothing(options)


def replay_nothing(options):
    """Makes the schema, and fills the side tables. Nothing was replayed, which is exit code 1."""
    command = [options.tocsin, "replay", "/dev/null", "--store", options.folder]
    done = subprocess.run(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-500:]}")


def clusters(connection, grid, rng, count):
    words = ["water", "gas", "power", "smoke", "street light", "pothole", "noise", "tree", "flood", "snow"]
    fill(connection, "keyword", ["number", "text"],
         ((number, f"{words[number % 10]} {number // 10}" if number >= 10 else words[number]) for number in range(KEYWORDS)))
    sources = [f"/bench/{number}" for number in range(8)]
    fill(connection, "source",
         ["number", "name", "received", "accepted", "duplicate", "late", "rejected", "last_seen_at"],
         ((number, name, count, count, 0, 0, 0, (START_HOUR + YEAR_HOURS) * HOUR) for number, name in enumerate(sources)))
    # Ascending ids, so that tables without rowid grow at their end.
    stride = 2**64 // (count + 1)
    episode_count = count // 50
    episode_stride = 2**64 // (episode_count + 1)
    episode_ids = [cluster_id((number + 1) * episode_stride) for number in range(episode_count)]
    incident_ids = episode_ids[::2]
    vocabulary = Vocabulary()
    episodes(connection, grid, rng, vocabulary, episode_ids, incident_ids, sources)

    history = History("cluster")
    parts = {"cluster_cell": [], "cluster_sample": []}

    def flush():
        fill(connection, "cluster_cell", ["cluster", "cell", "report_count", "witness_count"], parts["cluster_cell"])
        fill(connection, "cluster_sample",
             ["cluster", "rank", "journal_position", "journal_row", "source", "report_id", "reported_at", "text"],
             parts["cluster_sample"])
        for rows in parts.values():
            rows.clear()

    def rows():
        for number in range(count):
            identifier = cluster_id((number + 1) * stride)
            latitude, longitude = SOUTH + SIDE * rng.random(), WEST + SIDE * rng.random()
            opened = (START_HOUR + rng.randrange(YEAR_HOURS)) * HOUR + rng.randrange(HOUR)
            ended = min(opened + rng.randrange(24 * HOUR), NEWEST)
            keyword = int(KEYWORDS * rng.random() ** 3)
            is_open = ended >= OPEN_SINCE
            episode = episode_ids[number // 50] if number % 50 == 0 and number // 50 < episode_count else None
            reports = 3 + int(rng.expovariate(0.1))
            cells = sorted({grid.cell(latitude + 0.01 * rng.random(), longitude + 0.01 * rng.random()) for _ in range(3)})
            parts["cluster_cell"] += [(identifier, cell, 1 + reports // 3, 1 + reports // 4) for cell in cells]
            parts["cluster_sample"] += [
                (identifier, rank, number, rank, sources[number % 8], f"{number}-{rank}", opened + rank,
                 vocabulary.text(rng, f"Report {rank} of {number}")) for rank in range(2)]
            if len(parts["cluster_sample"]) >= 20_000:
                flush()
            scored = significance(rng) if number % 4 == 0 else (None,) * 5
            place = (round(latitude, 7), round(longitude, 7))
            history.add(rng, identifier, keyword, opened, ended, is_open, place, reports, scored, None, episode, 2)
            yield (identifier, keyword, opened, ended, "open" if is_open else "closed", *place,
                   round(longitude - 0.005, 7), round(latitude - 0.004, 7),
                   round(longitude + 0.005, 7), round(latitude + 0.004, 7), reports, reports - reports // 5, 1 + number % 3,
                   len(cells), *scored, episode)

    fill(connection, "cluster",
         ["id", "keyword", "opened_at", "last_report_at", "state", "latitude", "longitude", "west", "south", "east", "north",
          "report_count", "witness_count", "source_count", "cell_count", *SIGNIFICANCE, "episode"], rows())
    flush()
    history.write(connection)


def episodes(connection, grid, rng, vocabulary, episode_ids, incident_ids, sources):
    columns = [row[1] for row in connection.execute("PRAGMA table_info(episode)")]
    incident_columns = [row[1] for row in connection.execute("PRAGMA table_info(incident)")]
    history, incident_history = History("episode"), History("incident")
    for number, identifier in enumerate(episode_ids):
        latitude, longitude = SOUTH + SIDE * rng.random(), WEST + SIDE * rng.random()
        opened = (START_HOUR + rng.randrange(YEAR_HOURS - 4)) * HOUR
        ended = opened + 5 * HOUR - 1
        is_open = ended >= OPEN_SINCE
        alerted = opened + HOUR if number % 3 == 0 else None
        scored = significance(rng)
        keyword = int(KEYWORDS * rng.random() ** 3)
        box = (round(longitude - 0.02, 7), round(latitude - 0.02, 7), round(longitude + 0.02, 7), round(latitude + 0.02, 7))
        values = {
            "id": identifier, "incident": incident_ids[number // 2], "keyword": keyword,
            "state": "open" if is_open else "closed",
            "first_seen_at": opened + HOUR, "last_seen_at": ended, "opened_at": opened,
            "last_report_at": ended, "latitude": round(latitude, 7), "longitude": round(longitude, 7),
            **dict(zip(["west", "south", "east", "north"], box)), "report_count": scored[0] + 5, "witness_count": scored[0],
            "source_count": 1 + number % 3, "near_duplicate_count": 0, "identical_place_count": 0,
            **dict(zip(SIGNIFICANCE, scored)), **dict(zip(["first_" + name for name in SIGNIFICANCE], scored)),
            "alerted_at": alerted, "baseline_per_day": 3.0, "window_count": 1}
        names = [name for name in values if name in columns]
        fill(connection, "episode", names, [[values[name] for name in names]])
        fill(connection, "episode_keyword", ["episode", "keyword"], [(identifier, keyword)])
        fill(connection, "episode_window",
             ["episode", "rank", "is_whole_area", "west", "south", "east", "north", "side_meters", "starts_at", "ends_at",
              "duration_bins", "tested_at", "observed", "expected", "series_count", "family_count", "is_novel"],
             [(identifier, 0, 0, *box, 4_000.0, opened, opened + 4 * HOUR, 4, opened + 4 * HOUR, scored[0], scored[1], 1_000, 30, 0)])
        cells = sorted({grid.cell(latitude + 0.02 * rng.random(), longitude + 0.02 * rng.random()) for _ in range(6)})
        fill(connection, "episode_cell", ["episode", "cell", "west", "south", "east", "north", "observed", "expected"],
             [(identifier, cell, *grid.box(cell), 1 + scored[0] // 6, scored[1] / 6) for cell in cells])
        fill(connection, "episode_sample",
             ["episode", "rank", "journal_position", "journal_row", "source", "report_id", "reported_at", "text",
              "near_duplicate_count"],
             [(identifier, rank, number, rank, sources[number % 8], f"e{number}-{rank}", opened + rank,
               vocabulary.text(rng, f"The first of many in {number}"), 0) for rank in range(4)])
        fill(connection, "episode_bin", ["episode", "starts_at", "observed", "expected"],
             [(identifier, opened + bin * HOUR, scored[0] // 4, scored[1] / 4) for bin in range(4)])
        place = (values["latitude"], values["longitude"])
        said = (rng, identifier, keyword, opened, ended, is_open, place, values["report_count"], scored, alerted)
        history.add(*said, values["incident"], 4)
        if number % 2:
            continue
        # An incident is told by its first episode.
        values.update(best=identifier, episode_count=2, is_whole_area=0)
        names = [name for name in values if name in incident_columns and name != "incident"]
        fill(connection, "incident", names, [[values[name] for name in names]])
        fill(connection, "incident_keyword", ["incident", "keyword"], [(identifier, keyword)])
        incident_history.add(*said, None, 6)
    history.write(connection)
    incident_history.write(connection)


def acts(connection, rng):
    """What analysts did: the newest 400 incidents acknowledged, some assigned, and 24 silences, of which four hold still."""
    def act(verb, kind, identifier, at, name=None, note=None):
        return connection.execute("INSERT INTO act (at, analyst, verb, kind, id, object, note) VALUES (?, 'bench', ?, ?, ?, ?, ?)",
                                  (at, verb, kind, identifier, name, note)).lastrowid

    newest = connection.execute("SELECT id, last_report_at FROM incident ORDER BY last_report_at DESC LIMIT 400").fetchall()
    for number, (identifier, at) in enumerate(newest):
        act("acknowledge", "incident", identifier, at)
        if number % 4 == 0:
            act("assign", "incident", identifier, at, f"analyst {number % 3}")
    for number in range(24):
        is_over = number >= 4
        begins = NEWEST - (rng.randrange(30, 300) if is_over else rng.randrange(1, 14)) * 24 * HOUR
        ends = begins + 14 * 24 * HOUR if is_over else NEWEST + 7 * 24 * HOUR
        begun = act("silence", "silence", str(number + 1), begins, "a circle", "known work")
        fill(connection, "silence",
             ["number", "act", "keyword", "shape", "latitude", "longitude", "radius_meters", "starts_at", "ends_at", "idle", "reason"],
             [(number + 1, begun, ["water", "gas", "tree", None][number % 4], "circle", SOUTH + SIDE * rng.random(),
               WEST + SIDE * rng.random(), 5_000.0, begins, ends, 14 * 24 * HOUR, "known work")])


def rollups(connection, grid, rng, count):
    cells = sorted({grid.cell(SOUTH + SIDE * (row + 0.5) / 60, WEST + SIDE * (column + 0.5) / 45)
                    for row in range(60) for column in range(45)})
    places = len(cells)
    weights = [((number + 0.5) / KEYWORDS) ** -0.66 for number in range(KEYWORDS)]
    total = sum(weights)

    days, totals = [], []

    def rows():
        left = count
        for keyword in range(KEYWORDS):
            sums = {}
            wanted = left if keyword == KEYWORDS - 1 else min(left, int(count * weights[keyword] / total))
            left -= wanted
            # Strides whose mean is the room there is: ascending by hour, then by cell, as the primary key is.
            gap = YEAR_HOURS * places / (wanted + 1)
            position = 0.0
            for drawn in itertools.repeat(None, wanted):
                position += 1 + max(0, gap - 1) * 2 * rng.random()
                hour, place = divmod(int(position), places)
                reports = 1 + int(rng.random() * rng.random() * 6)
                day = sums.setdefault((START_HOUR + hour) // 24, [0, 0])
                day[0] += reports
                day[1] += 1 + reports // 2
                yield keyword, START_HOUR + hour, cells[place], reports, 1 + reports // 2
            days.extend((keyword, number, *day) for number, day in sums.items())
            if sums:
                reports, witnesses = map(sum, zip(*sums.values()))
                totals.append((keyword, reports, witnesses, min(sums), max(sums)))

    connection.executemany("INSERT INTO rollup_hourly VALUES (?, ?, ?, ?, ?)", rows())
    connection.executemany("INSERT INTO rollup_daily VALUES (?, ?, ?, ?)", days)
    connection.executemany("INSERT INTO rollup_total VALUES (?, ?, ?, ?, ?)", totals)


if __name__ == "__main__":
    main()
