#!/usr/bin/env python3
"""PostgreSQL and PostGIS: INSERT … ON CONFLICT DO NOTHING, 256 events a transaction, into a table with a key and a GiST index."""

import concurrent.futures
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import measure
import orjson
import psycopg

DOES = "tells reports sent again by (source, id), keeps all of them with an index of places, each batch on the disk before the next"
LACKS = "nothing is forgotten, no counts an hour, cell and keyword until somebody asks, no clusters, no scores"
BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")
# It refuses to run as root.
USER = "postgres"

INSERT = """
    INSERT INTO report (source, id, time, place, keywords, text)
    SELECT source, id, time, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), string_to_array(keywords, chr(31)), text
    FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::float8[], %s::float8[], %s::text[], %s::text[])
      AS event (source, id, time, longitude, latitude, keywords, text)
    ON CONFLICT DO NOTHING"""


@contextlib.contextmanager
def server():
    """A cluster of its own, in a folder that its user may enter; the defaults of Debian's PostgreSQL, with a socket only."""
    user = pwd.getpwnam(USER) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-postgis-"))
    process = None
    try:
        os.chown(folder, user.pw_uid, user.pw_gid)
        options = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if os.getuid() == 0:
            options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = folder / "data"
        subprocess.run([BINARIES / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8"], check=True, **options)
        process = subprocess.Popen(
            [BINARIES / "postgres", "-D", data, "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"], **options)
        address = f"host={folder} user={USER} dbname=postgres"
        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("postgis: the server does not start")
                time.sleep(0.1)
        yield process, address
    finally:
        if process:
            # The fast way: it does not wait for those who are connected.
            process.send_signal(signal.SIGINT)
            process.wait()
        shutil.rmtree(folder)


def send(connection, lines):
    for batch in measure.batches(lines):
        columns = ([], [], [], [], [], [], [])
        # In the order of the key, so that two connections never wait for each other.
        for event in sorted(map(orjson.loads, batch), key=lambda event: (event["source"], event["id"])):
            data = event["data"]
            longitude, latitude = data["location"]["coordinates"]
            row = event["source"], event["id"], event["time"], longitude, latitude, "\x1f".join(data["keywords"]), data["text"]
            for column, value in zip(columns, row):
                column.append(value)
        connection.execute(INSERT, columns, prepare=True)
        connection.commit()


def main():
    arguments = measure.arguments(__doc__)
    lines = measure.lines(arguments.file, arguments.events)
    with server() as (process, address):
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")
            connection.execute("""
                CREATE TABLE report (source text, id text, time timestamptz NOT NULL, place geometry(Point, 4326) NOT NULL,
                  keywords text[] NOT NULL, text text, PRIMARY KEY (source, id))""")
            connection.execute("CREATE INDEX ON report USING gist (place)")
            version = connection.execute("SHOW server_version").fetchone()[0].split()[0]
            extension = connection.execute("SELECT postgis_lib_version()").fetchone()[0]
        connections = [psycopg.connect(address) for _ in range(arguments.producers)]
        meter = measure.Meter(process.pid)
        shares = [lines[number::arguments.producers] for number in range(arguments.producers)]
        with concurrent.futures.ThreadPoolExecutor(arguments.producers) as pool:
            list(pool.map(send, connections, shares))
        usage = meter.stop()
        # The backends are still there, and with them what is shared.
        memory = measure.tree_memory(process.pid)
        for connection in connections:
            connection.close()
        with psycopg.connect(address) as connection:
            rows = connection.execute("SELECT count(*) FROM report").fetchone()[0]
    measure.report(
        "PostgreSQL, PostGIS, INSERT", f"{version}, PostGIS {extension}", usage, arguments.events, memory, DOES, LACKS,
        producers=arguments.producers, distinct=rows)


if __name__ == "__main__":
    main()
