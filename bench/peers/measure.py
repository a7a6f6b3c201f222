"""What every peer's script is measured with, so that all are measured alike: processor time, memory, the events, and what is said of it."""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import time

BATCH = 256
# A cell of about 500 m at the latitude of the stream, in degrees.
CELL_LATITUDE = 0.0045
CELL_LONGITUDE = 0.0061

TICKS = os.sysconf("SC_CLK_TCK")


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("file", type=pathlib.Path, help="events, one a line")
    parser.add_argument("--events", type=int, required=True, help="how many lines of it to read")
    parser.add_argument("--producers", type=int, default=1)
    parser.add_argument("--variant", default="")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("."), help="where files may be left; removed by who calls")
    return parser.parse_args()


def lines(path, count):
    """The first lines of a file, all of them in memory, so that the disk is not what is measured."""
    with open(path, "rb") as file:
        return [line for line, _ in zip(file, range(count))]


def batches(items, size=BATCH):
    return [items[start:start + size] for start in range(0, len(items), size)]


def process_stat(pid):
    """The parent of a process, and its ticks: in user and system mode, and the same of its children that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), [int(field) for field in fields[11:15]]


def tree(root):
    """The processes that are a process's or its children's, itself among them."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                parents[int(name)] = process_stat(name)[0]
    members = {root}
    while grown := {pid for pid, parent in parents.items() if parent in members} - members:
        members |= grown
    return members


def tree_cpu(root):
    """Seconds on a processor of a process and of all below it, those included that have ended and been waited for."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            total += sum(process_stat(pid)[1])
    return total / TICKS


def tree_memory(root):
    """Bytes that a process and all below it hold now, shared ones counted once."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def peak_memory(pid="self"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


class Meter:
    """Processor time and the wall's clock from its making on: of this process, and of a server's tree where one is named."""

    def __init__(self, server=None):
        self.server = server
        self.own = self._own()
        self.served = tree_cpu(server) if server else 0
        self.start = time.monotonic()

    @staticmethod
    def _own():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    def stop(self):
        own = self._own() - self.own
        served = tree_cpu(self.server) - self.served if self.server else 0
        return {
            "wall_seconds": time.monotonic() - self.start,
            "cpu_seconds": own + served,
            "client_cpu_seconds": own if self.server else 0,
        }


def report(peer, version, usage, events, memory, does, lacks, **more):
    print(json.dumps({
        "peer": peer, "version": version, "events": events, **usage, "memory_bytes": memory, "does": does, "lacks": lacks, **more}))
