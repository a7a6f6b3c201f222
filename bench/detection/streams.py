#!/usr/bin/env python3
"""Evaluates Tocsin's detection on real streams, and on nulls made from them, against what is known of each."""

import argparse
import json
import os
import pathlib
import sys
import tempfile
import tomllib

import datasets
import engine
import nulls
from measures import Evaluation, bars

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEARNING_DAYS = 28


def false_alarms_per_day(settings: str) -> float:
    """The dial as a TOML text sets it, in whatever table; else its default."""

    def search(value):
        if not isinstance(value, dict):
            return None
        if "falseAlarmsPerDay" in value:
            return float(value["falseAlarmsPerDay"])
        return next((found for inner in value.values() if (found := search(inner)) is not None), None)

    found = search(tomllib.loads(settings)) if settings else None
    return datasets.DEFAULT_FALSE_ALARMS_PER_DAY if found is None else found


def compact(data_set, summary: dict) -> str:
    """One line: every measure, a `!` after those that miss their bar."""
    parts = [f"{name} {value}{'' if passed else '!'}" for name, value, _, passed in bars(data_set, summary)]
    if summary["carried"]:
        parts.append(f"carried {len(summary['carried'])}")
    if summary["cityHallEpisodes"]:
        parts.append(f"City Hall point {summary['cityHallEpisodes']}")
    parts.append(f"of listed incidents {summary['episodesOfListedIncidents']}/{summary['episodes']}")
    parts.append(f"longest {summary['longestEpisodeDays']} d")
    if "seconds" in summary:
        parts.append(f"{summary['seconds']:.1f} s")
    return f"{data_set.name:<11} " + " · ".join(parts)


def print_details(evaluation: Evaluation, summary: dict, verbosity: int) -> None:
    """The missed incidents; with more verbosity the episodes that no list explains."""
    for level in ("documented", "wide", "local"):
        for missed in summary[level]["missed"]:
            notes = (" [start-up]" if missed["isStartUp"] else "") + (f" [{missed['near']}]" if missed["near"] else "")
            print(f"    missed {level}: {missed['line']}{notes}")
    for line in summary["carried"]:
        print(f"    carried by an older episode: {line}")
    if verbosity < 2:
        return
    for line in summary["late"]:
        print(f"    late by {line}")
    explained = {id(episode) for hits in evaluation.matched.values() for episode in hits}
    for episode in evaluation.episodes:
        if id(episode) not in explained:
            line = episode.line
            area = "whole area" if episode.is_whole_area else f"at {episode.place} ±{line.get('radiusMeters')} m"
            print(f"    no list explains {episode.id}: {', '.join(episode.keywords)} {episode.opened}..{episode.last} "
                  f"{area} observed {line.get('observed')} expected {line.get('expected')} "
                  f"RI {line.get('recurrenceIntervalDays')}")


def evaluate(arguments, data_set, settings: str, work: pathlib.Path) -> tuple[Evaluation, dict] | None:
    """Replay one data set, or read what was found before; None where it cannot be."""
    path = datasets.event_file(arguments.data, data_set)
    if not path.exists():
        print(f"{data_set.name:<11} SKIPPED: no {path}")
        return None
    folder = (arguments.from_folder or work) / data_set.name
    cost = {}
    if arguments.from_folder:
        if not (folder / "episodes.ndjson").exists():
            print(f"{data_set.name:<11} SKIPPED: no {folder / 'episodes.ndjson'}")
            return None
    else:
        cost = engine.find(arguments.binary, path, data_set.profile, (settings, data_set.settings), folder)
    stream = datasets.Stream(data_set, datasets.read_events(path))
    evaluation = Evaluation(data_set, stream, datasets.read_truth(arguments.data, data_set), *engine.findings(folder))
    return evaluation, {**evaluation.summary(), **cost}


def evaluate_nulls(arguments, data_set, settings: str, work: pathlib.Path) -> list[dict]:
    """Replay the nulls of one data set, both kinds, each seed; print measured ÷ stated."""
    path = datasets.event_file(arguments.data, data_set)
    if not path.exists():
        print(f"{data_set.name:<11} SKIPPED: no {path}")
        return []
    events = list(datasets.read_events(path))
    incidents = datasets.read_truth(arguments.data, data_set).all()
    stated = false_alarms_per_day(settings)
    rows = []
    for mode in arguments.weeks:
        for seed in arguments.seeds:
            folder = work / f"{data_set.name}-null-{mode}-{seed}"
            folder.mkdir(parents=True, exist_ok=True)
            null = nulls.make_null(events, incidents, data_set.time_zone, seed, mode)
            days = nulls.null_days(null, data_set.time_zone)
            nulls.write_events(folder / "null.ndjson", null)
            engine.find(arguments.binary, folder / "null.ndjson", data_set.profile, (settings, data_set.settings), folder)
            (folder / "null.ndjson").unlink()
            alerts = sum(1 for episode in engine.findings(folder)[0] if episode.is_alert)
            judged = max(days - LEARNING_DAYS, days / 2)
            rows.append({"name": data_set.name, "weeks": mode, "seed": seed, "reports": len(null), "days": days,
                         "judgedDays": judged, "alerts": alerts, "ratio": alerts / judged / stated if judged else None})
        own = [row for row in rows if row["weeks"] == mode]
        ratio = sum(row["alerts"] for row in own) / max(1e-9, sum(row["judgedDays"] for row in own)) / stated
        each = ", ".join(f"seed {row['seed']}: {row['alerts']}" for row in own)
        print(f"{data_set.name:<11} null, weeks by {mode:<6} measured ÷ stated {ratio:.2f}{'' if ratio <= 1 else '!'} · "
              f"alerts {each} · {own[0]['judgedDays']:.0f} days each", flush=True)
    return rows


def markdown(results: list[tuple], null_rows: list[dict]) -> str:
    """The tables of a run."""
    lines = ["| stream | measure | value | bar | |", "|---|---|---|---|---|"] if results else []
    for data_set, summary in results:
        for name, value, bar, passed in bars(data_set, summary):
            lines.append(f"| {data_set.name} | {name} | {value} | {bar} | {'passed' if passed else '**missed**'} |")
    if results:
        lines += ["", "Missed incidents (start-up: in the first 30 days of a stream, of which the first 14 to 30 can "
                  "raise nothing):", ""]
    for data_set, summary in results:
        for level in ("documented", "wide", "local"):
            lines += [f"- {data_set.name}, {level}: {missed['line']}{' (start-up)' if missed['isStartUp'] else ''}"
                      for missed in summary[level]["missed"]]
    if null_rows:
        lines += [""] if results else []
        lines += ["| null | weeks by | seed | alerts | days | measured ÷ stated |", "|---|---|---|---|---|---|"]
        lines += [f"| {row['name']} | {row['weeks']} | {row['seed']} | {row['alerts']} | {row['judgedDays']:.0f} | "
                  f"{row['ratio']:.2f} |" for row in null_rows]
    return "\n".join(lines) + "\n"


def parse_arguments(words=None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared" / "data",
                        help="folder of the real streams (default: ../shared/data beside the repository)")
    parser.add_argument("--binary", default=os.environ.get("TOCSIN_BINARY", str(ROOT / ".build/release/tocsin")))
    parser.add_argument("--only", help="names, separated by commas: "
                        + ",".join(data_set.name for data_set in datasets.DATA_SETS))
    parser.add_argument("--config", type=pathlib.Path, help="settings in TOML added to each run's own")
    parser.add_argument("--from", dest="from_folder", type=pathlib.Path, metavar="DIR",
                        help="evaluate DIR/NAME/{episodes,incidents,clusters}.ndjson and run nothing")
    parser.add_argument("--keep-stores", type=pathlib.Path, metavar="DIR", help="keep stores and lists in DIR/NAME")
    parser.add_argument("--nulls", action="store_true", help="run the nulls made from the streams instead")
    parser.add_argument("--weeks", type=lambda text: text.split(","), default=list(nulls.WEEK_MODES),
                        help="kinds of null: week,report (default both)")
    parser.add_argument("--seeds", type=lambda text: [int(word) for word in text.split(",")],
                        default=[nulls.DEFAULT_SEED + offset for offset in range(3)], help="seeds of the nulls")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a bar is missed")
    parser.add_argument("-v", dest="verbosity", action="count", default=0,
                        help="the missed incidents; twice: also the late ones, and the episodes that no list explains")
    arguments = parser.parse_args(words)
    names = [data_set.name for data_set in datasets.DATA_SETS]
    arguments.only = arguments.only.split(",") if arguments.only else names
    for name in arguments.only:
        if name not in names:
            parser.error(f"no data set {name}; there are {', '.join(names)}")
    if set(arguments.weeks) - set(nulls.WEEK_MODES):
        parser.error("--weeks takes week, report or both")
    return arguments


def main() -> int:
    """Run what is asked; 0 done, 1 a bar missed (with --check) or the program failed."""
    arguments = parse_arguments()
    if not (arguments.data / "events").is_dir():
        print(f"SKIPPED: NO REAL STREAMS AT {arguments.data} (say where with --data DIR)", file=sys.stderr)
        return 0
    settings = arguments.config.read_text() if arguments.config else ""
    results, null_rows, failed = [], [], False
    with tempfile.TemporaryDirectory(prefix="tocsin-streams-") as temporary:
        work = arguments.keep_stores or pathlib.Path(temporary)
        for data_set in datasets.DATA_SETS:
            if data_set.name not in arguments.only:
                continue
            try:
                if arguments.nulls:
                    null_rows += evaluate_nulls(arguments, data_set, settings, work)
                    continue
                outcome = evaluate(arguments, data_set, settings, work)
            except (engine.EngineError, OSError) as error:
                print(f"{data_set.name:<11} FAILED: {error}", flush=True)
                failed = True
                continue
            if outcome:
                evaluation, summary = outcome
                results.append((data_set, summary))
                print(compact(data_set, summary), flush=True)
                if arguments.verbosity:
                    print_details(evaluation, summary, arguments.verbosity)
    if arguments.json:
        arguments.json.write_text(json.dumps({"streams": [summary for _, summary in results], "nulls": null_rows},
                                             indent=2, ensure_ascii=False) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(markdown(results, null_rows))
    missed = any(not passed for data_set, summary in results for *_, passed in bars(data_set, summary))
    missed = missed or any(row["ratio"] is not None and row["ratio"] > 1 for row in null_rows)
    return 1 if failed or (arguments.check and missed) else 0


if __name__ == "__main__":
    sys.exit(main())
