#!/usr/bin/env python3
"""Counts what small pieces of work need that are always the same, and holds it against thresholds in git.

Usage: guard.py tocsin-bench [--update] [--runs N] [WORK ...]

Each work is a run of `tocsin-bench --guard WORK` under valgrind's callgrind, which collects inside of `cbench_counted` alone: neither
what starts and warms up nor what makes the events counts. More than 3 % above a threshold fails, and so does more than 3 % below it,
so that thresholds say what is. Counts are of x86-64 with AVX2, where simdjson and the C library choose other code elsewhere.

Allocations of the same work, and what bytes an engine holds of each identity, series and live node, are exact: one more fails, one less, too.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

THRESHOLDS = pathlib.Path(__file__).with_name("thresholds.json")
WORKS = [
    "decode", "decode-varied", "encode", "identity-new", "identity-again", "apply", "drain", "scan", "settle", "intake", "steady",
    "steady-closing", "memory"]
# It tells bytes.
HELD = "memory"
# Of these it is allocations alone that are told: they are long, or what the disk and the network do is part of them.
ALLOCATING = ["intake", "steady", "steady-closing"]
TOLERANCE = 0.03
# Bytes are written with one digit.
ROUNDING = 0.051
INSTRUCTIONS = "instructions an event"
ALLOCATIONS = "allocations"


def counted(binary, work, folder):
    """What one run has needed, by its names."""
    output = pathlib.Path(folder) / f"{work}-{os.urandom(4).hex()}"
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "--toggle-collect=cbench_counted"]
    run = subprocess.run(
        [*([] if work in (HELD, *ALLOCATING) else tool), binary, "--guard", work, "--folder", folder],
        # A table's order is part of the work.
        env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}, capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        sys.exit(f"guard: {work} ended with {run.returncode}:\n{run.stderr[-2000:]}")
    told = json.loads(run.stdout)
    if work == HELD:
        return {f"bytes of one {name}": value for name, value in told["bytes"].items()}
    if work in ALLOCATING:
        return {ALLOCATIONS: told[ALLOCATIONS]}
    total = re.search(r"^totals: (\d+)", output.read_text(), re.MULTILINE)
    if not total or int(total.group(1)) == 0:
        sys.exit(f"guard: callgrind has counted nothing of {work}")
    return {INSTRUCTIONS: int(total.group(1)) / told["events"], ALLOCATIONS: told[ALLOCATIONS]}


def measure(binary, works, runs):
    """The counts of each work, one a run; two of them at once, as callgrind counts the same beside others."""
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # Valgrind 3.19 gives up on the debug information that Swift's compiler writes.
        stripped = f"{folder}/tocsin-bench"
        subprocess.run(["objcopy", "--strip-debug", binary, stripped], check=True)
        # The longest first.
        tasks = {work: [pool.submit(counted, stripped, work, folder) for _ in range(runs)] for work in reversed(works)}
        return {work: [task.result() for task in tasks[work]] for work in works}


def shown(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def judge(counts, thresholds, tolerance=TOLERANCE):
    """One sentence for each work and figure that is not what its threshold says."""
    complaints = []
    for work, figures in counts.items():
        for name, count in figures.items():
            if name not in thresholds.get(work, {}):
                complaints.append(f"{work}: {shown(count)} {name}, and no threshold: run make guard-update")
                continue
            threshold = thresholds[work][name]
            margin = tolerance * threshold if name == INSTRUCTIONS else 0 if name == ALLOCATIONS else ROUNDING
            if abs(count - threshold) <= margin:
                continue
            within = f" ± {tolerance:.0%}" if name == INSTRUCTIONS else ""
            share = f"{abs(count / threshold - 1):.1%}" if threshold else shown(count)
            what = f"{work}: {shown(count)} {name}, threshold {shown(threshold)}{within}: {share} "
            if count > threshold:
                complaints.append(what + "more. If that is intended, run make guard-update")
            else:
                complaints.append(what + "fewer: lower the threshold, run make guard-update")
    gone = [work for work in thresholds if work not in WORKS]
    gone += [f"{work}, {name}" for work in counts for name in thresholds.get(work, {}) if name not in counts[work]]
    return complaints + [f"{what}: a threshold of nothing that is measured; run make guard-update" for what in gone]


def middle(runs):
    """The median of each figure over several runs, and its spread: the most over the least."""
    figures, spreads = {}, {}
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        figures[name] = values[len(values) // 2]
        spreads[name] = values[-1] / values[0] - 1 if values[0] else float(values[-1])
    return figures, spreads


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of {', '.join(WORKS)}; all where none is named")
    parser.add_argument("--update", action="store_true", help="write the thresholds instead of looking at them")
    parser.add_argument("--runs", type=int, default=1, help="runs of each, whose spread is told")
    arguments = parser.parse_args()
    if unknown := [work for work in arguments.works if work not in WORKS]:
        sys.exit(f"guard: {unknown[0]} is not one of {', '.join(WORKS)}")
    if not shutil.which("valgrind"):
        sys.exit("guard: valgrind is missing; `make guard` installs it")
    works = arguments.works or WORKS
    thresholds = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    runs = measure(arguments.binary, works, arguments.runs)
    counts = {}
    for work, values in runs.items():
        counts[work], spreads = middle(values)
        for name, count in counts[work].items():
            spread = f", spread of {arguments.runs} runs {spreads[name]:.3%}" if arguments.runs > 1 else ""
            print(f"{work}: {shown(count)} {name}, threshold {shown(thresholds.get(work, {}).get(name, 0))}{spread}")
    if arguments.update:
        kept = {
            work: {name: value if isinstance(value, int) else round(value, 1) for name, value in figures.items()}
            for work in WORKS if (figures := counts.get(work, thresholds.get(work)))}
        THRESHOLDS.write_text(json.dumps(kept, indent=2) + "\n")
        print(f"written to {THRESHOLDS}")
        return
    if complaints := judge(counts, thresholds):
        sys.exit("\n".join(complaints))


if __name__ == "__main__":
    main()
