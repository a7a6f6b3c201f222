#!/usr/bin/env python3
"""DuckDB: one batch GROUP BY of cell, keyword and hour over the file, after the fact."""

import duckdb
import measure

LACKS = "not a stream: it reads a whole file, each question anew; no report is told from one sent again, no ACK, no clusters, no scores"
LACKS_DISTINCT = "not a stream: it reads a whole file, each question anew; no ACK, no clusters, no scores"


def main():
    arguments = measure.arguments(__doc__)
    is_distinct = arguments.variant == "distinct"
    path = arguments.folder / "duckdb.ndjson"
    path.write_bytes(b"".join(measure.lines(arguments.file, arguments.events)))
    connection = duckdb.connect()
    reports = f"""
        SELECT source, id, time, data.location.coordinates AS place, data.keywords AS keywords
        FROM read_json('{path}', format = 'newline_delimited', columns = {{
          source: 'VARCHAR', id: 'VARCHAR', time: 'TIMESTAMP',
          data: 'STRUCT(location STRUCT(coordinates DOUBLE[]), keywords VARCHAR[])'}})"""
    if is_distinct:
        reports = f"SELECT any_value(time) AS time, any_value(place) AS place, any_value(keywords) AS keywords FROM ({reports}) GROUP BY source, id"
    meter = measure.Meter()
    rows = connection.execute(f"""
        SELECT count(*), sum(reports) FROM (
          SELECT floor(place[2] / {measure.CELL_LATITUDE}) AS latitude, floor(place[1] / {measure.CELL_LONGITUDE}) AS longitude,
            keyword, date_trunc('hour', time) AS hour, count(*) AS reports
          FROM (SELECT time, place, unnest(keywords) AS keyword FROM ({reports}))
          GROUP BY ALL)""").fetchone()
    usage = meter.stop()
    path.unlink()
    measure.report(
        "DuckDB, batch GROUP BY" + (" of distinct reports" if is_distinct else ""), duckdb.__version__, usage, arguments.events,
        measure.peak_memory(), "counts an hour, cell and keyword" + (" of reports told apart by (source, id)" if is_distinct else ""),
        LACKS_DISTINCT if is_distinct else LACKS, groups=rows[0], counted=int(rows[1]))


if __name__ == "__main__":
    main()
