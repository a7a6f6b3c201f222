#!/usr/bin/env python3
"""Counts the instructions of small pieces of work that are always the same, and holds them against thresholds in git.

Usage: guard.py tocsin-bench [--update] [--runs N] [WORK ...]

Each work is a run of `tocsin-bench --guard WORK` under valgrind's callgrind, which collects inside of `cbench_counted` alone: neither
what starts and warms up nor what makes the events counts. More than 3 % above a threshold fails, and so does more than 3 % below it,
so that thresholds say what is. Counts are of x86-64 with AVX2, where simdjson and the C library choose other code elsewhere.
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
WORKS = ["decode", "decode-varied", "encode", "identity-new", "identity-again", "apply", "drain"]
TOLERANCE = 0.03


def counted(binary, work, folder):
    """Instructions an event of one run."""
    output = pathlib.Path(folder) / f"{work}-{os.urandom(4).hex()}"
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "--toggle-collect=cbench_counted", binary, "--guard", work],
        # A table's order is part of the work.
        env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}, capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        sys.exit(f"guard: {work} ended with {run.returncode}:\n{run.stderr[-2000:]}")
    total = re.search(r"^totals: (\d+)", output.read_text(), re.MULTILINE)
    if not total or int(total.group(1)) == 0:
        sys.exit(f"guard: callgrind has counted nothing of {work}")
    return int(total.group(1)) / int(run.stdout)


def measure(binary, works, runs):
    """The counts of each work, one a run; two of them at once, as callgrind counts the same beside others."""
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # Valgrind 3.19 gives up on the debug information that Swift's compiler writes.
        stripped = f"{folder}/tocsin-bench"
        subprocess.run(["objcopy", "--strip-debug", binary, stripped], check=True)
        # The longest first.
        tasks = {work: [pool.submit(counted, stripped, work, folder) for _ in range(runs)] for work in reversed(works)}
        return {work: [task.result() for task in tasks[work]] for work in works}


def judge(counts, thresholds, tolerance=TOLERANCE):
    """One sentence for each work that is not what its threshold says."""
    complaints = []
    for work, count in counts.items():
        if work not in thresholds:
            complaints.append(f"{work}: {count:,.0f} instructions an event, and no threshold: run make guard-update")
            continue
        threshold = thresholds[work]
        share = count / threshold - 1
        if abs(share) <= tolerance:
            continue
        what = f"{work}: {count:,.1f} instructions an event, threshold {threshold:,.1f} ± {tolerance:.0%}: {abs(share):.1%} "
        if share > 0:
            complaints.append(what + "more. If that is intended, run make guard-update")
        else:
            complaints.append(what + "fewer: lower the threshold, run make guard-update")
    complaints += [f"{work}: a threshold of nothing that is measured; run make guard-update" for work in thresholds if work not in WORKS]
    return complaints


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
    counts = {work: sorted(values)[len(values) // 2] for work, values in runs.items()}
    for work, count in counts.items():
        spread = f", spread of {arguments.runs} runs {max(runs[work]) / min(runs[work]) - 1:.3%}" if arguments.runs > 1 else ""
        print(f"{work}: {count:,.1f} instructions an event, threshold {thresholds.get(work, 0):,.1f}{spread}")
    if arguments.update:
        kept = {work: round(counts.get(work, thresholds.get(work, 0)), 1) for work in WORKS if work in counts or work in thresholds}
        THRESHOLDS.write_text(json.dumps(kept, indent=2) + "\n")
        print(f"written to {THRESHOLDS}")
        return
    if complaints := judge(counts, thresholds):
        sys.exit("\n".join(complaints))


if __name__ == "__main__":
    main()
