#!/usr/bin/env python3
"""Makes streams without incidents from a real one: ordinary days, weeks at random, hours of the week permuted.

Days within one day of a listed incident go; the days that stay, in order, fill whole weeks, the first Monday into the
first week and so on, so that no gap remains. Then either the weeks are shuffled whole (`week`: what happened in one week
stays together, the small real incidents that no list names with it), or each report draws a week of its own (`report`:
independent of every other, which is what the model states). Last, the times of the week are permuted among the reports
of one first keyword, each keeping its place, source and keywords. Ids are new, in time order.

Why `report` is a null. Given the keyword, a report's week, its time of the week and its place are independent of each
other and of every other report: no window holds more than its keyword's rate, week and place share promise, but by
chance. What is taken from the stream is these rates, and they must be rates. A list names few incidents; one that it does
not name and that makes up much of a rare keyword (an afternoon's shutoff) would be drawn into that afternoon of every
week: no chance, but an incident that returns each week. Hence a day is ordinary for a keyword only if it has at most
m + 6√(1.5 m) + 2 of its reports, m being its mean over the days without a listed incident: what a baseline takes in of a
bin (the winsorising of detection's L2). The keyword's reports of other days are left out of `report`. Cutting the days'
counts does not make the null tame, since only the rates stem from them, and every count is drawn anew; clumps it has
none, these are in the simulation study. From `week`, whose counts are the stream's own, nothing more is left out: there a
cut would be seen.
"""

import argparse
import collections
import datetime
import json
import math
import pathlib
import random
import sys

import datasets
from matching import Incident, local_day, parse_time, zone

WEEK_MODES = ("week", "report")
DEFAULT_SEED = 20150127


def unlisted_days(days: list[datetime.date], incidents: list[Incident]) -> set[datetime.date]:
    """The days that are more than one day away from every listed incident."""
    margin = datetime.timedelta(days=1)
    return set(days) - {incident.start - margin + datetime.timedelta(days=offset) for incident in incidents
                        for offset in range((incident.end - incident.start).days + 3)}


def ordinary_weeks(days: set[datetime.date]) -> dict[datetime.date, int]:
    """The week number of each day, so that every week has each weekday once; what is left over is dropped."""
    by_weekday = collections.defaultdict(list)
    for day in sorted(days):
        by_weekday[day.weekday()].append(day)
    weeks = min((len(by_weekday[weekday]) for weekday in range(7)), default=0)
    return {day: week for same in by_weekday.values() for week, day in enumerate(same[:weeks])}


def extraordinary_days(counts: dict[datetime.date, int], day_count: int) -> set[datetime.date]:
    """The days on which one keyword has more reports than its mean a day lets a baseline take in.

    `counts` are its reports by day, on `day_count` days without a listed incident, silent ones included.
    """
    mean = sum(counts.values()) / day_count
    return {day for day, count in counts.items() if count > mean + 6 * math.sqrt(1.5 * mean) + 2}


def make_null(events: list[dict], incidents: list[Incident], time_zone: str, seed: int, mode: str) -> list[dict]:
    """The events of a null stream in time order; linear in the events but for the sort.

    `mode` is "week" or "report". The same events, seed and mode give the same stream on any machine.
    """
    generator = random.Random(f"{seed} {mode}")
    local = [parse_time(event["time"]).astimezone(zone(time_zone)).replace(tzinfo=None) for event in events]
    if not local:
        return []
    first, last = min(local).date(), max(local).date()
    every = [first + datetime.timedelta(days=offset) for offset in range((last - first).days + 1)]
    unlisted = unlisted_days(every, incidents)
    week_of = ordinary_weeks(unlisted)
    count = max(week_of.values(), default=-1) + 1
    order = list(range(count))
    generator.shuffle(order)
    monday = first - datetime.timedelta(days=first.weekday())
    groups: dict[str, list[int]] = collections.defaultdict(list)
    for index, time in enumerate(local):
        if time.date() in unlisted:
            groups[(events[index]["data"].get("keywords") or [""])[0]].append(index)
    rows = []
    for keyword in sorted(groups):
        days = set(week_of)
        if mode == "report":
            days -= extraordinary_days(collections.Counter(local[index].date() for index in groups[keyword]), len(unlisted))
        members = [index for index in groups[keyword] if local[index].date() in days]
        moments = [(local[index].weekday(), local[index].time()) for index in members]
        generator.shuffle(moments)
        for index, (weekday, clock) in zip(members, moments):
            week = order[week_of[local[index].date()]] if mode == "week" else generator.randrange(count)
            day = monday + datetime.timedelta(days=7 * week + weekday)
            rows.append((datetime.datetime.combine(day, clock, zone(time_zone)).astimezone(datetime.timezone.utc), index))
    rows.sort()
    null = []
    for number, (time, index) in enumerate(rows):
        event = {key: value for key, value in events[index].items() if key not in ("recordedtime", "subject")}
        event["id"] = f"null-{number}"
        event["time"] = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        null.append(event)
    return null


def null_days(null: list[dict], time_zone: str) -> int:
    """The local days from the first to the last event."""
    if not null:
        return 0
    first, last = (local_day(parse_time(null[index]["time"]), time_zone) for index in (0, -1))
    return (last - first).days + 1


def write_events(path: pathlib.Path, events: list[dict]) -> None:
    """Write events as NDJSON."""
    with open(path, "w", encoding="utf-8") as output:
        for event in events:
            output.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")


def main() -> int:
    """Write one null stream to standard output or a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=[data_set.name for data_set in datasets.DATA_SETS])
    parser.add_argument("--data", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "data")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--weeks", choices=WEEK_MODES, default="week")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("/dev/stdout"))
    arguments = parser.parse_args()
    data_set = next(one for one in datasets.DATA_SETS if one.name == arguments.name)
    path = datasets.event_file(arguments.data, data_set)
    if not path.exists():
        print(f"SKIPPED: no {path}", file=sys.stderr)
        return 0
    events = list(datasets.read_events(path))
    null = make_null(events, datasets.read_truth(arguments.data, data_set).all(), data_set.time_zone, arguments.seed,
                     arguments.weeks)
    print(f"{arguments.name}: seed {arguments.seed}, weeks by {arguments.weeks}: {len(null)} of {len(events)} reports "
          f"on {null_days(null, data_set.time_zone)} days", file=sys.stderr)
    write_events(arguments.output, null)
    return 0


if __name__ == "__main__":
    sys.exit(main())
