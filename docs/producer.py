#!/usr/bin/env python3
"""Sends events, one JSON object a line, from stdin: producer.py tcp://127.0.0.1:5555 < events.ndjson"""
import itertools, json, sys, time, uuid, zmq
HELLO, WELCOME, PUT, ACK, BUSY, PING, PONG, BYE, ERROR = range(1, 10)
TABLE = list(range(256))
for _ in range(8): TABLE = [c >> 1 ^ 0x82F63B78 if c & 1 else c >> 1 for c in TABLE]
def crc32c(body):
    c = 0xFFFFFFFF
    for byte in body: c = TABLE[(c ^ byte) & 255] ^ c >> 8
    return c ^ 0xFFFFFFFF
socket, epoch, sent, counts = zmq.Context().socket(zmq.DEALER), str(uuid.uuid4()), 0, {}
socket.setsockopt(zmq.IMMEDIATE, 1)  # sending waits until somebody listens
socket.connect(sys.argv[1])
def send(verb, header, *body):
    socket.send_multipart([b"TCSN\x01" + bytes([verb]), json.dumps(header).encode(), *body])
def hello():
    send(HELLO, {"producer": "producer.py", "epoch": epoch, "lastSequence": sent,
                 "mediaTypes": ["application/x-ndjson"], "minorVersions": [0]})
def deliver(lines):  # one batch at a time, sent again until all of it is acknowledged
    global sent
    body, first, through, sent = b"".join(lines), sent + 1, sent, sent + len(lines)
    put = {"epoch": epoch, "firstSequence": first, "count": len(lines), "crc32c": crc32c(body)}
    hello() if first == 1 else send(PUT, put, body)
    while through < sent:
        head, header = socket.recv_multipart() if socket.poll(5000) else (None, b"{}")
        verb, header = head and head[5], json.loads(header)
        if verb == ACK:
            for event in (e for e in header["exceptions"] if e["sequence"] > through):
                print(json.dumps(event))
                counts[event["verdict"]] = counts.get(event["verdict"], 0) + 1
            through = max(through, header["throughSequence"])
        if verb == BUSY: time.sleep(header["retryMilliseconds"] / 1000)
        if verb in (BUSY, WELCOME): send(PUT, put, body)
        if verb is None or header.get("code") == "hello-required": hello()
        elif verb == ERROR: sys.exit(header["code"] + ": " + header["message"])
events = (line for line in sys.stdin.buffer if line.strip())
while lines := list(itertools.islice(events, 64)): deliver(lines)
send(BYE, {})
print(f"sent {sent}, accepted {sent - sum(counts.values())}", *(f", {n} {verdict}" for verdict, n in counts.items()), sep="")
