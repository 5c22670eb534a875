"""
Reading a backup of text messages: villagegraph, and the way of the standard library.

Usage: python benchmarks/sms.py [--messages 60000] [--pictures 300]

Writes a backup like SMS Backup & Restore's to a temporary folder, reads it in
each way in a process of its own, and prints one table. The way of the standard
library is `xml.etree.ElementTree.iterparse` on the same records, cleared one by one; it
stops at the first letter that is written in two halves, so it is given a copy without any.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import resource
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree as ET

from showing import heading, measure, peak_memory, show

MEGABYTE = 10**6
WORDS = (
    "village lunch draft river notes table garden ticket window bridge letter market morning "
    "station paper number answer summer project season engine copper harbour winter teacher"
).split()
SMILE = "&#55357;&#56832;"
START_MS = 1_500_000_000_123


def write_backup(path: Path, *, messages: int, pictures: int, seed: int = 1) -> None:
    """Write a backup; some of its messages carry a picture of a megabyte."""
    rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
    picture = base64.b64encode(rng.randbytes(750_000)).decode()
    every = max(messages // max(pictures, 1), 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n")
        file.write(f'<smses count="{messages}" backup_set="x" backup_date="1" type="full">\n')
        for number in range(messages):
            person = int(300 * rng.random() ** 3)
            at = START_MS + 3_600_007 * number
            named = f'contact_name="Person {person}"'
            words = " ".join(rng.choices(WORDS, k=rng.randint(1, 30)))
            if pictures and number % every == 0:
                file.write(
                    f'  <mms date="{at}" msg_box="1" address="+1555010{person:04}" m_type="132" '
                    f'{named}><parts><part seq="0" ct="image/jpeg" data="{picture}" />'
                    f'<part seq="0" ct="text/plain" text="{words}" /></parts><addrs><addr '
                    f'address="+1555010{person:04}" type="137" charset="106" /></addrs></mms>\n'
                )
                continue
            smile = SMILE if number % 5 == 0 else ""
            file.write(
                f'  <sms protocol="0" address="+1555010{person:04}" date="{at}" '
                f'type="{rng.randint(1, 2)}" subject="null" body="{words}{smile}" toa="null" '
                'sc_toa="null" service_center="null" read="1" status="-1" locked="0" '
                f'date_sent="{at}" sub_id="1" readable_date="31 Oct 2026 12:00:00" {named} />\n'
            )
        file.write("</smses>\n")


def ours(path: Path) -> tuple[int, float]:
    """Return messages and seconds, tables and all."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import sms  # noqa: PLC0415
    from villagegraph.settings import Settings  # noqa: PLC0415

    sms.read(file_at(path.with_name("small.xml")), settings=Settings()).export()
    _remember_memory()
    begin = time.process_time()
    export = sms.read(file_at(path), settings=Settings()).export()
    return len(export.interactions), time.process_time() - begin


def standard(path: Path) -> tuple[int, float]:
    """Read the same with the standard library alone, into rows."""
    _remember_memory()
    begin = time.process_time()
    rows = []
    for _, element in ET.iterparse(path.with_name("whole.xml")):  # noqa: S314 - written here
        if element.tag in ("sms", "mms"):
            rows.append((element.get("address"), int(element.get("date", "0"))))
            element.clear()
    return len(rows), time.process_time() - begin


WAYS = {"villagegraph": ours, "iterparse": standard}
_BASE = {"bytes": 0}


def _remember_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    _BASE["bytes"] = pages * resource.getpagesize()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        messages, seconds = WAYS[options.way](options.path)
        peak = peak_memory()
        row = {"messages": messages, "seconds": seconds, "extra": peak - _BASE["bytes"]}
        print(json.dumps(row))
        return
    for pictures in (0, options.pictures):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "sms.xml")
            write_backup(path, messages=options.messages, pictures=pictures)
            write_backup(path.with_name("small.xml"), messages=10, pictures=0)
            whole = path.with_name("whole.xml")
            with path.open() as source, whole.open("w") as target:
                target.writelines(line.replace(SMILE, "&#128512;") for line in source)
            size = path.stat().st_size / MEGABYTE
            ours, naive = (measure(__file__, way, path) for way in WAYS)
        heading(f"{size:,.0f} MB, {'pictures' if pictures else 'text alone'}")
        show("SMS, CPU s (naive: iterparse)", ours["seconds"], naive=naive["seconds"])
        show(
            "SMS, peak MB (naive: iterparse)",
            ours["extra"] / MEGABYTE,
            naive=naive["extra"] / MEGABYTE,
        )


if __name__ == "__main__":
    main()
