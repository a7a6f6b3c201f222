#!/usr/bin/env python3
"""Fills a new store with seeded summaries of any size, without a stream: for benches of what reads a store.

  bench/store.py FOLDER --tocsin .build/release/tocsin [--clusters N] [--rollups N] [--seed S]

The schema is the program's own (an empty replay makes it), so that this needs no change when tables gain columns; the content is plausible
rather than true: a city of 50 by 50 kilometres, a year of hours, 2,000 keywords of very different size, an episode for every fifty
clusters, an incident for every two episodes, two sample texts a cluster."""
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
SOUTH, WEST, SIDE = 42.1, -71.4, 0.5
KEYWORDS = 2_000


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
    # Nothing was replayed, which is exit code 1.
    code = subprocess.run([options.tocsin, "replay", "/dev/null", "--store", options.folder], stderr=subprocess.DEVNULL).returncode
    if code not in (0, 1):
        sys.exit(f"{options.tocsin} replay ended with {code}")
    rng = random.Random(options.seed)
    grid = Grid()
    connection = sqlite3.connect(os.path.join(options.folder, "summaries.sqlite"))
    connection.executescript("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")
    clusters(connection, grid, rng, options.clusters)
    rollups(connection, grid, rng, options.rollups)
    connection.commit()
    connection.executescript("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize")
    connection.close()


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
    episodes(connection, grid, rng, episode_ids, incident_ids, sources)

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
            ended = opened + rng.randrange(24 * HOUR)
            reports = 3 + int(rng.expovariate(0.1))
            cells = sorted({grid.cell(latitude + 0.01 * rng.random(), longitude + 0.01 * rng.random()) for _ in range(3)})
            parts["cluster_cell"] += [(identifier, cell, 1 + reports // 3, 1 + reports // 4) for cell in cells]
            parts["cluster_sample"] += [
                (identifier, rank, number, rank, sources[number % 8], f"{number}-{rank}", opened + rank,
                 f"Report {rank} of {number}: it began at about this hour and has not stopped") for rank in range(2)]
            if len(parts["cluster_sample"]) >= 20_000:
                flush()
            scored = significance(rng) if number % 4 == 0 else (None,) * 5
            yield (identifier, int(KEYWORDS * rng.random() ** 3), opened, ended, "closed" if number % 10 else "open",
                   round(latitude, 7), round(longitude, 7), round(longitude - 0.005, 7), round(latitude - 0.004, 7),
                   round(longitude + 0.005, 7), round(latitude + 0.004, 7), reports, reports - reports // 5, 1 + number % 3,
                   len(cells), *scored, episode_ids[number // 50] if number % 50 == 0 and number // 50 < episode_count else None)

    fill(connection, "cluster",
         ["id", "keyword", "opened_at", "last_report_at", "state", "latitude", "longitude", "west", "south", "east", "north",
          "report_count", "witness_count", "source_count", "cell_count", *SIGNIFICANCE, "episode"], rows())
    flush()


def episodes(connection, grid, rng, episode_ids, incident_ids, sources):
    columns = [row[1] for row in connection.execute("PRAGMA table_info(episode)")]
    incident_columns = [row[1] for row in connection.execute("PRAGMA table_info(incident)")]
    for number, identifier in enumerate(episode_ids):
        latitude, longitude = SOUTH + SIDE * rng.random(), WEST + SIDE * rng.random()
        opened = (START_HOUR + rng.randrange(YEAR_HOURS)) * HOUR
        scored = significance(rng)
        keyword = int(KEYWORDS * rng.random() ** 3)
        box = (round(longitude - 0.02, 7), round(latitude - 0.02, 7), round(longitude + 0.02, 7), round(latitude + 0.02, 7))
        values = {
            "id": identifier, "incident": incident_ids[number // 2], "keyword": keyword, "state": "closed",
            "first_seen_at": opened + HOUR, "last_seen_at": opened + 5 * HOUR, "opened_at": opened,
            "last_report_at": opened + 5 * HOUR, "latitude": round(latitude, 7), "longitude": round(longitude, 7),
            **dict(zip(["west", "south", "east", "north"], box)), "report_count": scored[0] + 5, "witness_count": scored[0],
            "source_count": 1 + number % 3, "near_duplicate_count": 0, "identical_place_count": 0,
            **dict(zip(SIGNIFICANCE, scored)), **dict(zip(["first_" + name for name in SIGNIFICANCE], scored)),
            "alerted_at": opened + HOUR if number % 3 == 0 else None, "baseline_per_day": 3.0, "window_count": 1}
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
             [(identifier, 0, number, 0, sources[number % 8], f"e{number}", opened, "The first of many", 0)])
        if number % 2:
            continue
        # An incident is told by its first episode.
        values.update(best=identifier, episode_count=2, is_whole_area=0)
        names = [name for name in values if name in incident_columns and name != "incident"]
        fill(connection, "incident", names, [[values[name] for name in names]])
        fill(connection, "incident_keyword", ["incident", "keyword"], [(identifier, keyword)])


def rollups(connection, grid, rng, count):
    cells = sorted({grid.cell(SOUTH + SIDE * (row + 0.5) / 60, WEST + SIDE * (column + 0.5) / 45)
                    for row in range(60) for column in range(45)})
    places = len(cells)
    weights = [((number + 0.5) / KEYWORDS) ** -0.66 for number in range(KEYWORDS)]
    total = sum(weights)

    def rows():
        left = count
        for keyword in range(KEYWORDS):
            wanted = left if keyword == KEYWORDS - 1 else min(left, int(count * weights[keyword] / total))
            left -= wanted
            # Strides whose mean is the room there is: ascending by hour, then by cell, as the primary key is.
            gap = YEAR_HOURS * places / (wanted + 1)
            position = 0.0
            for drawn in itertools.repeat(None, wanted):
                position += 1 + max(0, gap - 1) * 2 * rng.random()
                hour, place = divmod(int(position), places)
                reports = 1 + int(rng.random() * rng.random() * 6)
                yield keyword, START_HOUR + hour, cells[place], reports, 1 + reports // 2

    connection.executemany("INSERT OR IGNORE INTO rollup_hourly VALUES (?, ?, ?, ?, ?)", rows())


if __name__ == "__main__":
    main()
