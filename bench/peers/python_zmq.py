#!/usr/bin/env python3
"""Python, pyzmq and orjson: batches of 256 over a DEALER and a ROUTER, a set of identities and a dictionary of counts."""

import multiprocessing

import measure
import orjson
import zmq

DOES = "receives batches over ZeroMQ and answers each, tells reports sent again by (source, id), counts an hour, cell and keyword"
LACKS = "nothing is on the disk when it answers, nothing is checked (times, places, lengths), the set of identities only grows, no clusters, no scores"
# Batches on the way, for each producer.
CREDIT = 16


def produce(endpoint, lines, number):
    socket = zmq.Context().socket(zmq.DEALER)
    socket.setsockopt(zmq.IDENTITY, f"producer-{number}".encode())
    socket.connect(endpoint)
    outstanding = 0
    for batch in measure.batches(lines):
        socket.send(b"".join(batch))
        outstanding += 1
        if outstanding == CREDIT:
            socket.recv()
            outstanding -= 1
    for _ in range(outstanding):
        socket.recv()
    socket.close(linger=0)


def main():
    arguments = measure.arguments(__doc__)
    lines = measure.lines(arguments.file, arguments.events)
    socket = zmq.Context().socket(zmq.ROUTER)
    endpoint = f"ipc://{arguments.folder.resolve()}/python-zmq" if arguments.variant == "ipc" else "tcp://127.0.0.1"
    if arguments.variant == "ipc":
        socket.bind(endpoint)
    else:
        endpoint = f"{endpoint}:{socket.bind_to_random_port(endpoint)}"
    processes = [
        # In turn, so that all are at about the same time of the stream.
        multiprocessing.get_context("spawn").Process(target=produce, args=(endpoint, lines[number::arguments.producers], number))
        for number in range(arguments.producers)]
    for process in processes:
        process.start()
    count = len(lines)
    del lines
    identities, cells, received = set(), {}, 0
    latitude_width, longitude_width, loads = measure.CELL_LATITUDE, measure.CELL_LONGITUDE, orjson.loads
    socket.poll()
    meter = measure.Meter()
    while received < count:
        sender, body = socket.recv_multipart()
        for line in body.splitlines():
            received += 1
            event = loads(line)
            identity = (event["source"], event["id"])
            if identity in identities:
                continue
            identities.add(identity)
            data = event["data"]
            longitude, latitude = data["location"]["coordinates"]
            cell, hour = (int(latitude // latitude_width), int(longitude // longitude_width)), event["time"][:13]
            for keyword in data["keywords"]:
                key = (cell, keyword, hour)
                cells[key] = cells.get(key, 0) + 1
        socket.send_multipart([sender, b"%d" % received])
    usage = meter.stop()
    for process in processes:
        process.join()
    measure.report(
        "Python, pyzmq, orjson", f"pyzmq {zmq.__version__}, orjson {orjson.__version__}", usage, count, measure.peak_memory(), DOES, LACKS,
        producers=arguments.producers, groups=len(cells), counted=sum(cells.values()), distinct=len(identities))


if __name__ == "__main__":
    main()
