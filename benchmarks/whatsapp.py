"""
Reading a chat: villagegraph beside the least that could be done.

Usage: python benchmarks/whatsapp.py [--messages 40000]

Writes a chat as large as phones export, reads it in each way in a process of its own,
and prints one table. The naive way knows one form of date, and reads it with strptime.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import re
import tempfile
import time
from pathlib import Path

from showing import heading, measure, show

NAMES = "Ada Ben Cleo Dana Emil Fay Gus Hana".split()
WORDS = "village lunch draft river notes table garden ticket window bridge letter market".split()
_LINE = re.compile(r"(\d\d/\d\d/\d{4}), (\d\d:\d\d) - ([^:]+): (.*)")


def write_chat(path: Path, *, messages: int, seed: int = 1) -> None:
    """Write the chat of a group."""
    rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
    at = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    lines = ['01/01/2015, 00:00 - Ada created group "Lake walks"']
    for _ in range(messages):
        at += dt.timedelta(minutes=rng.randint(0, 90))
        text = " ".join(rng.choices(WORDS, k=rng.randint(1, 20)))
        shown = "<Media omitted>" if rng.random() < 0.1 else text
        lines.append(f"{at:%d/%m/%Y, %H:%M} - {rng.choice(NAMES)}: {shown}")
        if rng.random() < 0.15:
            lines.append(" ".join(rng.choices(WORDS, k=8)))
    path.write_text("\n".join(lines), encoding="utf-8")


def ours(path: Path) -> tuple[int, float]:
    """Return messages and seconds."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import whatsapp  # noqa: PLC0415
    from villagegraph.settings import Settings  # noqa: PLC0415

    begin = time.process_time()
    export = whatsapp.read(file_at(path), settings=Settings()).export()
    return len(export.interactions), time.process_time() - begin


def naive(path: Path) -> tuple[int, float]:
    """Read lines of one form, and each for itself."""
    begin = time.process_time()
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = _LINE.match(line)
        if match is not None:
            at = dt.datetime.strptime(f"{match[1]} {match[2]}", "%d/%m/%Y %H:%M")  # noqa: DTZ007
            rows.append((at, match[3], len(match[4])))
    return len(rows), time.process_time() - begin


WAYS = {"villagegraph": ours, "one form alone": naive}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        count, seconds = WAYS[options.way](options.path)
        print(json.dumps({"messages": count, "seconds": seconds}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "WhatsApp Chat with Lake walks.txt")
        write_chat(path, messages=options.messages)
        size = path.stat().st_size / 10**6
        heading(f"{size:,.1f} MB, {options.messages:,} messages")
        ours, limit = (measure(__file__, way, path)["seconds"] for way in WAYS)
    show("WhatsApp, CPU s (limit: one form)", ours, limit=limit)


if __name__ == "__main__":
    main()
