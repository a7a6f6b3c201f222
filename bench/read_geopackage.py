#!/usr/bin/env python3
"""Reads a file with pyogrio, as GeoPandas does, and prints what it saw as JSON: for tests.

  bench/read_geopackage.py FILE LAYER [--where SQL] [--bbox W,S,E,N]"""
import argparse
import json
import sys

import numpy
import pyogrio


def plain(value):
    """A value of a column as JSON has it; times in UTC to the millisecond."""
    if value is None or value is numpy.ma.masked:
        return None
    if isinstance(value, numpy.datetime64):
        return None if numpy.isnat(value) else f"{numpy.datetime_as_string(value, unit='ms')}Z"
    if isinstance(value, numpy.generic):
        value = value.item()
    return None if isinstance(value, float) and value != value else value


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("layer")
parser.add_argument("--where")
parser.add_argument("--bbox")
options = parser.parse_args()
layers = pyogrio.list_layers(options.file)
info = pyogrio.read_info(options.file, layer=options.layer, force_total_bounds=True)
bbox = tuple(float(edge) for edge in options.bbox.split(",")) if options.bbox else None
meta, _, geometry, values = pyogrio.raw.read(
    options.file, layer=options.layer, where=options.where, bbox=bbox, read_geometry=info["geometry_type"] is not None)
names = list(meta["fields"])
count = len(values[0]) if values else 0
json.dump({
    "layers": [list(map(plain, row)) for row in layers],
    "crs": info["crs"], "geometryType": info["geometry_type"], "featureCount": info["features"],
    "bounds": None if info["total_bounds"] is None else [plain(edge) for edge in info["total_bounds"]],
    "types": {name: str(kind) for name, kind in zip(info["fields"], info["dtypes"])},
    "rows": [{name: plain(column[row]) for name, column in zip(names, values)} for row in range(count)],
    "geometries": None if geometry is None else [None if blob is None else blob.hex() for blob in geometry],
}, sys.stdout)
