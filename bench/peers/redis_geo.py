#!/usr/bin/env python3
"""Redis: SET NX for the identity and GEOADD for the place, 256 events a pipeline; with a GEOSEARCH of 500 m where that is asked for."""

import concurrent.futures
import contextlib
import pathlib
import subprocess
import time

import measure
import orjson
import redis

DOES = "tells reports sent again by (source, id), forgets that after a week, keeps each place under its keywords"
LACKS = "nothing is on the disk when it answers (no append-only file), no counts, no time of the event, no clusters, no scores"
WEEK = 7 * 86_400


@contextlib.contextmanager
def server(folder):
    path = folder / "redis.sock"
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no", "--dir", str(folder)],
        stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while not path.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("redis: the server does not start")
            time.sleep(0.05)
        yield process, str(path)
    finally:
        process.terminate()
        process.wait()


def send(path, lines, is_searched):
    client = redis.Redis(unix_socket_path=path)
    for batch in measure.batches(lines):
        pipe = client.pipeline(transaction=False)
        for line in batch:
            event = orjson.loads(line)
            identity = event["source"] + " " + event["id"]
            data = event["data"]
            longitude, latitude = data["location"]["coordinates"]
            pipe.set(identity, 1, nx=True, ex=WEEK)
            for keyword in data["keywords"]:
                # What comes again has the same place: to add it once more changes nothing.
                pipe.geoadd(keyword, (longitude, latitude, identity))
                if is_searched:
                    pipe.geosearch(keyword, longitude=longitude, latitude=latitude, radius=500, unit="m", count=32, any=True)
        pipe.execute()


def main():
    arguments = measure.arguments(__doc__)
    is_searched = arguments.variant == "search"
    lines = measure.lines(arguments.file, arguments.events)
    folder = pathlib.Path(arguments.folder).resolve()
    with server(folder) as (process, path):
        version = redis.Redis(unix_socket_path=path).info("server")["redis_version"]
        meter = measure.Meter(process.pid)
        # Clients of one process take turns, which costs the server what as many processes would cost it.
        shares = [lines[number::arguments.producers] for number in range(arguments.producers)]
        with concurrent.futures.ThreadPoolExecutor(arguments.producers) as pool:
            list(pool.map(lambda share: send(path, share, is_searched), shares))
        usage = meter.stop()
        memory = measure.peak_memory(process.pid)
        keys = redis.Redis(unix_socket_path=path).dbsize()
    measure.report(
        "Redis, SET NX, GEOADD" + (", GEOSEARCH" if is_searched else ""), f"{version}, redis-py {redis.__version__}", usage,
        arguments.events, memory, DOES + (", finds up to 32 within 500 m" if is_searched else ""), LACKS,
        producers=arguments.producers, keys=keys)


if __name__ == "__main__":
    main()
