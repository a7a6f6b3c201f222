"""Runs the tocsin program over a stream and reads back what it found."""

import gzip
import json
import os
import pathlib
import shutil
import subprocess
import time

from matching import Finding

LISTS = {"episodes": ["--alerts", "--kind", "episode"], "incidents": ["--alerts"], "clusters": ["--kind", "cluster"]}


class EngineError(Exception):
    """The program failed; the text holds its command and what it wrote."""


NOTHING_FOUND = 1


def run(command: list[str], output=None, accepted: tuple[int, ...] = (0,)) -> str:
    """Run a command; its standard output goes to a file or is given back; raises EngineError on another exit code."""
    result = subprocess.run(command, stdout=output or subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if result.returncode not in accepted:
        raise EngineError(f"{' '.join(command)}\nexit {result.returncode}: "
                          f"{result.stderr.decode(errors='replace').strip()[-2000:]}")
    return (result.stdout or b"").decode(errors="replace") + result.stderr.decode(errors="replace")


def settings_file(folder: pathlib.Path, *parts: str) -> pathlib.Path | None:
    """Write the settings that are not empty into one TOML file of `folder`; None where there are none."""
    text = "\n".join(part for part in parts if part.strip())
    if not text:
        return None
    if not any(line.replace(" ", "").startswith("version=") for line in text.splitlines()):
        text = "version = 1\n" + text
    path = folder / "settings.toml"
    path.write_text(text)
    return path


def find(binary: str, events: pathlib.Path, profile: str, settings: tuple[str, ...], folder: pathlib.Path) -> dict:
    """Replay `events` (NDJSON, gzipped or plain) into `folder`/store and write the lists beside it.

    Gives the seconds and what the replay said. A store that was there before is removed first.
    """
    store = folder / "store"
    if store.exists():
        shutil.rmtree(store)
    folder.mkdir(parents=True, exist_ok=True)
    plain = events
    if events.suffix == ".gz":
        plain = folder / "events.ndjson"
        with gzip.open(events, "rb") as packed, open(plain, "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
    command = [binary, "replay", str(plain), "--store", str(store), "--profile", profile]
    path = settings_file(folder, *settings)
    if path:
        command += ["--config", str(path)]
    start, processor = time.monotonic(), os.times()
    said = run(command)
    seconds, after = time.monotonic() - start, os.times()
    if plain is not events:
        plain.unlink()
    for name, flags in LISTS.items():
        with open(folder / f"{name}.ndjson", "wb") as output:
            run([binary, "list", *flags, "--format", "ndjson", "--store", str(store)], output,
                accepted=(0, NOTHING_FOUND))
    spent = after.children_user + after.children_system - processor.children_user - processor.children_system
    return {"seconds": seconds, "processorSeconds": spent, "said": said.strip()}


def read_lines(path: pathlib.Path) -> list[dict]:
    """The objects of an NDJSON file; none where the file is absent."""
    if not path.exists():
        return []
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def findings(folder: pathlib.Path) -> tuple[list[Finding], list[Finding], list[dict]]:
    """Episodes, incidents and clusters as the lists of `folder` hold them; a line of another kind is passed over."""

    def of_kind(name: str, kind: str) -> list[Finding]:
        lines = read_lines(folder / f"{name}.ndjson")
        return [Finding.from_line(line) for line in lines if line.get("kind", kind) == kind]

    clusters = [line for line in read_lines(folder / "clusters.ndjson") if line.get("kind", "cluster") == "cluster"]
    return of_kind("episodes", "episode"), of_kind("incidents", "incident"), clusters
