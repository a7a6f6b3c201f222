#!/usr/bin/env python3
"""river: DBSTREAM or DenStream, clusters of a stream of places, told one after the other."""

import importlib.metadata
import math

import measure
import orjson
import river.cluster

LACKS = "no report is told from one sent again, no keyword, no socket and no ACK, nothing on the disk, no scores"


def main():
    arguments = measure.arguments(__doc__)
    lines = measure.lines(arguments.file, arguments.events)
    # In kilometres, so that a radius is one.
    if arguments.variant == "denstream":
        name, model = "river, DenStream", river.cluster.DenStream(decaying_factor=0.01, beta=0.5, mu=2.5, epsilon=0.5, n_samples_init=1_000)
    else:
        name, model = "river, DBSTREAM", river.cluster.DBSTREAM(clustering_threshold=0.5, fading_factor=0.01, cleanup_interval=1_000)
    width = 111.32 * math.cos(math.radians(42.4))
    meter = measure.Meter()
    for line in lines:
        longitude, latitude = orjson.loads(line)["data"]["location"]["coordinates"]
        model.learn_one({"x": longitude * width, "y": latitude * 111.32})
    usage = meter.stop()
    count = len(model.micro_clusters) if arguments.variant != "denstream" else len(model.p_micro_clusters)
    measure.report(
        name, importlib.metadata.version("river"), usage, len(lines), measure.peak_memory(),
        "keeps micro-clusters of places that fade with the number of reports", LACKS, micro_clusters=count)


if __name__ == "__main__":
    main()
