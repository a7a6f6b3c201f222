#!/usr/bin/env python3
"""Tocsin as it is: `replay` of the file, or `serve` with one `send` a producer over the loopback."""

import os
import re
import shutil
import subprocess
import time

import measure

DOES = ("checks every event, keeps it on the disk before it answers, tells reports sent again, counts an hour, cell and keyword, "
        "clusters, learns what is usual, scores windows, writes summaries to SQLite")
LACKS = "no SQL over single reports"
BINARY = os.environ.get("TOCSIN_BINARY", ".build/release/tocsin")


def ended(process):
    """What a child has used, as soon as it has ended."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"tocsin: {process.args[1]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def replay(arguments, store):
    path = arguments.folder / "tocsin.ndjson"
    path.write_bytes(b"".join(measure.lines(arguments.file, arguments.events)))
    start = time.monotonic()
    process = subprocess.Popen([BINARY, "replay", path, "--store", store, "--log-level", "warning"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    cpu, memory = ended(process)
    wall = time.monotonic() - start
    path.unlink()
    return cpu, memory, wall


def serve(arguments, store):
    lines = measure.lines(arguments.file, arguments.events)
    paths = [arguments.folder / f"tocsin-{number}.ndjson" for number in range(arguments.producers)]
    for number, path in enumerate(paths):
        # In turn, so that all are at about the same time of the stream.
        path.write_bytes(b"".join(lines[number::arguments.producers]))
    del lines
    daemon = subprocess.Popen([BINARY, "serve", "--store", store, "--endpoint", "tcp://127.0.0.1:*"], stderr=subprocess.PIPE, text=True)
    endpoint = next(match.group(1) for line in daemon.stderr if (match := re.search(r"message=listening.*endpoint=(\S+)", line)))
    log = subprocess.Popen(["cat"], stdin=daemon.stderr, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    senders = [
        subprocess.Popen([BINARY, "send", path, "--to", endpoint, "--name", f"producer-{number}", "--timeout", "120"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for number, path in enumerate(paths)]
    for sender in senders:
        ended(sender)
    wall = time.monotonic() - start
    daemon.terminate()
    # With what it still writes into the summaries when it stops.
    cpu, memory = ended(daemon)
    log.wait()
    for path in paths:
        path.unlink()
    return cpu, memory, wall


def main():
    arguments = measure.arguments(__doc__)
    store = arguments.folder / "tocsin-store"
    cpu, memory, wall = (serve if arguments.variant == "serve" else replay)(arguments, store)
    shutil.rmtree(store)
    version = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    measure.report(
        "Tocsin, serve" if arguments.variant == "serve" else "Tocsin, replay", version,
        {"wall_seconds": wall, "cpu_seconds": cpu, "client_cpu_seconds": 0}, arguments.events, memory, DOES, LACKS,
        producers=arguments.producers)


if __name__ == "__main__":
    main()
