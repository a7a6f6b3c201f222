#!/usr/bin/env python3
"""scikit-learn: DBSCAN of all places of each keyword, by the great circle, 500 m, after the fact."""

import measure
import numpy
import orjson
import sklearn
import sklearn.cluster


def main():
    arguments = measure.arguments(__doc__)
    lines = measure.lines(arguments.file, arguments.events)
    meter = measure.Meter()
    places, seen = {}, set()
    for line in lines:
        event = orjson.loads(line)
        identity = (event["source"], event["id"])
        if identity in seen:
            continue
        seen.add(identity)
        longitude, latitude = event["data"]["location"]["coordinates"]
        for keyword in event["data"]["keywords"]:
            places.setdefault(keyword, []).append((latitude, longitude))
    clusters = 0
    for points in places.values():
        model = sklearn.cluster.DBSCAN(eps=500 / 6_371_008.8, min_samples=5, metric="haversine", algorithm="ball_tree")
        clusters += int(model.fit(numpy.radians(points)).labels_.max()) + 1
    usage = meter.stop()
    measure.report(
        "scikit-learn, DBSCAN", sklearn.__version__, usage, len(lines), measure.peak_memory(),
        "tells reports sent again by (source, id), clusters the places of each keyword exactly",
        "not a stream: all of it anew for each further report; no time, no ACK, nothing on the disk, no scores", clusters=clusters)


if __name__ == "__main__":
    main()
