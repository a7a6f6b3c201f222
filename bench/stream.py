#!/usr/bin/env python3
"""Writes a seeded stream of report events, one CloudEvent a line, of any length: --events N --days D --seed S.

--skip K leaves out the first K of them; the others are the same."""
import argparse
import datetime
import random
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--events", type=int, default=1_000_000)
parser.add_argument("--days", type=float, default=60)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--skip", type=int, default=0)
options = parser.parse_args()
rng = random.Random(options.seed)
words = [f"topic{number}" for number in range(200)]
start = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc).timestamp()
step = options.days * 86_400 / options.events
second, stamp, lines = None, "", []
for number in range(options.events):
    time = int(start + number * step)
    if time != second:
        second = time
        stamp = datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    draw = rng.random()
    if number < options.skip:
        rng.random(), rng.random()
        continue
    lines.append(
        '{"specversion":"1.0","type":"org.tocsin.report.v1","source":"/bench/%d","id":"%d","time":"%s","data":{"location":'
        '{"type":"Point","coordinates":[%.5f,%.5f]},"keywords":["%s"],"text":"report"}}\n'
        % (number % 5, number, stamp, -71.2 + 0.5 * draw, 42.2 + 0.4 * rng.random(), words[int(200 * rng.random() ** 2)]))
    if len(lines) == 4096:
        sys.stdout.write("".join(lines))
        lines.clear()
sys.stdout.write("".join(lines))
