#!/usr/bin/env python3
"""Apache Flink: a keyed count by the Table API's SQL in one JVM, from a file into a sink that takes everything.

Python only starts the job, the way PyFlink does: through the gateway in Flink's own jar. No event passes through it.
"""

import contextlib
import importlib.metadata
import os
import pathlib
import subprocess

import measure
import py4j.java_gateway
import pyflink

DOES = "counts an hour, cell and keyword as a stream in two parallel tasks, updates in small batches (1 s)"
LACKS = "no report is told from one sent again, no socket and no ACK, nothing on the disk, no clusters, no scores"
DOES_DISTINCT = "the same, behind deduplication by (source, id) in its state"
LACKS_DISTINCT = "no socket and no ACK, nothing on the disk (no checkpoint), no clusters, no scores"

MODULES = [
    "java.base/java.lang", "java.base/java.net", "java.base/java.io", "java.base/java.nio", "java.base/sun.nio.ch",
    "java.base/java.lang.reflect", "java.base/java.text", "java.base/java.time", "java.base/java.util",
    "java.base/java.util.concurrent", "java.base/java.util.concurrent.atomic", "java.base/java.util.concurrent.locks",
]


@contextlib.contextmanager
def gateway(folder):
    home = pathlib.Path(pyflink.__path__[0])
    jars = sorted(home.glob("lib/*.jar")) + sorted(home.glob("opt/flink-python-*.jar"))
    settings = folder / "flink"
    settings.mkdir(exist_ok=True)
    (settings / "config.yaml").write_text("{}\n")
    (settings / "log4j.properties").write_text("rootLogger.level = OFF\n")
    command = ["java", "-Xmx4g", f"-Dlog4j.configurationFile=file:{settings}/log4j.properties"]
    command += [f"--add-opens={module}=ALL-UNNAMED" for module in MODULES]
    # The gateway of py4j itself, as Flink ships it: it says its port and ends with its standard input.
    command += ["-cp", ":".join(map(str, jars)), "org.apache.flink.api.python.shaded.py4j.GatewayServer", "--die-on-broken-pipe", "0"]
    with open(settings / "log", "wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, "FLINK_CONF_DIR": str(settings)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    try:
        port = process.stdout.readline()
        if not port.strip().isdigit():
            raise SystemExit("flink: no gateway:\n" + (settings / "log").read_text()[-2000:])
        yield process, py4j.java_gateway.JavaGateway(gateway_parameters=py4j.java_gateway.GatewayParameters(
            port=int(port), enable_memory_management=False))
    finally:
        process.kill()
        process.wait()


def job(java, path, is_distinct):
    flink = java.jvm.org.apache.flink.table.api
    table = flink.TableEnvironment.create(flink.EnvironmentSettings.newInstance().inStreamingMode().build())
    settings = table.getConfig().getConfiguration()
    for name, value in [
        ("parallelism.default", "2"), ("table.exec.mini-batch.enabled", "true"), ("table.exec.mini-batch.allow-latency", "1 s"),
        ("table.exec.mini-batch.size", "5000"), ("pipeline.object-reuse", "true"),
    ]:
        settings.setString(name, value)
    table.executeSql(f"""
        CREATE TEMPORARY TABLE reports (
          source STRING, id STRING, `time` STRING, `at` AS PROCTIME(),
          data ROW<location ROW<coordinates ARRAY<DOUBLE>>, keywords ARRAY<STRING>>
        ) WITH ('connector' = 'filesystem', 'path' = 'file://{path}', 'format' = 'json')""")
    table.executeSql("""
        CREATE TEMPORARY TABLE counts (latitude BIGINT, longitude BIGINT, keyword STRING, hour_ STRING, reports BIGINT)
        WITH ('connector' = 'blackhole')""")
    source = "reports"
    if is_distinct:
        source = """(SELECT source, id, `time`, data FROM (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY source, id ORDER BY `at` ASC) AS place FROM reports) WHERE place = 1)"""
    result = table.executeSql(f"""
        INSERT INTO counts
        SELECT latitude, longitude, keyword, hour_, COUNT(*) FROM (
          SELECT CAST(FLOOR(r.data.location.coordinates[2] / {measure.CELL_LATITUDE}) AS BIGINT) AS latitude,
            CAST(FLOOR(r.data.location.coordinates[1] / {measure.CELL_LONGITUDE}) AS BIGINT) AS longitude,
            k.keyword AS keyword, SUBSTRING(r.`time`, 1, 13) AS hour_
          FROM {source} AS r CROSS JOIN UNNEST(r.data.keywords) AS k (keyword))
        GROUP BY latitude, longitude, keyword, hour_""")
    getattr(result, "await")()


def main():
    arguments = measure.arguments(__doc__)
    is_distinct = arguments.variant == "distinct"
    folder = arguments.folder.resolve()
    few, all_of_them = folder / "flink-few.ndjson", folder / "flink-all.ndjson"
    lines = measure.lines(arguments.file, arguments.events)
    few.write_bytes(b"".join(lines[:1000]))
    all_of_them.write_bytes(b"".join(lines))
    del lines
    with gateway(folder) as (process, java):
        # What starts the JVM, loads and plans is not counted: a job of a thousand events is done first.
        start = measure.Meter(process.pid)
        job(java, few, is_distinct)
        started = start.stop()
        meter = measure.Meter(process.pid)
        job(java, all_of_them, is_distinct)
        usage = meter.stop()
        memory = measure.peak_memory(process.pid)
    for path in (few, all_of_them):
        path.unlink()
    measure.report(
        "Flink, keyed count" + (" behind deduplication" if is_distinct else ""), importlib.metadata.version("apache-flink-libraries"),
        usage, arguments.events, memory, DOES_DISTINCT if is_distinct else DOES, LACKS_DISTINCT if is_distinct else LACKS,
        start_cpu_seconds=started["cpu_seconds"])


if __name__ == "__main__":
    main()
