#!/usr/bin/env python3
"""Holds files against the tables and rules of GeoPackage 1.4 (OGC 12-128r19): whatever fails is named, with its requirement.

  bench/check_geopackage.py FILE...

It reads bytes and SQL alone and knows nothing of who wrote a file. Exit code 0 where all is well, 1 where something is not."""
import re
import sqlite3
import struct
import sys

TABLES = {  # Annex C: name, type, NOT NULL, key
    "gpkg_spatial_ref_sys": [
        ("srs_name", "TEXT", 1, 0), ("srs_id", "INTEGER", 0, 1), ("organization", "TEXT", 1, 0),
        ("organization_coordsys_id", "INTEGER", 1, 0), ("definition", "TEXT", 1, 0), ("description", "TEXT", 0, 0)],
    "gpkg_contents": [
        ("table_name", "TEXT", 1, 1), ("data_type", "TEXT", 1, 0), ("identifier", "TEXT", 0, 0), ("description", "TEXT", 0, 0),
        ("last_change", "DATETIME", 1, 0), ("min_x", "DOUBLE", 0, 0), ("min_y", "DOUBLE", 0, 0), ("max_x", "DOUBLE", 0, 0),
        ("max_y", "DOUBLE", 0, 0), ("srs_id", "INTEGER", 0, 0)],
    "gpkg_geometry_columns": [
        ("table_name", "TEXT", 1, 1), ("column_name", "TEXT", 1, 2), ("geometry_type_name", "TEXT", 1, 0),
        ("srs_id", "INTEGER", 1, 0), ("z", "TINYINT", 1, 0), ("m", "TINYINT", 1, 0)],
    "gpkg_extensions": [
        ("table_name", "TEXT", 0, 0), ("column_name", "TEXT", 0, 0), ("extension_name", "TEXT", 1, 0), ("definition", "TEXT", 1, 0),
        ("scope", "TEXT", 1, 0)],
}
TYPES = re.compile(
    r"BOOLEAN|TINYINT|SMALLINT|MEDIUMINT|INT|INTEGER|FLOAT|DOUBLE|REAL|TEXT(\(\d+\))?|BLOB(\(\d+\))?|DATE|DATETIME|"
    r"GEOMETRY|POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION")
STORED = {
    "integer": ["BOOLEAN", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER"], "real": ["FLOAT", "DOUBLE", "REAL"],
    "text": ["TEXT", "DATE", "DATETIME"]}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NAME = re.compile(r"[a-z][a-z0-9_]*")
WKB_TYPES = {1: "POINT", 3: "POLYGON", 6: "MULTIPOLYGON"}
TRIGGERS = ["delete", "insert", "update2", "update4", "update5", "update6", "update7"]


class Blob:
    """A geometry: the header of 2.1.3 and little- or big-endian WKB."""

    def __init__(self, data):
        magic, self.version, flags, = data[:2], data[2], data[3]
        if magic != b"GP":
            raise ValueError("magic is not GP")
        order = "<" if flags & 1 else ">"
        self.is_empty = bool(flags & 0x10)
        self.srs_id, = struct.unpack_from(order + "i", data, 4)
        count = {0: 0, 1: 4, 2: 6, 3: 6, 4: 8}[flags >> 1 & 7]
        self.envelope = struct.unpack_from(f"{order}{count}d", data, 8) if count else None
        self.data, self.at, self.points, self.rings = data, 8 + 8 * count, [], []
        self.type = self.geometry()
        if self.at != len(data):
            raise ValueError(f"{len(data) - self.at} bytes follow the geometry")

    def take(self, form):
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return values

    def geometry(self):
        order = "<" if self.take("B")[0] else ">"
        kind, = self.take(order + "I")
        if kind == 1:
            self.points.append(self.take(order + "2d"))
        elif kind == 3:
            for _ in range(self.take(order + "I")[0]):
                ring = [self.take(order + "2d") for _ in range(self.take(order + "I")[0])]
                self.points += ring
                self.rings.append(ring)
        elif kind == 6:
            for _ in range(self.take(order + "I")[0]):
                if self.geometry() != "POLYGON":
                    raise ValueError("a part of a multipolygon is no polygon")
        return WKB_TYPES[kind]

    @property
    def bounds(self):
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return min(xs), max(xs), min(ys), max(ys)


def area(ring):
    """Twice the signed area: above zero for a ring that runs counterclockwise."""
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, ring[1:]))


class Check:
    def __init__(self, path):
        self.path, self.failures = path, []
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def expect(self, holds, what):
        if not holds:
            self.failures.append(what)

    def rows(self, sql, *values):
        return self.connection.execute(sql, values).fetchall()

    def run(self):
        with open(self.path, "rb") as file:
            header = file.read(100)
        self.expect(header[:16] == b"SQLite format 3\0", "R1: the file is no SQLite 3")
        self.expect(header[18:20] == b"\1\1", "the file needs a write-ahead log beside it")
        self.expect(header[68:72] == b"GPKG", "R2: application_id is not GPKG")
        self.expect(struct.unpack(">I", header[60:64])[0] == 10_400, "R2: user_version is not 10400")
        self.expect(self.path.endswith(".gpkg"), "R3: the name does not end in .gpkg")
        self.expect(self.rows("PRAGMA integrity_check") == [("ok",)], "R6: integrity_check")
        self.expect(self.rows("PRAGMA foreign_key_check") == [], "R7: foreign_key_check")
        for table, columns in TABLES.items():
            found = [(name, kind, required, key) for _, name, kind, required, _, key in self.rows(f"PRAGMA table_info({table})")]
            self.expect(found == columns, f"annex C: {table} has the columns {found}")
        self.systems()
        names = [name for name, in self.rows("SELECT table_name FROM gpkg_contents")]
        self.expect(len(set(name.lower() for name in names)) == len(names), "names differ by case alone")
        for row in self.rows("SELECT * FROM gpkg_contents"):
            self.content(*row)
        features = [name for name, in self.rows("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")]
        geometries = [name for name, in self.rows("SELECT table_name FROM gpkg_geometry_columns")]
        self.expect(sorted(features) == sorted(geometries), "R23: gpkg_geometry_columns are not those of the feature tables")
        known = set(names) | set(TABLES)
        for name, in self.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"):
            self.expect(name in known or name.startswith("rtree_"), f"R4: {name} is in no gpkg_contents")
        return self.failures

    def systems(self):
        for srs_id, organization, number, definition in [
                (4326, "EPSG", 4326, None), (-1, "NONE", -1, "undefined"), (0, "NONE", 0, "undefined")]:
            rows = self.rows(
                "SELECT upper(organization), organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", srs_id)
            self.expect(
                len(rows) == 1 and rows[0][:2] == (organization, number) and definition in (None, rows[0][2]),
                f"R11: the row {srs_id} of gpkg_spatial_ref_sys is {rows}")

    def content(self, table, data_type, identifier, description, last_change, min_x, min_y, max_x, max_y, srs_id):
        self.expect(data_type in ("features", "attributes"), f"R13: {table}: data_type {data_type}")
        self.expect(MOMENT.fullmatch(last_change), f"R15: {table}: last_change {last_change}")
        self.expect(NAME.fullmatch(table), f"1: {table} is no name in lower case")
        columns = self.rows(f'PRAGMA table_info("{table}")')
        self.expect(columns, f"R14: {table} is no table")
        keys = [(name, kind) for _, name, kind, _, _, key in columns if key]
        self.expect(len(keys) == 1 and keys[0][1] == "INTEGER", f"R29/R119: {table}: the primary key is {keys}")
        for _, name, kind, _, _, _ in columns:
            self.expect(TYPES.fullmatch(kind), f"R5: {table}.{name}: type {kind}")
            self.expect(NAME.fullmatch(name), f"1: {table}.{name} is no name in lower case")
            self.values(table, name, kind)
        if data_type == "features":
            self.features(table, keys[0][0], (min_x, max_x, min_y, max_y), srs_id)

    def values(self, table, name, kind):
        stored = next((stored for stored, kinds in STORED.items() if re.sub(r"\(.*", "", kind) in kinds), "blob")
        others = self.rows(
            f'SELECT DISTINCT typeof("{name}") FROM "{table}" WHERE typeof("{name}") NOT IN (?, \'null\')', stored)
        self.expect(not others, f"R5: {table}.{name}: {kind} is stored as {others}")
        if kind == "BOOLEAN":
            self.expect(not self.rows(f'SELECT 1 FROM "{table}" WHERE "{name}" NOT IN (0, 1) LIMIT 1'), f"{table}.{name}: no BOOLEAN")
        if kind == "DATETIME":
            for text, in self.connection.execute(f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" NOT NULL'):
                self.expect(MOMENT.fullmatch(text), f"R5: {table}.{name}: {text} is no DATETIME")

    def features(self, table, key, extent, srs_id):
        column, geometry_type, column_srs, z, m = self.rows(
            "SELECT column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = ?", table)[0]
        declared = {name: kind for _, name, kind, _, _, _ in self.rows(f'PRAGMA table_info("{table}")')}
        self.expect(declared.get(column) == geometry_type, f"R31: {table}.{column} is declared {declared.get(column)}")
        self.expect(column_srs == srs_id and (z, m) == (0, 0), f"R26-R28, R146: {table}: srs {column_srs}, z {z}, m {m}")
        boxes = {}
        for identifier, data in self.connection.execute(f'SELECT "{key}", "{column}" FROM "{table}" WHERE "{column}" NOT NULL'):
            try:
                blob = Blob(data)
            except (ValueError, KeyError, IndexError, struct.error) as error:
                self.failures.append(f"R19: {table} {identifier}: {error}")
                continue
            boxes[identifier] = blob.bounds
            self.expect(blob.version == 0 and not blob.is_empty, f"R19: {table} {identifier}: version or flags")
            self.expect(blob.srs_id == srs_id, f"R33: {table} {identifier}: srs_id {blob.srs_id}")
            self.expect(blob.envelope in (None, blob.bounds), f"R19: {table} {identifier}: the envelope is {blob.envelope}")
            self.expect(blob.type == geometry_type, f"R32: {table} {identifier}: a {blob.type}")
            for ring in blob.rings:
                self.expect(ring[0] == ring[-1] and len(ring) > 3 and area(ring) > 0, f"{table} {identifier}: ring {ring}")
            west, east, south, north = blob.bounds
            self.expect(-180 <= west <= east <= 180 and -90 <= south <= north <= 90, f"{table} {identifier}: {blob.bounds}")
        if boxes:
            bounds = tuple(
                choose(box[index] for box in boxes.values()) for index, choose in enumerate([min, max, min, max]))
            self.expect(bounds == extent, f"R17: {table}: the extent is {extent}, not {bounds}")
        else:
            self.expect(extent == (None,) * 4, f"R17: {table}: an extent of nothing, {extent}")
        self.index(table, column, boxes)

    def index(self, table, column, boxes):
        name = f"rtree_{table}_{column}"
        extension = self.rows(
            "SELECT column_name, scope FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index' AND table_name = ?", table)
        self.expect(extension == [(column, "write-only")], f"R76: {table}: gpkg_extensions has {extension}")
        sql = self.rows("SELECT sql FROM sqlite_schema WHERE name = ?", name)
        self.expect(
            sql == [(f'CREATE VIRTUAL TABLE "{name}" USING rtree(id, minx, maxx, miny, maxy)',)], f"R77: {table}: the index is {sql}")
        triggers = [trigger for trigger, in self.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? ORDER BY name", table)]
        self.expect(triggers == [f"{name}_{event}" for event in TRIGGERS], f"R77: {table}: the triggers are {triggers}")
        self.expect(self.rows("SELECT rtreecheck(?)", name) == [("ok",)], f"R77: {table}: rtreecheck")
        found = {row[0]: row[1:] for row in self.rows(f'SELECT id, minx, maxx, miny, maxy FROM "{name}"')}
        self.expect(found.keys() == boxes.keys(), f"R77: {table}: the index has {len(found)} of {len(boxes)} features")
        for identifier in found.keys() & boxes.keys():
            west, east, south, north = found[identifier]
            box = boxes[identifier]
            slack = 1e-4
            self.expect(
                west <= box[0] <= west + slack and east - slack <= box[1] <= east
                and south <= box[2] <= south + slack and north - slack <= box[3] <= north,
                f"R77: {table} {identifier}: the index has {found[identifier]} for {box}")


def main():
    paths = sys.argv[1:]
    if not paths:
        sys.exit(__doc__)
    failed = False
    for path in paths:
        failures = Check(path).run()
        for failure in failures[:50]:
            print(f"{path}: {failure}")
        if len(failures) > 50:
            print(f"{path}: … and {len(failures) - 50} more")
        failed = failed or bool(failures)
        if not failures:
            print(f"{path}: a valid GeoPackage 1.4")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
